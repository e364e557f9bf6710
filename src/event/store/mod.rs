//! Events that somebody may look at again, in a few columns: what is the same for many events is kept
//! once, and an event is a dozen small numbers.
//!
//! Around a hundred bytes an event, so that ten million fit into memory and a filter over all of them
//! is a matter of moments. Texts have a budget that grows with the events; what does not fit, such as
//! messages of which each is unlike all others, is counted, and can be read again from its record,
//! whose place every row has.

mod column;
mod ids;
mod known;
mod newest;
mod row;
mod search;
mod sparse;
mod texts;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use super::{Certainty, Entry, Names, Operation, Outcome, Said, Sink, Subject};
use crate::event::Provider;
use crate::text::time::Micros;
use column::{Column, Narrow, Rising, Wide};
use ids::AllIds;
use known::Known;
use texts::Texts;

pub use ids::Scratch;
pub use row::Row;
pub use search::Search;
pub use sparse::{Sought, Sparse};

/// Fast, and seeded anew in every run, so that nobody can choose names for a log that all fall into
/// one place.
type Seeded = foldhash::fast::RandomState;

/// Stands for a time that is not there.
const NO_TIME: Micros = Micros::MIN;
/// The wording is in the record only.
const IN_RECORD: u32 = u32::MAX;
/// Most kinds of events that are kept apart.
const MAX_KINDS: u32 = 1 << 20;

/// All events, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Store {
    rows: u32,
    times: Wide,
    kinds: Narrow,
    subjects: Column<u32>,
    words: Column<u32>,
    changed: Narrow,
    durations: Narrow,
    lines: Rising,
    offsets: Wide,
    lengths: Narrow,
    ids: AllIds,
    /// The input from a row on.
    inputs: Vec<(u32, u32)>,
    /// Names of the inputs by their position.
    paths: Vec<Box<str>>,
    known_kinds: Known<Kind>,
    known_apps: Known<App>,
    known_subjects: Known<Person>,
    /// Numbers of texts with names of attributes.
    known_changed: Known<u32>,
    texts: Texts,
    left: LeftOut,
}

/// What an event has in common with many others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Kind {
    provider: Provider,
    dialect: &'static str,
    operation: Operation,
    outcome: Outcome,
    needs_action: bool,
    http_status: Option<u16>,
    rule: Option<(u32, Certainty)>,
    event_type: u32,
    /// 0 is none, as for texts.
    app: u32,
    actor: u32,
    code: u32,
    scim_type: u32,
    phase: u32,
    shape: u32,
}

/// An application, in numbers of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct App {
    name: u32,
    kind: u32,
    id: u32,
}

/// Whom events are about, in numbers of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Person {
    kind: u32,
    id: u32,
    login: u32,
    name: u32,
}

/// What the store does not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Events beyond the last row that a number can name.
    pub events: u64,
    /// The oldest events, which were given up so that there is room for newer ones.
    pub older: u64,
    /// Names, codes and wordings that are in the records only, since there are too many different ones.
    pub texts: u64,
    /// Ids that are too long.
    pub ids: u64,
}

impl Store {
    /// Events it holds.
    pub fn len(&self) -> u32 {
        self.rows
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// An event by its position.
    pub fn row(&self, row: u32) -> Option<Row<'_>> {
        (row < self.rows).then(|| Row::new(self, row))
    }

    /// All events in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows).map(|row| Row::new(self, row))
    }

    /// How many kinds of events there are.
    pub fn kinds(&self) -> u32 {
        self.known_kinds.len()
    }

    /// Everybody and everything that events are about, in the order of their numbers.
    pub fn subjects(&self) -> impl Iterator<Item = Subject<'_>> {
        (0..self.known_subjects.len()).map(|number| self.subject_of(number))
    }

    /// What it does not hold.
    pub fn left_out(&self) -> LeftOut {
        LeftOut { texts: self.left.texts + self.texts.left, ids: self.left.ids + self.ids.left, ..self.left }
    }

    /// Bytes of memory it takes, those that were taken and are not used yet included.
    pub fn bytes(&self) -> usize {
        let narrow = [&self.kinds, &self.changed, &self.durations, &self.lengths];
        self.times.bytes()
            + narrow.iter().map(|column| column.bytes()).sum::<usize>()
            + self.subjects.bytes()
            + self.words.bytes()
            + self.lines.bytes()
            + self.offsets.bytes()
            + self.ids.bytes()
            + self.texts.bytes()
            + self.known_kinds.bytes()
            + self.known_apps.bytes()
            + self.known_subjects.bytes()
            + self.known_changed.bytes()
            + self.inputs.capacity() * size_of::<(u32, u32)>()
    }

    /// Adds an event.
    pub fn push(&mut self, entry: &Entry<'_>) {
        self.put(entry, false);
    }

    /// Adds an event, of which the wording may be in its record only.
    fn put(&mut self, entry: &Entry<'_>, words_are_in_the_record: bool) {
        let row = self.rows;
        let (Some(next), Ok(input)) = (row.checked_add(1), u32::try_from(entry.place.input)) else {
            self.left.events += 1;
            return;
        };
        self.texts.grow();
        self.input(row, input, entry.place.path);
        self.times.push(row, entry.time.unwrap_or(NO_TIME) as u64);
        let kind = self.kind(entry);
        self.kinds.push(row, Some(kind));
        let subject = self.subject(entry);
        self.subjects.push(subject);
        let words = if words_are_in_the_record { IN_RECORD } else { self.words(&entry.said) };
        self.words.push(words);
        let changed = self.changed(entry.changed);
        self.changed.push(row, changed);
        // The bits of a number below zero are those of a large one.
        self.durations.push(row, entry.duration_ms.map(|duration| duration as u64));
        self.lines.push(row, entry.place.line);
        self.offsets.push(row, entry.place.offset);
        self.lengths.push(row, Some(entry.place.length));
        self.ids.push(row, &entry.ids, &mut self.texts);
        self.rows = next;
    }

    fn subject_of(&self, number: u32) -> Subject<'_> {
        let person = self.known_subjects.get(number).unwrap_or_default();
        Subject {
            kind: self.texts.get(person.kind),
            id: self.texts.get(person.id),
            login: self.texts.get(person.login),
            name: self.texts.get(person.name),
        }
    }

    /// The application of a kind.
    fn app_of(&self, kind: &Kind) -> App {
        kind.app.checked_sub(1).and_then(|app| self.known_apps.get(app)).unwrap_or_default()
    }

    fn input(&mut self, row: u32, input: u32, path: &str) {
        if self.inputs.last().is_none_or(|(_, last)| *last != input) {
            self.inputs.push((row, input));
            let position = input as usize;
            if self.paths.len() <= position {
                self.paths.resize(position + 1, Box::default());
            }
            if let Some(name) = self.paths.get_mut(position) {
                *name = path.into();
            }
        }
    }

    fn kind(&mut self, entry: &Entry<'_>) -> u64 {
        let rule = entry.rule.and_then(|(rule, certainty)| Some((u32::try_from(rule).ok()?, certainty)));
        let bare = Kind {
            provider: entry.provider,
            dialect: entry.dialect,
            operation: entry.operation,
            outcome: entry.outcome,
            needs_action: entry.needs_action,
            http_status: entry.said.http_status,
            rule,
            event_type: 0,
            app: 0,
            actor: 0,
            code: 0,
            scim_type: 0,
            phase: 0,
            shape: 0,
        };
        let app = self.app(entry);
        let texts = &mut self.texts;
        let kind = Kind {
            event_type: texts.put(entry.event_type),
            app,
            actor: texts.put(entry.actor),
            code: texts.put(entry.said.code),
            scim_type: texts.put(entry.said.scim_type),
            phase: texts.put(entry.said.phase),
            shape: texts.put(entry.shape),
            ..bare
        };
        let full = self.known_kinds.len() >= MAX_KINDS && self.known_kinds.find(kind).is_none();
        self.left.texts += u64::from(full);
        // Those without texts are few: they are made of our own words.
        self.known_kinds.put(if full { bare } else { kind }).into()
    }

    fn app(&mut self, entry: &Entry<'_>) -> u32 {
        let texts = &mut self.texts;
        let app = App { name: texts.put(entry.app), kind: texts.put(entry.app_kind), id: texts.put(entry.app_id) };
        if app == App::default() { 0 } else { self.known_apps.put(app).saturating_add(1) }
    }

    fn subject(&mut self, entry: &Entry<'_>) -> u32 {
        let subject = &entry.subject;
        let texts = &mut self.texts;
        let person = Person {
            kind: texts.put(subject.kind),
            id: texts.put(subject.id),
            login: texts.put(subject.login),
            name: texts.put(subject.name),
        };
        if person == Person::default() {
            return 0;
        }
        self.known_subjects.put(person).saturating_add(1)
    }

    fn words(&mut self, said: &Said<'_>) -> u32 {
        if said.message.or(said.remote).is_none() {
            return 0;
        }
        match self.texts.put(Some(&row::together(said.message, said.remote))) {
            0 => IN_RECORD,
            number => number,
        }
    }

    fn changed(&mut self, names: Names<'_>) -> Option<u64> {
        let lines = Some(names.lines()).filter(|lines| !lines.is_empty());
        match self.texts.put(lines) {
            0 => None,
            number => Some(self.known_changed.put(number).into()),
        }
    }
}

impl Sink for Store {
    fn expect(&mut self, texts: &mut dyn Iterator<Item = &str>) {
        self.texts.expect(texts);
    }

    fn event(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
        self.push(entry);
        ControlFlow::Continue(())
    }
}
