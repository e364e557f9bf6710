//! What a text must hold for a regular expression to match.
//!
//! Most patterns are about something else than most failures. Where there are many failures, one search for a
//! few words of each pattern spares them nearly all patterns.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::compile::{Alternative, Pattern};
use super::model::Place;

/// Shorter words stand in too many texts.
const SHORTEST: usize = 3;
/// Most words of one pattern.
const MOST: usize = 24;

/// The words of all alternatives that ask for patterns in the message or the remote words.
pub(super) struct Needed {
    automaton: AhoCorasick,
    alternatives: Vec<usize>,
}

impl Needed {
    /// Those of these alternatives.
    pub(super) fn of(alternatives: &[Alternative]) -> Option<Needed> {
        let words = alternatives.iter().map(of_alternative).enumerate();
        let words = words.flat_map(|(at, words)| words.unwrap_or_default().into_iter().map(move |word| (at, word)));
        let (alternatives, words): (Vec<usize>, Vec<String>) = words.unzip();
        // Quick to make, and texts are short.
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(words).ok()?;
        Some(Needed { automaton, alternatives })
    }

    /// Of each word, the position of the alternative that holds only with one of its words.
    pub(super) fn alternatives(&self) -> &[usize] {
        &self.alternatives
    }

    /// The words in a text in small letters.
    pub(super) fn find(&self, text: Option<&str>) -> impl Iterator<Item = usize> {
        let found = text.into_iter().flat_map(|text| self.automaton.find_overlapping_iter(text));
        found.map(|word| word.pattern().as_usize())
    }
}

/// Words without which none of the patterns that an alternative asks for in a text matches.
fn of_alternative(alternative: &Alternative) -> Option<Vec<String>> {
    // Fields of a record are not brought into small letters.
    let mut of_texts = alternative.regexes.iter().filter(|(place, _)| !matches!(place, Place::Field(_)));
    of_texts.find_map(|(_, patterns)| {
        let words = patterns.iter().map(Pattern::words).collect::<Option<Vec<_>>>();
        words.map(|words| words.concat())
    })
}

/// Words in small letters, one of which is in every text in small letters that the pattern matches; nothing if
/// there are no such words.
pub(super) fn words(pattern: &str) -> Option<Vec<String>> {
    // Where only letters of ASCII have two cases, a text in small letters has the words of a match in small letters.
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    let parsed = pattern.is_ascii().then(|| parser.parse(pattern).ok())??;
    of(&parsed)
}

fn of(part: &Hir) -> Option<Vec<String>> {
    match part.kind() {
        HirKind::Capture(inner) => of(&inner.sub),
        HirKind::Repetition(inner) if inner.min > 0 => of(&inner.sub),
        HirKind::Concat(parts) => best(parts),
        HirKind::Alternation(parts) => {
            let words = parts.iter().map(of).collect::<Option<Vec<_>>>()?.concat();
            (words.len() <= MOST).then_some(words)
        }
        _ => letters(part).and_then(word_of),
    }
}

/// The words of one of these parts, or of letters that follow each other: those that fewest texts will have.
fn best(parts: &[Hir]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut word = Vec::new();
    for part in parts {
        match letters(part) {
            Some(letters) => word.extend(letters),
            None => {
                found.push(word_of(std::mem::take(&mut word)));
                found.push(of(part));
            }
        }
    }
    found.push(word_of(word));
    let shortest = |words: &Vec<String>| words.iter().map(String::len).min();
    found.into_iter().flatten().max_by_key(|words| (shortest(words), usize::MAX - words.len()))
}

fn word_of(letters: Vec<u8>) -> Option<Vec<String>> {
    let word = String::from_utf8(letters).ok()?;
    (word.len() >= SHORTEST).then(|| vec![word])
}

/// What stands there in any case, in small letters.
fn letters(part: &Hir) -> Option<Vec<u8>> {
    match part.kind() {
        HirKind::Literal(literal) => Some(literal.0.to_ascii_lowercase()),
        HirKind::Class(Class::Bytes(class)) => {
            let mut bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let letter = bytes.next()?.to_ascii_lowercase();
            bytes.all(|other| other.to_ascii_lowercase() == letter).then(|| vec![letter])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::strategy::{Strategy as _, ValueTree as _};
    use proptest::string::string_regex;
    use proptest::test_runner::TestRunner;

    use super::*;
    use crate::rules::Library;

    #[test]
    fn the_longest_words_that_no_match_is_without() {
        for (pattern, wanted) in [
            ("Throttl", Some(vec!["throttl"])),
            (r"\b429\b", Some(vec!["429"])),
            ("(match|filter|search)[^.]{0,80}extensionAttribute1?[0-9]", Some(vec!["extensionattribute"])),
            ("(stopped|timed out)", Some(vec!["stopped", "timed out"])),
            ("(user ){2,}", Some(vec!["user "])),
            // One of them does not name a word, so the text need not have any.
            ("(stopped|[a-z]+)", None),
            ("(?i)St[ao]pped (?i:ALL)", Some(vec!["pped all"])),
            ("(?i)(too ?many|.)requests", Some(vec!["requests"])),
            ("(user )*", None),
            ("ab", None),
            ("größe", None),
            ("(", None),
        ] {
            let words = words(pattern);
            let words: Option<Vec<&str>> = words.as_ref().map(|words| words.iter().map(String::as_str).collect());
            assert_eq!(words, wanted, "{pattern}");
        }
    }

    #[test]
    fn no_text_that_a_pattern_of_the_library_matches_is_without_its_words() {
        let (library, _) = Library::load(&[]);
        let patterns = library.matcher.alternatives.iter().flat_map(|alternative| &alternative.regexes);
        let mut runner = TestRunner::deterministic();
        let mut tried = 0;
        for pattern in patterns.flat_map(|(_, patterns)| patterns) {
            // Texts cannot be made up for patterns with anchors.
            let unanchored = pattern.source().replace(r"\b", "");
            let (Some(words), Ok(texts)) = (words(pattern.source()), string_regex(&unanchored)) else { continue };
            for _ in 0..20 {
                let text = texts.new_tree(&mut runner).unwrap().current();
                if pattern.find(&text).is_some() {
                    let text = text.to_lowercase();
                    assert!(words.iter().any(|word| text.contains(word)), "{} {words:?} {text}", pattern.source());
                    tried += 1;
                }
            }
        }
        assert!(tried > 1_000, "{tried}");
    }
}
