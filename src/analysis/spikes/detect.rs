//! The test: in which buckets did unusually many failures begin?
//!
//! At each bucket the failures of the last one, three and twelve buckets are compared with what was
//! expected of them. What is found leaves what is usual, so that a long outage does not hide its own
//! end, or the next one.

use super::fit::{DAYS, Fit, History};
use super::tail::{ln_tail, quantile};
use super::{Calendar, Settings, Track};
use crate::analysis::trends::{Comparison, SpikeKind};
use crate::text::time::{DAY, Micros};

/// Lengths of the windows that are tested, in buckets.
const WINDOWS: [usize; 3] = [1, 3, 12];
/// Buckets in which something was tried that a verdict needs before.
pub(super) const ENOUGH: u32 = 30;
/// Days of history below which it is called short.
const SHORT: Micros = 3 * DAY;
/// What lasts longer is the usual now.
const NEW_LEVEL: Micros = 7 * DAY;
/// Failures beyond what was expected.
pub(super) const EXCESS: f64 = 5.0;
/// Different subjects.
pub(super) const SUBJECTS: usize = 3;
/// Times what is expected from which on a bucket is elevated.
const ELEVATED: f64 = 1.5;
/// A bucket after a spike belongs to it if so many or more are this unlikely.
const LN_STILL: f64 = -4.605_170_185_988_091;

/// Buckets in which unusually many failures began.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Interval {
    pub from: usize,
    /// Exclusive.
    pub to: usize,
    pub kind: SpikeKind,
    pub observed: u64,
    pub expected: f64,
    pub usual: (u64, u64),
    /// Natural logarithm of the probability of the most unlikely window.
    pub ln_p: f64,
    pub people: u64,
    pub baseline: Comparison,
}

/// What the test says of one key.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Verdict {
    pub intervals: Vec<Interval>,
    /// Whether there was history enough to judge any bucket.
    pub judged: bool,
    /// Dispersion at the last bucket that was judged.
    pub dispersion: f64,
}

/// A run of flagged buckets, with the most unlikely window that flagged one of them.
struct Run {
    from: usize,
    to: usize,
    ln_p: f64,
    at: usize,
    fit: Fit,
    learned: bool,
}

/// Tests one key.
pub fn detect(track: &Track, calendar: &Calendar, settings: &Settings) -> Verdict {
    Detector::new(track, calendar, settings).run()
}

struct Detector<'t> {
    track: &'t Track,
    calendar: &'t Calendar,
    settings: &'t Settings,
    history: History,
    fits: Vec<Option<Fit>>,
    runs: Vec<Run>,
}

impl<'t> Detector<'t> {
    fn new(track: &'t Track, calendar: &'t Calendar, settings: &'t Settings) -> Self {
        Detector {
            track,
            calendar,
            settings,
            history: History::new(calendar, &track.onsets, &track.exposure, track.mode),
            fits: vec![None; calendar.len()],
            runs: Vec::new(),
        }
    }

    fn run(mut self) -> Verdict {
        let needed = self.needed();
        let mut tried = 0;
        let mut judged = false;
        for at in 0..self.calendar.len() {
            if self.span(at) >= DAY && tried >= ENOUGH {
                judged = true;
                let follows = at.checked_sub(1).is_some_and(|before| self.history.is_aside(before));
                if follows || needed.get(at) == Some(&true) {
                    self.bucket(at, follows);
                }
            }
            tried += u32::from(self.exposure(at) > 0.0);
        }
        let last = self.fits.iter().rev().flatten().next();
        let dispersion = last.map_or(1.0, |fit| fit.dispersion);
        let intervals = self.runs.iter().map(|run| self.describe(run)).collect();
        Verdict { intervals, judged, dispersion }
    }

    /// Which buckets may be part of a window with enough failures; most are not.
    fn needed(&self) -> Vec<bool> {
        let longest = WINDOWS.into_iter().max().unwrap_or(1);
        let mut needed = vec![false; self.calendar.len()];
        let mut sum = 0;
        for at in 0..needed.len() {
            sum += u64::from(self.onsets(at));
            if let Some(gone) = at.checked_sub(longest) {
                sum -= u64::from(self.onsets(gone));
            }
            if self.onsets(at) > 0 && sum >= self.settings.min_failures {
                needed.iter_mut().take(at + 1).skip((at + 1).saturating_sub(longest)).for_each(|bucket| *bucket = true);
            }
        }
        needed
    }

    fn onsets(&self, at: usize) -> u32 {
        self.track.onsets.get(at).copied().unwrap_or_default()
    }

    fn exposure(&self, at: usize) -> f64 {
        self.track.exposure.get(at).copied().unwrap_or_default()
    }

    /// How long the first buckets take.
    fn span(&self, buckets: usize) -> Micros {
        self.calendar.start_of(buckets) - self.calendar.start_of(0)
    }

    fn fit_of(&self, at: usize) -> Option<Fit> {
        self.fits.get(at).copied().flatten()
    }

    /// Tests the windows that end with this bucket; `follows` if the one before belongs to a spike.
    fn bucket(&mut self, at: usize, follows: bool) {
        let fit = self.history.fit(at);
        if let Some(place) = self.fits.get_mut(at) {
            *place = Some(fit);
        }
        let onsets = f64::from(self.onsets(at));
        let is_elevated = onsets >= (ELEVATED * fit.mean).max(1.0);
        // What a spike has explained does not count again in the windows after it.
        let free_from = self.runs.last().map_or(0, |run| run.to).min(at);
        let mut fired = false;
        for length in WINDOWS {
            if length > 1 && (!is_elevated || follows) {
                continue;
            }
            let from = (at + 1).saturating_sub(length).max(free_from);
            if let Some(ln_p) = self.window(from, at, fit.support) {
                let from = if length == 1 { at } else { self.onset(from, at, fit.support) };
                self.flag(from, at, ln_p, fit);
                fired = true;
            }
            // Up to here everything is usual now.
            if self.runs.last().is_some_and(|run| run.learned && run.to > at) {
                break;
            }
        }
        if !fired && follows && onsets >= 2.0 && is_elevated {
            let variance = fit.dispersion * fit.mean + fit.mean * fit.mean / fit.support;
            let ln_p = ln_tail(u64::from(self.onsets(at)), fit.mean, variance);
            if ln_p <= LN_STILL {
                self.flag(at, at, ln_p, fit);
            }
        }
    }

    /// How unlikely a window is, if it passes all gates.
    fn window(&self, from: usize, to: usize, support: f64) -> Option<f64> {
        let (mut failures, mut mean, mut dispersion) = (0, 0.0, 0.0);
        for at in from..=to {
            let fit = self.fit_of(at)?;
            failures += u64::from(self.onsets(at));
            mean += fit.mean;
            dispersion += fit.dispersion;
        }
        let count = failures as f64;
        if failures < self.settings.min_failures || count < self.settings.min_ratio * mean || count - mean < EXCESS {
            return None;
        }
        dispersion /= (to + 1 - from) as f64;
        let ln_p = ln_tail(failures, mean, dispersion * mean + mean * mean / support);
        let is_unlikely = ln_p <= (self.settings.alpha / WINDOWS.len() as f64).ln();
        (is_unlikely && self.track.subjects(from, to + 1) >= SUBJECTS).then_some(ln_p)
    }

    /// Where in a window it began: with the failure from which on it is most unlikely. (By the lowest point
    /// of a running sum, a single failure hours before a burst would be its start.)
    fn onset(&self, from: usize, to: usize, support: f64) -> usize {
        let (mut lowest, mut onset) = (0.0, from);
        let (mut failures, mut mean, mut dispersion) = (0, 0.0, 0.0);
        for at in (from..=to).rev() {
            let Some(fit) = self.fit_of(at) else { break };
            failures += u64::from(self.onsets(at));
            mean += fit.mean;
            dispersion += fit.dispersion;
            let spread = dispersion / (to + 1 - at) as f64;
            let ln_p = ln_tail(failures, mean, spread * mean + mean * mean / support);
            if ln_p < lowest && self.onsets(at) > 0 {
                (lowest, onset) = (ln_p, at);
            }
        }
        onset
    }

    /// Flags buckets; what is at most one bucket apart is one run.
    fn flag(&mut self, from: usize, last: usize, ln_p: f64, fit: Fit) {
        let mut run = Run { from, to: last + 1, ln_p, at: last, fit, learned: false };
        while let Some(before) = self.runs.pop_if(|before| !before.learned && before.to + 1 >= run.from) {
            run.from = run.from.min(before.from);
            run.to = run.to.max(before.to);
            if before.ln_p <= run.ln_p {
                (run.ln_p, run.at, run.fit) = (before.ln_p, before.at, before.fit);
            }
        }
        self.history.set_aside(from, last + 1);
        if self.span(run.to) - self.span(run.from) > NEW_LEVEL {
            run.learned = true;
            self.history.learn(run.from);
        }
        self.runs.push(run);
    }

    fn describe(&self, run: &Run) -> Interval {
        let fits = || (run.from..run.to).filter_map(|at| self.fit_of(at));
        let expected: f64 = fits().map(|fit| fit.mean).sum();
        let dispersion = fits().map(|fit| fit.dispersion).sum::<f64>() / (fits().count().max(1)) as f64;
        let variance = dispersion * expected + expected * expected / run.fit.support.max(0.5);
        let buckets = self.calendar.len();
        // A last bucket of which little is covered says nothing yet.
        let reaches_the_end = run.to == buckets || run.to + 1 == buckets && self.track.covered < 0.5;
        let length = self.span(run.to) - self.span(run.from);
        let history = self.span(run.at);
        Interval {
            from: run.from,
            to: run.to,
            kind: match () {
                () if run.learned => SpikeKind::NewLevel,
                () if reaches_the_end => SpikeKind::Ongoing,
                () if length >= DAY => SpikeKind::Sustained,
                () => SpikeKind::Spike,
            },
            observed: (run.from..run.to).map(|at| u64::from(self.onsets(at))).sum(),
            expected,
            usual: (quantile(0.05, expected, variance), quantile(0.95, expected, variance)),
            ln_p: run.ln_p,
            people: self.track.subjects(run.from, run.to) as u64,
            baseline: Comparison {
                days: (history as f64 / DAY as f64).min(DAYS as f64),
                buckets: run.fit.comparable,
                failures: run.fit.failures,
                short: history < SHORT,
            },
        }
    }
}
