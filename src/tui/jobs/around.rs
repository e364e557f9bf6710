//! What happened to the same person before and after an event, whatever the filter.

use std::sync::Arc;

use super::{STRIDE, Wanted};
use crate::event::store::{Row, Store};
use crate::event::{Outcome, Subject};
use crate::tui::data::Events;

/// The neighbours of an event that belong to the same person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// The row before it.
    pub before: Option<u32>,
    /// The row behind it.
    pub after: Option<u32>,
    /// All events of the person.
    pub events: u64,
    /// Those that failed.
    pub failed: u64,
}

/// Looks at all events; `None` if nobody wants to know any more. Nothing is around an event that names
/// nobody.
pub fn around(events: &Arc<Events>, wanted: u32, is_wanted: &Wanted<'_>) -> Option<Around> {
    let store = &events.store;
    let mut around = Around::default();
    let Some(who) = store.row(wanted).filter(|row| row.subject_number().is_some()).map(Row::subject) else {
        return Some(around);
    };
    let same = same_person(store, who);
    let mut is_behind = false;
    for rows in events.by_time.chunks(STRIDE) {
        if !is_wanted() {
            return None;
        }
        for row in rows.iter().filter_map(|row| store.row(*row)) {
            let is_same = row.subject_number().and_then(|number| same.get(number as usize));
            if is_same != Some(&true) {
                continue;
            }
            around.events += 1;
            around.failed += u64::from(row.outcome() == Outcome::Failure);
            match row.number() {
                number if number == wanted => is_behind = true,
                number if !is_behind => around.before = Some(number),
                number => around.after = around.after.or(Some(number)),
            }
        }
    }
    Some(around)
}

/// For each subject whether it is this person: by login, whose case does not matter, or by id.
fn same_person(store: &Store, who: Subject<'_>) -> Vec<bool> {
    let is_same = |other: Subject<'_>| {
        let same_login = who.login.zip(other.login).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b));
        let same_id = who.id.is_some() && who.id == other.id;
        // A name alone is shared by many.
        let only_names = [who, other].iter().all(|who| who.login.or(who.id).is_none());
        same_login || same_id || (only_names && who.name == other.name)
    };
    store.subjects().map(is_same).collect()
}
