//! Text to a list of the places where its values stand.
//!
//! One pass checks the whole grammar and notes for each key and value where it starts and how long
//! it is; nothing is decoded and nothing allocated. Whoever wants a field looks it up in the list
//! ([`Document`]), so a record of which four fields are needed costs four texts, not two hundred.

use bumpalo::Bump;

use super::tokens::Tokens;
use super::view::{Document, Node};
use super::{Failure, Json, MAX_DEPTH};

/// What reading a value found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A value; its brackets, commas, colons and quotes are all where they belong.
    Value(Value),
    /// The bytes end before the value does; more may follow.
    Incomplete,
    /// From here on it cannot be JSON any more.
    Broken(Failure),
}

/// A value whose end was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// Position behind its last byte.
    pub end: usize,
    /// Line ends inside it.
    pub lines: usize,
    /// A text in it holds broken UTF-8 or half of a surrogate pair; it reads as U+FFFD.
    pub mended: bool,
    /// A number, word or escape in it is none, so it must not be used, although its end is sure.
    pub fault: Option<Failure>,
}

/// Reads values one after the other, using the same memory for each.
#[derive(Default)]
pub struct Reader {
    nodes: Vec<Node>,
}

/// Reading stopped.
enum Stop {
    Incomplete,
    Broken(Failure),
}

impl Reader {
    /// Reads the value that starts at `from`.
    pub fn read(&mut self, bytes: &[u8], from: usize) -> Found {
        self.nodes.clear();
        let mut walk = Walk {
            bytes,
            from,
            tokens: Tokens::new(bytes, from),
            nodes: &mut self.nodes,
            open: NONE,
            depth: 0,
            kinds: 0,
            lone_surrogate: false,
            fault: None,
        };
        match walk.value() {
            Ok(end) => {
                let lines = walk.tokens.lines(end);
                let broken_text = walk.tokens.foreign
                    && bytes.get(from..end).is_some_and(|record| std::str::from_utf8(record).is_err());
                Found::Value(Value { end, lines, mended: broken_text || walk.lone_surrogate, fault: walk.fault })
            }
            Err(Stop::Incomplete) => Found::Incomplete,
            Err(Stop::Broken(failure)) => Found::Broken(failure),
        }
    }

    /// The value that was read last; `bytes` are those it was read from.
    pub fn json<'a>(&'a self, bytes: &'a [u8], arena: &'a Bump) -> Json<'a> {
        arena.alloc(Document::new(bytes, &self.nodes, arena)).root()
    }
}

/// A value and what had to be mended to get it.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<'a> {
    /// The value.
    pub value: Json<'a>,
    /// A text in it holds broken UTF-8 or half of a surrogate pair; it reads as U+FFFD.
    pub mended: bool,
}

/// Reads the one JSON value that `bytes` consists of (white space around it is allowed).
///
/// More lenient than the standard in three points that occur in real exports: a comma before a
/// closing bracket, broken UTF-8 and lone surrogates inside texts, control characters inside texts
/// (but for line ends).
///
/// # Errors
/// [`Failure`] with the byte where reading stopped.
pub fn parse<'a>(bytes: &'a [u8], arena: &'a Bump) -> Result<Parsed<'a>, Failure> {
    let from = bytes.len() - bytes.trim_ascii_start().len();
    let mut reader = Reader::default();
    let failure = |at, expected, truncated| Failure { at, expected, truncated, too_deep: false };
    let value = match reader.read(bytes, from) {
        Found::Value(value) => value,
        Found::Incomplete => return Err(failure(bytes.len(), "more: the text ends too early", true)),
        Found::Broken(failure) => return Err(failure),
    };
    if let Some(fault) = value.fault {
        return Err(fault);
    }
    let rest = bytes.get(value.end..).unwrap_or_default();
    if !rest.trim_ascii().is_empty() {
        return Err(failure(value.end, "the end of the record", false));
    }
    let nodes = arena.alloc_slice_copy(&reader.nodes);
    Ok(Parsed { value: arena.alloc(Document::new(bytes, nodes, arena)).root(), mended: value.mended })
}

/// No container is open.
const NONE: u32 = u32::MAX;

struct Walk<'a, 'n> {
    bytes: &'a [u8],
    from: usize,
    tokens: Tokens<'a>,
    nodes: &'n mut Vec<Node>,
    /// The innermost open container. Until it is closed, its node holds the one around it.
    open: u32,
    depth: usize,
    /// One bit a level: set for an object, clear for an array.
    kinds: u128,
    lone_surrogate: bool,
    fault: Option<Failure>,
}

impl Walk<'_, '_> {
    /// Reads the value at the first token; gives the position behind it.
    fn value(&mut self) -> Result<usize, Stop> {
        let mut at = self.token()?;
        if at != self.from {
            return Err(self.broken(self.from, "a value"));
        }
        if !matches!(self.byte(at), b'{' | b'[') {
            return self.lone(at);
        }
        loop {
            // Here `at` is the token with which a value must start; behind this, the one behind it.
            at = match self.byte(at) {
                b'"' => self.text(at)?,
                b'{' => {
                    self.open(at, 1)?;
                    at = self.token()?;
                    if self.byte(at) != b'}' {
                        at = self.key(at)?;
                        continue;
                    }
                    at
                }
                b'[' => {
                    self.open(at, 0)?;
                    at = self.token()?;
                    if self.byte(at) != b']' {
                        continue;
                    }
                    at
                }
                b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.word(at)?,
                _ => return Err(self.broken(at, "a value")),
            };
            // A value ended: go on behind it, and behind each container that ends with it.
            loop {
                match (self.byte(at), self.kinds & 1 == 1) {
                    (b',', true) => {
                        at = self.token()?;
                        // Microsoft's published samples have a comma before the bracket.
                        if self.byte(at) != b'}' {
                            at = self.key(at)?;
                            break;
                        }
                    }
                    (b',', false) => {
                        at = self.token()?;
                        if self.byte(at) != b']' {
                            break;
                        }
                    }
                    (b'}', true) | (b']', false) => {}
                    (_, true) => return Err(self.broken(at, "`,` or `}`")),
                    (_, false) => return Err(self.broken(at, "`,` or `]`")),
                }
                self.close();
                if self.depth == 0 {
                    return Ok(at + 1);
                }
                at = self.token()?;
            }
        }
    }

    /// A text, number or word that is inside of nothing.
    fn lone(&mut self, at: usize) -> Result<usize, Stop> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match rest.first() {
            Some(b'"') => {
                let mut end = 1;
                loop {
                    let found = memchr::memchr3(b'"', b'\\', b'\n', rest.get(end..).unwrap_or_default());
                    end += found.ok_or(Stop::Incomplete)?;
                    match rest.get(end) {
                        Some(b'"') => break,
                        Some(b'\\') => end += 2,
                        _ => return Err(self.broken(at + end, "`\"` at the end of a text")),
                    }
                }
                self.push_text(at, at + end)?;
                Ok(at + end + 1)
            }
            Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                let length = rest.iter().take_while(|b| is_of_word(**b)).count();
                self.push_word(at, at + length)?;
                Ok(at + length)
            }
            _ => Err(self.broken(at, "a value")),
        }
    }

    #[inline(always)]
    fn token(&mut self) -> Result<usize, Stop> {
        self.tokens.next().ok_or(Stop::Incomplete)
    }

    #[inline(always)]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or_default()
    }

    #[cold]
    fn broken(&self, at: usize, expected: &'static str) -> Stop {
        Stop::Broken(Failure { at, expected, truncated: false, too_deep: false })
    }

    /// Notes the first thing that makes a value unusable without hiding where it ends.
    #[cold]
    fn fault(&mut self, at: usize, expected: &'static str) {
        self.fault.get_or_insert(Failure { at, expected, truncated: false, too_deep: false });
    }

    /// A position as nodes keep it.
    #[inline(always)]
    fn short(&self, at: usize) -> Result<u32, Stop> {
        u32::try_from(at).map_err(|_| self.broken(at, "a record within the first 4 GiB"))
    }

    fn open(&mut self, at: usize, kind: u128) -> Result<(), Stop> {
        if self.depth >= MAX_DEPTH {
            let expected = "at most 127 levels of nesting";
            return Err(Stop::Broken(Failure { at, expected, truncated: false, too_deep: true }));
        }
        let index = self.nodes.len() as u32;
        let node = Node::open(self.short(at)?, self.open);
        self.nodes.push(node);
        self.open = index;
        self.depth += 1;
        self.kinds = self.kinds << 1 | kind;
        Ok(())
    }

    fn close(&mut self) {
        let count = self.nodes.len() as u32;
        if let Some(node) = self.nodes.get_mut(self.open as usize) {
            self.open = node.close(count - self.open);
        }
        self.depth -= 1;
        self.kinds >>= 1;
    }

    /// Reads the key at `at` and the colon behind it; gives the token of the value.
    #[inline(always)]
    fn key(&mut self, at: usize) -> Result<usize, Stop> {
        if self.byte(at) != b'"' {
            return Err(self.broken(at, "a field name in quotes or `}`"));
        }
        let colon = self.text(at)?;
        if self.byte(colon) != b':' {
            return Err(self.broken(colon, "`:`"));
        }
        self.token()
    }

    /// Reads the text at `at`; gives the token behind it.
    #[inline(always)]
    fn text(&mut self, at: usize) -> Result<usize, Stop> {
        let next = self.token()?;
        let close = self.last_before(next);
        // A line end inside a text is a token; in front of it stands no quote, or the opening one.
        if self.byte(next) == b'\n' || self.byte(close) != b'"' || close == at {
            return Err(self.broken(next, "`\"` at the end of a text"));
        }
        self.push_text(at, close)?;
        Ok(next)
    }

    /// The last byte before a token that is no space.
    #[inline(always)]
    fn last_before(&self, token: usize) -> usize {
        let mut at = token.wrapping_sub(1);
        while matches!(self.byte(at), b' ' | b'\n' | b'\r' | b'\t') {
            at = at.wrapping_sub(1);
        }
        at
    }

    /// Notes the text between these quotes.
    #[inline(always)]
    fn push_text(&mut self, at: usize, close: usize) -> Result<(), Stop> {
        // The last backslash may stand behind this text in the same block; then there is none in it.
        let escaped = self.tokens.last_escape > at && self.check_escapes(at + 1, close);
        let node = Node::text(self.short(at)?, close + 1 - at, escaped);
        self.nodes.push(node);
        Ok(())
    }

    /// Whether the text between the two places has escapes; notes those that are none.
    fn check_escapes(&mut self, from: usize, to: usize) -> bool {
        let text = self.bytes.get(from..to).unwrap_or_default();
        let mut at = 0;
        let mut any = false;
        while let Some(found) = memchr::memchr(b'\\', text.get(at..).unwrap_or_default()) {
            any = true;
            at += found + 1;
            match text.get(at) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 1,
                Some(b'u') => match super::text::code_point(text, at + 1) {
                    Some((c, next)) => {
                        self.lone_surrogate |= c.is_none();
                        at = next;
                    }
                    None => {
                        self.fault(from + at + 1, "four hexadecimal digits");
                        return true;
                    }
                },
                _ => {
                    self.fault(from + at, "an escape such as `\\n` or `\\u00e9`");
                    return true;
                }
            }
        }
        any
    }

    /// Reads the number or word at `at`; gives the token behind it.
    fn word(&mut self, at: usize) -> Result<usize, Stop> {
        let next = self.token()?;
        let end = self.last_before(next) + 1;
        let word = self.bytes.get(at..end).unwrap_or_default();
        if let Some(wrong) = word.iter().position(|b| !is_of_word(*b)) {
            return Err(self.broken(at + wrong, "a number, `true`, `false` or `null`"));
        }
        self.push_word(at, end)?;
        Ok(next)
    }

    fn push_word(&mut self, at: usize, end: usize) -> Result<(), Stop> {
        let word = self.bytes.get(at..end).unwrap_or_default();
        if !matches!(word, b"true" | b"false" | b"null") && !super::text::is_number(word) {
            self.fault(at, "a number, `true`, `false` or `null`");
        }
        let node = Node::word(self.short(at)?, word.len());
        self.nodes.push(node);
        Ok(())
    }
}

/// Whether this byte may occur in a number, `true`, `false` or `null`.
fn is_of_word(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.')
}
