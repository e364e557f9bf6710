//! Google Workspace Reports API: people and groups as the admin console changed them. A record holds
//! several events; [`single`] gives each of interest its own record. What automatic provisioning failed to do is
//! not in this log but on the application's page in the admin console.
//! Source: <https://developers.google.com/workspace/admin/reports/v1/reference/activities>

use bumpalo::Bump;

use super::Decoded;
use crate::event::{App, Event, Operation, Provider, Subject};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "google-workspace";
/// The place of an event among those of its record.
const PLACE: &str = "provlens.place";

/// Admin events by their upper-case names, events of groups by their lower-case ones.
const EVENTS: [(&str, Operation); 36] = [
    ("CREATE_USER", Operation::Create),
    ("DELETE_USER", Operation::Delete),
    ("UNDELETE_USER", Operation::Reactivate),
    ("SUSPEND_USER", Operation::Deactivate),
    ("UNSUSPEND_USER", Operation::Reactivate),
    ("ARCHIVE_USER", Operation::Deactivate),
    ("UNARCHIVE_USER", Operation::Reactivate),
    ("RENAME_USER", Operation::Update),
    ("CHANGE_FIRST_NAME", Operation::Update),
    ("CHANGE_LAST_NAME", Operation::Update),
    ("CHANGE_DISPLAY_NAME", Operation::Update),
    ("CHANGE_USER_ORGANIZATION", Operation::Update),
    ("CHANGE_USER_EXTERNAL_ID", Operation::Update),
    ("CHANGE_USER_CUSTOM_FIELD", Operation::Update),
    ("MOVE_USER_TO_ORG_UNIT", Operation::Update),
    ("CHANGE_PASSWORD", Operation::Password),
    ("USER_LICENSE_ASSIGNMENT", Operation::AssignmentAdd),
    ("USER_LICENSE_REVOKE", Operation::AssignmentRemove),
    ("GRANT_ADMIN_PRIVILEGE", Operation::ConfigChange),
    ("REVOKE_ADMIN_PRIVILEGE", Operation::ConfigChange),
    ("ASSIGN_ROLE", Operation::ConfigChange),
    ("UNASSIGN_ROLE", Operation::ConfigChange),
    ("CREATE_GROUP", Operation::GroupCreate),
    ("DELETE_GROUP", Operation::GroupDelete),
    ("CHANGE_GROUP_NAME", Operation::GroupUpdate),
    ("CHANGE_GROUP_EMAIL", Operation::GroupUpdate),
    ("CHANGE_GROUP_DESCRIPTION", Operation::GroupUpdate),
    ("ADD_GROUP_MEMBER", Operation::MembershipAdd),
    ("REMOVE_GROUP_MEMBER", Operation::MembershipRemove),
    ("UPDATE_GROUP_MEMBER", Operation::GroupUpdate),
    ("create_group", Operation::GroupCreate),
    ("delete_group", Operation::GroupDelete),
    ("add_user", Operation::MembershipAdd),
    ("add_member", Operation::MembershipAdd),
    ("remove_user", Operation::MembershipRemove),
    ("remove_member", Operation::MembershipRemove),
];

pub(super) fn sniff(record: Json<'_>) -> bool {
    let kind = record.exact("kind").and_then(Json::text);
    record.exact("events").is_some()
        && record.exact("id").is_some()
        && (kind == Some("admin#reports#activity") || record.path("id.uniqueQualifier").is_some())
}

/// The events of a record that change people or groups, each in a record of its own, and those that
/// tell the same change once; `None` of a record that has none.
pub(super) fn single<'a>(record: Json<'a>, arena: &'a Bump) -> Option<Json<'a>> {
    let Some(Json::Array(events)) = record.exact("events").filter(|_| sniff(record)) else { return None };
    let events: Vec<Json<'a>> = events.iter().collect();
    let is_first = |(at, event): &(usize, Json<'a>)| events.iter().position(|other| same(*other, *event)) == Some(*at);
    let alone = |(at, event): (usize, Json<'a>)| -> Json<'a> {
        let fields = record.fields().iter().map(|(name, value)| match name {
            "events" => (name, Json::array(arena.alloc_slice_copy(&[event]))),
            _ => (name, value),
        });
        let place = (PLACE, Json::Number(arena.alloc_str(&at.to_string())));
        Json::object(arena.alloc_slice_copy(&fields.chain([place]).collect::<Vec<_>>()))
    };
    let alone: Vec<Json<'a>> = events.iter().copied().enumerate().filter(is_first).map(alone).collect();
    (!alone.is_empty()).then(|| Json::array(arena.alloc_slice_copy(&alone)))
}

/// Whether two events tell one change: `remove_user` and `remove_member` come together.
fn same<'a>(a: Json<'a>, b: Json<'a>) -> bool {
    let what = |event: Json<'a>| (operation(event), member(event), group(event));
    operation(a).is_some() && what(a) == what(b)
}

fn operation(event: Json<'_>) -> Option<Operation> {
    let name = event.str("name")?;
    let (_, operation) = EVENTS.iter().find(|(known, _)| *known == name)?;
    // Other applications have events of these names too, without a group.
    (!name.starts_with(|c: char| c.is_ascii_lowercase()) || group(event).is_some()).then_some(*operation)
}

/// A parameter of an event; its value stands under a name that depends on its type.
fn parameter<'a>(event: Json<'a>, name: &str) -> Option<Json<'a>> {
    let list = event.get("parameters")?;
    let found =
        list.items().find(|parameter| parameter.str("name").is_some_and(|own| own.eq_ignore_ascii_case(name)))?;
    ["value", "intValue", "boolValue", "multiValue"].iter().find_map(|key| found.exact(key))
}

fn text<'a>(event: Json<'a>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| parameter(event, name)?.items().find_map(Json::text))
}

fn member(event: Json<'_>) -> Option<&str> {
    text(event, &["USER_EMAIL", "member_id", "user_email"])
}

fn group(event: Json<'_>) -> Option<&str> {
    text(event, &["GROUP_EMAIL", "group_id", "group_email"])
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let activity = record.get("events").and_then(|events| events.items().next()).unwrap_or(Json::Null);
    let Some(operation) = operation(activity) else {
        return Decoded::Other {
            dialect: DIALECT,
            what: Some(
                "Google Workspace activity that does not change people or groups; failures of automatic provisioning are on the app's page in the admin console, not in this log",
            ),
        };
    };
    let mut event = Event::new(Provider::Google, DIALECT, record);
    event.event_type = activity.str("name");
    event.operation = operation;
    event.time = record.str_at("id.time").and_then(time::parse);
    event.app = App { name: Some("Google Workspace"), id: record.str_at("id.customerId"), kind: Some("google") };
    event.actor = record.str_at("actor.email").or(record.str_at("actor.key"));
    event.ids.event = record.str_at("id.uniqueQualifier").map(|id| match record.str(PLACE) {
        Some(place) => &*arena.alloc_str(&format!("{id}/{place}")),
        None => id,
    });
    let about_group = matches!(operation, Operation::GroupCreate | Operation::GroupUpdate | Operation::GroupDelete);
    event.subject = match (about_group, member(activity), group(activity)) {
        (false, Some(login), _) => Subject { kind: Some("user"), login: Some(login), ..Subject::default() },
        (_, _, Some(name)) => Subject { kind: Some("group"), name: Some(name), ..Subject::default() },
        _ => Subject { kind: Some("user"), ..Subject::default() },
    };
    event.counterpart = group(activity).filter(|_| event.subject.login.is_some());
    Decoded::Event(Box::new(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    /// Operation, person or group, and id.
    type Facts = (Operation, Option<String>, Option<String>);

    fn read(events: &str) -> Vec<Option<Facts>> {
        let arena = Bump::new();
        let text = format!(
            r#"{{"kind":"admin#reports#activity","id":{{"time":"2026-03-02T10:00:00.5Z","uniqueQualifier":"-7"}},"actor":{{"email":"pat@example.com"}},"events":{events}}}"#
        );
        let record = parse(text.as_bytes(), &arena).unwrap();
        assert!(sniff(record));
        let each = single(record, &arena).unwrap_or(record);
        let read = |record| {
            let Decoded::Event(event) = decode(record, &arena) else { return None };
            let owned = |text: Option<&str>| text.map(str::to_owned);
            Some((event.operation, owned(event.who()), owned(event.ids.event)))
        };
        each.items().map(read).collect()
    }

    #[test]
    fn several_events_of_a_record_are_several_and_doubled_ones_count_once() {
        let event = |name: &str, member: &str| {
            format!(
                r#"{{"name":"{name}","parameters":[{{"name":"member_id","value":"{member}"}},{{"name":"group_id","multiValue":["team@example.com"]}}]}}"#
            )
        };
        let [one, two] = ["kim.lee@example.com", "ana.lopez@example.com"];
        let events = [event("remove_user", one), event("remove_member", one), event("remove_member", two)].join(",");
        let found = read(&format!("[{events}]"));
        let wanted =
            |who: &str, id: &str| Some((Operation::MembershipRemove, Some(who.to_owned()), Some(id.to_owned())));
        assert_eq!(found, [wanted(one, "-7/0"), wanted(two, "-7/2")]);
    }

    #[test]
    fn events_of_other_applications_count_as_other() {
        let found =
            read(r#"[{"name":"add_user","parameters":[{"name":"room","value":"x"}]},{"name":"login_success"}]"#);
        assert_eq!(found, [None]);
    }

    #[test]
    fn wrong_types_are_let_pass() {
        assert_eq!(read(r#"[1,null,[],{"name":{},"parameters":7}]"#), [None]);
        assert_eq!((read("[]"), read("{}"), read("7")), (vec![None], vec![None], vec![None]));
        let found = read(r#"[{"name":"CREATE_USER","parameters":[{"name":"USER_EMAIL","intValue":"7"},{"name":[]}]}]"#);
        assert_eq!(found, [Some((Operation::Create, Some("7".to_owned()), Some("-7/0".to_owned())))]);
    }
}
