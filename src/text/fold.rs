//! A text as it is compared: one letter in two spellings of its accent is one letter.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// With accents in the letters that carry them, as most keyboards write them.
#[inline]
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// The same in small letters, as logins are compared; most are so already.
pub fn folded(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(composed(text).to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c9_one_letter_in_two_spellings_is_one_letter() {
        assert_eq!(folded("Jose\u{301}@Example.com"), "josé@example.com");
        assert_eq!(composed("Jose\u{301}"), composed("José"));
        assert_ne!(composed("Jose"), composed("José"));
        assert!(matches!(folded("ann@example.com"), Cow::Borrowed(_)));
    }
}
