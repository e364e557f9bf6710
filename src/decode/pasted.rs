//! One failure as copied from a portal or a ticket: words, but no time.

use bumpalo::Bump;

use super::{Decoded, explain, is_text};
use crate::event::{Event, Operation, Outcome, Provider, status_number};
use crate::json::Json;

pub(super) fn sniff(record: Json<'_>) -> bool {
    is_text(record, "pasted-text")
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let words = record.str("words").unwrap_or_default();
    let lower = words.to_ascii_lowercase();
    let okta = lower.contains("errors reported by") || lower.contains("okta");
    let entra = ["systemforcrossdomain", "azure", "entra", "adscimversion", "provisioning service", "statuscode:"]
        .iter()
        .any(|mark| lower.contains(mark));
    let provider = if okta && !lower.contains("azure") {
        Provider::Okta
    } else if entra {
        Provider::Entra
    } else {
        Provider::Scim
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
    event.subject.kind = event.subject.login.map(|_| "user");
    explain(&mut event, Some(words), arena);
    if let Some(status) = after("response status code").and_then(status_number) {
        event.reason.http_status = Some(status);
    }
    Decoded::Event(Box::new(event))
}
