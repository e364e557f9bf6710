//! Entra provisioning log: the object that every transport carries, in all its spellings.
//! Source: <https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary>

use bumpalo::Bump;

use super::explain;
use crate::event::{App, Event, Operation, Outcome, Subject};
use crate::json::Json;
use crate::text::time;

/// What the envelope adds to the provisioning object.
#[derive(Default)]
pub(super) struct Around<'a> {
    pub(super) time: Option<&'a str>,
    pub(super) result_type: Option<&'a str>,
    pub(super) error_code: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    pub(super) correlation: Option<&'a str>,
    pub(super) duration: Option<i64>,
}

/// Reads a provisioning object. `object` has its parts under Graph's names in any case; parts may
/// be JSON inside strings.
pub(super) fn read<'a>(
    dialect: &'static str,
    record: Json<'a>,
    object: Json<'a>,
    around: Around<'a>,
    arena: &'a Bump,
) -> Event<'a> {
    let mut event = Event::new("entra", dialect, record);
    let part = |key: &str| object.open(key, arena).unwrap_or(Json::Null);
    event.time = object
        .str("activityDateTime")
        .or(object.str("startTime"))
        .or(around.time)
        .or(object.str("endTime"))
        .and_then(time::parse);
    event.event_type = Some("provisioning");
    event.ids.event = object.str("id");
    event.ids.cycle = object.str("cycleId");
    event.ids.job = object.str("jobId");
    event.ids.change = object.str("changeId").or(around.correlation);
    event.ids.request = around.correlation.or(event.ids.change);
    event.duration_ms = object
        .get("durationInMilliseconds")
        .or_else(|| object.get("durationMs"))
        .and_then(Json::integer)
        .or(around.duration);
    event.actor = part("initiatedBy").str("displayName").or(part("initiatedBy").str("name"));
    let info = part("provisioningStatusInfo");
    let older = part("statusInfo");
    let error =
        info.open("errorInformation", arena).filter(|inner| matches!(inner, Json::Object(_))).unwrap_or(Json::Null);
    let steps = part("provisioningSteps");
    event.outcome = outcome(info, older, steps, around.result_type);
    event.operation = operation(object, steps, part("modifiedProperties"), part("sourceIdentity"));
    read_app(&mut event, object, arena);
    read_subject(&mut event, part("sourceIdentity"), part("targetIdentity"), steps, object);
    let failing = failing_step(steps, event.outcome);
    event.reason.phase = failing.and_then(step_phase);
    event.changed = part("modifiedProperties")
        .items()
        .filter_map(|property| property.str("displayName"))
        .filter(|name| *name != "accountDisabled")
        .collect();
    if event.outcome != Outcome::Success {
        let details = failing.and_then(|step| step.open("details", arena)).unwrap_or(Json::Null);
        let skip = details.str("SkipReason");
        let code = error
            .str("errorCode")
            .or(older.str("errorCode"))
            .or(around.error_code)
            .or(details.str("errorCode"))
            .or(skip);
        event.set_code(code);
        if let Some(skip) = skip.filter(|skip| Some(*skip) != code) {
            event.reason.codes.push(skip);
        }
        let step_words = failing.and_then(|step| step.str("description"));
        let message = error
            .str("reason")
            .or(older.str("reason"))
            .or(around.description)
            .or(error.str("additionalDetails"))
            .or(step_words)
            .or(details.str("errorMessage"));
        explain(&mut event, message, arena);
        if event.reason.http_status.is_none() {
            event.reason.http_status = code.filter(|code| code.len() < 24).and_then(crate::event::status_number);
        }
        if let Some(property) = details.str("PropertyName").filter(|property| !event.changed.contains(property)) {
            event.changed.push(property);
        }
        event.needs_action =
            event.outcome == Outcome::Skipped && event.reason.codes.contains(&"AttributeValidationFailed");
    }
    event
}

/// The worst of the layers that tell an outcome; they disagree in real files.
fn outcome(info: Json<'_>, older: Json<'_>, steps: Json<'_>, result_type: Option<&str>) -> Outcome {
    let exports = steps
        .items()
        .filter(|step| step_phase(*step) == Some("export"))
        .filter_map(|step| step.get("status"))
        .filter_map(|status| status.text());
    [info.str("status"), older.str("status"), result_type]
        .into_iter()
        .flatten()
        .filter_map(status)
        .chain(exports.filter_map(status).filter(|outcome| *outcome == Outcome::Failure))
        .max()
        .unwrap_or(Outcome::Warning)
}

/// A status as word or as the number that diagnostic records use.
fn status(text: &str) -> Option<Outcome> {
    Some(match text.to_ascii_lowercase().as_str() {
        "success" | "0" => Outcome::Success,
        "failure" | "failed" | "1" => Outcome::Failure,
        "skipped" | "2" => Outcome::Skipped,
        "warning" | "3" => Outcome::Warning,
        _ => return None,
    })
}

fn step_name(step: Json<'_>) -> &str {
    step.str("name").unwrap_or_default()
}

/// Import, scoping, matching, processing, reference resolution or export. The name wins over the
/// number, since producers number differently.
fn step_phase(step: Json<'_>) -> Option<&'static str> {
    let name = step_name(step);
    if name.starts_with("EntryExport") {
        return Some("export");
    }
    if name.starts_with("EntrySynchronizationScoping") {
        return Some("scoping");
    }
    let kind = step.str("provisioningStepType").or(step.str("type")).unwrap_or_default().to_ascii_lowercase();
    Some(match kind.as_str() {
        "matching" => "matching",
        _ if name.starts_with("EntryImport") => "import",
        "import" | "0" => "import",
        "scoping" | "1" => "scoping",
        "2" => "matching",
        "processing" | "3" => "processing",
        "referenceresolution" | "4" => "reference-resolution",
        "export" | "5" => "export",
        _ => return None,
    })
}

/// The step that names the phase of a failure or skip: the last one that did not succeed.
fn failing_step<'a>(steps: Json<'a>, outcome: Outcome) -> Option<Json<'a>> {
    let Json::Array(steps) = steps else { return None };
    if outcome == Outcome::Success {
        return None;
    }
    let last = |fits: &dyn Fn(Json<'a>) -> bool| steps.iter().filter(|step| fits(*step)).last();
    let with = |wanted: Outcome| last(&|step| step.get("status").and_then(Json::text).and_then(status) == Some(wanted));
    match outcome {
        Outcome::Failure => with(Outcome::Failure),
        _ => with(outcome)
            .or_else(|| with(Outcome::Failure))
            .or_else(|| last(&|step| step.path("details.SkipReason").is_some())),
    }
}

fn operation(object: Json<'_>, steps: Json<'_>, properties: Json<'_>, source: Json<'_>) -> Operation {
    let group = source.str("identityType").is_some_and(|kind| kind.to_ascii_lowercase().contains("group"));
    let action = object.str("provisioningAction").or(object.str("action")).unwrap_or_default().to_ascii_lowercase();
    let names = || steps.items().map(|step| step_name(step).to_ascii_lowercase()).collect::<Vec<_>>();
    let soft_delete = names().iter().any(|name| name.contains("softdelete"));
    let plain = match action.as_str() {
        "create" | "entryexportadd" => Operation::Create,
        "update" | "entryexportupdate" if soft_delete => Operation::Deactivate,
        "update" | "entryexportupdate" => Operation::Update,
        "delete" | "stageddelete" | "entryexportdelete" => Operation::Delete,
        "disable" | "entryexportupdatesoftdelete" => Operation::Deactivate,
        _ => {
            let names = names();
            let any = |part: &str| names.iter().any(|name| name.contains(part));
            if soft_delete {
                Operation::Deactivate
            } else if any("exportadd") || any("synchronizationadd") {
                Operation::Create
            } else if any("exportupdate") || any("synchronizationupdate") {
                Operation::Update
            } else if any("exportdelete") || any("synchronizationdelete") {
                Operation::Delete
            } else if any("matching") {
                Operation::Match
            } else if any("import") {
                Operation::Import
            } else {
                Operation::Other
            }
        }
    };
    if !group {
        return plain;
    }
    let member = properties.items().find(|property| {
        property.str("displayName").is_some_and(|name| name.to_ascii_lowercase().starts_with("member"))
    });
    match (plain, member) {
        (Operation::Update, Some(member)) if member.has("newValue") => Operation::MembershipAdd,
        (Operation::Update, Some(_)) => Operation::MembershipRemove,
        (Operation::Create, _) => Operation::GroupCreate,
        (Operation::Update, None) => Operation::GroupUpdate,
        (Operation::Delete | Operation::Deactivate, _) => Operation::GroupDelete,
        (other, _) => other,
    }
}

fn read_app<'a>(event: &mut Event<'a>, object: Json<'a>, arena: &'a Bump) {
    let principal = object.open("servicePrincipal", arena).unwrap_or(Json::Null);
    let principal = principal.items().next().unwrap_or(Json::Null);
    let target = object.open("targetSystem", arena).unwrap_or(Json::Null);
    let name =
        principal.str("displayName").or(principal.str("name")).or(target.str_at("details.ServicePrincipalDisplayName"));
    event.app = App {
        name: name.or(target.str("displayName")).or(target.str("name")),
        id: principal.str("id").or(target.str_at("details.ServicePrincipalId")),
        kind: event.ids.job.and_then(|job| job.split('.').next()),
    };
}

fn read_subject<'a>(event: &mut Event<'a>, source: Json<'a>, target: Json<'a>, steps: Json<'a>, object: Json<'a>) {
    let name = |identity: Json<'a>| identity.str("displayName").or(identity.str("name"));
    let login = |identity: Json<'a>| {
        ["details.UserPrincipalName", "details.userPrincipalName", "details.mail"]
            .iter()
            .find_map(|path| identity.str_at(path))
    };
    let group = source
        .str("identityType")
        .or(target.str("identityType"))
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("group"));
    let reported = object
        .str("reportableIdentifier")
        .or_else(|| steps.items().find_map(|step| step.str_at("details.ReportableIdentifier")));
    let from_steps = || steps.items().find_map(|step| step.str_at("details.userPrincipalName"));
    event.subject = Subject {
        kind: Some(if group { "group" } else { "user" }),
        id: source.str("id").or(target.str("id")),
        login: if group {
            None
        } else {
            login(source).or_else(from_steps).or(reported.filter(|text| text.contains('@'))).or(login(target))
        },
        name: name(source).or(reported).or(name(target)),
    };
}
