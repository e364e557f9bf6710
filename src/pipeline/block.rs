//! What a worker makes of a piece of an input, small enough to wait for its turn.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use crate::analysis::{Builder, Detail, Row};
use crate::error::Problem;
use crate::event::{Event, Operation, Outcome};
use crate::frame::Frame;
use crate::json::Json;
use crate::text::time::Micros;

/// The records of a piece, in order. Successes take no allocation of their own: their texts stand
/// one after the other in `text`.
#[derive(Default)]
pub(super) struct Block {
    rows: Vec<Packed>,
    text: String,
    /// Records that are not about provisioning, counted by what they are.
    others: Vec<(&'static str, Option<&'static str>, u64)>,
    unrecognised: u64,
    /// First fields of the first record of no known format.
    unknown_keys: Option<String>,
    problems: Vec<Problem>,
}

struct Packed {
    line: u64,
    offset: u64,
    length: u64,
    time: Option<Micros>,
    provider: &'static str,
    dialect: &'static str,
    operation: Operation,
    outcome: Outcome,
    needs_action: bool,
    filtered: bool,
    key: u64,
    texts: [Span; 7],
    detail: Option<Arc<Detail>>,
}

/// A part of the block's text.
#[derive(Clone, Copy)]
struct Span {
    from: u32,
    /// [`ABSENT`] if there is no text at all.
    length: u32,
}

const ABSENT: u32 = u32::MAX;

impl Block {
    /// A block that has a problem only.
    pub(super) fn of(problem: Problem) -> Block {
        Block { problems: vec![problem], ..Block::default() }
    }

    /// Adds an event, with what is kept of it if it did not simply succeed.
    pub(super) fn event(
        &mut self,
        frame: &Frame,
        event: &Event<'_>,
        detail: Option<Arc<Detail>>,
        filtered: bool,
        seed: &impl BuildHasher,
    ) {
        let texts = [
            event.app_name(),
            event.app.id,
            event.subject.kind,
            event.subject.id,
            event.subject.login,
            event.subject.name,
            event.account,
        ]
        .map(|text| self.put(text));
        self.rows.push(Packed {
            line: frame.line,
            offset: frame.offset,
            length: frame.raw_len,
            time: event.time,
            provider: event.provider,
            dialect: event.dialect,
            operation: event.operation,
            outcome: event.outcome,
            needs_action: event.needs_action,
            filtered,
            key: identity(event, seed),
            texts,
            detail,
        });
    }

    fn put(&mut self, text: Option<&str>) -> Span {
        let Some(text) = text else { return Span { from: 0, length: ABSENT } };
        let (from, length) = (u32::try_from(self.text.len()), u32::try_from(text.len()));
        let (Ok(from), Ok(length)) = (from, length) else { return Span { from: 0, length: ABSENT } };
        self.text.push_str(text);
        Span { from, length }
    }

    fn text(&self, span: Span) -> Option<Cow<'_, str>> {
        let from = span.from as usize;
        (span.length != ABSENT).then(|| self.text.get(from..from + span.length as usize).map(Cow::Borrowed))?
    }

    /// Counts a record of a known format that is not about provisioning.
    pub(super) fn other(&mut self, dialect: &'static str, what: Option<&'static str>) {
        match self.others.iter_mut().find(|(d, w, _)| *d == dialect && *w == what) {
            Some((_, _, count)) => *count += 1,
            None => self.others.push((dialect, what, 1)),
        }
    }

    /// Counts a record of no known format.
    pub(super) fn unrecognised(&mut self, keys: String) {
        self.unrecognised += 1;
        self.unknown_keys.get_or_insert(keys);
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// How many events and how many bytes of text it holds, to keep it small.
    pub(super) fn weight(&self) -> usize {
        self.rows.len() * size_of::<Packed>() + self.text.len()
    }

    /// Adds everything up; `lines` stand in the input before the piece.
    pub(super) fn add_to(&self, builder: &mut Builder, input: usize, lines: u64) {
        for problem in &self.problems {
            builder.problem(input, Problem { line: problem.line + lines, ..problem.clone() });
        }
        for (dialect, what, count) in &self.others {
            builder.other(input, dialect, *what, *count);
        }
        if let Some(keys) = &self.unknown_keys {
            builder.unrecognised(input, keys, self.unrecognised);
        }
        let fresh = builder.fresh(self.rows.iter().map(|row| row.key));
        for (row, fresh) in self.rows.iter().zip(fresh) {
            let [app, app_id, subject_kind, subject_id, login, subject_name, account] =
                row.texts.map(|span| self.text(span));
            let row = Row {
                input,
                line: row.line + lines,
                offset: row.offset,
                length: row.length,
                time: row.time,
                provider: row.provider,
                dialect: row.dialect,
                operation: row.operation,
                outcome: row.outcome,
                needs_action: row.needs_action,
                app,
                app_id,
                subject_kind,
                subject_id,
                login,
                subject_name,
                account,
                detail: row.detail.clone(),
                key: row.key,
                filtered: row.filtered,
            };
            builder.known_row(row, fresh);
        }
    }
}

/// What makes two records the same event: id, time, type and outcome together, since ids alone
/// repeat in the wild; without an id, everything that was read. The seed differs from run to run,
/// so that nobody can write a record that passes for another one's duplicate.
fn identity(event: &Event<'_>, seed: &impl BuildHasher) -> u64 {
    let mut hasher = seed.build_hasher();
    // The lines about the end of one of authentik's tasks were written one after the other.
    let task = event.dialect == "authentik" && event.ids.event.is_some();
    (event.provider, event.time.filter(|_| !task), event.outcome, event.operation).hash(&mut hasher);
    match event.ids.event.filter(|id| !id.bytes().all(|c| c == b'x')) {
        Some(id) => (id, if event.provider == "okta" { event.event_type } else { None }).hash(&mut hasher),
        None => hash_value(event.raw, &mut hasher),
    }
    hasher.finish()
}

/// Hashes a value so that the order of an object's keys does not count.
fn hash_value(value: Json<'_>, hasher: &mut impl Hasher) {
    match value {
        Json::Object(fields) => {
            let mut sorted: Vec<(&str, Json<'_>)> = fields.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            for (key, inner) in sorted {
                key.hash(hasher);
                hash_value(inner, hasher);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| hash_value(item, hasher)),
        Json::String(text) | Json::Number(text) => text.hash(hasher),
        Json::Bool(flag) => flag.hash(hasher),
        Json::Null => {}
    }
}
