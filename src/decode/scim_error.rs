//! Error bodies on their own: evidence without person, and mostly without time.
//! Source: RFC 7644 section 3.12 <https://www.rfc-editor.org/rfc/rfc7644#section-3.12>

use bumpalo::Bump;

use super::{Decoded, WHEN, explain};
use crate::event::{Event, Outcome, Provider};
use crate::json::Json;
use crate::text::time;

/// What Cloud Foundry's UAA, and SAP BTP with it, says in place of a `scimType`, and the status it sends with it.
/// Source: <https://github.com/cloudfoundry/uaa>, the exceptions of its package `scim`.
const UAA_CODES: [(&str, u16); 3] =
    [("scim_resource_already_exists", 409), ("scim_resource_not_found", 404), ("invalid_scim_resource", 400)];

/// An error body, or one that an application's log has inside `{"status":409,"response":{…}}`: Pulumi shows it so,
/// <https://www.pulumi.com/docs/pulumi-cloud/access-management/scim/faq/>.
pub(super) fn sniff(record: Json<'_>) -> bool {
    let wrapped = || record.get("response").filter(|_| record.has("status"));
    is_error(record) || wrapped().is_some_and(is_error)
}

fn is_error(record: Json<'_>) -> bool {
    let schemas = record.get("schemas").unwrap_or(Json::Null);
    schemas
        .items()
        .any(|schema| schema.text().is_some_and(|text| text.starts_with("urn:ietf:params:scim:api:messages:2.0:Error")))
        || record
            .get("Errors")
            .is_some_and(|errors| errors.items().all(|error| error.has("description") || error.has("code")))
        || uaa_status(record).is_some()
}

fn uaa_status(record: Json<'_>) -> Option<u16> {
    let code = record.str("error")?;
    UAA_CODES.into_iter().find(|(known, _)| *known == code).map(|(_, status)| status)
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    failure(Provider::Scim, "scim-error", record, arena)
}

pub(super) fn sniff_graph(record: Json<'_>) -> bool {
    record.path("error.code").is_some() && record.path("error.message").is_some()
}

pub(super) fn decode_graph<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    failure(Provider::Entra, "graph-error", record, arena)
}

fn failure<'a>(provider: Provider, dialect: &'static str, record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let mut event = Event::new(provider, dialect, record);
    event.outcome = Outcome::Failure;
    event.time = WHEN.iter().find_map(|name| record.str(name)).and_then(time::parse);
    let body = print(record);
    explain(&mut event, Some(arena.alloc_str(&body)), arena);
    event.set_code(record.str_at("error.code"));
    event.reason.http_status = event.reason.http_status.or(uaa_status(record));
    event.reason.message = event.reason.remote.or(event.reason.message);
    Decoded::Event(Box::new(event))
}

/// The body as compact JSON, so that it is taken apart like one found inside a text.
fn print(value: Json<'_>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(digits) => digits.to_owned(),
        Json::String(text) => quoted(text),
        Json::Array(items) => format!("[{}]", items.iter().map(print).collect::<Vec<_>>().join(",")),
        Json::Object(fields) => format!(
            "{{{}}}",
            fields.iter().map(|(key, inner)| format!("{}:{}", quoted(key), print(inner))).collect::<Vec<_>>().join(",")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn an_answer_of_cloud_foundry_has_the_status_of_its_code() {
        let arena = Bump::new();
        let status = |body: &str| {
            let record = parse(body.as_bytes(), &arena).unwrap();
            match sniff(record).then(|| decode(record, &arena)) {
                Some(Decoded::Event(event)) => event.reason.http_status,
                _ => None,
            }
        };
        assert_eq!(status(r#"{"error":"scim_resource_already_exists"}"#), Some(409));
        assert_eq!(
            status(r#"{"error":"scim_resource_not_found","error_description":"User 7 does not exist"}"#),
            Some(404)
        );
        assert_eq!(status(r#"{"error":"invalid_scim_resource","message":"A username must be provided."}"#), Some(400));
        assert_eq!(status(r#"{"error":"invalid_client","error_description":"Bad credentials"}"#), None);
    }
}
