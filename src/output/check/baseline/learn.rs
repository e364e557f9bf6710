//! Adds an analysis to a baseline, or makes the first one.

use std::collections::{BTreeMap, BTreeSet};

use super::super::finding::{EVERYTHING, Finding, Findings, Key, counted};
use super::{Baseline, Days, Entries, Entry, HALF_LIFE_DAYS, ModeWord, PART_S, Pair, Phases, SCHEMA, Sketch, rounded};
use crate::analysis::{Analysis, Mode, Of, Point, Series};
use crate::rules::Library;
use crate::text::time::{self, DAY, Micros};

/// Below this a sum has faded: nothing was seen for a year.
const FADED: f64 = 1e-6;

/// What becomes part of the usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learning {
    /// All but spikes: an outage is not usual.
    Calm,
    /// Spikes too: it is so from now on.
    Everything,
}

/// The old baseline faded by the time that passed, with what the logs have that it has not counted
/// yet: the same log learnt twice changes nothing.
pub fn learn(
    old: Option<&Baseline>,
    analysis: &Analysis,
    library: &Library,
    learning: Learning,
    days: &Days<'_>,
) -> Baseline {
    let before = old.and_then(Baseline::end);
    let since = Since::of(old, learning, days);
    let mut entries = faded(old, analysis.last);
    count(&mut entries, analysis, library, &since);
    exposed_without_failing(&mut entries, analysis, library, &since);
    for finding in Findings::of(analysis, library).list() {
        see(&mut entries, finding, analysis.last);
    }
    cover(&mut entries, analysis, library);
    entries.retain(|_, entry| entry.failures.max(entry.attempts) > FADED || entry.last_seen.is_some());
    entries.values_mut().for_each(Entry::round);
    let old_start = old.and_then(|old| time::parse(&old.window.as_ref()?.0));
    let start = [analysis.first, old_start].into_iter().flatten().min();
    let end = analysis.last.max(before);
    Baseline {
        schema: SCHEMA.to_owned(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        rules: library.fingerprint(),
        window: start.map(time::rfc3339).zip(end.map(time::rfc3339)),
        bucket_s: PART_S,
        half_life_days: HALF_LIFE_DAYS,
        days_of: days.zone_name(),
        keys: entries.into_values().collect(),
        known_rules: library.rules().iter().map(|rule| rule.id.clone()).collect(),
    }
}

/// What of the logs is not in the old baseline yet.
struct Since<'d> {
    /// Up to when each application was counted, by its provider and itself.
    counted: BTreeMap<(String, String), Micros>,
    learning: Learning,
    days: &'d Days<'d>,
}

impl<'d> Since<'d> {
    fn of(old: Option<&Baseline>, learning: Learning, days: &'d Days<'d>) -> Since<'d> {
        let apps = old.iter().flat_map(|old| old.apps());
        let counted = apps.filter_map(|app| Some(((app.provider.clone(), app.app.clone()), app.until()?)));
        Since { counted: counted.collect(), learning, days }
    }

    fn fresh(&self, series: &Series, key: &Key) -> Fresh {
        let until = self.counted.get(&(key.provider.clone(), key.app.clone())).copied();
        Fresh::of(series, until, self.learning, self.days)
    }
}

/// The old entries: the longer ago they were learnt, the less they count.
fn faded(old: Option<&Baseline>, now: Option<Micros>) -> Entries {
    let before = old.and_then(Baseline::end);
    let passed = before.zip(now).map_or(0, |(before, now)| (now - before).max(0));
    let kept = (-(passed as f64 / DAY as f64) / HALF_LIFE_DAYS).exp2();
    let mut entries: Entries = old.iter().flat_map(|old| &old.keys).map(|entry| (entry.key(), entry.clone())).collect();
    entries.values_mut().for_each(|entry| entry.fade(kept));
    entries
}

/// Adds what was counted since. Applications first: what else is counted there takes its attempts from them.
fn count(entries: &mut Entries, analysis: &Analysis, library: &Library, since: &Since<'_>) {
    let (whole, parts): (Vec<&Series>, Vec<&Series>) =
        analysis.series.iter().partition(|series| series.of == Of::Everything);
    for series in whole.into_iter().chain(parts) {
        let key = key_of(series, library);
        let fresh = since.fresh(series, &key);
        let usual = entries.get(&Key { rule: EVERYTHING.to_owned(), ..key.clone() }).cloned();
        let entry = entries.entry(key.clone()).or_insert_with(|| Entry::never_seen(&key, usual.as_ref(), &fresh));
        entry.add(&fresh, series);
    }
}

/// Keeps for each application when it was last heard of, and up to when it has been counted.
fn cover(entries: &mut Entries, analysis: &Analysis, library: &Library) {
    let last_of: BTreeMap<&str, Option<Micros>> = analysis.apps.iter().map(|app| (&*app.name, app.last)).collect();
    for series in analysis.series.iter().filter(|series| series.of == Of::Everything) {
        let Some(entry) = entries.get_mut(&key_of(series, library)) else { continue };
        entry.seen(last_of.get(&*series.app).copied().flatten());
        let end = series.start.saturating_add(series.width.saturating_mul(series.buckets.into()));
        if Some(end) > entry.until() {
            entry.until = Some(time::rfc3339(end));
        }
    }
}

fn key_of(series: &Series, library: &Library) -> Key {
    Finding::bare(series.provider.word(), &series.app, series.app_id.as_deref(), &counted(&series.of, library)).key
}

/// What a series has from a time on, by part of the day.
#[derive(Default)]
pub(in super::super) struct Fresh {
    pub(in super::super) phase: Phases,
    pub(in super::super) people: f64,
    pub(in super::super) days: f64,
    /// Days on which something was tried.
    active_days: f64,
    /// Dispersion of attempts between buckets of the same part of the day.
    spread: f64,
}

impl Fresh {
    pub(in super::super) fn of(series: &Series, from: Option<Micros>, learning: Learning, days: &Days<'_>) -> Fresh {
        let mut fresh = Fresh::default();
        let mut tried: Vec<((bool, usize), f64)> = Vec::new();
        let mut active = BTreeSet::new();
        let mut covered: i64 = 0;
        let points: BTreeMap<u32, &Point> = series.points.iter().map(|point| (point.bucket, point)).collect();
        let width_days = series.width as f64 / DAY as f64;
        for bucket in 0..series.buckets {
            let start = series.start.saturating_add(series.width.saturating_mul(bucket.into()));
            let point = points.get(&bucket).copied().copied().unwrap_or_default();
            if from.is_some_and(|from| start < from) || learning == Learning::Calm && point.flagged {
                continue;
            }
            covered += 1;
            fresh.people += f64::from(point.people);
            let place = days.place(start);
            if series.mode == Mode::Rate {
                tried.push((place, f64::from(point.attempts)));
                active.extend((point.attempts > 0).then(|| start.div_euclid(DAY)));
            }
            let Some(Pair(failures, attempts)) = fresh.phase.at_mut(place) else { continue };
            *failures += f64::from(point.onsets);
            *attempts += match series.mode {
                Mode::Rate => f64::from(point.attempts),
                Mode::CountOnly => width_days * 86_400.0 / f64::from(PART_S),
            };
        }
        fresh.days = series.width.saturating_mul(covered) as f64 / DAY as f64;
        fresh.active_days = active.len() as f64;
        fresh.spread = spread(&tried);
        fresh
    }
}

/// How much more than by chance counts differ that were made in the same part of the day.
fn spread(counts: &[((bool, usize), f64)]) -> f64 {
    let mut sums: BTreeMap<(bool, usize), (f64, f64)> = BTreeMap::new();
    for (place, count) in counts {
        let sum = sums.entry(*place).or_default();
        *sum = (sum.0 + count, sum.1 + 1.0);
    }
    let (mut sum, mut number) = (0.0, 0.0);
    for (place, count) in counts {
        let (all, buckets) = sums.get(place).copied().unwrap_or_default();
        let mean = all / buckets;
        sum += (count - mean) * (count - mean) / mean.max(0.05);
        number += 1.0;
    }
    if number > 0.0 { f64::max(sum / number, 1.0) } else { 0.0 }
}

impl Phases {
    fn at_mut(&mut self, (weekend, part): (bool, usize)) -> Option<&mut Pair> {
        if weekend { &mut self.we } else { &mut self.wd }.get_mut(part)
    }

    /// Failures and attempts of all parts.
    pub(in super::super) fn sum(&self) -> Pair {
        self.wd.iter().chain(&self.we).fold(Pair::default(), |sum, pair| Pair(sum.0 + pair.0, sum.1 + pair.1))
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Pair> {
        self.wd.iter_mut().chain(&mut self.we)
    }
}

impl Entry {
    /// What was tried at an application before an issue was first met there was tried without it.
    fn never_seen(key: &Key, usual: Option<&Entry>, fresh: &Fresh) -> Entry {
        let mut entry = Entry { app: key.app.clone(), rule: key.rule.clone(), ..Entry::default() };
        entry.provider.clone_from(&key.provider);
        entry.phi = 1.0;
        if let Some(usual) = usual {
            entry.phase = usual.phase.clone();
            entry.phase.all().for_each(|pair| pair.0 = 0.0);
            entry.days = (usual.days - fresh.days).max(0.0);
            let pairs = fresh.phase.wd.iter().chain(&fresh.phase.we);
            // It has this run's attempts already, which are about to be added.
            for (pair, now) in entry.phase.all().zip(pairs) {
                pair.1 = (pair.1 - now.1).max(0.0);
            }
        }
        entry
    }

    fn fade(&mut self, kept: f64) {
        self.failures *= kept;
        self.people *= kept;
        self.attempts *= kept;
        self.days *= kept;
        self.active_days *= kept;
        for pair in self.phase.all() {
            *pair = Pair(pair.0 * kept, pair.1 * kept);
        }
    }

    fn add(&mut self, fresh: &Fresh, series: &Series) {
        let added = fresh.phase.wd.iter().chain(&fresh.phase.we);
        for (pair, more) in self.phase.all().zip(added) {
            *pair = Pair(pair.0 + more.0, pair.1 + more.1);
        }
        let Pair(failures, attempts) = self.phase.sum();
        (self.failures, self.attempts) = (failures, attempts);
        self.people += fresh.people;
        if fresh.days > 0.0 && self.rule == EVERYTHING {
            self.spread = (self.spread * self.days + fresh.spread * fresh.days) / (self.days + fresh.days);
            self.active_days += fresh.active_days;
        }
        if fresh.days > 0.0 {
            let phi = self.phi * self.days + series.dispersion.clamp(1.0, 20.0) * fresh.days;
            self.phi = phi / (self.days + fresh.days);
            self.mode = match series.mode {
                Mode::Rate => ModeWord::Rate,
                Mode::CountOnly => ModeWord::CountOnly,
            };
        }
        self.days += fresh.days;
        if let Of::Unknown(shape) = &series.of {
            self.similar = Some(Sketch::of(shape));
        }
    }

    /// Leaves what the file keeps.
    fn round(&mut self) {
        let sums = [
            &mut self.failures,
            &mut self.people,
            &mut self.attempts,
            &mut self.days,
            &mut self.phi,
            &mut self.active_days,
            &mut self.spread,
        ];
        sums.into_iter().for_each(|sum| *sum = rounded(*sum));
        self.phase.all().for_each(|pair| *pair = Pair(rounded(pair.0), rounded(pair.1)));
    }

    fn seen(&mut self, at: Option<Micros>) {
        if at > self.last_seen() {
            self.last_seen = at.map(time::rfc3339);
        }
    }
}

/// An issue that did not happen while its application was used became rarer.
fn exposed_without_failing(entries: &mut Entries, analysis: &Analysis, library: &Library, since: &Since<'_>) {
    let seen: BTreeSet<Key> = analysis.series.iter().map(|series| key_of(series, library)).collect();
    for series in analysis.series.iter().filter(|series| series.of == Of::Everything) {
        let whole = key_of(series, library);
        let mut fresh = since.fresh(series, &whole);
        fresh.people = 0.0;
        fresh.phase.all().for_each(|pair| pair.0 = 0.0);
        let calm = Series { dispersion: 1.0, ..series.clone() };
        for (key, entry) in entries.iter_mut() {
            let is_of_app = key.provider == whole.provider && key.app == whole.app && key.rule != EVERYTHING;
            if is_of_app && !seen.contains(key) {
                entry.add(&fresh, &calm);
            }
        }
    }
}

/// Takes note of an issue though nothing of it is counted over time.
fn see(entries: &mut Entries, finding: &Finding, newest: Option<Micros>) {
    let key = &finding.key;
    let usual = entries.get(&Key { rule: EVERYTHING.to_owned(), ..key.clone() }).cloned();
    let nothing = Fresh::default();
    let entry = entries.entry(key.clone()).or_insert_with(|| {
        let mut entry = Entry::never_seen(key, usual.as_ref(), &nothing);
        entry.attempts = entry.phase.sum().1;
        entry.mode = usual.as_ref().map(|usual| usual.mode).unwrap_or_default();
        entry
    });
    entry.seen(finding.last.or(newest));
    if let Some(shape) = &finding.shape {
        entry.similar = Some(Sketch::of(shape));
    }
}
