//! What passes a filter: first the rows, then what is said of them.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use super::{News, Reader, STRIDE};
use crate::event::filter::Filter;
use crate::event::store::Search;
use crate::pipeline::{self, Options, Progress};
use crate::rules::Library;
use crate::tui::data::{Events, Names, Shown, SomePeople};
use crate::tui::states::States;

/// A filter, and what it is asked of.
#[derive(Clone, Debug)]
pub struct Narrow {
    /// As it was typed.
    pub text: String,
    /// With its times fixed.
    pub filter: Filter,
    /// All events.
    pub events: Arc<Events>,
    /// What `is:` asks for.
    pub states: Arc<States>,
    /// What is said of them is wanted too, not only the rows.
    pub analyse: bool,
}

/// Fewer rows are searched before further threads would have begun.
pub(super) const MANY: usize = 1 << 17;
/// Most threads of a search.
const THREADS: usize = 8;

/// Whether whoever asked still wants to know.
pub type Wanted<'w> = dyn Fn() -> bool + Sync + 'w;

/// The rows that pass, in order of time; `None` if nobody wants to know any more.
pub fn search(narrow: &Narrow, library: &Library, is_wanted: &Wanted<'_>) -> Option<Vec<u32>> {
    let names = Names::of(library);
    let search = Search::new(&narrow.events.store, &narrow.filter, &names.issues());
    let rows = &*narrow.events.by_time;
    let threads = match rows.len() {
        0..MANY => 1,
        _ => thread::available_parallelism().map_or(1, NonZero::get).min(THREADS),
    };
    let mut parts = rows.chunks(rows.len().div_ceil(threads).max(1));
    let first = parts.next().unwrap_or_default();
    thread::scope(|scope| {
        let others: Vec<_> = parts
            .map(|rows| {
                let search = search.clone();
                scope.spawn(move || part(rows, search, narrow, is_wanted))
            })
            .collect();
        let mut found = part(first, search, narrow, is_wanted)?;
        for other in others {
            found.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Some(found)
    })
}

fn part<'n>(rows: &[u32], mut search: Search<'n>, narrow: &'n Narrow, is_wanted: &Wanted<'_>) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    for rows in rows.chunks(STRIDE) {
        if !is_wanted() {
            return None;
        }
        search.pick(rows, &|state, row| narrow.states.is(state, row), &mut found);
    }
    Some(found)
}

/// Tells the rows that pass, and whom of the lists of people they are about if the filter asks for that.
pub(super) fn find_rows(narrow: &Narrow, library: &Library, is_wanted: &Wanted<'_>, tell: &dyn Fn(News)) {
    let Some(rows) = search(narrow, library, is_wanted) else { return };
    let people = asks_for_people(narrow).then(|| {
        let store = &narrow.events.store;
        let places = narrow.states.places(rows.iter().filter_map(|row| store.row(*row)));
        SomePeople { analysis: narrow.states.analysis().clone(), places: places.into_iter().collect() }
    });
    tell(News::Narrowed(narrow.text.clone(), Arc::new(Shown { rows: rows.into() })));
    if let Some(people) = people {
        tell(News::SomePeople(narrow.text.clone(), people));
    }
}

/// Whether it asks for what an analysis finds out, so that none can be made of what passes.
fn asks_for_people(narrow: &Narrow) -> bool {
    narrow.filter.asked_states().next().is_some()
}

/// Tells what is said of the rows that pass, unless it is stopped.
pub(super) fn analyse(reader: &Reader, narrow: &Narrow, progress: &Progress, tell: &dyn Fn(News)) {
    if progress.is_stopped() {
        return;
    }
    if asks_for_people(narrow) {
        let why = "Overview and Issues still show everything: only Events and People can be narrowed by is:.";
        return tell(News::NotAnalysed(narrow.text.clone(), why));
    }
    if !reader.is_lasting() {
        let why = "The other screens show all: standard input or a pipe can be read only once.";
        return tell(News::NotAnalysed(narrow.text.clone(), why));
    }
    let filter = reader.options.filter.clone().and(narrow.filter.clone());
    // Files that are followed have no end that anybody could wait for.
    let options = Options { filter, follow: false, ..reader.options.clone() };
    let (analysis, _) = pipeline::run_watched(reader.gathered.clone(), &reader.library, &options, progress);
    if analysis.covered.is_none() {
        tell(News::Analysed(narrow.text.clone(), Arc::new(analysis)));
    }
}
