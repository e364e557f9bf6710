//! Any bytes are cut into records, and every byte is accounted for: it is part of one record, of what only
//! separates records, or of what a problem tells of.

use std::ops::Range;

use provlens::error::Problem;
use provlens::frame::{Batch, Cut, Frame, Framer, Framing};
use provlens::json::{Found, Reader};
use provlens::source::Opened;

/// Names of the lists of exports.
const LISTS: [&str; 9] = ["value", "records", "Records", "Events", "events", "logs", "items", "hits", "audits"];
/// Other fields of the shells around them.
const SHELL: [&str; 12] = [
    "@odata.context",
    "@odata.nextLink",
    "@odata.count",
    "count",
    "total",
    "took",
    "timed_out",
    "_shards",
    "nextLink",
    "NextToken",
    "max_score",
    "has_more",
];

pub(crate) fn run(data: &[u8]) {
    let batch = cut(&[data]);
    account(data, &batch);
    // A file is cut from a stream; how it is cut is decided by its first bytes.
    if Framing::of(data).is_json() {
        let mut framer = Framer::new(Opened::in_memory(data.to_vec()));
        let mut stream = Batch::default();
        while let Some(more) = framer.next_batch() {
            let moved = stream.bytes.len();
            stream.frames.extend(more.frames.iter().map(|frame| Frame { start: frame.start + moved, ..*frame }));
            stream.bytes.extend(more.bytes);
            stream.problems.extend(more.problems);
        }
        assert_eq!(stream.frames, batch.frames, "a stream is cut as a part in memory is");
        assert_eq!(stream.problems, batch.problems, "a stream has the problems of a part in memory");
    }
}

/// The records of a text that arrives in pieces.
pub(crate) fn cut(pieces: &[&[u8]]) -> Batch {
    let (mut cut, mut buffer, mut batch) = (Cut::default(), Vec::new(), Batch::default());
    for (at, piece) in pieces.iter().enumerate() {
        buffer.extend_from_slice(piece);
        cut.records(&mut buffer, at + 1 == pieces.len(), &mut batch);
    }
    batch
}

/// Checks that nothing was lost without a word, and nothing told that is not so.
pub(crate) fn account(data: &[u8], batch: &Batch) {
    account_knowing(data, batch, &beginning(batch));
}

/// The same of a text that arrives: before the first record nobody knows how records begin.
pub(crate) fn account_arriving(data: &[u8], batch: &Batch) {
    account_knowing(data, batch, &[]);
}

fn account_knowing(data: &[u8], batch: &Batch, beginning: &[u8]) {
    let line_of = |offset: usize| 1 + data[..offset].iter().filter(|byte| **byte == b'\n').count() as u64;
    let mut end = 0;
    let mut problems = batch.problems.iter().peekable();
    for frame in &batch.frames {
        let from = frame.offset as usize;
        let to = from + frame.raw_len as usize;
        assert!(end <= from && to <= data.len() && from < to, "{frame:?} behind {end} of {}", data.len());
        assert_eq!(&batch.bytes[frame.start..frame.start + frame.len], &data[from..to], "a record is its bytes");
        assert_eq!(frame.line, line_of(from), "{frame:?}");
        let mut told = Vec::new();
        while let Some(problem) = problems.next_if(|problem| (problem.offset as usize) < to) {
            assert!((problem.offset as usize) <= from || !problem.lost, "{problem:?} is inside of {frame:?}");
            told.push(problem);
        }
        gap(data, end..from, &told, beginning, line_of);
        end = to;
    }
    gap(data, end..data.len(), &problems.collect::<Vec<_>>(), beginning, line_of);
}

/// Checks what stands between two records: up to the first problem, nothing but what separates.
fn gap(data: &[u8], gap: Range<usize>, problems: &[&Problem], beginning: &[u8], line_of: impl Fn(usize) -> u64) {
    let Range { start: from, end: to } = gap;
    for problem in problems {
        let at = problem.offset as usize;
        assert!(from <= at && at <= to, "{problem:?} is not between {from} and {to}");
        assert_eq!(problem.line, line_of(at), "{problem:?}");
    }
    let lost = problems.iter().find(|problem| problem.lost).map(|problem| problem.offset as usize);
    let silent = &data[from..lost.unwrap_or(to)];
    let goes_on = lost.is_some() || to < data.len();
    assert!(separates(silent, goes_on, beginning), "passed over without a word: {:?}", String::from_utf8_lossy(silent));
}

/// The fields that records begin with, up to the name of the second one, if that is sure.
fn beginning(batch: &Batch) -> Vec<u8> {
    let Some(frame) = batch.frames.first() else { return Vec::new() };
    if batch.problems.iter().any(|problem| problem.lost && problem.offset < frame.offset) {
        return Vec::new();
    }
    let record = &batch.bytes[frame.start..frame.start + frame.len];
    let names: Vec<&[u8]> = record.split(|byte| *byte == b'"').collect();
    match &names[..] {
        // `{"first":"text","second":`
        [b"{", first, b":", text, b",", second, rest, ..]
            if rest.starts_with(b":") && ![first, text, second].iter().any(|part| part.contains(&b'\\')) =>
        {
            [b"\"", *first, b"\":\"", *text, b"\",\"", *second, b"\":"].concat()
        }
        _ => Vec::new(),
    }
}

/// Whether these bytes hold no record: separators, shells of exports with their fields, and text in front of an
/// object in the same line.
fn separates(bytes: &[u8], goes_on: bool, beginning: &[u8]) -> bool {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    let spaces = |at: usize| at + bytes[at..].iter().take_while(|byte| blank(byte)).count();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' | b',' | b'[' | b']' | b'}' | 0x0b | 0x0c | 0x1e => at += 1,
            b'{' => {
                let inside = spaces(at + 1);
                let is_shell = LISTS
                    .iter()
                    .chain(&SHELL)
                    .any(|name| bytes[inside..].starts_with(format!("\"{name}\"").as_bytes()));
                if !is_shell {
                    return false;
                }
                at += 1;
            }
            // A record without its bracket.
            b'"' if !beginning.is_empty() && bytes[at..].starts_with(beginning) => return false,
            b'"' if field(bytes, at).is_some() => at = field(bytes, at).unwrap_or(bytes.len()),
            _ => match bytes[at + 1..].iter().position(|byte| matches!(byte, b'{' | b'\n')) {
                Some(next) if bytes[at + 1 + next] == b'{' => at += 1 + next,
                Some(_) => return false,
                None => return goes_on,
            },
        }
    }
    true
}

/// The position behind a field of a shell, or inside of the list that it is about.
fn field(bytes: &[u8], at: usize) -> Option<usize> {
    let end = |from: usize| match Reader::default().read(bytes, from) {
        Found::Value(value) => Some(value.end),
        _ => None,
    };
    let spaces = |at: usize| at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let colon = spaces(end(at)?);
    (bytes.get(colon) == Some(&b':')).then_some(())?;
    let value = spaces(colon + 1);
    match bytes.get(value) {
        Some(b'[') if LISTS.iter().any(|name| bytes[at + 1..].starts_with(format!("{name}\"").as_bytes())) => {
            Some(value + 1)
        }
        Some(b'"' | b'{' | b'[') => end(value),
        Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
            let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
            let end = value + bytes[value..].iter().take_while(is_word).count();
            bytes.get(end).is_none_or(|byte| b",}] \n\r\t".contains(byte)).then_some(end)
        }
        _ => None,
    }
}
