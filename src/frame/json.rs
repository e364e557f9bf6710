//! JSON in every arrangement that exports use: one object a line, one array on one line or
//! pretty-printed, objects one after the other with or without separator, text in front of each
//! object, and the lists inside `{"value":[…]}`, `{"records":[…]}` and the like.
//!
//! At the top level everything that only separates (commas, brackets, the shell of a wrapper) is
//! passed over without keeping state, so a file may mix arrangements, and reading may begin at any
//! record. Where a record is broken the reader goes on at the next plausible start of a record and
//! says how much was passed over.

use super::buffer::Bytes;
use super::excerpt::{excerpt, is_whole};
use super::start::{CONTEXT, RecordStart, Start, spaces};
use super::{Frame, MAX_RECORD};
use crate::error::{Problem, ProblemKind};
use crate::json::{Failure, Found, Reader, Value};

/// Names under which an export keeps its list of records.
const LISTS: [&[u8]; 9] =
    [b"value", b"records", b"Records", b"Events", b"events", b"logs", b"items", b"hits", b"audits"];
/// Fields that may stand before the list in such a wrapper.
const SHELL: [&[u8]; 12] = [
    b"@odata.context",
    b"@odata.nextLink",
    b"@odata.count",
    b"count",
    b"total",
    b"took",
    b"timed_out",
    b"_shards",
    b"nextLink",
    b"NextToken",
    b"max_score",
    b"has_more",
];
/// What only separates records: what JSON has for it, and the form feed and such of old programs.
const SEPARATES: [u8; 11] = [b' ', b'\n', b'\r', b'\t', b',', b'[', b']', b'}', 0x0b, 0x0c, 0x1e];
/// What is said of a last record that does not end.
const CUT_OFF: &str =
    "the last record is cut off; everything before it was used. Export again, or go on with what is there";
/// What is said of a list that names a next page.
const MORE_PAGES: &str = "the export is one page of several (it names a next page); fetch the following pages as well";
/// What is wrong with a line of text.
const NO_RECORD: &str = "it is no record";
/// What is wrong where a record begins with its fields.
const NO_BRACKET: &str = "its beginning is missing, with the `{` in front of its fields";
/// Characters of such a line that are shown.
const SHOWN: usize = 60;
/// Characters shown from where a record is damaged.
const FOUND: usize = 40;

/// Cuts bytes into records, one after the other.
pub(crate) struct JsonRecords<B> {
    bytes: B,
    reader: Reader,
    start: RecordStart,
    /// Length and line ends of the record that was given last; it is consumed when the next is asked for.
    given: Option<(usize, usize)>,
    /// Longest record that is read.
    longest: usize,
    /// What is as long as a record may be is told and not kept, though its end is not there.
    gives_up: bool,
    /// The bytes are the rest of such a record, of which so many were looked at.
    lost: Option<usize>,
    /// Somebody reads what is said of what is broken.
    is_told: bool,
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Piece {
    /// A record; [`JsonRecords::reader`] has read it and [`JsonRecords::record`] gives its bytes.
    Record(Frame),
    /// Something that could not be read, or a remark.
    Problem(Problem),
    /// The input ends here.
    End,
    /// The bytes end before what comes next does, and no more are to be had.
    Stalled,
}

/// What the top level shows next.
enum Next {
    /// Pass over so many bytes.
    Pass(usize),
    /// A record.
    Record(Value),
    /// Broken: no JSON, or no object where one was expected.
    Broken(Failure),
    /// So many zero bytes.
    Zeros(usize),
    /// More bytes are needed to say.
    NeedMore,
    /// The list is one page of several.
    MorePages(usize),
}

impl<B: Bytes> JsonRecords<B> {
    pub(crate) fn new(bytes: B, start: RecordStart) -> Self {
        JsonRecords {
            bytes,
            reader: Reader::default(),
            start,
            given: None,
            longest: MAX_RECORD,
            gives_up: false,
            lost: None,
            is_told: true,
        }
    }

    /// The same for whoever asks where records begin only: what is shown of a broken one need not all be there.
    pub(crate) fn untold(self) -> Self {
        JsonRecords { is_told: false, ..self }
    }

    /// The same for bytes that somebody else keeps until they are used, which must not be for ever; `lost` is what
    /// [`JsonRecords::lost`] said of the bytes before.
    pub(crate) fn giving_up(self, lost: Option<usize>) -> Self {
        JsonRecords { gives_up: true, lost, ..self }
    }

    /// Whether what comes next is the rest of a record that was given up, and how much of it was looked at.
    pub(crate) fn lost(&self) -> Option<usize> {
        self.lost
    }

    /// The same, reading records of so many bytes.
    pub(crate) fn up_to(self, longest: usize) -> Self {
        JsonRecords { longest, ..self }
    }

    /// How records begin, as far as it is known.
    pub(crate) fn start(&self) -> &RecordStart {
        &self.start
    }

    /// Line and offset of what comes next.
    pub(crate) fn place(&self) -> (u64, u64) {
        let (length, lines) = self.given.unwrap_or_default();
        (self.bytes.line() + lines as u64, self.bytes.offset() + length as u64)
    }

    /// Has read the record that was given last.
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The bytes of the record that was given last.
    pub(crate) fn record(&self) -> &[u8] {
        let length = self.given.map_or(0, |(length, _)| length);
        self.bytes.rest().get(..length).unwrap_or_default()
    }

    /// Finds the next piece.
    pub(crate) fn next(&mut self) -> Piece {
        if let Some((length, lines)) = self.given.take() {
            self.bytes.consume(length, lines);
        }
        if let Some(looked_at) = self.lost.take()
            && !self.past_lost(looked_at)
        {
            return Piece::Stalled;
        }
        loop {
            if self.bytes.rest().is_empty() && !self.bytes.more() {
                return self.bytes.take_failure().map_or(Piece::End, Piece::Problem);
            }
            match self.look() {
                Next::Pass(count) => self.bytes.pass(count),
                Next::Record(value) => return Piece::Record(self.give(value)),
                Next::MorePages(count) => {
                    return self.tell(self.problem(ProblemKind::MissingField, MORE_PAGES.to_owned(), false), count);
                }
                Next::Zeros(count) => {
                    return self.tell(self.problem(ProblemKind::UnreadableBytes, super::zeros(count), true), count);
                }
                Next::Broken(failure) if self.is_told && !self.shows(failure) => match self.bytes.more() {
                    true => {}
                    false if self.bytes.ended() => {}
                    false => return Piece::Stalled,
                },
                Next::Broken(failure) => return self.past(self.broken(failure), failure.at),
                Next::NeedMore if self.bytes.rest().len() >= self.longest => {
                    let problem = self.problem(ProblemKind::TooLong, super::too_long("a record", self.longest), true);
                    return self.past(problem, self.longest);
                }
                Next::NeedMore => match self.bytes.more() {
                    true => {}
                    false if self.bytes.ended() => return self.cut_off(),
                    false => return Piece::Stalled,
                },
            }
        }
    }

    /// Gives a record; its bytes stay until the next one is asked for.
    fn give(&mut self, value: Value) -> Frame {
        if self.start.is_unknown() {
            let record = self.bytes.rest().get(..value.end).unwrap_or_default();
            self.start = RecordStart::of(record);
        }
        self.given = Some((value.end, value.lines));
        Frame {
            start: 0,
            len: value.end,
            line: self.bytes.line(),
            offset: self.bytes.offset(),
            raw_len: value.end as u64,
        }
    }

    /// Tells of what the next bytes are, and passes over them.
    fn tell(&mut self, problem: Problem, count: usize) -> Piece {
        self.bytes.pass(count);
        Piece::Problem(problem)
    }

    /// Tells of a record that is not all there, though no more will come.
    fn cut_off(&mut self) -> Piece {
        let problem = match self.bytes.take_failure() {
            // One cut is one problem.
            Some(failure) => self.problem(failure.kind, failure.detail, true),
            None => self.problem(ProblemKind::Truncated, CUT_OFF.to_owned(), true),
        };
        self.past(problem, 1)
    }

    fn look(&mut self) -> Next {
        let rest = self.bytes.rest();
        match rest.first() {
            Some(byte) if SEPARATES.contains(byte) => {
                Next::Pass(rest.iter().take_while(|byte| SEPARATES.contains(byte)).count())
            }
            Some(b'{') => match self.shell(rest) {
                Some(next) => next,
                // What is longer than a record may be counts as not ended, wherever the block ends.
                None => match self.reader.read_on(rest.get(..self.longest).unwrap_or(rest), self.bytes.offset()) {
                    Found::Value(value) => Next::Record(value),
                    Found::Incomplete => Next::NeedMore,
                    Found::Broken(failure) => Next::Broken(failure),
                },
            },
            Some(b'"') => self.shell_rest(rest),
            Some(0) => match rest.iter().position(|byte| *byte != 0) {
                Some(count) => Next::Zeros(count),
                // As long as a record may be; what follows is the next block.
                None if self.bytes.ended() || rest.len() >= self.longest => Next::Zeros(rest.len()),
                None => Next::NeedMore,
            },
            Some(_) => self.prefix(rest),
            None => Next::NeedMore,
        }
    }

    /// `{"@odata.context":"…","value":[` and its relatives: how much of it is only a shell.
    fn shell(&self, rest: &[u8]) -> Option<Next> {
        let mut at = 1;
        let mut need_more = false;
        let mut paged = false;
        loop {
            at += spaces(rest, at);
            let Some(b'"') = rest.get(at) else {
                return (need_more || rest.get(at).is_none()).then_some(Next::NeedMore);
            };
            let key = rest.get(at + 1..)?;
            let key = key.get(..memchr::memchr(b'"', key)?)?;
            let in_list = LISTS.contains(&key);
            if !in_list && !SHELL.contains(&key) {
                return None;
            }
            at += key.len() + 2;
            at += spaces(rest, at);
            if rest.get(at)? != &b':' {
                return None;
            }
            at += 1;
            at += spaces(rest, at);
            let opening = *rest.get(at)?;
            if in_list {
                match opening {
                    b'[' => return list_of_objects(rest, at + 1, paged),
                    b'{' if key == b"hits" => {
                        at += 1;
                        need_more = true;
                        continue;
                    }
                    _ => return None,
                }
            }
            paged |= (key.ends_with(b"nextLink") || key == b"NextToken") && opening == b'"';
            let ValueEnd::At(end) = value_end(rest, at, self.bytes.ended()) else { return None };
            at = end + spaces(rest, end);
            match rest.get(at) {
                Some(b',') => at += 1,
                _ => return None,
            }
        }
    }

    /// `"@odata.nextLink":"…"` after the list: the rest of a shell.
    fn shell_rest(&self, rest: &[u8]) -> Next {
        if let Some(next) = self.headless(rest) {
            return next;
        }
        let end = match Reader::default().read(rest, 0) {
            Found::Value(value) => value.end,
            Found::Incomplete if !self.bytes.ended() => return Next::NeedMore,
            _ => return self.prefix(rest),
        };
        let key = rest.get(1..end - 1).unwrap_or_default();
        let colon = end + spaces(rest, end);
        if rest.get(colon) != Some(&b':') {
            return self.prefix(rest);
        }
        let start = colon + 1 + spaces(rest, colon + 1);
        if LISTS.contains(&key) && rest.get(start) == Some(&b'[') {
            return Next::Pass(start + 1);
        }
        match value_end(rest, start, self.bytes.ended()) {
            ValueEnd::At(end) if key.ends_with(b"nextLink") && rest.get(start) == Some(&b'"') => Next::MorePages(end),
            ValueEnd::At(end) => Next::Pass(end),
            ValueEnd::NeedMore if !self.bytes.ended() => Next::NeedMore,
            ValueEnd::NeedMore | ValueEnd::Nowhere => self.prefix(rest),
        }
    }

    /// The fields of a record whose first byte was damaged look like those of a shell, and must not pass for them.
    fn headless(&self, fields: &[u8]) -> Option<Next> {
        match self.start.lacks_bracket(fields) {
            Some(true) => Some(Next::Broken(Failure { at: 0, wrong: NO_BRACKET, truncated: false, too_deep: false })),
            None if !self.bytes.ended() => Some(Next::NeedMore),
            _ => None,
        }
    }

    /// Text before an object on the same line is a prefix (a date, a container's name); a line
    /// without any object is no record.
    fn prefix(&self, rest: &[u8]) -> Next {
        let broken = |at| Next::Broken(Failure { at, wrong: NO_RECORD, truncated: false, too_deep: false });
        match memchr::memchr2(b'{', b'\n', rest) {
            Some(at) if rest.get(at) == Some(&b'{') && at > 0 => {
                let mut quotes = memchr::memchr_iter(b'"', rest.get(..at).unwrap_or_default());
                quotes.find_map(|quote| self.headless(rest.get(quote..)?)).unwrap_or(Next::Pass(at))
            }
            Some(at) => broken(at.max(1)),
            None if self.bytes.ended() => broken(rest.len()),
            None => Next::NeedMore,
        }
    }

    fn problem(&self, kind: ProblemKind, detail: String, lost: bool) -> Problem {
        Problem { line: self.bytes.line(), offset: self.bytes.offset(), kind, detail, lost }
    }

    /// Whether all is there that is looked at to show where a record is broken. What is shown must not depend on
    /// where a piece of the input ends.
    fn shows(&self, failure: Failure) -> bool {
        let rest = self.bytes.rest();
        self.bytes.ended() || rest.len() >= self.longest || is_whole(rest, failure.at.saturating_sub(1), FOUND)
    }

    fn broken(&self, failure: Failure) -> Problem {
        let rest = self.bytes.rest();
        let at = failure.at;
        let (kind, detail) = if failure.wrong == NO_RECORD {
            let start = excerpt(rest.get(..at).unwrap_or_default(), 0, SHOWN);
            (ProblemKind::BadJson, format!("text that is no record, {:?}; it was passed over", start.trim()))
        } else if failure.too_deep {
            (ProblemKind::TooDeep, "a record is nested deeper than 127 levels; it was passed over".to_owned())
        } else {
            (
                ProblemKind::BadJson,
                format!(
                    "not valid JSON: {}, at {:?} (byte {at} of the record); it was passed over",
                    failure.wrong,
                    excerpt(rest, at.saturating_sub(1), FOUND),
                ),
            )
        };
        self.problem(kind, detail, true)
    }

    /// Looks for the end of a record that was told as lost, of which so many bytes were looked at; false if more are
    /// needed.
    fn past_lost(&mut self, looked_at: usize) -> bool {
        let (rest, ended) = (self.bytes.rest(), self.bytes.ended());
        let at = match self.start.find(rest, looked_at, ended) {
            Start::At(found) => {
                self.bytes.pass(found);
                return true;
            }
            _ if ended => {
                self.bytes.pass(rest.len());
                return true;
            }
            Start::Unsure(found) => found,
            Start::Nowhere => rest.len().max(looked_at),
        };
        let behind = at.saturating_sub(CONTEXT).min(rest.len());
        self.bytes.pass(behind);
        self.lost = Some(at - behind);
        false
    }

    /// Goes on at the next place, `from` bytes on or later, where a record plausibly starts.
    fn past(&mut self, problem: Problem, from: usize) -> Piece {
        let mut at = from.max(1);
        loop {
            let rest = self.bytes.rest();
            at = match self.start.find(rest, at, self.bytes.ended()) {
                Start::At(found) => {
                    self.bytes.pass(found);
                    return Piece::Problem(problem);
                }
                Start::Unsure(found) => found,
                Start::Nowhere => rest.len().max(at),
            };
            if self.bytes.ended() {
                self.bytes.pass(self.bytes.rest().len());
                return Piece::Problem(problem);
            }
            // What tells whether a record starts stands shortly before it.
            let behind = at.saturating_sub(CONTEXT).min(self.bytes.rest().len());
            if self.bytes.is_all() {
                // Whoever has the rest begins with this record again, and tells of it.
                if !self.gives_up || self.bytes.rest().len() < self.longest {
                    return Piece::Stalled;
                }
                self.bytes.pass(behind);
                self.lost = Some(at - behind);
                return Piece::Problem(problem);
            }
            self.bytes.pass(behind);
            at -= behind;
            self.bytes.more();
        }
    }
}

/// Accepts a list as the shell's content only if it holds objects (or nothing). Where it begins with what
/// is no JSON at all, its first record is damaged, and the ones behind it are records nevertheless.
fn list_of_objects(rest: &[u8], at: usize, paged: bool) -> Option<Next> {
    let first = at + spaces(rest, at);
    match rest.get(first) {
        Some(b'{' | b']') if paged => Some(Next::MorePages(first)),
        Some(b'{' | b']') => Some(Next::Pass(first)),
        Some(b'"' | b'[') => None,
        Some(_) => {
            let word =
                rest.get(first..)?.iter().take_while(|b| !matches!(b, b',' | b']' | b'{') && !b.is_ascii_whitespace());
            let end = first + word.count();
            let scalar = rest
                .get(first..end)
                .is_some_and(|word| matches!(word.first(), Some(b'-' | b'0'..=b'9')) || is_literal(word));
            let behind = rest.get(end + spaces(rest, end));
            match behind {
                None => Some(Next::NeedMore),
                Some(b',' | b']') if scalar => None,
                Some(_) => Some(Next::Pass(first)),
            }
        }
        None => Some(Next::NeedMore),
    }
}

fn is_literal(word: &[u8]) -> bool {
    matches!(word, b"true" | b"false" | b"null")
}

/// Where the value of a field ends.
enum ValueEnd {
    At(usize),
    /// The bytes end before it does.
    NeedMore,
    /// There is no value.
    Nowhere,
}

fn value_end(rest: &[u8], at: usize, ended: bool) -> ValueEnd {
    match rest.get(at) {
        Some(b'"' | b'{' | b'[') => match Reader::default().read(rest, at) {
            Found::Value(value) => ValueEnd::At(value.end),
            Found::Incomplete => ValueEnd::NeedMore,
            Found::Broken(_) => ValueEnd::Nowhere,
        },
        Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
            let word = rest.get(at..).unwrap_or_default();
            let length =
                word.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
            // A number may go on in what is still to come.
            match word.get(length) {
                Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t') => ValueEnd::At(at + length),
                Some(_) => ValueEnd::Nowhere,
                None if ended => ValueEnd::At(at + length),
                None => ValueEnd::NeedMore,
            }
        }
        Some(_) => ValueEnd::Nowhere,
        None => ValueEnd::NeedMore,
    }
}

#[cfg(test)]
mod tests;
