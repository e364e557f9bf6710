//! Issues on the first screen: by people affected, or, where there is room, by level with those that no
//! rule describes below.

use std::ops::Range;

use crate::analysis::Issue;
use crate::output::page::{counted, number, shown};
use crate::text::width::width;
use crate::tui::columns::{Column, Side, cell, fit, titles_over_sign};
use crate::tui::cursor::Cursor;
use crate::tui::jobs::sheet::Listed;
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::issue::Place;
use crate::tui::screen::issues::sign;
use crate::tui::screen::{Context, heading};
use crate::tui::trend;

/// What the cursor can be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Issue(Place),
    /// All that no rule describes.
    Unknown,
}

const COLUMNS: [Column; 4] = [
    Column { title: "What is wrong", gap: 0, least: 20, goes: 0, grows: true, side: Side::Left },
    Column { title: "Count", gap: 1, least: 8, goes: 1, grows: false, side: Side::Right },
    Column { title: "People", gap: 2, least: 13, goes: 0, grows: false, side: Side::Right },
    Column { title: "Trend", gap: 3, least: 11, goes: 2, grows: false, side: Side::Left },
];

const BY_LEVEL: [Column; 4] = [
    Column { title: "What is wrong", gap: 0, least: 20, goes: 0, grows: true, side: Side::Left },
    Column { title: "Count", gap: 1, least: 7, goes: 1, grows: false, side: Side::Right },
    Column { title: "People", gap: 1, least: 6, goes: 0, grows: false, side: Side::Right },
    Column { title: "Trend", gap: 1, least: 5, goes: 2, grows: false, side: Side::Left },
];

/// Columns that the name of an app has at most, where its list is narrow.
const APP: usize = 11;

/// What the list has, in its order.
pub(super) fn items(context: &Context<'_>) -> Vec<Item> {
    let analysis = &context.data.analysis;
    let unknown = analysis.unknown.len();
    if context.size.is_wide() {
        let known = (0..analysis.issues.len()).map(Place::Known);
        return known.chain((0..unknown).map(Place::Unknown)).map(Item::Issue).collect();
    }
    let mut known: Vec<(usize, &Issue)> = analysis.issues.iter().enumerate().collect();
    // Sorting keeps the analysis' own order among equals.
    known.sort_by_key(|(_, issue)| std::cmp::Reverse(issue.users));
    let known = known.into_iter().map(|(at, _)| Item::Issue(Place::Known(at)));
    known.chain((unknown > 0).then_some(Item::Unknown)).collect()
}

/// The list as it is saved, with each of those that no rule describes.
pub(super) fn listed(context: &Context<'_>) -> Listed {
    let unknown = context.data.analysis.unknown.len();
    let places = items(context).into_iter().flat_map(|item| match item {
        Item::Issue(place) => vec![place],
        Item::Unknown => (0..unknown).map(Place::Unknown).collect(),
    });
    Listed::Issues(places.collect())
}

fn issue<'m>(place: Place, context: &Context<'m>) -> Option<&'m Issue> {
    match place {
        Place::Known(at) => context.data.analysis.issues.get(at),
        Place::Unknown(at) => context.data.analysis.unknown.get(at),
    }
}

/// Heading and rows, by people affected.
pub(super) fn rows(cursor: &Cursor, active: bool, rows: usize, context: &Context<'_>) -> Vec<Row> {
    let items = items(context);
    if rows == 0 || items.is_empty() {
        return Vec::new();
    }
    let visible = cursor.visible(items.len(), rows);
    // The line about what no rule describes is no known issue.
    let known = context.data.analysis.issues.len();
    let listed = visible.start..visible.end.min(known);
    let more = match () {
        () if listed.start < known && listed.len() < known => {
            format!("{}{}-{} of {}", context.glyphs.dot, listed.start + 1, listed.end, number(known as u64))
        }
        () if visible.end < items.len() => format!("{}more below", context.glyphs.dot),
        () => String::new(),
    };
    let remark = format!("by people affected{more}");
    let widths = fit(&COLUMNS, context.size.columns.saturating_sub(4));
    let mut out = vec![heading("Known issues", &remark, context)];
    for at in visible {
        let texts = match items.get(at) {
            Some(Item::Issue(place)) => {
                let room = widths.first().copied().flatten();
                issue(*place, context).map(|issue| facts(issue, room, context))
            }
            Some(Item::Unknown) => Some(unknown(context)),
            None => None,
        };
        let row = texts.map(|texts| put(Row::new().to(3), &COLUMNS, &widths, &texts, context)).unwrap_or_default();
        out.push(row.select(active && cursor.at == at));
    }
    out
}

fn facts(issue: &Issue, room: Option<usize>, context: &Context<'_>) -> [String; 4] {
    let trend = trend::of(issue, &context.data.analysis);
    let trend = trend.map(|trend| match trend.arrow(context.glyphs) {
        Some(arrow) if trend.word() != "new" => format!("{arrow} {}", trend.word()),
        _ => trend.word().to_owned(),
    });
    let title = title(issue, room, context);
    [title, number(issue.events), counted(issue.users, "person", "people"), trend.unwrap_or_default()]
}

/// What no rule describes, in one line. How many people that are together, nobody counted.
fn unknown(context: &Context<'_>) -> [String; 4] {
    let unknown = &context.data.analysis.unknown;
    let kinds = match unknown.len() as u64 {
        1 => "+ 1 error that no rule describes yet".to_owned(),
        kinds => format!("+ {} errors that no rule describes yet", number(kinds)),
    };
    let events = unknown.iter().map(|issue| issue.events).sum();
    [kinds, number(events), String::new(), String::new()]
}

/// Its words; behind them the app where another one has the same trouble. Both are shown where not all of them fits.
fn title(issue: &Issue, room: Option<usize>, context: &Context<'_>) -> String {
    let (analysis, room) = (&context.data.analysis, room.unwrap_or_default());
    let words = match issue.rule.and_then(|rule| context.data.library.rule(rule)) {
        Some(rule) => rule.title.clone(),
        None => shown(issue.shape.as_deref().unwrap_or_default()),
    };
    let same = |other: &&Issue| (other.rule, &other.shape) == (issue.rule, &issue.shape);
    let is_elsewhere = analysis.issues.iter().chain(&analysis.unknown).filter(same).nth(1).is_some();
    match issue.app.as_deref().filter(|_| is_elsewhere) {
        Some(app) => {
            let app = context.cut_app(&shown(app), (room / 3).max(APP));
            let words = context.cut(&words, room.saturating_sub(width(&app) + width(context.glyphs.dot)));
            format!("{words}{}{app}", context.glyphs.dot)
        }
        None => words,
    }
}

fn put(row: Row, columns: &[Column], widths: &[Option<usize>], texts: &[String], context: &Context<'_>) -> Row {
    let cells = columns.iter().zip(widths).zip(texts);
    cells.fold(row, |row, ((column, width), text)| cell(row, column, *width, text, Role::Text, context))
}

/// Of `rows` rows, those for what no rule describes, their heading included.
fn rows_below(rows: usize, known: usize, unknown: usize) -> usize {
    if unknown == 0 { 0 } else { (unknown + 1).min((rows / 3).max(2)).max(rows.saturating_sub(known)) }
}

/// The item at a row below the titles, of [`rows_by_level`].
pub(super) fn at_row(row: usize, cursor: &Cursor, rows: usize, context: &Context<'_>) -> Option<usize> {
    let analysis = &context.data.analysis;
    let (known, unknown) = (analysis.issues.len(), analysis.unknown.len());
    let below = rows_below(rows, known, unknown);
    let above = rows.saturating_sub(below);
    if row < above {
        let at = visible_known(cursor, known, above).start + row;
        return (at < known).then_some(at);
    }
    let at = visible_unknown(cursor, known, unknown, below).start + row.checked_sub(above + 1)?;
    (at < unknown).then_some(known + at)
}

fn visible_known(cursor: &Cursor, known: usize, rows: usize) -> Range<usize> {
    let mut list = *cursor;
    list.at = cursor.at.min(known.saturating_sub(1));
    list.visible(known, rows)
}

fn visible_unknown(cursor: &Cursor, known: usize, unknown: usize, below: usize) -> Range<usize> {
    Cursor::at(cursor.at.saturating_sub(known)).visible(unknown, below.saturating_sub(1))
}

/// Heading, titles and `rows` rows: known ones by level, and below them what no rule describes.
pub(super) fn rows_by_level(cursor: &Cursor, active: bool, rows: usize, context: &Context<'_>) -> Vec<Row> {
    let analysis = &context.data.analysis;
    let (known, unknown) = (analysis.issues.len(), analysis.unknown.len());
    let below = rows_below(rows, known, unknown);
    let widths = fit(&BY_LEVEL, context.size.columns.saturating_sub(6));
    let line = |place: Place, chosen: bool| {
        let Some(issue) = issue(place, context) else { return Row::new() };
        let rule = issue.rule.and_then(|rule| context.data.library.rule(rule));
        let (glyph, role) = sign(issue, rule, context);
        let trend = trend::of(issue, analysis).map_or_else(String::new, |trend| trend.picture(context.glyphs));
        let room = widths.first().copied().flatten();
        let texts = [title(issue, room, context), number(issue.events), number(issue.users), trend];
        put(Row::new().to(3).put(glyph, role).to(5), &BY_LEVEL, &widths, &texts, context).select(chosen)
    };
    let mut out =
        vec![heading("Known issues", "by level, still affected", context), titles_over_sign(&BY_LEVEL, &widths, 5)];
    if known == 0 {
        out.push(Row::new().to(3).put("None was found.", Role::Text));
    }
    let above = rows.saturating_sub(below);
    out.extend(visible_known(cursor, known, above).map(|at| line(Place::Known(at), active && cursor.at == at)));
    if unknown > 0 {
        out.resize((rows + 2).saturating_sub(below), Row::new());
        let failures: u64 = analysis.unknown.iter().map(|issue| issue.failures).sum();
        out.push(heading("No rule describes these yet", &counted(failures, "failure", "failures"), context));
        out.extend(
            visible_unknown(cursor, known, unknown, below)
                .map(|at| line(Place::Unknown(at), active && cursor.at == known + at)),
        );
    }
    out
}
