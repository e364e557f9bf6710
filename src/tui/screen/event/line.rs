//! How one line of a record looks.

use std::ops::Range;

use super::lines::{Line, Part, key_start, value_start};
use crate::output::page::number;
use crate::text::width::width;
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::Context;
use crate::tui::tree::{Node, Tree, What};
use crate::tui::when;

/// The column at which times stand beside values that name them, where the values leave room.
const TIMES: usize = 50;
/// Columns of a value that are shown at least before something stands beside it.
const LEAST: usize = 12;

/// One line of a record; `is_folded` is about the value that it shows.
pub(super) fn row(line: &Line, tree: &Tree, is_folded: bool, context: &Context<'_>) -> Row {
    let Some(node) = tree.nodes.get(line.node) else { return Row::new() };
    match &line.part {
        Part::End => closing_bracket(node),
        Part::More(range) => with_part(Row::new().to(value_start(node) + 1), node, range, tree, context),
        Part::First(range) => {
            let row = before_value(line.node, tree, is_folded, context);
            let row = row.to(value_start(node)).put(quote(node), Role::Quiet);
            with_part(row, node, range, tree, context)
        }
        Part::Whole => {
            let row = before_value(line.node, tree, is_folded, context);
            beside(with_value(row, line.node, tree, is_folded, context), node, context)
        }
    }
}

fn closing_bracket(node: &Node) -> Row {
    let bracket = if matches!(node.what, What::List(_)) { "]" } else { "}" };
    let start = key_start(node);
    // Nothing is above the outermost value that it could stand below.
    let start = if node.depth == 0 { start.saturating_sub(2) } else { start };
    Row::new().to(start).put(bracket, Role::Quiet)
}

/// The sign that something can be folded or unfolded, and the key.
fn before_value(at: usize, tree: &Tree, is_folded: bool, context: &Context<'_>) -> Row {
    let Some(node) = tree.nodes.get(at) else { return Row::new() };
    let start = key_start(node);
    let mut row = Row::new().to(start.saturating_sub(2));
    if tree.has_inside(at) {
        row = row.put(if is_folded { context.glyphs.folded } else { context.glyphs.open }, Role::Quiet);
    }
    row = row.to(start);
    if let Some(key) = &node.key {
        let room = context.size.columns.saturating_sub(start + LEAST).max(8);
        row = row.put(&context.cut(key, room), Role::Text).put(": ", Role::Quiet);
    }
    row
}

/// Adds a value as far as one line has room for it.
fn with_value(row: Row, at: usize, tree: &Tree, is_folded: bool, context: &Context<'_>) -> Row {
    let Some(node) = tree.nodes.get(at) else { return row };
    match &node.what {
        What::Object(count) if !is_folded && *count > 0 => return row.put("{", Role::Quiet),
        What::List(count) if !is_folded && *count > 0 => {
            return row.put("[ ", Role::Quiet).put(&number(*count as u64), Role::Quiet);
        }
        _ => {}
    }
    let row = row.to(value_start(node));
    let room = room_for_value(&row, node, context);
    match &node.what {
        What::Object(_) | What::List(_) => row.put(&folded(tree, at, room), Role::Quiet),
        What::Bare(text) => row.put(&context.cut(text, room), Role::Text),
        What::Text(text) | What::Line(text) => with_text(row.put(quote(node), Role::Quiet), text, node, tree, context),
    }
}

/// Adds the beginning of a text, and the quote behind it if that is all of it.
fn with_text(row: Row, text: &str, node: &Node, tree: &Tree, context: &Context<'_>) -> Row {
    let room = room_for_value(&row, node, context).saturating_sub(1);
    // A value can be megabytes; only what may be seen is looked at.
    let seen = text.char_indices().nth(room + 1).map_or(text, |(at, _)| text.get(..at).unwrap_or_default());
    let seen = context.cut(seen, room);
    let is_all = seen.len() == text.len();
    let row = marked(row, &seen, tree, node.is_matched);
    if is_all { row.put(quote(node), Role::Quiet) } else { row }
}

/// Adds a part of a broken text. Only behind the last one stands what else there is to say of the value.
fn with_part(row: Row, node: &Node, range: &Range<usize>, tree: &Tree, context: &Context<'_>) -> Row {
    let row = marked(row, text_in(node, range.clone()), tree, node.is_matched);
    let is_last = range.end >= text_length(node);
    if is_last { beside(row.put(quote(node), Role::Quiet), node, context) } else { row }
}

/// What stands before and behind a text. A line of a record that is no JSON has nothing there.
fn quote(node: &Node) -> &'static str {
    if matches!(node.what, What::Text(_)) { "\"" } else { "" }
}

fn room_for_value(row: &Row, node: &Node, context: &Context<'_>) -> usize {
    let all = context.size.columns.saturating_sub(row.used() + 1);
    let aside = aside(node, context);
    let beside = if aside.is_empty() { 0 } else { width(&aside) + 2 };
    // The value itself comes first.
    if all >= beside + LEAST { all - beside } else { all }
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

fn text_in(node: &Node, range: Range<usize>) -> &str {
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
