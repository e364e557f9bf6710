//! Sixty-four bytes at a time, which byte is what.
//!
//! Plain code is made into comparisons of the sixteen bytes that every 64-bit processor can compare. Most
//! processors compare thirty-two or sixty-four, in a half or an eighth of the instructions; a program that shall
//! run everywhere has to ask first and then call code that was compiled for them, which is the one thing in
//! this program that the language calls unsafe. What it pays: see `benches/`, group `masks`.

/// Bytes that are looked at together: the bits of one word.
pub(super) const BLOCK: usize = 64;

/// One bit for each byte of a block: whether it is such a character, inside of a text or not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    pub(super) quotes: u64,
    /// Backslashes.
    pub(super) escapes: u64,
    pub(super) opening: u64,
    pub(super) closing: u64,
    /// Commas and colons.
    pub(super) separators: u64,
    pub(super) spaces: u64,
    pub(super) line_ends: u64,
}

/// Times this, eight bytes that are 0 or 1 become eight bits, in order, at the top of the product; none of them meets
/// another one on the way.
const GATHER: u64 = 0x0102_0408_1020_4080;

impl Masks {
    /// Not inlined, for the reason given below.
    #[inline(never)]
    fn portable(block: &[u8; BLOCK]) -> Masks {
        Masks {
            quotes: bits(block, |byte| byte == b'"'),
            escapes: bits(block, |byte| byte == b'\\'),
            // `[` and `{`, and `]` and `}`, differ in one bit.
            opening: bits(block, |byte| byte | 0x20 == b'{'),
            closing: bits(block, |byte| byte | 0x20 == b'}'),
            separators: bits(block, |byte| (byte == b':') | (byte == b',')),
            spaces: bits(block, |byte| (byte == b' ') | (byte == b'\t') | (byte == b'\r') | (byte == b'\n')),
            line_ends: bits(block, |byte| byte == b'\n'),
        }
    }
}

/// One bit for each byte that is one. The compiler compares many at once, as long as there is no branch.
#[inline(always)]
fn bits(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    let mut ones = [0; BLOCK];
    ones.iter_mut().zip(block).for_each(|(one, byte)| *one = u8::from(is(*byte)));
    let words = ones.as_chunks::<8>().0;
    words.iter().rev().fold(0, |all, word| all << 8 | u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56)
}

/// Work on many masks that is compiled for this processor too; `run` must be `#[inline(always)]`
/// for that.
pub(super) trait Work {
    /// What it gives.
    type Done;

    /// Does it. `find` finds the masks of a block, into a place of the caller's, since a copy of what
    /// was just written word by word is what processors are slowest at; `parity` makes each bit the
    /// parity of the bits up to it.
    fn run(self, find: impl Fn(&[u8; BLOCK], &mut Masks), parity: impl Fn(u64) -> u64) -> Self::Done;
}

/// Does some work in code for this processor.
#[inline(always)]
pub(super) fn run<W: Work>(work: W) -> W::Done {
    #[cfg(target_arch = "x86_64")]
    let work = match x86::run(work) {
        Ok(done) => return done,
        Err(work) => work,
    };
    work.run(|block, masks| *masks = Masks::portable(block), running_parity)
}

/// Each bit becomes the parity of the bits up to it.
#[inline(always)]
fn running_parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86 {
    use std::arch::is_x86_feature_detected;
    use std::arch::x86_64::{
        __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8, _mm256_cmpeq_epi8,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x, _mm256_set1_epi8, _mm256_shuffle_epi8,
        _mm512_cmpeq_epi8_mask, _mm512_or_si512, _mm512_set_epi64, _mm512_set1_epi8,
    };

    use super::{BLOCK, Masks, Work};

    /// Does the work, or gives it back if the processor is like every other one.
    #[inline(always)]
    pub(super) fn run<W: Work>(work: W) -> Result<W::Done, W> {
        // The standard library asks the processor once and remembers.
        let able = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("pclmulqdq")
            && is_x86_feature_detected!("popcnt");
        if !able {
            return Err(work);
        }
        if is_x86_feature_detected!("avx512bw") {
            // SAFETY: all that `newest` needs is that the processor has these instructions, as was
            // asked just now. The work itself is safe code.
            return Ok(unsafe { newest(work) });
        }
        // SAFETY: the same for `modern`.
        Ok(unsafe { modern(work) })
    }

    #[target_feature(enable = "avx512bw,avx2,bmi1,bmi2,pclmulqdq,popcnt")]
    fn newest<W: Work>(work: W) -> W::Done {
        work.run(|block, masks| by_64(block, masks), |bits| parity(bits))
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,pclmulqdq,popcnt")]
    fn modern<W: Work>(work: W) -> W::Done {
        work.run(|block, masks| by_32(block, masks), |bits| parity(bits))
    }

    /// A product without carries with all ones adds up, without carries, all bits below each.
    #[inline]
    #[target_feature(enable = "pclmulqdq")]
    fn parity(bits: u64) -> u64 {
        let product = _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, bits.cast_signed()), _mm_set1_epi8(-1));
        _mm_cvtsi128_si64(product).cast_unsigned()
    }

    #[inline(always)]
    fn words(block: &[u8; BLOCK]) -> [i64; 8] {
        let (words, _) = block.as_chunks::<8>();
        std::array::from_fn(|at| words.get(at).map_or(0, |word| i64::from_le_bytes(*word)))
    }

    #[inline(never)]
    #[target_feature(enable = "avx512bw")]
    fn by_64(block: &[u8; BLOCK], masks: &mut Masks) {
        let [a, b, c, d, e, f, g, h] = words(block);
        let bytes = _mm512_set_epi64(h, g, f, e, d, c, b, a);
        let is = |wanted: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(wanted.cast_signed()));
        // `[` and `{`, and `]` and `}`, differ in one bit.
        let folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
        let is_folded = |wanted: u8| _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8(wanted.cast_signed()));
        let line_ends = is(b'\n');
        *masks = Masks {
            quotes: is(b'"'),
            escapes: is(b'\\'),
            opening: is_folded(b'{'),
            closing: is_folded(b'}'),
            separators: is(b':') | is(b','),
            spaces: is(b' ') | is(b'\t') | is(b'\r') | line_ends,
            line_ends,
        };
    }

    /// In the place of the lower half of their bits: a space in place 0; a tab, a line feed and a
    /// carriage return in 9, 10 and 13.
    const SPACES: (i64, i64) = (0x20, 0x0d << 40 | 0x0a << 16 | 0x09 << 8);

    /// Not inlined and without branches: where the compiler sees what becomes of a mask, it takes
    /// the mask apart bit by bit, which makes this six times as long.
    #[inline(never)]
    #[target_feature(enable = "avx2")]
    fn by_32(block: &[u8; BLOCK], masks: &mut Masks) {
        let [a, b, c, d, e, f, g, h] = words(block);
        let (low, high) = (_mm256_set_epi64x(d, c, b, a), _mm256_set_epi64x(h, g, f, e));
        let space = _mm256_set1_epi8(0x20);
        let folded = (_mm256_or_si256(low, space), _mm256_or_si256(high, space));
        *masks = Masks {
            quotes: bits(is(low, b'"'), is(high, b'"')),
            escapes: bits(is(low, b'\\'), is(high, b'\\')),
            opening: bits(is(folded.0, b'{'), is(folded.1, b'{')),
            closing: bits(is(folded.0, b'}'), is(folded.1, b'}')),
            separators: bits(is_separator(low), is_separator(high)),
            spaces: bits(is_space(low), is_space(high)),
            line_ends: bits(is(low, b'\n'), is(high, b'\n')),
        };
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn is_separator(bytes: __m256i) -> __m256i {
        _mm256_or_si256(is(bytes, b':'), is(bytes, b','))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn is_space(bytes: __m256i) -> __m256i {
        // A space has, by the lower half of its bits, itself in the table; nothing else has.
        let table = _mm256_set_epi64x(SPACES.1, SPACES.0, SPACES.1, SPACES.0);
        _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes), bytes)
    }

    /// The highest bit of each byte.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn bits(low: __m256i, high: __m256i) -> u64 {
        let word = |half| u64::from(_mm256_movemask_epi8(half).cast_unsigned());
        word(low) | word(high) << 32
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn is(bytes: __m256i, wanted: u8) -> __m256i {
        _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(wanted.cast_signed()))
    }

    #[cfg(test)]
    mod tests {
        use proptest::prelude::*;

        use super::*;

        #[test]
        fn all_ways_find_the_same() {
            let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"\"\\{}[]:, \n\r\t\x01".to_vec())];
            proptest!(|(bytes in proptest::collection::vec(byte, BLOCK))| {
                let block: [u8; BLOCK] = bytes.try_into().unwrap();
                let (wanted, mut found) = (Masks::portable(&block), Masks::default());
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: as in `run`.
                    unsafe { by_32(&block, &mut found) };
                    prop_assert_eq!(&found, &wanted);
                }
                if is_x86_feature_detected!("avx512bw") {
                    // SAFETY: as in `run`.
                    unsafe { by_64(&block, &mut found) };
                    prop_assert_eq!(&found, &wanted);
                }
            });
        }
    }
}
