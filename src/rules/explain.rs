//! One event after the other to the rule that explains it, as fast as failures come.
//!
//! Gives the same as [`Library::explain`], which tries every alternative on every event. Here
//! conditions on the same fields are tried together and once for each content of the fields: which
//! alternatives are left is then a few words of bits. Those that need words which the event does not
//! have are never looked at, and of the others the greatest first.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash};

use foldhash::quality::RandomState;

use super::app_names::AppNames;
use super::compile::Alternative;
use super::load::Library;
use super::matcher::{Certainty, Finding, Rank, Seen};
use super::needed::Needed;
use crate::event::Event;

/// Events that are explained by trying every alternative: to plan ahead takes about as long as four of them, and a small
/// log has no more.
const FEW: usize = 4;

/// Answers and sets that are remembered before it starts over.
const REMEMBERED: usize = 1 << 15;

/// Events without a known answer from which on patterns are taken apart.
const MANY: usize = 256;

/// Some of the alternatives: one bit for each place in [`Plan::order`].
#[derive(Clone, Default)]
struct Set(Box<[u64]>);

impl Set {
    fn none(count: usize) -> Set {
        Set(vec![0; count.div_ceil(64)].into())
    }

    fn of(members: impl ExactSizeIterator<Item = bool>) -> Set {
        let mut set = Set::none(members.len());
        members.enumerate().filter(|(_, member)| *member).for_each(|(place, _)| set.insert(place));
        set
    }

    fn insert(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    fn remove(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word &= !(1 << (place % 64));
        }
    }

    fn keep(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    fn shares_any(&self, other: &Set) -> bool {
        self.0.iter().zip(&other.0).any(|(word, other)| word & other != 0)
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let place = (left != 0).then(|| at * 64 + left.trailing_zeros() as usize);
                left &= left.wrapping_sub(1);
                place
            })
        })
    }
}

/// An alternative with what it is worth if it holds.
struct Ranked<'l> {
    alternative: &'l Alternative,
    /// Position in the library: the first of equals wins.
    index: usize,
    /// Where the words that hold are not the application's own, and where they are.
    worth: [(Rank, Certainty); 2],
}

impl Ranked<'_> {
    /// The most it can be worth.
    fn most(&self) -> Rank {
        let [(other, _), (own, _)] = self.worth;
        other.max(own)
    }
}

/// What is known of the alternatives before any event is seen.
struct Plan<'l> {
    /// The greatest first.
    order: Vec<Ranked<'l>>,
    /// Those that look at fields of the record which are not part of any key.
    by_fields: Set,
    /// Those that hold without any certain words in message or remote words.
    wordless: Set,
    /// For each text of the automaton, those that may hold where it occurs.
    by_text: Vec<Vec<usize>>,
    /// Words of patterns, once these are taken apart.
    needed: Option<Words<'l>>,
    /// Those that go by a code or status.
    claiming: Set,
}

impl<'l> Plan<'l> {
    fn new(library: &'l Library) -> Plan<'l> {
        let matcher = &library.matcher;
        let ranked = |(index, alternative): (usize, &'l Alternative)| {
            let worth = [false, true].map(|words_are_remote| {
                let considered = alternative.considered(words_are_remote);
                (considered.rank, considered.certainty)
            });
            Ranked { alternative, index, worth }
        };
        let mut order: Vec<Ranked<'l>> = matcher.alternatives.iter().enumerate().map(ranked).collect();
        order.sort_by_key(|ranked| (Reverse(ranked.most()), ranked.index));
        let mut by_text = vec![Vec::new(); matcher.texts()];
        let mut wordless = Set::none(order.len());
        for (place, ranked) in order.iter().enumerate() {
            // One list of words must be met; the first does as well as any.
            match ranked.alternative.words() {
                Some(ids) => {
                    for id in ids {
                        by_text.get_mut(id).into_iter().for_each(|list| list.push(place));
                    }
                }
                None => wordless.insert(place),
            }
        }
        let by_fields = Set::of(order.iter().map(|ranked| ranked.alternative.reads_fields()));
        let claiming = Set::of(order.iter().map(|ranked| ranked.alternative.claims_a_code()));
        Plan { order, by_fields, wordless, by_text, needed: None, claiming }
    }

    /// From now on leaves out alternatives whose patterns need words that a text does not have.
    fn look_for(&mut self, needed: &'l Needed) {
        let mut place_of = vec![usize::MAX; self.order.len()];
        for (place, ranked) in self.order.iter().enumerate() {
            place_of.get_mut(ranked.index).into_iter().for_each(|slot| *slot = place);
        }
        let place_of = |index: &usize| place_of.get(*index).copied().unwrap_or(usize::MAX);
        let places: Vec<usize> = needed.alternatives().iter().map(place_of).collect();
        let mut others = Set::of(self.order.iter().map(|_| true));
        places.iter().for_each(|place| others.remove(*place));
        self.needed = Some(Words { needed, places, others });
    }

    /// The alternatives for which `fits` holds.
    fn set(&self, mut fits: impl FnMut(&Alternative) -> bool) -> Set {
        Set::of(self.order.iter().map(|ranked| fits(ranked.alternative)))
    }

    /// The alternatives that may hold with these words.
    fn worded(&self, seen: &Seen) -> Set {
        let mut set = self.wordless.clone();
        let found = seen.message.iter().chain(seen.remote.iter());
        found.filter_map(|id| self.by_text.get(id)).flatten().for_each(|place| set.insert(*place));
        if let Some(words) = &self.needed {
            set.keep(&words.may_hold(seen));
        }
        set
    }

    /// The best of these alternatives, all of whose conditions but those on texts hold.
    fn best(&self, among: &Set, event: &Event<'_>, seen: &Seen) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        for ranked in among.iter().filter_map(|place| self.order.get(place)) {
            if best.is_some_and(|best| best.rank > ranked.most()) {
                break;
            }
            let Some(words_are_remote) = ranked.alternative.texts_fit(event, seen) else { continue };
            let [other, own] = ranked.worth;
            let (rank, certainty) = if words_are_remote { own } else { other };
            let finding = Finding { rule: ranked.alternative.rule, certainty };
            best = better(best, Some(Candidate { rank, index: ranked.index, finding, contradicted: false }));
        }
        best
    }
}

/// Words of patterns that are looked for.
struct Words<'l> {
    needed: &'l Needed,
    /// Of each word, the place of its alternative.
    places: Vec<usize>,
    /// The alternatives that need none.
    others: Set,
}

impl Words<'_> {
    /// The alternatives that need none, or one that is there.
    fn may_hold(&self, seen: &Seen) -> Set {
        let mut set = self.others.clone();
        let found = self.needed.find(seen.message.text()).chain(self.needed.find(seen.remote.text()));
        found.filter_map(|word| self.places.get(word)).for_each(|place| set.insert(*place));
        set
    }
}

/// How well a rule explains an event.
#[derive(Clone, Copy)]
struct Candidate {
    rank: Rank,
    /// Position of the alternative: the first of equals wins.
    index: usize,
    finding: Finding,
    /// Codes of the event are claimed by rules about something else.
    contradicted: bool,
}

impl Candidate {
    fn finding(self) -> Finding {
        let certainty = if self.contradicted { Certainty::Guess } else { self.finding.certainty };
        Finding { certainty, ..self.finding }
    }
}

fn better(a: Option<Candidate>, b: Option<Candidate>) -> Option<Candidate> {
    a.into_iter().chain(b).max_by_key(|candidate| (candidate.rank, Reverse(candidate.index)))
}

/// Which fields of an event a set is about.
#[derive(Clone, Copy, Hash)]
enum Part {
    Kind,
    App,
    Type,
    Reason,
}

/// Explains one event after the other, as [`Library::explain`] does.
pub struct Explainer<'l> {
    library: &'l Library,
    /// Events that were explained without a plan.
    few: usize,
    planned: Option<Planned<'l>>,
}

impl<'l> Explainer<'l> {
    /// An explainer that knows nothing yet.
    pub fn new(library: &'l Library) -> Self {
        Explainer { library, few: 0, planned: None }
    }

    /// The rule that explains the event, if any does.
    pub fn explain(&mut self, event: &Event<'_>) -> Option<Finding> {
        if self.few < FEW {
            self.few += 1;
            return self.library.explain(event);
        }
        self.planned.get_or_insert_with(|| Planned::new(self.library)).explain(event)
    }
}

/// Remembers what it found: thousands of people fail for the same few reasons.
struct Planned<'l> {
    library: &'l Library,
    plan: Plan<'l>,
    /// Texts that fall into one place cannot be made up in advance.
    seed: RandomState,
    /// By a part of an event: the number of the set of alternatives whose conditions on it hold.
    parts: HashMap<u64, usize, RandomState>,
    sets: Vec<Set>,
    /// The same sets, to give equal ones one number.
    numbers: HashMap<Box<[u64]>, usize, RandomState>,
    /// By everything that a rule can look at.
    answers: HashMap<u64, Option<Candidate>, RandomState>,
    /// Events of which there was no answer.
    new: usize,
}

impl<'l> Planned<'l> {
    fn new(library: &'l Library) -> Self {
        Planned {
            library,
            plan: Plan::new(library),
            seed: RandomState::default(),
            parts: HashMap::default(),
            sets: Vec::new(),
            numbers: HashMap::default(),
            answers: HashMap::default(),
            new: 0,
        }
    }

    fn explain(&mut self, event: &Event<'_>) -> Option<Finding> {
        if self.parts.len() >= REMEMBERED {
            self.parts.clear();
            self.sets.clear();
            self.numbers.clear();
            self.answers.clear();
        }
        let reason = &event.reason;
        let kind = (event.provider, event.dialect, event.operation, event.outcome);
        let kind = self.part(Part::Kind, kind, |alternative| alternative.kind_fits(event));
        let mut names = None;
        let app = self.part(Part::App, (event.app.name, event.app.kind), |alternative| {
            alternative.app_fits(names.get_or_insert_with(|| AppNames::of(event)))
        });
        let types = (event.event_type, event.legacy_type);
        let types = self.part(Part::Type, types, |alternative| alternative.type_fits(event));
        let why = (&reason.codes, reason.http_status, reason.scim_type, reason.phase);
        let why = self.part(Part::Reason, why, |alternative| alternative.reason_fits(event));

        let numbers = [kind, app, types, why];
        let everything = self.seed.hash_one((numbers, reason.message, reason.remote));
        let known = self.answers.get(&everything).copied();
        let fields = self.fitting(numbers, &self.plan.by_fields).filter(|fields| self.finds_a_field(fields, event));
        if let (Some(known), None) = (known, &fields) {
            return known.map(Candidate::finding);
        }
        self.new += 1;
        if self.new == MANY {
            self.library.matcher.needed().into_iter().for_each(|needed| self.plan.look_for(needed));
        }
        let seen = self.library.seen(event);
        let by_texts = known.unwrap_or_else(|| self.by_texts(numbers, event, &seen));
        if self.answers.len() >= REMEMBERED {
            self.answers.clear();
        }
        self.answers.insert(everything, by_texts);
        let Some(fields) = fields else { return by_texts.map(Candidate::finding) };
        let best = better(by_texts, self.plan.best(&fields, event, &seen));
        best.map(|candidate| self.unless_contradicted(candidate, numbers, true, event, &seen).finding())
    }

    /// The candidate, knowing whether codes of the event speak for something else.
    fn unless_contradicted(
        &self,
        candidate: Candidate,
        numbers: [usize; 4],
        with_fields: bool,
        event: &Event<'_>,
        seen: &Seen,
    ) -> Candidate {
        if candidate.finding.certainty != Certainty::Likely {
            return candidate;
        }
        let claiming = self.fitting(numbers, &self.plan.claiming).unwrap_or_default();
        let mut claims = Vec::new();
        for Ranked { alternative, .. } in claiming.iter().filter_map(|place| self.plan.order.get(place)) {
            if (with_fields || !alternative.reads_fields()) && alternative.texts_fit(event, seen).is_some() {
                claims.push(alternative.rule);
            }
        }
        let Finding { rule, certainty } = candidate.finding;
        Candidate { contradicted: self.library.unless_contradicted(rule, certainty, &claims) != certainty, ..candidate }
    }

    /// The best alternative that looks at nothing but what makes up the key of an answer.
    fn by_texts(&self, numbers: [usize; 4], event: &Event<'_>, seen: &Seen) -> Option<Candidate> {
        let mut among = self.fitting(numbers, &self.plan.worded(seen))?;
        among.0.iter_mut().zip(&self.plan.by_fields.0).for_each(|(word, by_fields)| *word &= !by_fields);
        let best = self.plan.best(&among, event, seen)?;
        Some(self.unless_contradicted(best, numbers, false, event, seen))
    }

    /// Those of some alternatives all of whose conditions but those on texts hold, if there are any.
    fn fitting(&self, numbers: [usize; 4], among: &Set) -> Option<Set> {
        let mut sets = numbers.iter().filter_map(|number| self.sets.get(*number));
        if !sets.clone().all(|set| set.shares_any(among)) {
            return None;
        }
        let mut left = among.clone();
        sets.by_ref().for_each(|set| left.keep(set));
        left.0.iter().any(|word| *word != 0).then_some(left)
    }

    /// Whether the record has a field that must have certain words in it, or one may hold without.
    fn finds_a_field(&self, fields: &Set, event: &Event<'_>) -> bool {
        let mut alternatives = fields.iter().filter_map(|place| self.plan.order.get(place));
        alternatives.any(|ranked| {
            let mut paths = ranked.alternative.fields().peekable();
            paths.peek().is_none() || paths.any(|path| event.raw.str_at(path).is_some())
        })
    }

    /// The number of the set of alternatives for which `fits` holds, by what that looks at.
    fn part(&mut self, part: Part, content: impl Hash, fits: impl FnMut(&Alternative) -> bool) -> usize {
        let key = self.seed.hash_one((part, content));
        if let Some(number) = self.parts.get(&key) {
            return *number;
        }
        // Rules cannot tell most applications apart, so most of them have the same set.
        let set = self.plan.set(fits);
        let next = self.sets.len();
        let number = *self.numbers.entry(set.0.clone()).or_insert(next);
        if number == next {
            self.sets.push(set);
        }
        self.parts.insert(key, number);
        number
    }
}
