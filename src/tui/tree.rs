//! What a record says, as a tree in the order of the record. Made once, away from the thread that
//! draws: everything in it is fit to be shown, secrets masked.

use bumpalo::Bump;

use crate::json::{self, Fields, Found, Json, Reader};
use crate::output::page::shown;
use crate::rules::Trace;
use crate::text::secret::name;
use crate::text::time::{self, Micros};

/// Most values that are taken apart.
const MOST: usize = 100_000;
/// Deepest nesting, that of texts in texts included.
const DEEPEST: usize = 200;
/// Places of a text at which JSON may begin that are tried.
const TRIES: usize = 3;

/// A record taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Each value before those inside it.
    pub nodes: Vec<Node>,
    /// Values in which a secret was masked.
    pub masked: usize,
    /// Not all of it is here.
    pub is_cut: bool,
    /// Words that made a rule match, in small letters.
    pub words: Vec<String>,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// How deep it lies.
    pub depth: usize,
    /// The value that it lies in.
    pub parent: Option<usize>,
    /// Its name, or its number in a list.
    pub key: Option<String>,
    /// What it is.
    pub what: What,
    /// The first node behind those inside it.
    pub end: usize,
    /// It made a rule match.
    pub is_matched: bool,
    /// The time that it names.
    pub time: Option<Micros>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An object, and how many fields it has.
    Object(usize),
    /// A list, and how long it is.
    List(usize),
    /// A text; what is inside it was JSON in the text.
    Text(String),
    /// A number, `true`, `false` or `null`.
    Bare(String),
    /// A line of a record that is no JSON.
    Line(String),
}

/// Where a value is put, and what it is called there.
struct Spot<'n> {
    parent: Option<usize>,
    depth: usize,
    /// As it is shown: its own name, or its number in a list.
    key: Option<String>,
    /// What tells whether it is secret.
    name: &'n str,
}

impl Spot<'_> {
    /// In nothing, and without a name.
    const TOP: Spot<'static> = Spot { parent: None, depth: 0, key: None, name: "" };
}

impl Tree {
    /// Takes a record apart.
    pub fn of(text: &str, trace: &Trace) -> Tree {
        let arena = Bump::new();
        let tree = Tree { words: trace.words().to_vec(), ..Tree::default() };
        let mut growing = Growing { tree, trace, arena: &arena };
        match json::parse(text.as_bytes(), &arena) {
            Ok(value) => _ = growing.put(value, Spot::TOP),
            Err(_) => growing.put_lines(text),
        }
        growing.tree
    }

    /// The name of a value's place: `target.0.displayName`.
    pub fn path(&self, node: usize) -> String {
        let mut keys = Vec::new();
        let mut at = Some(node);
        while let Some(node) = at.and_then(|at| self.nodes.get(at)) {
            keys.extend(node.key.as_deref());
            at = node.parent;
        }
        keys.reverse();
        keys.join(".")
    }

    /// Whether something lies in a value.
    pub fn has_inside(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|found| found.end > node + 1)
    }

    /// Whether a value, or one inside it, made a rule match.
    pub fn is_matched_inside(&self, node: usize) -> bool {
        let end = self.nodes.get(node).map_or(node, |found| found.end);
        self.nodes.get(node..end).is_some_and(|nodes| nodes.iter().any(|node| node.is_matched))
    }

    /// The value as JSON, or as it is if it is a single one.
    pub fn text(&self, node: usize) -> String {
        match self.nodes.get(node).map(|node| &node.what) {
            Some(What::Text(text) | What::Bare(text) | What::Line(text)) => text.clone(),
            Some(_) => self.json(node),
            None => String::new(),
        }
    }

    /// All of it.
    pub fn whole(&self) -> String {
        if matches!(self.nodes.first(), Some(Node { what: What::Line(_), .. })) {
            let lines = (0..self.nodes.len()).map(|node| self.text(node));
            return lines.collect::<Vec<_>>().join("\n");
        }
        self.json(0)
    }

    fn json(&self, root: usize) -> String {
        let mut out = String::new();
        // What is still open: where it ends, and its closing bracket.
        let mut open: Vec<(usize, char)> = Vec::new();
        let Some(top) = self.nodes.get(root) else { return out };
        let mut at = root;
        while at < top.end {
            let Some(node) = self.nodes.get(at) else { break };
            close(&mut out, &mut open, at);
            if at > root {
                if !out.ends_with(['{', '[']) {
                    out.push(',');
                }
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', 2 * open.len()));
            }
            let is_in_object = open.last().is_some_and(|(_, bracket)| *bracket == '}');
            if let (Some(key), true) = (&node.key, is_in_object) {
                out.push_str(&quoted(key));
                out.push_str(": ");
            }
            match &node.what {
                What::Object(_) => {
                    out.push('{');
                    open.push((node.end, '}'));
                }
                What::List(_) => {
                    out.push('[');
                    open.push((node.end, ']'));
                }
                What::Text(text) | What::Line(text) => out.push_str(&quoted(text)),
                What::Bare(text) => out.push_str(text),
            }
            // What was JSON in a text is in it already.
            at = if matches!(node.what, What::Object(_) | What::List(_)) { at + 1 } else { node.end };
        }
        close(&mut out, &mut open, usize::MAX);
        out
    }
}

/// A tree in the making.
struct Growing<'j> {
    tree: Tree,
    trace: &'j Trace,
    arena: &'j Bump,
}

impl<'j> Growing<'j> {
    /// The lines of a record that is no JSON.
    fn put_lines(&mut self, text: &str) {
        for line in text.lines() {
            let at = self.tree.nodes.len();
            if !self.push(Spot::TOP, What::Line(shown(line))) {
                break;
            }
            self.mark(at, line);
        }
    }

    /// A value with all that lies in it; false if there is no room for it.
    fn put(&mut self, value: Json<'j>, spot: Spot<'j>) -> bool {
        if spot.depth > DEEPEST {
            self.tree.is_cut = true;
            return false;
        }
        let (at, name) = (self.tree.nodes.len(), spot.name);
        let what = match value {
            Json::Object(fields) => What::Object(fields.count()),
            Json::Array(items) => What::List(items.iter().count()),
            Json::String(text) => What::Text(self.masked(name, text)),
            Json::Number(_) | Json::Bool(_) | Json::Null => What::Bare(shown(bare(value))),
        };
        if !self.push(spot, what) {
            return false;
        }
        match value {
            Json::Object(_) | Json::Array(_) => self.put_inner(value, name, at),
            Json::String(text) => {
                self.mark(at, text);
                if let Some(inner) = inside(text, self.arena) {
                    self.put_inner(inner, name, at);
                }
            }
            Json::Number(_) | Json::Bool(_) | Json::Null => self.mark(at, bare(value)),
        }
        let end = self.tree.nodes.len();
        if let Some(node) = self.tree.nodes.get_mut(at) {
            node.end = end;
            node.time = if let Json::String(text) = value { time_of(text) } else { None };
        }
        true
    }

    /// What lies in a value, as far as there is room; what JSON in a text says stands right below the text.
    fn put_inner(&mut self, inner: Json<'j>, name: &'j str, parent: usize) {
        let depth = self.tree.nodes.get(parent).map_or(0, |node| node.depth + 1);
        let spot = |key, name| Spot { parent: Some(parent), depth, key: Some(key), name };
        match inner {
            Json::Object(fields) => {
                fields.iter().all(|(key, value)| self.put(value, spot(shown(key), name_of(fields, key, name))))
            }
            other => other.items().enumerate().all(|(at, value)| self.put(value, spot(at.to_string(), name))),
        };
    }

    fn push(&mut self, Spot { parent, depth, key, .. }: Spot<'_>, what: What) -> bool {
        if self.tree.nodes.len() >= MOST {
            self.tree.is_cut = true;
            return false;
        }
        let end = self.tree.nodes.len() + 1;
        self.tree.nodes.push(Node { depth, parent, key, what, end, is_matched: false, time: None });
        true
    }

    /// Marks a value if it made a rule match.
    fn mark(&mut self, at: usize, text: &str) {
        let is_matched = self.trace.is_at(&self.tree.path(at), text);
        if let Some(node) = self.tree.nodes.get_mut(at) {
            node.is_matched = is_matched;
        }
    }

    /// A text fit to be shown. Some secrets are known by their name only.
    fn masked(&mut self, name: &str, text: &str) -> String {
        const SECRET: &str = "‹secret›";
        let bare = shown(text);
        let before = format!("{}=", shown(name));
        let named = shown(&format!("{before}{text}"));
        let masked = match named.strip_prefix(&before) {
            Some(value) if value.contains(SECRET) && !bare.contains(SECRET) => {
                // Only what follows the name at once is known to be one, and the rest of it belongs to it.
                SECRET.to_owned()
            }
            _ => bare,
        };
        self.tree.masked += usize::from(masked.contains(SECRET) && !text.contains(SECRET));
        masked
    }
}

fn bare(value: Json<'_>) -> &str {
    match value {
        Json::Number(digits) => digits,
        Json::Bool(true) => "true",
        Json::Bool(false) => "false",
        _ => "null",
    }
}

/// The name that tells whether a value is secret: its own, or that of what it is the value of.
fn name_of<'n>(fields: Fields<'n>, key: &'n str, outer: &'n str) -> &'n str {
    let is_value = || name::is_holder(key) && name::is_secret(outer);
    let beside = name::beside(key, fields.iter().map(|(key, value)| (key, value.text())));
    beside.or_else(|| is_value().then_some(outer)).unwrap_or(key)
}

fn close(out: &mut String, open: &mut Vec<(usize, char)>, at: usize) {
    while let Some((end, bracket)) = open.last().copied()
        && end <= at
    {
        open.pop();
        if !out.ends_with(['{', '[']) {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', 2 * open.len()));
        }
        out.push(bracket);
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A time as logs write it; years and ids alone are none.
fn time_of(text: &str) -> Option<Micros> {
    let is_likely = (19..=40).contains(&text.len()) && text.contains(':') && text.contains('-');
    if is_likely { time::parse(text) } else { None }
}

/// The object or list that a text is, or that stands in it, as an app's answer in a message does.
fn inside<'a>(text: &'a str, arena: &'a Bump) -> Option<Json<'a>> {
    let is_open = |value: &Json<'_>| match value {
        Json::Object(fields) => fields.iter().next().is_some(),
        Json::Array(items) => items.iter().any(|item| matches!(item, Json::Object(_) | Json::Array(_))),
        _ => false,
    };
    let whole = Json::String(text).unfolded(arena);
    if is_open(&whole) {
        return Some(whole);
    }
    let starts = text.match_indices('{').map(|(at, _)| at).take(TRIES);
    starts.into_iter().find_map(|start| {
        let end = match Reader::default().read(text.as_bytes(), start) {
            Found::Value(value) => value.end,
            _ => return None,
        };
        let part = text.get(start..end)?;
        json::parse(part.as_bytes(), arena).ok().filter(is_open)
    })
}

#[cfg(test)]
pub(in crate::tui) mod tests;
