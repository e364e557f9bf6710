//! The report for programs: schema `provlens/report/1`. Fields are added, never renamed.

use serde_json::{Value, json};

use super::inputs;
use crate::analysis::{Analysis, Evidence, Issue, PersonState, Row};
use crate::rules::{Library, Rule};
use crate::text::secret;
use crate::text::time::{self, Micros};
use crate::unknown;

/// The whole report.
pub fn value(analysis: &Analysis, library: &Library) -> Value {
    json!({
        "schema": "provlens/report/1",
        "inputs": analysis.inputs.iter().map(inputs::value).collect::<Vec<_>>(),
        "window": { "first": stamp(analysis.first), "last": stamp(analysis.last) },
        "totals": analysis.totals,
        "apps": analysis.apps.iter().map(|app| json!({
            "app": app.name, "health": app.health(), "attempts": app.attempts, "failures": app.failures,
            "users_failed": app.people_failed, "still_broken": app.still_broken, "last": stamp(app.last),
        })).collect::<Vec<_>>(),
        "issues": analysis.issues.iter().filter_map(|issue| Some(known(issue, library.rule(issue.rule?)?, analysis))).collect::<Vec<_>>(),
        "unknown": analysis.unknown.iter().map(|issue| cluster(issue, analysis)).collect::<Vec<_>>(),
        "people": {
            "access_not_removed": people(&analysis.people.access_not_removed, library),
            "waiting_for_access": people(&analysis.people.waiting_for_access, library),
            "out_of_date": people(&analysis.people.out_of_date, library),
        },
    })
}

fn stamp(at: Option<Micros>) -> Option<String> {
    at.map(time::rfc3339)
}

fn masked(text: Option<&str>) -> Option<String> {
    text.map(|text| secret::mask(text).into_owned())
}

fn known(issue: &Issue, rule: &Rule, analysis: &Analysis) -> Value {
    json!({
        "rule": rule.id, "title": rule.title, "severity": rule.severity, "category": rule.category,
        "status": rule.status, "certainty": issue.certainty, "provider": issue.provider,
        "app": issue.app, "app_id": issue.app_id, "state": issue.state.word(), "events": issue.events,
        "failures": issue.failures, "users": issue.users, "still_broken": issue.still_broken,
        "first": stamp(issue.first), "last": stamp(issue.last), "operations": issue.operations,
        "retry": rule.retry, "owner": rule.owner, "cause": rule.cause.trim(), "fix": rule.fix, "verify": rule.verify,
        "cannot_tell": rule.cannot_tell, "escalate": rule.escalate, "look_alikes": rule.look_alikes, "sources": rule.sources,
        "examples": issue.examples.iter().map(|example| evidence(example, analysis)).collect::<Vec<_>>(),
    })
}

fn cluster(issue: &Issue, analysis: &Analysis) -> Value {
    let shape = issue.shape.as_deref().unwrap_or_default();
    json!({
        "cluster": unknown::cluster_id(shape), "template": secret::mask(shape), "app": issue.app, "provider": issue.provider,
        "state": issue.state.word(), "failures": issue.failures, "users": issue.users, "still_broken": issue.still_broken,
        "first": stamp(issue.first), "last": stamp(issue.last),
        "examples": issue.examples.iter().map(|example| evidence(example, analysis)).collect::<Vec<_>>(),
    })
}

fn evidence(example: &Evidence, analysis: &Analysis) -> Value {
    json!({
        "path": analysis.inputs.get(example.input).map(|input| input.name.as_str()),
        "line": example.line, "offset": example.offset, "time": stamp(example.time), "user": masked(example.user.as_deref()),
        "operation": example.operation, "message": masked(example.message.as_deref()), "remote": masked(example.remote.as_deref()), "ids": example.ids,
    })
}

fn people(list: &[PersonState], library: &Library) -> Vec<Value> {
    list.iter()
        .map(|person| {
            json!({
                "user": person.user, "app": person.app, "since": stamp(person.since),
                "rule": person.rule.and_then(|rule| library.rule(rule)).map(|rule| rule.id.as_str()),
            })
        })
        .collect()
}

/// One event of a person's story.
pub fn row(row: &Row<'_>, analysis: &Analysis, library: &Library) -> Value {
    let detail = row.detail.as_deref();
    let rule = detail.and_then(|detail| detail.rule);
    json!({
        "time": stamp(row.time), "provider": row.provider, "dialect": row.dialect, "operation": row.operation, "outcome": row.outcome,
        "app": { "name": row.app, "id": row.app_id },
        "subject": { "kind": row.subject_kind, "id": row.subject_id, "login": row.login, "name": row.subject_name },
        "error": detail.map(|detail| json!({
            "code": detail.code, "message": masked(detail.message.as_deref()), "phase": detail.phase,
            "http_status": detail.http_status, "scim_type": detail.scim_type, "remote": masked(detail.remote.as_deref()),
        })),
        "raw": { "path": analysis.inputs.get(row.input).map(|input| input.name.as_str()), "line": row.line, "offset": row.offset, "length": row.length },
        "rule": rule.and_then(|(rule, _)| library.rule(rule)).map(|rule| rule.id.as_str()),
        "certainty": rule.map(|(_, certainty)| certainty),
    })
}
