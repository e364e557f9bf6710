//! Who is still broken, and how long it takes until access is gone.

use std::collections::HashMap;
use std::sync::Arc;

use super::Seeded;
use super::leavers::Left;
use super::outcome::{Histories, Open, Pair, Standing};
use super::people::{Identities, Identity};
use super::result::{PeopleLists, PersonState};
use crate::text::time::Micros;

/// Why somebody is on a list; what is graver for whoever should have lost access comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// What was tried failed, and nothing has succeeded since.
    Failed,
    /// To take them out of a group was tried and failed. The account may be as it should be.
    StillInGroup,
    /// The account in the identity provider itself could not be made.
    NoAccount,
    /// Nothing was tried, as far as the log shows.
    NeverTried,
}

impl Because {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Because::Failed => "failed",
            Because::StillInGroup => "still-in-group",
            Because::NoAccount => "no-account",
            Because::NeverTried => "never-tried",
        }
    }
}

/// How long it takes at an application from the end of an assignment until access is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RemovalTimes {
    pub app: Arc<str>,
    /// Removals of which the log shows both ends.
    pub removals: u64,
    pub people: u64,
    /// Half of them took so long or less.
    pub median: Option<Micros>,
    /// Nineteen of twenty took so long or less.
    pub p95: Option<Micros>,
    /// People who should have lost access there and have not.
    pub open: u64,
}

/// Everybody for whom something is not as it should be. `described` has the rules that describe
/// those who should have lost access without anybody having tried.
pub(super) fn lists(
    histories: &Histories,
    left: &Left,
    identities: &Identities<'_>,
    app: impl Fn(u32) -> Arc<str>,
    described: &HashMap<Pair, usize, Seeded>,
) -> PeopleLists {
    let mut lists = PeopleLists::default();
    let mut known: HashMap<u32, Arc<Identity>, Seeded> = HashMap::default();
    let mut add = |(person, at): Pair, standing: Standing, since, rule, because| {
        let who = known.entry(person).or_insert_with(|| Arc::new(identities.of(person))).clone();
        lists.list(standing).push(PersonState { user: who.label.clone(), who, app: app(at), since, rule, because });
    };
    let at_app = |(person, place): Pair| (person, histories.places.app(place));
    let because = |place, open: &Open| match open.standing {
        Standing::AccessNotRemoved if histories.places.whole(place).is_some() => Because::StillInGroup,
        Standing::WaitingForAccess if open.no_account => Because::NoAccount,
        _ => Because::Failed,
    };
    let open = histories.failing().filter_map(|pair| Some((pair, histories.open(pair)?)));
    let failing = by_app(open.map(|(pair, open)| (at_app(pair), (because(pair.1, &open), open))));
    for (pair, (because, open)) in &failing {
        add(*pair, open.standing, open.since, open.rule, *because);
    }
    let never = left.never_tried.iter().map(|never| (at_app(never.pair), never.since));
    for (pair, since) in earliest(never) {
        // What failed stands on the list with its reason.
        if failing.get(&pair).is_none_or(|(_, open)| open.standing != Standing::AccessNotRemoved) {
            let rule = described.get(&pair).copied();
            add(pair, Standing::AccessNotRemoved, Some(since), rule, Because::NeverTried);
        }
    }
    lists.sort();
    lists
}

/// The gravest of what is wrong for somebody at each application, in all its places.
fn by_app(all: impl Iterator<Item = (Pair, (Because, Open))>) -> HashMap<Pair, (Because, Open), Seeded> {
    let mut gravest: HashMap<Pair, (Because, Open), Seeded> = HashMap::default();
    for (pair, of) in all {
        let known = gravest.entry(pair).or_insert(of);
        // Of two at the same time the first rule, in whatever order they come.
        let rank =
            |(because, open): &(Because, Open)| (open.standing, *because, open.since, open.rule.unwrap_or(usize::MAX));
        if rank(&of) < rank(known) {
            *known = of;
        }
    }
    gravest
}

/// The earliest time of each.
fn earliest(all: impl Iterator<Item = (Pair, Micros)>) -> HashMap<Pair, Micros, Seeded> {
    let mut earliest: HashMap<Pair, Micros, Seeded> = HashMap::default();
    for (pair, at) in all {
        let known = earliest.entry(pair).or_insert(at);
        *known = at.min(*known);
    }
    earliest
}

/// How long removals took, application by application.
pub(super) fn removal_times(left: &Left, lists: &PeopleLists, app: impl Fn(u32) -> Arc<str>) -> Vec<RemovalTimes> {
    let mut open: HashMap<Arc<str>, u64, Seeded> = HashMap::default();
    for person in &lists.access_not_removed {
        *open.entry(person.app.clone()).or_default() += 1;
    }
    let measured = left.times.iter().map(|(number, times)| {
        let app = app(*number);
        let open = open.remove(&app).unwrap_or_default();
        RemovalTimes {
            app,
            removals: times.took.len() as u64,
            people: times.people,
            median: rank(&times.took, 50),
            p95: rank(&times.took, 95),
            open,
        }
    });
    let mut all: Vec<RemovalTimes> = measured.collect();
    let only_open = open.into_iter();
    all.extend(only_open.map(|(app, open)| RemovalTimes {
        app,
        removals: 0,
        people: 0,
        median: None,
        p95: None,
        open,
    }));
    all.sort_by(|a, b| a.app.cmp(&b.app));
    all
}

/// The smallest value so that at least so many of a hundred are not greater.
fn rank(sorted: &[Micros], percent: usize) -> Option<Micros> {
    sorted.get((sorted.len() * percent).div_ceil(100).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Analysis, Builder, Detail, Row, testing};
    use crate::event::{Operation, Outcome};

    /// What Okta's log says of its own account of ann, at these times, with the source of the import if there is one.
    fn made(source: Option<&'static str>, outcomes: &[(Outcome, i64)]) -> Analysis {
        let mut builder = Builder::default();
        let input = builder.input("log", true);
        for (key, (outcome, at)) in (1..).zip(outcomes) {
            let detail = Detail { event_type: Some("user.lifecycle.create".to_owned()), ..Detail::default() };
            let detail = (*outcome == Outcome::Failure).then(|| Arc::new(detail));
            let row = testing::did("", Operation::Create, "ann", *at);
            builder.row(Row { input, key, app: source.map(Into::into), outcome: *outcome, detail, ..row });
        }
        builder.finish(|_| 0)
    }

    #[test]
    fn whoever_has_no_account_in_okta_waits_for_that_and_not_for_the_source() {
        for (source, named) in [(Some("Workday"), "Workday"), (None, "Okta")] {
            let analysis = made(source, &[(Outcome::Failure, 10)]);
            let waiting: Vec<_> =
                analysis.people.waiting_for_access.iter().map(|person| (&*person.app, person.because)).collect();
            assert_eq!(waiting, [(named, Because::NoAccount)]);
            let analysis = made(source, &[(Outcome::Failure, 10), (Outcome::Success, 20)]);
            assert!(analysis.people.waiting_for_access.is_empty(), "{source:?}");
            assert_eq!(analysis.unknown[0].still_broken, 0, "{source:?}");
        }
        assert!(made(None, &[(Outcome::Failure, 10)]).apps.is_empty(), "Okta is no app");
    }

    #[test]
    fn ranks_are_values_that_were_measured() {
        let hundred: Vec<Micros> = (1..=100).collect();
        assert_eq!((rank(&hundred, 50), rank(&hundred, 95)), (Some(50), Some(95)));
        assert_eq!((rank(&[7], 50), rank(&[7], 95)), (Some(7), Some(7)));
        assert_eq!((rank(&[1, 2], 50), rank(&[1, 2, 3], 50), rank(&[1, 2, 3], 95)), (Some(1), Some(2), Some(3)));
        assert_eq!(rank(&[], 50), None);
    }
}
