//! Unwrapping the layers of an error text, outside in.
//!
//! The identity provider wraps what the application answered. Okta: `Error while creating user X:
//! Conflict. Errors reported by remote server: …`; Entra: `StatusCode: … Message: … Web Response:
//! {…} This operation was retried …`. Status, `scimType` and words are taken from the innermost
//! layer that has them, and the application's words are kept apart from the provider's.

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
    let leading: String = text.chars().take_while(char::is_ascii_digit).collect();
    if leading.len() == 3 {
        return leading.parse().ok().filter(|status| (100..600).contains(status));
    }
    let letters: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
    STATUSES.iter().find(|(name, _)| *name == letters).map(|(_, status)| *status)
}

/// Where the application's words begin in an Okta text.
const OKTA_MARKS: [&str; 4] = [
    "errors reported by remote server",
    "errors reported by the connector",
    "error reported by remote server",
    "errors reported by the remote server",
];

/// Takes an error text of any provider apart.
pub fn unwrap_reason<'a>(text: &'a str, arena: &'a Bump) -> Layers<'a> {
    let mut layers = Layers::default();
    let lower = text.to_ascii_lowercase();
    let okta = OKTA_MARKS.iter().find_map(|mark| lower.find(mark).map(|at| (at, at + mark.len())));
    if let Some((at, end)) = okta {
        layers.http_status = text.get(..at).and_then(phrase_before);
        let remote = text.get(end..).unwrap_or_default().trim_start_matches([' ', ':']).trim();
        let remote = remote.strip_suffix("Error Code: null").unwrap_or(remote).trim().trim_end_matches('.');
        absorb_remote(remote, &mut layers, arena);
    } else if let Some(at) = lower.find("web response:").or_else(|| lower.find("response content:")) {
        layers.http_status = status_in(text.get(..at).unwrap_or_default(), &lower);
        let body = text.get(at..).and_then(|rest| rest.split_once(':')).map_or("", |(_, body)| body);
        let end = body.to_ascii_lowercase().rfind("this operation was retried").unwrap_or(body.len());
        absorb_remote(body.get(..end).unwrap_or(body).trim().trim_end_matches('.'), &mut layers, arena);
    } else if text.trim_start().starts_with('{') {
        absorb_remote(text.trim(), &mut layers, arena);
    } else {
        layers.http_status = status_in(text, &lower);
        // Okta's own short form: `Error while creating user X: Conflict`, a bare `Unauthorized`.
        if layers.http_status.is_none() {
            layers.http_status = phrase_before(text).filter(|_| text.len() < 300);
        }
    }
    codes_in(text, &mut layers);
    layers
}

/// `Error while creating user X: Unprocessable Entity. ` → 422.
fn phrase_before(text: &str) -> Option<u16> {
    let text = text.trim_end().trim_end_matches(['.', ':', ' ']);
    let last = text.rsplit([':', '.']).next().unwrap_or(text);
    let from_words = |words: &str| status_number(words.trim().trim_start_matches("HTTP ").trim());
    from_words(last).or_else(|| status_in(text, &text.to_ascii_lowercase()))
}

/// `StatusCode: X`, `Response Status Code: X`, `HTTP status code 409`, `HTTP 400`, `HTTP/404`, `HTTP Status: 401`.
fn status_in(text: &str, lower: &str) -> Option<u16> {
    for mark in [
        "statuscode:",
        "status code:",
        "http status code",
        "http status:",
        "http status",
        "http error",
        "http/",
        "http ",
    ] {
        let mut from = 0;
        while let Some(at) = lower.get(from..).and_then(|rest| rest.find(mark)) {
            let start = from + at + mark.len();
            let Some(rest) = text.get(start..) else { break };
            let word: String = rest.trim_start().chars().take_while(|c| c.is_alphanumeric()).collect();
            if let Some(status) = status_number(&word) {
                return Some(status);
            }
            from = start;
        }
    }
    None
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
