//! The reader of JSON and the standard one agree: on what is JSON, but for the leniencies that
//! [`provlens::json::parse`] lists, and on every value.

use bumpalo::Bump;
use provlens::json::{Found, Json, Reader, parse};
use serde_json::Value;

pub(crate) fn run(data: &[u8]) {
    let arena = Bump::new();
    let ours = parse(data, &arena).ok();
    let strict = serde_json::from_slice::<Value>(data).ok();
    if let Some(theirs) = &strict {
        assert_eq!(ours.map(standard).as_ref(), Some(theirs), "what the standard takes is taken, as the same");
    }
    let Some(value) = ours else { return };
    // What is taken beyond the standard is what it would take if the lenient places were written by the rules.
    let mended = mended(data);
    match serde_json::from_str::<Value>(&mended) {
        Ok(theirs) => assert_eq!(standard(value), theirs, "{mended}"),
        Err(error) => panic!("taken, and no leniency explains it: {error}: {mended}"),
    }
    // Looked up in place, it is the same as copied.
    let trimmed = data.trim_ascii();
    let mut reader = Reader::default();
    let Found::Value(found) = reader.read(trimmed, 0) else { panic!("parsed, and yet not read") };
    assert_eq!(found.end, trimmed.len());
    assert_eq!(format!("{:?}", reader.json(trimmed, &arena)), format!("{value:?}"));
}

/// The value as the standard library has it. A number that fits none of its numbers is 0 here.
fn standard(value: Json<'_>) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => flag.into(),
        Json::Number(digits) => serde_json::from_str(digits).unwrap_or_else(|_| 0.into()),
        Json::String(text) => text.into(),
        Json::Array(items) => items.iter().map(standard).collect(),
        Json::Object(fields) => {
            Value::Object(fields.iter().map(|(key, inner)| (key.to_owned(), standard(inner))).collect())
        }
    }
}

/// The same text with every lenient place written by the rules: no comma before a bracket, no control character and no
/// half of a surrogate pair inside a text, UTF-8, and no number that is too large.
fn mended(data: &[u8]) -> String {
    let text = String::from_utf8_lossy(data.trim_ascii()).into_owned();
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => {
                let length = quoted(rest);
                out.push_str(&mended_text(&rest[..length]));
                length
            }
            ',' => {
                let behind = rest[1..].trim_start_matches([' ', '\n', '\r', '\t']);
                if !behind.starts_with([']', '}']) {
                    out.push(',');
                }
                1
            }
            '-' | '0'..='9' => {
                let length =
                    rest.find(|c: char| !matches!(c, '0'..='9' | 'e' | 'E' | '+' | '-' | '.')).unwrap_or(rest.len());
                let number = &rest[..length];
                let too_large = serde_json::from_str::<Value>(number)
                    .is_err_and(|error| error.to_string().starts_with("number out of range"));
                out.push_str(if too_large { "0" } else { number });
                length
            }
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

/// Bytes of the text in quotes at the start.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        if letter == '"' && !escaped {
            return at + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    rest.len()
}

/// A text in quotes without control characters and halves of pairs.
fn mended_text(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(unit) = unit(rest) {
            let pair = unit_pair(unit, rest);
            let is_half = (0xd800..0xe000).contains(&unit) && !pair;
            let length = if pair { 12 } else { 6 };
            out.push_str(if is_half { "\u{fffd}" } else { &rest[..length] });
            rest = &rest[length..];
        } else if first == '\\' && rest.len() > 1 {
            let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        } else {
            match first {
                '\u{0}'..='\u{1f}' if first != '\n' => out.push_str(&format!("\\u{:04x}", first as u32)),
                first => out.push(first),
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// The number of the `\uXXXX` at the start.
fn unit(rest: &str) -> Option<u32> {
    let digits = rest.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Whether it is the first half of a pair whose second one follows.
fn unit_pair(first: u32, rest: &str) -> bool {
    (0xd800..0xdc00).contains(&first)
        && rest.get(6..).and_then(unit).is_some_and(|second| (0xdc00..0xe000).contains(&second))
}
