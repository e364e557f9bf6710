//! Entra synchronisation job: a state, not an event. It tells about quarantine.
//! Source: <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob>

use bumpalo::Bump;

use super::{Decoded, explain};
use crate::event::{Event, Operation, Outcome, Provider};
use crate::json::Json;
use crate::text::time;

pub(super) fn sniff(record: Json<'_>) -> bool {
    record.has("templateId") && record.path("status.code").is_some() && record.has("schedule")
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let mut event = Event::new(Provider::Entra, "entra-job", record);
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
        let message = message.map(|message| with_standing(message, status, arena));
        explain(&mut event, message, arena);
    }
    Decoded::Event(Box::new(event))
}

/// A message with what the record says besides of the quarantine: since when, how often Entra has tried, when it tries
/// again, and that the job is paused as well.
fn with_standing<'a>(message: &'a str, status: Json<'a>, arena: &'a Bump) -> &'a str {
    let Some(quarantine) = status.get("quarantine").filter(|quarantine| quarantine.has("reason")) else {
        return message;
    };
    let at = |key: &str| quarantine.str(key).filter(|at| time::parse(at).is_some_and(|at| at > 0));
    let facts = [
        (status.str("code") == Some("Paused")).then(|| "the job is paused".to_owned()),
        at("seriesBegan").or(at("currentBegan")).map(|at| format!("in quarantine since {at}")),
        quarantine.get("seriesCount").and_then(Json::integer).map(|count| format!("kept there {count} times")),
        at("nextAttempt").map(|at| format!("next try {at}")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    if facts.is_empty() { message } else { arena.alloc_str(&format!("{message} ({})", facts.join("; "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(code: &str, quarantine: &str) -> Option<String> {
        let record = format!(
            r#"{{"id":"scim.1","templateId":"scim","schedule":{{"state":"Active"}},"status":{{"code":"{code}",
                "quarantine":{quarantine},"lastExecution":{{"state":"Failed","error":{{"message":"no"}}}}}}}}"#
        );
        let arena = Bump::new();
        let Decoded::Event(event) = decode(crate::json::parse(record.as_bytes(), &arena).unwrap(), &arena) else {
            return None;
        };
        event.reason.message.map(str::to_owned)
    }

    #[test]
    fn how_a_job_stands_is_said_with_what_is_wrong() {
        let full = r#"{"reason":"EncounteredQuarantineException","currentBegan":"2026-03-01T08:00:00Z",
            "nextAttempt":"2026-03-02T14:00:00Z","seriesBegan":"2026-02-28T08:00:00Z","seriesCount":4,
            "error":{"code":"x","message":"Unauthorized"}}"#;
        assert_eq!(
            message("Quarantine", full).as_deref(),
            Some(
                "Unauthorized (in quarantine since 2026-02-28T08:00:00Z; kept there 4 times; \
                 next try 2026-03-02T14:00:00Z)"
            )
        );
        let paused = r#"{"reason":"Unknown","currentBegan":"0001-01-01T00:00:00Z","nextAttempt":""}"#;
        assert_eq!(message("Paused", paused).as_deref(), Some("no (the job is paused)"));
        assert_eq!(message("Active", "null").as_deref(), Some("no"));
    }
}
