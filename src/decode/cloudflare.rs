//! Cloudflare Access: the SCIM calls it received from the identity provider.
//! Source: <https://developers.cloudflare.com/cloudflare-one/insights/logs/scim-logs/>

use bumpalo::Bump;

use super::scim_call::{Call, read_body};
use super::{Decoded, explain};
use crate::event::{App, Event, Outcome, Provider};
use crate::json::Json;
use crate::text::time;

pub(super) fn sniff(record: Json<'_>) -> bool {
    let resource = record.get("cf_resource_id").is_some() || record.get("idp_resource_id").is_some();
    resource && (record.has("request_method") || record.has("resource_type"))
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let text = |names: &[&str]| names.iter().find_map(|name| record.str(name));
    let mut event = Event::new(Provider::Cloudflare, "cloudflare-scim", record);
    event.time = text(&["logged_at", "timestamp"]).and_then(time::parse);
    event.app = App { name: Some("Cloudflare Access"), id: None, kind: Some("cloudflare") };
    event.actor = text(&["idp_name", "idp_id"]);
    let group = record.str("resource_type").is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
    let path = if group { "/Groups" } else { "/Users" };
    event.subject.id = text(&["idp_resource_id"]);
    Call::new(text(&["request_method", "action"]).unwrap_or_default(), path).fill(&mut event, arena);
    read_body(record.open("request_body", arena).unwrap_or(Json::Null), &mut event);
    // The log knows whom a change was about even where the body does not say it.
    match group {
        true => event.subject.name = text(&["resource_group_name", "group_name"]).or(event.subject.name),
        false => event.subject.login = text(&["resource_user_email", "user_email"]).or(event.subject.login),
    }
    let said = text(&["status", "outcome"]).unwrap_or_default();
    let error = text(&["error_description"]);
    if error.is_some() || said.to_ascii_uppercase().starts_with("FAIL") {
        event.outcome = Outcome::Failure;
        explain(&mut event, error.or(Some("Cloudflare refused the call and gives no reason")), arena);
        event.reason.remote = event.reason.remote.or(error);
        event.reason.phase = Some("export");
    }
    Decoded::Event(Box::new(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Operation;
    use crate::json::parse;

    #[test]
    fn a_failure_tells_person_operation_and_reason() {
        let arena = Bump::new();
        let text = br#"{"cf_resource_id":"c1","idp_resource_id":"00u1","idp_id":"i1","logged_at":"2026-03-02T10:00:00Z","request_method":"PATCH","request_body":"{\"Operations\":[{\"op\":\"replace\",\"value\":{\"active\":false}}]}","resource_type":"USER","resource_user_email":"kim.lee@example.com","status":"FAILURE","error_description":"user not found"}"#;
        let record = parse(text, &arena).unwrap();
        assert!(sniff(record));
        let Decoded::Event(event) = decode(record, &arena) else { panic!() };
        assert_eq!((event.operation, event.outcome), (Operation::Deactivate, Outcome::Failure));
        assert_eq!((event.subject.login, event.subject.id), (Some("kim.lee@example.com"), Some("00u1")));
        assert_eq!(event.reason.remote, Some("user not found"));
    }

    #[test]
    fn wrong_types_are_let_pass() {
        let arena = Bump::new();
        let text = br#"{"cf_resource_id":null,"request_method":{},"resource_type":"group","request_body":"[","logged_at":0,"status":[]}"#;
        let Decoded::Event(event) = decode(parse(text, &arena).unwrap(), &arena) else { panic!() };
        assert_eq!((event.subject.kind, event.outcome, event.time), (Some("group"), Outcome::Success, None));
    }
}
