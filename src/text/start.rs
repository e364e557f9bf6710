//! The start of a text, for what keeps texts of strangers: they may have megabytes.

/// As much of a text as fits into so many bytes, in whole letters.
pub fn of(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_text_ends_with_a_whole_letter() {
        assert_eq!(
            ["", "ab", "abc", "abcd", "abé", "ab😀", "é"].map(|text| of(text, 3)),
            ["", "ab", "abc", "abc", "ab", "ab", "é"]
        );
        assert_eq!(of("é", 0), "");
    }
}
