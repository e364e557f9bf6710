//! Combined Log Format of nginx or Apache in front of a SCIM server, one request a line.
//! Source: <https://httpd.apache.org/docs/current/logs.html#combined>

use bumpalo::Bump;

use super::scim_call::{Call, client, is_scim};
use super::{Decoded, is_text};
use crate::event::{App, Event, Provider};
use crate::json::{Json, parse};
use crate::text::time;

pub(super) fn sniff(record: Json<'_>) -> bool {
    is_text(record, "access-log")
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let line = record.str("words").unwrap_or_default();
    let Some(request) = Request::read(line).filter(|request| is_scim(request.path)) else {
        return Decoded::Other { dialect: "access-log", what: Some("web requests that do not go to a SCIM path") };
    };
    let mut event = Event::new(Provider::Scim, "access-log", record);
    event.time = time::parse(request.time);
    event.app = App { name: Some("SCIM server"), id: None, kind: Some("scim") };
    event.actor = request.agent.and_then(client);
    let sent = request.body(arena);
    Call { status: Some(request.status), sent, ..Call::new(request.method, request.path) }.fill(&mut event, arena);
    Decoded::Event(Box::new(event))
}

/// The parts of a line.
struct Request<'a> {
    time: &'a str,
    method: &'a str,
    path: &'a str,
    status: u16,
    agent: Option<&'a str>,
    /// Everything behind the status.
    rest: &'a str,
}

impl<'a> Request<'a> {
    fn read(line: &'a str) -> Option<Request<'a>> {
        let (_, rest) = line.split_once('[')?;
        let (time, rest) = rest.split_once("] \"")?;
        let (call, rest) = rest.split_once('"')?;
        let mut words = call.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let rest = rest.trim_start();
        let status = rest.get(..3)?.parse().ok()?;
        let rest = rest.get(3..)?;
        // Size, then the referrer and the client in quotes; the short form of the log has neither.
        let agent = rest.split('"').nth(3);
        Some(Request { time, method, path, status, agent, rest })
    }

    /// The body, where the server was told to log it: JSON whose quotes nginx writes as `\x22`.
    fn body(&self, arena: &'a Bump) -> Json<'a> {
        let Some(at) = self.rest.find("{\\x22") else { return Json::Null };
        let body = self.rest.get(at..).unwrap_or_default();
        let body = body.split('"').next().unwrap_or(body).replace("\\x22", "\"").replace("\\x5C", "\\");
        parse(body.as_bytes(), arena).unwrap_or(Json::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Operation, Outcome};

    fn decoded<'a>(line: &str, arena: &'a Bump) -> Decoded<'a> {
        let fields = [("provlens.text", Json::String("access-log")), ("words", Json::String(arena.alloc_str(line)))];
        decode(Json::object(arena.alloc_slice_copy(&fields)), arena)
    }

    #[test]
    fn a_look_up_names_person_and_client() {
        let arena = Bump::new();
        let line = r#"10.0.0.7 - - [02/Mar/2026:10:00:00 +0000] "GET /scim/v2/Users?filter=userName+eq+%22ana.lopez%40example.com%22 HTTP/1.1" 200 131 "-" "Okta SCIM Client 1.0.0""#;
        let Decoded::Event(event) = decoded(line, &arena) else { panic!() };
        assert_eq!((event.operation, event.outcome), (Operation::Match, Outcome::Success));
        assert_eq!((event.subject.login, event.actor), (Some("ana.lopez@example.com"), Some("Okta")));
    }

    #[test]
    fn a_logged_body_names_the_person() {
        let arena = Bump::new();
        let line = r#"web-1 | 10.0.0.7 - - [02/Mar/2026:10:00:00 +0000] "POST /scim/v2/Users HTTP/1.1" 409 90 "-" "-" "{\x22userName\x22:\x22kim.lee@example.com\x22}""#;
        let Decoded::Event(event) = decoded(line, &arena) else { panic!() };
        assert_eq!((event.subject.login, event.reason.http_status), (Some("kim.lee@example.com"), Some(409)));
        assert_eq!(event.actor, None);
    }

    #[test]
    fn lines_of_other_shapes_count_as_other() {
        let arena = Bump::new();
        for line in [
            "",
            "[",
            "x [y] \"GET\" 2",
            "- [02/Mar/2026:10:00:00 +0000] \"GET /scim HTTP/1.1\" é",
            "a [b] \"GET /index HTTP/1.1\" 200 1",
        ] {
            assert!(matches!(decoded(line, &arena), Decoded::Other { .. }), "{line}");
        }
    }
}
