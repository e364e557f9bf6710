//! What fails for no person that is known: for a group, for somebody whom the record does not name, or for nobody.
//!
//! Whether that is past cannot be told by what succeeds for people; each is settled by what is about itself.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;

use super::outcome::{DIRECTORY, Effect};
use super::{Row, Seeded};
use crate::event::Operation;
use crate::text::time::Micros;

/// What a failure without a person is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Thing {
    /// A group or the like, by a hash of what it is and how it is called; and whether it was to go.
    Named(u64, bool),
    /// Somebody or something that was to be changed and that the record does not name.
    Unnamed,
    /// Nothing in particular: a run, a connection, a setting.
    Whole(Operation),
}

/// When something last succeeded for each of them, by application.
#[derive(Clone, Default)]
pub(super) struct Things {
    seed: RandomState,
    newest: HashMap<(u32, Thing), Micros, Seeded>,
}

impl Things {
    /// What a row without a person is about.
    pub(super) fn of(&self, row: &Row<'_>) -> Thing {
        let effect = Effect::of_row(row);
        let name = row.subject_id.as_deref().or(row.login.as_deref()).or(row.subject_name.as_deref());
        match name {
            Some(name) => {
                let goes = effect == Effect::Remove || row.operation == Operation::GroupDelete;
                Thing::Named(self.seed.hash_one((row.subject_kind.as_deref(), name)), goes)
            }
            None if effect.is_attempt() => Thing::Unnamed,
            None => Thing::Whole(row.operation),
        }
    }

    /// Takes note of a success.
    pub(super) fn succeeded(&mut self, row: &Row<'_>, app: Option<u32>) {
        let (thing, Some(at)) = (self.of(row), row.time) else { return };
        if thing != Thing::Unnamed {
            let newest = self.newest.entry((app.unwrap_or(DIRECTORY), thing)).or_insert(at);
            *newest = at.max(*newest);
        }
    }

    /// Whether a failure at `at` is past; `worked` is when anything last worked at the application.
    pub(super) fn is_settled(
        &self,
        app: Option<u32>,
        thing: Thing,
        at: Option<Micros>,
        worked: Option<Micros>,
    ) -> bool {
        let newest = |thing| self.newest.get(&(app.unwrap_or(DIRECTORY), thing)).copied();
        match thing {
            Thing::Named(name, true) => newest(Thing::Named(name, true)) > at,
            Thing::Named(name, false) => newest(thing).max(newest(Thing::Named(name, true))) > at,
            Thing::Unnamed => false,
            // A job that runs is in quarantine no more.
            Thing::Whole(Operation::Quarantine) => {
                newest(thing).max(newest(Thing::Whole(Operation::Cycle))).max(worked) > at
            }
            Thing::Whole(_) => newest(thing).max(worked) > at,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::analysis::testing::did;

    fn row(operation: Operation, name: Option<&'static str>, at: Micros) -> Row<'static> {
        let name = name.map(Cow::Borrowed);
        Row { subject_kind: Some("group".into()), login: None, subject_name: name, ..did("Harbor", operation, "", at) }
    }

    #[test]
    fn each_is_settled_by_what_is_about_itself() {
        use Operation::{Create, Cycle, GroupCreate, GroupDelete, GroupUpdate};
        let mut things = Things::default();
        for (operation, name) in
            [(GroupUpdate, Some("Sales")), (GroupDelete, Some("Old")), (Cycle, None), (Create, None)]
        {
            things.succeeded(&row(operation, name, 10), Some(1));
        }
        let settled = |app, operation, name, worked| {
            let row = row(operation, name, 5);
            things.is_settled(Some(app), things.of(&row), row.time, worked)
        };
        assert!(settled(1, GroupCreate, Some("Sales"), None), "the same group");
        assert!(!settled(1, GroupCreate, Some("Marketing"), Some(20)), "another group");
        assert!(!settled(2, GroupCreate, Some("Sales"), None), "at another application");
        assert!(!settled(1, GroupDelete, Some("Sales"), None), "it is still there");
        assert!(settled(1, GroupUpdate, Some("Old"), None), "it is gone");
        assert!(!settled(1, Create, None, Some(20)), "nobody knows who that was");
        assert!(
            settled(1, Cycle, None, None) && settled(2, Cycle, None, Some(20)),
            "a later run, or anything that works"
        );
        assert!(!settled(2, Cycle, None, Some(5)));
    }
}
