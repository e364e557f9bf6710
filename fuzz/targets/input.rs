//! Numbers and texts out of the bytes that a fuzzer gives.

/// The bytes not used yet. Where there are none, zeros come.
pub(crate) struct Input<'d>(pub &'d [u8]);

impl<'d> Input<'d> {
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let number = usize::from(self.byte()) << 8 | usize::from(self.byte());
        number % end.max(1)
    }

    pub(crate) fn i64(&mut self) -> i64 {
        i64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// At most so many of the bytes.
    pub(crate) fn take(&mut self, most: usize) -> &'d [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The bytes as a text: what is no UTF-8 becomes U+FFFD.
pub(crate) fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// Whether a terminal may be sent this: independent of the list that the program has.
pub(crate) fn is_harmless(letter: char) -> bool {
    let steers = letter.is_control()
        || matches!(letter as u32, 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f)
        || matches!(letter as u32, 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f);
    !steers
}
