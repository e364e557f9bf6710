//! The filter that is set, and the one that is being typed.

use crossterm::event::{KeyCode, KeyEvent};
use jiff::tz::TimeZone;

use super::data::{Data, Names};
use super::input::Line;
use crate::event::filter::{Completion, Field, Filter, Mistake, Sample, Vocabulary, complete, status_word};
use crate::event::{Operation, Outcome, Provider};

/// The filter that is set.
#[derive(Clone, Debug, Default)]
pub struct Filtering {
    /// As it was typed; empty if everything passes.
    pub text: String,
    /// The one that is being typed.
    pub typing: Option<Typing>,
    /// What is said of the events that pass it is being found out.
    pub is_asked: bool,
    /// Records that there were when it was asked for.
    pub analysed: u64,
    /// News of followed files since then.
    pub ticks: u32,
}

/// A filter that is being typed.
#[derive(Clone, Debug, Default)]
pub struct Typing {
    /// The text so far.
    pub line: Line,
    /// What is wrong with it, once somebody tried to use it.
    pub mistake: Option<Mistake>,
    /// How many events would pass, once that was counted.
    pub count: Option<u64>,
    /// What may be meant.
    pub completion: Option<Completion>,
    /// The suggestion that is chosen.
    pub chosen: Option<usize>,
    /// The filter of the past that is shown, counted from the newest.
    past: Option<usize>,
}

/// What a key does to a filter that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The text is another one.
    Changed,
    /// Nothing but the looks.
    Moved,
    /// It shall be used.
    Use,
    /// The old one stays.
    Cancel,
}

impl Typing {
    /// Goes on with a filter.
    pub fn of(text: &str) -> Typing {
        Typing { line: Line::of(text), ..Typing::default() }
    }

    /// Does what a key says; `past` are filters that were used, the newest last.
    pub fn key(&mut self, key: &KeyEvent, past: &[String]) -> Typed {
        match key.code {
            KeyCode::Esc => return Typed::Cancel,
            KeyCode::Enter => match self.take() {
                true => {}
                false => return Typed::Use,
            },
            KeyCode::Tab => {
                if self.chosen.is_none() {
                    self.chosen = Some(0);
                }
                if !self.take() {
                    return Typed::Moved;
                }
            }
            KeyCode::Down if self.candidates() > 0 => {
                self.chosen = Some(self.chosen.map_or(0, |chosen| (chosen + 1).min(self.candidates() - 1)));
                return Typed::Moved;
            }
            KeyCode::Up if self.chosen.is_some() => {
                self.chosen = self.chosen.and_then(|chosen| chosen.checked_sub(1));
                return Typed::Moved;
            }
            KeyCode::Up => {
                let back = self.past.map_or(0, |past| past + 1);
                let Some(text) = past.iter().rev().nth(back) else { return Typed::Moved };
                self.past = Some(back);
                self.line = Line::of(text);
            }
            _ => {
                let before = self.line.clone();
                if !self.line.key(key) || before == self.line {
                    return Typed::Moved;
                }
            }
        }
        self.edited();
        Typed::Changed
    }

    /// Puts pasted text in.
    pub fn paste(&mut self, text: &str) {
        self.line.insert(text);
        self.edited();
    }

    fn edited(&mut self) {
        (self.mistake, self.count, self.chosen) = (None, None, None);
    }

    fn candidates(&self) -> usize {
        self.completion.as_ref().map_or(0, |completion| completion.candidates.len())
    }

    /// Puts the chosen suggestion in; false if none is chosen.
    fn take(&mut self) -> bool {
        let Some(completion) = &self.completion else { return false };
        let Some(candidate) = self.chosen.and_then(|chosen| completion.candidates.get(chosen)) else { return false };
        let insert = candidate.insert.clone();
        self.line.replace(completion.replace.clone(), &insert);
        true
    }

    /// Finds what may be meant.
    pub fn suggest(&mut self, data: &Data) {
        let owned = samples(data);
        let samples: Vec<Sample<'_>> =
            owned.iter().map(|(field, value, count)| Sample { field: *field, value, count: *count }).collect();
        let found = complete(self.line.text(), self.line.cursor(), &samples);
        // Nobody wants to have completed what is complete.
        let typed = self.line.text().get(found.replace.clone()).unwrap_or_default();
        let done = |insert: &str| insert == typed;
        self.completion = Some(found).filter(|found| !found.candidates.iter().all(|one| done(&one.insert)));
    }
}

/// What a filter says.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str, data: &Data, zone: &TimeZone) -> Result<Filter, Mistake> {
    let names = Names::of(&data.library);
    let vocabulary = Vocabulary { providers: Provider::ALL, issues: names.rules() };
    Ok(Filter::parse(text, &vocabulary)?.at(data.whole.last, zone))
}

/// The text of a filter that lets through what both do.
pub fn narrowed(text: &str, further: &Filter) -> String {
    match text {
        "" => further.to_string(),
        text if text.to_lowercase().split_whitespace().any(|word| word == "or") => format!("({text}) {further}"),
        text => format!("{text} {further}"),
    }
}

/// Values that the data have, and how often.
fn samples(data: &Data) -> Vec<(Field, String, u64)> {
    let analysis = &data.whole;
    let totals = &analysis.totals;
    let mut samples: Vec<(Field, String, u64)> = Vec::new();
    samples.extend(analysis.apps.iter().map(|app| (Field::App, app.name.to_string(), app.attempts)));
    for issue in &analysis.issues {
        let rule = issue.rule.and_then(|rule| data.library.rule(rule));
        samples.extend(rule.map(|rule| (Field::Issue, rule.id.clone(), issue.events)));
    }
    let lists =
        [&analysis.people.access_not_removed, &analysis.people.waiting_for_access, &analysis.people.out_of_date];
    let mut people: Vec<&str> = lists.into_iter().flatten().map(|person| &*person.user).collect();
    people.sort_unstable();
    people.dedup();
    samples.extend(people.into_iter().map(|person| (Field::User, person.to_owned(), 1)));
    for (outcome, count) in [
        (Outcome::Failure, totals.failure),
        (Outcome::Warning, totals.warning),
        (Outcome::Skipped, totals.skipped),
        (Outcome::Pending, totals.pending),
        (Outcome::Success, totals.success),
    ] {
        samples.push((Field::Status, status_word(outcome).to_owned(), count));
    }
    let mut operations: Vec<(&str, u64)> = Vec::new();
    for operation in Operation::ALL {
        let of = |issue: &crate::analysis::Issue| issue.operations.get(operation.word()).copied().unwrap_or_default();
        operations.push((operation.word(), analysis.issues.iter().chain(&analysis.unknown).map(of).sum()));
    }
    samples.extend(operations.into_iter().map(|(word, count)| (Field::Action, word.to_owned(), count)));
    let mut providers: Vec<Provider> = analysis.issues.iter().map(|issue| issue.provider).collect();
    providers.sort_unstable();
    providers.dedup();
    samples.extend(providers.into_iter().map(|provider| (Field::Provider, provider.word().to_owned(), 1)));
    samples
}
