//! Below the list, where a page is beside it: when the issue under the cursor failed, and at what.

use crate::analysis::Issue;
use crate::output::page::{number, shown};
use crate::text::width::width;
use crate::tui::chart::{Chart, Failures};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::{Context, heading};

/// Rows that it takes, whatever is known, so that the list above stands still.
pub(super) const ROWS: usize = BARS + 4;

const BARS: usize = 4;

/// The chart of an issue, and its applications and operations.
pub(super) fn rows(issue: &Issue, context: &Context<'_>) -> Vec<Row> {
    let mut rows = chart(issue, context).unwrap_or_else(|| {
        let words = "Its failures were not counted over time.";
        vec![heading("Over time, this issue", "", context), Row::of(words, Role::Quiet)]
    });
    rows.resize(BARS + 2, Row::new());
    rows.push(heading("App and operations", "", context));
    let app = issue.app.as_deref().map_or_else(|| "several apps".to_owned(), shown);
    let mut operations: Vec<(&str, u64)> = issue.operations.iter().map(|(word, count)| (*word, *count)).collect();
    // Sorting keeps the order of names among equals.
    operations.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let counts: String = operations.iter().map(|(word, count)| format!("   {word} {}", number(*count))).collect();
    rows.push(Row::of(&context.cut(&format!("{app}{counts}"), context.size.columns.saturating_sub(2)), Role::Text));
    rows
}

fn chart(issue: &Issue, context: &Context<'_>) -> Option<Vec<Row>> {
    let failures = Failures::of_issue(issue, &context.data.analysis).filter(|failures| failures.total() > 0)?;
    let room = |label: usize| context.size.columns.saturating_sub(label + 2);
    let of = |label: usize| Chart::of(&failures, failures.span(), room(label), &context.zone);
    let label = |chart: &Chart| (width(&number(chart.peak())) + 1).max(4);
    // The label of a high bar leaves less room for bars.
    let label = label(&of(4)).max(4);
    let chart = of(label);
    let highest = chart.highest().and_then(|at| chart.bars.get(at))?;
    let remark = format!("peak {}, {}", number(highest.count), context.minute(highest.from));
    let mut rows = vec![heading(&format!("Per {}, this issue", chart.length), &remark, context)];
    for row in 0..BARS {
        let text = if row == 0 { number(chart.peak()) } else { String::new() };
        let start = Row::new().right(&text, Role::Quiet, label).put(context.glyphs.down, Role::Frame);
        let cells = chart.row(row, BARS, context.glyphs);
        rows.push(cells.into_iter().fold(start, |row, cell| row.put(&cell.repeat(chart.columns), Role::Text)));
    }
    let mut cells = vec![(context.glyphs.across.to_owned(), Role::Frame); chart.bars.len() * chart.columns];
    for (column, text) in chart.labels(&context.zone) {
        for (cell, letter) in cells.iter_mut().skip(column).zip(text.chars()) {
            *cell = (letter.to_string(), Role::Quiet);
        }
    }
    let start = Row::new().right("0", Role::Quiet, label).put(context.glyphs.corner, Role::Frame);
    rows.push(cells.into_iter().fold(start, |row, (text, role)| row.put(&text, role)));
    Some(rows)
}
