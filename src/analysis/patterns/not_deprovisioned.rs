//! Somebody lost the assignment to an app, and the account there was never switched off.

use std::collections::BTreeMap;

use super::{ByApp, Found, MOST, Pattern, Sight, Sums, people};
use crate::analysis::Evidence;
use crate::analysis::outcome::{Effect, Standing};
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::{DAY, Micros};

#[derive(Default)]
pub(super) struct NotDeprovisioned {
    /// By application and person, of those who lost an assignment.
    assignments: BTreeMap<(u32, u32), Assignment>,
}

#[derive(Default)]
struct Assignment {
    removed: Option<(Micros, Evidence)>,
    given: Option<Micros>,
}

impl Pattern for NotDeprovisioned {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        matches!(operation, Operation::AssignmentRemove | Operation::AssignmentAdd) && outcome == Outcome::Success
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let (Some((person, app)), Some(at)) = (sight.pair(), sight.row.time) else { return };
        let key = (app, person);
        if sight.row.operation == Operation::AssignmentAdd {
            if let Some(assignment) = self.assignments.get_mut(&key) {
                assignment.given = assignment.given.max(Some(at));
            }
            return;
        }
        if self.assignments.len() >= MOST && !self.assignments.contains_key(&key) {
            return;
        }
        let assignment = self.assignments.entry(key).or_default();
        if assignment.removed.as_ref().is_none_or(|(newest, _)| at >= *newest) {
            assignment.removed = Some((at, sight.evidence()));
        }
    }

    fn find(&self, sums: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for ((app, person), assignment) in &self.assignments {
            let Some((removed, evidence)) = &assignment.removed else { continue };
            let pair = (*person, *app);
            // A day is given to it; and what is not provisioned at all is not meant.
            let too_early = sums.last.is_none_or(|last| last - removed < DAY);
            let is_provisioned = sums.apps.get(Some(*app)).is_some_and(|sum| sum.health.attempts > 0);
            let is_back = assignment.given > Some(*removed);
            // The account may be switched off a moment before the assignment goes.
            let off = sums.histories.succeeded_after(pair, Effect::Remove, removed - DAY);
            // What failed is an issue of its own, with its reason.
            let failed = sums.histories.has_failed(pair, Effect::Remove);
            if !too_early && is_provisioned && !is_back && !off && !failed {
                found.add(*app, [*person], 1, (Some(*removed), Some(*removed)), std::slice::from_ref(evidence));
            }
        }
        found.finish(Certainty::Likely, |found| {
            format!(
                "{} lost the assignment a day ago or more, and nothing in the log says that the account was switched off",
                people(found)
            )
        })
    }

    fn standing(&self) -> Option<Standing> {
        Some(Standing::AccessNotRemoved)
    }
}
