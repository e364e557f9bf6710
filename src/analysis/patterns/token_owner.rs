//! Every call is refused since somebody was switched off: perhaps the token was theirs.
//!
//! No log names the owner of a token. What shows is the order: the last change that the app took was
//! to switch an account off, and all calls after it were refused as unauthorised.

use std::collections::{BTreeMap, BTreeSet};

use super::{EXAMPLES, Found, MOST, Pattern, Sight, Sums, is_ended_attempt};
use crate::analysis::people::Roots;
use crate::analysis::{Evidence, Mention};
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::Micros;

const LEAST_REFUSED: usize = 5;
const UNAUTHORISED: u16 = 401;

#[derive(Clone, Default)]
pub(super) struct TokenOwner {
    apps: BTreeMap<u32, Calls>,
    /// Refused calls that are kept, of all of them.
    kept: usize,
    /// What there was no room for.
    beyond: u64,
}

#[derive(Clone, Default)]
struct Calls {
    /// The newest change that the app took: when, what, and of whom.
    taken: Option<(Micros, Operation, Option<u32>)>,
    /// Refused calls: when, and of whom.
    refused: Vec<(Micros, Option<u32>)>,
    examples: Vec<Evidence>,
    /// The newest failure of another kind.
    other: Option<Micros>,
}

impl Pattern for TokenOwner {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        is_ended_attempt(operation, outcome)
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let (Some(app), Some(at)) = (sight.app, sight.row.time) else { return };
        let calls = self.apps.entry(app).or_default();
        if sight.succeeded() {
            if calls.taken.is_none_or(|(newest, ..)| at >= newest) {
                calls.taken = Some((at, sight.row.operation, sight.person));
                calls.examples.clear();
            }
        } else if sight.status() == Some(UNAUTHORISED) {
            if self.kept < MOST {
                self.kept += 1;
                calls.refused.push((at, sight.person));
            } else {
                self.beyond += 1;
            }
            if calls.examples.len() < EXAMPLES {
                calls.examples.push(sight.evidence());
            }
        } else {
            calls.other = calls.other.max(Some(at));
        }
    }

    fn join(&mut self, roots: &Roots) {
        for calls in self.apps.values_mut() {
            let owner = calls.taken.as_mut().map(|(_, _, person)| person);
            let people = calls.refused.iter_mut().map(|(_, person)| person).chain(owner);
            people.flatten().for_each(|person| *person = roots.of(*person));
        }
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, sums: &Sums<'_>) -> Vec<Found> {
        let each = self.apps.iter().filter_map(|(app, calls)| {
            let (taken, operation, owner) = calls.taken?;
            let owner = owner.filter(|_| matches!(operation, Operation::Deactivate | Operation::Delete))?;
            let since: Vec<_> = calls.refused.iter().filter(|(at, _)| *at > taken).collect();
            let (first, last) = (since.iter().map(|(at, _)| *at).min()?, since.iter().map(|(at, _)| *at).max()?);
            if since.len() < LEAST_REFUSED || calls.other > Some(taken) {
                return None;
            }
            let people: BTreeSet<u32> = since.iter().filter_map(|(_, person)| *person).collect();
            let who = sums.people.of(owner);
            let before = "the last change that worked switched off ";
            Some(Found {
                app: Some(*app),
                people: people.into_iter().map(|person| (person, Some(first))).collect(),
                events: since.len() as u64,
                first: Some(first),
                last: Some(last),
                ended: false,
                certainty: Certainty::Guess,
                what: format!(
                    "{before}{}; each of the {} calls since was refused (401). Perhaps the token was theirs",
                    who.label,
                    since.len()
                ),
                mention: Some(Mention { at: before.len()..before.len() + who.label.len(), who }),
                examples: calls.examples.clone(),
            })
        });
        each.collect()
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
