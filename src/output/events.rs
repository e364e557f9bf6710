//! Events one by one: a JSON object a line, or a row of a table.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::csv::{Row, Style};
use crate::analysis::field::{self, FIELDS, Labels, Value};
use crate::event::{Certainty, Entry, Operation, Outcome, Provider};
use crate::text::time;
use crate::text::{sanitize, secret};

/// Writes events as they come.
pub trait Writer<W>: Send {
    /// Writes one.
    ///
    /// # Errors
    /// What the place that it is written to says.
    fn event(&mut self, entry: &Entry<'_>) -> io::Result<()>;

    /// Writes what is left to write, and gives back where it was written to.
    ///
    /// # Errors
    /// As of [`Writer::event`].
    fn finish(self: Box<Self>) -> io::Result<W>;
}

/// A JSON object a line, with the fields that programs may rely on.
pub struct Ndjson<W> {
    out: W,
    labels: Labels,
    line: Vec<u8>,
}

impl<W: Write> Ndjson<W> {
    /// Nothing written yet.
    pub fn new(out: W, labels: Labels) -> Ndjson<W> {
        Ndjson { out, labels, line: Vec::new() }
    }
}

impl<W: Write + Send> Writer<W> for Ndjson<W> {
    fn event(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, &Line::of(entry, &self.labels))?;
        self.line.push(b'\n');
        let text = String::from_utf8_lossy(&self.line);
        self.out.write_all(sanitize::json(&text).as_bytes())
    }

    fn finish(mut self: Box<Self>) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// An event as the object of one line.
///
/// # Errors
/// None in practice: every field of an event can be said in JSON.
pub fn line(entry: &Entry<'_>, labels: &Labels) -> serde_json::Result<String> {
    let text = serde_json::to_string(&Line::of(entry, labels))?;
    Ok(sanitize::json(&text).into_owned())
}

#[derive(Serialize)]
struct Line<'a> {
    time: Option<String>,
    provider: Provider,
    dialect: &'static str,
    operation: Operation,
    outcome: Outcome,
    app: App<'a>,
    subject: Subject<'a>,
    actor: Text<'a>,
    error: Option<Error<'a>>,
    ids: Ids<'a>,
    duration_ms: Option<i64>,
    changed: Option<Vec<Cow<'a, str>>>,
    raw: Raw<'a>,
    rule: Option<&'a str>,
    certainty: Option<Certainty>,
    cluster: Option<String>,
}

/// A text of which secrets are masked.
type Text<'a> = Option<Cow<'a, str>>;

#[derive(Serialize)]
struct App<'a> {
    name: Text<'a>,
    id: Text<'a>,
}

#[derive(Serialize)]
struct Subject<'a> {
    kind: Text<'a>,
    id: Text<'a>,
    login: Text<'a>,
    name: Text<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: Text<'a>,
    message: Text<'a>,
    phase: Text<'a>,
    http_status: Option<u16>,
    scim_type: Text<'a>,
    remote: Text<'a>,
}

#[derive(Serialize)]
struct Ids<'a> {
    event: Text<'a>,
    transaction: Text<'a>,
    request: Text<'a>,
    cycle: Text<'a>,
    job: Text<'a>,
    change: Text<'a>,
}

#[derive(Serialize)]
struct Raw<'a> {
    path: &'a str,
    line: u64,
    offset: u64,
    length: u64,
}

impl<'a> Line<'a> {
    fn of(entry: &Entry<'a>, labels: &'a Labels) -> Line<'a> {
        let masked = |text: Option<&'a str>| text.map(secret::mask);
        let Entry { subject, said, ids, place, .. } = entry;
        let error = Error {
            code: masked(said.code),
            message: masked(said.message),
            phase: masked(said.phase),
            http_status: said.http_status,
            scim_type: masked(said.scim_type),
            remote: masked(said.remote),
        };
        let changed: Vec<Cow<'a, str>> = entry.changed.iter().map(secret::mask).collect();
        Line {
            time: entry.time.map(time::rfc3339),
            provider: entry.provider,
            dialect: entry.dialect,
            operation: entry.operation,
            outcome: entry.outcome,
            app: App { name: masked(entry.app), id: masked(entry.app_id) },
            subject: Subject {
                kind: masked(subject.kind),
                id: masked(subject.id),
                login: masked(subject.login),
                name: masked(subject.name),
            },
            actor: masked(entry.actor),
            // What a log says of an event that succeeded is no error.
            error: (entry.outcome != Outcome::Success).then_some(error),
            ids: Ids {
                event: masked(ids.event),
                transaction: masked(ids.transaction),
                request: masked(ids.request),
                cycle: masked(ids.cycle),
                job: masked(ids.job),
                change: masked(ids.change),
            },
            duration_ms: entry.duration_ms,
            changed: (!changed.is_empty()).then_some(changed),
            raw: Raw { path: place.path, line: place.line, offset: place.offset, length: place.length },
            rule: labels.rule(entry),
            certainty: entry.rule.map(|(_, certainty)| certainty),
            cluster: field::cluster(entry),
        }
    }
}

/// A row an event, with a row of names on top.
pub struct Csv<W> {
    out: W,
    labels: Labels,
    style: Style,
    line: String,
}

impl<W: Write> Csv<W> {
    /// The row of names is written with the first event, or at the end.
    pub fn new(out: W, labels: Labels, style: Style) -> Csv<W> {
        let mut line = String::new();
        let mut row = Row::new(&mut line, style);
        FIELDS.iter().for_each(|field| row.ours(field.name));
        row.end();
        Csv { out, labels, style, line }
    }

    fn write(&mut self) -> io::Result<()> {
        let written = self.out.write_all(self.line.as_bytes());
        self.line.clear();
        written
    }
}

impl<W: Write + Send> Writer<W> for Csv<W> {
    fn event(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let mut row = Row::new(&mut self.line, self.style);
        for field in &FIELDS {
            cell(&mut row, field.of(entry, &self.labels));
        }
        row.end();
        self.write()
    }

    fn finish(mut self: Box<Self>) -> io::Result<W> {
        self.write()?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn cell(row: &mut Row<'_>, value: Value<'_>) {
    match value {
        Value::Absent => row.text(None),
        Value::Time(at) => row.ours(&time::rfc3339(at)),
        Value::Number(number) => row.ours(&number.to_string()),
        Value::Text(text) => row.text(Some(&text)),
        Value::List(lines) => row.text(Some(&lines.trim_end_matches('\n').replace('\n', "; "))),
    }
}
