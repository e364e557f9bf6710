//! Which rows of a store a filter lets through.
//!
//! What many events have in common is asked once: each term of the filter has an answer for each kind
//! of event, each person and each input, and for each wording once it is met. A row is then a few
//! look-ups; texts are compared only where nearly each event has its own, which are the ids. Those of many
//! rows are looked through together.

use super::{IN_RECORD, Kind, Row, Scratch, Store};
use crate::event::filter::{Column, Field, Fields, Filter, IssueNames, Shown, State, Term};
use crate::event::{Entry, Operation, Outcome, Place, Said};
use crate::text::time::Micros;

/// A filter made ready for the rows of a store. Clones of it may work at the same time.
#[derive(Clone, Debug)]
pub struct Search<'s> {
    store: &'s Store,
    filter: &'s Filter,
    answers: Vec<Answers>,
    scratch: Scratch,
    together: Together,
}

/// Rows whose ids are looked through together: as much text as stays near the processor.
const ROWS: usize = 512;

/// The ids of some rows, and what is known of each of these rows.
#[derive(Clone, Debug, Default)]
struct Together {
    text: Vec<u8>,
    /// Where the ids of each row end.
    ends: Vec<usize>,
    holds: Vec<bool>,
    hits: Vec<usize>,
}

/// The answers of one term.
#[derive(Clone, Debug)]
struct Answers {
    /// By the number of a kind.
    kinds: Vec<bool>,
    /// By the number of a person; empty if the term does not ask about people.
    people: Vec<bool>,
    /// By the position of an input; empty if the term does not ask about inputs.
    inputs: Vec<bool>,
    /// By the number of a text, where it was asked before; `None` if the term does not ask about words.
    words: Option<Vec<Option<bool>>>,
    asks_ids: bool,
    /// It asks about what each event has for itself.
    asks_moment: bool,
}

impl<'s> Search<'s> {
    /// Asks each term about everything that rows have in common.
    pub fn new(store: &'s Store, filter: &'s Filter, names: &IssueNames<'_>) -> Search<'s> {
        let answers = filter.terms().iter().map(|term| Answers::of(term, store, names)).collect();
        Search { store, filter, answers, scratch: Scratch::default(), together: Together::default() }
    }

    /// Adds those of some rows that pass to `found`, in their order: the same ones that [`Search::lets`] lets pass.
    pub fn pick(&mut self, rows: &[u32], is: &dyn Fn(State, Row<'s>) -> bool, found: &mut Vec<u32>) {
        for rows in rows.chunks(ROWS) {
            if !self.pick_by_ids(rows, found) {
                let passes = |row: &u32| self.store.row(*row).is_some_and(|row| self.lets(row, is));
                found.extend(rows.iter().copied().filter(passes));
            }
        }
    }

    /// The same where one term is all there is, and asks for ids. Nothing is done if that cannot be told for all of
    /// the rows at once.
    fn pick_by_ids(&mut self, rows: &[u32], found: &mut Vec<u32>) -> bool {
        let Search { store, filter, answers, scratch, together } = self;
        let ([answers], [term]) = (answers.as_mut_slice(), filter.terms()) else { return false };
        if !answers.asks_ids || answers.asks_moment || !term.find_in("", |_| {}) {
            return false;
        }
        let Together { text, ends, holds, hits } = together;
        text.clear();
        ends.clear();
        holds.clear();
        hits.clear();
        for row in rows {
            let row = store.row(*row);
            let known = row.is_some_and(|row| answers.hold_in_common(term, store, row));
            if let Some(row) = row.filter(|_| !known) {
                store.ids.add_to(row.number(), &store.texts, text);
            }
            // A place that reaches into the ids of the next row is looked at for nothing.
            holds.push(known);
            ends.push(text.len());
        }
        let text = std::str::from_utf8(text).unwrap_or_default();
        if !term.find_in(text, |at| hits.push(at)) {
            return false;
        }
        let mut before = None;
        for hit in hits {
            let place = ends.partition_point(|end| *end <= *hit);
            if before.replace(place) == Some(place) {
                continue;
            }
            if let (Some(row), Some(holds)) = (rows.get(place).and_then(|row| store.row(*row)), holds.get_mut(place)) {
                *holds = *holds || Answers::ids_hold(term, row, scratch);
            }
        }
        let passes = |(row, holds): &(&u32, &mut bool)| store.row(**row).is_some() && filter.holds_if(|_, _| **holds);
        found.extend(rows.iter().zip(holds).filter(passes).map(|(row, _)| *row));
        true
    }

    /// Whether a row passes; `is` knows what only the analysis or the screen knows.
    ///
    /// A message that is in its record only, because it is too long or there was no room for it, is not
    /// looked into; the store counts them.
    pub fn lets(&mut self, row: Row<'s>, is: &dyn Fn(State, Row<'s>) -> bool) -> bool {
        let Search { store, filter, answers, scratch, .. } = self;
        filter
            .holds_if(|at, term| answers.get_mut(at).is_some_and(|answers| answers.hold(term, store, row, scratch, is)))
    }
}

impl Answers {
    fn of(term: &Term, store: &Store, names: &IssueNames<'_>) -> Answers {
        let asks = |columns: &[Column]| columns.iter().any(|column| term.columns().contains(column));
        let texts = &store.texts;
        let person = |number: u32| {
            store.known_subjects.get(number).is_some_and(|person| {
                any_text(term, |column| {
                    texts.get(match column {
                        Column::Login => person.login,
                        Column::SubjectId => person.id,
                        Column::SubjectName => person.name,
                        _ => 0,
                    })
                })
            })
        };
        let input = |path: &str| any_text(term, |column| (column == Column::Input).then_some(path));
        let asks_people = asks(&[Column::Login, Column::SubjectId, Column::SubjectName]);
        Answers {
            kinds: (0..store.known_kinds.len()).map(|number| kind(term, store, number, names)).collect(),
            people: (0..if asks_people { store.known_subjects.len() } else { 0 }).map(person).collect(),
            inputs: match asks(&[Column::Input]) {
                true => store.paths.iter().map(|path| input(path)).collect(),
                false => Vec::new(),
            },
            words: asks(&[Column::Message, Column::Said]).then(Vec::new),
            asks_ids: asks(&Column::IDS),
            asks_moment: matches!(term.field(), Field::After | Field::Before | Field::On | Field::Took | Field::Is),
        }
    }

    fn hold<'s>(
        &mut self,
        term: &Term,
        store: &'s Store,
        row: Row<'s>,
        scratch: &mut Scratch,
        is: &dyn Fn(State, Row<'s>) -> bool,
    ) -> bool {
        if self.asks_moment {
            return term.matches_rest(&Moment { row, is });
        }
        self.hold_in_common(term, store, row) || self.asks_ids && Answers::ids_hold(term, row, scratch)
    }

    /// Whether the term holds for what the row has in common with others.
    fn hold_in_common(&mut self, term: &Term, store: &Store, row: Row<'_>) -> bool {
        let number = row.number();
        let kind = store.kinds.get(number).and_then(|kind| usize::try_from(kind).ok());
        let is_true = |answers: &[bool], at: usize| answers.get(at).copied().unwrap_or_default();
        kind.is_some_and(|kind| is_true(&self.kinds, kind))
            || (!self.people.is_empty()
                && store.subjects.get(number).is_some_and(|person| {
                    // People are counted from 1 there.
                    person.checked_sub(1).is_some_and(|person| is_true(&self.people, person as usize))
                }))
            || (!self.inputs.is_empty() && is_true(&self.inputs, row.place().input))
            || self.words_hold(term, store.words.get(number).unwrap_or_default(), row)
    }

    fn ids_hold(term: &Term, row: Row<'_>, scratch: &mut Scratch) -> bool {
        let ids = row.ids(scratch);
        any_text(term, |column| column.id(&ids))
    }

    fn words_hold(&mut self, term: &Term, number: u32, row: Row<'_>) -> bool {
        let Some(known) = self.words.as_mut().filter(|_| number != 0 && number != IN_RECORD) else { return false };
        let at = number as usize;
        if known.len() <= at {
            known.resize(at + 1, None);
        }
        let Some(answer) = known.get_mut(at) else { return false };
        *answer.get_or_insert_with(|| {
            let (message, remote) = row.words();
            any_text(term, |column| match column {
                Column::Message => message,
                Column::Said => remote.or(message),
                _ => None,
            })
        })
    }
}

/// Whether a term holds for everything that a kind of events says.
fn kind(term: &Term, store: &Store, number: u32, names: &IssueNames<'_>) -> bool {
    let Some(kind) = store.known_kinds.get(number) else { return false };
    let Kind { provider, dialect, operation, outcome, http_status, .. } = kind;
    let text = |number: u32| store.texts.get(number);
    let app = store.app_of(&kind);
    let said = Said {
        code: text(kind.code),
        phase: text(kind.phase),
        scim_type: text(kind.scim_type),
        http_status,
        ..Said::default()
    };
    let entry = Entry {
        operation,
        outcome,
        event_type: text(kind.event_type),
        app: text(app.name),
        app_kind: text(app.kind),
        app_id: text(app.id),
        actor: text(kind.actor),
        said,
        rule: kind.rule.map(|(rule, certainty)| (rule as usize, certainty)),
        shape: text(kind.shape),
        ..Entry::new(Place::default(), provider, dialect)
    };
    term.holds(&Shown::new(&entry, names))
}

fn any_text<'t>(term: &Term, text: impl Fn(Column) -> Option<&'t str>) -> bool {
    term.columns().iter().any(|column| text(*column).is_some_and(|text| term.matches_text(*column, text)))
}

/// What each event has for itself: its time, how long it took, and what others know of it.
struct Moment<'m, 's> {
    row: Row<'s>,
    is: &'m dyn Fn(State, Row<'s>) -> bool,
}

impl Fields for Moment<'_, '_> {
    fn text(&self, _: Column) -> Option<&str> {
        None
    }

    fn time(&self) -> Option<Micros> {
        self.row.time()
    }

    fn outcome(&self) -> Outcome {
        self.row.outcome()
    }

    fn operation(&self) -> Operation {
        self.row.operation()
    }

    fn http_status(&self) -> Option<u16> {
        self.row.http_status()
    }

    fn duration_ms(&self) -> Option<i64> {
        self.row.duration_ms()
    }

    fn is(&self, state: State) -> bool {
        (self.is)(state, self.row)
    }
}
