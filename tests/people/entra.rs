//! What only Entra's log tells: cycles, and members of groups.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{provlens, report};

fn change(number: u32, cycle: &str, action: &str, works: bool, kind: &str, who: &str, changed: &Value) -> Value {
    let status = match works {
        true => json!({ "status": "success" }),
        false => {
            json!({ "status": "failure", "errorInformation": { "errorCode": "Odd", "reason": "The hamster slept" } })
        }
    };
    json!({
        "id": format!("e{number:07}-0000-4000-8000-000000000000"),
        "activityDateTime": format!("2026-11-17T03:{:02}:{:02}Z", number / 60, number % 60),
        "jobId": "scim.1", "cycleId": cycle, "changeId": format!("chg-{number}"), "provisioningAction": action,
        "provisioningStatusInfo": status,
        "servicePrincipal": { "id": "sp-1", "displayName": "Harbor" },
        "sourceIdentity": { "id": who, "identityType": kind, "displayName": who, "details": {} },
        "modifiedProperties": changed, "provisioningSteps": [],
    })
}

fn write(folder: &tempfile::TempDir, records: &[Value]) -> PathBuf {
    let path = folder.path().join("entra.json");
    fs::write(&path, json!({ "value": records }).to_string()).unwrap();
    path
}

#[test]
fn the_cycle_that_took_away_most_accounts_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let removed =
        |number: u32, cycle: &str| change(number, cycle, "disable", true, "User", &format!("u{number}"), &json!([]));
    let mut records: Vec<Value> = (0..4).map(|number| removed(number, "c1")).collect();
    records.extend((100..112).map(|number| removed(number, "c2")));
    let path = write(&folder, &records);
    let found = report(&[&path]);
    assert_eq!(
        found["removal_cycles"],
        json!([{ "app": "Harbor", "cycle": "c2", "removals": 12, "first": "2026-11-17T03:01:40Z", "last": "2026-11-17T03:01:51Z" }])
    );
    let output = provlens().arg("report").arg(&path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("Harbor: one Entra cycle switched off or deleted 12 accounts, on 2026-11-17 03:01 UTC"),
        "{text}"
    );
    // A success has no error, though it is known in which cycle it was.
    let output = provlens().args(["person", "u101", "--format", "json"]).arg(&path).output().unwrap();
    let story: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!story.to_string().contains("\"error\":{"), "{story}");
}

#[test]
fn several_members_of_one_group_are_several_who_fail() {
    let folder = tempfile::tempdir().unwrap();
    let joins = |number: u32, members: &[&str]| {
        let changed: Vec<Value> =
            members.iter().map(|member| json!({ "displayName": "members", "newValue": member })).collect();
        change(number, "c1", "update", false, "Group", "g1", &json!(changed))
    };
    let onsets = |records: &[Value]| {
        let gathered = provlens::source::gather(&[write(&folder, records)]);
        let library = provlens::rules::Library::load(&[]).0;
        let (analysis, _) = provlens::pipeline::run(gathered, &library, &provlens::pipeline::Options::default());
        let all = analysis.series.iter().find(|series| series.of == provlens::analysis::Of::Everything).unwrap();
        all.points.iter().map(|point| point.onsets).sum::<u32>()
    };
    let three = [joins(1, &["ann"]), joins(2, &["ben"]), joins(3, &["cat"]), joins(4, &["ann"])];
    assert_eq!(onsets(&three), 3);
    // Of a change of several members at once nobody knows which one failed.
    assert_eq!(onsets(&[joins(1, &["ann", "ben"]), joins(2, &["cat", "dan"])]), 1);
}
