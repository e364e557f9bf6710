//! SailPoint Identity Security Cloud: events (accounts in sources, aggregations, people), and account activities,
//! which are what the list of requests shows.
//! Sources: <https://developer.sailpoint.com/docs/api/v2024/search-post> (document type `event`),
//! <https://developer.sailpoint.com/docs/api/v2024/list-account-activities>

use bumpalo::Bump;

use super::{Decoded, explain};
use crate::event::{App, Event, Operation, Outcome, Provider, Subject};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "sailpoint";

pub(super) fn sniff(record: Json<'_>) -> bool {
    let event = record.exact("trackingNumber").is_some()
        && (record.exact("technicalName").is_some() || record.exact("pod").is_some());
    event || is_activity(record)
}

fn is_activity(record: Json<'_>) -> bool {
    record.exact("completionStatus").is_some() && record.exact("targetIdentitySummary").is_some()
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    if is_activity(record) {
        return activity(record, arena);
    }
    let action = record.str("action").or(record.str("technicalName")).unwrap_or_default();
    let Some(operation) = operation(record, action) else {
        return Decoded::Other {
            dialect: DIALECT,
            what: Some("SailPoint events that do not change accounts or people, or read them from a source"),
        };
    };
    let mut event = Event::new(Provider::SailPoint, DIALECT, record);
    event.event_type = record.str("technicalName").or(Some(action));
    event.operation = operation;
    event.time = record.str("created").and_then(time::parse);
    event.ids.event = record.str("id");
    event.ids.request = record.str("trackingNumber");
    let attributes = record.open("attributes", arena).unwrap_or(Json::Null);
    event.app = App { name: attributes.str("sourceName"), id: attributes.str("sourceId"), kind: Some("sailpoint") };
    event.actor = record.str_at("actor.name").or(record.str_at("actor.displayName"));
    if operation != Operation::Import {
        let login = record.str_at("target.name").or(attributes.str("accountId")).or(attributes.str("accountName"));
        event.subject =
            Subject { kind: Some("user"), id: record.str_at("target.id"), login, name: attributes.str("accountName") };
    }
    let status = record.str("status").unwrap_or_default();
    let is = |word: &str| status.eq_ignore_ascii_case(word);
    event.outcome = match () {
        () if is("passed") => Outcome::Success,
        () if is("failed") => Outcome::Failure,
        () if is("started") => Outcome::Pending,
        () => Outcome::Warning,
    };
    if matches!(event.outcome, Outcome::Failure | Outcome::Warning) {
        event.set_code(record.str("technicalName"));
        let errors = attributes.get("errors").map_or(Json::Null, |errors| errors.unfolded(arena));
        let error = errors.items().find_map(|error| error.text().or(error.str("message")));
        // A list inside a string is taken apart; the application's own answer inside one stays as it is.
        let error = error.or(attributes.str("errors"));
        let message = error.or(attributes.str("error")).or(attributes.str("info")).or(record.str("name"));
        explain(&mut event, message, arena);
        event.reason.remote = event.reason.remote.or(error);
    }
    Decoded::Event(Box::new(event))
}

/// One request for one person; its items are the single changes, and the source has an id only.
fn activity<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let mut event = Event::new(Provider::SailPoint, DIALECT, record);
    event.event_type = record.str("type");
    event.time = ["completed", "modified", "created"].iter().find_map(|key| record.str(key)).and_then(time::parse);
    event.ids.event = record.str("id");
    let item = record.get("items").and_then(|items| items.items().next()).unwrap_or(Json::Null);
    event.app = App { name: None, id: item.str("sourceId"), kind: Some("sailpoint") };
    event.actor = record.str_at("requesterIdentitySummary.name");
    let name = record.str_at("targetIdentitySummary.name");
    let login = item.str("nativeIdentity").or(name);
    event.subject = Subject { kind: Some("user"), id: record.str_at("targetIdentitySummary.id"), login, name };
    let done = item.str("operation").unwrap_or_default().to_ascii_uppercase();
    event.operation = if item.has("attribute") { to_entitlement(&done) } else { to_account(&done) };
    let error = record.get("errors").and_then(|errors| errors.items().find_map(Json::text));
    event.outcome = match record.str("completionStatus").unwrap_or_default().to_ascii_uppercase().as_str() {
        "SUCCESS" => Outcome::Success,
        "PENDING" => Outcome::Pending,
        // An incomplete one has changes that were made and others that were not.
        "INCOMPLETE" if error.is_none() => Outcome::Warning,
        _ => Outcome::Failure,
    };
    if matches!(event.outcome, Outcome::Failure | Outcome::Warning) {
        explain(&mut event, error.or(Some("SailPoint gives no reason")), arena);
        event.reason.remote = event.reason.remote.or(error);
    }
    Decoded::Event(Box::new(event))
}

/// By what was done to which kind of object; `None` if it is not about accounts.
fn operation(record: Json<'_>, action: &str) -> Option<Operation> {
    let kind = record.str("type").unwrap_or_default();
    let object = |name: &str| {
        let listed = record.get("objects").unwrap_or(Json::Null);
        listed.items().any(|object| object.text().is_some_and(|text| text.eq_ignore_ascii_case(name)))
    };
    let done = record.str("operation").unwrap_or_default().to_ascii_uppercase();
    if action.contains("AGGREGATION") || done == "AGGREGATE" {
        return Some(Operation::Import);
    }
    if kind == "PASSWORD_ACTIVITY" || object("PASSWORD") {
        return Some(Operation::Password);
    }
    let provisioning = kind == "PROVISIONING" || object("ACCOUNT");
    if provisioning && object("ENTITLEMENT") {
        return Some(to_entitlement(&done));
    }
    let person = kind == "USER_MANAGEMENT" && object("USER");
    if !(provisioning || person) {
        return None;
    }
    Some(to_account(&done))
}

fn to_entitlement(done: &str) -> Operation {
    match done {
        "ADD" | "CREATE" => Operation::MembershipAdd,
        "REMOVE" | "DELETE" => Operation::MembershipRemove,
        _ => Operation::Update,
    }
}

fn to_account(done: &str) -> Operation {
    match done {
        "CREATE" | "ADD" => Operation::Create,
        "UPDATE" | "MODIFY" | "SET" | "UNLOCK" => Operation::Update,
        "DISABLE" | "SUSPEND" | "INACTIVATE" => Operation::Deactivate,
        "ENABLE" | "ACTIVATE" => Operation::Reactivate,
        "DELETE" | "REMOVE" => Operation::Delete,
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
        Some((event.operation, event.outcome, owned(event.subject.login), owned(event.reason.message)))
    }

    #[test]
    fn a_failed_account_tells_person_source_and_reason() {
        let found = read(
            r#"{"technicalName":"ACCOUNT_CREATE_FAILED","trackingNumber":"t","pod":"p","type":"PROVISIONING","objects":["ACCOUNT"],"operation":"CREATE","status":"FAILED","target":{"name":"kim.lee"},"attributes":{"sourceName":"HR","errors":"[\"license limit reached\"]"}}"#,
        );
        let (login, said) = (Some("kim.lee".to_owned()), Some("license limit reached".to_owned()));
        assert_eq!(found, Some((Operation::Create, Outcome::Failure, login, said)));
    }

    #[test]
    fn the_applications_own_answer_is_kept_as_the_reason() {
        let found = read(
            r#"{"technicalName":"ACCOUNT_CREATE_FAILED","trackingNumber":"t","pod":"p","type":"PROVISIONING","objects":["ACCOUNT"],"operation":"CREATE","status":"FAILED","target":{"name":"kim.lee"},"name":"Create Account Failed","attributes":{"errors":"{\"detail\":\"no seat\",\"error\":403}"}}"#,
        );
        assert_eq!(found.and_then(|found| found.3).as_deref(), Some(r#"{"detail":"no seat","error":403}"#));
    }

    #[test]
    fn an_aggregation_is_an_import_that_may_still_run() {
        let text = r#"{"trackingNumber":"t","pod":"p","action":"SOURCE_ACCOUNT_AGGREGATION","status":"STARTED","target":{"name":"HR"}}"#;
        assert_eq!(read(text), Some((Operation::Import, Outcome::Pending, None, None)));
    }

    #[test]
    fn an_account_activity_tells_person_change_and_reason() {
        let read_one = |status: &str, items: &str| {
            read(&format!(
                r#"{{"id":"a1","completed":"2026-03-02T10:00:00Z","completionStatus":"{status}","type":"appRequest","targetIdentitySummary":{{"id":"i1","name":"Kim Lee"}},"errors":["no answer in 60 seconds"],"items":{items}}}"#
            ))
        };
        let (person, said) = (Some("kim.lee".to_owned()), Some("no answer in 60 seconds".to_owned()));
        let member = r#"[{"operation":"ADD","attribute":"groups","value":"Sales","nativeIdentity":"kim.lee"}]"#;
        let wanted = (Operation::MembershipAdd, Outcome::Failure, person.clone(), said.clone());
        assert_eq!(read_one("FAILURE", member), Some(wanted));
        let leaver = r#"[{"operation":"DISABLE","nativeIdentity":"kim.lee"}]"#;
        assert_eq!(read_one("INCOMPLETE", leaver), Some((Operation::Deactivate, Outcome::Failure, person, said)));
        assert_eq!(read_one("SUCCESS", "{}").map(|found| found.1), Some(Outcome::Success));
        assert_eq!(read_one("PENDING", "1").map(|found| found.2), Some(Some("Kim Lee".to_owned())));
    }

    #[test]
    fn others_count_as_other_and_wrong_types_are_let_pass() {
        assert_eq!(
            read(r#"{"trackingNumber":"t","technicalName":"USER_LOGIN_PASSED","type":"AUTH","objects":["USER"]}"#),
            None
        );
        assert_eq!(read(r#"{"trackingNumber":[],"technicalName":{},"type":1,"objects":{},"operation":[]}"#), None);
        let found =
            read(r#"{"trackingNumber":1,"pod":1,"type":"PROVISIONING","attributes":"[","status":{},"target":[]}"#);
        assert_eq!(found.map(|found| found.1), Some(Outcome::Warning));
    }
}
