//! Each pattern: events in which it is there, and the nearest ones in which it is not.

use std::borrow::Cow;
use std::sync::Arc;

use super::*;
use crate::analysis::{Because, Builder, Issue, testing};
use crate::text::time::{DAY, HOUR, SECOND};

const START: Micros = 1_770_000_000 * SECOND;
const APP: &str = "Harbor";

/// An event in the making: of Okta, at [`APP`], about a person.
struct Made {
    row: Row<'static>,
    detail: Option<Detail>,
}

/// What somebody did after so long, with success.
fn did(operation: Operation, person: &str, after: Micros) -> Made {
    Made { row: testing::did(APP, operation, person, START + after), detail: None }
}

/// What failed, with a status of the app's answer.
fn failed(operation: Operation, person: &str, after: Micros, status: Option<u16>) -> Made {
    let mut made = did(operation, person, after);
    made.row.outcome = Outcome::Failure;
    made.detail = Some(Detail { http_status: status, ..Detail::default() });
    made
}

impl Made {
    fn entra(mut self) -> Self {
        self.row.provider = Provider::Entra;
        self
    }

    fn without_app(mut self) -> Self {
        self.row.app = None;
        self
    }

    fn detail(mut self, change: impl FnOnce(&mut Detail)) -> Self {
        change(self.detail.get_or_insert_with(Detail::default));
        self
    }
}

/// What is found in such events by a rule with this detector.
fn found_for(detector: Detector, apps: &[String], rows: Vec<Made>) -> Vec<Issue> {
    let patterns = Patterns::watching([Named { detector, rule: 7, provider: "scim", apps }].into_iter());
    let mut builder = Builder::new(None).watching(patterns);
    let input = builder.input("log", true);
    for (key, made) in (0..).zip(rows) {
        let detail = made.detail.map(Arc::new);
        builder.row(Row { input, key, detail, ..made.row });
    }
    builder.finish(|_| 0).issues.into_iter().filter(|issue| issue.pattern.is_some()).collect()
}

fn found(detector: Detector, rows: Vec<Made>) -> Vec<Issue> {
    found_for(detector, &[], rows)
}

fn people(issues: &[Issue]) -> Vec<u64> {
    issues.iter().map(|issue| issue.users).collect()
}

fn cycle(failures: usize, successes: usize) -> Vec<Made> {
    let person = |n: usize| format!("p{n}");
    let failures = (0..failures).map(|n| {
        let made = failed(Operation::Update, &person(n), n as Micros * SECOND, Some(500)).entra();
        made.detail(|detail| {
            detail.ids.insert("cycle", "c1".to_owned());
        })
    });
    let successes = (0..successes).map(|n| did(Operation::Update, &person(1000 + n), n as Micros * SECOND).entra());
    failures.chain(successes).collect()
}

#[test]
fn a_cycle_in_which_nearly_everything_fails() {
    let issues = found(Detector::CycleFails, cycle(40, 2));
    assert_eq!(people(&issues), [40]);
    assert_eq!((issues[0].rule, issues[0].app.as_deref(), issues[0].provider), (Some(7), Some(APP), Provider::Entra));
    assert!(issues[0].pattern.as_deref().unwrap().contains("40 changes failed, of 40 people"));
    assert!(found(Detector::CycleFails, cycle(40, 3)).is_empty(), "one in fourteen succeeds");
    assert!(found(Detector::CycleFails, cycle(19, 0)).is_empty(), "too few to tell from chance");
}

#[test]
fn a_cycle_after_which_most_works_is_past() {
    use crate::analysis::State;

    let later = |successes: usize, failures: usize| {
        let worked = (0..successes).map(|n| did(Operation::Update, &format!("w{n}"), 3 * HOUR).entra());
        let failed = (0..failures).map(|n| {
            failed(Operation::Update, &format!("f{n}"), 3 * HOUR, Some(500)).entra().detail(|detail| {
                detail.ids.insert("cycle", "c2".to_owned());
            })
        });
        let issues = found(Detector::CycleFails, cycle(40, 2).into_iter().chain(worked).chain(failed).collect());
        assert_eq!((people(&issues), issues[0].still_broken), (vec![40], 40));
        (issues[0].state, issues[0].pattern.as_deref().unwrap().ends_with("; most changes have worked since"))
    };
    assert_eq!(later(20, 2), (State::Quiet, true));
    assert_eq!(later(19, 0), (State::Ongoing, false), "too few to tell");
    assert_eq!(later(30, 30), (State::Ongoing, false), "half of it fails");
}

#[test]
fn a_job_that_comes_near_quarantine() {
    let job = |failures: usize, successes: usize| {
        let mut rows = cycle(failures, 0);
        rows.extend((0..successes).map(|n| did(Operation::Update, &format!("s{n}"), 0).entra()));
        rows
    };
    let issues = found(Detector::QuarantineForecast, job(3_000, 4_000));
    assert_eq!(issues.len(), 1);
    assert!(issues[0].pattern.as_deref().unwrap().starts_with("3000 of 7000 changes failed (42%)"));
    assert!(found(Detector::QuarantineForecast, job(3_000, 5_000)).is_empty(), "37%");
    assert!(found(Detector::QuarantineForecast, job(2_900, 100)).is_empty(), "too few to be looked at");
    let references = job(3_000, 0)
        .into_iter()
        .map(|made| made.detail(|detail| detail.code = Some("UnableToResolveReferenceAttributeValue".to_owned())));
    assert!(found(Detector::QuarantineForecast, references.collect()).is_empty());
}

#[test]
fn ten_refusals_for_the_rate_limit_and_then_none() {
    let refused = |count: i64| (0..count).map(|n| failed(Operation::Update, "ana", n * HOUR, Some(429)));
    assert_eq!(people(&found(Detector::RateLimitStreak, refused(10).collect())), [1]);
    assert!(found(Detector::RateLimitStreak, refused(9).collect()).is_empty());
    let healed = refused(10).chain([did(Operation::Update, "ana", 11 * HOUR)]).collect();
    assert!(found(Detector::RateLimitStreak, healed).is_empty(), "it went through at last");
    let in_between = (0..12).flat_map(|n| {
        [failed(Operation::Update, "ana", n * HOUR, Some(429)), did(Operation::Update, "ana", n * HOUR + 1)]
    });
    let last = failed(Operation::Update, "ana", 12 * HOUR, Some(429));
    assert!(found(Detector::RateLimitStreak, in_between.chain([last]).collect()).is_empty(), "each went through");
    let others = (0..10).map(|n| failed(Operation::Update, &format!("p{n}"), n * HOUR, Some(429)));
    assert!(found(Detector::RateLimitStreak, others.collect()).is_empty(), "once each");
}

#[test]
fn everything_is_refused_since_somebody_was_switched_off() {
    let refused =
        |from: i64| (0..5).map(move |n| failed(Operation::Update, &format!("p{n}"), (from + n) * HOUR, Some(401)));
    let off = || did(Operation::Deactivate, "owner", HOUR);
    let before = || did(Operation::Update, "p1", 0);
    let issues = found(Detector::TokenOwnerDisabled, [before(), off()].into_iter().chain(refused(2)).collect());
    assert_eq!(people(&issues), [5]);
    assert!(issues[0].pattern.as_deref().unwrap().contains("owner@example.com"));
    assert_eq!(issues[0].certainty, Certainty::Guess);
    let works = [off(), did(Operation::Update, "p9", 3 * HOUR)].into_iter().chain(refused(4));
    assert!(found(Detector::TokenOwnerDisabled, works.collect()).is_empty(), "something else came in between");
    let other = [off(), failed(Operation::Update, "p1", 2 * HOUR, Some(400))].into_iter().chain(refused(4));
    assert!(found(Detector::TokenOwnerDisabled, other.collect()).is_empty(), "the app still answers otherwise");
}

#[test]
fn a_removal_that_fails_after_the_membership_had_ended() {
    let ended = || did(Operation::MembershipRemove, "ana", 0).without_app();
    let late = |after| failed(Operation::MembershipRemove, "ana", after, Some(404));
    assert_eq!(people(&found(Detector::RemovalAfterExpiry, vec![ended(), late(HOUR)])), [1]);
    assert_eq!(people(&found(Detector::RemovalAfterExpiry, vec![late(HOUR), ended()])), [1], "in any order");
    assert!(found(Detector::RemovalAfterExpiry, vec![ended(), late(DAY)]).is_empty());
    assert!(found(Detector::RemovalAfterExpiry, vec![late(HOUR)]).is_empty());
}

#[test]
fn an_account_that_is_switched_off_and_on_in_turn() {
    let turns = |count: i64, apart: Micros| {
        (0..count)
            .map(move |n| did(if n % 2 == 0 { Operation::Deactivate } else { Operation::Reactivate }, "ana", n * apart))
    };
    assert_eq!(people(&found(Detector::Flapping, turns(4, DAY).collect())), [1]);
    assert!(found(Detector::Flapping, turns(3, DAY).collect()).is_empty(), "left, came back, left");
    assert!(found(Detector::Flapping, turns(4, 30 * DAY).collect()).is_empty(), "a seasonal worker");
    let years_ago = [did(Operation::Deactivate, "ana", -1_000 * DAY), did(Operation::Reactivate, "ana", -999 * DAY)];
    let again = found(Detector::Flapping, years_ago.into_iter().chain(turns(4, DAY)).collect());
    assert_eq!((again[0].events, again[0].first), (4, Some(START)), "the years between are none of it");
    let off = (0..4).map(|n| did(Operation::Deactivate, "ana", n * HOUR));
    assert!(found(Detector::Flapping, off.collect()).is_empty(), "switched off four times is not in turn");
}

/// Who is met by login in one log and by id in another one is one person once a record names both.
#[test]
fn switches_of_two_who_turn_out_to_be_one_are_put_together() {
    let known_as = |id: Option<&'static str>, login: Option<&'static str>, operation, after| {
        let mut made = did(operation, "x", after);
        (made.row.subject_id, made.row.login) = (id.map(Cow::Borrowed), login.map(Cow::Borrowed));
        made
    };
    let (id, login) = (Some("00u1abcdefghijklm0x7"), Some("x@example.com"));
    let turn = |n: Micros| if n % 2 == 0 { Operation::Deactivate } else { Operation::Reactivate };
    let apart = |n: Micros| match n % 4 {
        0 | 1 => known_as(id, None, turn(n), n * DAY),
        _ => known_as(None, login, turn(n), n * DAY),
    };
    let both = known_as(id, login, Operation::Update, 9 * DAY);
    assert!(found(Detector::Flapping, (0..4).map(apart).collect()).is_empty());
    let issues = found(Detector::Flapping, (0..4).map(apart).chain([both]).collect());
    assert_eq!(people(&issues), [1]);
    assert_eq!(issues[0].events, 4);
}

#[test]
fn an_import_that_stopped_and_never_went_on() {
    let stop = || {
        let mut made =
            did(Operation::Import, "nobody", HOUR).detail(|detail| detail.rule = Some((7, Certainty::Certain)));
        made.row.outcome = Outcome::Warning;
        made
    };
    let import = |after| did(Operation::Import, "nobody", after);
    let issues = found(Detector::ImportStopped, vec![import(0), stop()]);
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].events, 1);
    assert!(found(Detector::ImportStopped, vec![stop(), import(2 * HOUR)]).is_empty());
}

#[test]
fn an_assignment_that_went_and_an_account_that_stayed() {
    let gone = || did(Operation::AssignmentRemove, "ana", HOUR);
    // The log shows of somebody else that accounts are switched off there.
    let works = || did(Operation::Deactivate, "raj", 0);
    let much_later = || did(Operation::Update, "raj", 3 * DAY);
    let issues = found(Detector::NotDeprovisioned, vec![works(), gone(), much_later()]);
    assert_eq!(people(&issues), [1]);
    let off = |after| did(Operation::Deactivate, "ana", after);
    let without = |more: Made| vec![works(), gone(), more, much_later()];
    assert!(found(Detector::NotDeprovisioned, without(off(2 * HOUR))).is_empty());
    assert!(found(Detector::NotDeprovisioned, without(off(0))).is_empty(), "switched off first");
    assert!(found(Detector::NotDeprovisioned, without(did(Operation::AssignmentAdd, "ana", 2 * HOUR))).is_empty());
    let refused = failed(Operation::Deactivate, "ana", 2 * HOUR, Some(403));
    assert!(found(Detector::NotDeprovisioned, without(refused)).is_empty(), "an issue of its own");
    assert!(found(Detector::NotDeprovisioned, vec![works(), gone()]).is_empty(), "there is time yet");
    let never_seen = vec![did(Operation::Update, "raj", 0), gone(), much_later()];
    assert!(found(Detector::NotDeprovisioned, never_seen).is_empty(), "the log never shows who is switched off there");
}

#[test]
fn somebody_who_left_the_directory_and_an_account_that_stayed() {
    let log = |left: Option<Made>| {
        let had = did(Operation::Create, "ana", 0);
        let rows = [had, did(Operation::Deactivate, "raj", 0), did(Operation::Update, "raj", 3 * DAY)];
        rows.into_iter().chain(left).collect()
    };
    let left = || did(Operation::Deactivate, "ana", HOUR).without_app();
    let issues = found(Detector::NotDeprovisioned, log(Some(left())));
    assert_eq!((people(&issues), issues[0].examples[0].operation), (vec![1], Operation::Deactivate));
    assert!(found(Detector::NotDeprovisioned, log(None)).is_empty());
    let suspended = left().detail(|detail| detail.event_type = Some("user.lifecycle.suspend".to_owned()));
    assert!(found(Detector::NotDeprovisioned, log(Some(suspended))).is_empty(), "who is suspended keeps the accounts");
}

#[test]
fn a_change_that_succeeds_again_and_again() {
    let again = |person: &str, count: i64| -> Vec<Made> {
        (0..count).map(|n| did(Operation::Update, person, n * DAY / 2)).collect()
    };
    let with_others = |person: &str, count: i64, others: i64| -> Vec<Made> {
        (0..5).flat_map(|n| again(&format!("p{n}"), others)).chain(again(person, count)).collect()
    };
    let apps = ["harbor".to_owned()];
    assert_eq!(people(&found_for(Detector::SameChangeAgain, &apps, with_others("ana", 8, 1))), [1]);
    assert!(found_for(Detector::SameChangeAgain, &apps, with_others("ana", 8, 8)).is_empty(), "as everybody");
    assert!(found_for(Detector::SameChangeAgain, &apps, with_others("ana", 5, 1)).is_empty());
    for elsewhere in ["slack", "harb"] {
        assert!(found_for(Detector::SameChangeAgain, &[elsewhere.to_owned()], with_others("ana", 8, 1)).is_empty());
    }
}

#[test]
fn two_people_joined_to_one_account() {
    let joined = |person: &str, account: &'static str| {
        let mut made = did(Operation::Update, person, 0).entra();
        made.row.account = Some(Cow::Borrowed(account));
        made
    };
    assert_eq!(people(&found(Detector::SharedTarget, vec![joined("ana", "t1"), joined("anna", "t1")])), [2]);
    let apart = vec![joined("ana", "t1"), joined("anna", "t2"), joined("ana", "t1")];
    assert!(found(Detector::SharedTarget, apart).is_empty());
}

#[test]
fn a_sync_that_fails_half_a_minute_after_the_directory_took_it() {
    let sync = |after: Micros| {
        failed(Operation::Update, "ana", after, None)
            .detail(|detail| detail.event_type = Some("application.provision.user.sync".to_owned()))
    };
    let write = || did(Operation::Update, "ana", 0);
    assert_eq!(people(&found(Detector::LateFailure, vec![write(), sync(31 * SECOND)])), [1]);
    assert!(found(Detector::LateFailure, vec![write(), sync(2 * SECOND)]).is_empty());
    let with_reason = sync(31 * SECOND).detail(|detail| detail.remote = Some("no such object".to_owned()));
    assert!(found(Detector::LateFailure, vec![write(), with_reason]).is_empty());
}

/// A stranger writes messages of megabytes, and thousands of them may be kept.
#[test]
fn of_long_texts_the_beginning_is_kept() {
    let rows = (0..10).map(|n| {
        failed(Operation::Update, "ana", n * HOUR, Some(429)).detail(|detail| detail.message = Some("é".repeat(5_000)))
    });
    let issues = found(Detector::RateLimitStreak, rows.collect());
    let message = issues[0].examples[0].message.as_deref().unwrap();
    assert_eq!((message.chars().count(), message.ends_with('…')), (1_001, true));
}

/// What patterns count are not failures, but who keeps access stands on the list of those who do.
#[test]
fn patterns_change_no_count_of_failures_and_name_who_keeps_access() {
    let named = [(Detector::NotDeprovisioned, 7), (Detector::Flapping, 8)].map(|(detector, rule)| Named {
        detector,
        rule,
        provider: "okta",
        apps: &[],
    });
    let mut builder = Builder::new(None).watching(Patterns::watching(named.into_iter()));
    let input = builder.input("log", true);
    let rows = [
        did(Operation::AssignmentRemove, "ana", 0),
        did(Operation::Deactivate, "raj", 0),
        did(Operation::Reactivate, "raj", DAY),
        did(Operation::Deactivate, "raj", 2 * DAY),
        did(Operation::Reactivate, "raj", 3 * DAY),
    ];
    for (key, made) in (0..).zip(rows) {
        builder.row(Row { input, key, ..made.row });
    }
    let analysis = builder.finish(|_| 0);
    let lists = &analysis.people;
    let kept: Vec<_> = lists.access_not_removed.iter().collect();
    let kept: Vec<_> = kept.iter().map(|person| (&*person.user, person.since, person.rule, person.because)).collect();
    assert_eq!(kept, [("ana@example.com", Some(START), Some(7), Because::NeverTried)]);
    assert!(lists.waiting_for_access.is_empty() && lists.out_of_date.is_empty());
    assert_eq!((analysis.totals.success, analysis.totals.known_failures), (5, 0));
    assert_eq!(analysis.issues.len(), 2);
}

#[test]
fn what_a_pattern_has_no_room_for_is_counted() {
    let named = Named { detector: Detector::RateLimitStreak, rule: 7, provider: "okta", apps: &[] };
    let patterns = Patterns::watching([named].into_iter());
    let mut builder = Builder::new(None).watching(patterns);
    let input = builder.input("log", true);
    let refused = |person: String, at| {
        let made = failed(Operation::Update, &person, at, Some(429));
        made.detail(|detail| detail.message = Some("x".repeat(2_000)))
    };
    let one_person = (0..10).map(|at| refused("p0".to_owned(), at));
    let many = (1..MOST_FAILURES + 3).map(|n| refused(format!("p{n}"), 0));
    for (key, made) in (0..).zip(one_person.chain(many)) {
        builder.row(Row { input, key, detail: made.detail.map(Arc::new), ..made.row });
    }
    let analysis = builder.finish(|_| 0);
    assert_eq!((analysis.limits.patterns, analysis.totals.beyond_limits), (3, 3));
    assert_eq!(analysis.limits.shortened_texts, 1, "the streak's newest refusal");
}

/// Two rules describe the same pattern, each for its identity provider.
#[test]
fn a_rule_of_one_identity_provider_says_nothing_of_another() {
    let named = [("okta", 7), ("entra", 8)];
    let named = named.map(|(provider, rule)| Named { detector: Detector::NotDeprovisioned, rule, provider, apps: &[] });
    let mut builder = Builder::new(None).watching(Patterns::watching(named.into_iter()));
    let input = builder.input("log", true);
    let rows = [
        did(Operation::AssignmentRemove, "ana", 0).entra(),
        did(Operation::Deactivate, "raj", 0).entra(),
        did(Operation::Update, "raj", 3 * DAY).entra(),
    ];
    for (key, made) in (0..).zip(rows) {
        builder.row(Row { input, key, ..made.row });
    }
    let analysis = builder.finish(|_| 0);
    assert_eq!(analysis.issues.iter().map(|issue| issue.rule).collect::<Vec<_>>(), [Some(8)]);
    assert_eq!(analysis.people.access_not_removed[0].rule, Some(8));
}
