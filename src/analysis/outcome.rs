//! The last known outcome for each person at each application.
//!
//! Only the newest success and the newest failure of each kind of change are kept, so the order in
//! which records arrive does not matter.

use std::collections::HashMap;
use std::sync::Arc;

use super::people::People;
use super::{PeopleLists, PersonState, Seeded};
use crate::event::Operation;
use crate::text::time::Micros;

/// What a change is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Effect {
    /// To have access.
    Grant,
    /// To lose access.
    Remove,
    /// To have the right data.
    Change,
    /// None of them: assignments and configuration.
    Context,
}

impl Effect {
    pub(super) fn of(operation: Operation) -> Effect {
        match operation {
            Operation::Create | Operation::Reactivate | Operation::Match => Effect::Grant,
            Operation::Deactivate | Operation::Delete => Effect::Remove,
            Operation::Update
            | Operation::Password
            | Operation::MembershipAdd
            | Operation::MembershipRemove
            | Operation::GroupCreate
            | Operation::GroupUpdate
            | Operation::GroupDelete
            | Operation::Import => Effect::Change,
            _ => Effect::Context,
        }
    }

    /// Whether such an event is a try to change something at the application.
    pub(super) fn is_attempt(self) -> bool {
        self != Effect::Context
    }
}

/// How a person stands at an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Should have lost access and has not.
    AccessNotRemoved,
    /// Should have access and has not.
    WaitingForAccess,
    /// Has access, but the data are old.
    OutOfDate,
}

/// A person at an application, both by number.
type Pair = (u32, u32);

/// When changes succeeded.
#[derive(Clone, Copy)]
struct Successes {
    /// The newest of each effect; [`NEVER`] where there is none.
    newest: [Micros; 4],
    /// The first that shows an account, and the first that took access away; [`NOT_YET`] where there is none.
    there: Micros,
    removed: Micros,
}

const NEVER: Micros = Micros::MIN;
const NOT_YET: Micros = Micros::MAX;
const NONE: Successes = Successes { newest: [NEVER; 4], there: NOT_YET, removed: NOT_YET };

/// What a log says of an account before something was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Something succeeded there first at this time, and nothing took access away since.
    There(Micros),
    /// Access was taken away last at this time, and was not given back since.
    Removed(Micros),
}

/// Failures of one effect.
#[derive(Clone, Copy, Debug)]
struct Failures {
    first: Option<Micros>,
    newest: Option<Micros>,
    /// What explains the newest one.
    rule: Option<usize>,
}

/// Newest outcomes of each person at each application. Kept apart, since nearly everybody succeeds
/// and hardly anybody fails.
#[derive(Default)]
pub(super) struct Histories {
    successes: HashMap<Pair, Successes, Seeded>,
    failures: HashMap<Pair, [Option<Failures>; 4], Seeded>,
}

impl Histories {
    pub(super) fn succeeded(&mut self, pair: Pair, effect: Effect, at: Option<Micros>) {
        // A success that names no time cannot come after anything.
        let Some(at) = at else { return };
        let successes = self.successes.entry(pair).or_insert(NONE);
        if let Some(newest) = successes.newest.get_mut(effect as usize) {
            *newest = at.max(*newest);
        }
        match effect {
            Effect::Grant | Effect::Change => successes.there = at.min(successes.there),
            Effect::Remove => successes.removed = at.min(successes.removed),
            Effect::Context => {}
        }
    }

    /// How it stood before `at`, as far as the first and the newest successes tell: whatever the order
    /// in which they were added.
    pub(super) fn before(&self, pair: Pair, at: Micros) -> Option<Before> {
        let Successes { newest, there, removed } = self.successes.get(&pair)?;
        let newest = |effect: Effect| newest.get(effect as usize).copied().unwrap_or(NEVER);
        let (granted, taken) = (newest(Effect::Grant), newest(Effect::Remove));
        match () {
            () if taken != NEVER && taken <= at && !(taken < granted && granted <= at) => Some(Before::Removed(taken)),
            () if *there < at && at < *removed => Some(Before::There(*there)),
            () if taken < granted && granted < at => Some(Before::There(granted)),
            () => None,
        }
    }

    pub(super) fn failed(&mut self, pair: Pair, effect: Effect, at: Option<Micros>, rule: Option<usize>) {
        let Some(slot) = self.failures.entry(pair).or_default().get_mut(effect as usize) else { return };
        let Some(failures) = slot else {
            *slot = Some(Failures { first: at, newest: at, rule });
            return;
        };
        failures.first = failures.first.zip(at).map_or(failures.first.or(at), |(first, at)| Some(first.min(at)));
        if at >= failures.newest {
            failures.newest = at;
            failures.rule = rule;
        }
    }

    /// Whether something that succeeded after `at` makes a failure of this kind past.
    pub(super) fn resolved_after(&self, pair: Pair, effect: Effect, at: Option<Micros>) -> bool {
        let Some(successes) = self.successes.get(&pair) else { return false };
        let after = |effect: Effect| {
            successes.newest.get(effect as usize).is_some_and(|success| *success != NEVER && Some(*success) > at)
        };
        match effect {
            // An update that works proves that the account is there.
            Effect::Grant => after(Effect::Grant) || after(Effect::Change) || after(Effect::Remove),
            // Somebody who came back need not lose access any more.
            Effect::Remove => after(Effect::Remove) || after(Effect::Grant),
            Effect::Change => after(Effect::Change) || after(Effect::Grant) || after(Effect::Remove),
            Effect::Context => {
                after(Effect::Context) || after(Effect::Grant) || after(Effect::Change) || after(Effect::Remove)
            }
        }
    }

    /// Whether a change of this kind succeeded after `at`.
    pub(super) fn succeeded_after(&self, pair: Pair, effect: Effect, at: Micros) -> bool {
        let newest = self.successes.get(&pair).and_then(|successes| successes.newest.get(effect as usize));
        newest.is_some_and(|success| *success > at)
    }

    /// When something last succeeded, whatever it was for.
    pub(super) fn newest_success(&self, pair: Pair) -> Option<Micros> {
        let newest = self.successes.get(&pair)?.newest.iter().copied().max()?;
        (newest != NEVER).then_some(newest)
    }

    /// Whether a change of this kind ever failed.
    pub(super) fn has_failed(&self, pair: Pair, effect: Effect) -> bool {
        self.failures.get(&pair).is_some_and(|failures| failures.get(effect as usize).is_some_and(Option::is_some))
    }

    /// What is wrong, since when, by which rule.
    fn standing(&self, pair: Pair) -> Option<(Standing, Option<Micros>, Option<usize>)> {
        let failures = self.failures.get(&pair)?;
        [
            (Effect::Remove, Standing::AccessNotRemoved),
            (Effect::Grant, Standing::WaitingForAccess),
            (Effect::Change, Standing::OutOfDate),
        ]
        .into_iter()
        .find_map(|(effect, standing)| {
            let open = failures.get(effect as usize).copied().flatten()?;
            (!self.resolved_after(pair, effect, open.newest)).then_some((standing, open.first, open.rule))
        })
    }

    /// Everybody for whom something is wrong, in no order.
    pub(super) fn lists(&self, people: &People, app: impl Fn(u32) -> Arc<str>) -> PeopleLists {
        let mut lists = PeopleLists::default();
        for pair in self.failures.keys() {
            let Some((standing, since, rule)) = self.standing(*pair) else { continue };
            lists.list(standing).push(PersonState { user: people.label(pair.0), app: app(pair.1), since, rule });
        }
        lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: Pair = (1, 2);

    #[test]
    fn a_later_success_closes_a_failure_whatever_the_order() {
        let mut histories = Histories::default();
        histories.succeeded(PAIR, Effect::Grant, Some(20));
        histories.failed(PAIR, Effect::Grant, Some(10), Some(1));
        assert_eq!(histories.standing(PAIR), None);
        histories.failed(PAIR, Effect::Remove, Some(30), Some(2));
        assert_eq!(histories.standing(PAIR), Some((Standing::AccessNotRemoved, Some(30), Some(2))));
        histories.succeeded(PAIR, Effect::Remove, Some(31));
        assert_eq!(histories.standing(PAIR), None);
    }

    #[test]
    fn what_was_there_before_does_not_depend_on_the_order() {
        let at = |histories: &Histories, at| histories.before(PAIR, at);
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let mut histories = Histories::default();
            let added = [(Effect::Grant, 10), (Effect::Change, 20), (Effect::Remove, 30)];
            order.iter().filter_map(|at| added.get(*at)).for_each(|(effect, at)| {
                histories.succeeded(PAIR, *effect, Some(*at));
            });
            assert_eq!([at(&histories, 5), at(&histories, 10)], [None, None]);
            assert_eq!([at(&histories, 15), at(&histories, 25)], [Some(Before::There(10)); 2]);
            assert_eq!([at(&histories, 30), at(&histories, 99)], [Some(Before::Removed(30)); 2]);
            histories.succeeded(PAIR, Effect::Grant, Some(50));
            assert_eq!([at(&histories, 40), at(&histories, 60)], [Some(Before::Removed(30)), Some(Before::There(50))]);
        }
        assert_eq!(Histories::default().before(PAIR, 5), None);
    }

    #[test]
    fn an_update_that_works_does_not_take_access_away() {
        let mut histories = Histories::default();
        histories.failed(PAIR, Effect::Remove, Some(30), None);
        histories.succeeded(PAIR, Effect::Change, Some(40));
        assert_eq!(histories.standing(PAIR).map(|(standing, ..)| standing), Some(Standing::AccessNotRemoved));
    }

    #[test]
    fn a_success_without_a_time_comes_after_nothing() {
        let mut histories = Histories::default();
        histories.failed(PAIR, Effect::Grant, None, None);
        histories.succeeded(PAIR, Effect::Grant, None);
        assert!(histories.standing(PAIR).is_some());
        histories.succeeded(PAIR, Effect::Grant, Some(1));
        assert!(histories.standing(PAIR).is_none());
    }
}
