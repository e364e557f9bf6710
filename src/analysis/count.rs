//! Events counted by what they say. Memory grows with different answers, not with events.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::Seeded;
use super::field::{Field, Labels, Value};
use crate::event::{Entry, Needs};
use crate::text::every::Every;
use crate::text::secret;
use crate::text::time::Micros;

/// Most groups, and most different values, that are kept apart: a stranger can write a new name into
/// every record.
const MAX_KEPT: usize = 1_000_000;
/// Most characters of a value that are kept.
const MAX_VALUE: usize = 1_000;
/// The number of what is not said.
const ABSENT: u32 = 0;

/// By what events are counted.
#[derive(Clone, Debug)]
pub struct By {
    /// The fields; together they make a group.
    pub fields: Vec<&'static Field>,
    /// Steps of time, if time counts.
    pub every: Option<Every>,
    /// Whose days and weeks.
    pub zone: TimeZone,
}

impl By {
    /// How much of every event it takes.
    pub fn needs(&self) -> Needs {
        let all = self.fields.iter().any(|field| field.needs == Needs::All);
        if all { Needs::All } else { Needs::Sums }
    }
}

/// Counts events.
#[derive(Debug)]
pub struct Counter {
    by: By,
    labels: Labels,
    /// Texts as the log has them, and the number of what is shown of them. Secrets are looked for once
    /// a text, not once an event.
    numbers: HashMap<Box<str>, u32, Seeded>,
    /// What is shown, by its number less one.
    shown: Vec<Box<str>>,
    /// Events by the numbers of what they say, with the step of time in the last two.
    groups: HashMap<Box<[u32]>, u64, Seeded>,
    /// The group of the event in hand.
    key: Vec<u32>,
    /// Events that would have made one group too many.
    beyond: u64,
    max: usize,
}

/// How many events say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// When the step of time began, if time counts and the events have one.
    pub start: Option<Micros>,
    /// What they say, a value for each field.
    pub values: Vec<Option<String>>,
    /// How many.
    pub events: u64,
}

/// Events, counted.
#[derive(Clone, Debug)]
pub struct Counted {
    /// By what.
    pub by: By,
    /// By time, then those with most events first, then by value.
    pub groups: Vec<Group>,
    /// Events that would have made one group too many.
    pub beyond: u64,
}

impl Counter {
    /// Nothing counted yet.
    pub fn new(by: By, labels: Labels) -> Counter {
        Counter {
            by,
            labels,
            numbers: HashMap::default(),
            shown: Vec::new(),
            groups: HashMap::default(),
            key: Vec::new(),
            beyond: 0,
            max: MAX_KEPT,
        }
    }

    /// How much of every event it looks at.
    pub fn needs(&self) -> Needs {
        self.by.needs()
    }

    /// Counts an event.
    pub fn add(&mut self, entry: &Entry<'_>) {
        self.key.clear();
        for field in &self.by.fields {
            let number = match field.unmasked(entry, &self.labels) {
                Value::Absent => Some(ABSENT),
                Value::Text(text) | Value::List(text) => number(&mut self.numbers, &mut self.shown, &text, self.max),
                Value::Number(value) | Value::Time(value) => {
                    number(&mut self.numbers, &mut self.shown, &value.to_string(), self.max)
                }
            };
            let Some(number) = number else {
                self.beyond += 1;
                return;
            };
            self.key.push(number);
        }
        if let Some(every) = self.by.every {
            let start = entry.time.map_or(Micros::MIN, |at| every.start(at, &self.by.zone));
            self.key.extend([(start >> 32) as u32, start as u32]);
        }
        if let Some(events) = self.groups.get_mut(&*self.key) {
            *events += 1;
        } else if self.groups.len() < self.max {
            self.groups.insert(self.key.as_slice().into(), 1);
        } else {
            self.beyond += 1;
        }
    }

    /// All groups in order.
    pub fn finish(self) -> Counted {
        let fields = self.by.fields.len();
        let value = |number: &u32| {
            let index = number.checked_sub(1)?;
            self.shown.get(index as usize).map(|text| text.to_string())
        };
        let mut groups: Vec<Group> = self
            .groups
            .iter()
            .map(|(key, events)| {
                let start = match key.get(fields..) {
                    Some(&[high, low]) => Some(Micros::from(high as i32) << 32 | Micros::from(low)),
                    _ => None,
                };
                Group {
                    start: start.filter(|start| *start != Micros::MIN),
                    values: key.iter().take(fields).map(value).collect(),
                    events: *events,
                }
            })
            .collect();
        groups.sort_unstable_by(|a, b| {
            a.start.cmp(&b.start).then(b.events.cmp(&a.events)).then_with(|| a.values.cmp(&b.values))
        });
        Counted { by: self.by, groups, beyond: self.beyond }
    }
}

/// The number of what is shown of a text, or nothing if there are too many.
fn number(
    numbers: &mut HashMap<Box<str>, u32, Seeded>,
    shown: &mut Vec<Box<str>>,
    text: &str,
    max: usize,
) -> Option<u32> {
    if let Some(number) = numbers.get(text) {
        return Some(*number);
    }
    if numbers.len() >= max {
        return None;
    }
    let masked = secret::mask(text);
    let end = masked.char_indices().nth(MAX_VALUE).map_or(masked.len(), |(end, _)| end);
    let masked = masked.get(..end).unwrap_or_default();
    let number = match numbers.get(masked) {
        Some(number) => *number,
        None => {
            shown.push(masked.into());
            let number = u32::try_from(shown.len()).ok()?;
            numbers.insert(masked.into(), number);
            number
        }
    };
    // Longer texts are looked at anew each time rather than kept.
    if text != masked && text.len() <= MAX_VALUE {
        numbers.insert(text.into(), number);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Outcome, Place, Provider};

    fn counter(names: &[&str], every: Option<&str>) -> Counter {
        let fields = names.iter().map(|name| Field::to_count_by(name).unwrap()).collect();
        let every = every.map(|every| Every::parse(every).unwrap());
        Counter::new(By { fields, every, zone: TimeZone::UTC }, Labels::default())
    }

    fn event(app: Option<&'static str>, outcome: Outcome, time: Option<Micros>) -> Entry<'static> {
        Entry { app, outcome, time, ..Entry::new(Place::default(), Provider::Okta, "okta-system-log") }
    }

    fn rows(counted: &Counted) -> Vec<String> {
        let word = |value: &Option<String>| value.clone().unwrap_or("-".to_owned());
        let row = |group: &Group| {
            let values: Vec<String> = group.values.iter().map(word).collect();
            format!("{:?} {} {}", group.start, values.join(","), group.events)
        };
        counted.groups.iter().map(row).collect()
    }

    #[test]
    fn the_largest_group_is_first_and_equal_ones_are_in_order() {
        let mut counter = counter(&["app", "outcome"], None);
        for (app, outcome) in [
            (Some("Wiki"), Outcome::Failure),
            (Some("Wiki"), Outcome::Success),
            (None, Outcome::Success),
            (Some("Chat"), Outcome::Failure),
            (Some("Wiki"), Outcome::Success),
        ] {
            counter.add(&event(app, outcome, None));
        }
        let counted = counter.finish();
        assert_eq!(
            rows(&counted),
            ["None Wiki,success 2", "None -,success 1", "None Chat,failure 1", "None Wiki,failure 1"]
        );
    }

    #[test]
    fn with_time_the_steps_are_in_order_and_events_without_time_first() {
        let mut counter = counter(&["outcome"], Some("1h"));
        let hour = 3_600_000_000;
        for (outcome, time) in [
            (Outcome::Success, Some(2 * hour + 5)),
            (Outcome::Failure, Some(hour)),
            (Outcome::Success, None),
            (Outcome::Success, Some(2 * hour)),
            // Before 1970, which no log has and a number may.
            (Outcome::Success, Some(-1)),
        ] {
            counter.add(&event(None, outcome, time));
        }
        assert_eq!(
            rows(&counter.finish()),
            [
                "None success 1",
                "Some(-3600000000) success 1",
                "Some(3600000000) failure 1",
                "Some(7200000000) success 2"
            ]
        );
    }

    #[test]
    fn values_that_differ_in_a_secret_only_are_one() {
        let mut counter = counter(&["app"], None);
        for app in ["x Bearer abcdef123456", "x Bearer zyxwvu654321", "x Bearer abcdef123456"] {
            counter.add(&event(Some(app), Outcome::Success, None));
        }
        assert_eq!(rows(&counter.finish()), ["None x Bearer ‹secret› 3"]);
    }

    #[test]
    fn what_would_be_too_many_groups_is_counted() {
        let mut counter = Counter { max: 2, ..counter(&["app"], None) };
        for app in ["a", "b", "c", "a", "c"] {
            counter.add(&event(Some(app), Outcome::Success, None));
        }
        let counted = counter.finish();
        assert_eq!((rows(&counted), counted.beyond), (vec!["None a 2".to_owned(), "None b 1".to_owned()], 2));
    }
}
