//! Both sides of a failed call: what the identity provider's log says of it, and what the
//! application's own log says of the same request.
//!
//! The two logs have hardly an id in common, their clocks differ, and a server's log often names
//! nobody. Two failures are the same call if they share an id; else if they are about the same
//! person and the same kind of change within [`CLOCKS`]; else, where the application's log names
//! nobody, if within [`AT_ONCE`] there is one of each only and the HTTP status is the same.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::Effect;
use super::people::Roots;
use super::{Evidence, IssueKey, OtherSide};
use crate::event::{Operation, Provider};
use crate::text::time::{Micros, SECOND};

/// How far apart the clocks of two systems, and the log lines of one call, may be.
const CLOCKS: Micros = 120 * SECOND;
/// The same where only the status tells that it is one call.
const AT_ONCE: Micros = 5 * SECOND;
/// Failures that are kept of each side; what is beyond is counted.
const MOST: usize = 10_000;

/// A failure as one side saw it.
#[derive(Clone)]
pub(super) struct Half {
    pub(super) provider: Provider,
    pub(super) issue: IssueKey,
    pub(super) person: Option<u32>,
    pub(super) at: Micros,
    pub(super) status: Option<u16>,
    pub(super) evidence: Evidence,
}

impl Half {
    fn effect(&self) -> Effect {
        Effect::of(self.evidence.operation)
    }

    /// Whether the application's log may mean the same change. Whoever creates or changes an
    /// account looks it up first, and that is the call that may have failed.
    fn may_be(&self, answered: &Half) -> bool {
        self.effect() == answered.effect() || answered.evidence.operation == Operation::Match
    }
}

/// All failures, by side.
#[derive(Clone, Default)]
pub(super) struct Sides {
    asked: Vec<Half>,
    answered: Vec<Half>,
    /// Failures that there was no room for.
    pub(super) beyond: u64,
}

/// What the other side says of failures of an issue.
pub(super) struct Joined {
    /// Failures of which both sides are known.
    pub(super) count: u64,
    /// One of them.
    pub(super) example: Evidence,
    /// The issues of the other side.
    pub(super) others: BTreeSet<IssueKey>,
}

impl Sides {
    /// Adds a failure that `provider` tells of.
    pub(super) fn add(&mut self, provider: Provider, half: impl FnOnce() -> Half) {
        let side = if provider.makes_calls() { &mut self.asked } else { &mut self.answered };
        if side.len() < MOST {
            side.push(half());
        } else {
            self.beyond += 1;
        }
    }

    /// Puts together what belongs to one person.
    pub(super) fn join_people(&mut self, roots: &Roots) {
        let people = self.asked.iter_mut().chain(&mut self.answered).filter_map(|half| half.person.as_mut());
        people.for_each(|person| *person = roots.of(*person));
    }

    /// Which failures are one call, by issue: an issue of either side learns of the other one. An issue
    /// that `moved` has another key now. And how many calls they are.
    pub(super) fn join(mut self, moved: &[(IssueKey, IssueKey)]) -> (BTreeMap<IssueKey, Joined>, u64) {
        for half in self.asked.iter_mut().chain(&mut self.answered) {
            if let Some((_, new)) = moved.iter().find(|(old, _)| *old == half.issue) {
                half.issue.clone_from(new);
            }
        }
        let mut joined = BTreeMap::new();
        if self.asked.is_empty() || self.answered.is_empty() {
            return (joined, 0);
        }
        self.asked.sort_by_key(|half| half.at);
        self.answered.sort_by_key(|half| half.at);
        let mut used = vec![false; self.answered.len()];
        for asked in &self.asked {
            let Some((place, by)) = self.answer_to(asked, &used) else { continue };
            let Some(answered) = self.answered.get(place) else { continue };
            if let Some(used) = used.get_mut(place) {
                *used = true;
            }
            note(&mut joined, asked, answered, by);
            note(&mut joined, answered, asked, by);
        }
        let calls = used.iter().filter(|used| **used).count() as u64;
        (joined, calls)
    }

    /// The place of the answer that belongs to a call, and how that is known.
    fn answer_to(&self, asked: &Half, used: &[bool]) -> Option<(usize, &'static str)> {
        let free = |place: &usize| used.get(*place) == Some(&false);
        let within = |tolerance: Micros| {
            let from = self.answered.partition_point(|half| half.at < asked.at - tolerance);
            let to = self.answered.partition_point(|half| half.at <= asked.at + tolerance);
            (from..to).filter(free).filter_map(|place| Some((place, self.answered.get(place)?)))
        };
        let shares_an_id =
            |half: &Half| half.evidence.ids.values().any(|id| asked.evidence.ids.values().any(|own| own == id));
        if let Some((place, _)) = within(CLOCKS).find(|(_, half)| shares_an_id(half)) {
            return Some((place, "the same id"));
        }
        let same_person = |half: &Half| half.person.is_some() && half.person == asked.person && asked.may_be(half);
        let nearest = within(CLOCKS)
            .filter(|(_, half)| same_person(half))
            .min_by_key(|(place, half)| ((half.at - asked.at).abs(), *place));
        if let Some((place, _)) = nearest {
            return Some((place, "person, kind of change and time"));
        }
        let like_it = |half: &Half| half.person.is_none() && half.status == asked.status && asked.may_be(half);
        let status_is_known = asked.status.is_some();
        let mut candidates = within(AT_ONCE).filter(|(_, half)| status_is_known && like_it(half));
        let (place, _) = candidates.next()?;
        let is_alone = candidates.next().is_none() && self.asked_around(asked) == 1;
        is_alone.then_some((place, "HTTP status, kind of change and time; the app's log names nobody"))
    }

    /// Calls of the same kind and status around this one, itself included.
    fn asked_around(&self, asked: &Half) -> usize {
        let from = self.asked.partition_point(|half| half.at < asked.at - AT_ONCE);
        let around = self.asked.iter().skip(from).take_while(|half| half.at <= asked.at + AT_ONCE);
        around.filter(|half| half.status == asked.status && half.effect() == asked.effect()).count()
    }
}

fn note(joined: &mut BTreeMap<IssueKey, Joined>, own: &Half, other: &Half, by: &'static str) {
    match joined.get_mut(&own.issue) {
        Some(known) => {
            known.count += 1;
            known.others.insert(other.issue.clone());
        }
        None => {
            let side = OtherSide { provider: other.provider, evidence: other.evidence.clone(), by };
            let example = Evidence { other_side: Some(Box::new(side)), ..own.evidence.clone() };
            let others = BTreeSet::from([other.issue.clone()]);
            joined.insert(own.issue.clone(), Joined { count: 1, example, others });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OKTA: IssueKey = (Some(1), None, Some(1));
    const SERVER: IssueKey = (Some(2), None, Some(2));

    fn half(provider: Provider, person: Option<u32>, at: Micros, status: u16) -> Half {
        Half {
            provider,
            issue: if provider == Provider::Okta { OKTA } else { SERVER },
            person,
            at: at * SECOND,
            status: Some(status),
            evidence: Evidence {
                input: 0,
                line: 0,
                offset: 0,
                time: None,
                user: None,
                called: crate::analysis::Called::default(),
                operation: Operation::Create,
                message: None,
                remote: None,
                ids: BTreeMap::new(),
                other_side: None,
                shortened: false,
            },
        }
    }

    fn joined(halves: Vec<Half>) -> Vec<(u64, &'static str)> {
        let mut sides = Sides::default();
        halves.into_iter().for_each(|half| sides.add(half.provider, || half));
        let (joined, calls) = sides.join(&[]);
        let by = |key: &IssueKey| {
            joined.get(key).map(|joined| (joined.count, joined.example.other_side.as_ref().unwrap().by))
        };
        assert_eq!(by(&OKTA).map(|(count, _)| count), by(&SERVER).map(|(count, _)| count), "both sides know");
        assert_eq!(by(&OKTA).map_or(0, |(count, _)| count), calls);
        by(&OKTA).into_iter().collect()
    }

    #[test]
    fn the_same_person_and_change_within_the_tolerance_is_one_call() {
        let pairs = |apart: Micros| {
            vec![half(Provider::Okta, Some(7), 1000, 409), half(Provider::Scim, Some(7), 1000 + apart, 409)]
        };
        assert_eq!(joined(pairs(100)), [(1, "person, kind of change and time")]);
        assert_eq!(joined(pairs(-100)), [(1, "person, kind of change and time")]);
        assert_eq!(joined(pairs(121)), []);
        let other_person = vec![half(Provider::Okta, Some(7), 0, 409), half(Provider::Scim, Some(8), 0, 409)];
        assert_eq!(joined(other_person), []);
    }

    #[test]
    fn a_server_that_names_nobody_is_believed_only_where_nothing_else_fits() {
        let pair = || vec![half(Provider::Okta, Some(7), 0, 409), half(Provider::Scim, None, 2, 409)];
        assert_eq!(joined(pair()).len(), 1);
        assert_eq!(joined(vec![half(Provider::Okta, Some(7), 0, 409), half(Provider::Scim, None, 2, 400)]), []);
        assert_eq!(joined(vec![half(Provider::Okta, Some(7), 0, 409), half(Provider::Scim, None, 6, 409)]), []);
        let two_answers = pair().into_iter().chain([half(Provider::Scim, None, 3, 409)]).collect();
        assert_eq!(joined(two_answers), []);
        let two_calls = pair().into_iter().chain([half(Provider::Okta, Some(8), 1, 409)]).collect();
        assert_eq!(joined(two_calls), []);
    }

    #[test]
    fn what_is_beyond_is_counted() {
        let mut sides = Sides::default();
        for _ in 0..MOST + 2 {
            sides.add(Provider::Okta, || half(Provider::Okta, Some(7), 0, 409));
        }
        assert_eq!((sides.asked.len(), sides.beyond), (MOST, 2));
    }

    #[test]
    fn an_answer_belongs_to_one_call_and_an_id_decides() {
        let calls = vec![
            half(Provider::Okta, Some(7), 0, 409),
            half(Provider::Okta, Some(7), 30, 409),
            half(Provider::Scim, Some(7), 31, 409),
        ];
        assert_eq!(joined(calls), [(1, "person, kind of change and time")]);
        let mut named = vec![half(Provider::Okta, None, 0, 409), half(Provider::Scim, Some(3), 40, 500)];
        for half in &mut named {
            half.evidence.ids.insert("request", "r-1".to_owned());
        }
        assert_eq!(joined(named), [(1, "the same id")]);
    }
}
