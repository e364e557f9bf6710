//! CloudTrail's record of SCIM calls to AWS IAM Identity Center.
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/userguide/scim-logging-using-cloudtrail.html>

use bumpalo::Bump;

use super::{Decoded, explain, scim_call};
use crate::event::{Event, Operation, Outcome, Provider};
use crate::json::Json;
use crate::text::time;

pub(super) fn sniff(record: Json<'_>) -> bool {
    record.has("eventSource") && record.has("eventName") && record.has("eventVersion")
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    if record.str("eventSource") != Some("identitystore-scim.amazonaws.com") {
        return Decoded::Other {
            dialect: "aws-cloudtrail",
            what: Some(
                "CloudTrail events of other AWS services; only identitystore-scim.amazonaws.com is provisioning",
            ),
        };
    }
    let name = record.str("eventName").unwrap_or_default();
    let mut event = Event::new(Provider::Aws, "aws-scim", record);
    event.event_type = Some(name);
    event.time = record.str("eventTime").and_then(time::parse);
    event.operation = match name {
        "CreateUser" => Operation::Create,
        "PatchUser" | "PutUser" => Operation::Update,
        "DeleteUser" => Operation::Delete,
        "CreateGroup" => Operation::GroupCreate,
        "PatchGroup" => Operation::GroupUpdate,
        "DeleteGroup" => Operation::GroupDelete,
        "ListUsers" | "GetUser" | "ListGroups" | "GetGroup" => Operation::Match,
        _ => Operation::Other,
    };
    // Of the body, names are hidden; what is switched off or taken out of a group is not.
    let body = record.path("requestParameters.httpBody").unwrap_or(Json::Null).unfolded(arena);
    event.operation = scim_call::operation_of_body(body, event.operation);
    event.app.name = Some("AWS IAM Identity Center");
    event.app.id = record.str_at("requestParameters.tenantId");
    event.subject.kind = Some(if name.contains("Group") { "group" } else { "user" });
    event.subject.id = record
        .str_at("requestParameters.id")
        .or(record.str_at("responseElements.id"))
        .filter(|id| !id.chars().all(|c| c == 'x'));
    event.ids.event = record.str("eventID");
    event.ids.request = record.str("requestID");
    event.actor = record.str_at("userIdentity.accessKeyId");
    event.changed = body.fields().iter().map(|(key, _)| key).collect();
    if let Some(code) = record.str("errorCode") {
        event.outcome = Outcome::Failure;
        event.set_code(Some(code));
        explain(&mut event, record.str("errorMessage").or(Some(code)), arena);
        event.reason.remote = record.str("errorMessage");
        event.reason.phase = Some(if event.operation == Operation::Match { "matching" } else { "export" });
        event.reason.http_status = match code.trim_end_matches("Exception") {
            "Conflict" => Some(409),
            "Validation" => Some(400),
            "Unauthorized" => Some(401),
            "AccessDenied" => Some(403),
            "ResourceNotFound" => Some(404),
            "Throttling" => Some(429),
            "InternalServer" => Some(500),
            _ => event.reason.http_status,
        };
    }
    Decoded::Event(Box::new(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn operation(name: &str, body: serde_json::Value) -> Operation {
        let record = serde_json::json!({
            "eventVersion": "1.10", "eventTime": "2026-03-02T09:01:00Z", "eventName": name,
            "eventSource": "identitystore-scim.amazonaws.com", "requestParameters": { "id": "u-1", "httpBody": body },
        });
        let arena = Bump::new();
        let text = arena.alloc_str(&record.to_string());
        match decode(parse(text.as_bytes(), &arena).unwrap(), &arena) {
            Decoded::Event(event) => {
                assert_eq!(event.subject.login, None);
                event.operation
            }
            other => panic!("{record}: {other:?}"),
        }
    }

    #[test]
    fn the_body_tells_who_is_switched_off_and_who_leaves_a_group() {
        let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
        let user = |active: bool| serde_json::json!({ "userName": hidden, "active": active });
        assert_eq!(operation("PutUser", user(false)), Operation::Deactivate);
        assert_eq!(operation("PutUser", user(true)), Operation::Update);
        assert_eq!(operation("CreateUser", user(true)), Operation::Create);
        let switched = serde_json::json!({ "operations": [{ "op": "replace", "path": "active", "value": "False" }] });
        assert_eq!(operation("PatchUser", switched), Operation::Deactivate);
        let members =
            |op: &str| serde_json::json!({ "operations": [{ "op": op, "path": "members", "value": hidden }] });
        assert_eq!(operation("PatchGroup", members("remove")), Operation::MembershipRemove);
        assert_eq!(operation("PatchGroup", members("add")), Operation::MembershipAdd);
        assert_eq!(operation("PatchGroup", serde_json::json!({ "displayName": "x" })), Operation::GroupUpdate);
    }
}
