//! Who is who: joined by id, then by login without case, never by display name.

use std::collections::HashMap;

use super::Row;

#[derive(Default)]
pub(super) struct People {
    by_id: HashMap<String, u32>,
    by_login: HashMap<String, u32>,
    labels: Vec<String>,
}

impl People {
    /// The person a row is about; groups and other things are no people.
    pub(super) fn find(&mut self, row: &Row) -> Option<u32> {
        if row.subject_kind.as_deref() != Some("user") {
            return None;
        }
        let login = row.login.as_ref().map(|login| login.to_lowercase());
        let id = row.subject_id.as_ref();
        let known = id
            .and_then(|id| self.by_id.get(id))
            .or_else(|| login.as_ref().and_then(|login| self.by_login.get(login)))
            .copied();
        let person = match known {
            Some(person) => person,
            None => {
                let label =
                    row.login.clone().or_else(|| row.subject_name.clone()).or_else(|| row.subject_id.clone())?;
                if id.is_none() && login.is_none() {
                    // Only a display name: nobody to be sure about.
                    return None;
                }
                let next = u32::try_from(self.labels.len()).ok()?;
                self.labels.push(label);
                next
            }
        };
        if let Some(id) = id {
            self.by_id.insert(id.clone(), person);
        }
        if let Some(login) = login {
            self.by_login.insert(login, person);
        }
        Some(person)
    }

    pub(super) fn count(&self) -> u64 {
        self.labels.len() as u64
    }

    pub(super) fn label(&self, person: u32) -> &str {
        self.labels.get(person as usize).map_or("", String::as_str)
    }
}
