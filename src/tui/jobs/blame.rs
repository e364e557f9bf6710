//! Why nothing matches: how much would show without each part of the filter, and what was perhaps
//! meant.

use std::collections::BTreeSet;

use super::{Narrow, Wanted, search};
use crate::event::filter::{Field, Filter};
use crate::rules::Library;
use crate::text::suggest;
use crate::tui::data::Events;

/// What is to blame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blame {
    /// Events that pass the whole filter.
    pub all: u64,
    /// The parts of the filter in their order.
    pub parts: Vec<Part>,
    /// What was perhaps meant.
    pub meant: Option<Meant>,
}

/// A part of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// As filters write it.
    pub text: String,
    /// Events that would show without it.
    pub without: u64,
    /// The filter without it.
    pub rest: String,
}

/// Something that is in the logs and nearly what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The field.
    pub field: Field,
    /// What was asked for.
    pub asked: String,
    /// What there is, if anything is near enough.
    pub near: Option<Near>,
}

/// A value that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The value.
    pub value: String,
    /// Events that have it.
    pub count: u64,
    /// The filter with it.
    pub filter: String,
}

/// Finds it; `None` if nobody wants to know any more.
pub fn blame(narrow: &Narrow, library: &Library, is_wanted: &Wanted<'_>) -> Option<Blame> {
    let parts = narrow.filter.parts();
    let found = |filter: &Filter| {
        let narrow = Narrow { filter: filter.clone(), ..narrow.clone() };
        search(&narrow, library, is_wanted).map(|rows| rows.len() as u64)
    };
    let mut blame = Blame { all: found(&narrow.filter)?, ..Blame::default() };
    for (at, part) in parts.iter().enumerate() {
        let rest = with(&parts, at, None);
        blame.parts.push(Part { text: part.to_string(), without: found(&rest)?, rest: rest.to_string() });
    }
    for (at, part) in parts.iter().enumerate() {
        let Some(field) = [Field::User, Field::App].into_iter().find(|field| part.is_about(*field)) else { continue };
        let asked: Vec<&str> = part.only_term().into_iter().flat_map(|term| term.plain_texts()).collect();
        let [asked] = asked.as_slice() else { continue };
        if found(part)? > 0 {
            continue;
        }
        let near = match nearest(field, asked, &narrow.events) {
            Some(value) => {
                let of_value = Filter::with(field, &value);
                let count = found(&of_value)?;
                Some(Near { value, count, filter: with(&parts, at, Some(&of_value)).to_string() })
            }
            None => None,
        };
        blame.meant = Some(Meant { field, asked: (*asked).to_owned(), near });
        break;
    }
    Some(blame)
}

/// A filter in which one part is another one, or missing.
fn with(parts: &[Filter], at: usize, other: Option<&Filter>) -> Filter {
    let part = |(place, part)| if place == at { other } else { Some(part) };
    parts.iter().enumerate().filter_map(part).cloned().fold(Filter::default(), Filter::and)
}

/// The value of the data that is nearest to what was asked for. Of people it is the login; what is
/// typed is often the part of it before the `@`, or a name.
fn nearest(field: Field, asked: &str, events: &Events) -> Option<String> {
    let store = &events.store;
    if field == Field::App {
        let apps: BTreeSet<&str> = store.rows().filter_map(|row| row.app()).collect();
        return suggest::nearest(asked, apps).map(str::to_owned);
    }
    let people = || store.subjects().filter_map(|who| Some((who.login.or(who.name)?, who)));
    let asked_local = asked.split('@').next().unwrap_or_default();
    let local = |login: &'_ str| login.split('@').next().unwrap_or_default().to_owned();
    let locals: BTreeSet<String> = people().map(|(login, _)| local(login)).collect();
    if let Some(near) = suggest::nearest(asked_local, locals.iter().map(String::as_str)) {
        return people().find(|(login, _)| local(login) == near).map(|(login, _)| login.to_owned());
    }
    let near = suggest::nearest(asked, people().filter_map(|(_, who)| who.name))?;
    people().find(|(_, who)| who.name == Some(near)).map(|(login, _)| login.to_owned())
}
