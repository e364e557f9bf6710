//! Entra directory audit: Graph, diagnostic record, Log Analytics, and the unified audit log.
//! Source: <https://learn.microsoft.com/graph/api/resources/directoryaudit>

use bumpalo::Bump;

use super::entra::{of_group, step_phase};
use super::{Decoded, explain};
use crate::event::{Event, Operation, Outcome, Provider, Subject};
use crate::json::Json;
use crate::text::time;

pub(super) fn sniff_diagnostic(record: Json<'_>) -> bool {
    record.str("category").is_some_and(|category| category.eq_ignore_ascii_case("AuditLogs"))
        && record.has("properties")
}

pub(super) fn decode_diagnostic<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let object = record.open("properties", arena).unwrap_or(record);
    read("entra-diag-audit", record, object, arena)
}

pub(super) fn sniff_graph(record: Json<'_>) -> bool {
    record.has("activityDisplayName") && (record.has("loggedByService") || record.has("initiatedBy"))
}

pub(super) fn decode_graph<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    read("entra-graph-audit", record, record, arena)
}

/// Rows of Log Analytics have the same fields, with capital letters.
pub(super) fn sniff_table(record: Json<'_>) -> bool {
    record.exact("ActivityDisplayName").is_some() && sniff_graph(record)
}

pub(super) fn decode_table<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    read("entra-la-audit", record, record, arena)
}

/// Activities of the directory that explain provisioning, with what they are. Compared without
/// case and by their beginning, since Microsoft appends details after a dash.
const ACTIVITIES: [(&str, Operation); 31] = [
    ("add user", Operation::Create),
    ("update user", Operation::Update),
    ("delete user", Operation::Delete),
    ("hard delete user", Operation::Delete),
    ("restore user", Operation::Reactivate),
    ("disable account", Operation::Deactivate),
    ("enable account", Operation::Reactivate),
    ("invite external user", Operation::Create),
    ("add member to group", Operation::MembershipAdd),
    ("remove member from group", Operation::MembershipRemove),
    ("add group", Operation::GroupCreate),
    ("update group", Operation::GroupUpdate),
    ("delete group", Operation::GroupDelete),
    ("add app role assignment", Operation::AssignmentAdd),
    ("remove app role assignment", Operation::AssignmentRemove),
    ("delete app role assignment", Operation::AssignmentRemove),
    ("add application", Operation::ConfigChange),
    ("update application", Operation::ConfigChange),
    ("delete application", Operation::ConfigChange),
    ("create application", Operation::ConfigChange),
    ("add service principal", Operation::ConfigChange),
    ("update service principal", Operation::ConfigChange),
    ("remove service principal", Operation::ConfigChange),
    ("delete service principal", Operation::ConfigChange),
    ("add member to role", Operation::ConfigChange),
    ("remove member from role", Operation::ConfigChange),
    ("update policy", Operation::ConfigChange),
    ("add domain", Operation::ConfigChange),
    ("remove unverified domain", Operation::ConfigChange),
    ("change user license", Operation::ConfigChange),
    ("update external secrets", Operation::ConfigChange),
];

fn activity_operation(activity: &str) -> Option<Operation> {
    let lower = activity.trim().trim_end_matches('.').to_lowercase();
    if lower.contains("cross-tenant") || lower.contains("verified domain") || lower.contains("verify domain") {
        return Some(Operation::ConfigChange);
    }
    ACTIVITIES
        .iter()
        .filter(|(name, _)| lower.starts_with(name))
        .max_by_key(|(name, _)| name.len())
        .map(|(_, operation)| *operation)
}

/// What a record of the provisioning service is about. One change makes several of them: that it was read, what was
/// decided, and what was done at the application. Only the export does anything there; a change that failed is told
/// once more when it is put aside to be tried again.
fn provisioning_operation(activity: &str, event_name: &str, outcome: Outcome) -> Operation {
    let (lower, name) = (activity.to_lowercase(), event_name.to_lowercase());
    let is_escrow = lower.starts_with("process escrow");
    let tells_of_export = lower == "export" || is_escrow && outcome == Outcome::Failure;
    if let Some(step) = name.strip_prefix("entryexport").filter(|_| tells_of_export) {
        return export_operation(step);
    }
    match () {
        () if lower == "import" => Operation::Import,
        () if name.starts_with("entry") => Operation::Other,
        () if lower.contains("quarantine") => Operation::Quarantine,
        () if ["provisioning configuration", "provisioning setting", "attribute mapping"]
            .iter()
            .any(|what| lower.contains(what))
            || lower.contains("provisioning")
                && ["start", "disable", "enable", "stop", "pause"].iter().any(|how| lower.contains(how)) =>
        {
            Operation::ConfigChange
        }
        () if is_escrow || lower == "execution" => Operation::Cycle,
        () => Operation::Other,
    }
}

/// By the name of the step without `EntryExport`, in small letters.
fn export_operation(step: &str) -> Operation {
    match () {
        () if step.contains("softdelete") => Operation::Deactivate,
        () if step.starts_with("add") => Operation::Create,
        () if step.starts_with("update") => Operation::Update,
        () if step.starts_with("delete") => Operation::Delete,
        () => Operation::Other,
    }
}

fn outcome(result: Option<&str>) -> Outcome {
    match result.unwrap_or_default().to_ascii_lowercase().as_str() {
        "failure" | "failed" | "timeout" => Outcome::Failure,
        "success" | "" => Outcome::Success,
        _ => Outcome::Warning,
    }
}

/// A record of the audit log.
struct Audit<'a> {
    record: Json<'a>,
    /// What Graph knows, in whatever it was put.
    object: Json<'a>,
    activity: &'a str,
    /// It was written by the provisioning service.
    is_provisioning: bool,
    /// Names and values, one pair an element.
    details: Json<'a>,
    /// What the provisioning service was at, in its own word.
    step: &'a str,
}

impl<'a> Audit<'a> {
    fn of(record: Json<'a>, object: Json<'a>, arena: &'a Bump) -> Audit<'a> {
        let details = object.open("additionalDetails", arena).unwrap_or(Json::Null);
        let service = object.str("loggedByService").unwrap_or_default();
        Audit {
            record,
            object,
            activity: object.str("activityDisplayName").or(record.str("operationName")).unwrap_or_default().trim(),
            is_provisioning: service.eq_ignore_ascii_case("Account Provisioning"),
            details,
            step: detail(details, "EventName").unwrap_or_default(),
        }
    }

    /// What it is about; nothing if that does not concern provisioning.
    fn operation(&self, outcome: Outcome) -> Option<Operation> {
        match self.is_provisioning {
            true => Some(provisioning_operation(self.activity, self.step, outcome)),
            false => activity_operation(self.activity),
        }
    }

    fn actor(&self, arena: &'a Bump) -> Option<&'a str> {
        let initiator = self.object.open("initiatedBy", arena)?;
        ["user.userPrincipalName", "user.displayName", "user.id", "app.displayName", "app.servicePrincipalId"]
            .iter()
            .find_map(|path| initiator.str_at(path))
    }

    /// Whom the provisioning service names where no target does.
    fn reported(&self) -> Option<Subject<'a>> {
        let reported = detail(self.details, "ReportableIdentifier")?;
        let is_login = reported.contains('@');
        Some(Subject {
            kind: Some("user"),
            id: Some(reported).filter(|_| !is_login),
            login: Some(reported).filter(|_| is_login),
            name: Some(reported),
        })
    }
}

/// The value of a detail.
fn detail<'a>(details: Json<'a>, key: &str) -> Option<&'a str> {
    let is_its = |item: &Json<'a>| item.str("key").is_some_and(|name| name.eq_ignore_ascii_case(key));
    details.items().find(is_its).and_then(|item| item.str("value"))
}

fn read<'a>(dialect: &'static str, record: Json<'a>, object: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let audit = Audit::of(record, object, arena);
    let outcome = outcome(object.str("result").or(record.str("resultType")));
    let Some(operation) = audit.operation(outcome) else {
        return Decoded::Other { dialect, what: Some("directory changes that do not concern provisioning") };
    };
    let mut event = Event::new(Provider::Entra, dialect, record);
    event.operation = operation;
    event.event_type = Some(audit.activity);
    event.time =
        object.str("activityDateTime").or(record.str("time")).or(record.str("TimeGenerated")).and_then(time::parse);
    // Putting a job into quarantine succeeds, and the job fails.
    event.outcome = outcome.max(if operation == Operation::Quarantine { Outcome::Warning } else { Outcome::Success });
    event.ids.event = object.str("id");
    event.ids.request = object.str("correlationId").or(record.str("correlationId"));
    event.ids.change = event.ids.request.filter(|_| audit.is_provisioning);
    event.actor = audit.actor(arena);
    for target in object.open("targetResources", arena).unwrap_or(Json::Null).items() {
        read_target(&mut event, target);
    }
    if event.subject.kind.is_none() {
        event.subject = audit.reported().unwrap_or(event.subject);
    }
    if audit.is_provisioning && event.subject.kind == Some("group") {
        event.operation = of_group(event.operation);
    }
    if event.outcome != Outcome::Success {
        read_reason(&mut event, &audit, arena);
    }
    Decoded::Event(Box::new(event))
}

/// One of those that it was about: a person, a group, an application.
fn read_target<'a>(event: &mut Event<'a>, target: Json<'a>) {
    match target.str("type").unwrap_or_default().to_ascii_lowercase().as_str() {
        "user" => {
            event.subject = Subject {
                kind: Some("user"),
                id: target.str("id"),
                login: target.str("userPrincipalName"),
                name: target.str("displayName"),
            }
        }
        "group" if event.subject.kind.is_none() => {
            event.subject =
                Subject { kind: Some("group"), id: target.str("id"), login: None, name: target.str("displayName") }
        }
        "serviceprincipal" | "application" => {
            event.app.name = target.str("displayName").or(event.app.name);
            event.app.id = target.str("id").or(event.app.id);
        }
        _ => {}
    }
    let properties = target.get("modifiedProperties").unwrap_or(Json::Null);
    event.changed.extend(properties.items().filter_map(|property| property.str("displayName")));
}

fn read_reason<'a>(event: &mut Event<'a>, audit: &Audit<'a>, arena: &'a Bump) {
    let Audit { record, object, details, step, activity, .. } = *audit;
    event.set_code(detail(details, "ErrorCode"));
    event.reason.phase = step_phase(step, if step.starts_with("Entry") { "processing" } else { "" });
    let message = object
        .str("resultReason")
        .or(record.str("resultDescription"))
        .or(detail(details, "Details"))
        .or(Some(activity));
    explain(event, message, arena);
}

pub(super) fn sniff_unified(record: Json<'_>) -> bool {
    record.has("Workload") && record.has("Operation") && record.has("CreationTime")
}

pub(super) fn decode_unified<'a>(record: Json<'a>, _: &'a Bump) -> Decoded<'a> {
    let activity = record.str("Operation").unwrap_or_default();
    let directory = record.str("Workload") == Some("AzureActiveDirectory");
    let Some(operation) = activity_operation(activity).filter(|_| directory) else {
        return Decoded::Other {
            dialect: "m365-ual",
            what: Some("Microsoft 365 activity that is not about provisioning"),
        };
    };
    let mut event = Event::new(Provider::Entra, "m365-ual", record);
    event.operation = operation;
    event.event_type = Some(activity);
    event.time = record.str("CreationTime").and_then(time::parse);
    event.outcome = match record.str("ResultStatus").unwrap_or_default().to_ascii_lowercase().as_str() {
        "failure" | "failed" | "false" => Outcome::Failure,
        _ => Outcome::Success,
    };
    event.ids.event = record.str("Id");
    event.actor = record.str("UserId");
    let about = record.str("ObjectId");
    if operation == Operation::ConfigChange {
        event.app.id = about;
    } else {
        event.subject =
            Subject { kind: Some("user"), login: about.filter(|text| text.contains('@')), id: about, name: None };
    }
    event.changed = record
        .get("ModifiedProperties")
        .unwrap_or(Json::Null)
        .items()
        .filter_map(|property| property.str("Name"))
        .collect();
    Decoded::Event(Box::new(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Wanted, decode};
    use crate::json::parse;

    /// Operation and phase of a record of the provisioning service.
    fn read_as(activity: &str, event_name: &str, result: &str, kind: &str) -> (Operation, Option<&'static str>) {
        let record = serde_json::json!({
            "id": "Sync_1", "correlationId": "c1", "result": result, "activityDisplayName": activity,
            "activityDateTime": "2026-03-02T09:00:00Z", "loggedByService": "Account Provisioning", "initiatedBy": {},
            "targetResources": [{ "type": kind, "id": "o1", "displayName": "Ann" }],
            "additionalDetails": [{ "key": "EventName", "value": event_name }],
        });
        let arena = Bump::new();
        let text = arena.alloc_str(&record.to_string());
        let Decoded::Event(event) = decode(parse(text.as_bytes(), &arena).unwrap(), Wanted::All, &arena) else {
            panic!("{record}");
        };
        let phases = ["import", "processing", "export"];
        (event.operation, phases.into_iter().find(|phase| event.reason.phase == Some(phase)))
    }

    #[test]
    fn only_an_export_does_something_at_the_application() {
        let operation = |activity: &str, name: &str, result: &str| read_as(activity, name, result, "User").0;
        assert_eq!(operation("Import", "EntryImportAdd", "success"), Operation::Import);
        assert_eq!(operation("Import", "EntryImportDelete", "success"), Operation::Import);
        assert_eq!(operation("Synchronization rule action", "EntrySynchronizationAdd", "success"), Operation::Other);
        assert_eq!(operation("Synchronization rule action", "EntrySynchronizationDelete", "failure"), Operation::Other);
        assert_eq!(operation("Export", "EntryExportAdd", "success"), Operation::Create);
        assert_eq!(operation("Export", "EntryExportUpdate", "success"), Operation::Update);
        assert_eq!(operation("Export", "EntryExportUpdateSoftDelete", "success"), Operation::Deactivate);
        assert_eq!(operation("Export", "EntryExportDelete", "failure"), Operation::Delete);
        assert_eq!(operation("Export", "", "failure"), Operation::Other);
        assert_eq!(read_as("Export", "EntryExportAdd", "success", "Group").0, Operation::GroupCreate);
    }

    #[test]
    fn an_escrow_tells_of_the_export_that_failed_and_never_of_one_that_worked() {
        assert_eq!(
            read_as("Process escrow", "EntryExportDelete", "failure", "User"),
            (Operation::Delete, Some("export"))
        );
        assert_eq!(read_as("Process escrow", "EntryExportDelete", "success", "User").0, Operation::Other);
        assert_eq!(read_as("Process escrows", "", "failure", "ServicePrincipal").0, Operation::Cycle);
    }

    #[test]
    fn the_name_of_the_step_tells_the_phase_of_a_failure() {
        let phase = |activity: &str, name: &str| read_as(activity, name, "failure", "User").1;
        assert_eq!(phase("Import", "EntryImportAdd"), Some("import"));
        assert_eq!(phase("Synchronization rule action", "EntrySynchronizationError"), Some("processing"));
        assert_eq!(phase("Quarantine", "Quarantine"), None);
    }
}
