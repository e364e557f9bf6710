//! Descope audit, action `SCIMEvent`: one record for each SCIM call of the identity provider. Its type
//! is `Information` also for failures; those have `error` among the data.
//! Source: <https://docs.descope.com/audit-trails-and-integrations/scim-audit-events>

use bumpalo::Bump;

use super::scim_call::read_body;
use super::{Decoded, explain};
use crate::event::{App, Event, Operation, Outcome, Provider};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "descope-audit";

pub(super) fn sniff(record: Json<'_>) -> bool {
    let action = record.exact("action").and_then(Json::text);
    action == Some("SCIMEvent") || (action.is_some() && record.has("occurred") && record.has("projectId"))
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    if record.str("action") != Some("SCIMEvent") {
        return Decoded::Other { dialect: DIALECT, what: Some("Descope audit events other than SCIMEvent") };
    }
    let data = record.open("data", arena).unwrap_or(Json::Null);
    let action = data.str("scim_action").unwrap_or_default();
    let mut event = Event::new(Provider::Descope, DIALECT, record);
    event.event_type = Some("SCIMEvent");
    event.time = record.str("occurred").or(record.str("timestamp")).and_then(time::parse);
    let tenant = record.get("tenants").and_then(|tenants| tenants.items().next()).and_then(Json::text);
    event.app = App { name: Some("Descope"), id: tenant.or(record.str("projectId")), kind: Some("descope") };
    event.actor = record.str("actorId");
    event.ids.request = data.str("correlation_id");
    event.operation = operation(action);
    let group = action.to_ascii_lowercase().contains("group");
    event.subject.kind = Some(if group { "group" } else { "user" });
    event.subject.id = record.str("userId").filter(|_| !group);
    let names = record.get("externalIds").or(record.get("loginIds")).unwrap_or(Json::Null);
    event.subject.login = names.items().next().and_then(Json::text).filter(|_| !group);
    read_body(data.open("scim_request", arena).unwrap_or(Json::Null), &mut event);
    let error = data.get("error").filter(|error| !matches!(error, Json::Null));
    if let Some(error) = error {
        event.outcome = Outcome::Failure;
        let words = error.text().or(error.str("message")).or(error.str("errorDescription")).or(error.str("detail"));
        event.set_code(error.str("errorCode").or(error.str("code")));
        explain(&mut event, words.or(Some("Descope refused the call and gives no reason")), arena);
        event.reason.remote = event.reason.remote.or(words);
        event.reason.phase = Some("export");
    }
    Decoded::Event(Box::new(event))
}

/// By the words of the action; how it separates them is not documented.
fn operation(action: &str) -> Operation {
    let lower = action.to_ascii_lowercase();
    let has = |word: &str| lower.contains(word);
    match has("group") {
        true if has("create") => Operation::GroupCreate,
        true if has("delete") => Operation::GroupDelete,
        true if has("update") || has("patch") => Operation::GroupUpdate,
        false if has("create") => Operation::Create,
        false if has("delete") => Operation::Delete,
        false if has("update") || has("patch") => Operation::Update,
        _ => Operation::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn read(text: &str) -> Option<(Operation, Outcome, Option<String>, Option<String>)> {
        let arena = Bump::new();
        let record = parse(text.as_bytes(), &arena).unwrap();
        assert!(sniff(record), "{text}");
        let Decoded::Event(event) = decode(record, &arena) else { return None };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Some((event.operation, event.outcome, owned(event.subject.login), owned(event.reason.remote)))
    }

    #[test]
    fn the_error_makes_the_failure_not_the_type() {
        let text = |error: &str| {
            format!(
                r#"{{"action":"SCIMEvent","type":"Information","occurred":"1772445600000","data":{{"scim_action":"PatchUser","scim_request":{{"Operations":[{{"op":"replace","path":"active","value":false}}]}},{error}}},"externalIds":["kim.lee@example.com"]}}"#
            )
        };
        let login = Some("kim.lee@example.com".to_owned());
        let failed = read(&text(r#""error":"tenant is not allowed""#));
        let said = Some("tenant is not allowed".to_owned());
        assert_eq!(failed, Some((Operation::Deactivate, Outcome::Failure, login.clone(), said)));
        let fine = read(&text(r#""scim_result":{"id":"1"}"#));
        assert_eq!(fine, Some((Operation::Deactivate, Outcome::Success, login, None)));
    }

    #[test]
    fn others_count_as_other_and_wrong_types_are_let_pass() {
        assert_eq!(read(r#"{"action":"LoginSucceed","occurred":"1","projectId":"P"}"#), None);
        let found =
            read(r#"{"action":"SCIMEvent","data":"{\"scim_action\":{},\"error\":{}}","externalIds":{},"tenants":7}"#);
        assert_eq!(found.map(|found| found.1), Some(Outcome::Failure));
        assert!(read(r#"{"action":"SCIMEvent","data":[],"occurred":{}}"#).is_some());
    }
}
