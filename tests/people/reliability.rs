//! Rows F1 to F8 of the reliability matrix.

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

/// A table as a portal writes it for readers of some country, with these dates.
fn table(folder: &tempfile::TempDir, name: &str, dates: impl IntoIterator<Item = String>) -> std::path::PathBuf {
    let mut text = "ID,Date,Change ID,Job ID,Action,Status,Source Identity,Service Principal Name\n".to_owned();
    for (number, date) in dates.into_iter().enumerate() {
        text.push_str(&format!(
            "e{number},\"{date}\",c{number},scim.a.b,Create,Failure,person{number}@example.com,Harbor\n"
        ));
    }
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

/// The first and last time of a report, and its remarks about times.
fn window(path: &Path, args: &[&str]) -> (Value, Value, Vec<String>) {
    let output = provlens().args(["report", "--format", "json"]).args(args).arg(path).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = report["inputs"][0]["problems"].as_array().unwrap();
    let remarks = problems.iter().filter(|problem| problem["kind"] == "bad-time");
    let remarks = remarks.map(|problem| problem["error"].as_str().unwrap().to_owned()).collect();
    (report["window"]["first"].clone(), report["window"]["last"].clone(), remarks)
}

#[test]
fn f1_the_whole_table_tells_whether_the_day_or_the_month_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, dates: &[&str], args: &[&str]| {
        let path = table(&folder, name, dates.iter().map(|date| (*date).to_owned()));
        window(&path, args)
    };
    let at = |text: &str| Value::from(text);
    // The last date can only be one in one order, so the first one is in that order too.
    let day_first = ["03/04/2026 10:00:00", "23/04/2026 10:00:00"];
    let (first, last, remarks) = read("dmy.csv", &day_first, &[]);
    assert_eq!((first, last, remarks.len()), (at("2026-04-03T10:00:00Z"), at("2026-04-23T10:00:00Z"), 0));
    let month_first = ["3/4/2026, 10:00:00 PM", "4/23/2026, 10:00:00 AM"];
    let (first, last, remarks) = read("mdy.csv", &month_first, &[]);
    assert_eq!((first, last, remarks.len()), (at("2026-03-04T22:00:00Z"), at("2026-04-23T10:00:00Z"), 0));
    let dotted = ["3.4.2026 10:00", "2026-04-05 10:00"];
    let (first, last, remarks) = read("dots.csv", &dotted, &[]);
    assert_eq!((first, last, remarks.len()), (at("2026-04-03T10:00:00Z"), at("2026-04-05T10:00:00Z"), 0));
    // Nothing tells: that is said once, with what to do, and what one does is done.
    let open = ["03/04/2026 10:00:00", "05/04/2026 10:00:00"];
    let (first, _, remarks) = read("open.csv", &open, &[]);
    assert_eq!(first, at("2026-03-04T10:00:00Z"));
    assert!(remarks.len() == 1 && remarks[0].ends_with("say so with --dates dmy"), "{remarks:?}");
    let (first, last, remarks) = read("open.csv", &open, &["--dates", "dmy"]);
    assert_eq!((first, last, remarks.len()), (at("2026-04-03T10:00:00Z"), at("2026-04-05T10:00:00Z"), 0));
    let (first, _, remarks) = read("open.csv", &open, &["--dates", "mdy"]);
    assert_eq!((first, remarks.len()), (at("2026-03-04T10:00:00Z"), 0));
}

#[test]
fn f1_dates_that_contradict_each_other_are_said_to() {
    let folder = tempfile::tempdir().unwrap();
    let dates = ["3/4/2026 9:05", "13/4/2026 9:05", "3/25/2026 9:05"].map(str::to_owned);
    let (_, _, remarks) = window(&table(&folder, "both.csv", dates), &[]);
    let doubt = remarks.iter().find(|remark| remark.ends_with("--dates dmy")).unwrap();
    assert!(
        doubt.starts_with("some dates of this file begin with the day (like 13/4/2026) and others with"),
        "{doubt}"
    );
}

#[test]
fn f2_a_time_that_a_spreadsheet_made_unreadable_says_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let dates = ["########", "46097,31", "46097.31", "2026", "##"].map(str::to_owned);
    let (_, _, remarks) = window(&table(&folder, "excel.csv", dates), &[]);
    let advice: Vec<bool> =
        remarks.iter().map(|remark| remark.ends_with("use the file as it was downloaded")).collect();
    assert_eq!(advice, [true, true, true, false, false], "{remarks:?}");
}

#[test]
fn f1_a_date_far_behind_tells_too() {
    let folder = tempfile::tempdir().unwrap();
    // Far more than the first bytes by which a file is known.
    let dates = (0..3_000).map(|_| "03/04/2026 10:00:00".to_owned()).chain(["23/04/2026 10:00:00".to_owned()]);
    let (first, last, remarks) = window(&table(&folder, "long.csv", dates), &[]);
    assert_eq!((first, last), ("2026-04-03T10:00:00Z".into(), "2026-04-23T10:00:00Z".into()));
    assert_eq!(remarks, [""; 0]);
}

#[test]
fn f2_a_time_that_is_none_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let push = "application.provision.user.push";
    let records = [okta("1", Some(NOW - 60), push, true, "ann@x"), okta("2", None, push, false, "bob@x")];
    let report = report(&[&log(&folder, "okta.ndjson", &records)]);
    let problem = &report["inputs"][0]["problems"][0];
    assert_eq!((&problem["kind"], &problem["line"], &problem["lost"]), (&"bad-time".into(), &2.into(), &false.into()));
    assert_eq!(problem["error"], "the time “soon” cannot be read; the event is counted and stands in no timeline");
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

/// An export with the times at which it was delivered, and the same delivered again three days later.
fn deliveries(name: &str) -> (String, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialects").join(name);
    let text = fs::read_to_string(path).unwrap();
    let later = [
        (r#""TimeGenerated": "2026-03-02T"#, r#""TimeGenerated": "2026-03-05T"#),
        (r#""@timestamp": "2026-03-02T"#, r#""@timestamp": "2026-03-05T"#),
        (r#"{"time": 0, "#, r#"{"time": 1772700000, "#),
        (r#"{"time": "2026-03-02T"#, r#"{"time": "2026-03-05T"#),
        // The first column is that of the time of delivery.
        (r#"["2026-03-02T"#, r#"["2026-03-05T"#),
    ];
    let again = later.iter().fold(text.clone(), |text, (from, to)| text.replace(from, to));
    assert_ne!(again, text, "{name}");
    (text, again)
}

#[test]
fn f6_what_is_delivered_again_days_later_is_the_same_event() {
    for name in ["okta-sentinel.json", "okta-elastic.json", "okta-hec.ndjson", "entra-eventhub.json"] {
        let (text, again) = deliveries(name);
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = ["first", "second"].map(|file| folder.path().join(format!("{file}-{name}")));
        fs::write(&first, text).unwrap();
        fs::write(&second, again).unwrap();
        let once = report(&[&first]);
        assert!(once["totals"]["events"].as_u64().unwrap() > 0, "{name}");
        for order in [[&*first, &*second], [&*second, &*first]] {
            let twice = report(&order);
            assert_eq!(twice["totals"]["events"], once["totals"]["events"], "{name}");
            assert_eq!(twice["totals"]["duplicates"], once["totals"]["events"], "{name}");
            assert_eq!(twice["totals"]["duplicates_differing"], 0, "{name}");
            assert_eq!(twice["window"], once["window"], "{name}");
        }
    }
}

#[test]
fn f6_a_table_that_knows_only_its_delivery_is_joined_by_its_ids() {
    let name = "entra-log-analytics.json";
    let (text, again) = deliveries(name);
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|file| folder.path().join(format!("{file}-{name}")));
    fs::write(&first, text).unwrap();
    fs::write(&second, again).unwrap();
    let (once, twice) = (report(&[&first]), report(&[&first, &second]));
    assert!(once["totals"]["events"].as_u64().unwrap() > 0);
    assert_eq!(twice["totals"]["events"], once["totals"]["events"]);
    assert_eq!(twice["totals"]["duplicates"], once["totals"]["events"]);
    assert_eq!(twice["window"], once["window"]);
}

#[test]
fn f7_an_hour_that_the_clock_shows_twice_is_two_hours() {
    let folder = tempfile::tempdir().unwrap();
    let push = "application.provision.user.push";
    // 2026-10-25T00:30:00Z and an hour later: half past two in Berlin, both times.
    let first = 1_792_888_200;
    let records = [okta("1", Some(first), push, false, "ann@x"), okta("2", Some(first + 3_600), push, true, "ann@x")];
    let path = log(&folder, "okta.ndjson", &records);
    let shown = |args: &[&str]| {
        let output = provlens().arg("report").args(args).arg(&path).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let berlin = ["--tz", "Europe/Berlin"];
    let text = shown(&berlin);
    assert!(text.contains("2026-10-25 02:30+02:00 to 2026-10-25 02:30+01:00 Europe/Berlin"), "{text}");
    // Whoever succeeded an hour later waits no more, though the clock shows the same.
    assert!(!text.contains("Waiting for access"), "{text}");
    let json = |more: &[&str]| shown(&[&["--format", "json"], more].concat());
    assert_eq!(json(&berlin), json(&[]), "what is computed does not depend on the zone that is shown");
    let day = |more: &[&str]| {
        let args = [&["--since", "2026-10-25", "--until", "2026-10-25"], more].concat();
        serde_json::from_str::<Value>(&json(&args)).unwrap()["totals"]["events"].clone()
    };
    assert_eq!((day(&berlin), day(&[])), (2.into(), 2.into()));
}
