//! The lists of words, and what can be said of a text with them.

use std::collections::HashSet;

use regex::Regex;
use serde::Deserialize;

/// The file, as an author would look for it.
pub(super) const FILE: &str = "src/rules/lint/words.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    jargon: Jargon,
    step: Steps,
    verify: Verify,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Jargon {
    words: Vec<String>,
    names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Steps {
    verbs: HashSet<String>,
    openers: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verify {
    vague: HashSet<String>,
}

/// The lists, ready to be used.
pub(super) struct Words {
    lists: Lists,
    jargon: Regex,
    names: Regex,
}

impl Words {
    /// The lists that are part of the program; the tests prove that they can be read.
    pub(super) fn built_in() -> Result<Words, String> {
        let lists: Lists = toml::from_str(include_str!("words.toml")).map_err(|error| error.to_string())?;
        let any_of = |words: &[String], ignore_case: bool| {
            let pattern: Vec<String> = words.iter().map(|word| pattern(word, ignore_case)).collect();
            Regex::new(&format!(r"\b(?:{})\b", pattern.join("|"))).map_err(|error| error.to_string())
        };
        let (jargon, names) = (any_of(&lists.jargon.words, false)?, any_of(&lists.jargon.names, true)?);
        Ok(Words { lists, jargon, names })
    }

    /// The words of the list that a text uses, each once, in the spelling of the list.
    pub(super) fn jargon(&self, text: &str) -> Vec<&str> {
        let text = self.names.replace_all(text, "…");
        let used: HashSet<String> = self.jargon.find_iter(&text).map(|found| found.as_str().to_lowercase()).collect();
        self.lists.jargon.words.iter().map(String::as_str).filter(|word| used.contains(&word.to_lowercase())).collect()
    }

    /// Whether a step says what to do: it begins with a verb, or with where and when and a verb follows.
    pub(super) fn is_instruction(&self, step: &str) -> bool {
        let mut words = step.split_whitespace();
        let Some(first) = words.next() else { return false };
        let steps = &self.lists.step;
        if steps.verbs.contains(&bare(first)) {
            return true;
        }
        let label = step.split_once(':').is_some_and(|(label, _)| label.split_whitespace().count() <= 3);
        (label || steps.openers.contains(&bare(first))) && words.any(|word| steps.verbs.contains(&bare(word)))
    }

    /// Whether a text says nothing that one could look for.
    pub(super) fn is_vague(&self, text: &str) -> bool {
        text.split_whitespace().count() < 3
            || self.lists.verify.vague.contains(&text.trim_end_matches('.').to_lowercase())
    }
}

/// A word without the marks around it, in small letters.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// `PATCH` is jargon and `patch` a word like others; `payload` is jargon however it is written.
fn pattern(word: &str, ignore_case: bool) -> String {
    let has_capital = word.chars().any(char::is_uppercase);
    let case = if has_capital && !ignore_case { "" } else { "(?i)" };
    format!("(?:{case}{})", regex::escape(word))
}

/// Whether a text explains a word: `schema (the list of fields)`, `the list of fields (schema)`,
/// `the namespace, the part of the address that …`.
pub(super) fn explains(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    let word = word.to_lowercase();
    text.match_indices(&word).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + word.len()..).unwrap_or_default();
        let open = |text: &str| text.matches('(').count() > text.matches(')').count();
        // The bracket may follow after a word: "the schema of Okta (the list of …)".
        let near: String = after.chars().take(24).collect();
        let clause = near.split(['.', ';']).next().unwrap_or_default();
        open(before)
            || clause.contains('(')
            || [", the ", ", a ", ", an ", ", that is"].iter().any(|with| near.starts_with(with))
    })
}

/// How many sentences a text has.
pub(super) fn sentences(text: &str) -> usize {
    let mut rest = text.trim().chars().peekable();
    let mut count = 0;
    let mut open = false;
    while let Some(c) = rest.next() {
        open |= c.is_alphanumeric();
        let ends = matches!(c, '.' | '!' | '?') && rest.peek().is_none_or(|next| next.is_whitespace());
        // After "e.g. " a sentence goes on in small letters.
        let goes_on = || rest.clone().find(|next| !next.is_whitespace()).is_some_and(char::is_lowercase);
        if ends && open && !goes_on() {
            count += 1;
            open = false;
        }
    }
    count + usize::from(open)
}
