//! Simple changes of an input, the same in every run.

/// Pieces that matter to one parser or another.
const PIECES: [&[u8]; 24] = [
    b"\"",
    b"\\",
    b"\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\0",
    b"\x1b]52;c;",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud83d",
    b"\r\n",
    b"|",
    b"`",
    b"<!--",
    b"::error::",
    "\u{202e}".as_bytes(),
    "\u{feff}".as_bytes(),
    b"1e400",
    b"-",
    b"\t",
];

/// Numbers that look like chance (xorshift).
pub(crate) struct Random(u64);

impl Random {
    /// Another row of them for every name.
    pub(crate) fn new(name: &str) -> Random {
        let seed = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        Random(seed | 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }
}

/// One to four changes: a byte, a piece more, a part less, a part twice, or the end of another input.
pub(crate) fn mutated(bytes: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(16)).min(bytes.len());
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 => drop(bytes.splice(at..at, PIECES[random.below(PIECES.len())].iter().copied())),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            4 => bytes.truncate(at),
            5 => {
                bytes.truncate(at);
                bytes.extend_from_slice(&other[random.below(other.len() + 1)..]);
            }
            _ => drop(bytes.splice(at..end, PIECES[random.below(PIECES.len())].iter().copied())),
        }
    }
    bytes
}
