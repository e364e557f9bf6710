//! JumpCloud Directory Insights: people, groups and who is connected with what. `initiated_by.source`
//! is `scim` where an identity provider did it; a suspension is a `user_update` whose changes say so.
//! Source: <https://docs.jumpcloud.com/api/insights/directory/1.0/index.html>, and for what JumpCloud does in applications
//! <https://jumpcloud.com/support/provision-and-manage-users-and-groups-in-apps-using-custom-scim-identity-management-integration>

use bumpalo::Bump;

use super::{Decoded, explain};
use crate::event::{App, Event, Operation, Outcome, Provider, Subject};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "jumpcloud";

const EVENTS: [(&str, Operation); 18] = [
    ("user_create", Operation::Create),
    ("user_update", Operation::Update),
    ("user_delete", Operation::Delete),
    ("user_suspended", Operation::Deactivate),
    ("user_activated", Operation::Reactivate),
    ("user_create_provision", Operation::Create),
    ("user_update_provision", Operation::Update),
    ("user_delete_provision", Operation::Delete),
    ("user_deprovision", Operation::Deactivate),
    ("user_lookup_provision", Operation::Match),
    ("group_create", Operation::GroupCreate),
    ("group_update", Operation::GroupUpdate),
    ("group_delete", Operation::GroupDelete),
    ("group_create_provision", Operation::GroupCreate),
    ("group_update_provision", Operation::GroupUpdate),
    ("group_delete_provision", Operation::GroupDelete),
    ("application_create", Operation::ConfigChange),
    ("application_update", Operation::ConfigChange),
];

pub(super) fn sniff(record: Json<'_>) -> bool {
    record.exact("event_type").is_some()
        && record.exact("initiated_by").is_some()
        && (record.exact("service").is_some() || record.exact("organization").is_some())
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let kind = record.str("event_type").unwrap_or_default();
    let mut event = Event::new(Provider::JumpCloud, DIALECT, record);
    event.app = App { name: Some("JumpCloud"), id: record.str("organization"), kind: Some("jumpcloud") };
    let known = EVENTS.iter().find(|(name, _)| *name == kind).map(|(_, operation)| *operation);
    let Some(operation) = known.or_else(|| association(record, &mut event)) else {
        return Decoded::Other {
            dialect: DIALECT,
            what: Some("JumpCloud Directory Insights about sign-ins, devices and other things than people and groups"),
        };
    };
    event.event_type = Some(kind);
    event.time = record.str("timestamp").and_then(time::parse);
    event.ids.event = record.str("id");
    let initiator = record.get("initiated_by").unwrap_or(Json::Null);
    event.actor = initiator.str("email").or(initiator.str("username")).or(initiator.str("id"));
    let changes = record.get("changes").unwrap_or(Json::Null);
    event.changed = changes.items().filter_map(|change| change.str("field")).collect();
    event.operation = match operation {
        Operation::Update => switched(changes).unwrap_or(Operation::Update),
        other => other,
    };
    if known.is_some() {
        read_resource(record.get("resource").unwrap_or(Json::Null), kind, &mut event);
    }
    // A record without the field tells a change that was made.
    if record.get("success").and_then(Json::text) == Some("false") {
        event.outcome = Outcome::Failure;
        let said = record.str("error_message").or(record.str("message"));
        explain(&mut event, said.or(Some("JumpCloud gives no reason")), arena);
    }
    Decoded::Event(Box::new(event))
}

fn read_resource<'a>(resource: Json<'a>, kind: &str, event: &mut Event<'a>) {
    if kind.starts_with("application") {
        event.app = App { name: resource.str("name").or(event.app.name), id: resource.str("id"), ..event.app };
        return;
    }
    let group = kind.starts_with("group");
    event.subject = Subject {
        kind: Some(if group { "group" } else { "user" }),
        id: resource.str("id"),
        login: resource.str("username").or(resource.str("email")).filter(|_| !group),
        name: resource.str("name").or(resource.str("displayname")),
    };
}

/// `suspended` from false to true, or `state` from ACTIVATED to SUSPENDED; and back.
fn switched(changes: Json<'_>) -> Option<Operation> {
    changes.items().find_map(|change| {
        let is = |key: &str, word: &str| change.str(key).is_some_and(|text| text.eq_ignore_ascii_case(word));
        match change.str("field")? {
            "suspended" if is("to", "true") => Some(Operation::Deactivate),
            "suspended" if is("from", "true") => Some(Operation::Reactivate),
            "state" if is("to", "SUSPENDED") => Some(Operation::Deactivate),
            "state" if is("from", "SUSPENDED") => Some(Operation::Reactivate),
            _ => None,
        }
    })
}

/// A person put into a group, or a person or group given an application; devices do not count.
fn association<'a>(record: Json<'a>, event: &mut Event<'a>) -> Option<Operation> {
    let association = record.get("association")?;
    let added = match association.str("op")? {
        "add" => true,
        "remove" => false,
        _ => return None,
    };
    let ends = [association.path("connection.from")?, association.path("connection.to")?];
    let end = |kind: &str| ends.into_iter().find(|end| end.str("type") == Some(kind));
    let (user, group) = (end("user"), end("user_group"));
    let subject = |end: Json<'a>, kind: &'static str| {
        let name = end.str("name");
        Subject { kind: Some(kind), id: end.str("object_id"), login: name.filter(|_| kind == "user"), name }
    };
    match (user, group, end("application")) {
        (user, group, Some(application)) => {
            event.subject = user.map(|user| subject(user, "user")).or(group.map(|group| subject(group, "group")))?;
            event.app = App { name: application.str("name"), id: application.str("object_id"), kind: None };
            Some(if added { Operation::AssignmentAdd } else { Operation::AssignmentRemove })
        }
        (Some(user), Some(_), None) => {
            event.subject = subject(user, "user");
            Some(if added { Operation::MembershipAdd } else { Operation::MembershipRemove })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn read(rest: &str) -> Option<(Operation, Outcome, Option<String>, Option<String>)> {
        let arena = Bump::new();
        let text = format!(
            r#"{{"initiated_by":{{"source":"scim","email":"pat@example.com"}},"service":"directory","id":"j1","timestamp":"2026-03-02T10:00:00.12345678Z",{rest}}}"#
        );
        let record = parse(text.as_bytes(), &arena).unwrap();
        assert!(sniff(record));
        let Decoded::Event(event) = decode(record, &arena) else { return None };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        assert_eq!(event.time, time::parse("2026-03-02T10:00:00.123456Z"));
        Some((event.operation, event.outcome, owned(event.subject.login), owned(event.app.name)))
    }

    #[test]
    fn a_suspension_is_an_update_that_says_so() {
        let update = |changes: &str| {
            read(&format!(
                r#""event_type":"user_update","resource":{{"id":"r","username":"kim.lee"}},"changes":{changes}"#
            ))
            .unwrap()
            .0
        };
        assert_eq!(
            update(r#"[{"field":"company","from":[],"to":{}},{"field":"suspended","from":false,"to":true}]"#),
            Operation::Deactivate
        );
        assert_eq!(update(r#"[{"field":"state","from":"ACTIVATED","to":"SUSPENDED"}]"#), Operation::Deactivate);
        assert_eq!(update(r#"[{"field":"suspended","from":"true","to":"false"}]"#), Operation::Reactivate);
        assert_eq!(update(r#"[{"field":"state","from":"STAGED","to":"ACTIVATED"}]"#), Operation::Update);
        assert_eq!(update(r#"{"field":1}"#), Operation::Update);
    }

    #[test]
    fn connections_of_people_groups_and_applications() {
        let connect = |op: &str, from: &str, to: &str| {
            read(&format!(
                r#""event_type":"association_change","association":{{"op":"{op}","connection":{{"from":{{"type":"{from}","name":"A","object_id":"1"}},"to":{{"type":"{to}","name":"B","object_id":"2"}}}}}}"#
            ))
            .map(|found| (found.0, found.3.unwrap_or_default()))
        };
        assert_eq!(connect("add", "user_group", "user"), Some((Operation::MembershipAdd, "JumpCloud".to_owned())));
        assert_eq!(connect("remove", "user_group", "application"), Some((Operation::AssignmentRemove, "B".to_owned())));
        assert_eq!(connect("add", "system", "user"), None);
        assert_eq!(read(r#""event_type":"association_change","association":[]"#), None);
    }

    #[test]
    fn a_leaver_whom_an_application_keeps_is_told() {
        let failed = |kind: &str| {
            let found = read(&format!(
                r#""event_type":"{kind}","resource":{{"username":"kim.lee"}},"success":false,"error_message":"404""#
            ));
            found.map(|found| (found.0, found.1))
        };
        assert_eq!(failed("user_deprovision"), Some((Operation::Deactivate, Outcome::Failure)));
        assert_eq!(failed("user_lookup_provision"), Some((Operation::Match, Outcome::Failure)));
    }

    #[test]
    fn only_an_explicit_false_is_a_failure() {
        let create = |rest: &str| read(&format!(r#""event_type":"user_create","resource":[]{rest}"#)).unwrap().1;
        assert_eq!(create(""), Outcome::Success);
        assert_eq!(create(r#","success":true"#), Outcome::Success);
        assert_eq!(create(r#","success":false,"error_message":{}"#), Outcome::Failure);
    }
}
