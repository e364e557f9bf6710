//! Counts of all applications to series, spikes and silences.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::count::{Counts, KeyCounts, count};
use super::covered::Covered;
use super::{AppLog, Timeline};
use crate::analysis::health::Lately;
use crate::analysis::spikes::burst::burst;
use crate::analysis::spikes::silence::silence;
use crate::analysis::spikes::{Interval, Settings, Track, Verdict, detect};
use crate::analysis::trends::{LeftOut, Mode, Of, Series, Silence, Spike};
use crate::event::Provider;
use crate::text::time::{Micros, SECOND};

/// Most points of all series together, so that no log makes them fill the memory.
const MOST_POINTS: u64 = 5_000_000;
/// Attempts from which on several threads are worth it.
const MANY: usize = 50_000;
/// Part of the excess at an application from which on one issue is all there is to say.
const EXPLAINED: f64 = 0.8;

/// An application, by its number.
pub(crate) struct App {
    pub(crate) name: Arc<str>,
    /// Its newest event of any kind.
    pub(crate) last: Option<Micros>,
}

/// An issue at an application, by its number.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) rule: Option<usize>,
    pub(crate) shape: Option<String>,
}

/// What changes over time, and what is unusual in it.
#[derive(Default)]
pub(crate) struct Trends {
    pub(crate) series: Vec<Series>,
    pub(crate) spikes: Vec<Spike>,
    pub(crate) bursts: Vec<Spike>,
    pub(crate) silences: Vec<Silence>,
    /// The end of each application's log, by its number.
    pub(crate) lately: Vec<Lately>,
    pub(crate) left_out: LeftOut,
}

/// One application's part of it.
#[derive(Default)]
struct Judged {
    series: Vec<Series>,
    spikes: Vec<Spike>,
    bursts: Vec<Spike>,
    last: Option<Micros>,
    outside: u64,
    lately: Lately,
}

/// What is judged, and by what measure.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// By their numbers.
    pub(crate) apps: &'a [App],
    /// By their numbers.
    pub(crate) issues: &'a [Key],
    /// The newest event of all.
    pub(crate) last: Option<Micros>,
    pub(crate) settings: &'a Settings,
    pub(crate) threads: usize,
}

/// What the logs of each provider cover.
type CoveredBy = BTreeMap<Provider, Covered>;

impl Timeline {
    /// Counts and judges everything. `severity` ranks a rule, the worst greatest.
    pub(crate) fn judge(self, asked: Asked<'_>, severity: impl Fn(usize) -> u8) -> Trends {
        let covered = self.covered(asked.settings);
        let (wanted, keys) = self.wanted(asked, &covered);
        let left_out = LeftOut { without_time: self.without_time, outside: 0, keys };
        let judged = judge_apps(self.apps, asked, &covered, &wanted);
        let mut trends = Trends { silences: silences(&judged, &covered), left_out, ..Trends::default() };
        for app in judged {
            trends.series.extend(app.series);
            trends.spikes.extend(app.spikes);
            trends.bursts.extend(app.bursts);
            trends.lately.push(app.lately);
            trends.left_out.outside += app.outside;
        }
        // Where nothing was tried, nothing was counted.
        trends.lately.resize(asked.apps.len(), Lately::default());
        trends.sort(severity);
        trends
    }

    fn covered(&self, settings: &Settings) -> CoveredBy {
        let mut providers: BTreeMap<Provider, Vec<&AppLog>> = BTreeMap::new();
        for (provider, log) in self.apps.iter().filter_map(|log| Some((log.provider?, log))) {
            providers.entry(provider).or_default().push(log);
        }
        let covered = providers.into_iter().filter_map(|(provider, logs)| {
            let seconds = logs.iter().flat_map(|log| {
                let failures = log.failures.iter().map(|failure| failure.seconds);
                log.attempts.iter().map(|attempt| attempt.seconds()).chain(failures)
            });
            let forgotten = self.forgotten.days(provider);
            Some((provider, Covered::of(seconds, forgotten, provider, settings)?))
        });
        covered.collect()
    }

    /// Which issues get a series of their own, by their numbers, and how many do not for want of room.
    fn wanted(&self, Asked { apps, issues, settings, .. }: Asked<'_>, covered: &CoveredBy) -> (Vec<bool>, u64) {
        let mut found: BTreeMap<u32, (u64, usize)> = BTreeMap::new();
        for (app, log) in self.apps.iter().enumerate() {
            for failure in &log.failures {
                found.entry(failure.issue).or_insert((0, app)).0 += 1;
            }
        }
        let mut found: Vec<_> = found
            .into_iter()
            .filter_map(|(issue, (failures, app))| {
                let key = issues.get(issue as usize)?;
                let enough = key.rule.is_some() || failures >= settings.min_failures;
                enough.then_some((issue as usize, key, failures, app))
            })
            .collect();
        let name = |app: usize| apps.get(app).map(|app| &app.name);
        found.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (name(a.3), a.1).cmp(&(name(b.3), b.1))));
        let (mut wanted, mut points, mut left_out) = (vec![false; issues.len()], 0, 0);
        for (issue, _, _, app) in found {
            let cost = self.apps.get(app).map_or(0, |log| {
                let buckets = log.covered(covered).map_or(0, Covered::buckets);
                buckets.min(log.attempts.len() + log.failures.len()) as u64
            });
            points += cost;
            match wanted.get_mut(issue) {
                Some(wanted) if points <= MOST_POINTS => *wanted = true,
                _ => left_out += 1,
            }
        }
        (wanted, left_out)
    }
}

impl AppLog {
    /// What the logs of its provider cover.
    fn covered<'c>(&self, covered: &'c CoveredBy) -> Option<&'c Covered> {
        covered.get(&self.provider?)
    }
}

/// How bad what is counted is, on the scale of rules. Nobody knows how bad the unknown is; many removals
/// at once take access from many.
fn rank(of: &Of, severity: impl Fn(usize) -> u8) -> u8 {
    match of {
        Of::Rule(rule) => severity(*rule),
        Of::Removals => 3,
        Of::Everything | Of::Unknown(_) | Of::AllUnknown => 2,
    }
}

impl Trends {
    /// Series by the alphabet, spikes the worst first.
    fn sort(&mut self, severity: impl Fn(usize) -> u8) {
        self.series.sort_by(|a, b| (&a.app, &a.of).cmp(&(&b.app, &b.of)));
        for spikes in [&mut self.spikes, &mut self.bursts] {
            spikes.sort_by(|a, b| {
                let rank = |spike: &Spike| rank(&spike.of, &severity);
                (rank(b).cmp(&rank(a)))
                    .then(b.score.total_cmp(&a.score))
                    .then_with(|| (&a.app, &a.of, a.start).cmp(&(&b.app, &b.of, b.start)))
            });
        }
    }
}

/// Judges the applications, each by the next thread that is free.
fn judge_apps(logs: Vec<AppLog>, asked: Asked<'_>, covered: &CoveredBy, wanted: &[bool]) -> Vec<Judged> {
    let attempts: usize = logs.iter().map(|log| log.attempts.len()).sum();
    let threads = if attempts < MANY { 1 } else { asked.threads };
    let logs: Vec<Mutex<Option<AppLog>>> = logs.into_iter().map(|log| Mutex::new(Some(log))).collect();
    let judged: Vec<Mutex<Judged>> = logs.iter().map(|_| Mutex::default()).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let (Some(log), Some(slot), Some(app)) = (logs.get(place), judged.get(place), asked.apps.get(place)) else {
                return;
            };
            let log = log.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(log) = log
                && let Some(covered) = log.covered(covered)
            {
                let judged = judge_app(log, app, asked, covered, wanted);
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = judged;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    judged.into_iter().map(|judged| judged.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

fn judge_app(log: AppLog, app: &App, asked: Asked<'_>, covered: &Covered, wanted: &[bool]) -> Judged {
    let of_app = OfApp { name: &app.name, id: log.app_id.as_deref().map(Arc::from), covered };
    let counts = count(log, asked.last, covered, asked.issues, wanted);
    let in_window =
        |at: &Micros| u32::try_from(at / SECOND).is_ok_and(|at| (covered.first..=covered.last).contains(&at));
    let attempted = (counts.last > 0).then(|| Micros::from(counts.last) * SECOND);
    let mut judged = Judged {
        last: attempted.max(app.last.filter(in_window)),
        outside: counts.outside,
        lately: counts.lately,
        ..Judged::default()
    };
    for key in &counts.keys {
        of_app.judge(key, &counts, asked.settings, &mut judged);
    }
    for spikes in [&mut judged.spikes, &mut judged.bursts] {
        let all = spikes.clone();
        spikes.retain(|spike| !all.iter().any(|other| explains(other, spike)));
    }
    judged
}

/// Whether one issue is nearly all of what is unusual at its application.
fn explains(issue: &Spike, parent: &Spike) -> bool {
    let is_part = match parent.of {
        Of::Everything => !matches!(issue.of, Of::Everything | Of::Removals),
        Of::AllUnknown => matches!(issue.of, Of::Unknown(_)),
        _ => false,
    };
    let excess = |spike: &Spike| spike.observed as f64 - spike.expected;
    is_part && issue.start < parent.end && parent.start < issue.end && excess(issue) >= EXPLAINED * excess(parent)
}

struct OfApp<'a> {
    name: &'a Arc<str>,
    id: Option<Arc<str>>,
    covered: &'a Covered,
}

impl OfApp<'_> {
    fn judge(&self, key: &KeyCounts, counts: &Counts, settings: &Settings, judged: &mut Judged) {
        // How many people are known hardly changes within weeks, so removals are compared with removals.
        let mode = if key.of == Of::Removals { Mode::CountOnly } else { counts.mode };
        let (mut points, before) = key.points(&counts.attempts, counts.before);
        let mut verdict = Verdict { dispersion: 1.0, ..Verdict::default() };
        if key.onsets.len() as u64 >= settings.min_failures {
            let track = self.track(key, counts, mode);
            verdict = detect(&track, &self.covered.calendar, settings);
            if !verdict.judged {
                let burst = burst(&track, self.covered.width, settings);
                judged.bursts.extend(burst.map(|interval| self.spike(key, &interval, &points, mode)));
            }
        }
        for interval in &verdict.intervals {
            judged.spikes.push(self.spike(key, interval, &points, mode));
            let flagged = |at: u32| (interval.from..interval.to).contains(&(at as usize));
            points.iter_mut().filter(|point| flagged(point.bucket)).for_each(|point| point.flagged = true);
        }
        judged.series.push(Series {
            app: self.name.clone(),
            app_id: self.id.clone(),
            provider: self.covered.provider,
            of: key.of.clone(),
            mode,
            width: self.covered.width,
            start: self.covered.start,
            buckets: u32::try_from(self.covered.buckets()).unwrap_or(u32::MAX),
            before,
            points,
            dispersion: verdict.dispersion,
        });
    }

    fn track(&self, key: &KeyCounts, counts: &Counts, mode: Mode) -> Track {
        let mut onsets = vec![0; self.covered.buckets()];
        for (bucket, _) in &key.onsets {
            onsets.get_mut(*bucket as usize).into_iter().for_each(|count| *count += 1);
        }
        let mut exposure: Vec<f64> = match mode {
            Mode::Rate => counts.attempts.iter().map(|count| f64::from(*count)).collect(),
            Mode::CountOnly => vec![1.0; onsets.len()],
        };
        if let (Mode::CountOnly, Some(last)) = (mode, exposure.last_mut()) {
            *last = self.covered.share;
        }
        Track { mode, onsets, exposure, who: key.onsets.clone(), covered: self.covered.share }
    }

    fn spike(&self, key: &KeyCounts, interval: &Interval, points: &[crate::analysis::Point], mode: Mode) -> Spike {
        let inside = || points.iter().filter(|point| (interval.from..interval.to).contains(&(point.bucket as usize)));
        Spike {
            app: self.name.clone(),
            app_id: self.id.clone(),
            provider: self.covered.provider,
            of: key.of.clone(),
            kind: interval.kind,
            start: self.covered.calendar.start_of(interval.from),
            end: self.covered.calendar.start_of(interval.to),
            observed: interval.observed,
            expected: interval.expected,
            usual: interval.usual,
            ratio: interval.observed as f64 / interval.expected.max(0.5),
            p: interval.ln_p.exp(),
            score: (-interval.ln_p / std::f64::consts::LN_10).clamp(0.0, 300.0),
            failures: inside().map(|point| u64::from(point.failures)).sum(),
            people: interval.people,
            attempts: inside().map(|point| u64::from(point.attempts)).sum(),
            mode,
            baseline: interval.baseline,
            also: Vec::new(),
        }
    }
}

/// Applications that stopped while others of the same provider went on.
fn silences(judged: &[Judged], covered: &CoveredBy) -> Vec<Silence> {
    let mut silences = Vec::new();
    for covered in covered.values() {
        let mut apps: Vec<(&Series, Micros)> = judged
            .iter()
            .filter_map(|app| {
                let series = app.series.iter().find(|series| series.of == Of::Everything)?;
                (series.provider == covered.provider).then_some((series, app.last?))
            })
            .collect();
        apps.sort_by_key(|(_, last)| *last);
        // Who is the last one has nobody to be compared with.
        let Some((_, until)) = apps.pop() else { continue };
        for (series, last) in apps {
            let mut attempts = vec![0; covered.buckets()];
            for point in &series.points {
                attempts.get_mut(point.bucket as usize).into_iter().for_each(|count| *count = point.attempts);
            }
            let Some(quiet) = silence(&covered.calendar, &attempts, last, until) else { continue };
            let silent_for = until - last;
            silences.push(Silence {
                app: series.app.clone(),
                app_id: series.app_id.clone(),
                provider: covered.provider,
                last_seen: last,
                usual_interval: (silent_for as f64 / quiet.expected) as Micros,
                silent_for,
                expected: quiet.expected,
                p: quiet.ln_p.exp(),
            });
        }
    }
    silences.sort_by(|a, b| b.silent_for.cmp(&a.silent_for).then_with(|| a.app.cmp(&b.app)));
    silences
}
