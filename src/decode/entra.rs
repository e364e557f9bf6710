//! Entra provisioning log: the object that every transport carries, in all its spellings.
//! Source: <https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary>

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use super::{Wanted, entra_scoping, explain};
use crate::event::{App, Event, Operation, Outcome, Provider, Subject};
use crate::json::{Json, Names, Picked};
use crate::text::time;

/// What the envelope adds to the provisioning object.
#[derive(Default)]
pub(super) struct Around<'a> {
    pub(super) time: Option<&'a str>,
    pub(super) result_type: Option<&'a str>,
    pub(super) error_code: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    pub(super) correlation: Option<&'a str>,
    pub(super) duration: Option<i64>,
}

/// The code of whatever Entra skips; a step says why.
const SKIPPED: &str = "EntrySynchronizationSkipped";

/// How many fields of a provisioning object are looked up together.
const FIELD_COUNT: usize = 21;

/// Those fields.
static FIELDS: Names<FIELD_COUNT> = Names::new([
    "id",
    "activityDateTime",
    "startTime",
    "endTime",
    "jobId",
    "cycleId",
    "changeId",
    "provisioningAction",
    "action",
    "durationInMilliseconds",
    "durationMs",
    "initiatedBy",
    "servicePrincipal",
    "targetSystem",
    "sourceIdentity",
    "targetIdentity",
    "provisioningStatusInfo",
    "statusInfo",
    "provisioningSteps",
    "modifiedProperties",
    "reportableIdentifier",
]);

/// Their places in [`FIELDS`].
#[derive(Clone, Copy)]
enum Field {
    Id,
    ActivityDateTime,
    StartTime,
    EndTime,
    JobId,
    CycleId,
    ChangeId,
    ProvisioningAction,
    Action,
    DurationInMilliseconds,
    DurationMs,
    InitiatedBy,
    ServicePrincipal,
    TargetSystem,
    SourceIdentity,
    TargetIdentity,
    ProvisioningStatusInfo,
    StatusInfo,
    ProvisioningSteps,
    ModifiedProperties,
    ReportableIdentifier,
}

/// The parts of a provisioning object.
struct Object<'a> {
    fields: Picked<'a, FIELD_COUNT>,
    arena: &'a Bump,
}

impl<'a> Object<'a> {
    fn text(&self, field: Field) -> Option<&'a str> {
        self.fields.text(field as usize)
    }

    /// A part, taken out of the text that some transports put it in; null if there is none.
    fn part(&self, field: Field) -> Json<'a> {
        self.fields.get(field as usize).map_or(Json::Null, |part| part.unfolded(self.arena))
    }

    fn integer(&self, field: Field) -> Option<i64> {
        self.fields.get(field as usize).and_then(Json::integer)
    }
}

/// One step of the synchronisation of one object.
struct Step<'a> {
    name: &'a str,
    status: Option<Outcome>,
    phase: Option<&'static str>,
    description: Option<&'a str>,
    /// Perhaps inside a text.
    folded_details: Json<'a>,
    arena: &'a Bump,
}

impl<'a> Step<'a> {
    fn details(&self) -> Json<'a> {
        self.folded_details.unfolded(self.arena)
    }

    fn of(step: Json<'a>, arena: &'a Bump) -> Step<'a> {
        let fields = step
            .pick(const { &Names::new(["name", "status", "provisioningStepType", "type", "description", "details"]) });
        let name = fields.text(0).unwrap_or_default();
        Step {
            name,
            status: fields.text(1).and_then(status),
            phase: step_phase(name, fields.text(2).or_else(|| fields.text(3)).unwrap_or_default()),
            description: fields.text(4),
            folded_details: fields.get(5).unwrap_or(Json::Null),
            arena,
        }
    }
}

/// What a provisioning object tells of a change of one object.
struct Change<'a> {
    object: Object<'a>,
    /// What was to be done, in Entra's word.
    action: Option<&'a str>,
    /// What came of it.
    status: Json<'a>,
    /// The same as the API of 2019 tells it.
    older_status: Json<'a>,
    /// A list, unless the record is damaged.
    all_steps: Json<'a>,
    steps: ArenaVec<'a, Step<'a>>,
    /// What was changed.
    properties: Json<'a>,
    /// Whom it is about, as the directory knows them.
    source: Json<'a>,
}

impl<'a> Change<'a> {
    fn of(object: Object<'a>) -> Change<'a> {
        let all_steps = object.part(Field::ProvisioningSteps);
        let mut steps = ArenaVec::new_in(object.arena);
        steps.extend(all_steps.items().map(|step| Step::of(step, object.arena)));
        Change {
            action: object.text(Field::ProvisioningAction).or_else(|| object.text(Field::Action)),
            status: object.part(Field::ProvisioningStatusInfo),
            older_status: object.part(Field::StatusInfo),
            all_steps,
            steps,
            properties: object.part(Field::ModifiedProperties),
            source: object.part(Field::SourceIdentity),
            object,
        }
    }

    /// Whether somebody must allow it first; until then nobody has lost access.
    fn is_held_back(&self) -> bool {
        self.action.is_some_and(|action| action.eq_ignore_ascii_case("stageddelete"))
    }

    /// The worst of the layers that tell an outcome; they disagree in real files.
    fn outcome(&self, result_type: Option<&str>) -> Outcome {
        let exports = self.steps.iter().filter(|step| step.phase == Some("export")).filter_map(|step| step.status);
        let worst = [self.status.str("status"), self.older_status.str("status"), result_type]
            .into_iter()
            .flatten()
            .filter_map(status)
            .chain(exports.filter(|outcome| *outcome == Outcome::Failure))
            .max()
            .unwrap_or(Outcome::Warning);
        if worst == Outcome::Success && self.is_held_back() { Outcome::Pending } else { worst }
    }

    fn operation(&self, outcome: Outcome) -> Operation {
        let plain = self.operation_of_account(outcome);
        if is_group(self.source) != Some(true) {
            return plain;
        }
        match (plain, self.properties.items().find(is_member)) {
            (Operation::Update, Some(member)) if member.has("newValue") => Operation::MembershipAdd,
            (Operation::Update, Some(_)) => Operation::MembershipRemove,
            (plain, _) => of_group(plain),
        }
    }

    fn operation_of_account(&self, outcome: Outcome) -> Operation {
        let action = self.action.unwrap_or_default();
        let is = |words: [&str; 3]| words.iter().any(|word| word.eq_ignore_ascii_case(action));
        let soft_delete = || self.steps.iter().any(|step| contains(step.name, "softdelete"));
        match () {
            () if is(["create", "entryexportadd", "create"]) => Operation::Create,
            () if is(["update", "entryexportupdate", "update"]) => match soft_delete() {
                true => Operation::Deactivate,
                false => switched(self.properties).unwrap_or(Operation::Update),
            },
            () if is(["delete", "stageddelete", "entryexportdelete"]) => Operation::Delete,
            () if is(["disable", "entryexportupdatesoftdelete", "disable"]) => Operation::Deactivate,
            () => operation_of_steps(&self.steps, outcome),
        }
    }

    /// The step that names the phase of a failure or skip: the last one that did not succeed.
    fn failing_step(&self, outcome: Outcome) -> Option<&Step<'a>> {
        let steps = || self.steps.iter().rev();
        let with = |wanted: Outcome| steps().find(|step| step.status == Some(wanted));
        match outcome {
            _ if !matches!(self.all_steps, Json::Array(_)) => None,
            Outcome::Success => None,
            Outcome::Failure => with(Outcome::Failure),
            _ => with(outcome)
                .or_else(|| with(Outcome::Failure))
                .or_else(|| steps().find(|step| step.details().get("SkipReason").is_some())),
        }
    }
}

/// Reads a provisioning object. `object` has its parts under Graph's names in any case; parts may
/// be JSON inside strings.
pub(super) fn read<'a>(
    dialect: &'static str,
    record: Json<'a>,
    object: Json<'a>,
    around: Around<'a>,
    wanted: Wanted,
    arena: &'a Bump,
) -> Event<'a> {
    let mut event = Event::new(Provider::Entra, dialect, record);
    event.event_type = Some("provisioning");
    let change = Change::of(Object { fields: object.pick(&FIELDS), arena });
    read_when(&mut event, &change.object, &around);
    read_ids(&mut event, &change.object, &around);
    event.outcome = change.outcome(around.result_type);
    event.operation = change.operation(event.outcome);
    read_app(&mut event, &change.object);
    read_subject(&mut event, &change);
    if matches!(event.operation, Operation::MembershipAdd | Operation::MembershipRemove) {
        event.counterpart = only_member(change.properties);
    }
    // The job's name tells cross-tenant synchronisation, which joins people to accounts by mail.
    if event.ids.job.is_some_and(|job| job.starts_with("Azure2Azure")) {
        event.account = change.object.part(Field::TargetIdentity).str("id");
    }
    if wanted == Wanted::Counts && event.outcome == Outcome::Success {
        return event;
    }
    let initiator = change.object.part(Field::InitiatedBy).pick(const { &Names::new(["displayName", "name"]) });
    event.actor = initiator.text(0).or_else(|| initiator.text(1));
    event.changed = change
        .properties
        .items()
        .filter_map(|property| property.str("displayName"))
        .filter(|name| *name != "accountDisabled")
        .collect();
    if event.outcome != Outcome::Success {
        read_reason(&mut event, &change, &around);
    }
    event
}

fn read_when<'a>(event: &mut Event<'a>, object: &Object<'a>, around: &Around<'a>) {
    event.time = object
        .text(Field::ActivityDateTime)
        .or_else(|| object.text(Field::StartTime))
        .or(around.time)
        .or_else(|| object.text(Field::EndTime))
        .and_then(time::parse);
    event.duration_ms =
        object.integer(Field::DurationInMilliseconds).or_else(|| object.integer(Field::DurationMs)).or(around.duration);
}

fn read_ids<'a>(event: &mut Event<'a>, object: &Object<'a>, around: &Around<'a>) {
    event.ids.event = object.text(Field::Id);
    event.ids.cycle = object.text(Field::CycleId);
    event.ids.job = object.text(Field::JobId);
    event.ids.change = object.text(Field::ChangeId).or(around.correlation);
    event.ids.request = around.correlation.or(event.ids.change);
}

/// Why it did not succeed. Each layer may say it, and the more exact ones come first.
fn read_reason<'a>(event: &mut Event<'a>, change: &Change<'a>, around: &Around<'a>) {
    let arena = change.object.arena;
    let failing = change.failing_step(event.outcome);
    event.reason.phase = failing.and_then(|step| step.phase);
    let details = failing.map_or(Json::Null, Step::details);
    let error = change.status.open("errorInformation", arena).filter(|inner| matches!(inner, Json::Object(_)));
    let error = error.unwrap_or(Json::Null);

    let skip = details.str("SkipReason");
    let code = error
        .str("errorCode")
        .or(change.older_status.str("errorCode"))
        .or(around.error_code)
        .or(details.str("errorCode"))
        .or(skip);
    // The reason that a step gives says more than that something was skipped.
    let (code, beside) = if code == Some(SKIPPED) { (skip.or(code), code) } else { (code, skip) };
    event.set_code(code);
    event.reason.codes.extend(beside.filter(|beside| Some(*beside) != code));

    let message = error
        .str("reason")
        .or(change.older_status.str("reason"))
        .or(around.description)
        .or(error.str("additionalDetails"))
        .or(failing.and_then(|step| step.description))
        .or(details.str("errorMessage"));
    explain(event, message, arena);
    let scoping = change.steps.iter().find(|step| step.phase == Some("scoping"));
    let scoping = scoping.filter(|_| event.outcome == Outcome::Skipped).map_or(Json::Null, Step::details);
    event.reason.message = entra_scoping::with_answers(event.reason.message, scoping, arena);
    let lacks_a_role = entra_scoping::lacks_only_a_role(scoping);
    if lacks_a_role && matches!(event.operation, Operation::Import | Operation::Match | Operation::Other) {
        // It was read, but what is missing is the account.
        event.operation = Operation::Create;
    }
    if event.reason.http_status.is_none() {
        event.reason.http_status = code.filter(|code| code.len() < 24).and_then(crate::event::status_number);
    }
    if let Some(property) = details.str("PropertyName").filter(|property| !event.changed.contains(property)) {
        event.changed.push(property);
    }
    let is_invalid = event.reason.codes.contains(&"AttributeValidationFailed");
    event.needs_action = change.is_held_back() || lacks_a_role || event.outcome == Outcome::Skipped && is_invalid;
}

/// A status as word or as the number that diagnostic records use.
fn status(text: &str) -> Option<Outcome> {
    let is = |words: [&str; 3]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    Some(match () {
        () if is(["success", "0", "0"]) => Outcome::Success,
        () if is(["failure", "failed", "1"]) => Outcome::Failure,
        () if is(["skipped", "2", "2"]) => Outcome::Skipped,
        () if is(["warning", "3", "3"]) => Outcome::Warning,
        () => return None,
    })
}

/// Import, scoping, matching, processing, reference resolution or export. The name wins over the
/// number, since producers number differently.
pub(super) fn step_phase(name: &str, kind: &str) -> Option<&'static str> {
    const KINDS: [(&str, &str); 12] = [
        ("matching", "matching"),
        ("import", "import"),
        ("0", "import"),
        ("scoping", "scoping"),
        ("1", "scoping"),
        ("2", "matching"),
        ("processing", "processing"),
        ("3", "processing"),
        ("referenceresolution", "reference-resolution"),
        ("4", "reference-resolution"),
        ("export", "export"),
        ("5", "export"),
    ];
    match () {
        () if name.starts_with("EntryExport") => Some("export"),
        () if name.starts_with("EntrySynchronizationScoping") => Some("scoping"),
        () if name.starts_with("EntryImport") && !kind.eq_ignore_ascii_case("matching") => Some("import"),
        () => KINDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(kind)).map(|(_, phase)| *phase),
    }
}

fn is_group(identity: Json<'_>) -> Option<bool> {
    identity.str("identityType").map(|kind| contains(kind, "group"))
}

/// Whether a text has a part, ignoring the case of ASCII letters.
fn contains(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// What a change is of which only the steps say it. One that succeeded did at the application what it exported;
/// to read, or to decide what is to be done, does nothing there.
fn operation_of_steps(steps: &[Step<'_>], outcome: Outcome) -> Operation {
    let any = |part: &str| steps.iter().any(|step| contains(step.name, part));
    let was_to = |what: &str| {
        let tells = |step: &&Step<'_>| outcome != Outcome::Success || step.phase == Some("export");
        steps.iter().filter(tells).any(|step| contains(step.name, what))
    };
    match () {
        () if was_to("softdelete") => Operation::Deactivate,
        () if was_to("exportadd") || was_to("synchronizationadd") => Operation::Create,
        () if was_to("exportupdate") || was_to("synchronizationupdate") => Operation::Update,
        () if was_to("exportdelete") || was_to("synchronizationdelete") => Operation::Delete,
        () if any("matching") => Operation::Match,
        () if any("import") => Operation::Import,
        () => Operation::Other,
    }
}

/// What a change of an account is if it is about a group.
pub(super) fn of_group(operation: Operation) -> Operation {
    match operation {
        Operation::Create => Operation::GroupCreate,
        Operation::Update => Operation::GroupUpdate,
        Operation::Delete | Operation::Deactivate => Operation::GroupDelete,
        other => other,
    }
}

/// What an update was for that switches the account off, or on again: for the latter Entra has no word of its own.
fn switched(properties: Json<'_>) -> Option<Operation> {
    let is_switch = |name: &str| ["active", "accountEnabled"].iter().any(|known| known.eq_ignore_ascii_case(name));
    let property = properties.items().find(|property| property.str("displayName").is_some_and(is_switch))?;
    let says = |key: &str, word: &str| {
        property.str(key).is_some_and(|value| value.trim_matches('"').eq_ignore_ascii_case(word))
    };
    match () {
        () if says("newValue", "false") => Some(Operation::Deactivate),
        // Where nothing is told of before, the account was on, and its data came.
        () if says("newValue", "true") && says("oldValue", "false") => Some(Operation::Reactivate),
        () => None,
    }
}

/// Whether a changed property is a group's member.
fn is_member(property: &Json<'_>) -> bool {
    let name = property.str("displayName").and_then(|name| name.get(..6));
    name.is_some_and(|name| name.eq_ignore_ascii_case("member"))
}

/// The member that a change of a group is about, if it is about one.
fn only_member<'a>(properties: Json<'a>) -> Option<&'a str> {
    let mut members = properties.items().filter(is_member);
    let member = members.next()?;
    let value = member.str("newValue").filter(|value| !value.is_empty()).or_else(|| member.str("oldValue"));
    value.filter(|_| members.next().is_none())
}

fn read_app<'a>(event: &mut Event<'a>, object: &Object<'a>) {
    let principal = object.part(Field::ServicePrincipal).items().next().unwrap_or(Json::Null);
    let principal = principal.pick(const { &Names::new(["displayName", "name", "id"]) });
    let target = || object.part(Field::TargetSystem).pick(const { &Names::new(["details", "displayName", "name"]) });
    let details = |key: &str| target().get(0).and_then(|details| details.str(key));
    event.app = App {
        name: principal
            .text(0)
            .or_else(|| principal.text(1))
            .or_else(|| details("ServicePrincipalDisplayName"))
            .or_else(|| target().text(1))
            .or_else(|| target().text(2)),
        id: principal.text(2).or_else(|| details("ServicePrincipalId")),
        kind: event.ids.job.and_then(|job| job.split('.').next()),
    };
}

/// What an identity says of somebody.
struct Identity<'a> {
    group: Option<bool>,
    id: Option<&'a str>,
    name: Option<&'a str>,
    login: Option<&'a str>,
}

impl<'a> Identity<'a> {
    fn of(identity: Json<'a>) -> Identity<'a> {
        let fields = identity.pick(const { &Names::new(["identityType", "id", "displayName", "name", "details"]) });
        // The login is spelled with a capital here and a small letter there.
        let details = fields.get(4).unwrap_or(Json::Null).pick(const { &Names::new(["UserPrincipalName", "mail"]) });
        Identity {
            group: fields.text(0).map(|kind| contains(kind, "group")),
            id: fields.text(1),
            name: fields.text(2).or_else(|| fields.text(3)),
            login: details.text(0).or_else(|| details.text(1)),
        }
    }
}

fn read_subject<'a>(event: &mut Event<'a>, Change { object, steps, source, .. }: &Change<'a>) {
    let source = Identity::of(*source);
    let target = || Identity::of(object.part(Field::TargetIdentity));
    let group = source.group.or_else(|| target().group).unwrap_or(false);
    let from_steps = |key: &str| steps.iter().find_map(|step| step.details().str(key));
    let reported = || object.text(Field::ReportableIdentifier).or_else(|| from_steps("ReportableIdentifier"));
    let login = || {
        source
            .login
            .or_else(|| from_steps("userPrincipalName"))
            .or_else(|| reported().filter(|text| text.contains('@')))
            .or_else(|| target().login)
    };
    let login = if group { None } else { login() };
    // Systems of HR know somebody by a number, and many of their records have nothing else.
    let number = || reported().filter(|_| !group && login.is_none());
    event.subject = Subject {
        kind: Some(if group { "group" } else { "user" }),
        id: source.id.or_else(number).or_else(|| target().id),
        login,
        name: source.name.or_else(reported).or_else(|| target().name),
    };
}

#[cfg(test)]
mod tests;
