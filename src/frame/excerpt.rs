//! What is shown of a record that cannot be read.

use crate::text::{sanitize, secret};

/// Bytes in front of a place in which the name of a secret may stand.
const BEFORE: usize = 128;
/// Bytes behind what is shown in which a secret may end.
const BEHIND: usize = 512;

/// Whether more bytes behind these would not change the excerpt.
pub(super) fn is_whole(bytes: &[u8], at: usize, longest: usize) -> bool {
    let behind = bytes.get(at..).unwrap_or_default();
    behind.len() >= longest + BEHIND || behind.contains(&b'\n')
}

/// So many characters of the line from a place on. Secrets are looked for in more than that: a token of which the end
/// was cut off has no shape any more, and neither has a password whose name stands in front of the place.
pub(super) fn excerpt(bytes: &[u8], at: usize, longest: usize) -> String {
    let (before, behind) = bytes.split_at_checked(at).unwrap_or((bytes, &[]));
    let before = before.get(before.len().saturating_sub(BEFORE)..).unwrap_or_default();
    let line = behind.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.get(..line.len().min(longest + BEHIND)).unwrap_or_default();
    let before = String::from_utf8_lossy(before);
    let text = format!("{before}{}", String::from_utf8_lossy(line));
    let shown: String = secret::mask_from(&text, before.len()).chars().take(longest).collect();
    sanitize::line(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn a_secret_is_masked_before_it_is_cut() {
        let line = br#"{"password":"Hunter2xx9", broken token=ghp_abcdefghijklmnopqrstuvwxyz0123456789"#;
        assert_eq!(excerpt(line, 26, 30), "broken token=‹secret›");
        assert_eq!(excerpt(line, 26, 12), "broken token");
        assert_eq!(excerpt(line, 16, 20), "‹secret›\", broken to");
        assert_eq!(excerpt(b"one\ntwo", 0, 40), "one");
        assert_eq!(excerpt(b"one", 9, 40), "");
    }
}
