//! An Entra job that fails so often that Entra is about to stop it.
//!
//! Microsoft publishes the limits (learn.microsoft.com, "Application provisioning in quarantine
//! status") and says that they may change: from 5,000 failures on a job is stopped if more than 40%
//! of its changes fail, or more than 40,000 do; failed references, such as a manager who is not
//! there, count only towards a limit of 60,000.

use std::collections::BTreeMap;

use super::{Found, Pattern, Sight, Sums, earlier, is_ended_attempt};
use crate::analysis::people::Roots;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::Micros;

const LOOKED_AT_FROM: u64 = 5_000;
const PERCENT: u64 = 40;
const FAILURES: u64 = 40_000;
const WITH_REFERENCES: u64 = 60_000;
/// Part of a limit, in percent, from which on it is near.
const NEAR: u64 = 60;

#[derive(Default)]
pub(super) struct QuarantineForecast {
    jobs: BTreeMap<u32, Job>,
}

#[derive(Default)]
struct Job {
    attempts: u64,
    failures: u64,
    /// Those of them that are failed references.
    references: u64,
    first: Option<Micros>,
    last: Option<Micros>,
}

impl Job {
    /// Failures that count towards the share and the lower limit.
    fn own(&self) -> u64 {
        self.failures - self.references
    }

    fn percent(&self) -> u64 {
        self.own() * 100 / self.attempts.max(1)
    }

    fn is_near(&self) -> bool {
        let near = |count: u64, limit: u64| count * 100 >= limit * NEAR;
        near(self.own(), LOOKED_AT_FROM) && self.percent() > PERCENT
            || near(self.own(), FAILURES)
            || near(self.failures, WITH_REFERENCES)
    }
}

impl Pattern for QuarantineForecast {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        is_ended_attempt(operation, outcome)
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let Some(app) = sight.app.filter(|_| sight.row.provider == "entra") else { return };
        let job = self.jobs.entry(app).or_default();
        job.attempts += 1;
        if sight.succeeded() {
            return;
        }
        job.failures += 1;
        let code = sight.detail.and_then(|detail| detail.code.as_deref());
        job.references += u64::from(code.is_some_and(|code| code.contains("ReferenceAttribute")));
        job.first = earlier(job.first, sight.row.time);
        job.last = job.last.max(sight.row.time);
    }

    fn join(&mut self, _: &Roots) {}

    fn find(&self, sums: &Sums<'_>) -> Vec<Found> {
        let near = self.jobs.iter().filter(|(_, job)| job.is_near());
        near.map(|(app, job)| Found {
            app: Some(*app),
            people: sums.apps.failed(*app).into_iter().map(|person| (person, job.first)).collect(),
            events: job.failures,
            first: job.first,
            last: job.last,
            certainty: Certainty::Likely,
            what: format!(
                "{} of {} changes failed ({}%). Entra looks at a job from {LOOKED_AT_FROM} failures on and stops it above {PERCENT}% or {FAILURES}; failed references count towards {WITH_REFERENCES} only ({} of these are such)",
                job.failures,
                job.attempts,
                job.percent(),
                job.references
            ),
            examples: Vec::new(),
        })
        .collect()
    }
}
