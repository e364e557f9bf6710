//! A rule as a type. The format is described in `docs/rule-format.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::{Operation, Outcome};

/// How bad an issue is; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Explains; is not trouble.
    Info,
    /// Cosmetic.
    Low,
    /// Some people are affected.
    Medium,
    /// Many people are affected, or somebody is blocked.
    High,
    /// Security, or everyone.
    Critical,
}

impl Severity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Category {
    Credential,
    Permission,
    Attribute,
    Mapping,
    Conflict,
    Scope,
    Assignment,
    Group,
    Licence,
    RateLimit,
    Connectivity,
    Protocol,
    Cycle,
    Quarantine,
    Agent,
}

/// Whether it heals by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Retry {
    /// It heals by itself.
    Automatic,
    /// After the fix somebody must retry or restart.
    Manual,
    /// Nothing retries it.
    Never,
    /// It depends.
    Depends,
}

/// Who can do the fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, clippy::enum_variant_names)]
pub enum Owner {
    ItAdmin,
    Hr,
    AppOwner,
    Network,
    IdpSupport,
    AppVendor,
    Engineering,
}

impl Owner {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Owner::ItAdmin => "you, as the admin of the identity provider",
            Owner::Hr => "HR, who own the person's data",
            Owner::AppOwner => "the owner or admin of the application",
            Owner::Network => "the network team",
            Owner::IdpSupport => "the identity provider's support",
            Owner::AppVendor => "the application's vendor",
            Owner::Engineering => "the engineers of the application",
        }
    }
}

/// Whether the wording is confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Confirmed by a public source.
    #[default]
    Stable,
    /// Not confirmed.
    Preview,
}

/// Finds an issue that shows in several events only; the logic of each is one file of
/// `analysis/patterns/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detector {
    /// Nearly every change of one synchronisation cycle fails.
    CycleFails,
    /// An Entra job comes near the number of failures that puts it into quarantine.
    QuarantineForecast,
    /// The app refused for its rate limit again and again, and then for good.
    RateLimitStreak,
    /// Every call is refused since the person who owns the token was switched off.
    TokenOwnerDisabled,
    /// A member could not be removed because a time-limited assignment had already ended.
    RemovalAfterExpiry,
    /// An account is switched on and off in turn, as if two sources disagreed.
    Flapping,
    /// An import stopped at its safeguard and nothing was read since.
    ImportStopped,
    /// Somebody lost the assignment, and the account was never switched off.
    NotDeprovisioned,
    /// The same change succeeds again and again, and so never takes effect.
    SameChangeAgain,
    /// Two people of the source are joined to one account.
    SharedTarget,
    /// A directory took a change and half a minute later the sync still failed.
    LateFailure,
}

/// When to hand it on, to whom, with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalate {
    /// When.
    pub when: String,
    /// To whom.
    pub to: String,
    /// What to send along.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// An issue that looks alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookAlike {
    /// Its rule.
    pub rule: String,
    /// How to tell the two apart.
    pub tell: String,
}

/// One known issue.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Rule {
    pub id: String,
    pub title: String,
    pub provider: String,
    #[serde(default)]
    pub apps: Vec<String>,
    pub category: Category,
    pub severity: Severity,
    pub retry: Retry,
    pub owner: Owner,
    #[serde(default)]
    pub status: Status,
    #[serde(default)]
    pub fallback: bool,
    pub cause: String,
    pub fix: Vec<String>,
    pub verify: String,
    #[serde(default)]
    pub cannot_tell: Option<String>,
    /// Of an issue that several events show together: what finds it.
    #[serde(default)]
    pub detector: Option<Detector>,
    /// Of an issue that no log shows: why, and where one sees it instead.
    #[serde(default)]
    pub unseen: Option<String>,
    pub sources: Vec<String>,
    pub escalate: Escalate,
    #[serde(default)]
    pub look_alikes: Vec<LookAlike>,
    #[serde(default, rename = "match", skip_serializing)]
    pub matches: Vec<Match>,
    #[serde(default, rename = "example", skip_serializing)]
    pub examples: Vec<Example>,
    #[serde(default, rename = "counterexample", skip_serializing)]
    pub counterexamples: Vec<Example>,
}

/// A status or a range of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum StatusSpec {
    One(u16),
    Text(String),
}

impl StatusSpec {
    /// First and last status; `None` if it is neither a number nor `a-b`.
    pub fn bounds(&self) -> Option<(u16, u16)> {
        match self {
            StatusSpec::One(status) => Some((*status, *status)),
            StatusSpec::Text(text) => match text.split_once('-') {
                Some((from, to)) => Some((from.trim().parse().ok()?, to.trim().parse().ok()?)),
                None => text.trim().parse().ok().map(|status| (status, status)),
            },
        }
    }
}

/// Conditions that must all hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Match {
    pub provider: Vec<String>,
    pub dialect: Vec<String>,
    pub app: Vec<String>,
    pub event_type: Vec<String>,
    pub legacy_type: Vec<String>,
    pub operation: Vec<Operation>,
    pub outcome: Vec<Outcome>,
    pub code: Vec<String>,
    pub http_status: Vec<StatusSpec>,
    pub scim_type: Vec<String>,
    pub phase: Vec<String>,
    pub contains: BTreeMap<String, Vec<String>>,
    pub contains_all: BTreeMap<String, Vec<String>>,
    pub lacks: BTreeMap<String, Vec<String>>,
    pub regex: BTreeMap<String, Vec<String>>,
}

/// An event that a rule must or must not win: a whole record, or its fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Example {
    pub about: Option<String>,
    pub winner: Option<String>,
    pub record: Option<String>,
    pub provider: Option<String>,
    pub dialect: Option<String>,
    pub app: Option<String>,
    pub event_type: Option<String>,
    pub legacy_type: Option<String>,
    pub operation: Option<Operation>,
    pub outcome: Option<Outcome>,
    pub code: Option<String>,
    pub http_status: Option<u16>,
    pub scim_type: Option<String>,
    pub phase: Option<String>,
    pub message: Option<String>,
    pub fields: BTreeMap<String, String>,
}
