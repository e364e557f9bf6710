//! Which events belong to somebody for whom something is not as it should be, for filters that ask
//! for it with `is:`.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::memory::{Mark, Memory};
use crate::analysis::{Analysis, PersonState};
use crate::event::filter::State;
use crate::event::store::Row;

/// Who is in which list, at which application; and what the reader marked.
#[derive(Debug, Default)]
pub struct States {
    analysis: Arc<Analysis>,
    not_removed: People,
    waiting: People,
    out_of_date: People,
    marks: HashSet<Mark>,
}

/// Places in a list of people, by a name and an application.
type Places = HashMap<(String, String), usize>;

/// People by id and by login, each at an application.
#[derive(Debug, Default)]
struct People {
    ids: Places,
    logins: Places,
}

impl People {
    fn of(list: &[PersonState]) -> People {
        let mut people = People::default();
        for (place, person) in list.iter().enumerate() {
            let app = || person.app.to_string();
            people.ids.extend(person.who.ids.iter().map(|id| ((id.to_string(), app()), place)));
            people.logins.extend(person.who.logins.iter().map(|login| ((login.to_lowercase(), app()), place)));
        }
        people
    }

    /// Whose event it is, as a place in the list.
    fn find(&self, row: Row<'_>) -> Option<usize> {
        let app = row.app()?;
        let subject = row.subject();
        let place = |names: &Places, name: String| names.get(&(name, app.to_owned())).copied();
        let by_id = subject.id.and_then(|id| place(&self.ids, id.to_owned()));
        by_id.or_else(|| subject.login.and_then(|login| place(&self.logins, login.to_lowercase())))
    }

    fn has(&self, row: Row<'_>) -> bool {
        self.find(row).is_some()
    }
}

impl States {
    /// The lists of an analysis, and what a reader marked.
    pub fn of(analysis: &Arc<Analysis>, memory: &Memory) -> States {
        let lists = &analysis.people;
        States {
            analysis: analysis.clone(),
            not_removed: People::of(&lists.access_not_removed),
            waiting: People::of(&lists.waiting_for_access),
            out_of_date: People::of(&lists.out_of_date),
            marks: memory.marks.iter().cloned().collect(),
        }
    }

    /// Whose lists they are.
    pub fn analysis(&self) -> &Arc<Analysis> {
        &self.analysis
    }

    /// Those in the three lists, as if they were one, to whom one of these events belongs.
    pub fn places<'s>(&self, rows: impl Iterator<Item = Row<'s>>) -> BTreeSet<usize> {
        let lists = &self.analysis.people;
        let (first, second) = (lists.access_not_removed.len(), lists.waiting_for_access.len());
        let starts = [(&self.not_removed, 0), (&self.waiting, first), (&self.out_of_date, first + second)];
        let of = |row| starts.into_iter().filter_map(move |(people, start)| Some(start + people.find(row)?));
        rows.flat_map(of).collect()
    }

    /// Whether an event is in such a state.
    pub fn is(&self, state: State, row: Row<'_>) -> bool {
        match state {
            State::NotRemoved => self.not_removed.has(row),
            State::Waiting => self.waiting.has(row),
            State::OutOfDate => self.out_of_date.has(row),
            State::Marked => {
                let place = row.place();
                self.marks.contains(&Mark { input: place.path.to_owned(), offset: place.offset })
            }
            // Of single events nobody knows it.
            State::New | State::Noted | State::Dismissed => false,
        }
    }
}
