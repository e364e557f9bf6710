//! GitHub Enterprise audit log: what GitHub made of the identity provider's SCIM calls, and who came
//! and went in organisations and teams.
//! Source: <https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/audit-log-events-for-your-enterprise>

use bumpalo::Bump;

use super::scim_call::{Call, read_body};
use super::{Decoded, explain};
use crate::event::{App, Event, Operation, Outcome, Provider, status_number};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "github-audit";

/// Actions that tell who has access. A reactivation is logged as `external_identity.provision`.
const ACTIONS: [(&str, Operation); 26] = [
    ("external_identity.provision", Operation::Create),
    ("external_identity.deprovision", Operation::Deactivate),
    ("external_identity.update", Operation::Update),
    ("external_identity.scim_api_success", Operation::Other),
    ("external_identity.scim_api_failure", Operation::Other),
    ("external_group.provision", Operation::GroupCreate),
    ("external_group.update", Operation::GroupUpdate),
    ("external_group.update_display_name", Operation::GroupUpdate),
    ("external_group.delete", Operation::GroupDelete),
    ("external_group.link", Operation::GroupUpdate),
    ("external_group.unlink", Operation::GroupUpdate),
    ("external_group.add_member", Operation::MembershipAdd),
    ("external_group.remove_member", Operation::MembershipRemove),
    ("external_group.scim_api_success", Operation::Other),
    ("external_group.scim_api_failure", Operation::Other),
    ("user.create", Operation::Create),
    ("user.suspend", Operation::Deactivate),
    ("user.unsuspend", Operation::Reactivate),
    ("user.delete", Operation::Delete),
    ("org.add_member", Operation::MembershipAdd),
    ("org.remove_member", Operation::MembershipRemove),
    ("team.add_member", Operation::MembershipAdd),
    ("team.remove_member", Operation::MembershipRemove),
    ("team.create", Operation::GroupCreate),
    ("team.destroy", Operation::GroupDelete),
    ("team.rename", Operation::GroupUpdate),
];

pub(super) fn sniff(record: Json<'_>) -> bool {
    let dotted = record.exact("action").and_then(Json::text).is_some_and(|action| action.contains('.'));
    // Times are numbers; other products write a date beside an action with a dot.
    let number = |key: &str| record.exact(key).and_then(Json::integer).is_some();
    dotted && (record.exact("_document_id").is_some() || number("@timestamp") || number("created_at"))
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let action = record.str("action").unwrap_or_default();
    let Some((_, operation)) = ACTIONS.iter().find(|(name, _)| *name == action) else {
        return Decoded::Other {
            dialect: DIALECT,
            what: Some("GitHub audit log events that do not change who has access"),
        };
    };
    let mut event = Event::new(Provider::GitHub, DIALECT, record);
    event.event_type = Some(action);
    event.operation = *operation;
    // Milliseconds since 1970.
    event.time = record.str("@timestamp").or(record.str("created_at")).and_then(time::parse);
    event.app = App { name: Some("GitHub"), id: record.str("org").or(record.str("business")), kind: Some("github") };
    event.actor = record.str("actor");
    event.ids.event = record.str("_document_id");
    event.ids.request = record.str("request_id");
    let group = action.starts_with("external_group.") || action.starts_with("team.");
    let member = matches!(operation, Operation::MembershipAdd | Operation::MembershipRemove);
    let kind = Some(if group && !member { "group" } else { "user" });
    event.subject.kind = kind;
    // `external_identity_nameid` is the name of whoever did it, not of the person concerned.
    event.subject.login = record.str("user").filter(|_| kind == Some("user"));
    event.subject.name = record.str("team").or(record.str("display_name")).filter(|_| kind == Some("group"));
    event.subject.id = record.str("scim_user_id").or(record.str("scim_group_id"));
    if action.contains(".scim_api_") {
        read_call(record, &mut event, arena);
        event.subject.kind = event.subject.kind.or(kind);
    }
    Decoded::Event(Box::new(event))
}

/// The SCIM call and GitHub's answer.
fn read_call<'a>(record: Json<'a>, event: &mut Event<'a>, arena: &'a Bump) {
    let failed = event.event_type.is_some_and(|action| action.ends_with("failure"));
    let status = record.str("status_code").and_then(status_number);
    let method = record.str("request_method").unwrap_or_default();
    let path = record.str("url_path").or(record.str("route")).unwrap_or_default();
    let sent = record.open("api_request_body", arena).unwrap_or(Json::Null);
    if path.is_empty() {
        read_body(sent, event);
    } else {
        Call { sent, ..Call::new(method, path) }.fill(event, arena);
    }
    if failed {
        event.outcome = Outcome::Failure;
        let message = record.str("message");
        let fallback = || {
            let status = status.map(|status| format!(" with HTTP status {status}")).unwrap_or_default();
            &*arena.alloc_str(&format!("GitHub refused {method} {path}{status}"))
        };
        explain(event, Some(message.unwrap_or_else(fallback)), arena);
        event.reason.remote = event.reason.remote.or(message);
        event.reason.http_status = status.or(event.reason.http_status);
        event.reason.phase = Some(if event.operation == Operation::Match { "matching" } else { "export" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn a_refused_call_is_a_failure_with_person_and_status() {
        let arena = Bump::new();
        let text = br#"{"action":"external_identity.scim_api_failure","@timestamp":1772445600123,"_document_id":"d1","request_method":"POST","route":"/scim/v2/enterprises/:enterprise_id/Users","status_code":"409","message":"{\"detail\":\"User already exists\",\"status\":\"409\",\"scimType\":\"uniqueness\"}","api_request_body":"{\"userName\":\"kim.lee@example.com\"}"}"#;
        let record = parse(text, &arena).unwrap();
        assert!(sniff(record));
        let Decoded::Event(event) = decode(record, &arena) else { panic!() };
        assert_eq!((event.operation, event.outcome), (Operation::Create, Outcome::Failure));
        assert_eq!(event.time, time::parse("2026-03-02T10:00:00.123Z"));
        assert_eq!((event.subject.login, event.reason.http_status), (Some("kim.lee@example.com"), Some(409)));
        assert_eq!((event.reason.scim_type, event.reason.remote), (Some("uniqueness"), Some("User already exists")));
        assert_eq!(event.event_type, Some("external_identity.scim_api_failure"));
    }

    #[test]
    fn the_person_of_a_membership_is_not_the_one_who_did_it() {
        let arena = Bump::new();
        let text = br#"{"action":"team.add_member","created_at":1772445600123,"actor":"pat","external_identity_nameid":"pat@example.com","user":"kim","team":"Designers"}"#;
        let Decoded::Event(event) = decode(parse(text, &arena).unwrap(), &arena) else { panic!() };
        assert_eq!((event.subject.kind, event.subject.login, event.subject.name), (Some("user"), Some("kim"), None));
    }

    #[test]
    fn missing_fields_and_wrong_types_are_let_pass() {
        let arena = Bump::new();
        let text = br#"{"action":"external_group.scim_api_failure","@timestamp":{},"status_code":[],"message":{},"api_request_body":"{","route":7}"#;
        let Decoded::Event(event) = decode(parse(text, &arena).unwrap(), &arena) else { panic!() };
        assert_eq!((event.time, event.outcome, event.subject.kind), (None, Outcome::Failure, Some("group")));
        let other = parse(br#"{"action":"repo.create","@timestamp":1}"#, &arena).unwrap();
        assert!(matches!(decode(other, &arena), Decoded::Other { .. }));
    }
}
