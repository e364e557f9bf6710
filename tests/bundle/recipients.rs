//! What each recipient is told, and what not.

use super::Desk;

const ISSUE: [&str; 2] = ["--issue", "okta-remote-unauthorized"];

#[test]
fn support_of_the_provider_gets_its_ids_and_no_names() {
    let desk = Desk::new();
    let files = desk.bundle("case.zip", &ISSUE);
    let all: String = files.values().cloned().collect();
    assert!(all.contains("5a0b0032-0000-11f1-9c00-000000000000") && all.contains("puj0032") && all.contains("0oa1034"));
    assert!(!all.contains("@example.com") && !all.contains("Kim Lee"));
    assert!(!all.contains("tenantId"), "another provider's records");
}

#[test]
fn a_vendor_is_told_nothing_of_other_applications() {
    let desk = Desk::new();
    let files = desk.bundle("case.zip", &[&ISSUE[..], &["--for", "app-vendor"]].concat());
    let told = ["README.md", "timeline.csv", "events.ndjson", "raw/0001.ndjson", "context/changes.csv"];
    for name in told {
        let Some(text) = files.get(name) else { continue };
        assert!(!text.contains("Team Chat") && !text.contains("Shift Planner"), "{name}");
    }
    assert!(files["README.md"].contains("Please look up the calls") && !files["README.md"].contains("Organisation"));
}

#[test]
fn colleagues_are_told_everything_but_secrets() {
    let desk = Desk::new();
    let files = desk.bundle("case.zip", &[&ISSUE[..], &["--for", "internal"]].concat());
    assert!(files["timeline.csv"].contains("@example.com"));
}

#[test]
fn one_person_is_left_in_clear_on_purpose_alone() {
    let desk = Desk::new();
    let files = desk.bundle("case.zip", &[&ISSUE[..], &["--reveal-subject", "kim.lee@example.com"]].concat());
    let timeline = &files["timeline.csv"];
    assert!(timeline.contains("kim.lee@example.com"));
    // The others keep the domain that is in clear with hers, and no more.
    assert!(
        timeline.contains("@example.com\"") && !timeline.contains("mia.chen") && !timeline.contains("d-mpwd7nt9a787")
    );
    assert!(files["README.md"].contains("1 person left in clear on purpose"));
}

#[test]
fn a_person_and_a_filter_select_too() {
    let desk = Desk::new();
    let files = desk.bundle("case.zip", &["--user", "kim.lee@example.com"]);
    let summary: serde_json::Value = serde_json::from_str(&files["summary.json"]).unwrap();
    assert_eq!(summary["people"], 1);
    let files = desk.bundle("other.zip", &["--filter", "app:cloud status:failed"]);
    let summary: serde_json::Value = serde_json::from_str(&files["summary.json"]).unwrap();
    assert!(summary["failures"].as_u64().unwrap() >= 9);
}
