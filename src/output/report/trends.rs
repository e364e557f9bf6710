//! Spikes, silences and trends for programs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::quarantine::Distance;
use crate::analysis::{Analysis, Comparison, Issue, Of, Point, RemovalCycle, Series, Silence, Spike, Told};
use crate::event::Provider;
use crate::rules::Library;
use crate::text::secret;
use crate::text::time::{self, DAY, HOUR, Micros, SECOND};
use crate::unknown;

/// Periods of a trend at most, so that a report stays readable.
const PERIODS: i64 = 31;

/// A time in which unusually many failures began.
#[derive(Serialize)]
pub(super) struct Spiked<'a> {
    app: Cow<'a, str>,
    app_id: Option<Cow<'a, str>>,
    provider: Provider,
    /// What was counted: `everything`, `rule`, `unknown`, `all-unknown` or `removals`.
    of: &'static str,
    rule: Option<&'a str>,
    cluster: Option<String>,
    template: Option<String>,
    kind: &'static str,
    start: String,
    end: String,
    observed: u64,
    expected: f64,
    usual: [u64; 2],
    ratio: f64,
    p: f64,
    score: f64,
    failures: u64,
    people: u64,
    attempts: u64,
    mode: &'static str,
    baseline: Compared,
    /// What rules tell of it that are easily taken for this one.
    also: Vec<Also<'a>>,
}

#[derive(Serialize)]
struct Also<'a> {
    rule: Option<&'a str>,
    observed: u64,
    failures: u64,
    people: u64,
}

#[derive(Serialize)]
struct Compared {
    days: f64,
    comparable_buckets: u32,
    failures: u64,
    short: bool,
}

impl<'a> Also<'a> {
    fn of(told: &Told, library: &'a Library) -> Also<'a> {
        let Told { rule, observed, failures, people } = *told;
        Also { rule: library.rule(rule).map(|rule| rule.id.as_str()), observed, failures, people }
    }
}

pub(super) fn spikes<'a>(spikes: &'a [Spike], library: &'a Library) -> Vec<Spiked<'a>> {
    let spiked = |spike: &'a Spike| {
        let Comparison { days, buckets, failures, short } = spike.baseline;
        let shape = if let Of::Unknown(shape) = &spike.of { Some(shape) } else { None };
        Spiked {
            app: secret::mask(&spike.app),
            app_id: spike.app_id.as_deref().map(secret::mask),
            provider: spike.provider,
            of: spike.of.word(),
            rule: match spike.of {
                Of::Rule(rule) => library.rule(rule).map(|rule| rule.id.as_str()),
                _ => None,
            },
            cluster: shape.map(|shape| unknown::cluster_id(shape)),
            template: shape.map(|shape| secret::mask(shape).into_owned()),
            kind: spike.kind.word(),
            start: time::rfc3339(spike.start),
            end: time::rfc3339(spike.end),
            observed: spike.observed,
            expected: digits(spike.expected),
            usual: [spike.usual.0, spike.usual.1],
            ratio: digits(spike.ratio),
            p: digits(spike.p),
            score: digits(spike.score),
            failures: spike.failures,
            people: spike.people,
            attempts: spike.attempts,
            mode: spike.mode.word(),
            baseline: Compared { days: digits(days), comparable_buckets: buckets, failures, short },
            also: spike.also.iter().map(|told| Also::of(told, library)).collect(),
        }
    };
    spikes.iter().map(spiked).collect()
}

/// An application that stopped.
#[derive(Serialize)]
pub(super) struct Silent<'a> {
    app: Cow<'a, str>,
    app_id: Option<Cow<'a, str>>,
    provider: Provider,
    last_seen: String,
    usual_interval_s: i64,
    silent_for_s: i64,
    expected: f64,
    p: f64,
}

pub(super) fn silences<'a>(silences: &'a [Silence]) -> Vec<Silent<'a>> {
    let silent = |silence: &'a Silence| Silent {
        app: secret::mask(&silence.app),
        app_id: silence.app_id.as_deref().map(secret::mask),
        provider: silence.provider,
        last_seen: time::rfc3339(silence.last_seen),
        usual_interval_s: silence.usual_interval / SECOND,
        silent_for_s: silence.silent_for / SECOND,
        expected: digits(silence.expected),
        p: digits(silence.p),
    };
    silences.iter().map(silent).collect()
}

/// How far a job of Entra is from quarantine.
#[derive(Serialize)]
pub(super) struct Job<'a> {
    app: Cow<'a, str>,
    attempts: u64,
    failures: u64,
    failed_references: u64,
    failed_percent: u64,
    way_percent: u64,
}

pub(super) fn jobs<'a>(distances: &'a [Distance]) -> Vec<Job<'a>> {
    let job = |Distance { app, job }: &'a Distance| Job {
        app: secret::mask(app),
        attempts: job.attempts,
        failures: job.failures,
        failed_references: job.references,
        failed_percent: job.percent(),
        way_percent: job.way(),
    };
    distances.iter().map(job).collect()
}

/// The cycle of Entra's that took away most accounts at an application.
#[derive(Serialize)]
pub(super) struct Cycle<'a> {
    app: Cow<'a, str>,
    cycle: Cow<'a, str>,
    removals: u64,
    first: Option<String>,
    last: Option<String>,
}

pub(super) fn cycles<'a>(cycles: &'a [RemovalCycle]) -> Vec<Cycle<'a>> {
    let cycle = |cycle: &'a RemovalCycle| Cycle {
        app: secret::mask(&cycle.app),
        cycle: secret::mask(&cycle.cycle),
        removals: cycle.removals,
        first: cycle.first.map(time::rfc3339),
        last: cycle.last.map(time::rfc3339),
    };
    cycles.iter().map(cycle).collect()
}

/// Three digits are as many as mean something.
fn digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// The series of issues, by application and what they count.
pub(super) struct Trends<'a>(BTreeMap<(&'a str, &'a Of), &'a Series>);

/// How an issue went in one period.
#[derive(Serialize, Debug, PartialEq)]
pub(super) struct Period {
    start: String,
    failures: u64,
    attempts: u64,
}

impl<'a> Trends<'a> {
    pub(super) fn of(analysis: &'a Analysis) -> Trends<'a> {
        Trends(analysis.series.iter().map(|series| ((&*series.app, &series.of), series)).collect())
    }

    /// Failures of an issue and attempts at its application over the covered time.
    pub(super) fn trend(&self, issue: &Issue) -> Vec<Period> {
        let of = match (issue.rule, &issue.shape) {
            (Some(rule), _) => Of::Rule(rule),
            (None, Some(shape)) => Of::Unknown(shape.clone()),
            (None, None) => return Vec::new(),
        };
        let app = issue.app.as_deref().unwrap_or_default();
        self.0.get(&(app, &of)).map(|series| periods(series)).unwrap_or_default()
    }
}

fn periods(series: &Series) -> Vec<Period> {
    let covered = series.width * (Micros::from(series.buckets) + 1);
    let lengths = [HOUR / 4, HOUR / 2, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];
    let fits = |length: &Micros| *length >= series.width && length % series.width == 0 && covered / length < PERIODS;
    let length = lengths.into_iter().find(fits).unwrap_or(14 * DAY);
    let mut sums: BTreeMap<Micros, (u64, u64)> = BTreeMap::new();
    let before = (series.start - series.width, &series.before);
    let points = series.points.iter().map(|point| (series.start + series.width * Micros::from(point.bucket), point));
    for (start, point) in std::iter::once(before).chain(points) {
        let Point { failures, attempts, .. } = point;
        if *failures + *attempts > 0 {
            let sum = sums.entry(start.div_euclid(length) * length).or_default();
            sum.0 += u64::from(*failures);
            sum.1 += u64::from(*attempts);
        }
    }
    let period = |(start, (failures, attempts))| Period { start: time::rfc3339(start), failures, attempts };
    sums.into_iter().map(period).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Mode;
    use crate::text::time::parse;

    #[test]
    fn a_trend_adds_up_and_has_few_periods() {
        let points =
            (0..14 * 24).map(|bucket| Point { bucket, attempts: 10, failures: bucket % 3, ..Point::default() });
        let series = Series {
            app: "Harbor".into(),
            app_id: None,
            provider: Provider::Okta,
            of: Of::Rule(0),
            mode: Mode::Rate,
            width: HOUR,
            start: parse("2026-03-02T10:00:00Z").unwrap(),
            buckets: 14 * 24,
            before: Point { attempts: 5, failures: 2, ..Point::default() },
            points: points.collect(),
            dispersion: 1.0,
        };
        let periods = periods(&series);
        assert_eq!(periods.len(), 29);
        assert_eq!(periods[0].start, "2026-03-02T00:00:00Z");
        assert_eq!(periods.iter().map(|period| period.failures).sum::<u64>(), 14 * 24 + 2);
        assert_eq!(periods.iter().map(|period| period.attempts).sum::<u64>(), 14 * 240 + 5);
    }

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!([0.0, 1.0 / 3.0, 1234.6, 1.2345e-17].map(digits), [0.0, 0.333, 1230.0, 1.23e-17]);
    }
}
