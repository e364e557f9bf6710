//! JSON as logs contain it, read into an arena.
//!
//! Why not `serde_json`: a log record must be kept when one string in it holds broken UTF-8 or a
//! lone surrogate (a vendor cut a message inside an emoji), ids of thirty digits must stay text,
//! the last of two equal keys must win, Microsoft's published samples have trailing commas, and
//! nesting must be limited even in parts nobody reads. Each of those is an error or a silent
//! change there. Everything lives in one arena per record, so a value is `Copy` and costs no free.

mod parse;
pub mod scan;

use bumpalo::Bump;

pub use parse::{Failure, Parsed, parse};

/// Nesting that is read; deeper records are refused. The same number as `serde_json`'s.
pub const MAX_DEPTH: usize = 127;

/// One JSON value. Numbers keep the text they were written with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// The digits as they stand in the text.
    Number(&'a str),
    /// A string with its escapes resolved.
    String(&'a str),
    /// An array.
    Array(&'a [Json<'a>]),
    /// An object: keys in the order of the text; of equal keys the last one counts.
    Object(&'a [(&'a str, Json<'a>)]),
}

impl<'a> Json<'a> {
    /// The value under `key`: exactly spelled, else ignoring case, `_`, `.`, spaces and `-`, since
    /// transports rewrite `eventType` as `eventtype`, `event_type` or `EventType`.
    pub fn get(self, key: &str) -> Option<Json<'a>> {
        let Json::Object(fields) = self else { return None };
        fields
            .iter()
            .rev()
            .find(|(name, _)| *name == key)
            .or_else(|| fields.iter().rev().find(|(name, _)| same_key(name, key)))
            .map(|(_, value)| *value)
    }

    /// Whether the object has `key` with a value other than null.
    pub fn has(self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value != Json::Null)
    }

    /// The value at a path such as `debugContext.debugData.appname`. Keys that contain a dot
    /// themselves are found too.
    pub fn path(self, path: &str) -> Option<Json<'a>> {
        if let Some(found) = self.get(path) {
            return Some(found);
        }
        path.match_indices('.').find_map(|(at, _)| self.get(path.get(..at)?)?.path(path.get(at + 1..)?))
    }

    /// The text of a string, number or boolean; `None` for what means "nothing": null, missing,
    /// and the words exporters write for it.
    pub fn text(self) -> Option<&'a str> {
        let text = match self {
            Json::String(text) | Json::Number(text) => text,
            Json::Bool(true) => "true",
            Json::Bool(false) => "false",
            _ => return None,
        };
        is_something(text).then_some(text)
    }

    /// Shorthand for `get(key).and_then(text)`.
    pub fn str(self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(Json::text)
    }

    /// Shorthand for `path(path).and_then(text)`.
    pub fn str_at(self, path: &str) -> Option<&'a str> {
        self.path(path).and_then(Json::text)
    }

    /// The elements of an array; of anything else the value itself as the only element (vendors
    /// write one object where their documentation says a list); nothing for null.
    pub fn items(&self) -> &[Json<'a>] {
        match self {
            Json::Array(items) => items,
            Json::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The fields of an object; none for anything else.
    pub fn fields(self) -> &'a [(&'a str, Json<'a>)] {
        match self {
            Json::Object(fields) => fields,
            _ => &[],
        }
    }

    /// A whole number, also when it is written as text.
    pub fn integer(self) -> Option<i64> {
        self.text()?.trim().parse().ok()
    }

    /// If this is a string that holds a JSON object or array, that value; otherwise itself.
    pub fn unfolded(self, arena: &'a Bump) -> Json<'a> {
        let Json::String(text) = self else { return self };
        match text.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => parse(text.trim().as_bytes(), arena).map_or(self, |parsed| parsed.value),
            _ => self,
        }
    }

    /// Like [`Json::get`], with JSON inside a string taken apart.
    pub fn open(self, key: &str, arena: &'a Bump) -> Option<Json<'a>> {
        self.get(key).map(|value| value.unfolded(arena))
    }
}

/// The words that exporters write for "no value".
fn is_something(text: &str) -> bool {
    !matches!(
        text.trim(),
        "" | "null" | "<null>" | "None" | "none" | "NULL" | "unknown" | "Unknown" | "Not Available" | "-" | "undefined"
    )
}

fn same_key(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        text.bytes()
            .filter(|c| !matches!(c, b'_' | b'.' | b' ' | b'-'))
            .map(|c| c.to_ascii_lowercase())
            .collect::<Vec<u8>>()
    };
    // Lengths differ by the separators only, so most keys are told apart without looking at letters.
    if a.len().abs_diff(b.len()) > 6
        || !a.bytes().next().zip(b.bytes().next()).is_some_and(|(x, y)| x.eq_ignore_ascii_case(&y))
    {
        return false;
    }
    letters(a) == letters(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_the_spelling_of_every_transport() {
        let arena = Bump::new();
        for key in ["eventType", "eventtype", "event_type", "EventType", "event.type"] {
            let text = format!(r#"{{"{key}":"x"}}"#);
            let value = parse(text.as_bytes(), &arena).unwrap().value;
            assert_eq!(value.str("eventType"), Some("x"), "{key}");
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        let arena = Bump::new();
        let value = parse(br#"{"a":1,"a":2}"#, &arena).unwrap().value;
        assert_eq!(value.str("a"), Some("2"));
    }

    #[test]
    fn paths_reach_into_objects_and_dotted_keys() {
        let arena = Bump::new();
        let value = parse(br#"{"a":{"b.c":{"d":"x"}}}"#, &arena).unwrap().value;
        assert_eq!(value.str_at("a.b.c.d"), Some("x"));
    }

    #[test]
    fn json_inside_a_string_is_opened() {
        let arena = Bump::new();
        let value = parse(br#"{"a":"{\"b\":[1]}"}"#, &arena).unwrap().value;
        assert_eq!(value.open("a", &arena).unwrap().get("b").unwrap().items().len(), 1);
    }
}
