//! Unwrapping the layers of an error text, outside in.
//!
//! The identity provider wraps what the application answered. Okta: `Error while creating user X:
//! Conflict. Errors reported by remote server: …`; Entra: `StatusCode: … Message: … Web Response:
//! {…} This operation was retried …`. Status, `scimType` and words are taken from the innermost
//! layer that has them, and the application's words are kept apart from the provider's.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use bumpalo::Bump;

use crate::json::{self, Found, Json, Reader};

/// What an error text is made of.
#[derive(Clone, Debug, Default)]
pub struct Layers<'a> {
    /// HTTP status.
    pub http_status: Option<u16>,
    /// SCIM `scimType`.
    pub scim_type: Option<&'a str>,
    /// The application's own words.
    pub remote: Option<&'a str>,
    /// Codes found inside: AADSTS numbers, Okta `E000…`, vendor codes.
    pub codes: Vec<&'a str>,
}

/// HTTP phrases as Okta writes them, and .NET names as Entra does; compared without spaces.
const STATUSES: [(&str, u16); 34] = [
    ("badrequest", 400),
    ("unauthorized", 401),
    ("paymentrequired", 402),
    ("forbidden", 403),
    ("notfound", 404),
    ("methodnotallowed", 405),
    ("notacceptable", 406),
    ("proxyauthenticationrequired", 407),
    ("requesttimeout", 408),
    ("conflict", 409),
    ("gone", 410),
    ("lengthrequired", 411),
    ("preconditionfailed", 412),
    ("requestentitytoolarge", 413),
    ("payloadtoolarge", 413),
    ("requesturitoolong", 414),
    ("unsupportedmediatype", 415),
    ("expectationfailed", 417),
    ("unprocessableentity", 422),
    ("locked", 423),
    ("faileddependency", 424),
    ("preconditionrequired", 428),
    ("toomanyrequests", 429),
    ("internalservererror", 500),
    ("notimplemented", 501),
    ("badgateway", 502),
    ("serviceunavailable", 503),
    ("gatewaytimeout", 504),
    ("httpversionnotsupported", 505),
    ("redirect", 302),
    ("moved", 301),
    ("movedpermanently", 301),
    ("temporaryredirect", 307),
    ("permanentredirect", 308),
];

/// The number of an HTTP status given as `409`, `Conflict`, `Unprocessable Entity` or `BadRequest`.
pub fn status_number(text: &str) -> Option<u16> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 3 {
        return text.get(..digits)?.parse().ok().filter(|status| (100..600).contains(status));
    }
    let letters = || text.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase());
    STATUSES.iter().find(|(name, _)| letters().eq(name.chars())).map(|(_, status)| *status)
}

/// What is looked for in an error text, all of it at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Where the application's words begin in an Okta text.
    OktaRemote,
    /// Where the application's answer begins in an Entra text.
    Answer,
    /// The same where there is no [`Mark::Answer`].
    Content,
    /// Where Entra's own words go on behind the answer.
    Retried,
    /// An HTTP status follows. The smaller number is believed first.
    Status(u8),
}

const MARKS: [(&str, Mark); 15] = [
    ("errors reported by remote server", Mark::OktaRemote),
    ("errors reported by the connector", Mark::OktaRemote),
    ("error reported by remote server", Mark::OktaRemote),
    ("errors reported by the remote server", Mark::OktaRemote),
    ("web response:", Mark::Answer),
    ("response content:", Mark::Content),
    ("this operation was retried", Mark::Retried),
    ("statuscode:", Mark::Status(0)),
    ("status code:", Mark::Status(1)),
    ("http status code", Mark::Status(2)),
    ("http status:", Mark::Status(3)),
    ("http status", Mark::Status(4)),
    ("http error", Mark::Status(5)),
    ("http/", Mark::Status(6)),
    ("http ", Mark::Status(7)),
];

static AUTOMATON: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(MARKS.map(|(text, _)| text)).ok());

/// The marks of one text, in their order.
struct Marks<'t> {
    text: &'t str,
    found: Vec<(Mark, usize, usize)>,
}

impl<'t> Marks<'t> {
    fn of(text: &'t str) -> Marks<'t> {
        let found = AUTOMATON.iter().flat_map(|automaton| automaton.find_overlapping_iter(text));
        let named = found.filter_map(|hit| Some((MARKS.get(hit.pattern().as_usize())?.1, hit.start(), hit.end())));
        Marks { text, found: named.collect() }
    }

    /// Start and end of the first such mark.
    fn first(&self, wanted: Mark) -> Option<(usize, usize)> {
        let places = self.found.iter().filter(|(mark, ..)| *mark == wanted).map(|(_, start, end)| (*start, *end));
        places.min()
    }

    /// `StatusCode: X`, `Response Status Code: X`, `HTTP status code 409`, `HTTP 400`, `HTTP/404`,
    /// `HTTP Status: 401`, before `end`.
    fn status_before(&self, end: usize) -> Option<u16> {
        let text = self.text.get(..end)?;
        (0..8).find_map(|rank| {
            let places = self.found.iter().filter(|(mark, ..)| *mark == Mark::Status(rank));
            places
                .filter_map(|(_, _, behind)| {
                    let rest = text.get(*behind..)?.trim_start();
                    let word = rest.char_indices().find(|(_, c)| !c.is_alphanumeric()).map_or(rest.len(), |(at, _)| at);
                    status_number(rest.get(..word)?)
                })
                .next()
        })
    }

    /// `Error while creating user X: Unprocessable Entity. ` → 422, of what stands before `end`.
    fn phrase_before(&self, end: usize) -> Option<u16> {
        let text = self.text.get(..end)?.trim_end().trim_end_matches(['.', ':', ' ']);
        let last = text.rsplit([':', '.']).next().unwrap_or(text);
        let words = last.trim().trim_start_matches("HTTP ").trim();
        status_number(words).or_else(|| self.status_before(text.len()))
    }
}

/// Takes an error text of any provider apart.
pub fn unwrap_reason<'a>(text: &'a str, arena: &'a Bump) -> Layers<'a> {
    let mut layers = Layers::default();
    let marks = Marks::of(text);
    if let Some((at, end)) = marks.first(Mark::OktaRemote) {
        layers.http_status = marks.phrase_before(at);
        let remote = text.get(end..).unwrap_or_default().trim_start_matches([' ', ':']).trim();
        let remote = remote.strip_suffix("Error Code: null").unwrap_or(remote).trim().trim_end_matches('.');
        absorb_remote(remote, &mut layers, arena);
    } else if let Some((at, end)) = marks.first(Mark::Answer).or_else(|| marks.first(Mark::Content)) {
        layers.http_status = marks.status_before(at);
        let retried = marks.found.iter().rfind(|(mark, start, _)| *mark == Mark::Retried && *start >= end);
        let body = text.get(end..retried.map_or(text.len(), |(_, start, _)| *start)).unwrap_or_default();
        absorb_remote(body.trim().trim_end_matches('.'), &mut layers, arena);
    } else if text.trim_start().starts_with('{') {
        absorb_remote(text.trim(), &mut layers, arena);
    } else {
        layers.http_status = marks.status_before(text.len());
        // Okta's own short form: `Error while creating user X: Conflict`, a bare `Unauthorized`.
        if layers.http_status.is_none() && text.len() < 300 {
            layers.http_status = marks.phrase_before(text.len());
        }
    }
    codes_in(text, &mut layers);
    layers
}

/// Reads the application's answer: SCIM 1.1 and 2.0 errors, other JSON, JSON inside strings to
/// three levels, HTML, plain text.
fn absorb_remote<'a>(body: &'a str, layers: &mut Layers<'a>, arena: &'a Bump) {
    if body.is_empty() {
        return;
    }
    layers.remote = Some(body);
    let mut text = body;
    for _ in 0..3 {
        let Some(start) = text.find('{') else { break };
        let candidate = text.get(start..).unwrap_or_default();
        let end = match Reader::default().read(candidate.as_bytes(), 0) {
            Found::Value(value) => value.end,
            _ => {
                cut_off_body(candidate, layers);
                return;
            }
        };
        let Ok(parsed) = json::parse(candidate.as_bytes().get(..end).unwrap_or_default(), arena) else { return };
        match read_body(parsed, layers, arena) {
            Some(inner) => {
                layers.remote = Some(inner);
                text = inner;
            }
            None => return,
        }
    }
}

/// Reads one error object; gives its words.
fn read_body<'a>(body: Json<'a>, layers: &mut Layers<'a>, arena: &'a Bump) -> Option<&'a str> {
    let body = ["Errors", "errors", "error", "odata.error", "response"]
        .iter()
        .find_map(|key| match body.get(key) {
            Some(inner @ Json::Object(_)) => Some(inner),
            Some(Json::Array(items)) => items.iter().next().filter(|item| matches!(item, Json::Object(_))),
            _ => None,
        })
        .unwrap_or(body);
    if let Some(status) =
        ["status", "code", "statusCode", "http_status"].iter().find_map(|key| body.str(key).and_then(status_number))
    {
        layers.http_status = Some(status);
    }
    if let Some(scim_type) = body.str("scimType") {
        layers.scim_type = Some(scim_type);
    }
    for key in ["code", "errorCode", "error_code", "error"] {
        if let Some(code) =
            body.str(key).filter(|code| code.len() <= 80 && status_number(code).is_none() && !code.contains(' '))
        {
            layers.codes.push(code);
        }
    }
    ["detail", "description", "message", "error_description", "errorMessage", "errorSummary", "error", "title"]
        .iter()
        .find_map(|key| body.get(key).and_then(|value| words(value, arena)))
}

/// A text, the `value` of an OData message, or an object or list printed as JSON.
fn words<'a>(value: Json<'a>, arena: &'a Bump) -> Option<&'a str> {
    match value {
        Json::Object(_) if value.has("value") && value.fields().count() <= 2 => value.str("value"),
        Json::Object(_) | Json::Array(_) => {
            let mut out = String::new();
            flatten(value, &mut out);
            (!out.is_empty()).then(|| &*arena.alloc_str(&out))
        }
        _ => value.text(),
    }
}

/// `{"Operations":{"op":["x"]}}` → `Operations op: x`.
fn flatten(value: Json<'_>, out: &mut String) {
    match value {
        Json::Object(fields) => {
            for (key, inner) in fields.iter() {
                out.push_str(if out.is_empty() { "" } else { " " });
                out.push_str(key);
                out.push(':');
                flatten(inner, out);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| flatten(item, out)),
        other => {
            if let Some(text) = other.text() {
                out.push_str(if out.is_empty() { "" } else { " " });
                out.push_str(text);
            }
        }
    }
}

/// Okta cuts a reason at 255 characters: what a cut-off body still shows is used.
fn cut_off_body<'a>(body: &'a str, layers: &mut Layers<'a>) {
    let field = |name: &str| -> Option<&'a str> {
        let at = body.find(&format!("\"{name}\""))? + name.len() + 2;
        let rest = body.get(at..)?.trim_start().strip_prefix(':')?.trim_start();
        match rest.strip_prefix('"') {
            Some(text) => Some(text.split('"').next().unwrap_or(text)),
            None => rest.split([',', '}', ' ']).next(),
        }
    };
    layers.http_status = field("status").and_then(status_number).or(layers.http_status);
    if let Some(cut) = field("scimType") {
        // The name may itself be cut: complete it from the names that RFC 7644 defines.
        const NAMES: [&str; 10] = [
            "uniqueness",
            "tooMany",
            "invalidFilter",
            "mutability",
            "invalidSyntax",
            "invalidPath",
            "noTarget",
            "invalidValue",
            "invalidVers",
            "sensitive",
        ];
        let mut fitting =
            NAMES.iter().filter(|name| cut.len() >= 3 && name.to_lowercase().starts_with(&cut.to_lowercase()));
        layers.scim_type = match (fitting.next(), fitting.next()) {
            (Some(name), None) => Some(name),
            _ => Some(cut),
        };
    }
    if let Some(detail) = field("detail").or_else(|| field("message")).filter(|detail| !detail.is_empty()) {
        layers.remote = Some(detail);
    }
}

/// Codes that stand in a text: `AADSTS50055`, `E0000047`.
fn codes_in<'a>(text: &'a str, layers: &mut Layers<'a>) {
    let has = |part: &str| memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some();
    if !has("AADSTS") && !has("E0") {
        return;
    }
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let number = |prefix: &str| {
            word.strip_prefix(prefix).is_some_and(|rest| rest.len() >= 4 && rest.bytes().all(|b| b.is_ascii_digit()))
        };
        if (number("AADSTS") || (number("E0") && word.len() == 8)) && !layers.codes.contains(&word) {
            layers.codes.push(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(text: &str) -> (Option<u16>, Option<String>, Option<String>) {
        let arena = Bump::new();
        let text = arena.alloc_str(text);
        let layers = unwrap_reason(text, &arena);
        (layers.http_status, layers.scim_type.map(str::to_owned), layers.remote.map(str::to_owned))
    }

    #[test]
    fn okta_words_and_the_applications_words_are_told_apart() {
        let (status, _, remote) = unwrapped(
            "Error while creating user a@example.com: Conflict. Errors reported by remote server: User not found in team",
        );
        assert_eq!((status, remote.as_deref()), (Some(409), Some("User not found in team")));
        let (status, _, remote) = unwrapped(
            "Errors during execution: Error executing create: Unprocessable Entity. Errors reported by the connector : {\"Errors\":[{\"description\":\"name taken\",\"code\":409}]}. Error Code: null",
        );
        assert_eq!((status, remote.as_deref()), (Some(409), Some("name taken")));
    }

    #[test]
    fn entra_envelope_gives_up_the_scim_error_inside() {
        let text = "StatusCode: BadRequest\r\nMessage: Processing failed.\r\nWeb Response: {\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"400\",\"scimType\":\"invalidValue\",\"detail\":\"User must be Active.\"}. This operation was retried 3 times.";
        let (status, scim_type, remote) = unwrapped(text);
        assert_eq!(
            (status, scim_type.as_deref(), remote.as_deref()),
            (Some(400), Some("invalidValue"), Some("User must be Active."))
        );
    }

    #[test]
    fn detail_may_be_an_object() {
        let (_, _, remote) =
            unwrapped(r#"Web Response: {"detail":{"Operations":{"op":["\"add\" is not a valid choice"]}}}"#);
        assert_eq!(remote.as_deref(), Some(r#"Operations: op: "add" is not a valid choice"#));
    }

    #[test]
    fn a_cut_off_body_still_shows_its_type() {
        let (_, scim_type, _) = unwrapped(
            r#"Bad Request. Errors reported by remote server: {"schemas":["x"],"status":"409","scimType":"uniq"#,
        );
        assert_eq!(scim_type.as_deref(), Some("uniqueness"));
    }

    #[test]
    fn statuses_in_words() {
        for (text, status) in [
            ("returned an error response with the HTTP status code 409.  This", 409),
            ("An HTTP/404 Not Found response was returned rather than the expected HTTP/200 OK response", 404),
            ("Unauthorized", 401),
            ("javax.ws.rs.BadRequestException: HTTP 400 Bad Request", 400),
            ("Response Status Code: MethodNotAllowed", 405),
        ] {
            assert_eq!(unwrapped(text).0, Some(status), "{text}");
        }
        assert_eq!(unwrapped("Matching user not found").0, None);
    }
}
