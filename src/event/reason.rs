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

/// Codes that are kept of one text. No error has as many; strangers write texts of megabytes.
const MOST_CODES: usize = 32;

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

/// The kinds of error that RFC 7644 defines.
const SCIM_TYPES: [&str; 10] = [
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

/// The kind of error of RFC 7644 that has this name, however it is written.
pub fn scim_type(name: &str) -> Option<&'static str> {
    SCIM_TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(name))
}

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
    /// Here a code begins that [`is_code`] knows by its form.
    Code,
    /// A code of any form follows.
    Named,
    /// The kind of a SCIM error follows.
    ScimType,
}

const MARKS: [(&str, Mark); 32] = [
    ("errors reported by remote server", Mark::OktaRemote),
    ("errors reported by the connector", Mark::OktaRemote),
    ("error reported by remote server", Mark::OktaRemote),
    ("errors reported by the remote server", Mark::OktaRemote),
    ("web response:", Mark::Answer),
    ("response content:", Mark::Content),
    // SAP's services: `HTTP operation failed invoking … with statusCode: 400, Response: …`, or `and response: …`.
    (", response:", Mark::Content),
    (" and response:", Mark::Content),
    ("this operation was retried", Mark::Retried),
    ("it will be retried again", Mark::Retried),
    ("statuscode:", Mark::Status(0)),
    ("status code:", Mark::Status(1)),
    ("http status code", Mark::Status(2)),
    ("httpstatuscode=", Mark::Status(2)),
    ("http status:", Mark::Status(3)),
    // SailPoint: `Response Code - 400 Error - …`.
    ("response code -", Mark::Status(3)),
    ("http status", Mark::Status(4)),
    ("http error", Mark::Status(5)),
    ("http/", Mark::Status(6)),
    ("http ", Mark::Status(7)),
    ("aadsts", Mark::Code),
    ("e0", Mark::Code),
    ("sciis", Mark::Code),
    // Active Directory: `00002081: AtrErr: DSID-03050F93, #1: problem 1005 (CONSTRAINT_ATT_TYPE)`.
    ("0000", Mark::Code),
    ("dsid-", Mark::Code),
    ("problem ", Mark::Named),
    ("error code:", Mark::Named),
    ("error code ", Mark::Named),
    ("errorcode:", Mark::Named),
    ("errorcode=", Mark::Named),
    ("error_code:", Mark::Named),
    ("scimtype", Mark::ScimType),
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

    /// Whether it is known where the application's answer begins.
    fn show_an_answer(&self) -> bool {
        self.found.iter().any(|(mark, ..)| matches!(mark, Mark::OktaRemote | Mark::Answer | Mark::Content))
    }

    /// `StatusCode: X`, `Response Status Code: X`, `HTTP status code 409`, `httpStatusCode=404`, `HTTP 400`,
    /// `HTTP/404`, `HTTP Status: 401`, `Response Code - 403`, before `end`.
    fn status_before(&self, end: usize) -> Option<u16> {
        let text = self.text.get(..end)?;
        (0..8).find_map(|rank| {
            let mut places = self.found.iter().filter(|(mark, ..)| *mark == Mark::Status(rank));
            places.find_map(|(_, _, behind)| {
                let rest = text.get(*behind..)?.trim_start();
                let word = rest.char_indices().find(|(_, c)| !c.is_alphanumeric()).map_or(rest.len(), |(at, _)| at);
                status_number(rest.get(..word)?)
            })
        })
    }

    /// The whole word that begins here.
    fn word_at(&self, start: usize) -> Option<&'t str> {
        let (before, rest) = self.text.split_at_checked(start)?;
        let part_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if before.ends_with(part_of_word) {
            return None;
        }
        rest.split(|c: char| !part_of_word(c)).next()
    }

    /// `problem 1005 (CONSTRAINT_ATT_TYPE)`, `Error Code: 25005`: the name, or else the number. A
    /// word in small letters is none: `problem with the …`.
    fn named_behind(&self, end: usize) -> Option<&'t str> {
        let rest = self.text.get(end..)?.trim_start_matches([' ', '"', '\'']);
        // No further than the number: what is behind every mark is looked at.
        let name = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').strip_prefix('(');
        let from = name.unwrap_or(rest);
        let word = from.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
        let telling = word.len() >= 2 && word.bytes().any(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        (telling && word.len() <= 80 && status_number(word).is_none()).then_some(word)
    }

    /// `scimType: uniqueness`, where no body could be read.
    fn scim_type_behind(&self, end: usize) -> Option<&'t str> {
        let rest = self.text.get(end..)?.trim_start_matches(['"', '\'', '\\']).trim_start();
        let rest = rest.strip_prefix([':', '=']).unwrap_or(rest).trim_start_matches([' ', '"', '\'', '\\']);
        SCIM_TYPES.iter().find_map(|name| {
            let (word, behind) = rest.split_at_checked(name.len())?;
            let is_whole = !behind.starts_with(|c: char| c.is_ascii_alphabetic());
            (is_whole && word.eq_ignore_ascii_case(name)).then_some(word)
        })
    }

    /// `Error while creating user X: Unprocessable Entity. ` → 422, of what stands before `end`.
    fn phrase_before(&self, end: usize) -> Option<u16> {
        let text = self.text.get(..end)?.trim_end().trim_end_matches(['.', ':', ' ']);
        let last = text.rsplit([':', '.', '>']).next().unwrap_or(text);
        let words = last.trim().trim_start_matches("HTTP ").trim();
        status_number(words).or_else(|| self.status_before(text.len()))
    }
}

/// Takes an error text of any provider apart.
pub fn unwrap_reason<'a>(text: &'a str, arena: &'a Bump) -> Layers<'a> {
    let marks = Marks::of(text);
    if !marks.show_an_answer()
        && let Some(level) = on_one_line(text, arena)
    {
        let marks = Marks::of(level);
        if marks.show_an_answer() {
            return unwrap_marked(level, &marks, arena);
        }
    }
    unwrap_marked(text, &marks, arena)
}

/// The text with one space for any white space, if it has other: a mail program breaks a line in
/// the middle of a mark.
fn on_one_line<'a>(text: &str, arena: &'a Bump) -> Option<&'a str> {
    let other = |c: char| c.is_whitespace() && c != ' ';
    if !text.contains(other) && !text.contains("  ") {
        return None;
    }
    let mut level = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        level.push_str(if level.is_empty() { "" } else { " " });
        level.push_str(word);
    }
    Some(arena.alloc_str(&level))
}

fn unwrap_marked<'a>(text: &'a str, marks: &Marks<'a>, arena: &'a Bump) -> Layers<'a> {
    let mut layers = Layers::default();
    if let Some((at, end)) = marks.first(Mark::OktaRemote) {
        layers.http_status = marks.phrase_before(at);
        let remote = text.get(end..).unwrap_or_default().trim_start_matches([' ', ':']).trim();
        let remote = remote.strip_suffix("Error Code: null").unwrap_or(remote).trim().trim_end_matches('.');
        absorb_remote(remote, &mut layers, arena);
    } else if let Some((at, end)) = marks.first(Mark::Answer).or_else(|| marks.first(Mark::Content)) {
        layers.http_status = marks.status_before(at);
        let behind = marks.found.iter().filter(|(mark, start, _)| *mark == Mark::Retried && *start >= end);
        let retried = behind.map(|(_, start, _)| *start).min();
        let body = text.get(end..retried.unwrap_or(text.len())).unwrap_or_default();
        absorb_remote(body.trim().trim_end_matches('.'), &mut layers, arena);
    } else if let Some(at) = body_inside(text) {
        let (before, body) = text.split_at_checked(at).unwrap_or((text, ""));
        layers.http_status = marks.status_before(before.len());
        absorb_remote(body.trim(), &mut layers, arena);
    } else {
        layers.http_status = marks.status_before(text.len());
        // Okta's own short form: `Error while creating user X: Conflict`, a bare `Unauthorized`.
        if layers.http_status.is_none() && text.len() < 300 {
            layers.http_status = marks.phrase_before(text.len());
        }
    }
    codes_in(marks, &mut layers);
    layers
}

/// Where an error body begins that nothing announces: at the start, or behind a word such as `Error:`.
fn body_inside(text: &str) -> Option<usize> {
    let at = memchr::memchr(b'{', text.as_bytes())?;
    let (before, body) = text.split_at_checked(at)?;
    let is_error = || ["\"detail\"", "scimType", "messages:2.0:Error", "\"Errors\"", "\"errorSummary\"", "\"status\""];
    (before.trim().is_empty() || is_error().iter().any(|key| body.contains(key))).then_some(at)
}

/// Reads the application's answer: SCIM 1.1 and 2.0 errors, other JSON, JSON inside strings to
/// three levels, HTML, plain text.
fn absorb_remote<'a>(body: &'a str, layers: &mut Layers<'a>, arena: &'a Bump) {
    if body.is_empty() {
        return;
    }
    layers.remote = Some(body);
    if body.starts_with('<') {
        absorb_page(body, layers, arena);
        return;
    }
    let mut text = uncoded(body, arena);
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
        match read_body(parsed, layers, arena).filter(|inner| !inner.trim().is_empty()) {
            Some(inner) => {
                layers.remote = Some(inner);
                text = inner;
            }
            None => return,
        }
    }
}

/// A body whose quotes were escaped or coded once more on its way into the text.
fn uncoded<'a>(body: &'a str, arena: &'a Bump) -> &'a str {
    if body.contains("{&quot;") {
        arena.alloc_str(&body.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&"))
    } else if body.contains("{\\\"") {
        arena.alloc_str(&body.replace("\\\"", "\"").replace("\\\\", "\\"))
    } else {
        body
    }
}

/// An HTML page that a proxy, a firewall or a sign-in puts in place of an answer: its title or
/// first heading says what it is, and often the status, as in `<title>403 Forbidden</title>`.
fn absorb_page<'a>(page: &'a str, layers: &mut Layers<'a>, arena: &'a Bump) {
    let small = page.to_ascii_lowercase();
    let words = ["title", "h1"].iter().find_map(|tag| {
        let open = small.find(&format!("<{tag}"))?;
        let start = open + small.get(open..)?.find('>')? + 1;
        let length = small.get(start..)?.find("</")?;
        let words = page.get(start..start + length)?.trim();
        (!words.is_empty()).then_some(words)
    });
    let Some(words) = words else { return };
    let number = words.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| word.len() == 3).and_then(status_number);
    layers.http_status = layers.http_status.or(number).or_else(|| status_number(words));
    layers.remote = Some(on_one_line(words, arena).unwrap_or(words));
}

/// Reads one error object; gives its words.
fn read_body<'a>(body: Json<'a>, layers: &mut Layers<'a>, arena: &'a Bump) -> Option<&'a str> {
    let inner = ["Errors", "errors", "error", "odata.error", "response"].iter().find_map(|key| match body.get(key) {
        Some(inner @ Json::Object(_)) => Some(inner),
        Some(Json::Array(items)) => items.iter().next().filter(|item| matches!(item, Json::Object(_))),
        _ => None,
    });
    let status = |body: Json<'a>| {
        // MongoDB Atlas and others put the number into `error`.
        ["status", "code", "statusCode", "http_status", "error"]
            .iter()
            .find_map(|key| body.str(key).and_then(status_number))
    };
    // What wraps an error may be all that says the status.
    layers.http_status = inner.and_then(status).or_else(|| status(body)).or(layers.http_status);
    let body = inner.unwrap_or(body);
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
    // Okta's API names what is wrong one level down: `Api validation failed: login`, and why in the causes.
    if let (Some(summary), Some(causes @ Json::Array(_))) = (body.str("errorSummary"), body.get("errorCauses")) {
        let mut out = summary.to_owned();
        causes.items().filter_map(|cause| cause.str("errorSummary")).for_each(|cause| {
            out.push_str(". ");
            out.push_str(cause);
        });
        return Some(arena.alloc_str(&out));
    }
    let said =
        ["detail", "description", "message", "error_description", "errorMessage", "errorSummary", "error", "title"]
            .iter()
            .find_map(|key| body.get(key).and_then(|value| words(value, arena)));
    let mut out = said.unwrap_or_default().to_owned();
    let extensions = body.fields().iter().filter(|(key, _)| key.starts_with("urn:") && key.ends_with(":Error"));
    extensions.for_each(|(_, extension)| add_messages(extension, &mut out));
    if out.len() > said.unwrap_or_default().len() { Some(arena.alloc_str(&out)) } else { said }
}

/// FusionAuth's `detail` is the same for every error: the reasons are in an object beside it.
fn add_messages(value: Json<'_>, out: &mut String) {
    match value {
        Json::Object(fields) => fields.iter().for_each(|(key, inner)| match inner.text() {
            Some(text) if key == "message" => {
                out.push_str(if out.is_empty() { "" } else { " " });
                out.push_str(text);
            }
            _ => add_messages(inner, out),
        }),
        Json::Array(items) => items.iter().for_each(|item| add_messages(item, out)),
        _ => {}
    }
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
            Some(text) => Some(text.get(..end_of_text(text)).unwrap_or(text)),
            None => rest.split([',', '}', ' ']).next(),
        }
    };
    layers.http_status = field("status").and_then(status_number).or(layers.http_status);
    if let Some(cut) = field("scimType") {
        // The name may itself be cut.
        let mut fitting =
            SCIM_TYPES.iter().filter(|name| cut.len() >= 3 && name.to_lowercase().starts_with(&cut.to_lowercase()));
        layers.scim_type = match (fitting.next(), fitting.next()) {
            (Some(name), None) => Some(name),
            _ => Some(cut),
        };
    }
    if let Some(detail) = field("detail").or_else(|| field("message")).filter(|detail| !detail.is_empty()) {
        layers.remote = Some(detail);
    }
}

/// Where a JSON text ends that may have escaped quotes in it, or was cut off.
fn end_of_text(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// Codes that stand in a text: `AADSTS50055`, `E0000047`, `CONSTRAINT_ATT_TYPE`.
fn codes_in<'a>(marks: &Marks<'a>, layers: &mut Layers<'a>) {
    for (mark, start, end) in &marks.found {
        let code = match mark {
            Mark::Code => marks.word_at(*start).filter(|word| is_code(word)),
            Mark::Named => marks.named_behind(*end),
            Mark::ScimType => {
                layers.scim_type = layers.scim_type.or_else(|| marks.scim_type_behind(*end));
                None
            }
            _ => None,
        };
        if let Some(code) = code.filter(|code| layers.codes.len() < MOST_CODES && !layers.codes.contains(code)) {
            layers.codes.push(code);
        }
    }
}

/// Whether a word is a code by its form: of a Microsoft sign-in, Okta's API, IBM Verify, or Active
/// Directory.
fn is_code(word: &str) -> bool {
    let digits = |text: &str| text.len() >= 4 && text.bytes().all(|b| b.is_ascii_digit());
    let hex = |text: &str| text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
    word.strip_prefix("AADSTS").is_some_and(digits)
        || (word.len() == 8 && word.strip_prefix('E').is_some_and(digits))
        || word.strip_prefix("SCIIS").and_then(|rest| rest.strip_suffix('E')).is_some_and(digits)
        || word.strip_prefix("DSID-").is_some_and(hex)
        || (hex(word) && word.starts_with("0000"))
}

#[cfg(test)]
mod tests;
