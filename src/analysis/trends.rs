//! What changes over time: series of counts, and what is unusual in them.
//!
//! Words and formulas follow one published description each: onsets, buckets and the test for
//! spikes are those of `analysis::spikes`; here are only the shapes that outputs read.

use std::sync::Arc;

use crate::event::Provider;
use crate::text::time::Micros;

/// What a series counts at its application.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// All failures.
    Everything,
    /// Failures that the rule at this position explains.
    Rule(usize),
    /// Failures of this shape, which no rule explains.
    Unknown(String),
    /// All failures that no rule explains.
    AllUnknown,
    /// Accounts that were switched off or deleted.
    Removals,
}

impl Of {
    /// The word for what is counted.
    pub fn word(&self) -> &'static str {
        match self {
            Of::Everything => "everything",
            Of::Rule(_) => "rule",
            Of::Unknown(_) => "unknown",
            Of::AllUnknown => "all-unknown",
            Of::Removals => "removals",
        }
    }
}

/// How much is known of what was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Successes were read too: failures are compared with attempts.
    Rate,
    /// The input holds failures only: more traffic and more errors cannot be told apart.
    CountOnly,
}

impl Mode {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Rate => "rate",
            Mode::CountOnly => "count-only",
        }
    }
}

/// Counts of one kind at one application, bucket by bucket.
#[derive(Clone, Debug)]
pub struct Series {
    /// The application; empty where the log names none.
    pub app: Arc<str>,
    /// Id of the application's instance.
    pub app_id: Option<Arc<str>>,
    /// Whose log it is.
    pub provider: Provider,
    /// What is counted.
    pub of: Of,
    /// Whether successes are in the log, too.
    pub mode: Mode,
    /// Width of a bucket; it divides a day and is aligned to UTC.
    pub width: Micros,
    /// Start of the first bucket that the logs cover.
    pub start: Micros,
    /// How many buckets they cover.
    pub buckets: u32,
    /// What was in the bucket before the first one, of which the logs cover a part only: it is shown,
    /// not tested.
    pub before: Point,
    /// Buckets in which something happened, in order.
    pub points: Vec<Point>,
    /// Dispersion of the counts: their variance over that of a Poisson distribution.
    pub dispersion: f64,
}

/// One bucket of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// Position of the bucket in the series, from 0.
    pub bucket: u32,
    /// Failure episodes that began in it.
    pub onsets: u32,
    /// Different (subject, operation) pairs that were tried in it.
    pub attempts: u32,
    /// Failures, retries included.
    pub failures: u32,
    /// Different subjects for whom something began to fail.
    pub people: u32,
    /// It belongs to a spike.
    pub flagged: bool,
}

/// What kind of spike it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpikeKind {
    /// Shorter than a day, and over.
    Spike,
    /// A day or longer, and over.
    Sustained,
    /// It reaches the end of the data.
    Ongoing,
    /// It lasted so long that it is the usual now.
    NewLevel,
}

impl SpikeKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            SpikeKind::Spike => "spike",
            SpikeKind::Sustained => "sustained",
            SpikeKind::Ongoing => "ongoing",
            SpikeKind::NewLevel => "new-level",
        }
    }
}

/// What a spike was compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Days of history.
    pub days: f64,
    /// Buckets of the same time of day and kind of day.
    pub buckets: u32,
    /// Failures in them.
    pub failures: u64,
    /// Fewer than three days of history: usable, with care.
    pub short: bool,
}

/// A time in which unusually many failures began.
#[derive(Clone, Debug)]
pub struct Spike {
    /// The application; empty where the log names none.
    pub app: Arc<str>,
    /// Id of the application's instance.
    pub app_id: Option<Arc<str>>,
    /// Whose log it is.
    pub provider: Provider,
    /// What is counted.
    pub of: Of,
    /// How long it lasted.
    pub kind: SpikeKind,
    /// Start of its first bucket.
    pub start: Micros,
    /// Exclusive.
    pub end: Micros,
    /// Episodes that began.
    pub observed: u64,
    /// How many were to be expected.
    pub expected: f64,
    /// The range in which nine of ten such times fall.
    pub usual: (u64, u64),
    /// Observed over expected, where less than half an episode counts as half a one.
    pub ratio: f64,
    /// How likely so many or more are by chance.
    pub p: f64,
    /// −log₁₀ p, at most 300.
    pub score: f64,
    /// Failures, retries included.
    pub failures: u64,
    /// Different people for whom something began to fail.
    pub people: u64,
    /// What was tried in that time.
    pub attempts: u64,
    /// Whether successes are in the log, too.
    pub mode: Mode,
    /// What it was compared with.
    pub baseline: Comparison,
    /// The same trouble under rules that are easily taken for this one.
    pub also: Vec<Told>,
}

/// What another rule tells of the same spike. Its people may be among those of the spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Told {
    pub rule: usize,
    pub observed: u64,
    pub failures: u64,
    pub people: u64,
}

/// An application whose log stopped although it used to report regularly.
#[derive(Clone, Debug)]
pub struct Silence {
    /// The application.
    pub app: Arc<str>,
    /// Id of the application's instance.
    pub app_id: Option<Arc<str>>,
    /// Whose log it is.
    pub provider: Provider,
    /// Its newest event.
    pub last_seen: Micros,
    /// The usual time between two events at this time of the week.
    pub usual_interval: Micros,
    /// Until the newest event of another application of the same provider.
    pub silent_for: Micros,
    /// Events that were to be expected in that time.
    pub expected: f64,
    /// How likely no event in that time is by chance.
    pub p: f64,
}

/// What was not counted over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Attempts of which the log does not say when they were.
    pub without_time: u64,
    /// Attempts more than 400 days before the newest event, or at a time that cannot be meant.
    pub outside: u64,
    /// Issues for whose own series there was no room.
    pub keys: u64,
}
