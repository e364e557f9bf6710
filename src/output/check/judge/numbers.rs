//! Gates that look at what is there: numbers, severities, people who kept access.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Judge;
use crate::analysis::AppHealth;
use crate::output::check::finding::{EVERYTHING, Finding, KEPT_ACCESS};
use crate::output::check::gate::{Bound, Gate, What};
use crate::output::check::verdict::Hit;
use crate::output::page::{counted, number};
use crate::rules::Severity;

/// What moves the line of a sum of failures.
const MORE_FAILURES: &str = "--fail-on 'failures>N'";

impl Judge<'_> {
    pub(super) fn severities(&self, gate: &Gate, bound: Bound, limit: Severity) -> Vec<Hit> {
        let crossed = |finding: &Finding| bound.is_crossed(finding.severity, limit);
        let words = match bound {
            Bound::Over => format!("more than {}", limit.word()),
            Bound::AtLeast => format!("{} or worse", limit.word()),
        };
        self.select(gate, crossed, |finding, hit| {
            hit.observed = format!("severity {}", finding.severity.word());
            hit.threshold.clone_from(&words);
            hit.change = "--fail-on 'severity>=LEVEL'".to_owned();
        })
    }

    pub(super) fn people(&self, gate: &Gate, bound: Bound, limit: u64) -> Vec<Hit> {
        let crossed = |finding: &Finding| bound.is_crossed(finding.people, limit);
        self.select(gate, crossed, |finding, hit| {
            hit.observed = counted(finding.people, "person", "people");
            hit.threshold = format!("{} {}", bound.words(), number(limit));
            hit.change = "--fail-on 'people>N'".to_owned();
        })
    }

    /// All failures together; those that are waived do not count. The largest parts come first.
    pub(super) fn failures(&self, gate: &Gate, bound: Bound, limit: u64) -> Vec<Hit> {
        let mut hits = self.select(gate, |finding| finding.failures > 0, |_, _| {});
        let total = self.failures_of(&hits);
        if !bound.is_crossed(total, limit) {
            hits.retain(|hit| hit.waived.is_some());
        }
        let count = |hit: &Hit| self.findings.get(hit.finding).map_or(0, |finding| finding.failures);
        hits.sort_by_key(|hit| Reverse(count(hit)));
        for hit in &mut hits {
            let of = count(hit);
            hit.observed = match hit.waived {
                None => format!("{} of {}", number(of), counted(total, "failure", "failures")),
                Some(_) => counted(of, "failure", "failures"),
            };
            hit.threshold = format!("{} {} in all", bound.words(), number(limit));
            hit.change = MORE_FAILURES.to_owned();
        }
        hits
    }

    /// The sum that crossed the line, and of how many findings it is.
    pub(super) fn sum(&self, hits: &[Hit], bound: Bound, limit: u64) -> String {
        let parts = hits.iter().filter(|hit| hit.waived.is_none()).count() as u64;
        format!(
            "{} in {}, and it fails at {} {} in all; to change: {MORE_FAILURES}",
            counted(self.failures_of(hits), "failure", "failures"),
            counted(parts, "finding", "findings"),
            bound.words(),
            number(limit)
        )
    }

    /// Failures of findings that nobody waived.
    fn failures_of(&self, hits: &[Hit]) -> u64 {
        let counting = hits.iter().filter(|hit| hit.waived.is_none());
        counting.filter_map(|hit| self.findings.get(hit.finding)).map(|finding| finding.failures).sum()
    }

    /// Share of the changes at one application that failed; waived failures do not count as such.
    pub(super) fn rates(&mut self, gate: &Gate, bound: Bound, percent: f64) -> Vec<Hit> {
        let apps: Vec<AppHealth> = self.analysis.apps.iter().filter(|app| app.attempts > 0).cloned().collect();
        let mut hits = Vec::new();
        for app in apps {
            let id = self.findings.list().iter().find(|finding| *finding.app == *app.name);
            let id = id.map_or_else(String::new, |finding| finding.key.app.clone());
            if !gate.covers_app(&app.name, &id) {
                continue;
            }
            let here = || self.findings.list().iter().filter(|finding| *finding.app == *app.name);
            let sum =
                |findings: &mut dyn Iterator<Item = &Finding>| findings.map(|finding| finding.failures).sum::<u64>();
            let in_scope = |finding: &&Finding| gate.covers(&finding.app, &finding.key.app, &finding.key.rule);
            let waived = |finding: &&Finding| self.waiver(finding).is_some();
            let all = match gate.rule {
                Some(_) => sum(&mut here().filter(in_scope)),
                None => app.failures,
            };
            let excused = sum(&mut here().filter(in_scope).filter(waived));
            let counts = all.saturating_sub(excused);
            if !bound.is_crossed(share(all, app.attempts), percent) {
                continue;
            }
            let fails = bound.is_crossed(share(counts, app.attempts), percent);
            let excuse = here().filter(in_scope).find_map(|finding| self.waiver(finding));
            let rule = gate.rule.clone().unwrap_or_else(|| EVERYTHING.to_owned());
            let at = self.findings.add(Finding {
                title: "Share of changes that failed".to_owned(),
                severity: Severity::High,
                failures: all,
                people: app.people_failed,
                ..self.findings.of_app(&app.name, &rule)
            });
            let shown = if fails { counts } else { all };
            let what = format!("{} of {} failed", number(shown), counted(app.attempts, "change", "changes"));
            hits.push(Hit {
                observed: format!("{:.2}%", share(shown, app.attempts)),
                threshold: format!("{} {percent}%", bound.words()),
                change: "--fail-on 'rate>P%'".to_owned(),
                waived: if fails { None } else { excuse },
                ..self.hit(at, what)
            });
        }
        hits
    }

    pub(super) fn access_not_removed(&mut self, gate: &Gate) -> Vec<Hit> {
        let mut groups: BTreeMap<(String, Option<usize>), u64> = BTreeMap::new();
        for person in &self.analysis.people.access_not_removed {
            *groups.entry((person.app.to_string(), person.rule)).or_default() += 1;
        }
        let mut hits = Vec::new();
        for ((app, rule), people) in groups {
            let is_it = |finding: &Finding| finding.app == app && rule.is_some() && finding.rule == rule;
            let issue = self.findings.list().iter().position(is_it);
            let at = issue.unwrap_or_else(|| {
                self.findings.add(Finding {
                    title: "Should have lost access, and has not".to_owned(),
                    severity: Severity::Critical,
                    people,
                    ..self.findings.of_app(&app, KEPT_ACCESS)
                })
            });
            if !self.covers(gate, at) {
                continue;
            }
            let verb = if people == 1 { "has" } else { "have" };
            let what = format!("{} should have lost access and {verb} not", counted(people, "person", "people"));
            hits.push(Hit {
                observed: counted(people, "person", "people"),
                expected: Some("none".to_owned()),
                threshold: "one or more".to_owned(),
                change: "--fail-on without access-not-removed".to_owned(),
                ..self.hit(at, what)
            });
        }
        hits
    }

    /// Findings of the analysis that a gate selects, described.
    fn select(&self, gate: &Gate, is_wanted: impl Fn(&Finding) -> bool, tell: impl Fn(&Finding, &mut Hit)) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (at, finding) in self.findings.list().iter().enumerate() {
            // What other gates added stands for something that the issues say too.
            if !finding.is_issue() || !self.covers(gate, at) || !is_wanted(finding) {
                continue;
            }
            let people = match finding.people {
                0 => String::new(),
                people => format!(", {}", counted(people, "person", "people")),
            };
            let mut hit = self.hit(at, format!("{}{people}", counted(finding.failures, "failure", "failures")));
            tell(finding, &mut hit);
            hits.push(hit);
        }
        hits
    }

    /// Whether a gate is there at all.
    pub(super) fn asks_for(&self, what: What) -> bool {
        self.asked.gates.iter().any(|gate| gate.what == what)
    }
}

fn share(part: u64, of: u64) -> f64 {
    part as f64 * 100.0 / of.max(1) as f64
}
