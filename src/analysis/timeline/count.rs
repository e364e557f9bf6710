//! One application's log, counted in buckets.

use super::covered::{Covered, Place};
use super::episodes::{Ends, onsets};
use super::lately::lately;
use super::{AppLog, Failure, Key, NOBODY};
use crate::analysis::health::Lately;
use crate::analysis::trends::{Mode, Of, Point};
use crate::text::time::Micros;

/// One application's counts.
pub(super) struct Counts {
    pub(super) mode: Mode,
    /// Different things tried in each bucket, and in the one before the first.
    pub(super) attempts: Vec<u32>,
    pub(super) before: u32,
    pub(super) keys: Vec<KeyCounts>,
    /// The newest attempt, in seconds.
    pub(super) last: u32,
    /// Attempts at times that do not count.
    pub(super) outside: u64,
    /// The end of it.
    pub(super) lately: Lately,
}

/// What was counted of one kind.
pub(super) struct KeyCounts {
    pub(super) of: Of,
    /// Bucket and subject of what began, in order.
    pub(super) onsets: Vec<(u32, u32)>,
    /// Failures of each bucket in which there were some, and before the first.
    failures: Vec<(u32, u32)>,
    before: u32,
}

impl KeyCounts {
    /// Everything about each bucket in which something happened, and about the one before the first.
    pub(super) fn points(&self, attempts: &[u32], before: u32) -> (Vec<Point>, Point) {
        let (mut onsets, mut failures) = (self.onsets.iter().peekable(), self.failures.iter().peekable());
        let mut points = Vec::new();
        let mut who = Vec::new();
        for (bucket, attempts) in (0..).zip(attempts) {
            who.clear();
            while let Some((_, subject)) = onsets.next_if(|(at, _)| *at == bucket) {
                who.push(*subject);
            }
            let began = u32::try_from(who.len()).unwrap_or(u32::MAX);
            who.sort_unstable();
            who.dedup();
            let people = u32::try_from(who.len()).unwrap_or(u32::MAX);
            let failed = failures.next_if(|(at, _)| *at == bucket).map_or(0, |(_, count)| *count);
            if *attempts > 0 || failed > 0 {
                points.push(Point {
                    bucket,
                    onsets: began,
                    attempts: *attempts,
                    failures: failed,
                    people,
                    flagged: false,
                });
            }
        }
        (points, Point { attempts: before, failures: self.before, ..Point::default() })
    }
}

/// Counts one application; `wanted` issues one by one, all of them together. `last` is the newest event of
/// all logs.
pub(super) fn count(
    mut log: AppLog,
    last: Option<Micros>,
    covered: &Covered,
    issues: &[Key],
    wanted: &[bool],
) -> Counts {
    let mut counts = Counts {
        mode: Mode::CountOnly,
        attempts: vec![0; covered.buckets()],
        before: 0,
        keys: Vec::new(),
        last: 0,
        outside: log.outside,
        lately: Lately::default(),
    };
    let ends = Ends::of(&log);
    counts.lately = lately(&log, &ends, last);
    let removals = count_attempts(&mut counts, &log, covered);
    log.failures.sort_unstable();
    let explained = |failure: &Failure| issues.get(failure.issue as usize);
    for failures in log.failures.chunk_by(|a, b| a.issue == b.issue) {
        let issue = failures.first().map_or(usize::MAX, |failure| failure.issue as usize);
        if let (Some(key), Some(true)) = (issues.get(issue), wanted.get(issue)) {
            let of = match (key.rule, &key.shape) {
                (Some(rule), _) => Of::Rule(rule),
                (None, shape) => Of::Unknown(shape.clone().unwrap_or_default()),
            };
            counts.keys.push(of_failures(of, failures.iter(), &ends, covered));
        }
    }
    log.failures.sort_unstable_by_key(|failure| (failure.subject, failure.seconds));
    counts.keys.push(of_failures(Of::Everything, log.failures.iter(), &ends, covered));
    let unknown = || log.failures.iter().filter(|failure| explained(failure).is_some_and(|key| key.rule.is_none()));
    if unknown().next().is_some() {
        counts.keys.push(of_failures(Of::AllUnknown, unknown(), &ends, covered));
    }
    if !removals.is_empty() {
        counts.keys.push(KeyCounts { of: Of::Removals, onsets: removals, failures: Vec::new(), before: 0 });
    }
    counts
}

/// Counts attempts, each thing tried of a subject once in a bucket; gives buckets and subjects of removals.
fn count_attempts(counts: &mut Counts, log: &AppLog, covered: &Covered) -> Vec<(u32, u32)> {
    // Bucket, from 1 on, subject and what: the same thing tried again is the same number.
    let mut tried = Vec::with_capacity(log.attempts.len());
    let mut removals = Vec::new();
    for attempt in &log.attempts {
        let place = covered.place(attempt.seconds());
        if place == Place::Outside {
            counts.outside += u64::from(attempt.is_attempt());
            continue;
        }
        counts.last = counts.last.max(attempt.seconds());
        if !attempt.is_attempt() {
            continue;
        }
        if attempt.worked() {
            counts.mode = Mode::Rate;
        }
        let bucket = if let Place::In(bucket) = place { bucket + 1 } else { 0 };
        tried.push(u64::from(bucket) << 32 | u64::from(attempt.subject()) << 5 | u64::from(attempt.what()));
        if let (Place::In(bucket), true) = (place, attempt.is_removal() && attempt.subject() != NOBODY) {
            removals.push((bucket, attempt.subject()));
        }
    }
    tried.sort_unstable();
    // Whether those of whom nobody knows the name are the same, nobody knows.
    tried.dedup_by(|a, b| a == b && (*a >> 5) as u32 & NOBODY != NOBODY);
    for code in tried {
        match ((code >> 32) as usize).checked_sub(1) {
            None => counts.before += 1,
            Some(bucket) => counts.attempts.get_mut(bucket).into_iter().for_each(|count| *count += 1),
        }
    }
    removals.sort_unstable();
    removals.dedup();
    removals
}

/// Counts failures of one kind that are in order of subjects and seconds.
fn of_failures<'f>(
    of: Of,
    failures: impl Iterator<Item = &'f Failure> + Clone,
    ends: &Ends,
    covered: &Covered,
) -> KeyCounts {
    let bucket = |seconds: u32| if let Place::In(bucket) = covered.place(seconds) { Some(bucket) } else { None };
    let began = onsets(failures.clone(), ends);
    let mut onsets: Vec<(u32, u32)> =
        began.into_iter().filter_map(|(seconds, subject)| Some((bucket(seconds)?, subject))).collect();
    onsets.sort_unstable();
    let mut buckets: Vec<u32> = failures.clone().filter_map(|failure| bucket(failure.seconds)).collect();
    buckets.sort_unstable();
    let failed = |run: &[u32]| Some((*run.first()?, u32::try_from(run.len()).unwrap_or(u32::MAX)));
    let before = failures.filter(|failure| covered.place(failure.seconds) == Place::Before).count();
    KeyCounts {
        of,
        onsets,
        failures: buckets.chunk_by(|a, b| a == b).filter_map(failed).collect(),
        before: u32::try_from(before).unwrap_or(u32::MAX),
    }
}
