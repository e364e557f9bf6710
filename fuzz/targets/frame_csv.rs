//! Any bytes below a header are cut into rows; a row read alone, by its place, has the cells that were found.

use std::collections::BTreeMap;

use csv::ReaderBuilder;
use provlens::frame::{Batch, Framer, Framing};
use provlens::source::Opened;

/// The first byte chooses the separator of a header that is put in front; with any other one, the bytes have their
/// own.
pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let header: &[u8] = match first {
        b'c' => b"Date,Status,Name\n",
        b's' => b"Date;Status;Name\r\n",
        b't' => b"Date\tStatus\tName\n",
        b'x' => b"sep=;\nDate;Status;Name\n",
        _ => b"",
    };
    let text = if header.is_empty() { data.to_vec() } else { [header, rest].concat() };
    if Framing::of(&text).name() != "csv" {
        return;
    }
    let body = body(&text);
    let line = body.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let delimiter = delimiter(line);
    let Some(names) = cells(body, delimiter) else { return };
    let batches: Vec<Batch> = batches(Framer::new(Opened::in_memory(text.clone())));
    // What a problem tells of is passed over with a word.
    let lost: Vec<usize> = (batches.iter().flat_map(|batch| &batch.problems))
        .filter(|problem| problem.lost)
        .map(|problem| problem.offset as usize)
        .collect();
    let gap = |from: usize, to: usize| {
        let told = lost.iter().find(|at| (from..=to).contains(*at));
        let silent = &text[from..told.copied().unwrap_or(to)];
        assert!(from == 0 || is_blank(silent), "passed over: {:?}", String::from_utf8_lossy(silent));
    };
    let mut end = 0;
    for batch in &batches {
        for frame in &batch.frames {
            let (from, to) = (frame.offset as usize, (frame.offset + frame.raw_len) as usize);
            assert!(end <= from && from < to && to <= text.len(), "{frame:?} behind {end} of {}", text.len());
            gap(end, from);
            end = to;
            let found: BTreeMap<String, String> =
                serde_json::from_slice(&batch.bytes[frame.start..frame.start + frame.len]).unwrap();
            let row = &text[from..to];
            let wanted = alone(&names, row, delimiter);
            let is_same = |((name, cell), (as_found, found)): ((&String, &String), (&String, &String))| {
                name == as_found && (found == cell || Some(found) == turned(cell).as_ref())
            };
            let all = wanted.len() == found.len() && wanted.iter().zip(&found).all(is_same);
            assert!(all, "{found:?} is not {wanted:?}: {:?}", String::from_utf8_lossy(row));
        }
    }
    gap(end, text.len());
}

fn batches(mut framer: Framer) -> Vec<Batch> {
    std::iter::from_fn(|| framer.next_batch()).collect()
}

/// What stands behind zero bytes and Excel's line about the separator.
fn body(text: &[u8]) -> &[u8] {
    let text = &text[text.iter().take_while(|byte| **byte == 0).count()..];
    let has = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"sep="));
    let length = text.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    &text[if has { length } else { 0 }..]
}

/// Whether no cell of these rows holds anything.
fn is_blank(rows: &[u8]) -> bool {
    rows.iter().all(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'"'))
}

fn delimiter(line: &[u8]) -> u8 {
    let text = String::from_utf8_lossy(line);
    let names_by = |delimiter: char| text.split(delimiter).count() >= 3;
    [b',', b';', b'\t'].into_iter().find(|delimiter| names_by(char::from(*delimiter))).unwrap_or(b',')
}

/// The cells of the first row; none if it does not end before the text does, since its last quote may be open.
fn cells(text: &[u8], delimiter: u8) -> Option<Vec<String>> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text);
    let record = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
    let names = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    ((reader.position().byte() as usize) < text.len()).then_some(names)
}

/// A date with its first two numbers exchanged: which of them is the month, the whole table tells.
fn turned(cell: &str) -> Option<String> {
    let mut parts = cell.trim_start().splitn(3, '/');
    let (first, second, rest) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{second}/{first}/{rest}"))
}

/// A row below a header.
fn alone(names: &[String], row: &[u8], delimiter: u8) -> BTreeMap<String, String> {
    // Line ends in front keep a mark of an encoding from being taken for one, and behind end the row.
    let cells = cells(&[b"\n", row, b"\n\n\n"].concat(), delimiter).unwrap_or_default();
    let names = names.iter().map(|name| name.trim().to_owned());
    names.zip(cells).filter(|(_, cell)| !cell.is_empty()).collect()
}
