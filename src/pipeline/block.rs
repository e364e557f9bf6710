//! What a worker makes of a piece of an input, small enough to wait for its turn.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::ControlFlow;
use std::sync::Arc;

use foldhash::quality::FixedState;

use super::worker::Seed;
use crate::analysis::{Builder, Coming, Detail, Mark, Passes, Row, Sighting};
use crate::error::Problem;
use crate::event::{Entry, Event, Ids, Names, Operation, Outcome, Place, Provider, Said, Sink, Subject};
use crate::frame::Frame;
use crate::json::Json;
use crate::text::time::{HOUR, Micros};

/// The records of a piece, in order. Successes take no allocation of their own: their texts stand
/// one after the other in `text`.
#[derive(Default)]
pub(super) struct Block {
    rows: Vec<Packed>,
    text: String,
    /// What else rows say, where somebody looks at it.
    more: Vec<More>,
    /// Records that are not about provisioning, counted by what they are.
    others: Vec<(&'static str, Option<&'static str>, u64)>,
    unrecognised: u64,
    /// First fields of the first record of no known format.
    unknown_keys: Option<String>,
    problems: Vec<Problem>,
}

/// How much a block holds.
#[derive(Clone, Copy, Default)]
pub(super) struct Size {
    rows: usize,
    text: usize,
}

struct Packed {
    line: u64,
    offset: u64,
    length: u64,
    time: Option<Micros>,
    provider: Provider,
    dialect: &'static str,
    operation: Operation,
    outcome: Outcome,
    needs_action: bool,
    passes: Passes,
    key: u64,
    /// Whether other records of the same event are of the same time.
    is_dated: bool,
    /// Digest of what it says.
    content: u16,
    texts: [Span; 8],
    detail: Option<Arc<Detail>>,
    /// The position of what else it says, if somebody looks at that.
    more: Option<u32>,
}

impl Packed {
    fn mark(&self) -> Mark {
        let time = self.time.filter(|_| self.is_dated);
        Mark { key: self.key, content: self.content, dialect: self.dialect, time }
    }
}

/// What an event says beyond what the analysis needs of it.
struct More {
    app_kind: Span,
    event_type: Span,
    actor: Span,
    code: Span,
    message: Span,
    phase: Span,
    scim_type: Span,
    remote: Span,
    http_status: Option<u16>,
    ids: [Span; 6],
    duration_ms: Option<i64>,
    changed: Span,
}

/// A part of the block's text.
#[derive(Clone, Copy)]
struct Span {
    from: u32,
    /// [`ABSENT`] if there is no text at all.
    length: u32,
}

/// Rows of which is looked up ahead what they will ask for.
const AHEAD: usize = 64;

const ABSENT: u32 = u32::MAX;
const NOTHING: Span = Span { from: 0, length: ABSENT };

/// What is kept of an event beside what every row has.
pub(super) struct Kept {
    /// Of one that did not simply succeed.
    pub(super) detail: Option<Arc<Detail>>,
    pub(super) passes: Passes,
    /// Everything else that it says is kept, too.
    pub(super) is_whole: bool,
}

impl Block {
    /// A block that has a problem only.
    pub(super) fn of(problem: Problem) -> Block {
        Block { problems: vec![problem], ..Block::default() }
    }

    /// A block with room for as much as another one has, and some more: the next piece is much like it,
    /// and what grows step by step is copied with every step.
    pub(super) fn like(other: Size) -> Block {
        let some_more = |size: usize| size + size / 8;
        Block {
            rows: Vec::with_capacity(some_more(other.rows)),
            text: String::with_capacity(some_more(other.text)),
            ..Block::default()
        }
    }

    pub(super) fn size(&self) -> Size {
        Size { rows: self.rows.len(), text: self.text.len() }
    }

    /// Keeps what else an event says, and says where.
    fn more(&mut self, event: &Event<'_>) -> Option<u32> {
        let position = u32::try_from(self.more.len()).ok()?;
        let Event { reason, ids, .. } = event;
        let ids = [ids.event, ids.transaction, ids.request, ids.cycle, ids.job, ids.change];
        let more = More {
            app_kind: self.put(event.app.kind),
            event_type: self.put(event.event_type),
            actor: self.put(event.actor),
            code: self.put(reason.code),
            message: self.put(reason.message),
            phase: self.put(reason.phase),
            scim_type: self.put(reason.scim_type),
            remote: self.put(reason.remote),
            http_status: reason.http_status,
            ids: ids.map(|id| self.put(id)),
            duration_ms: event.duration_ms,
            changed: self.put_lines(&event.changed),
        };
        self.more.push(more);
        Some(position)
    }

    /// Adds an event.
    pub(super) fn event(&mut self, frame: &Frame, event: &Event<'_>, kept: Kept, seed: &impl BuildHasher) {
        let more = if kept.is_whole { self.more(event) } else { None };
        let from = self.text.len();
        let texts = [
            event.app_name(),
            event.app.id,
            event.subject.kind,
            event.subject.id,
            event.subject.login,
            event.subject.name,
            event.account,
            event.counterpart,
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
            passes: kept.passes,
            key: identity(event, seed),
            is_dated: is_dated(event),
            content: content(event, self.text.get(from..).unwrap_or_default(), &texts),
            texts,
            detail: kept.detail,
            more,
        });
    }

    /// Shows `each` one event that succeeded as a sink is shown it.
    pub(super) fn show_success(event: &Event<'_>, place: Place<'_>, each: &mut dyn FnMut(&Entry<'_>)) {
        let mut block = Block::default();
        let frame = Frame { start: 0, len: 0, line: place.line, offset: place.offset, raw_len: place.length };
        let kept = Kept { detail: None, passes: Passes::Yes, is_whole: true };
        block.event(&frame, event, kept, &Seed::default());
        if let Some(row) = block.rows.first() {
            each(&block.entry(row, place));
        }
    }

    fn put(&mut self, text: Option<&str>) -> Span {
        let Some(text) = text else { return NOTHING };
        let (from, length) = (u32::try_from(self.text.len()), u32::try_from(text.len()));
        let (Ok(from), Ok(length)) = (from, length) else { return NOTHING };
        self.text.push_str(text);
        Span { from, length }
    }

    /// Names, a line each. In a name a line end is as good as a space.
    fn put_lines(&mut self, names: &[&str]) -> Span {
        let (Ok(from), false) = (u32::try_from(self.text.len()), names.is_empty()) else { return NOTHING };
        for name in names {
            self.text.extend(name.chars().map(|c| if c == '\n' { ' ' } else { c }));
            self.text.push('\n');
        }
        match u32::try_from(self.text.len()) {
            Ok(end) => Span { from, length: end - from },
            Err(_) => NOTHING,
        }
    }

    fn text(&self, span: Span) -> Option<&str> {
        let from = span.from as usize;
        (span.length != ABSENT).then(|| self.text.get(from..from + span.length as usize))?
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
        self.rows.len() * size_of::<Packed>() + self.more.len() * size_of::<More>() + self.text.len()
    }

    /// Shows `sink` the events that were not seen before and pass the filters; `lines` stand in the input before
    /// the piece.
    fn show(&self, sightings: &[Sighting], place: Place<'_>, sink: &mut dyn Sink) -> ControlFlow<()> {
        for (index, (row, sighting)) in self.rows.iter().zip(sightings).enumerate() {
            if index % AHEAD == 0 {
                let rows = self.rows.iter().skip(index).take(AHEAD);
                sink.expect(&mut rows.filter(|row| row.more.is_some()).flat_map(|row| self.who(row)).flatten());
            }
            if *sighting == Sighting::First && row.passes == Passes::Yes {
                let (line, offset, length) = (row.line + place.line, row.offset, row.length);
                let place = Place { line, offset, length, ..place };
                let entry = self.entry(row, place);
                if row.more.is_none() && entry.is_done() { sink.success(&entry)? } else { sink.event(&entry)? }
            }
        }
        ControlFlow::Continue(())
    }

    fn entry<'e>(&'e self, row: &'e Packed, place: Place<'e>) -> Entry<'e> {
        let [app, app_id, kind, id, login, name, ..] = row.texts.map(|span| self.text(span));
        let detail = row.detail.as_deref();
        let entry = Entry {
            time: row.time,
            operation: row.operation,
            outcome: row.outcome,
            needs_action: row.needs_action,
            app,
            app_id,
            subject: Subject { kind, id, login, name },
            rule: detail.and_then(|detail| detail.rule),
            shape: detail.and_then(|detail| detail.shape.as_deref()),
            ..Entry::new(place, row.provider, row.dialect)
        };
        let Some(more) = row.more.and_then(|more| self.more.get(more as usize)) else { return entry };
        let [event, transaction, request, cycle, job, change] = more.ids.map(|span| self.text(span));
        Entry {
            app_kind: self.text(more.app_kind),
            event_type: self.text(more.event_type),
            actor: self.text(more.actor),
            said: Said {
                code: self.text(more.code),
                message: self.text(more.message),
                phase: self.text(more.phase),
                http_status: more.http_status,
                scim_type: self.text(more.scim_type),
                remote: self.text(more.remote),
            },
            ids: Ids { event, transaction, request, cycle, job, change },
            duration_ms: more.duration_ms,
            changed: Names::of_lines(self.text(more.changed).unwrap_or_default()),
            ..entry
        }
    }

    /// Id, login and name of whom it is about, which are many.
    fn who(&self, row: &Packed) -> [Option<&str>; 3] {
        let [_, _, _, id, login, name, ..] = row.texts;
        [id, login, name].map(|span| self.text(span))
    }

    fn coming(&self, row: &Packed) -> Coming<'_> {
        let [app, _, _, id, ..] = row.texts.map(|span| self.text(span));
        Coming { provider: row.provider, operation: row.operation, outcome: row.outcome, app, id }
    }

    /// Adds everything up; `lines` stand in the input before the piece. A sink is shown the events, and
    /// says whether it wants more.
    pub(super) fn add_to(
        &self,
        builder: &mut Builder,
        input: usize,
        lines: u64,
        sink: Option<&mut dyn Sink>,
    ) -> ControlFlow<()> {
        for problem in &self.problems {
            builder.problem(input, Problem { line: problem.line + lines, ..problem.clone() });
        }
        for (dialect, what, count) in &self.others {
            builder.other(input, dialect, *what, *count);
        }
        if let Some(keys) = &self.unknown_keys {
            builder.unrecognised(input, keys, self.unrecognised);
        }
        let sightings = builder.sightings(self.rows.iter().map(Packed::mark));
        let shown = match (sink, builder.account(input)) {
            (Some(sink), Some(account)) => {
                self.show(&sightings, Place { input, path: &account.name, line: lines, ..Place::default() }, sink)
            }
            _ => ControlFlow::Continue(()),
        };
        for (at, (row, sighting)) in self.rows.iter().zip(sightings).enumerate() {
            if at % AHEAD == 0 {
                builder.look_ahead(self.rows.iter().skip(at).take(AHEAD).map(|row| self.coming(row)));
            }
            let [app, app_id, subject_kind, subject_id, login, subject_name, account, counterpart] =
                row.texts.map(|span| self.text(span).map(Cow::Borrowed));
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
                counterpart,
                detail: row.detail.clone(),
                key: row.key,
                passes: row.passes,
            };
            builder.known_row(row, sighting);
        }
        shown
    }
}

/// What makes two records the same event: id, time, type and outcome together, since ids alone
/// repeat in the wild; without an id, everything that was read. The seed differs from run to run,
/// so that nobody can write a record that passes for another one's duplicate.
fn identity(event: &Event<'_>, seed: &impl BuildHasher) -> u64 {
    let mut hasher = seed.build_hasher();
    (event.provider, event.outcome, event.operation).hash(&mut hasher);
    if is_of_a_failed_change(event) {
        // Its records are written within seconds; an hour apart, somebody uses one id for everything.
        let hour = event.time.map(|at| at.div_euclid(HOUR));
        (event.ids.change, event.who(), hour).hash(&mut hasher);
        return hasher.finish();
    }
    let change = change_of_provisioning(event);
    let time = event.time.filter(|_| change.is_none() && is_dated(event));
    (time, change).hash(&mut hasher);
    match event.ids.event.filter(|id| !id.bytes().all(|c| c == b'x')) {
        Some(id) => (id, if event.provider == Provider::Okta { event.event_type } else { None }).hash(&mut hasher),
        None => hash_value(event.raw, &mut hasher),
    }
    hasher.finish()
}

/// Whether it is a failure in Entra's audit log, which tells of one failed change in several records: of the export,
/// and once more of putting it aside to be tried again.
fn is_of_a_failed_change(event: &Event<'_>) -> bool {
    let audit = matches!(event.dialect, "entra-graph-audit" | "entra-diag-audit" | "entra-la-audit");
    audit && event.outcome == Outcome::Failure && event.ids.change.is_some() && event.who().is_some()
}

/// The change that a record of Entra's provisioning log is about. With it the record is known in every transport,
/// of which one names the time of the delivery only.
fn change_of_provisioning<'a>(event: &Event<'a>) -> Option<&'a str> {
    let is_provisioning = event.provider == Provider::Entra && event.event_type == Some("provisioning");
    event.ids.change.filter(|_| is_provisioning && event.ids.event.is_some())
}

/// Whether the records of one event are of one time.
fn is_dated(event: &Event<'_>) -> bool {
    // The lines about the end of one of authentik's tasks were written one after the other.
    let task = event.dialect == "authentik" && event.ids.event.is_some();
    // Of a table of Log Analytics no other time is known than that of its delivery, and deliveries are repeated.
    let delivered = event.dialect == "entra-la-provisioning" && event.ids.event.is_some();
    !task && !delivered
}

/// A digest of what an event says of whom, where and why, to tell duplicates that differ; how it is
/// written does not count. `text` holds all `texts`. It is the same in every run, or the number of those that differ
/// would not be.
fn content(event: &Event<'_>, text: &str, texts: &[Span]) -> u16 {
    if is_of_a_failed_change(event) {
        // Each of its records has words of its own.
        return 0;
    }
    let mut hasher = FixedState::default().build_hasher();
    text.hash(&mut hasher);
    texts.iter().for_each(|span| hasher.write_u32(span.length));
    (event.reason.code, event.reason.message).hash(&mut hasher);
    // A part of the hash is as good as all of it.
    hasher.finish() as u16
}

/// Hashes a value so that the order of an object's keys does not count, and everything else does: what kind of
/// value it is, and where it ends.
fn hash_value(value: Json<'_>, hasher: &mut impl Hasher) {
    match value {
        Json::Object(fields) => {
            let mut sorted: Vec<(&str, Json<'_>)> = fields.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            ('{', sorted.len()).hash(hasher);
            for (key, inner) in sorted {
                key.hash(hasher);
                hash_value(inner, hasher);
            }
        }
        Json::Array(items) => {
            '['.hash(hasher);
            for item in items.iter() {
                ','.hash(hasher);
                hash_value(item, hasher);
            }
            ']'.hash(hasher);
        }
        Json::String(text) => ('"', text).hash(hasher),
        Json::Number(text) => ('0', text).hash(hasher),
        Json::Bool(flag) => flag.hash(hasher),
        Json::Null => 'n'.hash(hasher),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use bumpalo::Bump;

    use super::*;

    fn hashed(text: &str) -> u64 {
        let arena = Bump::new();
        let Ok(value) = crate::json::parse(text.as_bytes(), &arena) else { panic!("{text}") };
        let mut hasher = FixedState::default().build_hasher();
        hash_value(value, &mut hasher);
        hasher.finish()
    }

    #[test]
    fn records_without_an_id_are_the_same_only_if_they_are_built_the_same() {
        let different = [
            r#"{"a":{"b":"c"}}"#,
            r#"{"a":["b","c"]}"#,
            r#"{"a":"b","c":[]}"#,
            r#"["a",["b"]]"#,
            r#"[["a"],"b"]"#,
            r#"["a","b"]"#,
            r#"[1]"#,
            r#"["1"]"#,
            r#"[true]"#,
            r#"[]"#,
            r#"[null]"#,
            r#"[[]]"#,
            r#"{}"#,
        ];
        let hashes: HashSet<u64> = different.into_iter().map(hashed).collect();
        assert_eq!(hashes.len(), different.len());
        assert_eq!(hashed(r#"{"a":1,"b":[2]}"#), hashed(r#"{ "b": [2], "a": 1 }"#));
    }
}
