//! What of a log may leave the company: structure first, text second, proof last.
//!
//! 1. A record is treated field by field, by the policy of its format ([`policy`], [`walk`]). The policies are
//!    allow lists: a field that nobody described is dropped, since nobody can say what is in it.
//! 2. Free text is searched for what looks like a secret, an address or a device ([`scan`], [`prose`]).
//! 3. Finished texts are searched for every value that was replaced anywhere ([`sweep`]).
//! 4. Finished bytes are searched once more, and whoever finds anything writes nothing ([`check`]).
//!
//! What is hidden from whom is one table, [`class`]. What stands in place of a value depends on the key of the
//! case and the value alone ([`key`]), so that the same person is the same everywhere.
//!
//! A caller first shows every event to [`Redactor::learn`] and every record to [`Redactor::learn_record`], then
//! writes, then gives every finished text to [`Redactor::sweep`] and every finished file to [`Redactor::check`].

mod account;
mod check;
mod class;
mod encoded;
mod event;
mod guess;
mod host;
mod ids;
mod key;
mod known;
mod people;
mod policy;
mod prose;
mod scan;
mod search;
mod strings;
mod sweep;
#[cfg(test)]
mod tests;
mod value;
mod walk;
mod words;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

pub use account::{Account, ClassCount, Dropped, GroupShape, LeftOut, Mapped, Pair, SecretCount};
pub use check::Leak;
pub use class::{Action, Class, Recipient};
pub use event::id_class;
pub use key::Key;
pub use policy::PolicyError;

use account::Tally;
use known::Register;
use people::{Login, People};
use policy::Policies;
use search::Search;
use walk::{Lines, Place};

use crate::json::Json;
use crate::text::folded::normal;

/// What stands in place of a value of which nobody needs to tell one from another.
pub(crate) const MASKED: &str = "‹masked›";
/// How what stands in place of a secret begins.
pub(crate) const MARK: &str = "‹secret:";
/// What stands in place of a text of which cannot be told what is in it.
pub(crate) const WITHHELD: &str = "‹text withheld›";

/// How a bundle is redacted.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who receives it.
    pub recipient: Recipient,
    /// Names of groups stay.
    pub keep_groups: bool,
    /// Logins of people who stay in clear, on purpose.
    pub reveal: Vec<String>,
    /// The key of the case.
    pub key: Key,
}

/// Redacts the events, records and texts of one bundle, and remembers what it replaced.
#[derive(Debug)]
pub struct Redactor {
    settings: Settings,
    policies: Arc<Policies>,
    revealed: HashSet<String>,
    /// The domains of those who stay in clear: their addresses would be none without.
    revealed_domains: HashSet<String>,
    people: People,
    /// What was learnt and is not known yet: who is who must be clear first.
    pending: Vec<(Class, String)>,
    register: Register,
    /// Names of applications and rules, as they are compared.
    protected: BTreeSet<String>,
    tally: Tally,
    search: Search,
    /// Texts in which nothing was found that must not be there. Logs say the same over and over.
    clean: HashSet<String>,
    /// Texts without a secret that is not ours; whatever becomes known later, they stay so.
    secretless: HashSet<String>,
}

impl Redactor {
    /// Compiles all policies and patterns.
    ///
    /// # Errors
    /// If one of them is broken: without a redactor there is no bundle.
    pub fn new(settings: Settings) -> Result<Redactor, PolicyError> {
        Redactor::with(settings, Policies::built_in()?)
    }

    fn with(settings: Settings, policies: Arc<Policies>) -> Result<Redactor, PolicyError> {
        if !scan::is_ready() || !ids::is_ready() || !encoded::is_ready() {
            return Err(PolicyError::Patterns);
        }
        let logins: Vec<Login> = settings.reveal.iter().map(|login| Login::of(login)).collect();
        Ok(Redactor {
            revealed: logins.iter().map(Login::identity).collect(),
            revealed_domains: logins.into_iter().filter_map(|login| login.domain).collect(),
            settings,
            policies,
            people: People::default(),
            pending: Vec::new(),
            register: Register::default(),
            protected: BTreeSet::new(),
            tally: Tally::default(),
            search: Search::default(),
            clean: HashSet::new(),
            secretless: HashSet::new(),
        })
    }

    /// Looks at a record before anything is written, so that the names in it belong to their logins.
    pub fn learn_record(&mut self, dialect: &str, record: Json<'_>) {
        let policies = Arc::clone(&self.policies);
        if let Some(policy) = policies.of(dialect) {
            self.meet(record, &Place::Lines(Lines::of(policy, &policies)), 0);
        }
    }

    /// JSON that somebody attached. Outside the company a field stays only if an attribute is called so.
    pub fn attached(&mut self, value: Json<'_>) -> String {
        self.settle();
        let policies = Arc::clone(&self.policies);
        let place = match self.settings.recipient {
            Recipient::Internal => Place::Free,
            _ => Place::Lines(Lines::of_attributes(&policies)),
        };
        self.treat(value, &place, &mut vec!["attached".to_owned()], 0).unwrap_or_else(|| "null".to_owned())
    }

    /// What was replaced and dropped, in numbers.
    pub fn account(&self) -> Account {
        let Settings { recipient, keep_groups, reveal, key } = &self.settings;
        self.tally.account(*recipient, key.id(), *keep_groups, reveal.len())
    }

    /// Up to five values of each class before and after. For a terminal alone.
    pub fn pairs(&self) -> &[Pair] {
        &self.tally.pairs
    }

    /// Who is who, for the map beside the bundle; never a secret.
    pub fn mapping(&self) -> Vec<Mapped> {
        let has_name =
            |class: Class| class != Class::Secret && class.action(self.settings.recipient) == Action::Pseudonym;
        let mut mapping: Vec<Mapped> = self
            .register
            .values()
            .iter()
            .filter(|known| has_name(known.class))
            .map(|known| Mapped {
                class: known.class,
                pseudonym: known.replacement.clone(),
                value: known.value.clone(),
                count: known.count,
            })
            .collect();
        mapping.sort_by(|a, b| (a.class, &a.pseudonym).cmp(&(b.class, &b.pseudonym)));
        mapping
    }

    /// Keeps a name from being taken for a person's.
    pub(crate) fn protect(&mut self, name: &str) {
        let name = normal(name);
        if !name.is_empty() && name.len() <= 200 && !name.contains('@') && self.protected.insert(name) {
            self.search.clear();
            self.clean.clear();
        }
    }

    /// Makes known what was learnt.
    fn settle(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        for (class, text) in std::mem::take(&mut self.pending) {
            if value::is_nobody(&text) || scan::secrets(&text).is_none_or(|secrets| !secrets.is_empty()) {
                continue;
            }
            let class = value::seen_as(class, &text);
            if let Some(replacement) = self.replacement(class, &text) {
                self.know(class, &text, &replacement);
            }
        }
    }

    /// Makes the search know everything that is known; whether there can be one.
    fn search_all(&mut self) -> bool {
        self.search.update(self.register.values(), self.protected.iter().map(String::as_str))
    }
}
