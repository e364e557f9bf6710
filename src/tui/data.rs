//! What was read: swapped as a whole when more is known, never changed in place.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::{Analysis, InputAccount};
use crate::event::filter::IssueNames;
use crate::event::store::{Row, Store};
use crate::rules::{Complaint, Library};
use crate::text::time::Micros;
use crate::unknown;

/// Everything that screens look at.
#[derive(Clone)]
pub struct Data {
    /// What is said of the events that pass the filter, if that was found out; else of all.
    pub analysis: Arc<Analysis>,
    /// What is said of all events.
    pub whole: Arc<Analysis>,
    /// Those of the lists of people that pass the filter, where it asks for what is known of people only.
    pub people: Option<SomePeople>,
    /// The known issues.
    pub library: Arc<Library>,
    /// Rule files that cannot be used.
    pub rule_errors: Arc<Vec<Complaint>>,
    /// Named inputs that cannot be used.
    pub input_errors: Arc<Vec<String>>,
    /// All events.
    pub events: Arc<Events>,
    /// Those that pass the filter.
    pub shown: Arc<Shown>,
    /// How far reading is; `None` once it is over.
    pub reading: Option<Reading>,
    /// Files are followed: what came in the last minute.
    pub live: Option<Live>,
    /// What comes is held back: events that did so far.
    pub held: Option<u64>,
    /// `analysis` is about all events although a filter is set: it is still being found out.
    pub narrowing: bool,
}

impl Data {
    /// Nothing, before anything was read.
    pub fn nothing(library: Arc<Library>) -> Data {
        let analysis = Arc::new(Analysis::default());
        Data {
            whole: analysis.clone(),
            analysis,
            people: None,
            library,
            rule_errors: Arc::default(),
            input_errors: Arc::default(),
            events: Arc::default(),
            shown: Arc::default(),
            reading: None,
            live: None,
            held: None,
            narrowing: false,
        }
    }

    /// How much of an input was read. Only a run that goes on or was stopped leaves something out.
    pub fn extent(&self, input: &InputAccount) -> Extent {
        let is_over = self.reading.is_none() && self.whole.covered.is_none();
        match () {
            () if is_over || input.complete || input.error.is_some() => Extent::All,
            () if input.bytes == 0 && input.records == 0 => Extent::Nothing,
            () => Extent::Part,
        }
    }
}

/// How much of an input was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// To its end, as far as there is one.
    All,
    /// Its beginning.
    Part,
    /// Its turn did not come.
    Nothing,
}

/// Some of those in the lists of people.
#[derive(Clone, Debug)]
pub struct SomePeople {
    /// Whose lists they are.
    pub analysis: Arc<Analysis>,
    /// Places in the three lists, as if they were one.
    pub places: Arc<[usize]>,
}

/// How far reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Bytes on the disk that were read.
    pub bytes: u64,
    /// Bytes there are; 0 if nobody knows.
    pub of: u64,
    /// Records that were read.
    pub records: u64,
}

impl Reading {
    /// Hundredths of the bytes, if it is known how many there are.
    pub fn percent(self) -> Option<u64> {
        (self.of > 0).then(|| (self.bytes.saturating_mul(100) / self.of).min(100))
    }
}

/// What came from files that are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Records.
    pub records: u64,
    /// Events that failed.
    pub failed: u64,
}

impl Live {
    /// What came since an earlier count.
    pub fn since(self, earlier: Live) -> Live {
        Live {
            records: self.records.saturating_sub(earlier.records),
            failed: self.failed.saturating_sub(earlier.failed),
        }
    }
}

/// Events, and their order in time.
#[derive(Debug, Default)]
pub struct Events {
    /// In the order of the inputs.
    pub store: Store,
    /// Numbers of its rows from the oldest to the newest; those without a time come first.
    pub by_time: Arc<[u32]>,
    /// The mail domain that nearly all people share.
    pub domain: Option<Box<str>>,
    /// The newest time of each input, by its position.
    pub newest: Vec<Option<Micros>>,
}

impl Events {
    /// Puts events into order.
    pub fn of(store: Store) -> Events {
        let mut by_time: Vec<u32> = (0..store.len()).collect();
        // Logs are nearly in order, for which this sort is made.
        by_time.sort_by_key(|row| store.row(*row).and_then(Row::time));
        let mut newest: Vec<Option<Micros>> = Vec::new();
        for row in store.rows() {
            let input = row.place().input;
            if newest.len() <= input {
                newest.resize(input + 1, None);
            }
            if let Some(newest) = newest.get_mut(input) {
                *newest = (*newest).max(row.time());
            }
        }
        let domain = shared_domain(&store);
        Events { store, by_time: by_time.into(), newest, domain }
    }

    /// The row whose record is at a place: an input's position, and the first byte there.
    pub fn find(&self, input: usize, offset: u64) -> Option<u32> {
        let place = |row: u32| self.store.row(row).map(|row| (row.place().input, row.place().offset));
        // Rows are in the order of the inputs, and of their bytes.
        let (mut low, mut high) = (0, self.store.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if place(middle) < Some((input, offset)) { low = middle + 1 } else { high = middle }
        }
        let found = (place(low) == Some((input, offset))).then_some(low);
        // Those of several followed files come as they are written.
        found.or_else(|| (0..self.store.len()).find(|row| place(*row) == Some((input, offset))))
    }
}

/// The domain of at least nine people of ten, if there are a few people.
fn shared_domain(store: &Store) -> Option<Box<str>> {
    const FEW: usize = 3;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut people = 0;
    for domain in store.subjects().filter_map(|subject| subject.login?.rsplit_once('@')).map(|(_, domain)| domain) {
        people += 1;
        *counts.entry(domain).or_default() += 1;
    }
    let (domain, most) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (people >= FEW && most * 10 >= people * 9 && !domain.is_empty()).then(|| domain.into())
}

/// Rows that pass a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Numbers of rows, in the order of the list.
    pub rows: Arc<[u32]>,
}

/// What rules are called, for filters that ask for issues.
pub struct Names<'l>(Vec<(&'l str, &'l str)>);

impl<'l> Names<'l> {
    /// The names of a library.
    pub fn of(library: &'l Library) -> Names<'l> {
        Names(library.rules().iter().map(|rule| (&*rule.id, &*rule.title)).collect())
    }

    /// As filters want them.
    pub fn issues(&self) -> IssueNames<'_> {
        IssueNames { rules: &self.0, cluster: unknown::cluster_id }
    }

    /// Id and title of each rule.
    pub fn rules(&self) -> &[(&'l str, &'l str)] {
        &self.0
    }
}
