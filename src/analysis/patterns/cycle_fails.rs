//! A synchronisation cycle in which nearly every change failed: one cause for all, not many people
//! with a problem each.

use std::collections::{BTreeMap, BTreeSet};

use super::{ByApp, EXAMPLES, Found, LONGEST_ID, Lasts, MOST, Pattern, Sight, Sums, is_ended_attempt, people};
use crate::analysis::Evidence;
use crate::analysis::people::Roots;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::start;
use crate::text::time::{HOUR, Micros};

/// Fewer failures, or of fewer people, may be chance.
const LEAST_FAILURES: u64 = 20;
const LEAST_PEOPLE: usize = 10;
/// Nearly every one: one success for so many failures is let pass.
const FAILURES_A_SUCCESS: u64 = 19;

#[derive(Clone, Default)]
pub(super) struct CycleFails {
    /// By application and cycle.
    cycles: BTreeMap<(u32, String), Cycle>,
    /// Changes that succeeded, by application and hour: what succeeds does not say in which cycle.
    successes: BTreeMap<(u32, Micros), u64>,
    /// There were too many to count them all, so nothing can be said of any cycle.
    uncounted: bool,
    /// People that are kept, of all cycles.
    kept: usize,
    /// What there was no room for.
    beyond: u64,
}

#[derive(Clone, Default)]
struct Cycle {
    failures: u64,
    people: BTreeSet<u32>,
    first: Option<Micros>,
    last: Option<Micros>,
    examples: Vec<Evidence>,
}

impl CycleFails {
    /// Whether as much has worked after the last of such cycles as proves one, and more than has failed.
    fn has_ended(&self, found: &Found) -> bool {
        let Some((app, last)) = found.app.zip(found.last) else { return false };
        let later = (app, last.div_euclid(HOUR) + 1)..=(app, Micros::MAX);
        let worked: u64 = self.successes.range(later).map(|(_, count)| count).sum();
        let cycles = self.cycles.range((app, String::new())..).take_while(|((other, _), _)| *other == app);
        let failed: u64 = cycles.filter(|(_, cycle)| cycle.first > Some(last)).map(|(_, cycle)| cycle.failures).sum();
        worked >= LEAST_FAILURES && worked > failed
    }
}

impl Pattern for CycleFails {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        is_ended_attempt(operation, outcome)
    }

    fn see(&mut self, sight: &Sight<'_>) {
        if !sight.row.provider.works_in_cycles() {
            return;
        }
        let (Some(app), Some(at)) = (sight.app, sight.row.time) else { return };
        if sight.succeeded() {
            let hour = (app, at.div_euclid(HOUR));
            if self.successes.len() < MOST || self.successes.contains_key(&hour) {
                *self.successes.entry(hour).or_default() += 1;
            } else {
                self.uncounted = true;
                self.beyond += 1;
            }
            return;
        }
        let Some(id) = sight.detail.and_then(|detail| detail.ids.get("cycle")) else { return };
        let key = (app, start::of(id, LONGEST_ID).to_owned());
        if self.cycles.len() >= MOST && !self.cycles.contains_key(&key) {
            self.beyond += 1;
            return;
        }
        let cycle = self.cycles.entry(key).or_default();
        cycle.failures += 1;
        match sight.person {
            Some(person) if self.kept < MOST => self.kept += usize::from(cycle.people.insert(person)),
            Some(_) => self.beyond += 1,
            None => {}
        }
        cycle.first = Some(cycle.first.map_or(at, |first| first.min(at)));
        cycle.last = cycle.last.max(Some(at));
        if cycle.examples.len() < EXAMPLES {
            cycle.examples.push(sight.evidence());
        }
    }

    fn join(&mut self, roots: &Roots) {
        for cycle in self.cycles.values_mut() {
            cycle.people = cycle.people.iter().map(|person| roots.of(*person)).collect();
        }
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, _: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for ((app, _), cycle) in self.cycles.iter().filter(|_| !self.uncounted) {
            let Some((first, last)) = cycle.first.zip(cycle.last) else { continue };
            let hours = (*app, first.div_euclid(HOUR))..=(*app, last.div_euclid(HOUR));
            let succeeded: u64 = self.successes.range(hours).map(|(_, count)| count).sum();
            let nearly_all = succeeded * FAILURES_A_SUCCESS <= cycle.failures;
            if cycle.failures >= LEAST_FAILURES && cycle.people.len() >= LEAST_PEOPLE && nearly_all {
                let people = cycle.people.iter().copied();
                found.add(*app, people, cycle.failures, (cycle.first, cycle.last), &cycle.examples);
            }
        }
        let mut found = found.finish(Certainty::Likely, |found| {
            format!("cycles with hardly any success: {} changes failed, of {}", found.events, people(found))
        });
        for found in found.iter_mut().filter(|found| self.has_ended(found)) {
            found.ended = true;
            found.what.push_str("; most changes have worked since");
        }
        found
    }

    fn lasts(&self) -> Lasts {
        Lasts::WithItsPeople
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
