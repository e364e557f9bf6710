//! What was usual before: the file of `--baseline`, schema `provlens/baseline/1`.
//!
//! It holds sums by application and rule, and no person, no message and no address, so it may be
//! kept beside the code. It is written sorted, a key a line, so that a change of it can be read.

mod days;
mod learn;
mod sketch;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, Serializer};
use serde_json::error::Category;

use super::finding::{EVERYTHING, Key};
use crate::analysis::Mode;
use crate::text::time::{self, Micros};

pub use days::Days;
pub(super) use learn::Fresh;
pub use learn::{Learning, learn};
pub use sketch::Sketch;

/// The schema that is read and written.
const SCHEMA: &str = "provlens/baseline/1";
/// Width of the parts of a day: the least common multiple of the widths that series have.
pub const PART_S: u32 = 7_200;
/// Parts of a day.
pub const PARTS: usize = 12;
/// After so many days, what was counted counts half.
const HALF_LIFE_DAYS: f64 = 14.0;
/// Attempts that make it odd that an issue was never met before.
const KNOWN_ATTEMPTS: f64 = 500.0;
/// Days of a week on which something happens at an application that can fall silent.
const ACTIVE_DAYS: f64 = 3.0;
/// Days of log that do so.
const KNOWN_DAYS: f64 = 7.0;

/// Sums of what was read before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    schema: String,
    /// Version of the program that wrote it.
    tool: String,
    /// Fingerprint of the library that it was written with.
    rules: String,
    /// First and last time of the logs it was made from.
    window: Option<(String, String)>,
    bucket_s: u32,
    half_life_days: f64,
    /// Zone by which weekends and holidays are told.
    #[serde(default = "utc")]
    days_of: String,
    /// One for each application and rule, sorted.
    keys: Vec<Entry>,
    /// Ids of the rules that there were: an issue of a newer rule is no new issue.
    #[serde(default)]
    known_rules: BTreeSet<String>,
}

/// What is known of one rule at one application.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    #[serde(default)]
    provider: String,
    app: String,
    rule: String,
    /// Failures that began.
    #[serde(serialize_with = "short")]
    pub failures: f64,
    #[serde(serialize_with = "short")]
    people: f64,
    /// Changes that were tried; in a log of failures only, parts of a day that it covers.
    #[serde(serialize_with = "short")]
    pub attempts: f64,
    /// Days of log that went into it; they fade as the sums do.
    #[serde(default, serialize_with = "short")]
    days: f64,
    /// Dispersion.
    #[serde(serialize_with = "short")]
    pub phi: f64,
    mode: ModeWord,
    pub(super) phase: Phases,
    /// Newest failure; of an application as a whole, newest event.
    last_seen: Option<String>,
    /// Of an application as a whole: what is before this time is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// Of an application as a whole: days of its log on which something was tried, and how much more than
    /// by chance the number differs from one such part of a day to another; nothing if attempts are not known.
    #[serde(default, skip_serializing_if = "is_zero", serialize_with = "short")]
    active_days: f64,
    #[serde(default, skip_serializing_if = "is_zero", serialize_with = "short")]
    spread: f64,
    /// Of a cluster: tells whether another one has similar words, without the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    similar: Option<Sketch>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ModeWord {
    #[default]
    Rate,
    CountOnly,
}

/// Failures and attempts by part of the day, on weekdays and at weekends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Phases {
    pub(super) wd: Vec<Pair>,
    pub(super) we: Vec<Pair>,
}

impl Default for Phases {
    fn default() -> Phases {
        Phases { wd: vec![Pair::default(); PARTS], we: vec![Pair::default(); PARTS] }
    }
}

/// Failures that began, and attempts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Pair(
    #[serde(serialize_with = "short")] pub(super) f64,
    #[serde(serialize_with = "short")] pub(super) f64,
);

impl Baseline {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// The end of a sentence that begins with the name of the file.
    pub fn parse(text: &str) -> Result<Baseline, String> {
        #[derive(Deserialize)]
        struct Head {
            schema: Option<String>,
        }
        let head: Head = serde_json::from_str(text).map_err(|error| match error.classify() {
            Category::Data => "is no baseline: `provlens check --save-baseline FILE` writes one".to_owned(),
            _ => format!("is no baseline: {error}"),
        })?;
        match head.schema.as_deref() {
            Some(SCHEMA) => {}
            Some(other) => return Err(format!("has the schema {other}; this program reads {SCHEMA}")),
            None => return Err(format!("is no baseline: it names no schema, {SCHEMA} is expected")),
        }
        let mut baseline: Baseline = serde_json::from_str(text).map_err(|error| format!("is damaged: {error}"))?;
        baseline.keys.sort_by_key(Entry::key);
        baseline.check()?;
        Ok(baseline)
    }

    fn check(&self) -> Result<(), String> {
        if self.bucket_s != PART_S {
            return Err(format!("counts in parts of {} seconds; {PART_S} are expected", self.bucket_s));
        }
        let mut names = BTreeSet::new();
        for entry in &self.keys {
            let sums =
                [entry.failures, entry.people, entry.attempts, entry.days, entry.phi, entry.active_days, entry.spread];
            let phase = &entry.phase;
            let parts = phase.wd.iter().chain(&phase.we).flat_map(|Pair(x, n)| [*x, *n]);
            if sums.into_iter().chain(parts).any(|number| !number.is_finite() || !(0.0..=1e15).contains(&number)) {
                return Err(format!("is damaged: a number of {} is none that can be counted to", entry.rule));
            }
            if [&phase.wd, &phase.we].iter().any(|pairs| pairs.len() != PARTS) {
                return Err(format!("is damaged: {} needs {PARTS} parts of a day", entry.rule));
            }
            if !names.insert(entry.key()) {
                return Err(format!("is damaged: {} stands in it twice for one application", entry.rule));
            }
        }
        Ok(())
    }

    /// The text of its file.
    ///
    /// # Errors
    /// None in practice: nothing in it is beyond what JSON can say.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let head = [
            ("schema", serde_json::to_string(&self.schema)?),
            ("tool", serde_json::to_string(&self.tool)?),
            ("rules", serde_json::to_string(&self.rules)?),
            ("window", serde_json::to_string(&self.window)?),
            ("bucket_s", self.bucket_s.to_string()),
            ("half_life_days", number(self.half_life_days).to_string()),
            ("days_of", serde_json::to_string(&self.days_of)?),
        ];
        let head: String = head.iter().map(|(name, value)| format!("  \"{name}\": {value},\n")).collect();
        let keys = self.keys.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        let rules = self.known_rules.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        let lines = |items: &[String]| match items {
            [] => "[]".to_owned(),
            items => format!("[\n    {}\n  ]", items.join(",\n    ")),
        };
        Ok(format!("{{\n{head}  \"keys\": {},\n  \"known_rules\": {}\n}}\n", lines(&keys), lines(&rules)))
    }

    /// What is known of this key.
    pub fn find(&self, key: &Key) -> Option<&Entry> {
        let wanted = (&key.provider, &key.app, &key.rule);
        let at = self.keys.binary_search_by(|entry| (&entry.provider, &entry.app, &entry.rule).cmp(&wanted)).ok()?;
        self.keys.get(at)
    }

    /// What is known of the application of this key as a whole.
    pub fn app_of(&self, key: &Key) -> Option<&Entry> {
        self.find(&Key { rule: EVERYTHING.to_owned(), ..key.clone() })
    }

    /// A known cluster at the same application whose words are similar.
    pub fn similar(&self, key: &Key, shape: &str) -> Option<&str> {
        let sketch = Sketch::of(shape);
        let same_app = self.keys.iter().filter(|entry| entry.provider == key.provider && entry.app == key.app);
        same_app
            .filter(|entry| entry.similar.as_ref().is_some_and(|other| other.is_similar(&sketch)))
            .map(|entry| entry.rule.as_str())
            .next()
    }

    /// Whether this rule was there when the baseline was made.
    pub fn knew(&self, rule: &str) -> bool {
        self.known_rules.contains(rule)
    }

    /// Ids of rules that the baseline counts and that are there no more.
    pub fn vanished(&self, is_known: impl Fn(&str) -> bool) -> Vec<&str> {
        let rules: BTreeSet<&str> = self
            .keys
            .iter()
            .map(|entry| entry.rule.as_str())
            .filter(|rule| self.known_rules.contains(*rule) && !is_known(rule))
            .collect();
        rules.into_iter().collect()
    }

    /// The zone by which it tells weekends and holidays.
    pub fn days_of(&self) -> &str {
        &self.days_of
    }

    /// The newest time it has counted.
    pub fn end(&self) -> Option<Micros> {
        self.window.as_ref().and_then(|(_, end)| time::parse(end))
    }

    /// Every application as a whole.
    pub fn apps(&self) -> impl Iterator<Item = &Entry> {
        self.keys.iter().filter(|entry| entry.rule == EVERYTHING)
    }
}

impl Entry {
    fn key(&self) -> Key {
        Key { provider: self.provider.clone(), app: self.app.clone(), rule: self.rule.clone() }
    }

    /// Whether so much of it was read that an issue it never had is a new one.
    pub fn is_well_known(&self) -> bool {
        self.attempts >= KNOWN_ATTEMPTS || self.days >= KNOWN_DAYS
    }

    /// Whether attempts were known.
    pub fn mode(&self) -> Mode {
        match self.mode {
            ModeWord::Rate => Mode::Rate,
            ModeWord::CountOnly => Mode::CountOnly,
        }
    }

    /// Days that its sums stand for.
    pub fn days(&self) -> f64 {
        self.days
    }

    /// The time up to which the application is counted.
    pub fn until(&self) -> Option<Micros> {
        time::parse(self.until.as_deref()?)
    }

    /// Whether something happens there on three days of every week at least, as far as a week tells.
    pub fn is_regular(&self) -> bool {
        self.days >= KNOWN_DAYS && self.active_days * 7.0 >= ACTIVE_DAYS * self.days
    }

    /// Changes that are usual in a part of a day.
    pub(super) fn usual(&self, (free, part): (bool, usize)) -> f64 {
        let (pairs, days) = if free { (&self.phase.we, 2.0) } else { (&self.phase.wd, 5.0) };
        pairs.get(part).map_or(0.0, |pair| pair.1 / (self.days * days / 7.0).max(1.0))
    }

    /// How much more than by chance attempts differ from one such part of a day to another.
    pub(super) fn spread(&self) -> f64 {
        self.spread.max(1.0)
    }

    /// Whose log it is of, and the application's id, or its name where the log has none.
    pub(super) fn place(&self) -> (&str, &str) {
        (&self.provider, &self.app)
    }

    /// When it was last seen.
    pub(super) fn last_seen(&self) -> Option<Micros> {
        time::parse(self.last_seen.as_deref()?)
    }
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Without digits that say nothing.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// `40`, `38.052`.
fn number(value: f64) -> serde_json::Number {
    let rounded = rounded(value);
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 {
        return serde_json::Number::from(rounded as i64);
    }
    serde_json::Number::from_f64(rounded).unwrap_or_else(|| 0.into())
}

fn short<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    number(*value).serialize(serializer)
}

/// Entries by key, while they are added up.
type Entries = BTreeMap<Key, Entry>;

#[cfg(test)]
mod tests;
