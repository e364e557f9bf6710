//! Whoever asks for some people's stories knows only when everything was read whom he asks for. Of events
//! that succeeded, nine of ten, it is therefore kept only where they are and a digest of whom they are
//! about; those that are asked for are read again.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher as _, Hash};
use std::ops::{ControlFlow, Range};

use super::{Seeded, Store};
use crate::event::{Entry, Needs, Place, Sink, Subject};

/// All events, most of them only by where they are.
#[derive(Debug, Default)]
pub struct Sparse {
    store: Store,
    successes: Vec<Success>,
    /// Names of the inputs by their position.
    paths: Vec<Box<str>>,
    digests: Digests,
}

/// Where an event is that succeeded, and what tells it from others.
#[derive(Clone, Copy, Debug)]
struct Success {
    line: u64,
    offset: u64,
    length: u32,
    input: u32,
    mark: Mark,
}

/// Digests of an event: whom it is about, by id and login or by name, and what happened when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    who: [u32; 2],
    what: u32,
}

/// Which events are asked for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Those about people with these ids,
    pub ids: BTreeSet<String>,
    /// or these logins, in small letters,
    pub logins: BTreeSet<String>,
    /// or of whom nothing but one of these names is known;
    pub names: BTreeSet<String>,
    /// and those of the records at these places: the position of the input, and the byte in it.
    pub places: BTreeSet<(usize, u64)>,
}

impl Sought {
    /// Asks for what another one asks for too; false if that is nothing new.
    pub fn add(&mut self, other: Sought) -> bool {
        let of = |sought: &Sought| sought.ids.len() + sought.logins.len() + sought.names.len() + sought.places.len();
        let before = of(self);
        self.ids.extend(other.ids);
        self.logins.extend(other.logins);
        self.names.extend(other.names);
        self.places.extend(other.places);
        of(self) > before
    }
}

/// Reads records at some places again, and shows each event of them that succeeded, or a sentence why there
/// is none, with the position of the place; one place after the other.
pub(super) type Again<'a> = dyn FnMut(&[Place<'_>], &mut dyn FnMut(usize, Result<&Entry<'_>, &str>)) + 'a;

impl Sparse {
    /// The events that are there in full: those that did not simply succeed, of inputs that cannot be read again at
    /// once all, and behind them those that were fetched.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The same, once nothing more is asked for.
    pub fn into_store(self) -> Store {
        self.store
    }

    /// Puts those that are asked for behind the others, and says how many of them were not found `again`.
    pub fn fetch(&mut self, sought: &Sought, again: &mut Again<'_>) -> u64 {
        let chosen = self.take(sought);
        if chosen.is_empty() {
            return 0;
        }
        // Several events may be in one record.
        let runs: Vec<Range<usize>> = runs(&chosen);
        let places: Vec<Place<'_>> =
            runs.iter().filter_map(|run| Some(place(&self.paths, chosen.get(run.start)?))).collect();
        let mut awaited: Vec<Option<Mark>> = chosen.iter().map(|success| Some(success.mark)).collect();
        let (store, digests) = (&mut self.store, &mut self.digests);
        again(&places, &mut |at, entry| {
            let (Ok(entry), Some(run)) = (entry, runs.get(at)) else { return };
            let mark = digests.mark(entry);
            let of_record = awaited.get_mut(run.clone()).unwrap_or_default();
            if let Some(awaited) = of_record.iter_mut().find(|awaited| **awaited == Some(mark)) {
                *awaited = None;
                store.push(entry);
            }
        });
        awaited.iter().flatten().count() as u64
    }

    /// Takes those out that are asked for.
    fn take(&mut self, sought: &Sought) -> Vec<Success> {
        let mut wanted: HashSet<u32, Seeded> = HashSet::default();
        wanted.extend(sought.ids.iter().map(|id| self.digests.id(id)));
        wanted.extend(sought.logins.iter().map(|login| self.digests.login(login)));
        wanted.extend(sought.names.iter().map(|name| self.digests.name(name)));
        let at = |success: &Success| sought.places.contains(&(success.input as usize, success.offset));
        let is_sought = |success: &mut Success| success.mark.who.iter().any(|who| wanted.contains(who)) || at(success);
        self.successes.extract_if(.., is_sought).collect()
    }

    /// Keeps where an event is; false if its place does not fit.
    fn keep(&mut self, entry: &Entry<'_>) -> bool {
        let Place { input, path, line, offset, length } = entry.place;
        let (Ok(number), Ok(length)) = (u32::try_from(input), u32::try_from(length)) else { return false };
        if self.paths.len() <= input {
            self.paths.resize(input + 1, Box::default());
        }
        if let Some(name) = self.paths.get_mut(input).filter(|name| name.is_empty()) {
            *name = path.into();
        }
        let mark = self.digests.mark(entry);
        self.successes.push(Success { line, offset, length, input: number, mark });
        true
    }
}

impl Sink for Sparse {
    fn needs(&self) -> Needs {
        Needs::Failures
    }

    fn expect(&mut self, texts: &mut dyn Iterator<Item = &str>) {
        self.store.expect(texts);
    }

    fn event(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
        self.store.event(entry)
    }

    fn success(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
        if self.keep(entry) { ControlFlow::Continue(()) } else { self.store.event(entry) }
    }
}

fn place<'p>(paths: &'p [Box<str>], success: &Success) -> Place<'p> {
    let input = success.input as usize;
    Place {
        input,
        path: paths.get(input).map_or("", |path| &**path),
        line: success.line,
        offset: success.offset,
        length: success.length.into(),
    }
}

/// Those of one record, which come one after the other.
fn runs(successes: &[Success]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for run in successes.chunk_by(|a, b| (a.input, a.offset) == (b.input, b.offset)) {
        runs.push(start..start + run.len());
        start += run.len();
    }
    runs
}

/// Makes digests, seeded anew in every run.
#[derive(Clone, Debug, Default)]
struct Digests {
    hasher: Seeded,
    /// A login in small letters.
    folded: String,
}

impl Digests {
    fn id(&self, id: &str) -> u32 {
        self.digest((0_u8, id))
    }

    /// Of a login, which is the same however its letters are written.
    fn login(&mut self, login: &str) -> u32 {
        let mut folded = std::mem::take(&mut self.folded);
        folded.clear();
        if login.is_ascii() {
            folded.push_str(login);
            folded.make_ascii_lowercase();
        } else {
            folded.push_str(&login.to_lowercase());
        }
        let digest = self.digest((1_u8, &*folded));
        self.folded = folded;
        digest
    }

    fn name(&self, name: &str) -> u32 {
        self.digest((2_u8, name))
    }

    fn mark(&mut self, entry: &Entry<'_>) -> Mark {
        let Subject { id, login, name, .. } = entry.subject;
        let who = match (id, login) {
            // A name is nobody's own, and counts only where it is all there is.
            (None, None) => [name.map_or(0, |name| self.name(name)), 0],
            _ => [id.map_or(0, |id| self.id(id)), login.map_or(0, |login| self.login(login))],
        };
        Mark { who, what: self.digest((entry.time, entry.operation, entry.app)) }
    }

    /// A part of a hash; 0 is none.
    fn digest(&self, value: impl Hash) -> u32 {
        (self.hasher.hash_one(value) as u32).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Outcome, Provider};

    const PATHS: [&str; 2] = ["a.ndjson", "b.ndjson"];

    /// The third of four events failed; two events stand in one record. A login has no small letters, and two
    /// people have a name only.
    fn entry(number: u64) -> Entry<'static> {
        let who = [
            Subject { id: Some("00u1"), login: Some("ANN@corp.example"), ..Subject::default() },
            Subject { login: Some("ÉVA@corp.example"), name: Some("Ann Lee"), ..Subject::default() },
            Subject { name: Some("Ann Lee"), ..Subject::default() },
            Subject { id: Some("00u2"), ..Subject::default() },
            Subject::default(),
        ];
        let input = usize::from(number >= 30);
        let record = number / 2;
        Entry {
            time: Some(number as i64),
            app: Some(["Box", "Slack"][number as usize % 2]),
            outcome: if number % 4 == 2 { Outcome::Failure } else { Outcome::Success },
            subject: who[number as usize % 5],
            place: Place { input, path: PATHS[input], line: record + 1, offset: record * 100, length: 90 },
            ..Entry::new(Place::default(), Provider::Okta, "okta-system-log")
        }
    }

    fn sparse() -> Sparse {
        let mut sparse = Sparse::default();
        for entry in (0..60).map(entry) {
            let _ = if entry.is_done() { sparse.success(&entry) } else { sparse.event(&entry) };
        }
        sparse
    }

    /// The numbers of the events in a store, which are their times.
    fn numbers(store: &Store) -> Vec<i64> {
        store.rows().filter_map(|row| row.time()).collect()
    }

    fn again(places: &[Place<'_>], each: &mut dyn FnMut(usize, Result<&Entry<'_>, &str>)) {
        for (at, place) in places.iter().enumerate() {
            let of_record = (0..60).map(entry).filter(|entry| entry.place == *place && entry.is_done());
            of_record.for_each(|entry| each(at, Ok(&entry)));
        }
    }

    fn failed(number: &i64) -> bool {
        number % 4 == 2
    }

    #[test]
    fn what_is_asked_for_comes_behind_the_failures() {
        let texts = |text: &str| BTreeSet::from([text.to_owned()]);
        let nothing = Sought::default;
        for (sought, remainder) in [
            (Sought { ids: texts("00u1"), ..nothing() }, 0),
            (Sought { logins: texts("ann@corp.example"), ..nothing() }, 0),
            (Sought { logins: texts("éva@corp.example"), ..nothing() }, 1),
            (Sought { names: texts("Ann Lee"), ..nothing() }, 2),
            (Sought { ids: texts("00u2"), ..nothing() }, 3),
        ] {
            let mut sparse = sparse();
            assert_eq!(sparse.fetch(&sought, &mut again), 0);
            let fetched = (0..60).filter(|number| !failed(number) && number % 5 == remainder);
            let wanted: Vec<i64> = (0..60).filter(failed).chain(fetched).collect();
            assert_eq!(numbers(sparse.store()), wanted, "{sought:?}");
            for row in sparse.store().rows() {
                let number = row.time().unwrap() as u64;
                assert_eq!((row.place(), row.subject()), (entry(number).place, entry(number).subject));
            }
            // Nothing comes twice.
            assert_eq!(sparse.fetch(&sought, &mut |_, _| panic!("nothing is to be read")), 0);
            assert_eq!(numbers(&sparse.into_store()), wanted);
        }
    }

    #[test]
    fn all_events_of_a_record_are_found_by_its_place() {
        let sought = Sought { places: BTreeSet::from([(0, 400), (1, 2000), (0, 2000)]), ..Sought::default() };
        let mut sparse = sparse();
        assert_eq!(sparse.fetch(&sought, &mut again), 0);
        let wanted: Vec<i64> = (0..60).filter(failed).chain([8, 9, 40, 41]).collect();
        assert_eq!(numbers(sparse.store()), wanted);
    }

    #[test]
    fn nothing_is_read_if_nothing_is_asked_for() {
        let nowhere = Sought { places: BTreeSet::from([(0, 7)]), ..Sought::default() };
        for sought in [Sought::default(), nowhere] {
            let mut sparse = sparse();
            assert_eq!(sparse.fetch(&sought, &mut |_, _| panic!("nothing is to be read")), 0);
            assert_eq!(numbers(sparse.store()), (0..60).filter(failed).collect::<Vec<i64>>());
        }
    }

    #[test]
    fn what_is_not_found_again_is_counted_and_what_is_another_event_is_left() {
        let sought = Sought { ids: BTreeSet::from(["00u1".to_owned()]), ..Sought::default() };
        let mut changed = |places: &[Place<'_>], each: &mut dyn FnMut(usize, Result<&Entry<'_>, &str>)| {
            again(places, &mut |at, found| match (at, found) {
                (0, _) => each(at, Err("its input is shorter now")),
                (1, Ok(entry)) => each(at, Ok(&Entry { time: Some(77), ..*entry })),
                _ => each(at, found),
            });
        };
        let mut sparse = sparse();
        assert_eq!(sparse.fetch(&sought, &mut changed), 2);
        // Of number 0, 5, 15, 20 and so on, the first two records are others now.
        let fetched = (6..60).filter(|number| !failed(number) && number % 5 == 0);
        assert_eq!(numbers(sparse.store()), (0..60).filter(failed).chain(fetched).collect::<Vec<i64>>());
    }
}
