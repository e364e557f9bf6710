//! Spikes in logs that are too short to have a history of their own: the baseline is their history.

use super::Judge;
use super::shape::{describe_spike, has_history};
use crate::analysis::spikes::Settings;
use crate::analysis::spikes::tail::{quantile, tail};
use crate::analysis::{Comparison, Mode, Of, Point, Series, Spike, SpikeKind};
use crate::output::check::baseline::{Baseline, Days, Entry, PART_S, PARTS, Pair, Phases};
use crate::output::check::finding::{self, Finding, Key, Place};
use crate::output::check::gate::Gate;
use crate::output::check::verdict::Hit;
use crate::text::time::SECOND;

/// Lengths of the windows that are tested, in buckets.
const WINDOWS: [usize; 3] = [1, 3, 12];
/// Failures more than expected.
const EXCESS: f64 = 5.0;
/// Different people.
const PEOPLE: u64 = 3;
/// Weight of another time of day, with and without attempts.
const OTHER_TIME: f64 = 0.15;
const OTHER_TIME_UNCOUNTED: f64 = 0.02;

impl<'a> Judge<'a> {
    /// Adds what is unusual by the baseline; says whether anything could be compared with it.
    pub(super) fn short_spikes(&mut self, gate: &Gate, ongoing: bool, hits: &mut Vec<Hit>) -> bool {
        let Some(baseline) = self.asked.before.known() else { return false };
        let mut compared = false;
        for series in self.failing(gate).into_iter().filter(|series| !has_history(series)) {
            let key = self.key_of(series);
            let Some(usual) = Usual::of(&key, series.mode, baseline) else { continue };
            compared = true;
            if self.is_told_by_parts(series, &key, hits) {
                continue;
            }
            let Some(spike) = usual.spike(series, &self.asked.spikes) else { continue };
            let place = Place { provider: series.provider, app: &series.app, app_id: series.app_id.as_deref() };
            let at = self.findings.add_counted(place, &series.of, self.library);
            let people = self.findings.get(at).map_or(0, |finding| finding.people);
            let enough = people >= PEOPLE || people == 0 && spike.people >= PEOPLE;
            if enough && (spike.kind == SpikeKind::Ongoing || !ongoing) {
                hits.push(describe_spike(&spike, self.hit(at, String::new())));
            }
        }
        compared
    }

    /// Whether the baseline says what is usual for a series.
    pub(super) fn is_in_baseline(&self, series: &Series) -> bool {
        let Some(baseline) = self.asked.before.known() else { return false };
        Usual::of(&self.key_of(series), series.mode, baseline).is_some()
    }

    /// The series of failures that a gate looks at. What has a name comes before the whole of an application.
    pub(super) fn failing(&self, gate: &Gate) -> Vec<&'a Series> {
        let is_covered = |series: &&Series| {
            let rule = finding::counted(&series.of, self.library);
            let id = series.app_id.as_deref().unwrap_or_default();
            series.of != Of::Removals && gate.covers(&series.app, id, &rule)
        };
        let covered = self.analysis.series.iter().filter(is_covered);
        let (wholes, parts): (Vec<&'a Series>, Vec<&'a Series>) = covered.partition(|series| is_whole(series));
        [parts, wholes].concat()
    }

    /// Whether a series says nothing beyond what the parts of it that have a name say already.
    pub(super) fn is_told_by_parts(&self, series: &Series, key: &Key, hits: &[Hit]) -> bool {
        let is_there = |hit: &Hit| self.findings.get(hit.finding).is_some_and(|finding| finding.key.app == key.app);
        is_whole(series) && hits.iter().any(is_there)
    }

    pub(super) fn key_of(&self, series: &Series) -> Key {
        let rule = finding::counted(&series.of, self.library);
        Finding::bare(series.provider.word(), &series.app, series.app_id.as_deref(), &rule).key
    }
}

/// Whether it counts all of an application's failures that have no name of their own.
fn is_whole(series: &Series) -> bool {
    matches!(series.of, Of::Everything | Of::AllUnknown)
}

/// What the baseline says of one key.
struct Usual<'b> {
    phase: &'b Phases,
    /// The key never failed: the phases are those of its application, of which only the attempts count.
    never: bool,
    dispersion: f64,
    days: f64,
    mode: Mode,
}

/// What is expected of one bucket.
struct Expected {
    mean: f64,
    support: f64,
}

/// The window that is least likely by chance.
#[derive(Clone, Copy)]
struct Window {
    from: usize,
    to: usize,
    observed: f64,
    mean: f64,
    variance: f64,
    p: f64,
}

impl<'b> Usual<'b> {
    /// Nothing if the baseline hardly knows the application, or counted in another way.
    fn of(key: &Key, mode: Mode, baseline: &'b Baseline) -> Option<Usual<'b>> {
        let app = baseline.app_of(key)?;
        let known = baseline.find(key);
        let entry = known.unwrap_or(app);
        let usable = Entry::is_well_known(app) && entry.mode() == mode;
        let usual =
            Usual { phase: &entry.phase, never: known.is_none(), dispersion: entry.phi, days: entry.days(), mode };
        usable.then_some(usual)
    }

    /// The same fit as that of a long log, on sums by part of the day.
    fn expected(&self, weekend: bool, part: usize, exposure: f64) -> Expected {
        let distance = |other: usize| (other + PARTS - part) % PARTS;
        let near = |other: usize| matches!(distance(other), 0 | 1) || distance(other) + 1 == PARTS;
        match self.mode {
            Mode::Rate => self.fit(weekend, near, OTHER_TIME, exposure),
            Mode::CountOnly => {
                let fits = [0, 1, PARTS - 1]
                    .map(|shift| self.fit(weekend, |other| distance(other) == shift, OTHER_TIME_UNCOUNTED, exposure));
                let none = Expected { mean: 0.0, support: 0.5 };
                fits.into_iter().max_by(|a, b| a.mean.total_cmp(&b.mean)).unwrap_or(none)
            }
        }
    }

    fn fit(&self, weekend: bool, near: impl Fn(usize) -> bool, other: f64, exposure: f64) -> Expected {
        let days = [(false, &self.phase.wd), (true, &self.phase.we)];
        let pairs =
            days.into_iter().flat_map(|(free, pairs)| pairs.iter().enumerate().map(move |(at, p)| (free, at, p)));
        let (mut all, mut weighted) = (Pair(0.0, 0.0), Pair(0.0, 0.0));
        for (free, at, pair) in pairs {
            let failures = if self.never { 0.0 } else { pair.0 };
            let weight = if free == weekend && near(at) { 1.0 } else { other };
            all = Pair(all.0 + failures, all.1 + pair.1);
            weighted = Pair(weighted.0 + weight * failures, weighted.1 + weight * pair.1);
        }
        let pooled = (all.0 + 0.5) / (all.1 + 1.0);
        let support = weighted.0 + 0.5;
        Expected { mean: support / (weighted.1 + 0.5 / pooled) * exposure, support }
    }

    /// The least likely window of a series, if it is unlikely enough.
    fn spike(&self, series: &Series, settings: &Settings) -> Option<Spike> {
        let mut points = vec![Point::default(); series.buckets as usize];
        for point in &series.points {
            *points.get_mut(point.bucket as usize)? = *point;
        }
        let start = |bucket: usize| {
            series.start.saturating_add(series.width.saturating_mul(i64::try_from(bucket).unwrap_or(i64::MAX)))
        };
        let of_a_part = series.width as f64 / (i64::from(PART_S) * SECOND) as f64;
        let days = Days::of(settings);
        let expected = |(bucket, point): (usize, &Point)| {
            let (weekend, part) = days.place(start(bucket));
            let exposure = if self.mode == Mode::Rate { f64::from(point.attempts) } else { of_a_part };
            self.expected(weekend, part, exposure)
        };
        let expected: Vec<Expected> = points.iter().enumerate().map(expected).collect();
        let mut worst: Option<Window> = None;
        for to in 1..=points.len() {
            for length in WINDOWS.into_iter().filter(|length| *length <= to) {
                let window = self.window(&points, &expected, to - length, to)?;
                let enough = window.observed >= settings.min_failures as f64
                    && window.observed >= settings.min_ratio * window.mean
                    && window.observed - window.mean >= EXCESS
                    && window.p <= settings.alpha / 3.0;
                if enough && worst.is_none_or(|worst| window.p < worst.p) {
                    worst = Some(window);
                }
            }
        }
        let Window { from, to, observed, mean, variance, p } = worst?;
        // The window has a fixed length; told is when it began to fail.
        let from = (from..to).find(|at| points.get(*at).is_some_and(|point| point.onsets > 0)).unwrap_or(from);
        let inside = points.get(from..to).unwrap_or_default();
        let sum = |value: fn(&Point) -> u32| inside.iter().map(|point| u64::from(value(point))).sum();
        Some(Spike {
            app: series.app.clone(),
            app_id: series.app_id.clone(),
            provider: series.provider,
            of: series.of.clone(),
            kind: if to == points.len() { SpikeKind::Ongoing } else { SpikeKind::Spike },
            start: start(from),
            end: start(to),
            observed: sum(|point| point.onsets),
            expected: mean,
            usual: (quantile(0.05, mean, variance), quantile(0.95, mean, variance)),
            ratio: observed / mean.max(0.5),
            p,
            score: (-p.log10()).clamp(0.0, 300.0),
            failures: sum(|point| point.failures),
            people: sum(|point| point.people),
            attempts: sum(|point| point.attempts),
            mode: self.mode,
            baseline: Comparison { days: self.days, buckets: 0, failures: 0, short: false },
            also: Vec::new(),
        })
    }

    fn window(&self, points: &[Point], expected: &[Expected], from: usize, to: usize) -> Option<Window> {
        let observed: f64 = points.get(from..to)?.iter().map(|point| f64::from(point.onsets)).sum();
        let mean: f64 = expected.get(from..to)?.iter().map(|expected| expected.mean).sum();
        let support = expected.get(to.checked_sub(1)?)?.support;
        let variance = self.dispersion.max(1.0) * mean + mean * mean / support;
        let p = tail(observed as u64, mean, variance);
        Some(Window { from, to, observed, mean, variance, p })
    }
}
