//! Rows of Snowflake's table function `REST_EVENT_HISTORY('scim')`, as JSON or CSV.
//! Source: <https://docs.snowflake.com/en/sql-reference/functions/rest_event_history>

use bumpalo::Bump;

use super::scim_call::{Call, read_body};
use super::{Decoded, explain};
use crate::event::{App, Event, Outcome, Provider, status_number};
use crate::json::Json;
use crate::text::time;

/// Column names are compared without case: a driver may give them in small letters.
pub(super) fn sniff(record: Json<'_>) -> bool {
    record.has("event_timestamp")
        && record.has("endpoint")
        && record.has("method")
        && ["resource_domain", "actor_domain", "error_code", "event_type"].iter().any(|key| record.get(key).is_some())
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let mut event = Event::new(Provider::Snowflake, "snowflake-rest-events", record);
    event.time = record.str("event_timestamp").and_then(time::parse);
    event.app = App { name: Some("Snowflake"), id: None, kind: Some("snowflake") };
    event.actor = record.str("actor_name");
    event.ids.event = record.str("event_id");
    let said = record.str("status").unwrap_or_default();
    let details = record.str("details");
    let call = Call::new(record.str("method").unwrap_or_default(), record.str("endpoint").unwrap_or_default());
    Call { status: status_number(said), answer: details, ..call }.fill(&mut event, arena);
    // The row has no request body; on success the details show the account as it is now.
    if event.outcome == Outcome::Success {
        read_body(state(record.open("details", arena).unwrap_or(Json::Null)), &mut event);
    }
    let domain = record.str("resource_domain").unwrap_or_default();
    if domain.eq_ignore_ascii_case("role") || domain.eq_ignore_ascii_case("group") {
        event.subject.kind = Some("group");
    }
    let name = record.str("resource_name");
    match event.subject.kind {
        Some("group") => event.subject.name = event.subject.name.or(name),
        _ => event.subject.login = event.subject.login.or(name),
    }
    let code = record.str("error_code").filter(|code| *code != "0");
    if code.is_some() || said.to_ascii_uppercase().starts_with("FAIL") {
        event.outcome = Outcome::Failure;
        event.set_code(code);
        if event.reason.message.is_none() {
            explain(&mut event, details.or(code).or(Some("Snowflake refused the call")), arena);
        }
    }
    Decoded::Event(Box::new(event))
}

/// Only an account that is switched off says what the call was for: `true` stands in every answer.
fn state(details: Json<'_>) -> Json<'_> {
    if details.str("active") == Some("false") || details.has("userName") { details } else { Json::Null }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Operation;
    use crate::json::parse;

    fn read(text: &str) -> (Option<i64>, Outcome, Operation, Option<u16>, Option<String>) {
        let arena = Bump::new();
        let record = parse(text.as_bytes(), &arena).unwrap();
        assert!(sniff(record), "{text}");
        let Decoded::Event(event) = decode(record, &arena) else { panic!() };
        let login = event.subject.login.map(str::to_owned);
        (event.time, event.outcome, event.operation, event.reason.http_status, login)
    }

    #[test]
    fn large_and_small_letters_are_the_same_row() {
        let row = |large: bool| {
            let columns = [
                ("EVENT_TIMESTAMP", "2026-03-02 02:00:00.123 -0800"),
                ("EVENT_ID", "7"),
                ("EVENT_TYPE", "SCIM"),
                ("ENDPOINT", "scim/v2/Users"),
                ("METHOD", "POST"),
                ("STATUS", "409"),
                ("RESOURCE_NAME", "KIM.LEE@EXAMPLE.COM"),
                ("RESOURCE_DOMAIN", "USER"),
            ];
            let name = |column: &str| if large { column.to_owned() } else { column.to_lowercase() };
            let fields: Vec<String> =
                columns.iter().map(|(column, value)| format!(r#""{}":"{value}""#, name(column))).collect();
            format!("{{{}}}", fields.join(","))
        };
        let found = read(&row(true));
        assert_eq!(found, read(&row(false)));
        let time = time::parse("2026-03-02T10:00:00.123Z");
        let login = Some("KIM.LEE@EXAMPLE.COM".to_owned());
        assert_eq!(found, (time, Outcome::Failure, Operation::Create, Some(409), login));
    }

    #[test]
    fn an_account_that_is_off_afterwards_was_switched_off() {
        let found = read(
            r#"{"event_timestamp":1772445600.5,"endpoint":"scim/v2/Users/9","method":"PATCH","status":200,"error_code":null,"details":"{\"userName\":\"a@example.com\",\"active\":false}"}"#,
        );
        assert_eq!(
            (found.1, found.2, found.4.as_deref()),
            (Outcome::Success, Operation::Deactivate, Some("a@example.com"))
        );
    }

    #[test]
    fn wrong_types_are_let_pass() {
        let found =
            read(r#"{"event_timestamp":{},"endpoint":[],"method":1,"status":{},"event_type":"SCIM","details":[1]}"#);
        assert_eq!((found.0, found.1), (None, Outcome::Success));
    }
}
