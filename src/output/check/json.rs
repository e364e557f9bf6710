//! The check for programs: the report, and besides it gates, findings and the verdict.

use std::borrow::Cow;

use serde::Serialize;

use super::View;
use super::finding::Finding;
use super::verdict::{Hit, Judged, Verdict};
use crate::output::report::json::report;
use crate::rules::Severity;
use crate::text::secret;
use crate::text::time;

/// The whole check.
pub fn value<'a>(view: &View<'a>) -> impl Serialize + 'a {
    let checked = view.checked;
    let why = match &checked.verdict {
        Verdict::Withheld(_, why) => Some(why.as_str()),
        Verdict::Unjudged => Some("no gate could be evaluated"),
        Verdict::Passed | Verdict::Failed => None,
    };
    let since = |at: usize| checked.since.get(at).map(|since| since.word());
    let finding = |(at, finding): (usize, &'a Finding)| Found::of(finding, since(at));
    Document {
        report: report(view.analysis, view.library),
        verdict: End { status: checked.verdict.word(), why },
        gates: checked.gates.iter().map(|judged| GateEnd::of(judged, view)).collect(),
        findings: checked.findings.list().iter().enumerate().map(finding).collect(),
        remarks: checked.remarks.iter().map(|remark| secret::mask(remark)).collect(),
    }
}

#[derive(Serialize)]
struct Document<'a, R> {
    #[serde(flatten)]
    report: R,
    verdict: End<'a>,
    gates: Vec<GateEnd<'a>>,
    findings: Vec<Found<'a>>,
    remarks: Vec<Cow<'a, str>>,
}

#[derive(Serialize)]
struct End<'a> {
    status: &'static str,
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct GateEnd<'a> {
    name: &'a str,
    status: &'static str,
    why: Cow<'a, str>,
    /// Those that fail the run.
    findings: Vec<String>,
    hits: Vec<Crossing<'a>>,
}

impl<'a> GateEnd<'a> {
    fn of(judged: &'a Judged, view: &View<'a>) -> GateEnd<'a> {
        let id = |hit: &Hit| view.checked.findings.get(hit.finding).map(id);
        GateEnd {
            name: &judged.gate.name,
            status: judged.status.word(),
            why: secret::mask(&judged.why),
            findings: judged.failing().filter_map(id).collect(),
            hits: judged.hits.iter().filter_map(|hit| Some(Crossing::of(hit, id(hit)?, view))).collect(),
        }
    }
}

/// A finding that crossed the line of a gate.
#[derive(Serialize)]
struct Crossing<'a> {
    finding: String,
    what: Cow<'a, str>,
    observed: &'a str,
    expected: Option<&'a str>,
    threshold: &'a str,
    change: &'a str,
    waived: Option<Waived<'a>>,
}

#[derive(Serialize)]
struct Waived<'a> {
    until: &'a str,
    reason: &'a str,
}

impl<'a> Crossing<'a> {
    fn of(hit: &'a Hit, finding: String, view: &View<'a>) -> Crossing<'a> {
        let waiver = hit.waived.and_then(|at| view.checked.waivers.entries().get(at));
        Crossing {
            finding,
            what: secret::mask(&hit.what),
            observed: &hit.observed,
            expected: hit.expected.as_deref(),
            threshold: &hit.threshold,
            change: &hit.change,
            waived: waiver.map(|waiver| Waived { until: &waiver.until, reason: &waiver.reason }),
        }
    }
}

#[derive(Serialize)]
struct Found<'a> {
    id: String,
    /// Its id changes with the wording of a message.
    unstable: bool,
    provider: &'a str,
    app: Cow<'a, str>,
    app_id: Cow<'a, str>,
    rule: &'a str,
    title: Cow<'a, str>,
    severity: Severity,
    state: Option<&'static str>,
    failures: u64,
    users: u64,
    first: Option<String>,
    last: Option<String>,
    /// What became of it since the baseline: new, updated, unchanged.
    since_baseline: Option<&'static str>,
}

impl<'a> Found<'a> {
    fn of(finding: &'a Finding, since: Option<&'static str>) -> Found<'a> {
        Found {
            id: id(finding),
            unstable: finding.is_unstable(),
            provider: &finding.key.provider,
            app: secret::mask(&finding.app),
            app_id: secret::mask(&finding.key.app),
            rule: &finding.key.rule,
            title: secret::mask(&finding.title),
            severity: finding.severity,
            state: finding.state,
            failures: finding.failures,
            users: finding.people,
            first: finding.first.map(time::rfc3339),
            last: finding.last.map(time::rfc3339),
            since_baseline: since,
        }
    }
}

/// The name of a finding that stays the same from run to run.
pub(super) fn id(finding: &Finding) -> String {
    secret::mask(&finding.key.to_string()).into_owned()
}
