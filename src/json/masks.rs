//! Sixty-four bytes at a time, which byte is what.
//!
//! `wide` gives comparisons of sixteen bytes that every 64-bit processor has, without `unsafe` of
//! ours. Most processors compare thirty-two and need a third of the instructions; a program that
//! shall run everywhere has to ask first and then call code that was compiled for them, which is the
//! one thing here that the language calls unsafe. What it pays: see `benches/`, group `frame`.

use wide::u8x16;

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
    /// Some byte is no ASCII.
    pub(super) foreign: bool,
}

impl Masks {
    /// Not inlined, for the reason given below.
    #[inline(never)]
    fn portable(block: &[u8; BLOCK]) -> Masks {
        let mut masks = Masks::default();
        let mut highest = u8x16::ZERO;
        for (place, lane) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::new(*lane);
            let bit = |mask: u8x16| u64::from(mask.to_bitmask()) << (place * 16);
            // `[` and `{`, and `]` and `}`, differ in one bit.
            let folded = bytes | u8x16::splat(0x20);
            let line_ends = equal(bytes, b'\n');
            masks.quotes |= bit(equal(bytes, b'"'));
            masks.escapes |= bit(equal(bytes, b'\\'));
            masks.opening |= bit(equal(folded, b'{'));
            masks.closing |= bit(equal(folded, b'}'));
            masks.separators |= bit(equal(bytes, b':') | equal(bytes, b','));
            masks.spaces |= bit(equal(bytes, b' ') | equal(bytes, b'\t') | equal(bytes, b'\r') | line_ends);
            masks.line_ends |= bit(line_ends);
            highest |= bytes;
        }
        masks.foreign = highest.to_bitmask() != 0;
        masks
    }
}

#[inline(always)]
fn equal(bytes: u8x16, wanted: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(wanted))
}

/// The masks of a block, by code for this processor.
#[inline(always)]
pub(super) fn of(block: &[u8; BLOCK]) -> Masks {
    #[cfg(target_arch = "x86_64")]
    if let Some(masks) = avx2::of(block) {
        return masks;
    }
    Masks::portable(block)
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod avx2 {
    use std::arch::is_x86_feature_detected;
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x, _mm256_set1_epi8,
    };

    use super::{BLOCK, Masks};

    /// The masks, if the processor can do that.
    #[inline(always)]
    pub(super) fn of(block: &[u8; BLOCK]) -> Option<Masks> {
        // The standard library asks the processor once and remembers.
        if !is_x86_feature_detected!("avx2") {
            return None;
        }
        // SAFETY: all that `masks` needs is that the processor has these instructions, as was asked
        // just now. It takes a reference to bytes and gives numbers.
        Some(unsafe { masks(block) })
    }

    /// Not inlined and without branches: where the compiler sees what becomes of a mask, it takes
    /// the mask apart bit by bit, which makes this six times as long.
    #[inline(never)]
    #[target_feature(enable = "avx2")]
    fn masks(block: &[u8; BLOCK]) -> Masks {
        let (words, _) = block.as_chunks::<8>();
        let [a, b, c, d, e, f, g, h] = std::array::from_fn(|at| words.get(at).map_or(0, |w| i64::from_le_bytes(*w)));
        let (low, high) = (_mm256_set_epi64x(d, c, b, a), _mm256_set_epi64x(h, g, f, e));
        // `[` and `{`, and `]` and `}`, differ in one bit.
        let space = _mm256_set1_epi8(0x20);
        let folded = (_mm256_or_si256(low, space), _mm256_or_si256(high, space));
        Masks {
            quotes: bits(is(low, b'"'), is(high, b'"')),
            escapes: bits(is(low, b'\\'), is(high, b'\\')),
            opening: bits(is(folded.0, b'{'), is(folded.1, b'{')),
            closing: bits(is(folded.0, b'}'), is(folded.1, b'}')),
            separators: bits(is_separator(low), is_separator(high)),
            spaces: bits(is_space(low), is_space(high)),
            line_ends: bits(is(low, b'\n'), is(high, b'\n')),
            foreign: bits(low, high) != 0,
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn is_separator(bytes: __m256i) -> __m256i {
        _mm256_or_si256(is(bytes, b':'), is(bytes, b','))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn is_space(bytes: __m256i) -> __m256i {
        let blank = _mm256_or_si256(is(bytes, b' '), is(bytes, b'\t'));
        _mm256_or_si256(blank, _mm256_or_si256(is(bytes, b'\n'), is(bytes, b'\r')))
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
        fn both_ways_find_the_same() {
            let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"\"\\{}[]:, \n\r\t\x01".to_vec())];
            proptest!(|(bytes in proptest::collection::vec(byte, BLOCK))| {
                let block: [u8; BLOCK] = bytes.try_into().unwrap();
                prop_assert_eq!(of(&block).unwrap_or_else(|| Masks::portable(&block)), Masks::portable(&block));
            });
        }
    }
}
