//! Bytes that are looked at from the front, with their line and offset in the input.

use std::io::{ErrorKind, Read};

use crate::error::{Problem, ProblemKind};

const BLOCK: usize = 256 * 1024;

/// The bytes in front of a framer.
pub(crate) trait Bytes {
    /// What is there and not consumed.
    fn rest(&self) -> &[u8];
    /// Goes on behind `count` bytes that hold `lines` line ends.
    fn consume(&mut self, count: usize, lines: usize);
    /// Gets more; false if there is no more to be had.
    fn more(&mut self) -> bool;
    /// Whether the input ends with what is there.
    fn ended(&self) -> bool;
    /// Whether no more can be had in this way, be it the end of the input or not.
    fn is_all(&self) -> bool;
    /// Line of the first byte, from 1.
    fn line(&self) -> u64;
    /// Offset of the first byte in the input.
    fn offset(&self) -> u64;
    /// The problem of an input that broke off, once.
    fn take_failure(&mut self) -> Option<Problem>;

    /// Goes on behind `count` bytes, whatever they hold.
    fn pass(&mut self, count: usize) {
        let passed = self.rest().get(..count).unwrap_or_default();
        let (length, lines) = (passed.len(), memchr::memchr_iter(b'\n', passed).count());
        self.consume(length, lines);
    }
}

/// Why a stream breaks off.
struct Failure {
    kind: ProblemKind,
    reason: String,
}

/// A window over a stream.
pub(crate) struct Window<R> {
    reader: R,
    data: Vec<u8>,
    /// First byte not yet consumed.
    at: usize,
    offset: u64,
    line: u64,
    ended: bool,
    failure: Option<Failure>,
}

impl<R: Read> Window<R> {
    pub(crate) fn new(reader: R) -> Self {
        Window::at(reader, 0, 1)
    }

    /// A window over the rest of an input, from `offset` in line `line` on.
    pub(crate) fn at(reader: R, offset: u64, line: u64) -> Self {
        Window { reader, data: Vec::new(), at: 0, offset, line, ended: false, failure: None }
    }
}

impl<R: Read> Bytes for Window<R> {
    fn rest(&self) -> &[u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    fn consume(&mut self, count: usize, lines: usize) {
        self.line += lines as u64;
        self.offset += count as u64;
        self.at += count;
    }

    /// Doubles what is there, so that a long record is not scanned again for every block.
    fn more(&mut self) -> bool {
        if self.ended {
            return false;
        }
        if self.at > 0 {
            self.data.drain(..self.at);
            self.at = 0;
        }
        let wanted = BLOCK.max(self.data.len());
        let before = self.data.len();
        self.data.resize(before + wanted, 0);
        let mut filled = before;
        while let Some(space) = self.data.get_mut(filled..).filter(|space| !space.is_empty()) {
            match self.reader.read(space) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    let kind = match error.kind() {
                        ErrorKind::FileTooLarge => ProblemKind::TooLarge,
                        _ => ProblemKind::Truncated,
                    };
                    self.failure = Some(Failure { kind, reason: error.to_string() });
                    break;
                }
            }
        }
        self.data.truncate(filled);
        filled > before
    }

    fn ended(&self) -> bool {
        self.ended
    }

    fn is_all(&self) -> bool {
        self.ended
    }

    fn line(&self) -> u64 {
        self.line
    }

    fn offset(&self) -> u64 {
        self.offset
    }

    fn take_failure(&mut self) -> Option<Problem> {
        let Failure { kind, reason } = self.failure.take()?;
        let detail = match kind {
            ProblemKind::TooLarge => format!("{reason}; what stands before this place was used, the rest was not read"),
            _ => format!("the input breaks off here: {reason}; everything before it was used. Export or copy it again"),
        };
        Some(Problem { line: self.line, offset: self.offset, kind, detail, lost: false })
    }
}

/// A part of an input that is in memory.
pub(crate) struct Part<'a> {
    rest: &'a [u8],
    offset: u64,
    line: u64,
    /// Whether the input ends with this part.
    last: bool,
}

impl<'a> Part<'a> {
    /// The line of its first byte; whoever knows what stands before it adds that.
    pub(crate) const FIRST_LINE: u64 = 1;

    pub(crate) fn new(bytes: &'a [u8], offset: u64, last: bool) -> Self {
        Part { rest: bytes, offset, line: Self::FIRST_LINE, last }
    }
}

impl Bytes for Part<'_> {
    fn rest(&self) -> &[u8] {
        self.rest
    }

    fn consume(&mut self, count: usize, lines: usize) {
        self.line += lines as u64;
        self.offset += count as u64;
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    fn more(&mut self) -> bool {
        false
    }

    fn ended(&self) -> bool {
        self.last
    }

    fn is_all(&self) -> bool {
        true
    }

    fn line(&self) -> u64 {
        self.line
    }

    fn offset(&self) -> u64 {
        self.offset
    }

    fn take_failure(&mut self) -> Option<Problem> {
        None
    }
}
