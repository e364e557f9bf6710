//! The report as text: what is the same everywhere is said once, and a long list has an end.

use std::fs;

use super::{out, report};

/// A failure at one of many apps.
fn refused(app: usize) -> String {
    format!(
        r#"{{"uuid":"e{app}","published":"2026-09-05T10:00:00Z","eventType":"application.provision.user.push","outcome":{{"result":"FAILURE","reason":"Error while trying to push profile update: Unauthorized. Errors reported by remote server: no"}},"target":[{{"id":"00u{app}","type":"User","alternateId":"kim{app}@example.com","displayName":"Kim"}},{{"id":"0oa{app}","type":"AppInstance","displayName":"Planner {app}"}}]}}"#
    )
}

#[test]
fn steps_stand_once_and_a_hundred_issues_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.ndjson");
    fs::write(&log, (0..120).map(refused).collect::<Vec<_>>().join("\n")).unwrap();
    let text = report(&log, &[]);
    let count = |words: &str| text.matches(words).count();
    assert_eq!((count("What to do     1. "), count("Hand it on ")), (1, 1));
    assert_eq!(count("What to do     The same steps as above, for Planner "), 99);
    assert_eq!(count("still affected"), 100);
    assert!(text.contains("And 20 more issues: --issue RULE or --app NAME shows some of them"), "{text}");
    assert!(text.contains("And 20 more apps: --format csv --table apps lists all."), "{text}");
    let json: serde_json::Value = serde_json::from_str(&report(&log, &["--format", "json"])).unwrap();
    assert_eq!(json["issues"].as_array().unwrap().len(), 120);
}

#[test]
fn no_heading_or_headline_is_wider_than_eighty_columns() {
    for line in out(&["demo"]).lines().filter(|line| !line.contains("provlens ")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// Somebody changed the settings of an app.
fn changed_settings(words: &str, time: &str) -> String {
    format!(
        r#"{{"uuid":"{time}","published":"2026-03-08T{time}:00Z","eventType":"application.lifecycle.update","outcome":{{"result":"SUCCESS"}},"actor":{{"id":"00u1","type":"User","alternateId":"pat@example.com"}},"target":[{{"id":"0oa1","type":"AppInstance","alternateId":"Harbor"}}],"debugContext":{{"debugData":{{"customMessage":"{words}"}}}}}}"#
    )
}

/// A setting that somebody changed may be all that a log says of people who keep access.
#[test]
fn a_change_of_settings_that_is_an_issue_stands_for_itself() {
    let said = changed_settings;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("okta.ndjson");
    let told = |records: &[String]| {
        fs::write(&log, records.join("\n")).unwrap();
        report(&log, &[])
    };
    let off = said("Stop deprovisioning unassigned users", "09:14");
    let page = told(std::slice::from_ref(&off));
    assert!(page.contains("okta-deactivate-users-off") && !page.contains("Shortly before"), "{page}");
    let page = told(&[said("Update", "09:02"), off]);
    assert!(page.contains("12 min earlier pat@example.com changed the app's settings"), "{page}");
    let agent = said("", "09:14").replace("application.lifecycle.update", "system.agent.connector.deactivate");
    let page = told(&[agent]);
    assert!(page.contains("okta-opp-agent-down") && !page.contains("Shortly before"), "{page}");
    let page = told(&[said("Deprovisioning unassigned users", "09:14")]);
    assert!(page.contains("No failures in 1 event."), "{page}");
}

/// Nothing fails while a setting is wrong, so only who sets it right ends it.
#[test]
fn a_setting_that_is_an_issue_goes_on_until_somebody_sets_it_right() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("okta.ndjson");
    let state = |records: &[(&str, &str)], more: &[&str]| {
        let records: Vec<String> = records.iter().map(|(words, time)| changed_settings(words, time)).collect();
        fs::write(&log, records.join("\n")).unwrap();
        let json: serde_json::Value =
            serde_json::from_str(&report(&log, &[&["--format", "json"], more].concat())).unwrap();
        json["issues"][0]["state"].as_str().unwrap().to_owned()
    };
    let off = ("Stop deprovisioning unassigned users", "09:14");
    let (on, other) = (("Deprovisioning unassigned users", "09:20"), ("Update", "09:30"));
    assert_eq!(state(&[off, other], &[]), "ongoing", "what else is set says nothing of it");
    assert_eq!(state(&[on, off], &[]), "recovered", "in whatever order they come");
    assert_eq!(state(&[off, on], &["--issue", "okta-deactivate-users-off"]), "recovered");
    assert_eq!(state(&[off, on, (off.0, "09:25")], &[]), "ongoing", "off once more");
}
