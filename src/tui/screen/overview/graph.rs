//! Failures over time, as bars.

use super::{Part, State};
use crate::analysis::{Of, Spike, SpikeKind};
use crate::output::page::{counted, number};
use crate::text::time::Micros;
use crate::text::width::width;
use crate::tui::chart::{Bar, Chart, Failures};
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::{Context, heading};

/// Spikes that are shown in the bars at most.
const SPIKES: usize = 100;

/// The chart of a time. How wide the label of the axis is, its highest bar says, and how long bars are,
/// what that label leaves.
pub(super) fn chart(failures: &Failures, span: (Micros, Micros), context: &Context<'_>) -> Chart {
    let mut label = LABEL;
    loop {
        let room = context.size.columns.saturating_sub(label + 1);
        let chart = Chart::of(failures, span, room, &context.zone);
        let needed = label_columns(&chart);
        if needed <= label || needed > context.size.columns / 2 {
            return chart;
        }
        label = needed;
    }
}

/// Columns in front of the axis: three digits have room always.
const LABEL: usize = 4;

/// The bar at a column of the screen.
pub(super) fn bar_at(chart: &Chart, column: usize) -> Option<Micros> {
    let at = column.checked_sub(label_columns(chart) + 1)? / chart.columns.max(1);
    chart.bars.get(at).map(|bar| bar.from)
}

fn label_columns(chart: &Chart) -> usize {
    (width(&number(chart.peak())) + 1).max(LABEL)
}

pub(super) fn rows(state: &State, chart: &Chart, bars: usize, context: &Context<'_>) -> Vec<Row> {
    let label = label_columns(chart);
    let chosen = state.bar(chart).filter(|_| state.part == Part::Chart);
    let spikes: Vec<&Spike> =
        context.data.analysis.spikes.iter().filter(|spike| spike.of != Of::Removals).take(SPIKES).collect();
    let mut rows = vec![title(state, chart, chosen, &spikes, context)];
    for row in 0..bars {
        let text = if row == 0 { number(chart.peak()) } else { String::new() };
        let mut line = Row::new().right(&text, Role::Quiet, label).put(context.glyphs.down, Role::Frame);
        for (at, (cell, bar)) in chart.row(row, bars, context.glyphs).into_iter().zip(&chart.bars).enumerate() {
            let unusual = spikes.iter().any(|spike| spike.start < bar.to && bar.from < spike.end);
            let role = if unusual { Role::Failed } else { Role::Text };
            let text = cell.repeat(chart.columns);
            line = if chosen == Some(at) { line.put_chosen(&text, role) } else { line.put(&text, role) };
        }
        rows.push(line);
    }
    rows.push(axis(chart, chosen, label, context));
    if context.size.is_wide() {
        rows.push(legend(chart, state, label, context));
    }
    rows
}

fn title(state: &State, chart: &Chart, chosen: Option<usize>, spikes: &[&Spike], context: &Context<'_>) -> Row {
    let title = format!("Failures per {}", chart.length);
    let chosen = chosen.and_then(|at| chart.bars.get(at));
    let remark = match (chosen, context.data.reading, state.window) {
        (Some(bar), ..) => {
            format!("{}, {}", range(bar.from, bar.to, context), counted(bar.count, "failure", "failures"))
        }
        (None, Some(_), _) => so_far(context),
        (None, None, Some(_)) => format!("a part of the time, {} shows more", key_of(Action::ZoomOut)),
        (None, None, None) => spikes.first().map(|spike| spike_words(&title, spike, context)).unwrap_or_default(),
    };
    heading(&title, &remark, context)
}

fn so_far(context: &Context<'_>) -> String {
    let whole = &context.data.whole;
    let span = whole.first.zip(whole.last).map(|(first, last)| range(first, last, context));
    format!("so far: {}", span.unwrap_or_else(|| "no times".to_owned()))
}

/// `spike 3 Sep 13:00 - 18:00, 64 people, usual 2-4`; less where there is less room.
fn spike_words(title: &str, spike: &Spike, context: &Context<'_>) -> String {
    let usual = match spike.usual {
        (low, high) if low == high => number(high),
        (low, high) => format!("{}-{}", number(low), number(high)),
    };
    let range = match spike.kind {
        SpikeKind::Ongoing => format!("since {}", context.minute(spike.start)),
        _ => range(spike.start, spike.end, context),
    };
    let short = format!("spike {range}");
    let middle = format!("{short}, {}, usual {usual}", counted(spike.people, "person", "people"));
    let long = format!("{middle}{}Enter on a bar filters to its time", context.glyphs.dot);
    let room = context.size.columns.saturating_sub(width(title) + 7);
    [long, middle].into_iter().find(|words| width(words) <= room).unwrap_or(short)
}

/// `3 Sep 13:00 - 18:00`; both days if they are two.
fn range(from: Micros, to: Micros, context: &Context<'_>) -> String {
    let (from, to) = (context.minute(from), context.minute(to));
    let (day, clock) = to.rsplit_once(' ').unwrap_or(("", &to));
    let until = if from.rsplit_once(' ').is_some_and(|(first, _)| first == day) { clock } else { &to };
    format!("{from} - {until}")
}

fn axis(chart: &Chart, chosen: Option<usize>, label: usize, context: &Context<'_>) -> Row {
    let glyphs = context.glyphs;
    let mut cells = vec![(glyphs.across.to_owned(), Role::Frame); chart.bars.len() * chart.columns];
    let mut write = |column: usize, text: &str, role: Role| {
        for (cell, letter) in cells.iter_mut().skip(column).zip(text.chars()) {
            *cell = (letter.to_string(), role);
        }
    };
    if context.size.is_wide() {
        let changed = changes(chart, context);
        let bars = chart.bars.iter().enumerate().filter(|(_, bar)| changed.iter().any(|at| is_in(*at, bar)));
        bars.for_each(|(at, _)| write(at * chart.columns + chart.columns / 2, "c", Role::Strong));
    }
    for (column, text) in chart.labels(&context.zone) {
        write(column, &text, Role::Quiet);
    }
    // Not onto a date: its bar is marked as well.
    let under = chosen.and_then(|at| cells.get_mut(at * chart.columns + chart.columns / 2));
    if let Some(cell) = under.filter(|(text, _)| text == glyphs.across) {
        *cell = (glyphs.rising.to_owned(), Role::Strong);
    }
    let zero = if context.size.is_wide() { "0" } else { "" };
    let row = Row::new().right(zero, Role::Quiet, label).put(glyphs.corner, Role::Frame);
    cells.into_iter().fold(row, |row, (text, role)| row.put(&text, role))
}

fn is_in(at: Micros, bar: &Bar) -> bool {
    (bar.from..bar.to).contains(&at)
}

/// When somebody changed something, in the time of the chart.
fn changes(chart: &Chart, context: &Context<'_>) -> Vec<Micros> {
    let Some((first, last)) = chart.bars.first().zip(chart.bars.last()) else { return Vec::new() };
    context.data.analysis.changes.times().filter(|at| (first.from..last.to).contains(at)).collect()
}

/// What the signs mean, and what the chart does not show.
fn legend(chart: &Chart, state: &State, label: usize, context: &Context<'_>) -> Row {
    let glyphs = context.glyphs;
    let mut row = Row::new()
        .to(label + 1)
        .put(glyphs.failed, Role::Failed)
        .put(" failed   ", Role::Quiet)
        .put(glyphs.warning, Role::Warning)
        .put(" warning   ", Role::Quiet)
        .put(glyphs.skipped, Role::Quiet)
        .put(" skipped", Role::Quiet);
    let changed = changes(chart, context).len() as u64;
    if changed > 0 {
        row = row.put(&format!("   c on the axis: an admin changed something ({})", number(changed)), Role::Quiet);
    }
    let drawn = state.failures(context).as_ref().as_ref().map_or(0, Failures::total);
    let missing = context.data.analysis.totals.failure.saturating_sub(drawn);
    if missing > 0 && row.used() < 80 {
        row = row.put(&format!("   {} without app or time are not drawn", number(missing)), Role::Quiet);
    }
    row
}
