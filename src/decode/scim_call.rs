//! One HTTP request to a SCIM server, whoever logged it: access logs, traces and audit logs all tell
//! a method, a path, a status, and some of them the bodies.
//! Source: RFC 7644 section 3 <https://www.rfc-editor.org/rfc/rfc7644#section-3>

use bumpalo::Bump;

use super::explain;
use crate::event::{Event, Operation, Outcome};
use crate::json::Json;

/// What a log says of one request.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    /// Path or address, with its query.
    pub(super) path: &'a str,
    pub(super) status: Option<u16>,
    /// What the client sent.
    pub(super) sent: Json<'a>,
    /// What the server answered, as text.
    pub(super) answer: Option<&'a str>,
}

/// Whether an address is one of a SCIM server.
pub(super) fn is_scim(path: &str) -> bool {
    path.as_bytes().windows(5).any(|part| part.eq_ignore_ascii_case(b"/scim"))
}

impl<'a> Call<'a> {
    /// A request of which nothing else is known.
    pub(super) fn new(method: &'a str, path: &'a str) -> Call<'a> {
        Call { method, path, status: None, sent: Json::Null, answer: None }
    }

    /// Fills operation, person, outcome and reason.
    pub(super) fn fill(self, event: &mut Event<'a>, arena: &'a Bump) {
        let Call { method, path, status, sent, answer } = self;
        let resource = Resource::of(path);
        // Without the query, which has names of people in it.
        event.event_type = event.event_type.or(path.split('?').next());
        event.operation = if is_search(path) { Operation::Match } else { operation(method, resource) };
        event.subject.kind = resource.kind();
        event.subject.id = event.subject.id.or(id_in(path));
        read_filter(path, event, arena);
        read_body(sent, event);
        match status {
            Some(400..) => {
                event.outcome = Outcome::Failure;
                event.reason.phase = Some(if event.operation == Operation::Match { "matching" } else { "export" });
                let status = status.unwrap_or_default();
                let said = answer.map(|answer| format!(". Response content: {answer}")).unwrap_or_default();
                let words = format!("the SCIM server answered {method} {path} with HTTP status {status}{said}");
                explain(event, Some(arena.alloc_str(&words)), arena);
                // A body may repeat another status than the one that was sent.
                event.reason.http_status = Some(status);
            }
            // The client was sent elsewhere, so nothing was changed here.
            Some(301 | 302 | 303 | 307 | 308) => {
                event.outcome = Outcome::Warning;
                event.reason.http_status = status;
            }
            _ => {}
        }
    }
}

/// What a path is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Resource {
    User,
    Group,
    /// What the server can do.
    Configuration,
    Other,
}

impl Resource {
    fn of(path: &str) -> Resource {
        let path = path.split('?').next().unwrap_or(path);
        let has = |name: &str| path.split('/').any(|part| part.eq_ignore_ascii_case(name));
        match () {
            () if has("Groups") => Resource::Group,
            () if has("Users") || has("Me") => Resource::User,
            () if has("ServiceProviderConfig") || has("ServiceProviderConfigs") => Resource::Configuration,
            () if has("Schemas") || has("ResourceTypes") => Resource::Configuration,
            () => Resource::Other,
        }
    }

    fn kind(self) -> Option<&'static str> {
        match self {
            Resource::User => Some("user"),
            Resource::Group => Some("group"),
            Resource::Configuration | Resource::Other => None,
        }
    }
}

fn operation(method: &str, resource: Resource) -> Operation {
    let is = |name: &str| method.eq_ignore_ascii_case(name);
    match resource {
        Resource::Configuration => Operation::Schema,
        Resource::Other if is("GET") || is("HEAD") => Operation::Match,
        Resource::Other => Operation::Other,
        _ if is("GET") || is("HEAD") => Operation::Match,
        Resource::User if is("POST") => Operation::Create,
        Resource::User if is("PUT") || is("PATCH") => Operation::Update,
        Resource::User if is("DELETE") => Operation::Delete,
        Resource::Group if is("POST") => Operation::GroupCreate,
        Resource::Group if is("PUT") || is("PATCH") => Operation::GroupUpdate,
        Resource::Group if is("DELETE") => Operation::GroupDelete,
        _ => Operation::Other,
    }
}

/// Whether a request looks somebody up although its method is POST (RFC 7644 section 3.4.3).
fn is_search(path: &str) -> bool {
    path.split('?').next().is_some_and(|path| path.ends_with("/.search"))
}

/// The part behind `Users` or `Groups`.
fn id_in(path: &str) -> Option<&str> {
    let path = path.split('?').next().unwrap_or(path);
    let is_list = |part: &&str| part.eq_ignore_ascii_case("Users") || part.eq_ignore_ascii_case("Groups");
    let id = path.split('/').skip_while(|part| !is_list(part)).nth(1)?;
    (!id.is_empty() && id != ".search" && !id.contains('=')).then_some(id)
}

/// Whom a look-up is about: `filter=userName+eq+%22ana%40example.com%22`.
fn read_filter<'a>(path: &'a str, event: &mut Event<'a>, arena: &'a Bump) {
    let Some((_, query)) = path.split_once('?') else { return };
    let Some(filter) = query.split('&').find_map(|part| part.strip_prefix("filter=")) else { return };
    let filter = decoded(filter, arena);
    let Some(at) = filter.as_bytes().windows(4).position(|part| part.eq_ignore_ascii_case(b" eq ")) else { return };
    let attribute = filter.get(..at).unwrap_or_default().trim_start_matches('(').trim();
    let value = filter.get(at + 4..).unwrap_or_default().trim();
    let value = value.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or(value);
    if value.is_empty() {
        return;
    }
    let is = |name: &str| attribute.eq_ignore_ascii_case(name);
    let subject = &mut event.subject;
    match () {
        () if is("userName") || attribute.to_ascii_lowercase().starts_with("emails") => {
            subject.login = subject.login.or(Some(value));
        }
        () if is("displayName") => subject.name = subject.name.or(Some(value)),
        // An `externalId` is the identity provider's own id.
        () if is("externalId") || is("id") => subject.id = subject.id.or(Some(value)),
        () => {}
    }
}

/// What the body of a request tells: the name, whether the account is switched on or off, and whether
/// members come or go.
pub(super) fn read_body<'a>(sent: Json<'a>, event: &mut Event<'a>) {
    let subject = &mut event.subject;
    let group = subject.kind == Some("group");
    if !group {
        subject.login = sent.str("userName").or(subject.login);
    }
    subject.name = sent.str("displayName").or(subject.name);
    for change in sent.get("Operations").unwrap_or(Json::Null).items() {
        if !group && change.str("path").is_some_and(|path| path.eq_ignore_ascii_case("userName")) {
            subject.login = change.str("value").or(subject.login);
        }
    }
    event.operation = operation_of_body(sent, event.operation);
}

/// What a change is by its body: whether the account is switched on or off, or members come or go.
pub(super) fn operation_of_body(sent: Json<'_>, operation: Operation) -> Operation {
    let mut switched = sent.get("active").and_then(flag).filter(|on| !on);
    let (mut joins, mut leaves) = (false, false);
    for change in sent.get("Operations").unwrap_or(Json::Null).items() {
        let path = change.str("path").unwrap_or_default().to_ascii_lowercase();
        let value = change.get("value").unwrap_or(Json::Null);
        if path == "active" {
            // Entra writes the value as text, and some clients as a list.
            switched = value.items().find_map(flag).or(switched);
        } else if let Some(on) = value.get("active").and_then(flag) {
            switched = Some(on);
        }
        if path.starts_with("members") || value.has("members") {
            let removes = change.str("op").is_some_and(|op| op.eq_ignore_ascii_case("remove"));
            (joins, leaves) = (joins || !removes, leaves || removes);
        }
    }
    match (operation, switched) {
        (Operation::Update, Some(false)) => Operation::Deactivate,
        (Operation::Update, Some(true)) => Operation::Reactivate,
        (Operation::GroupUpdate, _) if joins && !leaves => Operation::MembershipAdd,
        (Operation::GroupUpdate, _) if leaves && !joins => Operation::MembershipRemove,
        (operation, _) => operation,
    }
}

fn flag(value: Json<'_>) -> Option<bool> {
    let text = value.text()?;
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("true") { Some(true) } else { is("false").then_some(false) }
}

/// A query's text without `+` and `%22`. What is no escape stays as it is.
pub(super) fn decoded<'a>(text: &'a str, arena: &'a Bump) -> &'a str {
    if !text.contains(['+', '%']) {
        return text;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = if *first == b'%' { behind.get(..2).and_then(hex) } else { None };
        bytes.push(match (first, escaped) {
            (_, Some(byte)) => byte,
            (b'+', None) => b' ',
            (other, None) => *other,
        });
        rest = if escaped.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    arena.alloc_str(&String::from_utf8_lossy(&bytes))
}

fn hex(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0, |sum: u8, digit| {
        let value = char::from(*digit).to_digit(16)?;
        Some((sum << 4) | u8::try_from(value).ok()?)
    })
}

/// Which client a `User-Agent` names. Entra sends none or a general one, so it cannot be told.
pub(super) fn client(agent: &str) -> Option<&str> {
    match agent.trim() {
        "" | "-" => None,
        okta if okta.starts_with("Okta SCIM Client") => Some("Okta"),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Provider;
    use crate::json::parse;

    fn filled(method: &str, path: &str, sent: &str) -> (Operation, Option<String>, Option<String>) {
        let arena = Bump::new();
        let sent = parse(sent.as_bytes(), &arena).unwrap();
        let mut event = Event::new(Provider::Scim, "access-log", Json::Null);
        let (method, path) = (&*arena.alloc_str(method), &*arena.alloc_str(path));
        Call { sent, ..Call::new(method, path) }.fill(&mut event, &arena);
        (event.operation, event.subject.login.map(str::to_owned), event.subject.id.map(str::to_owned))
    }

    #[test]
    fn a_filter_names_the_person() {
        for (filter, login) in [
            ("userName+eq+%22ana.lopez%40example.com%22", Some("ana.lopez@example.com")),
            ("userName%20Eq%20%22a%2Bb@example.com%22%20and%20active%20eq%20true", Some("a+b@example.com")),
            ("userName+eq+%2", Some("%2")),
            ("userName+sw+%22a%22", None),
            ("userName+eq+", None),
        ] {
            let found = filled("GET", &format!("/scim/v2/Users?startIndex=1&filter={filter}"), "null");
            assert_eq!(found, (Operation::Match, login.map(str::to_owned), None), "{filter}");
        }
        assert_eq!(filled("POST", "/scim/v2/Users/.search?x=1", "null"), (Operation::Match, None, None));
        let (_, login, id) = filled("GET", "/scim/v2/Users?filter=externalId+eq+%22x1%22", "null");
        assert_eq!((login, id.as_deref()), (None, Some("x1")));
    }

    #[test]
    fn the_body_tells_what_the_method_does_not() {
        let patch = |operations: &str| format!(r#"{{"Operations":[{operations}]}}"#);
        let off = [
            r#"{"op":"Replace","path":"active","value":"False"}"#,
            r#"{"op":"replace","value":{"active":false}}"#,
            r#"{"op":"replace","path":"active","value":[false]}"#,
        ];
        for operations in off {
            assert_eq!(
                filled("PATCH", "/scim/v2/Users/7", &patch(operations)).0,
                Operation::Deactivate,
                "{operations}"
            );
        }
        let on = r#"{"op":"replace","path":"active","value":true}"#;
        assert_eq!(filled("PATCH", "/scim/v2/Users/7", &patch(on)).0, Operation::Reactivate);
        // Every PUT carries the state; only "off" says what it is for.
        assert_eq!(filled("PUT", "/scim/v2/Users/7", r#"{"active":true}"#).0, Operation::Update);
        let member = r#"{"op":"Add","path":"members","value":[{"value":"8"}]}"#;
        assert_eq!(filled("PATCH", "/scim/v2/Groups/2", &patch(member)).0, Operation::MembershipAdd);
        let leaver = r#"{"op":"remove","path":"members[value eq \"8\"]"}"#;
        assert_eq!(filled("PATCH", "/scim/v2/Groups/2", &patch(leaver)).0, Operation::MembershipRemove);
        let created = filled("POST", "/scim/v2/Users", r#"{"userName":"kim.lee@example.com","active":true}"#);
        assert_eq!((created.0, created.1.as_deref()), (Operation::Create, Some("kim.lee@example.com")));
    }

    #[test]
    fn wrong_types_are_no_reason_to_stop() {
        for sent in
            ["[]", "1", r#"{"active":{},"Operations":{"path":[],"value":null}}"#, r#"{"Operations":[1,null,[]]}"#]
        {
            assert_eq!(filled("PATCH", "/scim/v2/Users/7", sent).0, Operation::Update, "{sent}");
        }
    }

    #[test]
    fn an_answer_is_taken_apart() {
        let arena = Bump::new();
        let mut event = Event::new(Provider::Scim, "access-log", Json::Null);
        let answer = r#"{"status":"409","scimType":"uniqueness","detail":"userName is taken"}"#;
        let call = Call::new("POST", "/scim/v2/Users");
        Call { status: Some(409), answer: Some(answer), ..call }.fill(&mut event, &arena);
        assert_eq!(event.reason.scim_type, Some("uniqueness"));
        assert_eq!(event.reason.remote, Some("userName is taken"));
    }

    #[test]
    fn clients_are_named_where_they_say_so() {
        assert_eq!(client("Okta SCIM Client 1.0.0"), Some("Okta"));
        assert_eq!((client("-"), client("")), (None, None));
        assert_eq!(client("curl/8.1"), Some("curl/8.1"));
    }
}
