//! Laravel's log and the traces that its SCIM servers write into it (Snipe-IT with `SCIM_TRACE`): a
//! block starts with `[date] production.LEVEL:` and may hold a request, a line of dashes and the answer.
//! The level says little (seen in the wild: harmless notes as ERROR, grokability/snipe-it issue 11094).

use bumpalo::Bump;

use super::entra_client::Exchange;
use super::scim_call::{Call, is_scim};
use super::{Decoded, explain, is_text};
use crate::event::{App, Event, Outcome, Provider};
use crate::json::{Json, parse};
use crate::text::time;

const DIALECT: &str = "laravel-log";

pub(super) fn sniff(record: Json<'_>) -> bool {
    is_text(record, DIALECT)
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let words = record.str("words").unwrap_or_default();
    let lower = words.to_ascii_lowercase();
    let exchange = Exchange::find(words);
    let about_scim = exchange.is_some()
        || ["/scim", "scim\\", "scimserver", "scimexception", "urn:ietf:params:scim"].iter().any(|m| lower.contains(m));
    if !about_scim {
        return Decoded::Other { dialect: DIALECT, what: Some("application log lines that are not about SCIM") };
    }
    let mut event = Event::new(if exchange.is_some() { Provider::Entra } else { Provider::Scim }, DIALECT, record);
    event.time = words.strip_prefix('[').and_then(|rest| rest.split_once(']')).and_then(|(when, _)| time::parse(when));
    let name = if lower.contains("snipe") { "Snipe-IT" } else { "Laravel application" };
    event.app = App { name: Some(name), id: None, kind: Some("laravel") };
    if let Some(exchange) = exchange {
        exchange.fill(words, &mut event, arena);
    } else if let Some(trace) = Trace::find(words) {
        trace.call(arena).fill(&mut event, arena);
    } else if is_failure(&lower) {
        event.outcome = Outcome::Failure;
        explain(&mut event, words.split_once(": ").map(|(_, rest)| rest), arena);
        event.reason.http_status = exception_status(&lower).or(event.reason.http_status);
    } else {
        return Decoded::Other { dialect: DIALECT, what: Some("notes about SCIM that tell no result") };
    }
    Decoded::Event(Box::new(event))
}

fn is_failure(lower: &str) -> bool {
    [".error:", ".critical:", ".alert:", ".emergency:", "exception"].iter().any(|mark| lower.contains(mark))
}

/// 409 of `SCIMException(code: 409)`.
fn exception_status(lower: &str) -> Option<u16> {
    let (_, rest) = lower.split_once("scimexception(code: ")?;
    rest.get(..3)?.parse().ok().filter(|status| (400..600).contains(status))
}

/// A request and its answer over many lines.
struct Trace<'a> {
    method: &'a str,
    path: &'a str,
    status: u16,
    /// Headers and body of the request, the line of dashes included.
    asked: &'a str,
    /// The same of the answer.
    answered: &'a str,
}

impl<'a> Trace<'a> {
    fn find(words: &'a str) -> Option<Trace<'a>> {
        const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        let (mut request, mut from) = (None, 0);
        for line in words.split_inclusive('\n') {
            let end = from + line.len();
            // The first line has the log's own words in front.
            let text = line.trim().rsplit(": ").next().unwrap_or_default();
            let mut parts = text.split_whitespace();
            let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            match request {
                None if METHODS.contains(&first) && is_scim(second) => request = Some((first, second, end)),
                Some((method, path, at)) if first.starts_with("HTTP/") => {
                    let status = second.parse().ok()?;
                    return Some(Trace {
                        method,
                        path,
                        status,
                        asked: words.get(at..from)?,
                        answered: words.get(end..)?,
                    });
                }
                _ => {}
            }
            from = end;
        }
        None
    }

    fn call(&self, arena: &'a Bump) -> Call<'a> {
        let sent = body(self.asked).and_then(|text| parse(text.as_bytes(), arena).ok()).unwrap_or(Json::Null);
        Call { status: Some(self.status), sent, answer: body(self.answered), ..Call::new(self.method, self.path) }
    }
}

/// The JSON body among headers.
fn body(text: &str) -> Option<&str> {
    text.get(text.find('{')?..=text.rfind('}')?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Operation;

    fn decoded<'a>(words: &str, arena: &'a Bump) -> Decoded<'a> {
        let fields = [("provlens.text", Json::String(DIALECT)), ("words", Json::String(arena.alloc_str(words)))];
        decode(Json::object(arena.alloc_slice_copy(&fields)), arena)
    }

    #[test]
    fn a_trace_gives_request_and_answer() {
        let arena = Bump::new();
        let words = "[2026-03-02 10:00:00] production.DEBUG: PATCH https://assets.example.com/scim/v2/Users/41 HTTP/1.1\nHost: assets.example.com\n\n{\"Operations\":[{\"op\":\"Replace\",\"path\":\"active\",\"value\":\"False\"}]}\n--------\nHTTP/1.1 400 Bad Request\nContent-Type: application/scim+json\n\n{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"scimType\":\"invalidValue\",\"detail\":\"active must be a boolean\",\"status\":400}\n";
        let Decoded::Event(event) = decoded(words, &arena) else { panic!() };
        assert_eq!((event.operation, event.outcome), (Operation::Deactivate, Outcome::Failure));
        assert_eq!((event.reason.scim_type, event.subject.id), (Some("invalidValue"), Some("41")));
        assert_eq!(event.time, time::parse("2026-03-02T10:00:00Z"));
    }

    #[test]
    fn an_exception_tells_its_status() {
        let arena = Bump::new();
        let words = "[2026-03-02 10:00:00] production.ERROR: Uniqueness error {\"exception\":\"[object] (ArieTimmerman\\\\Laravel\\\\SCIMServer\\\\Exceptions\\\\SCIMException(code: 409): Uniqueness error";
        let Decoded::Event(event) = decoded(words, &arena) else { panic!() };
        assert_eq!((event.outcome, event.reason.http_status), (Outcome::Failure, Some(409)));
    }

    #[test]
    fn notes_are_no_results() {
        let arena = Bump::new();
        for words in [
            "",
            "[2026-03-02 10:00:00] production.DEBUG: SCIM route /scim/v2 is registered",
            "[2026-03-02 10:00:00] production.ERROR: mail could not be sent",
            "[x] y.DEBUG: GET /scim/v2/Users\nHTTP/1.1 é",
        ] {
            assert!(matches!(decoded(words, &arena), Decoded::Other { .. }), "{words}");
        }
    }
}
