//! Each decision: the events in which it is made, and the nearest ones in which it is not.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::*;
use crate::analysis::places::Spot;
use crate::analysis::{Analysis, Issue, State, testing};
use crate::text::time::{HOUR, SECOND};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&[]).0);

const APP: &str = "Harbor";

/// What was done for a person after so long, with success.
fn did(operation: Operation, person: &str, after: Micros) -> Row<'static> {
    let row = testing::did(APP, operation, person, 1_770_000_000 * SECOND + after);
    Row { offset: u64::try_from(after).unwrap(), ..row }
}

/// What failed, and the rule that it leads to alone.
fn failed(operation: Operation, person: &str, after: Micros, rule: &str) -> Row<'static> {
    let rule = LIBRARY.find(rule).map(|rule| (rule, Certainty::Likely));
    let detail = Some(Arc::new(Detail { rule, ..Detail::default() }));
    Row { outcome: Outcome::Failure, detail, ..did(operation, person, after) }
}

/// The same as part of a transaction.
fn in_transaction(id: &str, mut row: Row<'static>) -> Row<'static> {
    Arc::make_mut(row.detail.as_mut().unwrap()).ids.insert("transaction", id.to_owned());
    row
}

/// The result, which is the same in whatever order the rows arrive.
fn analysed(rows: Vec<Row<'static>>) -> Analysis {
    let run = |rows: Vec<Row<'static>>| {
        let mut builder = Builder::new(None).deciding(Contexts::of(&LIBRARY));
        builder.input("log", true);
        (1..).zip(rows).for_each(|(key, row)| builder.row(Row { key, ..row }));
        builder.finish(|_| 0)
    };
    let told = |analysis: &Analysis| format!("{:?} {:?}", facts(analysis), analysis.people);
    let analysis = run(rows.clone());
    let mut turned = rows;
    for _ in 0..turned.len() {
        turned.rotate_left(1);
        assert_eq!(told(&run(turned.clone())), told(&analysis));
        assert_eq!(told(&run(turned.iter().rev().cloned().collect())), told(&analysis));
    }
    analysis
}

/// Rule, failures, and by what it was decided.
type Fact = (&'static str, u64, Vec<(By, u64)>);

fn facts(analysis: &Analysis) -> Vec<Fact> {
    let fact = |issue: &Issue| {
        let by = issue.decided_by.iter().map(|decided| (decided.by, decided.events)).collect();
        (LIBRARY.rule(issue.rule.unwrap()).unwrap().id.as_str(), issue.failures, by)
    };
    let mut found: Vec<_> = analysis.issues.iter().map(fact).collect();
    found.sort();
    found
}

#[test]
fn a_change_right_after_a_removal_came_too_late() {
    let late = |after| {
        vec![
            did(Operation::Create, "ana", 0),
            did(Operation::Delete, "ana", HOUR),
            failed(Operation::Update, "ana", HOUR + after, "scim-resource-not-found"),
        ]
    };
    let analysis = analysed(late(SECOND));
    assert_eq!(facts(&analysis), [("scim-change-after-removal", 1, vec![(By::Removal, 1)])]);
    assert_eq!((analysis.issues[0].still_broken, analysis.issues[0].state), (0, State::Recovered));
    assert_eq!(analysis.issues[0].decided_by[0].at, did(Operation::Other, "", HOUR).time);
    assert!(analysis.people.out_of_date.is_empty());
    for rows in [late(2 * DAY), late(-2 * SECOND)] {
        let analysis = analysed(rows);
        assert_eq!(facts(&analysis), [("scim-resource-not-found", 1, vec![])]);
    }
    let mut of_somebody_else = late(SECOND);
    of_somebody_else[1] = did(Operation::Delete, "bo", HOUR);
    assert_eq!(facts(&analysed(of_somebody_else)), [("scim-resource-not-found", 1, vec![])]);
    let mut at_another_app = late(SECOND);
    at_another_app[1].app = Some(Cow::Borrowed("Quay"));
    assert_eq!(facts(&analysed(at_another_app)), [("scim-resource-not-found", 1, vec![])]);
}

#[test]
fn who_was_created_before_waits_for_nothing() {
    let again = |between: Option<Row<'static>>| {
        let mut rows = vec![did(Operation::Create, "ana", 0)];
        rows.extend(between);
        rows.push(failed(Operation::Create, "ana", 3 * HOUR, "okta-remote-conflict-user-exists"));
        analysed(rows)
    };
    let analysis = again(None);
    assert_eq!(facts(&analysis), [("scim-created-before", 1, vec![(By::Success, 1)])]);
    assert!(analysis.people.waiting_for_access.is_empty());
    let came_back = again(Some(did(Operation::Deactivate, "ana", HOUR)));
    assert_eq!(facts(&came_back), [("inactive-user-reactivated-or-409", 1, vec![(By::Removal, 1)])]);
    assert_eq!(came_back.people.waiting_for_access.len(), 1);
    // A value that is taken by somebody else is found by an update too.
    let renamed = vec![
        did(Operation::Create, "ana", 0),
        failed(Operation::Update, "ana", HOUR, "okta-remote-conflict-user-exists"),
    ];
    assert_eq!(facts(&analysed(renamed)), [("okta-remote-conflict-user-exists", 1, vec![])]);
    let never =
        vec![failed(Operation::Create, "ana", HOUR, "scim-uniqueness"), did(Operation::Create, "ana", 2 * HOUR)];
    assert_eq!(facts(&analysed(never)), [("scim-uniqueness", 1, vec![])]);
}

#[test]
fn what_the_app_calls_done_already_is_done() {
    let leaves = |told: &str, after, back: Option<Row<'static>>| {
        let mut rows = vec![
            did(Operation::Create, "ana", 0),
            failed(Operation::Deactivate, "ana", HOUR, "scim-server-error"),
            failed(Operation::Deactivate, "ana", after, told),
        ];
        rows.extend(back);
        analysed(rows)
    };
    // Whether it was so before or came to be so, the account opens nothing.
    for (rule, after) in
        [("scim-already-inactive", 2 * HOUR), ("scim-already-inactive", HOUR / 2), ("scim-removal-not-found", 2 * HOUR)]
    {
        let analysis = leaves(rule, after, None);
        assert!(analysis.people.access_not_removed.is_empty(), "{:?}", analysis.people);
        let told = analysis.issues.iter().find(|issue| issue.rule == LIBRARY.find(rule)).unwrap();
        assert_eq!((told.still_broken, told.state), (0, State::Recovered));
    }
    // Who was switched on in between has access; and what was not found may have been the address.
    let back = did(Operation::Reactivate, "ana", HOUR - SECOND);
    let analysis = leaves("scim-already-inactive", HOUR / 2, Some(back));
    assert_eq!(analysis.people.access_not_removed.len(), 1);
    assert_eq!(leaves("scim-removal-404", 2 * HOUR, None).people.access_not_removed.len(), 1);
}

#[test]
fn an_account_that_was_there_before_was_deleted_in_the_app() {
    let rows = |first: Option<Row<'static>>| {
        let missed = failed(Operation::Create, "ana", HOUR, "okta-matching-user-not-found");
        analysed(first.into_iter().chain([missed]).collect())
    };
    assert_eq!(
        facts(&rows(Some(did(Operation::Update, "ana", 0)))),
        [("okta-no-user-returned", 1, vec![(By::Success, 1)])]
    );
    assert_eq!(facts(&rows(None)), [("okta-matching-user-not-found", 1, vec![])]);
}

#[test]
fn another_event_of_the_transaction_gives_the_reason() {
    let summary = |id| in_transaction(id, failed(Operation::Update, "ana", 2, "okta-sync-failure-null-reason"));
    let reason = |person| in_transaction("t1", failed(Operation::Create, person, 1, "okta-remote-forbidden"));
    let analysis = analysed(vec![summary("t1"), reason("ana")]);
    assert_eq!(facts(&analysis), [("okta-remote-forbidden", 2, vec![(By::Transaction, 1)])]);
    let apart = [("okta-remote-forbidden", 1, vec![]), ("okta-sync-failure-null-reason", 1, vec![])];
    assert_eq!(facts(&analysed(vec![summary("t2"), reason("ana")])), apart);
    assert_eq!(facts(&analysed(vec![summary("t1"), reason("bo")])), apart);
    // The surest reason counts, then the first one.
    let guess = |row: Row<'static>| {
        let mut row = row;
        let rule = LIBRARY.find("scim-forbidden").map(|rule| (rule, Certainty::Guess));
        Arc::make_mut(row.detail.as_mut().unwrap()).rule = rule;
        row
    };
    let only_a_guess = vec![summary("t1"), guess(reason("ana"))];
    assert_eq!(facts(&analysed(only_a_guess)).len(), 2);
    let opaque = in_transaction("t1", failed(Operation::Create, "ana", 3, "okta-remote-bad-request-opaque"));
    let analysis = analysed(vec![opaque, summary("t1"), reason("ana")]);
    assert_eq!(facts(&analysis), [("okta-remote-forbidden", 3, vec![(By::Transaction, 1); 2])]);
}

#[test]
fn a_reason_that_was_decided_itself_is_passed_on() {
    let rows = vec![
        did(Operation::Create, "ana", 0),
        in_transaction("t1", failed(Operation::Create, "ana", HOUR, "okta-remote-conflict-user-exists")),
        in_transaction("t1", failed(Operation::Create, "ana", HOUR + 1, "okta-sync-failure-null-reason")),
    ];
    let decided = vec![(By::Transaction, 1), (By::Success, 1)];
    assert_eq!(facts(&analysed(rows)), [("scim-created-before", 2, decided)]);
}

#[test]
fn what_fails_for_everybody_is_no_persons_fault() {
    let all = |people: usize, works_again: bool| {
        let mut rows = vec![did(Operation::Update, "zoe", 0)];
        for at in 1..=people {
            let person = format!("p{at}");
            rows.push(failed(Operation::Update, &person, HOUR + at as Micros, "scim-resource-not-found"));
        }
        rows.push(Row { app: Some(Cow::Borrowed("Quay")), ..did(Operation::Update, "zoe", 9 * HOUR) });
        if works_again {
            rows.push(did(Operation::Update, "zoe", 5 * HOUR));
        }
        analysed(rows)
    };
    let analysis = all(5, false);
    assert_eq!(facts(&analysis), [("scim-wrong-base-url", 5, vec![(By::Everybody, 5)])]);
    let named = analysis.people.out_of_date.iter().all(|person| person.rule == LIBRARY.find("scim-wrong-base-url"));
    assert!(named && analysis.people.out_of_date.len() == 5);
    assert_eq!(facts(&all(4, false)), [("scim-resource-not-found", 4, vec![])]);
    assert_eq!(facts(&all(5, true)), [("scim-resource-not-found", 5, vec![])]);
    // A log that was filtered for failures has no successes to look for.
    let only_failures =
        (1..=5).map(|at| failed(Operation::Update, &format!("p{at}"), at as Micros, "scim-resource-not-found"));
    assert_eq!(facts(&analysed(only_failures.collect())), [("scim-resource-not-found", 5, vec![])]);
}

#[test]
fn what_does_not_fit_is_counted_and_keeps_its_rule() {
    let mut contexts = Contexts::of(&LIBRARY);
    let about = About { app: Some(1), spot: Some(Spot { whole: 1, group: None }), person: Some(1) };
    let mut row = failed(Operation::Create, "ana", 0, "scim-uniqueness");
    Arc::make_mut(row.detail.as_mut().unwrap()).message = Some("x".repeat(ROOM / 2));
    assert!(contexts.sets_aside(&row, about));
    assert!(!contexts.sets_aside(&row, about));
    assert_eq!(contexts.beyond, 1);
    // Nobody to have a history, and no transaction.
    assert!(!contexts.sets_aside(&row, About { person: None, ..about }));
    assert_eq!(contexts.beyond, 1);
}

#[test]
fn of_two_events_of_one_envelope_each_is_told_with_its_own_reason() {
    let mut builder = Builder::new(Some("ana@example.com")).deciding(Contexts::of(&LIBRARY));
    builder.input("log", true);
    let rows = [
        did(Operation::Create, "ana", 0),
        failed(Operation::Create, "ana", HOUR, "okta-remote-conflict-user-exists"),
        failed(Operation::Create, "ana", 2 * HOUR, "okta-matching-user-not-found"),
    ];
    (1..).zip(rows).for_each(|(key, row)| builder.row(Row { key, offset: 0, ..row }));
    let told: Vec<&str> = (builder.finish(|_| 0).story.iter())
        .filter_map(|row| row.detail.as_ref()?.rule)
        .map(|(rule, _)| LIBRARY.rule(rule).unwrap().id.as_str())
        .collect();
    assert_eq!(told, ["scim-created-before", "okta-no-user-returned"]);
}
