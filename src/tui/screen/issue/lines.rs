//! The whole page of an issue, of which the screen shows a part.

use super::super::issues::{level, sign};
use super::super::{Context, heading, note, paragraph};
use super::{is_pattern, key, rule, still_broken};
use crate::analysis::{Evidence, Issue};
use crate::output::page::{counted, number, shown};
use crate::output::report::text::count;
use crate::output::report::{before, sure};
use crate::rules::Rule;
use crate::text::width::width;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::trend;

/// What a line leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Nothing,
    Step(usize),
    Evidence(usize),
    Source(usize),
}

/// A row of the page.
pub(super) struct Line {
    pub(super) row: Row,
    pub(super) target: Target,
    /// The first one of its target.
    pub(super) starts: bool,
}

/// Longest text of a log that is shown here, in columns: a message can be megabytes.
const MOST: usize = 600;

/// All lines.
pub(super) fn of(issue: &Issue, context: &Context<'_>) -> Vec<Line> {
    let mut page = Page { context, lines: Vec::new() };
    page.head(issue);
    page.happened(issue);
    match rule(issue, context) {
        Some(rule) => {
            page.steps(issue, rule);
            page.title("How to see that it worked", "");
            page.text(&rule.advice().verify);
            page.owner(rule);
        }
        None => {
            page.title("What to do", "");
            page.text("Look at the events (v) and at what they have in common. The screen Unknown (5) starts a rule from them, so that the next person finds it here.");
        }
    }
    page.rows(note::rows(&key(issue, context), context), Target::Nothing);
    page.evidence(issue);
    if let Some(rule) = rule(issue, context) {
        page.sources(rule);
    }
    page.lines
}

struct Page<'p, 'm> {
    context: &'p Context<'m>,
    lines: Vec<Line>,
}

impl Page<'_, '_> {
    fn rows(&mut self, rows: impl IntoIterator<Item = Row>, target: Target) {
        let lines = rows.into_iter().enumerate().map(|(at, row)| Line { row, target, starts: at == 0 });
        self.lines.extend(lines);
    }

    fn title(&mut self, title: &str, remark: &str) {
        self.rows([heading(title, remark, self.context)], Target::Nothing);
    }

    fn text(&mut self, text: &str) {
        self.rows(paragraph("", text.trim(), 1, Role::Text, self.context.size.columns), Target::Nothing);
    }

    /// Level, state, counts, span; and how sure it is.
    fn head(&mut self, issue: &Issue) {
        let context = self.context;
        let rule = rule(issue, context);
        let (glyph, role) = sign(issue, rule, context);
        let level = rule.map_or("New", |rule| level(rule.severity));
        let count = count(issue);
        let at = |time| context.minute(time);
        let span = match (issue.first, issue.last) {
            (Some(first), Some(last)) if first == last => at(first),
            (Some(first), Some(last)) => format!("{} - {}", at(first), at(last)),
            _ => "time unknown".to_owned(),
        };
        let first = Row::new().put(" ", Role::Text).put(&format!("{glyph} {level}, {}", issue.state.word()), role);
        let facts = format!("   {count}, {}", counted(issue.users, "person", "people"));
        let mut second = Row::of("At ", Role::Quiet);
        second = match &issue.app {
            Some(app) => second.put(&context.cut(&shown(app), 40), Role::Strong),
            None => Row::of("The log names no app", Role::Quiet),
        }
        .put(&format!("   {span}"), Role::Text);
        let trend = trend::of(issue, &context.data.analysis);
        let trend = trend.map(|trend| format!("{} {}", trend.picture(context.glyphs), trend.word()));
        let mut third = None;
        if let Some(trend) = trend {
            // Beside the list there may be no room for its word.
            if second.used() + 3 + width(&trend) < context.size.columns {
                second = second.put("   ", Role::Text).put(&trend, Role::Text);
            } else {
                third = Some(Row::of(&trend, Role::Text));
            }
        }
        self.rows([first.put(&facts, Role::Text), second].into_iter().chain(third), Target::Nothing);
        if rule.is_some() {
            let sure = sure::words(issue, &context.zone);
            let rows = paragraph("Sure: ", &sure, 7, Role::Text, context.size.columns);
            self.rows(rows, Target::Nothing);
        }
    }

    fn happened(&mut self, issue: &Issue) {
        self.title("What happened", "");
        match rule(issue, self.context) {
            Some(rule) => self.text(&rule.advice().cause),
            None => self.text("No rule describes this yet. The words of the log below are all that is known."),
        }
        if let Some(pattern) = &issue.pattern {
            self.text(&format!("Seen: {pattern}."));
        }
        self.broken(issue);
        for trigger in &issue.triggers {
            let sentence = before::sentence(trigger);
            let rows = paragraph("Shortly before: ", &sentence, 17, Role::Text, self.context.size.columns);
            self.rows(rows, Target::Nothing);
        }
    }

    /// Who is still broken, those who should have lost access first.
    fn broken(&mut self, issue: &Issue) {
        if issue.still_broken == 0 {
            return;
        }
        let [not_removed, waiting, out_of_date, others] = still_broken(issue, self.context);
        let mut parts = Vec::new();
        if not_removed > 0 {
            parts.push(format!("{} should have lost access and {} not", number(not_removed), has(not_removed)));
        }
        if waiting > 0 {
            parts.push(format!("{} {} for access", number(waiting), if waiting == 1 { "waits" } else { "wait" }));
        }
        if out_of_date > 0 {
            parts.push(format!("{} {} old data", number(out_of_date), has(out_of_date)));
        }
        if others > 0 {
            parts.push(format!("for {} something else failed", number(others)));
        }
        let people = counted(issue.still_broken, "person", "people");
        let words = match parts.is_empty() {
            true => format!("Still broken for {people}."),
            false => {
                format!("Still broken for {people}: {} ({} shows them).", parts.join(", "), key_of(Action::People))
            }
        };
        let role = if not_removed > 0 { Role::Strong } else { Role::Text };
        self.rows(paragraph("", &words, 1, role, self.context.size.columns), Target::Nothing);
    }

    fn steps(&mut self, issue: &Issue, rule: &Rule) {
        let context = self.context;
        let (next, back, tick) = (key_of(Action::Next), key_of(Action::Previous), key_of(Action::Tick));
        self.title("What to do", &format!("{next}/{back} next step{}{tick} tick", context.glyphs.dot));
        let key = key(issue, context);
        for (at, step) in rule.advice().fix.iter().enumerate() {
            let ticked = context.memory.is_ticked(&key, at);
            let (tick, role) = if ticked { ('x', Role::Quiet) } else { (' ', Role::Text) };
            // The first columns are the cursor's.
            let rows = paragraph(&format!("  [{tick}] {}", at + 1), step, 10, role, context.size.columns);
            self.rows(rows, Target::Step(at));
        }
    }

    fn owner(&mut self, rule: &Rule) {
        self.title("Who can fix it", &format!("{} makes a bundle to hand on", key_of(Action::Bundle)));
        self.text(&format!("{}. {}", upper(rule.owner.words()), rule.retry.words()));
        self.text(&format!(
            "Hand it on if: {} To: {}.",
            rule.advice().escalate.when,
            rule.advice().escalate.to.trim_end_matches('.')
        ));
        if let Some(limits) = &rule.advice().cannot_tell {
            self.text(&format!("What the log cannot tell: {limits}"));
        }
    }

    fn evidence(&mut self, issue: &Issue) {
        let columns = self.context.size.columns;
        let events = counted(issue.events, "event", "events");
        let remark = match is_pattern(issue, self.context) {
            true => events,
            false => format!("{events}{}{} for all", self.context.glyphs.dot, key_of(Action::Events)),
        };
        self.title("Evidence", &remark);
        for (at, example) in issue.examples.iter().enumerate() {
            let mut rows = vec![self.example(example)];
            if let Some(words) = example.message.as_deref().or(example.remote.as_deref()) {
                let words = self.context.cut(&shown(words), MOST);
                rows.extend(paragraph("", &words, 5, Role::Quiet, columns));
            }
            let file = self.context.data.analysis.inputs.get(example.input).map_or("", |input| input.name.as_str());
            rows.push(Row::new().to(5).log(&format!("{file} line {}", number(example.line)), Role::Quiet));
            self.rows(rows, Target::Evidence(at));
        }
    }

    fn example(&self, example: &Evidence) -> Row {
        let at = example.time.map_or_else(|| "time unknown".to_owned(), |at| self.context.second(at));
        let row = Row::new().to(3).put(&at, Role::Text).to(20).put(example.operation.word(), Role::Text);
        let column = 34.max(row.used() + 2);
        row.to(column).log(example.user.as_deref().unwrap_or("nobody named"), Role::Text)
    }

    fn sources(&mut self, rule: &Rule) {
        self.title("Sources", &format!("{} opens the first one", key_of(Action::Link)));
        for (at, source) in rule.advice().sources.iter().enumerate() {
            let rows = paragraph("", source, 3, Role::Link, self.context.size.columns);
            self.rows(rows, Target::Source(at));
        }
    }
}

fn has(count: u64) -> &'static str {
    if count == 1 { "has" } else { "have" }
}

fn upper(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
