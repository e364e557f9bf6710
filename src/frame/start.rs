//! How the records of an input begin.
//!
//! A program writes its records with the same fields in the same order. The first two field names
//! of the first record therefore tell where another record plausibly starts, which is needed in two
//! places: behind a broken record, and where a reader begins in the middle of a file. A nested
//! object may look alike; who begins in the middle has to check that the part before ends there.

use super::buffer::Part;
use super::json::{JsonRecords, Piece};
use crate::json::{Found, Reader};

/// Bytes in front of a place that may tell whether a record starts there.
pub(crate) const CONTEXT: usize = 2048;

/// The first field names of an input's first record, once one was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordStart(Option<FirstNames>);

/// Any of them may be empty: somebody exports a column without a name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FirstNames {
    first: Vec<u8>,
    /// Nothing if the record has one field only.
    second: Option<Vec<u8>>,
}

/// What looking for the start of a record found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// A record plausibly starts with this byte.
    At(usize),
    /// This one may start one; the bytes end too early to say.
    Unsure(usize),
    /// Nowhere in these bytes.
    Nowhere,
}

impl RecordStart {
    /// Takes the names from the first record of an input, of which these are the first bytes. If that
    /// one is broken, what is found behind it may be a part of it, so the most frequent names count.
    pub fn learn(head: &[u8]) -> RecordStart {
        /// Records that are looked at behind a broken one.
        const SOME: usize = 16;
        let mut records = JsonRecords::new(Part::new(head, 0, false), RecordStart::default()).untold();
        let mut found: Vec<(RecordStart, usize)> = Vec::new();
        let mut broken = false;
        for _ in 0..SOME {
            match records.next() {
                Piece::Record(_) if !broken => return records.start().clone(),
                Piece::Record(_) => {
                    let start = RecordStart::of(records.record());
                    match found.iter_mut().find(|(known, _)| *known == start) {
                        Some((_, count)) => *count += 1,
                        None => found.push((start, 1)),
                    }
                }
                Piece::Problem(problem) => broken |= problem.lost,
                Piece::End | Piece::Stalled => break,
            }
        }
        // Of equals, the first one.
        found.into_iter().rev().max_by_key(|(_, count)| *count).map(|(start, _)| start).unwrap_or_default()
    }

    /// Takes the names from a whole record.
    pub(crate) fn of(record: &[u8]) -> RecordStart {
        let Names::Known(first, second) = names(record) else { return RecordStart::default() };
        RecordStart(Some(FirstNames { first: first.to_vec(), second: second.map(<[u8]>::to_vec) }))
    }

    /// Whether no record was seen yet.
    pub fn is_unknown(&self) -> bool {
        self.0.is_none()
    }

    /// The first plausible start at `from` or behind it; `ended` if no bytes follow these.
    pub fn find(&self, bytes: &[u8], from: usize, ended: bool) -> Start {
        for at in memchr::memchr_iter(b'{', bytes.get(from..).unwrap_or_default()) {
            match self.is_at(bytes, from + at) {
                Some(true) => return Start::At(from + at),
                Some(false) => {}
                None if ended => {}
                None => return Start::Unsure(from + at),
            }
        }
        Start::Nowhere
    }

    /// Whether a record starts with the bracket at `at`; `None` if the bytes end too early to say.
    fn is_at(&self, bytes: &[u8], at: usize) -> Option<bool> {
        let before = bytes.get(at.saturating_sub(CONTEXT)..at).unwrap_or_default();
        if before.last() == Some(&b'\n') {
            return Some(true);
        }
        let gap = before.trim_ascii_end();
        let separated = matches!(gap.last(), Some(b',' | b'[' | b'}' | b']') | None);
        let record = bytes.get(at..).unwrap_or_default();
        let Some(usual) = &self.0 else {
            // Nothing is known of how one starts: any object behind another will do, and the first one
            // behind a date or a container's name. In front of a nested one stands its name, in quotes.
            let is_prefixed = || {
                let line = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
                let prefix = before.get(line..).unwrap_or_default();
                is_first_in_line(before) && !prefix.trim_ascii().is_empty() && !prefix.contains(&b'"')
            };
            // Last, since it reads the object: of millions in each other each would be read anew.
            if !gap.ends_with(b"},") && !is_prefixed() {
                return Some(false);
            }
            return match names(record) {
                Names::TooShort => None,
                Names::Known(..) => Some(true),
                Names::No => Some(false),
            };
        };
        if !separated && !is_first_in_line(before) {
            return Some(false);
        }
        match names(record) {
            Names::TooShort => None,
            Names::No => Some(false),
            Names::Known(first, second) => {
                Some(first == usual.first && (usual.second.is_none() || second == usual.second.as_deref()))
            }
        }
    }

    /// Whether a record's first fields start with these bytes, and no bracket in front of them: it was lost.
    /// `None` if the bytes end too early to say.
    pub(crate) fn lacks_bracket(&self, bytes: &[u8]) -> Option<bool> {
        let Some((usual, rest)) = self.0.as_ref().zip(bytes.strip_prefix(b"\"")) else { return Some(false) };
        // Nearly everything is told by the first letters, and need not wait for what comes.
        if !rest.starts_with(&usual.first) {
            return if usual.first.starts_with(rest) { None } else { Some(false) };
        }
        match names_from(bytes, 0) {
            Names::TooShort => None,
            Names::No => Some(false),
            Names::Known(first, second) => Some(first == usual.first && second == usual.second.as_deref()),
        }
    }

    /// Where the line begins whose first object starts at `at`, if only a prefix (a date, a host)
    /// stands before it; otherwise `at` itself.
    pub(crate) fn with_prefix(bytes: &[u8], at: usize) -> usize {
        let before = bytes.get(..at).unwrap_or_default();
        let line = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        let prefix = before.get(line..).unwrap_or_default();
        let separates = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b',' | b'[' | b']' | b'}');
        if line == 0 || prefix.contains(&b'{') || prefix.iter().all(separates) { at } else { line }
    }
}

/// Whether only a prefix stands before this place in its line.
fn is_first_in_line(before: &[u8]) -> bool {
    match memchr::memrchr2(b'\n', b'{', before) {
        Some(at) => before.get(at) == Some(&b'\n'),
        None => before.len() < CONTEXT,
    }
}

enum Names<'a> {
    Known(&'a [u8], Option<&'a [u8]>),
    /// No object with a field starts here.
    No,
    TooShort,
}

/// The names of the first and second field of the object at the start of `bytes`.
fn names(bytes: &[u8]) -> Names<'_> {
    names_from(bytes, 1)
}

/// The same of what stands behind an object's bracket, at `inside`.
fn names_from(bytes: &[u8], inside: usize) -> Names<'_> {
    let Some((first, after)) = name(bytes, inside) else {
        return if bytes.len() < 512 { Names::TooShort } else { Names::No };
    };
    let value = after + spaces(bytes, after);
    let end = match bytes.get(value) {
        Some(b'{' | b'[' | b'"') => match Reader::default().read(bytes, value) {
            Found::Value(found) => found.end,
            Found::Incomplete => return Names::TooShort,
            Found::Broken(_) => return Names::No,
        },
        Some(_) => {
            let rest = bytes.get(value..).unwrap_or_default();
            match memchr::memchr3(b',', b'}', b'\n', rest) {
                Some(length) => value + length,
                None if rest.len() < 512 => return Names::TooShort,
                None => return Names::No,
            }
        }
        None => return Names::TooShort,
    };
    let comma = end + spaces(bytes, end);
    match bytes.get(comma) {
        Some(b',') => match name(bytes, comma + 1) {
            Some((second, _)) => Names::Known(first, Some(second)),
            None if bytes.len() < comma + 512 => Names::TooShort,
            None => Names::Known(first, None),
        },
        Some(_) => Names::Known(first, None),
        None => Names::TooShort,
    }
}

/// The field name behind white space at `at`, and the position behind its colon. A name with an
/// escape is none: no log begins its records with one.
fn name(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let at = at + spaces(bytes, at);
    let name = bytes.get(at..)?.strip_prefix(b"\"")?;
    let length = memchr::memchr3(b'"', b'\\', b'\n', name)?;
    let end = at + length + 2;
    let colon = end + spaces(bytes, end);
    (name.get(length) == Some(&b'"') && bytes.get(colon) == Some(&b':')).then_some((name.get(..length)?, colon + 1))
}

pub(crate) fn spaces(bytes: &[u8], from: usize) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_object_with_the_same_first_field_is_no_start() {
        let record = br#"{"id":{"a":[{"id":1,"x":2}]},"time":3,"of":[{"id":1,"y":2}]}"#;
        let start = RecordStart::of(record);
        let two = [b"[".as_slice(), record, b",", record, b"]"].concat();
        assert_eq!(start.find(&two, 0, true), Start::At(1));
        assert_eq!(start.find(&two, 2, true), Start::At(record.len() + 2));
        assert_eq!(start.find(&two, record.len() + 3, true), Start::Nowhere);
    }

    #[test]
    fn bytes_that_end_too_early_do_not_decide() {
        let record = br#"{"id":{"a":1},"time":3}"#;
        let start = RecordStart::of(record);
        let two = [record.as_slice(), b",", record].concat();
        for end in record.len() + 2..record.len() + 20 {
            assert_eq!(start.find(&two[..end], 1, false), Start::Unsure(record.len() + 1), "{end}");
        }
        assert_eq!(start.find(&two[..record.len() + 2], 1, true), Start::Nowhere);
    }

    #[test]
    fn a_line_with_a_prefix_starts_with_the_prefix() {
        let text = b"2026 | {\"a\":1}\n2026 | {\"a\":1}\n";
        let start = RecordStart::of(b"{\"a\":1}");
        let Start::At(at) = start.find(text, 10, true) else { panic!() };
        assert_eq!((at, RecordStart::with_prefix(text, at)), (22, 15));
        assert_eq!(RecordStart::with_prefix(b"[\n  {", 4), 4);
    }

    #[test]
    fn a_broken_first_record_does_not_tell_how_records_begin() {
        let inner = r#"{"id":"x","type":"y"}"#;
        let record = format!(r#"{{"uuid":1,"of":[{inner},{inner}]}}"#);
        let broken = format!(r#"{{"uuid" 1,"of":[{inner},{inner}]}}"#);
        let text = format!("[{broken},{}]", [record.as_str(); 20].join(","));
        assert_eq!(RecordStart::learn(text.as_bytes()), RecordStart::of(record.as_bytes()));
    }
}
