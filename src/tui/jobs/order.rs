//! Another order of the listed events. What many events have in common is compared once, so an order
//! of ten million rows is two passes over numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::survey::RESULTS;
use super::{STRIDE, Wanted};
use crate::event::Outcome;
use crate::event::store::{Row, Store};
use crate::rules::Library;
use crate::tui::data::{Events, Shown};

/// What a list is in the order of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The oldest first.
    #[default]
    Time,
    /// What needs somebody first.
    Result,
    /// By its name.
    Action,
    /// By the name that is shown.
    Person,
    /// By its name.
    App,
    /// By its title; what is not known yet comes behind, and then what needs no issue.
    Issue,
}

/// A list that is wanted in another order.
#[derive(Clone, Debug)]
pub struct Sorting {
    /// All events.
    pub events: Arc<Events>,
    /// The rows, in the order of time.
    pub shown: Arc<Shown>,
    /// The order.
    pub order: Order,
}

/// The rows in that order, equal ones in the order of time; `None` if nobody wants it any more.
pub fn sort(sorting: &Sorting, library: &Library, is_wanted: &Wanted<'_>) -> Option<Vec<u32>> {
    let Sorting { events, shown, order } = sorting;
    let store = &events.store;
    let ranks = match order {
        Order::Time => return Some(shown.rows.to_vec()),
        Order::Person => ranks(store.subjects().map(|who| who.login.or(who.name).or(who.id).map(str::to_lowercase))),
        _ => ranks_of_kinds(*order, store, &shown.rows, library, is_wanted)?,
    };
    // Who is nobody comes last.
    let nowhere = ranks.len();
    let rank = |row: u32| {
        let row = store.row(row);
        let number = match order {
            Order::Person => row.and_then(Row::subject_number),
            _ => row.and_then(Row::kind_number),
        };
        number.and_then(|number| ranks.get(number as usize)).map_or(nowhere, |rank| *rank as usize)
    };
    let mut places = vec![0usize; nowhere + 2];
    for rows in shown.rows.chunks(STRIDE) {
        if !is_wanted() {
            return None;
        }
        for row in rows {
            if let Some(place) = places.get_mut(rank(*row) + 1) {
                *place += 1;
            }
        }
    }
    let mut before = 0;
    for place in &mut places {
        before += *place;
        *place = before;
    }
    let mut sorted = vec![0; shown.rows.len()];
    for rows in shown.rows.chunks(STRIDE) {
        if !is_wanted() {
            return None;
        }
        for row in rows {
            let Some(place) = places.get_mut(rank(*row)) else { continue };
            if let Some(slot) = sorted.get_mut(*place) {
                *slot = *row;
            }
            *place += 1;
        }
    }
    Some(sorted)
}

/// The place of each text among all of them; those that are not there come last.
fn ranks(texts: impl Iterator<Item = Option<String>>) -> Vec<u32> {
    let mut sorted: Vec<(bool, Option<String>, usize)> =
        texts.enumerate().map(|(at, text)| (text.is_none(), text, at)).collect();
    sorted.sort_unstable();
    let mut ranks = vec![0; sorted.len()];
    let (mut rank, mut before) = (0, None);
    for (_, text, at) in &sorted {
        if before.is_some_and(|before| before != text) {
            rank += 1;
        }
        before = Some(text);
        if let Some(slot) = ranks.get_mut(*at) {
            *slot = rank;
        }
    }
    ranks
}

fn ranks_of_kinds(
    order: Order,
    store: &Store,
    rows: &[u32],
    library: &Library,
    is_wanted: &Wanted<'_>,
) -> Option<Vec<u32>> {
    let mut kinds: BTreeMap<u32, Row<'_>> = BTreeMap::new();
    let mut seen = vec![false; store.kinds() as usize];
    for rows in rows.chunks(STRIDE) {
        if !is_wanted() {
            return None;
        }
        for row in rows.iter().filter_map(|row| store.row(*row)) {
            let Some(kind) = row.kind_number() else { continue };
            match seen.get_mut(kind as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            kinds.insert(kind, row);
        }
    }
    let text = |row: &Row<'_>| match order {
        Order::Result => RESULTS.iter().position(|result| *result == row.outcome()).map(|at| at.to_string()),
        Order::Action => Some(row.operation().word().to_owned()),
        Order::App => row.app().map(str::to_lowercase),
        Order::Issue => match row.rule().and_then(|(rule, _)| library.rule(rule)) {
            // Digits stand before letters, so that what comes behind does so.
            Some(rule) => Some(format!("0{}", rule.title.to_lowercase())),
            None => (row.outcome() == Outcome::Failure).then(|| "1".to_owned()),
        },
        Order::Time | Order::Person => None,
    };
    let of_number = |kind: u32| kinds.get(&kind).and_then(text);
    Some(ranks((0..store.kinds()).map(of_number)))
}

/// Where a row is in a list in the order of time.
///
/// # Errors
/// Where it would be.
pub fn place_in_time(events: &Events, rows: &[u32], row: u32) -> Result<usize, usize> {
    let key = |row: u32| (events.store.row(row).and_then(Row::time), row);
    rows.binary_search_by_key(&key(row), |row| key(*row))
}
