//! What was changed shortly before something began to fail.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{provlens, report};

fn okta(number: u64, at: &str, kind: &str, outcome: &Value, targets: &[Value]) -> Value {
    json!({
        "uuid": number.to_string(), "published": at, "eventType": kind, "outcome": outcome,
        "displayMessage": format!("words for {kind}"),
        "actor": { "id": "00uadmin", "type": "User", "alternateId": "admin@example.com", "displayName": "Ada Min" },
        "target": targets,
    })
}

fn write(folder: &tempfile::TempDir, name: &str, records: &[Value]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, records.iter().map(|record| format!("{record}\n")).collect::<String>()).unwrap();
    path
}

fn text(path: &Path) -> String {
    let output = provlens().arg("report").arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_admin_who_changed_the_app_before_it_began_to_fail_is_named_as_possible() {
    let folder = tempfile::tempdir().unwrap();
    let harbor = json!({ "id": "0oa1", "type": "AppInstance", "alternateId": "Harbor" });
    let ann = json!({ "id": "00u1", "type": "User", "alternateId": "ann@example.com" });
    let (fine, broken) = (json!({ "result": "SUCCESS" }), json!({ "result": "FAILURE", "reason": "Unauthorized" }));
    let push = "application.provision.user.push_profile";
    let records = [
        okta(1, "2026-03-02T09:00:00Z", push, &fine, &[ann.clone(), harbor.clone()]),
        okta(2, "2026-03-02T09:46:00Z", "application.configuration.update", &fine, std::slice::from_ref(&harbor)),
        okta(
            3,
            "2026-03-02T09:50:00Z",
            "user.account.privilege.revoke",
            &fine,
            &[json!({ "id": "00u2", "type": "User", "alternateId": "bob@example.com" })],
        ),
        okta(4, "2026-03-02T09:58:00Z", "application.configuration.update_logo", &fine, std::slice::from_ref(&harbor)),
        okta(5, "2026-03-02T10:00:00Z", push, &broken, &[ann, harbor]),
    ];
    let path = write(&folder, "okta.ndjson", &records);
    let found = report(&[&path]);
    let triggers = found["issues"][0]["likely_triggers"].as_array().unwrap();
    assert_eq!(triggers.len(), 2, "{triggers:#?}");
    let credentials = json!({
        "time": "2026-03-02T09:46:00Z", "what": "changed the app's provisioning settings or credentials", "own_words": false,
        "names": [], "actor": "admin@example.com", "event": "application.configuration.update", "event_id": "2", "provider": "okta",
        "app": "Harbor", "seconds_before": 840, "times": 1, "path": path, "line": 2, "offset": records[0].to_string().len() + 1,
    });
    assert_eq!(triggers[0], credentials);
    assert_eq!(
        (&triggers[1]["what"], &triggers[1]["names"]),
        (&json!("took an admin role from somebody"), &json!(["bob@example.com"]))
    );
    let wanted = "Shortly before 14 min earlier admin@example.com changed the app's provisioning settings or credentials - may have to do with it. 10 min earlier";
    assert!(text(&path).contains(wanted), "{}", text(&path));
}

#[test]
fn changes_in_entra_are_read_from_its_audit_log() {
    let folder = tempfile::tempdir().unwrap();
    let audit = |number: u64, at: &str, activity: &str, service: &str| {
        json!({
            "id": format!("a{number}"), "activityDateTime": at, "activityDisplayName": activity, "loggedByService": service,
            "result": "success", "initiatedBy": { "user": { "userPrincipalName": "admin@example.com" } },
            "targetResources": [{ "type": "ServicePrincipal", "id": "sp1", "displayName": "Anchor", "modifiedProperties": [
                { "displayName": "KeyDescription" }, { "displayName": "Included Updated Properties" } ] }],
        })
    };
    let failed = json!({
        "id": "p1", "activityDateTime": "2026-03-02T10:00:00Z", "jobId": "scim.1", "provisioningAction": "create",
        "provisioningStatusInfo": { "status": "failure", "errorInformation": { "errorCode": "Quux", "reason": "the app is closed on Mondays" } },
        "servicePrincipal": { "id": "sp1", "displayName": "Anchor" }, "provisioningSteps": [],
        "sourceIdentity": { "id": "u1", "identityType": "User", "details": { "userPrincipalName": "ann@example.com" } },
    });
    let records = [
        audit(
            1,
            "2026-03-02T09:00:00Z",
            "Update application \u{2013} Certificates and secrets management ",
            "Core Directory",
        ),
        audit(2, "2026-03-02T09:40:00Z", "Update attribute mappings or scope", "Account Provisioning"),
        failed,
    ];
    let found = report(&[&write(&folder, "entra.ndjson", &records)]);
    let what: Vec<_> = found["unknown"][0]["likely_triggers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trigger| (trigger["what"].as_str().unwrap(), trigger["names"][0].as_str().unwrap()))
        .collect();
    let wanted = [
        ("changed the attribute mappings or the scope of provisioning", "KeyDescription"),
        ("changed the app's certificates or secrets", "KeyDescription"),
    ];
    assert_eq!(what, wanted);
}
