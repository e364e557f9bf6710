//! Slack audit log. It lists what was changed; what failed is in no log of Slack's.
//! Source: <https://docs.slack.dev/reference/audit-logs-api/methods-actions-reference>

use bumpalo::Bump;

use super::Decoded;
use crate::event::{App, Event, Operation, Provider, Subject};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "slack-audit";

const ACTIONS: [(&str, Operation); 14] = [
    ("user_created", Operation::Create),
    ("guest_created", Operation::Create),
    ("user_deactivated", Operation::Deactivate),
    ("guest_deactivated", Operation::Deactivate),
    ("user_reactivated", Operation::Reactivate),
    ("guest_reactivated", Operation::Reactivate),
    ("user_profile_updated", Operation::Update),
    ("user_email_updated", Operation::Update),
    ("role_change_to_admin", Operation::ConfigChange),
    ("role_change_to_owner", Operation::ConfigChange),
    ("role_change_to_user", Operation::Update),
    ("role_change_to_guest", Operation::Update),
    ("user_added_to_usergroup", Operation::MembershipAdd),
    ("user_removed_from_usergroup", Operation::MembershipRemove),
];

pub(super) fn sniff(record: Json<'_>) -> bool {
    record.exact("date_create").is_some() && record.exact("action").is_some()
}

pub(super) fn decode<'a>(record: Json<'a>, _: &'a Bump) -> Decoded<'a> {
    let action = record.str("action").unwrap_or_default();
    let known = ACTIONS.iter().find(|(name, _)| *name == action).map(|(_, operation)| *operation);
    let role = action.starts_with("role_change_").then_some(Operation::Update);
    let Some(operation) = known.or(role) else {
        return Decoded::Other {
            dialect: DIALECT,
            what: Some("Slack audit events that do not change who has access; Slack logs no failures"),
        };
    };
    let mut event = Event::new(Provider::Slack, DIALECT, record);
    event.event_type = Some(action);
    event.operation = operation;
    // Seconds since 1970.
    event.time = record.str("date_create").and_then(time::parse);
    event.ids.event = record.str("id");
    event.app = App { name: Some("Slack"), id: record.str_at("context.location.id"), kind: Some("slack") };
    event.actor = record.str_at("actor.user.email").or(record.str_at("actor.user.name"));
    let user = record.path("entity.user").or(record.path("details.user")).unwrap_or(Json::Null);
    let (id, login, name) = (user.str("id"), user.str("email"), user.str("name"));
    event.subject = Subject { kind: Some("user"), id, login, name };
    Decoded::Event(Box::new(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn seconds_are_read_and_the_person_is_the_entity() {
        let arena = Bump::new();
        let text = br#"{"id":"s1","date_create":1772445600,"action":"user_deactivated","actor":{"type":"user","user":{"id":"U1","email":"pat@example.com"}},"entity":{"type":"user","user":{"id":"U2","name":"Kim","email":"kim.lee@example.com"}},"context":{"location":{"id":"E1"}}}"#;
        let Decoded::Event(event) = decode(parse(text, &arena).unwrap(), &arena) else { panic!() };
        assert_eq!(event.time, time::parse("2026-03-02T10:00:00Z"));
        assert_eq!((event.operation, event.subject.login), (Operation::Deactivate, Some("kim.lee@example.com")));
        assert_eq!((event.actor, event.app.id), (Some("pat@example.com"), Some("E1")));
    }

    #[test]
    fn wrong_types_are_let_pass() {
        let arena = Bump::new();
        let record =
            parse(br#"{"date_create":[],"action":"user_created","entity":"x","actor":{"user":[]}}"#, &arena).unwrap();
        let Decoded::Event(event) = decode(record, &arena) else { panic!() };
        assert_eq!((event.time, event.who()), (None, None));
        let record = parse(br#"{"date_create":1,"action":{}}"#, &arena).unwrap();
        assert!(matches!(decode(record, &arena), Decoded::Other { .. }));
    }
}
