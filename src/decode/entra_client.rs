//! What Entra's provisioning client says of one call, as text in a server's log or in a ticket:
//! `Resource: … Operation: PATCH … Response Status Code: MethodNotAllowed … Response Content: …`
//! (seen in the wild, undocumented: getsentry/self-hosted issue 2280).

use bumpalo::Bump;

use super::scim_call::Call;
use super::{Decoded, explain, is_text};
use crate::event::{App, Event, Outcome, Provider, status_number};
use crate::json::{Json, parse};
use crate::text::time;

/// What ends the text behind a label.
const LABELS: [&str; 8] = [
    "resource:",
    "operation:",
    "headers:",
    "content type:",
    "data:",
    "response status code:",
    "response headers:",
    "response content:",
];

pub(super) fn sniff(record: Json<'_>) -> bool {
    is_text(record, "entra-client-text")
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let words = record.str("words").unwrap_or_default();
    let mut event = Event::new(Provider::Entra, "entra-client-text", record);
    // A server that logs the text puts its own time in front.
    event.time = words.trim_start_matches('[').get(..19).and_then(time::parse);
    match Exchange::find(words) {
        Some(exchange) => {
            exchange.fill(words, &mut event, arena);
            Decoded::Event(Box::new(event))
        }
        None => Decoded::Other { dialect: "entra-client-text", what: Some("calls of Entra whose answer is missing") },
    }
}

/// A call and its answer.
pub(super) struct Exchange<'a> {
    address: &'a str,
    method: &'a str,
    status: u16,
    sent: Option<&'a str>,
    answer: Option<&'a str>,
}

impl<'a> Exchange<'a> {
    /// The exchange that a text holds, if it tells the answer's status.
    pub(super) fn find(words: &'a str) -> Option<Exchange<'a>> {
        let lower = words.to_ascii_lowercase();
        let after = |label: &str| -> Option<&'a str> {
            let from = lower.find(label)? + label.len();
            let rest = lower.get(from..)?;
            let end = LABELS.iter().filter_map(|next| rest.find(next)).min().unwrap_or(rest.len());
            Some(words.get(from..from + end)?.trim()).filter(|text| !text.is_empty())
        };
        let first = |text: &'a str| text.split_whitespace().next();
        Some(Exchange {
            address: after("resource:").and_then(first)?,
            method: after("operation:").and_then(first)?,
            status: after("response status code:").and_then(first).and_then(status_number)?,
            sent: after("data:"),
            answer: after("response content:"),
        })
    }

    /// Fills an event; `words` are the whole text.
    pub(super) fn fill(&self, words: &'a str, event: &mut Event<'a>, arena: &'a Bump) {
        let sent = self.sent.and_then(|text| parse(object_in(text)?.as_bytes(), arena).ok()).unwrap_or(Json::Null);
        let call =
            Call { status: Some(self.status), sent, answer: self.answer, ..Call::new(self.method, self.address) };
        call.fill(event, arena);
        event.app = App { name: host(self.address), ..event.app };
        if event.outcome == Outcome::Failure {
            explain(event, Some(words), arena);
            event.reason.http_status = Some(self.status);
        }
    }
}

/// The host of an address.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.split(['/', '?', ':']).next().filter(|host| !host.is_empty())
}

/// From the first bracket to the last: what follows the body is a sentence of whoever copied it.
fn object_in(text: &str) -> Option<&str> {
    text.get(text.find('{')?..=text.rfind('}')?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Operation;

    #[test]
    fn request_and_answer_are_read_together() {
        let arena = Bump::new();
        let words = r#"Resource: https://wiki.example.com/scim/v2/Groups/2
            Operation: PATCH
            Headers: ADSCIMVersion: 6.0
            Data: {"Operations":[{"op":"Add","path":"members","value":[{"value":"8"}]}]}
            Resource: https://wiki.example.com/scim/v2/Groups/2
            Operation: PATCH
            Response Status Code: MethodNotAllowed
            Response Content: {"detail":"Method \"PATCH\" not allowed."}"#;
        let mut event = Event::new(Provider::Entra, "entra-client-text", Json::Null);
        Exchange::find(words).unwrap().fill(words, &mut event, &arena);
        assert_eq!((event.operation, event.reason.http_status), (Operation::MembershipAdd, Some(405)));
        assert_eq!((event.app.name, event.subject.id), (Some("wiki.example.com"), Some("2")));
        assert_eq!(event.reason.remote, Some("Method \"PATCH\" not allowed."));
    }

    #[test]
    fn one_line_is_read_too_and_a_call_without_answer_is_none() {
        let line =
            "Resource: https://a.example.com/scim/Users Operation: POST Response Status Code: 409 Response Content:";
        let found = Exchange::find(line).unwrap();
        assert_eq!((found.method, found.status, found.answer), ("POST", 409, None));
        for words in
            ["", "Resource: x Operation: POST", "response status code: 200", "resource:operation:response status code:"]
        {
            assert!(Exchange::find(words).is_none(), "{words}");
        }
    }
}
