//! JSON in every arrangement that exports use: one object a line, one array on one line or
//! pretty-printed, objects one after the other with or without separator, text in front of each
//! object, and the lists inside `{"value":[…]}`, `{"records":[…]}` and the like.
//!
//! At the top level everything that only separates (commas, brackets, the shell of a wrapper) is
//! passed over without keeping state, so a file may mix arrangements. Where a record is broken the
//! reader goes on at the next plausible start of a record and says how much was passed over.

use std::io::Read;

use super::buffer::Window;
use super::{Batch, MAX_RECORD};
use crate::error::{Problem, ProblemKind};
use crate::json::scan::{End, end_of_string, end_of_value};
use crate::text::sanitize;

/// Names under which an export keeps its list of records.
const LISTS: [&[u8]; 8] = [b"value", b"records", b"Records", b"Events", b"events", b"logs", b"items", b"hits"];
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

pub(super) struct JsonStream<R> {
    window: Window<R>,
    /// First key of the records read so far: what the next record will start with.
    first_key: Vec<u8>,
}

/// What the top level shows next.
enum Next {
    /// Pass over so many bytes.
    Pass(usize),
    /// A record of so many bytes.
    Record(usize),
    /// Broken so many bytes in.
    Broken(usize, &'static str),
    /// More bytes are needed to say.
    NeedMore,
    /// The list is one page of several.
    MorePages(usize),
}

impl<R: Read> JsonStream<R> {
    pub(super) fn new(reader: R) -> Self {
        JsonStream { window: Window::new(reader), first_key: Vec::new() }
    }

    /// Fills a batch; false at the end of the input.
    pub(super) fn fill(&mut self, batch: &mut Batch) -> bool {
        while !batch.full() {
            if self.window.rest().is_empty() && !self.window.more() {
                batch.problems.extend(self.window.take_failure());
                return false;
            }
            match self.next() {
                Next::Pass(count) => self.window.consume(count),
                Next::Record(length) => self.record(length, batch),
                Next::MorePages(count) => {
                    self.problem(
                        batch,
                        ProblemKind::MissingField,
                        "the export is one page of several (it names a next page); fetch the following pages as well"
                            .to_owned(),
                        false,
                    );
                    self.window.consume(count);
                }
                Next::Broken(at, expected) => self.broken(at, expected, batch),
                Next::NeedMore if self.window.rest().len() > MAX_RECORD => {
                    self.problem(
                        batch,
                        ProblemKind::TooLong,
                        format!("a record is longer than {} MiB; it was passed over", MAX_RECORD >> 20),
                        true,
                    );
                    self.resync(MAX_RECORD);
                }
                Next::NeedMore => {
                    if !self.window.more() {
                        self.unfinished(batch);
                    }
                }
            }
        }
        true
    }

    fn next(&self) -> Next {
        let rest = self.window.rest();
        match rest.first() {
            Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b'[' | b']' | b'}' | 0x1e) => Next::Pass(
                rest.iter()
                    .take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t' | b',' | b'[' | b']' | b'}' | 0x1e))
                    .count(),
            ),
            Some(b'{') => match self.shell(rest) {
                Some(next) => next,
                None => match end_of_value(rest, 0) {
                    End::At(end) => Next::Record(end),
                    End::Incomplete => Next::NeedMore,
                    End::Broken(at) => Next::Broken(at, "a complete JSON object"),
                },
            },
            Some(b'"') => self.shell_rest(rest),
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
            let End::At(end) = end_of_string(rest, at) else { return None };
            let key = rest.get(at + 1..end - 1)?;
            at = end + spaces(rest, end);
            if rest.get(at)? != &b':' {
                return None;
            }
            at += 1;
            at += spaces(rest, at);
            let opening = *rest.get(at)?;
            if LISTS.contains(&key) {
                match opening {
                    b'[' => return self.list_of_objects(rest, at + 1, paged),
                    b'{' if key == b"hits" => {
                        at += 1;
                        need_more = true;
                        continue;
                    }
                    _ => return None,
                }
            }
            if !SHELL.contains(&key) {
                return None;
            }
            paged |= (key.ends_with(b"nextLink") || key == b"NextToken") && opening == b'"';
            at = self.value_end(rest, at)?;
            at += spaces(rest, at);
            match rest.get(at) {
                Some(b',') => at += 1,
                _ => return None,
            }
        }
    }

    /// Accepts a list as the shell's content only if it holds objects (or nothing).
    fn list_of_objects(&self, rest: &[u8], at: usize, paged: bool) -> Option<Next> {
        let first = at + spaces(rest, at);
        match rest.get(first) {
            Some(b'{' | b']') if paged => Some(Next::MorePages(first)),
            Some(b'{' | b']') => Some(Next::Pass(first)),
            Some(_) => None,
            None => Some(Next::NeedMore),
        }
    }

    fn value_end(&self, rest: &[u8], at: usize) -> Option<usize> {
        let end = match rest.get(at)? {
            b'"' => end_of_string(rest, at),
            b'{' | b'[' => end_of_value(rest, at),
            _ => End::At(at + rest.get(at..)?.iter().take_while(|b| !matches!(b, b',' | b'}' | b']' | b'\n')).count()),
        };
        match end {
            End::At(end) => Some(end),
            _ => None,
        }
    }

    /// `"@odata.nextLink":"…"` after the list: the rest of a shell.
    fn shell_rest(&self, rest: &[u8]) -> Next {
        let End::At(end) = end_of_string(rest, 0) else {
            return if self.window.ended { self.prefix(rest) } else { Next::NeedMore };
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
        match self.value_end(rest, start) {
            Some(end) if key.ends_with(b"nextLink") && rest.get(start) == Some(&b'"') => Next::MorePages(end),
            Some(end) => Next::Pass(end),
            None if self.window.ended => self.prefix(rest),
            None => Next::NeedMore,
        }
    }

    /// Text before an object on the same line is a prefix (a date, a container's name); a line
    /// without any object is no record.
    fn prefix(&self, rest: &[u8]) -> Next {
        match memchr::memchr2(b'{', b'\n', rest) {
            Some(at) if rest.get(at) == Some(&b'{') && at > 0 => Next::Pass(at),
            Some(at) => Next::Broken(at.max(1), "a JSON object"),
            None if self.window.ended => Next::Broken(rest.len(), "a JSON object"),
            None => Next::NeedMore,
        }
    }

    fn record(&mut self, length: usize, batch: &mut Batch) {
        let rest = self.window.rest();
        let record = rest.get(..length).unwrap_or_default();
        if self.first_key.is_empty() {
            self.first_key = first_key(record).unwrap_or_default().to_vec();
        }
        batch.push(record, self.window.line, self.window.offset, length as u64);
        self.window.consume(length);
    }

    fn problem(&self, batch: &mut Batch, kind: ProblemKind, detail: String, lost: bool) {
        batch.problems.push(Problem { line: self.window.line, offset: self.window.offset, kind, detail, lost });
    }

    fn broken(&mut self, at: usize, expected: &'static str, batch: &mut Batch) {
        let rest = self.window.rest();
        let found: String =
            String::from_utf8_lossy(rest.get(at.saturating_sub(1)..(at + 40).min(rest.len())).unwrap_or_default())
                .chars()
                .take(40)
                .collect();
        let deep = expected == "a complete JSON object"
            && rest.get(..at).is_some_and(|part| part.iter().filter(|b| matches!(b, b'{' | b'[')).count() > 127);
        let (kind, detail) = if rest.iter().take(at.max(1)).all(|b| *b == 0) {
            (
                ProblemKind::UnreadableBytes,
                "a block of zero bytes, as a crashed machine leaves it; it was passed over".to_owned(),
            )
        } else if deep {
            (ProblemKind::TooDeep, "a record is nested deeper than 127 levels; it was passed over".to_owned())
        } else {
            (
                ProblemKind::BadJson,
                format!(
                    "expected {expected}, found {:?} at byte {} of it; this record was passed over",
                    sanitize::line(&found),
                    at
                ),
            )
        };
        self.problem(batch, kind, detail, true);
        self.resync(at);
    }

    /// The input ended inside a record.
    fn unfinished(&mut self, batch: &mut Batch) {
        self.problem(
            batch,
            ProblemKind::Truncated,
            "the last record is cut off; everything before it was used. Export again, or go on with what is there"
                .to_owned(),
            true,
        );
        self.resync(1);
    }

    /// Goes on at the next place, `from` bytes on or later, where a record plausibly starts.
    fn resync(&mut self, from: usize) {
        self.window.consume(from.max(1) - 1);
        let mut searched = 1;
        loop {
            let rest = self.window.rest();
            let found = memchr::memchr_iter(b'{', rest.get(searched..).unwrap_or_default())
                .map(|at| at + searched)
                .find(|at| self.starts_record(rest, *at));
            if let Some(at) = found {
                self.window.consume(at);
                return;
            }
            // Keep a little, since the start of a record may straddle two blocks.
            let keep = (self.first_key.len() + 64).min(rest.len());
            let done = rest.len() - keep;
            if self.window.ended {
                let all = rest.len();
                self.window.consume(all);
                return;
            }
            self.window.consume(done);
            searched = 1.min(keep);
            self.window.more();
        }
    }

    fn starts_record(&self, rest: &[u8], at: usize) -> bool {
        let before = rest.get(..at).unwrap_or_default();
        if before.last() == Some(&b'\n') {
            return true;
        }
        let separated = matches!(before.trim_ascii_end().last(), Some(b',' | b'[' | b'}' | b']') | None);
        let key = first_key(rest.get(at..).unwrap_or_default());
        if self.first_key.is_empty() {
            // No record was read yet, so nothing is known of how one starts: any object after another will do.
            return separated && key.is_some() && before.trim_ascii_end().ends_with(b"},");
        }
        separated && key == Some(self.first_key.as_slice())
    }
}

fn spaces(bytes: &[u8], from: usize) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count()
}

fn first_key(record: &[u8]) -> Option<&[u8]> {
    let at = 1 + spaces(record, 1);
    match (record.get(at), end_of_string(record, at)) {
        (Some(b'"'), End::At(end)) => record.get(at + 1..end - 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(text: &[u8]) -> (Vec<String>, Vec<Problem>) {
        let mut stream = JsonStream::new(text);
        let (mut records, mut problems) = (Vec::new(), Vec::new());
        loop {
            let mut batch = Batch::default();
            let more = stream.fill(&mut batch);
            for frame in &batch.frames {
                records.push(String::from_utf8_lossy(&batch.bytes[frame.start..frame.start + frame.len]).into_owned());
            }
            problems.extend(batch.problems);
            if !more {
                return (records, problems);
            }
        }
    }

    #[test]
    fn every_arrangement_gives_the_same_records() {
        let records = [r#"{"id":1,"x":[{"id":9}]}"#, r#"{"id":2}"#, r#"{"id":3}"#];
        let joined = |with: &str| records.join(with);
        for text in [
            joined("\n"),
            joined("\r\n"),
            joined(""),
            joined(",\n"),
            joined("\n\n"),
            format!("[{}]", joined(",")),
            format!("[\n  {}\n]\n", joined(",\n  ")),
            format!("[{}][{}]\n[]", records[0], joined(",").replacen(&format!("{},", records[0]), "", 1)),
            format!(r#"{{"value":[{}]}}"#, joined(",")),
            format!(r#"{{"@odata.context":"x","value":[{}]}}"#, joined(",")),
            format!("{{\n \"records\" : [\n{}]}}", joined(",")),
            format!(r#"{{"took":1,"hits":{{"total":3,"hits":[{}]}}}}"#, joined(",")),
            format!("2023-01-01 | {}\n2023-01-01 | {}\n2023-01-01 | {}\n", records[0], records[1], records[2]),
        ] {
            let (found, problems) = frames(text.as_bytes());
            assert_eq!(found, records, "{text}");
            assert_eq!(problems, [], "{text}");
        }
    }

    #[test]
    fn a_page_that_names_the_next_is_reported() {
        let (found, problems) = frames(br#"{"value":[{"a":1}],"@odata.nextLink":"https://x"}"#);
        assert_eq!((found.len(), problems.len(), problems[0].lost), (1, 1, false));
    }

    #[test]
    fn an_empty_list_is_no_record() {
        for text in ["", " \n", "[]", r#"{"value":[]}"#, "[]\n[]"] {
            assert_eq!(frames(text.as_bytes()), (vec![], vec![]), "{text}");
        }
    }

    #[test]
    fn garbage_between_lines_costs_one_record_at_most() {
        let (found, problems) = frames(b"{\"id\":1}\nnonsense\n{\"id\":2}\n{\"id\":3,\n{\"id\":4}\n");
        assert_eq!(found.len(), 3);
        assert_eq!(problems.iter().filter(|p| p.lost).count(), 2);
    }

    #[test]
    fn one_damaged_byte_costs_two_records_at_most() {
        let records: Vec<String> =
            (0..12).map(|n| format!(r#"{{"uuid":"{n}","name":"a b","t":[{{"id":"x"}},{{"id":"y"}}]}}"#)).collect();
        for text in [records.join("\n"), format!("[{}]", records.join(","))] {
            proptest::proptest!(|(at in 0..text.len(), with in proptest::option::of(proptest::num::u8::ANY), cut: bool)| {
                let mut bytes = text.clone().into_bytes();
                match (with, cut) {
                    (Some(byte), true) => bytes[at] = byte,
                    (Some(byte), false) => bytes.insert(at, byte),
                    (None, _) => { bytes.remove(at); }
                }
                let (found, _) = frames(&bytes);
                let whole = found.iter().filter(|record| records.contains(record)).count();
                proptest::prop_assert!(whole >= 10, "{} of 12 left", whole);
            });
        }
    }
}
