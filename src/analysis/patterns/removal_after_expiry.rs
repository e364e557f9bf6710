//! A member could not be removed from a group of the app because a time-limited assignment had
//! ended before: nothing was left to remove.

use std::collections::BTreeMap;

use super::{ByApp, Found, Lasts, MOST, MOST_FAILURES, Pattern, Sight, Sums, counted, people, rekey};
use crate::analysis::Evidence;
use crate::analysis::people::Roots;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::{HOUR, Micros};

/// How long after the end of an assignment the removal at the app is tried.
const SOON: Micros = 2 * HOUR;
/// Ends of assignments that are kept of one person.
const ENDS: usize = 32;

#[derive(Clone, Default)]
pub(super) struct RemovalAfterExpiry {
    /// When somebody lost a membership in the directory itself.
    ended: BTreeMap<u32, Vec<Micros>>,
    /// Removals that failed at an app: where, whose, when.
    failed: Vec<(u32, u32, Micros, Evidence)>,
    /// What there was no room for.
    beyond: u64,
}

impl Pattern for RemovalAfterExpiry {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Success => matches!(operation, Operation::MembershipRemove | Operation::AssignmentRemove),
            Outcome::Failure => operation == Operation::MembershipRemove,
            _ => false,
        }
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let (Some(person), Some(at)) = (sight.person, sight.row.time) else { return };
        match (sight.app, sight.succeeded()) {
            (None, true) if self.ended.len() < MOST || self.ended.contains_key(&person) => {
                let ends = self.ended.entry(person).or_default();
                if ends.len() < ENDS {
                    ends.push(at);
                } else {
                    self.beyond += 1;
                }
            }
            (Some(app), false) if self.failed.len() < MOST_FAILURES => {
                self.failed.push((app, person, at, sight.evidence()));
            }
            (None, true) | (Some(_), false) => self.beyond += 1,
            (Some(_), true) | (None, false) => {}
        }
    }

    fn join(&mut self, roots: &Roots) {
        rekey(&mut self.ended, |person| roots.of(person), |ends, others| ends.extend(others));
        self.failed.iter_mut().for_each(|(_, person, ..)| *person = roots.of(*person));
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, _: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for (app, person, at, evidence) in &self.failed {
            let ends = self.ended.get(person).map(Vec::as_slice).unwrap_or_default();
            if ends.iter().any(|end| (0..=SOON).contains(&(at - end))) {
                found.add(*app, [*person], 1, (Some(*at), Some(*at)), std::slice::from_ref(evidence));
            }
        }
        found.finish(Certainty::Likely, |found| {
            format!(
                "{} failed soon after the directory itself had taken the membership away, of {}",
                counted(found.events, "removal", "removals"),
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
