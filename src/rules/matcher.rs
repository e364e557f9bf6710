//! An event to the rule that explains it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use foldhash::quality::RandomState;
use serde::Serialize;

use super::compile::{Alternative, AppNames, Hits, Place, Texts};
use super::load::Library;
use super::model::Severity;
use crate::event::Event;

/// Answers and short lists that an [`Explainer`] remembers before it starts over.
const REMEMBERED: usize = 1 << 15;

/// How sure a match is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Only the pattern (an event type, a status) fits.
    Guess,
    /// The wording fits, and no code contradicts.
    Likely,
    /// The application's own code or words.
    Certain,
}

impl Certainty {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Certainty::Guess => "guess",
            Certainty::Likely => "likely",
            Certainty::Certain => "certain",
        }
    }
}

/// The rule that explains an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Position in the library.
    pub rule: usize,
    /// How sure.
    pub certainty: Certainty,
}

/// A rule that matched, with why it stands where it does.
#[derive(Clone, Debug)]
pub struct Considered {
    /// Position in the library.
    pub rule: usize,
    /// The published order: greater wins.
    pub rank: Rank,
    /// How sure.
    pub certainty: Certainty,
    /// The conditions that held, in words.
    pub held: Vec<&'static str>,
}

/// What decides between rules, in this order: see `docs/rule-format.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    pub(super) own: bool,
    pub(super) for_the_app: bool,
    pub(super) layer: u8,
    pub(super) scope: u8,
    pub(super) conditions: u8,
    pub(super) severity: Severity,
}

impl Alternative {
    /// The rank and the conditions that held, if all did.
    pub(super) fn holds(&self, event: &Event<'_>, app: &AppNames, seen: &Seen) -> Option<Considered> {
        if !self.structure_fits(event, app) {
            return None;
        }
        let words_are_remote = self.texts_fit(event, seen)?;
        Some(self.considered(words_are_remote))
    }

    /// Whether the conditions on texts hold, and if so, whether the application's own words do.
    fn texts_fit(&self, event: &Event<'_>, seen: &Seen) -> Option<bool> {
        let fits = self.contains.iter().all(|texts| seen.any(texts, event))
            && self.contains_all.iter().all(|texts| seen.all(texts, event))
            && !self.lacks.iter().any(|texts| seen.any(texts, event));
        if !fits {
            return None;
        }
        let mut words_are_remote = seen.remote_has_any(&self.contains) || seen.remote_has_any(&self.contains_all);
        for (place, patterns) in &self.regexes {
            let text = match place {
                Place::Message => event.reason.message,
                Place::Remote => event.reason.remote,
                Place::Field(path) => event.raw.str_at(path),
            };
            let found =
                |text: Option<&str>| text.is_some_and(|text| patterns.iter().any(|pattern| pattern.is_match(text)));
            if !found(text) {
                return None;
            }
            words_are_remote |= found(event.reason.remote);
        }
        Some(words_are_remote)
    }

    /// The rank of a match of this alternative, and how sure it is.
    fn considered(&self, words_are_remote: bool) -> Considered {
        let spec = &self.spec;
        let mut held: Vec<&'static str> = Vec::new();
        let mut layer = 0u8;
        let mut note = |condition: bool, name: &'static str, strength: u8| {
            if condition {
                held.push(name);
                layer = layer.max(strength);
            }
        };
        note(!spec.app.is_empty(), "app", 0);
        note(!spec.provider.is_empty(), "provider", 0);
        note(!spec.dialect.is_empty(), "dialect", 0);
        note(!spec.operation.is_empty(), "operation", 0);
        note(!spec.outcome.is_empty(), "outcome", 0);
        note(!spec.phase.is_empty(), "phase", 0);
        note(!self.statuses.is_empty(), "http status", 1);
        note(!spec.event_type.is_empty(), "event type", 2);
        note(!spec.legacy_type.is_empty(), "legacy event type", 3);
        note(!spec.code.is_empty(), "code", 3);
        note(!spec.scim_type.is_empty(), "scimType", 4);
        for texts in self.contains.iter().chain(&self.contains_all) {
            note(true, "words", texts.strength());
        }
        for _ in &self.lacks {
            note(true, "absence of words", 0);
        }
        for (place, _) in &self.regexes {
            note(true, "pattern", if *place == Place::Remote { 5 } else { 4 });
        }
        // Words of the application that stand in the message are the application's words.
        let by_words = held.contains(&"words") || held.contains(&"pattern");
        let layer = if words_are_remote && by_words { 5 } else { layer };
        let by_own_name = !spec.scim_type.is_empty() || !spec.code.is_empty() || !spec.legacy_type.is_empty();
        let certainty = match layer {
            5 => Certainty::Certain,
            3 | 4 if by_own_name => Certainty::Certain,
            4 => Certainty::Likely,
            _ => Certainty::Guess,
        };
        let conditions = u8::try_from(held.len()).unwrap_or(u8::MAX);
        Considered {
            rule: self.rule,
            rank: Rank {
                own: self.own,
                for_the_app: self.scope == 3,
                layer,
                scope: self.scope,
                conditions,
                severity: self.severity,
            },
            certainty,
            held,
        }
    }
}

impl Texts {
    pub(super) fn strength(&self) -> u8 {
        match self.place {
            Place::Remote => 5,
            Place::Message => 4,
            Place::Field(_) => 3,
        }
    }
}

/// Which texts occur where in one event.
pub(super) struct Seen {
    message: Hits,
    remote: Hits,
}

impl Seen {
    pub(super) fn any(&self, texts: &Texts, event: &Event<'_>) -> bool {
        match &texts.place {
            Place::Message => texts.ids.iter().any(|id| self.message.has(*id)),
            Place::Remote => texts.ids.iter().any(|id| self.remote.has(*id)),
            Place::Field(path) => {
                field(path, event).is_some_and(|text| texts.words.iter().any(|word| text.contains(word)))
            }
        }
    }

    pub(super) fn all(&self, texts: &Texts, event: &Event<'_>) -> bool {
        match &texts.place {
            Place::Message => texts.ids.iter().all(|id| self.message.has(*id)),
            Place::Remote => texts.ids.iter().all(|id| self.remote.has(*id)),
            Place::Field(path) => {
                field(path, event).is_some_and(|text| texts.words.iter().all(|word| text.contains(word)))
            }
        }
    }

    fn remote_has_any(&self, lists: &[Texts]) -> bool {
        lists
            .iter()
            .filter(|texts| texts.place == Place::Message)
            .any(|texts| texts.ids.iter().any(|id| self.remote.has(*id)))
    }
}

fn field(path: &str, event: &Event<'_>) -> Option<String> {
    event.raw.str_at(path).map(super::compile::folded)
}

impl Library {
    /// The rule that explains the event, if any does.
    pub fn explain(&self, event: &Event<'_>) -> Option<Finding> {
        self.consider(event).first().map(|best| Finding { rule: best.rule, certainty: best.certainty })
    }

    /// Every rule that matches the event, the winner first.
    pub fn consider(&self, event: &Event<'_>) -> Vec<Considered> {
        let matcher = &self.matcher;
        let (app, seen) = (AppNames::of(event), self.seen(event));
        let mut found: Vec<Considered> =
            matcher.alternatives.iter().filter_map(|alternative| alternative.holds(event, &app, &seen)).collect();
        // Rules are sorted by id, so their position is the alphabetical order of the last resort.
        found.sort_by(|a, b| b.rank.cmp(&a.rank).then(a.rule.cmp(&b.rule)));
        let mut named = HashSet::new();
        found.retain(|considered| named.insert(considered.rule));
        found
    }

    pub(super) fn seen(&self, event: &Event<'_>) -> Seen {
        Seen { message: self.matcher.hits(event.reason.message), remote: self.matcher.hits(event.reason.remote) }
    }
}

/// Explains one event after the other and remembers what it found: thousands of people fail for the
/// same few reasons. Gives the same as [`Library::explain`].
pub struct Explainer<'l> {
    library: &'l Library,
    /// Texts that fall into one place cannot be made up in advance.
    seed: RandomState,
    /// By application, and by kind of event: which conditions on it hold, as a number.
    classes: HashMap<u64, u64, RandomState>,
    /// By everything but the texts: the alternatives that are left.
    short_lists: HashMap<u64, ShortList, RandomState>,
    /// By everything that a rule can look at.
    answers: HashMap<u64, Option<Candidate>, RandomState>,
}

/// The alternatives all of whose other conditions hold, in the order of the library.
struct ShortList {
    by_texts: Vec<usize>,
    /// Those that look at fields of the record which are not part of any key.
    by_fields: Vec<usize>,
}

/// How well a rule explains an event.
#[derive(Clone, Copy)]
struct Candidate {
    rank: Rank,
    /// Position of the alternative: the first of equals wins.
    index: usize,
    finding: Finding,
}

impl<'l> Explainer<'l> {
    /// An explainer that remembers nothing yet.
    pub fn new(library: &'l Library) -> Self {
        Explainer {
            library,
            seed: RandomState::default(),
            classes: HashMap::default(),
            short_lists: HashMap::default(),
            answers: HashMap::default(),
        }
    }

    /// The rule that explains the event, if any does.
    pub fn explain(&mut self, event: &Event<'_>) -> Option<Finding> {
        let reason = &event.reason;
        let mut hasher = self.seed.build_hasher();
        (event.provider, event.dialect, event.operation, event.outcome).hash(&mut hasher);
        (self.app_class(event), self.type_class(event)).hash(&mut hasher);
        (&reason.codes, reason.http_status, reason.scim_type, reason.phase).hash(&mut hasher);
        let structure = hasher.finish();
        (reason.message, reason.remote).hash(&mut hasher);
        let everything = hasher.finish();
        let library = self.library;
        if self.short_lists.len() >= REMEMBERED {
            self.short_lists.clear();
        }
        let list = self.short_lists.entry(structure).or_insert_with(|| ShortList::of(library, event));
        let by_texts = match self.answers.get(&everything) {
            Some(answer) => *answer,
            None => {
                if self.answers.len() >= REMEMBERED {
                    self.answers.clear();
                }
                let answer = best(&list.by_texts, library, event);
                self.answers.insert(everything, answer);
                answer
            }
        };
        let by_fields = match list.may_find_fields(library, event) {
            true => best(&list.by_fields, library, event),
            false => None,
        };
        let better = |a: &Candidate, b: &Candidate| a.rank.cmp(&b.rank).then(b.index.cmp(&a.index));
        by_texts.into_iter().chain(by_fields).max_by(better).map(|candidate| candidate.finding)
    }
}

impl Explainer<'_> {
    /// What rules can tell of the application. Most cannot tell most applications apart, and then
    /// need not look at each of them anew.
    fn app_class(&mut self, event: &Event<'_>) -> u64 {
        let app = self.seed.hash_one((event.app.name, event.app.kind, event.app.id));
        let mut names = None;
        self.class(app, |alternative| alternative.app_fits(names.get_or_insert_with(|| AppNames::of(event))))
    }

    /// What rules can tell of the kind of event.
    fn type_class(&mut self, event: &Event<'_>) -> u64 {
        let kind = self.seed.hash_one((event.event_type, event.legacy_type));
        self.class(kind, |alternative| alternative.type_fits(event))
    }

    /// A number for which alternatives `fits` holds, by what it looks at.
    fn class(&mut self, key: u64, mut fits: impl FnMut(&Alternative) -> bool) -> u64 {
        if let Some(class) = self.classes.get(&key) {
            return *class;
        }
        let mut hasher = self.seed.build_hasher();
        self.library.matcher.alternatives.iter().for_each(|alternative| fits(alternative).hash(&mut hasher));
        let class = hasher.finish();
        if self.classes.len() >= REMEMBERED {
            self.classes.clear();
        }
        self.classes.insert(key, class);
        class
    }
}

impl ShortList {
    fn of(library: &Library, event: &Event<'_>) -> ShortList {
        let mut list = ShortList { by_texts: Vec::new(), by_fields: Vec::new() };
        let app = AppNames::of(event);
        for (index, alternative) in library.matcher.alternatives.iter().enumerate() {
            if alternative.structure_fits(event, &app) {
                let place = if alternative.reads_fields() { &mut list.by_fields } else { &mut list.by_texts };
                place.push(index);
            }
        }
        list
    }

    /// Whether the record has a field that must have certain words in it.
    fn may_find_fields(&self, library: &Library, event: &Event<'_>) -> bool {
        let alternatives = self.by_fields.iter().filter_map(|index| library.matcher.alternatives.get(*index));
        alternatives.flat_map(Alternative::fields).any(|path| event.raw.str_at(path).is_some())
    }
}

/// The best of these alternatives, all of whose conditions but those on texts hold.
fn best(alternatives: &[usize], library: &Library, event: &Event<'_>) -> Option<Candidate> {
    if alternatives.is_empty() {
        return None;
    }
    let seen = library.seen(event);
    let mut best: Option<Candidate> = None;
    for index in alternatives {
        let Some(alternative) = library.matcher.alternatives.get(*index) else { continue };
        let Some(words_are_remote) = alternative.texts_fit(event, &seen) else { continue };
        let found = alternative.considered(words_are_remote);
        if best.is_none_or(|best| found.rank > best.rank) {
            let finding = Finding { rule: found.rule, certainty: found.certainty };
            best = Some(Candidate { rank: found.rank, index: *index, finding });
        }
    }
    best
}
