//! Bytes to records, without looking at their meaning.
//!
//! Every framing ends as JSON objects: rows of a table and blocks of text are written as one, so
//! that decoding has one kind of input. Records leave in batches that can be decoded in parallel.

mod buffer;
mod json;
mod table;
mod text;

use std::io::Read;

use crate::error::Problem;
use crate::source::Opened;

/// Bytes after which a batch is handed on.
const BATCH: usize = 512 * 1024;
/// Longest record that is read.
pub const MAX_RECORD: usize = 16 << 20;

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
    fn push(&mut self, record: &[u8], line: u64, offset: u64, raw_len: u64) {
        self.frames.push(Frame { start: self.bytes.len(), len: record.len(), line, offset, raw_len });
        self.bytes.extend_from_slice(record);
    }

    fn full(&self) -> bool {
        self.bytes.len() >= BATCH || self.frames.len() >= 4096 || self.problems.len() >= 1024
    }
}

/// Cuts one input into records.
pub struct Framer {
    kind: Kind,
    name: &'static str,
}

enum Kind {
    Json(json::JsonStream<Box<dyn Read + Send>>),
    Table(table::Table<Box<dyn Read + Send>>),
    Text(text::TextBlocks<Box<dyn Read + Send>>),
}

impl Framer {
    /// Decides by the first bytes how the input is cut.
    pub fn new(opened: Opened) -> Framer {
        let Opened { reader, head } = opened;
        if let Some(kind) = text::sniff(&head) {
            return Framer { kind: Kind::Text(text::TextBlocks::new(reader, kind)), name: kind.name() };
        }
        if let Some(delimiter) = table::sniff(&head) {
            return Framer { kind: Kind::Table(table::Table::new(reader, delimiter, &head)), name: "csv" };
        }
        Framer { kind: Kind::Json(json::JsonStream::new(reader)), name: "json" }
    }

    /// The framing, for `inputs`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The next records; `None` at the end.
    pub fn next_batch(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        let more = match &mut self.kind {
            Kind::Json(stream) => stream.fill(&mut batch),
            Kind::Table(table) => table.fill(&mut batch),
            Kind::Text(blocks) => blocks.fill(&mut batch),
        };
        (more || !batch.frames.is_empty() || !batch.problems.is_empty()).then_some(batch)
    }
}
