//! A reader of CSV gives back exactly the text; and where a spreadsheet reads, no cell is a formula and none ends its
//! row.

use csv::ReaderBuilder;
use provlens::output::csv::{Row, Style, guarded};

use super::input::{is_harmless, text};

/// Zero bytes separate the cells.
pub(crate) fn run(data: &[u8]) {
    let cells: Vec<String> = data.split(|byte| *byte == 0).map(text).collect();
    // A reader takes one at the start of a file for a mark of its encoding.
    if cells.len() > 100 || cells.iter().any(|cell| cell.starts_with('\u{feff}')) {
        return;
    }
    assert_eq!(read(&row(&cells, Style::Raw)), vec![cells.clone()], "as they are");
    let line = row(&cells, Style::Guarded);
    assert_eq!(line.matches('\n').count(), 1, "a row is a line: {line:?}");
    assert!(line.trim_end_matches('\n').chars().all(is_harmless), "{line:?}");
    let wanted: Vec<String> = cells.iter().map(|cell| guarded(cell).into_owned()).collect();
    assert_eq!(read(&line), vec![wanted.clone()], "for people");
    for (cell, shown) in cells.iter().zip(&wanted) {
        assert!(
            !shown.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']),
            "{cell:?} as {shown:?}"
        );
    }
}

fn row(cells: &[String], style: Style) -> String {
    let mut line = String::new();
    let mut row = Row::new(&mut line, style);
    cells.iter().for_each(|cell| row.text(Some(cell)));
    row.end();
    line
}

fn read(text: &str) -> Vec<Vec<String>> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("it can be read").iter().map(str::to_owned).collect()).collect()
}
