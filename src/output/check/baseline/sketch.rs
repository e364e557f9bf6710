//! Tells whether two messages have most words in common, without keeping a word of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Numbers kept of a text. More tell similar texts apart better and make longer lines in a file.
const LENGTH: usize = 16;
/// How many of them similar texts share: about two words of three in common.
const SHARED: usize = 10;

/// The least hash of all words under each of several hash functions: the share of equal ones is about
/// the share of words that two texts have in common (MinHash).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch([u16; LENGTH]);

impl Sketch {
    /// Of a text.
    pub fn of(text: &str) -> Sketch {
        let words: Vec<u64> = text.split_whitespace().map(|word| hash(word.to_lowercase().as_bytes())).collect();
        let mut least = [0; LENGTH];
        for (salt, slot) in (1..).zip(&mut least) {
            let smallest = words.iter().map(|word| mix(word ^ mix(salt))).min().unwrap_or(0);
            // The upper bits of the least one are nearly all zero.
            *slot = u16::try_from(smallest & 0xffff).unwrap_or_default();
        }
        Sketch(least)
    }

    /// Whether two texts have most words in common.
    pub fn is_similar(&self, other: &Sketch) -> bool {
        self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count() >= SHARED
    }
}

impl fmt::Display for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| write!(f, "{part:04x}"))
    }
}

impl FromStr for Sketch {
    type Err = String;

    fn from_str(text: &str) -> Result<Sketch, String> {
        let wrong = || format!("{} hexadecimal digits are expected", LENGTH * 4);
        if text.len() != LENGTH * 4 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut parts = [0; LENGTH];
        for (at, part) in parts.iter_mut().enumerate() {
            let digits = text.get(at * 4..at * 4 + 4).ok_or_else(wrong)?;
            *part = u16::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Sketch(parts))
    }
}

impl Serialize for Sketch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sketch, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// 64-bit FNV-1a: the same on every machine.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Spreads every bit over the whole number (the end of SplitMix64).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_word_is_similar_and_another_message_is_not() {
        let known =
            Sketch::of("The mailbox of <MAIL> is on hold and cannot be archived before the hold of <N> days ends");
        let changed =
            Sketch::of("The mailbox of <MAIL> is on hold and cannot be archived until the hold of <N> days ends");
        let other = Sketch::of("No seat is left for <MAIL> in the plan of your company, ask sales for more of them");
        assert!(known.is_similar(&known) && known.is_similar(&changed) && !known.is_similar(&other));
    }

    #[test]
    fn it_is_written_and_read_and_holds_no_word() {
        let sketch = Sketch::of("depot <NAME> unknown");
        assert_eq!(sketch.to_string().parse(), Ok(sketch.clone()));
        assert!(sketch.to_string().bytes().all(|b| b.is_ascii_hexdigit()));
        assert!("12".parse::<Sketch>().is_err() && "é".repeat(32).parse::<Sketch>().is_err());
    }
}
