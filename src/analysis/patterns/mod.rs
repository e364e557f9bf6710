//! Issues that no single event shows: what several events say together.
//!
//! Each pattern is one file here and is named by rule files ([`Detector`]), which hold the words.
//! A pattern keeps what it needs of the rows it asked for, and says at the end what it found. None
//! keeps anything of rows that simply succeed, unless they are of a rare kind; all of them are
//! bounded by [`MOST`].

mod cycle_fails;
mod flapping;
mod import_stopped;
mod late_failure;
mod not_deprovisioned;
mod quarantine_forecast;
mod rate_limit_streak;
mod removal_after_expiry;
mod same_change;
mod shared_target;
mod token_owner;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, hash_map};

use super::leavers::Left;
use super::outcome::{Effect, Histories, Pair, earlier};
use super::people::{Identities, Roots};
use super::places::Spot;
use super::{About, Apps, Detail, Evidence, Mention, Row, Seeded};
use crate::event::{Operation, Outcome, Provider};
use crate::rules::{AppName, AppWord, Certainty, Detector, Library};
use crate::text::time::Micros;

/// Most things that one pattern keeps in mind; what is beyond is counted and not looked at.
const MOST: usize = 100_000;
/// Bytes that are kept of an id.
const LONGEST_ID: usize = 256;
/// The same of things that are kept with the words of a failure.
const MOST_FAILURES: usize = 10_000;
/// Examples that are shown of a pattern.
const EXAMPLES: usize = 3;

/// How many outcomes there are.
const OUTCOMES: usize = Outcome::Failure as usize + 1;

/// One row, with who and what it is about.
struct Sight<'s> {
    row: &'s Row<'s>,
    detail: Option<&'s Detail>,
    app: Option<u32>,
    person: Option<u32>,
    spot: Option<Spot>,
    /// What was added before this row.
    histories: &'s Histories,
}

impl Sight<'_> {
    fn pair(&self) -> Option<(u32, u32)> {
        self.person.zip(self.app)
    }

    /// The person at the application or the instance of it.
    fn at_the_whole(&self) -> Option<Pair> {
        Some((self.person?, self.spot?.whole))
    }

    fn succeeded(&self) -> bool {
        self.row.outcome == Outcome::Success
    }

    /// HTTP status of the application's answer.
    fn status(&self) -> Option<u16> {
        self.detail.and_then(|detail| detail.http_status)
    }

    fn evidence(&self) -> Evidence {
        Evidence::brief(self.row, self.detail)
    }
}

/// All that was added up, when every row was seen.
pub(super) struct Sums<'s> {
    pub(super) histories: &'s Histories,
    pub(super) people: &'s Identities<'s>,
    /// Who left, and what became of their access.
    pub(super) left: &'s Left,
    pub(super) apps: &'s Apps,
}

/// A pattern that was found at an application.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) app: Option<u32>,
    /// Who is affected, and since when.
    pub(super) people: Vec<(u32, Option<Micros>)>,
    pub(super) events: u64,
    pub(super) first: Option<Micros>,
    pub(super) last: Option<Micros>,
    /// Whether the log shows that it is past, though some of its people may need another try.
    pub(super) ended: bool,
    pub(super) certainty: Certainty,
    /// What was seen, in a sentence with its numbers.
    pub(super) what: String,
    /// Whom that sentence names.
    pub(super) mention: Option<Mention>,
    pub(super) examples: Vec<Evidence>,
}

/// What was found of single people, gathered by application.
#[derive(Default)]
struct ByApp(BTreeMap<u32, Found>);

impl ByApp {
    /// Adds events of somebody; the example is kept if there are few.
    fn add(
        &mut self,
        app: u32,
        people: impl IntoIterator<Item = u32>,
        events: u64,
        (first, last): (Option<Micros>, Option<Micros>),
        examples: &[Evidence],
    ) {
        let found = self.0.entry(app).or_insert_with(|| Found {
            app: Some(app),
            people: Vec::new(),
            events: 0,
            first: None,
            last: None,
            ended: false,
            certainty: Certainty::Guess,
            what: String::new(),
            mention: None,
            examples: Vec::new(),
        });
        found.people.extend(people.into_iter().map(|person| (person, first)));
        found.events += events;
        found.first = earlier(found.first, first);
        found.last = found.last.max(last);
        let room = EXAMPLES.saturating_sub(found.examples.len());
        found.examples.extend(examples.iter().take(room).cloned());
    }

    /// All of it, each with a sentence about it.
    fn finish(self, certainty: Certainty, what: impl Fn(&Found) -> String) -> Vec<Found> {
        let finished = self.0.into_values().map(|mut found| {
            found.people.sort_unstable();
            found.people.dedup_by_key(|(person, _)| *person);
            Found { certainty, what: what(&found), ..found }
        });
        finished.collect()
    }
}

/// How long what a pattern found goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lasts {
    /// Until the end of the log: the pattern finds nothing that is past.
    ToTheEnd,
    /// For as long as something is wrong for the people whom it is about.
    WithItsPeople,
    /// Until it has not been seen for a day.
    WhileSeen,
}

trait Pattern: Send {
    /// Whether such rows are of interest: nothing else is shown.
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool;

    fn see(&mut self, sight: &Sight<'_>);

    /// Whether something is kept of this application and person: asked ahead, so that it is near.
    fn expect(&self, _: (u32, u32)) -> bool {
        false
    }

    /// Puts together what belongs to one person, if it was kept under several numbers.
    fn join(&mut self, roots: &Roots);

    fn find(&self, sums: &Sums<'_>) -> Vec<Found>;

    fn copied(&self) -> Box<dyn Pattern>;

    /// How long what was found goes on.
    fn lasts(&self) -> Lasts {
        Lasts::ToTheEnd
    }

    /// Rows that were wanted and that there was no room for.
    fn beyond(&self) -> u64 {
        0
    }

    /// Whether it describes those who should have lost access without anybody having tried.
    fn describes_never_tried(&self) -> bool {
        false
    }
}

impl Clone for Box<dyn Pattern> {
    fn clone(&self) -> Self {
        self.copied()
    }
}

/// How a rule asks for a pattern.
struct Named<'r> {
    detector: Detector,
    /// The position of the rule.
    rule: usize,
    provider: &'r str,
    /// The applications it is about.
    apps: &'r [String],
}

/// A pattern that a rule asks for.
#[derive(Clone)]
struct Watched {
    rule: usize,
    /// The identity provider whose log it is about; any log if the rule names none.
    provider: Option<Provider>,
    /// Words of which the application's name must have one, in small letters; any application if
    /// there are none.
    apps: Vec<AppWord>,
    /// For each application whether its name has one; as far as they were asked for.
    fits: Vec<Option<bool>>,
    pattern: Box<dyn Pattern>,
}

impl Watched {
    fn new(Named { detector, rule, provider, apps }: Named<'_>) -> Watched {
        let pattern: Box<dyn Pattern> = match detector {
            Detector::CycleFails => Box::<cycle_fails::CycleFails>::default(),
            Detector::QuarantineForecast => Box::<quarantine_forecast::QuarantineForecast>::default(),
            Detector::RateLimitStreak => Box::<rate_limit_streak::RateLimitStreak>::default(),
            Detector::TokenOwnerDisabled => Box::<token_owner::TokenOwner>::default(),
            Detector::RemovalAfterExpiry => Box::<removal_after_expiry::RemovalAfterExpiry>::default(),
            Detector::Flapping => Box::<flapping::Flapping>::default(),
            Detector::ImportStopped => Box::new(import_stopped::ImportStopped::new(rule)),
            Detector::NotDeprovisioned => Box::<not_deprovisioned::NotDeprovisioned>::default(),
            Detector::SameChangeAgain => Box::<same_change::SameChange>::default(),
            Detector::SharedTarget => Box::<shared_target::SharedTarget>::default(),
            Detector::LateFailure => Box::<late_failure::LateFailure>::default(),
        };
        let apps = apps.iter().filter_map(|word| AppWord::new(word)).collect();
        let provider = Provider::from_word(provider).filter(|provider| provider.makes_calls());
        Watched { rule, provider, apps, fits: Vec::new(), pattern }
    }

    /// Whether it is about this application.
    fn is_for(&mut self, app: Option<u32>, apps: &Apps) -> bool {
        if self.apps.is_empty() {
            return true;
        }
        let Some(app) = app else { return false };
        let place = app as usize;
        if self.fits.len() <= place {
            self.fits.resize(place + 1, None);
        }
        let Some(known) = self.fits.get_mut(place) else { return false };
        *known.get_or_insert_with(|| {
            let name = apps.get(Some(app)).map(|sum| AppName::label(&sum.health.name));
            name.is_some_and(|name| self.apps.iter().any(|word| name.has(word)))
        })
    }
}

/// Where it is kept who wants such rows.
fn place(operation: Operation, outcome: Outcome) -> usize {
    operation as usize * OUTCOMES + outcome as usize
}

/// All patterns that rules ask for.
#[derive(Clone, Default)]
pub struct Patterns {
    watched: Vec<Watched>,
    /// For each operation and outcome the patterns that want such rows, one bit each; as far as
    /// there were such rows.
    wanted: Vec<Option<u64>>,
}

impl Patterns {
    /// The patterns of the rules of a library.
    pub fn of(library: &Library) -> Patterns {
        let named = library.rules().iter().enumerate().filter_map(|(at, rule)| {
            Some(Named { detector: rule.detector?, rule: at, provider: &rule.provider, apps: &rule.apps })
        });
        Patterns::watching(named)
    }

    /// Patterns that rules name.
    fn watching<'r>(named: impl Iterator<Item = Named<'r>>) -> Patterns {
        // One bit each; so many detectors there will never be.
        Patterns { watched: named.take(64).map(Watched::new).collect(), ..Patterns::default() }
    }

    fn wanting(&mut self, operation: Operation, outcome: Outcome) -> u64 {
        let place = place(operation, outcome);
        if self.wanted.len() <= place {
            self.wanted.resize(place + 1, None);
        }
        let watched = &self.watched;
        let bits = || {
            let wants = watched.iter().enumerate().filter(|(_, watched)| watched.pattern.wants(operation, outcome));
            wants.fold(0, |bits, (at, _)| bits | 1 << at)
        };
        self.wanted.get_mut(place).map_or(0, |wanted| *wanted.get_or_insert_with(bits))
    }

    /// Shows a row to whoever wants to see it.
    pub(super) fn see(
        &mut self,
        row: &Row<'_>,
        About { app, spot, person }: About,
        histories: &Histories,
        apps: &Apps,
    ) {
        let mut wanting = self.wanting(row.operation, row.outcome);
        let sight = Sight { row, detail: row.detail.as_deref(), app, person, spot, histories };
        while wanting != 0 {
            let at = wanting.trailing_zeros() as usize;
            wanting &= wanting - 1;
            if let Some(watched) = self.watched.get_mut(at)
                && watched.provider.is_none_or(|provider| provider == row.provider)
                && watched.is_for(app, apps)
            {
                watched.pattern.see(&sight);
            }
        }
    }

    /// Looks up what is kept of this application and person by those that will want a row.
    pub(super) fn expect(&self, operation: Operation, outcome: Outcome, pair: (u32, u32)) -> bool {
        let mut wanting = self.wanted.get(place(operation, outcome)).copied().flatten().unwrap_or_default();
        let mut any = false;
        while wanting != 0 {
            let at = wanting.trailing_zeros() as usize;
            wanting &= wanting - 1;
            any |= self.watched.get(at).is_some_and(|watched| watched.pattern.expect(pair));
        }
        any
    }

    /// Puts together what belongs to one person.
    pub(super) fn join(&mut self, roots: &Roots) {
        self.watched.iter_mut().for_each(|watched| watched.pattern.join(roots));
    }

    /// Rows that some pattern had no room for.
    pub(super) fn beyond(&self) -> u64 {
        self.watched.iter().map(|watched| watched.pattern.beyond()).sum()
    }

    /// What was found, with the position of the rule that describes it, and how long it goes on.
    pub(super) fn find(&self, sums: &Sums<'_>) -> Vec<(usize, Lasts, Found)> {
        let found = |watched: &Watched| {
            let (rule, lasts) = (watched.rule, watched.pattern.lasts());
            watched.pattern.find(sums).into_iter().map(move |found| (rule, lasts, found)).collect::<Vec<_>>()
        };
        self.watched.iter().flat_map(found).collect()
    }

    /// Whether a rule describes those who should have lost access without anybody having tried.
    pub(super) fn describes_never_tried(&self, rule: usize) -> bool {
        self.watched.iter().any(|watched| watched.rule == rule && watched.pattern.describes_never_tried())
    }
}

/// Gives what was kept by person new keys, and merges what then has the same.
fn rekey<K: Ord + Copy, V>(map: &mut BTreeMap<K, V>, key: impl Fn(K) -> K, merge: impl Fn(&mut V, V)) {
    let moved: Vec<K> = map.keys().copied().filter(|known| key(*known) != *known).collect();
    for known in moved {
        let Some(value) = map.remove(&known) else { continue };
        match map.entry(key(known)) {
            Entry::Vacant(free) => {
                free.insert(value);
            }
            Entry::Occupied(mut taken) => merge(taken.get_mut(), value),
        }
    }
}

/// The same of what is looked up for most rows, where a tree would wait for memory with every level.
fn rehash<V>(
    map: &mut HashMap<(u32, u32), V, Seeded>,
    key: impl Fn((u32, u32)) -> (u32, u32),
    mut merge: impl FnMut(&mut V, V),
) {
    let mut moved: Vec<(u32, u32)> = map.keys().copied().filter(|known| key(*known) != *known).collect();
    // Which of two comes first decides what is shown.
    moved.sort_unstable();
    for known in moved {
        let Some(value) = map.remove(&known) else { continue };
        match map.entry(key(known)) {
            hash_map::Entry::Vacant(free) => {
                free.insert(value);
            }
            hash_map::Entry::Occupied(mut taken) => merge(taken.get_mut(), value),
        }
    }
}

/// What is kept by hash, in order.
fn sorted<V>(map: &HashMap<(u32, u32), V, Seeded>) -> Vec<((u32, u32), &V)> {
    let mut all: Vec<_> = map.iter().map(|(key, value)| (*key, value)).collect();
    all.sort_unstable_by_key(|(key, _)| *key);
    all
}

/// Whether such a row is a try to change something at an application that ended.
pub(super) fn is_ended_attempt(operation: Operation, outcome: Outcome) -> bool {
    Effect::of(operation).is_attempt() && matches!(outcome, Outcome::Success | Outcome::Failure)
}

/// `1 person`, `3 people`.
fn counted(count: impl Into<u64>, one: &str, many: &str) -> String {
    match count.into() {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

/// How many people it is about.
fn people(found: &Found) -> String {
    counted(found.people.len() as u64, "person", "people")
}

#[cfg(test)]
mod tests;
