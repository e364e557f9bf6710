//! How much of an input is taken, so that no file can fill the memory or be read for ever.

/// Decompressed bytes that one input may have.
const UNPACKED: u64 = 64 << 30;
/// After this many decompressed bytes the ratio is looked at.
const RATIO_FROM: u64 = 64 << 20;
/// Decompressed bytes for one compressed byte; logs compress 8 to 20 times.
const MAX_RATIO: u64 = 200;

/// Most that is taken of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one record, as it is written in the input. Typical ones have a few thousand.
    pub record: usize,
    /// Bytes to which a compressed input may unpack, if somebody said so. Otherwise it is stopped where a
    /// log would be: far beyond what disks hold, or where it is packed as no log can be.
    pub unpacked: Option<u64>,
}

impl Limits {
    /// What holds unless somebody says otherwise.
    pub const USUAL: Limits = Limits { record: 16 << 20, unpacked: None };

    /// Longest record that can be read at all: places in it are counted in 32 bits.
    pub const LONGEST_RECORD: usize = 1 << 30;

    /// Whether that many decompressed bytes for so many compressed ones are no log.
    pub(super) fn is_too_much(self, unpacked: u64, packed: impl FnOnce() -> u64) -> bool {
        match self.unpacked {
            Some(most) => unpacked > most,
            None => unpacked > UNPACKED || (unpacked > RATIO_FROM && unpacked / packed().max(1) > MAX_RATIO),
        }
    }

    /// What is said where it is too much.
    pub fn words(self) -> &'static str {
        match self.unpacked {
            Some(_) => "it unpacks to more than --max-input allows",
            None => {
                "it unpacks to far more than a log would (over 200 to 1, or over 64 GiB); if it is one, --max-input says how much of it is read"
            }
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::USUAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b5_what_unpacks_like_no_log_is_too_much_unless_somebody_allows_it() {
        let usual = |unpacked, packed| Limits::USUAL.is_too_much(unpacked, || packed);
        assert!(!usual(RATIO_FROM, 1) && usual(RATIO_FROM + 1, 1));
        assert!(!usual(UNPACKED, UNPACKED / 20) && usual(UNPACKED + 1, UNPACKED / 20));
        let allowed = Limits { unpacked: Some(UNPACKED * 2), ..Limits::USUAL };
        assert!(!allowed.is_too_much(UNPACKED * 2, || 1) && allowed.is_too_much(UNPACKED * 2 + 1, || UNPACKED));
    }
}
