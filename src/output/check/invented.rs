//! Analyses made up for tests.

use std::sync::Arc;

use crate::analysis::{
    Analysis, AppHealth, Because, Comparison, Issue, Mode, Of, PersonState, Point, Series, Silence, Spike, SpikeKind,
    testing,
};
use crate::event::Provider;
use crate::output::check::gate;
use crate::output::check::judge::Asked;
use crate::rules::{Certainty, Library};
use crate::text::time::{self, DAY, HOUR, Micros};

pub(in crate::output) const APP: &str = "Team Chat";
pub(in crate::output) const APP_ID: &str = "0oa1";

pub(in crate::output) const CONFLICT: &str = "okta-remote-conflict-user-exists";
pub(in crate::output) const CREDENTIALS: &str = "okta-remote-unauthorized";

pub(in crate::output) fn at(text: &str) -> Micros {
    time::parse(text).unwrap()
}

pub(in crate::output) fn library() -> Library {
    Library::load(&[]).0
}

/// A rule and its position.
pub(in crate::output) fn rule(library: &Library, id: &str) -> usize {
    library.find(id).unwrap()
}

pub(in crate::output) fn asked(gates: &str) -> Asked {
    Asked { gates: gate::parse(gates).unwrap(), max_unreadable: 1.0, ..Asked::default() }
}

/// A fortnight at one application without a failure, 10 changes every two hours.
pub(in crate::output) fn calm() -> Analysis {
    let start = at("2026-11-02T00:00:00Z");
    let mut analysis = Analysis { first: Some(start), last: Some(start + 14 * DAY - 1), ..Analysis::default() };
    analysis.totals.records = 1_680;
    analysis.totals.events = 1_680;
    analysis.totals.success = 1_680;
    analysis.apps.push(AppHealth { name: APP.into(), attempts: 1_680, last: analysis.last, ..AppHealth::default() });
    analysis.series.push(series(Of::Everything, start, 14, |_| (0, 10)));
    analysis
}

/// A series of two-hour buckets over whole days.
pub(in crate::output) fn series(of: Of, start: Micros, days: u32, count: impl Fn(u32) -> (u32, u32)) -> Series {
    let point = |bucket| {
        let (onsets, attempts) = count(bucket);
        Point { bucket, onsets, attempts, failures: onsets, people: onsets, flagged: false }
    };
    Series {
        app: APP.into(),
        app_id: Some(APP_ID.into()),
        provider: Provider::Okta,
        of,
        mode: Mode::Rate,
        width: 2 * HOUR,
        start,
        buckets: days * 12,
        before: Point::default(),
        points: (0..days * 12).map(point).filter(|point| point.onsets + point.attempts > 0).collect(),
        dispersion: 1.0,
    }
}

/// The same days later.
pub(in crate::output) fn later(mut analysis: Analysis, days: i64) -> Analysis {
    let shift = |at: Option<Micros>| at.map(|at| at + days * DAY);
    (analysis.first, analysis.last) = (shift(analysis.first), shift(analysis.last));
    for app in &mut analysis.apps {
        app.last = shift(app.last);
    }
    for series in &mut analysis.series {
        series.start += days * DAY;
    }
    analysis
}

/// An issue, known or not.
pub(in crate::output) fn issue(rule: Option<usize>, shape: Option<&str>, failures: u64, users: u64) -> Issue {
    Issue {
        rule,
        shape: shape.map(str::to_owned),
        app: Some(APP.to_owned()),
        app_id: Some(APP_ID.to_owned()),
        certainty: Certainty::Certain,
        events: failures,
        failures,
        users,
        still_broken: users,
        first: Some(at("2026-11-16T09:00:00Z")),
        last: Some(at("2026-11-16T10:00:00Z")),
        ..testing::issue()
    }
}

/// Adds an issue with its failures to an analysis.
pub(in crate::output) fn with(mut analysis: Analysis, issue: Issue) -> Analysis {
    analysis.totals.failure += issue.failures;
    for app in &mut analysis.apps {
        app.failures += issue.failures;
        app.attempts += issue.failures;
    }
    let list = if issue.rule.is_some() { &mut analysis.issues } else { &mut analysis.unknown };
    list.push(issue);
    analysis
}

pub(in crate::output) fn spike(of: Of, kind: SpikeKind) -> Spike {
    Spike {
        app: APP.into(),
        app_id: Some(APP_ID.into()),
        provider: Provider::Okta,
        of,
        kind,
        start: at("2026-11-16T02:00:00Z"),
        end: at("2026-11-16T06:00:00Z"),
        observed: 63,
        expected: 3.1,
        usual: (2, 4),
        ratio: 20.3,
        p: 1e-40,
        score: 40.0,
        failures: 80,
        people: 63,
        attempts: 400,
        mode: Mode::Rate,
        baseline: Comparison { days: 14.0, buckets: 9, failures: 37, short: false },
        also: Vec::new(),
    }
}

pub(in crate::output) fn silence() -> Silence {
    Silence {
        app: Arc::from(APP),
        app_id: Some(APP_ID.into()),
        provider: Provider::Okta,
        last_seen: at("2026-11-15T20:00:00Z"),
        usual_interval: HOUR / 5,
        silent_for: 28 * HOUR,
        expected: 140.0,
        p: 1e-30,
    }
}

pub(in crate::output) fn kept_access(rule: Option<usize>) -> PersonState {
    PersonState {
        user: "gus.berg@example.com".into(),
        who: Arc::default(),
        app: APP.into(),
        since: Some(at("2026-11-16T09:00:00Z")),
        rule,
        because: Because::Failed,
    }
}

/// Issues, a spike, a silence and a leaver, all at one application.
pub(in crate::output) fn bad_day(library: &Library) -> Analysis {
    let mut analysis = with(calm(), issue(Some(rule(library, CONFLICT)), None, 63, 60));
    analysis = with(analysis, issue(None, Some("depot <NAME> is closed"), 4, 4));
    analysis.spikes.push(spike(Of::Rule(rule(library, CONFLICT)), SpikeKind::Ongoing));
    analysis.silences.push(silence());
    analysis.people.access_not_removed.push(kept_access(None));
    analysis
}
