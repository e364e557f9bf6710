//! The application's side and what people paste: access logs, framework logs, authentik, portal text.

use bumpalo::Bump;

use super::{Decoded, explain};
use crate::event::{App, Event, Operation, Outcome, Subject, status_number};
use crate::json::Json;
use crate::text::time;

fn is_text(record: Json<'_>, kind: &str) -> bool {
    record.get("provlens.text").and_then(Json::text) == Some(kind)
}

pub(super) fn sniff_authentik(record: Json<'_>) -> bool {
    record.has("event")
        && record.has("level")
        && record.has("timestamp")
        && (record.str("logger").is_some_and(|logger| logger.starts_with("authentik"))
            || record.has("cidr")
            || record.has("task_name"))
}

/// authentik writes its sync tasks and its web server's requests into one log.
pub(super) fn decode_authentik<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let other = Decoded::Other { dialect: "authentik", what: Some("authentik's log lines that are not about SCIM") };
    let status = record.get("status").and_then(Json::integer).and_then(|status| u16::try_from(status).ok());
    let path = record.str("event").unwrap_or_default();
    let task = record.str("task_name").filter(|name| name.contains("scim"));
    let mut event = Event::new("scim", "authentik", record);
    event.time = record.str("timestamp").and_then(time::parse);
    event.ids.request = record.str("request_id").or(record.str("task_id"));
    event.app = App { name: record.str("host").or(Some("authentik")), id: None, kind: Some("authentik") };
    if let (Some(status), true) = (status, path.contains("/scim/")) {
        request(&mut event, record.str("method").unwrap_or_default(), path, status, arena);
    } else if task.is_some() {
        event.event_type = task;
        event.operation = Operation::Cycle;
        let failed = record.str("state").is_some_and(|state| state.eq_ignore_ascii_case("failure"));
        event.outcome = if failed { Outcome::Failure } else { Outcome::Success };
        if failed {
            explain(&mut event, record.str("exc").or(record.str("exception")).or(record.str("event")), arena);
        }
    } else {
        return other;
    }
    Decoded::Event(Box::new(event))
}

/// Fills an event from one HTTP request to a SCIM server.
fn request<'a>(event: &mut Event<'a>, method: &str, path: &'a str, status: u16, arena: &'a Bump) {
    let group = path.contains("/Groups");
    event.event_type = Some(path);
    event.operation = match (method, group) {
        ("GET" | "HEAD", _) => Operation::Match,
        ("POST", false) => Operation::Create,
        ("POST", true) => Operation::GroupCreate,
        ("PUT" | "PATCH", false) => Operation::Update,
        ("PUT" | "PATCH", true) => Operation::GroupUpdate,
        ("DELETE", false) => Operation::Delete,
        ("DELETE", true) => Operation::GroupDelete,
        _ => Operation::Other,
    };
    let id = path
        .split(['/', '?'])
        .skip_while(|part| *part != "Users" && *part != "Groups")
        .nth(1)
        .filter(|id| !id.is_empty() && !id.contains('='));
    event.subject = Subject { kind: Some(if group { "group" } else { "user" }), id, ..Subject::default() };
    if status >= 400 {
        event.outcome = Outcome::Failure;
        explain(
            event,
            Some(arena.alloc_str(&format!("the SCIM server answered {method} {path} with HTTP status {status}"))),
            arena,
        );
        event.reason.http_status = Some(status);
    }
}

pub(super) fn sniff_access_log(record: Json<'_>) -> bool {
    is_text(record, "access-log")
}

/// Combined Log Format of nginx or Apache in front of a SCIM server.
pub(super) fn decode_access_log<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let line = record.str("words").unwrap_or_default();
    let parsed = || -> Option<(&'a str, &'a str, &'a str, u16)> {
        let (_, rest) = line.split_once('[')?;
        let (when, rest) = rest.split_once("] \"")?;
        let (call, rest) = rest.split_once('"')?;
        let mut words = call.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        Some((when, method, path, rest.trim().get(..3)?.parse().ok()?))
    };
    let Some((when, method, path, status)) =
        parsed().filter(|(_, _, path, _)| path.to_ascii_lowercase().contains("/scim"))
    else {
        return Decoded::Other { dialect: "access-log", what: Some("web requests that do not go to a SCIM path") };
    };
    let mut event = Event::new("scim", "access-log", record);
    event.time = time::parse(when);
    event.app = App { name: Some("SCIM server"), id: None, kind: Some("scim") };
    request(&mut event, method, path, status, arena);
    Decoded::Event(Box::new(event))
}

pub(super) fn sniff_laravel(record: Json<'_>) -> bool {
    is_text(record, "laravel-log")
}

/// Laravel (Snipe-IT): the level says little, so only blocks that speak of SCIM count.
pub(super) fn decode_laravel<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let words = record.str("words").unwrap_or_default();
    let lower = words.to_ascii_lowercase();
    let about_scim = lower.contains("/scim")
        || lower.contains("scim\\")
        || lower.contains("scimexception")
        || lower.contains("urn:ietf:params:scim");
    if !about_scim {
        return Decoded::Other { dialect: "laravel-log", what: Some("application log lines that are not about SCIM") };
    }
    let mut event = Event::new("scim", "laravel-log", record);
    event.time = words.strip_prefix('[').and_then(|rest| rest.split_once(']')).and_then(|(when, _)| time::parse(when));
    event.app = App { name: Some("Laravel application"), id: None, kind: Some("laravel") };
    if lower.contains(".error:") || lower.contains("exception") {
        event.outcome = Outcome::Failure;
        explain(&mut event, words.split_once(": ").map(|(_, rest)| rest), arena);
    }
    Decoded::Event(Box::new(event))
}

pub(super) fn sniff_pasted(record: Json<'_>) -> bool {
    is_text(record, "pasted-text")
}

/// One failure as copied from a portal: words, but no time.
pub(super) fn decode_pasted<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let words = record.str("words").unwrap_or_default();
    let lower = words.to_ascii_lowercase();
    let okta = lower.contains("errors reported by") || lower.contains("okta");
    let entra = ["systemforcrossdomain", "azure", "entra", "adscimversion", "provisioning service", "statuscode:"]
        .iter()
        .any(|mark| lower.contains(mark));
    let provider = if okta && !lower.contains("azure") {
        "okta"
    } else if entra {
        "entra"
    } else {
        "scim"
    };
    let mut event = Event::new(provider, "pasted-text", record);
    event.outcome = Outcome::Failure;
    let after = |label: &str| -> Option<&'a str> {
        let at = lower.find(label)? + label.len();
        words
            .get(at..)?
            .trim_start_matches([':', ' ', '\r', '\n', '*', '>'])
            .lines()
            .next()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    event.set_code(after("error code").and_then(|text| text.split_whitespace().next()).filter(|code| code.len() > 3));
    event.operation = after("action:").and_then(|text| Operation::from_word(&text.to_ascii_lowercase())).unwrap_or(
        match after("operation:").unwrap_or_default() {
            "PATCH" | "PUT" if lower.contains("/groups") => Operation::GroupUpdate,
            "PATCH" | "PUT" => Operation::Update,
            "POST" => Operation::Create,
            "DELETE" => Operation::Delete,
            _ => Operation::Other,
        },
    );
    event.subject.login = after("upn :").or(after("upn:")).filter(|text| text.contains('@'));
    explain(&mut event, Some(words), arena);
    if let Some(status) = after("response status code").and_then(status_number) {
        event.reason.http_status = Some(status);
    }
    Decoded::Event(Box::new(event))
}

pub(super) fn sniff_text(record: Json<'_>) -> bool {
    record.exact("provlens.text").is_some()
}

/// Text that is no log of ours, named for what it is.
pub(super) fn decode_text<'a>(record: Json<'a>, _: &'a Bump) -> Decoded<'a> {
    if is_text(record, "pingfederate-log") {
        return Decoded::Other {
            dialect: "pingfederate-log",
            what: Some("PingFederate audit and server lines about sign-in; provisioning is in provisioner.log"),
        };
    }
    Decoded::Unrecognised("plain text, no log format that is known".to_owned())
}
