//! The table of events: its columns, what stands in them, and the filter that a cell stands for.

use std::collections::BTreeSet;

use crate::event::filter::{Field, Filter, status_word};
use crate::event::store::Row as Event;
use crate::event::{Operation, Outcome as How};
use crate::output::page::{number, shown};
use crate::tui::columns::{Column, Side, cell, fit};
use crate::tui::filtering::parse;
use crate::tui::jobs::order::Order;
use crate::tui::jobs::survey::value;
use crate::tui::look::{Glyphs, Role};
use crate::tui::memory::Mark;
use crate::tui::row::Row;
use crate::tui::screen::Context;
use crate::tui::when;

/// What a column is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// When it was.
    Time,
    /// How it ended.
    Result,
    /// What was to be done.
    Action,
    /// Whom it is about.
    Person,
    /// Where.
    App,
    /// What is wrong.
    #[default]
    Issue,
    /// The code that was given.
    Code,
    /// Who did it.
    Actor,
    /// Where the record is.
    Source,
}

impl About {
    /// All of them.
    pub const ALL: [About; 9] = [
        About::Time,
        About::Result,
        About::Action,
        About::Person,
        About::App,
        About::Issue,
        About::Code,
        About::Actor,
        About::Source,
    ];

    /// Those that are not shown until somebody wants them.
    pub const EXTRA: [About; 3] = [About::Code, About::Actor, About::Source];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            About::Time => "Time",
            About::Result => "Result",
            About::Action => "Action",
            About::Person => "Person",
            About::App => "App",
            About::Issue => "What is wrong",
            About::Code => "Code",
            About::Actor => "Done by",
            About::Source => "File and line",
        }
    }

    /// What views call it.
    pub const NAMES: [(&str, About); 9] = [
        ("time", About::Time),
        ("result", About::Result),
        ("action", About::Action),
        ("person", About::Person),
        ("app", About::App),
        ("issue", About::Issue),
        ("code", About::Code),
        ("done-by", About::Actor),
        ("file", About::Source),
    ];

    /// The order of a list that is sorted by it.
    pub fn order(self) -> Option<Order> {
        Some(match self {
            About::Time => Order::Time,
            About::Result => Order::Result,
            About::Action => Order::Action,
            About::Person => Order::Person,
            About::App => Order::App,
            About::Issue => Order::Issue,
            About::Code | About::Actor | About::Source => return None,
        })
    }

    fn column(self, is_wide: bool) -> Column {
        let column =
            |gap, least, goes, grows| Column { title: self.title(), gap, least, goes, grows, side: Side::Left };
        match (self, is_wide) {
            (About::Time, _) => column(0, 15, 0, false),
            // Where there is room for whole words elsewhere, the sign says it.
            (About::Result, true) => column(2, 1, 0, false),
            (About::Result, false) => column(1, 6, 2, false),
            (About::Action, true) => column(1, 10, 4, false),
            (About::Action, false) => column(1, 8, 4, false),
            (About::Person, _) => Column { side: Side::Person, ..column(1, if is_wide { 20 } else { 12 }, 0, true) },
            (About::App, _) => Column { side: Side::App, ..column(1, 11, 3, false) },
            (About::Issue, true) => column(1, 24, 5, true),
            (About::Issue, false) => column(1, 17, 5, true),
            // Whoever asks for one of these wants it more than the others.
            (About::Code, _) => column(1, 10, 1, false),
            (About::Actor, _) => column(1, 14, 1, false),
            (About::Source, _) => column(1, 20, 1, false),
        }
    }
}

/// The columns that are shown, and how wide each is.
pub struct Table {
    columns: Vec<(About, Column, usize)>,
    is_wide: bool,
}

/// Columns before the first one: the cursor and the mark.
const MARGIN: usize = 3;

impl Table {
    /// Those that fit of all that are wanted.
    pub fn of(wanted: &BTreeSet<About>, context: &Context<'_>, is_wide: bool) -> Table {
        let all: Vec<(About, Column)> = wanted.iter().map(|about| (*about, about.column(is_wide))).collect();
        let columns: Vec<Column> = all.iter().map(|(_, column)| *column).collect();
        let widths = fit(&columns, context.size.columns.saturating_sub(MARGIN + 1));
        let columns = all.into_iter().zip(widths);
        let columns = columns.filter_map(|((about, column), width)| Some((about, column, width?))).collect();
        Table { columns, is_wide }
    }

    /// What its columns are about.
    pub fn columns(&self) -> impl Iterator<Item = About> {
        self.columns.iter().map(|(about, ..)| *about)
    }

    /// The column beside another one.
    pub fn beside(&self, about: About, right: bool) -> About {
        let columns: Vec<About> = self.columns().collect();
        let at = columns.iter().position(|known| *known == about).unwrap_or(0);
        let next = if right { at + 1 } else { at.saturating_sub(1) };
        columns.get(next).or(columns.last()).copied().unwrap_or(about)
    }

    /// The column itself, or the last one if it has no room.
    pub fn nearest(&self, about: About) -> About {
        let mut columns = self.columns();
        if columns.any(|known| known == about) { about } else { self.columns().last().unwrap_or(about) }
    }

    /// What is at a column of the screen.
    pub fn at(&self, column: usize) -> Option<About> {
        let mut end = MARGIN;
        self.columns.iter().find_map(|(about, known, width)| {
            end += known.gap + width;
            (column < end).then_some(*about)
        })
    }

    /// The titles; that of the cell under the cursor stands out, and that of the order has an arrow.
    pub fn titles(&self, under: About, order: Option<(About, bool)>, context: &Context<'_>) -> Row {
        self.columns.iter().fold(Row::new().to(MARGIN), |row, (about, column, width)| {
            let arrow = match order {
                Some((by, reversed)) if by == *about => match reversed {
                    true => context.glyphs.rising,
                    false => context.glyphs.falling,
                },
                _ => "",
            };
            let title = match (about, self.is_wide) {
                (About::Result, true) => "",
                (About::Issue, true) => "Issue",
                _ => about.title(),
            };
            let title: String = title.chars().take(width.saturating_sub(arrow.chars().count())).collect();
            let title = format!("{title}{arrow}");
            let role = if *about == under { Role::Strong } else { Role::Quiet };
            cell(row, column, Some(*width), &title, role, context)
        })
    }

    /// Whether the mail domain has no room beside names.
    pub fn leaves_out(&self, domain: &str) -> bool {
        let person = self.columns.iter().find(|(about, ..)| *about == About::Person);
        // Eight letters are enough to tell most people apart.
        person.is_some_and(|(_, _, width)| *width < domain.len() + 1 + 8)
    }

    /// The row of an event.
    pub fn line(&self, event: Event<'_>, is_chosen: bool, domain: Option<&str>, context: &Context<'_>) -> Row {
        #[cfg(test)]
        BUILT.with(|built| built.set(built.get() + 1));
        let sign = sign(event.outcome(), event.rule().is_some(), context.glyphs);
        let place = event.place();
        let mark = Mark { input: place.path.to_owned(), offset: place.offset };
        let is_marked = !context.memory.marks.is_empty() && context.memory.marks.contains(&mark);
        let row = Row::new().put(if is_chosen { " >" } else { "  " }, Role::Text);
        let row = if is_marked { row.put(context.glyphs.marked, Role::Strong) } else { row };
        self.columns.iter().fold(row.to(MARGIN), |row, (about, column, width)| {
            let text = self.text(*about, event, domain, context);
            let role = if *about == About::Result { sign.role } else { Role::Text };
            cell(row, column, Some(*width), &text, role, context)
        })
    }

    fn text(&self, about: About, event: Event<'_>, domain: Option<&str>, context: &Context<'_>) -> String {
        match about {
            About::Time => time(event, context),
            About::Result => {
                let Sign { glyph, word, .. } = sign(event.outcome(), event.rule().is_some(), context.glyphs);
                if self.is_wide { glyph.to_owned() } else { format!("{glyph} {word}") }
            }
            About::Action => match event.operation().word() {
                word if self.is_wide && word.len() <= 10 => word.to_owned(),
                _ => short(event.operation()).to_owned(),
            },
            About::Person => {
                let name = who(event).map(shown).unwrap_or_default();
                let bare = domain.and_then(|domain| name.strip_suffix(domain)?.strip_suffix('@'));
                bare.map(str::to_owned).unwrap_or(name)
            }
            About::App => event.app().map(shown).unwrap_or_default(),
            About::Issue => what(event, context),
            About::Code => code(event),
            About::Actor => event.actor().map(shown).unwrap_or_default(),
            About::Source => source(event),
        }
    }
}

#[cfg(test)]
thread_local! {
    /// Rows that were built, for the test that counts them.
    pub(super) static BUILT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How an outcome is shown.
pub(in crate::tui) struct Sign {
    pub(in crate::tui) glyph: &'static str,
    /// The word in the table.
    pub(in crate::tui) word: &'static str,
    pub(in crate::tui) role: Role,
}

/// The sign of an outcome; a failure that no rule explains has its own.
pub(in crate::tui) fn sign(outcome: How, known: bool, glyphs: &Glyphs) -> Sign {
    let (glyph, word, role) = match outcome {
        How::Failure if known => (glyphs.failed, "fail", Role::Failed),
        How::Failure => (glyphs.new, "fail", Role::New),
        How::Warning => (glyphs.warning, "warn", Role::Warning),
        How::Skipped => (glyphs.skipped, "skip", Role::Quiet),
        How::Pending => (glyphs.skipped, "wait", Role::Quiet),
        How::Success => (glyphs.ok, "ok", Role::Ok),
    };
    Sign { glyph, word, role }
}

/// An operation in eight columns.
fn short(operation: Operation) -> &'static str {
    match operation {
        Operation::Deactivate => "deact.",
        Operation::Reactivate => "react.",
        Operation::GroupCreate => "group +",
        Operation::GroupUpdate => "group",
        Operation::GroupDelete => "group -",
        Operation::MembershipAdd => "member +",
        Operation::MembershipRemove => "member -",
        Operation::AssignmentAdd => "assign +",
        Operation::AssignmentRemove => "assign -",
        Operation::CredentialCheck => "login",
        Operation::Quarantine => "quarant.",
        Operation::ConfigChange => "config",
        operation => operation.word(),
    }
}

/// When it was, to the second.
pub(in crate::tui) fn time(event: Event<'_>, context: &Context<'_>) -> String {
    event.time().map_or_else(|| "time unknown".to_owned(), |at| context.second(at))
}

/// Whom it is about: login, else display name, else id.
pub(in crate::tui) fn who(event: Event<'_>) -> Option<&str> {
    let subject = event.subject();
    subject.login.or(subject.name).or(subject.id)
}

/// What is wrong: the title of the rule, or that there is none.
pub(in crate::tui) fn what(event: Event<'_>, context: &Context<'_>) -> String {
    let rule = event.rule().and_then(|(rule, _)| context.data.library.rule(rule));
    match (rule, event.outcome()) {
        (Some(rule), _) => shown(&rule.title),
        (None, How::Failure) => "not known yet".to_owned(),
        (None, _) => String::new(),
    }
}

fn code(event: Event<'_>) -> String {
    match (event.code(), event.http_status()) {
        (Some(code), _) => shown(code),
        (None, status) => status.map(|status| status.to_string()).unwrap_or_default(),
    }
}

/// `okta-sept.jsonl line 18,204`
pub(in crate::tui) fn source(event: Event<'_>) -> String {
    let place = event.place();
    let name = match place.path {
        "-" => "standard input",
        path => path.rsplit(['/', '\\']).next().unwrap_or_default(),
    };
    format!("{} line {}", shown(name), number(place.line))
}

/// What passes that has the same in this column as the event.
pub(super) fn filter_of(about: About, event: Event<'_>, context: &Context<'_>) -> Option<Filter> {
    let by_value = |field: Field| {
        let (_, text) = value(field, event, &context.data.library)?;
        parse(&format!("{}:{text}", field.name()), context.data, &context.zone).ok()
    };
    match about {
        About::Time => {
            let day = when::date(event.time()?, &context.zone);
            parse(&format!("on:{day}"), context.data, &context.zone).ok()
        }
        About::Result => parse(&format!("status:{}", status_word(event.outcome())), context.data, &context.zone).ok(),
        About::Action => parse(&format!("action:{}", event.operation().word()), context.data, &context.zone).ok(),
        About::Person => who(event).map(|who| Filter::exactly(Field::User, who)),
        About::App => by_value(Field::App),
        About::Issue => match (event.rule(), event.shape()) {
            (None, Some(shape)) => Some(Filter::with(Field::Issue, &crate::unknown::cluster_id(shape))),
            (None, None) if event.outcome() != How::Failure => parse("issue:none", context.data, &context.zone).ok(),
            _ => by_value(Field::Issue),
        },
        About::Code => by_value(Field::Code),
        About::Actor => event.actor().map(|actor| Filter::with(Field::Any, actor)),
        About::Source => Some(Filter::exactly(Field::In, event.place().path)),
    }
}
