//! Signals of which other events decide, from the log to the report.

use std::fs;

use jiff::tz::TimeZone;
use provlens::output::report::{json, text};
use provlens::pipeline::{self, Options};
use provlens::source;
use serde_json::{Value, json};

use super::LIBRARY;

/// One event of Okta's log about a person at an app.
fn event(at: &str, kind: &str, transaction: &str, person: &str, reason: Option<&str>) -> Value {
    let outcome = match reason {
        Some("OK") => json!({"result": "SUCCESS", "reason": null}),
        reason => json!({"result": "FAILURE", "reason": reason}),
    };
    json!({
        "uuid": format!("{at}-{kind}-{person}"), "published": format!("2026-04-02T{at}.000Z"), "version": "0",
        "eventType": kind, "severity": "INFO", "displayMessage": "x", "outcome": outcome,
        "actor": {"id": "spr1", "type": "SystemPrincipal", "alternateId": "system@okta.com", "displayName": "Okta System"},
        "transaction": {"type": "JOB", "id": transaction, "detail": {}}, "debugContext": {"debugData": {"appname": "harbor"}},
        "target": [
            {"id": format!("00u{person}"), "type": "User", "alternateId": format!("{person}@example.com"), "displayName": person},
            {"id": "0oa1", "type": "AppInstance", "alternateId": "Harbor Notes", "displayName": "Harbor Notes"},
        ],
    })
}

/// The report on a log, as JSON and as text.
fn report(events: &[Value]) -> (Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    fs::write(&path, events.iter().map(|event| format!("{event}\n")).collect::<String>()).unwrap();
    let (analysis, errors) = pipeline::run(source::gather(&[path]), &LIBRARY, &Options::default());
    assert!(errors.is_empty(), "{errors:?}");
    let style = text::Style { color: false, zone: TimeZone::UTC };
    (serde_json::to_value(json::report(&analysis, &LIBRARY)).unwrap(), text::render(&analysis, &LIBRARY, &style))
}

#[test]
fn the_report_says_by_which_event_it_was_decided() {
    let events = [
        event("09:00:00", "application.provision.user.sync", "t1", "ana", None),
        event(
            "09:00:01",
            "application.provision.user.push",
            "t1",
            "ana",
            Some("Error while creating user ana@example.com: Forbidden. Errors reported by remote server: no right"),
        ),
    ];
    let (json, text) = report(&events);
    let issue = &json["issues"][0];
    assert_eq!((&issue["rule"], &issue["failures"]), (&json!("okta-remote-forbidden"), &json!(2)));
    assert_eq!(
        issue["decided_by"],
        json!([{"by": "transaction", "time": "2026-04-02T09:00:01Z", "instead_of": "okta-sync-failure-null-reason", "events": 1}])
    );
    assert_eq!(json["issues"].as_array().unwrap().len(), 1);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        line.contains("some decided by the same transaction's other event at 2026-04-02 09:00:01 UTC (1 of 2)"),
        "{text}"
    );
    let (alone, _) = report(&events[..1]);
    assert_eq!(alone["issues"][0]["rule"], "okta-sync-failure-null-reason");
    assert_eq!(alone["issues"][0]["decided_by"], json!([]));
}

#[test]
fn a_person_who_was_created_before_waits_for_nothing() {
    let conflict =
        "Error while creating user ana@example.com: Conflict. Errors reported by remote server: userName exists";
    let events = [
        event("11:00:00", "application.provision.user.push", "t2", "ana", Some(conflict)),
        event("09:00:00", "application.provision.user.push", "t1", "ana", Some("OK")),
    ];
    let (json, text) = report(&events);
    assert_eq!(json["issues"][0]["rule"], "scim-created-before", "{json:#}");
    assert_eq!(json["people"]["waiting_for_access"], json!([]));
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.contains("likely - decided by a success for the same person at 2026-04-02 09:00:00 UTC"), "{text}");
    let (alone, _) = report(&events[..1]);
    assert_eq!(alone["issues"][0]["rule"], "okta-remote-conflict-user-exists");
    assert_eq!(alone["people"]["waiting_for_access"].as_array().unwrap().len(), 1);
}

#[test]
fn a_removal_that_finds_nothing_is_expected_only_after_another_one() {
    let gone =
        "Error while deactivating user ana@example.com: Not Found. Errors reported by remote server: User not found";
    let events = [
        event("09:00:00", "application.provision.user.deactivate", "t1", "ana", Some("OK")),
        event("09:05:00", "application.provision.user.deactivate", "t2", "ana", Some(gone)),
    ];
    let (json, _) = report(&events);
    assert_eq!(json["issues"][0]["rule"], "scim-change-after-removal", "{json:#}");
    let (alone, text) = report(&events[1..]);
    assert_eq!(alone["issues"][0]["rule"], "scim-removal-not-found");
    assert!(alone["people"]["access_not_removed"].as_array().unwrap().is_empty(), "there is no account");
    let vague = event("09:05:00", "application.provision.user.deactivate", "t2", "ana", Some(&gone[..gone.len() - 14]));
    let (vague, _) = report(&[vague]);
    assert_eq!(vague["issues"][0]["rule"], "scim-removal-404");
    assert_eq!(vague["people"]["access_not_removed"].as_array().unwrap().len(), 1, "nobody knows what was not found");
    assert!(!text.contains("ssign them again"), "a leaver would get the account back:\n{text}");
}
