//! Texts inside texts: URL-encoded and base64. They are opened, treated, and closed again.

use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use regex::Regex;

use crate::text::base64::decoded;

/// How deep texts inside texts are opened.
pub(super) const DEPTH: usize = 3;

/// How a part of a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Percent,
    Base64,
}

/// A part of a text that holds another text.
#[derive(Clone, Debug)]
pub(super) struct Enclosed {
    pub(super) range: Range<usize>,
    pub(super) coding: Coding,
    pub(super) text: String,
}

/// A run that is URL-encoded in at least one place, and one that may be base64.
static RUNS: LazyLock<Option<(Regex, Regex)>> = LazyLock::new(|| {
    let percent = Regex::new(r#"[^\s%"'<>‹›\\]*(?:%[0-9A-Fa-f]{2}[^\s%"'<>‹›\\]*)+"#).ok()?;
    let base64 = Regex::new(r"[A-Za-z0-9+/_-]{12,}={0,2}").ok()?;
    Some((percent, base64))
});

/// Whether the patterns can be used.
pub(super) fn is_ready() -> bool {
    RUNS.is_some()
}

/// The texts that a text encloses, none within another.
pub(super) fn enclosed(text: &str) -> Vec<Enclosed> {
    let Some((percent, base64)) = RUNS.as_ref() else { return Vec::new() };
    let mut found: Vec<Enclosed> = Vec::new();
    if text.contains('%') {
        for run in percent.find_iter(text).filter(|run| !run.as_str().contains("://")) {
            if let Some(inner) = unescaped(run.as_str()) {
                found.push(Enclosed { range: run.range(), coding: Coding::Percent, text: inner });
            }
        }
    }
    for run in base64.find_iter(text) {
        let overlaps = found.iter().any(|one| one.range.start < run.end() && run.start() < one.range.end);
        // Words are base64 too, of bytes that make no text.
        if !overlaps && let Some(inner) = decoded(run.as_str()) {
            found.push(Enclosed { range: run.range(), coding: Coding::Base64, text: inner });
        }
    }
    found.sort_by_key(|one| one.range.start);
    found
}

/// Writes a text as the one that it takes the place of was written.
pub(super) fn closed(text: &str, coding: Coding, before: &str) -> String {
    match coding {
        Coding::Percent => escaped(text),
        Coding::Base64 => {
            let (safe, padded) = (before.contains(['-', '_']), before.ends_with('='));
            match (safe, padded) {
                (false, true) => STANDARD.encode(text),
                (false, false) => STANDARD_NO_PAD.encode(text),
                (true, true) => URL_SAFE.encode(text),
                (true, false) => URL_SAFE_NO_PAD.encode(text),
            }
        }
    }
}

/// A text without `%22`; `None` if that leaves no text. What is no escape stays as it is.
pub(super) fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = match (first, after) {
            (b'%', [a, b, ..]) => char::from(*a).to_digit(16).zip(char::from(*b).to_digit(16)),
            _ => None,
        };
        match code.and_then(|(a, b)| u8::try_from(a << 4 | b).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// A text with everything as `%22` that may not stand in an address as it is.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'?' | b'&' | b'=' | b'+' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_can_be_closed() {
        let text = "see eyJ1c2VyIjoiYW5uIn0= and %7B%22a%22%3A1%7D but not SystemForCrossDomainIdentityManagement";
        let found = enclosed(text);
        let texts: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, [r#"{"user":"ann"}"#, r#"{"a":1}"#]);
        for one in &found {
            assert_eq!(closed(&one.text, one.coding, &text[one.range.clone()]), text[one.range.clone()]);
        }
    }

    #[test]
    fn any_text_survives_both_ways() {
        proptest::proptest!(|(text: String)| {
            proptest::prop_assert_eq!(unescaped(&escaped(&text)), Some(text));
        });
    }
}
