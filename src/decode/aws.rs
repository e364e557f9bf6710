//! CloudTrail's record of SCIM calls to AWS IAM Identity Center.
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/userguide/scim-logging-using-cloudtrail.html>

use bumpalo::Bump;

use super::{Decoded, explain};
use crate::event::{Event, Operation, Outcome};
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
    let mut event = Event::new("aws", "aws-scim", record);
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
    event.changed =
        record.path("requestParameters.httpBody").unwrap_or(Json::Null).fields().iter().map(|(key, _)| key).collect();
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
