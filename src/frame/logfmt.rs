//! `key=value key="two words"` lines to objects with those fields.
//!
//! Some writers quote nothing (seen in the wild: goauthentik/authentik issue 6335 has
//! `event=Task x raised unexpected: Y() logger=celery.app.trace`), so a value goes on until the next
//! ` key=`. What stands in front of the first key, a date or a container's name, is left out.

use serde_json::{Map, Value};

/// Whether a line has the fields by which such logs are told from words with an equals sign.
pub(super) fn is_line(line: &str) -> bool {
    let has = |key: &str| line.starts_with(key) || line.contains(&format!(" {key}"));
    !line.trim_start().starts_with(['{', '['])
        && ((has("event=") && (has("logger=") || has("level=") || has("timestamp=")))
            || (has("time=") && has("level=") && has("msg=")))
}

/// The object for a line and what follows it, such as a stack.
pub(super) fn object(block: &str) -> Option<String> {
    let (line, after) = block.split_once('\n').unwrap_or((block, ""));
    let mut fields = Map::new();
    let mut rest = line.get(next_key(line, 0)?.0..)?;
    while let Some((at, end)) = next_key(rest, 0) {
        let key = rest.get(at..end).unwrap_or_default();
        let text = rest.get(end + 1..).unwrap_or_default();
        let (value, length) = value(text);
        fields.insert(key.to_owned(), Value::String(value));
        rest = text.get(length..).unwrap_or_default();
    }
    if !after.trim().is_empty() {
        fields.insert(super::AFTER.to_owned(), Value::String(after.trim().to_owned()));
    }
    Some(Value::Object(fields).to_string())
}

/// Start and end of the next name in front of an equals sign, at `from` or behind it.
fn next_key(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    memchr::memchr_iter(b'=', bytes.get(from..)?).find_map(|at| {
        let end = from + at;
        let before = bytes.get(from..end)?;
        let start = end - before.iter().rev().take_while(|byte| is_name(byte)).count();
        let first = bytes.get(start).is_some_and(u8::is_ascii_alphabetic);
        let alone = start == 0 || bytes.get(start - 1) == Some(&b' ');
        (start < end && first && alone).then_some((start, end))
    })
}

/// The value at the start of `text`, and how many bytes it takes.
fn value(text: &str) -> (String, usize) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = next_key(text, 0).filter(|(at, _)| *at > 0).map_or(text.len(), |(at, _)| at);
        return (text.get(..end).unwrap_or(text).trim().to_owned(), end);
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (at, letter) in quoted.char_indices() {
        match letter {
            _ if escaped => {
                value.push(match letter {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, at + 2),
            other => value.push(other),
        }
    }
    (value, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Value {
        object(text).map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn quoted_and_unquoted_values_are_read() {
        let line = r#"2026-03-02T10:00:00Z ERR | event=Task a.b.scim_sync[1] raised unexpected: X(y=1) logger=celery.app.trace timestamp=1772445600.5 note="say \"hi\" a=b" empty= last=é"#;
        assert!(is_line(line));
        let wanted = serde_json::json!({
            "event": "Task a.b.scim_sync[1] raised unexpected: X(y=1)", "logger": "celery.app.trace",
            "timestamp": "1772445600.5", "note": "say \"hi\" a=b", "empty": "", "last": "é",
        });
        assert_eq!(fields(line), wanted);
    }

    #[test]
    fn lines_behind_it_are_kept() {
        let found = fields("time=x level=error msg=\"a b\"\nTraceback\n  at y\n");
        assert_eq!(
            found,
            serde_json::json!({"time": "x", "level": "error", "msg": "a b", "provlens.after": "Traceback\n  at y"})
        );
    }

    #[test]
    fn words_with_an_equals_sign_are_no_such_line() {
        for line in ["", "a=b", "the filter is level=3 and time=4", "{\"event=\":1} level=x", "event = x logger = y"] {
            assert!(!is_line(line), "{line}");
        }
    }

    #[test]
    fn any_text_is_read_without_panic() {
        proptest::proptest!(|(text in r#"([a-z]|=|"|\\| |é|\[|\n|event=|level=){0,24}"#)| {
            let _ = (is_line(&text), object(&text));
        });
    }
}
