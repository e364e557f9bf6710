//! An event to the rule that explains it.
//!
//! All texts that any rule looks for are found in one pass of one automaton; a rule is looked at
//! only if a text of it occurred or if it needs none.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder};
use serde::Serialize;

use super::load::Library;
use super::model::{Match, Rule};
use crate::event::{Event, Outcome};
use crate::text::glob;

/// Largest compiled form of one regular expression.
const MAX_REGEX: usize = 1 << 20;

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
    own: bool,
    for_the_app: bool,
    layer: u8,
    scope: u8,
    conditions: u8,
    severity: super::model::Severity,
}

pub(super) struct Matcher {
    alternatives: Vec<Alternative>,
    automaton: Option<AhoCorasick>,
}

struct Alternative {
    rule: usize,
    own: bool,
    scope: u8,
    severity: super::model::Severity,
    spec: Match,
    statuses: Vec<(u16, u16)>,
    contains: Vec<Texts>,
    contains_all: Vec<Texts>,
    lacks: Vec<Texts>,
    regexes: Vec<(Place, Vec<Regex>)>,
}

struct Texts {
    place: Place,
    /// Positions in the automaton, for the message and the remote words.
    ids: Vec<usize>,
    /// The texts themselves, for raw fields.
    words: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Message,
    Remote,
    Field(String),
}

impl Place {
    fn new(name: &str) -> Place {
        match name {
            "message" | "text" => Place::Message,
            "remote" => Place::Remote,
            other => Place::Field(other.to_owned()),
        }
    }
}

/// Small letters, one space for any white space, one kind of quote.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '`' | '‘' | '’' | '“' | '”' => out.push('\''),
            // A quote that was escaped once too often is still a quote.
            '\\' => {}
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

impl Matcher {
    /// Compiles rules; gives also the rules whose patterns cannot be used, with the reason.
    pub(super) fn compile(rules: &[Rule]) -> (Matcher, Vec<(usize, String)>) {
        let mut literals: BTreeMap<String, usize> = BTreeMap::new();
        let mut broken = Vec::new();
        let mut alternatives = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            for spec in &rule.matches {
                match Alternative::compile(index, rule, spec, &mut literals) {
                    Ok(alternative) => alternatives.push(alternative),
                    Err(what) => broken.push((index, what)),
                }
            }
        }
        let mut ordered = vec![String::new(); literals.len()];
        for (text, id) in literals {
            if let Some(slot) = ordered.get_mut(id) {
                *slot = text;
            }
        }
        (Matcher { alternatives, automaton: AhoCorasick::new(&ordered).ok() }, broken)
    }

    fn hits(&self, text: &str) -> Vec<bool> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut hits = vec![false; automaton.patterns_len()];
        for found in automaton.find_overlapping_iter(text) {
            if let Some(hit) = hits.get_mut(found.pattern().as_usize()) {
                *hit = true;
            }
        }
        hits
    }
}

impl Alternative {
    fn compile(
        rule: usize,
        header: &Rule,
        spec: &Match,
        literals: &mut BTreeMap<String, usize>,
    ) -> Result<Alternative, String> {
        let statuses = spec
            .http_status
            .iter()
            .map(|status| {
                status.bounds().ok_or_else(|| {
                    format!("http_status {status:?} is neither a number nor a range such as \"500-599\"")
                })
            })
            .collect::<Result<_, _>>()?;
        let mut texts = |table: &BTreeMap<String, Vec<String>>| -> Vec<Texts> {
            table
                .iter()
                .map(|(place, words)| {
                    let words: Vec<String> = words.iter().map(|word| folded(word)).collect();
                    let ids = words
                        .iter()
                        .map(|word| {
                            let next = literals.len();
                            *literals.entry(word.clone()).or_insert(next)
                        })
                        .collect();
                    Texts { place: Place::new(place), ids, words }
                })
                .collect()
        };
        let (contains, contains_all, lacks) = (texts(&spec.contains), texts(&spec.contains_all), texts(&spec.lacks));
        if spec.contains.values().chain(spec.contains_all.values()).flatten().any(|word| word.trim().is_empty()) {
            return Err("an empty text in `contains` would match everything".to_owned());
        }
        let compile = |pattern: &String| {
            RegexBuilder::new(pattern).case_insensitive(true).size_limit(MAX_REGEX).build().map_err(|error| {
                format!("the regular expression {pattern:?} cannot be used: {}", error.to_string().replace('\n', " "))
            })
        };
        let regexes = spec
            .regex
            .iter()
            .map(|(place, patterns)| {
                Ok((Place::new(place), patterns.iter().map(compile).collect::<Result<Vec<_>, String>>()?))
            })
            .collect::<Result<Vec<_>, String>>()?;
        let scope = match () {
            () if !header.apps.is_empty() => 3,
            () if header.provider != "scim" => 2,
            () => 1,
        };
        Ok(Alternative {
            rule,
            own: !header.fallback,
            scope,
            severity: header.severity,
            spec: spec.clone(),
            statuses,
            contains,
            contains_all,
            lacks,
            regexes,
        })
    }

    /// The rank and the conditions that held, if all did.
    fn holds(&self, event: &Event<'_>, seen: &Seen) -> Option<Considered> {
        let spec = &self.spec;
        let mut held: Vec<&'static str> = Vec::new();
        let mut layer = 0u8;
        let listed = |list: &[String], value: Option<&str>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|item| glob::matches(item, value)))
        };
        let outcome_fits = if spec.outcome.is_empty() {
            event.outcome == Outcome::Failure
        } else {
            spec.outcome.contains(&event.outcome)
        };
        if !outcome_fits || !listed(&spec.provider, Some(event.provider)) || !listed(&spec.dialect, Some(event.dialect))
        {
            return None;
        }
        if !spec.operation.is_empty() && !spec.operation.contains(&event.operation) {
            return None;
        }
        if !listed(&spec.event_type, event.event_type)
            || !listed(&spec.legacy_type, event.legacy_type)
            || !listed(&spec.phase, event.reason.phase)
            || !listed(&spec.scim_type, event.reason.scim_type)
        {
            return None;
        }
        if !spec.app.is_empty() {
            let names = [event.app.name, event.app.kind, event.app.id];
            let fits = names.iter().flatten().any(|name| {
                let name = name.to_lowercase();
                spec.app.iter().any(|word| name.contains(&word.to_lowercase()))
            });
            if !fits {
                return None;
            }
            held.push("app");
        }
        if !self.statuses.is_empty()
            && !event
                .reason
                .http_status
                .is_some_and(|status| self.statuses.iter().any(|(from, to)| (*from..=*to).contains(&status)))
        {
            return None;
        }
        if !spec.code.is_empty()
            && !event.reason.codes.iter().any(|code| spec.code.iter().any(|wanted| glob::matches(wanted, code)))
        {
            return None;
        }
        let mut note = |condition: bool, name: &'static str, strength: u8| {
            if condition {
                held.push(name);
                layer = layer.max(strength);
            }
        };
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
        for texts in &self.contains {
            if !seen.any(texts, event) {
                return None;
            }
            note(true, "words", texts.strength());
        }
        for texts in &self.contains_all {
            if !seen.all(texts, event) {
                return None;
            }
            note(true, "words", texts.strength());
        }
        for texts in &self.lacks {
            if seen.any(texts, event) {
                return None;
            }
            note(true, "absence of words", 0);
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
        Some(Considered {
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
        })
    }
}

impl Texts {
    fn strength(&self) -> u8 {
        match self.place {
            Place::Remote => 5,
            Place::Message => 4,
            Place::Field(_) => 3,
        }
    }
}

/// Which texts occur where in one event.
struct Seen {
    message: Vec<bool>,
    remote: Vec<bool>,
}

impl Seen {
    fn check<'t>(&self, texts: &'t Texts, event: &Event<'_>) -> Vec<(bool, &'t str)> {
        let field = match &texts.place {
            Place::Field(path) => event.raw.str_at(path).map(folded),
            _ => None,
        };
        texts
            .ids
            .iter()
            .zip(&texts.words)
            .map(|(id, word)| {
                let hit = match texts.place {
                    Place::Message => self.message.get(*id).copied().unwrap_or(false),
                    Place::Remote => self.remote.get(*id).copied().unwrap_or(false),
                    Place::Field(_) => field.as_ref().is_some_and(|field| field.contains(word.as_str())),
                };
                (hit, word.as_str())
            })
            .collect()
    }

    fn any(&self, texts: &Texts, event: &Event<'_>) -> bool {
        self.check(texts, event).iter().any(|(hit, _)| *hit)
    }

    fn all(&self, texts: &Texts, event: &Event<'_>) -> bool {
        self.check(texts, event).iter().all(|(hit, _)| *hit)
    }

    fn remote_has_any(&self, lists: &[Texts]) -> bool {
        lists
            .iter()
            .filter(|texts| texts.place == Place::Message)
            .any(|texts| texts.ids.iter().any(|id| self.remote.get(*id).copied().unwrap_or(false)))
    }
}

impl Library {
    /// The rule that explains the event, if any does.
    pub fn explain(&self, event: &Event<'_>) -> Option<Finding> {
        self.consider(event).first().map(|best| Finding { rule: best.rule, certainty: best.certainty })
    }

    /// Every rule that matches the event, the winner first.
    pub fn consider(&self, event: &Event<'_>) -> Vec<Considered> {
        let matcher = &self.matcher;
        let seen = Seen {
            message: event.reason.message.map(|text| matcher.hits(&folded(text))).unwrap_or_default(),
            remote: event.reason.remote.map(|text| matcher.hits(&folded(text))).unwrap_or_default(),
        };
        let mut found: Vec<Considered> =
            matcher.alternatives.iter().filter_map(|alternative| alternative.holds(event, &seen)).collect();
        // Rules are sorted by id, so their position is the alphabetical order of the last resort.
        found.sort_by(|a, b| b.rank.cmp(&a.rank).then(a.rule.cmp(&b.rule)));
        let mut named = std::collections::HashSet::new();
        found.retain(|considered| named.insert(considered.rule));
        found
    }
}
