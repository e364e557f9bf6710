//! Who is who: joined by id, then by login without case, never by display name.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::{Row, Seeded};

#[derive(Default)]
pub(super) struct People {
    by_id: HashMap<Box<str>, u32, Seeded>,
    by_login: HashMap<Box<str>, u32, Seeded>,
    labels: Vec<Arc<str>>,
}

impl People {
    /// The person a row is about; groups and other things are no people.
    pub(super) fn find(&mut self, row: &Row<'_>) -> Option<u32> {
        if row.subject_kind.as_deref() != Some("user") {
            return None;
        }
        let id = row.subject_id.as_deref();
        let login = row.login.as_deref().map(small);
        let by_id = id.and_then(|id| self.by_id.get(id)).copied();
        let by_login = login.as_deref().and_then(|login| self.by_login.get(login)).copied();
        let person = match by_id.or(by_login) {
            Some(person) => person,
            None => {
                if id.is_none() && login.is_none() {
                    // Only a display name: nobody to be sure about.
                    return None;
                }
                let label = row.login.as_deref().or(row.subject_name.as_deref()).or(id)?;
                let next = u32::try_from(self.labels.len()).ok()?;
                self.labels.push(label.into());
                next
            }
        };
        if let Some(id) = id.filter(|_| by_id != Some(person)) {
            self.by_id.insert(id.into(), person);
        }
        if let Some(login) = login.filter(|_| by_login != Some(person)) {
            self.by_login.insert(login.into(), person);
        }
        Some(person)
    }

    pub(super) fn count(&self) -> u64 {
        self.labels.len() as u64
    }

    pub(super) fn label(&self, person: u32) -> Arc<str> {
        self.labels.get(person as usize).cloned().unwrap_or_default()
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
