//! What in an event made a rule match it, for whoever shows the record.

use super::app_names::AppNames;
use super::compile::{Alternative, Hits, Texts};
use super::fold::folded;
use super::load::Library;
use super::matcher::Seen;
use super::model::Place;
use crate::event::Event;
use crate::text::glob;

/// The words and values that a rule went by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Words, as texts are compared: in small letters.
    words: Vec<String>,
    /// Message and the application's words, in which they stand.
    texts: Vec<String>,
    /// Codes, statuses and names of kinds of events.
    values: Vec<String>,
    /// Fields of the record that were looked into.
    fields: Vec<String>,
}

impl Library {
    /// What made this rule match the event; nothing if it does not.
    pub fn trace(&self, rule: usize, event: &Event<'_>) -> Trace {
        let (app, seen) = (AppNames::of(event), self.seen(event));
        let own = self.matcher.alternatives.iter().filter(|alternative| alternative.rule == rule);
        let held = own.filter_map(|own| Some((own.holds(event, &app, &seen)?.rank, own)));
        // The one that decided.
        held.max_by_key(|(rank, _)| *rank).map(|(_, best)| best.trace(event, &seen)).unwrap_or_default()
    }
}

impl Trace {
    /// Whether a value of the record is among what the rule went by.
    pub fn is_at(&self, path: &str, text: &str) -> bool {
        let is_value = self.values.iter().any(|value| value.eq_ignore_ascii_case(text.trim()));
        let is_field = self.fields.iter().any(|field| {
            path.strip_suffix(field.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        });
        is_value || is_field || self.has_words(text)
    }

    /// The words it went by, in small letters.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    fn has_words(&self, text: &str) -> bool {
        if self.words.is_empty() || text.is_empty() {
            return false;
        }
        let text = folded(text);
        // The same words elsewhere in the record are not what was looked at.
        self.words.iter().any(|word| text.contains(word.as_str()))
            && self.texts.iter().any(|whole| whole.contains(&text) || text.contains(whole.as_str()))
    }
}

impl Alternative {
    fn trace(&self, event: &Event<'_>, seen: &Seen) -> Trace {
        let (spec, reason) = (&self.spec, &event.reason);
        let mut trace = Trace::default();
        let texts = [seen.message.text(), seen.remote.text()];
        trace.texts.extend(texts.into_iter().flatten().filter(|text| !text.is_empty()).map(str::to_owned));
        for list in self.contains.iter().chain(&self.contains_all) {
            trace.add(list, seen, event);
        }
        for (place, patterns) in &self.regexes {
            let text = match place {
                Place::Message => seen.message.text(),
                Place::Remote => seen.remote.text(),
                Place::Field(path) => {
                    trace.fields.push(path.clone());
                    None
                }
            };
            let found = text.and_then(|text| patterns.iter().find_map(|pattern| pattern.find(text)));
            trace.words.extend(found.filter(|found| !found.is_empty()).map(str::to_owned));
        }
        let mut value = |is_asked_for: bool, value: Option<&str>| {
            trace.values.extend(value.filter(|_| is_asked_for).map(str::to_owned));
        };
        value(!spec.event_type.is_empty(), event.event_type);
        value(!spec.legacy_type.is_empty(), event.legacy_type);
        value(!spec.scim_type.is_empty(), reason.scim_type);
        value(!spec.phase.is_empty(), reason.phase);
        let status = reason.http_status.map(|status| status.to_string());
        value(!spec.http_status.is_empty(), status.as_deref());
        for code in &reason.codes {
            value(spec.code.iter().any(|wanted| glob::matches(wanted, code)), Some(code));
        }
        trace
    }
}

impl Trace {
    fn add(&mut self, list: &Texts, seen: &Seen, event: &Event<'_>) {
        let found = |hits: &Hits| {
            let found = list.literals.iter().filter(|literal| hits.has(literal.id));
            found.map(|literal| literal.text.as_ref().to_owned()).collect::<Vec<_>>()
        };
        match &list.place {
            Place::Message => self.words.extend(found(&seen.message)),
            Place::Remote => self.words.extend(found(&seen.remote)),
            Place::Field(path) if event.raw.str_at(path).is_some() => self.fields.push(path.clone()),
            Place::Field(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Outcome, Provider};

    fn event<'a>() -> Event<'a> {
        let mut event = Event::unrecorded(Provider::Okta, "okta-system-log");
        event.outcome = Outcome::Failure;
        event.event_type = Some("application.provision.user.push_profile");
        event.reason.http_status = Some(401);
        event.reason.message = Some("Unauthorized. Errors reported by remote server: the token is expired");
        event.reason.remote = Some("the token is expired");
        event
    }

    #[test]
    fn a_rule_leads_to_the_words_and_values_that_it_went_by() {
        let (library, _) = Library::load(&[]);
        let event = event();
        let rule = library.explain(&event).unwrap().rule;
        let trace = library.trace(rule, &event);
        let is_told = trace.is_at("outcome.reason", event.reason.message.unwrap());
        assert!(is_told || trace.is_at("status", "401"), "{} {trace:?}", library.rule(rule).unwrap().id);
        // The same words in another field are not what was looked at.
        for word in trace.words() {
            assert!(!trace.is_at("displayMessage", &format!("of something else: {word}")), "{trace:?}");
        }
        assert!(!trace.is_at("actor.type", "User"));
    }

    #[test]
    fn a_rule_that_does_not_match_went_by_nothing() {
        let (library, _) = Library::load(&[]);
        let mut event = event();
        let rule = library.explain(&event).unwrap().rule;
        event.outcome = Outcome::Success;
        assert_eq!(library.trace(rule, &event), Trace::default());
    }
}
