//! Words that are never searched for although somebody is called so: a person named "Support", a login
//! `admin`, a group `Everyone`. Replaced where they are somebody's name, they stay where a log uses them as
//! words; a log in which every "user" is a pseudonym helps nobody.

use std::collections::HashSet;
use std::sync::LazyLock;

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("common_words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// Whether a word, in small letters, is one that logs use anyway.
pub(super) fn is_common(word: &str) -> bool {
    COMMON.contains(word)
}

/// Whether a value, in small letters, is told from ordinary words: four letters or more, and not all of its
/// words are common ones.
pub(super) fn is_distinctive(value: &str) -> bool {
    let letters = value.chars().filter(|c| c.is_alphanumeric()).count();
    // Characters of scripts without spaces say more each.
    let dense = value.chars().filter(|c| *c >= '\u{2e80}').count();
    let mut words = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    (letters >= 4 || dense >= 2)
        && value.chars().any(char::is_alphabetic)
        && words.any(|word| !is_common(word) && !word.chars().all(|c| c.is_ascii_digit()))
}

/// Whether a value is written as somebody's whole name: two to four words with capitals, none of them one that logs
/// use.
pub(super) fn is_full_name(value: &str) -> bool {
    let is_name = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        bare.starts_with(char::is_uppercase) && !is_common(&bare.to_lowercase())
    };
    let words: Vec<&str> = value.split_whitespace().collect();
    (2..=4).contains(&words.len()) && words.into_iter().all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody whose login is `timeline` would keep every bundle from being written.
    #[test]
    fn the_names_of_the_files_in_a_bundle_are_nobody() {
        for name in [
            "attachments.md",
            "readme.md",
            "context/attempts.csv",
            "context/changes.csv",
            "events.ndjson",
            "raw/0001.ndjson",
            "redaction.json",
            "summary.json",
            "timeline.csv",
            "sha256sums",
            "manifest.json",
        ] {
            assert!(!is_distinctive(name), "{name}");
        }
    }

    #[test]
    fn common_words_alone_are_nobody() {
        for value in ["support", "admin", "it support", "service account 2", "everyone", "ann", "12345"] {
            assert!(!is_distinctive(value), "{value}");
        }
        for value in ["ann lee", "support szabo", "szabo", "李明", "anna", "x.müller"] {
            assert!(is_distinctive(value), "{value}");
        }
    }
}
