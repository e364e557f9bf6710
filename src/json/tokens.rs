//! The bytes at which something begins or ends, found 64 at a time.
//!
//! Reading JSON byte by byte runs at a few hundred MB/s, and most bytes of a log are the inside of
//! texts nobody asks for. Sixteen bytes are therefore compared at once (the method of Langdale and
//! Lemire, *Parsing Gigabytes of JSON per Second*, 2019): the result is one bit a byte, and what
//! follows jumps from set bit to set bit.

use super::masks::{self, BLOCK, Masks};

/// Gives, in order, the position of each bracket, comma and colon, of the first byte of each text,
/// number and word, and of each byte that cannot stand where it does, such as a line end inside a
/// text (which is how a lost quote shows). Where a text ends needs no token: it ends before the next
/// one.
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
    /// escapes the next one; one if it separates; one if it is the quote that ends a text.
    inside_text: u64,
    escaped: u64,
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
            let mut brackets = (self.opening | self.closing) & ahead;
            while brackets != 0 {
                let at = brackets.trailing_zeros();
                brackets &= brackets - 1;
                if self.opening >> at & 1 == 1 {
                    open += 1;
                    if open > levels {
                        return Err(Skipped::TooDeep(self.block + at as usize));
                    }
                    continue;
                }
                open -= 1;
                if open == 0 {
                    let passed = u64::MAX >> (63 - at);
                    if self.wrong & ahead & passed != 0 {
                        return Err(self.first_wrong(ahead));
                    }
                    self.bits &= !passed;
                    return Ok(self.block + at as usize);
                }
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
        let padded;
        let (block, length) = match rest.first_chunk::<BLOCK>() {
            Some(block) => (block, BLOCK),
            None if rest.is_empty() => return false,
            None => {
                padded = filled_up(rest);
                (&padded, rest.len())
            }
        };
        if self.line_ends != 0 {
            self.lines_before += self.line_ends.count_ones() as usize;
        }
        self.block = self.next_block;
        self.next_block += length;
        let mut masks = Masks::default();
        masks::find(block, &mut masks);
        self.take(&masks);
        true
    }

    /// Finds the tokens of the block of which these are the masks.
    #[inline(always)]
    fn take(&mut self, masks: &Masks) {
        self.foreign |= masks.foreign;
        self.line_ends = masks.line_ends;
        let mut quotes = masks.quotes;
        if masks.escapes | self.escaped != 0 {
            self.last_escape = self.block + BLOCK - masks.escapes.leading_zeros() as usize;
            quotes &= !self.escaped_bytes(masks.escapes);
        }
        let inside = running_parity(quotes) ^ self.inside_text;
        // Shifting a signed number fills with its first bit: all ones if the last byte is inside.
        self.inside_text = (inside.cast_signed() >> 63).cast_unsigned();
        self.opening = masks.opening & !inside;
        self.closing = masks.closing & !inside;
        let marks = self.opening | self.closing | masks.separators & !inside;
        let separating = marks | masks.spaces & !inside;
        let (text_starts, text_ends) = (quotes & inside, quotes & !inside);
        let words = !(separating | inside | quotes);
        // Texts, numbers and words stand between marks or spaces.
        let may_start = separating << 1 | self.separated;
        let must_separate = text_ends << 1 | self.text_ended;
        self.separated = separating >> 63;
        self.text_ended = text_ends >> 63;
        self.wrong = text_starts & !may_start | must_separate & !separating | masks.line_ends & inside;
        self.bits = marks | text_starts | words & may_start | self.wrong;
    }

    /// The bytes behind an odd number of backslashes.
    #[inline(always)]
    fn escaped_bytes(&mut self, escapes: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
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

/// The last bytes with spaces behind them, which change nothing.
#[cold]
fn filled_up(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [b' '; BLOCK];
    block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    block
}

/// Each bit becomes the parity of the bits up to it: one from an opening quote to before the closing one.
#[inline(always)]
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
        let (mut found, mut inside, mut escaped, mut separated, mut ended) = (Vec::new(), false, false, true, false);
        for (at, byte) in bytes.iter().enumerate().skip(from) {
            let quote = *byte == b'"' && !escaped;
            let mark = matches!(byte, b'{' | b'}' | b'[' | b']' | b':' | b',');
            let space = matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
            escaped = *byte == b'\\' && !escaped;
            if quote {
                inside = !inside;
            }
            let starts = quote && inside;
            let word = !quote && !inside && !mark && !space;
            let wrong = starts && !separated || ended && !(mark || space) || inside && *byte == b'\n';
            if starts || !inside && mark || word && separated || wrong {
                found.push(at);
            }
            separated = !inside && !quote && (mark || space);
            ended = quote && !inside;
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
