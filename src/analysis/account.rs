//! What was read, input by input; nothing is lost without a line here.

use std::collections::BTreeMap;

use crate::error::{Problem, ProblemKind};
use crate::event::Outcome;
use crate::text::time::Micros;

/// Problems kept of one input; their counts stay exact.
const KEPT: usize = 100;

/// Counts over all inputs: `records = events + other + duplicates + unreadable`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Everything that was cut out of the inputs.
    pub records: u64,
    /// Events about provisioning that a filter, if there is one, lets through.
    pub events: u64,
    /// Records about something else or of no known format, and what a filter leaves out.
    pub other: u64,
    /// Events that were told before, in the same input or in another one.
    pub duplicates: u64,
    /// Records that could not be understood.
    pub unreadable: u64,
    /// Events by how they ended: these five add up to `events`.
    pub success: u64,
    /// As `success`.
    pub failure: u64,
    /// As `success`.
    pub skipped: u64,
    /// As `success`.
    pub warning: u64,
    /// As `success`.
    pub pending: u64,
    /// Failures that a rule explains.
    pub known_failures: u64,
    /// Of the known ones, those that only a status or kind of event points to.
    pub guessed_failures: u64,
    /// Failures that none explains.
    pub unknown_failures: u64,
    /// Of what was skipped, what no rule gives a reason for.
    pub unknown_skips: u64,
    /// Failed calls that both the identity provider's and the application's own log tell of: each is two
    /// failures above.
    pub told_twice: u64,
    /// Of the others, the provisioning events that a filter leaves out.
    pub filtered: u64,
    /// Different people.
    pub users: u64,
    /// Applications in use.
    pub apps: u64,
    /// What was counted and not looked at any further, because there was too much of it: see [`Limits`].
    pub beyond_limits: u64,
    /// Of the duplicates, those that say something else than the event that was kept.
    pub duplicates_differing: u64,
}

/// What was not looked at, by what it was not looked at for. One event may stand in several lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Limits {
    /// Failures that are in no group, since there are too many different ones.
    pub ungrouped: u64,
    /// Events that patterns over several events had no room for.
    pub patterns: u64,
    /// Failures that were not compared with the other side's log.
    pub other_side: u64,
    /// Failures that were not weighed against other events.
    pub context: u64,
    /// Removals for whose cycle there was no room.
    pub cycles: u64,
    /// Events that were not compared with those of their time, which were too long ago in the input.
    pub not_compared: u64,
    /// Texts of evidence of which only the beginning is kept.
    pub shortened_texts: u64,
}

impl Limits {
    /// Everything but texts, which were looked at in full.
    pub(super) fn events(&self) -> u64 {
        self.ungrouped + self.patterns + self.other_side + self.context + self.cycles + self.not_compared
    }
}

impl Totals {
    pub(super) fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Success => &mut self.success,
            Outcome::Failure => &mut self.failure,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Warning => &mut self.warning,
            Outcome::Pending => &mut self.pending,
        } += 1;
    }
}

/// What became of the records of one input.
#[derive(Clone, Debug, Default)]
pub struct InputAccount {
    /// Its path, `-` for standard input.
    pub name: String,
    /// It was given on the command line, rather than met in a folder.
    pub named: bool,
    /// How it was cut into records.
    pub framing: &'static str,
    /// How far it was read, in bytes after unpacking.
    pub bytes: u64,
    /// Bytes that there are to be read, where that is known before all were.
    pub length: Option<u64>,
    /// It was read to its end.
    pub complete: bool,
    /// Everything that was cut out of it; the counts below are as in [`Totals`].
    pub records: u64,
    /// Events about provisioning, those that a filter leaves out included.
    pub events: u64,
    /// Records about something else or of no known format.
    pub other: u64,
    /// Events that were told before.
    pub duplicates: u64,
    /// Of `other`, the records of no known format.
    pub unrecognised: u64,
    /// Records that could not be understood.
    pub unreadable: u64,
    /// Records of each format.
    pub dialects: BTreeMap<&'static str, u64>,
    /// The same, of provisioning records only.
    pub event_dialects: BTreeMap<&'static str, u64>,
    /// What records that are not about provisioning are.
    pub remarks: BTreeMap<&'static str, u64>,
    /// First fields of the first record of no known format.
    pub unknown_keys: Option<String>,
    /// The first problems; there may be more, which only `problem_counts` has.
    pub problems: Vec<Problem>,
    /// All problems by their kinds.
    pub problem_counts: BTreeMap<ProblemKind, u64>,
    /// It is followed: somebody still writes to it.
    pub followed: bool,
    /// It is followed, and not there any more.
    pub gone: bool,
    /// The input could not be opened or is no log.
    pub error: Option<String>,
    /// Events that are dated after now.
    pub ahead: u64,
    /// How far the latest one is.
    pub ahead_by: Micros,
}

impl InputAccount {
    pub(super) fn new(name: &str, named: bool) -> InputAccount {
        InputAccount { name: name.to_owned(), named, ..InputAccount::default() }
    }

    pub(super) fn event(&mut self, dialect: &'static str, fresh: bool) {
        self.records += 1;
        *self.dialects.entry(dialect).or_default() += 1;
        *self.event_dialects.entry(dialect).or_default() += 1;
        *if fresh { &mut self.events } else { &mut self.duplicates } += 1;
    }

    pub(super) fn other(&mut self, dialect: &'static str, what: Option<&'static str>, count: u64) {
        self.records += count;
        self.other += count;
        *self.dialects.entry(dialect).or_default() += count;
        if let Some(what) = what {
            *self.remarks.entry(what).or_default() += count;
        }
    }

    pub(super) fn unrecognised(&mut self, keys: &str, count: u64) {
        self.records += count;
        self.other += count;
        self.unrecognised += count;
        self.unknown_keys.get_or_insert_with(|| keys.to_owned());
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        if problem.lost {
            self.records += 1;
            self.unreadable += 1;
        }
        *self.problem_counts.entry(problem.kind).or_default() += 1;
        if self.problems.len() < KEPT {
            self.problems.push(problem);
        }
    }

    /// An event that is dated after now.
    pub(super) fn dated_ahead(&mut self, by: Micros) {
        self.ahead += 1;
        self.ahead_by = self.ahead_by.max(by);
    }

    /// Forgets what was dated ahead if now is not what was thought.
    pub(super) fn judge_clock(&mut self, now_is_wrong: bool) {
        if now_is_wrong {
            (self.ahead, self.ahead_by) = (0, 0);
        }
    }

    /// The format most of its provisioning records have; without any, of all its records.
    pub fn dialect(&self) -> Option<&'static str> {
        let counts = if self.event_dialects.is_empty() { &self.dialects } else { &self.event_dialects };
        counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(name, _)| *name)
    }
}
