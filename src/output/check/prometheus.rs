//! Numbers for the textfile collector of the node exporter: no times of their own, since it refuses
//! a file that has them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::View;
use super::finding::{Finding, counted};
use super::verdict::Verdict;
use crate::analysis::SpikeKind;
use crate::output::page::{number, shown};
use crate::text::time::SECOND;

/// Most series of one file: each is kept for months.
const MAX_SERIES: usize = 2_000;
/// Series of one finding.
const OF_A_FINDING: usize = 3;

/// Name of an application and of a rule.
type Labels = (String, String);

/// The file.
pub fn render(view: &View<'_>) -> String {
    let apps = times(view);
    let apps_kept = apps.len().min(MAX_SERIES / 4);
    let mut findings = findings(view);
    let room = (MAX_SERIES - 1 - apps_kept) / OF_A_FINDING;
    let left_out = findings.len().saturating_sub(room) + apps.len() - apps_kept;
    findings.truncate(room);
    findings.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out = String::new();
    // Writing to a String cannot fail.
    let mut family = |name: &str, help: &str, lines: Vec<String>| {
        let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{}", lines.concat());
    };
    let of = |name: &str, value: fn(&Numbers) -> u64| {
        let line = |(labels, numbers): &(Labels, Numbers)| {
            format!("{name}{{app=\"{}\",rule=\"{}\"}} {}\n", escape(&labels.0), escape(&labels.1), value(numbers))
        };
        findings.iter().map(line).collect()
    };
    family("provlens_failures", "Failures in the logs.", of("provlens_failures", |numbers| numbers.failures));
    family("provlens_people", "People for whom something failed.", of("provlens_people", |numbers| numbers.people));
    family("provlens_spike", "1 if unusually many failures began.", of("provlens_spike", |numbers| numbers.spike));
    let name = "provlens_last_event_timestamp_seconds";
    let line = |(app, seconds): (&String, &i64)| format!("{name}{{app=\"{}\"}} {seconds}\n", escape(app));
    family(name, "Newest event, in seconds since 1970.", apps.iter().take(apps_kept).map(line).collect());
    let success = u8::from(!matches!(view.checked.verdict, Verdict::Withheld(..)));
    family("provlens_run_success", "1 if the logs could be judged.", vec![format!("provlens_run_success {success}\n")]);
    if left_out > 0 {
        let _ =
            writeln!(out, "# {} applications and findings are left out; the worst are here", number(left_out as u64));
    }
    out
}

#[derive(Clone, Copy, Debug, Default)]
struct Numbers {
    failures: u64,
    people: u64,
    spike: u64,
}

/// Numbers of each finding, the worst first. What reads the same is one series.
fn findings(view: &View<'_>) -> Vec<(Labels, Numbers)> {
    // What a gate adds counts again what issues count, and only where that gate is asked for.
    let mut order: Vec<&Finding> = view.checked.findings.list().iter().filter(|finding| finding.is_issue()).collect();
    order.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut found: Vec<(Labels, Numbers)> = Vec::new();
    let mut places: BTreeMap<Labels, usize> = BTreeMap::new();
    let mut numbers_of = |labels: Labels| -> usize {
        *places.entry(labels.clone()).or_insert_with(|| {
            found.push((labels, Numbers::default()));
            found.len() - 1
        })
    };
    let of_issues: Vec<(usize, Numbers)> = order
        .iter()
        .map(|finding| {
            let at = numbers_of((shown(&finding.app), shown(&finding.key.rule)));
            (at, Numbers { failures: finding.failures, people: finding.people, spike: 0 })
        })
        .collect();
    let spiking = view.analysis.spikes.iter().filter(|spike| spike.kind != SpikeKind::NewLevel);
    let spiking: Vec<(usize, Numbers)> = spiking
        .map(|spike| {
            let at = numbers_of((shown(&spike.app), shown(&counted(&spike.of, view.library))));
            (at, Numbers { failures: 0, people: 0, spike: 1 })
        })
        .collect();
    for (at, more) in of_issues.into_iter().chain(spiking) {
        if let Some((_, numbers)) = found.get_mut(at) {
            numbers.failures += more.failures;
            numbers.people += more.people;
            numbers.spike = numbers.spike.max(more.spike);
        }
    }
    found
}

/// Newest event of each application, in seconds.
fn times(view: &View<'_>) -> BTreeMap<String, i64> {
    let mut times: BTreeMap<String, i64> = BTreeMap::new();
    for app in &view.analysis.apps {
        if let Some(last) = app.last {
            let newest = times.entry(shown(&app.name)).or_insert(i64::MIN);
            *newest = (*newest).max(last.div_euclid(SECOND));
        }
    }
    times
}

/// The value of a label.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i5_a_label_ends_where_it_should() {
        assert_eq!(escape("a\"} 1\n\\"), "a\\\"} 1\\n\\\\");
    }
}
