//! Records to events, one file a dialect: the only place that knows vendors' field names.

mod aws;
mod entra;
mod entra_audit;
mod entra_job;
mod entra_shapes;
mod envelope;
mod named;
mod okta;
mod okta_flat;
mod scim_error;
mod server;

use bumpalo::Bump;

use crate::event::Event;
use crate::json::Json;

pub use envelope::open_envelopes;

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
    /// Whether a record has this format's marks.
    sniff: fn(Json<'_>) -> bool,
    decode: for<'a> fn(Json<'a>, &'a Bump) -> Decoded<'a>,
}

/// In the order in which they are tried: a format whose marks include another's comes first.
const DIALECTS: [Dialect; 21] = [
    Dialect { name: "okta-system-log", sniff: okta::sniff, decode: okta::decode },
    Dialect { name: "okta-flat", sniff: okta_flat::sniff, decode: okta_flat::decode },
    Dialect {
        name: "entra-diag-provisioning",
        sniff: entra_shapes::sniff_diagnostic,
        decode: entra_shapes::decode_diagnostic,
    },
    Dialect { name: "entra-graph-provisioning", sniff: entra_shapes::sniff_graph, decode: entra_shapes::decode_graph },
    Dialect { name: "entra-pod", sniff: entra_shapes::sniff_on_demand, decode: entra_shapes::decode_on_demand },
    Dialect { name: "entra-la-provisioning", sniff: entra_shapes::sniff_table, decode: entra_shapes::decode_table },
    Dialect { name: "entra-csv-provisioning", sniff: entra_shapes::sniff_csv, decode: entra_shapes::decode_csv },
    Dialect { name: "entra-diag-audit", sniff: entra_audit::sniff_diagnostic, decode: entra_audit::decode_diagnostic },
    Dialect { name: "entra-graph-audit", sniff: entra_audit::sniff_graph, decode: entra_audit::decode_graph },
    Dialect { name: "m365-ual", sniff: entra_audit::sniff_unified, decode: entra_audit::decode_unified },
    Dialect { name: "entra-job", sniff: entra_job::sniff, decode: entra_job::decode },
    Dialect { name: "azure-other", sniff: named::sniff_azure, decode: named::decode_azure },
    Dialect { name: "aws-scim", sniff: aws::sniff, decode: aws::decode },
    Dialect { name: "authentik", sniff: server::sniff_authentik, decode: server::decode_authentik },
    Dialect { name: "pasted-text", sniff: server::sniff_pasted, decode: server::decode_pasted },
    Dialect { name: "access-log", sniff: server::sniff_access_log, decode: server::decode_access_log },
    Dialect { name: "laravel-log", sniff: server::sniff_laravel, decode: server::decode_laravel },
    Dialect { name: "text", sniff: server::sniff_text, decode: server::decode_text },
    Dialect { name: "scim-error", sniff: scim_error::sniff, decode: scim_error::decode },
    Dialect { name: "graph-error", sniff: scim_error::sniff_graph, decode: scim_error::decode_graph },
    Dialect { name: "named", sniff: named::sniff, decode: named::decode },
];

/// Decodes one unwrapped record.
pub fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    match DIALECTS.iter().find(|dialect| (dialect.sniff)(record)) {
        Some(dialect) => (dialect.decode)(record, arena),
        None => Decoded::Unrecognised(first_keys(record)),
    }
}

/// Names of all log formats, for rules that ask for one.
pub fn dialect_names() -> impl Iterator<Item = &'static str> {
    DIALECTS.iter().map(|dialect| dialect.name)
}

fn first_keys(record: Json<'_>) -> String {
    let keys: Vec<&str> = record.fields().iter().take(6).map(|(key, _)| key).collect();
    if keys.is_empty() { "no fields".to_owned() } else { keys.join(", ") }
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
