//! Who is joined to whom, in every order.

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::event::{Operation, Outcome};

/// What a record says of somebody.
#[derive(Clone, Copy, Debug)]
struct Said {
    id: Option<&'static str>,
    login: Option<&'static str>,
    name: Option<&'static str>,
    at: Micros,
}

fn said(id: Option<&'static str>, login: Option<&'static str>) -> Said {
    Said { id, login, name: None, at: 0 }
}

fn row(said: Said, provider: Provider, app: &'static str) -> Row<'static> {
    Row {
        input: 0,
        line: 1,
        offset: 0,
        length: 1,
        time: Some(said.at),
        provider,
        dialect: "",
        operation: Operation::Update,
        outcome: Outcome::Success,
        needs_action: false,
        app: Some(Cow::Borrowed(app)),
        app_id: None,
        subject_kind: Some(Cow::Borrowed("user")),
        subject_id: said.id.map(Cow::Borrowed),
        login: said.login.map(Cow::Borrowed),
        subject_name: said.name.map(Cow::Borrowed),
        account: None,
        counterpart: None,
        detail: None,
        key: 0,
        passes: crate::analysis::Passes::Yes,
    }
}

/// Who is known after these records: label, ids and logins, in order.
fn known(records: &[Said]) -> Vec<(String, Vec<String>, Vec<String>)> {
    let mut people = People::default();
    let numbers: Vec<u32> =
        records.iter().filter_map(|said| people.find(&row(*said, Provider::Okta, "Harbor"))).collect();
    let roots = people.roots();
    let roots: std::collections::BTreeSet<u32> =
        numbers.iter().map(|number| roots.as_ref().map_or(*number, |roots| roots.of(*number))).collect();
    assert_eq!(people.count(), roots.len() as u64);
    let identities = people.identities();
    let owned = |texts: &[Arc<str>]| texts.iter().map(ToString::to_string).collect();
    let mut known: Vec<_> = roots
        .iter()
        .map(|root| identities.of(*root))
        .map(|who| (who.label.to_string(), owned(&who.ids), owned(&who.logins)))
        .collect();
    known.sort();
    known
}

fn labels(records: &[Said]) -> Vec<String> {
    known(records).into_iter().map(|(label, ..)| label).collect()
}

#[test]
fn f8_one_person_whatever_the_spelling_of_the_login() {
    let records = [said(None, Some("Ann@x.example")), said(Some("00u1"), Some("ann@X.example"))];
    assert_eq!(labels(&records), ["ann@x.example"]);
    assert_eq!(labels(&records[..1]), ["Ann@x.example"], "as it is spelled, if everybody spells it so");
}

#[test]
fn c9_a_login_with_an_accent_is_one_person_however_it_is_written() {
    let (one, two) = (said(None, Some("jos\u{e9}@example.com")), said(None, Some("jose\u{301}@example.com")));
    for records in [[one, two], [two, one]] {
        assert_eq!(labels(&records), ["jos\u{e9}@example.com"]);
    }
    assert_eq!(labels(&[two, two]), ["jose\u{301}@example.com"], "as the log has it");
}

#[test]
fn f8_a_login_that_was_renamed_is_one_person_by_the_newest_name() {
    let renamed = [
        Said { at: 1, ..said(Some("00u1"), Some("ann.lee@x")) },
        Said { at: 2, ..said(Some("00u1"), Some("ann.ray@x")) },
    ];
    let wanted =
        [("ann.ray@x".to_owned(), vec!["00u1".to_owned()], vec!["ann.lee@x".to_owned(), "ann.ray@x".to_owned()])];
    assert_eq!(known(&renamed), wanted);
    assert_eq!(known(&[renamed[1], renamed[0]]), wanted);
    assert_eq!(known(&[renamed[1], renamed[0], renamed[1], renamed[0]]), wanted);
}

#[test]
fn f8_a_display_name_joins_nobody() {
    let alex = |id, login| Said { name: Some("Alex Kim"), ..said(id, login) };
    assert_eq!(
        labels(&[alex(Some("00u1"), Some("a.kim@x")), alex(Some("00u2"), Some("alex@x"))]),
        ["a.kim@x", "alex@x"]
    );
    assert_eq!(labels(&[alex(Some("00u1"), None), alex(Some("00u2"), None)]), ["Alex Kim", "Alex Kim"]);
    assert!(labels(&[alex(None, None)]).is_empty(), "nobody to be sure about");
}

#[test]
fn f8_one_who_was_met_by_login_here_and_by_id_there_is_one_once_a_record_has_both() {
    let records = [said(None, Some("ann@x")), said(Some("00u1"), None), said(Some("00u1"), Some("ann@x"))];
    let wanted = [("ann@x".to_owned(), vec!["00u1".to_owned()], vec!["ann@x".to_owned()])];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(known(&order.map(|at| records[at])), wanted, "{order:?}");
    }
    assert_eq!(labels(&records[..2]), ["00u1", "ann@x"]);
}

/// Each shares a login with the one before, and is met before that shows. In a walk from link to link of such a chain
/// for every row this test would take minutes.
#[test]
fn a_chain_of_very_many_is_one_person() {
    const LINKS: u32 = 50_000;
    let mut people = People::default();
    let mut find = |id: u32, login: u32| {
        let said = Row {
            subject_id: Some(Cow::Owned(format!("00u{id:013}"))),
            login: Some(Cow::Owned(format!("p{login}@x"))),
            ..row(said(None, None), Provider::Okta, "Harbor")
        };
        people.find(&said).unwrap()
    };
    (0..LINKS).for_each(|id| assert_eq!(find(id, id), id));
    (1..LINKS).rev().for_each(|id| assert_eq!(find(id, id - 1), id - 1));
    (0..LINKS).rev().for_each(|id| assert_eq!(find(id, id), 0));
    assert_eq!(people.count(), 1);
    let roots = people.roots().unwrap();
    assert!((0..LINKS).all(|number| roots.of(number) == 0));
}

#[test]
fn small_numbers_of_two_systems_are_two_people() {
    let mut people = People::default();
    let forty_two = said(Some("42"), None);
    let long = said(Some("00000000-0000-4000-8000-000000000042"), None);
    let find = |people: &mut People, said, provider, app| people.find(&row(said, provider, app)).unwrap();
    let one = find(&mut people, forty_two, Provider::Scim, "Harbor");
    assert_eq!(find(&mut people, forty_two, Provider::Scim, "Harbor"), one);
    assert_ne!(find(&mut people, forty_two, Provider::Scim, "Lagoon"), one);
    assert_ne!(find(&mut people, forty_two, Provider::Okta, "Harbor"), one);
    let long_one = find(&mut people, long, Provider::Entra, "Harbor");
    assert_eq!(find(&mut people, long, Provider::Scim, "Lagoon"), long_one);
}

#[test]
fn a_name_of_megabytes_is_cut() {
    let long: &'static str = Box::leak("é".repeat(1 << 20).into_boxed_str());
    let who = known(&[said(Some(long), Some(long))]);
    assert!(who[0].0.len() <= LONGEST);
}

proptest! {
    /// The same people come out of the same records in any order.
    #[test]
    fn f4_the_order_of_records_does_not_matter(
        records in prop::collection::vec((0_usize..9, 0_usize..9, 0_i64..5), 1..30),
        order in any::<u64>(),
    ) {
        const IDS: [&str; 8] = ["i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7"];
        const LOGINS: [&str; 8] = ["l0@x", "l1@x", "L1@x", "l2@x", "L3@x", "l3@X", "l4@x", "l5@x"];
        let records: Vec<Said> = records
            .into_iter()
            .map(|(id, login, at)| Said { at, ..said(IDS.get(id).copied(), LOGINS.get(login).copied()) })
            .collect();
        let mut shuffled: Vec<(u64, Said)> = (0_u64..)
            .zip(&records)
            .map(|(at, said)| (foldhash::quality::FixedState::with_seed(order).hash_one(at), *said))
            .collect();
        shuffled.sort_by_key(|(rank, _)| *rank);
        let shuffled: Vec<Said> = shuffled.into_iter().map(|(_, said)| said).collect();
        prop_assert_eq!(known(&records), known(&shuffled));
    }
}
