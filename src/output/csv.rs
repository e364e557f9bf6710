//! Rows for spreadsheets and for programs.
//!
//! A spreadsheet takes a cell that begins like a formula for one, and a log is written by strangers:
//! such a cell gets an apostrophe in front, which a spreadsheet does not show.

use std::borrow::Cow;

use crate::text::sanitize;

/// How texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For people: no formulas, nothing invisible, a line a row.
    Guarded,
    /// For programs: as they are.
    Raw,
}

/// Adds cells to a row.
#[derive(Debug)]
pub struct Row<'r> {
    line: &'r mut String,
    style: Style,
    first: bool,
}

impl Row<'_> {
    /// A row at the end of `line`.
    pub fn new(line: &mut String, style: Style) -> Row<'_> {
        Row { line, style, first: true }
    }

    /// A cell of a text that somebody else wrote; without one it stays empty, as an empty text does not.
    pub fn text(&mut self, text: Option<&str>) {
        self.next();
        let Some(text) = text else { return };
        match self.style {
            Style::Raw => self.quoted(text, false),
            Style::Guarded => {
                let cell = guarded(text);
                self.quoted(&cell, text.chars().next().is_some_and(begins_a_formula));
            }
        }
    }

    /// A cell of a word or number of ours.
    pub fn ours(&mut self, text: &str) {
        self.next();
        self.line.push_str(text);
    }

    /// Ends the row.
    pub fn end(self) {
        self.line.push('\n');
    }

    fn next(&mut self) {
        if !self.first {
            self.line.push(',');
        }
        self.first = false;
    }

    fn quoted(&mut self, text: &str, always: bool) {
        if !always && !text.is_empty() && !text.contains(['"', ',', '\n', '\r']) {
            return self.line.push_str(text);
        }
        self.line.push('"');
        for (at, part) in text.split('"').enumerate() {
            if at > 0 {
                self.line.push_str("\"\"");
            }
            self.line.push_str(part);
        }
        self.line.push('"');
    }
}

/// A text on one line, of which no spreadsheet makes a formula.
pub fn guarded(text: &str) -> Cow<'_, str> {
    // What it begins with counts before anything is made visible: a tab becomes a space.
    let formula = text.chars().next().is_some_and(begins_a_formula);
    let line = sanitize::line(text);
    if formula { Cow::Owned(format!("'{line}")) } else { line }
}

/// OWASP's list, and the letters that Excel takes for the same in East Asian settings.
fn begins_a_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(cells: &[Option<&str>], style: Style) -> String {
        let mut line = String::new();
        let mut row = Row::new(&mut line, style);
        cells.iter().for_each(|cell| row.text(*cell));
        row.end();
        line
    }

    #[test]
    fn formulas_are_shown_and_not_calculated() {
        for (text, cell) in [
            ("=1+1", "\"'=1+1\"\n"),
            ("+49 30", "\"'+49 30\"\n"),
            ("-5", "\"'-5\"\n"),
            ("@SUM(A1)", "\"'@SUM(A1)\"\n"),
            ("\t=1", "\"' =1\"\n"),
            ("\r=1", "\"' =1\"\n"),
            ("\0=1", "\"'␀=1\"\n"),
            ("＝1", "\"'＝1\"\n"),
            ("=a\"b", "\"'=a\"\"b\"\n"),
            ("a=1", "a=1\n"),
        ] {
            assert_eq!(row(&[Some(text)], Style::Guarded), cell);
        }
    }

    #[test]
    fn a_row_is_one_line_and_nothing_in_it_is_invisible() {
        assert_eq!(row(&[Some("a\nb"), Some("\u{1b}[0m"), Some("x\u{202e}")], Style::Guarded), "a b,␛[0m,x⟨U+202E⟩\n");
    }

    #[test]
    fn nothing_and_an_empty_text_differ() {
        assert_eq!(row(&[None, Some(""), None], Style::Raw), ",\"\",\n");
    }

    proptest! {
        #[test]
        fn raw_texts_come_back(cells in prop::collection::vec(".*|[=\"',\r\n]{0,4}", 2..5)) {
            // The reader takes one at the start of a file for a mark of its encoding.
            prop_assume!(!cells.iter().any(|cell| cell.starts_with('\u{feff}')));
            let line = row(&cells.iter().map(|cell| Some(&**cell)).collect::<Vec<_>>(), Style::Raw);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(record.iter().collect::<Vec<_>>(), cells);
        }
    }
}
