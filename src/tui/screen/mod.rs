//! One file a screen: what it remembers, what it does on an action, how it looks.

mod bundle;
pub mod event;
pub mod events;
pub mod file;
pub mod help;
pub mod inputs;
pub mod issue;
pub mod issues;
mod menu;
mod note;
pub mod overview;
pub mod people;
pub mod person;
pub mod rule;
pub mod rules;
mod saving;
pub mod start;
pub mod time;
pub mod unknown;

use crossterm::event::KeyEvent;
use jiff::tz::TimeZone;

use super::data::Data;
use super::draft::RuleFile;
use super::jobs::{Job, News};
use super::keymap::{Action, key_of};
use super::look::{Glyphs, Role};
use super::memory::{Change, Memory};
use super::model::Size;
use super::row::Row;
use super::saved::View;
use super::when;
use crate::output::page::shown;
use crate::text::time::Micros;
use crate::text::width::{width, wrap};

/// The flat row of screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Whether anything is wrong, and where to start.
    #[default]
    Overview,
    /// What kinds of trouble there are.
    Issues,
    /// The lines.
    Events,
    /// What happened to whom.
    People,
    /// What nobody has described yet.
    Unknown,
    /// What the program knows.
    Rules,
    /// Whether everything was read.
    Inputs,
}

impl Tab {
    /// How many there are.
    pub const COUNT: usize = Tab::ALL.len();
    /// All of them, in order.
    pub const ALL: [Tab; 7] =
        [Tab::Overview, Tab::Issues, Tab::Events, Tab::People, Tab::Unknown, Tab::Rules, Tab::Inputs];

    /// Its name in the head line.
    pub fn title(self) -> &'static str {
        match self {
            Tab::Overview => "Overview",
            Tab::Issues => "Issues",
            Tab::Events => "Events",
            Tab::People => "People",
            Tab::Unknown => "Unknown",
            Tab::Rules => "Rules",
            Tab::Inputs => "Inputs",
        }
    }

    /// Its page.
    pub fn page(self) -> Box<dyn Page> {
        match self {
            Tab::Overview => Box::new(overview::State::default()),
            Tab::Issues => Box::new(issues::State::default()),
            Tab::Events => Box::new(events::State::default()),
            Tab::People => Box::new(people::State::default()),
            Tab::Unknown => Box::new(unknown::State::default()),
            Tab::Rules => Box::new(rules::State::default()),
            Tab::Inputs => Box::new(inputs::State::default()),
        }
    }
}

/// Rows of what is below a list at least, its heading included.
const LEAST_BELOW: usize = 3;

/// What a screen may look at.
pub struct Context<'m> {
    /// What was read.
    pub data: &'m Data,
    /// What the reader did.
    pub memory: &'m Memory,
    /// The filter that is set; empty if everything passes.
    pub filter: &'m str,
    /// Signs.
    pub glyphs: &'static Glyphs,
    /// The zone of all times.
    pub zone: TimeZone,
    /// The whole terminal.
    pub size: Size,
    /// How much larger what is beside or below lists is than usual.
    pub detail: isize,
}

impl Context<'_> {
    /// A day, with its year where the data end in another one.
    pub fn day(&self, at: Micros) -> String {
        when::day(at, self.data.analysis.last, &self.zone)
    }

    /// A day and minute, or a day of another year.
    pub fn minute(&self, at: Micros) -> String {
        when::minute(at, self.data.analysis.last, &self.zone)
    }

    /// A day and second, or a day of another year.
    pub fn second(&self, at: Micros) -> String {
        when::second(at, self.data.analysis.last, &self.zone)
    }

    /// A day and second in any year.
    pub fn exact(&self, at: Micros) -> String {
        when::exact(at, self.data.analysis.last, &self.zone)
    }

    /// `text` in at most `columns` columns, with the sign for a cut if something is missing.
    pub fn cut(&self, text: &str, columns: usize) -> String {
        cut(text, columns, self.glyphs)
    }

    /// The name of an app in at most `columns` columns: both its ends, or what tells it from apps with the same ends.
    pub fn cut_app(&self, name: &str, columns: usize) -> String {
        let apps = self.data.analysis.apps.iter().map(|app| &*app.name);
        cut_apart(name, apps, columns, self.glyphs)
    }

    /// Rows of what is below a list and usually has so many: the list keeps half of the room.
    pub fn below(&self, usual: usize) -> usize {
        let most = (self.size.body() / 2).max(usual);
        usual.saturating_add_signed(2 * self.detail).clamp(usual.min(LEAST_BELOW), most)
    }

    /// The same with room for `columns` columns only, as a part of a split screen has.
    pub fn narrowed(&self, columns: usize) -> Context<'_> {
        Context { size: Size { columns, ..self.size }, zone: self.zone.clone(), ..*self }
    }
}

/// `text` in at most `columns` columns, with the sign for a cut if something is missing. What could
/// steer a terminal is made visible first, since it takes other room then.
pub fn cut(text: &str, columns: usize, glyphs: &Glyphs) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    let text = crate::text::sanitize::line(text);
    if width(&text) <= columns {
        return text.into_owned();
    }
    let sign = if width(glyphs.cut) <= columns { glyphs.cut } else { "" };
    let room = columns.saturating_sub(width(sign));
    let (mut out, mut used) = (String::new(), 0);
    for letter in text.graphemes(true) {
        used += width(letter);
        if used > room {
            break;
        }
        out.push_str(letter);
    }
    out.push_str(sign);
    out
}

/// The same with the sign in the middle, where the end tells as much as the beginning: `Salesfo…Sandbox`.
pub fn cut_middle(text: &str, columns: usize, glyphs: &Glyphs) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    let text = crate::text::sanitize::line(text);
    let Some(room) = columns.checked_sub(width(glyphs.cut)).filter(|_| width(&text) > columns) else {
        return cut(&text, columns, glyphs);
    };
    let start = fitting(text.graphemes(true), room - room / 2);
    let mut end = fitting(text.graphemes(true).rev(), room / 2);
    end.reverse();
    format!("{}{}{}", start.concat(), glyphs.cut, end.concat())
}

/// Somebody's name with both its ends, since beginnings alone are often the same. Of an address that is the part
/// before the domain, which tells nobody apart.
pub fn cut_person(name: &str, columns: usize, glyphs: &Glyphs) -> String {
    match name.split_once('@') {
        Some((own, _)) if width(own) < columns => cut(name, columns, glyphs),
        Some((own, _)) if width(name) > columns => {
            cut_middle(own, columns.saturating_sub(width(glyphs.cut)), glyphs) + glyphs.cut
        }
        _ => cut_middle(name, columns, glyphs),
    }
}

/// The same, but where others have the same ends, with its beginning and the word that differs: `App…12 Production`.
fn cut_apart<'o>(text: &str, others: impl Iterator<Item = &'o str>, columns: usize, glyphs: &Glyphs) -> String {
    use unicode_segmentation::UnicodeSegmentation as _;
    let usual = cut_middle(text, columns, glyphs);
    let Some((start, end)) = usual.split_once(glyphs.cut).filter(|_| width(text) > columns) else { return usual };
    let twins = others.filter(|other| *other != text && other.starts_with(start) && other.ends_with(end));
    let Some(same) = twins.filter_map(|twin| text.get(..alike(text, twin))).max_by_key(|same| same.len()) else {
        return usual;
    };
    // Not too far back, where the word is long.
    let word = same.rfind(' ').map_or(0, |at| at + 1);
    let near = same.grapheme_indices(true).rev().nth(3).map_or(0, |(at, _)| at);
    let head = fitting(text.graphemes(true), columns / 4).concat() + glyphs.cut;
    let rest = text.get(word.max(near)..).unwrap_or_default();
    let rest = cut(rest, columns.saturating_sub(width(&head)), glyphs);
    head + &rest
}

/// Bytes at the start of a text that are the same in another one.
fn alike(text: &str, other: &str) -> usize {
    let mut letters = text.char_indices().zip(other.chars());
    letters.find(|((_, one), two)| one != two).map_or(text.len().min(other.len()), |((at, _), _)| at)
}

/// The first letters, as many as fit.
fn fitting<'t>(letters: impl Iterator<Item = &'t str>, room: usize) -> Vec<&'t str> {
    let mut used = 0;
    letters
        .take_while(|letter| {
            used += width(letter);
            used <= room
        })
        .collect()
}

/// What becomes of an action.
pub enum Outcome {
    /// The screen took care of it.
    Done,
    /// It is not for this screen.
    Ignored,
    /// Another page comes in front.
    Show(Box<dyn Page>),
    /// Another page comes in front, and shows what passes this filter; going back sets the old one.
    ShowFiltered(Box<dyn Page>, String),
    /// The page in front goes away, and then something becomes of what is below it.
    Leave(Box<Outcome>),
    /// Another screen of the flat row.
    Go(Tab),
    /// Another filter.
    Filter(String),
    /// Something to remember.
    Remember(Change),
    /// Work for others.
    Start(Job),
    /// A text for the clipboard, and what it is called: `5 steps`.
    Copy(String, String),
    /// An address.
    Open(String),
    /// A sentence for the line above the key bar.
    Say(String),
    /// Asks for a line of text; [`Page::answered`] gets it.
    Ask {
        /// What is asked for.
        question: &'static str,
        /// What stands there already.
        text: String,
    },
    /// As if another action had been asked for.
    Act(Action),
    /// A rule file for the user's own rules.
    WriteRule(RuleFile),
}

/// A page: a screen of the flat row, or what is stacked on one.
pub trait Page {
    /// What it is called in the path at the top.
    fn title(&self, context: &Context<'_>) -> String;

    /// What can be done here, the most useful first, with the words of the key bar.
    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)>;

    /// Does what an action asks for.
    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome;

    /// Its rows, as many as the body of the screen has.
    fn view(&self, context: &Context<'_>) -> Vec<Row>;

    /// Takes a key before it becomes an action, while something is typed on the page.
    fn key(&mut self, _: &KeyEvent, _: &Context<'_>) -> Option<Outcome> {
        None
    }

    /// Whether something is typed on the page, so that Esc ends that first.
    fn is_typing(&self) -> bool {
        false
    }

    /// Takes pasted text, while something is typed on the page.
    fn paste(&mut self, _: &str, _: &Context<'_>) {}

    /// Takes what was asked for with [`Outcome::Ask`].
    fn answered(&mut self, _: &str, _: &Context<'_>) -> Outcome {
        Outcome::Ignored
    }

    /// What it needs once it comes in front.
    fn needs(&self, _: &Context<'_>) -> Option<Job> {
        None
    }

    /// Fits itself to what there is now, and says what work it needs for that. Called after everything
    /// that happens while it is in front.
    fn catch_up(&mut self, _: &Context<'_>) -> Vec<Job> {
        Vec::new()
    }

    /// Hears what came of somebody's work.
    fn hear(&mut self, _: &News, _: &Context<'_>) {}

    /// Writes into a view how its list is arranged.
    fn keep(&self, _: &mut View) {}

    /// Arranges its list as a view says.
    ///
    /// # Errors
    /// What of it is not known here.
    fn arrange(&mut self, _: &View) -> Result<(), String> {
        Ok(())
    }

    /// Chooses what is at a row of the body and a column of the screen, counted from 0; twice opens it.
    fn click(&mut self, _row: usize, _column: usize, _: &Context<'_>) -> bool {
        false
    }

    /// Lines in place of the third one of the head, which shows the filter.
    fn filter_line(&self, _: &Context<'_>) -> Option<Row> {
        None
    }
}

/// What is said on a screen that is empty only since the filter lets nothing through: not that there is nothing.
fn nothing_passes(context: &Context<'_>) -> Option<String> {
    let is_hidden = context.data.analysis.totals.events == 0 && !context.filter.is_empty();
    is_hidden.then(|| format!("Nothing passes your filter. {} clears it.", key_of(Action::ClearFilter)))
}

/// What can be done where a filter may be why there is nothing to see.
fn unfilter(context: &Context<'_>) -> Vec<(Action, &'static str)> {
    match context.filter.is_empty() {
        true => Vec::new(),
        false => vec![(Action::ClearFilter, "clear filter"), (Action::Filter, "change it")],
    }
}

/// A heading: a line across the screen with a title in it and a remark at its right end.
pub fn heading(title: &str, remark: &str, context: &Context<'_>) -> Row {
    let glyphs = context.glyphs;
    let columns = context.size.columns;
    let room = columns.saturating_sub(width(glyphs.lead) + 3);
    let title = context.cut(&shown(title), room);
    let tail = if remark.is_empty() { 0 } else { width(remark) + 3 };
    let row = Row::new().put(glyphs.lead, Role::Frame).put(&title, Role::Strong).put(" ", Role::Text);
    let start = columns.saturating_sub(tail);
    // Where both do not fit, the title stays.
    if tail == 0 || row.used() > start {
        let missing = columns.saturating_sub(row.used());
        return row.put(&glyphs.across.repeat(missing), Role::Frame);
    }
    let missing = start.saturating_sub(row.used());
    row.put(&glyphs.across.repeat(missing), Role::Frame)
        .put(&format!(" {remark} "), Role::Quiet)
        .put(glyphs.across, Role::Frame)
}

/// Text in at most `most` rows, with a label in front of the first one; the last one says if more was
/// to be said.
pub fn brief(label: &str, text: &str, indent: usize, most: usize, context: &Context<'_>) -> Vec<Row> {
    brief_until(label, text, "", indent, most, context)
}

/// The same with words behind the sign for a cut, if something was cut off.
pub fn brief_until(
    label: &str,
    text: &str,
    until: &str,
    indent: usize,
    most: usize,
    context: &Context<'_>,
) -> Vec<Row> {
    let columns = context.size.columns;
    let room = columns.saturating_sub(indent + 1);
    let lines = wrap(&shown(text), room);
    let Some((whole, rest)) = lines.split_at_checked(most.saturating_sub(1)).filter(|(_, rest)| rest.len() > 1) else {
        return paragraph(label, text, indent, Role::Text, columns);
    };
    let last = context.cut(&rest.join(" "), room.saturating_sub(width(until))) + until;
    let rows = whole.iter().chain([&last]).enumerate().map(|(at, line)| {
        let start = Row::new().put(" ", Role::Text);
        let start = if at == 0 { start.put(label, Role::Quiet) } else { start };
        start.to(indent).put(line, Role::Text)
    });
    rows.collect()
}

/// Text broken into rows, with a label in front of the first one.
pub fn paragraph(label: &str, text: &str, indent: usize, role: Role, columns: usize) -> Vec<Row> {
    let room = columns.saturating_sub(indent + 1);
    let lines = wrap(&shown(text), room);
    let start = |number: usize| {
        let row = Row::new().put(" ", Role::Text);
        if number == 0 { row.put(label, Role::Quiet).to(indent) } else { row.to(indent) }
    };
    lines.iter().enumerate().map(|(number, line)| start(number).put(line, role)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::look::FULL;

    #[test]
    fn of_somebody_both_ends_stay_and_of_an_address_those_before_the_domain() {
        let cut = |name: &str| cut_person(name, 13, &FULL);
        assert_eq!(cut("tom.berg@example.com"), "tom.berg@exa…");
        assert_eq!(cut("person.number.01@example.com"), "person…er.01…");
        assert_eq!(cut("person.number.01"), "person…ber.01");
        assert_eq!(cut("a@b.example"), "a@b.example");
        assert_eq!(cut("山田太郎山田太郎@example.jp"), "山田太…太郎…");
    }

    #[test]
    fn names_with_the_same_ends_are_cut_so_that_they_differ() {
        let names: Vec<String> = (0..30).map(|number| format!("Application Number {number} Production")).collect();
        let cut = |name: &str| cut_apart(name, names.iter().map(String::as_str), 15, &FULL);
        assert_eq!(cut("Application Number 1 Production"), "App…1 Producti…");
        assert_eq!(cut("Application Number 12 Production"), "App…12 Product…");
        let all: std::collections::BTreeSet<String> = names.iter().map(|name| cut(name)).collect();
        assert_eq!(all.len(), names.len());
        // Where the ends tell enough, they are shown.
        assert_eq!(cut("Applications of the Administration"), "Applica…tration");
        assert_eq!(cut("Short"), "Short");
        let (one, two) = ("ApplicationNumberSeven2Production", "ApplicationNumberSeven3Production");
        assert_eq!(cut_apart(one, [two].into_iter(), 15, &FULL), "App…even2Produ…");
    }
}
