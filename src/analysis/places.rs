//! Where something is changed for somebody: at an application, at one of several instances that are called the
//! same, or in one group there.
//!
//! What succeeds in one tenant says nothing of another one with the same name, and who was put into one group may
//! still be missing in another one. So outcomes are kept by place. Nearly every application is one place, whose number
//! is its own; all others are counted from [`FIRST`] on.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;

use super::outcome::Effect;
use super::{Row, Seeded};
use crate::event::{Operation, Provider};

/// The first number that is no application's. [`DIRECTORY`](super::outcome::DIRECTORY) is beyond all of them.
const FIRST: u32 = 1 << 31;

/// The places of what a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The application, or its instance.
    pub(super) whole: u32,
    /// The group there that somebody is put into or taken out of.
    pub(super) group: Option<u32>,
}

impl Spot {
    /// Where a failure counts.
    pub(super) fn place(self) -> u32 {
        self.group.unwrap_or(self.whole)
    }

    /// What a change of this kind is for, where it counts.
    pub(super) fn effect(self, row: &Row<'_>) -> Effect {
        match (self.group, row.operation) {
            (Some(_), Operation::MembershipRemove) => Effect::Remove,
            _ => Effect::of_row(row),
        }
    }
}

/// What a place is a part of.
#[derive(Clone, Copy)]
struct Part {
    app: u32,
    /// The application or instance that a group is of; nothing for an instance.
    whole: Option<u32>,
}

/// All places but those that are an application as a whole.
#[derive(Clone, Default)]
pub(super) struct Places {
    seed: RandomState,
    /// By application, the id of the instance that was seen first, and its place.
    first: Vec<Option<(Box<str>, u32)>>,
    /// All instances by a hash of their id: one that was renamed is the same.
    instances: HashMap<u64, u32, Seeded>,
    /// All groups by their place and a hash of what they are called.
    groups: HashMap<(u32, u64), u32, Seeded>,
    parts: Vec<Part>,
}

impl Places {
    /// Where a row of this application happened.
    pub(super) fn of(&mut self, row: &Row<'_>, app: u32) -> Spot {
        let whole = self.instance(row, app);
        let is_membership = matches!(row.operation, Operation::MembershipAdd | Operation::MembershipRemove);
        let group = row.counterpart.as_deref().filter(|_| is_membership);
        let group = group.and_then(|group| self.group(app, whole, group));
        Spot { whole, group }
    }

    fn group(&mut self, app: u32, whole: u32, group: &str) -> Option<u32> {
        let key = (whole, self.seed.hash_one(group));
        if let Some(known) = self.groups.get(&key) {
            return Some(*known);
        }
        let number = self.part(Part { app, whole: Some(whole) })?;
        self.groups.insert(key, number);
        Some(number)
    }

    /// An application of this name, told by the id of its instance. Records without one are of the first.
    fn instance(&mut self, row: &Row<'_>, app: u32) -> u32 {
        let Some(id) = row.app_id.as_deref().filter(|id| is_instance(row, id)) else { return app };
        let at = app as usize;
        if self.first.len() <= at {
            self.first.resize(at + 1, None);
        }
        let first = self.first.get(at).and_then(Option::as_ref);
        if let Some((_, place)) = first.filter(|(first, _)| **first == *id) {
            return *place;
        }
        let (hash, is_first) = (self.seed.hash_one((row.provider, id)), first.is_none());
        let known = self.instances.get(&hash).copied();
        let new = || if is_first { Some(app) } else { self.part(Part { app, whole: None }) };
        let Some(place) = known.or_else(new) else { return app };
        self.instances.insert(hash, place);
        if let Some(first @ None) = self.first.get_mut(at) {
            *first = Some((id.into(), place));
        }
        place
    }

    fn part(&mut self, part: Part) -> Option<u32> {
        let number = u32::try_from(self.parts.len()).ok()?.checked_add(FIRST).filter(|number| *number < u32::MAX)?;
        self.parts.push(part);
        Some(number)
    }

    fn find(&self, place: u32) -> Option<Part> {
        self.parts.get(place.checked_sub(FIRST)? as usize).copied()
    }

    /// The application of a place.
    pub(super) fn app(&self, place: u32) -> u32 {
        self.find(place).map_or(place, |part| part.app)
    }

    /// The application or instance that a group is of; nothing if the place is no group.
    pub(super) fn whole(&self, place: u32) -> Option<u32> {
        self.find(place)?.whole
    }
}

/// Whether the id of a row's application is that of an instance. Directory audits name applications by ids of several
/// kinds.
fn is_instance(row: &Row<'_>, id: &str) -> bool {
    match row.provider {
        Provider::Okta => id.starts_with("0oa"),
        Provider::Entra => row.dialect.contains("provisioning"),
        // Their logs have no ids of instances.
        Provider::Aws
        | Provider::Scim
        | Provider::GitHub
        | Provider::Snowflake
        | Provider::Databricks
        | Provider::Cloudflare
        | Provider::Descope
        | Provider::Slack
        | Provider::JumpCloud
        | Provider::SailPoint
        | Provider::Google
        | Provider::OneLogin
        | Provider::Ping
        | Provider::Auth0 => false,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::*;
    use crate::analysis::testing::did;
    use crate::analysis::{Analysis, Because, Builder, Detail, State};
    use crate::event::Outcome;

    fn row(operation: Operation, id: Option<&'static str>, group: Option<&'static str>) -> Row<'static> {
        let row = did("Harbor", operation, "ann", 0);
        Row { app_id: id.map(Cow::Borrowed), counterpart: group.map(Cow::Borrowed), ..row }
    }

    #[test]
    fn an_application_is_one_place_until_a_second_instance_comes() {
        let mut places = Places::default();
        let mut at = |id| places.of(&row(Operation::Create, id, None), 3).whole;
        assert_eq!((at(None), at(Some("0oaA")), at(Some("0oaA")), at(Some("x"))), (3, 3, 3, 3));
        let second = at(Some("0oaB"));
        assert_eq!((at(Some("0oaB")), at(Some("0oaA")), at(None)), (second, 3, 3));
        assert_ne!(second, 3);
        assert_eq!((places.app(second), places.app(3), places.whole(second)), (3, 3, None));
    }

    #[test]
    fn each_group_is_a_place_of_its_application() {
        use Operation::{MembershipAdd, MembershipRemove, Update};
        let mut places = Places::default();
        let mut at = |operation, id, group| places.of(&row(operation, id, group), 3);
        let sales = at(MembershipAdd, Some("0oaA"), Some("Sales"));
        assert_eq!(at(MembershipRemove, None, Some("Sales")), sales);
        assert_ne!(at(MembershipAdd, None, Some("Admins")).place(), sales.place());
        assert_ne!(at(MembershipAdd, Some("0oaB"), Some("Sales")).place(), sales.place());
        assert_eq!(at(Update, None, Some("Sales")).group, None);
        assert_eq!((places.app(sales.place()), places.whole(sales.place())), (3, Some(3)));
    }

    /// What these rows say, each at the time of its position, in that order and backwards.
    fn analysed(rows: &[Row<'static>]) -> Analysis {
        let of = |rows: &mut dyn Iterator<Item = (i64, &Row<'static>)>| {
            let mut builder = Builder::default();
            let input = builder.input("log", true);
            rows.for_each(|(at, row)| {
                builder.row(Row { input, time: Some(at), key: at.cast_unsigned(), ..row.clone() })
            });
            builder.finish(|_| 0)
        };
        let analysis = of(&mut (1..).zip(rows));
        let numbered: Vec<(i64, &Row<'static>)> = (1..).zip(rows).collect();
        let backwards = of(&mut numbered.into_iter().rev());
        assert_eq!(told(&analysis), told(&backwards), "the order of records does not matter");
        analysis
    }

    fn failed(row: Row<'static>) -> Row<'static> {
        let detail = Detail { shape: Some("refused".to_owned()), ..Detail::default() };
        Row { outcome: Outcome::Failure, detail: Some(Arc::new(detail)), ..row }
    }

    /// The state of the one issue, who is still broken in it, and how many stand on the three lists.
    fn told(analysis: &Analysis) -> (State, u64, [usize; 3]) {
        let (issue, lists) = (&analysis.unknown[0], &analysis.people);
        let lists = [&lists.access_not_removed, &lists.waiting_for_access, &lists.out_of_date].map(Vec::len);
        (issue.state, issue.still_broken, lists)
    }

    #[test]
    fn what_works_at_one_instance_settles_nothing_at_another_one_of_the_same_name() {
        let at = |operation, id| row(operation, Some(id), None);
        let leaver = [at(Operation::Update, "0oaA"), failed(at(Operation::Deactivate, "0oaA"))];
        let elsewhere = [&leaver[..], &[at(Operation::Deactivate, "0oaB")]].concat();
        assert_eq!(told(&analysed(&elsewhere)), (State::Ongoing, 1, [1, 0, 0]));
        let there = [&leaver[..], &[at(Operation::Deactivate, "0oaA")]].concat();
        assert_eq!(told(&analysed(&there)), (State::Recovered, 0, [0, 0, 0]));
        let renamed = Row { app: Some("Old Harbor".into()), ..at(Operation::Deactivate, "0oaA") };
        assert_eq!(told(&analysed(&[&leaver[..], &[renamed]].concat())), (State::Recovered, 0, [0, 0, 0]), "the same");
    }

    #[test]
    fn a_failed_change_of_a_group_is_settled_in_that_group_or_with_the_account() {
        use Operation::{Deactivate, MembershipAdd, MembershipRemove, Update};
        let of = |operation, group| row(operation, None, Some(group));
        let removal = |then: Row<'static>| told(&analysed(&[failed(of(MembershipRemove, "Admins")), then]));
        assert_eq!(removal(row(Update, None, None)), (State::Ongoing, 1, [1, 0, 0]), "still an admin");
        assert_eq!(removal(of(MembershipRemove, "Sales")), (State::Ongoing, 1, [1, 0, 0]));
        assert_eq!(removal(of(MembershipRemove, "Admins")), (State::Recovered, 0, [0, 0, 0]));
        assert_eq!(removal(of(MembershipAdd, "Admins")), (State::Recovered, 0, [0, 0, 0]), "wanted again");
        assert_eq!(removal(row(Deactivate, None, None)), (State::Recovered, 0, [0, 0, 0]), "without an account");
        let addition = |then: Row<'static>| told(&analysed(&[failed(of(MembershipAdd, "Sales")), then]));
        assert_eq!(addition(of(MembershipAdd, "Marketing")), (State::Ongoing, 1, [0, 0, 1]));
        assert_eq!(addition(of(MembershipAdd, "Sales")), (State::Recovered, 0, [0, 0, 0]));
        assert_eq!(addition(row(Deactivate, None, None)), (State::Recovered, 0, [0, 0, 0]));
        // Who was put into a group has an account.
        let created = [failed(row(Operation::Create, None, None)), of(MembershipAdd, "Sales")];
        assert_eq!(told(&analysed(&created)), (State::Recovered, 0, [0, 0, 0]));
    }

    #[test]
    fn somebody_stands_once_on_the_lists_for_an_application() {
        use Operation::{MembershipAdd, MembershipRemove, Update};
        let rows = [
            failed(row(MembershipAdd, None, Some("Sales"))),
            failed(row(MembershipRemove, None, Some("Admins"))),
            failed(row(Update, None, None)),
        ];
        let because = |rows: &[Row<'static>]| analysed(rows).people.access_not_removed[0].because;
        assert_eq!(told(&analysed(&rows)), (State::Ongoing, 1, [1, 0, 0]));
        assert_eq!(because(&rows), Because::StillInGroup);
        let account = failed(row(Operation::Deactivate, None, None));
        assert_eq!(because(&[&rows[..], &[account]].concat()), Because::Failed, "the account is graver");
    }

    #[test]
    fn what_fails_for_no_person_is_not_over_because_others_succeed() {
        let group = |operation, name: &'static str| Row {
            subject_kind: Some("group".into()),
            subject_name: Some(name.into()),
            login: None,
            ..row(operation, None, None)
        };
        let nobody = |operation| Row { subject_kind: None, login: None, ..row(operation, None, None) };
        let after = |failure: Row<'static>, then: Row<'static>| told(&analysed(&[failed(failure), then])).0;
        let works = || row(Operation::Create, None, None);
        assert_eq!(after(group(Operation::GroupUpdate, "HR"), works()), State::Ongoing);
        assert_eq!(after(group(Operation::GroupUpdate, "HR"), group(Operation::GroupUpdate, "HR")), State::Recovered);
        assert_eq!(after(nobody(Operation::Create), works()), State::Ongoing, "nobody knows who that was");
        assert_eq!(after(nobody(Operation::Cycle), works()), State::Recovered);
        assert_eq!(after(nobody(Operation::Cycle), nobody(Operation::Cycle)), State::Recovered);
    }
}
