//! The shapes in which an Entra provisioning object arrives: Graph (v1.0, beta, 2019), Azure
//! Monitor's diagnostic record, Log Analytics, provision on demand, and the portal's CSV.

use bumpalo::Bump;

use super::entra::{Around, read};
use super::{Decoded, Wanted, explain};
use crate::event::Outcome;
use crate::json::Json;

fn event<'a>(event: crate::event::Event<'a>) -> Decoded<'a> {
    Decoded::Event(Box::new(event))
}

fn exact<'a>(record: Json<'a>, key: &str) -> bool {
    record.exact(key).is_some()
}

pub(super) fn sniff_diagnostic(record: Json<'_>) -> bool {
    record.str("category").is_some_and(|category| category.eq_ignore_ascii_case("ProvisioningLogs"))
        && !exact(record, "ProvisioningAction")
        && !exact(record, "ProvisioningSteps")
}

pub(super) fn decode_diagnostic<'a>(record: Json<'a>, wanted: Wanted, arena: &'a Bump) -> Decoded<'a> {
    let object = record.open("properties", arena).unwrap_or(Json::Null);
    let around = Around {
        time: record.str("time"),
        result_type: record.str("resultType"),
        error_code: record.str("resultSignature"),
        description: record.str("resultDescription"),
        correlation: record.str("correlationId"),
        duration: record.get("durationMs").and_then(Json::integer),
    };
    event(read("entra-diag-provisioning", record, object, around, wanted, arena))
}

pub(super) fn sniff_graph(record: Json<'_>) -> bool {
    exact(record, "jobId") && exact(record, "changeId") && (record.has("provisioningAction") || record.has("action"))
        || exact(record, "provisioningSteps") && (record.has("provisioningStatusInfo") || record.has("statusInfo"))
}

pub(super) fn decode_graph<'a>(record: Json<'a>, wanted: Wanted, arena: &'a Bump) -> Decoded<'a> {
    event(read("entra-graph-provisioning", record, record, Around::default(), wanted, arena))
}

pub(super) fn sniff_on_demand(record: Json<'_>) -> bool {
    let folded = |key: &str| record.str(key).is_some_and(|text| text.trim_start().starts_with('{'));
    folded("key") && folded("value")
}

pub(super) fn decode_on_demand<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let key = record.open("key", arena).unwrap_or(Json::Null);
    let object = record.open("value", arena).unwrap_or(Json::Null);
    let around = Around {
        result_type: key.str("result"),
        error_code: key.str_at("details.errorCode"),
        description: key.str_at("details.errorMessage"),
        ..Around::default()
    };
    event(read("entra-pod", record, object, around, Wanted::All, arena))
}

pub(super) fn sniff_table(record: Json<'_>) -> bool {
    (exact(record, "ProvisioningAction") || exact(record, "ProvisioningSteps"))
        && (exact(record, "TimeGenerated")
            || exact(record, "Type")
            || exact(record, "ChangeId")
            || exact(record, "TimeGenerated [UTC]"))
}

pub(super) fn decode_table<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let around = Around {
        time: record.str("TimeGenerated").or(record.str("TimeGenerated [UTC]")),
        result_type: record.str("ResultType"),
        error_code: record.str("ResultSignature"),
        description: record.str("ResultDescription"),
        correlation: record.str("CorrelationId"),
        duration: record.get("DurationMs").and_then(Json::integer),
    };
    event(read("entra-la-provisioning", record, record, around, Wanted::All, arena))
}

/// Column names of the portal's download were never published; these are matched loosely.
pub(super) fn sniff_csv(record: Json<'_>) -> bool {
    record.has("Change ID")
        && (record.has("Action") || record.has("Status"))
        && (record.has("Job ID")
            || record.has("Cycle ID")
            || record.has("Date")
            || record.has("Source ID")
            || record.has("Source Identity"))
}

/// Where the portal's download says when and how it went.
const TIMES: [&str; 4] = ["Date", "Date (UTC)", "Activity Date Time", "Activity date (UTC)"];
const RESULTS: [&str; 2] = ["Status", "Result"];
const ACTIONS: [&str; 2] = ["Action", "Provisioning Action"];

/// What a table with these columns cannot tell, if it is the portal's download.
pub(super) fn missing_columns(columns: &[String]) -> Vec<&'static str> {
    let has = |name: &str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    let of_a_step = any(&["Type", "Property Name"]);
    if !has("Change ID") || of_a_step || !(any(&ACTIONS) || any(&RESULTS)) {
        return Vec::new();
    }
    let needed = [(&TIMES[..], "Date"), (&ACTIONS[..], "Action"), (&RESULTS[..], "Status")];
    needed.into_iter().filter(|(names, _)| !any(names)).map(|(_, name)| name).collect()
}

pub(super) fn decode_csv<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let any = |names: &[&str]| names.iter().find_map(|name| record.str(name));
    let around = Around {
        time: any(&TIMES),
        result_type: any(&RESULTS),
        error_code: any(&["Error Code", "Status Error Code"]),
        description: any(&["Status Reason", "Reason", "Error Message", "Error Reason"]),
        correlation: any(&["Change ID", "Correlation ID"]),
        duration: any(&["Duration", "Duration In Milliseconds", "Duration (ms)"]).and_then(|text| text.parse().ok()),
    };
    let mut found = read("entra-csv-provisioning", record, record, around, Wanted::All, arena);
    found.ids.event = any(&["ID", "Id"]);
    found.app.name = any(&["Service Principal Name", "Application", "App", "Target System", "Target System Name"])
        .or(found.app.name);
    found.app.id = any(&["Service Principal ID"]).or(found.app.id);
    found.subject.login =
        any(&["Source User Principal Name", "User Principal Name", "Source Identity UPN"]).or_else(|| {
            any(&["Source Identity", "Source Name", "Source Identity Name", "Identity"])
                .filter(|text| text.contains('@'))
        });
    found.subject.id = any(&["Source ID", "Source Identity ID"]).or(found.subject.id);
    found.subject.name =
        any(&["Source Name", "Source Identity Name", "Source Identity", "Identity"]).or(found.subject.name);
    if found.outcome != Outcome::Success && found.reason.message.is_none() {
        explain(&mut found, any(&["Message", "Description"]), arena);
    }
    event(found)
}
