//! Entra synchronisation job: a state, not an event. It tells about quarantine.
//! Source: <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob>

use bumpalo::Bump;

use super::{Decoded, explain};
use crate::event::{Event, Operation, Outcome};
use crate::json::Json;
use crate::text::time;

pub(super) fn sniff(record: Json<'_>) -> bool {
    record.has("templateId") && record.path("status.code").is_some() && record.has("schedule")
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let mut event = Event::new("entra", "entra-job", record);
    let status = record.get("status").unwrap_or(Json::Null);
    let quarantine = status.get("quarantine").unwrap_or(Json::Null);
    let last = status.get("lastExecution").unwrap_or(Json::Null);
    let in_quarantine = status.str("code") == Some("Quarantine");
    event.event_type = status.str("code");
    event.app.kind = record.str("templateId");
    event.ids.job = record.str("id");
    // The record does not say how the app is called, and a template such as `scim` names no app.
    event.app.name = event.ids.job.map(|job| &*arena.alloc_str(&format!("Entra job {job}")));
    event.operation = if in_quarantine || quarantine.has("reason") { Operation::Quarantine } else { Operation::Cycle };
    event.time = [
        quarantine.str("currentBegan"),
        last.str("timeEnded"),
        last.str("timeBegan"),
        record.str_at("schedule.expiration"),
    ]
    .into_iter()
    .flatten()
    .find_map(time::parse);
    event.outcome = match (event.operation, last.str("state")) {
        (Operation::Quarantine, _) | (_, Some("Failed")) => Outcome::Failure,
        (_, Some("EntryLevelErrors")) => Outcome::Warning,
        _ if record.str_at("schedule.state").is_some_and(|state| state != "Active") => Outcome::Warning,
        _ if event.event_type == Some("Paused") => Outcome::Warning,
        _ if event.event_type == Some("NotRun") => Outcome::Pending,
        _ => Outcome::Success,
    };
    if event.outcome != Outcome::Success {
        event.set_code(quarantine.str("reason").or(last.str_at("error.code")));
        if let Some(code) = quarantine.str_at("error.code") {
            event.reason.codes.push(code);
        }
        let message = quarantine
            .str_at("error.message")
            .or(last.str_at("error.message"))
            .or(quarantine.str("reason"))
            .or(status.str("code"));
        explain(&mut event, message, arena);
    }
    Decoded::Event(Box::new(event))
}
