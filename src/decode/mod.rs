//! Records to events, one file a dialect: the only place that knows vendors' field names.

mod access_log;
mod auth0;
mod authentik;
mod aws;
mod cloudflare;
mod databricks;
mod descope;
mod entra;
mod entra_audit;
mod entra_client;
mod entra_job;
mod entra_scoping;
mod entra_shapes;
mod envelope;
mod github;
mod google;
mod jumpcloud;
mod laravel;
mod named;
mod okta;
mod okta_flat;
mod onelogin;
mod pasted;
mod ping;
mod sailpoint;
mod scim_call;
mod scim_error;
mod slack;
mod snowflake;
mod ssosync;
mod text;

use bumpalo::Bump;

use crate::event::{Event, Outcome};
use crate::json::Json;

pub use envelope::open_envelopes;
pub use text::PLAIN_TEXT;

/// What one record turned out to be.
#[derive(Debug)]
pub enum Decoded<'a> {
    /// Provisioning, the directory's life cycle, or configuration around it.
    Event(Box<Event<'a>>),
    /// A record of a known format that is not about provisioning.
    Other {
        /// The format.
        dialect: &'static str,
        /// What it is, in a few words, if that is worth telling.
        what: Option<&'static str>,
    },
    /// A format nobody knows; with its first keys.
    Unrecognised(String),
}

/// One log format.
struct Dialect {
    name: &'static str,
    /// Reads a record that has this format's marks; `None` for all others.
    read: for<'a> fn(Json<'a>, Wanted, &'a Bump) -> Option<Decoded<'a>>,
}

/// How much of an event is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Everything that the record says.
    All,
    /// Of an event that succeeded, only what it takes to count it: time, application, person,
    /// operation, outcome and the record's id. Nine events of ten succeed.
    Counts,
}

/// In the order in which they are tried: a format whose marks include another's comes first.
const DIALECTS: [Dialect; 36] = [
    Dialect { name: "okta-system-log", read: okta::read },
    Dialect { name: "okta-flat", read: |r, _, a| okta_flat::sniff(r).then(|| okta_flat::decode(r, a)) },
    Dialect {
        name: "entra-diag-provisioning",
        read: |r, wanted, a| entra_shapes::sniff_diagnostic(r).then(|| entra_shapes::decode_diagnostic(r, wanted, a)),
    },
    Dialect {
        name: "entra-graph-provisioning",
        read: |r, wanted, a| entra_shapes::sniff_graph(r).then(|| entra_shapes::decode_graph(r, wanted, a)),
    },
    Dialect {
        name: "entra-pod",
        read: |r, _, a| entra_shapes::sniff_on_demand(r).then(|| entra_shapes::decode_on_demand(r, a)),
    },
    Dialect {
        name: "entra-la-provisioning",
        read: |r, _, a| entra_shapes::sniff_table(r).then(|| entra_shapes::decode_table(r, a)),
    },
    Dialect {
        name: "entra-csv-provisioning",
        read: |r, _, a| entra_shapes::sniff_csv(r).then(|| entra_shapes::decode_csv(r, a)),
    },
    Dialect {
        name: "entra-diag-audit",
        read: |r, _, a| entra_audit::sniff_diagnostic(r).then(|| entra_audit::decode_diagnostic(r, a)),
    },
    Dialect {
        name: "entra-la-audit",
        read: |r, _, a| entra_audit::sniff_table(r).then(|| entra_audit::decode_table(r, a)),
    },
    Dialect {
        name: "entra-graph-audit",
        read: |r, _, a| entra_audit::sniff_graph(r).then(|| entra_audit::decode_graph(r, a)),
    },
    Dialect {
        name: "m365-ual",
        read: |r, _, a| entra_audit::sniff_unified(r).then(|| entra_audit::decode_unified(r, a)),
    },
    Dialect { name: "entra-job", read: |r, _, a| entra_job::sniff(r).then(|| entra_job::decode(r, a)) },
    Dialect { name: "azure-other", read: |r, _, a| named::sniff_azure(r).then(|| named::decode_azure(r, a)) },
    Dialect { name: "aws-scim", read: |r, _, a| aws::sniff(r).then(|| aws::decode(r, a)) },
    Dialect { name: "github-audit", read: |r, _, a| github::sniff(r).then(|| github::decode(r, a)) },
    Dialect { name: "google-workspace", read: |r, _, a| google::sniff(r).then(|| google::decode(r, a)) },
    Dialect { name: "jumpcloud", read: |r, _, a| jumpcloud::sniff(r).then(|| jumpcloud::decode(r, a)) },
    Dialect { name: "sailpoint", read: |r, _, a| sailpoint::sniff(r).then(|| sailpoint::decode(r, a)) },
    Dialect { name: "slack-audit", read: |r, _, a| slack::sniff(r).then(|| slack::decode(r, a)) },
    Dialect { name: "databricks-audit", read: |r, _, a| databricks::sniff(r).then(|| databricks::decode(r, a)) },
    Dialect { name: "snowflake-rest-events", read: |r, _, a| snowflake::sniff(r).then(|| snowflake::decode(r, a)) },
    Dialect { name: "cloudflare-scim", read: |r, _, a| cloudflare::sniff(r).then(|| cloudflare::decode(r, a)) },
    Dialect { name: "descope-audit", read: |r, _, a| descope::sniff(r).then(|| descope::decode(r, a)) },
    Dialect { name: "auth0", read: |r, _, a| auth0::sniff(r).then(|| auth0::decode(r, a)) },
    Dialect { name: "onelogin", read: |r, _, a| onelogin::sniff(r).then(|| onelogin::decode(r, a)) },
    Dialect { name: "authentik", read: |r, _, a| authentik::sniff(r).then(|| authentik::decode(r, a)) },
    Dialect { name: "ssosync", read: |r, _, a| ssosync::sniff(r).then(|| ssosync::decode(r, a)) },
    Dialect { name: "access-log", read: |r, _, a| access_log::sniff(r).then(|| access_log::decode(r, a)) },
    Dialect { name: "laravel-log", read: |r, _, a| laravel::sniff(r).then(|| laravel::decode(r, a)) },
    Dialect { name: "entra-client-text", read: |r, _, a| entra_client::sniff(r).then(|| entra_client::decode(r, a)) },
    Dialect { name: "pingfederate-log", read: |r, _, a| ping::sniff(r).then(|| ping::decode(r, a)) },
    Dialect { name: "pasted-text", read: |r, _, a| pasted::sniff(r).then(|| pasted::decode(r, a)) },
    Dialect { name: "text", read: |r, _, a| text::sniff(r).then(|| text::decode(r, a)) },
    Dialect { name: "scim-error", read: |r, _, a| scim_error::sniff(r).then(|| scim_error::decode(r, a)) },
    Dialect { name: "graph-error", read: |r, _, a| scim_error::sniff_graph(r).then(|| scim_error::decode_graph(r, a)) },
    Dialect { name: "named", read: |r, _, a| named::sniff(r).then(|| named::decode(r, a)) },
];

/// Decodes one unwrapped record.
pub fn decode<'a>(record: Json<'a>, wanted: Wanted, arena: &'a Bump) -> Decoded<'a> {
    let read = DIALECTS.iter().find_map(|dialect| (dialect.read)(record, wanted, arena));
    read.unwrap_or_else(|| Decoded::Unrecognised(first_keys(record)))
}

/// What somebody quotes of a failure, without the log that it stood in.
pub enum Quoted<'a> {
    /// A whole record, which says what was tried, where and at which step.
    Record(Box<Event<'a>>),
    /// The message, the code or the answer.
    Words(Box<Event<'a>>),
}

/// Formats that say nothing around a failure: an answer, or lines of text.
const WORDS: [&str; 5] = ["entra-client-text", "pasted-text", "text", "scim-error", "graph-error"];

/// The failure that somebody quotes: of several records the first one that failed.
pub fn quoted<'a>(words: &'a str, arena: &'a Bump) -> Quoted<'a> {
    let mut found: Option<Box<Event<'a>>> = None;
    let mut take = |record: Json<'a>| {
        if found.as_ref().is_none_or(|event| event.outcome != Outcome::Failure)
            && let Decoded::Event(event) = decode(record, Wanted::All, arena)
            && (found.is_none() || event.outcome == Outcome::Failure)
        {
            found = Some(event);
        }
    };
    match crate::json::parse(words.trim().as_bytes(), arena) {
        Ok(Json::Array(items)) => items.iter().for_each(|item| open_envelopes(item, arena, &mut take)),
        Ok(record) => open_envelopes(record, arena, &mut take),
        Err(_) => {}
    }
    match found {
        Some(event) if !WORDS.contains(&event.dialect) => Quoted::Record(event),
        Some(event) => Quoted::Words(event),
        None => Quoted::Words(pasted::quoted(words, arena)),
    }
}

/// Formats whose records need not say when: a single answer, the state of a job, lines that somebody pasted.
const UNDATED: [&str; 7] =
    ["entra-job", "entra-pod", "entra-client-text", "pasted-text", "text", "scim-error", "graph-error"];

/// Fields that say when, in the formats that need to.
const WHEN: [&str; 17] = [
    "published",
    "activityDateTime",
    "Date",
    "date",
    "time",
    "timestamp",
    "@timestamp",
    "TimeGenerated",
    "CreationTime",
    "eventTime",
    "event_timestamp",
    "created_at",
    "created",
    "date_create",
    "logged_at",
    "occurred",
    "startTime",
];

/// What a record says of when it happened, though it is no time: empty if it says nothing. `None` in formats
/// whose records need not say it.
pub fn written_time<'a>(dialect: &str, record: Json<'a>) -> Option<&'a str> {
    if UNDATED.contains(&dialect) {
        return None;
    }
    Some(WHEN.iter().find_map(|name| record.str(name)).unwrap_or_default())
}

/// Names of all log formats, for rules that ask for one.
pub fn dialect_names() -> impl Iterator<Item = &'static str> {
    DIALECTS.iter().map(|dialect| dialect.name)
}

/// Columns without which a table of a known format tells too little.
pub fn missing_columns(columns: &[String]) -> Vec<&'static str> {
    entra_shapes::missing_columns(columns)
}

fn first_keys(record: Json<'_>) -> String {
    let keys: Vec<&str> = record.fields().iter().take(6).map(|(key, _)| key).collect();
    if keys.is_empty() { "no fields".to_owned() } else { keys.join(", ") }
}

/// Whether a record is a block of text of this kind; the framing says which it is.
fn is_text(record: Json<'_>, kind: &str) -> bool {
    record.exact("provlens.text").and_then(Json::text) == Some(kind)
}

/// Takes a message apart and puts its layers into the event.
fn explain<'a>(event: &mut Event<'a>, message: Option<&'a str>, arena: &'a Bump) {
    let Some(message) = message else { return };
    event.reason.message = Some(message);
    event.explain(crate::event::unwrap_reason(message, arena));
}

/// Fills in what the short form of a rule's example leaves to the decoder.
pub fn explain_example<'a>(event: &mut Event<'a>, message: &'a str, arena: &'a Bump) {
    explain(event, Some(message), arena);
}
