//! JSON that is written while it is made: a report of a large log is many megabytes.

use std::io::{self, Write};

use crate::text::sanitize;

/// Bytes that are written together.
const FULL: usize = 64 * 1024;

/// Writes JSON text so that a terminal that shows it cannot be steered.
pub(super) struct Harmless<W: Write> {
    out: W,
    waiting: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    pub(super) fn new(out: W) -> Self {
        Harmless { out, waiting: Vec::with_capacity(FULL + FULL / 4) }
    }

    /// Writes what waits, but for a character of which the end is missing.
    fn pass_on(&mut self) -> io::Result<()> {
        let whole = match std::str::from_utf8(&self.waiting) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        };
        let text = self.waiting.get(..whole).map(std::str::from_utf8).and_then(Result::ok).unwrap_or_default();
        self.out.write_all(sanitize::json(text).as_bytes())?;
        self.waiting.drain(..whole);
        Ok(())
    }
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= FULL { self.pass_on() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wherever the pieces end, also inside a character.
    #[test]
    fn pieces_become_what_the_whole_becomes() {
        let text = "\"a\u{1b}é\u{202e}日😀\"\n".repeat(7_000);
        for size in [1, 7, 1_000, FULL - 1, FULL + 3, text.len()] {
            let mut written = Vec::new();
            let mut out = Harmless::new(&mut written);
            text.as_bytes().chunks(size).for_each(|piece| out.write_all(piece).unwrap());
            out.flush().unwrap();
            assert!(String::from_utf8(written).unwrap() == sanitize::json(&text), "{size}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let mut out = Harmless::new(Vec::new());
        out.write_all(b"\"\xff\"").unwrap();
        assert_eq!(out.flush().unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
