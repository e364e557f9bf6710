//! Auth0 tenant logs. The types `sscim` and `fscim` are SCIM calls that Auth0 received; all others are
//! sign-ins, API calls and the like.
//! Source: <https://auth0.com/docs/tenant-logs/scim-event/fscim>

use bumpalo::Bump;

use super::scim_call::Call;
use super::{Decoded, explain};
use crate::event::{App, Event, Outcome, Provider, status_number};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "auth0";

/// A log stream puts the record into `data`.
fn inner(record: Json<'_>) -> Json<'_> {
    record.exact("data").filter(|data| data.has("type") && !record.has("type")).unwrap_or(record)
}

pub(super) fn sniff(record: Json<'_>) -> bool {
    record.exact("log_id").is_some() && inner(record).has("type")
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let log = inner(record);
    let kind = log.str("type").unwrap_or_default();
    if !matches!(kind, "sscim" | "fscim") {
        return Decoded::Other { dialect: DIALECT, what: Some("Auth0 tenant log events other than SCIM calls") };
    }
    let mut event = Event::new(Provider::Auth0, DIALECT, record);
    event.event_type = Some(kind);
    event.time = log.str("date").and_then(time::parse);
    event.ids.event = record.str("log_id");
    event.app = App { name: Some("Auth0"), id: log.str("tenant_name"), kind: Some("auth0") };
    event.actor = log.str("client_name").or(log.str("user_agent"));
    // What the details hold is documented as "an object"; these are its parts in Auth0's other logs.
    let request = log.path("details.request").unwrap_or(Json::Null);
    let response = log.path("details.response").unwrap_or(Json::Null);
    let status = response.str("statusCode").and_then(status_number);
    if let Some(path) = request.str("path") {
        let sent = request.open("body", arena).unwrap_or(Json::Null);
        let method = request.str("method").unwrap_or_default();
        Call { status, sent, ..Call::new(method, path) }.fill(&mut event, arena);
    }
    event.subject.kind = event.subject.kind.or(Some("user"));
    event.subject.login = event.subject.login.or(log.str("user_name"));
    if kind == "fscim" {
        event.outcome = Outcome::Failure;
        let said = log.str("description");
        let message = said.or(event.reason.message).or(Some("Auth0 refused the call"));
        explain(&mut event, message, arena);
        event.reason.remote = event.reason.remote.or(said);
        event.reason.http_status = status.or(event.reason.http_status);
    }
    Decoded::Event(Box::new(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Operation;
    use crate::json::parse;

    #[test]
    fn scim_calls_are_events_with_and_without_the_streams_envelope() {
        let arena = Bump::new();
        let log = r#"{"type":"fscim","date":"2026-03-02T10:00:00.000Z","log_id":"l1","description":"User already exists","details":{"request":{"method":"post","path":"/scim/v2/connections/c/Users","body":{"userName":"kim.lee@example.com"}},"response":{"statusCode":409}}}"#;
        for text in [log.to_owned(), format!(r#"{{"log_id":"l1","data":{log}}}"#)] {
            let record = parse(text.as_bytes(), &arena).unwrap();
            assert!(sniff(record));
            let Decoded::Event(event) = decode(record, &arena) else { panic!() };
            assert_eq!((event.operation, event.outcome), (Operation::Create, Outcome::Failure));
            assert_eq!((event.subject.login, event.reason.http_status), (Some("kim.lee@example.com"), Some(409)));
        }
    }

    #[test]
    fn others_count_as_other_and_wrong_types_are_let_pass() {
        let arena = Bump::new();
        let record = parse(br#"{"log_id":1,"type":"fcoa"}"#, &arena).unwrap();
        assert!(matches!(decode(record, &arena), Decoded::Other { .. }));
        let record =
            parse(br#"{"log_id":[],"type":"sscim","details":{"request":[],"response":"x"},"date":{}}"#, &arena)
                .unwrap();
        assert!(matches!(decode(record, &arena), Decoded::Event(_)));
    }
}
