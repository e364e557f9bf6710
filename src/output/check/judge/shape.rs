//! Gates on the shape of what happened: spikes and silence.

use std::collections::BTreeSet;

use super::{Crossed, Judge};
use crate::analysis::{Mode, Of, Point, Reason, RemovalCycle, Series, Silence, Spike, SpikeKind};
use crate::output::check::finding::{self, Place, SILENCE};
use crate::output::check::gate::Gate;
use crate::output::check::verdict::Hit;
use crate::output::page::{counted, number};
use crate::rules::Severity;
use crate::text::time::{self, DAY, HOUR, Micros};

/// Buckets below which no spike can be told from chance.
const LEAST_BUCKETS: usize = 30;
/// Buckets of the longest time that is tested as one.
const TOGETHER: u32 = 12;

impl Judge<'_> {
    pub(super) fn spikes(&mut self, gate: &Gate, ongoing: bool) -> Crossed {
        let mut hits = Vec::new();
        for spike in &self.analysis.spikes {
            // What lasted so long is the usual now, and was told while it was not.
            let counts = spike.kind == SpikeKind::Ongoing || !ongoing && spike.kind != SpikeKind::NewLevel;
            let Spike { provider, app, app_id, of, .. } = spike;
            let place = Place { provider: *provider, app, app_id: app_id.as_deref() };
            let id = app_id.as_deref().unwrap_or_default();
            // A gate on one rule finds it under that rule.
            let rules = std::iter::once(of.clone()).chain(spike.also.iter().map(|told| Of::Rule(told.rule)));
            let covered = |of: &Of| gate.covers(app, id, &finding::counted(of, self.library));
            let Some(of) = rules.filter(|_| counts).find(covered) else { continue };
            let at = self.findings.add_counted(place, &of, self.library);
            let mut hit = describe_spike(spike, self.hit(at, String::new()));
            hit.what.push_str(&self.also(spike, &of));
            hit.what.push_str(&self.largest_cycle(spike));
            hits.push(hit);
        }
        let known = self.short_spikes(gate, ongoing, &mut hits);
        if hits.is_empty() && !known {
            self.has_history(gate)?;
        }
        Ok(hits)
    }

    /// The other rules under which a spike is told.
    fn also(&self, spike: &Spike, told: &Of) -> String {
        let others =
            std::iter::once(&spike.of).filter_map(|of| if let Of::Rule(rule) = of { Some(*rule) } else { None });
        let others = others.chain(spike.also.iter().map(|told| told.rule)).filter(|rule| *told != Of::Rule(*rule));
        let ids: Vec<&str> = others.filter_map(|rule| Some(self.library.rule(rule)?.id.as_str())).collect();
        if ids.is_empty() || spike.also.is_empty() { String::new() } else { format!("; also as {}", ids.join(", ")) }
    }

    /// Of removals, what Entra's guard counts.
    fn largest_cycle(&self, spike: &Spike) -> String {
        let during = |cycle: &&RemovalCycle| {
            let began = cycle.first.is_some_and(|first| (spike.start..spike.end).contains(&first));
            spike.of == Of::Removals && cycle.app == spike.app && began
        };
        match self.analysis.removal_cycles.iter().find(during) {
            Some(cycle) => format!("; {} of them in one Entra cycle", number(cycle.removals)),
            None => String::new(),
        }
    }

    pub(super) fn silences(&mut self, gate: &Gate) -> Crossed {
        let mut hits = Vec::new();
        for silence in &self.analysis.silences {
            let Silence { app, app_id, provider, .. } = silence;
            if !gate.covers(app, app_id.as_deref().unwrap_or_default(), SILENCE) {
                continue;
            }
            let bare = finding::Finding::bare(provider.word(), app, app_id.as_deref(), SILENCE);
            let title = "Its log stopped".to_owned();
            let at = self.findings.add(finding::Finding {
                title,
                severity: Severity::High,
                last: Some(silence.last_seen),
                ..bare
            });
            hits.push(self.describe_silence(silence, self.hit(at, String::new())));
        }
        let compared = self.missing(gate, &mut hits);
        if hits.is_empty() && !compared {
            self.has_history(gate)?;
        }
        Ok(hits)
    }

    fn describe_silence(&self, silence: &Silence, hit: Hit) -> Hit {
        let app = self.analysis.apps.iter().find(|app| app.name == silence.app);
        let why = match app.map(|app| app.reason) {
            Some(Reason::SwitchedOff { what, at }) => format!("; somebody {what} on {}", stamp(at)),
            _ => String::new(),
        };
        Hit {
            what: format!("no event for {} since {}{why}", length(silence.silent_for), stamp(silence.last_seen)),
            observed: "0 events".to_owned(),
            expected: Some(format!("{:.1}, one every {}", silence.expected, length(silence.usual_interval))),
            threshold: "none where at least 10 were to be expected".to_owned(),
            change: "--fail-on without silence".to_owned(),
            ..hit
        }
    }

    /// Whether anything that a gate looks at was watched long enough; if not, why not.
    fn has_history(&self, gate: &Gate) -> Result<(), String> {
        let in_scope = |series: &&Series| gate.covers_app(&series.app, series.app_id.as_deref().unwrap_or_default());
        let series = || self.analysis.series.iter().filter(in_scope);
        if series().any(has_history) {
            return Ok(());
        }
        let longest = series().max_by_key(|series| (span(series), tried(series)));
        let Some(longest) = longest else { return Err("nothing in these logs could be counted over time".to_owned()) };
        let short = if covers_a_day(longest) {
            let periods = counted(tried(longest) as u64, "period", "periods");
            let (app, width) = (&longest.app, length(longest.width));
            let whose = if gate.app.is_some() { format!("the history of {app}") } else { "every history".to_owned() };
            format!("{whose} is too short: at {app} something was tried in {periods} of {width}")
        } else {
            format!("the history is too short: these logs cover {}", length(span(longest)))
        };
        Err(format!(
            "{short}, and a spike needs more than a day and {LEAST_BUCKETS} periods in which something was tried; \
             give it older logs too, or a baseline"
        ))
    }

    /// Applications where so much failed that it might be a spike, and of which too little is known to say.
    pub(super) fn too_short(&self, gate: &Gate) -> Vec<String> {
        let settings = &self.asked.spikes;
        let is_one = |series: &&Series| {
            let id = series.app_id.as_deref().unwrap_or_default();
            let is_short = series.of != Of::Removals && !has_history(series) && !self.is_in_baseline(series);
            is_short
                && most_at_once(series) >= settings.min_failures
                && gate.covers(&series.app, id, &finding::counted(&series.of, self.library))
        };
        let names: BTreeSet<&str> = self.analysis.series.iter().filter(is_one).map(|series| &*series.app).collect();
        names.into_iter().map(str::to_owned).collect()
    }
}

/// Time that a series covers.
fn span(series: &Series) -> Micros {
    series.width.saturating_mul(series.buckets.into())
}

/// Whether the last period at least could be compared with what was before it.
pub(super) fn has_history(series: &Series) -> bool {
    covers_a_day(series) && tried(series) >= LEAST_BUCKETS
}

/// Failures that began within the longest time that is tested as one.
fn most_at_once(series: &Series) -> u64 {
    let from = |first: &Point| {
        let within = series
            .points
            .iter()
            .filter(|point| (first.bucket..first.bucket.saturating_add(TOGETHER)).contains(&point.bucket));
        within.map(|point| u64::from(point.onsets)).sum()
    };
    series.points.iter().map(from).max().unwrap_or(0)
}

/// The last period is the one that is judged.
fn covers_a_day(series: &Series) -> bool {
    series.width.saturating_mul(series.buckets.saturating_sub(1).into()) >= DAY
}

/// Periods before the last one in which something was tried, as far as that is known.
fn tried(series: &Series) -> usize {
    let last = series.buckets.saturating_sub(1);
    match series.mode {
        Mode::Rate => series.points.iter().filter(|point| point.attempts > 0 && point.bucket < last).count(),
        Mode::CountOnly => last as usize,
    }
}

pub(super) fn describe_spike(spike: &Spike, hit: Hit) -> Hit {
    let usual = match spike.usual {
        (low, high) if low == high => format!("{} usual", number(high)),
        (low, high) => format!("{} to {} usual", number(low), number(high)),
    };
    let still = if spike.kind == SpikeKind::Ongoing { ", and it goes on" } else { "" };
    Hit {
        what: format!(
            "{} between {} and {}{still}",
            match spike.of {
                Of::Removals => counted(
                    spike.observed,
                    "account was switched off or deleted",
                    "accounts were switched off or deleted"
                ),
                _ => format!("{} began to fail", counted(spike.people, "person", "people")),
            },
            time::minute(spike.start, &jiff::tz::TimeZone::UTC),
            stamp(spike.end)
        ),
        observed: number(spike.observed),
        expected: Some(format!("{:.1} ({usual} for that time)", spike.expected)),
        threshold: "twice as many as expected, 5 more, and hardly by chance".to_owned(),
        change:
            "--sensitivity, --min-failures, --min-ratio; --save-baseline with --learn-spikes if it is usual from now on"
                .to_owned(),
        ..hit
    }
}

/// A time in UTC, with its zone.
pub(super) fn stamp(at: Micros) -> String {
    format!("{} UTC", time::minute(at, &jiff::tz::TimeZone::UTC))
}

/// `5 hours`, `3 days`: rounded down.
pub(super) fn length(span: Micros) -> String {
    let count = |unit: Micros| u64::try_from(span / unit).unwrap_or(0);
    match span {
        _ if span >= 2 * DAY => counted(count(DAY), "day", "days"),
        _ if span >= 2 * HOUR => counted(count(HOUR), "hour", "hours"),
        _ => counted(count(HOUR / 60), "minute", "minutes"),
    }
}
