//! How an event looks: who said what, the record, where in it one is.

use super::lines::{Line, Part, key_start, value_start};
use super::*;
use crate::output::page::{counted, number, shown};
use crate::text::width::{width, wrap};
use crate::tui::jobs::order::place_in_time;
use crate::tui::look::Role;
use crate::tui::screen::events::detail::{speaker, words};
use crate::tui::screen::events::table::{Sign, sign, source, time, what, who};
use crate::tui::screen::{heading, paragraph};
use crate::tui::tree::{Tree, What};
use crate::tui::when;

/// Most lines of what was said, and as many where there is little room.
const SAID: usize = 4;
const SAID_IN_LITTLE: usize = 2;
/// The column at which times stand beside values that name them, where the values leave room.
const TIMES: usize = 50;
/// Columns of a value that are shown at least before something stands beside it.
const LEAST: usize = 12;

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

/// One line of a record.
pub(super) fn line(line: &Line, tree: &Tree, is_folded: bool, context: &Context<'_>) -> Row {
    let Some(node) = tree.nodes.get(line.node) else { return Row::new() };
    let columns = context.size.columns;
    let start = key_start(node);
    let is_open = tree.has_inside(line.node);
    let mark = match (is_open, is_folded) {
        (false, _) => "",
        (true, true) => context.glyphs.folded,
        (true, false) => context.glyphs.open,
    };
    match &line.part {
        Part::End => {
            let bracket = if matches!(node.what, What::List(_)) { "]" } else { "}" };
            let start = if node.depth == 0 { start.saturating_sub(2) } else { start };
            return Row::new().to(start).put(bracket, Role::Quiet);
        }
        Part::More(range) => {
            let row = Row::new().to(value_start(node) + 1);
            let row = marked(row, text_in(node, range.clone()), tree, node.is_matched);
            let is_last = range.end >= text_length(node);
            let quote = if matches!(node.what, What::Text(_)) { "\"" } else { "" };
            return if is_last { beside(row.put(quote, Role::Quiet), node, context) } else { row };
        }
        Part::Whole | Part::First(_) => {}
    }
    let mut row = Row::new().to(start.saturating_sub(2));
    if !mark.is_empty() {
        row = row.put(mark, Role::Quiet);
    }
    row = row.to(start);
    if let Some(key) = &node.key {
        let room = columns.saturating_sub(start + 12).max(8);
        row = row.put(&context.cut(key, room), Role::Text).put(": ", Role::Quiet);
    }
    let aside = aside(node, context);
    let room = |row: &Row| {
        let all = columns.saturating_sub(row.used() + 1);
        let beside = if aside.is_empty() { 0 } else { width(&aside) + 2 };
        // The value itself comes first.
        if all >= beside + LEAST { all - beside } else { all }
    };
    row = match &node.what {
        What::Object(count) if !is_folded && *count > 0 => row.put("{", Role::Quiet),
        What::List(count) if !is_folded && *count > 0 => {
            row.put("[ ", Role::Quiet).put(&number(*count as u64), Role::Quiet)
        }
        What::Object(_) | What::List(_) => {
            let row = row.to(value_start(node));
            let inside = folded(tree, line.node, room(&row));
            row.put(&inside, Role::Quiet)
        }
        What::Bare(text) => {
            let row = row.to(value_start(node));
            let text = context.cut(text, room(&row));
            row.put(&text, Role::Text)
        }
        What::Text(text) | What::Line(text) => {
            let quote = if matches!(node.what, What::Line(_)) { "" } else { "\"" };
            let row = row.to(value_start(node)).put(quote, Role::Quiet);
            match &line.part {
                Part::First(range) => {
                    let is_all = range.end >= text.len();
                    let row = marked(row, text_in(node, range.clone()), tree, node.is_matched);
                    if is_all { row.put(quote, Role::Quiet) } else { row }
                }
                _ => {
                    let room = room(&row).saturating_sub(1);
                    // A value can be megabytes; only what may be seen is looked at.
                    let seen = text
                        .char_indices()
                        .nth(room + 1)
                        .map_or(text.as_str(), |(at, _)| text.get(..at).unwrap_or_default());
                    let seen = context.cut(seen, room);
                    let is_all = seen.len() == text.len();
                    let row = marked(row, &seen, tree, node.is_matched);
                    if is_all { row.put(quote, Role::Quiet) } else { row }
                }
            }
        }
    };
    let is_broken = matches!(&line.part, Part::First(range) if range.end < text_length(node));
    if is_broken { row } else { beside(row, node, context) }
}

/// Puts behind a value what there is to say of it, where that has room.
fn beside(row: Row, node: &Node, context: &Context<'_>) -> Row {
    let columns = context.size.columns;
    let aside = aside(node, context);
    if aside.is_empty() || row.used() + width(&aside) + 2 > columns {
        return row;
    }
    let latest = columns.saturating_sub(width(&aside) + 2);
    let (at, role) = match node.is_matched {
        true => (latest, Role::Strong),
        false => ((row.used() + 2).max(TIMES.min(latest)), Role::Quiet),
    };
    row.to(at).put(&aside, role)
}

fn text_length(node: &Node) -> usize {
    match &node.what {
        What::Text(text) | What::Line(text) => text.len(),
        _ => 0,
    }
}

/// What stands behind a value: that it made a rule match, or the time that it names in the zone of the
/// screen.
fn aside(node: &Node, context: &Context<'_>) -> String {
    if node.is_matched {
        return format!("{} matched", context.glyphs.points);
    }
    let local = |at| format!("{} {}", context.exact(at), when::offset(at, &context.zone));
    node.time.map(local).unwrap_or_default()
}

fn text_in(node: &Node, range: std::ops::Range<usize>) -> &str {
    match &node.what {
        What::Text(text) | What::Line(text) => text.get(range).unwrap_or_default(),
        _ => "",
    }
}

/// A text in which the words stand out that made a rule match.
fn marked(row: Row, text: &str, tree: &Tree, is_matched: bool) -> Row {
    let lower = text.to_ascii_lowercase();
    let found =
        tree.words.iter().filter(|_| is_matched).find_map(|word| Some((lower.find(word.as_str())?, word.len())));
    let parts =
        found.and_then(|(at, length)| Some((text.get(..at)?, text.get(at..at + length)?, text.get(at + length..)?)));
    match parts {
        Some((before, words, behind)) => row.put(before, Role::Text).put(words, Role::Match).put(behind, Role::Text),
        None => row.put(text, Role::Text),
    }
}

/// What is inside a folded value: all of it where that has room, else how much.
fn folded(tree: &Tree, at: usize, room: usize) -> String {
    let Some(node) = tree.nodes.get(at) else { return String::new() };
    let (open, close, count) = match node.what {
        What::List(count) => ("[", "]", count),
        What::Object(count) => ("{", "}", count),
        _ => return String::new(),
    };
    if count == 0 {
        return format!("{open}{close}");
    }
    let mut inside = String::new();
    for (place, child) in (at + 1..).zip(tree.nodes.get(at + 1..node.end).unwrap_or_default()) {
        let value = match &child.what {
            What::Text(text) => format!("\"{text}\""),
            What::Bare(text) => text.clone(),
            _ => String::new(),
        };
        let key = child.key.as_deref().filter(|_| open == "{").map(|key| format!("{key}: ")).unwrap_or_default();
        let comma = if inside.is_empty() { "" } else { ", " };
        let is_single = !tree.has_inside(place) && !value.is_empty();
        if !is_single || width(&inside) + width(&value) + width(&key) + 6 > room {
            return format!("{open} {} {close}", number(count as u64));
        }
        inside.push_str(&format!("{comma}{key}{value}"));
    }
    format!("{open} {inside} {close}")
}
