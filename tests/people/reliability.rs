//! Rows F3 to F8 of the reliability matrix, as far as they are about people.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::tenant::Tenant;
use super::{Random, provlens, report, stamp};

/// The time now in these tests: 2027-01-15T08:00:00Z.
const NOW: u64 = 1_800_000_000;

fn okta(uuid: &str, at: Option<u64>, kind: &str, works: bool, login: &str) -> Value {
    json!({
        "uuid": uuid,
        "published": at.map_or_else(|| "soon".to_owned(), stamp),
        "eventType": kind,
        "outcome": { "result": if works { "SUCCESS" } else { "FAILURE" }, "reason": "Forbidden" },
        "target": [
            { "id": format!("00u-{login}"), "type": "User", "alternateId": login, "displayName": "Alex Kim" },
            { "id": "0oa1", "type": "AppInstance", "alternateId": "Harbor" },
        ],
    })
}

fn log(folder: &tempfile::TempDir, name: &str, records: &[Value]) -> std::path::PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, records.iter().map(|record| format!("{record}\n")).collect::<String>()).unwrap();
    path
}

/// The report for people, without its line breaks.
fn text_report(path: &Path) -> String {
    let output = provlens().arg("report").arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What does not depend on where in which file a record stands.
fn without_places(mut report: Value) -> Value {
    report["inputs"] = Value::Null;
    for issue in ["issues", "unknown"].iter().flat_map(|list| report[list].as_array().unwrap().clone()) {
        assert!(!issue["examples"].as_array().unwrap().is_empty());
    }
    for list in ["issues", "unknown"] {
        for issue in report[list].as_array_mut().unwrap() {
            issue["examples"] = Value::Null;
        }
    }
    report
}

#[test]
fn f2_an_event_without_a_time_is_kept_and_comes_after_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let push = "application.provision.user.push";
    let records = [
        okta("1", None, push, true, "ann@x"),
        okta("2", Some(NOW - 60), push, false, "ann@x"),
        okta("3", None, push, false, "bob@x"),
    ];
    let report = report(&[&log(&folder, "okta.ndjson", &records)]);
    assert_eq!((&report["totals"]["events"], &report["totals"]["users"]), (&3.into(), &2.into()));
    assert_eq!(report["window"], json!({ "first": stamp(NOW - 60), "last": stamp(NOW - 60) }));
    let waiting: Vec<_> = report["people"]["waiting_for_access"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| (&person["user"], &person["since"]))
        .collect();
    assert_eq!(waiting, [(&json!("bob@x"), &Value::Null), (&json!("ann@x"), &json!(stamp(NOW - 60)))]);
}

#[test]
fn f3_an_event_from_the_future_is_kept_and_told_and_is_not_now() {
    let folder = tempfile::tempdir().unwrap();
    let push = "application.provision.user.push";
    let hour = 3_600;
    let records = [
        okta("1", Some(NOW - 5 * hour), push, true, "ann@x"),
        okta("2", Some(NOW - hour), push, false, "bob@x"),
        // Clocks may differ by ten minutes.
        okta("3", Some(NOW + 600), push, true, "cat@x"),
        okta("4", Some(NOW + 3 * hour), push, false, "dan@x"),
    ];
    let path = log(&folder, "okta.ndjson", &records);
    let found = report(&[&path]);
    assert_eq!(found["totals"]["events"], 4);
    assert_eq!(found["inputs"][0]["clock_ahead"], json!({ "events": 1, "by_s": 3 * hour }));
    assert_eq!(found["window"]["last"], stamp(NOW + 600));
    let text = text_report(&path);
    assert!(text.contains("1 event is from the future: the clock that wrote it is ahead by 3 h"), "{text}");
    // Two hours before the newest event that is not from the future.
    let output = provlens().args(["report", "--format", "json", "--since", "2h"]).arg(&path).output().unwrap();
    let recent: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(recent["totals"]["events"], 3, "{}", recent["totals"]);
}

#[test]
fn f3_a_computer_whose_clock_is_behind_says_nothing_of_the_future() {
    let folder = tempfile::tempdir().unwrap();
    let records = [okta("1", Some(NOW - 60), "application.provision.user.push", true, "ann@x")];
    let path = log(&folder, "okta.ndjson", &records);
    let output =
        provlens().env("SOURCE_DATE_EPOCH", "1").args(["report", "--format", "json"]).arg(&path).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["inputs"][0].get("clock_ahead"), &report["window"]["last"]), (&None, &json!(stamp(NOW - 60))));
}

#[test]
fn f4_records_in_any_order_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = Tenant::of(300, 11);
    let write = |name: &str, records: &[String]| {
        let path = folder.path().join(name);
        fs::write(&path, records.join("\n")).unwrap();
        path
    };
    let report_of = |records: &[String]| without_places(report(&[Path::new(&write("all.ndjson", records))]));
    let mut records: Vec<String> = [tenant.okta, tenant.entra, tenant.entra_audit].concat();
    let time = |record: &String| {
        let record: Value = serde_json::from_str(record).unwrap();
        record["published"].as_str().or(record["activityDateTime"].as_str()).unwrap().to_owned()
    };
    records.sort_by_cached_key(time);
    let sorted = report_of(&records);
    records.reverse();
    assert_eq!(report_of(&records), sorted, "reversed");
    Random(5).shuffle(&mut records);
    assert_eq!(report_of(&records), sorted, "shuffled");
    let (some, rest) = records.split_at(records.len() / 3);
    let split = report(&[&write("some.ndjson", rest), &write("rest.ndjson", some)]);
    assert_eq!(without_places(split), sorted, "in two files");
}

#[test]
fn f5_a_duplicate_that_says_something_else_is_counted_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let push = "application.provision.user.push";
    let first = okta("1", Some(NOW - 60), push, false, "ann@x");
    let mut edited = okta("1", Some(NOW - 60), push, false, "bob@x");
    edited["displayMessage"] = json!("edited");
    // The same words in another layout are the same.
    let mut reordered = first.clone();
    reordered["client"] = json!({ "ipAddress": "192.0.2.1" });
    let path = log(&folder, "okta.ndjson", &[first.clone(), first, edited, reordered]);
    let found = report(&[&path]);
    let totals = &found["totals"];
    assert_eq!(
        [&totals["records"], &totals["events"], &totals["duplicates"], &totals["duplicates_differing"]],
        [4, 1, 3, 1]
    );
    assert_eq!(found["people"]["waiting_for_access"].as_array().unwrap().len(), 1);
    let text = text_report(&path);
    assert!(text.contains("1 duplicate has the id, time, kind and outcome of an event before"), "{text}");
}
