//! UTF-16 to UTF-8 while reading.

use std::io::{self, Read};

/// Byte order of UTF-16 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// A reader that gives the UTF-8 form of a UTF-16 stream; what is no UTF-16 becomes U+FFFD.
pub(super) struct Transcoder<R> {
    inner: R,
    order: Order,
    /// An odd byte or a first half of a pair that waits for the rest.
    pending: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    done: bool,
}

impl<R: Read> Transcoder<R> {
    pub(super) fn new(inner: R, order: Order) -> Self {
        Transcoder { inner, order, pending: Vec::new(), out: Vec::new(), given: 0, done: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut block = [0u8; 16 * 1024];
        let count = self.inner.read(&mut block)?;
        self.done = count == 0;
        self.pending.extend_from_slice(block.get(..count).unwrap_or_default());
        let mut units: Vec<u16> = self
            .pending
            .chunks_exact(2)
            .map(|pair| match (self.order, pair) {
                (Order::Little, [a, b]) => u16::from_le_bytes([*a, *b]),
                (Order::Big, [a, b]) => u16::from_be_bytes([*a, *b]),
                _ => 0xfffd,
            })
            .collect();
        // The first half of a pair at the end of a block waits for its other half.
        if !self.done && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop();
        }
        self.pending.drain(..units.len() * 2);
        if self.done && !self.pending.is_empty() {
            self.pending.clear();
            units.push(0xfffd);
        }
        self.out.clear();
        self.given = 0;
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.out.len() && !self.done {
            self.refill()?;
        }
        let ready = self.out.get(self.given..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c2_both_orders_and_pairs_come_out_as_utf8() {
        let text = "{\"a\":\"é😀\"}\n";
        for (order, bytes) in [
            (Order::Little, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
            (Order::Big, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ] {
            let mut out = String::new();
            Transcoder::new(bytes.as_slice(), order).read_to_string(&mut out).unwrap();
            assert_eq!(out, text);
        }
    }
}
