//! Free text: a reason, a message, a note of whoever sends the bundle.

use bumpalo::Bump;

use super::class::{Class, Recipient};
use super::encoded::{self, DEPTH};
use super::policy::{Kind, Policies};
use super::scan::{self, What};
use super::walk::Place;
use super::words::{is_distinctive, is_full_name};
use super::{MASKED, Redactor, host};
use crate::json::{Json, parse};
use crate::text::secret;

/// Parameters of addresses whose values are of use: what a SCIM or Graph client asks for.
const PARAMETERS: [&str; 22] = [
    "filter",
    "$filter",
    "startindex",
    "count",
    "limit",
    "attributes",
    "excludedattributes",
    "sortby",
    "sortorder",
    "api-version",
    "$top",
    "$skip",
    "$select",
    "$expand",
    "$orderby",
    "$count",
    "since",
    "until",
    "after",
    "cursor",
    "search",
    "q",
];

impl Redactor {
    /// Free text: secrets, addresses, devices and the JSON in it; the names of people known by now are left to
    /// [`Redactor::sweep`], which knows all of them.
    pub fn text(&mut self, text: &str) -> String {
        self.settle();
        self.text_at(text, 0)
    }

    pub(super) fn text_at(&mut self, text: &str, depth: usize) -> String {
        if depth < DEPTH
            && let Some(treated) = self.opened(text, depth, &Place::Free)
        {
            return treated;
        }
        let Some(text) = self.without_secrets(text, depth) else { return self.withheld() };
        match self.settings.recipient {
            Recipient::Internal => text,
            _ => self.pieces(&text, depth),
        }
    }

    /// The text with marks in place of secrets. First those that have a shape; then what is written in other writings
    /// is opened, since it looks like chance closed; then those that are guessed. `None` if they cannot be told.
    fn without_secrets(&mut self, text: &str, depth: usize) -> Option<String> {
        let text = self.marked(text, &scan::shaped(text)?);
        let text = if depth < DEPTH { self.enclosed(&text, depth) } else { text };
        Some(self.marked(&text, &scan::secrets(&text)?))
    }

    pub(super) fn marked(&mut self, text: &str, secrets: &[secret::Found]) -> String {
        let mark = |found: &secret::Found| {
            let value = text.get(found.range.clone()).unwrap_or_default();
            self.secret(found.kind, value).into()
        };
        secret::replaced(text, secrets, mark).into_owned()
    }

    /// A text that is JSON as a whole, as JSON; `None` if it is none.
    pub(super) fn opened(&mut self, text: &str, depth: usize, place: &Place<'_>) -> Option<String> {
        let trimmed = text.trim();
        let is_quoted = trimmed.len() > 2 && trimmed.starts_with('"') && trimmed.ends_with('"');
        if !is_quoted && !trimmed.starts_with(['{', '[']) {
            return None;
        }
        let arena = Bump::new();
        let value = parse(trimmed.as_bytes(), &arena).ok()?;
        if let (Json::String(inner), Place::Free) = (value, place) {
            return Some(quoted(&self.text_at(inner, depth + 1)));
        }
        Some(self.treat(value, place, &mut Vec::new(), depth + 1).unwrap_or_else(|| "null".to_owned()))
    }

    /// Opens what is URL-encoded or base64; what needs no treatment stays as it was written.
    pub(super) fn enclosed(&mut self, text: &str, depth: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for one in encoded::enclosed(text) {
            let treated = self.text_at(&one.text, depth + 1);
            if treated == one.text {
                continue;
            }
            let before = text.get(one.range.clone()).unwrap_or_default();
            out.push_str(text.get(from..one.range.start).unwrap_or_default());
            out.push_str(&encoded::closed(&treated, one.coding, before));
            from = one.range.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }

    fn pieces(&mut self, text: &str, depth: usize) -> String {
        let pieces = scan::pieces(text, |name, value| field_class(&self.policies, name, Some(value)).is_some());
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for piece in pieces {
            let part = text.get(piece.range.clone()).unwrap_or_default();
            out.push_str(text.get(from..piece.range.start).unwrap_or_default());
            from = piece.range.end;
            let treated = match piece.what {
                What::Login => self.value(Class::Login, part),
                What::Url => self.url_at(part, depth),
                What::Ip => self.value(Class::Ip, part),
                What::Phone => self.value(Class::Phone, part),
                // Containers of a directory are named by words, people and groups by names.
                What::Name if is_distinctive(&part.to_lowercase()) => self.value(Class::Name, part),
                What::Name => part.to_owned(),
                What::Domain => self.components(part),
                What::Field => {
                    let name = text.get(piece.name).unwrap_or_default();
                    match field_class(&self.policies, name, Some(part)) {
                        Some(class) => self.value(class, part),
                        None => part.to_owned(),
                    }
                }
            };
            out.push_str(&treated);
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }

    /// `DC=corp,DC=example`.
    fn components(&mut self, text: &str) -> String {
        let parts = text.split(',').filter_map(|part| part.split_once('=')).map(|(_, part)| part.trim());
        let domain = parts.collect::<Vec<_>>().join(".");
        let treated = self.value(Class::Domain, &domain);
        treated.split('.').map(|part| format!("DC={part}")).collect::<Vec<_>>().join(",")
    }

    /// An address or a path with its query.
    pub(super) fn url(&mut self, text: &str) -> String {
        let Some(text) = self.without_secrets(text, 0) else { return self.withheld() };
        let is_address = text.contains("://") || text.starts_with('/');
        match self.settings.recipient {
            Recipient::Internal => text,
            _ if is_address => self.url_at(&text, 0),
            _ => self.pieces(&text, 0),
        }
    }

    fn url_at(&mut self, text: &str, depth: usize) -> String {
        let end = text.trim_end_matches(['.', ',', ';', ':', '!', ')', ']']).len();
        let (text, tail) = text.split_at_checked(end).unwrap_or((text, ""));
        let (start, path) = match text.split_once("://") {
            Some((scheme, rest)) => {
                let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                let (authority, path) = rest.split_at_checked(at).unwrap_or((rest, ""));
                (format!("{scheme}://{}", self.authority(authority)), path)
            }
            None => (String::new(), text),
        };
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let mut out = start;
        for (at, part) in path.split('/').enumerate() {
            if at > 0 {
                out.push('/');
            }
            out.push_str(&self.unescaped_text(part, depth));
        }
        if let Some(query) = query {
            let parameters: Vec<String> = query.split('&').map(|part| self.parameter(part, depth)).collect();
            out.push('?');
            out.push_str(&parameters.join("&"));
        }
        out.push_str(tail);
        out
    }

    /// Host and port, with whoever stands before the `@`.
    fn authority(&mut self, authority: &str) -> String {
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, format!(":{port}")),
            _ => (host, String::new()),
        };
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let lower = name.to_lowercase();
        let treated = if bare.parse::<std::net::IpAddr>().is_ok() {
            self.value(Class::Ip, bare)
        } else if host::is_of_organisation(&lower) {
            self.value(Class::Tenant, &lower)
        } else {
            name.to_owned()
        };
        let user = match user {
            // What stands behind a colon was a secret and is a mark by now.
            Some(user) if user.contains('‹') => format!("{user}@"),
            Some(user) => format!("{}@", self.value(Class::Login, user)),
            None => String::new(),
        };
        format!("{user}{treated}{port}")
    }

    fn parameter(&mut self, part: &str, depth: usize) -> String {
        let Some((name, value)) = part.split_once('=') else { return self.unescaped_text(part, depth) };
        let is_of_use = PARAMETERS.contains(&name.to_lowercase().as_str());
        if value.is_empty() || value.contains('‹') {
            return part.to_owned();
        }
        match is_of_use {
            true => format!("{name}={}", self.unescaped_text(value, depth)),
            false => format!("{name}={MASKED}"),
        }
    }

    /// A part of an address, opened, treated, and closed if it was closed.
    fn unescaped_text(&mut self, part: &str, depth: usize) -> String {
        if !part.contains('%') {
            return if depth < DEPTH { self.text_at(part, depth + 1) } else { self.pieces(part, depth) };
        }
        let Some(inner) = encoded::unescaped(part) else { return MASKED.to_owned() };
        let treated = self.text_at(&inner, (depth + 1).min(DEPTH));
        if treated == inner { part.to_owned() } else { encoded::escaped(&treated) }
    }
}

/// What a field of JSON in a text is: names and addresses by the attributes they have everywhere. Words that
/// errors use too (`name`, `title`, `state`) say nothing there, unless somebody's name stands behind `manager`.
pub(super) fn field_class(policies: &Policies, name: &str, value: Option<&str>) -> Option<Class> {
    const AMBIGUOUS: [&str; 8] = ["name", "cn", "sn", "alias", "uid", "manager", "domain", "user"];
    const PERSONAL: [&str; 7] =
        ["employeenumber", "employeeid", "birthday", "birthdate", "dateofbirth", "streetaddress", "address"];
    let folded = super::policy::folded(name.rsplit([':', '.']).next().unwrap_or(name));
    if folded == "manager" && value.is_some_and(is_full_name) {
        return Some(Class::Name);
    }
    if AMBIGUOUS.contains(&folded.as_str()) {
        return None;
    }
    match policies.attribute(name)?.kind.as_ref()? {
        Kind::Class(class @ (Class::Login | Class::Name | Class::Phone)) => Some(*class),
        Kind::Class(Class::Personal) if PERSONAL.contains(&folded.as_str()) => Some(Class::Personal),
        Kind::Secret => Some(Class::Secret),
        _ => None,
    }
}

/// A text as JSON writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
