//! What a bundle is about, for whom it is, and what the sender adds to it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::attach::Attachment;
use super::redact::Settings;
use crate::analysis::Analysis;
use crate::event::store::Store;
use crate::event::{Outcome, Provider};
use crate::rules::Library;
use crate::text::time::Micros;

/// A problem, and the events it is looked for among.
pub struct Scope<'c> {
    /// What is said of everything that was read.
    pub analysis: &'c Analysis,
    /// The events that were read; of those that succeeded, at least what this asks for ([`Scope::examples`],
    /// [`Scope::stories`]) by the time the bundle is made.
    pub store: &'c Store,
    /// The problem.
    pub about: About,
    /// Rows of the store that whoever asks wants to tell of; the problem is looked for among them.
    pub rows: Vec<u32>,
    /// Not everything was asked for, so that what is said of all of it does not hold.
    pub is_narrowed: bool,
}

/// Everything that a bundle is made from.
pub struct Case<'c> {
    /// What it is about.
    pub scope: Scope<'c>,
    /// Events whose records were read again and were others by then.
    pub not_found: u64,
    /// The known issues.
    pub library: &'c Library,
    /// The times that were asked for.
    pub asked: (Option<Micros>, Option<Micros>),
    /// What the sender adds.
    pub sender: Sender,
    /// Who receives it, and how what they must not see is hidden.
    pub settings: Settings,
    /// When it is made.
    pub created: Micros,
    /// Most events of the problem that are told one by one.
    pub most_events: usize,
    /// Most bytes of the archive.
    pub most_bytes: u64,
    /// The zone of a second column of times.
    pub zone: Option<TimeZone>,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The known issue at this position in the library.
    Rule(usize),
    /// Failures of this shape, which no rule explains.
    Unknown(String),
    /// Whatever failed.
    Failures,
}

impl About {
    /// The provider in whose log most of it is; none if nothing of it is there.
    pub fn provider(&self, analysis: &Analysis, store: &Store, rows: &[u32]) -> Option<Provider> {
        let issues = analysis.issues.iter().chain(&analysis.unknown);
        let mut counts: BTreeMap<Provider, u64> = BTreeMap::new();
        match self {
            About::Rule(rule) => issues.filter(|issue| issue.rule == Some(*rule)).for_each(|issue| {
                *counts.entry(issue.provider).or_default() += issue.events;
            }),
            About::Unknown(shape) => issues.filter(|issue| issue.shape.as_ref() == Some(shape)).for_each(|issue| {
                *counts.entry(issue.provider).or_default() += issue.events;
            }),
            About::Failures => rows.iter().filter_map(|row| store.row(*row)).for_each(|row| {
                if row.outcome() == Outcome::Failure || row.needs_action() {
                    *counts.entry(row.provider()).or_default() += 1;
                }
            }),
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(provider, _)| provider)
    }
}

/// An export, by which the sender can show later which one was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Its name, as it was read.
    pub name: String,
    /// Its SHA-256 in hexadecimal digits; none where it can be read only once.
    pub sha256: Option<String>,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its records.
    pub records: u64,
    /// Those that could not be read.
    pub unreadable: u64,
}

impl Input {
    /// The exports of an analysis, with their hashes by name.
    pub fn all(analysis: &Analysis, hashes: &BTreeMap<String, String>) -> Vec<Input> {
        let inputs = analysis.inputs.iter().map(|input| Input {
            name: input.name.clone(),
            sha256: hashes.get(&input.name).cloned(),
            bytes: input.bytes,
            records: input.records,
            unreadable: input.unreadable,
        });
        inputs.collect()
    }
}

/// What the sender adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// The recipient's number of the case.
    pub reference: Option<String>,
    /// What was done about it.
    pub tried: Vec<String>,
    /// Anything else.
    pub note: Option<String>,
    /// Files to go along.
    pub attachments: Vec<Attachment>,
}
