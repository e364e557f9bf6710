//! Which part of the time is shown, chosen from a list. It becomes a part of the filter, and so holds on every screen.

use super::events::span::{self, Span};
use super::menu::{Chosen, Menu};
use super::{Context, Outcome, Page};
use crate::tui::keymap::{Action, Group, entry};
use crate::tui::row::Row;

/// What the page remembers.
pub struct State {
    menu: Menu<Span>,
}

impl Default for State {
    fn default() -> State {
        State { menu: Menu::new("Time", span::choices()) }
    }
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Time".to_owned()
    }

    fn actions(&self, _: &Context<'_>) -> Vec<(Action, &'static str)> {
        vec![(Action::Open, "choose")]
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let moves = entry(action).is_some_and(|entry| entry.group == Group::Move);
        if !moves && !matches!(action, Action::Open | Action::Tick) {
            return Outcome::Ignored;
        }
        match self.menu.handle(action, context) {
            Chosen::Stay => Outcome::Done,
            Chosen::Close => Outcome::Leave(Box::new(Outcome::Done)),
            Chosen::This(Span::FromTo) => Outcome::Ask { question: "From - to", text: span::whole(context) },
            Chosen::This(span) => leave_with(span::filter(span, None, context)),
        }
    }

    fn answered(&mut self, answer: &str, context: &Context<'_>) -> Outcome {
        match answer.trim() {
            "" => Outcome::Done,
            times => match span::typed(times, context) {
                Ok(filter) => leave_with(Some(filter)),
                Err(mistake) => Outcome::Say(mistake.to_string()),
            },
        }
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        self.menu.view(context)
    }

    fn click(&mut self, row: usize, _: usize, context: &Context<'_>) -> bool {
        self.menu.click(row, context)
    }
}

fn leave_with(filter: Option<String>) -> Outcome {
    Outcome::Leave(Box::new(filter.map_or(Outcome::Done, Outcome::Filter)))
}
