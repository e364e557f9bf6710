//! What single fields of a provisioning record mean.

use super::*;
use crate::decode::{Decoded, decode};
use crate::json::parse;

/// Reads a record of the provisioning log with these fields beside those that all have.
fn with_event(more: serde_json::Value, check: impl FnOnce(&Event<'_>)) {
    let mut record = serde_json::json!({
        "id": "e1", "activityDateTime": "2026-03-02T09:00:00Z", "jobId": "scim.1", "changeId": "c1",
        "provisioningStatusInfo": { "status": "success" },
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let arena = Bump::new();
    let text = arena.alloc_str(&record.to_string());
    match decode(parse(text.as_bytes(), &arena).unwrap(), Wanted::All, &arena) {
        Decoded::Event(event) => check(&event),
        other => panic!("{record}: {other:?}"),
    }
}

fn operation_of(status: &str, steps: &[(&str, &str)]) -> Operation {
    let step = |(name, kind): &(&str, &str)| serde_json::json!({ "name": name, "provisioningStepType": kind, "status": "success" });
    let more = serde_json::json!({
        "provisioningAction": "other",
        "provisioningStatusInfo": { "status": status },
        "provisioningSteps": steps.iter().map(step).collect::<Vec<_>>(),
    });
    let mut operation = Operation::Other;
    with_event(more, |event| operation = event.operation);
    operation
}

#[test]
fn an_update_that_switches_an_account_off_or_on_is_told_as_that() {
    let operation = |action: &str, name: &str, old: Option<&str>, new: &str| {
        let more = serde_json::json!({
            "provisioningAction": action,
            "modifiedProperties": [
                { "displayName": "title", "oldValue": "a", "newValue": "b" },
                { "displayName": name, "oldValue": old, "newValue": new },
            ],
        });
        let mut operation = Operation::Other;
        with_event(more, |event| operation = event.operation);
        operation
    };
    assert_eq!(operation("update", "active", Some("True"), "False"), Operation::Deactivate);
    assert_eq!(operation("Update", "accountEnabled", None, "\"False\""), Operation::Deactivate);
    assert_eq!(operation("update", "active", Some("False"), "True"), Operation::Reactivate);
    assert_eq!(operation("update", "active", None, "True"), Operation::Update);
    assert_eq!(operation("update", "nickname", Some("True"), "False"), Operation::Update);
    assert_eq!(operation("create", "active", None, "True"), Operation::Create);
}

#[test]
fn what_was_only_read_or_decided_did_nothing_at_the_application() {
    const READ: (&str, &str) = ("EntryImportUpdateSoftDelete", "import");
    const DECIDED: (&str, &str) = ("EntrySynchronizationAdd", "processing");
    const DONE: (&str, &str) = ("EntryExportAdd", "export");
    assert_eq!(operation_of("success", &[("EntryImportAdd", "import")]), Operation::Import);
    assert_eq!(operation_of("success", &[READ]), Operation::Import);
    assert_eq!(operation_of("success", &[("EntryImportAdd", "import"), DECIDED]), Operation::Import);
    assert_eq!(operation_of("success", &[DECIDED]), Operation::Other);
    assert_eq!(operation_of("success", &[DECIDED, DONE]), Operation::Create);
    // Whatever was to be done has not been done.
    assert_eq!(operation_of("failure", &[DECIDED]), Operation::Create);
    assert_eq!(operation_of("failure", &[READ]), Operation::Deactivate);
}

#[test]
fn a_skip_has_the_code_of_its_reason() {
    let codes = |code: &str| {
        let more = serde_json::json!({
            "provisioningStatusInfo": { "status": "skipped", "errorInformation": { "errorCode": code } },
            "provisioningSteps": [{
                "name": "EntrySynchronizationSkip", "provisioningStepType": "processing", "status": "skipped",
                "details": { "SkipReason": "RedundantExport" },
            }],
        });
        let mut codes = (None, Vec::new());
        with_event(more, |event| {
            let all = event.reason.codes.iter().map(|code| (*code).to_owned()).collect();
            codes = (event.reason.code.map(str::to_owned), all);
        });
        codes
    };
    let told = |code: &str, all: [&str; 2]| (Some(code.to_owned()), all.map(str::to_owned).to_vec());
    assert_eq!(
        codes("EntrySynchronizationSkipped"),
        told("RedundantExport", ["RedundantExport", "EntrySynchronizationSkipped"])
    );
    assert_eq!(
        codes("AttributeValidationFailed"),
        told("AttributeValidationFailed", ["AttributeValidationFailed", "RedundantExport"])
    );
}

#[test]
fn whom_only_a_number_names_is_known_by_it() {
    let identity = serde_json::json!({ "id": "", "displayName": "21023", "identityType": "User" });
    let known_by = |reported: &str| {
        let more = serde_json::json!({
            "provisioningAction": "create",
            "sourceIdentity": identity.clone(),
            "provisioningSteps": [{ "name": "EntryExportAdd", "details": { "ReportableIdentifier": reported } }],
        });
        let mut known = (None, None);
        with_event(more, |event| known = (event.subject.id.map(str::to_owned), event.subject.login.map(str::to_owned)));
        known
    };
    assert_eq!(known_by("21023"), (Some("21023".to_owned()), None));
    assert_eq!(known_by("ann@example.com"), (None, Some("ann@example.com".to_owned())));
}
