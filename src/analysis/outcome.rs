//! The last known outcome for each person at each application.
//!
//! Only the newest success and the newest failure of each kind of change are kept, so the order in
//! which records arrive does not matter.

use std::collections::HashMap;

use super::people::People;
use super::{PeopleLists, PersonState};
use crate::event::{Operation, Outcome};
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

#[derive(Clone, Copy, Debug, Default)]
struct Last {
    success: Option<Option<Micros>>,
    failure: Option<(Option<Micros>, Option<Micros>, Option<usize>)>,
}

/// Newest outcomes of one person at one application.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    grant: Last,
    remove: Last,
    change: Last,
    context: Last,
}

impl History {
    fn last(&mut self, effect: Effect) -> &mut Last {
        match effect {
            Effect::Grant => &mut self.grant,
            Effect::Remove => &mut self.remove,
            Effect::Change => &mut self.change,
            Effect::Context => &mut self.context,
        }
    }

    pub(super) fn add(
        &mut self,
        effect: Effect,
        outcome: Outcome,
        failed: bool,
        at: Option<Micros>,
        rule: Option<usize>,
    ) {
        let last = self.last(effect);
        if outcome == Outcome::Success {
            last.success = Some(last.success.flatten().max(at));
        } else if failed {
            last.failure = Some(match last.failure {
                Some((first, newest, old)) => {
                    let first = first.zip(at).map_or(first.or(at), |(first, at)| Some(first.min(at)));
                    if at >= newest { (first, at, rule) } else { (first, newest, old) }
                }
                None => (at, at, rule),
            });
        }
    }

    /// Whether something that succeeded after `at` makes a failure of this kind past.
    pub(super) fn resolved_after(&self, effect: Effect, at: Option<Micros>) -> bool {
        let after = |last: &Last| last.success.is_some_and(|success| success > at);
        match effect {
            // An update that works proves that the account is there.
            Effect::Grant => after(&self.grant) || after(&self.change) || after(&self.remove),
            // Somebody who came back need not lose access any more.
            Effect::Remove => after(&self.remove) || after(&self.grant),
            Effect::Change => after(&self.change) || after(&self.grant) || after(&self.remove),
            Effect::Context => after(&self.context) || after(&self.grant) || after(&self.change) || after(&self.remove),
        }
    }

    /// What is wrong, since when, by which rule.
    fn standing(&self) -> Option<(Standing, Option<Micros>, Option<usize>)> {
        let open =
            |effect: Effect, last: &Last| last.failure.filter(|(_, newest, _)| !self.resolved_after(effect, *newest));
        let state = |standing: Standing| {
            move |(first, _, rule): (Option<Micros>, Option<Micros>, Option<usize>)| (standing, first, rule)
        };
        open(Effect::Remove, &self.remove)
            .map(state(Standing::AccessNotRemoved))
            .or_else(|| open(Effect::Grant, &self.grant).map(state(Standing::WaitingForAccess)))
            .or_else(|| open(Effect::Change, &self.change).map(state(Standing::OutOfDate)))
    }
}

pub(super) fn lists(histories: &HashMap<(u32, String), History>, people: &People) -> PeopleLists {
    let mut lists = PeopleLists::default();
    for ((person, app), history) in histories {
        let Some((standing, since, rule)) = history.standing() else { continue };
        let list = match standing {
            Standing::AccessNotRemoved => &mut lists.access_not_removed,
            Standing::WaitingForAccess => &mut lists.waiting_for_access,
            Standing::OutOfDate => &mut lists.out_of_date,
        };
        list.push(PersonState { user: people.label(*person).to_owned(), app: app.clone(), since, rule });
    }
    for list in [&mut lists.access_not_removed, &mut lists.waiting_for_access, &mut lists.out_of_date] {
        list.sort_by(|a, b| a.since.cmp(&b.since).then_with(|| a.user.cmp(&b.user)).then_with(|| a.app.cmp(&b.app)));
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_success_closes_a_failure_whatever_the_order() {
        let mut history = History::default();
        history.add(Effect::Grant, Outcome::Success, false, Some(20), None);
        history.add(Effect::Grant, Outcome::Failure, true, Some(10), Some(1));
        assert_eq!(history.standing(), None);
        history.add(Effect::Remove, Outcome::Failure, true, Some(30), Some(2));
        assert_eq!(history.standing(), Some((Standing::AccessNotRemoved, Some(30), Some(2))));
        history.add(Effect::Remove, Outcome::Success, false, Some(31), None);
        assert_eq!(history.standing(), None);
    }

    #[test]
    fn an_update_that_works_does_not_take_access_away() {
        let mut history = History::default();
        history.add(Effect::Remove, Outcome::Failure, true, Some(30), None);
        history.add(Effect::Change, Outcome::Success, false, Some(40), None);
        assert_eq!(history.standing().map(|(standing, ..)| standing), Some(Standing::AccessNotRemoved));
    }
}
