//! Whether a value can be a secret. Logs talk about passwords and tokens all day; what they say of them is
//! what somebody needs to read.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::shape::Hit;

/// Whether this is what somebody wrote in place of a value.
pub fn is_placeholder(value: &str) -> bool {
    const WORDS: [&str; 22] = [
        "null",
        "<null>",
        "none",
        "nil",
        "true",
        "false",
        "undefined",
        "empty",
        "redacted",
        "[redacted]",
        "<redacted>",
        "hidden",
        "masked",
        "filtered",
        "[filtered]",
        "hidden_due_to_security_reasons",
        "unchanged",
        "n/a",
        "not available",
        "not set",
        "string",
        "masked value",
    ];
    // What goes on behind it is no part of it.
    let value = value.trim().trim_end_matches([':', ',', ';', '!']);
    value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '•' | '.' | '-' | '#'))
        || WORDS.iter().any(|word| word.eq_ignore_ascii_case(value))
}

/// Words that logs say of a password or token, where its value could stand.
const SAID: [&str; 74] = [
    "is",
    "was",
    "are",
    "has",
    "had",
    "does",
    "did",
    "do",
    "must",
    "may",
    "can",
    "cannot",
    "can't",
    "could",
    "should",
    "shall",
    "will",
    "would",
    "not",
    "no",
    "in",
    "on",
    "of",
    "for",
    "from",
    "to",
    "the",
    "this",
    "that",
    "too",
    "at",
    "with",
    "by",
    "or",
    "and",
    "invalid",
    "valid",
    "expired",
    "expires",
    "required",
    "requires",
    "missing",
    "wrong",
    "incorrect",
    "failed",
    "failure",
    "error",
    "changed",
    "change",
    "reset",
    "set",
    "sync",
    "updated",
    "update",
    "rejected",
    "accepted",
    "denied",
    "unknown",
    "empty",
    "found",
    "length",
    "minimum",
    "maximum",
    "policy",
    "please",
    "user",
    "users",
    "account",
    "enabled",
    "disabled",
    "success",
    "field",
    "attribute",
    "your",
];

/// Words behind `Bearer` and the like that are about tokens, not tokens.
const SCHEME_WORDS: [&str; 27] = [
    "authentication",
    "authorization",
    "authenticate",
    "challenge",
    "credential",
    "credentials",
    "endpoint",
    "expired",
    "failed",
    "followed",
    "format",
    "header",
    "headers",
    "information",
    "invalid",
    "method",
    "methods",
    "missing",
    "provided",
    "profile",
    "rejected",
    "required",
    "scheme",
    "settings",
    "string",
    "support",
    "tokens",
];

fn is_one_of(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Small letters with at most a capital in front, as a word of a sentence has.
fn is_plain_word(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_alphabetic)
        && letters.all(|c| c.is_lowercase() || matches!(c, '\'' | '’' | '-'))
}

/// Whether the value behind a name such as `password` is one, not what is said of it: quoted texts unless
/// they are sentences about it; behind `=` anything but a few words; behind `:` a word only if it ends
/// the line.
pub(super) fn is_value(hit: &Hit<'_>) -> bool {
    let value = hit.value.trim();
    if value.is_empty() || is_placeholder(value) {
        return false;
    }
    let sign = hit.before.trim_end();
    if is_quoted(sign) {
        let mut words = value.split_whitespace();
        let is_sentence = value.contains(char::is_whitespace)
            && words.any(|word| is_one_of(&SAID, word.trim_matches(|c: char| !c.is_alphanumeric())));
        return !(is_sentence || is_plain_word(value) && is_one_of(&SAID, value));
    }
    let word = value.trim_end_matches(['.', '!', '?', ':']);
    if is_one_of(&SAID, word) || value.chars().nth(2).is_none() {
        return false;
    }
    if sign.ends_with(':') && is_plain_word(word) {
        let rest = hit.after.split(['\r', '\n']).next().unwrap_or_default();
        return rest.trim_matches(['"', '\'', '\\', '}', ']', ')', ' ', '.', ',']).is_empty();
    }
    true
}

/// Whether a quote stands at the end, in any writing, or what begins an element of XML.
fn is_quoted(before: &str) -> bool {
    const WRITTEN: [&str; 8] = ["&quot;", "&#34;", "&#39;", "&apos;", "%22", "%27", "u0022", "u0027"];
    let is_element = before.ends_with('>') && !before.ends_with("=>");
    is_element || before.ends_with(['"', '\'']) || WRITTEN.iter().any(|quote| before.ends_with(quote))
}

/// Whether the value behind a name that is also a word (`pass`) is one: neither a number nor a word.
pub(super) fn is_odd_value(hit: &Hit<'_>) -> bool {
    let value = hit.value.trim();
    let is_number = value.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '%' | '/'));
    let is_quoted = is_quoted(hit.before.trim_end());
    is_value(hit) && (is_quoted || !is_number) && !is_plain_word(value)
}

/// Whether the value behind `token` is one. Where a page of a list goes on is called so, too, and tells nothing.
pub(super) fn is_token(hit: &Hit<'_>) -> bool {
    const PLACES: [&str; 5] = ["skip", "delta", "page", "continuation", "sync"];
    /// The sign, its spaces and quotes.
    const SIGN: [char; 8] = ['"', '\'', '\\', '=', ':', ' ', '[', '>'];
    let before = hit.before.trim_end_matches(SIGN);
    let from = before.char_indices().rev().nth("continuation_token".len()).map_or(0, |(at, _)| at);
    let name = before.get(from..).unwrap_or_default().to_ascii_lowercase();
    let name = name.trim_end_matches("token").trim_end_matches(['_', '-']);
    let is_place = PLACES.iter().any(|place| name.ends_with(place));
    let is_guid = hit.value.contains('-') && !is_long_token(hit.value);
    is_value(hit) && !is_place && hit.value.len() >= 8 && is_mixed(hit.value) && !is_guid
}

/// Whether the value behind an authentication scheme is one.
pub(super) fn is_credential(hit: &Hit<'_>) -> bool {
    let value = hit.value.trim_end_matches(['.', ',', ':', ';', '!']);
    // `Bearer realm="x"` is what a server asks for, and `Bearer token=x` is another shape's.
    let is_name = hit.value.ends_with('=') && hit.after.starts_with(['"', '\\']);
    let word = value.trim_matches(|c: char| !c.is_alphanumeric());
    // A word that a sentence goes on behind: `authorization: rejected by the server`.
    let is_said = hit.before.trim_end().ends_with(':') && is_plain_word(value) && hit.after.starts_with(' ');
    // The scheme alone; what it is for was masked before.
    let is_scheme = without_space(hit.after).starts_with('‹');
    let is_word = is_placeholder(value) || is_one_of(&SCHEME_WORDS, word) || is_one_of(&SAID, word);
    !(is_name || is_said || is_scheme || is_word)
}

/// The same without the space in front, also as it is written in JSON and in addresses.
fn without_space(text: &str) -> &str {
    const WRITTEN: [&str; 6] = ["\\r", "\\n", "\\t", "\\f", "%20", "+"];
    let mut rest = text.trim_start();
    while let Some(behind) = WRITTEN.iter().find_map(|written| rest.strip_prefix(written)) {
        rest = behind.trim_start();
    }
    rest
}

/// Whether this is name and password in base64, perhaps cut off.
pub(super) fn is_basic(hit: &Hit<'_>) -> bool {
    let value = hit.value.trim_end_matches('=');
    let whole = value.get(..value.len() / 4 * 4).filter(|_| hit.after.is_empty()).unwrap_or(value);
    let decoded = STANDARD_NO_PAD.decode(whole).or_else(|_| URL_SAFE_NO_PAD.decode(whole));
    decoded.is_ok_and(|bytes| bytes.contains(&b':')) || (value.len() >= 16 && is_random(value))
}

/// Whether this is base64 of anything but text: a key is chance, and chance of this length is never text.
pub(super) fn is_no_text(hit: &Hit<'_>) -> bool {
    let bytes = STANDARD_NO_PAD.decode(hit.value.trim_end_matches('='));
    bytes.is_ok_and(|bytes| String::from_utf8(bytes).is_err())
}

/// Whether a list of fields follows, not a sentence.
pub(super) fn has_sign(hit: &Hit<'_>) -> bool {
    hit.value.contains('=')
        || hit.value.contains(':')
        || is_random(hit.value.split_whitespace().next().unwrap_or_default())
}

/// Letters and digits, not one character again and again: no word of a language.
pub fn is_mixed(text: &str) -> bool {
    let has = |is: fn(&char) -> bool| text.chars().any(|c| is(&c));
    has(char::is_ascii_alphabetic) && has(char::is_ascii_digit) && entropy(text) > 2.5
}

/// Whether a long run behind the word `token` is one. A GUID, with or without dashes, is the id of one.
pub(super) fn is_long_token(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_hexdigit).count();
    let is_guid = digits == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_mixed(value) && !is_guid
}

/// Whether a long run that nothing names is a token: no part of a longer id, and letters of both sizes.
pub(super) fn is_lone_token(hit: &Hit<'_>) -> bool {
    let has = |is: fn(&u8) -> bool| hit.value.bytes().any(|byte| is(&byte));
    !hit.before.ends_with(['-', '_'])
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && is_mixed(hit.value)
}

/// Whether a text looks like chance: at least 12 characters with more than 3.5 bits each.
pub fn is_random(text: &str) -> bool {
    text.chars().count() >= 12 && !text.contains(char::is_whitespace) && entropy(text) > 3.5
}

/// Bits of each character, by how often the characters occur (Shannon).
fn entropy(text: &str) -> f64 {
    let mut counts = std::collections::HashMap::new();
    let mut total = 0.0;
    for c in text.chars() {
        *counts.entry(c).or_insert(0.0) += 1.0;
        total += 1.0;
    }
    counts.values().map(|count: &f64| count / total * (total / count).log2()).sum()
}
