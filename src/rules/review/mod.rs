//! Every rule considered for one event, for whoever writes rules: what held, what did not, and why
//! the winner stands before the others. Says the same as the matcher, only slower and in words.

use serde::Serialize;

use super::app_names::AppNames;
use super::compile::{Alternative, Pattern, Texts, listed};
use super::load::Library;
use super::matcher::{Certainty, Considered, Rank, Seen};
use super::model::Place;
use crate::event::Event;
use crate::text::width;

/// Texts of a condition that are shown.
const SHOWN: usize = 4;
/// Columns of one of them.
const COLUMNS: usize = 60;

/// What the library makes of an event.
#[derive(Debug, Serialize)]
pub struct Review<'l> {
    /// Rules that matched, the winner first.
    pub matched: Vec<Matched<'l>>,
    /// Rules of which all conditions held but one, the nearest first.
    pub nearly: Vec<NearMiss<'l>>,
}

/// A rule that matched.
#[derive(Debug, Serialize)]
pub struct Matched<'l> {
    /// Its id.
    pub rule: &'l str,
    /// How sure.
    pub certainty: Certainty,
    /// The conditions that held.
    pub held: Vec<String>,
    /// Why it stands before the next one.
    pub before_the_next: Option<String>,
}

/// A rule that would have matched but for one condition.
#[derive(Debug, Serialize)]
pub struct NearMiss<'l> {
    /// Its id.
    pub rule: &'l str,
    /// The conditions that held.
    pub held: Vec<String>,
    /// What did not hold.
    pub failed: String,
    /// Whether what held says anything about the failure, and not only where it comes from.
    pub telling: bool,
}

/// One condition of a `[[match]]` and whether it holds.
struct Condition {
    holds: bool,
    /// How much it says: see `docs/rule-format.md`.
    layer: u8,
    wanted: String,
    found: String,
}

impl Library {
    /// Every rule that matches the event or nearly does.
    pub fn review(&self, event: &Event<'_>) -> Review<'_> {
        let (app, seen) = (AppNames::of(event), self.seen(event));
        let mut matched: Vec<(Considered, Vec<String>)> = Vec::new();
        let mut nearly: Vec<(u8, usize, NearMiss<'_>)> = Vec::new();
        let mut claims: Vec<&Alternative> = Vec::new();
        for alternative in &self.matcher.alternatives {
            let Some(rule) = self.rule(alternative.rule) else { continue };
            let conditions = alternative.conditions(event, &app, &seen);
            let held: Vec<&Condition> = conditions.iter().filter(|condition| condition.holds).collect();
            let words = held.iter().map(|condition| condition.wanted.clone()).collect();
            if let Some(considered) = alternative.holds(event, &app, &seen) {
                claims.extend(Some(alternative).filter(|alternative| alternative.claims_a_code()));
                matched.push((considered, words));
                continue;
            }
            let mut failed = conditions.iter().filter(|condition| !condition.holds);
            if let (Some(failed), None) = (failed.next(), failed.next()) {
                let layer = held.iter().map(|condition| condition.layer).max().unwrap_or(0);
                let failed = format!("wanted {}; {}", failed.wanted, failed.found);
                nearly.push((layer, held.len(), NearMiss { rule: &rule.id, held: words, failed, telling: layer > 0 }));
            }
        }
        // As the matcher does it.
        let claims: Vec<usize> = claims.into_iter().map(|alternative| alternative.rule).collect();
        for (considered, _) in &mut matched {
            considered.certainty = self.unless_contradicted(considered.rule, considered.certainty, &claims);
        }
        matched.sort_by(|(a, _), (b, _)| b.rank.cmp(&a.rank).then(a.rule.cmp(&b.rule)));
        let mut named = Vec::new();
        matched.retain(|(considered, _)| first_time(&mut named, considered.rule));
        nearly.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then(a.2.rule.cmp(b.2.rule)));
        let mut told: Vec<&str> =
            named.iter().filter_map(|rule| self.rule(*rule)).map(|rule| rule.id.as_str()).collect();
        nearly.retain(|(_, _, near)| first_time(&mut told, near.rule));
        let ranks: Vec<Rank> = matched.iter().map(|(considered, _)| considered.rank).collect();
        let matched = matched.into_iter().enumerate().filter_map(|(place, (considered, held))| {
            let reason = match (ranks.get(place), ranks.get(place + 1)) {
                (Some(rank), Some(next)) => Some(rank.reason_over(*next)),
                _ => None,
            };
            let rule = &self.rule(considered.rule)?.id;
            Some(Matched { rule, certainty: considered.certainty, held, before_the_next: reason })
        });
        Review { matched: matched.collect(), nearly: nearly.into_iter().map(|(_, _, near)| near).collect() }
    }
}

fn first_time<T: PartialEq>(seen: &mut Vec<T>, value: T) -> bool {
    let first = !seen.contains(&value);
    if first {
        seen.push(value);
    }
    first
}

impl Rank {
    /// The first point of the published order in which this rank is greater.
    fn reason_over(self, other: Rank) -> String {
        match () {
            () if self.own != other.own => "the next one is a fallback".to_owned(),
            () if self.for_the_app != other.for_the_app => "it is for this application".to_owned(),
            () if self.layer != other.layer => {
                format!("it goes by {}, the next one by {}", layer(self.layer), layer(other.layer))
            }
            () if self.scope != other.scope => "it is for this provider, the next one for any".to_owned(),
            () if self.conditions != other.conditions => {
                format!("more of its conditions held ({} to {})", self.conditions, other.conditions)
            }
            () if self.severity != other.severity => "it is more severe".to_owned(),
            () => "its id comes first in the alphabet; nothing else tells the two apart".to_owned(),
        }
    }
}

fn layer(layer: u8) -> &'static str {
    match layer {
        5 => "the application's own words",
        4 => "the message's words or a scimType",
        3 => "a code, a legacy event type or a field",
        2 => "the event type",
        1 => "the HTTP status",
        _ => "where the event comes from",
    }
}

impl Alternative {
    /// Every condition, whether it holds or not. All hold exactly if the alternative does.
    fn conditions(&self, event: &Event<'_>, app: &AppNames, seen: &Seen) -> Vec<Condition> {
        let mut all = self.on_values(event, app);
        all.extend(self.on_texts(event, seen));
        all.extend(self.on_patterns(event));
        all
    }

    /// Conditions on what the event has one value of, or a few.
    fn on_values(&self, event: &Event<'_>, app: &AppNames) -> Vec<Condition> {
        let (spec, reason) = (&self.spec, &event.reason);
        let mut all = Lists::default();
        all.add("provider", &spec.provider, Some(event.provider.word()), self.provider_fits(event), 0);
        all.one_of("dialect", &spec.dialect, Some(event.dialect), 0);
        all.add("app", &spec.app, event.app_name(), self.is_for(app), 0);
        all.add("app_lacks", &spec.app_lacks, event.app_name(), !self.leaves_out(app), 0);
        all.one_of("event_type", &spec.event_type, event.event_type, 2);
        all.one_of("legacy_type", &spec.legacy_type, event.legacy_type, 3);
        all.one_of("phase", &spec.phase, reason.phase, 0);
        let codes = (!reason.codes.is_empty()).then(|| reason.codes.join(", "));
        all.add("code", &spec.code, codes.as_deref(), self.code_fits(event), 3);
        all.one_of("scim_type", &spec.scim_type, reason.scim_type, 4);
        let operations: Vec<String> = spec.operation.iter().map(|operation| operation.word().to_owned()).collect();
        let is_wanted = spec.operation.contains(&event.operation);
        all.add("operation", &operations, Some(event.operation.word()), is_wanted, 0);
        let fits = self.outcome_fits(event);
        // Not written down, it is worth a word only where it fails.
        let implied = (spec.outcome.is_empty() && !fits).then(|| "failure (as no outcome is named)".to_owned());
        let outcomes = spec.outcome.iter().map(|outcome| outcome.word().to_owned());
        let outcomes: Vec<String> = outcomes.chain(implied).collect();
        all.add("outcome", &outcomes, Some(event.outcome.word()), fits, 0);
        let statuses: Vec<String> = spec.http_status.iter().map(ToString::to_string).collect();
        let status = reason.http_status.map(|status| status.to_string());
        all.add("http_status", &statuses, status.as_deref(), self.status_fits(event), 1);
        all.0
    }

    /// Conditions on words that must occur or must not.
    fn on_texts(&self, event: &Event<'_>, seen: &Seen) -> Vec<Condition> {
        let missing = |name: &str, texts: &Texts, by: &str, holds: bool| Condition {
            holds,
            layer: texts.strength(),
            wanted: format!("{name} in {}: {}", texts.place.name(), joined(texts.words(), by)),
            found: "not found there".to_owned(),
        };
        let any = self.contains.iter().map(|texts| missing("contains", texts, "or", seen.any(texts, event)));
        let all = self.contains_all.iter().map(|texts| missing("contains_all", texts, "and", seen.all(texts, event)));
        let lacks = self.lacks.iter().map(|texts| Condition {
            holds: !seen.any(texts, event),
            layer: 0,
            wanted: format!("lacks in {}: {}", texts.place.name(), any_of(texts.words())),
            found: "one of these occurs there".to_owned(),
        });
        any.chain(all).chain(lacks).collect()
    }

    fn on_patterns(&self, event: &Event<'_>) -> Vec<Condition> {
        let conditions = self.regexes.iter().map(|(place, patterns)| {
            let text = match place {
                Place::Message => event.reason.message,
                Place::Remote => event.reason.remote,
                Place::Field(path) => event.raw.str_at(path),
            };
            Condition {
                holds: text.is_some_and(|text| patterns.iter().any(|pattern| pattern.is_match(text))),
                layer: 4,
                wanted: format!("regex in {}: {}", place.name(), any_of(patterns.iter().map(Pattern::source))),
                found: "it does not match there".to_owned(),
            }
        });
        conditions.collect()
    }
}

/// Conditions that list the values of which the event must have one; a list of none asks for nothing.
#[derive(Default)]
struct Lists(Vec<Condition>);

impl Lists {
    fn add(&mut self, name: &str, wanted: &[String], found: Option<&str>, holds: bool, layer: u8) {
        if !wanted.is_empty() {
            let found = format!("the event has {}", quoted(found));
            self.0.push(Condition {
                holds,
                layer,
                wanted: format!("{name} {}", any_of(wanted.iter().map(String::as_str))),
                found,
            });
        }
    }

    /// The same where the value itself must be on the list.
    fn one_of(&mut self, name: &str, wanted: &[String], found: Option<&str>, layer: u8) {
        self.add(name, wanted, found, listed(wanted, found), layer);
    }
}

fn quoted(text: Option<&str>) -> String {
    text.map_or_else(|| "none".to_owned(), |text| format!("`{}`", width::truncate(text, COLUMNS)))
}

fn any_of<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    joined(texts, "or")
}

fn joined<'t>(mut texts: impl Iterator<Item = &'t str>, by: &str) -> String {
    let shown: Vec<String> = texts.by_ref().take(SHOWN).map(|text| quoted(Some(text))).collect();
    let more = texts.count();
    let rest = if more == 0 { String::new() } else { format!(" {by} {more} more") };
    format!("{}{rest}", shown.join(&format!(" {by} ")))
}

#[cfg(test)]
mod tests;
