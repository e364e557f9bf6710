//! Events: the lines themselves, from the oldest to the newest.

use super::{Context, Outcome, Page, event, heading, paragraph, person};
use crate::event::Outcome as How;
use crate::event::store::Row as Event;
use crate::output::page::{number, shown};
use crate::tui::columns::{Column, Side, cell, fit, titles};
use crate::tui::cursor::Cursor;
use crate::tui::keymap::Action;
use crate::tui::look::{Glyphs, Role};
use crate::tui::row::Row;
use crate::tui::when;

/// What the screen remembers.
#[derive(Default)]
pub struct State {
    cursor: Cursor,
}

const COLUMNS: [Column; 6] = [
    Column { title: "Time", gap: 0, least: 15, goes: 0, grows: false, side: Side::Left },
    Column { title: "Result", gap: 1, least: 6, goes: 2, grows: false, side: Side::Left },
    Column { title: "Action", gap: 1, least: 7, goes: 4, grows: false, side: Side::Left },
    Column { title: "Person", gap: 1, least: 12, goes: 0, grows: true, side: Side::Left },
    Column { title: "App", gap: 1, least: 11, goes: 3, grows: false, side: Side::Left },
    Column { title: "What is wrong", gap: 1, least: 14, goes: 5, grows: true, side: Side::Left },
];

/// Rows of the strip about the event that the cursor is on.
const STRIP: usize = 3;

impl State {
    fn list_rows(&self, context: &Context<'_>) -> usize {
        let strip = if context.size.has_strip() { STRIP } else { 0 };
        context.size.body().saturating_sub(1 + strip)
    }

    fn event<'m>(&self, context: &Context<'m>) -> Option<Event<'m>> {
        let row = context.data.shown.rows.get(self.cursor.at)?;
        context.data.events.store.row(*row)
    }
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Events".to_owned()
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        match context.data.shown.rows.is_empty() {
            true => vec![(Action::ClearFilter, "clear filter"), (Action::Filter, "edit")],
            false => vec![(Action::Open, "open"), (Action::Person, "person"), (Action::Filter, "filter")],
        }
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let (count, page) = (context.data.shown.rows.len(), self.list_rows(context));
        if self.cursor.go(action, count, page) {
            self.cursor.settle(count, page);
            return Outcome::Done;
        }
        match (action, self.event(context)) {
            (Action::Open, Some(event)) => Outcome::Show(Box::new(event::State::new(event.number()))),
            (Action::Person, Some(event)) => {
                let subject = event.subject();
                match subject.login.or(subject.id).or(subject.name) {
                    Some(who) => Outcome::Show(Box::new(person::State::new(who.to_owned()))),
                    None => Outcome::Say("This event names nobody.".to_owned()),
                }
            }
            _ => Outcome::Ignored,
        }
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let rows = &context.data.shown.rows;
        let widths = fit(&COLUMNS, context.size.columns.saturating_sub(3));
        let mut out = vec![titles(&COLUMNS, &widths, Row::new(), 3)];
        let page = self.list_rows(context);
        for at in self.cursor.visible(rows.len(), page) {
            let event = rows.get(at).and_then(|row| context.data.events.store.row(*row));
            out.extend(event.map(|event| line(event, &widths, context).select(at == self.cursor.at)));
        }
        if context.size.has_strip()
            && let Some(event) = self.event(context)
        {
            out.resize(context.size.body().saturating_sub(STRIP), Row::new());
            let remark = format!("event {} of {}", number(self.cursor.at as u64 + 1), number(rows.len() as u64));
            out.push(heading("The event", &remark, context));
            let (message, remote) = event.words();
            let words = message.or(remote).unwrap_or_default();
            out.extend(
                paragraph("", &context.cut(&shown(words), 300), 1, Role::Text, context.size.columns)
                    .into_iter()
                    .take(1),
            );
        }
        out
    }
}

/// The sign of an outcome, its word in the table, and the role of both.
pub(super) fn sign(outcome: How, known: bool, glyphs: &Glyphs) -> (&'static str, &'static str, Role) {
    match outcome {
        How::Failure if known => (glyphs.failed, "fail", Role::Failed),
        How::Failure => (glyphs.new, "fail", Role::New),
        How::Warning => (glyphs.warning, "warn", Role::Warning),
        How::Skipped => (glyphs.skipped, "skip", Role::Quiet),
        How::Pending => (glyphs.skipped, "wait", Role::Quiet),
        How::Success => (glyphs.ok, "ok", Role::Ok),
    }
}

fn line(event: Event<'_>, widths: &[Option<usize>], context: &Context<'_>) -> Row {
    let rule = event.rule().and_then(|(rule, _)| context.data.library.rule(rule));
    let (glyph, word, role) = sign(event.outcome(), rule.is_some(), context.glyphs);
    let subject = event.subject();
    let what = match (rule, event.outcome()) {
        (Some(rule), _) => shown(&rule.title),
        (None, How::Failure) => "not known yet".to_owned(),
        (None, _) => String::new(),
    };
    let texts = [
        event.time().map_or_else(|| "time unknown".to_owned(), |at| when::second(at, &context.zone)),
        format!("{glyph} {word}"),
        event.operation().word().to_owned(),
        subject.login.or(subject.name).or(subject.id).map(shown).unwrap_or_default(),
        event.app().map(shown).unwrap_or_default(),
        what,
    ];
    let mut row = Row::new().to(3);
    for ((column, width), text) in COLUMNS.iter().zip(widths).zip(&texts) {
        let role = if column.title == "Result" { role } else { Role::Text };
        row = cell(row, column, *width, text, role, context);
    }
    row
}
