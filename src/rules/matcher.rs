//! An event to the rule that explains it.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::app_names::AppNames;
use super::compile::{Alternative, Hits, Texts};
use super::load::Library;
use super::model::{Place, Rule, Severity};
pub use crate::event::Certainty;
use crate::event::Event;

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
    /// The rank of the match and how sure it is, if all conditions hold.
    pub(super) fn holds(&self, event: &Event<'_>, app: &AppNames, seen: &Seen) -> Option<Considered> {
        if !self.structure_fits(event, app) {
            return None;
        }
        let words_are_remote = self.texts_fit(event, seen)?;
        Some(self.considered(words_are_remote))
    }

    /// Whether the conditions on texts hold, and if so, whether the application's own words do.
    pub(super) fn texts_fit(&self, event: &Event<'_>, seen: &Seen) -> Option<bool> {
        let fits = self.contains.iter().all(|texts| seen.any(texts, event))
            && self.contains_all.iter().all(|texts| seen.all(texts, event))
            && !self.lacks.iter().any(|texts| seen.any(texts, event));
        if !fits {
            return None;
        }
        let mut words_are_remote = seen.remote_has_any(&self.contains) || seen.remote_has_any(&self.contains_all);
        for (place, patterns) in &self.regexes {
            let text = match place {
                Place::Message => seen.message.text(),
                Place::Remote => seen.remote.text(),
                Place::Field(path) => event.raw.str_at(path),
            };
            let found =
                |text: Option<&str>| text.is_some_and(|text| patterns.iter().any(|pattern| pattern.is_match(text)));
            if !found(text) {
                return None;
            }
            words_are_remote |= found(seen.remote.text());
        }
        Some(words_are_remote)
    }

    /// The most that a match of this alternative can be worth.
    fn greatest_rank(&self) -> Rank {
        self.considered(false).rank.max(self.considered(true).rank)
    }

    /// The rank of a match of this alternative, and how sure it is.
    pub(super) fn considered(&self, words_are_remote: bool) -> Considered {
        let spec = &self.spec;
        let lists = || self.contains.iter().chain(&self.contains_all);
        let by_words = lists().next().is_some() || !self.regexes.is_empty();
        // Whether it asks for something, and how much that says.
        let on_values = [
            (!spec.app.is_empty(), 0),
            (!spec.app_lacks.is_empty(), 0),
            (!spec.provider.is_empty(), 0),
            (!spec.dialect.is_empty(), 0),
            (!spec.operation.is_empty(), 0),
            (!spec.outcome.is_empty(), 0),
            (!spec.phase.is_empty(), 0),
            (!self.statuses.is_empty(), 1),
            (!spec.event_type.is_empty(), 2),
            (!spec.legacy_type.is_empty(), 3),
            (!spec.code.is_empty(), 3),
            (!spec.scim_type.is_empty(), 4),
        ];
        let on_values = on_values.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, strength)| strength);
        let on_words = lists().map(Texts::strength).chain(self.lacks.iter().map(|_| 0));
        let on_patterns = self.regexes.iter().map(|(place, _)| if *place == Place::Remote { 5 } else { 4 });
        let (conditions, layer) = on_values
            .chain(on_words)
            .chain(on_patterns)
            .fold((0u8, 0u8), |(count, layer), strength| (count.saturating_add(1), layer.max(strength)));
        // Words of the application that stand in the message are the application's words.
        let layer = if words_are_remote && by_words { 5 } else { layer };
        let by_own_name = !spec.scim_type.is_empty() || !spec.code.is_empty() || !spec.legacy_type.is_empty();
        let certainty = match layer {
            // What only says *that* something failed does not know why, even by its own code.
            5 if self.own => Certainty::Certain,
            3 | 4 if by_own_name && self.own => Certainty::Certain,
            _ if by_words => Certainty::Likely,
            _ => Certainty::Guess,
        };
        let rank = Rank {
            own: self.own,
            for_the_app: self.scope == 3,
            layer,
            scope: self.scope,
            conditions,
            severity: self.severity,
        };
        Considered { rule: self.rule, rank, certainty }
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
    pub(super) message: Hits,
    pub(super) remote: Hits,
}

impl Seen {
    pub(super) fn any(&self, texts: &Texts, event: &Event<'_>) -> bool {
        match &texts.place {
            Place::Message => texts.ids().any(|id| self.message.has(id)),
            Place::Remote => texts.ids().any(|id| self.remote.has(id)),
            Place::Field(path) => field(path, event).is_some_and(|text| texts.words().any(|word| text.contains(word))),
        }
    }

    pub(super) fn all(&self, texts: &Texts, event: &Event<'_>) -> bool {
        match &texts.place {
            Place::Message => texts.ids().all(|id| self.message.has(id)),
            Place::Remote => texts.ids().all(|id| self.remote.has(id)),
            Place::Field(path) => field(path, event).is_some_and(|text| texts.words().all(|word| text.contains(word))),
        }
    }

    fn remote_has_any(&self, lists: &[Texts]) -> bool {
        lists
            .iter()
            .filter(|texts| texts.place == Place::Message)
            .any(|texts| texts.ids().any(|id| self.remote.has(id)))
    }
}

/// The greatest of those whose conditions on texts hold too; of equals the first.
fn greatest(fitting: &[&Alternative], event: &Event<'_>, seen: &Seen) -> Option<Considered> {
    let mut order: Vec<(Rank, Reverse<usize>)> =
        (0..).zip(fitting).map(|(at, alternative)| (alternative.greatest_rank(), Reverse(at))).collect();
    order.sort_unstable_by_key(|most| Reverse(*most));
    let mut best: Option<(Rank, Reverse<usize>, Considered)> = None;
    for (most, at) in order {
        // To compile the patterns of those that cannot win would take most of the time.
        if best.as_ref().is_some_and(|(rank, ..)| *rank > most) {
            break;
        }
        let Some(alternative) = fitting.get(at.0) else { continue };
        let Some(words_are_remote) = alternative.texts_fit(event, seen) else { continue };
        let considered = alternative.considered(words_are_remote);
        if best.as_ref().is_none_or(|(rank, first, _)| (considered.rank, at) > (*rank, *first)) {
            best = Some((considered.rank, at, considered));
        }
    }
    best.map(|(.., considered)| considered)
}

fn field(path: &str, event: &Event<'_>) -> Option<String> {
    event.raw.str_at(path).map(super::fold::folded)
}

impl Library {
    /// The rule that explains the event, if any does: the first that [`Library::consider`] gives.
    pub fn explain(&self, event: &Event<'_>) -> Option<Finding> {
        let (app, seen) = (AppNames::of(event), self.seen(event));
        let fits = |alternative: &&Alternative| alternative.structure_fits(event, &app);
        let fitting: Vec<&Alternative> = self.matcher.alternatives.iter().filter(fits).collect();
        let Considered { rule, certainty, .. } = greatest(&fitting, event, &seen)?;
        if certainty != Certainty::Likely {
            return Some(Finding { rule, certainty });
        }
        let claiming = fitting.iter().filter(|alternative| alternative.claims_a_code());
        let claims = claiming.filter(|claiming| claiming.texts_fit(event, &seen).is_some());
        let claims: Vec<usize> = claims.map(|claiming| claiming.rule).collect();
        Some(Finding { rule, certainty: self.unless_contradicted(rule, certainty, &claims) })
    }

    /// Every rule that matches the event, the winner first.
    pub fn consider(&self, event: &Event<'_>) -> Vec<Considered> {
        let matcher = &self.matcher;
        let (app, seen) = (AppNames::of(event), self.seen(event));
        let mut found = Vec::new();
        let mut claims = Vec::new();
        for alternative in &matcher.alternatives {
            let Some(considered) = alternative.holds(event, &app, &seen) else { continue };
            if alternative.claims_a_code() {
                claims.push(considered.rule);
            }
            found.push(considered);
        }
        for considered in &mut found {
            considered.certainty = self.unless_contradicted(considered.rule, considered.certainty, &claims);
        }
        // Rules are sorted by id, so their position is the alphabetical order of the last resort.
        found.sort_by(|a, b| b.rank.cmp(&a.rank).then(a.rule.cmp(&b.rule)));
        let mut named = HashSet::new();
        found.retain(|considered| named.insert(considered.rule));
        found
    }

    /// The rules of the issues that a change of settings ends.
    pub fn ended_by(&self, change: &Event<'_>) -> Vec<usize> {
        // Hardly any change does; the names of its app are taken apart for those only.
        let may_end = |ending: &&Alternative| ending.kind_fits(change) && ending.type_fits(change);
        let endings: Vec<&Alternative> = self.endings.alternatives.iter().filter(may_end).collect();
        if endings.is_empty() {
            return Vec::new();
        }
        let hits = |text| self.endings.hits(text);
        let seen = Seen { message: hits(change.reason.message), remote: hits(change.reason.remote) };
        let app = AppNames::of(change);
        let endings = endings.into_iter().filter(|ending| ending.holds(change, &app, &seen).is_some());
        endings.map(|ending| ending.rule).collect()
    }

    /// How sure a rule is that goes by words, where other rules go by a code or status of the same
    /// event: no more than a guess if all of them are about something else.
    pub(super) fn unless_contradicted(&self, rule: usize, certainty: Certainty, claims: &[usize]) -> Certainty {
        let Some(own) = self.rule(rule).filter(|_| certainty == Certainty::Likely) else { return certainty };
        let names = |rule: &Rule, other: &Rule| rule.alike.iter().any(|named| named.rule == other.id);
        // Rules that know each other tell each other apart by their words.
        let agrees = |other: &Rule| {
            other.id == own.id || other.category == own.category || names(own, other) || names(other, own)
        };
        let is_agreed = claims.iter().filter_map(|claim| self.rule(*claim)).any(agrees);
        if claims.is_empty() || is_agreed { certainty } else { Certainty::Guess }
    }

    pub(super) fn seen(&self, event: &Event<'_>) -> Seen {
        Seen { message: self.matcher.hits(event.reason.message), remote: self.matcher.hits(event.reason.remote) }
    }
}
