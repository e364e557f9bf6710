//! An Entra job that fails so often that Entra is about to stop it.

use std::collections::BTreeMap;

use super::{Found, Pattern, Sight, Sums, earlier, is_ended_attempt};
use crate::analysis::people::Roots;
use crate::analysis::quarantine::{FAILURES, Job, LOOKED_AT_FROM, PERCENT, WITH_REFERENCES};
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::Micros;

#[derive(Clone, Default)]
pub(super) struct QuarantineForecast {
    jobs: BTreeMap<u32, Watched>,
}

#[derive(Clone, Default)]
struct Watched {
    job: Job,
    first: Option<Micros>,
    last: Option<Micros>,
}

impl Pattern for QuarantineForecast {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        is_ended_attempt(operation, outcome)
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let Some(app) = sight.app.filter(|_| sight.row.provider.works_in_cycles()) else { return };
        let watched = self.jobs.entry(app).or_default();
        watched.job.add(sight.row);
        if !sight.succeeded() {
            watched.first = earlier(watched.first, sight.row.time);
            watched.last = watched.last.max(sight.row.time);
        }
    }

    fn join(&mut self, _: &Roots) {}

    fn find(&self, sums: &Sums<'_>) -> Vec<Found> {
        let near = self.jobs.iter().filter(|(_, watched)| watched.job.is_near());
        near.map(|(app, Watched { job, first, last })| Found {
            app: Some(*app),
            people: sums.apps.failed(*app).into_iter().map(|person| (person, *first)).collect(),
            events: job.failures,
            first: *first,
            last: *last,
            ended: false,
                certainty: Certainty::Likely,
            what: format!(
                "{} of {} changes failed ({}%). Entra looks at a job from {LOOKED_AT_FROM} failures on and stops it above {PERCENT}% or {FAILURES}; failed references count towards {WITH_REFERENCES} only ({} of these are such)",
                job.failures,
                job.attempts,
                job.percent(),
                job.references
            ),
            mention: None,
            examples: Vec::new(),
        })
        .collect()
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
