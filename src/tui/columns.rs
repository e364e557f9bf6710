//! Columns of a table: which of them fit, and how wide each is.

use super::look::Role;
use super::row::Row;
use super::screen::{Context, cut_person};

/// Where the text of a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// At the left.
    Left,
    /// At the left; where not all of it fits, what tells an app from others: their names often begin alike.
    App,
    /// At the left; where not all of it fits, both ends of what tells somebody from others.
    Person,
    /// At the right, as numbers do.
    Right,
}

/// One column of a table.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Column {
    pub title: &'static str,
    /// Empty columns before it.
    pub gap: usize,
    /// Columns that it needs.
    pub least: usize,
    /// The greater, the sooner it goes where there is no room; 0 stays always.
    pub goes: u8,
    /// It takes what is left over.
    pub grows: bool,
    pub side: Side,
}

/// The width of each column in `room` columns; `None` for those that are left out.
pub fn fit(columns: &[Column], room: usize) -> Vec<Option<usize>> {
    let mut kept: Vec<bool> = columns.iter().map(|_| true).collect();
    let needed = |kept: &[bool]| -> usize {
        columns.iter().zip(kept).filter(|(_, kept)| **kept).map(|(column, _)| column.gap + column.least).sum()
    };
    while needed(&kept) > room {
        let goes = columns.iter().zip(&kept).filter(|(column, kept)| **kept && column.goes > 0);
        let Some(first) = goes.map(|(column, _)| column.goes).max() else { break };
        for (column, kept) in columns.iter().zip(&mut kept) {
            *kept &= column.goes != first;
        }
    }
    let spare = room.saturating_sub(needed(&kept));
    let growing = columns.iter().zip(&kept).filter(|(column, kept)| **kept && column.grows).count().max(1);
    columns
        .iter()
        .zip(kept)
        .map(|(column, kept)| kept.then(|| column.least + if column.grows { spare / growing } else { 0 }))
        .collect()
}

/// The titles of the columns that fit, from column `start` of the screen on, behind what stands in
/// `row` already.
pub fn titles(columns: &[Column], widths: &[Option<usize>], row: Row, start: usize) -> Row {
    let mut at = start;
    columns.iter().zip(widths).fold(row, |row, (column, width)| {
        let Some(width) = width else { return row };
        let from = at + column.gap;
        at = from + width;
        let title = clipped(column.title, *width);
        match column.side {
            _ if title.is_empty() => row,
            Side::Left | Side::App | Side::Person => row.to(from).put(&title, Role::Quiet),
            Side::Right => row.right(&title, Role::Quiet, at),
        }
    })
}

/// The same for rows that have a sign in the two columns before `start`: the first title stands above it.
pub fn titles_over_sign(columns: &[Column], widths: &[Option<usize>], start: usize) -> Row {
    let mut widths = widths.to_vec();
    if let Some(Some(first)) = widths.first_mut() {
        *first += 2;
    }
    titles(columns, &widths, Row::new(), start.saturating_sub(2))
}

/// The text of one column; nothing if the column does not fit.
pub fn cell(row: Row, column: &Column, width: Option<usize>, text: &str, role: Role, context: &Context<'_>) -> Row {
    let Some(width) = width else { return row };
    let text = match column.side {
        Side::App => context.cut_app(text, width),
        Side::Person => cut_person(text, width, context.glyphs),
        Side::Left | Side::Right => context.cut(text, width),
    };
    put(row, column, width, &text, role)
}

fn put(row: Row, column: &Column, width: usize, text: &str, role: Role) -> Row {
    let start = row.used() + column.gap;
    match column.side {
        Side::Left | Side::App | Side::Person => row.to(start).put(text, role).to(start + width),
        Side::Right => row.right(text, role, start + width),
    }
}

fn clipped(title: &str, width: usize) -> String {
    title.chars().take(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column { title: "What", gap: 0, least: 10, goes: 0, grows: true, side: Side::Left },
        Column { title: "People", gap: 1, least: 6, goes: 1, grows: false, side: Side::Right },
        Column { title: "Trend", gap: 1, least: 5, goes: 2, grows: false, side: Side::Left },
    ];

    #[test]
    fn the_least_important_column_goes_first_and_one_takes_the_rest() {
        for (room, wanted) in [
            (40, [Some(27), Some(6), Some(5)]),
            (23, [Some(10), Some(6), Some(5)]),
            (22, [Some(15), Some(6), None]),
            (12, [Some(12), None, None]),
            (3, [Some(10), None, None]),
        ] {
            assert_eq!(fit(&COLUMNS, room), wanted, "{room}");
        }
    }
}
