//! How an event looks: who said what, the record, where in it one is.

use super::State;
use crate::event::filter::status_word;
use crate::event::store::{Row as Event, Scratch};
use crate::output::page::{counted, number, shown};
use crate::text::width::{width, wrap};
use crate::tui::jobs::order::place_in_time;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::events::detail::{speaker, words};
use crate::tui::screen::events::table::{Sign, sign, source, time, what, who};
use crate::tui::screen::{Context, heading, paragraph};
use crate::tui::tree::Tree;
use crate::tui::when;

/// Most lines of what was said, and as many where there is little room.
const SAID: usize = 4;
const SAID_IN_LITTLE: usize = 2;

impl State {
    /// `× failed   Salesforce   App no longer accepts the login      event 5 of 41`
    pub(super) fn summary(&self, context: &Context<'_>) -> Option<Row> {
        let event = self.event(context)?;
        let columns = context.size.columns;
        let Sign { glyph, role, .. } = sign(event.outcome(), event.rule().is_some(), context.glyphs);
        let shown_rows = &context.data.shown.rows;
        let place = place_in_time(&context.data.events, shown_rows, self.row).ok();
        let place = place.map(|at| format!("event {} of {} ", number(at as u64 + 1), number(shown_rows.len() as u64)));
        let place = place.unwrap_or_default();
        let facts = [event.app().map(shown).unwrap_or_default(), what(event, context)];
        let facts = facts.iter().filter(|fact| !fact.is_empty()).map(|fact| format!("   {fact}")).collect::<String>();
        let row = Row::of(&format!("{glyph} {}", status_word(event.outcome())), role);
        let room = columns.saturating_sub(row.used() + width(&place) + 1);
        Some(row.put(&context.cut(&facts, room), Role::Strong).right(&place, Role::Quiet, columns))
    }

    /// Who said what.
    pub(super) fn said(&self, context: &Context<'_>) -> Vec<Row> {
        let Some(event) = self.event(context) else { return Vec::new() };
        let columns = context.size.columns;
        let mut rows = vec![heading("Said by", &speaker(event), context)];
        let words = words(event);
        if words.is_empty() {
            rows.push(Row::of("The log says nothing more than the record below.", Role::Quiet));
            return rows;
        }
        let mut lines = wrap(&format!("\"{words}\""), columns.saturating_sub(3));
        let most = if context.size.has_strip() { SAID } else { SAID_IN_LITTLE };
        let is_long = lines.len() > most;
        lines.truncate(most);
        for (at, line) in lines.iter().enumerate() {
            let start = if at == 0 { 1 } else { 2 };
            let cut = if is_long && at + 1 == most { context.glyphs.cut } else { "" };
            rows.push(Row::new().to(start).put(line, Role::Text).put(cut, Role::Quiet));
        }
        rows
    }

    /// The heading of the record.
    pub(super) fn record_heading(&self, context: &Context<'_>) -> Row {
        let Some(event) = self.event(context) else { return Row::new() };
        let dot = context.glyphs.dot;
        let place = event.place();
        let keys = format!("{} wrap{dot}{} fold", key_of(Action::Wrap), key_of(Action::Tick));
        let remark = format!("{}, byte {}{dot}{keys}", source(event), number(place.offset));
        // Where not all of it fits, the keys are in help.
        let remark = if width(&remark) + 16 > context.size.columns { source(event) } else { remark };
        heading("Record", &remark, context)
    }

    /// What is shown in place of a record that is not there.
    pub(super) fn without_record(&self, why: &str, context: &Context<'_>) -> Vec<Row> {
        let columns = context.size.columns;
        let mut rows = paragraph("", why, 1, Role::Text, columns);
        let Some(event) = self.event(context) else { return rows };
        rows.push(Row::new());
        rows.push(Row::of("What was kept of it:", Role::Quiet));
        let mut scratch = Scratch::default();
        let ids = event.ids(&mut scratch);
        let status = event.http_status().map(|status| status.to_string());
        let facts = [
            ("Time", Some(format!("{}, {}", time(event, context), zone_of(event, context)))),
            ("Action", Some(event.operation().word().to_owned())),
            ("Person", who(event).map(shown)),
            ("App", event.app().map(shown)),
            ("Done by", event.actor().map(shown)),
            ("Event", event.event_type().map(shown)),
            ("Code", event.code().map(shown).or(status)),
            (
                "Ids",
                Some(
                    [ids.event, ids.request, ids.transaction]
                        .iter()
                        .flatten()
                        .map(|id| shown(id))
                        .collect::<Vec<_>>()
                        .join("   "),
                ),
            ),
        ];
        for (label, text) in facts {
            let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
            let room = columns.saturating_sub(12);
            rows.push(Row::of(label, Role::Quiet).to(11).put(&context.cut(&text, room), Role::Text));
        }
        rows
    }

    /// Where in the record one is, and what is not shown of it.
    pub(super) fn path(&self, tree: &Tree, context: &Context<'_>) -> Row {
        let columns = context.size.columns;
        let mut hidden = format!("hidden: {}", counted(tree.masked as u64, "field", "fields"));
        if tree.is_cut
            || self.record.as_ref().is_some_and(|record| record.as_ref().is_ok_and(|record| record.shortened))
        {
            hidden = format!("only its beginning{}{hidden}", context.glyphs.dot);
        }
        let path = tree.path(self.lines.node());
        let path = if path.is_empty() { "the whole record".to_owned() } else { path };
        let row = Row::of("Path  ", Role::Quiet);
        let room = columns.saturating_sub(row.used() + width(&hidden) + 3);
        row.put(&context.cut(&path, room), Role::Text).right(&hidden, Role::Quiet, columns.saturating_sub(1))
    }
}

/// `your time`, or `UTC` if that is what times are shown in.
fn zone_of(event: Event<'_>, context: &Context<'_>) -> String {
    event.time().map(|at| when::offset(at, &context.zone)).unwrap_or_default()
}
