//! Display width: cutting, padding and wrapping text by columns of a terminal.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that `text` takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Whether a character is drawn over the one before it, as an accent is.
pub fn is_mark(letter: char) -> bool {
    letter.width() == Some(0)
}

/// `text` in at most `columns` columns, with `…` at the end if something was cut off.
pub fn truncate(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(1);
    let mut used = 0;
    let mut out = String::new();
    // Some signs are wider together than one by one.
    for letter in text.graphemes(true) {
        let wide = width(letter);
        if used + wide > room {
            break;
        }
        used += wide;
        out.push_str(letter);
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// `text` cut or padded on the right to exactly `columns` columns.
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = truncate(text, columns);
    let missing = columns.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// `text` padded on the left to `columns` columns; longer text is left whole.
pub fn pad_left(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{}{text}", " ".repeat(missing))
}

/// `text` broken at spaces into lines of at most `columns` columns; a longer word gets broken.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = word;
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        while line.is_empty() && width(word) > columns {
            let cut = cut_at(word, columns);
            let (head, tail) = word.split_at(cut);
            lines.push(head.to_owned());
            word = tail;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The byte position after as many letters as fit into `columns`; at least one letter.
fn cut_at(word: &str, columns: usize) -> usize {
    let mut used = 0;
    for (at, letter) in word.grapheme_indices(true) {
        used += width(letter);
        if used > columns && at > 0 {
            return at;
        }
    }
    word.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{pad, truncate, width, wrap};

    #[test]
    fn wide_letters_count_as_two_columns() {
        assert_eq!(truncate("日本語", 5), "日本…");
        assert_eq!(width(&pad("日本語", 5)), 5);
        assert_eq!(pad("ab", 4), "ab  ");
    }

    /// Letters of all widths, and signs that are wider or narrower together than one by one.
    fn text() -> impl Strategy<Value = String> {
        let odd = [
            "☺\u{fe0f}",
            "👩\u{1f3fd}",
            "🇩🇪",
            "🇩",
            "e\u{301}",
            "\u{301}",
            "日",
            "ﷺ",
            "क्षि",
            "각",
            "#\u{fe0f}\u{20e3}",
            " ",
            "x",
        ];
        let piece = prop_oneof![
            prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
            any::<char>().prop_map(String::from)
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn h4_what_is_cut_or_filled_up_is_exactly_as_wide_as_its_place(text in text(), columns in 0usize..60) {
            let text = crate::text::sanitize::line(&text);
            prop_assert!(width(&truncate(&text, columns)) <= columns);
            prop_assert_eq!(width(&pad(&text, columns)), columns);
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns.max(8), "{:?}", line);
            }
        }
    }

    #[test]
    fn long_words_are_broken() {
        assert_eq!(wrap("abcdefghijkl mn", 8), ["abcdefgh", "ijkl mn"]);
        assert_eq!(wrap("", 8), [""]);
    }
}
