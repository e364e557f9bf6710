//! Text that is no JSON and no table: what admins paste from a portal, access logs, framework logs.
//! A block becomes an object with the field `provlens.text` that names its kind, and the words.

use std::io::Read;

use super::buffer::{Bytes as _, Window};
use super::{Batch, MAX_RECORD};
use crate::error::{Problem, ProblemKind};

/// Kinds of text that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    /// One failure as copied from a portal or a ticket; the whole file is one record.
    Pasted,
    /// Combined Log Format, one line a record.
    AccessLog,
    /// `[date] production.ERROR: …`, continued on the lines below.
    Laravel,
    /// `2025-… trackingid="…" event="…"`.
    PingFederate,
    /// Words nobody knows: one record a file.
    Other,
}

impl TextKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            TextKind::Pasted => "pasted-text",
            TextKind::AccessLog => "access-log",
            TextKind::Laravel => "laravel-log",
            TextKind::PingFederate => "pingfederate-log",
            TextKind::Other => "text",
        }
    }

    fn is_whole_file(self) -> bool {
        matches!(self, TextKind::Pasted | TextKind::Other)
    }
}

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
    // A page about logs is no log: Markdown headings and tables.
    if first.starts_with('#') || text.contains("| --- |") {
        return Some(TextKind::Other);
    }
    let prefixed = first.contains('{') && first.ends_with('}');
    if !prefixed && marks.iter().any(|mark| lower.contains(mark)) && super::table::sniff(head).is_none() {
        return Some(TextKind::Pasted);
    }
    (!prefixed && !text.contains("{\"") && super::table::sniff(head).is_none()).then_some(TextKind::Other)
}

pub(super) struct TextBlocks<R> {
    window: Window<R>,
    kind: TextKind,
}

impl<R: Read> TextBlocks<R> {
    pub(super) fn new(reader: R, kind: TextKind) -> Self {
        TextBlocks { window: Window::new(reader), kind }
    }

    pub(super) fn offset(&self) -> u64 {
        self.window.offset()
    }

    pub(super) fn fill(&mut self, batch: &mut Batch) -> bool {
        while !batch.full() {
            let Some(length) = self.block() else {
                if self.window.rest().len() > MAX_RECORD {
                    let (line, offset) = (self.window.line(), self.window.offset());
                    batch.problems.push(Problem {
                        line,
                        offset,
                        kind: ProblemKind::TooLong,
                        detail: "a block of text is longer than 16 MiB; it was passed over".to_owned(),
                        lost: true,
                    });
                    self.window.pass(MAX_RECORD);
                }
                if self.window.more() || !self.window.rest().is_empty() {
                    continue;
                }
                batch.problems.extend(self.window.take_failure());
                return false;
            };
            let words = String::from_utf8_lossy(self.window.rest().get(..length).unwrap_or_default()).trim().to_owned();
            if !words.is_empty() {
                let object = serde_json::json!({ "provlens.text": self.kind.name(), "words": words }).to_string();
                batch.push(object.as_bytes(), self.window.line(), self.window.offset(), length as u64);
            }
            self.window.pass(length);
        }
        true
    }

    /// Length of the next block, if its end is in sight.
    fn block(&self) -> Option<usize> {
        let rest = self.window.rest();
        if rest.is_empty() {
            return None;
        }
        if self.kind.is_whole_file() {
            return (self.window.ended() && rest.len() <= MAX_RECORD).then_some(rest.len());
        }
        let mut from = 0;
        loop {
            match memchr::memchr(b'\n', rest.get(from..)?) {
                Some(at) => {
                    let end = from + at + 1;
                    let continued = self.kind == TextKind::Laravel && rest.get(end).is_some_and(|b| *b != b'[');
                    if !continued && (end < rest.len() || self.window.ended() || self.kind != TextKind::Laravel) {
                        return Some(end);
                    }
                    if end >= rest.len() {
                        return self.window.ended().then_some(rest.len());
                    }
                    from = end;
                }
                None => return self.window.ended().then_some(rest.len()),
            }
        }
    }
}
