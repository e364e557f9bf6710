//! A text as it is searched: small letters, accents composed, each run of white space one space; with the
//! way back to where each byte came from.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::fold::composed;

/// A folded text.
#[derive(Debug)]
pub struct Folded<'t> {
    /// What is searched.
    pub text: Cow<'t, str>,
    /// Of each byte of the folded text, and of its end, where it came from; `None` if nothing moved.
    from: Option<Vec<u32>>,
}

impl<'t> Folded<'t> {
    /// Folds a text. ASCII is left as it is where only its case differs, which searches ignore.
    pub fn of(text: &'t str) -> Folded<'t> {
        let spaced = text.as_bytes().windows(2).any(|pair| matches!(pair, [b' ', b' ']))
            || text.bytes().any(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0xb | 0xc));
        if text.is_ascii() && !spaced {
            return Folded { text: Cow::Borrowed(text), from: None };
        }
        let mut folded = String::with_capacity(text.len());
        let mut from: Vec<u32> = Vec::with_capacity(text.len() + 1);
        let mut chars = text.char_indices().peekable();
        let mut put = |folded: &mut String, c: char, at: usize| {
            folded.push(c);
            from.resize(folded.len(), u32::try_from(at).unwrap_or(u32::MAX));
        };
        while let Some((at, c)) = chars.next() {
            if c.is_whitespace() {
                while chars.next_if(|(_, next)| next.is_whitespace()).is_some() {}
                put(&mut folded, ' ', at);
                continue;
            }
            let mut cluster = String::from(c);
            while let Some((_, mark)) = chars.next_if(|(_, next)| is_combining_mark(*next)) {
                cluster.push(mark);
            }
            let composed: String = if cluster.is_ascii() { cluster } else { cluster.nfc().collect() };
            composed.chars().flat_map(small).for_each(|c| put(&mut folded, c, at));
        }
        from.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        Folded { text: Cow::Owned(folded), from: Some(from) }
    }

    /// Where a part of the folded text came from.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        match &self.from {
            None => range,
            Some(from) => {
                let place = |at: usize| from.get(at).map_or(0, |at| *at as usize);
                place(range.start)..place(range.end)
            }
        }
    }
}

/// A value as it is looked for in a folded text: composed (NFC), without spaces around it, in small letters,
/// each run of white space one space.
pub fn normal(value: &str) -> String {
    let composed = composed(value.trim());
    let mut out = String::with_capacity(composed.len());
    for word in composed.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        // Small letters of each character alone, as the search folds texts: the standard library's
        // `str::to_lowercase` makes a sigma at the end of a word another letter.
        out.extend(word.chars().flat_map(small));
    }
    out
}

/// A character in small letters; `σ` and `ς` are the same to those who type names.
fn small(c: char) -> impl Iterator<Item = char> {
    let c = if c == 'ς' { 'σ' } else { c };
    c.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value_are_one() {
        assert_eq!(normal("  Ann\tLEE "), "ann lee");
        assert_eq!(normal("Jose\u{301} Ñ"), normal("josé ñ"));
        assert_eq!(normal("ΣΟΦΟΣ"), normal("σοφος"));
    }

    #[test]
    fn what_is_found_is_found_where_it_was() {
        let text = "x  JOSE\u{301}\r\n  Núñez y";
        let folded = Folded::of(text);
        assert_eq!(folded.text, "x josé núñez y");
        let at = folded.text.find("josé núñez").unwrap();
        let range = folded.original(at..at + "josé núñez".len());
        assert_eq!(&text[range], "JOSE\u{301}\r\n  Núñez");
    }

    #[test]
    fn any_text_maps_to_whole_characters() {
        proptest::proptest!(|(text: String)| {
            let folded = Folded::of(&text);
            for (at, c) in folded.text.char_indices() {
                let range = folded.original(at..at + c.len_utf8());
                proptest::prop_assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
                proptest::prop_assert!(range.start <= range.end);
            }
        });
    }
}
