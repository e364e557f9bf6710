//! Databricks audit log, service `accounts`: people and groups, most of them changed through SCIM.
//! Delivered as JSON files, or read from the system table `access.audit`.
//! Source: <https://docs.databricks.com/aws/en/admin/account-settings/audit-logs>

use bumpalo::Bump;

use super::{Decoded, explain};
use crate::event::{App, Event, Operation, Outcome, Provider, Subject, status_number};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "databricks-audit";

const ACTIONS: [(&str, Operation); 20] = [
    ("add", Operation::Create),
    ("createUser", Operation::Create),
    ("updateUser", Operation::Update),
    ("activateUser", Operation::Reactivate),
    ("deactivateUser", Operation::Deactivate),
    ("delete", Operation::Delete),
    ("deleteUser", Operation::Delete),
    ("createGroup", Operation::GroupCreate),
    ("updateGroup", Operation::GroupUpdate),
    ("removeGroup", Operation::GroupDelete),
    ("deleteGroup", Operation::GroupDelete),
    ("addPrincipalToGroup", Operation::MembershipAdd),
    ("addPrincipalsToGroup", Operation::MembershipAdd),
    ("removePrincipalFromGroup", Operation::MembershipRemove),
    ("removePrincipalsFromGroup", Operation::MembershipRemove),
    ("setAdmin", Operation::ConfigChange),
    ("removeAdmin", Operation::ConfigChange),
    ("setAccountAdmin", Operation::ConfigChange),
    ("removeAccountAdmin", Operation::ConfigChange),
    ("validateEmail", Operation::Update),
];

/// The system table writes the same names with underscores.
pub(super) fn sniff(record: Json<'_>) -> bool {
    record.has("serviceName") && record.has("actionName") && (record.has("requestParams") || record.has("response"))
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let action = record.str("actionName").unwrap_or_default();
    let asked = record.open("requestParams", arena).unwrap_or(Json::Null);
    let scim = asked.str("endpoint").is_some_and(|endpoint| endpoint.eq_ignore_ascii_case("scim"));
    let known = ACTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(action)).map(|(_, operation)| *operation);
    let accounts = record.str("serviceName").is_some_and(|service| service.eq_ignore_ascii_case("accounts"));
    let Some(operation) = known.or(scim.then_some(Operation::Other)).filter(|_| accounts) else {
        return Decoded::Other {
            dialect: DIALECT,
            what: Some("Databricks audit events that do not change people or groups"),
        };
    };
    let mut event = Event::new(Provider::Databricks, DIALECT, record);
    event.event_type = Some(action);
    event.operation = operation;
    // The files have milliseconds since 1970, the system table a date.
    event.time = record.str("timestamp").or(record.str("eventTime")).and_then(time::parse);
    let id = record.str("workspaceId").filter(|id| *id != "0").or(record.str("accountId"));
    event.app = App { name: Some("Databricks"), id, kind: Some("databricks") };
    event.actor = record.open("userIdentity", arena).and_then(|identity| identity.str("email"));
    event.ids.event = record.str("eventId");
    event.ids.request = record.str("requestId");
    let group = matches!(operation, Operation::GroupCreate | Operation::GroupUpdate | Operation::GroupDelete);
    let person = asked.str("targetUserName").filter(|_| !group);
    event.subject = match person {
        Some(login) => Subject { kind: Some("user"), login: Some(login), ..Subject::default() },
        None if group || asked.has("targetGroupName") => {
            let (id, name) = (asked.str("targetGroupId"), asked.str("targetGroupName"));
            Subject { kind: Some("group"), id, name, login: None }
        }
        None => Subject { kind: Some("user"), id: asked.str("targetUserId"), ..Subject::default() },
    };
    let answer = record.open("response", arena).unwrap_or(Json::Null);
    let status = answer.str("statusCode").and_then(status_number);
    if let Some(status) = status.filter(|status| *status >= 400) {
        event.outcome = Outcome::Failure;
        let message = answer.str("errorMessage").or(answer.str("result"));
        explain(&mut event, message.or(Some("Databricks refused the call")), arena);
        event.reason.remote = event.reason.remote.or(message);
        event.reason.http_status = Some(status);
    }
    Decoded::Event(Box::new(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    /// Time, operation, outcome, HTTP status and login.
    type Facts = (Option<i64>, Operation, Outcome, Option<u16>, Option<String>);

    fn read(text: &str) -> Option<Facts> {
        let arena = Bump::new();
        let record = parse(text.as_bytes(), &arena).unwrap();
        assert!(sniff(record), "{text}");
        let Decoded::Event(event) = decode(record, &arena) else { return None };
        let login = event.subject.login.map(str::to_owned);
        Some((event.time, event.operation, event.outcome, event.reason.http_status, login))
    }

    #[test]
    fn files_and_the_system_table_give_the_same() {
        let file = r#"{"timestamp":1772445600000,"serviceName":"accounts","actionName":"add","requestParams":{"endpoint":"scim","targetUserName":"kim.lee@example.com"},"response":{"statusCode":409,"errorMessage":"User exists"}}"#;
        let table = r#"{"event_time":"2026-03-02T10:00:00.000+0000","service_name":"accounts","action_name":"add","request_params":"{\"endpoint\":\"scim\",\"targetUserName\":\"kim.lee@example.com\"}","response":"{\"status_code\":409,\"error_message\":\"User exists\"}"}"#;
        let found = read(file).unwrap();
        assert_eq!(Some(found.clone()), read(table));
        assert_eq!((found.1, found.2, found.3), (Operation::Create, Outcome::Failure, Some(409)));
        assert_eq!(found.0, time::parse("2026-03-02T10:00:00Z"));
    }

    #[test]
    fn sign_ins_and_other_services_count_as_other() {
        for text in [
            r#"{"serviceName":"accounts","actionName":"tokenLogin","requestParams":{"user":"a"},"response":{"statusCode":200}}"#,
            r#"{"serviceName":"notebook","actionName":"delete","response":{"statusCode":200}}"#,
            r#"{"serviceName":[1],"actionName":{"a":1},"requestParams":"{","response":7}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn wrong_types_are_let_pass() {
        let found =
            read(r#"{"timestamp":[],"serviceName":"accounts","actionName":"add","requestParams":[],"response":[409]}"#);
        assert_eq!(found, Some((None, Operation::Create, Outcome::Success, None, None)));
    }
}
