//! Which failures are still open, since when, whatever the order.

use proptest::prelude::*;

use super::*;

const PAIR: Pair = (1, 2);

fn standing(histories: &Histories) -> Option<(Standing, Option<Micros>, Option<usize>)> {
    histories.open(PAIR).map(|open| (open.standing, open.since, open.rule))
}

#[test]
fn a_later_success_closes_a_failure_whatever_the_order() {
    let mut histories = Histories::default();
    histories.succeeded(PAIR, Effect::Grant, Some(20));
    histories.failed(PAIR, Effect::Grant, Some(10), Some(1));
    assert_eq!(standing(&histories), None);
    histories.failed(PAIR, Effect::Remove, Some(30), Some(2));
    assert_eq!(standing(&histories), Some((Standing::AccessNotRemoved, Some(30), Some(2))));
    histories.succeeded(PAIR, Effect::Remove, Some(31));
    assert_eq!(standing(&histories), None);
}

#[test]
fn it_is_broken_since_the_first_failure_after_the_last_success() {
    let mut histories = Histories::default();
    for at in [50, 10, 40, 30] {
        histories.failed(PAIR, Effect::Change, Some(at), None);
    }
    histories.succeeded(PAIR, Effect::Change, Some(20));
    assert_eq!(standing(&histories), Some((Standing::OutOfDate, Some(30), None)));
    histories.succeeded(PAIR, Effect::Change, Some(45));
    assert_eq!(standing(&histories), Some((Standing::OutOfDate, Some(50), None)));
}

#[test]
fn an_update_that_works_does_not_take_access_away() {
    let mut histories = Histories::default();
    histories.failed(PAIR, Effect::Remove, Some(30), None);
    histories.succeeded(PAIR, Effect::Change, Some(40));
    assert_eq!(standing(&histories), Some((Standing::AccessNotRemoved, Some(30), None)));
    histories.succeeded(PAIR, Effect::Unassign, Some(50));
    assert_eq!(standing(&histories), Some((Standing::AccessNotRemoved, Some(30), None)), "the account is still there");
    histories.succeeded(PAIR, Effect::Assign, Some(60));
    assert_eq!(standing(&histories), None, "and now it should be");
}

#[test]
fn a_success_without_a_time_comes_after_nothing() {
    let mut histories = Histories::default();
    histories.failed(PAIR, Effect::Grant, None, None);
    histories.succeeded(PAIR, Effect::Grant, None);
    assert_eq!(standing(&histories), Some((Standing::WaitingForAccess, None, None)));
    histories.succeeded(PAIR, Effect::Grant, Some(1));
    assert_eq!(standing(&histories), None);
}

#[test]
fn who_lost_the_assignment_or_left_waits_for_nothing() {
    let mut histories = Histories::default();
    histories.failed(PAIR, Effect::Grant, Some(10), None);
    histories.succeeded((PAIR.0, DIRECTORY), Effect::Remove, Some(20));
    assert_eq!(standing(&histories), None);
    histories.succeeded((PAIR.0, DIRECTORY), Effect::Grant, Some(30));
    assert_eq!(standing(&histories), Some((Standing::WaitingForAccess, Some(10), None)), "came back");
    histories.succeeded(PAIR, Effect::Unassign, Some(40));
    assert_eq!(standing(&histories), None);
}

#[test]
fn an_assignment_that_cannot_be_made_or_taken_away() {
    let mut histories = Histories::default();
    histories.failed(PAIR, Effect::Assign, Some(10), Some(3));
    assert_eq!(standing(&histories), Some((Standing::WaitingForAccess, Some(10), Some(3))));
    histories.failed(PAIR, Effect::Unassign, Some(20), Some(4));
    assert_eq!(standing(&histories), Some((Standing::AccessNotRemoved, Some(20), Some(4))));
    histories.succeeded(PAIR, Effect::Unassign, Some(30));
    assert_eq!(standing(&histories), None, "nobody waits for what was taken away");
}

#[test]
fn of_very_many_failures_the_first_one_is_known() {
    let mut histories = Histories::default();
    for at in 1..=10_000 {
        histories.failed(PAIR, Effect::Grant, Some(at), None);
    }
    assert_eq!(standing(&histories), Some((Standing::WaitingForAccess, Some(1), None)));
    let kept = histories.failures.values().flatten().map(|(_, failures)| failures.times.len()).sum::<usize>();
    assert!(kept <= KEPT, "{kept}");
    histories.succeeded(PAIR, Effect::Grant, Some(10_000));
    assert_eq!(standing(&histories), None);
    for at in 10_001..=10_100 {
        histories.failed(PAIR, Effect::Grant, Some(at), None);
    }
    assert_eq!(standing(&histories), Some((Standing::WaitingForAccess, Some(10_001), None)));
}

#[test]
fn of_a_failure_and_a_success_at_the_same_time_the_success_was_the_retry_but_where_access_must_go() {
    for (effect, is_open) in [
        (Effect::Grant, false),
        (Effect::Change, false),
        (Effect::Remove, true),
        (Effect::Unassign, true),
        (Effect::Rights, true),
    ] {
        let mut histories = Histories::default();
        histories.failed(PAIR, effect, Some(10), None);
        histories.succeeded(PAIR, effect, Some(10));
        assert_eq!(histories.open(PAIR).is_some(), is_open, "{effect:?}");
        // The lists of people and the numbers of an issue say the same.
        assert_eq!(histories.resolved_after(PAIR, effect, Some(10)), !is_open, "{effect:?}");
        histories.succeeded(PAIR, effect, Some(11));
        assert_eq!(
            (histories.open(PAIR), histories.resolved_after(PAIR, effect, Some(10))),
            (None, true),
            "{effect:?}"
        );
    }
}

#[test]
fn data_and_passwords_are_sent_apart() {
    for (failed, other) in [(Effect::Change, Effect::Password), (Effect::Password, Effect::Change)] {
        let mut histories = Histories::default();
        histories.failed(PAIR, failed, Some(10), None);
        histories.succeeded(PAIR, other, Some(20));
        assert_eq!(standing(&histories), Some((Standing::OutOfDate, Some(10), None)), "{failed:?}");
        histories.succeeded(PAIR, failed, Some(30));
        assert_eq!(standing(&histories), None, "{failed:?}");
    }
}

#[test]
fn a_right_that_could_not_be_taken_is_access_until_it_is_taken() {
    let mut histories = Histories::default();
    histories.failed(PAIR, Effect::Rights, Some(10), None);
    histories.succeeded(PAIR, Effect::Change, Some(20));
    assert_eq!(standing(&histories), Some((Standing::AccessNotRemoved, Some(10), None)));
    histories.succeeded(PAIR, Effect::Rights, Some(30));
    assert_eq!(standing(&histories), None);
}

#[test]
fn nothing_to_do_settles_what_failed_but_not_access_that_must_go() {
    use std::sync::Arc;

    use crate::analysis::{Detail, Row, testing};
    use crate::event::{Operation, Outcome};

    let skipped = |provider, code: &str, at| Row {
        provider,
        outcome: Outcome::Skipped,
        detail: Some(Arc::new(Detail { code: Some(code.to_owned()), ..Detail::default() })),
        ..testing::did("Harbor", Operation::Other, "ann", at)
    };
    let open = |failed, row: &Row<'_>| {
        let mut histories = Histories::default();
        histories.failed(PAIR, failed, Some(10), None);
        histories.was_skipped(PAIR, row);
        assert_eq!(histories.newest_success(PAIR), None, "nothing was done");
        standing(&histories).is_some()
    };
    for (code, ends) in [
        ("RedundantExport", vec![Effect::Grant, Effect::Assign, Effect::Change]),
        ("NotEffectivelyEntitled", vec![Effect::Grant, Effect::Assign, Effect::Change, Effect::Password]),
        ("EntrySynchronizationSkipped", vec![]),
        ("AttributeValidationFailed", vec![]),
    ] {
        for failed in [
            Effect::Grant,
            Effect::Assign,
            Effect::Change,
            Effect::Password,
            Effect::Remove,
            Effect::Unassign,
            Effect::Rights,
        ] {
            assert_eq!(open(failed, &skipped(Provider::Entra, code, 20)), !ends.contains(&failed), "{code} {failed:?}");
            assert!(open(failed, &skipped(Provider::Entra, code, 10)), "{code} does not settle itself");
            assert!(open(failed, &skipped(Provider::Entra, code, 5)), "{code} came before {failed:?}");
            assert!(open(failed, &skipped(Provider::Okta, code, 20)), "the word is Entra's");
        }
    }
}

#[test]
fn an_account_that_is_switched_off_and_cannot_be_deleted_opens_nothing() {
    let mut histories = Histories::default();
    histories.succeeded(PAIR, Effect::Remove, Some(10));
    histories.failed(PAIR, Effect::Remove, Some(20), None);
    assert_eq!(standing(&histories), None);
    assert!(!histories.resolved_after(PAIR, Effect::Remove, Some(20)), "the account is still there");
    // Data that were taken since may have switched it on.
    histories.succeeded(PAIR, Effect::Change, Some(15));
    assert_eq!(standing(&histories), Some((Standing::AccessNotRemoved, Some(20), None)));
}

#[test]
fn who_came_back_and_gets_data_again_need_not_go() {
    let mut histories = Histories::default();
    histories.failed(PAIR, Effect::Remove, Some(10), None);
    histories.succeeded((PAIR.0, DIRECTORY), Effect::Grant, Some(20));
    assert_eq!(standing(&histories), Some((Standing::AccessNotRemoved, Some(10), None)), "nobody says where to");
    histories.succeeded(PAIR, Effect::Change, Some(30));
    assert_eq!(standing(&histories), None);
    histories.failed(PAIR, Effect::Remove, Some(40), None);
    assert_eq!(standing(&histories), Some((Standing::AccessNotRemoved, Some(40), None)));
}

#[test]
fn what_the_identity_provider_reads_proves_no_account() {
    let mut histories = Histories::default();
    histories.failed(PAIR, Effect::Grant, Some(10), None);
    histories.failed(PAIR, Effect::Remove, Some(10), None);
    histories.failed(PAIR, Effect::Read, Some(10), None);
    histories.succeeded(PAIR, Effect::Read, Some(20));
    assert_eq!(standing(&histories), Some((Standing::AccessNotRemoved, Some(10), None)));
    histories.succeeded(PAIR, Effect::Remove, Some(20));
    assert_eq!(standing(&histories), None);
}

proptest! {
    /// However the events are shuffled, and whoever was met under two numbers first.
    #[test]
    fn the_order_of_events_does_not_matter(
        events in prop::collection::vec((0_usize..EFFECTS, 0_i64..50, any::<bool>(), any::<bool>()), 0..40),
        order in any::<u64>(),
    ) {
        const ALL: [Effect; EFFECTS] = [
            Effect::Grant, Effect::Remove, Effect::Change, Effect::Import, Effect::Read, Effect::Assign,
            Effect::Unassign, Effect::Context, Effect::Password, Effect::Rights, Effect::Lookup, Effect::Equal,
            Effect::Unwanted, Effect::Enter,
        ];
        let build = |events: &[(usize, i64, bool, bool)], twice: bool| {
            let mut histories = Histories::default();
            for (effect, at, succeeds, other) in events {
                let pair = (if twice && *other { 3 } else { PAIR.0 }, PAIR.1);
                let effect = ALL[*effect];
                match succeeds {
                    true => histories.succeeded(pair, effect, Some(*at)),
                    false => histories.failed(pair, effect, Some(*at), Some(usize::try_from(*at).unwrap() % 3)),
                }
            }
            if twice {
                histories.join(&Roots::for_tests(&[0, 1, 2, 1]));
            }
            standing(&histories)
        };
        let mut shuffled = events.clone();
        shuffled.sort_by_key(|event| {
            use std::hash::BuildHasher as _;
            foldhash::quality::FixedState::with_seed(order).hash_one(event)
        });
        prop_assert_eq!(build(&events, false), build(&shuffled, false));
        prop_assert_eq!(build(&events, false), build(&shuffled, true));
    }
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
