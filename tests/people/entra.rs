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

/// A record of the audit log about a change of Ann's account.
fn audited(number: u32, change: &str, activity: &str, step: &str, result: &str) -> Value {
    json!({
        "id": format!("Sync_{change}_{number}"), "correlationId": change, "result": result,
        "resultReason": if result == "failure" { "Failed to process User; InsufficientRights" } else { "" },
        "activityDisplayName": activity, "activityDateTime": format!("2026-11-17T03:{number:02}:00Z"),
        "category": "ProvisioningManagement", "loggedByService": "Account Provisioning",
        "initiatedBy": { "app": { "displayName": "Azure AD Cloud Sync" } },
        "targetResources": [
            { "type": "ServicePrincipal", "id": "sp-1", "displayName": "Harbor" },
            { "type": "User", "id": "ann", "displayName": "Ann", "userPrincipalName": "ann@example.com" },
        ],
        "additionalDetails": [{ "key": "EventName", "value": step }, { "key": "ErrorCode", "value": "InsufficientRights" }],
    })
}

#[test]
fn a_change_of_the_audit_log_fails_once_and_reading_settles_nothing() {
    let rule_action = "Synchronization rule action";
    let joiner = [
        audited(1, "c1", "Import", "EntryImportAdd", "success"),
        audited(2, "c1", rule_action, "EntrySynchronizationAdd", "success"),
        audited(3, "c1", "Export", "EntryExportAdd", "failure"),
        audited(4, "c1", "Process escrow", "EntryExportAdd", "failure"),
        audited(5, "c2", rule_action, "EntrySynchronizationAdd", "success"),
    ];
    let leaver = [
        audited(1, "c1", "Export", "EntryExportAdd", "success"),
        audited(2, "c2", "Import", "EntryImportDelete", "success"),
        audited(3, "c2", rule_action, "EntrySynchronizationDelete", "success"),
        audited(4, "c2", "Export", "EntryExportDelete", "failure"),
        audited(5, "c3", "Import", "EntryImportDelete", "success"),
        audited(6, "c3", rule_action, "EntrySynchronizationDelete", "success"),
    ];
    for (records, standing) in [(&joiner[..], "waiting_for_access"), (&leaver[..], "access_not_removed")] {
        let folder = tempfile::tempdir().unwrap();
        let mut backwards = records.to_vec();
        backwards.reverse();
        for records in [records, &backwards] {
            let found = report(&[&write(&folder, records)]);
            assert_eq!(found["totals"]["failure"], 1, "{standing}");
            assert_eq!(found["totals"]["duplicates_differing"], 0, "{standing}");
            assert_eq!(found["issues"][0]["state"], "ongoing", "{standing}");
            assert_eq!(found["people"][standing].as_array().map(Vec::len), Some(1), "{found:#}");
        }
    }
}

#[test]
fn a_failure_that_only_the_escrow_tells_of_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        audited(1, "c1", "Process escrow", "EntryExportAdd", "failure"),
        audited(2, "c2", "Import", "EntryImportUpdate", "failure"),
    ];
    let found = report(&[&write(&folder, &records)]);
    assert_eq!(found["totals"]["failure"], 2);
}

#[test]
fn one_event_is_one_whichever_way_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let graph = change(1, "c1", "create", false, "User", "u1", &json!([]));
    let text = |part: &str| graph[part].to_string();
    // Log Analytics keeps nested parts as text, and the time of the delivery only.
    let table = json!({
        "Type": "AADProvisioningLogs", "TimeGenerated": "2026-11-17T03:09:00Z", "Id": graph["id"], "JobId": "scim.1",
        "CycleId": "c1", "ChangeId": "chg-1", "ProvisioningAction": "create", "ResultType": "Failure",
        "ServicePrincipal": text("servicePrincipal"), "SourceIdentity": text("sourceIdentity"),
        "ProvisioningStatusInfo": text("provisioningStatusInfo"), "ProvisioningSteps": "[]",
    });
    let (first, second) = (folder.path().join("graph.json"), folder.path().join("table.json"));
    fs::write(&first, json!({ "value": [graph.clone()] }).to_string()).unwrap();
    fs::write(&second, json!([table]).to_string()).unwrap();
    for paths in [[&first, &second], [&second, &first]] {
        let totals = report(&paths.map(PathBuf::as_path))["totals"].clone();
        let counted = [&totals["events"], &totals["duplicates"], &totals["duplicates_differing"]];
        assert_eq!(counted, [&json!(1), &json!(1), &json!(0)]);
    }
}

/// Somebody assigned them, so they were to have access; whom nobody assigned, nobody misses.
#[test]
fn whoever_has_only_default_access_waits_and_who_is_not_assigned_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let skipped = |number: u32, who: &str, assigned: &str, role: &str| {
        let mut record = change(number, "c1", "other", true, "User", who, &json!([]));
        record["provisioningStatusInfo"] = json!({ "status": "skipped" });
        record["provisioningSteps"] = json!([
            { "name": "EntryImportAdd", "provisioningStepType": "import", "status": "success" },
            { "name": "EntrySynchronizationScoping", "provisioningStepType": "scoping", "status": "skipped", "details": {
                "SkipReason": "NotEffectivelyEntitled", "Active in the source system": "True",
                "Assigned to the application": assigned, "User has the required role": role,
                "Scoping filter evaluation passed": "True" } },
        ]);
        record
    };
    let mut records = vec![skipped(1, "ann", "True", "False"), skipped(2, "ben", "False", "False")];
    let waiting = |found: &Value| -> Vec<String> {
        let list = found["people"]["waiting_for_access"].as_array().unwrap();
        list.iter().map(|person| person["user"].as_str().unwrap().to_owned()).collect()
    };
    let found = report(&[&write(&folder, &records)]);
    assert_eq!((waiting(&found), &found["issues"][0]["still_broken"]), (vec!["ann".to_owned()], &json!(1)));
    records.push(change(3, "c2", "create", true, "User", "ann", &json!([])));
    assert!(waiting(&report(&[&write(&folder, &records)])).is_empty());
}
