//! Text to [`Json`].

use bumpalo::Bump;
use bumpalo::collections::{String as ArenaString, Vec as ArenaVec};

use super::{Json, MAX_DEPTH};

/// Why a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Bytes from the start of the text to where reading stopped.
    pub at: usize,
    /// What would have been right there, in a few words.
    pub expected: &'static str,
    /// The text ended too early.
    pub truncated: bool,
    /// Nested deeper than [`MAX_DEPTH`].
    pub too_deep: bool,
}

/// A value and what had to be mended to get it.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<'a> {
    /// The value.
    pub value: Json<'a>,
    /// Strings in which broken UTF-8 or a lone surrogate was replaced by U+FFFD.
    pub mended: usize,
}

/// Reads the one JSON value that `bytes` consists of (white space around it is allowed).
///
/// More lenient than the standard in three points that occur in real exports: a comma before a
/// closing bracket, broken UTF-8 and lone surrogates inside strings, control characters inside
/// strings.
///
/// # Errors
/// [`Failure`] with the byte where reading stopped.
pub fn parse<'a>(bytes: &'a [u8], arena: &'a Bump) -> Result<Parsed<'a>, Failure> {
    let mut parser = Parser { bytes, at: 0, arena, mended: 0 };
    let value = parser.value(0)?;
    parser.space();
    if parser.at < bytes.len() {
        return Err(parser.failure("the end of the record"));
    }
    Ok(Parsed { value, mended: parser.mended })
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    arena: &'a Bump,
    mended: usize,
}

impl<'a> Parser<'a> {
    fn failure(&self, expected: &'static str) -> Failure {
        Failure { at: self.at, expected, truncated: self.at >= self.bytes.len(), too_deep: false }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json<'a>, Failure> {
        self.space();
        match self.peek() {
            Some(b'{') if depth < MAX_DEPTH => self.object(depth),
            Some(b'[') if depth < MAX_DEPTH => self.array(depth),
            Some(b'{' | b'[') => Err(Failure { too_deep: true, ..self.failure("at most 127 levels of nesting") }),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.failure("a value")),
        }
    }

    fn word(&mut self, word: &'static str, value: Json<'a>) -> Result<Json<'a>, Failure> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.failure(word));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Json<'a>, Failure> {
        self.at += 1;
        let mut fields = ArenaVec::new_in(self.arena);
        loop {
            self.space();
            match self.peek() {
                Some(b'}') => break,
                Some(b'"') => {}
                _ => return Err(self.failure("a field name in quotes or `}`")),
            }
            let key = self.string()?;
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.failure("`:`"));
            }
            self.at += 1;
            fields.push((key, self.value(depth + 1)?));
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.failure("`,` or `}`")),
            }
        }
        self.at += 1;
        Ok(Json::Object(fields.into_bump_slice()))
    }

    fn array(&mut self, depth: usize) -> Result<Json<'a>, Failure> {
        self.at += 1;
        let mut items = ArenaVec::new_in(self.arena);
        loop {
            self.space();
            if self.peek() == Some(b']') {
                break;
            }
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.failure("`,` or `]`")),
            }
        }
        self.at += 1;
        Ok(Json::Array(items.into_bump_slice()))
    }

    fn number(&mut self) -> Result<Json<'a>, Failure> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let whole = self.digits()?;
        if leading_zero && whole > 1 {
            self.at = from;
            return Err(self.failure("a number without leading zeros"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.bytes.get(from..self.at).and_then(|digits| std::str::from_utf8(digits).ok());
        text.map(Json::Number).ok_or_else(|| self.failure("a number"))
    }

    fn digits(&mut self) -> Result<usize, Failure> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == from { Err(self.failure("a digit")) } else { Ok(self.at - from) }
    }

    /// A string, standing on its opening quote. Borrowed where there is nothing to resolve.
    fn string(&mut self) -> Result<&'a str, Failure> {
        self.at += 1;
        let from = self.at;
        let rest = self.bytes.get(from..).unwrap_or_default();
        let Some(stop) = memchr::memchr2(b'"', b'\\', rest) else {
            self.at = self.bytes.len();
            return Err(self.failure("`\"` at the end of a text"));
        };
        let plain = rest.get(..stop).unwrap_or_default();
        self.at = from + stop;
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(match std::str::from_utf8(plain) {
                Ok(text) => text,
                Err(_) => {
                    self.mended += 1;
                    self.arena.alloc_str(&String::from_utf8_lossy(plain))
                }
            });
        }
        self.string_with_escapes(plain)
    }

    fn string_with_escapes(&mut self, start: &'a [u8]) -> Result<&'a str, Failure> {
        let mut out = ArenaString::with_capacity_in(start.len() * 2 + 16, self.arena);
        let mut broken = push_lossy(&mut out, start);
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => broken |= self.escape(&mut out)?,
                Some(_) => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    let stop = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                    broken |= push_lossy(&mut out, rest.get(..stop).unwrap_or_default());
                    self.at += stop;
                }
                None => return Err(self.failure("`\"` at the end of a text")),
            }
        }
        self.at += 1;
        self.mended += usize::from(broken);
        Ok(out.into_bump_str())
    }

    /// Resolves one escape; says whether it was half of a surrogate pair.
    fn escape(&mut self, out: &mut ArenaString<'a>) -> Result<bool, Failure> {
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape(out);
            }
            _ => return Err(self.failure("an escape such as `\\n` or `\\u00e9`")),
        };
        self.at += 1;
        out.push(c);
        Ok(false)
    }

    fn unicode_escape(&mut self, out: &mut ArenaString<'a>) -> Result<bool, Failure> {
        let unit = self.hex()?;
        if (0xd800..0xdc00).contains(&unit) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            let before = self.at;
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                let c = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                out.push(char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
                return Ok(false);
            }
            self.at = before;
        }
        let c = char::from_u32(unit);
        out.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(c.is_none())
    }

    fn hex(&mut self) -> Result<u32, Failure> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            unit = unit * 16 + digit.ok_or_else(|| self.failure("four hexadecimal digits"))?;
            self.at += 1;
        }
        Ok(unit)
    }
}

fn push_lossy(out: &mut ArenaString<'_>, bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            out.push_str(text);
            false
        }
        Err(_) => {
            out.push_str(&String::from_utf8_lossy(bytes));
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_survives_a_broken_string() {
        let arena = Bump::new();
        let parsed = parse(b"{\"a\":\"x\xffy\",\"b\":\"\\ud83d!\"}", &arena).unwrap();
        assert_eq!(parsed.mended, 2);
        assert_eq!(parsed.value.str("a"), Some("x\u{fffd}y"));
        assert_eq!(parsed.value.str("b"), Some("\u{fffd}!"));
    }

    #[test]
    fn surrogate_pairs_are_joined() {
        let arena = Bump::new();
        assert_eq!(parse(br#""\ud83d\ude00""#, &arena).unwrap().value, Json::String("😀"));
    }

    #[test]
    fn long_ids_stay_text() {
        let arena = Bump::new();
        let parsed = parse(b"[123456789012345678901234567890, 1e400]", &arena).unwrap();
        assert_eq!(parsed.value.items().first().unwrap().text(), Some("123456789012345678901234567890"));
    }

    #[test]
    fn deep_nesting_is_refused_not_fatal() {
        let arena = Bump::new();
        let deep = "[".repeat(5_000_000);
        assert!(parse(deep.as_bytes(), &arena).unwrap_err().too_deep);
    }

    #[test]
    fn a_failure_says_where() {
        let arena = Bump::new();
        let failure = parse(br#"{"a" 1}"#, &arena).unwrap_err();
        assert_eq!((failure.at, failure.truncated), (5, false));
        assert!(parse(br#"{"a":1"#, &arena).unwrap_err().truncated);
    }

    #[test]
    fn any_bytes_are_read_without_panic() {
        proptest::proptest!(|(bytes: Vec<u8>)| {
            let _ = parse(&bytes, &Bump::new());
        });
    }

    #[test]
    fn agrees_with_serde_json_on_well_formed_values() {
        proptest::proptest!(|(text in r#"[\[\]{}",:0-9eE.+\-a-c \\un]{0,24}"#)| {
            let arena = Bump::new();
            if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
                proptest::prop_assert!(parse(text.as_bytes(), &arena).is_ok(), "{}", text);
            }
        });
    }
}
