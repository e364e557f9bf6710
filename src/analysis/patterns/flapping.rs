//! An account that is switched off and on in turn, as if two sources disagreed about it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::{iter, slice};

use super::{ByApp, Found, Lasts, MOST, Pattern, Sight, Sums, people, rehash, sorted};
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
    /// By place and person.
    accounts: HashMap<(u32, u32), Account, Seeded>,
    switches: Vec<Switch>,
    /// The newest turn of each account that may flap.
    examples: Vec<Evidence>,
    /// What there was no room for.
    beyond: u64,
}

/// Small, since there are many and each switch looks for its own.
#[derive(Clone, Copy)]
struct Account {
    /// The place of the switch that was seen last.
    last: u32,
    /// How many were seen.
    count: u16,
    /// The place of its example, or [`NONE`].
    example: u32,
}

/// An account was switched on or off.
#[derive(Clone, Copy)]
struct Switch {
    at: Micros,
    on: bool,
    /// The place of the one that was seen before, or [`NONE`].
    before: u32,
}

const NONE: u32 = u32::MAX;
const UNSEEN: Account = Account { last: NONE, count: 0, example: NONE };

impl Account {
    /// Takes note of a switch; false if there is no room for it.
    fn add(&mut self, switches: &mut Vec<Switch>, at: Micros, on: bool) -> bool {
        let place = u32::try_from(switches.len()).unwrap_or(NONE);
        let is_kept = usize::from(self.count) < KEPT && place != NONE;
        if is_kept {
            switches.push(Switch { at, on, before: self.last });
            self.last = place;
            self.count += 1;
        }
        is_kept
    }

    /// Its switches, the one that was seen last first.
    fn switches<'s>(&self, switches: &'s [Switch]) -> impl Iterator<Item = &'s Switch> {
        let at = |place: u32| switches.get(place as usize);
        iter::successors(at(self.last), move |switch| at(switch.before))
    }

    /// Changes of direction that follow each other closely enough: how many, the first, the last.
    fn turns(&self, switches: &[Switch]) -> Option<(usize, Micros, Micros)> {
        let mut switches: Vec<(Micros, bool)> = self.switches(switches).map(|switch| (switch.at, switch.on)).collect();
        switches.sort_unstable();
        switches.dedup_by_key(|(_, on)| *on);
        let close = |window: &&[(Micros, bool)]| {
            window.first().zip(window.last()).is_some_and(|((first, _), (last, _))| last - first <= WITHIN)
        };
        let turns: BTreeSet<Micros> = switches.windows(TURNS).filter(close).flatten().map(|(at, _)| *at).collect();
        Some((turns.len(), *turns.first()?, *turns.last()?))
    }
}

impl Pattern for Flapping {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        let switches =
            matches!(operation, Operation::Deactivate | Operation::Delete | Operation::Reactivate | Operation::Create);
        switches && outcome == Outcome::Success
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let (Some((person, place)), Some(at)) = (sight.at_the_whole(), sight.row.time) else { return };
        let on = matches!(sight.row.operation, Operation::Reactivate | Operation::Create);
        let room = self.accounts.len() < MOST;
        let account = match self.accounts.entry((place, person)) {
            Entry::Occupied(known) => known.into_mut(),
            // Whoever is new is of no interest before the first time off.
            Entry::Vacant(_) if on => return,
            Entry::Vacant(free) if room => free.insert(UNSEEN),
            Entry::Vacant(_) => {
                self.beyond += 1;
                return;
            }
        };
        // What repeats the switch before is no turn, and no example of one if there is a better one.
        let turns = account.switches(&self.switches).next().is_none_or(|before| before.on != on);
        if !account.add(&mut self.switches, at, on) {
            self.beyond += 1;
        } else if usize::from(account.count) >= TURNS && (turns || account.example == NONE) {
            let example = sight.evidence();
            match self.examples.get_mut(account.example as usize) {
                Some(known) => *known = example,
                None => {
                    account.example = u32::try_from(self.examples.len()).unwrap_or(NONE);
                    self.examples.push(example);
                }
            }
        }
    }

    fn expect(&self, pair: (u32, u32)) -> bool {
        self.accounts.contains_key(&pair)
    }

    fn join(&mut self, roots: &Roots) {
        let switches = &mut self.switches;
        rehash(
            &mut self.accounts,
            |(place, person)| (place, roots.of(person)),
            |account, other| {
                // Behind those of the other one, which are few: of somebody who is found under thousands of
                // numbers, going through all that was put together before would take for ever.
                let mut place = other.last;
                while let Some(switch) = switches.get_mut(place as usize) {
                    place = switch.before;
                    if place == NONE {
                        switch.before = account.last;
                    }
                }
                account.last = other.last;
                account.count = account.count.saturating_add(other.count);
                account.example = account.example.min(other.example);
            },
        );
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, sums: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for ((place, person), account) in sorted(&self.accounts) {
            let app = sums.histories.places.app(place);
            if let Some((turns, first, last)) = account.turns(&self.switches) {
                let example = self.examples.get(account.example as usize).map(slice::from_ref).unwrap_or_default();
                found.add(app, [person], turns as u64, (Some(first), Some(last)), example);
            }
        }
        found.finish(Certainty::Likely, |found| {
            format!("accounts switched off and on in turn: {} times, of {}", found.events, people(found))
        })
    }

    fn lasts(&self) -> Lasts {
        Lasts::WhileSeen
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
