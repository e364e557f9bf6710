//! How the dialog looks, and what is at a place of it. Its buttons are always on screen; the lines above them
//! scroll where there is little room.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::super::{Context, heading};
use super::{Field, State, is_hidden};
use crate::output::bundle::redact::Recipient;
use crate::output::bundle::{Facts, hidden, preview};
use crate::output::page::{bytes, shown};
use crate::text::time;
use crate::text::width::{width, wrap};
use crate::tui::jobs::bundle::Made;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::when;

/// The column of the labels, and the one behind them.
const MARGIN: usize = 3;
const LABELS: usize = 12;

/// What the mouse finds at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    Recipient(Recipient),
    Field(Field),
}

/// A row, what keys change while it has them, and what the mouse finds on it.
pub(super) struct Line {
    row: Row,
    field: Option<Field>,
    spots: Vec<(Range<usize>, Spot)>,
}

/// All rows of the dialog.
pub(super) fn rows(state: &State, context: &Context<'_>) -> Vec<Row> {
    let (room, lines) = (room(state, context), lines(state, context));
    let is_more = state.top + room < lines.len();
    let mut rows: Vec<Row> = lines.into_iter().skip(state.top).take(room).map(|line| line.row).collect();
    rows.resize(room, Row::new());
    let foot = foot(state, context);
    let last = foot.iter().rposition(|line| !line.spots.is_empty());
    rows.extend(foot.into_iter().enumerate().map(|(at, line)| match is_more && Some(at) == last {
        true => line.row.right(&format!("{} more ", key_of(Action::PageDown)), Role::Quiet, context.size.columns),
        false => line.row,
    }));
    rows
}

/// Rows above the buttons.
pub(super) fn room(state: &State, context: &Context<'_>) -> usize {
    context.size.body().saturating_sub(foot(state, context).len())
}

/// The first line on screen so that what keys change is there.
pub(super) fn top(state: &State, context: &Context<'_>) -> usize {
    let (lines, room, focus) = (lines(state, context), room(state, context), state.focus());
    let first = lines.iter().position(|line| line.field == Some(focus));
    let last = lines.iter().rposition(|line| line.field == Some(focus));
    let top = state.top.min(lines.len().saturating_sub(room));
    match first.zip(last) {
        // The heading is shown with the first field.
        Some((..=1, _)) => 0,
        Some((first, last)) => top.max((last + 1).saturating_sub(room)).min(first),
        None => top,
    }
}

/// What is at a row of the body and a column.
pub(super) fn spot(state: &State, row: usize, column: usize, context: &Context<'_>) -> Option<Spot> {
    let (room, lines) = (room(state, context), lines(state, context));
    let foot = foot(state, context);
    let line = match row.checked_sub(room) {
        Some(row) => foot.get(row),
        None => lines.get(state.top + row),
    }?;
    line.spots.iter().find(|(columns, _)| columns.contains(&column)).map(|(_, spot)| *spot)
}

/// The lines above the buttons.
pub(super) fn lines(state: &State, context: &Context<'_>) -> Vec<Line> {
    let mut page = Sheet { state, context, lines: Vec::new() };
    let remark = context.cut(&state.subject.title, context.size.columns.saturating_sub(32));
    page.push(heading("Bundle for support", &shown(&remark), context));
    page.recipient();
    page.about();
    page.tried();
    page.show();
    match (state.made(), state.refused()) {
        (Some(made), _) => page.result(made),
        (None, Some(why)) => page.text("Refused", &format!("{why}."), Role::Failed),
        (None, None) => page.text("Hidden", "being counted: the original records are read again", Role::Quiet),
    }
    page.lines
}

struct Sheet<'s, 'm> {
    state: &'s State,
    context: &'s Context<'m>,
    lines: Vec<Line>,
}

impl Sheet<'_, '_> {
    fn push(&mut self, row: Row) {
        self.lines.push(Line { row, field: None, spots: Vec::new() });
    }

    fn columns(&self) -> usize {
        self.context.size.columns.saturating_sub(LABELS + 1)
    }

    /// Words behind a label, on as many rows as they need.
    fn text(&mut self, label: &str, text: &str, role: Role) {
        for (at, words) in wrap(&shown(text), self.columns()).iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            self.push(start(label, false).put(words, role));
        }
    }

    /// Something that can be changed, behind a label.
    fn field(&mut self, label: &str, text: &str, field: Field) {
        let has_keys = self.state.focus() == field;
        let can = self.state.fields().contains(&field);
        for (at, words) in wrap(&shown(text), self.columns()).iter().enumerate() {
            let row = start(if at == 0 { label } else { "" }, has_keys && at == 0);
            let row = match (has_keys, can) {
                (true, _) => row.put_chosen(words, Role::Text),
                (false, true) => row.put(words, Role::Text),
                (false, false) => row.put(words, Role::Quiet),
            };
            let spots = if can { vec![(LABELS..row.used(), Spot::Field(field))] } else { Vec::new() };
            self.lines.push(Line { row, field: Some(field), spots });
        }
    }

    fn recipient(&mut self) {
        let (state, provider) = (self.state, self.state.provider());
        let has_keys = state.focus() == Field::Recipient;
        let first = || Line { row: start("For", has_keys), field: Some(Field::Recipient), spots: Vec::new() };
        let mut line = first();
        for recipient in Recipient::ALL {
            let is_it = recipient == state.recipient;
            let words = format!("({}) {}", if is_it { "*" } else { " " }, recipient.who(provider));
            if line.row.used() > LABELS && line.row.used() + width(&words) > self.context.size.columns {
                self.lines.push(line);
                line = Line { row: start("", false), ..first() };
            }
            let from = line.row.used();
            line.row = match has_keys && is_it {
                true => line.row.put_chosen(&words, Role::Strong),
                false => line.row.put(&words, if is_it { Role::Strong } else { Role::Text }),
            };
            line.spots.push((from..line.row.used(), Spot::Recipient(recipient)));
            line.row = line.row.put("  ", Role::Text);
        }
        self.lines.push(line);
        self.text("They get", &state.recipient.gets(provider), Role::Text);
        self.text("But not", &state.recipient.does_not_get(state.keeps_groups), Role::Text);
    }

    fn about(&mut self) {
        match self.state.made() {
            Some(made) => {
                let facts = &made.bundle.facts;
                self.text("About", &about(facts, self.context.glyphs.dot), Role::Text);
                self.text("Include", &preview::included(facts), Role::Text);
            }
            None => self.text("About", &self.state.subject.title.clone(), Role::Text),
        }
    }

    fn tried(&mut self) {
        let sender = &self.state.subject.sender;
        let steps = match sender.tried.len() {
            0 => "no step is ticked".to_owned(),
            1 => "1 ticked step".to_owned(),
            count => format!("{count} ticked steps"),
        };
        let note = if sender.note.is_some() { "your note" } else { "no note" };
        let words = format!("{} what we tried ({steps}, {note})", tick(self.state.with_tried));
        self.field("", &words, Field::Tried);
    }

    fn show(&mut self) {
        if !is_hidden(self.state.recipient) {
            self.text("Show", "names and mails stay: they are of your company", Role::Quiet);
            return;
        }
        let one = match &self.state.reveal {
            Some(who) => format!("{} one person by name: {who}", tick(true)),
            None => format!("{} one person by name, so that they can look the account up", tick(false)),
        };
        self.field("Show", &one, Field::Reveal);
        self.field("", &format!("{} group names", tick(self.state.keeps_groups)), Field::Groups);
    }

    /// What came of it.
    fn result(&mut self, made: &Made) {
        let counts = hidden::counts(&made.bundle.account, &made.bundle.facts);
        self.text("Hidden", &counts.join(self.context.glyphs.dot), Role::Text);
        let [what, said] = &made.preview;
        // One row each: the whole text is inside.
        let room = self.columns();
        for (label, text) in [("Preview", what), ("", said)] {
            let text = self.context.cut(&shown(text), room);
            self.push(start(label, false).put(&text, Role::Text));
        }
        self.text("Checked", preview::CHECKED, Role::Ok);
        let Some(path) = self.state.path() else { return };
        self.field("File", &path.display().to_string(), Field::File);
        let size = format!("{} ({} is allowed)", bytes(made.bundle.archive.len() as u64), bytes(made.takes));
        self.text("", &size, Role::Quiet);
        if let Some(missing) = preview::too_large(&made.bundle.facts) {
            self.text("", &format!("left out: {missing}"), Role::Warning);
        }
        let mapping = "who is who stays on this computer, in .map.json: do not send it";
        self.text("", mapping, Role::Quiet);
    }
}

/// The buttons, and what is always said below them.
fn foot(state: &State, context: &Context<'_>) -> Vec<Line> {
    let fields = state.fields();
    let buttons = [(Field::Look, "Look inside"), (Field::Write, "Write file"), (Field::Cancel, "Cancel")];
    let row = || Line { row: Row::new().to(MARGIN), field: None, spots: Vec::new() };
    let (mut lines, mut line) = (Vec::new(), row());
    for (field, words) in buttons.into_iter().filter(|(field, _)| fields.contains(field)) {
        let words = format!("[ {words} ]");
        if line.row.used() > MARGIN && line.row.used() + width(&words) > context.size.columns {
            lines.push(std::mem::replace(&mut line, row()));
        }
        let (from, has_keys) = (line.row.used(), state.focus() == field);
        let is_ready = field == Field::Cancel || state.made().is_some();
        line.row = match (has_keys, is_ready) {
            (true, _) => line.row.put_chosen(&words, Role::Strong),
            (false, true) => line.row.put(&words, Role::Strong),
            (false, false) => line.row.put(&words, Role::Quiet),
        };
        line.spots.push((from..line.row.used(), Spot::Field(field)));
        line.row = line.row.put("  ", Role::Text);
    }
    lines.push(line);
    if context.size.has_strip() {
        let words = "Nothing is sent anywhere. The file is written to this computer only.";
        lines.push(Line { row: Row::of(words, Role::Quiet), field: None, spots: Vec::new() });
    }
    lines
}

/// A row with a label.
fn start(label: &str, has_keys: bool) -> Row {
    let mark = if has_keys { " > " } else { "   " };
    Row::new().put(mark, Role::Text).put(label, Role::Quiet).to(LABELS)
}

fn tick(is_ticked: bool) -> &'static str {
    if is_ticked { "[x]" } else { "[ ]" }
}

/// Which problem it is, and when: in UTC, as in everything that the bundle holds.
fn about(facts: &Facts, dot: &str) -> String {
    let at = |stamp: &Option<String>| stamp.as_deref().and_then(time::parse);
    let mut parts = vec![facts.problem.id.clone()];
    if let Some((first, last)) = at(&facts.first).zip(at(&facts.last)) {
        let minute = |at| when::minute(at, Some(last), &TimeZone::UTC) + "Z";
        parts.push(format!("{} - {}", minute(first), minute(last)));
    }
    parts.extend(facts.state.map(str::to_owned));
    parts.join(dot)
}
