//! Changes of configuration, which may be why something began to fail.
//!
//! That one came shortly before the other proves nothing, so all words about it say that it may be.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, LazyLock};

use super::{Detail, Row};
use crate::event::{Operation, Outcome, Provider};
use crate::text::time::{DAY, Micros, SECOND};

/// Changes that are kept; what is beyond is counted.
const MOST: usize = 50_000;
/// How long before a first failure a change is looked for.
const WINDOW: Micros = DAY;
/// Changes that are offered for one first failure.
const OFFERED: usize = 5;
/// Changes before a first failure that are compared.
const COMPARED: usize = 1_000;
/// Names of what was changed that are kept.
const NAMED: usize = 5;
/// Letters of such a name.
const LONGEST: usize = 100;

/// What can be changed, by how likely it stops provisioning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Credentials,
    Provisioning,
    Mapping,
    Scope,
    App,
    Agent,
    Token,
    Role,
    Schema,
    Licence,
    Other,
}

impl Kind {
    fn of(word: &str) -> Option<Kind> {
        Some(match word {
            "credentials" => Kind::Credentials,
            "provisioning" => Kind::Provisioning,
            "mapping" => Kind::Mapping,
            "scope" => Kind::Scope,
            "app" => Kind::App,
            "agent" => Kind::Agent,
            "token" => Kind::Token,
            "role" => Kind::Role,
            "schema" => Kind::Schema,
            "licence" => Kind::Licence,
            "other" => Kind::Other,
            _ => return None,
        })
    }

    /// How many times as far away it may be and still come first.
    fn weight(self) -> Micros {
        match self {
            Kind::Credentials => 8,
            Kind::Provisioning | Kind::Mapping => 6,
            Kind::App | Kind::Agent | Kind::Scope | Kind::Token => 4,
            Kind::Role | Kind::Schema => 3,
            Kind::Licence | Kind::Other => 1,
        }
    }
}

/// What is known of a kind of event, by the beginning of its name: what was changed, and the words
/// for it; nothing if it changes nothing.
pub(super) type Known = Option<(Kind, &'static str)>;

static KNOWN: LazyLock<BTreeMap<&'static str, Known>> = LazyLock::new(|| {
    let rows = include_str!("change_kinds.tsv").lines().skip(1);
    let known = rows.filter_map(|row| {
        let mut cells = row.split('\t');
        let (event, kind, words) = (cells.next()?, cells.next()?, cells.next()?);
        Some((event, Kind::of(kind).map(|kind| (kind, words))))
    });
    known.collect()
});

/// What is known of an event by the longest beginning of its name.
pub(super) fn known(event: &str) -> Option<Known> {
    let event = normal(event);
    // A name and all names it begins stand next to each other, the longest last.
    let names: &BTreeMap<&str, Known> = &KNOWN;
    let before = names.range(..=event.as_str()).rev();
    let mut same_start = before.take_while(|(name, _)| name.as_bytes().first() == event.as_bytes().first());
    same_start.find(|(name, _)| event.starts_with(*name)).map(|(_, known)| *known)
}

/// The name of an event in the one way in which it is looked for.
pub(super) fn normal(event: &str) -> String {
    event.trim().trim_end_matches('.').to_lowercase().replace('\u{2013}', "-")
}

/// Whether an event that succeeded changed the configuration.
pub fn is_change(operation: Operation, event_type: Option<&str>, about_group: bool) -> bool {
    let may_be = match operation {
        Operation::ConfigChange
        | Operation::CredentialCheck
        | Operation::Schema
        | Operation::Agent
        | Operation::Quarantine => true,
        // What is assigned to a person is no configuration, what is assigned to a group is.
        Operation::AssignmentAdd | Operation::AssignmentRemove => about_group,
        _ => false,
    };
    may_be
        && match event_type.and_then(known) {
            Some(known) => known.is_some(),
            None => operation == Operation::ConfigChange,
        }
}

/// A change of configuration.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Change {
    pub at: Micros,
    pub provider: Provider,
    /// Where; in the identity provider as a whole if nothing is named.
    pub app: Option<Arc<str>>,
    /// What was done: `changed the app's settings`.
    pub what: Arc<str>,
    /// What exactly was changed, or whom it is about.
    pub names: Arc<[Box<str>]>,
    /// The first of them is a person's.
    pub is_about_person: bool,
    /// The words are the provider's own.
    pub is_quoted: bool,
    pub actor: Option<Box<str>>,
    pub event_type: Option<Box<str>>,
    pub event_id: Option<Box<str>>,
    pub input: usize,
    pub line: u64,
    pub offset: u64,
    kind: Kind,
}

/// A change before a first failure.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Trigger {
    pub change: Change,
    /// How long before.
    pub before: Micros,
    /// How often the same was done in that time.
    pub times: u64,
}

/// Changes of configuration, by application and in order of time.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    by_app: BTreeMap<Option<Arc<str>>, Vec<Change>>,
    count: usize,
    /// Changes that were too many to be kept.
    pub beyond: u64,
}

impl Changes {
    /// Keeps a row that is a change; `app` is the name of its application.
    pub(super) fn see(&mut self, row: &Row<'_>, app: Option<Arc<str>>) {
        let (Some(detail), Some(at), Outcome::Success) = (row.detail.as_deref(), row.time, row.outcome) else { return };
        let event_type = detail.event_type.as_deref();
        if !is_change(row.operation, event_type, row.subject_kind.as_deref() == Some("group")) {
            return;
        }
        if self.count >= MOST {
            self.beyond += 1;
            return;
        }
        self.count += 1;
        let (kind, words) =
            event_type.and_then(known).flatten().map_or((Kind::Other, None), |(kind, words)| (kind, Some(words)));
        let own = detail.message.as_deref().or(event_type).unwrap_or("changed the configuration");
        let change = Change {
            at,
            provider: row.provider,
            app: app.clone(),
            what: brief(words.unwrap_or(own)).into(),
            names: names(row, detail),
            is_about_person: row.subject_kind.as_deref() == Some("user") && subject(row).is_some(),
            is_quoted: words.is_none(),
            actor: detail.actor.as_deref().map(brief),
            event_type: event_type.map(brief),
            event_id: detail.ids.get("event").map(|id| brief(id)),
            input: row.input,
            line: row.line,
            offset: row.offset,
            kind,
        };
        self.by_app.entry(app).or_default().push(change);
    }

    /// When something was changed, application by application.
    pub fn times(&self) -> impl Iterator<Item = Micros> {
        self.by_app.values().flatten().map(|change| change.at)
    }

    /// What was changed at an application, or as a whole where none is named, from one time to another.
    pub fn within(&self, app: Option<&str>, from: Micros, to: Micros) -> impl Iterator<Item = &Change> {
        let changes = self.by_app.get(&app.map(Arc::from)).map(Vec::as_slice).unwrap_or_default();
        changes.iter().filter(move |change| (from..=to).contains(&change.at))
    }

    /// Puts them in order.
    pub(super) fn sorted(mut self) -> Changes {
        for changes in self.by_app.values_mut() {
            changes.sort_by_key(|change| (change.at, change.input, change.offset));
        }
        self
    }

    /// What was changed shortly before something began to fail at an application, or as a whole
    /// where none is named: the likeliest first.
    pub fn before(&self, app: Option<&str>, provider: Provider, first: Option<Micros>) -> Vec<Trigger> {
        let Some(first) = first else { return Vec::new() };
        let here = app.map(|app| (Some(Arc::from(app)), 4));
        // What is changed in the identity provider as a whole concerns what that one does.
        let whole = provider.makes_calls().then_some((None, 1));
        let mut same: BTreeMap<_, Trigger> = BTreeMap::new();
        for (app, nearness) in here.into_iter().chain(whole) {
            let changes = self.by_app.get(&app).map(Vec::as_slice).unwrap_or_default();
            let end = changes.partition_point(|change| change.at <= first);
            let start = changes.partition_point(|change| change.at < first - WINDOW).max(end.saturating_sub(COMPARED));
            let near = changes.get(start..end).unwrap_or_default().iter().rev();
            for change in near.filter(|change| app.is_some() || change.provider == provider) {
                // Who does the same many times is named once, with the last time.
                match same.entry((nearness, change.what.clone(), change.actor.clone())) {
                    Entry::Occupied(mut known) => known.get_mut().times += 1,
                    Entry::Vacant(free) => {
                        free.insert(Trigger { change: change.clone(), before: first - change.at, times: 1 });
                    }
                }
            }
        }
        let mut found: Vec<(Micros, Trigger)> = same
            .into_iter()
            .map(|((nearness, ..), trigger)| {
                let weight = nearness * trigger.change.kind.weight();
                ((trigger.before + 60 * SECOND) / weight, trigger)
            })
            .collect();
        found.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.change.what.cmp(&y.change.what)));
        found.truncate(OFFERED);
        found.into_iter().map(|(_, trigger)| trigger).collect()
    }
}

/// Whom a change is about, and what exactly was changed.
fn names(row: &Row<'_>, detail: &Detail) -> Arc<[Box<str>]> {
    // Microsoft lists names that only repeat the others.
    let own = detail
        .changed
        .iter()
        .map(String::as_str)
        .filter(|name| !name.starts_with("Included ") && !name.starts_with("TargetId."));
    subject(row).into_iter().chain(own).take(NAMED).map(brief).collect()
}

fn subject<'r>(row: &'r Row<'_>) -> Option<&'r str> {
    row.login.as_deref().or(row.subject_name.as_deref())
}

fn brief(text: &str) -> Box<str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests;
