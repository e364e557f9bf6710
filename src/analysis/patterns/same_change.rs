//! The same person is updated again and again, always with success: the change never takes effect.
//!
//! The log of a success does not say what was changed, so this is for applications where it is known
//! to happen; a rule names them.

use std::collections::{BTreeMap, HashMap};

use super::{ByApp, Found, Lasts, MOST, Pattern, Sight, Sums, people, rehash, sorted};
use crate::analysis::people::Roots;
use crate::analysis::{Evidence, Seeded};
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::{DAY, Micros};

const LEAST_UPDATES: u64 = 8;
/// Over at least so long: a person whose data change is updated a few times in a row.
const AT_LEAST: Micros = 2 * DAY;

#[derive(Clone, Default)]
pub(super) struct SameChange {
    accounts: HashMap<(u32, u32), Updates, Seeded>,
    /// The first update of each account.
    examples: Vec<Evidence>,
    /// What there was no room for.
    beyond: u64,
}

#[derive(Clone)]
struct Updates {
    count: u64,
    first: Micros,
    last: Micros,
    /// The place of its example.
    example: usize,
}

impl Updates {
    /// Whether these are many more than others have.
    fn stand_out(&self, usual: u64) -> bool {
        usual < LEAST_UPDATES / 2 || self.count >= usual * 4
    }
}

impl Pattern for SameChange {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        operation == Operation::Update && outcome == Outcome::Success
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let (Some((person, app)), Some(at)) = (sight.pair(), sight.row.time) else { return };
        if self.accounts.len() >= MOST && !self.accounts.contains_key(&(app, person)) {
            self.beyond += 1;
            return;
        }
        let examples = &mut self.examples;
        let updates = self.accounts.entry((app, person)).or_insert_with(|| {
            examples.push(sight.evidence());
            Updates { count: 0, first: at, last: at, example: examples.len() - 1 }
        });
        updates.count += 1;
        updates.first = updates.first.min(at);
        updates.last = updates.last.max(at);
    }

    fn join(&mut self, roots: &Roots) {
        rehash(
            &mut self.accounts,
            |(app, person)| (app, roots.of(person)),
            |updates, other| {
                updates.count += other.count;
                updates.first = updates.first.min(other.first);
                updates.last = updates.last.max(other.last);
            },
        );
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, _: &Sums<'_>) -> Vec<Found> {
        // Where everybody is updated often, it means nothing that somebody is.
        let mut counts: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for ((app, _), updates) in &self.accounts {
            counts.entry(*app).or_default().push(updates.count);
        }
        let usual = |app: &u32| {
            let mut counts = counts.get(app).cloned().unwrap_or_default();
            counts.sort_unstable();
            counts.get(counts.len() / 2).copied().unwrap_or_default()
        };
        let usual: BTreeMap<u32, u64> = counts.keys().map(|app| (*app, usual(app))).collect();
        let mut found = ByApp::default();
        for ((app, person), updates) in sorted(&self.accounts) {
            let stands_out = updates.stand_out(usual.get(&app).copied().unwrap_or_default());
            if updates.count >= LEAST_UPDATES && updates.last - updates.first >= AT_LEAST && stands_out {
                let times = (Some(updates.first), Some(updates.last));
                let example = self.examples.get(updates.example..=updates.example).unwrap_or_default();
                found.add(app, [person], updates.count, times, example);
            }
        }
        found.finish(Certainty::Guess, |found| {
            format!("{} updates that all succeeded, of {}", found.events, people(found))
        })
    }

    fn lasts(&self) -> Lasts {
        Lasts::WhileSeen
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
