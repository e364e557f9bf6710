//! Applications, the worst first.

use crate::analysis::{AppHealth, Health};
use crate::output::health::told;
use crate::output::page::{number, shown};
use crate::tui::columns::{Column, Side, cell, fit, titles_over_sign};
use crate::tui::cursor::Cursor;
use crate::tui::health;
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::{Context, heading};
use crate::tui::spark;

const COLUMNS: [Column; 7] = [
    Column { title: "Health", gap: 0, least: 8, goes: 0, grows: false, side: Side::Left },
    Column { title: "App", gap: 2, least: 10, goes: 0, grows: true, side: Side::App },
    Column { title: "Failed", gap: 1, least: 7, goes: 0, grows: false, side: Side::Right },
    Column { title: "of", gap: 1, least: 7, goes: 2, grows: false, side: Side::Right },
    Column { title: "People", gap: 1, least: 7, goes: 1, grows: false, side: Side::Right },
    Column { title: "Last 24 h", gap: 2, least: 9, goes: 4, grows: false, side: Side::Left },
    Column { title: "Last event", gap: 2, least: 12, goes: 3, grows: false, side: Side::Left },
];

/// Beside the issues there is no room for the last event; the row below tells more.
const BESIDE: [Column; 6] = [
    Column { title: "Health", gap: 0, least: 8, goes: 0, grows: false, side: Side::Left },
    Column { title: "App", gap: 1, least: 10, goes: 0, grows: true, side: Side::App },
    Column { title: "Failed", gap: 1, least: 6, goes: 0, grows: false, side: Side::Right },
    Column { title: "of", gap: 1, least: 6, goes: 2, grows: false, side: Side::Right },
    Column { title: "People", gap: 1, least: 6, goes: 1, grows: false, side: Side::Right },
    Column { title: "Last 24 h", gap: 2, least: 9, goes: 3, grows: false, side: Side::Left },
];

/// Where the columns begin.
const START: usize = 5;

/// Applications that `rows` rows have room for. Beside the issues each has a row that says why.
pub(super) fn page(rows: usize, beside: bool) -> usize {
    if beside { rows / 2 } else { rows }
}

/// Heading, titles, and `rows` rows of applications.
pub(super) fn rows(cursor: &Cursor, active: bool, rows: usize, beside: bool, context: &Context<'_>) -> Vec<Row> {
    let all = &context.data.analysis.apps;
    let visible = cursor.visible(all.len(), page(rows, beside));
    let order = if context.data.reading.is_some() { "worst so far" } else { "worst first" };
    let remark = match visible.len() < all.len() {
        true => {
            format!(
                "{order}{}{}-{} of {}",
                context.glyphs.dot,
                visible.start + 1,
                visible.end,
                number(all.len() as u64)
            )
        }
        false => order.to_owned(),
    };
    let columns: &[Column] = if beside { &BESIDE } else { &COLUMNS };
    let widths = fit(columns, context.size.columns.saturating_sub(START + 1));
    let mut out = vec![heading("Apps", &remark, context), titles_over_sign(columns, &widths, START)];
    let shown: Vec<_> = all.get(visible.clone()).unwrap_or_default().iter().collect();
    let spark = |app: &AppHealth| spark::of(app.state(), &app.lately);
    // One scale for all failures; what a quiet app used to try has its own.
    let peak = |quiet: bool| {
        let own = shown.iter().filter(|app| (app.state() == Health::Quiet) == quiet);
        own.map(|app| spark(app).peak()).max().unwrap_or_default()
    };
    let peaks = (peak(false), peak(true));
    for (at, app) in visible.zip(shown.iter().copied()) {
        let peak = if app.state() == Health::Quiet { peaks.1 } else { peaks.0 };
        let picture = match context.data.reading {
            Some(_) => "not yet".to_owned(),
            None => spark(app).picture(peak, context.glyphs),
        };
        out.push(line(app, &picture, columns, &widths, context).select(active && cursor.at == at));
        if beside {
            let room = context.size.columns.saturating_sub(15);
            out.push(Row::new().to(14).put(&context.cut(&reason(app, context), room), Role::Quiet));
        }
    }
    out.truncate(rows + 2);
    out.resize(rows + 2, Row::new());
    out
}

/// Why it is called so, as every output says it; times are as short as everywhere on the screen, which names their zone.
fn reason(app: &AppHealth, context: &Context<'_>) -> String {
    told(&app.reason, &context.data.library, &|at| context.minute(at))
}

fn line(app: &AppHealth, spark: &str, columns: &[Column], widths: &[Option<usize>], context: &Context<'_>) -> Row {
    let (glyph, role) = health::sign(app.state(), context.glyphs);
    let people = if app.attempts == 0 { "-".to_owned() } else { number(app.people_failed) };
    let last = app.last.map_or_else(|| "time unknown".to_owned(), |at| context.minute(at));
    let texts = [
        health::word(app.state()),
        shown(&app.name),
        number(app.failures),
        number(app.attempts),
        people,
        spark.to_owned(),
        last,
    ];
    let mut row = Row::new().to(3).put(glyph, role).to(START);
    for ((column, width), text) in columns.iter().zip(widths).zip(&texts) {
        let role = if column.title == "Health" { role } else { Role::Text };
        row = cell(row, column, *width, text, role, context);
    }
    row
}
