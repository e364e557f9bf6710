//! The normalised event: what every dialect is turned into.

mod entry;
pub mod filter;
mod provider;
mod reason;
pub mod store;
mod words;

use serde::Serialize;

use self::words::words;
use crate::json::Json;
use crate::text::time::Micros;

/// How the names of clusters begin, which stand where a failure has no rule.
pub const CLUSTER: &str = "u-";

pub use entry::{Certainty, Entry, Names, Needs, Place, Said, Sink};
pub use provider::Provider;
pub use reason::{Layers, scim_type, status_number, unwrap_reason};

words! {
    /// What was to be done.
    #[derive(PartialOrd, Ord)]
    Operation {
        /// Account created.
        Create = "create",
        /// Account changed.
        Update = "update",
        /// Account switched off.
        Deactivate = "deactivate",
        /// Account switched on again.
        Reactivate = "reactivate",
        /// Account removed.
        Delete = "delete",
        /// Read from an application or directory.
        Import = "import",
        /// Looked up or linked.
        Match = "match",
        /// Password set.
        Password = "password",
        /// Group created.
        GroupCreate = "group-create",
        /// Group changed.
        GroupUpdate = "group-update",
        /// Group removed.
        GroupDelete = "group-delete",
        /// Member added.
        MembershipAdd = "membership-add",
        /// Member removed.
        MembershipRemove = "membership-remove",
        /// Application assigned in the identity provider.
        AssignmentAdd = "assignment-add",
        /// Assignment removed in the identity provider.
        AssignmentRemove = "assignment-remove",
        /// Credentials tested or used.
        CredentialCheck = "credential-check",
        /// A synchronisation cycle.
        Cycle = "cycle",
        /// A job put into or taken out of quarantine.
        Quarantine = "quarantine",
        /// An on-premises agent.
        Agent = "agent",
        /// Schema read or changed.
        Schema = "schema",
        /// Configuration changed.
        ConfigChange = "config-change",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// How it ended.
    #[derive(PartialOrd, Ord)]
    Outcome {
        /// Done.
        Success = "success",
        /// Not done, nothing to do.
        Skipped = "skipped",
        /// Not finished yet.
        Pending = "pending",
        /// Done with a remark, or worth showing.
        Warning = "warning",
        /// Refused or broken.
        Failure = "failure",
    }
}

/// The connected application, or the directory or HR system data comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct App<'a> {
    /// The label that the admin gave it.
    pub name: Option<&'a str>,
    /// Instance id.
    pub id: Option<&'a str>,
    /// Technical name: catalogue name, connector, job template.
    pub kind: Option<&'a str>,
}

/// Whom it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Subject<'a> {
    /// `user`, `group` or another kind.
    pub kind: Option<&'a str>,
    /// Id in the identity provider.
    pub id: Option<&'a str>,
    /// Login or user principal name.
    pub login: Option<&'a str>,
    /// Display name.
    pub name: Option<&'a str>,
}

/// Every id that a vendor's support asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Ids<'a> {
    /// The record itself.
    pub event: Option<&'a str>,
    /// Okta transaction.
    pub transaction: Option<&'a str>,
    /// Request or correlation.
    pub request: Option<&'a str>,
    /// Entra synchronisation cycle.
    pub cycle: Option<&'a str>,
    /// Entra job.
    pub job: Option<&'a str>,
    /// Entra change.
    pub change: Option<&'a str>,
}

impl<'a> Ids<'a> {
    /// Those that there are, with their names.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &'a str)> + use<'a> {
        let all = [
            ("event", self.event),
            ("transaction", self.transaction),
            ("request", self.request),
            ("cycle", self.cycle),
            ("job", self.job),
            ("change", self.change),
        ];
        all.into_iter().filter_map(|(name, id)| Some((name, id?)))
    }
}

/// Why it failed, layer by layer.
#[derive(Clone, Debug, Default)]
pub struct Reason<'a> {
    /// The provider's own code.
    pub code: Option<&'a str>,
    /// All codes of all layers, the provider's first.
    pub codes: Vec<&'a str>,
    /// Everything the log says, the application's words included.
    pub message: Option<&'a str>,
    /// Where it failed.
    pub phase: Option<&'a str>,
    /// HTTP status of the application's answer.
    pub http_status: Option<u16>,
    /// SCIM `scimType` of the application's answer.
    pub scim_type: Option<&'a str>,
    /// The application's own words.
    pub remote: Option<&'a str>,
}

/// One normalised event. Text borrows from the record or from the arena it was decoded into.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// UTC; `None` if the record has no usable time.
    pub time: Option<Micros>,
    /// Whose log it is.
    pub provider: Provider,
    /// The exact log format.
    pub dialect: &'static str,
    /// The vendor's name of the event.
    pub event_type: Option<&'a str>,
    /// Okta's older, finer name.
    pub legacy_type: Option<&'a str>,
    /// What was to be done.
    pub operation: Operation,
    /// How it ended.
    pub outcome: Outcome,
    /// A skip that leaves somebody without access.
    pub needs_action: bool,
    /// The application.
    pub app: App<'a>,
    /// Whom it is about.
    pub subject: Subject<'a>,
    /// Id of the account at the target, where people of the source may be joined to a wrong one
    /// (cross-tenant synchronisation).
    pub account: Option<&'a str>,
    /// Of a group membership, who else it is about: the group of a member, or the member of a group.
    pub counterpart: Option<&'a str>,
    /// Who or what did it.
    pub actor: Option<&'a str>,
    /// Why it failed.
    pub reason: Reason<'a>,
    /// Ids.
    pub ids: Ids<'a>,
    /// Milliseconds it took.
    pub duration_ms: Option<i64>,
    /// Names of the attributes touched.
    pub changed: Vec<&'a str>,
    /// The record as decoded, for rules that need a vendor's raw field.
    pub raw: Json<'a>,
}

impl<'a> Event<'a> {
    /// An event of which nothing is known but its format.
    pub fn new(provider: Provider, dialect: &'static str, raw: Json<'a>) -> Event<'a> {
        Event {
            time: None,
            provider,
            dialect,
            event_type: None,
            legacy_type: None,
            operation: Operation::Other,
            outcome: Outcome::Success,
            needs_action: false,
            app: App::default(),
            subject: Subject::default(),
            account: None,
            counterpart: None,
            actor: None,
            reason: Reason::default(),
            ids: Ids::default(),
            duration_ms: None,
            changed: Vec::new(),
            raw,
        }
    }

    /// An event that came from no record.
    #[cfg(test)]
    pub fn unrecorded(provider: Provider, dialect: &'static str) -> Event<'a> {
        Event::new(provider, dialect, Json::Null)
    }

    /// The application's name as shown: label, else technical name.
    pub fn app_name(&self) -> Option<&'a str> {
        self.app.name.or(self.app.kind)
    }

    /// What identifies the person: login, else id, else display name.
    pub fn who(&self) -> Option<&'a str> {
        self.subject.login.or(self.subject.id).or(self.subject.name)
    }

    /// Takes a layered text apart and fills the reason's empty fields from it.
    pub fn explain(&mut self, layers: Layers<'a>) {
        let reason = &mut self.reason;
        reason.http_status = layers.http_status.or(reason.http_status);
        reason.scim_type = layers.scim_type.or(reason.scim_type);
        reason.remote = layers.remote.or(reason.remote);
        for code in layers.codes {
            if !reason.codes.contains(&code) {
                reason.codes.push(code);
            }
        }
    }

    /// Sets the provider's code.
    pub fn set_code(&mut self, code: Option<&'a str>) {
        if let Some(code) = code {
            self.reason.code = Some(code);
            self.reason.codes.insert(0, code);
        }
    }
}
