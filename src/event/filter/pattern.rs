//! Comparing texts: contained, whole, with stars, by regular expression. Case never matters, nor whether an
//! accent is written in the letter or behind it.

use std::cmp::Reverse;

use memchr::memchr2_iter;
use regex::{Regex, RegexBuilder};

use super::field::Reading;
use crate::text::fold::composed;

/// Most memory that a regular expression may take once compiled; `\w{50}` needs half of it.
const MAX_COMPILED: usize = 1 << 20;
/// Deepest nesting inside a regular expression.
const MAX_NESTING: u32 = 50;

/// How a value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `word` or `"phrase"`
    Plain,
    /// `=exact`
    Exact,
    /// `*wild*`
    Wildcard,
    /// `/regex/`
    Regex,
}

/// A text to look for.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) form: Form,
    /// As written, without what stands around it.
    pub(super) text: String,
    matcher: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    /// Letters of ASCII only, in small letters; most are.
    Ascii(Needle),
    /// In small letters, and the same as an expression, for letters of which only Unicode knows the case.
    Wide(String, Regex),
    Expression(Regex),
}

impl Pattern {
    /// A pattern; the reason in one sentence if it cannot be one.
    pub(super) fn new(form: Form, text: &str, wildcard: Reading) -> Result<Pattern, String> {
        let wanted = &*composed(text);
        let matcher = match form {
            Form::Plain | Form::Exact if text.is_ascii() => Matcher::Ascii(Needle::new(text)),
            Form::Plain | Form::Exact => Matcher::Wide(wanted.to_lowercase(), compile(&regex::escape(wanted), form)?),
            Form::Wildcard => Matcher::Expression(compile(&expression(wanted, wildcard), form)?),
            Form::Regex => Matcher::Expression(compile(wanted, form)?),
        };
        Ok(Pattern { form, text: text.to_owned(), matcher })
    }

    /// Where in a text of ASCII it begins, whole or not; `None` if only [`Pattern::matches`] can tell.
    pub(super) fn places<'p>(&'p self, text: &'p str) -> Option<impl Iterator<Item = usize> + 'p> {
        match &self.matcher {
            Matcher::Ascii(needle) if !needle.small.is_empty() => Some(needle.places(text)),
            _ => None,
        }
    }

    /// Whether `text` is what is looked for.
    #[inline]
    pub(super) fn matches(&self, text: &str, reading: Reading) -> bool {
        let whole = self.form == Form::Exact || reading == Reading::Whole;
        let text = &*composed(text);
        match &self.matcher {
            Matcher::Ascii(needle) if whole => needle.is(text),
            Matcher::Ascii(needle) => needle.is_in(text),
            Matcher::Wide(small, _) if whole => text.chars().flat_map(char::to_lowercase).eq(small.chars()),
            Matcher::Wide(_, found) => found.is_match(text),
            Matcher::Expression(found) => found.is_match(text),
        }
    }
}

/// The engine is linear in the text, and its sizes are bounded, so no pattern takes long.
fn compile(pattern: &str, form: Form) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(MAX_COMPILED)
        .dfa_size_limit(MAX_COMPILED)
        .nest_limit(MAX_NESTING)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) if form == Form::Regex => {
                "the pattern between the slashes is too large".to_owned()
            }
            regex::Error::CompiledTooBig(_) => "the value is too long, or has too many stars".to_owned(),
            // The engine draws its own pointer below the pattern; its last line says what is wrong.
            error => {
                let said = error.to_string();
                let last = said.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
                format!("the pattern between the slashes cannot be used: {last}")
            }
        })
}

/// A word with stars as an expression.
fn expression(text: &str, reading: Reading) -> String {
    let parts = text.split('*').map(regex::escape);
    match reading {
        // What stands before and behind does not matter, so stars there say nothing.
        Reading::Part => format!("(?s:{})", parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".*?")),
        Reading::Whole => format!(r"(?s:\A{}\z)", parts.collect::<Vec<_>>().join(".*?")),
    }
}

/// A text of ASCII that is looked for without copying what it is looked for in.
#[derive(Clone, Debug)]
struct Needle {
    /// In small letters.
    small: Vec<u8>,
    /// Position of a byte that is rarer than others, and the byte both ways.
    rare: (usize, u8, u8),
}

impl Needle {
    fn new(text: &str) -> Needle {
        let small = text.to_ascii_lowercase().into_bytes();
        let rarity = |byte: &u8| match byte {
            b'e' | b'a' | b'o' | b'i' | b'n' | b'r' | b't' | b's' | b' ' | b'.' => 0,
            b'l' | b'c' | b'd' | b'u' | b'm' | b'p' | b'h' | b'-' => 1,
            _ => 2,
        };
        // What an id repeats is common in ids like it: those of one counter begin with the same zeros.
        let mut counts = [0; 1 << u8::BITS];
        for byte in &small {
            if let Some(count) = counts.get_mut(usize::from(*byte)) {
                *count += 1;
            }
        }
        let rarest = |byte: &u8| (rarity(byte), Reverse(counts.get(usize::from(*byte)).copied().unwrap_or(0)));
        // The first of the rarest: `max_by_key` alone would give the last.
        let at = small.iter().enumerate().rev().max_by_key(|(_, byte)| rarest(byte)).map_or(0, |(at, _)| at);
        let byte = small.get(at).copied().unwrap_or_default();
        Needle { small, rare: (at, byte, byte.to_ascii_uppercase()) }
    }

    fn is(&self, text: &str) -> bool {
        text.as_bytes().eq_ignore_ascii_case(&self.small)
    }

    #[inline]
    fn is_in(&self, text: &str) -> bool {
        self.small.is_empty() || self.places(text).next().is_some()
    }

    #[inline]
    fn places<'p>(&'p self, text: &'p str) -> impl Iterator<Item = usize> + 'p {
        let text = text.as_bytes();
        let (before, small, capital) = self.rare;
        memchr2_iter(small, capital, text).filter_map(move |at| {
            let from = at.checked_sub(before)?;
            let part = text.get(from..from + self.small.len())?;
            part.eq_ignore_ascii_case(&self.small).then_some(from)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finds(form: Form, text: &str, reading: Reading, within: &str) -> bool {
        Pattern::new(form, text, reading).unwrap().matches(within, reading)
    }

    #[test]
    fn case_does_not_matter_in_any_alphabet() {
        for (text, within) in [("LICENCE", "no licence left"), ("größe", "falsche GRÖSSE oder GRÖßE"), ("ΣΑΣ", "σας")]
        {
            assert!(finds(Form::Plain, text, Reading::Part, within), "{text}");
        }
        assert!(finds(Form::Plain, "École", Reading::Whole, "éCOLE"));
        assert!(!finds(Form::Plain, "École", Reading::Whole, "école 2"));
    }

    #[test]
    fn c9_an_accent_is_found_however_it_is_written() {
        let (one, two) = ("José", "Jose\u{301}");
        for (wanted, within) in [(one, two), (two, one), (two, two)] {
            for form in [Form::Plain, Form::Exact, Form::Wildcard, Form::Regex] {
                assert!(finds(form, wanted, Reading::Whole, within), "{form:?}");
            }
        }
        assert!(!finds(Form::Plain, "jose", Reading::Part, one) && !finds(Form::Plain, "jose", Reading::Part, two));
    }

    #[test]
    fn stars_stand_for_any_text() {
        assert!(finds(Form::Wildcard, "*sept*", Reading::Whole, "logs/okta-SEPT.jsonl"));
        assert!(finds(Form::Wildcard, "sales*", Reading::Whole, "Salesforce\nEMEA"));
        assert!(!finds(Form::Wildcard, "sales*", Reading::Whole, "my Salesforce"));
        assert!(finds(Form::Wildcard, "no*left", Reading::Part, "there is no licence left."));
        assert!(
            finds(Form::Wildcard, "a.c*", Reading::Whole, "a.cd")
                && !finds(Form::Wildcard, "a.c*", Reading::Whole, "abcd")
        );
    }

    #[test]
    fn patterns_that_would_take_too_much_are_refused() {
        for text in ["(x{1000}){1000}", "\\w{9999}", &"(".repeat(60), "(?=a)b", "(a)\\1", "a{2,1}", "[z-a]", "("] {
            let refused = Pattern::new(Form::Regex, text, Reading::Part).unwrap_err();
            assert!(refused.starts_with("the pattern between the slashes"), "{refused}");
            assert_eq!(refused.lines().count(), 1);
        }
        let stars = Pattern::new(Form::Wildcard, &"*a".repeat(4_000), Reading::Whole).unwrap_err();
        assert_eq!(stars, "the value is too long, or has too many stars");
        // What is catastrophic elsewhere is linear here.
        assert!(!finds(Form::Regex, "^(a+)+$", Reading::Part, &("a".repeat(100_000) + "!")));
    }

    proptest! {
        #[test]
        fn the_fast_way_finds_what_the_plain_way_finds(needle in "[a-cA-C ]{0,4}", text in "[a-dA-D é]{0,30}") {
            let plain = text.to_lowercase().contains(&needle.to_lowercase());
            prop_assert_eq!(finds(Form::Plain, &needle, Reading::Part, &text), plain);
        }
    }
}
