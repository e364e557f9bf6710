//! OneLogin events. What a number means stands in OneLogin's own table only, which is not published in
//! machine-readable form; so an event is about provisioning where its words say it, and its outcome is
//! not guessed.
//! Source: <https://developers.onelogin.com/api-docs/2/events/overview>

use bumpalo::Bump;

use super::{Decoded, explain};
use crate::event::{App, Event, Outcome, Provider, Subject};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "onelogin";

pub(super) fn sniff(record: Json<'_>) -> bool {
    record.exact("event_type_id").is_some() && record.exact("account_id").is_some()
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let (notes, error) = (record.str("notes"), record.str("error_description"));
    let about = |text: &str| {
        let lower = text.to_ascii_lowercase();
        lower.contains("provision") || lower.contains("scim")
    };
    if ![notes, error].into_iter().flatten().any(about) {
        return Decoded::Other {
            dialect: DIALECT,
            what: Some("OneLogin events; their numbers' meaning is not published in machine-readable form"),
        };
    }
    let mut event = Event::new(Provider::OneLogin, DIALECT, record);
    event.event_type = record.str("event_type_id");
    event.time = record.str("event_timestamp").or(record.str("created_at")).and_then(time::parse);
    event.ids.event = record.str("uuid").or(record.str("id"));
    event.app = App { name: record.str("app_name"), id: record.str("app_id"), kind: Some("onelogin") };
    event.actor = record.str("actor_user_name").or(record.str("actor_system"));
    event.subject = Subject { kind: Some("user"), id: None, login: None, name: record.str("user_name") };
    event.outcome = Outcome::Warning;
    explain(&mut event, error.or(notes), arena);
    Decoded::Event(Box::new(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn only_words_about_provisioning_make_an_event_and_it_is_a_warning() {
        let arena = Bump::new();
        let read = |text: &str| match decode(parse(text.as_bytes(), &arena).unwrap(), &arena) {
            Decoded::Event(event) => Some((event.outcome, event.time, event.subject.name)),
            _ => None,
        };
        let text = r#"{"event_type_id":1,"account_id":1,"event_timestamp":"2026-03-02 10:00:00 UTC","user_name":"Kim Lee","error_description":"Provisioning failed: 409"}"#;
        assert_eq!(read(text), Some((Outcome::Warning, time::parse("2026-03-02T10:00:00Z"), Some("Kim Lee"))));
        assert_eq!(read(r#"{"event_type_id":5,"account_id":1,"notes":"Signed in"}"#), None);
        assert_eq!(read(r#"{"event_type_id":[],"account_id":{},"notes":{"scim":1}}"#), None);
    }
}
