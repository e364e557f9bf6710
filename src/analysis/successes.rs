//! When changes last succeeded, for each person at each application.
//!
//! Most pairs of them see one kind of change only, so that one stands in the table itself; a table of
//! all kinds would be three times as large and wait for memory with every row.

use std::collections::HashMap;

use super::Seeded;
use super::outcome::{EFFECTS, Effect, NEVER, Pair};
use super::people::Roots;
use crate::text::time::Micros;

const NOT_YET: Micros = Micros::MAX;

/// When changes succeeded.
#[derive(Clone, Copy)]
pub(super) struct Times {
    /// The newest of each effect; [`NEVER`] where there is none.
    newest: [Micros; EFFECTS],
    /// The first that shows an account, and the first that took access away; later than anything where
    /// there is none.
    pub(super) there: Micros,
    pub(super) removed: Micros,
}

const NONE: Times = Times { newest: [NEVER; EFFECTS], there: NOT_YET, removed: NOT_YET };

impl Times {
    /// The newest success of this effect; [`NEVER`] if there is none.
    pub(super) fn newest(&self, effect: Effect) -> Micros {
        self.newest.get(effect as usize).copied().unwrap_or(NEVER)
    }

    /// The newest change that succeeded, whatever it was for.
    pub(super) fn newest_of_all(&self) -> Micros {
        let nothing = [Effect::Lookup, Effect::Equal, Effect::Unwanted].map(|effect| effect as usize);
        let changes = self.newest.iter().enumerate().filter(|(effect, _)| !nothing.contains(effect));
        changes.map(|(_, at)| *at).max().unwrap_or(NEVER)
    }

    /// Adds successes of one effect, of which the first and the newest are known.
    fn add(&mut self, effect: Effect, first: Micros, newest: Micros) {
        if let Some(known) = self.newest.get_mut(effect as usize) {
            *known = newest.max(*known);
        }
        match effect {
            Effect::Grant | Effect::Change | Effect::Password | Effect::Rights | Effect::Import => {
                self.there = first.min(self.there)
            }
            Effect::Remove => self.removed = first.min(self.removed),
            Effect::Enter
            | Effect::Lookup
            | Effect::Read
            | Effect::Assign
            | Effect::Unassign
            | Effect::Equal
            | Effect::Unwanted
            | Effect::Context => {}
        }
    }

    fn join(&mut self, other: &Times) {
        self.newest.iter_mut().zip(other.newest).for_each(|(newest, at)| *newest = at.max(*newest));
        self.there = other.there.min(self.there);
        self.removed = other.removed.min(self.removed);
    }
}

/// What is known of one pair.
#[derive(Clone, Copy)]
struct Known {
    /// When changes of the effect that was seen first succeeded.
    first: Micros,
    newest: Micros,
    effect: Effect,
    /// The place of the times in `several`, once there is another effect; what stands here no longer
    /// counts then.
    several: Option<u32>,
}

impl Known {
    fn alone(self) -> Times {
        let mut times = NONE;
        times.add(self.effect, self.first, self.newest);
        times
    }
}

/// The newest successes of each person at each application.
#[derive(Clone, Default)]
pub(super) struct Successes {
    pairs: HashMap<Pair, Known, Seeded>,
    several: Vec<Times>,
    /// Places in it that are looked up ahead.
    expected: Vec<u32>,
}

impl Successes {
    pub(super) fn add(&mut self, pair: Pair, effect: Effect, at: Micros) {
        let new = Known { first: at, newest: at, effect, several: None };
        let known = self.pairs.entry(pair).or_insert(new);
        match known.several {
            Some(place) => {
                if let Some(times) = self.several.get_mut(place as usize) {
                    times.add(effect, at, at);
                }
            }
            None if known.effect == effect => {
                known.first = at.min(known.first);
                known.newest = at.max(known.newest);
            }
            None => {
                let mut times = known.alone();
                times.add(effect, at, at);
                known.several = u32::try_from(self.several.len()).ok();
                self.several.push(times);
            }
        }
    }

    pub(super) fn get(&self, pair: Pair) -> Option<Times> {
        let known = self.pairs.get(&pair)?;
        match known.several {
            Some(place) => self.several.get(place as usize).copied(),
            None => Some(known.alone()),
        }
    }

    /// Looks up some pairs, so that they are near when they are asked for; says how many have lost access.
    pub(super) fn expect(&mut self, pairs: impl Iterator<Item = Pair>) -> usize {
        let mut places = std::mem::take(&mut self.expected);
        places.clear();
        places.extend(pairs.filter_map(|pair| self.pairs.get(&pair)?.several));
        let times = places.iter().filter_map(|place| self.several.get(*place as usize));
        let lost = times.filter(|times| times.removed != NOT_YET).count();
        self.expected = places;
        lost
    }

    /// Puts together what belongs to one person.
    pub(super) fn join(&mut self, roots: &Roots) {
        let root = |(person, app): Pair| (roots.of(person), app);
        let moved: Vec<Pair> = self.pairs.keys().filter(|pair| root(**pair) != **pair).copied().collect();
        for pair in moved {
            let Some(times) = self.get(pair) else { continue };
            let Some(known) = self.pairs.remove(&pair) else { continue };
            let joined = self.get(root(pair)).map_or(times, |mut joined| {
                joined.join(&times);
                joined
            });
            let several = u32::try_from(self.several.len()).ok();
            self.several.push(joined);
            self.pairs.insert(root(pair), Known { several, ..known });
        }
    }

    /// Everybody for whom something succeeded, in no order.
    pub(super) fn pairs(&self) -> impl Iterator<Item = Pair> {
        self.pairs.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever comes in whatever order, a table of everything says the same.
    #[test]
    fn one_effect_or_several_are_kept_alike() {
        const ALL: [Effect; EFFECTS] = [
            Effect::Grant,
            Effect::Remove,
            Effect::Change,
            Effect::Password,
            Effect::Rights,
            Effect::Lookup,
            Effect::Import,
            Effect::Read,
            Effect::Assign,
            Effect::Unassign,
            Effect::Equal,
            Effect::Unwanted,
            Effect::Context,
            Effect::Enter,
        ];
        let row = (0u32..3, 0usize..EFFECTS, 0i64..20);
        proptest::proptest!(|(rows in proptest::collection::vec(row, 0..30))| {
            let (mut kept, mut whole) = (Successes::default(), HashMap::new());
            for (person, effect, at) in rows {
                kept.add((person, 7), ALL[effect], at);
                whole.entry(person).or_insert(NONE).add(ALL[effect], at, at);
            }
            let same = |a: &Times, b: &Times| (a.newest, a.there, a.removed) == (b.newest, b.there, b.removed);
            for (person, times) in &whole {
                proptest::prop_assert!(kept.get((*person, 7)).is_some_and(|kept| same(&kept, times)));
            }
            proptest::prop_assert_eq!(kept.pairs().count(), whole.len());
            // The second one turns out to be the first one.
            kept.join(&Roots::for_tests(&[0, 0, 2]));
            let joined = whole.values().fold(NONE, |mut sum, times| { sum.join(times); sum });
            let mut sum = kept.get((0, 7)).unwrap_or(NONE);
            sum.join(&kept.get((2, 7)).unwrap_or(NONE));
            proptest::prop_assert!(same(&sum, &joined) && kept.get((1, 7)).is_none());
        });
        assert!(size_of::<(Pair, Known)>() <= 40);
    }
}
