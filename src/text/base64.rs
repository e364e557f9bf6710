//! Text that stands in another text in base64.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The text that a run holds in base64, if it is text.
pub fn decoded(run: &str) -> Option<String> {
    let bare = run.trim_end_matches('=');
    if bare.len() < 12 || bare.len() % 4 == 1 {
        return None;
    }
    let bytes = STANDARD_NO_PAD.decode(bare).or_else(|_| URL_SAFE_NO_PAD.decode(bare)).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let odd = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')).count();
    // Twelve bytes of chance are hardly ever all printable ASCII.
    let strange = text.chars().filter(|c| !c.is_ascii() && !c.is_alphabetic()).count();
    (odd == 0 && strange * 8 <= text.len()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn only_what_holds_text_is_opened() {
        assert_eq!(decoded("cXVlbnRpbi56YXJrb3Y=").as_deref(), Some("quentin.zarkov"));
        assert_eq!(decoded("SystemForCrossDomainIdentityManagement"), None);
        assert_eq!(decoded("YWJj"), None);
    }
}
