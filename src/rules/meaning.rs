//! Rules that a message may be about, when nothing else is known of the event.
//!
//! An admin often has an error on a screen or in a ticket, and no log. What the message says is compared with
//! every rule; what only a log would say (the kind of event, the application, a field of the record) is left
//! open, and told as what has to be true for the rule to be the right one.

use std::collections::{HashMap, HashSet};

use super::app_names::{AppName, AppNames};
use super::compile::{Alternative, Literal, Pattern, Texts, listed};
use super::load::Library;
use super::matcher::Seen;
use super::model::Place;
use crate::event::{Event, Operation, Outcome, Provider};
use crate::text::glob;

/// Weight from which on a code says as much as words: those that many rules ask for say little.
const LEAST_OF_A_CODE: f64 = 10.0;

/// Letters by which words may weigh less than what has to be added: the best guess is better than none.
const GUESSED: f64 = 4.0;

/// Where a message comes from, as far as somebody says it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'a> {
    /// Whose log or portal it stands in.
    pub provider: Option<Provider>,
    /// The application's name.
    pub app: Option<&'a str>,
    /// It stands in a whole record, which also says what was tried and at which step.
    pub is_record: bool,
}

/// A rule that a message may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// Position in the library.
    pub rule: usize,
    /// How well the message fits it.
    pub fit: Fit,
    /// What else has to be true, and the message does not say.
    pub provided: Vec<Provided>,
}

/// How well a message fits a rule, the better the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit {
    /// It knows why, and not only that something failed.
    own: bool,
    /// It is for the application that was named.
    for_the_app: bool,
    /// The best of what is there.
    by: By,
    /// What the words that are there weigh, less what has to be true besides: hundredths of a letter.
    weight: i64,
}

impl Fit {
    /// Whether the rule goes by what the message says, and not only by a number or a word of any failure.
    pub fn is_telling(self) -> bool {
        self.own && self.by > By::Status
    }

    /// Whether it goes by the same kind of thing as another: words of the application speak louder than a number.
    pub fn goes_by_as_much_as(self, other: Fit) -> bool {
        (self.own, self.by) >= (other.own, other.by)
    }
}

/// What a rule can go by, in the order of `docs/rule-format.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Status,
    Code,
    /// Of the message, or a scimType.
    Words,
    /// What the message quotes of the application.
    RemoteWords,
    /// The message is nothing but the code that the rule asks for.
    NameAlone,
}

/// Something that has to be true for a rule to be the right one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provided {
    /// It stands in a log of one of these.
    Provider(Vec<Provider>),
    /// It is one of these applications.
    App(Vec<String>),
    /// It was one of these operations.
    Operation(Vec<Operation>),
    /// It has one of these codes.
    Code(Vec<String>),
    /// It has one of these HTTP statuses.
    Status(Vec<String>),
    /// It has one of these scimTypes.
    ScimType(Vec<String>),
    /// It is one of these kinds of event.
    EventType(Vec<String>),
    /// The record has certain words in these fields.
    Fields(Vec<String>),
}

impl Provided {
    /// How much is taken for granted, in letters: somebody has one of a few providers, and one of hundreds of
    /// applications. With these numbers most messages of the library's own examples lead to their rule.
    fn weight(&self) -> f64 {
        match self {
            Provided::App(_) => 12.0,
            Provided::EventType(_) | Provided::Fields(_) | Provided::Code(_) | Provided::ScimType(_) => 8.0,
            Provided::Provider(_) | Provided::Operation(_) | Provided::Status(_) => 4.0,
        }
    }
}

/// What a message says of one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Yes,
    Nothing,
    No,
}

impl Says {
    /// Of a condition that asks for nothing there is nothing to say; where it asks, `value` knows.
    fn of(is_asked: bool, fits: Option<bool>) -> Says {
        match fits.filter(|_| is_asked) {
            Some(true) => Says::Yes,
            Some(false) => Says::No,
            None => Says::Nothing,
        }
    }
}

/// What a message says of those conditions of one alternative that have one value.
#[derive(Clone, Copy)]
struct Answers {
    provider: Says,
    app: Says,
    status: Says,
    scim_type: Says,
    code: Says,
}

impl Answers {
    fn something_else(self) -> bool {
        [self.provider, self.app, self.status, self.scim_type].contains(&Says::No)
    }
}

impl Library {
    /// The rule that explains a whole record, as in a log: nothing besides has to be true.
    pub fn meaning_of(&self, record: &Event<'_>) -> Option<Meaning> {
        let best = self.consider(record).into_iter().next()?;
        let by = match best.rank.layer {
            5 => By::RemoteWords,
            4 => By::Words,
            2 | 3 => By::Code,
            _ => By::Status,
        };
        let fit = Fit { own: best.rank.own, for_the_app: best.rank.for_the_app, by, weight: 0 };
        Some(Meaning { rule: best.rule, fit, provided: Vec::new() })
    }

    /// The rules that a failure's message may be about, the best first; `event` holds what the message says.
    pub fn meanings(&self, event: &Event<'_>, origin: Origin<'_>) -> Vec<Meaning> {
        let mut message = Message {
            event,
            origin,
            app: if origin.app.is_some() { AppNames::called(origin.app) } else { AppNames::of(event) },
            names: event.reason.message.map(AppName::label),
            seen: self.seen(event),
            uses: self.matcher.uses(),
            codes: HashMap::new(),
        };
        let codes = self.matcher.alternatives.iter().flat_map(|alternative| &alternative.spec.code);
        codes.for_each(|code| *message.codes.entry(code).or_default() += 1.0);

        let mut found: Vec<Meaning> =
            self.matcher.alternatives.iter().filter_map(|alternative| message.meaning(alternative)).collect();
        found.sort_by(|a, b| b.fit.cmp(&a.fit).then(a.rule.cmp(&b.rule)));
        let mut named = HashSet::new();
        found.retain(|meaning| named.insert(meaning.rule));
        found
    }
}

/// A message, ready to be compared.
struct Message<'m, 'a> {
    event: &'m Event<'a>,
    origin: Origin<'m>,
    app: AppNames,
    /// Applications that the message itself may name.
    names: Option<AppName>,
    seen: Seen,
    /// How many rules look for each text.
    uses: Vec<u32>,
    /// How many rules ask for each code.
    codes: HashMap<&'m str, f64>,
}

impl Message<'_, '_> {
    /// What the alternative would mean, unless the message says something else.
    fn meaning(&self, alternative: &Alternative) -> Option<Meaning> {
        let spec = &alternative.spec;
        let is_trouble = spec.outcome.is_empty() || spec.outcome.iter().any(|outcome| *outcome != Outcome::Success);
        let says = self.says(alternative);
        let is_of_another_record = self.origin.is_record && !self.record_fits(alternative);
        if !is_trouble || says.something_else() || is_of_another_record || self.has_what_it_lacks(alternative) {
            return None;
        }
        let Words { weight, are_remote } = self.words(alternative)?;
        let named = if says.code == Says::Yes { self.weight_of_code(alternative) } else { 0.0 };
        let by = match () {
            () if says.code == Says::Yes && self.is_one_word() => By::NameAlone,
            () if are_remote => By::RemoteWords,
            () if weight > 0.0 || says.scim_type == Says::Yes || named > LEAST_OF_A_CODE => By::Words,
            () if says.code == Says::Yes => By::Code,
            () if says.status == Says::Yes => By::Status,
            () => return None,
        };
        let provided = self.provided(alternative, says);
        let for_the_app = says.app == Says::Yes;
        let is_more_than_the_log = |condition: &Provided| !matches!(condition, Provided::Provider(_));
        // A number that anything else has to be added to says nothing.
        if by == By::Status && !for_the_app && provided.iter().any(is_more_than_the_log) {
            return None;
        }
        let taken_for_granted = provided.iter().map(Provided::weight).sum::<f64>() + self.said_twice(alternative);
        // Neither do words that weigh less than what has to be added.
        let goes_by_words_only = says.code != Says::Yes && says.scim_type != Says::Yes && by > By::Code;
        if goes_by_words_only && !for_the_app && weight + GUESSED < taken_for_granted {
            return None;
        }
        // A code is nobody's own words: with another application it means something else.
        let is_of_another_app = weight == 0.0 && says.app == Says::Nothing && !spec.app.is_empty();
        let fit = Fit {
            own: alternative.own && !(is_of_another_app && says.code == Says::Yes),
            for_the_app,
            by,
            weight: hundredths(weight + named - taken_for_granted),
        };
        Some(Meaning { rule: alternative.rule, fit, provided })
    }

    /// What is too much where words say what was tried: a rule that has these words gains by them already, and would
    /// go before one that has those of the cause.
    fn said_twice(&self, alternative: &Alternative) -> f64 {
        let (asked, said) = (&alternative.spec.operation, self.event.operation);
        let is_said = !self.origin.is_record && said != Operation::Other && asked.contains(&said);
        if is_said { Provided::Operation(Vec::new()).weight() } else { 0.0 }
    }

    /// Whether nothing that the record says of what was tried contradicts; what it does not say may be so.
    fn record_fits(&self, alternative: &Alternative) -> bool {
        let (spec, event) = (&alternative.spec, self.event);
        let is_said = event.operation != Operation::Other;
        listed(&spec.dialect, Some(event.dialect))
            && (!is_said || spec.operation.is_empty() || spec.operation.contains(&event.operation))
            && (event.reason.phase.is_none() || listed(&spec.phase, event.reason.phase))
            && (event.event_type.is_none() || alternative.type_fits(event))
    }

    /// Whether it is known which application it is.
    fn knows_the_app(&self) -> bool {
        self.origin.app.is_some() || self.origin.is_record && self.event.app_name().is_some()
    }

    fn is_one_word(&self) -> bool {
        self.event.reason.message.is_some_and(|message| !message.trim().contains(char::is_whitespace))
    }

    fn has_what_it_lacks(&self, alternative: &Alternative) -> bool {
        alternative.leaves_out(&self.app)
            || alternative.lacks.iter().filter(|texts| texts.is_said()).any(|texts| self.found(texts).next().is_some())
    }

    fn says(&self, alternative: &Alternative) -> Answers {
        let (spec, reason) = (&alternative.spec, &self.event.reason);
        let is_named = self.names.as_ref().is_some_and(|names| alternative.is_named_in(names));
        let app = match self.knows_the_app() {
            true => Some(alternative.is_for(&self.app)),
            false => is_named.then_some(true),
        };
        let provider = self.origin.provider.map(|provider| alternative.is_told_by(provider));
        let status = reason.http_status.map(|_| alternative.status_fits(self.event));
        let scim_type = reason.scim_type.map(|_| listed(&spec.scim_type, reason.scim_type));
        // A message has other codes than the one that is meant more often than not, so it never says no.
        let code = alternative.code_fits(self.event).then_some(true);
        Answers {
            provider: Says::of(!spec.provider.is_empty(), provider),
            app: Says::of(!spec.app.is_empty(), app),
            status: Says::of(!spec.http_status.is_empty(), status),
            scim_type: Says::of(!spec.scim_type.is_empty(), scim_type),
            code: Says::of(!spec.code.is_empty(), code),
        }
    }

    /// The words by which it goes; `None` if words are missing that have to be in the message.
    fn words(&self, alternative: &Alternative) -> Option<Words> {
        let mut words = Words::default();
        for texts in alternative.contains.iter().filter(|texts| texts.is_said()) {
            words.add(
                self.found(texts).max_by(|a, b| a.is_remote.cmp(&b.is_remote).then(a.weight.total_cmp(&b.weight)))?,
            );
        }
        for texts in alternative.contains_all.iter().filter(|texts| texts.is_said()) {
            if self.found(texts).count() < texts.literals.len() {
                return None;
            }
            self.found(texts).for_each(|found| words.add(found));
        }
        for (_, patterns) in alternative.regexes.iter().filter(|(place, _)| !matches!(place, Place::Field(_))) {
            words.add(patterns.iter().find_map(|pattern| self.matched(pattern))?);
        }
        Some(words)
    }

    /// The words of a list that are in the message or in what it quotes of the application.
    fn found<'t>(&'t self, texts: &'t Texts) -> impl Iterator<Item = Found> {
        texts.literals.iter().filter_map(|Literal { id, text }| {
            let is_remote = self.seen.remote.has(*id);
            (is_remote || self.seen.message.has(*id)).then(|| Found { weight: self.weight(*id, text), is_remote })
        })
    }

    /// What the code weighs that stands in the message: as its letters would, the less the more rules ask for it.
    fn weight_of_code(&self, alternative: &Alternative) -> f64 {
        let weigh = |wanted: &String| {
            let is_there = self.event.reason.codes.iter().any(|code| glob::matches(wanted, code));
            let uses = self.codes.get(wanted.as_str()).copied().unwrap_or(1.0);
            if is_there { wanted.chars().count() as f64 / uses.sqrt() } else { 0.0 }
        };
        alternative.spec.code.iter().map(weigh).fold(0.0, f64::max)
    }

    /// What a text weighs: its letters, the less the more rules look for it.
    fn weight(&self, id: usize, text: &str) -> f64 {
        let uses = self.uses.get(id).copied().unwrap_or_default().max(1);
        text.chars().count() as f64 / f64::from(uses).sqrt()
    }

    fn matched(&self, pattern: &Pattern) -> Option<Found> {
        let weight = |text: &str| {
            let found = pattern.is_match(text).then(|| pattern.find(text)).flatten()?;
            // What stands between its words may be anything, and however long.
            let words = pattern.words().unwrap_or_default().iter().filter(|word| found.contains(word.as_str()));
            Some(words.map(String::len).max().unwrap_or_default().max(1) as f64)
        };
        let remote = self.seen.remote.text().and_then(weight);
        let weight = remote.or_else(|| self.seen.message.text().and_then(weight))?;
        Some(Found { weight, is_remote: remote.is_some() })
    }

    /// What the alternative asks for and the message does not say.
    fn provided(&self, alternative: &Alternative, says: Answers) -> Vec<Provided> {
        let spec = &alternative.spec;
        let is_open = |wanted: &[String], said: Says| !wanted.is_empty() && said == Says::Nothing;
        let statuses: Vec<String> = spec.http_status.iter().map(ToString::to_string).collect();
        let kinds: Vec<String> = spec.event_type.iter().chain(&spec.legacy_type).cloned().collect();
        let fields: Vec<String> = alternative.fields().map(str::to_owned).collect();
        let is_another_operation = !spec.operation.is_empty() && !spec.operation.contains(&self.event.operation);
        let provided = [
            is_open(&spec.provider, says.provider).then(|| Provided::Provider(alternative.providers().to_vec())),
            is_open(&spec.app, says.app).then(|| Provided::App(spec.app.clone())),
            is_another_operation.then(|| Provided::Operation(spec.operation.clone())),
            is_open(&spec.code, says.code).then(|| Provided::Code(spec.code.clone())),
            is_open(&statuses, says.status).then_some(Provided::Status(statuses)),
            is_open(&spec.scim_type, says.scim_type).then(|| Provided::ScimType(spec.scim_type.clone())),
            (!alternative.type_fits(self.event)).then_some(Provided::EventType(kinds)),
            (!fields.is_empty()).then_some(Provided::Fields(fields)),
        ];
        provided.into_iter().flatten().collect()
    }
}

/// As whole numbers, so that there is an order.
fn hundredths(weight: f64) -> i64 {
    (weight * 100.0).round() as i64
}

/// Words of a rule that are in the message.
#[derive(Clone, Copy)]
struct Found {
    weight: f64,
    is_remote: bool,
}

/// All of them.
#[derive(Default)]
struct Words {
    weight: f64,
    are_remote: bool,
}

impl Words {
    fn add(&mut self, found: Found) {
        self.weight += found.weight;
        self.are_remote |= found.is_remote;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the message leads to, the best first.
    fn led_to(origin: Origin<'_>, says: impl FnOnce(&mut Event<'static>)) -> Vec<(String, Meaning)> {
        let (library, _) = Library::load(&[]);
        let mut event = Event::unrecorded(Provider::Scim, "pasted-text");
        event.outcome = Outcome::Failure;
        says(&mut event);
        let meanings = library.meanings(&event, origin).into_iter();
        meanings.map(|meaning| (library.rule(meaning.rule).unwrap().id.clone(), meaning)).collect()
    }

    const EXISTS: &str = "The user already exists";

    #[test]
    fn an_application_that_the_message_names_is_taken_for_the_one() {
        let first =
            |message: &'static str| led_to(Origin::default(), |event| event.reason.message = Some(message)).remove(0);
        let (rule, meaning) = first("Zoom said: the user already exists");
        assert_eq!(rule, "zoom-user-exists");
        assert!(!meaning.provided.iter().any(|condition| matches!(condition, Provided::App(_))), "{meaning:?}");
        assert_ne!(first(EXISTS).0, "zoom-user-exists");
    }

    #[test]
    fn what_is_known_is_not_asked_for_and_what_contradicts_is_left_out() {
        let origin = Origin { provider: Some(Provider::Entra), ..Origin::default() };
        let found = led_to(origin, |event| event.reason.message = Some(EXISTS));
        let (rule, meaning) = found.first().unwrap();
        assert_eq!(rule, "entra-conflict");
        assert!(!meaning.provided.iter().any(|condition| matches!(condition, Provided::Provider(_))), "{meaning:?}");
        assert!(!found.iter().any(|(rule, _)| rule == "okta-remote-conflict-user-exists"));
        // The seats of an app are no matter of a server that fails.
        let seats = |status| {
            let found = led_to(origin, |event| {
                event.reason.message = Some("No more seats available");
                event.reason.http_status = status;
            });
            found.iter().any(|(rule, _)| rule == "seat-limit-as-403")
        };
        assert!(seats(None) && seats(Some(403)) && !seats(Some(500)));
    }

    #[test]
    fn a_number_alone_tells_no_cause() {
        let found = led_to(Origin::default(), |event| event.reason.http_status = Some(500));
        assert!(!found.is_empty() && found.iter().all(|(_, meaning)| !meaning.fit.is_telling()), "{found:?}");
        assert!(led_to(Origin::default(), |_| ()).is_empty());
    }
}
