//! Somebody lost the assignment to an app, or left, and the account there was never switched off.
//!
//! Who that is, `analysis::leavers` says; here are the events that show it.

use std::collections::BTreeMap;

use super::{ByApp, Found, MOST, Pattern, Sight, Sums, people, rekey};
use crate::analysis::Evidence;
use crate::analysis::leavers::is_of_directory;
use crate::analysis::outcome::{DIRECTORY, Effect};
use crate::analysis::people::Roots;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::Micros;

#[derive(Clone, Default)]
pub(super) struct NotDeprovisioned {
    /// The newest loss of an assignment, or of the account in the directory, by application and
    /// person.
    losses: BTreeMap<(u32, u32), (Micros, Evidence)>,
    /// What there was no room for.
    beyond: u64,
}

impl Pattern for NotDeprovisioned {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        matches!(Effect::of(operation), Effect::Remove | Effect::Unassign) && outcome == Outcome::Success
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let (Some(person), Some(at)) = (sight.person, sight.row.time) else { return };
        let app = match (sight.app, Effect::of(sight.row.operation)) {
            (Some(app), Effect::Unassign) => app,
            (None, Effect::Remove) if is_of_directory(sight.row) => DIRECTORY,
            _ => return,
        };
        let known = self.losses.get(&(app, person));
        let is_newer = known.is_none_or(|(newest, _)| at >= *newest);
        if known.is_none() && self.losses.len() >= MOST {
            self.beyond += 1;
        } else if is_newer {
            self.losses.insert((app, person), (at, sight.evidence()));
        }
    }

    fn join(&mut self, roots: &Roots) {
        rekey(
            &mut self.losses,
            |(app, person)| (app, roots.of(person)),
            |loss, other| {
                if other.0 > loss.0 {
                    *loss = other;
                }
            },
        );
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, sums: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for never in &sums.left.never_tried {
            let (person, app) = (never.pair.0, sums.histories.places.app(never.pair.1));
            // What is not among them, another identity provider's log shows.
            let loss = self.losses.get(&(app, person)).or_else(|| self.losses.get(&(DIRECTORY, person)));
            let Some((_, evidence)) = loss else { continue };
            let since = (Some(never.since), Some(never.since));
            found.add(app, [person], 1, since, std::slice::from_ref(evidence));
        }
        found.finish(Certainty::Likely, |found| {
            format!(
                "{} lost the assignment, or left, two hours before the end of the log or earlier, and nothing in it says that the account was switched off",
                people(found)
            )
        })
    }

    fn describes_never_tried(&self) -> bool {
        true
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
