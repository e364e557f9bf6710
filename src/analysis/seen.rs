//! Which events were seen before.
//!
//! Every event of which something may come again has to be remembered, so the memory for it would grow with
//! the log. But two events are the same only if they are of the same time, and logs are written in the order
//! of time: what is older than some millions of events is given up. Should something of that time come after
//! all, nobody can say whether it was counted before; such events are counted, and told.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};

use super::Seeded;
use crate::text::time::Micros;

/// Events that are remembered at least, and half of those that are at most: as many as a table of 92 MB holds.
const REMEMBERED: usize = (1 << 23) / 8 * 7;

/// Whether an event was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// It was not.
    First,
    /// It was.
    Again,
    /// One with the same id, time, kind and outcome was, but it says something else.
    Differing,
}

/// What tells an event from others.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Equal for two records of the same event.
    pub key: u64,
    /// Digest of what it says.
    pub content: u16,
    /// Format of its log.
    pub dialect: &'static str,
    /// Its time, if other records of the same event are of the same time.
    pub time: Option<Micros>,
}

/// A key in four parts, so that it takes ten bytes with what goes with it, not sixteen.
#[derive(Clone, PartialEq, Eq)]
struct Key([u16; 4]);

impl Key {
    fn of(key: u64) -> Key {
        // The parts are cut out of the whole.
        Key([key as u16, (key >> 16) as u16, (key >> 32) as u16, (key >> 48) as u16])
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Key([a, b, c, d]) = *self;
        state.write_u64(u64::from(a) | u64::from(b) << 16 | u64::from(c) << 32 | u64::from(d) << 48);
    }
}

/// Some events, by what makes two of them the same, with a digest of what they say.
#[derive(Clone, Default)]
struct Events {
    table: HashMap<Key, u16, Seeded>,
    times: Times,
}

impl Events {
    /// The digest of an equal one.
    fn find(&self, mark: &Mark) -> Option<u16> {
        self.times.may_hold(mark).then(|| self.table.get(&Key::of(mark.key)).copied()).flatten()
    }
}

/// The times of some events, dialect by dialect: logs of two systems need not be of the same year.
#[derive(Clone, Default)]
struct Times(Vec<Span>);

#[derive(Clone)]
struct Span {
    dialect: &'static str,
    first: Micros,
    last: Micros,
    /// One at least is found without its time.
    timeless: bool,
}

impl Times {
    fn see(&mut self, mark: &Mark) {
        let (first, last) = mark.time.map_or((Micros::MAX, Micros::MIN), |at| (at, at));
        self.widen(&Span { dialect: mark.dialect, first, last, timeless: mark.time.is_none() });
    }

    fn widen(&mut self, by: &Span) {
        match self.0.iter_mut().find(|span| span.dialect == by.dialect) {
            Some(span) => {
                (span.first, span.last) = (span.first.min(by.first), span.last.max(by.last));
                span.timeless |= by.timeless;
            }
            None => self.0.push(by.clone()),
        }
    }

    /// Whether the event may be one of them.
    fn may_hold(&self, mark: &Mark) -> bool {
        let mut spans = self.0.iter().filter(|span| span.dialect == mark.dialect);
        spans.any(|span| mark.time.map_or(span.timeless, |at| (span.first..=span.last).contains(&at)))
    }

    fn add(&mut self, other: &Times) {
        other.0.iter().for_each(|span| self.widen(span));
    }
}

/// The events so far, as far as they are remembered.
#[derive(Clone)]
pub(super) struct Seen {
    newer: Events,
    older: Events,
    /// When those were that were given up.
    forgotten: Times,
    /// Events in each half.
    most: usize,
    /// Events that may have been seen before, since those of their time were given up.
    pub(super) not_compared: u64,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen::remembering(REMEMBERED)
    }
}

impl Seen {
    /// Nothing yet, and so many at least.
    fn remembering(most: usize) -> Seen {
        let (newer, older) = (Events::default(), Events::default());
        Seen { newer, older, forgotten: Times::default(), most, not_compared: 0 }
    }

    /// Takes note of an event.
    pub(super) fn see(&mut self, mark: &Mark) -> Sighting {
        let older = self.older.find(mark);
        let known = match self.newer.table.entry(Key::of(mark.key)) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(_) if older.is_some() => older,
            Entry::Vacant(free) => {
                free.insert(mark.content);
                None
            }
        };
        match known {
            Some(content) if content == mark.content => Sighting::Again,
            Some(_) => Sighting::Differing,
            None => {
                self.newer.times.see(mark);
                self.not_compared += u64::from(self.forgotten.may_hold(mark));
                if self.newer.table.len() >= self.most {
                    self.forget();
                }
                Sighting::First
            }
        }
    }

    /// Gives up the older half.
    fn forget(&mut self) {
        self.forgotten.add(&self.older.times);
        self.older.times = std::mem::take(&mut self.newer.times);
        // What is given up is room for what comes.
        std::mem::swap(&mut self.older.table, &mut self.newer.table);
        self.newer.table.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn mark(key: u64, content: u16, at: Micros) -> Mark {
        Mark { key, content, dialect: "okta-system-log", time: Some(at) }
    }

    #[test]
    fn an_event_is_seen_first_again_or_with_other_words() {
        let mut seen = Seen::default();
        let key = 0x1234_5678_9abc_def0;
        let sightings = [(key, 1), (key, 1), (key, 2), (key + 1, 2), (key + (1 << 48), 2)];
        let wanted = [Sighting::First, Sighting::Again, Sighting::Differing, Sighting::First, Sighting::First];
        assert_eq!(sightings.map(|(key, content)| seen.see(&mark(key, content, 0))), wanted);
        assert_eq!(size_of::<(Key, u16)>(), 10);
    }

    #[test]
    fn a_log_in_order_is_compared_in_full_however_long_it_is() {
        let mut seen = Seen::remembering(4);
        for at in 0..1_000_i64 {
            let sighting = seen.see(&mark(at.cast_unsigned(), 0, at));
            assert_eq!(sighting, Sighting::First);
            // Pages of an export overlap by a few events.
            let before = (at - 3).max(0);
            assert_eq!(seen.see(&mark(before.cast_unsigned(), 0, before)), Sighting::Again);
        }
        assert_eq!(seen.not_compared, 0);
        assert!(seen.newer.table.len() + seen.older.table.len() <= 8);
    }

    #[test]
    fn what_is_as_old_as_what_was_given_up_is_told_and_another_log_is_not() {
        let mut seen = Seen::remembering(4);
        (10..30).for_each(|at| {
            seen.see(&mark(at, 0, at.cast_signed()));
        });
        assert_eq!((seen.see(&mark(10, 0, 10)), seen.not_compared), (Sighting::First, 1));
        assert_eq!((seen.see(&mark(9, 0, 9)), seen.not_compared), (Sighting::First, 1), "nothing was as old");
        assert_eq!((seen.see(&mark(29, 0, 29)), seen.not_compared), (Sighting::Again, 1));
        let other = Mark { dialect: "entra-provisioning", ..mark(11, 0, 11) };
        assert_eq!((seen.see(&other), seen.not_compared), (Sighting::First, 1));
        let timeless = Mark { time: None, ..mark(12, 0, 12) };
        assert_eq!((seen.see(&timeless), seen.not_compared), (Sighting::First, 1), "all had a time");
    }

    #[test]
    fn events_that_are_found_without_their_time_are_told_by_that() {
        let mut seen = Seen::remembering(2);
        (0..9).for_each(|key| {
            seen.see(&Mark { time: None, ..mark(key, 0, 0) });
        });
        assert_eq!(seen.not_compared, 5, "from the fifth on, when the first two were given up");
        assert_eq!((seen.see(&mark(3, 0, 5)), seen.not_compared), (Sighting::First, 5));
    }

    proptest! {
        #[test]
        fn no_sighting_is_wrong_but_of_events_that_are_told(
            events in prop::collection::vec((0..40u64, any::<bool>()), 0..200),
            most in 1..20usize,
        ) {
            let mut seen = Seen::remembering(most);
            let mut all = HashSet::new();
            let mut wrong = 0;
            for (key, is_other) in events {
                let dialect = if is_other { "other" } else { "one" };
                let mark = Mark { key: key + 100 * u64::from(is_other), content: 0, dialect, time: Some(key.cast_signed()) };
                let is_first = all.insert(mark.key);
                let sighting = seen.see(&mark);
                prop_assert!(!is_first || sighting == Sighting::First);
                wrong += u64::from(!is_first && sighting == Sighting::First);
            }
            prop_assert!(wrong <= seen.not_compared);
            prop_assert!(seen.newer.table.len() <= most && seen.older.table.len() <= most);
        }
    }
}
