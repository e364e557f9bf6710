//! What no rule explains: failures grouped by the shape of their wording.

mod attribute;
mod varying;

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;
use sha2::{Digest as _, Sha256};

use crate::event::{CLUSTER, Event, Outcome};

pub use varying::Shape;

/// Shortest name of a person that is masked wherever it occurs.
const SHORTEST_NAME: usize = 4;

/// Longest shape that is kept, in characters.
const MAX_SHAPE: usize = 240;

/// Stands in front of a code where there is no text.
const ONLY_A_CODE: &str = "no text, only the code ";

static VARYING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<url>https?://[^\s'<>]+)",
        r"|(?P<mail>[A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+)",
        r"|(?P<guid>\b[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}\b)",
        r"|(?P<time>\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?)",
        r#"|(?P<quoted>'[^']{1,120}'|"[^"]{1,120}"|`[^`]{1,120}`)"#,
        r"|(?P<oktaid>\b(?:00u|00g|0oa|0ua|puj|trs)[0-9A-Za-z]{6,}\b)",
        r"|(?P<hex>\b(?:[0-9]+[a-fA-F]|[a-fA-F]+[0-9])[0-9a-fA-F]{6,}\b)",
        r"|(?P<number>\b\d+\b)",
    ))
    .ok()
});

/// The shape of a failure's wording: what the application said, else the whole message, else the code, else what kind
/// of event it is. `None` if it did not fail.
pub fn of(event: &Event<'_>) -> Option<String> {
    if event.outcome != Outcome::Failure {
        return None;
    }
    let told = [event.reason.remote, event.reason.message].into_iter().flatten().find(|text| !text.trim().is_empty());
    if let (None, Some(code)) = (told, event.reason.code.filter(|code| is_one_word(code))) {
        // Digits of a code do not vary from person to person.
        return Some(format!("{ONLY_A_CODE}{code}").chars().take(MAX_SHAPE).collect());
    }
    let mut words = Cow::Borrowed(told.or(event.event_type).unwrap_or("no reason given"));
    // Nothing in a name itself tells that it is one, as it does of an address.
    for name in [event.subject.name, event.subject.login, event.subject.id].into_iter().flatten() {
        if name.len() >= SHORTEST_NAME && words.contains(name) {
            words = Cow::Owned(words.replace(name, "<NAME>"));
        }
    }
    Some(shape(&words))
}

fn is_one_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

/// The shape of a message: what varies from person to person replaced by `<MAIL>`, `<ID>` and the
/// like, white space folded. Stable from run to run.
pub fn shape(message: &str) -> String {
    let folded = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let masked = match VARYING.as_ref() {
        Some(varying) => varying.replace_all(&folded, |found: &regex::Captures<'_>| {
            let name = ["url", "mail", "guid", "time", "quoted", "oktaid", "hex"]
                .into_iter()
                .find(|name| found.name(name).is_some());
            match name {
                Some("url") => "<URL>",
                Some("mail") => "<MAIL>",
                Some("guid" | "oktaid" | "hex") => "<ID>",
                Some("time") => "<TIME>",
                Some(_) => return quoted(found, &folded),
                None => "<N>",
            }
            .to_owned()
        }),
        None => folded.into(),
    };
    masked.chars().take(MAX_SHAPE).collect()
}

/// What stands for a quoted text: itself if it names an attribute, since two attributes are two reasons.
fn quoted(found: &regex::Captures<'_>, text: &str) -> String {
    let names_attribute = found.get(0).filter(|quoted| attribute::is_named(text, quoted.range()));
    names_attribute.map_or_else(|| "<NAME>".to_owned(), |quoted| quoted.as_str().to_owned())
}

/// A short name for a shape, the same in every run and on every machine. Whoever accepts a failure by its
/// name accepts no other one: nobody finds a second text with these 64 bits of SHA-256.
pub fn cluster_id(shape: &str) -> String {
    let digits = Sha256::digest(shape).iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{CLUSTER}{digits}")
}

/// Whether a text names a cluster rather than a rule; it may be a pattern, or only the beginning.
pub fn is_cluster_id(text: &str) -> bool {
    text.starts_with(CLUSTER)
}

#[cfg(test)]
mod tests {
    use super::{cluster_id, is_cluster_id, of, shape};
    use crate::event::{Event, Outcome, Provider};

    #[test]
    fn what_varies_is_masked() {
        assert_eq!(
            shape("User 'Ann Lee' (ann@example.com) not found, id 12345"),
            "User <NAME> (<MAIL>) not found, id <N>"
        );
        assert_eq!(shape("group 0123abcd-0000-1111-2222-333344445555 at 2026-01-05T09:00:00Z"), "group <ID> at <TIME>");
    }

    #[test]
    fn names_of_people_make_no_clusters() {
        let shape = |name: &'static str, message: &'static str| {
            let mut event = Event::unrecorded(Provider::Entra, "entra-graph-provisioning");
            event.outcome = Outcome::Failure;
            event.subject.name = Some(name);
            event.reason.message = Some(message);
            of(&event)
        };
        assert_eq!(shape("Kim Lee", "no depot for Kim Lee"), shape("Gus Berg", "no depot for Gus Berg"));
        assert_eq!(shape("Kim Lee", "no depot for Kim Lee").as_deref(), Some("no depot for <NAME>"));
    }

    #[test]
    fn a_failure_with_nothing_but_a_code_is_called_by_the_code() {
        let shape = |code: Option<&'static str>| {
            let mut event = Event::unrecorded(Provider::Entra, "entra-graph-provisioning");
            (event.outcome, event.event_type) = (Outcome::Failure, Some("provisioning"));
            (event.reason.code, event.reason.message) = (code, Some(" "));
            of(&event).unwrap()
        };
        assert_eq!(shape(Some("E0000047")), "no text, only the code E0000047");
        assert_eq!(shape(None), "provisioning");
    }

    #[test]
    fn failures_about_two_attributes_have_two_shapes() {
        assert_eq!(
            shape("Value 'Sales' of attribute 'costCenter' is unknown"),
            "Value <NAME> of attribute 'costCenter' is unknown"
        );
    }

    #[test]
    fn the_same_shape_has_the_same_name() {
        assert_eq!(cluster_id(&shape("no seat for a@example.com")), cluster_id(&shape("no seat for  b@example.com")));
        assert_eq!(cluster_id("no seat for <MAIL>"), "u-d412a66313859745");
        assert!(is_cluster_id("u-0f*") && !is_cluster_id("okta-unassigned"));
    }
}
