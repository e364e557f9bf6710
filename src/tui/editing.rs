//! Edits of the filter that keys make: the text changes with every one, so that people learn the
//! language by using them.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::data::Data;
use super::filtering::{narrowed, parse};
use super::jobs::Narrow;
use super::jobs::survey::Value;
use super::memory::Memory;
use super::states::States;
use crate::event::filter::{Field, Filter, Mistake, Vocabulary};
use crate::text::time::Micros;

/// Only what also passes `further`.
pub fn keep(text: &str, further: &Filter) -> String {
    let wanted = further.to_string();
    if parts(text).iter().any(|part| part.to_string() == wanted) { text.to_owned() } else { narrowed(text, further) }
}

/// Only what does not pass `further`.
pub fn drop(text: &str, further: Filter) -> String {
    keep(text, &further.opposite())
}

/// Asks for one more of the values of a field, or for one less if it is asked for already.
pub fn tick(text: &str, field: Field, values: &[Value], at: usize) -> String {
    let wanted = values.iter().enumerate().filter(|(place, value)| value.is_asked_for != (*place == at));
    let wanted: Vec<&str> = wanted.map(|(_, value)| value.text.as_str()).collect();
    let mut parts = parts(text);
    let place = parts.iter().position(|part| part.is_about(field)).unwrap_or(parts.len());
    parts.retain(|part| !part.is_about(field));
    let asked = Filter::parse(&format!("{}:{}", field.name(), wanted.join(",")), &Vocabulary::default());
    if let (Ok(asked), false) = (asked, wanted.is_empty()) {
        parts.insert(place.min(parts.len()), asked);
    }
    joined(parts)
}

/// The same filter for another time; an empty one is any time.
///
/// # Errors
/// What is wrong with the time.
pub fn in_time(text: &str, time: &str) -> Result<String, Mistake> {
    let time = Filter::parse(time, &Vocabulary::default())?;
    let is_time = |part: &Filter| [Field::After, Field::Before, Field::On].iter().any(|field| part.is_about(*field));
    let others = parts(text).into_iter().filter(|part| !is_time(part));
    Ok(joined(others.chain(time.parts()).collect()))
}

/// `after:` one time `before:` another, of which both are whole seconds.
pub fn between(from: Micros, before: Micros, zone: &TimeZone) -> String {
    const SECOND: Micros = 1_000_000;
    let floor = |at: Micros| at.div_euclid(SECOND) * SECOND;
    let ceiling = |at: Micros| floor(at.saturating_add(SECOND - 1));
    Filter::between(floor(from), ceiling(before), zone).to_string()
}

/// What a search by a filter, which is known to be one, is asked of.
pub fn narrow(text: &str, data: &Data, memory: &Memory, zone: &TimeZone) -> Option<Narrow> {
    let filter = parse(text, data, zone).ok()?;
    let asks = filter.asked_states().next().is_some();
    let states = if asks { Arc::new(States::of(&data.whole, memory)) } else { Arc::default() };
    Some(Narrow { text: text.to_owned(), filter, events: data.events.clone(), states, analyse: true })
}

fn parts(text: &str) -> Vec<Filter> {
    Filter::parse(text, &Vocabulary::default()).map(|filter| filter.parts()).unwrap_or_default()
}

fn joined(parts: Vec<Filter>) -> String {
    parts.into_iter().fold(Filter::default(), Filter::and).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, is_asked_for: bool) -> Value {
        Value { label: text.to_owned(), text: text.to_owned(), count: 1, is_asked_for }
    }

    #[test]
    fn a_tick_changes_the_text() {
        let none = [value("failed", false), value("ok", false)];
        assert_eq!(tick("", Field::Status, &none, 0), "status:failed");
        assert_eq!(tick("app:x or y", Field::Status, &none, 1), "(app:x or y) status:ok");
        let one = [value("failed", true), value("ok", false)];
        assert_eq!(tick("status:failed app:x", Field::Status, &one, 1), "status:failed,ok app:x");
        assert_eq!(tick("status:failed app:x", Field::Status, &one, 0), "app:x");
        // What was typed as a part of names becomes the names that are left.
        let both = [value("=Sales", true), value("=\"Sales Demo\"", true)];
        assert_eq!(tick("x app:sales", Field::App, &both, 1), "x app:=Sales");
    }

    #[test]
    fn what_is_kept_is_not_asked_for_twice() {
        let slack = Filter::exactly(Field::App, "Slack");
        let once = keep("status:failed", &slack);
        assert_eq!(once, "status:failed app:=Slack");
        assert_eq!(keep(&once, &slack), once);
        assert_eq!(drop("a or b", slack), "(a or b) -app:=Slack");
    }

    #[test]
    fn another_time_takes_the_place_of_the_old_one() {
        assert_eq!(in_time("after:6h app:x before:1h", "after:7d").unwrap(), "app:x after:7d");
        assert_eq!(in_time("on:2026-09-03 x", "").unwrap(), "x");
        assert!(in_time("", "after:never").is_err());
        assert_eq!(
            between(1_500_000, 2_500_000, &TimeZone::UTC),
            "after:1970-01-01T00:00:01Z before:1970-01-01T00:00:03Z"
        );
    }
}
