//! What may have to do with a failure, and what may not.

use std::borrow::Cow;

use super::*;
use crate::analysis::testing;

const MINUTE: Micros = 60 * SECOND;
const FIRST: Micros = 1_770_000_000 * SECOND;

/// Changes, each by its event, its actor, its application, and so long before the first failure.
fn changes(made: &[(&str, &str, Option<&str>, Micros)]) -> Changes {
    let mut changes = Changes::default();
    for (event, actor, app, before) in made {
        let detail = Detail {
            event_type: Some((*event).to_owned()),
            actor: Some((*actor).to_owned()),
            message: Some(format!("{event} was done")),
            ..Detail::default()
        };
        let row = Row {
            app: app.map(Cow::Borrowed),
            subject_kind: None,
            login: None,
            detail: Some(Arc::new(detail)),
            ..testing::did("", Operation::ConfigChange, "", FIRST - before)
        };
        changes.see(&row, app.map(Arc::from));
    }
    changes.sorted()
}

fn before(made: &[(&str, &str, Option<&str>, Micros)]) -> Vec<String> {
    let found = changes(made).before(Some("Harbor"), Provider::Okta, Some(FIRST));
    found.iter().map(|trigger| format!("{} x{}", trigger.change.what, trigger.times)).collect()
}

const SETTINGS: &str = "application.lifecycle.update";
const CREDENTIALS: &str = "application.configuration.update_api_credentials_for_pass_change";
const TOKEN: &str = "system.api_token.revoke";

#[test]
fn changes_at_the_same_app_and_of_the_whole_within_a_day_count() {
    let harbor = Some("Harbor");
    assert_eq!(before(&[(SETTINGS, "ann", harbor, MINUTE)]), ["changed the app's settings x1"]);
    assert_eq!(before(&[(TOKEN, "ann", None, MINUTE)]), ["revoked an API token x1"]);
    assert!(before(&[(SETTINGS, "ann", Some("Lagoon"), MINUTE)]).is_empty(), "another app");
    assert!(before(&[(SETTINGS, "ann", harbor, DAY + 1)]).is_empty(), "long ago");
    assert!(before(&[(SETTINGS, "ann", harbor, -1)]).is_empty(), "afterwards");
    assert!(before(&[("application.configuration.update_logo", "ann", harbor, MINUTE)]).is_empty());
    let entra = changes(&[(TOKEN, "ann", None, MINUTE)]).before(Some("Harbor"), Provider::Entra, Some(FIRST));
    assert!(entra.is_empty(), "a change in Okta does not stop Entra");
    assert!(changes(&[(TOKEN, "ann", None, MINUTE)]).before(Some("Harbor"), Provider::Okta, None).is_empty());
}

#[test]
fn what_is_near_and_what_is_dangerous_comes_first() {
    let made = [
        (SETTINGS, "ann", Some("Harbor"), 10 * MINUTE),
        (CREDENTIALS, "ann", Some("Harbor"), 15 * MINUTE),
        (TOKEN, "ann", None, 12 * MINUTE),
        ("user.account.privilege.revoke", "ann", None, MINUTE),
    ];
    let wanted = [
        "changed the credentials that Okta uses at the app x1",
        "took an admin role from somebody x1",
        "changed the app's settings x1",
        "revoked an API token x1",
    ];
    assert_eq!(before(&made), wanted);
}

#[test]
fn at_most_five_are_offered_and_the_same_only_once() {
    let actors = ["a", "b", "c", "d", "e", "f", "g"];
    let many = actors.map(|actor| (SETTINGS, actor, Some("Harbor"), MINUTE));
    assert_eq!(before(&many).len(), OFFERED);
    let again: Vec<_> = (1..=300).map(|at| (SETTINGS, "ann", Some("Harbor"), at * MINUTE)).collect();
    let found = changes(&again).before(Some("Harbor"), Provider::Okta, Some(FIRST));
    assert_eq!((found.len(), found[0].times, found[0].before), (1, 300, MINUTE));
}

#[test]
fn what_is_beyond_the_limit_is_counted() {
    let many = vec![(SETTINGS, "ann", Some("Harbor"), MINUTE); MOST + 3];
    let changes = changes(&many);
    assert_eq!((changes.count, changes.beyond), (MOST, 3));
}

#[test]
fn what_no_word_stands_for_is_told_in_the_providers_words() {
    let found = changes(&[("zone.update", "ann", None, MINUTE)]).before(Some("Harbor"), Provider::Okta, Some(FIRST));
    assert_eq!((&*found[0].change.what, found[0].change.is_quoted), ("zone.update was done", true));
}

#[test]
fn the_longest_beginning_of_a_name_says_what_it_is() {
    let words = |event: &str| known(event).map(|known| known.map(|(_, words)| words));
    assert_eq!(
        words("application.configuration.update"),
        Some(Some("changed the app's provisioning settings or credentials"))
    );
    assert_eq!(words("application.configuration.update_logo"), Some(None));
    assert_eq!(
        words("Update application \u{2013} Certificates and secrets management "),
        Some(Some("changed the app's certificates or secrets"))
    );
    assert_eq!(words("Add service principal credentials."), Some(Some("added a secret or certificate of the app")));
    assert_eq!(words("system.agent.ad.read_ldap"), None);
    assert!(is_change(Operation::ConfigChange, Some("new.kind"), false));
    assert!(!is_change(Operation::Agent, Some("system.agent.ad.read_ldap"), false));
    assert!(is_change(Operation::AssignmentRemove, Some("group.application_assignment.remove"), true));
    assert!(!is_change(Operation::AssignmentRemove, Some("application.user_membership.remove"), false));
}

#[test]
fn every_row_of_the_table_is_whole() {
    let rows: Vec<&str> = include_str!("../change_kinds.tsv").lines().skip(1).collect();
    assert_eq!(rows.len(), KNOWN.len(), "each name once");
    assert!(rows.is_sorted());
    for row in rows {
        let cells: Vec<&str> = row.split('\t').collect();
        let whole = cells.len() == 3 && (Kind::of(cells[1]).is_some() && !cells[2].is_empty() || cells[1] == "-");
        assert!(whole, "{row}");
    }
}
