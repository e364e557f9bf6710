//! Applications that the baseline knows as busy, and of which these logs have nothing at all.
//!
//! A log that was not written shows no silence by itself. What was to be expected in the time that these
//! logs cover, the baseline says.

use super::Judge;
use super::shape::{length, stamp};
use crate::analysis::Of;
use crate::event::Provider;
use crate::output::check::baseline::{Baseline, Days, Entry, PART_S};
use crate::output::check::finding::{Finding, SILENCE};
use crate::output::check::gate::Gate;
use crate::output::check::verdict::Hit;
use crate::rules::Severity;
use crate::text::time::{DAY, HOUR, Micros, SECOND};

/// Events that must be missing at least.
const MISSING: f64 = 10.0;
/// How likely no event at all may be by chance at most.
const ALPHA: f64 = 1e-4;
/// What has not been seen for so long was taken away on purpose, or the silence was told long ago.
const FORGOTTEN: Micros = 28 * DAY;

/// A time of which logs say everything, without its end.
#[derive(Clone, Copy)]
struct Window {
    from: Micros,
    to: Micros,
}

/// An application of which nothing is there.
struct Missing<'b> {
    entry: &'b Entry,
    window: Window,
    expected: f64,
}

impl Judge<'_> {
    /// Adds what is missing by the baseline; says whether anything could be missing.
    pub(super) fn missing(&mut self, gate: &Gate, hits: &mut Vec<Hit>) -> bool {
        let asked = self.asked;
        let Some(baseline) = asked.before.known() else { return false };
        let (missing, compared) = self.absent(baseline, |app| gate.covers(app, app, SILENCE));
        for Missing { entry, window, expected } in missing {
            let (provider, app) = entry.place();
            let finding = Finding {
                title: "Its log stopped".to_owned(),
                severity: Severity::High,
                last: entry.last_seen(),
                ..Finding::bare(provider, app, None, SILENCE)
            };
            let at = self.findings.add(finding);
            hits.push(describe(entry, window, expected, self.hit(at, String::new())));
        }
        compared
    }

    /// The ids of all applications that are missing.
    pub(super) fn missing_apps<'b>(&self, baseline: &'b Baseline) -> Vec<&'b str> {
        self.absent(baseline, |_| true).0.iter().map(|missing| missing.entry.place().1).collect()
    }

    fn absent<'b>(&self, baseline: &'b Baseline, wanted: impl Fn(&str) -> bool) -> (Vec<Missing<'b>>, bool) {
        // What was left out on purpose is not missing.
        let cut = |flag: &String| flag.starts_with("--since ") || flag.starts_with("--until ");
        if !self.asked.narrowed.iter().all(cut) {
            return (Vec::new(), false);
        }
        let days = Days::of(&self.asked.spikes);
        let regular = baseline.apps().filter(|entry| wanted(entry.place().1) && entry.is_regular());
        let watched = regular.filter_map(|entry| {
            let window = self.window(entry)?;
            Some(Missing { entry, window, expected: expected(entry, window, &days) })
        });
        let (mut missing, mut compared) = (Vec::new(), false);
        for app in watched {
            compared = true;
            let (provider, name) = app.entry.place();
            let p = (-app.expected / app.entry.spread()).exp();
            if app.expected >= MISSING && p <= ALPHA && !self.is_there(provider, name) {
                missing.push(app);
            }
        }
        (missing, compared)
    }

    /// The time that these logs cover and the baseline has not counted yet; nothing if it is too short.
    fn window(&self, entry: &Entry) -> Option<Window> {
        let (provider, _) = entry.place();
        let (mut from, mut to) = self.analysis.first.zip(self.analysis.last)?;
        let series = || self.analysis.series.iter().filter(|series| series.provider.word() == provider);
        let starts = series().map(|series| series.start - series.width).min();
        let ends =
            series().map(|series| series.start.saturating_add(series.width.saturating_mul(series.buckets.into())));
        (from, to) = (starts.map_or(from, |start| from.max(start)), ends.max().map_or(to, |end| to.min(end)));
        let last_seen = entry.last_seen()?;
        from = from.max(entry.until().unwrap_or(last_seen));
        let least = Provider::from_word(provider).map_or(HOUR, Provider::stretch);
        (to.checked_sub(from)? >= least && from - last_seen < FORGOTTEN).then_some(Window { from, to })
    }

    /// Whether these logs have the application, or may have it under another name.
    fn is_there(&self, provider: &str, app: &str) -> bool {
        let counted = self.analysis.series.iter().filter(|series| series.of == Of::Everything);
        let of_provider: Vec<_> = counted.filter(|series| series.provider.word() == provider).collect();
        let known = |series: &&&crate::analysis::Series| series.app_id.as_deref() == Some(app) || &*series.app == app;
        let named = self.analysis.apps.iter().any(|listed| &*listed.name == app);
        let found =
            self.findings.list().iter().any(|finding| {
                finding.key.provider == provider && finding.key.app == app && finding.key.rule != SILENCE
            });
        // One without an id may be the one that the baseline knows by it.
        named || found || of_provider.iter().any(|series| known(&series) || series.app_id.is_none())
    }
}

/// Changes that are usual in a time.
fn expected(entry: &Entry, window: Window, days: &Days<'_>) -> f64 {
    let part = i64::from(PART_S) * SECOND;
    let mut sum = 0.0;
    let mut start = window.from.div_euclid(part) * part;
    while start < window.to {
        let inside = window.to.min(start + part) - window.from.max(start);
        let share = inside as f64 / part as f64;
        sum += entry.usual(days.place(start)) * share;
        start += part;
    }
    sum
}

fn describe(entry: &Entry, window: Window, expected: f64, hit: Hit) -> Hit {
    let seen = entry.last_seen().map(|at| format!("; last seen {}", stamp(at))).unwrap_or_default();
    Hit {
        what: format!("no event at all in the {} that these logs go on{seen}", length(window.to - window.from)),
        observed: "0 events".to_owned(),
        expected: Some(format!("{expected:.1} by the baseline")),
        threshold: "none where at least 10 were to be expected".to_owned(),
        change: "--allow FILE if it is gone on purpose, or --fail-on without silence".to_owned(),
        ..hit
    }
}
