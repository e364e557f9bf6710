//! Text that is no JSON and no table: what admins paste from a portal, access logs, framework logs.
//! A block becomes an object with the field `provlens.text` that names its kind, and the words.

use std::borrow::Cow;
use std::io::Read;

use super::buffer::{Bytes as _, Window};
use super::{Batch, is_too_long, logfmt, logrus, too_long};
use crate::error::{Problem, ProblemKind};
use crate::json::{Found, Reader};

/// Kinds of text that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    /// One failure as copied from a portal or a ticket; the whole file is one record.
    Pasted,
    /// Combined Log Format, one line a record.
    AccessLog,
    /// `[date] production.ERROR: …`, continued on the lines below.
    Laravel,
    /// What Entra's client says of a call and its answer, over many lines.
    EntraClient,
    /// `2025-… trackingid="…" event="…"`, continued on the lines below.
    PingFederate,
    /// `event=… logger=…`, continued on the lines below.
    Logfmt,
    /// JSON objects with plain text between them.
    Logrus,
    /// Words nobody knows: one record a file.
    Other,
}

impl TextKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            TextKind::Pasted => "pasted-text",
            TextKind::AccessLog => "access-log",
            TextKind::Laravel => "laravel-log",
            TextKind::EntraClient => "entra-client-text",
            TextKind::PingFederate => "pingfederate-log",
            TextKind::Logfmt => "logfmt",
            TextKind::Logrus => "json with text",
            TextKind::Other => "text",
        }
    }

    fn is_whole_file(self) -> bool {
        matches!(self, TextKind::Pasted | TextKind::Other)
    }

    /// Whether a line starts a block; `ended` if the block before may end there.
    fn starts(self, line: &[u8], ended: bool) -> bool {
        let digits = |from: usize| line.get(from..from + 4).is_some_and(|year| year.iter().all(u8::is_ascii_digit));
        match self {
            TextKind::AccessLog => true,
            // Not every bracket: a traced body may begin with one.
            TextKind::Laravel => line.first() == Some(&b'[') && digits(1),
            TextKind::PingFederate => digits(0),
            TextKind::Logrus => line.first() == Some(&b'{'),
            TextKind::Logfmt => logfmt::is_line(&String::from_utf8_lossy(line)),
            TextKind::EntraClient => ended && memchr::memmem::find(line, b"Resource:").is_some(),
            TextKind::Pasted | TextKind::Other => false,
        }
    }

    /// Whether a block may end behind this line, as far as the line tells.
    fn completes(self, line: &[u8]) -> bool {
        self != TextKind::EntraClient || memchr::memmem::find(line, b"Response Status Code:").is_some()
    }

    /// The object for a block; `None` if it is broken.
    fn object(self, block: &str) -> Option<String> {
        match self {
            // What stands before the first line with fields is a greeting.
            TextKind::Logfmt => logfmt::object(block).or_else(|| TextKind::Other.object(block)),
            TextKind::Logrus => logrus::object(block).map(Into::into),
            _ => Some(serde_json::json!({ "provlens.text": self.name(), "words": block }).to_string()),
        }
    }
}

/// Lines that are looked at for one that tells the kind; programs greet before they log.
const SOME: usize = 8;

/// The kind of text, or `None` if the bytes are JSON or a table.
pub(super) fn sniff(head: &[u8]) -> Option<TextKind> {
    let text = String::from_utf8_lossy(head);
    let first = text.lines().find(|line| !line.trim().is_empty())?.trim().to_owned();
    if first.starts_with('{') {
        return None;
    }
    if let Some(rest) = first.strip_prefix('[') {
        if rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains("] ") {
            return Some(TextKind::Laravel);
        }
        return None;
    }
    if first.contains(" HTTP/") && first.contains("] \"") {
        return Some(TextKind::AccessLog);
    }
    if first.contains(" event=\"") && (first.contains("trackingid=") || first.contains("transactionid="))
        || first.contains("org.sourceid.")
        || first.contains("[com.pingidentity")
    {
        return Some(TextKind::PingFederate);
    }
    // A page about logs is no log: Markdown headings and tables.
    if first.starts_with('#') || text.contains("| --- |") {
        return Some(TextKind::Other);
    }
    if text.lines().take(SOME).any(logfmt::is_line) {
        return Some(TextKind::Logfmt);
    }
    if text.contains("Resource:") && text.contains("Operation:") && text.contains("Response Status Code:") {
        return Some(TextKind::EntraClient);
    }
    let lower = text.to_lowercase();
    let marks = [
        "statuscode:",
        "web response",
        "error code",
        "errors reported by",
        "this operation was retried",
        "response status code",
        "matching user not found",
        "provisioning",
    ];
    if is_document(&text) {
        return None;
    }
    // A heading of Entra's portal. As a word among others it would be in nearly every log.
    let is_heading =
        |line: &str| line.trim_matches(|letter: char| !letter.is_alphanumeric()).eq_ignore_ascii_case("error message");
    let is_pasted = || marks.iter().any(|mark| lower.contains(mark)) || text.lines().any(is_heading);
    let prefixed = first.contains('{') && first.ends_with('}') || holds_records(&text, &marks);
    if !prefixed && is_pasted() && super::table::sniff(head).is_none() {
        return Some(TextKind::Pasted);
    }
    (!prefixed && !text.contains("{\"") && super::table::sniff(head).is_none()).then_some(TextKind::Other)
}

/// Whether it is a JSON document on lines of its own of which the first bytes are damaged: records that
/// begin on a line each, and hardly anything but their fields. One answer that somebody copied has one.
fn is_document(text: &str) -> bool {
    let is_field = |line: &str| line.starts_with('"') && line.contains("\":");
    let is_bracket = |line: &str| line.bytes().all(|b| b"{}[],".contains(&b));
    let (mut lines, mut like, mut records) = (0, 0, 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        lines += 1;
        like += usize::from(is_field(line) || is_bracket(line));
        records += usize::from(line == "{");
    }
    records > 1 && like * 4 > lines * 3
}

/// Whether the first lines hold a record behind a date or a container's name, or two without: one answer
/// that somebody copied together with the words in front of it is none.
fn holds_records(text: &str, marks: &[&str]) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(SOME);
    let found = lines.filter_map(|line| {
        let at = line.find("{\"")?;
        let (prefix, record) = line.split_at(at);
        let prefix = prefix.to_lowercase();
        let is_record = match Reader::default().read(record.as_bytes(), 0) {
            Found::Value(value) => record.get(value.end..).is_some_and(|rest| rest.trim().is_empty()),
            // The head of the input ends within it.
            Found::Incomplete => text.ends_with(line),
            Found::Broken(_) => false,
        };
        let is_words = marks.iter().any(|mark| prefix.contains(mark));
        (is_record && !is_words).then_some(if prefix.trim().is_empty() { 1 } else { 2 })
    });
    found.sum::<usize>() > 1
}

pub(super) struct TextBlocks<R> {
    window: Window<R>,
    kind: TextKind,
    /// Longest block that is read.
    longest: usize,
}

impl<R: Read> TextBlocks<R> {
    pub(super) fn new(reader: R, kind: TextKind, longest: usize) -> Self {
        TextBlocks { window: Window::new(reader), kind, longest }
    }

    pub(super) fn offset(&self) -> u64 {
        self.window.offset()
    }

    pub(super) fn fill(&mut self, batch: &mut Batch) -> bool {
        while !batch.is_full() {
            if let Some(length) = self.block() {
                self.take(length, batch);
            } else if self.window.rest().len() > self.longest {
                let what = too_long("a block of text", self.longest);
                batch.problems.push(self.problem(ProblemKind::TooLong, what, true));
                self.window.pass(self.longest);
            } else if !self.window.more() && self.window.rest().is_empty() {
                batch.problems.extend(self.window.take_failure());
                return false;
            }
        }
        true
    }

    fn problem(&self, kind: ProblemKind, detail: String, lost: bool) -> Problem {
        Problem { line: self.window.line(), offset: self.window.offset(), kind, detail, lost }
    }

    /// Makes a record of a block.
    fn take(&mut self, length: usize, batch: &mut Batch) {
        let block = self.window.rest().get(..length).unwrap_or_default();
        let (line, offset) = (self.window.line(), self.window.offset());
        if is_too_long(block, self.longest) {
            let what = too_long("a block of text, once it is written as a record,", self.longest);
            batch.problems.push(self.problem(ProblemKind::TooLong, what, true));
            return self.window.pass(length);
        }
        let text = String::from_utf8_lossy(block);
        let words = text.trim();
        if !words.is_empty() {
            match self.kind.object(words) {
                Some(object) => batch.push(object.as_bytes(), line, offset, length as u64),
                None => {
                    let what = "a record that is cut off or broken; it was passed over";
                    batch.problems.push(self.problem(ProblemKind::BadJson, what.to_owned(), true));
                }
            }
            if matches!(text, Cow::Owned(_)) && self.kind != TextKind::Other {
                let what = "the text holds bytes that are no UTF-8; they are shown as \u{fffd} and the text was used. Save it as UTF-8";
                batch.problems.push(self.problem(ProblemKind::UnreadableBytes, what.to_owned(), false));
            }
        }
        self.window.pass(length);
    }

    /// Length of the next block, if its end is in sight.
    fn block(&self) -> Option<usize> {
        let rest = self.window.rest();
        if rest.is_empty() {
            return None;
        }
        if self.kind.is_whole_file() {
            return (self.window.ended() && rest.len() <= self.longest).then_some(rest.len());
        }
        let (mut from, mut ended) = (0, false);
        loop {
            let line = rest.get(from..)?;
            let Some(at) = memchr::memchr(b'\n', line) else {
                // The last line, unless more of it follows.
                let is_next = from > 0 && self.kind.starts(line, ended);
                return self.window.ended().then_some(if is_next { from } else { rest.len() });
            };
            let line = line.get(..at)?;
            if from > 0 && self.kind.starts(line, ended) {
                return Some(from);
            }
            ended |= self.kind.completes(line);
            from += at + 1;
            if self.kind == TextKind::AccessLog {
                return Some(from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_does_not_make_a_log_a_pasted_text() {
        let record = r#"{"uuid":"a","eventType":"application.provision.user.push","displayMessage":"Provisioning"}"#;
        for prefix in ["", "2026-03-02T10:00:00Z app[1]: ", "web-1  | "] {
            let text = format!("Okta log export\n\n{prefix}{record}\n{prefix}{record}\n");
            assert_eq!(sniff(text.as_bytes()), None, "{text}");
        }
        let cut = format!("Okta log export\nweb-1 | {}", record.split_at(60).0);
        assert_eq!(sniff(cut.as_bytes()), None);
        for pasted in [
            "Provisioning failed\n{\"status\":\"403\",\"detail\":\"no\"}\n",
            "Error message\nData source name not found and no default driver specified",
            "Error in production:\nStatusCode: BadRequest Web Response: {\"status\":\"400\",\"detail\":\"no\"}\n",
        ] {
            assert_eq!(sniff(pasted.as_bytes()), Some(TextKind::Pasted), "{pasted}");
        }
    }

    #[test]
    fn a_document_without_its_first_bytes_is_a_document() {
        let record = "  {\n   \"id\": \"a\",\n   \"provisioningAction\": \"create\"\n  }";
        let whole = format!("{{\n \"value\": [\n{record},\n{record}\n ]\n}}\n");
        for damaged in [whole.get(1..), whole.get(4..)].into_iter().flatten() {
            assert_eq!(sniff(damaged.as_bytes()), None, "{damaged}");
        }
        let pasted = "Provisioning failed\n{\n \"status\": \"403\",\n \"detail\": \"no\"\n}\n";
        assert_eq!(sniff(pasted.as_bytes()), Some(TextKind::Pasted));
    }
}
