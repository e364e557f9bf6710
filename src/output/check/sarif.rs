//! SARIF 2.1.0, for whatever collects results of checks.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::View;
use super::finding::Finding;
use super::json::id;
use super::verdict::{Hit, Judged, Verdict};
use crate::output::page::number;
use crate::rules::Severity;
use crate::text::secret;
use crate::text::width::truncate;

/// Most results: GitHub takes more and shows so many.
const MAX_RESULTS: usize = 5_000;
/// Columns of a message, so that a file of the largest size stays below the 10 MB that are taken.
const MESSAGE: usize = 1_000;
/// Where this format is published.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The document.
pub fn document(view: &View<'_>) -> Value {
    let mut wanted = wanted(view);
    let left_out = wanted.len().saturating_sub(MAX_RESULTS);
    wanted.truncate(MAX_RESULTS);
    let rules: BTreeSet<&str> = wanted.iter().map(|(_, finding)| finding.key.rule.as_str()).collect();
    let mut notes: Vec<Value> = view.checked.remarks.iter().map(|remark| note("note", remark)).collect();
    if left_out > 0 {
        notes.push(note("warning", &format!("{} results are left out; the worst are here", number(left_out as u64))));
    }
    if let Verdict::Withheld(_, why) = &view.checked.verdict {
        notes.push(note("error", &format!("not evaluated: {why}")));
    }
    let is_judged = !matches!(view.checked.verdict, Verdict::Withheld(..));
    let gates: Vec<Value> = view
        .checked
        .gates
        .iter()
        .map(|judged| json!({ "name": masked(&judged.gate.name), "status": judged.status.word(), "why": masked(&judged.why) }))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Provlens",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| describe(rule, view)).collect::<Vec<_>>(),
            } },
            "invocations": [{ "executionSuccessful": is_judged, "toolExecutionNotifications": notes }],
            "columnKind": "unicodeCodePoints",
            "results": wanted.iter().map(|(at, finding)| result(*at, finding, view)).collect::<Vec<_>>(),
            "properties": { "verdict": view.checked.verdict.word(), "gates": gates },
        }],
    })
}

/// Findings to tell: those that fail first, then by severity.
fn wanted<'a>(view: &View<'a>) -> Vec<(usize, &'a Finding)> {
    let crossed = |judged: &'a Judged| judged.hits.iter();
    let hit: BTreeSet<usize> = view.checked.gates.iter().flat_map(crossed).map(|hit| hit.finding).collect();
    let failing: BTreeSet<usize> = view.checked.failing().map(|(_, hit)| hit.finding).collect();
    let mut wanted: Vec<(usize, &Finding)> = view.checked.findings.list().iter().enumerate().collect();
    wanted.retain(|(at, finding)| hit.contains(at) || finding.is_issue() && view.wants(finding));
    wanted.sort_by_key(|(at, finding)| (!failing.contains(at), std::cmp::Reverse(finding.severity)));
    wanted
}

fn result(at: usize, finding: &Finding, view: &View<'_>) -> Value {
    let of = |judged: &&Judged| judged.hits.iter().any(|hit| hit.finding == at);
    let gates: Vec<&Judged> = view.checked.gates.iter().filter(of).collect();
    let hits: Vec<&Hit> = gates.iter().flat_map(|judged| &judged.hits).filter(|hit| hit.finding == at).collect();
    let told: Vec<String> = hits.iter().map(|hit| format!("{} ({})", hit.what, hit.why())).collect();
    let app = View::app(finding);
    let message = if told.is_empty() {
        format!("{app}: {}. {} failures, {} people", finding.title, number(finding.failures), number(finding.people))
    } else {
        format!("{app}: {}. {}", finding.title, told.join("; "))
    };
    let mut result = json!({
        "ruleId": finding.key.rule,
        "level": level(finding.severity),
        "message": { "text": masked(&truncate(&message, MESSAGE)) },
        "partialFingerprints": { "provlensKey/v1": id(finding) },
        "properties": {
            "app": masked(&finding.app),
            "failures": finding.failures,
            "people": finding.people,
            "failedGates": gates
                .iter()
                .filter(|judged| judged.failing().any(|hit| hit.finding == at))
                .map(|judged| masked(&judged.gate.name))
                .collect::<Vec<_>>(),
        },
    });
    let Some(fields) = result.as_object_mut() else { return result };
    if let Some(since) = view.checked.since.get(at) {
        fields.insert("baselineState".to_owned(), since.word().into());
    }
    if let Some(location) = location(finding, view) {
        fields.insert("locations".to_owned(), json!([location]));
    }
    let waiver = hits.iter().find_map(|hit| view.checked.waivers.entries().get(hit.waived?));
    if let Some(waiver) = waiver {
        let why = format!("{} (until {})", waiver.reason, waiver.until);
        fields.insert(
            "suppressions".to_owned(),
            json!([{ "kind": "external", "status": "accepted", "justification": why }]),
        );
    }
    result
}

/// The first record that tells of it.
fn location(finding: &Finding, view: &View<'_>) -> Option<Value> {
    let (input, line) = finding.place?;
    let name = &view.analysis.inputs.get(input)?.name;
    if name == "-" {
        return None;
    }
    Some(json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(name) },
        "region": { "startLine": line.max(1) },
    } }))
}

fn describe(rule: &str, view: &View<'_>) -> Value {
    let known = view.library.find(rule).and_then(|at| view.library.rule(at));
    let Some(known) = known else {
        let finding = view.checked.findings.list().iter().find(|finding| finding.key.rule == rule);
        let title = finding.map_or("", |finding| finding.title.as_str());
        let title = if title.is_empty() { rule } else { title };
        return json!({ "id": rule, "shortDescription": { "text": masked(&truncate(title, MESSAGE)) } });
    };
    let steps: Vec<String> = (1..).zip(&known.advice().fix).map(|(number, step)| format!("{number}. {step}")).collect();
    json!({
        "id": rule,
        "shortDescription": { "text": known.title },
        "fullDescription": { "text": known.advice().cause.trim() },
        "help": { "text": steps.join("\n") },
        "defaultConfiguration": { "level": level(known.severity) },
        "properties": { "tags": [known.provider, known.category, known.owner] },
    })
}

fn note(level: &str, text: &str) -> Value {
    json!({ "level": level, "message": { "text": masked(&truncate(text, MESSAGE)) } })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn masked(text: &str) -> String {
    secret::mask(text).into_owned()
}

/// A path as an address, byte for byte.
fn uri(path: &str) -> String {
    let mut out = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_is_an_address_whatever_is_in_it() {
        assert_eq!(uri("logs/a b.json"), "logs/a%20b.json");
        assert_eq!(uri("/tmp/é.zip!x:y"), "file:///tmp/%C3%A9.zip%21x%3Ay");
        assert_eq!(uri("javascript:x"), "javascript%3Ax");
    }
}
