//! What a reader did that no log tells: ticked steps, notes, marks, issues put last. Kept for each set
//! of inputs, outside of this module: here is only what it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Everything that is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Steps that were ticked, by the key of the issue.
    pub ticks: BTreeMap<String, BTreeSet<usize>>,
    /// Notes by the key of an issue or a person.
    pub notes: BTreeMap<String, String>,
    /// Keys of the issues that were put last.
    pub dismissed: BTreeSet<String>,
    /// Events that were marked.
    pub marks: BTreeSet<Mark>,
    /// Filters that were used, the newest last.
    pub filters: Vec<String>,
    /// What was there when these inputs were left, by which the next visit tells what is new.
    pub seen: Seen,
}

/// The record of an event, as it can be found again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// The name of its input.
    pub input: String,
    /// Its first byte there.
    pub offset: u64,
}

/// What was there at the end of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// The time of the newest event, in microseconds; `None` if there was no visit.
    pub until: Option<i64>,
    /// Events of each issue, by its key.
    pub issues: BTreeMap<String, u64>,
}

/// Most filters that are remembered.
const FILTERS: usize = 50;

/// Something to remember, or to forget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Ticks a step of an issue, or takes the tick away.
    Tick(String, usize),
    /// Writes a note; an empty one takes it away.
    Note(String, String),
    /// Puts an issue last, or back to its place.
    Dismiss(String),
    /// Marks an event, or takes the mark away.
    Mark(Mark),
    /// Remembers a filter.
    Filter(String),
}

impl Memory {
    /// Does what a change says.
    pub fn change(&mut self, change: Change) {
        match change {
            Change::Tick(issue, step) => {
                let ticks = self.ticks.entry(issue.clone()).or_default();
                flip(ticks, step);
                if ticks.is_empty() {
                    self.ticks.remove(&issue);
                }
            }
            Change::Note(key, note) if note.trim().is_empty() => drop(self.notes.remove(&key)),
            Change::Note(key, note) => drop(self.notes.insert(key, note)),
            Change::Dismiss(issue) => flip(&mut self.dismissed, issue),
            Change::Mark(mark) => flip(&mut self.marks, mark),
            Change::Filter(filter) => {
                self.filters.retain(|known| *known != filter);
                self.filters.push(filter);
                let beyond = self.filters.len().saturating_sub(FILTERS);
                self.filters.drain(..beyond);
            }
        }
    }

    /// The same with what was done a moment ago. What was there at the end of a visit is kept, since it
    /// belongs to these inputs only.
    #[must_use]
    pub fn with(mut self, newer: Memory) -> Memory {
        for (issue, steps) in newer.ticks {
            self.ticks.entry(issue).or_default().extend(steps);
        }
        for (key, note) in newer.notes {
            let older = self.notes.entry(key).or_default();
            *older = match older.contains(&note) {
                true => std::mem::take(older),
                false if note.contains(&**older) => note,
                // Nobody's words are lost.
                false => format!("{note}\n{older}"),
            };
        }
        self.dismissed.extend(newer.dismissed);
        self.marks.extend(newer.marks);
        newer.filters.into_iter().for_each(|filter| self.change(Change::Filter(filter)));
        self
    }

    /// Whether a step of an issue is ticked.
    pub fn is_ticked(&self, issue: &str, step: usize) -> bool {
        self.ticks.get(issue).is_some_and(|ticks| ticks.contains(&step))
    }
}

fn flip<T: Ord>(set: &mut BTreeSet<T>, item: T) {
    if !set.remove(&item) {
        set.insert(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_twice_is_undone() {
        let mut memory = Memory::default();
        let changes = [Change::Tick("a".to_owned(), 1), Change::Dismiss("a".to_owned()), Change::Mark(Mark::default())];
        for change in changes.clone() {
            memory.change(change);
        }
        assert!(memory.is_ticked("a", 1) && !memory.is_ticked("a", 2) && memory.dismissed.contains("a"));
        changes.into_iter().for_each(|change| memory.change(change));
        assert_eq!(memory, Memory::default());
    }

    #[test]
    fn filters_are_remembered_once_and_the_oldest_are_forgotten() {
        let mut memory = Memory::default();
        for number in 0..FILTERS + 3 {
            memory.change(Change::Filter(format!("code:{number}")));
        }
        memory.change(Change::Filter("code:10".to_owned()));
        assert_eq!(memory.filters.len(), FILTERS);
        assert_eq!(
            (memory.filters.first().unwrap().as_str(), memory.filters.last().unwrap().as_str()),
            ("code:3", "code:10")
        );
    }

    #[test]
    fn what_was_done_goes_along_with_more_inputs() {
        let did = |note: &str, step| {
            let mut memory = Memory::default();
            let mark = Mark { input: note.to_owned(), offset: 1 };
            for change in [
                Change::Tick("a".to_owned(), step),
                Change::Note("a".to_owned(), note.to_owned()),
                Change::Dismiss(note.to_owned()),
                Change::Mark(mark),
                Change::Filter(note.to_owned()),
            ] {
                memory.change(change);
            }
            memory.seen.until = Some(step as i64);
            memory
        };
        let both = did("kept", 1).with(did("now", 2));
        assert!(both.is_ticked("a", 1) && both.is_ticked("a", 2));
        assert_eq!(both.notes["a"], "now\nkept");
        assert_eq!((both.dismissed.len(), both.marks.len(), both.seen.until), (2, 2, Some(1)));
        assert_eq!(both.filters, ["kept", "now"]);
        // Whoever comes back a second time finds everything once.
        assert_eq!(both.clone().with(did("now", 2)), both);
    }

    #[test]
    fn a_note_without_words_is_none() {
        let mut memory = Memory::default();
        memory.change(Change::Note("a".to_owned(), "called".to_owned()));
        memory.change(Change::Note("a".to_owned(), " ".to_owned()));
        assert!(memory.notes.is_empty());
    }
}
