//! Which events belong to somebody for whom something is not as it should be, for filters that ask
//! for it with `is:`.

use std::collections::HashSet;

use super::memory::{Mark, Memory};
use crate::analysis::{Analysis, PersonState};
use crate::event::filter::State;
use crate::event::store::Row;

/// Who is in which list, at which application; and what the reader marked.
#[derive(Debug, Default)]
pub struct States {
    not_removed: People,
    waiting: People,
    out_of_date: People,
    marks: HashSet<Mark>,
}

/// People by id and by login, each at an application.
#[derive(Debug, Default)]
struct People {
    ids: HashSet<(String, String)>,
    logins: HashSet<(String, String)>,
}

impl People {
    fn of(list: &[PersonState]) -> People {
        let mut people = People::default();
        for person in list {
            let app = || person.app.to_string();
            people.ids.extend(person.who.ids.iter().map(|id| (id.to_string(), app())));
            people.logins.extend(person.who.logins.iter().map(|login| (login.to_lowercase(), app())));
        }
        people
    }

    fn has(&self, row: Row<'_>) -> bool {
        let Some(app) = row.app() else { return false };
        let subject = row.subject();
        let is_in = |names: &HashSet<(String, String)>, name: String| names.contains(&(name, app.to_owned()));
        subject.id.is_some_and(|id| is_in(&self.ids, id.to_owned()))
            || subject.login.is_some_and(|login| is_in(&self.logins, login.to_lowercase()))
    }
}

impl States {
    /// The lists of an analysis, and what a reader marked.
    pub fn of(analysis: &Analysis, memory: &Memory) -> States {
        let lists = &analysis.people;
        States {
            not_removed: People::of(&lists.access_not_removed),
            waiting: People::of(&lists.waiting_for_access),
            out_of_date: People::of(&lists.out_of_date),
            marks: memory.marks.iter().cloned().collect(),
        }
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
