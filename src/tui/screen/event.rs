//! One event: who said what, and the record.

use super::{Context, Outcome, Page};
use crate::tui::jobs::Job;
use crate::tui::keymap::Action;
use crate::tui::record::Place;
use crate::tui::row::Row;

/// What the page remembers.
pub struct State {
    row: u32,
}

impl State {
    /// The page of a row of the store.
    pub fn new(row: u32) -> State {
        State { row }
    }
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Event".to_owned()
    }

    fn actions(&self, _: &Context<'_>) -> Vec<(Action, &'static str)> {
        Vec::new()
    }

    fn handle(&mut self, _: Action, _: &Context<'_>) -> Outcome {
        Outcome::Ignored
    }

    fn view(&self, _: &Context<'_>) -> Vec<Row> {
        Vec::new()
    }

    fn needs(&self, context: &Context<'_>) -> Option<Job> {
        let row = context.data.events.store.row(self.row)?;
        let place = row.place();
        Some(Job::Record(Place {
            input: place.path.to_owned(),
            line: place.line,
            offset: place.offset,
            length: place.length,
            id: None,
        }))
    }
}
