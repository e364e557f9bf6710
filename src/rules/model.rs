//! A rule as a type. The format is described in `docs/rule-format.md`. What is read from a file, and the
//! schema by which editors check one, both come from the types here; their comments are what an editor
//! shows to whoever writes a rule.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::event::{Operation, Outcome, Provider};

/// How bad an issue is; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl Retry {
    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Retry::Automatic => "It heals by itself, once the cause is gone.",
            Retry::Manual => "After the fix, retry or restart by hand.",
            Retry::Never => "Nothing retries it.",
            Retry::Depends => "Whether it is retried depends on the case.",
        }
    }
}

/// Who can do the fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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

/// What other events of the log say that decides between two rules; the logic of each is in
/// `analysis/context.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// The account was removed there less than a day before, with success.
    JustRemoved,
    /// The account was removed there some time before, with success, and not given back.
    RemovedBefore,
    /// Something had succeeded for this person there before, and nothing removed the account since.
    ThereBefore,
    /// It fails for at least five people, and since the first of them nothing succeeds at this application.
    EverybodyFails,
}

impl When {
    /// In words, behind "where".
    pub fn words(self) -> &'static str {
        match self {
            When::JustRemoved => "the account was removed there less than a day before",
            When::RemovedBefore => "the account was removed there some time before",
            When::ThereBefore => "the account had worked there before",
            When::EverybodyFails => "it fails for everybody and nothing succeeds at the app",
        }
    }
}

/// A rule whose place this one takes where other events say so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InsteadOf {
    /// The rule that one event alone leads to.
    pub rule: String,
    /// What the other events say.
    pub when: When,
    /// Only where this was to be done.
    #[serde(default)]
    pub operation: Vec<Operation>,
}

/// When to hand it on, to whom, with what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookAlike {
    /// Its rule.
    pub rule: String,
    /// How to tell the two apart.
    pub tell: String,
}

/// What is told of an issue: most of the words of a rule, of which one log needs those of a few.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Advice {
    /// One to three plain sentences that say who said it, and why.
    pub cause: String,
    /// Steps in order; each begins with a verb and names the place in the console.
    #[schemars(length(min = 1))]
    pub fix: Vec<String>,
    /// What one sees when it is fixed.
    pub verify: String,
    /// What the log cannot tell.
    #[serde(default)]
    pub cannot_tell: Option<String>,
    /// Public pages that say so: https addresses or names.
    pub sources: Vec<String>,
    /// When the steps do not help.
    pub escalate: Escalate,
    /// Other issues that one could take this one for.
    #[serde(default)]
    pub look_alikes: Vec<LookAlike>,
}

/// Names a rule.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// Its id.
    pub rule: String,
}

/// Advice that may be read later.
#[derive(Clone, Debug, Default)]
struct Later {
    read: OnceLock<Box<Advice>>,
    /// The advice as JSON, of a built-in rule.
    packed: &'static str,
}

impl Later {
    fn get(&self) -> &Advice {
        // What is built in was proved when it was built, and by a test.
        self.read.get_or_init(|| serde_json::from_str(self.packed).unwrap_or_default())
    }
}

impl Serialize for Later {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(serializer)
    }
}

/// One known issue of Provlens: the words for an admin, what to match on, and the proof.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("anyOf" = [{ "required": ["match"] }, { "required": ["detector"] }, { "required": ["unseen"] }, { "required": ["instead_of"] }]))]
pub struct Rule {
    /// Small letters, digits and hyphens; equal to the file's name, never renamed or reused.
    #[schemars(regex(pattern = "^[a-z0-9-]+$"))]
    pub id: String,
    /// The problem as the admin sees it, in plain words; at most 60 columns, no full stop.
    #[schemars(length(max = 60))]
    pub title: String,
    /// Whose world the rule belongs to: okta, entra, scim (any client), aws, github, ad, hr, ...
    pub provider: String,
    /// Names of the applications it is about; such a rule goes before others.
    #[serde(default)]
    pub apps: Vec<String>,
    /// What kind of thing is wrong.
    pub category: Category,
    /// How bad it is; `info` is not trouble, it explains.
    pub severity: Severity,
    /// Whether it heals by itself.
    pub retry: Retry,
    /// Who can do the fix.
    pub owner: Owner,
    /// `preview` if no public source confirms the wording.
    #[serde(default)]
    pub status: Status,
    /// True for a wrapper that only says that something failed: it wins only if no other rule matches.
    #[serde(default)]
    pub fallback: bool,
    /// Of an issue that several events show together: what finds it.
    #[serde(default)]
    pub detector: Option<Detector>,
    /// Rules whose place this one takes where other events say so.
    #[serde(default)]
    pub instead_of: Vec<InsteadOf>,
    /// True where the record only sums up: another failed event of its transaction, if there is one, says why.
    #[serde(default)]
    pub sums_up: bool,
    /// True where the application's answer says that what was wanted is so already: for the person it counts as done.
    #[serde(default)]
    pub already_done: bool,
    /// Of an issue that is a change of settings: the changes that end it, found as with `match`. Until one comes, the
    /// issue goes on.
    #[serde(default, skip_serializing)]
    pub ended_by: Vec<Arc<Match>>,
    /// Of an issue that no log shows: why, and where one sees it instead.
    #[serde(default)]
    pub unseen: Option<String>,
    /// What an event must have; one of several tables is enough.
    #[serde(default, rename = "match", skip_serializing)]
    pub matches: Vec<Arc<Match>>,
    /// Events that this rule must win against the whole library.
    #[serde(default, rename = "example", skip_serializing)]
    pub examples: Vec<Example>,
    /// Near misses: events that this rule must not win.
    #[serde(default, rename = "counterexample", skip_serializing)]
    pub counterexamples: Vec<Example>,
    /// The rules of the issues that one could take this one for.
    #[serde(default, rename = "look_alikes", skip_serializing)]
    #[schemars(skip)]
    pub alike: Vec<Named>,
    #[serde(flatten, skip_deserializing)]
    #[schemars(with = "Advice", !skip_deserializing)]
    later: Later,
}

impl Rule {
    /// What is told of it. A rule comes with that from a file ([`super::parse`]) or from the library; one that is
    /// deserialised by itself has none.
    pub fn advice(&self) -> &Advice {
        self.later.get()
    }

    /// The same rule with this to be told of it.
    pub(crate) fn advising(self, advice: Advice) -> Rule {
        Rule { later: Later { read: OnceLock::from(Box::new(advice)), packed: "" }, ..self }
    }

    /// The same rule with what is told of it as JSON, to be read when somebody asks for it.
    pub(super) fn advising_later(self, packed: &'static str) -> Rule {
        Rule { later: Later { read: OnceLock::new(), packed }, ..self }
    }

    /// Whether it is about what an application may answer to any client, and not about the world of one vendor.
    pub fn is_for_any_client(&self) -> bool {
        self.provider == Provider::Scim.word()
    }
}

/// An HTTP status, or a range such as "500-599".
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StatusSpec {
    /// A number.
    One(u16),
    /// A number or a range.
    Text(#[schemars(regex(pattern = r"^\s*[0-9]+\s*(-\s*[0-9]+\s*)?$"))] String),
}

impl fmt::Display for StatusSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StatusSpec::One(status) => write!(f, "{status}"),
            StatusSpec::Text(text) => f.write_str(text),
        }
    }
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

/// Where a text is looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the provider's message.
    Message,
    /// In the words of the application.
    Remote,
    /// In a field of the record, at this path.
    Field(String),
}

impl Place {
    /// As a rule file names it.
    pub fn name(&self) -> &str {
        match self {
            Place::Message => "message",
            Place::Remote => "remote",
            Place::Field(path) => path,
        }
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Place, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Ok(match &*name {
            "message" | "text" => Place::Message,
            "remote" => Place::Remote,
            _ => Place::Field(name.into_owned()),
        })
    }
}

/// Texts, by the place where they are looked for. Nearly always there is one place, for which a tree takes half a
/// kilobyte.
#[derive(Clone, Debug, Default)]
pub struct ByPlace(Vec<(Place, Vec<String>)>);

impl ByPlace {
    /// Each place with its texts.
    pub fn iter(&self) -> impl Iterator<Item = (&Place, &[String])> {
        self.0.iter().map(|(place, texts)| (place, &**texts))
    }

    /// The texts of each place.
    pub fn values(&self) -> impl Iterator<Item = &[String]> {
        self.0.iter().map(|(_, texts)| &**texts)
    }
}

impl<'de> Deserialize<'de> for ByPlace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ByPlace, D::Error> {
        deserializer.deserialize_map(TableOfPlaces)
    }
}

/// Reads a table of places.
struct TableOfPlaces;

impl<'de> Visitor<'de> for TableOfPlaces {
    type Value = ByPlace;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of places, each with a list of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ByPlace, A::Error> {
        let mut places = Vec::with_capacity(1);
        while let Some(place) = map.next_entry()? {
            places.push(place);
        }
        // Of whatever order in a file the same comes.
        places.sort_unstable();
        Ok(ByPlace(places))
    }
}

/// Conditions that must all hold; every list means "one of these".
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Match {
    /// okta, entra, scim, aws, ...
    pub provider: Vec<String>,
    /// The exact log format, as `provlens inputs` names it.
    pub dialect: Vec<String>,
    /// The application's label or technical name has one of these words: whole words, ignoring case, spaces and hyphens.
    pub app: Vec<String>,
    /// The application's label and technical name have none of these words: for namesakes of the one that is meant.
    pub app_lacks: Vec<String>,
    /// Okta eventType, Entra audit activity, AWS eventName; * stands for any text.
    pub event_type: Vec<String>,
    /// Okta legacyEventType; * allowed.
    pub legacy_type: Vec<String>,
    /// What was to be done.
    pub operation: Vec<Operation>,
    /// How it ended; left out, failure.
    pub outcome: Vec<Outcome>,
    /// Any code of the event equals one of these, ignoring case; * allowed.
    pub code: Vec<String>,
    /// A number, or a range written "500-599".
    pub http_status: Vec<StatusSpec>,
    /// The SCIM scimType, ignoring case.
    pub scim_type: Vec<String>,
    /// Where it failed: import, scoping, matching, processing, export, create, update, push, ...
    pub phase: Vec<String>,
    /// Place (message, remote, or the path of a raw field) to texts: one of them occurs there.
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub contains: ByPlace,
    /// Place to texts: all of them occur there.
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub contains_all: ByPlace,
    /// Place to texts: none of them occurs there.
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub lacks: ByPlace,
    /// Place to regular expressions: one of them matches there.
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub regex: ByPlace,
}

/// An event that a rule must or must not win: a whole record, or its fields.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Example {
    /// What it shows, for whoever reads the file.
    pub about: Option<String>,
    /// Of a counterexample: the id of the rule that must win it.
    pub winner: Option<String>,
    /// A whole log record, read exactly as from a file; people and ids are invented.
    pub record: Option<String>,
    /// okta, entra, aws or scim.
    pub provider: Option<String>,
    /// The exact log format.
    pub dialect: Option<String>,
    /// The application's name.
    pub app: Option<String>,
    /// As in `[[match]]`.
    pub event_type: Option<String>,
    /// As in `[[match]]`.
    pub legacy_type: Option<String>,
    /// What was to be done.
    pub operation: Option<Operation>,
    /// How it ended; left out, failure.
    pub outcome: Option<Outcome>,
    /// The provider's code.
    pub code: Option<String>,
    /// HTTP status of the application's answer.
    pub http_status: Option<u16>,
    /// SCIM scimType of the application's answer.
    pub scim_type: Option<String>,
    /// Where it failed.
    pub phase: Option<String>,
    /// The message as it stands in the log; it is taken apart as the provider's decoder would do it.
    pub message: Option<String>,
    /// Raw fields: path to text.
    pub fields: BTreeMap<String, String>,
}
