//! How good verdicts are, where the truth is known: incidents are found or not, and a run of flagged
//! buckets that touches none is a false spike. Nothing is forgiven but one bucket at the edges.

use std::collections::BTreeMap;
use std::fmt;

use provlens::analysis::spikes::Verdict;

use crate::generator::{BUCKETS, Family, Invented, PER_DAY};

#[derive(Clone, Debug, Default)]
pub(crate) struct Score {
    pub series: u32,
    pub incidents: u32,
    pub found: u32,
    pub runs: u32,
    pub false_spikes: u32,
    pub false_by_family: BTreeMap<Family, u32>,
    delay: f64,
    overlap: f64,
}

impl Score {
    pub(crate) fn add(&mut self, invented: &Invented, verdict: &Verdict) {
        self.series += 1;
        let touches = |from: usize, to: usize, incident: &crate::generator::Incident| {
            from < incident.to + 1 && incident.from < to + 1
        };
        for incident in invented.incidents.iter().filter(|incident| incident.counts) {
            self.incidents += 1;
            let runs: Vec<(usize, usize)> = verdict
                .intervals
                .iter()
                .map(|run| (run.from, run.to))
                .filter(|(from, to)| touches(*from, *to, incident))
                .collect();
            let Some(first) = runs.iter().map(|(from, _)| *from).min() else { continue };
            self.found += 1;
            self.delay += first.saturating_sub(incident.from) as f64;
            let flagged = |at: &usize| runs.iter().any(|(from, to)| (*from..*to).contains(at));
            let real = |at: &usize| (incident.from..incident.to).contains(at);
            let both = (0..BUCKETS).filter(|at| flagged(at) && real(at)).count();
            let either = (0..BUCKETS).filter(|at| flagged(at) || real(at)).count();
            self.overlap += both as f64 / either as f64;
        }
        for run in &verdict.intervals {
            let touched: Vec<_> =
                invented.incidents.iter().filter(|incident| touches(run.from, run.to, incident)).collect();
            if touched.is_empty() {
                self.false_spikes += 1;
                *self.false_by_family.entry(invented.family).or_default() += 1;
            }
            // A run at an incident that does not count is neither right nor wrong.
            self.runs += u32::from(touched.is_empty() || touched.iter().any(|incident| incident.counts));
        }
    }

    /// Weeks of one key that could be judged: all but the first three days.
    pub(crate) fn key_weeks(&self) -> f64 {
        f64::from(self.series) * (BUCKETS - 3 * PER_DAY) as f64 / (7 * PER_DAY) as f64
    }

    pub(crate) fn precision(&self) -> f64 {
        1.0 - f64::from(self.false_spikes) / f64::from(self.runs.max(1))
    }

    pub(crate) fn recall(&self) -> f64 {
        f64::from(self.found) / f64::from(self.incidents.max(1))
    }

    pub(crate) fn false_per_week(&self) -> f64 {
        f64::from(self.false_spikes) / self.key_weeks()
    }

    pub(crate) fn delay(&self) -> f64 {
        self.delay / f64::from(self.found.max(1))
    }

    pub(crate) fn overlap(&self) -> f64 {
        self.overlap / f64::from(self.found.max(1))
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "precision {:.4}  recall {:.3}  false spikes {} ({:.5} a key and week)  delay {:.2}  IoU {:.2}  ({} of {} incidents, {:.0} key-weeks, false by family {:?})",
            self.precision(),
            self.recall(),
            self.false_spikes,
            self.false_per_week(),
            self.delay(),
            self.overlap(),
            self.found,
            self.incidents,
            self.key_weeks(),
            self.false_by_family,
        )
    }
}
