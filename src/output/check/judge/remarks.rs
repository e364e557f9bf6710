//! What one should know besides the verdict.

use super::{Judge, listed};
use crate::output::check::baseline::{Baseline, Days};
use crate::output::check::finding::Finding;
use crate::output::check::gate::What;
use crate::output::check::verdict::Judged;
use crate::output::check::waivers::Waiver;
use crate::text::time::{self, DAY};

/// Days after which a baseline says little of what is usual.
const STALE: i64 = 90;

/// A pass says nothing of applications whose usual nobody knows.
fn not_judged(judged: &Judged) -> String {
    let apps: Vec<&str> = judged.not_judged.iter().map(String::as_str).collect();
    format!(
        "{} could not be judged at {}: several people began to fail there within a short time, and too little is known \
         of what is usual; give it older logs too, or a baseline",
        judged.gate,
        listed(&apps)
    )
}

impl Judge<'_> {
    pub(super) fn remark(&mut self, gates: &[Judged]) {
        let mut remarks = Vec::new();
        if !self.asked.narrowed.is_empty() {
            remarks.push(format!("only a part of the logs was judged: {}", self.asked.narrowed.join(" ")));
        }
        self.remark_on_cuts(&mut remarks);
        remarks.extend(gates.iter().filter(|judged| !judged.not_judged.is_empty()).map(not_judged));
        self.remark_on_waivers(&mut remarks);
        self.remark_on_baseline(&mut remarks);
        self.remarks.extend(remarks);
    }

    fn remark_on_waivers(&self, remarks: &mut Vec<String>) {
        for waiver in self.asked.waivers.entries() {
            let Waiver { app, rule, until, reason, .. } = waiver;
            let is_needed = self.findings.list().iter().any(|finding| waiver.covers(finding));
            let name = format!("the waiver for {rule} at {app} ({reason})");
            match (waiver.is_over(self.analysis.last), is_needed) {
                (true, true) => remarks.push(format!("{name} ran out on {until}, and what it covered is still there")),
                (true, false) => remarks.push(format!("{name} ran out on {until}, and nothing needs it; remove it")),
                (false, false) => {
                    remarks.push(format!("{name} covers nothing in these logs; remove it if it is settled"))
                }
                (false, true) => {}
            }
        }
    }

    fn remark_on_baseline(&self, remarks: &mut Vec<String>) {
        let Some(baseline) = self.asked.before.known() else { return };
        let vanished = baseline.vanished(|rule| self.library.find(rule).is_some());
        if !vanished.is_empty() {
            remarks.push(format!("the baseline counts rules that are there no more: {}", listed(&vanished)));
        }
        let newer = self.newer_rules(baseline);
        if !newer.is_empty() {
            let names = listed(&newer);
            remarks.push(format!("not judged as new, since the rule is newer than the baseline: {names}"));
        }
        remarks.extend(self.remark_on_age(baseline));
        let zone = Days::of(&self.asked.spikes).zone_name();
        if baseline.days_of() != zone {
            let known = baseline.days_of();
            remarks.push(format!(
                "the baseline tells weekends by {known} and this run by {zone}; give both the same --tz"
            ));
        }
        let missing = if self.asks_for(What::Silence) { Vec::new() } else { self.missing_apps(baseline) };
        if !missing.is_empty() {
            let names = listed(&missing);
            remarks.push(format!(
                "busy in the baseline, which keeps ids and no names, and not in these logs at all: {names} \
                 (--fail-on silence)"
            ));
        }
        if self.asks_for(What::Unknown) {
            for finding in self.findings.list().iter().filter(|finding| finding.is_issue()) {
                let Finding { key, shape: Some(shape), .. } = finding else { continue };
                let known = baseline.find(key).is_some();
                if let Some(other) = baseline.similar(key, shape).filter(|_| !known) {
                    remarks.push(format!(
                        "{} is similar to {other}, which the baseline knows, and not judged as new",
                        key.rule
                    ));
                }
            }
        }
    }

    /// A baseline that is far from the logs in time says little of them.
    fn remark_on_age(&self, baseline: &Baseline) -> Option<String> {
        let (end, last) = (baseline.end()?, self.analysis.last?);
        let day = |at| time::rfc3339(at).chars().take(10).collect::<String>();
        match (last - end) / DAY {
            ..0 => Some(format!(
                "the baseline knows logs up to {}, and these end on {}: what is new cannot be told by newer logs",
                day(end),
                day(last)
            )),
            days @ STALE.. => Some(format!(
                "the baseline ends on {}, {days} days before these logs do; --save-baseline brings it up to date",
                day(end)
            )),
            _ => None,
        }
    }
}
