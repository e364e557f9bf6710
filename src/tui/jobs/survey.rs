//! Which values the listed events have, and how often: what the list can be narrowed down by.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Narrow, STRIDE, Wanted, search};
use crate::event::filter::{Field, Filter, Shown as Asked, status_word};
use crate::event::store::{Row, Scratch, Store};
use crate::event::{Operation, Outcome};
use crate::rules::Library;
use crate::tui::data::{Names, Shown};

/// What a survey is about.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The filter that is set.
    pub narrow: Narrow,
    /// What it lets through.
    pub shown: Arc<Shown>,
}

/// The values of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The field.
    pub field: Field,
    /// Its values, those of results in their own order, others the most frequent first.
    pub values: Vec<Value>,
}

/// A value, and how many events have it that pass everything else that the filter asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// As it is shown.
    pub label: String,
    /// As filters write it behind the name of its field.
    pub text: String,
    /// Events.
    pub count: u64,
    /// The filter asks for it.
    pub is_asked_for: bool,
}

/// Fields that lists are narrowed down by.
pub const FACETS: [Field; 5] = [Field::Status, Field::App, Field::Action, Field::Issue, Field::Code];

/// For each kind of events one of them, and how many there are.
type Kinds = Vec<(u32, u64)>;

/// Counts; `None` if nobody wants to know any more.
pub fn survey(survey: &Survey, library: &Library, is_wanted: &Wanted<'_>) -> Option<Vec<Facet>> {
    let Survey { narrow, shown } = survey;
    let store = &narrow.events.store;
    let parts = narrow.filter.parts();
    let of_shown = count(store, &shown.rows, is_wanted)?;
    let mut facets = Vec::new();
    for field in FACETS {
        let (own, others): (Vec<Filter>, Vec<Filter>) = parts.iter().cloned().partition(|part| part.is_about(field));
        // What a field is narrowed down to says nothing about what else it could be.
        let kinds = match own.is_empty() {
            true => of_shown.clone(),
            false => {
                let filter = others.into_iter().fold(Filter::default(), Filter::and);
                let rows = search(&Narrow { filter, ..narrow.clone() }, library, is_wanted)?;
                count(store, &rows, is_wanted)?
            }
        };
        facets.push(Facet { field, values: values(field, &kinds, &own, store, library) });
    }
    Some(facets)
}

fn count(store: &Store, rows: &[u32], is_wanted: &Wanted<'_>) -> Option<Kinds> {
    let mut kinds: Kinds = vec![(0, 0); store.kinds() as usize];
    for rows in rows.chunks(STRIDE) {
        if !is_wanted() {
            return None;
        }
        for row in rows.iter().filter_map(|row| store.row(*row)) {
            let kind = row.kind_number().and_then(|kind| kinds.get_mut(kind as usize));
            if let Some((example, count)) = kind {
                *example = row.number();
                *count += 1;
            }
        }
    }
    kinds.retain(|(_, count)| *count > 0);
    Some(kinds)
}

fn values(field: Field, kinds: &Kinds, own: &[Filter], store: &Store, library: &Library) -> Vec<Value> {
    let names = Names::of(library);
    let mut scratch = Scratch::default();
    let mut values: HashMap<String, Value> = HashMap::new();
    for (example, count) in kinds {
        let Some(row) = store.row(*example) else { continue };
        let Some((label, text)) = value(field, row, library) else { continue };
        let entry = row.entry(&mut scratch);
        let passes = || own.iter().all(|part| part.holds(&Asked::new(&entry, &names.issues())));
        let known = values.entry(text.clone()).or_insert_with(|| Value {
            label,
            text,
            count: 0,
            is_asked_for: !own.is_empty() && passes(),
        });
        known.count += count;
    }
    let mut values: Vec<Value> = values.into_values().collect();
    values.sort_by(|a, b| b.count.cmp(&a.count).then(a.label.cmp(&b.label)));
    if field == Field::Status {
        values.sort_by_key(|value| RESULTS.iter().position(|result| status_word(*result) == value.label));
    }
    values
}

/// Results in the order in which they are listed: what needs somebody first.
pub const RESULTS: [Outcome; 5] =
    [Outcome::Failure, Outcome::Warning, Outcome::Success, Outcome::Skipped, Outcome::Pending];

/// What an event has in a field: how it is shown, and how filters write it.
pub fn value(field: Field, row: Row<'_>, library: &Library) -> Option<(String, String)> {
    let exactly = |text: &str| {
        let filter = Filter::exactly(field, text).to_string();
        filter.strip_prefix(field.name()).and_then(|text| text.strip_prefix(':')).map(str::to_owned)
    };
    let word = |word: &str| Some((word.to_owned(), word.to_owned()));
    match field {
        Field::Status => word(status_word(row.outcome())),
        Field::Action => {
            Some(row.operation()).filter(|known| *known != Operation::Other).map(Operation::word).and_then(word)
        }
        Field::App => row.app().and_then(|app| Some((app.to_owned(), exactly(app)?))),
        Field::Issue => match row.rule().and_then(|(rule, _)| library.rule(rule)) {
            Some(rule) => Some((rule.title.clone(), rule.id.clone())),
            None if row.outcome() == Outcome::Failure => Some(("not known yet".to_owned(), "unknown".to_owned())),
            None => None,
        },
        Field::Code => match (row.code(), row.http_status()) {
            (Some(code), _) => Some((code.to_owned(), exactly(code)?)),
            (None, Some(status)) => word(&status.to_string()),
            (None, None) => None,
        },
        _ => None,
    }
}
