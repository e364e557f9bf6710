//! ssosync, which copies people from Google Workspace to AWS IAM Identity Center, and other programs
//! that log with logrus. What AWS answered follows a record as plain text,
//! `status of http response was 409: …`; the framing puts it into the record as `provlens.after`
//! (seen in the wild: awslabs/ssosync issues 104 and 111). idp-scim-sync has the answer in the message and
//! its `status` beside it (slashdevops/idp-scim-sync issues 45 and 57).

use bumpalo::Bump;

use super::{Decoded, explain};
use crate::event::{App, Event, Operation, Outcome, Provider, status_number};
use crate::json::Json;
use crate::text::time;

/// What its messages say it does.
const DOING: [(&str, Operation); 13] = [
    ("creating user", Operation::Create),
    ("updating user", Operation::Update),
    ("deleting user", Operation::Delete),
    ("deactivating user", Operation::Deactivate),
    ("creating group", Operation::GroupCreate),
    ("deleting group", Operation::GroupDelete),
    ("adding user to group", Operation::MembershipAdd),
    ("adding member", Operation::MembershipAdd),
    ("removing user from group", Operation::MembershipRemove),
    ("removing member", Operation::MembershipRemove),
    ("finding user", Operation::Match),
    ("fetching user", Operation::Import),
    ("get /users", Operation::Match),
];

pub(super) fn sniff(record: Json<'_>) -> bool {
    const LEVELS: [&str; 8] = ["trace", "debug", "info", "warning", "warn", "error", "fatal", "panic"];
    record.exact("msg").is_some()
        && record.exact("time").is_some()
        && level(record).is_some_and(|l| LEVELS.contains(&l))
}

fn level(record: Json<'_>) -> Option<&str> {
    record.exact("level").and_then(Json::text)
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let msg = record.str("msg").unwrap_or_default();
    let after = record.str("provlens.after");
    let lower = msg.to_ascii_lowercase();
    let status =
        after.and_then(answered).or_else(|| answered(msg)).or_else(|| record.str("status").and_then(status_number));
    let doing = DOING.iter().find(|(words, _)| lower.contains(words)).map(|(_, operation)| *operation);
    if status.is_none() && doing.is_none() && !lower.contains("scim") {
        return Decoded::Other { dialect: "logrus", what: Some("a program's log lines that do not speak of SCIM") };
    }
    let severe = matches!(level(record), Some("error" | "fatal" | "panic"));
    let outcome = match level(record) {
        _ if severe || status.is_some_and(|status| status >= 400) => Outcome::Failure,
        Some("warning" | "warn") if record.has("error") => Outcome::Warning,
        // It says what it is going to do, and then only what did not work.
        _ => {
            return Decoded::Other {
                dialect: "ssosync",
                what: Some("what ssosync set out to do; only failures follow"),
            };
        }
    };
    let mut event = Event::new(Provider::Aws, "ssosync", record);
    event.time = record.str("time").and_then(time::parse);
    event.event_type = Some(msg);
    event.outcome = outcome;
    event.operation = doing.unwrap_or(Operation::Other);
    event.app = App { name: Some("AWS IAM Identity Center"), id: None, kind: Some("ssosync") };
    event.subject.login = record.str("user").or(record.str("email"));
    event.subject.name = if event.subject.login.is_none() { record.str("group") } else { None };
    event.counterpart = record.str("group").filter(|_| event.subject.login.is_some());
    let group = event.subject.name.is_some() || lower.contains("ing group");
    event.subject.kind = Some(if group { "group" } else { "user" });
    let details = after.or(record.str("error"));
    let words = details.map_or(msg, |details| arena.alloc_str(&format!("{msg}: {details}")));
    explain(&mut event, Some(words), arena);
    event.reason.http_status = status.or(event.reason.http_status);
    Decoded::Event(Box::new(event))
}

/// The number in `status of http response was 409` and `GET /Users returned status: 401`.
fn answered(text: &str) -> Option<u16> {
    let (_, rest) = text.split_once("status of http response was ").or_else(|| text.split_once("returned status: "))?;
    status_number(rest.get(..3)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn read(text: &str) -> Option<(Outcome, Operation, Option<u16>, Option<String>)> {
        let arena = Bump::new();
        let record = parse(text.as_bytes(), &arena).unwrap();
        assert!(sniff(record), "{text}");
        let Decoded::Event(event) = decode(record, &arena) else { return None };
        Some((event.outcome, event.operation, event.reason.http_status, event.subject.login.map(str::to_owned)))
    }

    #[test]
    fn the_text_behind_a_record_tells_why() {
        let found = read(
            r#"{"level":"error","msg":"error creating user","time":"2026-03-02T10:00:00Z","user":"kim.lee@example.com","provlens.after":"status of http response was 409: errorString\nnull"}"#,
        );
        let login = Some("kim.lee@example.com".to_owned());
        assert_eq!(found, Some((Outcome::Failure, Operation::Create, Some(409), login)));
        let fatal = read(r#"{"level":"fatal","msg":"status of http response was 429","time":"2026-03-02T10:00:00Z"}"#);
        assert_eq!(fatal, Some((Outcome::Failure, Operation::Other, Some(429), None)));
    }

    #[test]
    fn an_answer_inside_the_message_is_a_result() {
        let refused = read(
            r#"{"level":"warning","method":"POST","msg":"aws checkHTTPResponse: body: {\"detail\":\"Refused to create a new, duplicate resource.\"}","status":"409 Conflict","time":"2026-03-02T10:00:00Z"}"#,
        );
        assert_eq!(refused, Some((Outcome::Failure, Operation::Other, Some(409), None)));
    }

    #[test]
    fn what_it_sets_out_to_do_is_no_result() {
        for text in [
            r#"{"level":"info","msg":"creating user","time":"2026-03-02T10:00:00Z","user":"a@example.com"}"#,
            r#"{"level":"error","msg":"disk is full","time":"x"}"#,
            r#"{"level":"debug","msg":"GET /Users returned status: 200","time":"x"}"#,
            r#"{"level":"info","msg":{"a":1},"time":[],"user":7}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
