//! The bytes at which something begins or ends, found 64 at a time.
//!
//! Reading JSON byte by byte runs at a few hundred MB/s, and most bytes of a log are the inside of
//! texts nobody asks for. Sixteen bytes are therefore compared at once (the method of Langdale and
//! Lemire, *Parsing Gigabytes of JSON per Second*, 2019): the result is one bit a byte, and what
//! follows jumps from set bit to set bit. `wide` gives the comparisons without `unsafe` of ours;
//! the baseline instructions of every 64-bit processor are enough.

use wide::u8x16;

/// Bytes that are looked at together: the bits of one word.
const BLOCK: usize = 64;

/// Gives, in order, the position of each bracket, comma and colon, of the first byte of each text,
/// number and word, and of each line end inside a text (which is how a lost quote shows). Where a
/// text ends needs no token: it ends before the next one.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    /// Where the block in hand starts, and where the next one does.
    block: usize,
    next_block: usize,
    /// Tokens of the block that were not given yet.
    bits: u64,
    /// Brackets of the block that open and that close something.
    opening: u64,
    closing: u64,
    /// Bytes of the block that cannot stand where they do.
    wrong: u64,
    line_ends: u64,
    lines_before: usize,
    /// What the block before handed over: all ones if it ended inside a text; one if its last byte
    /// escapes the next one; one if its last byte belongs to a number or word; one if it separates;
    /// one if it is the quote that ends a text.
    inside_text: u64,
    escaped: u64,
    in_word: u64,
    separated: u64,
    text_ended: u64,
    /// Some byte so far is no ASCII.
    pub(super) foreign: bool,
    /// The position behind the last backslash so far.
    pub(super) last_escape: usize,
}

/// Why the end of an object or array was not found.
pub(super) enum Skipped {
    /// The bytes end before it does.
    Incomplete,
    /// This byte cannot stand there.
    Wrong(usize),
    /// More than so many levels are open here.
    TooDeep(usize),
}

impl<'a> Tokens<'a> {
    /// Starts at `from`, outside of any text.
    pub(super) fn new(bytes: &'a [u8], from: usize) -> Self {
        Tokens {
            bytes,
            block: from,
            next_block: from,
            bits: 0,
            opening: 0,
            closing: 0,
            wrong: 0,
            line_ends: 0,
            lines_before: 0,
            inside_text: 0,
            escaped: 0,
            in_word: 0,
            separated: 1,
            text_ended: 0,
            foreign: false,
            last_escape: 0,
        }
    }

    /// The next token, or `None` at the end of the bytes.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if !self.load() {
                return None;
            }
        }
        let at = self.block + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(at)
    }

    /// Goes on behind the object or array whose opening bracket was the last token; gives the
    /// position of its closing bracket.
    ///
    /// Its brackets are counted and its quotes checked, sixty-four bytes at a time, and nothing else
    /// is looked at: whoever wants something in there reads it, and whoever does not, saves most of
    /// the work that a record is.
    pub(super) fn skip(&mut self, levels: usize) -> Result<usize, Skipped> {
        let mut open = 1;
        // Every bracket outside of a text is a token; those that were given are behind us.
        let mut ahead = u64::MAX.checked_shl(self.bits.trailing_zeros()).unwrap_or(0);
        loop {
            let (opening, closing) = (self.opening & ahead, self.closing & ahead);
            let (opened, closed) = (opening.count_ones() as usize, closing.count_ones() as usize);
            if closed >= open || open + opened > levels {
                if let Some(found) = self.closing_bracket(opening, closing, &mut open, levels)? {
                    let passed = u64::MAX >> (63 - found);
                    if self.wrong & ahead & passed != 0 {
                        return Err(self.first_wrong(ahead));
                    }
                    self.bits &= !passed;
                    return Ok(self.block + found as usize);
                }
            } else {
                open = open + opened - closed;
            }
            if self.wrong & ahead != 0 {
                return Err(self.first_wrong(ahead));
            }
            if !self.load() {
                return Err(Skipped::Incomplete);
            }
            ahead = u64::MAX;
        }
    }

    #[cold]
    fn first_wrong(&self, ahead: u64) -> Skipped {
        Skipped::Wrong(self.block + (self.wrong & ahead).trailing_zeros() as usize)
    }

    /// The bracket of the block that closes what is open, if it is there.
    fn closing_bracket(
        &self,
        opening: u64,
        closing: u64,
        open: &mut usize,
        levels: usize,
    ) -> Result<Option<u32>, Skipped> {
        let mut brackets = opening | closing;
        while brackets != 0 {
            let at = brackets.trailing_zeros();
            brackets &= brackets - 1;
            if closing >> at & 1 == 1 {
                *open -= 1;
                if *open == 0 {
                    return Ok(Some(at));
                }
            } else {
                *open += 1;
                if *open > levels {
                    return Err(Skipped::TooDeep(self.block + at as usize));
                }
            }
        }
        Ok(None)
    }

    /// Line ends between the start and `end`, which lies in the block in hand.
    pub(super) fn lines(&self, end: usize) -> usize {
        let before = match end.saturating_sub(self.block) {
            BLOCK.. => u64::MAX,
            count => (1 << count) - 1,
        };
        self.lines_before + (self.line_ends & before).count_ones() as usize
    }

    fn load(&mut self) -> bool {
        let rest = self.bytes.get(self.next_block..).unwrap_or_default();
        let (found, length) = match rest.first_chunk::<BLOCK>() {
            Some(block) => (Found::in_block(block), BLOCK),
            None if rest.is_empty() => return false,
            None => {
                // Spaces change nothing, so the last bytes are filled up with them.
                let mut block = [b' '; BLOCK];
                for (to, from) in block.iter_mut().zip(rest) {
                    *to = *from;
                }
                (Found::in_block(&block), rest.len())
            }
        };
        self.lines_before += self.line_ends.count_ones() as usize;
        self.block = self.next_block;
        self.next_block += length;
        self.foreign |= found.foreign;
        self.line_ends = found.line_ends;
        if found.escapes != 0 {
            self.last_escape = self.block + BLOCK - found.escapes.leading_zeros() as usize;
        }
        let quotes = found.quotes & !self.escaped_bytes(found.escapes);
        let inside = running_parity(quotes) ^ self.inside_text;
        // Shifting a signed number fills with its first bit: all ones if the last byte is inside.
        self.inside_text = (inside.cast_signed() >> 63).cast_unsigned();
        let marks = (found.opening | found.closing | found.separators) & !inside;
        let separating = marks | found.spaces & !inside;
        let words = !(separating | inside | quotes);
        let word_starts = words & !(words << 1 | self.in_word);
        self.in_word = words >> 63;
        let (text_starts, text_ends) = (quotes & inside, quotes & !inside);
        let broken_texts = found.line_ends & inside;
        // Texts, numbers and words stand between marks or spaces.
        let may_start = separating << 1 | self.separated;
        let must_separate = text_ends << 1 | self.text_ended;
        self.wrong = (text_starts | word_starts) & !may_start | must_separate & !separating | broken_texts;
        self.separated = separating >> 63;
        self.text_ended = text_ends >> 63;
        self.opening = found.opening & !inside;
        self.closing = found.closing & !inside;
        self.bits = marks | text_starts | word_starts | broken_texts;
        true
    }

    /// The bytes behind an odd number of backslashes.
    fn escaped_bytes(&mut self, escapes: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        if escapes == 0 {
            return std::mem::take(&mut self.escaped);
        }
        let escapes = escapes & !self.escaped;
        let follows = escapes << 1 | self.escaped;
        // Adding the start of a run to it carries past its end; where a run that starts on an odd
        // place ends tells whether its length is odd.
        let odd_starts = escapes & !EVEN & !follows;
        let (ends, carried) = odd_starts.overflowing_add(escapes);
        self.escaped = u64::from(carried);
        (EVEN ^ ends << 1) & follows
    }
}

/// One bit for each byte of a block.
struct Found {
    quotes: u64,
    escapes: u64,
    opening: u64,
    closing: u64,
    /// Commas and colons.
    separators: u64,
    spaces: u64,
    line_ends: u64,
    foreign: bool,
}

impl Found {
    #[inline(always)]
    fn in_block(block: &[u8; BLOCK]) -> Found {
        let mut found = Found {
            quotes: 0,
            escapes: 0,
            opening: 0,
            closing: 0,
            separators: 0,
            spaces: 0,
            line_ends: 0,
            foreign: false,
        };
        let (lanes, _) = block.as_chunks::<16>();
        let bit = |mask: u8x16, place: usize| u64::from(mask.to_bitmask()) << (place * 16);
        let (mut escapes, mut controls, mut highest) = (u8x16::ZERO, u8x16::ZERO, u8x16::ZERO);
        for (place, lane) in lanes.iter().enumerate() {
            let bytes = u8x16::new(*lane);
            // `[` and `{`, and `]` and `}`, differ in one bit.
            let folded = bytes | u8x16::splat(0x20);
            found.quotes |= bit(equal(bytes, b'"'), place);
            found.opening |= bit(equal(folded, b'{'), place);
            found.closing |= bit(equal(folded, b'}'), place);
            found.separators |= bit(equal(bytes, b':') | equal(bytes, b','), place);
            found.spaces |= bit(at_most(bytes, b' '), place);
            escapes |= equal(bytes, b'\\');
            controls |= at_most(bytes, 0x1f);
            highest |= bytes;
        }
        found.foreign = highest.to_bitmask() != 0;
        // Most blocks have no backslash and no line end; then those masks are not needed.
        if escapes.to_bitmask() != 0 {
            for (place, lane) in lanes.iter().enumerate() {
                found.escapes |= bit(equal(u8x16::new(*lane), b'\\'), place);
            }
        }
        if controls.to_bitmask() != 0 {
            found.spaces = 0;
            for (place, lane) in lanes.iter().enumerate() {
                let bytes = u8x16::new(*lane);
                let line_ends = equal(bytes, b'\n');
                found.line_ends |= bit(line_ends, place);
                let spaces = line_ends | equal(bytes, b' ') | equal(bytes, b'\r') | equal(bytes, b'\t');
                found.spaces |= bit(spaces, place);
            }
        }
        found
    }
}

#[inline(always)]
fn equal(bytes: u8x16, wanted: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(wanted))
}

#[inline(always)]
fn at_most(bytes: u8x16, limit: u8) -> u8x16 {
    bytes.min(u8x16::splat(limit)).simd_eq(bytes)
}

/// Each bit becomes the parity of the bits up to it: one from an opening quote to before the closing one.
fn running_parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(bytes: &[u8], from: usize) -> Vec<usize> {
        let mut tokens = Tokens::new(bytes, from);
        std::iter::from_fn(|| tokens.next()).collect()
    }

    /// The same, one byte after the other.
    fn slowly(bytes: &[u8], from: usize) -> Vec<usize> {
        let (mut found, mut inside, mut escaped, mut in_word) = (Vec::new(), false, false, false);
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            let quote = *byte == b'"' && !escaped;
            let mark = matches!(byte, b'{' | b'}' | b'[' | b']' | b':' | b',');
            let space = matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
            escaped = *byte == b'\\' && !escaped;
            if quote {
                inside = !inside;
            }
            let word = !quote && !inside && !mark && !space;
            if quote && inside || inside && *byte == b'\n' || !inside && mark || word && !in_word {
                found.push(at);
            }
            in_word = word;
        }
        found
    }

    #[test]
    fn blocks_find_what_single_bytes_find() {
        proptest::proptest!(|(text in r#"([\[\]{}:,]|["\\]{1,3}|[a1é \n\t]{1,40}){0,60}"#, from in 0usize..70)| {
            let from = from.min(text.len());
            proptest::prop_assert_eq!(tokens(text.as_bytes(), from), slowly(text.as_bytes(), from));
        });
    }

    #[test]
    fn runs_of_backslashes_across_blocks_escape_by_their_parity() {
        for length in 0..140 {
            let text = format!("\"{}\" x", "\\".repeat(length));
            assert_eq!(tokens(text.as_bytes(), 0), slowly(text.as_bytes(), 0), "{length}");
        }
    }

    #[test]
    fn line_ends_are_counted_up_to_a_place() {
        let text = "\n".repeat(200);
        let mut tokens = Tokens::new(text.as_bytes(), 0);
        assert_eq!(tokens.next(), None);
        assert_eq!(tokens.lines(text.len()), 200);
    }
}
