//! Who is who: joined by id, then by login without case, never by display name.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::quality::RandomState;

use super::{Row, Seeded};

/// Ids and logins are known by a hash of 64 bits with a seed of this run: two that are not the same
/// meet there less often than memory fails, and nobody can make them meet. A look-up is then one
/// place in memory instead of two.
#[derive(Default)]
pub(super) struct People {
    seed: RandomState,
    by_id: HashMap<u64, u32, Seeded>,
    by_login: HashMap<u64, u32, Seeded>,
    people: Vec<Person>,
}

struct Person {
    label: Arc<str>,
    /// The login that was looked up last; it leads here.
    login: Option<u64>,
}

impl People {
    /// The person a row is about; groups and other things are no people.
    pub(super) fn find(&mut self, row: &Row<'_>) -> Option<u32> {
        if row.subject_kind.as_deref() != Some("user") {
            return None;
        }
        let id = row.subject_id.as_deref().map(|id| self.seed.hash_one(id));
        let login = row.login.as_deref().map(|login| self.seed.hash_one(small(login).as_ref()));
        let by_id = id.and_then(|id| self.by_id.get(&id)).copied();
        if let Some(person) = by_id
            && (login.is_none() || self.people.get(person as usize).is_some_and(|known| known.login == login))
        {
            return Some(person);
        }
        let by_login = login.and_then(|login| self.by_login.get(&login)).copied();
        let person = match by_id.or(by_login) {
            Some(person) => person,
            None => {
                if id.is_none() && login.is_none() {
                    // Only a display name: nobody to be sure about.
                    return None;
                }
                let label = row.login.as_deref().or(row.subject_name.as_deref()).or(row.subject_id.as_deref())?;
                let next = u32::try_from(self.people.len()).ok()?;
                self.people.push(Person { label: label.into(), login: None });
                next
            }
        };
        if let Some(id) = id {
            self.by_id.insert(id, person);
        }
        if let Some(login) = login {
            self.by_login.insert(login, person);
            if let Some(known) = self.people.get_mut(person as usize) {
                known.login = Some(login);
            }
        }
        Some(person)
    }

    pub(super) fn count(&self) -> u64 {
        self.people.len() as u64
    }

    pub(super) fn label(&self, person: u32) -> Arc<str> {
        self.people.get(person as usize).map(|person| person.label.clone()).unwrap_or_default()
    }
}

/// In small letters; most logins are.
fn small(login: &str) -> Cow<'_, str> {
    if login.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(login)
    } else {
        Cow::Owned(login.to_lowercase())
    }
}
