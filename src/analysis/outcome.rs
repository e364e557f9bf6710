//! The last known outcome for each person at each application.
//!
//! Only the newest success of each kind of change is kept, and when it failed since, so the order in
//! which records arrive does not matter. But of somebody for whom more than [`KEPT`] failed in a row, the
//! time since when may be that of one of the next failures.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::people::Roots;
use super::places::{Places, Spot};
use super::row::Row;
use super::successes::Successes;
use super::{Seeded, leavers};
use crate::event::{Operation, Provider};
use crate::text::time::Micros;

/// What a change is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Effect {
    /// To have access.
    Grant,
    /// To have an account in the identity provider itself, before anything else can be had.
    Enter,
    /// To lose access.
    Remove,
    /// To have the right data there.
    Change,
    /// To have the right password there, which is sent apart from all other data.
    Password,
    /// To lose a right there, of which the log does not say in which group it lies.
    Rights,
    /// That an application could look somebody up for whoever called it, which says nothing of access.
    Lookup,
    /// To have the right data in the directory.
    Import,
    /// That the identity provider has read its source, which says nothing of the application.
    Read,
    /// That the application is assigned in the identity provider.
    Assign,
    /// That it is not assigned any more.
    Unassign,
    /// That nothing had to be done: the application holds what it should already.
    Equal,
    /// That nothing is to be done: nobody wants this person to have access.
    Unwanted,
    /// None of them: configuration, cycles, agents.
    Context,
}

/// How many effects there are.
pub(super) const EFFECTS: usize = Effect::Context as usize + 1;

impl Effect {
    pub(super) fn of(operation: Operation) -> Effect {
        match operation {
            Operation::Create | Operation::Reactivate | Operation::Match => Effect::Grant,
            Operation::Deactivate | Operation::Delete => Effect::Remove,
            Operation::Password => Effect::Password,
            Operation::MembershipRemove => Effect::Rights,
            Operation::Update
            | Operation::MembershipAdd
            | Operation::GroupCreate
            | Operation::GroupUpdate
            | Operation::GroupDelete => Effect::Change,
            Operation::Import => Effect::Import,
            Operation::AssignmentAdd => Effect::Assign,
            Operation::AssignmentRemove => Effect::Unassign,
            _ => Effect::Context,
        }
    }

    /// The same of a row: what is imported may come from the provider's source, and a look-up that failed keeps nobody
    /// from having access if it is the application that tells of it.
    pub(super) fn of_row(row: &Row<'_>) -> Effect {
        match Effect::of(row.operation) {
            Effect::Import if row.provider.imports_its_source() => Effect::Read,
            Effect::Grant if row.operation == Operation::Match && !row.provider.makes_calls() => Effect::Lookup,
            Effect::Grant if leavers::fails_in_directory(row) => Effect::Enter,
            effect => effect,
        }
    }

    /// Whether such an event is a try to change something at the application.
    pub(super) fn is_attempt(self) -> bool {
        use Effect::{Change, Enter, Grant, Import, Lookup, Password, Remove, Rights};
        matches!(self, Grant | Enter | Remove | Change | Password | Rights | Lookup | Import)
    }

    /// What is known when nothing was done for somebody and that was right. Whether an account is still there or
    /// switched on, neither says.
    fn of_skip(row: &Row<'_>) -> Option<Effect> {
        match row.detail.as_ref()?.code.as_deref()? {
            _ if row.provider != Provider::Entra => None,
            // The words of Entra for it: Microsoft Learn, "Skipped" in the analysis of provisioning logs.
            "RedundantExport" => Some(Effect::Equal),
            "NotEffectivelyEntitled" => Some(Effect::Unwanted),
            _ => None,
        }
    }

    /// What makes a failure of this kind past when it succeeds later.
    fn settled_by(self) -> &'static [Effect] {
        use Effect::{
            Assign, Change, Context, Enter, Equal, Grant, Import, Lookup, Password, Read, Remove, Rights, Unassign,
            Unwanted,
        };
        match self {
            // An update that works proves that the account is there; and nobody waits for what is not
            // to be had any more.
            Grant => &[Grant, Change, Password, Rights, Import, Remove, Unassign, Equal, Unwanted],
            Enter => &[Enter, Grant, Change, Password, Rights, Import, Read, Assign, Remove, Unassign, Equal, Unwanted],
            Assign => &[Assign, Grant, Change, Password, Rights, Import, Remove, Unassign, Equal, Unwanted],
            // Data and passwords are sent apart, and the one that works says nothing of the other one.
            Change => &[Change, Grant, Remove, Unassign, Equal, Unwanted],
            Password => &[Password, Grant, Remove, Unassign, Unwanted],
            Lookup => &[Lookup, Grant, Change, Password, Rights, Import, Remove, Unassign, Equal, Unwanted],
            Import => &[Import, Change, Grant, Remove, Unassign, Equal, Unwanted],
            Read => &[Read, Change, Grant, Remove, Unassign, Equal, Unwanted],
            // Somebody who came back need not lose access any more.
            Remove => &[Remove, Grant, Assign],
            Rights => &[Rights, Remove, Unassign, Grant, Assign],
            Unassign => &[Unassign, Remove, Grant, Assign],
            Context => &[Context, Grant, Change, Password, Rights, Import, Remove],
            // Neither can fail.
            Equal | Unwanted => &[],
        }
    }
}

/// How a person stands at an application; the gravest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Should have lost access and has not.
    AccessNotRemoved,
    /// Should have access and has not.
    WaitingForAccess,
    /// Has access, but the data are old.
    OutOfDate,
}

/// Each standing with the changes whose failure leads to it; the gravest comes first.
const STANDINGS: [(Standing, &[Effect]); 3] = [
    (Standing::AccessNotRemoved, &[Effect::Remove, Effect::Unassign, Effect::Rights]),
    (Standing::WaitingForAccess, &[Effect::Grant, Effect::Enter, Effect::Assign]),
    (Standing::OutOfDate, &[Effect::Change, Effect::Password, Effect::Import, Effect::Read]),
];

/// A person at a place, both by number.
pub(super) type Pair = (u32, u32);

/// Stands for the identity provider itself in a pair.
pub(super) const DIRECTORY: u32 = u32::MAX;

pub(super) const NEVER: Micros = Micros::MIN;

/// What a log says of an account before something was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Something succeeded there first at this time, and nothing took access away since.
    There(Micros),
    /// Access was taken away last at this time, and was not given back since.
    Removed(Micros),
}

/// Times of failures that are kept of one kind of change; retries after these are near one of them.
const KEPT: usize = 64;

/// Failures of one kind of change.
#[derive(Clone, Debug, Default)]
struct Failures {
    /// When it failed, in order; the first and the last one are always among them.
    times: Vec<Micros>,
    /// When the newest one was, and what explains it.
    newest: (Option<Micros>, Option<usize>),
}

/// The order of failures: of two at the same time the first rule counts, in whatever order they come.
fn rank((at, rule): (Option<Micros>, Option<usize>)) -> impl Ord {
    (at, Reverse(rule.unwrap_or(usize::MAX)))
}

impl Failures {
    fn add(&mut self, at: Option<Micros>, rule: Option<usize>, settled: impl FnOnce() -> Micros) {
        if rank((at, rule)) > rank(self.newest) {
            self.newest = (at, rule);
        }
        let Some(at) = at else { return };
        if self.times.len() >= KEPT {
            self.thin(settled());
        }
        let place = self.times.partition_point(|time| *time < at);
        if self.times.get(place) != Some(&at) {
            self.times.insert(place, at);
        }
    }

    /// Makes room: what is past will never count again; of the rest every second one goes.
    fn thin(&mut self, settled: Micros) {
        let past = self.times.partition_point(|time| *time <= settled);
        // The newest stays, to tell that it ever failed.
        self.times.drain(..past.min(self.times.len() - 1));
        if self.times.len() >= KEPT {
            let last = self.times.len() - 1;
            let mut place = 0;
            self.times.retain(|_| {
                place += 1;
                place % 2 == 1 || place > last
            });
        }
    }

    fn join(&mut self, other: Failures) {
        let Failures { times, newest } = other;
        self.add(newest.0, newest.1, || NEVER);
        times.into_iter().for_each(|at| self.add(Some(at), None, || NEVER));
    }

    /// Since when it fails, if it has failed after `settled`, until when it is past.
    fn since(&self, settled: Micros) -> Option<Option<Micros>> {
        let open = match self.newest.0 {
            Some(newest) => newest > settled,
            None => settled == NEVER,
        };
        open.then(|| self.times.iter().copied().find(|at| *at > settled))
    }
}

/// What is wrong for somebody at an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) standing: Standing,
    pub(super) since: Option<Micros>,
    pub(super) rule: Option<usize>,
    /// Nothing can be had, since the identity provider itself has no account.
    pub(super) no_account: bool,
}

/// Newest outcomes of each person at each place. Kept apart, since nearly everybody succeeds and hardly
/// anybody fails.
#[derive(Clone, Default)]
pub(super) struct Histories {
    pub(super) places: Places,
    successes: Successes,
    failures: HashMap<Pair, Vec<(Effect, Failures)>, Seeded>,
}

impl Histories {
    #[inline]
    pub(super) fn succeeded(&mut self, pair: Pair, effect: Effect, at: Option<Micros>) {
        // A success that names no time cannot come after anything.
        if let Some(at) = at {
            self.successes.add(pair, effect, at);
        }
    }

    /// Takes note of a success at a spot: who was put into a group or taken out of it has an account.
    pub(super) fn succeeded_at(&mut self, person: u32, spot: Spot, row: &Row<'_>) {
        let Some(group) = spot.group else {
            self.succeeded((person, spot.whole), Effect::of_row(row), row.time);
            return;
        };
        self.succeeded((person, spot.whole), Effect::Change, row.time);
        self.succeeded((person, group), spot.effect(row), row.time);
        if row.operation == Operation::MembershipAdd {
            // Somebody who is wanted in it again need not leave it any more.
            self.succeeded((person, group), Effect::Grant, row.time);
        }
    }

    /// Takes note of somebody for whom nothing was done, if the log says why that was right.
    pub(super) fn was_skipped(&mut self, pair: Pair, row: &Row<'_>) {
        if let Some(effect) = Effect::of_skip(row) {
            // It is about what was before, and not about itself.
            self.succeeded(pair, effect, row.time.map(|at| at.saturating_sub(1)));
        }
    }

    /// Looks up what succeeded for some, so that it is near when it is asked for.
    pub(super) fn expect(&mut self, pairs: impl Iterator<Item = Pair>) -> usize {
        self.successes.expect(pairs)
    }

    /// How it stood before `at`, as far as the first and the newest successes tell: whatever the order
    /// in which they were added.
    pub(super) fn before(&self, pair: Pair, at: Micros) -> Option<Before> {
        let times = self.successes.get(pair)?;
        let (granted, taken) = (times.newest(Effect::Grant), times.newest(Effect::Remove));
        match () {
            () if taken != NEVER && taken <= at && !(taken < granted && granted <= at) => Some(Before::Removed(taken)),
            () if times.there < at && at < times.removed => Some(Before::There(times.there)),
            () if taken < granted && granted < at => Some(Before::There(granted)),
            () => None,
        }
    }

    pub(super) fn failed(&mut self, pair: Pair, effect: Effect, at: Option<Micros>, rule: Option<usize>) {
        let effects = self.failures.entry(pair).or_default();
        failures_of(effects, effect).add(at, rule, || settled(&self.successes, pair, effect));
    }

    /// Puts together what belongs to one person.
    pub(super) fn join(&mut self, roots: &Roots) {
        self.successes.join(roots);
        let root = |(person, app): Pair| (roots.of(person), app);
        let mut moved: Vec<Pair> = self.failures.keys().filter(|pair| root(**pair) != **pair).copied().collect();
        // Where there are more failures than are kept, it matters which of them come first.
        moved.sort_unstable();
        for pair in moved {
            let Some(effects) = self.failures.remove(&pair) else { continue };
            let joined = self.failures.entry(root(pair)).or_default();
            for (effect, failures) in effects {
                failures_of(joined, effect).join(failures);
            }
        }
    }

    /// When a change of this kind last succeeded.
    pub(super) fn newest(&self, pair: Pair, effect: Effect) -> Micros {
        self.successes.get(pair).map_or(NEVER, |times| times.newest(effect))
    }

    /// Until when failures of this kind are past.
    fn settled(&self, pair: Pair, effect: Effect) -> Micros {
        // Who has left waits for nothing, and who came back need not go.
        let left = match effect {
            Effect::Remove | Effect::Unassign | Effect::Rights => self.came_back(pair),
            Effect::Context => NEVER,
            Effect::Enter => self.left(pair.0).max(self.newest((pair.0, DIRECTORY), Effect::Grant)),
            _ => self.left(pair.0),
        };
        // Who has no account any more is in no group either.
        let whole = self.places.whole(pair.1);
        let gone = whole.map_or(NEVER, |whole| settled(&self.successes, (pair.0, whole), Effect::Unassign));
        settled(&self.successes, pair, effect).max(left).max(gone)
    }

    /// Whether something that succeeded later makes a failure of this kind at `at` past.
    pub(super) fn resolved_after(&self, pair: Pair, effect: Effect, at: Option<Micros>) -> bool {
        let settled = self.settled(pair, effect);
        settled != NEVER && Some(settled) >= at
    }

    /// When something last succeeded, whatever it was for.
    pub(super) fn newest_success(&self, pair: Pair) -> Option<Micros> {
        let newest = self.successes.get(pair)?.newest_of_all();
        (newest != NEVER).then_some(newest)
    }

    /// Whether a change of this kind ever failed.
    pub(super) fn has_failed(&self, pair: Pair, effect: Effect) -> bool {
        self.failures_of(pair, effect).is_some()
    }

    /// When a change of this kind last failed, if that is known.
    pub(super) fn last_failed(&self, pair: Pair, effect: Effect) -> Option<Micros> {
        self.failures_of(pair, effect)?.newest.0
    }

    fn failures_of(&self, pair: Pair, effect: Effect) -> Option<&Failures> {
        self.failures.get(&pair)?.iter().find(|(failed, _)| *failed == effect).map(|(_, failures)| failures)
    }

    /// When somebody was switched off in the identity provider itself, and was not switched on again;
    /// [`NEVER`] otherwise.
    pub(super) fn left(&self, person: u32) -> Micros {
        let directory = (person, DIRECTORY);
        let left = self.newest(directory, Effect::Remove);
        if left > self.newest(directory, Effect::Grant) { left } else { NEVER }
    }

    /// When somebody was switched on again in the identity provider, if data were sent to the application since, which
    /// is done for those only who are to have access there; [`NEVER`] otherwise.
    fn came_back(&self, pair: Pair) -> Micros {
        let back = self.newest((pair.0, DIRECTORY), Effect::Grant);
        if back > self.newest((pair.0, DIRECTORY), Effect::Remove) && self.newest(pair, Effect::Change) > back {
            back
        } else {
            NEVER
        }
    }

    /// Whether access was taken away at a place before `at`, and nothing shows that it was given again: an account that
    /// cannot be deleted after that opens nothing.
    pub(super) fn is_off(&self, pair: Pair, at: Option<Micros>) -> bool {
        let taken = self.newest(pair, Effect::Remove);
        let given = [Effect::Grant, Effect::Assign, Effect::Change, Effect::Password, Effect::Import];
        taken != NEVER && Some(taken) < at && given.into_iter().all(|effect| self.newest(pair, effect) < taken)
    }

    /// What is wrong for somebody at an application, since when, and by which rule.
    pub(super) fn open(&self, pair: Pair) -> Option<Open> {
        let failures = self.failures.get(&pair)?;
        let of = |effect: Effect| {
            let failures = failures.iter().find(|(failed, _)| *failed == effect).map(|(_, failures)| failures)?;
            if effect == Effect::Remove && self.is_off(pair, failures.newest.0) {
                return None;
            }
            Some((failures.since(self.settled(pair, effect))?, failures.newest))
        };
        STANDINGS.into_iter().find_map(|(standing, effects)| {
            let open = effects.iter().filter_map(|effect| of(*effect));
            let newest = |a, b| if rank(b) > rank(a) { b } else { a };
            let open = open.reduce(|a, b| (earlier(a.0, b.0), newest(a.1, b.1)));
            let no_account = effects.contains(&Effect::Enter) && of(Effect::Enter).is_some();
            open.map(|(since, (_, rule))| Open { standing, since, rule, no_account })
        })
    }

    /// Everybody for whom something failed, in no order.
    pub(super) fn failing(&self) -> impl Iterator<Item = Pair> {
        self.failures.keys().copied()
    }

    /// Everybody for whom a change succeeded at an application, in no order.
    pub(super) fn succeeding(&self) -> impl Iterator<Item = Pair> {
        let is_at_app = |(_, place): &Pair| self.places.whole(*place).is_none();
        self.successes.pairs().filter(is_at_app).filter(|pair| self.newest_success(*pair).is_some())
    }
}

/// Until when successes make failures of this kind past.
fn settled(successes: &Successes, pair: Pair, effect: Effect) -> Micros {
    let Some(times) = successes.get(pair) else { return NEVER };
    let newest = effect.settled_by().iter().map(|effect| times.newest(*effect)).max().unwrap_or(NEVER);
    // Of a failure and a success at the same time the success was the retry, since many logs tell no more than the
    // second. But whoever may still have access must be seen.
    match effect {
        Effect::Remove | Effect::Unassign | Effect::Rights => newest.saturating_sub(1),
        _ => newest,
    }
}

fn failures_of(effects: &mut Vec<(Effect, Failures)>, effect: Effect) -> &mut Failures {
    let place = effects.iter().position(|(known, _)| *known == effect).unwrap_or_else(|| {
        effects.push((effect, Failures::default()));
        effects.len() - 1
    });
    #[allow(clippy::indexing_slicing, reason = "the place was found or made just now")]
    &mut effects[place].1
}

/// The earlier of two times, of which one may be unknown.
pub(super) fn earlier(a: Option<Micros>, b: Option<Micros>) -> Option<Micros> {
    a.zip(b).map_or(a.or(b), |(a, b)| Some(a.min(b)))
}

#[cfg(test)]
mod tests;
