//! Finds where a JSON object ends without building it.

use super::MAX_DEPTH;

/// What looking for the end of an object found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The object ends before this byte.
    At(usize),
    /// The bytes end first; more may follow.
    Incomplete,
    /// From this byte on it cannot be JSON any more.
    Broken(usize),
}

/// Where the object or array that starts at `from` ends.
///
/// The scan checks the grammar of brackets, commas, colons and strings (not of numbers and words),
/// so that a lost quote is noticed within a few tokens instead of swallowing the rest of the file.
pub fn end_of_value(bytes: &[u8], from: usize) -> End {
    // One bit a level: set for an object, clear for an array.
    let mut kinds: u128 = 0;
    let mut depth = 0usize;
    let mut at = from;
    let mut expect = Expect::Value;
    loop {
        let Some(&byte) = bytes.get(at) else { return End::Incomplete };
        match (byte, expect) {
            (b' ' | b'\n' | b'\r' | b'\t', _) => at += 1,
            (b'{', Expect::Value | Expect::ValueOrEnd) => {
                if depth >= MAX_DEPTH {
                    return End::Broken(at);
                }
                kinds = (kinds << 1) | 1;
                depth += 1;
                at += 1;
                expect = Expect::KeyOrEnd;
            }
            (b'[', Expect::Value | Expect::ValueOrEnd) => {
                if depth >= MAX_DEPTH {
                    return End::Broken(at);
                }
                kinds <<= 1;
                depth += 1;
                at += 1;
                expect = Expect::ValueOrEnd;
            }
            (b'}', Expect::KeyOrEnd | Expect::Next) if kinds & 1 == 1 => {
                at += 1;
                kinds >>= 1;
                depth -= 1;
                expect = Expect::Next;
            }
            (b']', Expect::ValueOrEnd | Expect::Next) if kinds & 1 == 0 => {
                at += 1;
                kinds >>= 1;
                depth -= 1;
                expect = Expect::Next;
            }
            // A trailing comma before a bracket is read leniently, so both may follow a comma.
            (b',', Expect::Next) => {
                at += 1;
                expect = if kinds & 1 == 1 { Expect::KeyOrEnd } else { Expect::ValueOrEnd };
            }
            (b'"', Expect::KeyOrEnd | Expect::Value | Expect::ValueOrEnd) => match end_of_string(bytes, at) {
                End::At(end) => {
                    at = end;
                    expect = if expect == Expect::KeyOrEnd { Expect::Colon } else { Expect::Next };
                }
                other => return other,
            },
            (b':', Expect::Colon) => {
                at += 1;
                expect = Expect::Value;
            }
            (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', Expect::Value | Expect::ValueOrEnd) => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length = rest
                    .iter()
                    .take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.'))
                    .count();
                at += length;
                expect = Expect::Next;
            }
            _ => return End::Broken(at),
        }
        if depth == 0 {
            return End::At(at);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    KeyOrEnd,
    Colon,
    Next,
}

/// Where the string that starts at `from` (on its quote) ends. A line end inside a string is no
/// JSON: it is how a lost quote shows.
pub fn end_of_string(bytes: &[u8], from: usize) -> End {
    let mut at = from + 1;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(stop) = memchr::memchr3(b'"', b'\\', b'\n', rest) else { return End::Incomplete };
        at += stop;
        match bytes.get(at) {
            Some(b'"') => return End::At(at + 1),
            Some(b'\\') if at + 1 < bytes.len() => at += 2,
            Some(b'\\') => return End::Incomplete,
            _ => return End::Broken(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_found() {
        assert_eq!(end_of_value(br#"{"a":"}","b":[{}]} x"#, 0), End::At(18));
        assert_eq!(end_of_value(br#"{"a":"\"}"#, 0), End::Incomplete);
        assert_eq!(end_of_value(br#"{"a":1,}"#, 0), End::At(8));
    }

    #[test]
    fn a_lost_quote_is_noticed_near_by() {
        let text = br#"{"a":"x,"b":"y","c":"z"}"#;
        assert!(matches!(end_of_value(text, 0), End::Broken(at) if at < 14));
        assert!(matches!(end_of_value(b"{\"a\":\"x\n", 0), End::Broken(7)));
    }

    #[test]
    fn what_parses_has_its_end_found() {
        proptest::proptest!(|(text in r#"[\[\]{}",:0-9a-c \\n]{0,30}"#)| {
            let arena = bumpalo::Bump::new();
            let trimmed = text.trim();
            if trimmed.starts_with(['{', '[']) && super::super::parse(trimmed.as_bytes(), &arena).is_ok() && !trimmed.contains('\n') {
                proptest::prop_assert_eq!(end_of_value(trimmed.as_bytes(), 0), End::At(trimmed.len()));
            }
        });
    }
}
