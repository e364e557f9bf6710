//! Secrets that have no shape of their own: a value whose name says that it is one, and a long run that looks
//! like chance. Both are guesses, so they are the redactor's alone; what everybody reads all day is masked by
//! shape (`text::secret`) only.

use std::cell::LazyCell;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::ids;
use crate::text::base64::decoded;
use crate::text::secret::{self, Found, Kind};

/// The words of which a name has one that may say so.
static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = ["token", "secret", "passw", "apikey", "api-key", "api_key", "api_-key", "credential"];
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
});

/// `name=value`, `name: value`, `"name":"value"`, in JSON inside JSON too; of the name what begins with its word.
static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"((?i-u:token|secret|passw|api_?-?key|credential)[^\s"'=:,;&%<>{}\[\]()\\/@‹]{0,40})"#,
        r#"(?:\\*["'])?\s*(?:=>|[=:]|%3[dD]|%3[aA])\s*\[?\s*(?:\\*["'])?([^\s"'&,;{}<>\[\]()\\‹]{12,})"#,
    ))
    .ok()
});

/// Fewer characters are no run.
const SHORTEST_RUN: usize = 38;

/// A run without spaces; `.` and `:` end it, so that no path, host or time is one.
static RUN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_=~-]{38,}").ok());

/// Tokens of Asana and Discord, which have no word to look for: they are told by their build.
static BUILT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?-u:\b)(?:[012]/[0-9]{12,18}:[0-9a-f]{32}",
        r"|[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})(?-u:\b)"
    ))
    .ok()
});

/// Whether the patterns can be used.
pub(super) fn is_ready() -> bool {
    WORDS.is_some() && PAIR.is_some() && RUN.is_some() && BUILT.is_some()
}

/// The kind of secret that a whole value is because of its name, as in `"client_secret": "…"`.
pub(super) fn named(name: &str, value: &str) -> Option<Kind> {
    let text = format!("{}:{}", super::prose::quoted(name), super::prose::quoted(value));
    let from = text.len() - super::prose::quoted(value).len() + 1;
    let covers = |one: &Found| one.range.start <= from && one.range.end + 1 >= text.len();
    let found = secret::find(&text)?.into_iter().chain(find(&text)).find(covers);
    found.map(|one| one.kind)
}

/// Secrets that are guessed.
pub(super) fn find(text: &str) -> Vec<Found> {
    // Nearly every text has neither a name that says so nor a run that is long enough.
    let is_named = WORDS.as_ref().is_none_or(|words| words.is_match(text));
    let is_long = text.len() >= SHORTEST_RUN;
    if !is_named && !is_long {
        return Vec::new();
    }
    let ids = LazyCell::new(|| ids::find(text));
    let is_id = |range: &Range<usize>| ids.iter().any(|id| id.start <= range.start && range.end <= id.end);
    let has_id = |range: &Range<usize>| ids.iter().any(|id| id.start < range.end && range.start < id.end);
    let mut found = Vec::new();
    for captures in PAIR.iter().filter(|_| is_named).flat_map(|pair| pair.captures_iter(text)) {
        let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else { continue };
        let value_text = value.as_str().trim_end_matches(['.', ',']);
        if secret::name::may_be_secret(name.as_str())
            && secret::is_random(value_text)
            && !is_prose(value_text)
            && !is_id(&value.range())
        {
            found.push(Found { kind: Kind::Named, range: value.range() });
        }
    }
    for run in RUN.iter().filter(|_| is_long).flat_map(|run| run.find_iter(text)) {
        if is_chance(run.as_str()) && !has_id(&run.range()) {
            found.push(Found { kind: Kind::Random, range: run.range() });
        }
    }
    for token in BUILT.iter().filter(|_| is_long).flat_map(|built| built.find_iter(text)) {
        if secret::is_mixed(token.as_str()) {
            found.push(Found { kind: Kind::Random, range: token.range() });
        }
    }
    secret::unmarked(text, &mut found);
    found.sort_by_key(|one| (one.range.start, one.range.end));
    found.dedup_by(|next, one| next.range.start < one.range.end);
    found
}

/// Letters alone, in words that may be joined: no token, however long.
fn is_prose(text: &str) -> bool {
    text.chars().all(|c| c.is_alphabetic() || matches!(c, '_' | '-' | '.' | '/')) && changes(text) * 3 <= text.len()
}

/// Three kinds of characters, mixed: no path (`/` between words), no name of a class, and nothing that is text in
/// base64, since that is opened and looked into.
fn is_chance(run: &str) -> bool {
    let count = |is: fn(&char) -> bool| run.chars().filter(is).count();
    let digits = count(char::is_ascii_digit);
    let (small, capital) = (count(char::is_ascii_lowercase), count(char::is_ascii_uppercase));
    let parts_are_words = run.split(['/', '-', '_', '=']).all(|part| part.len() < 20);
    digits >= 3
        && small >= 4
        && capital >= 4
        && !parts_are_words
        && secret::is_random(run)
        && changes(run) * 2 >= run.len()
        && decoded(run).is_none()
}

/// How often one character is of another kind than the one before: often in chance, seldom in words.
fn changes(run: &str) -> usize {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    run.as_bytes().windows(2).filter(|pair| matches!(pair, [a, b] if kind(*a) != kind(*b))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<&'static str> {
        find(text).iter().map(|found| found.kind.word()).collect()
    }

    #[test]
    fn names_that_say_so_and_runs_of_chance_are_found() {
        assert_eq!(kinds("scimToken=Zk3p9QmX7vRt2LwB"), ["named"]);
        assert_eq!(kinds(r#"{\"deviceSecretV2\":\"Zk3p9QmX7vRt2LwB\"}"#), ["named"]);
        assert_eq!(kinds("got Zk3p9QmX7vRt2LwBa8Nc5Yd0Hf6Gj1Ks4Te9Uv back"), ["random"]);
        assert_eq!(kinds("sent 1/1201234567890123:f09e2e8c662248b483b7ffc050fec94d in call"), ["random"]);
        assert_eq!(kinds("sent MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.9Up14PehPjPB9atpTDBMf4rpaFQ in"), ["random"]);
        assert_eq!(kinds("used 00aZk3p9QmX7vRt2LwBa8Nc5Yd0Hf6Gj1Ks4Te9Uva3 here"), ["random"]);
    }

    #[test]
    fn ids_paths_and_words_are_not() {
        for text in [
            "token=54416401-eef2-461c-8de7-385dde2b3cba",
            "tokenId: 00u18dk3t7ydOWLDg698",
            "tokenType=urn:ietf:params:oauth:token-type:access_token",
            "secret: SystemForCrossDomainIdentityManagementCredentialValidation",
            "/subscriptions/resourceGroups/providers/Microsoft/aadiam/ProvisioningLogs2026",
            "DropboxSCIMOutDelta.5611623b9128461e9d7fa0d9c270ead2.d6163622-bdf8-4b26-976f-7d573c638e2a",
            "SystemForCrossDomainIdentityManagementServiceIncompatible400",
            "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert!(find(text).is_empty(), "{text}: {:?}", kinds(text));
        }
    }
}
