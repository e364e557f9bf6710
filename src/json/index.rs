//! Where something begins or ends in a stretch of bytes, found 64 bytes at a time.
//!
//! Reading JSON byte by byte runs at a few hundred MB/s, and most bytes of a log are the inside of
//! texts nobody asks for. Many bytes are therefore compared at once (the method of Langdale and
//! Lemire, *Parsing Gigabytes of JSON per Second*, 2019): the result is one bit a byte, and what
//! follows jumps from set bit to set bit.
//!
//! The bits are kept for a little while, so that looking into a nested value costs no second look at
//! its bytes.

use super::masks::{self, BLOCK, Masks, Work};

/// Blocks that are done at a time, at first and at most: what is done in one go keeps its state in
/// registers, but who wants a short value should not have to wait for a long one.
const STRIDE: (usize, usize) = (4, 64);
/// Blocks behind us that are kept before they are thrown away together.
const BEHIND: usize = 256;

/// What was found in one block. Bits outside of texts only, but for `wrong` and `escapes`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bits {
    /// The first byte of each text, number and word; each bracket, comma and colon; and `wrong`.
    pub(super) tokens: u64,
    pub(super) opening: u64,
    pub(super) closing: u64,
    /// Bytes that cannot stand where they do, such as a line end inside a text, which is how a lost
    /// quote shows.
    pub(super) wrong: u64,
    pub(super) escapes: u64,
    line_ends: u64,
}

/// What one block hands over to the next: all ones if it ended inside a text; one if its last byte
/// escapes the next one, separates, or is the quote that ends a text.
#[derive(Clone, Copy, Debug)]
struct Carry {
    inside_text: u64,
    escaped: u64,
    separated: u64,
    text_ended: u64,
}

impl Carry {
    /// The state outside of any text.
    const START: Carry = Carry { inside_text: 0, escaped: 0, separated: 1, text_ended: 0 };
}

/// The bits of the bytes from one position of an input on.
pub(super) struct Index {
    /// Position of the first block.
    start: u64,
    blocks: Vec<Bits>,
    carry: Carry,
    /// Of a last block that was filled up with spaces: the state in front of it.
    unfilled: Option<Carry>,
    /// Position up to which bytes were looked at.
    end: u64,
    /// Blocks that are done next time.
    stride: usize,
}

impl Default for Index {
    fn default() -> Self {
        Index { start: 0, blocks: Vec::new(), carry: Carry::START, unfilled: None, end: 0, stride: STRIDE.0 }
    }
}

impl Index {
    /// Starts anew at a position outside of any text.
    pub(super) fn restart(&mut self, at: u64) {
        *self = Index { start: at, end: at, blocks: std::mem::take(&mut self.blocks), ..Index::default() };
        self.blocks.clear();
    }

    /// Forgets what is far behind a position.
    pub(super) fn forget_before(&mut self, at: u64) {
        let behind = usize::try_from(at.saturating_sub(self.start)).unwrap_or(0) / BLOCK;
        if behind >= BEHIND && behind <= self.blocks.len() {
            self.blocks.drain(..behind);
            self.start += (behind * BLOCK) as u64;
        }
    }

    /// Whether the block with this position is there, or is the next one.
    fn reaches(&self, at: u64) -> bool {
        (self.start..=self.end).contains(&at)
    }

    /// Whether the last block must be done again with bytes in front of `offset`, which are gone.
    fn has_lost_its_end(&self, offset: u64) -> bool {
        let last = self.start + (self.blocks.len().saturating_sub(1) * BLOCK) as u64;
        self.unfilled.is_some() && last < offset
    }

    /// Looks at some more of the bytes, of which the first has the position `offset` and is no
    /// farther than the end; false if there are none.
    fn extend(&mut self, bytes: &[u8], offset: u64) -> bool {
        if offset + bytes.len() as u64 <= self.end {
            return false;
        }
        if let Some(carry) = self.unfilled.take() {
            // More bytes came: the block is done again with them.
            self.blocks.pop();
            self.carry = carry;
            self.end = self.start + (self.blocks.len() * BLOCK) as u64;
        }
        let from = usize::try_from(self.end.saturating_sub(offset)).unwrap_or(usize::MAX);
        let rest = bytes.get(from..).unwrap_or_default();
        let (whole, last) = rest.as_chunks::<BLOCK>();
        let done = whole.len().min(self.stride);
        self.stride = (self.stride * 2).min(STRIDE.1);
        let blocks = whole.get(..done).unwrap_or_default();
        let mut carry = masks::run(Blocks { blocks, carry: self.carry, found: &mut self.blocks });
        self.end += (done * BLOCK) as u64;
        if done == whole.len() && !last.is_empty() {
            // Spaces change nothing, so the last bytes are filled up with them.
            let mut block = [b' '; BLOCK];
            block.iter_mut().zip(last).for_each(|(to, from)| *to = *from);
            self.unfilled = Some(carry);
            carry = masks::run(Blocks { blocks: &[block], carry, found: &mut self.blocks });
            self.end += last.len() as u64;
        }
        self.carry = carry;
        true
    }

    fn bits(&self, block: usize) -> Bits {
        self.blocks.get(block).copied().unwrap_or_default()
    }

    /// The block of a position, and its place there.
    fn place(&self, at: u64) -> (usize, u32) {
        let from_start = usize::try_from(at.saturating_sub(self.start)).unwrap_or(usize::MAX);
        (from_start / BLOCK, (from_start % BLOCK) as u32)
    }

    /// Line ends between two positions.
    pub(super) fn lines(&self, from: u64, to: u64) -> usize {
        let ((first, bit), (last, end)) = (self.place(from), self.place(to));
        let from_bit = u64::MAX << bit;
        let to_bit = !(u64::MAX << end);
        let ends = |block: usize| self.blocks.get(block).map_or(0, |bits| bits.line_ends);
        if first == last {
            return (ends(first) & from_bit & to_bit).count_ones() as usize;
        }
        let whole = self.blocks.get(first + 1..last.min(self.blocks.len())).unwrap_or_default();
        // Most records stand in one line.
        let inside = match whole.iter().fold(0, |any, bits| any | bits.line_ends) {
            0 => 0,
            _ => whole.iter().map(|bits| bits.line_ends.count_ones()).sum(),
        };
        ((ends(first) & from_bit).count_ones() + inside + (ends(last) & to_bit).count_ones()) as usize
    }

    /// Whether a backslash stands between two positions.
    #[inline(always)]
    pub(super) fn has_escape(&self, from: u64, to: u64) -> bool {
        let ((first, bit), (last, end)) = (self.place(from), self.place(to));
        let from_bit = u64::MAX << bit;
        let to_bit = !(u64::MAX << end);
        // Of a copy of all bits, most would be copied for nothing.
        let escapes = |block: usize| self.blocks.get(block).map_or(0, |bits| bits.escapes);
        if first == last {
            return escapes(first) & from_bit & to_bit != 0;
        }
        escapes(first) & from_bit != 0
            || escapes(last) & to_bit != 0
            || (first + 1..last).any(|block| escapes(block) != 0)
    }
}

/// Some blocks, one after the other.
struct Blocks<'a> {
    blocks: &'a [[u8; BLOCK]],
    carry: Carry,
    found: &'a mut Vec<Bits>,
}

impl Work for Blocks<'_> {
    type Done = Carry;

    #[inline(always)]
    fn run(mut self, find: impl Fn(&[u8; BLOCK], &mut Masks), parity: impl Fn(u64) -> u64) -> Carry {
        let mut masks = Masks::default();
        self.found.extend(self.blocks.iter().map(|block| {
            find(block, &mut masks);
            self.carry.bits(&masks, &parity)
        }));
        self.carry
    }
}

impl Carry {
    /// The bits of the block that follows, of which these are the masks.
    #[inline(always)]
    fn bits(&mut self, masks: &Masks, parity: impl Fn(u64) -> u64) -> Bits {
        let mut quotes = masks.quotes;
        if masks.escapes | self.escaped != 0 {
            quotes &= !self.escaped_bytes(masks.escapes);
        }
        // One from an opening quote to before the closing one.
        let inside = parity(quotes) ^ self.inside_text;
        // Shifting a signed number fills with its first bit: all ones if the last byte is inside.
        self.inside_text = (inside.cast_signed() >> 63).cast_unsigned();
        let (opening, closing) = (masks.opening & !inside, masks.closing & !inside);
        let marks = opening | closing | masks.separators & !inside;
        let separating = marks | masks.spaces & !inside;
        let (text_starts, text_ends) = (quotes & inside, quotes & !inside);
        let words = !(separating | inside | quotes);
        // Texts, numbers and words stand between marks or spaces.
        let may_start = separating << 1 | self.separated;
        let must_separate = text_ends << 1 | self.text_ended;
        self.separated = separating >> 63;
        self.text_ended = text_ends >> 63;
        let wrong = text_starts & !may_start | must_separate & !separating | masks.line_ends & inside;
        Bits {
            tokens: marks | text_starts | words & may_start | wrong,
            opening,
            closing,
            wrong,
            escapes: masks.escapes,
            line_ends: masks.line_ends,
        }
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

/// Gives tokens in order. Positions are counted from the first of the bytes.
pub(super) struct Tokens<'a, 'i> {
    bytes: &'a [u8],
    /// Position of the first of the bytes in the input.
    offset: u64,
    index: &'i mut Index,
    /// The block in hand, and where it starts in the bytes; it may start in front of them.
    block: usize,
    block_start: usize,
    /// Its tokens that were not given yet.
    bits: u64,
    /// A backslash stands in the block in hand, or in the one before.
    escapes: bool,
    escapes_before: bool,
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

impl<'a, 'i> Tokens<'a, 'i> {
    /// Starts at `from`, which is outside of any text.
    pub(super) fn new(bytes: &'a [u8], offset: u64, from: usize, index: &'i mut Index) -> Self {
        let at = offset + from as u64;
        let more = offset + bytes.len() as u64 > index.end;
        if !index.reaches(at) || more && index.has_lost_its_end(offset) {
            index.restart(at);
        } else if more && index.unfilled.is_some() {
            index.extend(bytes, offset);
        }
        let mut tokens =
            Tokens { bytes, offset, index, block: 0, block_start: 0, bits: 0, escapes: false, escapes_before: true };
        // What stood before, garbage or a prefix with a quote in it, may make this look like the
        // inside of a text.
        if !tokens.stand(at) {
            tokens.index.restart(at);
            tokens.stand(at);
        }
        tokens
    }

    /// Goes to a position; says whether a token stands there.
    fn stand(&mut self, at: u64) -> bool {
        let (block, bit) = self.index.place(at);
        if block >= self.index.blocks.len() {
            self.index.extend(self.bytes, self.offset);
        }
        self.block = block;
        let block_at = self.index.start + (block * BLOCK) as u64;
        self.block_start = block_at.wrapping_sub(self.offset) as usize;
        let bits = self.index.bits(block);
        (self.escapes, self.escapes_before) = (bits.escapes != 0, true);
        self.bits = bits.tokens & u64::MAX << bit;
        self.bits >> bit & 1 == 1
    }

    /// Whether a backslash stands between two places.
    #[inline(always)]
    pub(super) fn has_escape(&self, from: usize, to: usize) -> bool {
        // Both places are mostly in the block in hand or the one before, which mostly have none.
        if !self.escapes && from.wrapping_sub(self.block_start) < BLOCK {
            return false;
        }
        let before = self.block_start.wrapping_sub(BLOCK);
        if !self.escapes && !self.escapes_before && from.wrapping_sub(before) < BLOCK {
            return false;
        }
        self.index.has_escape(self.offset + from as u64, self.offset + to as u64)
    }

    /// The index, to ask for more about what was read.
    pub(super) fn index(&self) -> &Index {
        self.index
    }

    /// The next token, or `None` at the end of the bytes.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            self.bits = self.next_block()?.tokens;
        }
        let at = self.block_start.wrapping_add(self.bits.trailing_zeros() as usize);
        self.bits &= self.bits - 1;
        // A block may reach beyond the bytes that this is about.
        (at < self.bytes.len()).then_some(at)
    }

    #[inline(always)]
    fn next_block(&mut self) -> Option<&Bits> {
        let next = self.block + 1;
        if next >= self.index.blocks.len() && !self.index.extend(self.bytes, self.offset) {
            return None;
        }
        self.block = next;
        self.block_start = self.block_start.wrapping_add(BLOCK);
        let bits = self.index.blocks.get(next)?;
        (self.escapes_before, self.escapes) = (self.escapes, bits.escapes != 0);
        Some(bits)
    }

    /// Goes on behind the object or array whose opening bracket was the last token; gives the
    /// position of its closing bracket.
    ///
    /// Its brackets are counted and its quotes checked, and nothing else is looked at: whoever wants
    /// something in there reads it, and whoever does not, saves most of the work that a record is.
    pub(super) fn skip(&mut self, levels: usize) -> Result<usize, Skipped> {
        let mut open = 1;
        // Every bracket outside of a text is a token; those that were given are behind us.
        let mut ahead = u64::MAX.checked_shl(self.bits.trailing_zeros()).unwrap_or(0);
        let from = self.block;
        loop {
            let Some(bits) = self.index.blocks.get(self.block) else { return Err(Skipped::Incomplete) };
            let mut brackets = (bits.opening | bits.closing) & ahead;
            let wrong = bits.wrong & ahead;
            // Most blocks are the inside of texts.
            if brackets | wrong != 0 {
                while brackets != 0 {
                    let at = brackets.trailing_zeros();
                    brackets &= brackets - 1;
                    if bits.opening >> at & 1 == 1 {
                        open += 1;
                        if open > levels {
                            return Err(Skipped::TooDeep(self.block_start.wrapping_add(at as usize)));
                        }
                        continue;
                    }
                    open -= 1;
                    if open == 0 {
                        let passed = u64::MAX >> (63 - at);
                        if wrong & passed != 0 {
                            return Err(self.first_wrong(wrong));
                        }
                        self.bits = bits.tokens & ahead & !passed;
                        if self.block != from {
                            self.escapes = bits.escapes != 0;
                            self.escapes_before = self.index.bits(self.block - 1).escapes != 0;
                        }
                        let at = self.block_start.wrapping_add(at as usize);
                        return if at < self.bytes.len() { Ok(at) } else { Err(Skipped::Incomplete) };
                    }
                }
                if wrong != 0 {
                    return Err(self.first_wrong(wrong));
                }
            }
            ahead = u64::MAX;
            if self.block + 1 >= self.index.blocks.len() && !self.index.extend(self.bytes, self.offset) {
                return Err(Skipped::Incomplete);
            }
            self.block += 1;
            self.block_start = self.block_start.wrapping_add(BLOCK);
        }
    }

    #[cold]
    fn first_wrong(&self, wrong: u64) -> Skipped {
        Skipped::Wrong(self.block_start.wrapping_add(wrong.trailing_zeros() as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(bytes: &[u8], from: usize) -> Vec<usize> {
        let mut index = Index::default();
        index.restart(from as u64);
        let mut tokens = Tokens::new(bytes, 0, from, &mut index);
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
    fn what_is_known_of_a_stretch_is_what_its_bytes_say() {
        proptest::proptest!(|(text in r#"([a1 ]{0,30}|[\n]|[\\\\]|[é]){0,40}"#, from in 0usize..300, to in 0usize..300)| {
            let bytes = text.as_bytes();
            let (from, to) = (from.min(bytes.len()), to.min(bytes.len()));
            let (from, to) = (from.min(to), to.max(from));
            let mut index = Index::default();
            while index.extend(bytes, 0) {}
            let part = &bytes[from..to];
            proptest::prop_assert_eq!(index.lines(from as u64, to as u64), part.iter().filter(|b| **b == b'\n').count());
            proptest::prop_assert_eq!(index.has_escape(from as u64, to as u64), part.contains(&b'\\'));
        });
    }

    /// The last block of a window is done again when the window moves on, unless its first bytes are gone.
    #[test]
    fn a_block_that_begins_in_front_of_the_bytes_is_not_done_again_from_their_start() {
        let text = [br#"{"a":"xx"}"#.as_slice(), b"\n"].concat().repeat(40);
        for cut in 60..140 {
            let mut index = Index::default();
            for start in (0..text.len()).step_by(11) {
                for end in [start + 11, cut.max(start + 11), text.len()] {
                    // What a window holds grows; here it ends at `cut` until nothing is left in it.
                    let end = if start + 11 <= cut { end.min(cut) } else { end };
                    let rest = &text[start..end.max(start + 1)];
                    let mut found = Tokens::new(rest, start as u64, 0, &mut index);
                    let found: Vec<usize> = std::iter::from_fn(|| found.next()).collect();
                    assert_eq!(found, tokens(rest, 0), "{cut} {start} {end}");
                }
            }
        }
    }

    /// Behind a gap, an index of what stood before it says nothing.
    #[test]
    fn an_index_that_ends_in_front_of_a_place_starts_anew_there() {
        let text = br#"{"a":1}   garbage   {"b":[2,{"c":"x"}]}"#;
        let mut index = Index::default();
        assert!(Tokens::new(&text[..7], 0, 0, &mut index).next().is_some());
        let mut found = Tokens::new(&text[20..], 20, 0, &mut index);
        let found: Vec<usize> = std::iter::from_fn(|| found.next()).collect();
        assert_eq!(found, tokens(&text[20..], 0));
    }

    /// Bytes that come later, records after one another, and old bits thrown away.
    #[test]
    fn an_index_that_goes_along_gives_what_a_new_one_gives() {
        let record = br#"{"a":"x\"y","b":[1,{"c":"\\"}],"d":"a longer text that goes beyond one block of bytes"}"#;
        let text = [record.as_slice(), b"\n"].concat().repeat(400);
        let mut index = Index::default();
        for start in (0..text.len()).step_by(record.len() + 1) {
            let wanted: Vec<usize> = tokens(&text[start..start + record.len()], 0);
            index.forget_before(start as u64);
            for visible in [start + 40, start + record.len()] {
                let rest = &text[start..visible];
                let mut found = Tokens::new(rest, start as u64, 0, &mut index);
                let found: Vec<usize> = std::iter::from_fn(|| found.next()).collect();
                assert_eq!(found, wanted.iter().copied().filter(|at| *at < rest.len()).collect::<Vec<_>>());
            }
        }
        assert!(index.blocks.len() < 3 * BEHIND);
    }
}
