//! Rules: what the program knows, those first that were seen in these logs.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};

use super::{Context, Outcome, Page, brief, brief_until, events, heading, issue, paragraph, rule};
use crate::event::filter::{Field, Filter};
use crate::output::page::{counted, number, shown};
use crate::output::rules::conditions::conditions;
use crate::output::rules::meaning;
use crate::output::rules::text;
use crate::pipeline::quoted;
use crate::rules::{Library, Meaning, Origin, Rule};
use crate::tui::columns::{Column, Side, cell, fit, titles};
use crate::tui::cursor::Cursor;
use crate::tui::input::Line;
use crate::tui::jobs::{Job, News};
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::memo::{Memo, Same};
use crate::tui::row::Row;
use crate::tui::testing::Tested;

/// What the screen remembers.
#[derive(Default)]
pub struct State {
    cursor: Cursor,
    find: Line,
    typing: bool,
    /// What was found last, and for which words.
    found: Memo<(String, Same<Library>), Found>,
    /// The rules whose examples were run.
    tested: HashMap<String, Arc<Tested>>,
}

/// Rows of the strip about the rule under the cursor where there is just room for one.
const STRIP: usize = 11;
/// Rows that it takes to say who can fix it.
const WHO: usize = 2;
/// The column behind the labels of the strip.
const LABELS: usize = 11;

const COLUMNS: [Column; 3] = [
    Column { title: "Id", gap: 0, least: 30, goes: 1, grows: false, side: Side::Left },
    Column { title: "What is wrong", gap: 1, least: 24, goes: 0, grows: true, side: Side::Left },
    Column { title: "Seen here", gap: 2, least: 9, goes: 0, grows: false, side: Side::Right },
];

/// From so many words on, what is looked for may be an error message although rules have all of its words.
const MESSAGE: usize = 3;
/// Of a rule that goes by what the message says alone.
const NOTHING_ELSE: &str = "nothing else is needed";
/// Of a rule beside those that explain the message.
const ITS_WORDS: &str = "it only has the same words";

/// What was found.
struct Found {
    hits: Vec<Hit>,
    by: By,
}

/// A rule that was found, by its position in the library.
struct Hit {
    rule: usize,
    /// What has to be true besides, if it explains an error that says so.
    right_if: Option<String>,
}

/// How rules were found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// They have the words.
    Words,
    /// Some explain an error that says so.
    Meaning,
    /// The error does not say why, so that these are about all such errors.
    Nothing,
}

/// A rule of the list.
#[derive(Clone)]
struct Item<'m> {
    index: usize,
    rule: &'m Rule,
    seen: u64,
    /// What has to be true besides, if it explains an error that says so.
    right_if: Option<String>,
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Rules".to_owned()
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        if self.typing {
            return vec![(Action::Open, "keep")];
        }
        let mut actions = Vec::new();
        if self.current(context).is_some() {
            actions.extend([
                (Action::Open, "full text"),
                (Action::Events, "events"),
                (Action::NewRule, "copy to mine"),
                (Action::RunTests, "run its tests"),
                (Action::Link, "link"),
                (Action::Filter, "find"),
                (Action::Copy, "copy"),
            ]);
        } else {
            actions.push((Action::Filter, "find"));
        }
        if !self.find.text().is_empty() {
            actions.push((Action::ClearFilter, "show all"));
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let count = self.items(context).len();
        if self.cursor.go(action, count, list_rows(context)) {
            self.cursor.settle(count, list_rows(context));
            return Outcome::Done;
        }
        match action {
            Action::Filter => self.typing = true,
            Action::ClearFilter => {
                self.find = Line::default();
                self.cursor = Cursor::default();
            }
            action => {
                let tested = |rule: &Rule| self.tested.get(&rule.id).cloned();
                return match self.current(context) {
                    Some(item) if action == Action::Open => {
                        Outcome::Show(Box::new(rule::State::new(item.index, tested(item.rule), item.right_if)))
                    }
                    Some(item) => acted(action, item.index, context),
                    None => Outcome::Ignored,
                };
            }
        }
        Outcome::Done
    }

    fn key(&mut self, key: &KeyEvent, context: &Context<'_>) -> Option<Outcome> {
        if !self.typing {
            return None;
        }
        let action = match key.code {
            KeyCode::Esc => {
                (self.typing, self.find) = (false, Line::default());
                return Some(Outcome::Done);
            }
            KeyCode::Enter => {
                self.typing = false;
                return Some(Outcome::Done);
            }
            KeyCode::Up => Some(Action::Up),
            KeyCode::Down => Some(Action::Down),
            KeyCode::PageUp => Some(Action::PageUp),
            KeyCode::PageDown => Some(Action::PageDown),
            _ => None,
        };
        if let Some(action) = action {
            return Some(self.handle(action, context));
        }
        // Keys that do not edit do what they always do.
        if !self.find.key(key) {
            return None;
        }
        self.cursor = Cursor::default();
        Some(Outcome::Done)
    }

    fn is_typing(&self) -> bool {
        self.typing
    }

    fn paste(&mut self, text: &str, _: &Context<'_>) {
        if self.typing {
            self.find.insert(text);
            self.cursor = Cursor::default();
        }
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let items = self.items(context);
        let by = self.found(context).by;
        let note = match by {
            By::Words => counts(context),
            By::Meaning => format!("that explain such an error{}seen here first", context.glyphs.dot),
            By::Nothing => "it does not say why; what all such errors have".to_owned(),
        };
        let mut rows = vec![heading("Rules", &note, context)];
        if items.is_empty() {
            let words = "No rule has these words in its id, title, app or cause, or explains an error that says so.";
            rows.extend(paragraph("", words, 1, Role::Text, context.size.columns));
            return rows;
        }
        let room = context.size.columns.saturating_sub(4);
        let columns = columns(by, room);
        let widths = fit(&columns, room);
        rows.push(titles(&columns, &widths, Row::new(), 3));
        for at in self.cursor.visible(items.len(), list_rows(context)) {
            let Some(item) = items.get(at) else { continue };
            let texts = if by == By::Words { item.texts() } else { item.texts_of_a_meaning() };
            rows.push(line(&texts, &columns, &widths, context).select(at == self.cursor.at));
        }
        if context.size.has_strip()
            && let Some(item) = items.get(self.cursor.at)
        {
            let room = strip_rows(context);
            rows.resize(context.size.body().saturating_sub(room), Row::new());
            rows.extend(strip(item, self.tested.get(&item.rule.id), room, context));
        }
        rows
    }

    fn hear(&mut self, news: &News, _: &Context<'_>) {
        if let News::Tested(tested) = news {
            self.tested.insert(tested.id.clone(), tested.clone());
        }
    }

    fn click(&mut self, row: usize, _: usize, context: &Context<'_>) -> bool {
        let count = self.items(context).len();
        let top = self.cursor.visible(count, list_rows(context)).start;
        let Some(at) = row.checked_sub(2).filter(|row| *row < list_rows(context)).map(|row| top + row) else {
            return false;
        };
        let again = at == self.cursor.at;
        self.cursor.at = at.min(count.saturating_sub(1));
        again
    }

    fn filter_line(&self, context: &Context<'_>) -> Option<Row> {
        let columns = context.size.columns;
        let all = context.data.library.rules().len();
        let found = format!("{} of {} ", number(self.items(context).len() as u64), number(all as u64));
        let (text, cursor) = self.find.view(columns.saturating_sub(10 + found.len()));
        let row = Row::of("Find    ", Role::Quiet);
        let row = match (self.typing, text.is_empty()) {
            (false, true) => {
                let more = if columns < 70 { "" } else { " words, or to paste an error message" };
                row.put(&format!("{} to type{more}", key_of(Action::Filter)), Role::Quiet)
            }
            (false, false) => row.put(&text, Role::Strong),
            (true, _) if cursor >= crate::text::width::width(&text) => {
                row.put(&text, Role::Strong).put("_", Role::Strong)
            }
            (true, _) => row.put(&text, Role::Strong),
        };
        Some(row.right(&found, Role::Text, columns))
    }
}

impl State {
    /// The rules of the list in order.
    fn items<'m>(&self, context: &Context<'m>) -> Vec<Item<'m>> {
        let mut seen: HashMap<usize, u64> = HashMap::new();
        for issue in &context.data.whole.issues {
            *seen.entry(issue.rule.unwrap_or(usize::MAX)).or_default() += issue.events;
        }
        let found = self.found(context);
        let item = |hit: &Hit| {
            let rule = context.data.library.rule(hit.rule)?;
            let seen = seen.get(&hit.rule).copied().unwrap_or_default();
            Some(Item { index: hit.rule, rule, seen, right_if: hit.right_if.clone() })
        };
        let mut items: Vec<Item<'m>> = found.hits.iter().filter_map(item).collect();
        // What explains the error first. Of that what is in these logs, else the best; the library's order among others.
        items.sort_by_key(|item| match item.right_if {
            Some(_) => (false, Reverse(item.seen.min(1))),
            None => (true, Reverse(item.seen)),
        });
        items
    }

    fn found(&self, context: &Context<'_>) -> Rc<Found> {
        let (text, library) = (self.find.text(), &context.data.library);
        self.found.get((text.to_owned(), Same(library.clone())), || found(text, library))
    }

    fn current<'m>(&self, context: &Context<'m>) -> Option<Item<'m>> {
        self.items(context).into_iter().nth(self.cursor.at)
    }
}

impl Item<'_> {
    /// What stands in the columns.
    fn texts(&self) -> [String; 3] {
        [shown(&self.rule.id), shown(&self.rule.title), self.seen()]
    }

    /// The same where an error is explained: what somebody has to know then is which of them is theirs.
    fn texts_of_a_meaning(&self) -> [String; 3] {
        [shown(&self.rule.title), self.right_if.clone().unwrap_or_else(|| ITS_WORDS.to_owned()), self.seen()]
    }

    fn seen(&self) -> String {
        if self.seen == 0 { "-".to_owned() } else { number(self.seen) }
    }
}

/// The rules that have the words, and before them those that explain an error that says so, the best first. Of a word
/// or two that rules have nobody thinks that it is an error.
fn found(text: &str, library: &Library) -> Found {
    let wanted: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let with_words = library.rules().iter().enumerate().filter(|(_, rule)| is_about(rule, &wanted));
    let with_words: Vec<usize> = with_words.map(|(index, _)| index).collect();
    if !with_words.is_empty() && wanted.len() < MESSAGE {
        return Found { hits: with_words.into_iter().map(Hit::by_words).collect(), by: By::Words };
    }
    let meanings = quoted::meanings(text, Origin::default(), library);
    let telling = meaning::telling(&meanings, library);
    let by = match telling.first() {
        Some((_, best)) if best.fit.is_telling() => By::Meaning,
        Some(_) if with_words.is_empty() => By::Nothing,
        _ => return Found { hits: with_words.into_iter().map(Hit::by_words).collect(), by: By::Words },
    };
    let is_meant = |rule: &usize| telling.iter().any(|(_, meaning)| meaning.rule == *rule);
    let others = with_words.iter().copied().filter(|rule| !is_meant(rule)).map(Hit::by_words);
    let meant = telling.iter().map(|(rule, meaning)| Hit::by_meaning(rule, meaning));
    Found { hits: meant.chain(others).collect(), by }
}

impl Hit {
    fn by_words(rule: usize) -> Hit {
        Hit { rule, right_if: None }
    }

    fn by_meaning(rule: &Rule, meaning: &Meaning) -> Hit {
        let right_if = meaning::right_if(rule, meaning).unwrap_or_else(|| NOTHING_ELSE.to_owned());
        Hit { rule: meaning.rule, right_if: Some(right_if) }
    }
}

/// The columns of the list. Where an error is explained, half of the room is for what has to be true.
fn columns(by: By, room: usize) -> [Column; 3] {
    let [id, title, seen] = COLUMNS;
    match by {
        By::Words => [id, title, seen],
        By::Meaning | By::Nothing => [
            Column { gap: 0, least: room * 2 / 5, ..title },
            Column { title: "Right if", least: room / 2, ..title },
            Column { goes: 1, ..seen },
        ],
    }
}

/// What can be done with a rule, here and on its own page.
pub(super) fn acted(action: Action, index: usize, context: &Context<'_>) -> Outcome {
    let library = &context.data.library;
    let Some(rule) = library.rule(index) else { return Outcome::Ignored };
    match action {
        Action::Events => match context.data.whole.issues.iter().any(|issue| issue.rule == Some(index)) {
            true if rule.detector.is_some() => pattern(index, context),
            true => {
                // Rules are counted over all events, so their events are shown without the filter too.
                let filter = Filter::exactly(Field::Issue, &rule.id).to_string();
                Outcome::ShowFiltered(Box::new(events::State::default()), filter)
            }
            false => Outcome::Say("It was not seen in these logs.".to_owned()),
        },
        Action::NewRule if library.is_own(index) => {
            Outcome::Say(format!("It is a rule of yours already: {}", shown(library.file(index))))
        }
        Action::NewRule => Outcome::Start(Job::CopyRule(rule.id.clone())),
        Action::RunTests => Outcome::Start(Job::TestRule(rule.id.clone())),
        Action::Link => match addresses(rule).next() {
            Some(address) => Outcome::Open(address.to_owned()),
            None => Outcome::Say("Its sources are no addresses.".to_owned()),
        },
        Action::Copy => Outcome::Copy(text::page(rule, false), format!("the rule {}", rule.id)),
        _ => Outcome::Ignored,
    }
}

/// The evidence of a pattern, which no single event shows.
fn pattern(index: usize, context: &Context<'_>) -> Outcome {
    let at = context.data.analysis.issues.iter().position(|issue| issue.rule == Some(index));
    let hidden = || Outcome::Say(format!("Your filter hides it; {} clears it.", key_of(Action::ClearFilter)));
    at.map_or_else(hidden, |at| issue::events_page(issue::Place::Known(at), context))
}

/// Sources that can be opened.
pub(super) fn addresses(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.advice().sources.iter().map(String::as_str).filter(|source| source.starts_with("https://"))
}

/// Where a rule comes from, its level and kind, and how its examples went.
pub(super) fn about(index: usize, rule: &Rule, tested: Option<&Arc<Tested>>, context: &Context<'_>) -> String {
    let from = if context.data.library.is_own(index) { "yours" } else { "built in" };
    let mut parts = vec![from.to_owned(), rule.severity.word().to_owned()];
    match tested.map(|tested| (tested.complaints.len(), tested.examples + tested.counterexamples)) {
        None => {}
        Some((0, 0)) => parts.push("no examples".to_owned()),
        Some((0, _)) => parts.push("its examples pass".to_owned()),
        Some((wrong, _)) => parts.push(format!("{} wrong", counted(wrong as u64, "example is", "examples are"))),
    }
    parts.join(context.glyphs.dot)
}

fn is_about(rule: &Rule, wanted: &[String]) -> bool {
    let texts = || [&rule.id, &rule.title, &rule.provider, &rule.advice().cause].into_iter().chain(&rule.apps);
    wanted.iter().all(|word| texts().any(|text| text.to_lowercase().contains(word)))
}

fn counts(context: &Context<'_>) -> String {
    let library: &Library = &context.data.library;
    let own = (0..library.rules().len()).filter(|index| library.is_own(*index)).count();
    let seen: std::collections::BTreeSet<usize> =
        context.data.whole.issues.iter().filter_map(|issue| issue.rule).collect();
    let dot = context.glyphs.dot;
    let built_in = library.rules().len() - own;
    match context.size.columns {
        ..70 => format!("{} seen here first", seen.len()),
        _ => format!("{built_in} built in, {own} yours{dot}{} seen here first", seen.len()),
    }
}

fn list_rows(context: &Context<'_>) -> usize {
    context.size.body().saturating_sub(2 + strip_rows(context))
}

fn strip_rows(context: &Context<'_>) -> usize {
    if context.size.has_strip() { STRIP + context.size.body().saturating_sub(20) / 3 } else { 0 }
}

fn line(texts: &[String], columns: &[Column], widths: &[Option<usize>], context: &Context<'_>) -> Row {
    let columns = columns.iter().zip(widths).zip(texts);
    columns.fold(Row::new().to(3), |row, ((column, width), text)| cell(row, column, *width, text, Role::Text, context))
}

/// What is most worth knowing of a rule, in exactly `room` rows.
fn strip(item: &Item<'_>, tested: Option<&Arc<Tested>>, room: usize, context: &Context<'_>) -> Vec<Row> {
    let (rule, library) = (item.rule, &context.data.library);
    let mut rows = vec![heading(&rule.id, &about(item.index, rule, tested, context), context)];
    let (pages, opens) = sources(rule);
    let origin = if library.is_own(item.index) { "" } else { "built in: " };
    // As on the page of an issue: whoever fixes it wants to know whether somebody has to retry afterwards.
    let who = brief("Who", &format!("{}. {}", rule.owner.words(), rule.retry.words()), LABELS, WHO, context);
    let last = [("Sources", pages, opens), ("File", format!("{origin}{}", library.file(item.index)), String::new())];
    let more = room.saturating_sub(STRIP);
    let (label, when) = match &item.right_if {
        Some(right_if) => ("Right if", right_if.clone()),
        None => ("Matches", conditions(rule).join(" - or ")),
    };
    rows.extend(brief(label, &when, LABELS, 2 + more, context));
    if let Some(other) = rule.advice().look_alikes.first() {
        rows.extend(brief("Not this", &format!("{}: {}", other.rule, other.tell), LABELS, 1 + more / 2, context));
    }
    let steps = rule
        .advice()
        .fix
        .iter()
        .enumerate()
        .map(|(at, step)| format!("{} {step}", at + 1))
        .collect::<Vec<_>>()
        .join("  ");
    let left = room.saturating_sub(who.len() + last.len() + rows.len());
    let until = format!(" ({} for the full text)", key_of(Action::Open));
    rows.extend(brief_until("Steps", &steps, &until, LABELS, left, context).into_iter().take(left));
    rows.extend(who);
    for (label, text, until) in last {
        rows.extend(brief_until(label, &(text + &until), &until, LABELS, 1, context));
    }
    rows.resize(room, Row::new());
    rows
}

/// Where it comes from, and how one gets there.
fn sources(rule: &Rule) -> (String, String) {
    let pages = addresses(rule).count();
    let opens = format!(" ({} opens{})", key_of(Action::Link), if pages > 1 { " the first" } else { "" });
    match (pages, rule.advice().sources.len()) {
        (0, 0) => ("none".to_owned(), String::new()),
        (0, _) => (rule.advice().sources.join(", "), String::new()),
        (1, _) => (addresses(rule).next().unwrap_or_default().to_owned(), opens),
        _ => (counted(pages as u64, "page", "pages"), opens),
    }
}
