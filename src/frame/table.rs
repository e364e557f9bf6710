//! CSV and TSV exports: each row as an object of its header's names.

use std::borrow::Cow;
use std::io::Read;

use super::buffer::{Bytes as _, Window};
use super::dates::{self, DateOrder, Shown};
use super::{Batch, MAX_RECORD, row, too_long};
use crate::error::{Problem, ProblemKind};

/// Longest first line that is taken for a header.
const MAX_HEADER: usize = 64 * 1024;

pub(super) struct Table<R> {
    window: Window<R>,
    delimiter: u8,
    header: Vec<String>,
    /// A cell like `1.23457E+15` was seen: the file went through a spreadsheet.
    spoiled: bool,
    dates: Dates,
    /// Longest row that is read.
    longest: usize,
    /// Zero bytes in front of the header, of which it must still be told.
    zeros: usize,
}

/// How dates such as 3/4/2026 are read.
#[derive(Default)]
pub(super) struct Dates {
    order: Option<DateOrder>,
    /// Some dates of the table can only begin with the day, others only with the month.
    disagree: bool,
    /// It was said already that nobody knows.
    is_told: bool,
}

impl Dates {
    /// As somebody said, or else as the table shows.
    pub(super) fn of(said: Option<DateOrder>, shown: impl FnOnce() -> Shown) -> Dates {
        if said.is_some() {
            return Dates { order: said, ..Dates::default() };
        }
        let shown = shown();
        Dates { order: shown.order(), disagree: shown.is_contradictory(), is_told: false }
    }

    /// Why nobody knows what a date such as 3/4/2026 means, and what is done.
    fn doubt(&self) -> String {
        let why = if self.disagree {
            "some dates of this file begin with the day (like 13/4/2026) and others with the month (like 3/25/2026), so those like 3/4/2026 may be either"
        } else {
            "dates such as 3/4/2026 may begin with the month or with the day, and no date of this file tells"
        };
        format!("{why}; they are read with the month first. If they begin with the day, say so with --dates dmy")
    }

    /// Whether a row shows for the first time that nobody knows.
    fn is_doubtful(&mut self, cells: &[Cow<'_, [u8]>]) -> bool {
        let doubtful = self.order.is_none() && !self.is_told && cells.iter().any(|cell| dates::is_either(cell));
        self.is_told |= doubtful;
        doubtful
    }
}

/// The separator, if the first line looks like a header: at least three names of words, no JSON.
pub(super) fn sniff(head: &[u8]) -> Option<u8> {
    let head = head.get(above_header(head)..)?;
    let line = head.get(..memchr::memchr2(b'\n', b'\r', head).unwrap_or(head.len()))?;
    let text = String::from_utf8_lossy(line.trim_ascii());
    if text.starts_with(['{', '[']) {
        return None;
    }
    [b',', b';', b'\t'].into_iter().find(|delimiter| {
        let names: Vec<&str> = text.split(char::from(*delimiter)).map(|name| name.trim().trim_matches('"')).collect();
        names.len() >= 3
            && names.iter().all(|name| {
                let is_usual = |c: char| c.is_alphanumeric() || c == '\u{fffd}' || " ._-()[]/#:@".contains(c);
                name.len() <= 80 && name.chars().all(is_usual)
            })
            && names.iter().filter(|name| name.chars().any(char::is_alphabetic)).count() * 2 > names.len()
    })
}

/// Length of what may stand in front of the header: zero bytes, and Excel's `sep=;` line.
fn above_header(head: &[u8]) -> usize {
    let zeros = zeros(head);
    let rest = head.get(zeros..).unwrap_or_default();
    match rest.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"sep=")) {
        true => zeros + memchr::memchr(b'\n', rest).map_or(0, |end| end + 1),
        false => zeros,
    }
}

/// Zero bytes at the start.
fn zeros(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == 0).count()
}

/// The lines of a table that name its columns, with what stands above them.
pub(crate) fn header(head: &[u8]) -> &[u8] {
    let length = sniff(head).and_then(|delimiter| header_length(head, delimiter));
    head.get(..length.unwrap_or(head.len())).unwrap_or_default()
}

fn header_length(head: &[u8], delimiter: u8) -> Option<usize> {
    let above = above_header(head);
    Some(above + row::end(head.get(above..)?, delimiter)?)
}

/// The names of the columns that a header gives.
pub(super) fn columns(head: &[u8], delimiter: u8) -> Vec<String> {
    let line = head.get(above_header(head)..header_length(head, delimiter).unwrap_or(head.len()));
    row::cells(line.unwrap_or_default(), delimiter).iter().map(|name| text(name).trim().to_owned()).collect()
}

impl<R: Read> Table<R> {
    pub(super) fn new(source: R, delimiter: u8) -> Self {
        let mut window = Window::new(source);
        let length = loop {
            let length = header_length(window.rest(), delimiter);
            if length.is_some() || window.rest().len() > MAX_HEADER || !window.more() {
                let line = memchr::memchr(b'\n', window.rest()).map_or(window.rest().len(), |end| end + 1);
                break length.unwrap_or(line);
            }
        };
        let head = window.rest().get(..length).unwrap_or_default();
        let (header, zeros) = (columns(head, delimiter), zeros(head));
        window.pass(length);
        Table { window, delimiter, header, spoiled: false, dates: Dates::default(), longest: MAX_RECORD, zeros }
    }

    /// The same, reading dates like this, and rows of so many bytes.
    pub(super) fn reading(self, dates: Dates, longest: usize) -> Self {
        Table { dates, longest, ..self }
    }

    pub(super) fn offset(&self) -> u64 {
        self.window.offset()
    }

    pub(super) fn fill(&mut self, batch: &mut Batch) -> bool {
        if self.zeros > 0 {
            let detail = super::zeros(std::mem::take(&mut self.zeros));
            let kind = ProblemKind::UnreadableBytes;
            batch.problems.push(Problem { line: 1, offset: 0, kind, detail, lost: true });
        }
        while !batch.is_full() {
            let rest = self.window.rest();
            match row::end(rest, self.delimiter) {
                Some(length) => self.row(length, batch),
                None if rest.len() >= self.longest => {
                    let words = too_long("a row, in which a quote is not closed,", self.longest);
                    self.past(ProblemKind::TooLong, &words, batch);
                }
                None if self.window.more() || !self.window.ended() => {}
                None if self.window.rest().is_empty() => {
                    batch.problems.extend(self.window.take_failure());
                    return false;
                }
                None => self.last(batch),
            }
        }
        true
    }

    /// What stands behind the last line end.
    fn last(&mut self, batch: &mut Batch) {
        if let Some(failure) = self.window.take_failure() {
            // Where the bytes break off, half a cell looks like a whole one.
            batch.problems.push(Problem { lost: true, ..failure });
            self.window.pass(self.window.rest().len());
        } else if row::is_open(self.window.rest(), self.delimiter) {
            self.past(ProblemKind::BadRow, "a quote in the row is not closed", batch);
        } else {
            self.row(self.window.rest().len(), batch);
        }
    }

    /// Takes the row of this length.
    fn row(&mut self, length: usize, batch: &mut Batch) {
        let bytes = self.window.rest().get(..length).unwrap_or_default();
        let (line, offset) = (self.window.line(), self.window.offset());
        let problem = |kind, detail: String, lost| Problem { line, offset, kind, detail, lost };
        let filler = bytes.iter().filter(|byte| **byte == 0).count();
        if filler > 0 && bytes.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace()) {
            batch.problems.push(problem(ProblemKind::UnreadableBytes, super::zeros(filler), true));
            return self.window.pass(length);
        }
        if super::is_too_long(bytes, self.longest) {
            let detail = too_long("a row", self.longest);
            batch.problems.push(problem(ProblemKind::TooLong, detail, true));
            return self.window.pass(length);
        }
        let cells = row::cells(bytes, self.delimiter);
        if cells.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return self.window.pass(length);
        }
        if cells.len() != self.header.len() {
            // Of several lines, one that fits the header is a row of its own, swallowed by a quote.
            if self.fitting_line(bytes, true).is_some() {
                return self.past(ProblemKind::BadRow, "a quote in the row is not closed", batch);
            }
            let detail = format!(
                "the row has {} columns, the header {}; it was read as far as it goes",
                cells.len(),
                self.header.len()
            );
            batch.problems.push(problem(ProblemKind::BadRow, detail, false));
        }
        if !self.spoiled && cells.iter().any(|cell| looks_spoiled(cell)) {
            self.spoiled = true;
            let detail = "this file went through a spreadsheet: long ids were turned into numbers like 1.23457E+15. Use the file as it was downloaded".to_owned();
            batch.problems.push(problem(ProblemKind::BadRow, detail, false));
        }
        if cells.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
            let detail = "the row holds bytes that are no UTF-8; they are shown as \u{fffd} and the row was used. Save the table as CSV UTF-8".to_owned();
            batch.problems.push(problem(ProblemKind::UnreadableBytes, detail, false));
        }
        if self.dates.is_doubtful(&cells) {
            batch.problems.push(problem(ProblemKind::BadTime, self.dates.doubt(), false));
        }
        batch.push(self.object(&cells).as_bytes(), line, offset, length as u64);
        self.window.pass(length);
    }

    /// Goes on at the next line that has as many columns as the header.
    fn past(&mut self, kind: ProblemKind, what: &str, batch: &mut Batch) {
        let detail = format!("{what}; reading goes on at the next line that fits the header");
        let (line, offset) = (self.window.line(), self.window.offset());
        batch.problems.push(Problem { line, offset, kind, detail, lost: true });
        let mut is_first = true;
        loop {
            let rest = self.window.rest();
            let at = self.fitting_line(rest, is_first);
            // What does not end may be the beginning of a line that fits.
            let end = memchr::memrchr(b'\n', rest);
            let tail = end.map_or(rest.len(), |end| end + 1);
            is_first &= end.is_none();
            self.window.pass(at.unwrap_or(tail));
            if at.is_some() || !self.window.more() && self.window.ended() {
                break;
            }
        }
    }

    /// The start of a line that has as many columns as the header; not the first one, which is broken.
    fn fitting_line(&self, bytes: &[u8], is_broken: bool) -> Option<usize> {
        // Any line would fit a header of one column.
        if self.header.len() < 2 {
            return None;
        }
        let starts = memchr::memchr_iter(b'\n', bytes).map(|end| end + 1);
        let first = (!is_broken).then_some(0);
        first.into_iter().chain(starts).find(|start| {
            let rest = bytes.get(*start..).unwrap_or_default();
            let line = match memchr::memchr(b'\n', rest) {
                Some(end) => rest.get(..=end),
                // The last line of an input ends with it.
                None => (self.window.ended() && !rest.is_empty()).then_some(rest),
            };
            line.is_some_and(|line| {
                !row::is_open(line, self.delimiter) && row::cells(line, self.delimiter).len() == self.header.len()
            })
        })
    }

    fn object(&self, cells: &[Cow<'_, [u8]>]) -> String {
        let fields: serde_json::Map<String, serde_json::Value> = (self.header.iter().zip(cells))
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| {
                let cell = text(cell);
                let cell = match self.dates.order {
                    Some(DateOrder::DayFirst) => dates::month_first(&cell).into_owned(),
                    _ => cell.into_owned(),
                };
                (name.clone(), cell.into())
            })
            .collect();
        serde_json::Value::Object(fields).to_string()
    }
}

fn text(cell: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(cell)
}

fn looks_spoiled(cell: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(cell) else { return false };
    text.len() >= 8 && text.contains("E+") && text.parse::<f64>().is_ok()
}
