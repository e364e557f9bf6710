//! The strings of a finished JSON text, decoded, so that what is searched is what a reader of JSON sees.

use serde::de::IgnoredAny;

/// Whether a text is JSON: one value, or a value a line.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
        values.all(|value| value.is_ok())
    }
}

/// The lines of a JSON text that has an object on each, with where they begin; `None` if it is another one.
pub(super) fn lines(text: &str) -> Option<Vec<(usize, &str)>> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let from = at;
        at += line.len();
        let line = line.trim_end();
        (line.starts_with('{') && line.ends_with('}')).then_some((from, line))
    });
    lines.collect()
}

/// One string of a text.
pub(super) struct Literal {
    /// Where it stands, its quotes included.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) text: String,
    /// It is the name of a field.
    pub(super) is_key: bool,
}

/// All strings of a text that is JSON.
pub(super) fn literals(text: &str) -> Vec<Literal> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes.get(at..).and_then(|rest| memchr::memchr(b'"', rest)).map(|skip| at + skip) {
        let mut end = start + 1;
        loop {
            match bytes.get(end) {
                Some(b'\\') => end += 2,
                Some(b'"') | None => break,
                Some(_) => end += 1,
            }
        }
        let to = (end + 1).min(bytes.len());
        let after = bytes.get(to..).unwrap_or_default().iter().find(|byte| !byte.is_ascii_whitespace());
        if let Some(decoded) = text.get(start..to).and_then(|part| serde_json::from_str(part).ok()) {
            found.push(Literal { from: start, to, text: decoded, is_key: after == Some(&b':') });
        }
        at = to;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_from_one_value_over_several() {
        assert_eq!(lines("{\"a\":1}\n{}\n"), Some(vec![(0, "{\"a\":1}"), (8, "{}")]));
        assert_eq!(lines("{\n  \"a\": 1\n}\n"), None);
    }

    #[test]
    fn strings_are_found_where_they_are() {
        let text = r#"{"a\"b" : ["x\u0041\\", 1], "c":{"d":"e"}}"#;
        assert!(is_json(text) && is_json("{\"a\":1}\n{\"b\":2}\n") && !is_json("{a}") && !is_json("x {}"));
        let found: Vec<(String, bool)> = literals(text).into_iter().map(|one| (one.text, one.is_key)).collect();
        let wanted = [("a\"b", true), ("xA\\", false), ("c", true), ("d", true), ("e", false)];
        assert_eq!(found, wanted.map(|(text, is_key)| (text.to_owned(), is_key)));
    }
}
