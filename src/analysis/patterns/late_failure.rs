//! A directory took a change, and half a minute later Okta still says that the sync failed, without
//! a reason: setting the password took too long, since its port is closed.

use super::{ByApp, Found, Lasts, MOST_FAILURES, Pattern, Sight, Sums, counted, people};
use crate::analysis::Evidence;
use crate::analysis::outcome::Effect;
use crate::analysis::people::Roots;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::{Micros, SECOND};

/// Okta waits thirty seconds for the agent.
const LATE: std::ops::RangeInclusive<Micros> = 20 * SECOND..=50 * SECOND;
const EVENT: &str = "application.provision.user.sync";

#[derive(Clone, Default)]
pub(super) struct LateFailure {
    /// Where, whose, when.
    failed: Vec<(u32, u32, Micros, Evidence)>,
    /// What there was no room for.
    beyond: u64,
}

impl Pattern for LateFailure {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        Effect::of(operation).is_attempt() && outcome == Outcome::Failure
    }

    /// Looks at what was added before, so the write must stand before the failure, as it does in
    /// every export that is in order of time.
    fn see(&mut self, sight: &Sight<'_>) {
        let (Some((person, app)), Some(at), Some(detail)) = (sight.pair(), sight.row.time, sight.detail) else {
            return;
        };
        if detail.event_type.as_deref() != Some(EVENT) || detail.remote.is_some() || detail.http_status.is_some() {
            return;
        }
        let before = sight.at_the_whole().and_then(|pair| sight.histories.newest_success(pair));
        if !before.is_some_and(|before| LATE.contains(&(at - before))) {
            return;
        }
        if self.failed.len() < MOST_FAILURES {
            self.failed.push((app, person, at, sight.evidence()));
        } else {
            self.beyond += 1;
        }
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn join(&mut self, roots: &Roots) {
        self.failed.iter_mut().for_each(|(_, person, ..)| *person = roots.of(*person));
    }

    fn find(&self, _: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for (app, person, at, evidence) in &self.failed {
            found.add(*app, [*person], 1, (Some(*at), Some(*at)), std::slice::from_ref(evidence));
        }
        found.finish(Certainty::Guess, |found| {
            format!(
                "{} failed without a reason about half a minute after the directory had taken the change, of {}",
                counted(found.events, "sync", "syncs"),
                people(found)
            )
        })
    }

    fn lasts(&self) -> Lasts {
        Lasts::WithItsPeople
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
