//! A record, field by field: what a policy has a line for is treated as the line says; what it has none for is
//! dropped outside the company, and read as text inside it.

use std::collections::HashMap;

use serde::de::IgnoredAny;

use super::class::{Class, Recipient};
use super::encoded::DEPTH;
use super::policy::{Child, Condition, Kind, Node, Policies, Policy, text_of};
use super::prose::{field_class, quoted};
use super::{MASKED, Redactor, guess};
use crate::json::{Fields, Json};
use crate::text::secret::name;

/// What is known of a value by where it stands.
#[derive(Clone, Debug)]
pub(super) enum Place<'p> {
    /// Lines of a policy; which of them count may depend on the value.
    Lines(Lines<'p>),
    /// All of it is of one kind.
    Is(Kind),
    /// JSON in a text: nobody says what its fields are.
    Free,
    /// An attribute that no list has.
    UnknownAttribute,
    /// A field that no line has.
    Unknown,
}

/// Lines that a value may fall under.
#[derive(Clone, Debug)]
pub(super) struct Lines<'p> {
    lines: Vec<(&'p Node, Option<&'p Condition>)>,
    all: &'p Policies,
    is_flat: bool,
}

impl<'p> Lines<'p> {
    /// The top of a policy.
    pub(super) fn of(policy: &'p Policy, all: &'p Policies) -> Lines<'p> {
        Lines { lines: vec![(&policy.root, None)], all, is_flat: policy.is_flat }
    }

    /// The attributes of people and groups.
    pub(super) fn of_attributes(all: &'p Policies) -> Lines<'p> {
        Lines { lines: vec![(all.attributes(), None)], all, is_flat: false }
    }

    fn only(&self, node: &'p Node) -> Lines<'p> {
        Lines { lines: vec![(node, None)], all: self.all, is_flat: false }
    }

    /// The lines that hold for a value.
    fn nodes(&self, value: Json<'_>) -> impl Iterator<Item = &'p Node> {
        let holds = move |condition: &Condition| condition.holds(text_of(value, &condition.key));
        self.lines.iter().filter(move |(_, condition)| condition.is_none_or(holds)).map(|(node, _)| *node)
    }

    fn kind(&self, value: Json<'_>) -> Option<&'p Kind> {
        self.nodes(value).find_map(|node| node.kind.as_ref())
    }

    /// What a field of an object may fall under.
    fn field(&self, object: Json<'_>, key: &str, value: Json<'_>) -> Place<'p> {
        let mut lines = Vec::new();
        for node in self.nodes(object) {
            let node = match node.kind {
                Some(Kind::Attributes) => self.all.attributes(),
                _ => node,
            };
            lines.extend(node.children_of(key).map(|child| (&child.node, child.condition.as_ref())));
        }
        if lines.is_empty() && self.is_flat {
            lines.extend(self.nodes(object).find_map(|node| flat(node, object, "", key)).map(|node| (node, None)));
        }
        if !lines.is_empty() {
            return Lines { lines, all: self.all, is_flat: false }.resolved(object, value);
        }
        let is_attribute =
            |node: &Node| matches!(node.kind, Some(Kind::Attributes)) || std::ptr::eq(node, self.all.attributes());
        match self.nodes(object).next() {
            // Extensions of SCIM put their attributes below the name of their schema.
            Some(node) if is_attribute(node) && key.starts_with("urn:") => {
                Place::Lines(self.only(self.all.attributes()))
            }
            Some(node) if is_attribute(node) && name::is_secret(key) => Place::Is(Kind::Secret),
            Some(node) if is_attribute(node) => Place::UnknownAttribute,
            _ => match self.kind(object) {
                Some(Kind::Text) => Place::Free.field(self.all, key, value),
                Some(kind @ (Kind::Class(_) | Kind::Actor(_) | Kind::Secret)) => Place::Is(kind.clone()),
                _ => Place::Unknown,
            },
        }
    }

    /// An attribute's value stands under what the attribute is.
    fn resolved(self, object: Json<'_>, value: Json<'_>) -> Place<'p> {
        let Some(Kind::ValueOf(keys)) = self.kind(value) else { return Place::Lines(self) };
        let Some(name) = keys.split('|').find_map(|key| text_of(object, key)) else {
            // A change without a path holds the attributes themselves.
            return Place::Lines(self.only(self.all.attributes()));
        };
        match self.all.attribute(name) {
            Some(node) => Place::Lines(self.only(node)),
            None if name::is_secret(name) => Place::Is(Kind::Secret),
            None => Place::UnknownAttribute,
        }
    }
}

impl<'p> Place<'p> {
    /// What a field of an object there is.
    fn field(&self, policies: &'p Policies, key: &str, value: Json<'_>) -> Place<'p> {
        match self {
            Place::Free if name::is_secret(key) => Place::Is(Kind::Secret),
            Place::Free => {
                let text = if let Json::String(text) = value { Some(text) } else { None };
                field_class(policies, key, text).map_or(Place::Free, |class| Place::Is(Kind::Class(class)))
            }
            other => other.clone(),
        }
    }
}

/// The line for a name that holds a whole path: `target0.alternateId`, `outcome_result_s`. Conditions ask for
/// what stands under the same beginning.
fn flat<'p>(node: &'p Node, object: Json<'_>, before: &str, key: &str) -> Option<&'p Node> {
    let bare =
        ["_s", "_t", "_d", "_b", "_g"].iter().find_map(|end| key.strip_suffix(end)).filter(|_| !key.contains('.'));
    let holds = |child: &Child, head: &str, sign: &str| {
        child.condition.as_ref().is_none_or(|condition| {
            let beside = ["", "_s"]
                .iter()
                .find_map(|end| text_of(object, &format!("{before}{head}{sign}{}{end}", condition.key)));
            condition.holds(beside)
        })
    };
    for key in [Some(key), bare].into_iter().flatten() {
        if let Some(child) = node.children_of(key).find(|child| child.name.is_some() && child.condition.is_none()) {
            return Some(&child.node);
        }
        for sign in [".", "_"] {
            for (at, _) in key.match_indices(sign) {
                let (head, rest) = (key.get(..at)?, key.get(at + 1..)?);
                let stem = head.trim_end_matches(|c: char| c.is_ascii_digit());
                for child in node.children_of(stem).filter(|child| child.name.is_some() && holds(child, head, sign)) {
                    let found = flat(&child.node, object, &format!("{before}{head}{sign}"), rest)
                        .or_else(|| child.node.children_of(rest).next().map(|child| &child.node));
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
    }
    None
}

impl Redactor {
    /// An original record, treated by the policy of its format, as compact JSON on one line. `None` if the format has
    /// no policy; then it stays out, and is counted.
    pub fn record(&mut self, dialect: &str, record: Json<'_>) -> Option<String> {
        let policies = std::sync::Arc::clone(&self.policies);
        let treated = match (policies.of(dialect), self.settings.recipient) {
            (Some(policy), _) => {
                let place = Place::Lines(Lines::of(policy, &policies));
                self.meet(record, &place, 0);
                self.settle();
                self.treat(record, &place, &mut vec![dialect.to_owned()], 0)
            }
            (None, Recipient::Internal) => self.treat(record, &Place::Free, &mut vec![dialect.to_owned()], 0),
            (None, _) => None,
        };
        if treated.is_none() {
            self.tally.left_out(dialect);
        }
        treated.map(|line| crate::text::sanitize::json(&line).into_owned())
    }

    /// A value as JSON; `None` if it is dropped.
    pub(super) fn treat(
        &mut self,
        value: Json<'_>,
        place: &Place<'_>,
        path: &mut Vec<String>,
        depth: usize,
    ) -> Option<String> {
        match value {
            Json::Null => Some("null".to_owned()),
            Json::Object(fields) => self.object(fields, place, path, depth),
            Json::Array(items) => {
                path.push("[]".to_owned());
                let treated: Vec<String> =
                    items.iter().filter_map(|item| self.treat(item, place, path, depth)).collect();
                path.pop();
                Some(format!("[{}]", treated.join(",")))
            }
            Json::String(text) => self.string(text, place, path, depth).map(|text| quoted(&text)),
            Json::Bool(_) | Json::Number(_) => self.plain(value, place, path),
        }
    }

    fn object(
        &mut self,
        fields: Fields<'_>,
        place: &Place<'_>,
        path: &mut Vec<String>,
        depth: usize,
    ) -> Option<String> {
        let is_outside = self.settings.recipient != Recipient::Internal;
        let object = Json::Object(fields);
        let is_closed = match place {
            Place::Unknown | Place::UnknownAttribute | Place::Is(Kind::Drop | Kind::Keep) => is_outside,
            Place::Lines(lines) => is_outside && matches!(lines.kind(object), Some(Kind::Drop)),
            _ => false,
        };
        if is_closed {
            self.tally.dropped(&path_of(path));
            return None;
        }
        let policies = std::sync::Arc::clone(&self.policies);
        // Of equal keys the last one counts.
        let mut last: HashMap<&str, usize> = HashMap::new();
        let all: Vec<(&str, Json<'_>)> = fields.iter().collect();
        all.iter().enumerate().for_each(|(at, (key, _))| {
            last.insert(key, at);
        });
        let mut treated = Vec::with_capacity(all.len());
        for (at, (key, value)) in all.iter().enumerate() {
            if last.get(key) != Some(&at) {
                continue;
            }
            let called = name::beside(key, all.iter().map(|(key, value)| (*key, value.text())));
            let inner = match place {
                _ if called.is_some() => Place::Is(Kind::Secret),
                Place::Lines(lines) => lines.field(object, key, *value),
                Place::Unknown | Place::UnknownAttribute => Place::Free.field(&policies, key, *value),
                other => other.field(&policies, key, *value),
            };
            let is_named = matches!(inner, Place::Lines(_));
            let secret = match value {
                Json::String(text) => guess::named(key, text),
                _ => None,
            };
            let shown = if is_named { (*key).to_owned() } else { self.key(key, depth) };
            path.push(shown);
            let value = match (secret, value) {
                (Some(kind), Json::String(text)) => Some(quoted(&self.secret(kind, text))),
                _ => self.treat(*value, &inner, path, depth),
            };
            let shown = path.pop().unwrap_or_default();
            if let Some(value) = value {
                treated.push(format!("{}:{value}", quoted(&shown)));
            }
        }
        Some(format!("{{{}}}", treated.join(",")))
    }

    /// A key that no policy has: somebody may have made it of a name, or of what holds one in another writing.
    fn key(&mut self, key: &str, depth: usize) -> String {
        if key.len() > 200 {
            return MASKED.to_owned();
        }
        let opened = if depth < DEPTH { self.enclosed(key, depth) } else { key.to_owned() };
        self.text_at(&opened, depth.max(DEPTH))
    }

    fn string(&mut self, text: &str, place: &Place<'_>, path: &[String], depth: usize) -> Option<String> {
        let value = Json::String(text);
        let kind = match place {
            Place::Lines(lines) => lines.kind(value).cloned(),
            Place::Is(kind) => Some(kind.clone()),
            Place::Free => Some(Kind::Text),
            Place::UnknownAttribute if self.settings.recipient != Recipient::Internal => {
                return Some(if text.is_empty() { String::new() } else { MASKED.to_owned() });
            }
            Place::UnknownAttribute | Place::Unknown => None,
        };
        match kind {
            Some(Kind::Drop) if self.settings.recipient != Recipient::Internal => {
                self.tally.dropped(&path_of(path));
                return None;
            }
            Some(Kind::Actor(_)) if self.settings.recipient == Recipient::AppVendor => {
                self.tally.dropped(&path_of(path));
                return None;
            }
            Some(Kind::Secret) if !text.is_empty() && !crate::text::secret::is_placeholder(text) => {
                return Some(self.secret(crate::text::secret::Kind::Named, text));
            }
            // Names of people and groups are not opened: whatever is in them goes.
            Some(Kind::Class(Class::Login | Class::Name | Class::Group))
                if !text.trim_start().starts_with(['"', '[']) => {}
            Some(Kind::Text) | None if depth < DEPTH && matches!(place, Place::Free | Place::Is(_)) => {
                return Some(self.text_at(text, depth));
            }
            _ if depth < DEPTH => {
                let inner = if matches!(kind, Some(Kind::Text)) { &Place::Free } else { place };
                let is_described = kind.is_some() || matches!(place, Place::Lines(_));
                if is_described && let Some(opened) = self.opened(text, depth, inner) {
                    return Some(opened);
                }
            }
            _ => {}
        }
        match kind {
            Some(Kind::Class(class) | Kind::Actor(class)) => Some(self.value(class, text)),
            Some(Kind::Url) => Some(self.url(text)),
            Some(Kind::App) => {
                self.protect(text);
                Some(self.text_at(text, depth))
            }
            Some(_) => Some(self.text_at(text, depth)),
            None if self.settings.recipient == Recipient::Internal => Some(self.text_at(text, depth)),
            None => {
                self.tally.dropped(&path_of(path));
                None
            }
        }
    }

    /// A number or flag.
    fn plain(&mut self, value: Json<'_>, place: &Place<'_>, path: &[String]) -> Option<String> {
        let text = match value {
            Json::Bool(true) => "true",
            Json::Bool(false) => "false",
            Json::Number(digits) => digits,
            _ => return None,
        };
        // What the parser let pass as a number must be one to every reader.
        let written =
            if serde_json::from_str::<IgnoredAny>(text).is_ok() { text.to_owned() } else { quoted(&self.text(text)) };
        let is_number = matches!(value, Json::Number(_));
        let kind = match place {
            Place::Lines(lines) => lines.kind(value).cloned(),
            Place::Is(kind) => Some(kind.clone()),
            Place::Free => Some(Kind::Text),
            Place::UnknownAttribute if is_number && self.settings.recipient != Recipient::Internal => {
                return Some(quoted(MASKED));
            }
            Place::UnknownAttribute => Some(Kind::Keep),
            Place::Unknown => None,
        };
        let treated = match kind {
            Some(Kind::Secret) if is_number => Some(quoted(&self.secret(crate::text::secret::Kind::Named, text))),
            Some(Kind::Actor(_)) if self.settings.recipient == Recipient::AppVendor => None,
            Some(Kind::Class(class) | Kind::Actor(class)) if is_number => {
                let replaced = self.value(class, text);
                Some(if replaced == text { written } else { quoted(&replaced) })
            }
            Some(Kind::Drop) | None if self.settings.recipient != Recipient::Internal => None,
            _ => Some(written),
        };
        if treated.is_none() {
            self.tally.dropped(&path_of(path));
        }
        treated
    }

    /// Learns who is who from a record, before anything of it is written: the login of one half of it belongs to the
    /// name of the other. Gives the login that was met.
    pub(super) fn meet(&mut self, value: Json<'_>, place: &Place<'_>, depth: usize) -> Option<String> {
        let Place::Lines(lines) = place else { return None };
        match value {
            Json::Array(items) => {
                items.iter().for_each(|item| {
                    self.meet(item, place, depth);
                });
                None
            }
            Json::Object(fields) => {
                // Who did it and whom it was done to may stand side by side, and so may the targets of a row.
                let mut roles: HashMap<(bool, String), (Option<String>, Vec<String>)> = HashMap::new();
                let mut inner_login = None;
                for (key, inner) in fields.iter() {
                    let Place::Lines(found) = lines.field(value, key, inner) else { continue };
                    let prefix =
                        if lines.is_flat { key.rsplit_once(['.', '_']).map_or("", |(head, _)| head) } else { "" };
                    match (found.kind(inner), inner) {
                        (Some(Kind::App), Json::String(text)) => self.protect(text),
                        (Some(kind @ (Kind::Class(class) | Kind::Actor(class))), Json::String(text)) => {
                            let role = roles.entry((matches!(kind, Kind::Actor(_)), prefix.to_owned())).or_default();
                            match class {
                                Class::Login if role.0.is_none() && text.contains('@') => {
                                    role.0 = Some(text.to_owned())
                                }
                                Class::Name if !super::value::is_nobody(text) && !text.contains('@') => {
                                    role.1.push(text.to_owned());
                                }
                                _ => {}
                            }
                        }
                        _ => {
                            let login = self.meet_inside(inner, found, depth);
                            inner_login = inner_login.or(login);
                        }
                    }
                }
                let mut own = None;
                for ((is_actor, _), (login, names)) in roles {
                    let login = login.or_else(|| inner_login.clone().filter(|_| !is_actor));
                    if let Some(login) = login {
                        // Several names of one person (given name, family name) are not all theirs alone.
                        if let [name] = names.as_slice() {
                            self.people.name(name, &login);
                        }
                        self.people.login(&login);
                        own = own.or(Some(login).filter(|_| !is_actor));
                    }
                }
                own
            }
            _ => None,
        }
    }

    /// The same for what a field holds, also as JSON in a text.
    fn meet_inside(&mut self, value: Json<'_>, lines: Lines<'_>, depth: usize) -> Option<String> {
        match value {
            Json::String(text) if depth < DEPTH && text.trim_start().starts_with(['{', '[']) => {
                let arena = bumpalo::Bump::new();
                let inner = crate::json::parse(text.trim().as_bytes(), &arena).ok()?;
                self.meet(inner, &Place::Lines(lines), depth + 1)
            }
            other => self.meet(other, &Place::Lines(lines), depth),
        }
    }
}

/// A path as policies write it.
fn path_of(path: &[String]) -> String {
    let mut out = String::new();
    for part in path {
        if part != "[]" && !out.is_empty() {
            out.push('.');
        }
        out.push_str(part);
    }
    out
}
