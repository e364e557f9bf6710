//! Bytes to records, without looking at their meaning.
//!
//! Every framing ends as JSON objects: rows of a table and blocks of text are written as one, so
//! that decoding has one kind of input. Records leave in batches that can be decoded in parallel.

mod buffer;
mod dates;
mod excerpt;
mod json;
mod logfmt;
mod logrus;
mod row;
mod start;
mod table;
mod text;

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Problem;
use crate::source::{Limits, Opened};

pub(crate) use buffer::{Bytes, Part, Window};
pub use dates::DateOrder;
pub(crate) use json::{JsonRecords, Piece};
pub(crate) use start::CONTEXT;
pub use start::{RecordStart, Start};
pub(crate) use table::header as table_header;

/// Bytes after which a batch is handed on.
const BATCH: usize = 512 * 1024;
/// The same of records and of problems, of which many small ones must not fill the memory either.
const MOST_FRAMES: usize = 4096;
const MOST_PROBLEMS: usize = 1024;
/// The field for text that stands behind a record and belongs to it.
const AFTER: &str = "provlens.after";
/// Longest record that is read, unless somebody says otherwise.
const MAX_RECORD: usize = Limits::USUAL.record;

/// Where one record is, in its batch and in its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// First byte in [`Batch::bytes`].
    pub start: usize,
    /// Length in [`Batch::bytes`].
    pub len: usize,
    /// Line in the input, from 1.
    pub line: u64,
    /// Byte offset in the (decompressed) input.
    pub offset: u64,
    /// Length in the input.
    pub raw_len: u64,
}

/// Some records of one input, in order.
#[derive(Debug, Default)]
pub struct Batch {
    /// The records, one after the other.
    pub bytes: Vec<u8>,
    /// Where each is.
    pub frames: Vec<Frame>,
    /// What could not be read on the way.
    pub problems: Vec<Problem>,
}

impl Batch {
    /// The bytes of one of its records.
    pub fn record(&self, frame: &Frame) -> &[u8] {
        self.bytes.get(frame.start..frame.start + frame.len).unwrap_or_default()
    }

    fn push(&mut self, record: &[u8], line: u64, offset: u64, raw_len: u64) {
        self.frames.push(Frame { start: self.bytes.len(), len: record.len(), line, offset, raw_len });
        self.bytes.extend_from_slice(record);
    }

    fn is_full(&self) -> bool {
        self.bytes.len() >= BATCH || self.frames.len() >= MOST_FRAMES || self.problems.len() >= MOST_PROBLEMS
    }
}

/// The names of the columns of a table that begins like this; of anything else there are none.
pub fn columns(head: &[u8]) -> Vec<String> {
    match Framing::of(head).0 {
        How::Table(delimiter) => table::columns(head, delimiter),
        _ => Vec::new(),
    }
}

/// Whether bytes are longer than a record may be once they are a text in JSON, where a control character
/// takes six.
fn is_too_long(bytes: &[u8], longest: usize) -> bool {
    let escaped = |byte: &u8| match byte {
        b'"' | b'\\' => 2,
        0..=0x1f => 6,
        // What is no UTF-8 becomes a sign of three bytes.
        0x80.. => 3,
        _ => 1,
    };
    bytes.len() > longest / 6 && bytes.iter().map(escaped).sum::<usize>() > longest
}

/// What is said of something that is too long to be read, and how to have it read, if it can be.
fn too_long(what: &str, longest: usize) -> String {
    let size = match (longest >> 20 << 20 == longest, longest % 1_000_000) {
        (true, _) => format!("{} MiB", longest >> 20),
        (false, 0) => format!("{} MB", longest / 1_000_000),
        _ => format!("{longest} bytes"),
    };
    let hint = if longest < Limits::LONGEST_RECORD { ". If it is one, --max-record has longer ones read" } else { "" };
    format!("{what} is longer than {size}; it was passed over{hint}")
}

/// What is said of a block of zero bytes.
fn zeros(count: usize) -> String {
    format!("{count} zero bytes, as a computer leaves them that stopped while it wrote; they were passed over")
}

/// Cuts one input into records, from its start to its end.
pub struct Framer {
    kind: Kind,
    name: &'static str,
    taken: Option<Arc<AtomicU64>>,
}

type Stream = Box<dyn Read + Send>;

enum Kind {
    Json(Box<JsonRecords<Window<Stream>>>),
    Table(table::Table<Stream>),
    Text(text::TextBlocks<Stream>),
}

/// How the first bytes of an input say that it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framing(How);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Json,
    Table(u8),
    Text(text::TextKind),
}

impl Framing {
    /// Decides by the first bytes.
    pub fn of(head: &[u8]) -> Framing {
        let zeros = head.iter().take_while(|byte| **byte == 0).count();
        let head = head.get(zeros..).unwrap_or_default();
        if head.trim_ascii_start().first() == Some(&b'{') {
            return Framing(if logrus::sniff(head) { How::Text(text::TextKind::Logrus) } else { How::Json });
        }
        Framing(match (text::sniff(head), table::sniff(head)) {
            (Some(kind), _) => How::Text(kind),
            (None, Some(delimiter)) => How::Table(delimiter),
            (None, None) => How::Json,
        })
    }

    /// Whether records can be found without knowing what stands before them.
    pub fn is_json(self) -> bool {
        self.0 == How::Json
    }

    /// Its name, for `inputs`.
    pub fn name(self) -> &'static str {
        match self.0 {
            How::Json => "json",
            How::Table(_) => "csv",
            How::Text(kind) => kind.name(),
        }
    }
}

impl Framer {
    /// Decides by the first bytes how the input is cut.
    pub fn new(opened: Opened) -> Framer {
        Framer::with_dates(opened, None)
    }

    /// The same, where somebody has said what dates such as 3/4/2026 begin with.
    pub fn with_dates(opened: Opened, order: Option<DateOrder>) -> Framer {
        let framing = Framing::of(&opened.head);
        let dates = match framing.0 {
            How::Table(delimiter) => table::Dates::of(order, || dates::shown(&opened, delimiter)),
            _ => table::Dates::default(),
        };
        let (head, taken, longest) = (opened.head.clone(), opened.taken.clone(), opened.limits.record);
        let reader = opened.into_reader();
        let kind = match framing.0 {
            How::Text(kind) => Kind::Text(text::TextBlocks::new(reader, kind, longest)),
            How::Table(delimiter) => Kind::Table(table::Table::new(reader, delimiter).reading(dates, longest)),
            How::Json => {
                let records = JsonRecords::new(Window::new(reader), RecordStart::learn(&head));
                Kind::Json(Box::new(records.up_to(longest)))
            }
        };
        Framer { kind, name: framing.name(), taken }
    }

    /// The framing, for `inputs`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Position in the unpacked input.
    pub fn offset(&self) -> u64 {
        match &self.kind {
            Kind::Json(records) => records.place().1,
            Kind::Table(table) => table.offset(),
            Kind::Text(blocks) => blocks.offset(),
        }
    }

    /// Bytes taken from the disk so far.
    pub fn taken(&self) -> u64 {
        self.taken.as_ref().map_or_else(|| self.offset(), |taken| taken.load(Ordering::Relaxed))
    }

    /// The next records; `None` at the end.
    pub fn next_batch(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        let more = match &mut self.kind {
            Kind::Json(records) => fill(records, &mut batch),
            Kind::Table(table) => table.fill(&mut batch),
            Kind::Text(blocks) => blocks.fill(&mut batch),
        };
        (more || !batch.frames.is_empty() || !batch.problems.is_empty()).then_some(batch)
    }
}

/// Cuts a text that arrives piece by piece, wherever the pieces end.
#[derive(Default)]
pub struct Cut {
    /// Known once the first record is there.
    start: Option<RecordStart>,
    offset: u64,
    /// Line ends before it.
    lines: u64,
    limits: Limits,
    /// The rest of a record that was given up comes next, of which so many bytes were looked at.
    lost: Option<usize>,
}

impl Cut {
    /// Cuts what is taken in such parts.
    pub fn within(limits: Limits) -> Cut {
        Cut { limits, ..Cut::default() }
    }

    /// Takes the records off the front of a buffer; what is left is the beginning of the next one. The
    /// `last` piece has no next one.
    pub fn records(&mut self, buffer: &mut Vec<u8>, last: bool, batch: &mut Batch) {
        let start = self.start.get_or_insert_with(|| RecordStart::learn(buffer)).clone();
        let part = Part::new(buffer, self.offset, last);
        let mut records = JsonRecords::new(part, start).up_to(self.limits.record).giving_up(self.lost);
        let (frames, problems) = (batch.frames.len(), batch.problems.len());
        loop {
            match records.next() {
                Piece::Record(frame) => batch.push(records.record(), frame.line, frame.offset, frame.raw_len),
                Piece::Problem(problem) => batch.problems.push(problem),
                Piece::End | Piece::Stalled => break,
            }
        }
        let ((line, offset), start) = (records.place(), records.start().clone());
        self.lost = records.lost();
        for frame in batch.frames.iter_mut().skip(frames) {
            frame.line += self.lines;
        }
        for problem in batch.problems.iter_mut().skip(problems) {
            problem.line += self.lines;
        }
        self.lines += line - Part::FIRST_LINE;
        let used = usize::try_from(offset - self.offset).unwrap_or(usize::MAX).min(buffer.len());
        buffer.drain(..used);
        self.offset = offset;
        // Where nothing was whole, more of it may say better how records begin.
        self.start = Some(start).filter(|start| offset > 0 && !start.is_unknown());
    }

    /// Position behind the last record.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The line it is in, from 1.
    pub fn line(&self) -> u64 {
        self.lines + 1
    }
}

/// Fills a batch with copies of records; false at the end of the input.
fn fill<B: Bytes>(records: &mut JsonRecords<B>, batch: &mut Batch) -> bool {
    while !batch.is_full() {
        match records.next() {
            Piece::Record(frame) => batch.push(records.record(), frame.line, frame.offset, frame.raw_len),
            Piece::Problem(problem) => batch.problems.push(problem),
            Piece::End | Piece::Stalled => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pieces: &[&[u8]]) -> (Vec<(String, u64, u64)>, Vec<u64>) {
        let (mut cut, mut buffer, mut batch) = (Cut::default(), Vec::new(), Batch::default());
        for (at, piece) in pieces.iter().enumerate() {
            buffer.extend_from_slice(piece);
            cut.records(&mut buffer, at + 1 == pieces.len(), &mut batch);
        }
        let text = |frame: &Frame| String::from_utf8_lossy(batch.record(frame)).into_owned();
        let records = batch.frames.iter().map(|frame| (text(frame), frame.line, frame.offset)).collect();
        (records, batch.problems.iter().map(|problem| problem.offset).collect())
    }

    #[test]
    fn who_allows_the_longest_records_is_not_told_to_allow_longer_ones() {
        assert!(
            too_long("a record", 1 << 20)
                .ends_with("1 MiB; it was passed over. If it is one, --max-record has longer ones read")
        );
        assert!(too_long("a record", Limits::LONGEST_RECORD).ends_with("1024 MiB; it was passed over"));
    }

    #[test]
    fn a_text_that_arrives_in_pieces_gives_the_same_records_wherever_they_end() {
        let text = b"{\"a\":1,\"b\":2}\n{\"a\":\"x\\ny\",\"b\":{}}\n\n{\"a\":3,\"b\":[1]}\n";
        let whole = cut(&[text]);
        assert_eq!((whole.0.len(), whole.0[2].1, whole.1.len()), (3, 4, 0));
        for at in 0..text.len() {
            assert_eq!(cut(&[&text[..at], &text[at..]]), whole, "{at}");
        }
    }

    #[test]
    fn the_end_of_a_shell_may_arrive_in_pieces_too() {
        let text = b"{\"value\":[{\"a\":1,\"b\":2}],\"count\":1234,\"more\":{\"x\":[true]}}\n";
        assert_eq!(cut(&[text]), (vec![("{\"a\":1,\"b\":2}".to_owned(), 1, 10)], vec![]));
        for at in 0..text.len() {
            assert_eq!(cut(&[&text[..at], &text[at..]]), cut(&[text]), "{at}");
        }
    }

    #[test]
    fn d3_a_broken_record_that_arrives_in_pieces_is_told_once() {
        let broken = format!("{{\"a\":2,\"b\" \"{}\"}}", "x".repeat(3 * CONTEXT));
        let text = format!("{{\"a\":1,\"b\":2}}\n{broken}\n{{\"a\":3,\"b\":4}}\n");
        let whole = cut(&[text.as_bytes()]);
        assert_eq!((whole.0.len(), &*whole.1), (2, &[14][..]));
        for at in (0..text.len()).step_by(97) {
            for width in [1, 50, 3_000] {
                let (from, to) = (at, (at + width).min(text.len()));
                let pieces = [&text.as_bytes()[..from], &text.as_bytes()[from..to], &text.as_bytes()[to..]];
                assert_eq!(cut(&pieces), whole, "{at} {width}");
            }
        }
    }

    #[test]
    fn c6_zero_bytes_in_front_of_a_table_hide_no_column() {
        for above in ["", "sep=;\n"] {
            let table = format!("{above}Date;Status;Name\n2026-01-01;Success;Ann\n");
            let text = ["\0".repeat(512).as_bytes(), table.as_bytes()].concat();
            assert_eq!(Framing::of(&text).name(), "csv");
            let batch = Framer::new(Opened::in_memory(text.clone())).next_batch().unwrap();
            let row: serde_json::Value = serde_json::from_slice(&batch.bytes).unwrap();
            assert_eq!((&row["Date"], &row["Name"]), (&"2026-01-01".into(), &"Ann".into()));
            let problems: Vec<(u64, u64, bool)> =
                batch.problems.iter().map(|problem| (problem.line, problem.offset, problem.lost)).collect();
            assert_eq!(problems, [(1, 0, true)]);
            // What is put in front of one of its rows when that is read again.
            assert_eq!(table_header(&text).len(), text.len() - "2026-01-01;Success;Ann\n".len());
        }
    }

    #[test]
    fn a_quote_in_front_of_a_record_does_not_keep_it_waiting() {
        let (mut cut, mut buffer, mut batch) = (Cut::default(), Vec::new(), Batch::default());
        for number in 1..4 {
            buffer.extend_from_slice(b"host \"okta\" said {\"a\":1,\"b\":2}\n");
            cut.records(&mut buffer, false, &mut batch);
            assert_eq!((batch.frames.len(), batch.problems.len()), (number, 0));
        }
    }

    #[test]
    fn d6_a_record_that_never_ends_is_given_up_and_does_not_fill_the_memory() {
        let (mut cut, mut buffer, mut batch) = (Cut::default(), b"{\"a\":\"".to_vec(), Batch::default());
        for _ in 0..18 {
            buffer.resize(buffer.len() + (1 << 20), b'x');
            cut.records(&mut buffer, false, &mut batch);
        }
        assert!(buffer.len() <= 18 << 20, "{}", buffer.len());
        buffer.extend_from_slice(b"\"}\n{\"a\":\"y\"}\n");
        cut.records(&mut buffer, true, &mut batch);
        // It is lost, and that is said once; the next one is not.
        let told: Vec<(u64, bool)> = batch.problems.iter().map(|problem| (problem.offset, problem.lost)).collect();
        assert_eq!((&*told, batch.frames.len()), (&[(0, true)][..], 1));
    }
}
