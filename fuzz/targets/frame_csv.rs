//! Any bytes below a header are cut into rows; a row read alone, by its place, has the cells that were found.

use std::collections::BTreeMap;

use csv::ReaderBuilder;
use provlens::frame::{Batch, Framer, Framing};
use provlens::source::Opened;

/// The first byte chooses the separator of a header that is put in front; with any other one, the bytes have their
/// own.
pub fn run(data: &[u8]) {
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
    let (skipped, body) = body(&text);
    let names = body.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let framer = Framer::new(Opened::in_memory(text.clone()));
    let mut end = 0;
    for batch in batches(framer) {
        for frame in &batch.frames {
            let (from, to) = (frame.offset as usize, (frame.offset + frame.raw_len) as usize);
            assert!(end <= from && from < to && to <= body.len(), "{frame:?} behind {end} of {}", body.len());
            assert!(
                is_blank(&body[end..from]) || end == 0,
                "passed over: {:?}",
                String::from_utf8_lossy(&body[end..from])
            );
            end = to;
            let found: BTreeMap<String, String> =
                serde_json::from_slice(&batch.bytes[frame.start..frame.start + frame.len]).unwrap();
            assert_eq!(
                found,
                alone(names, &body[from..to]),
                "{skipped} {:?}",
                String::from_utf8_lossy(&body[from..to])
            );
        }
    }
    assert!(is_blank(&body[end..]) || end == 0, "passed over: {:?}", String::from_utf8_lossy(&body[end..]));
}

fn batches(mut framer: Framer) -> Vec<Batch> {
    std::iter::from_fn(|| framer.next_batch()).collect()
}

/// What stands behind Excel's line about the separator.
fn body(text: &[u8]) -> (usize, &[u8]) {
    let has = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"sep="));
    let length = text.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let skipped = if has { length } else { 0 };
    (skipped, &text[skipped..])
}

/// Whether no cell of these rows holds anything.
fn is_blank(rows: &[u8]) -> bool {
    rows.iter().all(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'"'))
}

/// A row below a header.
fn alone(header: &[u8], row: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(header);
    let names_by = |delimiter: char| text.split(delimiter).count() >= 3;
    let delimiter = [b',', b';', b'\t'].into_iter().find(|delimiter| names_by(char::from(*delimiter))).unwrap_or(b',');
    let read = |bytes: &[u8]| {
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(bytes);
        let record = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
        record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect::<Vec<_>>()
    };
    let names = read(header).into_iter().map(|name| name.trim().to_owned());
    // An empty line is passed over, and keeps a mark of an encoding from being taken for one.
    let row = [b"\n", row].concat();
    names.zip(read(&row)).filter(|(_, cell)| !cell.is_empty()).collect()
}
