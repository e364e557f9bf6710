//! All rows of one person who was asked for, under whatever id or login.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::people::{Identity, People, RANDOM};
use super::{Row, Seeded};
use crate::text::fold::folded;

/// Collects the rows.
#[derive(Clone, Default)]
pub(super) struct Story {
    /// What was asked for, in small letters; nobody if it is empty.
    asked: String,
    /// Everything else by which the person is known, in small letters.
    known: HashSet<String>,
    rows: Vec<(Option<u32>, Row<'static>)>,
    /// Where each of them stands, by what tells it from all others: those of one envelope have the same place.
    places: HashMap<u64, usize, Seeded>,
    /// Who has what was asked for as id or login.
    by_key: BTreeSet<u32>,
    /// Who has it as display name.
    by_name: BTreeSet<u32>,
    /// Somebody was seen before it was known that they are the one.
    missed: bool,
}

/// The story that was found.
#[derive(Default)]
pub(super) struct Told {
    pub(super) rows: Vec<Row<'static>>,
    /// Whom it is about; several if what was asked for fits several.
    pub(super) people: Vec<Identity>,
    pub(super) is_incomplete: bool,
}

impl Story {
    /// Of whoever has this as login, id or display name.
    pub(super) fn of(asked: &str) -> Story {
        Story { asked: folded(asked).into_owned(), ..Story::default() }
    }

    /// The same, with everything by which the person is known.
    pub(super) fn knowing(mut self, identity: &Identity) -> Story {
        let ids = identity.ids.iter().filter(|id| id.len() >= RANDOM || identity.logins.is_empty());
        self.known = ids.chain(&identity.logins).map(|name| folded(name).into_owned()).collect();
        self
    }

    pub(super) fn is_asked_for(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Keeps a row if it is about the person; `is_new` if nothing was about them before.
    pub(super) fn see(&mut self, row: Row<'_>, person: Option<u32>, is_new: bool) {
        let key = |text: &str| {
            let text = folded(text);
            text == self.asked || self.known.contains(&*text)
        };
        let has_key = [&row.login, &row.subject_id].into_iter().flatten().any(|text| key(text));
        let has_name = || row.subject_name.as_ref().is_some_and(|name| folded(name) == self.asked);
        let wanted = match person {
            None => has_key || has_name(),
            Some(person) if has_key => {
                self.missed |= self.by_key.insert(person) && !is_new && !self.by_name.contains(&person);
                true
            }
            Some(person) if self.by_key.contains(&person) || self.by_name.contains(&person) => true,
            Some(person) if has_name() => {
                self.missed |= !is_new;
                self.by_name.insert(person);
                true
            }
            Some(_) => false,
        };
        if wanted {
            self.places.insert(row.key, self.rows.len());
            self.rows.push((person, row.into_owned()));
        }
    }

    /// Takes over what was decided later of a row.
    pub(super) fn correct(&mut self, row: &Row<'_>) {
        if let Some((_, told)) = self.places.get(&row.key).and_then(|place| self.rows.get_mut(*place)) {
            told.detail.clone_from(&row.detail);
        }
    }

    /// The story, in order of time.
    pub(super) fn finish(self, people: &People) -> Told {
        let roots = people.roots();
        let root = |person: &u32| roots.as_ref().map_or(*person, |roots| roots.of(*person));
        let chosen = if self.by_key.is_empty() { &self.by_name } else { &self.by_key };
        let chosen: BTreeSet<u32> = chosen.iter().map(root).collect();
        let elsewhere = roots.is_some()
            && (0..people.numbers()).any(|number| {
                chosen.contains(&root(&number)) && !self.by_key.contains(&number) && !self.by_name.contains(&number)
            });
        let is_theirs = |person: &Option<u32>| person.as_ref().is_none_or(|person| chosen.contains(&root(person)));
        let rows = self.rows.into_iter().filter(|(person, _)| is_theirs(person)).map(|(_, row)| row);
        let mut rows: Vec<Row<'static>> = rows.collect();
        rows.sort_by_key(|row| (row.time, row.input, row.offset));
        let identities = people.identities();
        Told {
            rows,
            people: chosen.iter().map(|person| identities.of(*person)).collect(),
            is_incomplete: self.missed || elsewhere,
        }
    }
}
