//! A window over a stream that knows line and offset.

use std::io::{ErrorKind, Read};

use crate::error::{Problem, ProblemKind};

const BLOCK: usize = 256 * 1024;

pub(super) struct Window<R> {
    reader: R,
    data: Vec<u8>,
    /// First byte not yet consumed.
    at: usize,
    /// Offset in the input of `at`.
    pub(super) offset: u64,
    /// Line of `at`, from 1.
    pub(super) line: u64,
    pub(super) ended: bool,
    failure: Option<String>,
}

impl<R: Read> Window<R> {
    pub(super) fn new(reader: R) -> Self {
        Window { reader, data: Vec::new(), at: 0, offset: 0, line: 1, ended: false, failure: None }
    }

    /// What has been read and not consumed.
    pub(super) fn rest(&self) -> &[u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    pub(super) fn consume(&mut self, count: usize) {
        let passed = self.rest().get(..count).unwrap_or_default();
        let (lines, length) = (memchr::memchr_iter(b'\n', passed).count() as u64, passed.len());
        self.line += lines;
        self.offset += length as u64;
        self.at += length;
    }

    /// Reads more; false at the end. Doubles what is there, so that a long record is not scanned
    /// again for every block.
    pub(super) fn more(&mut self) -> bool {
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
                    self.failure = Some(error.to_string());
                    break;
                }
            }
        }
        self.data.truncate(filled);
        filled > before
    }

    /// The problem of a stream that broke off, once.
    pub(super) fn take_failure(&mut self) -> Option<Problem> {
        let reason = self.failure.take()?;
        Some(Problem {
            line: self.line,
            offset: self.offset,
            kind: ProblemKind::Truncated,
            detail: format!(
                "the input breaks off here: {reason}; everything before it was used. Export or copy the file again"
            ),
            lost: false,
        })
    }
}
