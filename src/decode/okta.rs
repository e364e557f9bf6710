//! Okta System Log, as the API, hooks and most exporters give it.
//! Source: <https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/>

use std::collections::HashMap;
use std::sync::LazyLock;

use bumpalo::Bump;

use super::{Decoded, Wanted, explain};
use crate::event::{App, Event, Operation, Outcome, Provider, Subject};
use crate::json::{Json, Names, Picked};
use crate::text::time;

pub(super) const DIALECT: &str = "okta-system-log";

/// How an event type tells its outcome.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nature {
    /// By `outcome.result`.
    Outcome,
    /// The name itself says failure.
    Failure,
    /// Listed as an error event: a failure unless `outcome.result` says otherwise.
    ErrorEvent,
    /// By `outcome.result`; a success is the promise to do it later.
    Schedule,
    /// Worth showing.
    Warning,
    /// A configuration change.
    Change,
}

/// What the name of an event says.
#[derive(Clone, Copy)]
struct Kind {
    operation: Operation,
    nature: Nature,
    /// It is about a group more than about a person.
    about_group: bool,
}

impl Kind {
    fn new(name: &str, operation: Operation, nature: Nature) -> Kind {
        let group_operation = [Operation::GroupCreate, Operation::GroupUpdate, Operation::GroupDelete];
        let about_group = group_operation.contains(&operation) || name.contains("group_push");
        Kind { operation, nature, about_group }
    }
}

/// Every event type about provisioning, the directory's life cycle or configuration around it.
static TYPES: LazyLock<HashMap<&'static str, Kind, foldhash::fast::RandomState>> = LazyLock::new(|| {
    include_str!("okta_event_types.tsv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let (name, operation, nature) = (cells.next()?, cells.next()?, cells.next()?);
            let nature = match nature {
                "failure" => Nature::Failure,
                "failure*" => Nature::ErrorEvent,
                "schedule" => Nature::Schedule,
                "warning" => Nature::Warning,
                "change" => Nature::Change,
                _ => Nature::Outcome,
            };
            let operation = Operation::from_word(operation).unwrap_or(Operation::Other);
            Some((name, Kind::new(name, operation, nature)))
        })
        .collect()
});

/// Families of which new members are accepted although the table does not know them yet.
const FAMILIES: [(&str, Operation); 9] = [
    ("application.provision.group", Operation::GroupUpdate),
    ("application.provision.", Operation::Update),
    ("application.integration.", Operation::Other),
    // Whether it gives or takes is not known, and either would say that somebody came back or left.
    ("application.user_membership.", Operation::Other),
    ("app.user_management", Operation::Update),
    ("system.import.", Operation::Import),
    ("system.agent.", Operation::Agent),
    ("app.office365.", Operation::Update),
    ("user.lifecycle.", Operation::Update),
];

/// How many fields of a record are looked up together.
const FIELD_COUNT: usize = 9;

/// Those fields.
static FIELDS: Names<FIELD_COUNT> = Names::new([
    "eventType",
    "published",
    "legacyEventType",
    "outcome",
    "actor",
    "target",
    "uuid",
    "debugContext",
    "transaction",
]);

/// Their places in [`FIELDS`].
#[derive(Clone, Copy)]
enum Field {
    EventType,
    Published,
    LegacyEventType,
    Outcome,
    Actor,
    Target,
    Uuid,
    DebugContext,
    Transaction,
}

/// A record of the System Log.
struct Record<'a> {
    json: Json<'a>,
    fields: Picked<'a, FIELD_COUNT>,
}

/// What a record says of how it ended.
#[derive(Clone, Copy)]
struct Ended<'a> {
    result: Option<&'a str>,
    reason: Option<&'a str>,
}

impl<'a> Record<'a> {
    fn get(&self, field: Field) -> Option<Json<'a>> {
        self.fields.get(field as usize)
    }

    fn text(&self, field: Field) -> Option<&'a str> {
        self.fields.text(field as usize)
    }

    /// The type of its event, if it has the marks of the System Log.
    fn event_type(&self) -> Option<&'a str> {
        let is_okta = |kind: &&str| *kind != "AwsApiCall" && *kind != "com.okta.event_hook";
        let event_type = self.text(Field::EventType).filter(is_okta)?;
        // Without a value it is a record of Okta's all the same, of which nobody knows when it was.
        let says_when = self.get(Field::Published).is_some();
        let says_more =
            || [Field::Actor, Field::Outcome, Field::Uuid].into_iter().any(|field| self.fields.has(field as usize));
        (says_when && says_more()).then_some(event_type)
    }

    fn ended(&self) -> Ended<'a> {
        match self.get(Field::Outcome) {
            Some(outcome) => {
                let outcome = outcome.pick(const { &Names::new(["result", "reason"]) });
                Ended { result: outcome.text(0), reason: outcome.text(1) }
            }
            None => Ended { result: self.json.str_at("outcome.result"), reason: self.json.str_at("outcome.reason") },
        }
    }

    fn actor(&self) -> Option<Entity<'a>> {
        self.get(Field::Actor).map(Entity::of)
    }

    fn transaction(&self) -> Option<&'a str> {
        match self.get(Field::Transaction) {
            Some(transaction) => transaction.str("id"),
            None => self.json.str_at("transaction.id"),
        }
    }
}

/// What is known of a type of events, or of the family that it belongs to.
fn kind_of(event_type: &str) -> Option<Kind> {
    let family = || FAMILIES.iter().find(|(prefix, _)| event_type.starts_with(prefix));
    let of_family = || family().map(|(_, operation)| Kind::new(event_type, *operation, Nature::Outcome));
    TYPES.get(event_type).copied().or_else(of_family)
}

/// Reads a record that has the marks of the System Log.
pub(super) fn read<'a>(json: Json<'a>, wanted: Wanted, arena: &'a Bump) -> Option<Decoded<'a>> {
    let record = Record { json, fields: json.pick(&FIELDS) };
    let event_type = record.event_type()?;
    let Some(kind) = kind_of(event_type) else {
        return Some(Decoded::Other {
            dialect: DIALECT,
            what: Some("sign-in, policy or other events that are not about provisioning"),
        });
    };
    let mut event = Event::new(Provider::Okta, DIALECT, json);
    event.time = record.text(Field::Published).and_then(time::parse);
    event.event_type = Some(event_type);
    event.legacy_type = record.text(Field::LegacyEventType);
    event.operation = kind.operation;
    let ended = record.ended();
    event.outcome = outcome(ended.result, event_type, kind.nature, event.legacy_type);
    event.ids.event = record.text(Field::Uuid);
    read_targets(&mut event, &record, kind.about_group);
    let about_configuration = is_about_configuration(&event);
    if wanted == Wanted::Counts && event.outcome == Outcome::Success && event.app.name.is_some() && !about_configuration
    {
        return Some(Decoded::Event(Box::new(event)));
    }
    event.actor = record.actor().and_then(|actor| match actor.kind {
        Some("SystemPrincipal") => Some("system"),
        _ => actor.login.or(actor.name).or(actor.id),
    });
    event.ids.transaction = record.transaction();
    read_debug_data(&mut event, &record);
    event.reason.phase = phase(event_type);
    if event.outcome != Outcome::Success {
        read_reason(&mut event, json, ended, arena);
    } else if about_configuration {
        event.reason.message = json.str("displayMessage");
    }
    Some(Decoded::Event(Box::new(event)))
}

/// What is there for debugging alone, as Okta says, and nowhere else.
fn read_debug_data<'a>(event: &mut Event<'a>, record: &Record<'a>) {
    // The names are nested in all exports but those that flatten everything.
    let debug = record.get(Field::DebugContext).and_then(|context| context.get("debugData"));
    let detail = |name: &str, path: &str| match debug {
        Some(data) => data.str(name),
        None => record.json.str_at(path),
    };
    event.app.kind = detail("appname", "debugContext.debugData.appname").or(event.app.kind);
    event.ids.request = detail("requestId", "debugContext.debugData.requestId");
}

fn read_reason<'a>(event: &mut Event<'a>, json: Json<'a>, ended: Ended<'a>, arena: &'a Bump) {
    event.set_code(event.legacy_type.filter(|legacy| tells_failure(legacy)));
    let fallback = || {
        ["debugContext.debugData.errorMessage", "debugContext.debugData.error", "debugContext.debugData.reason"]
            .iter()
            .find_map(|path| json.str_at(path))
    };
    let message = ended.reason.or_else(fallback).or_else(|| json.str("displayMessage"));
    explain(event, message, arena);
    if ended.result == Some("RATE_LIMIT") && event.reason.http_status.is_none() {
        event.reason.http_status = Some(429);
    }
}

/// Whether a success may be why something fails later, so that who did what counts.
fn is_about_configuration(event: &Event<'_>) -> bool {
    match event.operation {
        Operation::ConfigChange
        | Operation::CredentialCheck
        | Operation::Schema
        | Operation::Agent
        | Operation::Quarantine => true,
        Operation::AssignmentAdd | Operation::AssignmentRemove => event.subject.kind == Some("group"),
        _ => false,
    }
}

/// `outcome.result` in our words, corrected by what the event's name says.
fn outcome(result: Option<&str>, event_type: &str, nature: Nature, legacy: Option<&str>) -> Outcome {
    const RESULTS: [(&str, Outcome); 9] = [
        ("SUCCESS", Outcome::Success),
        ("FAILURE", Outcome::Failure),
        ("SKIPPED", Outcome::Skipped),
        ("ALLOW", Outcome::Success),
        ("DENY", Outcome::Failure),
        ("ABANDONED", Outcome::Failure),
        ("RATE_LIMIT", Outcome::Failure),
        ("DEFERRED", Outcome::Pending),
        ("SCHEDULED", Outcome::Pending),
    ];
    let said = result.map(|result| {
        let known = RESULTS.iter().find(|(name, _)| name.eq_ignore_ascii_case(result));
        known.map_or(Outcome::Warning, |(_, outcome)| *outcome)
    });
    let legacy_fails = || legacy.is_some_and(tells_failure);
    match (nature, said) {
        (Nature::Failure, _) => Outcome::Failure,
        (Nature::ErrorEvent, None) => Outcome::Failure,
        (Nature::ErrorEvent, Some(Outcome::Success)) if legacy_fails() => Outcome::Failure,
        (Nature::Warning, _) => Outcome::Warning,
        (Nature::Schedule, Some(Outcome::Success)) => Outcome::Pending,
        (Nature::Change, None) => Outcome::Success,
        (Nature::Outcome, None) if legacy_fails() => Outcome::Failure,
        (_, Some(said)) => said,
        // Whether an application took it, nobody knows.
        (_, None) if event_type.starts_with("app") => Outcome::Warning,
        // Configuration and life-cycle events of hooks come without an outcome once they happened.
        (_, None) => Outcome::Success,
    }
}

/// Whether an older event name says that something failed.
fn tells_failure(legacy: &str) -> bool {
    ["fail", "error", "unable", "missing"].iter().any(|word| legacy.contains(word))
}

/// The last part of the event's name that says at which step it was.
fn phase(event_type: &str) -> Option<&'static str> {
    const PHASES: [(&str, &str); 13] = [
        ("verify_exists", "verify-exists"),
        ("push_profile", "update"),
        ("push_password", "password"),
        ("push_okta_password", "password"),
        ("user.password", "password"),
        ("user.push", "push"),
        ("user.sync", "sync"),
        ("deactivate", "deactivate"),
        ("deprovision", "deactivate"),
        ("reactivate", "reactivate"),
        ("group_push", "group-push"),
        ("import", "import"),
        ("authentication_failure", "credential-check"),
    ];
    PHASES.iter().find(|(part, _)| event_type.contains(part)).map(|(_, phase)| *phase)
}

/// A target or an actor.
#[derive(Clone, Copy, Default)]
struct Entity<'a> {
    kind: Option<&'a str>,
    id: Option<&'a str>,
    login: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'a> Entity<'a> {
    fn of(value: Json<'a>) -> Entity<'a> {
        let fields = value.pick(const { &Names::new(["type", "id", "alternateId", "displayName"]) });
        let (kind, id, login, name) = (fields.text(0), fields.text(1), fields.text(2), fields.text(3));
        let by_id = || match id?.get(..3)? {
            "0oa" => Some("AppInstance"),
            "0ua" => Some("AppUser"),
            "00u" => Some("User"),
            "00g" => Some("UserGroup"),
            _ => None,
        };
        Entity { kind: kind.or_else(by_id), id, login, name }
    }
}

/// Targets are read by type: their order is not fixed.
fn read_targets<'a>(event: &mut Event<'a>, record: &Record<'a>, about_group: bool) {
    let targets = record.get(Field::Target).or_else(|| record.json.get("targets")).unwrap_or(Json::Null);
    const KINDS: [&str; 6] = ["AppInstance", "User", "AppUser", "NewUser", "UserGroup", "AppGroup"];
    let mut first = [None; KINDS.len()];
    for target in targets.items().map(Entity::of) {
        let slot = KINDS.iter().zip(&mut first).find(|(kind, _)| target.kind == Some(**kind));
        if let Some((_, slot)) = slot {
            slot.get_or_insert(target);
        }
    }
    let [app, user, app_user, new_user, user_group, app_group] = first;
    if let Some(app) = app {
        event.app = App { name: app.login.or(app.name), id: app.id, kind: app.name };
    }
    let group = user_group.or(app_group);
    let person = user.or(app_user).or(new_user);
    let (subject, kind) = if about_group {
        (group.or(person), if group.is_some() { "group" } else { "user" })
    } else {
        (person.or(group), if person.is_some() { "user" } else { "group" })
    };
    let subject = subject.or_else(|| {
        let own = event.app.id.is_none() && event.event_type.is_some_and(|name| name.starts_with("user."));
        own.then(|| record.actor()).flatten().filter(|actor| actor.kind == Some("User"))
    });
    let other = if kind == "user" { group } else { person };
    event.counterpart = other.and_then(|other| other.id.or(other.login).or(other.name));
    if let Some(subject) = subject {
        // An AppUser without an account yet has no name there; the id of the AppUser is not the person's.
        let login = subject.login.or_else(|| app_user.and_then(|user| user.login));
        event.subject =
            Subject { kind: Some(kind), id: subject.id, login: login.filter(|_| kind == "user"), name: subject.name };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    /// Reads a record of this type with these fields beside those that all have.
    fn read_as(event_type: &str, more: serde_json::Value) -> (Operation, Outcome, Option<crate::text::time::Micros>) {
        let mut record = serde_json::json!({
            "uuid": "u1", "published": "2026-03-02T09:00:00Z", "eventType": event_type, "actor": { "id": "spr1" },
            "outcome": { "result": "SUCCESS", "reason": null },
        });
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let arena = Bump::new();
        let text = arena.alloc_str(&record.to_string());
        match read(parse(text.as_bytes(), &arena).unwrap(), Wanted::All, &arena) {
            Some(Decoded::Event(event)) => (event.operation, event.outcome, event.time),
            other => panic!("{record}: {other:?}"),
        }
    }

    fn operation(event_type: &str) -> Operation {
        read_as(event_type, serde_json::json!({})).0
    }

    #[test]
    fn what_is_edited_in_okta_says_nothing_of_the_account_in_the_app() {
        for what in ["change_password", "change_username", "restore_password", "show_password", "update", "renamed"] {
            assert_eq!(operation(&format!("application.user_membership.{what}")), Operation::Other, "{what}");
        }
        for what in ["group.application_assignment.update", "resource.user_entitlements.update"] {
            assert_eq!(operation(what), Operation::Other, "{what}");
        }
        assert_eq!(operation("application.user_membership.add"), Operation::AssignmentAdd);
        assert_eq!(operation("application.provision.user.remove_entitlements"), Operation::MembershipRemove);
    }

    #[test]
    fn of_an_attempt_whose_outcome_is_missing_nobody_knows_how_it_ended() {
        let outcome = |event_type: &str, outcome: serde_json::Value| {
            read_as(event_type, serde_json::json!({ "outcome": outcome })).1
        };
        let (null, unsaid) = (serde_json::Value::Null, serde_json::json!({ "result": null }));
        let unknown = serde_json::json!({ "result": "UNKNOWN" });
        for said in [&null, &unsaid, &unknown] {
            assert_eq!(outcome("application.provision.user.deactivate", said.clone()), Outcome::Warning, "{said}");
            assert_eq!(outcome("application.user_membership.add", said.clone()), Outcome::Warning, "{said}");
        }
        assert_eq!(outcome("application.provision.user.import", null.clone()), Outcome::Failure);
        assert_eq!(outcome("application.lifecycle.update", null.clone()), Outcome::Success);
        assert_eq!(outcome("user.lifecycle.created", null), Outcome::Success);
    }

    #[test]
    fn what_is_only_planned_is_not_done() {
        let outcome = |result: &str| {
            let more = serde_json::json!({ "outcome": { "result": result } });
            read_as("application.provision.user.delete.schedule", more).1
        };
        assert_eq!((outcome("SUCCESS"), outcome("FAILURE")), (Outcome::Pending, Outcome::Failure));
        // Whoever is to be suspended some day, or is not any more, has not left.
        let suspension =
            |what: &str| read_as(&format!("scheduled_action.user_suspension.{what}"), serde_json::json!({}));
        assert_eq!(suspension("scheduled").1, Outcome::Pending);
        assert_eq!((suspension("canceled").0, suspension("updated").0), (Operation::Other, Operation::Other));
        assert_eq!(suspension("completed").0, Operation::Deactivate);
    }

    #[test]
    fn a_time_that_is_null_is_unknown() {
        let more = serde_json::json!({ "published": null });
        assert_eq!(read_as("application.provision.user.push", more), (Operation::Create, Outcome::Success, None));
    }
}
