//! How far an Entra job is from quarantine, in which Entra stops it.
//!
//! Microsoft publishes the limits (learn.microsoft.com, "Application provisioning in quarantine
//! status") and says that they may change: from 5,000 failures on a job is stopped if more than 40%
//! of its changes fail, or more than 40,000 do; failed references, such as a manager who is not
//! there, count only towards a limit of 60,000.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Apps, Row};
use crate::event::Outcome;

/// Failures from which on Entra looks at a job.
pub const LOOKED_AT_FROM: u64 = 5_000;
/// Percent of changes that may fail.
pub const PERCENT: u64 = 40;
/// Failures above which a job is stopped whatever the share, failed references left out.
pub const FAILURES: u64 = 40_000;
/// The same with failed references.
pub const WITH_REFERENCES: u64 = 60_000;
/// Part of the way, in percent, from which on it is near.
const NEAR: u64 = 60;

/// What Entra counts of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Job {
    pub attempts: u64,
    pub failures: u64,
    /// Those of them that are failed references.
    pub references: u64,
}

impl Job {
    pub(super) fn add(&mut self, row: &Row<'_>) {
        self.attempts += 1;
        if row.outcome == Outcome::Failure {
            self.failures += 1;
            let code = row.detail.as_ref().and_then(|detail| detail.code.as_deref());
            self.references += u64::from(code.is_some_and(|code| code.contains("ReferenceAttribute")));
        }
    }

    /// Failures that count towards the share and the lower limit.
    pub fn own(&self) -> u64 {
        self.failures - self.references
    }

    /// How many of a hundred changes failed, failed references left out.
    pub fn percent(&self) -> u64 {
        self.own() * 100 / self.attempts.max(1)
    }

    /// How much of the way to quarantine is gone, in percent.
    pub fn way(&self) -> u64 {
        let gone = |count: u64, limit: u64| (count * 100 / limit).min(100);
        let by_share = gone(self.own(), LOOKED_AT_FROM).min(gone(self.percent(), PERCENT));
        by_share.max(gone(self.own(), FAILURES)).max(gone(self.failures, WITH_REFERENCES))
    }

    /// Whether Entra is about to stop it.
    pub fn is_near(&self) -> bool {
        let near = |count: u64, limit: u64| count * 100 >= limit * NEAR;
        near(self.own(), LOOKED_AT_FROM) && self.percent() > PERCENT
            || near(self.own(), FAILURES)
            || near(self.failures, WITH_REFERENCES)
    }
}

/// How far the job of an application is from quarantine.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Distance {
    pub app: Arc<str>,
    pub job: Job,
}

/// All jobs of Entra, by the number of their application.
#[derive(Clone, Default)]
pub(super) struct Jobs(BTreeMap<u32, Job>);

impl Jobs {
    pub(super) fn see(&mut self, row: &Row<'_>, app: Option<u32>) {
        if let Some(app) = app
            .filter(|_| row.provider.works_in_cycles() && super::patterns::is_ended_attempt(row.operation, row.outcome))
        {
            self.0.entry(app).or_default().add(row);
        }
    }

    /// Those of which something failed, the nearest to quarantine first.
    pub(super) fn distances(self, apps: &Apps) -> Vec<Distance> {
        let failing = self.0.into_iter().filter(|(_, job)| job.failures > 0);
        let mut distances: Vec<Distance> = failing
            .filter_map(|(app, job)| Some(Distance { app: apps.get(Some(app))?.health.name.clone(), job }))
            .collect();
        distances.sort_by(|a, b| {
            (b.job.way(), b.job.failures).cmp(&(a.job.way(), a.job.failures)).then_with(|| a.app.cmp(&b.app))
        });
        distances
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_quarantine_is_the_nearest_of_its_limits() {
        let way = |attempts, failures, references| {
            let job = Job { attempts, failures, references };
            (job.way(), job.is_near())
        };
        assert_eq!(way(100, 60, 0), (1, false), "few failures, whatever the share");
        assert_eq!(way(5_000, 3_000, 0), (60, true));
        assert_eq!(way(100_000, 5_000, 0), (12, false), "5% of what may fail");
        assert_eq!(way(1_000_000, 30_000, 0), (75, true));
        assert_eq!(way(40_000, 30_000, 30_000), (50, false), "failed references count towards the last limit only");
        assert_eq!(way(50_000, 50_000, 0), (100, true));
    }
}
