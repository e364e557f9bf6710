//! Where the parts of a large file begin and end.
//!
//! Part `n` has the records that start between the first plausible start of a record behind byte
//! `n · PART` and the one behind byte `(n + 1) · PART`. Both are found by looking at the same bytes,
//! so neighbours agree on them without talking to each other. Whether a record really starts there
//! is only known when the part before was read to its end; see [`super::combine`].

use std::io;

use super::PART;
use super::feed::Large;
use crate::frame::{CONTEXT, RecordStart, Start};

/// Bytes behind a part that are read with it, to have its last record whole; more follow where that
/// is not enough.
const BEHIND: u64 = 32 * 1024;
/// A start that is farther away than this is left to whoever reads from front to back: in a file of
/// few enormous records everybody would look at the same bytes again and again.
const FAR: u64 = 1 << 20;

/// The bytes of one part.
pub(super) struct PartBytes<'b> {
    pub(super) bytes: &'b [u8],
    /// The bytes of the file that belong to no other part.
    pub(super) own: &'b [u8],
    /// Where the first of them stands in the file; `None` if no record starts near.
    pub(super) from: Option<u64>,
    /// Where the part ends, or should.
    pub(super) to: u64,
    /// The file ends with it.
    pub(super) last: bool,
}

/// Reads part `index` of a file into the buffer.
pub(super) fn read<'b>(large: &Large, index: u64, buffer: &'b mut Vec<u8>) -> io::Result<PartBytes<'b>> {
    let end = large.plain.len();
    let (begin, next) = (index * PART, ((index + 1) * PART).min(end));
    let mut view = View { large, base: begin.saturating_sub(CONTEXT as u64), filled: 0, short: false, buffer };
    view.fill((next + BEHIND).min(end))?;
    let from = if index == 0 { Some(0) } else { view.start_behind(begin)? };
    let to = if next == end { Some(end) } else { view.start_behind(next)? };
    let View { base, filled, short, buffer, .. } = view;
    let position = |at: u64| usize::try_from(at - base).unwrap_or(usize::MAX).min(filled);
    let own = buffer.get(position(begin)..position(next)).unwrap_or_default();
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(PartBytes { bytes: &[], own, from: None, to: next, last: false });
    };
    let bytes = buffer.get(position(from)..position(to.max(from))).unwrap_or_default();
    Ok(PartBytes { bytes, own, from: Some(from), to, last: to == end && !short })
}

/// The bytes of a file from one place on, as far as they were read.
struct View<'l, 'b> {
    large: &'l Large,
    base: u64,
    filled: usize,
    /// The file ended earlier than it was long when it was opened.
    short: bool,
    /// Only ever grows, so that it is not filled with zeros again for each part.
    buffer: &'b mut Vec<u8>,
}

impl View<'_, '_> {
    /// Reads on up to `end`.
    fn fill(&mut self, end: u64) -> io::Result<()> {
        let wanted = usize::try_from(end.saturating_sub(self.base)).unwrap_or(usize::MAX);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        let space = self.buffer.get_mut(self.filled..wanted).unwrap_or_default();
        let count = self.large.plain.read_at(self.base + self.filled as u64, space)?;
        self.short |= count < space.len();
        self.filled += count;
        Ok(())
    }

    /// The first plausible start of a record at `begin` or behind it, or the end of the file; `None`
    /// if it is far away.
    fn start_behind(&mut self, begin: u64) -> io::Result<Option<u64>> {
        let end = self.large.plain.len();
        let mut from = usize::try_from(begin - self.base).unwrap_or(usize::MAX);
        let mut more = BEHIND;
        loop {
            let filled = self.base + self.filled as u64;
            let ended = filled >= end || self.short;
            let bytes = self.buffer.get(..self.filled).unwrap_or_default();
            match self.large.start.find(bytes, from, ended) {
                Start::At(at) => {
                    let at = self.base + RecordStart::with_prefix(bytes, at) as u64;
                    return Ok((at <= begin + FAR).then_some(at));
                }
                _ if ended => return Ok(Some(end)),
                _ if filled > begin + 2 * FAR => return Ok(None),
                Start::Unsure(at) => from = at,
                Start::Nowhere => from = self.filled,
            }
            more *= 4;
            self.fill((filled + more).min(end))?;
        }
    }
}
