//! CSV and TSV exports: each row as an object of its header's names.

use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::dates::{self, DateOrder, Shown};
use super::{Batch, MAX_RECORD};
use crate::error::{Problem, ProblemKind};

pub(super) struct Table<R> {
    reader: Reader<R>,
    header: Vec<String>,
    /// A cell like `1.23457E+15` was seen: the file went through a spreadsheet.
    spoiled: bool,
    lines_before: u64,
    dates: Dates,
}

/// How dates such as 3/4/2026 are read.
#[derive(Default)]
pub(super) struct Dates {
    order: Option<DateOrder>,
    /// It was said already that nobody knows.
    is_told: bool,
}

impl Dates {
    /// As somebody said, or else as the table shows.
    pub(super) fn of(said: Option<DateOrder>, shown: impl FnOnce() -> Shown) -> Dates {
        Dates { order: said.or_else(|| shown().order()), is_told: false }
    }

    /// Whether a row shows for the first time that nobody knows.
    fn is_doubtful(&mut self, row: &ByteRecord) -> bool {
        let doubtful = self.order.is_none() && !self.is_told && row.iter().any(dates::is_either);
        self.is_told |= doubtful;
        doubtful
    }
}

/// The separator, if the first line looks like a header: at least three names of words, no JSON.
pub(super) fn sniff(head: &[u8]) -> Option<u8> {
    let head = skip_separator_line(head).0;
    let line = head.get(..memchr::memchr(b'\n', head).unwrap_or(head.len()))?;
    let text = std::str::from_utf8(line.trim_ascii()).ok()?;
    if text.starts_with(['{', '[']) {
        return None;
    }
    [b',', b';', b'\t'].into_iter().find(|delimiter| {
        let names: Vec<&str> = text.split(char::from(*delimiter)).map(|name| name.trim().trim_matches('"')).collect();
        names.len() >= 3
            && names
                .iter()
                .all(|name| name.len() <= 80 && name.chars().all(|c| c.is_alphanumeric() || " ._-()[]/#:@".contains(c)))
            && names.iter().filter(|name| name.chars().any(char::is_alphabetic)).count() * 2 > names.len()
    })
}

/// Excel's `sep=;` line, and how long it is.
fn skip_separator_line(head: &[u8]) -> (&[u8], usize) {
    if head.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"sep="))
        && let Some(end) = memchr::memchr(b'\n', head)
    {
        return (head.get(end + 1..).unwrap_or_default(), end + 1);
    }
    (head, 0)
}

impl<R: Read> Table<R> {
    pub(super) fn new(mut source: R, delimiter: u8, head: &[u8]) -> Self {
        let skip = skip_separator_line(head).1;
        let mut line = vec![0u8; skip];
        // The bytes are there: `head` is a copy of them.
        let _ = source.read_exact(&mut line);
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(true).from_reader(source);
        let header = reader
            .byte_headers()
            .map(|names| names.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect())
            .unwrap_or_default();
        Table { reader, header, spoiled: false, lines_before: u64::from(skip > 0), dates: Dates::default() }
    }

    pub(super) fn reading(self, dates: Dates) -> Self {
        Table { dates, ..self }
    }

    pub(super) fn offset(&self) -> u64 {
        self.reader.position().byte()
    }

    pub(super) fn fill(&mut self, batch: &mut Batch) -> bool {
        let mut row = ByteRecord::new();
        while !batch.full() {
            let (line, offset) = (self.reader.position().line() + self.lines_before, self.reader.position().byte());
            let problem = |kind, detail: String, lost| Problem { line, offset, kind, detail, lost };
            match self.reader.read_byte_record(&mut row) {
                Ok(false) => return false,
                Ok(true) => {
                    let (line, offset) =
                        row.position().map_or((line, offset), |at| (at.line() + self.lines_before, at.byte()));
                    let length = self.reader.position().byte().saturating_sub(offset);
                    if row.iter().all(|cell| cell.trim_ascii().is_empty()) {
                        continue;
                    }
                    if row.as_slice().len() > MAX_RECORD {
                        batch.problems.push(problem(
                            ProblemKind::TooLong,
                            "a row is longer than 16 MiB; a quote is probably not closed".to_owned(),
                            true,
                        ));
                        continue;
                    }
                    if row.len() != self.header.len() {
                        let detail = format!(
                            "the row has {} columns, the header {}; it was read as far as it goes",
                            row.len(),
                            self.header.len()
                        );
                        batch.problems.push(problem(ProblemKind::BadRow, detail, false));
                    }
                    if !self.spoiled && row.iter().any(looks_spoiled) {
                        self.spoiled = true;
                        let detail = "this file went through a spreadsheet: long ids were turned into numbers like 1.23457E+15. Use the file as it was downloaded".to_owned();
                        batch.problems.push(problem(ProblemKind::BadRow, detail, false));
                    }
                    if self.dates.is_doubtful(&row) {
                        let detail = "dates such as 3/4/2026 may begin with the month or with the day, and no date of this file tells; they are read with the month first. If they begin with the day, say so with --dates dmy".to_owned();
                        batch.problems.push(problem(ProblemKind::BadTime, detail, false));
                    }
                    let object = self.object(&row);
                    batch.push(object.as_bytes(), line, offset, length);
                }
                Err(error) => {
                    batch.problems.push(problem(
                        ProblemKind::Truncated,
                        format!("the table breaks off: {error}; everything before it was used"),
                        false,
                    ));
                    return false;
                }
            }
        }
        true
    }

    fn object(&self, row: &ByteRecord) -> String {
        let cells = self.header.iter().zip(row.iter());
        let fields: serde_json::Map<String, serde_json::Value> = cells
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| {
                let cell = String::from_utf8_lossy(cell);
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

fn looks_spoiled(cell: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(cell) else { return false };
    text.len() >= 8 && text.contains("E+") && text.parse::<f64>().is_ok()
}
