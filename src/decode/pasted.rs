//! One failure as copied from a portal or a ticket: words, but no time.

use bumpalo::Bump;

use super::{Decoded, explain, is_text};
use crate::event::{Event, Operation, Outcome, Provider, scim_type, status_number};
use crate::json::Json;

pub(super) fn sniff(record: Json<'_>) -> bool {
    is_text(record, "pasted-text")
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    Decoded::Event(event(record, arena))
}

fn event<'a>(record: Json<'a>, arena: &'a Bump) -> Box<Event<'a>> {
    let words = record.str("words").unwrap_or_default();
    let lower = words.to_ascii_lowercase();
    let after = |label: &str| -> Option<&'a str> {
        let at = lower.find(label)? + label.len();
        words
            .get(at..)?
            .trim_start_matches([':', ' ', '\r', '\n', '*', '>'])
            .lines()
            .next()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let code = after("error code").and_then(|text| text.split_whitespace().next()).filter(|code| code.len() > 3);
    let okta = lower.contains("errors reported by") || lower.contains("okta");
    let marks = [
        "systemforcrossdomain",
        "azure",
        "entra",
        "adscimversion",
        "provisioning service",
        "encounteredquarantineexception",
    ];
    // SAP's services write the number behind it.
    let status = || lower.contains("statuscode:") && !lower.contains("http operation failed invoking");
    let entra = marks.iter().any(|mark| lower.contains(mark))
        || status()
        || code.is_some_and(is_in_capitals)
        || under(words, "error message").is_some();
    let provider = if okta && !lower.contains("azure") {
        Provider::Okta
    } else if entra {
        Provider::Entra
    } else {
        Provider::Scim
    };
    let mut event = Event::new(provider, "pasted-text", record);
    event.outcome = Outcome::Failure;
    event.set_code(code);
    event.operation = after("action:").and_then(|text| Operation::from_word(&text.to_ascii_lowercase())).unwrap_or(
        match after("operation:").unwrap_or_default() {
            "PATCH" | "PUT" if lower.contains("/groups") => Operation::GroupUpdate,
            "PATCH" | "PUT" => Operation::Update,
            "POST" => Operation::Create,
            "DELETE" => Operation::Delete,
            _ => said_to_be_tried(&lower),
        },
    );
    event.subject.login = after("upn :").or(after("upn:")).filter(|text| text.contains('@'));
    event.subject.kind = event.subject.login.map(|_| "user");
    explain(&mut event, under(words, "error message").or(Some(words)), arena);
    if let Some(status) = after("response status code").and_then(status_number) {
        event.reason.http_status = Some(status);
    }
    Box::new(event)
}

/// What the words of Okta and Entra around a message say was tried.
fn said_to_be_tried(lower: &str) -> Operation {
    const SAID: [(&str, Operation); 13] = [
        ("encounteredquarantineexception", Operation::Quarantine),
        ("error while creating user", Operation::Create),
        ("automatic provisioning of user", Operation::Create),
        ("failed to create user", Operation::Create),
        ("error while updating user", Operation::Update),
        ("automatic profile push of user", Operation::Update),
        ("push profile update for", Operation::Update),
        ("failed to update user", Operation::Update),
        ("error while deactivating user", Operation::Deactivate),
        ("automatic deprovisioning of user", Operation::Deactivate),
        ("failed to disable user", Operation::Deactivate),
        ("error while reactivating user", Operation::Reactivate),
        ("failed to delete user", Operation::Delete),
    ];
    let said = SAID.into_iter().find(|(words, _)| lower.contains(words));
    said.map_or(Operation::Other, |(_, operation)| operation)
}

/// A failure of which somebody has only the message or the code: one word alone is a code, a status or a scimType.
pub(super) fn quoted<'a>(words: &'a str, arena: &'a Bump) -> Box<Event<'a>> {
    let words = words.trim();
    let fields =
        arena.alloc_slice_copy(&[("provlens.text", Json::String("pasted-text")), ("words", Json::String(words))]);
    let mut event = event(Json::object(fields), arena);
    let is_alone = !words.contains(char::is_whitespace);
    let reason = &mut event.reason;
    for word in words.split(|letter: char| !letter.is_alphanumeric()) {
        if (is_alone || is_in_capitals(word)) && !word.is_empty() && !reason.codes.contains(&word) {
            reason.codes.push(word);
        }
    }
    if is_alone {
        reason.codes.extend((!reason.codes.contains(&words)).then_some(words));
        reason.http_status = reason.http_status.or(status_number(words));
        reason.scim_type = reason.scim_type.or(scim_type(words));
    }
    event
}

/// What stands under a heading that has a line of its own, as Entra's portal writes it: up to the next one.
fn under<'a>(words: &'a str, heading: &str) -> Option<&'a str> {
    let is = |line: &str, heading: &str| {
        line.trim_matches(|letter: char| !letter.is_alphanumeric()).eq_ignore_ascii_case(heading)
    };
    let mut lines = words.split_inclusive('\n').scan(0, |at, line| {
        let from = *at;
        *at += line.len();
        Some((from, *at, line))
    });
    let (_, from, _) = lines.find(|(.., line)| is(line, heading))?;
    let to = lines.find(|(.., line)| is(line, "error code")).map_or(words.len(), |(to, ..)| to);
    words.get(from..to).map(str::trim).filter(|text| !text.is_empty())
}

/// Whether a code is words without a space, as those of Entra are: `DuplicateTargetEntries`.
fn is_in_capitals(code: &str) -> bool {
    let capitals = code.bytes().filter(u8::is_ascii_uppercase).count();
    code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(|letter| letter.is_ascii_alphabetic())
        && (2..code.len() / 2).contains(&capitals)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Provider, code and message of what was pasted.
    fn told(words: &str) -> (Provider, Option<String>, Option<String>) {
        let arena = Bump::new();
        let record = serde_json::json!({ "provlens.text": "pasted-text", "words": words }).to_string();
        let record = crate::json::parse(record.as_bytes(), &arena).unwrap();
        let Decoded::Event(event) = decode(record, &arena) else { panic!("{words}") };
        (event.provider, event.reason.code.map(str::to_owned), event.reason.message.map(str::to_owned))
    }

    #[test]
    fn what_the_portal_of_entra_shows_is_told_without_its_headings() {
        let wanted = (Provider::Entra, Some("DuplicateTargetEntries".to_owned()), Some("It has two.".to_owned()));
        for words in [
            "Error code\n\nDuplicateTargetEntries\n\nError message\n\nIt has two.\n",
            "> **Error code**\r\n> DuplicateTargetEntries\r\n> **Error message**\r\nIt has two.",
            "Error message\nIt has two.\n\nError code:\nDuplicateTargetEntries",
        ] {
            assert_eq!(told(words), wanted, "{words}");
        }
        let (provider, code, _) = told("Error code: MandatoryFieldsMissing");
        assert_eq!((provider, code.as_deref()), (Provider::Entra, Some("MandatoryFieldsMissing")));
    }

    #[test]
    fn what_others_paste_is_not_of_entra() {
        let okta = "Error while creating user: Bad Gateway. Errors reported by remote server: error code: 502";
        assert_eq!(told(okta).0, Provider::Okta);
        let sap =
            "HTTP operation failed invoking https://ias.example.com/scim/Users with statusCode: 400, Response: no";
        assert_eq!(told(sap).0, Provider::Scim);
        for words in ["error code: 502", "Error Code: null", "error code: E0000001", "error code: RATELIMIT"] {
            assert_eq!(told(words).0, Provider::Scim, "{words}");
        }
    }
}
