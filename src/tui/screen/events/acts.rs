//! What can be done with the event under the cursor, and what menus and boxes do.

use super::span::{self, Span};
use super::table::{About, filter_of, who};
use super::{Choice, State, detail, list_rows};
use crate::event::store::Scratch;
use crate::tui::editing;
use crate::tui::jobs::export::line;
use crate::tui::jobs::format::Format;
use crate::tui::keymap::Action;
use crate::tui::memory::{Change, Mark};
use crate::tui::screen::menu::Menu;
use crate::tui::screen::{Context, Outcome, bundle, event, issue, person};

impl State {
    pub(super) fn with_event(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let Some(event) = self.listing.chosen(context) else { return Outcome::Ignored };
        let table = self.table(context);
        let cell = table.nearest(self.cell);
        match action {
            Action::Left | Action::Right => {
                self.cell = table.beside(cell, action == Action::Right);
                Outcome::Done
            }
            Action::Open => Outcome::Show(Box::new(event::State::new(event.number()))),
            Action::Person => match who(event) {
                Some(who) => Outcome::Show(Box::new(person::State::new(who.to_owned()))),
                None => Outcome::Say("This event names nobody.".to_owned()),
            },
            Action::Issue => match detail::issue(event, context) {
                Some((place, _)) => Outcome::Show(Box::new(issue::State::new(place))),
                None => Outcome::Say("This event belongs to no issue.".to_owned()),
            },
            Action::Keep | Action::Drop => match filter_of(cell, event, context) {
                Some(filter) if action == Action::Keep => Outcome::Filter(editing::keep(context.filter, &filter)),
                Some(filter) => Outcome::Filter(editing::drop(context.filter, filter)),
                None => Outcome::Say(format!("This event has nothing under {}.", cell.title())),
            },
            Action::InContext => self.in_context(event.number(), context),
            Action::Sort if cell.order().is_none() => {
                Outcome::Say(format!("The list cannot be sorted by {}.", cell.title()))
            }
            Action::Sort => {
                self.sort(context);
                Outcome::Done
            }
            Action::Reverse => {
                self.listing.reverse(context, list_rows(context));
                Outcome::Done
            }
            Action::ZoomIn | Action::ZoomOut | Action::Earlier | Action::Later => {
                match span::moved(action, event.time(), context) {
                    Some(filter) if filter == context.filter => Outcome::Say("All of the time is shown.".to_owned()),
                    Some(filter) => Outcome::Filter(filter),
                    None => Outcome::Say("There is nothing in that time.".to_owned()),
                }
            }
            Action::Mark => {
                let place = event.place();
                Outcome::Remember(Change::Mark(Mark { input: place.path.to_owned(), offset: place.offset }))
            }
            Action::Bundle => bundle::of_listed(context),
            Action::Export => {
                let format = |format: Format| (format.words().to_owned(), Choice::Format(format));
                self.menu = Some(Menu::new("Save what is listed", Format::ALL.map(format).to_vec()));
                Outcome::Done
            }
            Action::Copy => {
                let mut scratch = Scratch::default();
                let text = line(&event.entry(&mut scratch), &context.data.library, &context.zone);
                Outcome::Copy(text, "the row".to_owned())
            }
            _ => Outcome::Ignored,
        }
    }

    /// The same event among all others; going back leads to the filter again.
    fn in_context(&self, row: u32, context: &Context<'_>) -> Outcome {
        if context.filter.is_empty() {
            return Outcome::Say("No filter is set: all events are here.".to_owned());
        }
        if self.is_context {
            return Outcome::Filter(String::new());
        }
        let page = State { is_context: true, columns: self.columns.clone(), cell: self.cell, ..State::at(row) };
        Outcome::ShowFiltered(Box::new(page), String::new())
    }

    /// Takes what a menu gives.
    pub(super) fn chosen(&mut self, choice: Choice, context: &Context<'_>) -> Outcome {
        let at = self.listing.chosen(context).and_then(|event| event.time());
        match choice {
            Choice::Column(about) => {
                // The last one stays.
                if !self.columns.remove(&about) || self.columns.is_empty() {
                    self.columns.insert(about);
                }
                let choices = self.column_choices();
                if let Some(menu) = &mut self.menu {
                    menu.refill(choices);
                }
                return Outcome::Done;
            }
            _ => self.menu = None,
        }
        match choice {
            Choice::Span(Span::FromTo) => {
                self.saving = None;
                Outcome::Ask { question: "From - to", text: span::whole(context) }
            }
            Choice::Span(span) => match span::filter(span, at, context) {
                Some(filter) => Outcome::Filter(filter),
                None => Outcome::Say("This event has no time.".to_owned()),
            },
            Choice::Format(format) => {
                self.saving = Some(format);
                Outcome::Ask { question: "Save as", text: format!("provlens-events.{}", format.ending()) }
            }
            Choice::Column(_) => Outcome::Done,
        }
    }

    pub(super) fn column_choices(&self) -> Vec<(String, Choice)> {
        let tick = |about: About| if self.columns.contains(&about) { "[x]" } else { "[ ]" };
        About::ALL.map(|about| (format!("{} {}", tick(about), about.title()), Choice::Column(about))).to_vec()
    }

    /// What an action does while the keys go to the boxes; `None` if it is not for them.
    pub(super) fn in_boxes(&mut self, action: Action, context: &Context<'_>) -> Option<Outcome> {
        if !self.in_boxes {
            return None;
        }
        if action == Action::Right {
            self.in_boxes = false;
            return Some(Outcome::Done);
        }
        let facets = self.facets()?;
        let filter = self.boxes.handle(action, &facets, context, list_rows(context) + 2)?;
        Some(Outcome::Filter(filter))
    }

    pub(super) fn sort(&mut self, context: &Context<'_>) {
        let about = self.table(context).nearest(self.cell);
        self.listing.sort(about.order().unwrap_or_default());
    }
}
