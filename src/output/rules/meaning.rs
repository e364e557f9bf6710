//! What a message may mean, for somebody who has nothing but the message.

use serde::Serialize;

use crate::event::{Operation, Provider};
use crate::output::page::{Page, Tone, shown};
use crate::output::person;
use crate::rules::{Library, Meaning, Nearest, Provided, Rule};

/// Meanings that are shown: more than these are no answer.
const SHOWN: usize = 5;

/// The meanings worth telling, the best first, each with its rule.
pub fn telling<'l>(meanings: &[Meaning], library: &'l Library) -> Vec<(&'l Rule, Meaning)> {
    let best = meanings.first().map(|meaning| meaning.fit);
    let as_good = meanings.iter().filter(|meaning| best.is_some_and(|best| meaning.fit.goes_by_as_much_as(best)));
    as_good.filter_map(|meaning| Some((library.rule(meaning.rule)?, meaning.clone()))).take(SHOWN).collect()
}

/// A page for people: the best in full, the others by their titles.
pub fn page(meanings: &[(&Rule, Meaning)], color: bool) -> String {
    let mut page = Page::new(color);
    let Some(((rule, best), others)) = meanings.split_first() else { return page.finish() };
    let lead = match right_if(rule, best) {
        _ if !best.fit.is_telling() => NOT_TELLING.to_owned(),
        Some(right_if) => format!("Most likely, if {right_if}:"),
        None => "Most likely:".to_owned(),
    };
    page.toned(Tone::Dim, &lead);
    page.gap();
    let mut text = page.finish() + &super::text::page(rule, color);
    let mut page = Page::new(color);
    if !others.is_empty() {
        page.gap();
        page.heading("Or");
        for (rule, meaning) in others {
            page.labelled(1, "", &shown(&rule.title));
            let only = right_if(rule, meaning).map(|right_if| format!("if {right_if}: ")).unwrap_or_default();
            page.labelled(3, "", &format!("{only}provlens explain {}", rule.id));
        }
    }
    page.gap();
    page.toned(Tone::Dim, WITH_A_LOG);
    text.push_str(&page.finish());
    text
}

/// What is said before a rule that goes by nothing but a status.
const NOT_TELLING: &str = "The message does not say why. What is known of such failures in general:";

const WITH_A_LOG: &str =
    "With the log that it stands in, Provlens knows which it is, and who is affected: provlens LOG";

/// What is said where no rule knows the message.
pub fn unknown(nearest: Option<Nearest>, library: &Library, color: bool) -> String {
    let mut page = Page::new(color);
    page.toned(Tone::Title, "No known issue has this message.");
    if let Some(rule) = nearest.and_then(|nearest| library.rule(nearest.rule)) {
        page.toned(
            Tone::Dim,
            &format!("The words of this one are nearest, which may be something else: {}", rule.title),
        );
        page.toned(Tone::Dim, &format!("provlens explain {}", rule.id));
    }
    page.toned(
        Tone::Dim,
        "Give all of it, also what stands around it: code, status, and the answer of the application. With the log that \
         it stands in, Provlens also tells what such failures have in common: provlens LOG",
    );
    page.finish()
}

/// What has to be true besides, if anything has to.
pub fn right_if(rule: &Rule, meaning: &Meaning) -> Option<String> {
    let words: Vec<String> = meaning.provided.iter().filter_map(|condition| words(condition, rule)).collect();
    (!words.is_empty()).then(|| words.join(", and "))
}

/// Nothing of what nobody can tell who reads it.
fn words(condition: &Provided, rule: &Rule) -> Option<String> {
    let quoted = |words: &[String]| any_of(words.iter().map(|word| shown(word)));
    Some(match condition {
        Provided::Provider(providers) => format!("it comes from {}", any_of(providers.iter().map(|one| whose(*one)))),
        // The names of a rule are what people call the application, its conditions any part of them.
        Provided::App(parts) => {
            format!("the application is {}", quoted(if rule.apps.is_empty() { parts } else { &rule.apps }))
        }
        Provided::Operation(operations) => format!("it was about {}", any_of(tried(operations)?.into_iter())),
        Provided::Code(codes) => format!("the code is {}", quoted(codes)),
        Provided::Status(statuses) => format!("the HTTP status is {}", quoted(statuses)),
        Provided::ScimType(types) => format!("the scimType is {}", quoted(types)),
        Provided::EventType(types) => format!("the kind of event is {}", quoted(types)),
        Provided::Fields(fields) => format!("the record says so in {}", quoted(fields)),
    })
}

fn whose(provider: Provider) -> String {
    match provider {
        Provider::Scim => "the app's own log".to_owned(),
        named => named.name().to_owned(),
    }
}

/// What was tried, unless one of them has no words of its own.
fn tried(operations: &[Operation]) -> Option<Vec<String>> {
    operations.iter().map(|operation| person::trying(*operation).map(str::to_owned)).collect()
}

/// `a, b or c`; of many the first.
fn any_of(words: impl Iterator<Item = String>) -> String {
    const NAMED: usize = 4;
    let mut words: Vec<String> = words.collect();
    words.dedup();
    if words.len() > NAMED {
        words.truncate(NAMED);
        words.push("another of its kind".to_owned());
    }
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    }
}

/// One meaning for programs.
#[derive(Serialize)]
pub struct Told<'l> {
    /// How far to trust it: `words` of its own, or only a `status` or what every such failure says.
    pub by: &'static str,
    /// What else has to be true.
    pub right_if: Vec<Open>,
    /// The rule in full.
    pub rule: &'l Rule,
}

/// Something that the message does not say.
#[derive(Serialize)]
pub struct Open {
    /// Which condition of a rule it is.
    pub condition: &'static str,
    /// One of these has to be there.
    pub any_of: Vec<String>,
}

/// The same for programs.
pub fn told<'l>(meanings: &[(&'l Rule, Meaning)]) -> Vec<Told<'l>> {
    let told = |(rule, meaning): &(&'l Rule, Meaning)| Told {
        by: if meaning.fit.is_telling() { "words" } else { "status" },
        right_if: meaning.provided.iter().map(open).collect(),
        rule,
    };
    meanings.iter().map(told).collect()
}

fn open(condition: &Provided) -> Open {
    let (condition, any_of) = match condition {
        Provided::Provider(providers) => ("provider", providers.iter().map(|one| one.word().to_owned()).collect()),
        Provided::App(apps) => ("app", apps.clone()),
        Provided::Operation(operations) => ("operation", operations.iter().map(|one| one.word().to_owned()).collect()),
        Provided::Code(codes) => ("code", codes.clone()),
        Provided::Status(statuses) => ("http_status", statuses.clone()),
        Provided::ScimType(types) => ("scim_type", types.clone()),
        Provided::EventType(types) => ("event_type", types.clone()),
        Provided::Fields(fields) => ("field", fields.clone()),
    };
    Open { condition, any_of }
}
