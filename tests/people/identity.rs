//! Who is who, as the report tells it.

use std::fs;

use serde_json::{Value, json};

use super::report;

fn record(number: u64, at: &str, works: bool, who: &Value) -> Value {
    json!({
        "uuid": number.to_string(),
        "published": at,
        "eventType": "application.provision.user.push_profile",
        "outcome": { "result": if works { "SUCCESS" } else { "FAILURE" }, "reason": "Forbidden" },
        "target": [who, { "id": "0oa1", "type": "AppInstance", "alternateId": "Harbor" }],
    })
}

fn user(id: &str, login: &str) -> Value {
    json!({ "id": id, "type": "User", "alternateId": login, "displayName": "Alex Kim" })
}

fn out_of_date(records: &[Value]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("okta.ndjson");
    fs::write(&path, records.iter().map(|record| format!("{record}\n")).collect::<String>()).unwrap();
    let mut people = report(&[&path])["people"]["out_of_date"].take();
    for person in people.as_array_mut().unwrap() {
        person.as_object_mut().unwrap().remove("rule");
    }
    people
}

#[test]
fn f8_two_people_with_one_display_name_stay_two() {
    let found = out_of_date(&[
        record(1, "2026-03-02T09:00:00Z", false, &user("00u1", "a.kim@example.com")),
        record(2, "2026-03-02T09:01:00Z", true, &user("00u2", "alex@example.com")),
    ]);
    let wanted = json!([{ "user": "a.kim@example.com", "id": "00u1", "app": "Harbor", "since": "2026-03-02T09:00:00Z", "reason": "failed" }]);
    assert_eq!(found, wanted);
}

#[test]
fn f8_a_renamed_login_is_one_person_and_both_names_are_told() {
    let found = out_of_date(&[
        record(1, "2026-03-02T09:00:00Z", true, &user("00u1", "a.kim@example.com")),
        record(2, "2026-03-02T09:01:00Z", false, &user("00u1", "alex@example.com")),
    ]);
    assert_eq!(found[0]["user"], "alex@example.com");
    assert_eq!(found[0]["logins"], json!(["a.kim@example.com", "alex@example.com"]));
}

#[test]
fn f8_whoever_is_named_by_login_here_and_by_id_there_is_one_once_a_record_has_both() {
    let by_login = record(1, "2026-03-02T09:00:00Z", false, &user("", "Alex@example.com"));
    let by_id = record(2, "2026-03-02T09:01:00Z", true, &user("00u1", ""));
    let by_both = record(3, "2026-03-02T08:00:00Z", true, &user("00u1", "alex@example.com"));
    let orders = [[&by_login, &by_id, &by_both], [&by_id, &by_both, &by_login], [&by_both, &by_login, &by_id]];
    for order in orders {
        assert_eq!(out_of_date(&order.map(Clone::clone)), json!([]), "the update worked later");
    }
    // Without it they are two, and one of them waits.
    assert_eq!(out_of_date(&[by_login, by_id]).as_array().unwrap().len(), 1);
}

/// Others' events show that the app's removals are logged, and that the log goes on.
#[test]
fn who_is_asked_for_alone_stands_as_among_all() {
    let of = |filter: &[&str]| {
        let output = super::provlens().args(["report", "--format", "json", "samples"]).args(filter).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["people"]["access_not_removed"].as_array().unwrap().clone()
    };
    let all = of(&[]);
    assert_eq!(
        (all.len(), &all[0]["user"], &all[0]["reason"]),
        (2, &json!("hana.sato@example.com"), &json!("never-tried"))
    );
    assert_eq!(of(&["--user", "hana.sato"]), all[..1]);
    assert!(of(&["--user", "hana.sato", "--until", "2026-11-16T11:00:00Z"]).is_empty(), "there is time yet");
}
