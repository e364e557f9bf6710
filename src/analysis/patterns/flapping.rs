//! An account that is switched off and on in turn, as if two sources disagreed about it.

use std::collections::HashMap;

use super::{ByApp, Found, MOST, Pattern, Sight, Sums, people, rehash, sorted};
use crate::analysis::people::Roots;
use crate::analysis::{Evidence, Seeded};
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::{DAY, Micros};

/// Off, on, off, on.
const TURNS: usize = 4;
/// Within so long; somebody who comes back once a year does not flap.
const WITHIN: Micros = 14 * DAY;
/// Switches that are kept of one account.
const KEPT: usize = 16;

#[derive(Clone, Default)]
pub(super) struct Flapping {
    accounts: HashMap<(u32, u32), Account, Seeded>,
    /// What there was no room for.
    beyond: u64,
}

#[derive(Clone, Default)]
struct Account {
    /// When it was switched, and whether on.
    switches: Vec<(Micros, bool)>,
    newest: Option<Evidence>,
}

impl Account {
    /// Changes of direction that follow each other closely enough: how many, the first, the last.
    fn turns(&self) -> Option<(usize, Micros, Micros)> {
        let mut switches = self.switches.clone();
        switches.sort_unstable();
        switches.dedup_by_key(|(_, on)| *on);
        let close = |window: &&[(Micros, bool)]| {
            window.first().zip(window.last()).is_some_and(|((first, _), (last, _))| last - first <= WITHIN)
        };
        let _ = switches.windows(TURNS).find(close)?;
        Some((switches.len(), switches.first()?.0, switches.last()?.0))
    }
}

impl Pattern for Flapping {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        let switches =
            matches!(operation, Operation::Deactivate | Operation::Delete | Operation::Reactivate | Operation::Create);
        switches && outcome == Outcome::Success
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let (Some((person, app)), Some(at)) = (sight.pair(), sight.row.time) else { return };
        let on = matches!(sight.row.operation, Operation::Reactivate | Operation::Create);
        // Whoever is new is of no interest before the first time off.
        let known = self.accounts.contains_key(&(app, person));
        if !known && on {
            return;
        }
        if !known && self.accounts.len() >= MOST {
            self.beyond += 1;
            return;
        }
        let account = self.accounts.entry((app, person)).or_default();
        if account.switches.len() >= KEPT {
            self.beyond += 1;
            return;
        }
        // What repeats the switch before is no turn, and no example of one if there is a better one.
        let turns = account.switches.last().is_none_or(|(_, before)| *before != on);
        account.switches.push((at, on));
        if account.switches.len() >= TURNS && (turns || account.newest.is_none()) {
            account.newest = Some(sight.evidence());
        }
    }

    fn join(&mut self, roots: &Roots) {
        rehash(
            &mut self.accounts,
            |(app, person)| (app, roots.of(person)),
            |account, other| {
                account.switches.extend(other.switches);
                account.newest = account.newest.take().or(other.newest);
            },
        );
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, _: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for ((app, person), account) in sorted(&self.accounts) {
            if let Some((turns, first, last)) = account.turns() {
                found.add(app, [person], turns as u64, (Some(first), Some(last)), account.newest.as_slice());
            }
        }
        found.finish(Certainty::Likely, |found| {
            format!("accounts switched off and on in turn: {} times, of {}", found.events, people(found))
        })
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
