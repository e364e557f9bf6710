//! One thread's work on a piece of an input: records to events, failures to the rules that explain
//! them, all of it into a [`Block`].

use std::sync::Arc;

use bumpalo::Bump;

use super::block::{Block, Kept, Size};
use super::{Filter, bug};
use crate::analysis::{self, Detail, Passes};
use crate::decode::{self, Decoded, Wanted};
use crate::error::{Problem, ProblemKind};
use crate::event::filter::Known;
use crate::event::{Event, Needs, Operation, Outcome};
use crate::frame::{Batch, Bytes, Frame, JsonRecords, Part, Piece, RecordStart};
use crate::json::{Failure, Found, Reader};
use crate::rules::{Certainty, Explainer, Library};
use crate::text::{sanitize, width};
use crate::unknown;

/// Columns of a text that should be a time and is none.
const LONGEST_TIME: usize = 40;
/// Names of changed attributes that are kept of a change of configuration.
const CHANGED: usize = 16;

/// Seeds the keys by which duplicates are found: one for all workers of a run.
pub(super) type Seed = foldhash::quality::RandomState;

pub(super) struct Worker<'r> {
    library: &'r Library,
    explainer: Explainer<'r>,
    filter: &'r Filter,
    /// What became of people is decided by what passes this one, if it is wider.
    wider: Option<Filter>,
    /// The name of the input, which filters may ask for.
    input: String,
    wanted: Wanted,
    needs: Needs,
    /// The records in hand can be read again at once, so that not everybody who may be asked for need be kept.
    near: bool,
    seed: &'r Seed,
    arena: Bump,
    /// How much the last block held.
    size: Size,
    /// Counts records as unreadable instead of decoding them, after a worker died on one of them.
    giving_up: bool,
}

/// Where the records of a part ended.
#[derive(Default)]
pub(super) struct Reached {
    /// Offset of the first byte that was not used.
    pub(super) offset: u64,
    /// Line ends before it, counted from the start of the part.
    pub(super) lines: u64,
}

impl<'r> Worker<'r> {
    pub(super) fn new(library: &'r Library, filter: &'r Filter, wanted: Wanted, seed: &'r Seed) -> Self {
        Worker {
            library,
            explainer: Explainer::new(library),
            filter,
            wider: filter.whatever_the_outcome(),
            input: String::new(),
            wanted,
            needs: Needs::Sums,
            near: false,
            seed,
            arena: Bump::new(),
            size: Size::default(),
            giving_up: false,
        }
    }

    /// The same worker, for somebody who looks at every event.
    pub(super) fn for_needs(self, needs: Needs) -> Self {
        Worker { needs, ..self }
    }

    /// What it is given from now on comes from the input of this name.
    pub(super) fn reads(&mut self, input: &str) {
        input.clone_into(&mut self.input);
    }

    /// The same worker, counting only.
    pub(super) fn giving_up(self) -> Self {
        Worker { giving_up: true, ..self }
    }

    /// Reads a part of an input that starts with a record, and records of so many bytes; lines are counted
    /// from 0.
    pub(super) fn part(&mut self, part: Part<'_>, start: &RecordStart, longest: usize) -> (Block, Reached) {
        let mut block = Block::like(self.size);
        let mut records = JsonRecords::new(part, start.clone()).up_to(longest);
        while self.next(&mut records, &mut block) {}
        self.size = block.size();
        let (line, offset) = records.place();
        (block, Reached { offset, lines: line - Part::FIRST_LINE })
    }

    /// Takes the next record or problem; false at the end, or where the bytes end too early.
    pub(super) fn next<B: Bytes>(&mut self, records: &mut JsonRecords<B>, block: &mut Block) -> bool {
        self.near = true;
        match records.next() {
            Piece::Record(frame) => {
                let arena = std::mem::take(&mut self.arena);
                self.record(records.reader(), records.record(), &frame, &arena, block);
                self.arena = arena;
                self.arena.reset();
                true
            }
            Piece::Problem(problem) => {
                block.problem(problem);
                true
            }
            Piece::End | Piece::Stalled => false,
        }
    }

    /// Reads records that were cut out of their input already.
    pub(super) fn batch(&mut self, batch: &Batch) -> Block {
        // To have one of its records again, all before it are unpacked, or joined with another table.
        self.near = false;
        let mut block = Block::like(self.size);
        let mut reader = Reader::default();
        let mut problems = batch.problems.iter().peekable();
        for frame in &batch.frames {
            // Problems are told in the order of the input, whoever finds them.
            while let Some(problem) = problems.next_if(|problem| problem.offset <= frame.offset) {
                block.problem(problem.clone());
            }
            let bytes = batch.record(frame);
            match reader.read(bytes, 0) {
                Found::Value(_) => {
                    let arena = std::mem::take(&mut self.arena);
                    self.record(&reader, bytes, frame, &arena, &mut block);
                    self.arena = arena;
                    self.arena.reset();
                }
                // It was cut because it was read, so this is the same once more.
                Found::Broken(failure) => block.problem(unreadable(frame, failure)),
                Found::Incomplete => block.problem(bug(frame.line, frame.offset)),
            }
        }
        problems.cloned().for_each(|problem| block.problem(problem));
        self.size = block.size();
        block
    }

    /// Decodes the record that `reader` has read.
    fn record<'a>(&mut self, reader: &'a Reader, bytes: &'a [u8], frame: &Frame, arena: &'a Bump, block: &mut Block) {
        if self.giving_up {
            return block.problem(bug(frame.line, frame.offset));
        }
        let wanted = match self.needs {
            Needs::Failures if !self.near => Wanted::All,
            _ => self.wanted,
        };
        let mut failed = false;
        decode::open_envelopes(reader.json(bytes, arena), arena, &mut |record| {
            let decoded = decode::decode(record, wanted, arena);
            // Whether a record is whole is known when somebody has looked into it.
            if let Some(failure) = reader.fault() {
                if !failed {
                    block.problem(unreadable(frame, failure));
                }
                failed = true;
                return;
            }
            match decoded {
                Decoded::Event(event) => {
                    let detail = self.detail(&event);
                    let passes = self.passes(&event, detail.as_deref());
                    let is_whole = match self.needs {
                        Needs::Sums => false,
                        Needs::Failures => {
                            wanted == Wanted::All || event.outcome != Outcome::Success || event.needs_action
                        }
                        Needs::All => true,
                    };
                    if let (None, Some(problem)) = (event.time, undated(&event, frame)) {
                        block.problem(problem);
                    }
                    block.event(frame, &event, Kept { detail, passes, is_whole }, self.seed);
                }
                Decoded::Other { dialect, what } => block.other(dialect, what),
                Decoded::Unrecognised(keys) => block.unrecognised(keys),
            }
        });
        if reader.is_mended() && !failed {
            block.problem(Problem {
                line: frame.line,
                offset: frame.offset,
                kind: ProblemKind::UnreadableBytes,
                detail: "a text holds bytes that are no UTF-8; they are shown as \u{fffd} and the record was used"
                    .to_owned(),
                lost: false,
            });
        }
    }

    /// Whether the filter lets an event through.
    fn passes(&self, event: &Event<'_>, detail: Option<&Detail>) -> Passes {
        if self.filter.is_open() {
            return Passes::Yes;
        }
        let rule = detail.and_then(|detail| detail.rule).and_then(|(rule, _)| self.library.rule(rule));
        let cluster = detail.and_then(|detail| detail.shape.as_deref()).map(unknown::cluster_id);
        let known = Known {
            event,
            input: &self.input,
            rule: rule.map(|rule| (rule.id.as_str(), rule.title.as_str())),
            cluster: cluster.as_deref(),
        };
        match () {
            () if self.filter.holds(&known) => Passes::Yes,
            () if event.outcome == Outcome::Success && self.wider.as_ref().is_some_and(|it| it.holds(&known)) => {
                Passes::Beside
            }
            () => Passes::No,
        }
    }

    /// What is kept of an event beside what every row has, if it is anything.
    fn detail(&mut self, event: &Event<'_>) -> Option<Arc<Detail>> {
        if event.outcome == Outcome::Success {
            return self.detail_of_success(event).map(Arc::new);
        }
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let rule = self.rule(event);
        let detail = Detail {
            event_type: owned(event.event_type),
            actor: owned(event.actor),
            code: owned(event.reason.code),
            message: owned(event.reason.message),
            phase: owned(event.reason.phase),
            http_status: event.reason.http_status,
            scim_type: owned(event.reason.scim_type),
            remote: owned(event.reason.remote),
            ids: event.ids.named().map(|(name, id)| (name, id.to_owned())).collect(),
            rule,
            shape: if rule.is_none() { unknown::of(event) } else { None },
            ends: Vec::new(),
            changed: Vec::new(),
        };
        Some(Arc::new(detail))
    }

    fn detail_of_success(&mut self, event: &Event<'_>) -> Option<Detail> {
        if analysis::is_change(event.operation, event.event_type, event.subject.kind == Some("group")) {
            // What was set may itself be what is wrong.
            let ends = self.library.ended_by(event);
            return Some(Detail { rule: self.rule(event), ends, ..change(event) });
        }
        // Of people who are switched off in the directory, what exactly happened to them counts; at an
        // application, in which cycle.
        let removes = matches!(event.operation, Operation::Deactivate | Operation::Delete);
        let cycle = event.ids.cycle.filter(|_| removes);
        let leaves = removes && event.app_name().is_none();
        (leaves || cycle.is_some()).then(|| Detail {
            event_type: event.event_type.filter(|_| leaves).map(str::to_owned),
            ids: cycle.map(|id| ("cycle", id.to_owned())).into_iter().collect(),
            ..Detail::default()
        })
    }

    /// The rule that explains an event, and how sure that is.
    fn rule(&mut self, event: &Event<'_>) -> Option<(usize, Certainty)> {
        self.explainer.explain(event).map(|finding| (finding.rule, finding.certainty))
    }
}

/// What is kept of a change of configuration, which may be why something fails later.
fn change(event: &Event<'_>) -> Detail {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Detail {
        event_type: owned(event.event_type),
        actor: owned(event.actor),
        message: owned(event.reason.message),
        ids: event.ids.event.map(|id| ("event", id.to_owned())).into_iter().collect(),
        changed: event.changed.iter().take(CHANGED).map(|name| (*name).to_owned()).collect(),
        ..Detail::default()
    }
}

/// What is said of an event without a time, where such events have one.
fn undated(event: &Event<'_>, frame: &Frame) -> Option<Problem> {
    let detail = match decode::written_time(event.dialect, event.raw)? {
        "" => "it does not say in a known form when it happened; the event is counted and stands in no timeline"
            .to_owned(),
        text => format!(
            "the time “{}” cannot be read; the event is counted and stands in no timeline{}",
            width::truncate(&sanitize::line(text), LONGEST_TIME),
            spoiled(text)
        ),
    };
    Some(Problem { line: frame.line, offset: frame.offset, kind: ProblemKind::BadTime, detail, lost: false })
}

/// What a spreadsheet does to times when it saves a table, and what helps.
fn spoiled(text: &str) -> &'static str {
    let text = text.trim();
    let is_too_narrow = text.len() > 2 && text.bytes().all(|byte| byte == b'#');
    // Days since 1900, with the time of the day as a fraction: these are the years 2009 to 2064.
    let is_day = text.replace(',', ".").parse::<f64>().is_ok_and(|days| (40_000.0..60_000.0).contains(&days));
    match () {
        () if is_too_narrow => {
            ". A spreadsheet saved it from a column too narrow to show it: use the file as it was downloaded"
        }
        () if is_day => ". A spreadsheet made a number of it: use the file as it was downloaded",
        () => "",
    }
}

fn unreadable(frame: &Frame, failure: Failure) -> Problem {
    Problem {
        line: frame.line,
        offset: frame.offset,
        kind: if failure.too_deep { ProblemKind::TooDeep } else { ProblemKind::BadJson },
        detail: format!("not valid JSON: {}, at byte {} of the record; it was passed over", failure.wrong, failure.at),
        lost: true,
    }
}
