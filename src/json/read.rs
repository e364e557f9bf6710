//! Text to a list of the places where its values stand.
//!
//! One pass over a record checks the grammar of its outermost level and notes for each key and
//! value where it starts and how long it is; of what is nested it finds the end ([`Tokens::skip`]).
//! Nothing is decoded and nothing allocated. Whoever wants a field looks it up in the list
//! ([`Document`]); a nested object is read the same way when somebody looks into it. So a record of
//! which six fields are needed costs six texts, not two hundred.

use std::cell::{Cell, RefCell};

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use super::index::{Index, Skipped, Tokens};
use super::view::{Document, Node, Shared};
use super::{Failure, Json, MAX_DEPTH};

/// What is wrong where a value should be.
const NO_VALUE: &str = "a value is missing, or is neither text in quotes nor a number, true, false or null";

/// What reading a value found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A value. Its outermost level is well-formed, its brackets and quotes are where they belong.
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
}

/// Reads values one after the other, using the same memory for each.
#[derive(Default)]
pub struct Reader {
    nodes: Vec<Node>,
    /// Where the value starts in the bytes it was read from, and where it ends.
    at: usize,
    end: usize,
    /// Position of the first of those bytes in the input.
    offset: u64,
    index: RefCell<Index>,
    /// Where nodes of nested values are collected.
    scratch: RefCell<Vec<Node>>,
    /// What is wrong with the value read last, as far as it was looked at.
    remarks: Remarks,
}

/// What was noticed while a value was looked at, though its end is sure.
#[derive(Default)]
pub(super) struct Remarks {
    fault: Cell<Option<Failure>>,
    mended: Cell<bool>,
}

impl Remarks {
    /// A number, word, escape or nested value is none; what was read must not be used.
    #[cold]
    pub(super) fn fault(&self, failure: Failure) {
        self.fault.set(self.fault.get().or(Some(failure)));
    }

    /// A text had to be mended.
    #[cold]
    pub(super) fn mended(&self) {
        self.mended.set(true);
    }
}

impl Reader {
    /// Reads the value that starts at `from`.
    pub fn read(&mut self, bytes: &[u8], from: usize) -> Found {
        self.index.get_mut().restart(from as u64);
        self.read_at(bytes, 0, from)
    }

    /// Reads the value at the start of `bytes`, which stand at `offset` in an input that is read
    /// from front to back: what was seen of it already is not looked at again.
    pub fn read_on(&mut self, bytes: &[u8], offset: u64) -> Found {
        self.index.get_mut().forget_before(offset);
        self.read_at(bytes, offset, 0)
    }

    fn read_at(&mut self, bytes: &[u8], offset: u64, from: usize) -> Found {
        self.remarks = Remarks::default();
        (self.at, self.end, self.offset) = (from, from, offset);
        self.nodes.clear();
        let mut tokens = Tokens::new(bytes, offset, from, self.index.get_mut());
        match read_level(bytes, from, 1, &mut tokens, &mut self.nodes, &self.remarks) {
            Ok(end) => {
                self.end = end;
                let (start, stop) = (offset + from as u64, offset + end as u64);
                Found::Value(Value { end, lines: tokens.index().lines(start, stop) })
            }
            Err(Stop::Incomplete) => Found::Incomplete,
            Err(Stop::Broken(failure)) => Found::Broken(failure),
        }
    }

    /// The value that was read last; `bytes` are those it was read from.
    pub fn json<'a>(&'a self, bytes: &'a [u8], arena: &'a Bump) -> Json<'a> {
        arena.alloc(Document::new(bytes, self.at, &self.nodes, self.shared(bytes, arena))).root()
    }

    fn shared<'a>(&'a self, bytes: &'a [u8], arena: &'a Bump) -> Shared<'a> {
        let Reader { at, end, offset, index, scratch, remarks, .. } = self;
        // All texts at once are checked in a fraction of the time that each of them takes.
        let text = simdutf8::basic::from_utf8(bytes.get(*at..*end).unwrap_or_default()).ok();
        if text.is_none() {
            remarks.mended();
        }
        Shared { arena, index, offset: *offset, scratch, remarks, at: *at, text }
    }

    /// Why the value that was read last must not be used, as far as it was looked at until now.
    pub fn fault(&self) -> Option<Failure> {
        self.remarks.fault.get()
    }

    /// Whether a text in it, once somebody looked, holds broken UTF-8 or half of a surrogate pair;
    /// it reads as U+FFFD.
    pub fn is_mended(&self) -> bool {
        self.remarks.mended.get()
    }
}

/// Reads the one JSON value that `bytes` consists of (white space around it is allowed), and checks
/// all of it.
///
/// More lenient than the standard in three points that occur in real exports: a comma before a
/// closing bracket, broken UTF-8 and lone surrogates inside texts, control characters inside texts
/// (but for line ends).
///
/// # Errors
/// [`Failure`] with the byte where reading stopped.
pub fn parse<'a>(bytes: &[u8], arena: &'a Bump) -> Result<Json<'a>, Failure> {
    let from = bytes.len() - bytes.trim_ascii_start().len();
    let mut reader = Reader::default();
    let failure = |at, wrong, truncated| Failure { at, wrong, truncated, too_deep: false };
    let value = match reader.read(bytes, from) {
        Found::Value(value) => value,
        Found::Incomplete => return Err(failure(bytes.len(), "it ends in the middle", true)),
        Found::Broken(failure) => return Err(failure),
    };
    if !bytes.get(value.end..).unwrap_or_default().trim_ascii().is_empty() {
        return Err(failure(value.end, "something stands behind its end", false));
    }
    let whole = copied(reader.json(bytes, arena), arena);
    reader.fault().map_or(Ok(whole), Err)
}

/// A copy of everything, which needs no reader any more. What is wrong anywhere is noticed on the
/// way.
fn copied<'a>(value: Json<'_>, arena: &'a Bump) -> Json<'a> {
    match value {
        Json::Null => Json::Null,
        Json::Bool(flag) => Json::Bool(flag),
        Json::Number(digits) => Json::Number(arena.alloc_str(digits)),
        Json::String(text) => Json::String(arena.alloc_str(text)),
        Json::Array(items) => {
            let mut copies = ArenaVec::new_in(arena);
            copies.extend(items.iter().map(|item| copied(item, arena)));
            Json::array(copies.into_bump_slice())
        }
        Json::Object(fields) => {
            let mut copies = ArenaVec::new_in(arena);
            copies.extend(fields.iter().map(|(key, inner)| (&*arena.alloc_str(key), copied(inner, arena))));
            Json::object(copies.into_bump_slice())
        }
    }
}

/// Reading stopped.
pub(super) enum Stop {
    Incomplete,
    Broken(Failure),
}

/// Reads one level of the value at `from`; gives the position behind it.
pub(super) fn read_level<'a>(
    bytes: &'a [u8],
    from: usize,
    depth: usize,
    tokens: &mut Tokens<'a, '_>,
    nodes: &mut Vec<Node>,
    remarks: &Remarks,
) -> Result<usize, Stop> {
    Level { bytes, from, depth, tokens, nodes, remarks }.value()
}

struct Level<'a, 'i, 't, 'n> {
    bytes: &'a [u8],
    from: usize,
    /// Levels that are open inside this one's brackets.
    depth: usize,
    tokens: &'t mut Tokens<'a, 'i>,
    nodes: &'n mut Vec<Node>,
    remarks: &'n Remarks,
}

impl Level<'_, '_, '_, '_> {
    fn value(&mut self) -> Result<usize, Stop> {
        // Nodes keep positions in 32 bits; no record is nearly as long.
        if u32::try_from(self.bytes.len()).is_err() {
            return Err(broken(self.from, "it is longer than 4 GiB"));
        }
        let at = self.token()?;
        if at != self.from {
            return Err(broken(self.from, NO_VALUE));
        }
        match self.byte(at) {
            b'{' if self.depth <= MAX_DEPTH => self.object(),
            b'[' if self.depth <= MAX_DEPTH => self.array(),
            b'{' | b'[' => Err(too_deep(at)),
            _ => self.lone(at),
        }
    }

    fn object(&mut self) -> Result<usize, Stop> {
        let mut at = self.token()?;
        loop {
            match self.byte(at) {
                b'"' => {}
                b'}' => return Ok(at + 1),
                _ => return Err(broken(at, "a field has no name in double quotes")),
            }
            let colon = self.key(at)?;
            if self.byte(colon) != b':' {
                return Err(broken(colon, "no colon stands between the name of a field and its value"));
            }
            let value = self.token()?;
            at = self.field(value)?;
            match self.byte(at) {
                // Microsoft's published samples have a comma before the bracket.
                b',' => at = self.token()?,
                b'}' => return Ok(at + 1),
                _ => {
                    return Err(broken(
                        at,
                        "no comma stands between two fields, or a quote in a text has no backslash before it",
                    ));
                }
            }
        }
    }

    fn array(&mut self) -> Result<usize, Stop> {
        let mut at = self.token()?;
        while self.byte(at) != b']' {
            at = self.field(at)?;
            match self.byte(at) {
                b',' => at = self.token()?,
                b']' => break,
                _ => return Err(broken(at, "no comma stands between two values of a list")),
            }
        }
        Ok(at + 1)
    }

    /// Notes the value at `at`; gives the token behind it.
    #[inline(always)]
    fn field(&mut self, at: usize) -> Result<usize, Stop> {
        match self.byte(at) {
            b'"' => self.text(at),
            b'{' | b'[' => self.nested(at),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.word(at),
            _ => Err(broken(at, NO_VALUE)),
        }
    }

    /// A text, number or word that is inside of nothing.
    fn lone(&mut self, at: usize) -> Result<usize, Stop> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match rest.first() {
            Some(b'"') => {
                let mut end = 1;
                let mut escaped = false;
                loop {
                    let found = memchr::memchr3(b'"', b'\\', b'\n', rest.get(end..).unwrap_or_default());
                    end += found.ok_or(Stop::Incomplete)?;
                    match rest.get(end) {
                        Some(b'"') => break,
                        Some(b'\\') => {
                            escaped = true;
                            end += 2;
                        }
                        _ => return Err(broken(at + end, "a text has no quote at its end")),
                    }
                }
                // No token tells where such a text ends, so the tokens do not know what is in all of it.
                let escaped = escaped && self.check_escapes(at + 1, at + end);
                self.nodes.push(Node::text(at as u32, end + 1, escaped));
                Ok(at + end + 1)
            }
            Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                let length = rest.iter().take_while(|b| is_of_word(**b)).count();
                self.push_word(at, at + length)?;
                Ok(at + length)
            }
            _ => Err(broken(at, NO_VALUE)),
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

    /// Notes what makes the value unusable without hiding where it ends.
    #[cold]
    fn fault(&self, at: usize, wrong: &'static str) {
        self.remarks.fault(Failure { at, wrong, truncated: false, too_deep: false });
    }

    /// Finds the end of the object or array at `at`; gives the token behind it.
    #[inline(always)]
    fn nested(&mut self, at: usize) -> Result<usize, Stop> {
        let levels = MAX_DEPTH.saturating_sub(self.depth);
        if levels == 0 {
            return Err(too_deep(at));
        }
        let end = match self.tokens.skip(levels) {
            Ok(end) => end,
            Err(Skipped::Incomplete) => return Err(Stop::Incomplete),
            Err(Skipped::Wrong(at)) => return Err(broken(at, "a comma, a colon or a bracket is missing")),
            Err(Skipped::TooDeep(at)) => return Err(too_deep(at)),
        };
        let node = Node::nested(at as u32, end + 1 - at);
        self.nodes.push(node);
        self.token()
    }

    /// Reads the text at `at`; gives the token behind it.
    #[inline(always)]
    fn text(&mut self, at: usize) -> Result<usize, Stop> {
        let (next, close) = self.quoted(at)?;
        self.push_text(at, close);
        Ok(next)
    }

    /// The same for a text that is a key.
    #[inline(always)]
    fn key(&mut self, at: usize) -> Result<usize, Stop> {
        let (next, close) = self.quoted(at)?;
        let escaped = self.tokens.has_escape(at, close) && self.check_escapes(at + 1, close);
        let node = Node::key(at as u32, self.bytes.get(at + 1..close).unwrap_or_default(), escaped);
        self.nodes.push(node);
        Ok(next)
    }

    /// The token behind the text at `at`, and its closing quote.
    #[inline(always)]
    fn quoted(&mut self, at: usize) -> Result<(usize, usize), Stop> {
        let next = self.token()?;
        let close = self.last_before(next);
        // A line end inside a text is a token; in front of it stands no quote, or the opening one.
        if self.byte(next) == b'\n' || self.byte(close) != b'"' || close == at {
            return Err(broken(next, "a text has no quote at its end"));
        }
        Ok((next, close))
    }

    /// The last byte before a token that is no space.
    #[inline(always)]
    fn last_before(&self, token: usize) -> usize {
        let mut at = token.wrapping_sub(1);
        // Any other control character would be a token.
        while self.byte(at) <= b' ' && at < token {
            at = at.wrapping_sub(1);
        }
        at
    }

    /// Notes the text between these quotes.
    #[inline(always)]
    fn push_text(&mut self, at: usize, close: usize) {
        let escaped = self.tokens.has_escape(at, close) && self.check_escapes(at + 1, close);
        self.nodes.push(Node::text(at as u32, close + 1 - at, escaped));
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
                        if c.is_none() {
                            self.remarks.mended();
                        }
                        at = next;
                    }
                    None => {
                        self.fault(from + at + 1, "an escape such as `\\u00e9` lacks some of its digits");
                        return true;
                    }
                },
                _ => {
                    self.fault(from + at, "a backslash stands before something that JSON has no escape for");
                    return true;
                }
            }
        }
        any
    }

    /// Reads the number or word at `at`; gives the token behind it.
    #[inline(always)]
    fn word(&mut self, at: usize) -> Result<usize, Stop> {
        let next = self.token()?;
        let end = self.last_before(next) + 1;
        // Another control character than white space is a part of the word, and of no word that there is.
        let gap = self.bytes.get(end..next).unwrap_or_default();
        if let Some(wrong) = gap.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')) {
            return Err(broken(end + wrong, NO_VALUE));
        }
        self.push_word(at, end)?;
        Ok(next)
    }

    #[inline(always)]
    fn push_word(&mut self, at: usize, end: usize) -> Result<(), Stop> {
        let word = self.bytes.get(at..end).unwrap_or_default();
        if !matches!(word, b"null" | b"true" | b"false") && !super::text::is_number(word) {
            if let Some(wrong) = word.iter().position(|b| !is_of_word(*b)) {
                return Err(broken(at + wrong, NO_VALUE));
            }
            self.fault(at, NO_VALUE);
        }
        let node = Node::word(at as u32, word.len());
        self.nodes.push(node);
        Ok(())
    }
}

#[cold]
fn broken(at: usize, wrong: &'static str) -> Stop {
    Stop::Broken(Failure { at, wrong, truncated: false, too_deep: false })
}

#[cold]
fn too_deep(at: usize) -> Stop {
    Stop::Broken(Failure { at, wrong: "it is nested deeper than 127 levels", truncated: false, too_deep: true })
}

/// Whether this byte may occur in a number, `true`, `false` or `null`.
fn is_of_word(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.')
}
