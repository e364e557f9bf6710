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

#[test]
fn a_condition_for_handing_it_on_is_told_as_one_and_only_where_something_was_done() {
    const CONDITION: &str = "A fresh token is refused as well";
    let desk = Desk::new();
    let files = desk.bundle("case.zip", &ISSUE);
    assert!(files["README.md"].contains("Nothing was noted down.") && !files["README.md"].contains(CONDITION));
    assert!(
        files["ATTACHMENTS.md"].contains(&format!(
            "Hand this on only if it is so, and note what you did (`--tried`):\n\n- [ ] {CONDITION}"
        ))
    );
    let files = desk.bundle("tried.zip", &[&ISSUE[..], &["--tried", "Made a new token"]].concat());
    let readme = &files["README.md"];
    assert_eq!(
        readme.matches(&format!("Such a problem is handed on if this holds: {CONDITION}")).count(),
        2,
        "{readme}"
    );
}

#[test]
fn a_vendor_looks_calls_up_by_what_its_own_logs_have() {
    let desk = Desk::new();
    let examples = |files: &std::collections::BTreeMap<String, String>| -> Vec<String> {
        let (_, rest) = files["README.md"].split_once("## Examples to look up\n\n").unwrap();
        rest.lines().take_while(|line| line.starts_with("- ")).map(str::to_owned).collect()
    };
    let issue = ["--issue", "okta-remote-conflict-user-exists"];
    let vendor = examples(&desk.bundle("vendor.zip", &[&issue[..], &["--for", "app-vendor"]].concat()));
    assert!(!vendor.is_empty());
    let vendor_page =
        desk.says(&["bundle", issue[0], issue[1], "--for", "app-vendor", "--show", "README.md", &super::samples()], 0);
    assert!(!vendor_page.contains("(instance "), "{vendor_page}");
    for line in &vendor {
        assert!(line.contains("(usually `POST /Users`): answered with HTTP 409"), "{line}");
        assert!(!line.contains("event") && !line.contains("transaction") && !line.contains(" of "), "{line}");
    }
    let support = examples(&desk.bundle("support.zip", &issue));
    assert!(support.iter().all(|line| line.contains("event `") && line.contains(" of `u-")), "{support:?}");
    let who = "ann.berg@example.com";
    let named =
        examples(&desk.bundle("named.zip", &[&issue[..], &["--for", "app-vendor", "--reveal-subject", who]].concat()));
    assert!(!named.is_empty());
}

#[test]
fn a_group_is_no_person() {
    let desk = Desk::new();
    let record = serde_json::json!({
        "uuid": "5a0b1000-0000-11f1-9c00-000000000001",
        "published": "2026-11-17T00:00:00.000Z",
        "eventType": "application.provision.group_push.push_memberships",
        "severity": "ERROR",
        "outcome": {"result": "FAILURE", "reason": "The widget of the group is broken"},
        "target": [
            {"id": "0oa1034", "type": "AppInstance", "displayName": "Cloud Files"},
            {"id": "00g9", "type": "UserGroup", "displayName": "Finance"},
        ],
    });
    std::fs::write(desk.path("group.ndjson"), format!("{record}\n")).unwrap();
    let readme = desk.says(&["bundle", "--filter", "status:failed", "--show", "README.md", "group.ndjson"], 0);
    assert!(readme.contains("**Affected:** 1 group; 1 failure"), "{readme}");
    assert!(!readme.contains("everybody") && !readme.contains("person is known"), "{readme}");
}

#[test]
fn who_keeps_access_without_a_failure_is_found_by_the_issue_that_is_named() {
    let desk = Desk::new();
    let samples = super::samples();
    let said = desk.says(&["bundle", "--user", "hana.sato@example.com", "--show", "README.md", &samples], 2);
    assert!(said.contains("ask for that with --issue okta-deprovision-task-open"), "{said}");
    let asked = ["bundle", "--user", "hana.sato@example.com", "--issue", "okta-deprovision-task-open"];
    desk.says(&[&asked[..], &["--show", "README.md", &samples]].concat(), 0);
    let said = desk.says(&["bundle", "--user", "nobody@example.com", "--show", "README.md", &samples], 2);
    assert!(said.contains("nothing failed") && said.contains("These logs show:"), "{said}");
}
