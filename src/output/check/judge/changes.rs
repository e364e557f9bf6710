//! Gates that compare with the baseline: what is new, what became more.

use super::{Crossed, Judge};
use crate::analysis::{Mode, Of, Series};
use crate::output::check::baseline::{Baseline, Days, Entry, Fresh, Learning, Pair};
use crate::output::check::finding::{Finding, Key, Place};
use crate::output::check::gate::Gate;
use crate::output::check::regress::{Comparison, Counted, count};
use crate::output::check::verdict::Hit;
use crate::output::page::{counted, number};
use crate::rules::Severity;

/// People it takes to make an issue a new one.
const PEOPLE: u64 = 3;

impl Judge<'_> {
    pub(super) fn new_issues(&self, gate: &Gate) -> Crossed {
        let Some(baseline) = self.asked.before.known() else { return Err(self.asked.before.missing()) };
        if !baseline.apps().any(Entry::is_well_known) {
            return Err("the baseline is too thin: no application in it has 500 attempts or 7 days".to_owned());
        }
        let mut hits = Vec::new();
        for (at, finding) in self.findings.list().iter().enumerate() {
            let wanted = finding.is_issue() && finding.rule.is_some() && finding.severity > Severity::Info;
            if !wanted || !finding.is_trouble || !self.covers(gate, at) || !is_new(finding, baseline) {
                continue;
            }
            let least = if finding.severity == Severity::Critical { 1 } else { PEOPLE };
            // A failure that names nobody stops a whole job.
            let people = finding.people.max(u64::from(finding.people == 0));
            if people < least {
                continue;
            }
            let what = format!("not in the baseline, now {}", counted(finding.failures, "failure", "failures"));
            hits.push(Hit {
                observed: counted(finding.people, "person", "people"),
                expected: Some("none, as in the baseline".to_owned()),
                threshold: format!("{least} or more"),
                change: "--save-baseline FILE, which makes it a known one".to_owned(),
                ..self.hit(at, what)
            });
        }
        Ok(hits)
    }

    pub(super) fn unknown(&self, gate: &Gate) -> Vec<Hit> {
        let baseline = self.asked.before.known();
        let mut hits = Vec::new();
        for (at, finding) in self.findings.list().iter().enumerate() {
            let Some(shape) = finding.shape.as_deref().filter(|_| finding.is_issue()) else { continue };
            let known = baseline.is_some_and(|baseline| {
                baseline.find(&finding.key).is_some() || baseline.similar(&finding.key, shape).is_some()
            });
            if known || !self.covers(gate, at) {
                continue;
            }
            let what = format!("{} that no rule explains", counted(finding.failures, "failure", "failures"));
            hits.push(Hit {
                observed: counted(finding.failures, "such failure", "such failures"),
                expected: baseline.map(|_| "only those of the baseline".to_owned()),
                threshold: "the first".to_owned(),
                change: format!("a rule for it (`provlens rules new --from {} PATH`)", finding.key.rule),
                ..self.hit(at, what)
            });
        }
        hits
    }

    pub(super) fn regressions(&mut self, gate: &Gate) -> Crossed {
        let Some(baseline) = self.asked.before.known() else { return Err(self.asked.before.missing()) };
        let mut hits: Vec<Hit> = Vec::new();
        let mut compared = false;
        let days = Days::of(&self.asked.spikes);
        for series in self.failing(gate) {
            let key = self.key_of(series);
            let Some((comparison, now)) = compare(series, &key, baseline, &days) else { continue };
            compared = true;
            if !comparison.is_regression(now) || self.is_told_by_parts(series, &key, &hits) {
                continue;
            }
            if series.of == Of::Everything && self.has_new_issue(&key, baseline) {
                continue;
            }
            let place = Place { provider: series.provider, app: &series.app, app_id: series.app_id.as_deref() };
            let at = self.findings.add_counted(place, &series.of, self.library);
            hits.push(describe(&comparison, now, self.hit(at, String::new())));
        }
        if compared {
            Ok(hits)
        } else {
            Err("these logs hold nothing that the baseline has not counted yet and can be compared with it".to_owned())
        }
    }

    /// Whether something at this application is new, which explains that there is more of everything.
    fn has_new_issue(&self, key: &Key, baseline: &Baseline) -> bool {
        let here = |finding: &&Finding| finding.key.provider == key.provider && finding.key.app == key.app;
        self.findings.list().iter().filter(here).any(|finding| finding.is_issue() && is_new(finding, baseline))
    }

    /// Findings at applications that the baseline knows well, of rules that it did not have.
    pub(super) fn newer_rules(&self, baseline: &Baseline) -> Vec<&str> {
        let newer =
            |finding: &&Finding| finding.rule.is_some() && finding.is_trouble && !baseline.knew(&finding.key.rule);
        self.findings.list().iter().filter(newer).map(|finding| finding.key.rule.as_str()).collect()
    }
}

/// Whether the baseline would have it, had it happened before.
fn is_new(finding: &Finding, baseline: &Baseline) -> bool {
    let rule_was_there = finding.rule.is_none() || baseline.knew(&finding.key.rule);
    rule_was_there
        && baseline.find(&finding.key).is_none()
        && baseline.app_of(&finding.key).is_some_and(Entry::is_well_known)
}

/// How what the baseline has not counted yet compares with it, and how many failures that are.
fn compare(series: &Series, key: &Key, baseline: &Baseline, days: &Days<'_>) -> Option<(Comparison, f64)> {
    let entry = baseline.find(key)?;
    let fresh = Fresh::of(series, baseline.app_of(key).and_then(Entry::until), Learning::Everything, days);
    let Pair(failures, attempts) = fresh.phase.sum();
    let both_rates = entry.mode() == Mode::Rate && series.mode == Mode::Rate;
    let (before, now) = if both_rates { (entry.attempts, attempts) } else { (entry.days(), fresh.days) };
    let comparison = Comparison::of(
        Counted { failures: entry.failures, exposure: before },
        Counted { failures, exposure: now },
        entry.phi,
    )?;
    Some((comparison, failures))
}

fn describe(comparison: &Comparison, now: f64, hit: Hit) -> Hit {
    let count = count(now);
    Hit {
        what: format!(
            "{} since the baseline, {:.1} times as many as usual",
            counted(count, "failure", "failures"),
            comparison.ratio
        ),
        observed: number(count),
        expected: Some(format!("{:.1}", comparison.expected)),
        threshold: "twice as many as expected, 5 more, and hardly by chance".to_owned(),
        change: "--save-baseline FILE with --learn-spikes if it is usual from now on".to_owned(),
        ..hit
    }
}
