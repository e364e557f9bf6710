//! A person: where things stand, and what happened in order.

use super::{Context, Outcome, Page};
use crate::tui::jobs::Job;
use crate::tui::keymap::Action;
use crate::tui::row::Row;

/// What the page remembers.
pub struct State {
    who: String,
}

impl State {
    /// The page of somebody, by login, id or name.
    pub fn new(who: String) -> State {
        State { who }
    }
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        self.who.clone()
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

    fn needs(&self, _: &Context<'_>) -> Option<Job> {
        Some(Job::Story(self.who.clone()))
    }
}
