//! What a value means in its field.

use std::ops::Range;

use super::field::{Column, Field, STATES, STATUSES, State, operation_of, outcome_of};
use super::mistake::{Mistake, brief};
use super::parse::Vocabulary;
use super::pattern::{Form, Pattern};
use super::tree::{Interval, Value, interval_of};
use super::when::When;
use crate::event::{CLUSTER, Operation};
use crate::text::suggest;
use jiff::tz::TimeZone;

/// A value as it is written.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    Plain { text: String, quoted: bool },
    Exact(String),
    Above(String),
    Below(String),
    Regex(String),
}

impl Raw {
    pub(super) fn text(&self) -> &str {
        match self {
            Raw::Plain { text, .. } | Raw::Exact(text) | Raw::Above(text) | Raw::Below(text) | Raw::Regex(text) => text,
        }
    }

    fn form(&self) -> Form {
        match self {
            Raw::Plain { text, quoted: false } if text.contains('*') => Form::Wildcard,
            Raw::Exact(_) => Form::Exact,
            Raw::Regex(_) => Form::Regex,
            _ => Form::Plain,
        }
    }
}

/// What `raw` means in `field`; it stands at `span`.
pub(super) fn value(field: Field, raw: Raw, span: Range<usize>, vocabulary: &Vocabulary<'_>) -> Result<Value, Mistake> {
    match (field, &raw) {
        (Field::Code | Field::Took, Raw::Above(text)) => number(field, text, span).map(Value::Above),
        (Field::Code | Field::Took, Raw::Below(text)) => number(field, text, span).map(Value::Below),
        (Field::Took, _) => Err(Mistake::new(
            span,
            "took: compares: took:>5s is longer than five seconds, took:<200ms shorter than 200 ms",
        )),
        (_, Raw::Above(_) | Raw::Below(_)) => Err(Mistake::new(
            span,
            "> and < compare the numbers of code: and took: only; for times there are after: and before:",
        )),
        (Field::Status, _) => status(&raw, span),
        (Field::Action, _) => action(&raw, span),
        (Field::Is, _) => state(&raw, span),
        (Field::After | Field::Before | Field::On, _) => time(field, &raw, span),
        (Field::Issue, Raw::Plain { text, quoted: false }) if text.eq_ignore_ascii_case("unknown") => {
            Ok(Value::Unknown)
        }
        (Field::Issue, Raw::Plain { text, quoted: false }) if text.eq_ignore_ascii_case("none") => Ok(Value::NoIssue),
        (Field::Issue, _) => {
            let value = text(field, &raw, span.clone())?;
            check_issue(&value, span, vocabulary)?;
            Ok(value)
        }
        (Field::Provider, _) => {
            let value = text(field, &raw, span.clone())?;
            check_provider(&value, span, vocabulary)?;
            Ok(value)
        }
        _ => text(field, &raw, span),
    }
}

fn text(field: Field, raw: &Raw, span: Range<usize>) -> Result<Value, Mistake> {
    Pattern::new(raw.form(), raw.text(), field.wildcard_reading())
        .map(Value::Text)
        .map_err(|sentence| Mistake::new(span, sentence))
}

fn status(raw: &Raw, span: Range<usize>) -> Result<Value, Mistake> {
    if let Some(outcome) = word(raw).and_then(outcome_of) {
        return Ok(Value::Outcome(outcome));
    }
    Err(no_such("status", raw, span, STATUSES.iter().map(|(word, _)| *word)))
}

fn action(raw: &Raw, span: Range<usize>) -> Result<Value, Mistake> {
    if let Some(operation) = word(raw).and_then(operation_of) {
        return Ok(Value::Operation(operation));
    }
    let words = || Operation::ALL.iter().map(|operation| operation.word());
    if matches!(raw.form(), Form::Wildcard | Form::Regex)
        && let Value::Text(pattern) = text(Field::Action, raw, span.clone())?
    {
        let reading = Field::Action.wildcard_reading();
        if words().any(|word| pattern.matches(word, reading)) {
            return Ok(Value::Text(pattern));
        }
    }
    Err(no_such("action", raw, span, words()))
}

fn state(raw: &Raw, span: Range<usize>) -> Result<Value, Mistake> {
    if let Some(state) = word(raw).and_then(State::from_word) {
        return Ok(Value::State(state));
    }
    Err(no_such("is:", raw, span, STATES.iter().map(|(word, _)| *word)))
}

/// The word of a value that is one of a few.
fn word(raw: &Raw) -> Option<&str> {
    matches!(raw, Raw::Plain { .. } | Raw::Exact(_)).then_some(raw.text())
}

fn no_such<'w>(what: &str, raw: &Raw, span: Range<usize>, words: impl Iterator<Item = &'w str> + Clone) -> Mistake {
    let given = raw.text();
    let near = suggest::nearest(given, words.clone())
        .or_else(|| words.clone().find(|word| given.len() > 2 && word.starts_with(&given.to_lowercase())));
    let sentence = match what {
        "is:" => format!("nothing is \"{}\"", brief(given)),
        what => format!("there is no {what} \"{}\"", brief(given)),
    };
    Mistake::new(span, sentence).meaning(near).choose(words)
}

fn check_issue(value: &Value, span: Range<usize>, vocabulary: &Vocabulary<'_>) -> Result<(), Mistake> {
    let Value::Text(pattern) = value else { return Ok(()) };
    let matches = |(id, title): &(&str, &str)| {
        pattern.matches(id, Field::Issue.reading(Column::RuleId))
            || pattern.matches(title, Field::Issue.reading(Column::RuleTitle))
    };
    // The names of clusters come from the log.
    let is_cluster = pattern.text.starts_with(CLUSTER);
    if vocabulary.issues.is_empty() || is_cluster || vocabulary.issues.iter().any(matches) {
        return Ok(());
    }
    let ids = vocabulary.issues.iter().map(|(id, _)| *id);
    let near = suggest::nearest(&pattern.text, ids);
    let sentence = format!("no known issue has this id or these words: \"{}\"", brief(&pattern.text));
    Err(Mistake::new(span, sentence).meaning(near).choose([
        "unknown",
        "none",
        "an id of `provlens rules list`",
        "words of a title",
    ]))
}

fn check_provider(value: &Value, span: Range<usize>, vocabulary: &Vocabulary<'_>) -> Result<(), Mistake> {
    let Value::Text(pattern) = value else { return Ok(()) };
    let providers = vocabulary.providers.iter().map(|provider| provider.word());
    let matches = |name: &str| pattern.matches(name, Field::Provider.reading(Column::Provider));
    if vocabulary.providers.is_empty() || providers.clone().any(matches) {
        return Ok(());
    }
    let near = suggest::nearest(&pattern.text, providers.clone());
    let sentence = format!("there is no provider \"{}\"", brief(&pattern.text));
    Err(Mistake::new(span, sentence).meaning(near).choose(providers))
}

fn time(field: Field, raw: &Raw, span: Range<usize>) -> Result<Value, Mistake> {
    let when = if matches!(raw, Raw::Plain { .. }) { When::parse(raw.text()) } else { None };
    let choices: &[&str] = match field {
        Field::On => &["2026-09-03", "\"3 Sep\"", "\"3 Sep 2026\""],
        _ => &["6h", "7d", "2026-09-03", "\"3 Sep\"", "\"3 Sep 19:35\"", "2026-09-03T19:35:00Z"],
    };
    let given = brief(raw.text());
    match when {
        Some(when) if field != Field::On || when.is_day() => {
            // A point in time is the same in every zone and on every log.
            let interval = match when {
                When::At(..) => interval_of(field, when, None, &TimeZone::UTC),
                _ => Interval::NEVER,
            };
            Ok(Value::Time(when, interval))
        }
        Some(_) => {
            Err(Mistake::new(span, format!("on: takes a day, and \"{given}\" is none")).choose(choices.iter().copied()))
        }
        None => Err(Mistake::new(span, format!("\"{given}\" is no time")).choose(choices.iter().copied())),
    }
}

/// A status, or a duration in milliseconds.
fn number(field: Field, text: &str, span: Range<usize>) -> Result<i64, Mistake> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at_checked(digits).unwrap_or_default();
    let factor = match (field, unit) {
        (Field::Took, "" | "ms") | (Field::Code, "") => Some(1),
        (Field::Took, "s") => Some(1_000),
        (Field::Took, "m" | "min") => Some(60_000),
        (Field::Took, "h") => Some(3_600_000),
        _ => None,
    };
    // Nine digits are years, and far from where numbers end.
    let count = if count.len() <= 9 { count.parse::<i64>().ok() } else { None };
    match count.zip(factor) {
        Some((count, factor)) => Ok(count * factor),
        None => {
            let sentence = format!("\"{}\" is no number", brief(text));
            let choices: &[&str] =
                if field == Field::Code { &["code:>499", "code:<500"] } else { &["took:>5s", "took:<200ms"] };
            Err(Mistake::new(span, sentence).choose(choices.iter().copied()))
        }
    }
}
