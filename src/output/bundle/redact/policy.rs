//! What each field of each log format holds: read from the TOML files in `policies`, which are an allow
//! list. A path that no file names is unknown, and what is unknown does not leave the company.
//!
//! A path is names joined by dots. `[]` after a name says that a list is expected there (an object in its
//! place is read the same way), `[type=User|AppUser]` that the line holds for elements whose `type` is one
//! of these, and `*` stands for any name. Names are compared without case and separators, since transports
//! rewrite them (`eventType`, `event_type`, `EventType`).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::class::Class;
use crate::json::Json;

/// The files that are built in. A format without one has its records left out.
const FILES: [(&str, &str); 23] = [
    ("okta-system-log", include_str!("policies/okta-system-log.toml")),
    ("okta-flat", include_str!("policies/okta-flat.toml")),
    ("entra-provisioning", include_str!("policies/entra-provisioning.toml")),
    ("azure-monitor", include_str!("policies/azure-monitor.toml")),
    ("entra-pod", include_str!("policies/entra-pod.toml")),
    ("entra-csv", include_str!("policies/entra-csv.toml")),
    ("entra-audit", include_str!("policies/entra-audit.toml")),
    ("azure-audit", include_str!("policies/azure-audit.toml")),
    ("entra-job", include_str!("policies/entra-job.toml")),
    ("m365-ual", include_str!("policies/m365-ual.toml")),
    ("scim-error", include_str!("policies/scim-error.toml")),
    ("text", include_str!("policies/text.toml")),
    ("authentik", include_str!("policies/authentik.toml")),
    ("aws", include_str!("policies/aws.toml")),
    ("github", include_str!("policies/github.toml")),
    ("google", include_str!("policies/google.toml")),
    ("slack", include_str!("policies/slack.toml")),
    ("jumpcloud", include_str!("policies/jumpcloud.toml")),
    ("snowflake", include_str!("policies/snowflake.toml")),
    ("cloudflare", include_str!("policies/cloudflare.toml")),
    ("sailpoint", include_str!("policies/sailpoint.toml")),
    ("onelogin", include_str!("policies/onelogin.toml")),
    ("auth0", include_str!("policies/auth0.toml")),
];

/// Attributes of people and groups, by the names that SCIM, Graph and Okta give them.
pub(super) const ATTRIBUTES: &str = include_str!("policies/attributes.toml");

/// A policy that cannot be used. Nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It is no TOML, or has keys that mean nothing.
    #[error("the redaction policy {file} cannot be read: {why}")]
    Broken {
        /// Which.
        file: String,
        /// What the parser says.
        why: String,
    },
    /// A path that cannot be matched.
    #[error("the redaction policy {file} has the path {path:?}, which cannot be read")]
    Path {
        /// Which.
        file: String,
        /// The path.
        path: String,
    },
    /// A word for what a field holds that nobody knows.
    #[error("the redaction policy {file} says that {path:?} is {word:?}, which is no kind of field")]
    Word {
        /// Which.
        file: String,
        /// The path.
        path: String,
        /// The word.
        word: String,
    },
    /// Two files for one format.
    #[error("the redaction policy {file} is the second one for {dialect}")]
    Twice {
        /// Which.
        file: String,
        /// The format.
        dialect: String,
    },
    /// A pattern that secrets or addresses are found by is broken.
    #[error("the patterns by which secrets and addresses are found cannot be used")]
    Patterns,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of the vendor's, a time, a number, a flag.
    Keep,
    /// The name of an application, which is never mistaken for a person's.
    App,
    /// Words of whomever.
    Text,
    /// An address or path.
    Url,
    /// A value of a class.
    Class(Class),
    /// The same, of whoever did it: no business of the application's vendor.
    Actor(Class),
    /// An attribute's value; the attribute's name stands beside it, under this key.
    ValueOf(String),
    /// Attributes by their names.
    Attributes,
    /// A secret, however it looks.
    Secret,
    /// Known, and of no use to anybody outside.
    Drop,
}

impl Kind {
    fn from_word(word: &str) -> Option<Kind> {
        let class = |word: &str| Class::ALL.into_iter().find(|class| class.word() == word);
        Some(match word {
            "keep" => Kind::Keep,
            "app" => Kind::App,
            "text" => Kind::Text,
            "url" => Kind::Url,
            "attributes" => Kind::Attributes,
            "secret" => Kind::Secret,
            "drop" => Kind::Drop,
            _ => match (word.strip_prefix("actor-"), word.strip_prefix("value of ")) {
                (Some(word), _) => Kind::Actor(class(word)?),
                (_, Some(key)) => Kind::ValueOf(key.to_owned()),
                _ => Kind::Class(class(word)?),
            },
        })
    }
}

/// All policies.
#[derive(Debug)]
pub(super) struct Policies {
    policies: Vec<Policy>,
    by_dialect: HashMap<String, usize>,
    attributes: Node,
}

/// What the records of some formats hold.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) root: Node,
    /// Names hold whole paths: `outcome.result`, `outcome_result_s`.
    pub(super) is_flat: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The formats it is for.
    dialects: Vec<String>,
    /// Where the fields are described.
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    flat: bool,
    /// Path and what is there.
    fields: BTreeMap<String, String>,
}

impl Policies {
    /// Those that are built in.
    pub(super) fn built_in() -> Result<Arc<Policies>, PolicyError> {
        // The screen makes a bundle at every look into it, and they are the same each time.
        static BUILT_IN: OnceLock<Arc<Policies>> = OnceLock::new();
        match BUILT_IN.get() {
            Some(policies) => Ok(Arc::clone(policies)),
            None => Policies::compile(&FILES, ATTRIBUTES).map(|all| Arc::clone(BUILT_IN.get_or_init(|| Arc::new(all)))),
        }
    }

    /// Those of files.
    pub(super) fn compile(files: &[(&str, &str)], attributes: &str) -> Result<Policies, PolicyError> {
        let mut compiled = Policies {
            policies: Vec::new(),
            by_dialect: HashMap::new(),
            attributes: read("attributes", attributes)?.1.root,
        };
        for (name, text) in files {
            let (dialects, policy) = read(name, text)?;
            for dialect in dialects {
                if compiled.by_dialect.insert(dialect.clone(), compiled.policies.len()).is_some() {
                    return Err(PolicyError::Twice { file: (*name).to_owned(), dialect });
                }
            }
            compiled.policies.push(policy);
        }
        Ok(compiled)
    }

    /// The one for a format.
    pub(super) fn of(&self, dialect: &str) -> Option<&Policy> {
        self.by_dialect.get(dialect).and_then(|at| self.policies.get(*at))
    }

    /// All attributes.
    pub(super) fn attributes(&self) -> &Node {
        &self.attributes
    }

    /// What an attribute holds, by a name as SCIM filters, mappings and audit logs write it:
    /// `emails[type eq "work"].value`, `urn:…:User:department`, `User.mail`.
    pub(super) fn attribute(&self, name: &str) -> Option<&Node> {
        let name = name.trim().rsplit(':').next().unwrap_or(name);
        let plain: String = name.split(']').map(|part| part.split('[').next().unwrap_or(part)).collect();
        let down = |path: &str| path.split('.').try_fold(&self.attributes, |node, part| node.child(part));
        down(&plain).or_else(|| down(plain.rsplit('.').next()?))
    }
}

#[cfg(test)]
impl Policies {
    /// Each format with its policy.
    pub(super) fn all(&self) -> Vec<(&str, &Policy)> {
        let mut all: Vec<(&str, &Policy)> =
            self.by_dialect.iter().filter_map(|(name, at)| Some((name.as_str(), self.policies.get(*at)?))).collect();
        all.sort_by_key(|(name, _)| *name);
        all
    }
}

fn read(name: &str, text: &str) -> Result<(Vec<String>, Policy), PolicyError> {
    let broken =
        |error: toml::de::Error| PolicyError::Broken { file: name.to_owned(), why: error.message().to_owned() };
    let file: File = toml::from_str(text).map_err(broken)?;
    let mut root = Node::default();
    for (path, word) in &file.fields {
        let Some(kind) = Kind::from_word(word) else {
            return Err(PolicyError::Word { file: name.to_owned(), path: path.clone(), word: word.clone() });
        };
        if root.put(path, kind).is_none() {
            return Err(PolicyError::Path { file: name.to_owned(), path: path.clone() });
        }
    }
    root.sort();
    Ok((file.dialects, Policy { root, is_flat: file.flat }))
}

/// A level of the tree that paths make.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) kind: Option<Kind>,
    pub(super) children: Vec<Child>,
}

/// One name of a level.
#[derive(Clone, Debug)]
pub(super) struct Child {
    /// Folded; `None` is any.
    pub(super) name: Option<String>,
    pub(super) condition: Option<Condition>,
    pub(super) node: Node,
}

/// What an element must say of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) key: String,
    pub(super) values: Vec<String>,
}

impl Condition {
    /// Whether it holds, given what stands under a key.
    pub(super) fn holds(&self, text: Option<&str>) -> bool {
        text.is_some_and(|text| self.values.iter().any(|value| value.eq_ignore_ascii_case(text.trim())))
    }
}

impl Node {
    /// Adds a line; `None` if the path is none.
    fn put(&mut self, path: &str, kind: Kind) -> Option<()> {
        let (part, rest) = split(path);
        let (name, condition) = segment(part)?;
        let known = self.children.iter().position(|child| child.name == name && child.condition == condition);
        let at = known.unwrap_or_else(|| {
            self.children.push(Child { name, condition, node: Node::default() });
            self.children.len() - 1
        });
        let node = &mut self.children.get_mut(at)?.node;
        match rest {
            Some(rest) => node.put(rest, kind),
            None => {
                node.kind = Some(kind);
                Some(())
            }
        }
    }

    /// The exacter a line, the earlier: conditions, names, any name.
    fn sort(&mut self) {
        self.children.sort_by_key(|child| (child.name.is_none(), child.condition.is_none()));
        self.children.iter_mut().for_each(|child| child.node.sort());
    }

    fn child(&self, name: &str) -> Option<&Node> {
        let name = folded(name);
        let has = |child: &&Child| child.name.as_deref().is_none_or(|known| known == name);
        self.children.iter().find(has).map(|child| &child.node)
    }

    /// What an object's field may be: its lines, the exactest first. Lines for any name count only where
    /// no line has the name.
    pub(super) fn children_of(&self, name: &str) -> impl Iterator<Item = &Child> {
        let name = folded(name);
        let named = self.children.iter().any(|child| child.name.as_deref() == Some(&name));
        self.children.iter().filter(move |child| match child.name.as_deref() {
            Some(known) => known == name,
            None => !named,
        })
    }
}

/// The first part of a path and the rest. Dots inside brackets are part of a condition, and two dots are
/// one of a name that has dots itself.
fn split(path: &str) -> (&str, Option<&str>) {
    let mut depth = 0;
    for (at, c) in path.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            '.' if depth == 0 => return (path.get(..at).unwrap_or_default(), path.get(at + 1..)),
            _ => {}
        }
    }
    (path, None)
}

/// A name and its condition.
fn segment(part: &str) -> Option<(Option<String>, Option<Condition>)> {
    let (name, condition) = match part.split_once('[') {
        None => (part, None),
        Some((name, rest)) => match rest.strip_suffix(']')? {
            "" => (name, None),
            text => {
                let (key, values) = text.split_once('=')?;
                let values = values.split('|').map(str::to_owned).collect();
                (name, Some(Condition { key: key.to_owned(), values }))
            }
        },
    };
    match name {
        "" => None,
        "*" => Some((None, condition)),
        name => Some((Some(folded(name)), condition)),
    }
}

/// Small letters without separators.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '.' | ' ' | '-')).flat_map(char::to_lowercase).collect()
}

/// The text under a key of an object.
pub(super) fn text_of<'a>(object: Json<'a>, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Json::text)
}
