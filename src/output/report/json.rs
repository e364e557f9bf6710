//! The report for programs: schema `provlens/report/1`. Fields are added, never renamed.
//!
//! What is written borrows from the analysis and is written as it is made: a report names tens of
//! thousands of people.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::before::{self, Before};
use super::inputs::{self, Input};
use super::trends::{self, Cycle, Job, Period, Silent, Spiked, Trends};
use super::verdict::Verdict;
use crate::analysis::{
    Analysis, AppHealth, By, Covered, Decided, Evidence, Issue, LeftOut, Limits, PersonState, RemovalTimes, Row, Totals,
};
use crate::event::{Operation, Outcome, Provider};
use crate::output::health::{Day, Why};
use crate::rules::{Certainty, Library, Rule};
use crate::text::secret;
use crate::text::time::{self, Micros, SECOND};
use crate::unknown;

/// The whole report.
pub fn report<'a>(analysis: &'a Analysis, library: &'a Library) -> impl Serialize + 'a {
    let trends = Trends::of(analysis);
    let records = records(analysis);
    let known = |issue: &'a Issue| Some(Known::of(issue, library.rule(issue.rule?)?, analysis, library, &trends));
    Report {
        schema: "provlens/report/1",
        interrupted: analysis.covered,
        verdict: Said::of(&Verdict::of(analysis, library)),
        inputs: analysis.inputs.iter().map(inputs::value).collect(),
        window: Window { first: stamp(analysis.first), last: stamp(analysis.last) },
        totals: &analysis.totals,
        limits: &analysis.limits,
        apps: analysis.apps.iter().map(|app| App::of(app, records.get(&*app.name), analysis, library)).collect(),
        issues: analysis.issues.iter().filter_map(known).collect(),
        unknown: analysis.unknown.iter().map(|issue| Cluster::of(issue, analysis, &trends)).collect(),
        people: People {
            access_not_removed: people(&analysis.people.access_not_removed, library),
            waiting_for_access: people(&analysis.people.waiting_for_access, library),
            out_of_date: people(&analysis.people.out_of_date, library),
            removal_times: analysis.removal_times.iter().map(Removal::of).collect(),
            removals_beyond_limits: analysis.removals_beyond_limits,
        },
        spikes: trends::spikes(&analysis.spikes, library),
        bursts: trends::spikes(&analysis.bursts, library),
        silences: trends::silences(&analysis.silences),
        quarantine: trends::jobs(&analysis.quarantine),
        removal_cycles: trends::cycles(&analysis.removal_cycles),
        not_over_time: &analysis.left_out,
        changes_beyond_limits: analysis.changes.beyond,
        names_hidden: analysis.names_hidden,
    }
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    interrupted: Option<Covered>,
    verdict: Said,
    inputs: Vec<Input<'a>>,
    window: Window,
    totals: &'a Totals,
    limits: &'a Limits,
    apps: Vec<App<'a>>,
    issues: Vec<Known<'a>>,
    unknown: Vec<Cluster<'a>>,
    people: People<'a>,
    spikes: Vec<Spiked<'a>>,
    /// Where failures crowd in logs that are too short for spikes.
    bursts: Vec<Spiked<'a>>,
    silences: Vec<Silent<'a>>,
    /// How far jobs of Entra are from quarantine.
    quarantine: Vec<Job<'a>>,
    /// The cycle of Entra's that took away most accounts, of each application.
    removal_cycles: Vec<Cycle<'a>>,
    /// What trends and spikes leave out.
    not_over_time: &'a LeftOut,
    /// Changes of configuration that were too many to be offered as triggers.
    changes_beyond_limits: u64,
    /// People are called by numbers.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    names_hidden: bool,
}

/// How it stands and where to start, in the sentences that every report begins with.
#[derive(Serialize)]
struct Said {
    words: String,
    start: Vec<String>,
}

impl Said {
    fn of(verdict: &Verdict) -> Said {
        let masked = |text: &String| secret::mask(text).into_owned();
        Said { words: masked(&verdict.words), start: verdict.start.iter().map(masked).collect() }
    }
}

#[derive(Serialize)]
struct Window {
    first: Option<String>,
    last: Option<String>,
}

#[derive(Serialize)]
struct App<'a> {
    app: Cow<'a, str>,
    /// Whose log it is in.
    provider: Option<Provider>,
    /// What it is called there: Okta's `0oa…`, the service principal in Entra.
    ids: Vec<Cow<'a, str>>,
    health: &'static str,
    /// What that rests on.
    reason: Why<'a>,
    attempts: u64,
    failures: u64,
    users_failed: u64,
    still_broken: u64,
    access_not_removed: u64,
    last: Option<String>,
    last_success: Option<String>,
    last_failure: Option<String>,
    last_24h: Option<Day>,
}

impl<'a> App<'a> {
    fn of(app: &'a AppHealth, record: Option<&Record<'a>>, analysis: &Analysis, library: &'a Library) -> App<'a> {
        App {
            app: secret::mask(&app.name),
            provider: record.map(|record| record.provider),
            ids: record.iter().flat_map(|record| &record.ids).map(|id| secret::mask(id)).collect(),
            health: app.health(),
            reason: Why::of(&app.reason, library),
            attempts: app.attempts,
            failures: app.failures,
            users_failed: app.people_failed,
            still_broken: app.still_broken,
            access_not_removed: app.leavers,
            last: stamp(app.last),
            last_success: stamp(app.last_success),
            last_failure: stamp(app.last_failure),
            last_24h: Day::of(app, analysis.last),
        }
    }
}

/// By what an application is known in the log.
struct Record<'a> {
    provider: Provider,
    ids: BTreeSet<&'a str>,
}

/// The applications of which a log says more than the name, by that.
fn records(analysis: &Analysis) -> HashMap<&str, Record<'_>> {
    let over_time = analysis.series.iter().map(|series| (&*series.app, series.provider, series.app_id.as_deref()));
    let issues = analysis.issues.iter().chain(&analysis.unknown);
    let of_issues = issues.filter_map(|issue| Some((issue.app.as_deref()?, issue.provider, issue.app_id.as_deref())));
    let mut records: HashMap<&str, Record<'_>> = HashMap::new();
    for (app, provider, id) in over_time.chain(of_issues) {
        records.entry(app).or_insert_with(|| Record { provider, ids: BTreeSet::new() }).ids.extend(id);
    }
    records
}

#[derive(Serialize)]
struct Known<'a> {
    rule: &'a str,
    title: &'a str,
    severity: crate::rules::Severity,
    category: crate::rules::Category,
    status: crate::rules::Status,
    certainty: Certainty,
    provider: Provider,
    app: Option<Cow<'a, str>>,
    app_id: Option<Cow<'a, str>>,
    state: &'static str,
    events: u64,
    failures: u64,
    users: u64,
    still_broken: u64,
    first: Option<String>,
    last: Option<String>,
    operations: &'a BTreeMap<&'static str, u64>,
    retry: crate::rules::Retry,
    owner: crate::rules::Owner,
    cause: &'a str,
    fix: &'a [String],
    verify: &'a str,
    cannot_tell: Option<&'a str>,
    escalate: &'a crate::rules::Escalate,
    look_alikes: &'a [crate::rules::LookAlike],
    sources: &'a [String],
    /// What several events say together, where no single one shows the issue.
    pattern: Option<Cow<'a, str>>,
    /// Failures that the log of the other side, app or identity provider, tells of too.
    both_sides: u64,
    /// What other events decided, the commonest first.
    decided_by: Vec<Decision<'a>>,
    trend: Vec<Period>,
    /// What was changed shortly before; it may have to do with it.
    likely_triggers: Vec<Before<'a>>,
    examples: Vec<Example<'a>>,
}

impl<'a> Known<'a> {
    fn of(
        issue: &'a Issue,
        rule: &'a Rule,
        analysis: &'a Analysis,
        library: &'a Library,
        trends: &Trends<'_>,
    ) -> Known<'a> {
        Known {
            rule: &rule.id,
            title: &rule.title,
            severity: rule.severity,
            category: rule.category,
            status: rule.status,
            certainty: issue.certainty,
            provider: issue.provider,
            app: masked(issue.app.as_deref()),
            app_id: masked(issue.app_id.as_deref()),
            state: issue.state.word(),
            events: issue.events,
            failures: issue.failures,
            users: issue.users,
            still_broken: issue.still_broken,
            first: stamp(issue.first),
            last: stamp(issue.last),
            operations: &issue.operations,
            retry: rule.retry,
            owner: rule.owner,
            cause: rule.advice().cause.trim(),
            fix: &rule.advice().fix,
            verify: &rule.advice().verify,
            cannot_tell: rule.advice().cannot_tell.as_deref(),
            escalate: &rule.advice().escalate,
            look_alikes: &rule.advice().look_alikes,
            sources: &rule.advice().sources,
            pattern: masked(issue.pattern.as_deref()),
            both_sides: issue.both_sides,
            decided_by: issue.decided_by.iter().map(|decided| Decision::of(decided, library)).collect(),
            trend: trends.trend(issue),
            likely_triggers: before::list(&issue.triggers, analysis),
            examples: examples(issue, analysis),
        }
    }
}

/// Events of which others decide what they mean.
#[derive(Serialize)]
struct Decision<'a> {
    by: By,
    time: Option<String>,
    /// The rule that one event alone leads to.
    instead_of: Option<&'a str>,
    events: u64,
}

impl<'a> Decision<'a> {
    fn of(decided: &Decided, library: &'a Library) -> Decision<'a> {
        let instead_of = library.rule(decided.instead_of).map(|rule| rule.id.as_str());
        Decision { by: decided.by, time: stamp(decided.at), instead_of, events: decided.events }
    }
}

#[derive(Serialize)]
struct Cluster<'a> {
    cluster: String,
    template: Cow<'a, str>,
    app: Option<Cow<'a, str>>,
    provider: Provider,
    state: &'static str,
    failures: u64,
    users: u64,
    still_broken: u64,
    first: Option<String>,
    last: Option<String>,
    trend: Vec<Period>,
    likely_triggers: Vec<Before<'a>>,
    examples: Vec<Example<'a>>,
}

impl<'a> Cluster<'a> {
    fn of(issue: &'a Issue, analysis: &'a Analysis, trends: &Trends<'_>) -> Cluster<'a> {
        let shape = issue.shape.as_deref().unwrap_or_default();
        Cluster {
            cluster: unknown::cluster_id(shape),
            template: secret::mask(shape),
            app: masked(issue.app.as_deref()),
            provider: issue.provider,
            state: issue.state.word(),
            failures: issue.failures,
            users: issue.users,
            still_broken: issue.still_broken,
            first: stamp(issue.first),
            last: stamp(issue.last),
            trend: trends.trend(issue),
            likely_triggers: before::list(&issue.triggers, analysis),
            examples: examples(issue, analysis),
        }
    }
}

#[derive(Serialize)]
struct Example<'a> {
    path: Option<Cow<'a, str>>,
    line: u64,
    offset: u64,
    time: Option<String>,
    user: Option<Cow<'a, str>>,
    operation: Operation,
    message: Option<Cow<'a, str>>,
    remote: Option<Cow<'a, str>>,
    ids: BTreeMap<&'static str, Cow<'a, str>>,
    other_side: Option<Box<Other<'a>>>,
    /// Only the beginnings of its texts are kept.
    shortened: bool,
}

/// The same call in the log of the other side.
#[derive(Serialize)]
struct Other<'a> {
    provider: Provider,
    joined_by: &'static str,
    #[serde(flatten)]
    example: Example<'a>,
}

impl<'a> Example<'a> {
    fn of(evidence: &'a Evidence, analysis: &'a Analysis) -> Example<'a> {
        let other_side = evidence.other_side.as_deref().map(|side| {
            let example = Example::of(&side.evidence, analysis);
            Box::new(Other { provider: side.provider, joined_by: side.by, example })
        });
        Example {
            path: analysis.inputs.get(evidence.input).map(|input| secret::mask(&input.name)),
            line: evidence.line,
            offset: evidence.offset,
            time: stamp(evidence.time),
            user: masked(evidence.user.as_deref()),
            operation: evidence.operation,
            message: masked(evidence.message.as_deref()),
            remote: masked(evidence.remote.as_deref()),
            ids: evidence.ids.iter().map(|(name, id)| (*name, secret::mask(id))).collect(),
            other_side,
            shortened: evidence.shortened,
        }
    }
}

fn examples<'a>(issue: &'a Issue, analysis: &'a Analysis) -> Vec<Example<'a>> {
    issue.examples.iter().map(|evidence| Example::of(evidence, analysis)).collect()
}

#[derive(Serialize)]
struct People<'a> {
    access_not_removed: Vec<Person<'a>>,
    waiting_for_access: Vec<Person<'a>>,
    out_of_date: Vec<Person<'a>>,
    removal_times: Vec<Removal<'a>>,
    removals_beyond_limits: u64,
}

#[derive(Serialize)]
struct Person<'a> {
    user: Cow<'a, str>,
    id: Option<Cow<'a, str>>,
    /// All of them, where records of several were joined.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ids: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    logins: Vec<Cow<'a, str>>,
    app: Cow<'a, str>,
    since: Option<String>,
    rule: Option<&'a str>,
    reason: &'static str,
}

fn people<'a>(list: &'a [PersonState], library: &'a Library) -> Vec<Person<'a>> {
    let several = |names: &'a [Arc<str>]| match names {
        [_, _, ..] => names.iter().map(|name| secret::mask(name)).collect(),
        _ => Vec::new(),
    };
    let person = |person: &'a PersonState| Person {
        user: secret::mask(&person.user),
        id: masked(person.who.ids.first().map(|id| &**id)),
        ids: several(&person.who.ids),
        logins: several(&person.who.logins),
        app: secret::mask(&person.app),
        since: stamp(person.since),
        rule: person.rule.and_then(|rule| library.rule(rule)).map(|rule| rule.id.as_str()),
        reason: person.because.word(),
    };
    list.iter().map(person).collect()
}

/// How long it takes at an application until access is gone.
#[derive(Serialize)]
struct Removal<'a> {
    app: Cow<'a, str>,
    removals: u64,
    users: u64,
    median_s: Option<i64>,
    p95_s: Option<i64>,
    open: u64,
}

impl Removal<'_> {
    fn of(times: &RemovalTimes) -> Removal<'_> {
        let seconds = |took: Option<Micros>| took.map(|took| took / SECOND);
        Removal {
            app: secret::mask(&times.app),
            removals: times.removals,
            users: times.people,
            median_s: seconds(times.median),
            p95_s: seconds(times.p95),
            open: times.open,
        }
    }
}

fn stamp(at: Option<Micros>) -> Option<String> {
    at.map(time::rfc3339)
}

fn masked(text: Option<&str>) -> Option<Cow<'_, str>> {
    text.map(secret::mask)
}

/// One event of a person's story.
pub fn row(row: &Row<'_>, analysis: &Analysis, library: &Library) -> Value {
    let detail = row.detail.as_deref();
    let rule = detail.and_then(|detail| detail.rule);
    json!({
        "time": stamp(row.time), "provider": row.provider, "dialect": row.dialect, "operation": row.operation, "outcome": row.outcome,
        "app": { "name": masked(row.app.as_deref()), "id": masked(row.app_id.as_deref()) },
        "subject": {
            "kind": row.subject_kind, "id": masked(row.subject_id.as_deref()), "login": masked(row.login.as_deref()),
            "name": masked(row.subject_name.as_deref()),
        },
        "error": detail.filter(|_| row.outcome != Outcome::Success).map(|detail| json!({
            "code": masked(detail.code.as_deref()), "message": masked(detail.message.as_deref()), "phase": detail.phase,
            "http_status": detail.http_status, "scim_type": masked(detail.scim_type.as_deref()), "remote": masked(detail.remote.as_deref()),
        })),
        "raw": { "path": analysis.inputs.get(row.input).map(|input| secret::mask(&input.name)), "line": row.line, "offset": row.offset, "length": row.length },
        "rule": rule.and_then(|(rule, _)| library.rule(rule)).map(|rule| rule.id.as_str()),
        "certainty": rule.map(|(_, certainty)| certainty),
    })
}
