//! Files that a sender adds: traces of a browser, cleaned by their structure, and pictures, which nobody
//! can check.
//!
//! A trace is what an intruder looks for first: it holds the cookies of whoever recorded it. Nothing of it
//! is kept but what is named here.

use bumpalo::Bump;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::redact::Redactor;
use crate::json;

/// Largest file.
pub const MAX_BYTES: u64 = 64 << 20;
/// Stands for what was taken out.
const REMOVED: &str = "‹removed›";

/// Headers that stay: what a body is, when it was, and by what the other side knows the request.
const HEADERS: &[&str] = &[
    "accept",
    "client-request-id",
    "content-length",
    "content-type",
    "date",
    "request-id",
    "retry-after",
    "x-correlation-id",
    "x-ms-client-request-id",
    "x-ms-request-id",
    "x-okta-request-id",
    "x-request-id",
];
/// How names of further ones begin.
const HEADER_STARTS: &[&str] = &["x-rate-limit-", "x-ratelimit-", "ratelimit-"];

/// A file that a sender adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// It goes along as it is.
    pub unchecked: bool,
}

/// What was done to one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Cleaned {
    pub path: String,
    /// Nobody looked into it.
    pub unchecked: bool,
    pub requests: u64,
    pub cookies_removed: u64,
    pub headers_removed: u64,
    pub query_values_removed: u64,
    pub bodies_removed: u64,
}

impl Attachment {
    /// Takes a file if it is one that can go along.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn new(name: &str, bytes: Vec<u8>, unchecked: bool) -> Result<Attachment, String> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err("it is larger than 64 MiB; record less, or cut it down".to_owned());
        }
        let is_picture =
            [&b"\x89PNG"[..], b"\xff\xd8\xff", b"GIF8", b"RIFF"].iter().any(|start| bytes.starts_with(start));
        match (unchecked, is_picture) {
            (true, true) => {}
            (true, false) => {
                return Err("only pictures go along unchecked; give a browser trace (.har) with --attach".to_owned());
            }
            (false, true) => {
                return Err("a picture cannot be checked for names and secrets; look at it, and give it with --attach-unchecked".to_owned());
            }
            (false, false) => {
                entries(&bytes)?;
            }
        }
        Ok(Attachment { name: name.to_owned(), bytes, unchecked })
    }

    /// What goes along of it.
    ///
    /// # Errors
    /// A sentence if it cannot be cleaned.
    pub fn cleaned(&self, redactor: &mut Redactor) -> Result<(Vec<u8>, Cleaned), String> {
        if self.unchecked {
            return Ok((self.bytes.clone(), Cleaned { unchecked: true, ..Cleaned::default() }));
        }
        let mut account = Cleaned::default();
        let entries: Vec<Value> =
            entries(&self.bytes)?.iter().map(|entry| clean_entry(entry, redactor, &mut account)).collect();
        account.requests = entries.len() as u64;
        let log = json!({ "log": { "version": "1.2", "creator": { "name": "provlens" }, "entries": entries } });
        let mut text = serde_json::to_string_pretty(&log).map_err(|error| error.to_string())?;
        text.push('\n');
        Ok((text.into_bytes(), account))
    }
}

/// The requests of a trace.
fn entries(bytes: &[u8]) -> Result<Vec<Value>, String> {
    let no_trace = || {
        "it is no browser trace (.har); other files are not taken, since nobody could say what is in them".to_owned()
    };
    let mut value: Value = serde_json::from_slice(bytes).map_err(|_| no_trace())?;
    match value.pointer_mut("/log/entries").map(Value::take) {
        Some(Value::Array(entries)) => Ok(entries),
        _ => Err(no_trace()),
    }
}

fn clean_entry(entry: &Value, redactor: &mut Redactor, account: &mut Cleaned) -> Value {
    let (request, response) = (entry.get("request"), entry.get("response"));
    let mut sent = Map::new();
    keep(&mut sent, request, &["method", "httpVersion", "headersSize", "bodySize"]);
    sent.insert("url".to_owned(), url(text(request, "url"), redactor, account).into());
    sent.insert("headers".to_owned(), headers(request, redactor, account));
    if let Some(body) = request.and_then(|request| request.get("postData")) {
        sent.insert("postData".to_owned(), body_of(body, redactor, account));
    }
    let mut got = Map::new();
    keep(&mut got, response, &["status", "httpVersion", "headersSize", "bodySize"]);
    got.insert("headers".to_owned(), headers(response, redactor, account));
    if let Some(body) = response.and_then(|response| response.get("content")) {
        got.insert("content".to_owned(), body_of(body, redactor, account));
    }
    for side in [request, response] {
        account.cookies_removed += side.and_then(|side| side.get("cookies")?.as_array()).map_or(0, Vec::len) as u64;
    }
    let mut clean = Map::new();
    keep(&mut clean, Some(entry), &["startedDateTime", "time"]);
    clean.insert("request".to_owned(), sent.into());
    clean.insert("response".to_owned(), got.into());
    if let Some(timings) = entry.get("timings") {
        let mut kept = Map::new();
        keep(&mut kept, Some(timings), &["blocked", "dns", "connect", "send", "wait", "receive", "ssl"]);
        clean.insert("timings".to_owned(), kept.into());
    }
    clean.into()
}

/// Numbers, and short words such as a method or a time.
fn keep(into: &mut Map<String, Value>, from: Option<&Value>, names: &[&str]) {
    for name in names {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-/.:+".contains(c);
        match from.and_then(|from| from.get(*name)) {
            Some(Value::Number(number)) => into.insert((*name).to_owned(), number.clone().into()),
            Some(Value::String(word)) if word.len() <= 40 && word.chars().all(plain) => {
                into.insert((*name).to_owned(), word.clone().into())
            }
            _ => None,
        };
    }
}

fn text<'v>(value: Option<&'v Value>, name: &str) -> &'v str {
    value.and_then(|value| value.get(name)?.as_str()).unwrap_or_default()
}

/// The address without who signs in there, and without what its query says.
fn url(url: &str, redactor: &mut Redactor, account: &mut Cleaned) -> String {
    let bare = url.split_once('#').map_or(url, |(bare, _)| bare);
    let (path, query) = bare.split_once('?').unwrap_or((bare, ""));
    let mut clean = redactor.text(path);
    let names = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split('=').next().unwrap_or_default());
    for (at, name) in names.enumerate() {
        account.query_values_removed += 1;
        clean.push(if at == 0 { '?' } else { '&' });
        clean.push_str(&redactor.text(name));
        clean.push('=');
        clean.push_str(REMOVED);
    }
    clean
}

fn headers(side: Option<&Value>, redactor: &mut Redactor, account: &mut Cleaned) -> Value {
    let mut kept = Vec::new();
    for header in side.and_then(|side| side.get("headers")?.as_array()).into_iter().flatten() {
        let name = text(Some(header), "name").to_ascii_lowercase();
        if HEADERS.contains(&&*name) || HEADER_STARTS.iter().any(|start| name.starts_with(start)) {
            let value = redactor.text(text(Some(header), "value"));
            kept.push(json!({ "name": name, "value": value }));
        } else {
            account.headers_removed += 1;
        }
    }
    kept.into()
}

/// A body, if it is JSON that can be treated field by field.
fn body_of(body: &Value, redactor: &mut Redactor, account: &mut Cleaned) -> Value {
    let mut kept = Map::new();
    keep(&mut kept, Some(body), &["mimeType", "size"]);
    let kind = text(Some(body), "mimeType").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let words = text(Some(body), "text");
    if words.is_empty() {
        return kept.into();
    }
    let is_json = ["application/json", "application/scim+json"].contains(&&*kind);
    let is_plain = text(Some(body), "encoding").is_empty();
    let arena = Bump::new();
    let parsed =
        if is_json && is_plain { json::parse(arena.alloc_slice_copy(words.as_bytes()), &arena).ok() } else { None };
    match parsed {
        Some(value) => {
            kept.insert("text".to_owned(), redactor.attached(value).into());
        }
        None => {
            account.bodies_removed += 1;
            kept.insert("text".to_owned(), REMOVED.into());
        }
    }
    kept.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::bundle::redact::{Key, Recipient, Settings};

    fn redactor(recipient: Recipient) -> Redactor {
        let settings = Settings { recipient, keep_groups: false, reveal: Vec::new(), key: Key::from_bytes([7; 32]) };
        Redactor::new(settings).unwrap()
    }

    /// A trace with a secret in every place where one can be.
    fn trace() -> Vec<u8> {
        let headers = json!([
            { "name": "Cookie", "value": "sid=PLANTED-1" },
            { "name": "Authorization", "value": "SSWS PLANTED-2" },
            { "name": "X-Strange", "value": "PLANTED-3" },
            { "name": "X-Okta-Request-Id", "value": "Zabcdefghijk" },
            { "name": "x-rate-limit-remaining", "value": "0" },
        ]);
        let entry = json!({
            "startedDateTime": "2026-11-17T07:20:00.000Z",
            "time": 12.5,
            "serverIPAddress": "PLANTED-4",
            "_initiator": { "url": "PLANTED-5" },
            "_webSocketMessages": ["PLANTED-6"],
            "request": {
                "method": "POST", "url": "https://ann:PLANTED-7@idp.example/api/v1/users?code=PLANTED-8#PLANTED-9",
                "headers": headers, "cookies": [{ "name": "sid", "value": "PLANTED-10" }],
                "queryString": [{ "name": "code", "value": "PLANTED-11" }],
                "postData": { "mimeType": "application/x-www-form-urlencoded", "text": "password=PLANTED-12" },
            },
            "response": {
                "status": 409, "statusText": "PLANTED-13", "headers": headers, "cookies": [],
                "redirectURL": "https://x.example/?token=PLANTED-14",
                "content": {
                    "size": 40, "mimeType": "application/scim+json; charset=utf-8",
                    "text": "{\"scimType\":\"uniqueness\",\"status\":\"409\",\"odd\":\"PLANTED-15\",\"userName\":\"ann.lee@corp.example\"}",
                },
            },
            "timings": { "wait": 9 },
        });
        json!({ "log": { "version": "1.2", "pages": [{ "title": "PLANTED-16" }], "entries": [entry] } })
            .to_string()
            .into_bytes()
    }

    #[test]
    fn of_a_trace_only_what_is_named_here_stays() {
        for recipient in [Recipient::IdpSupport, Recipient::AppVendor] {
            let mut redactor = redactor(recipient);
            let attachment = Attachment::new("trace.har", trace(), false).unwrap();
            let (bytes, account) = attachment.cleaned(&mut redactor).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains("PLANTED") && !text.contains("ann.lee"), "{text}");
            for kept in
                ["uniqueness", "Zabcdefghijk", "/api/v1/users?code=", "409", "2026-11-17T07:20:00.000Z", "\"wait\": 9"]
            {
                assert!(text.contains(kept), "{kept}: {text}");
            }
            let counts = (account.requests, account.cookies_removed, account.headers_removed, account.bodies_removed);
            assert_eq!(counts, (1, 1, 6, 1));
        }
    }

    #[test]
    fn what_cannot_be_checked_is_refused_unless_somebody_looked_at_it() {
        let refused = |bytes: &[u8], unchecked| Attachment::new("x", bytes.to_vec(), unchecked).unwrap_err();
        assert!(refused(b"\x89PNG....", false).contains("--attach-unchecked"));
        assert!(refused(b"some text", false).contains("no browser trace"));
        assert!(refused(b"{\"log\":{}}", false).contains("no browser trace"));
        assert!(refused(b"some text", true).contains("only pictures"));
        assert!(Attachment::new("x.png", b"\x89PNG....".to_vec(), true).is_ok());
    }

    #[test]
    fn a_trace_without_anything_is_no_reason_to_fail() {
        let bytes = b"{\"log\":{\"entries\":[{},7,null]}}".to_vec();
        let (_, account) =
            Attachment::new("x.har", bytes, false).unwrap().cleaned(&mut redactor(Recipient::IdpSupport)).unwrap();
        assert_eq!(account.requests, 3);
    }
}
