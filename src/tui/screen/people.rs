//! People.

use super::{Context, Outcome, Page};
use crate::tui::keymap::Action;
use crate::tui::look::Role;
use crate::tui::row::Row;

/// What the screen remembers.
#[derive(Default)]
pub struct State {}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "People".to_owned()
    }

    fn actions(&self, _: &Context<'_>) -> Vec<(Action, &'static str)> {
        Vec::new()
    }

    fn handle(&mut self, _: Action, _: &Context<'_>) -> Outcome {
        Outcome::Ignored
    }

    fn view(&self, _: &Context<'_>) -> Vec<Row> {
        vec![Row::of("", Role::Text)]
    }
}
