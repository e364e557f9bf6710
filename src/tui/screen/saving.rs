//! Saving a list: how, under which name, and then it is work for others.

use std::path::PathBuf;

use super::menu::{Chosen, Menu};
use super::{Context, Outcome};
use crate::tui::jobs::Job;
use crate::tui::jobs::format::Format;
use crate::tui::jobs::sheet::{Listed, Sheet};
use crate::tui::keymap::Action;
use crate::tui::row::Row;

/// How far one is with it.
#[derive(Default)]
pub(super) struct Saving {
    menu: Option<Menu<Format>>,
    /// What was chosen, while a name is asked for.
    format: Option<Format>,
}

impl Saving {
    /// Asks how, under a title that says what is saved.
    pub(super) fn begin(&mut self, title: &'static str) -> Outcome {
        let choice = |format: Format| (format.words().to_owned(), format);
        self.menu = Some(Menu::new(title, Format::ALL.map(choice).to_vec()));
        Outcome::Done
    }

    /// What an action does while it is asked how; `None` if it is not.
    pub(super) fn handle(&mut self, action: Action, listed: &Listed, context: &Context<'_>) -> Option<Outcome> {
        let format = match self.menu.as_mut()?.handle(action, context) {
            Chosen::Stay => return Some(Outcome::Done),
            Chosen::Close => {
                self.menu = None;
                return Some(Outcome::Done);
            }
            Chosen::This(format) => format,
        };
        (self.menu, self.format) = (None, Some(format));
        let text = format!("{}.{}", listed.name(), format.ending());
        Some(Outcome::Ask { question: "Save as", text })
    }

    /// Takes a name; `None` if none was asked for.
    pub(super) fn answered(&mut self, answer: &str, listed: Listed, context: &Context<'_>) -> Option<Outcome> {
        let format = self.format.take()?;
        if answer.trim().is_empty() {
            return Some(Outcome::Done);
        }
        Some(Outcome::Start(Job::Save(Sheet {
            path: PathBuf::from(answer.trim()),
            format,
            filter: context.filter.to_owned(),
            listed,
            analysis: context.data.analysis.clone(),
        })))
    }

    /// Something else is asked for now.
    pub(super) fn forget(&mut self) {
        self.format = None;
    }

    /// Whether it is asked how.
    pub(super) fn is_open(&self) -> bool {
        self.menu.is_some()
    }

    /// Puts the question over the rows of a page.
    pub(super) fn over(&self, mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
        let Some(menu) = &self.menu else { return rows };
        let menu = menu.view(context);
        rows.resize(context.size.body().max(menu.len()), Row::new());
        rows.iter_mut().zip(menu).for_each(|(place, row)| *place = row);
        rows
    }

    /// Chooses what is at a row of the page; `None` if nothing is asked.
    pub(super) fn click(&mut self, row: usize, context: &Context<'_>) -> Option<bool> {
        Some(self.menu.as_mut()?.click(row, context))
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent};

    use super::*;
    use crate::tui::model::Size;
    use crate::tui::screen::issue::Place;
    use crate::tui::screen::overview::tests::busy;
    use crate::tui::tests::{SIZE, act, analysis, model_of, picture};
    use crate::tui::update::{Effect, Msg, update};

    fn saved(tab: Action, before: &[Action], analysis: crate::analysis::Analysis, size: Size) -> Sheet {
        let mut model = model_of(analysis, size);
        act(&mut model, &[tab]);
        act(&mut model, before);
        act(&mut model, &[Action::Export]);
        assert!(picture(&model).contains("Save what is listed"), "{}", picture(&model));
        act(&mut model, &[Action::Down, Action::Down, Action::Open]);
        assert!(picture(&model).contains("Save as  provlens-"), "{}", picture(&model));
        let effects = update(&mut model, Msg::Key(KeyEvent::from(KeyCode::Enter)));
        match effects.into_iter().next() {
            Some(Effect::Start(Job::Save(sheet))) => sheet,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_list_is_saved_in_its_order() {
        let sheet = saved(Action::Tab2, &[Action::Sort, Action::Sort, Action::Reverse], analysis(), SIZE);
        assert_eq!((sheet.format, sheet.path.to_str().unwrap()), (Format::Csv, "provlens-issues.csv"));
        let Listed::Issues(places) = sheet.listed else { panic!() };
        assert_eq!(
            places,
            [Place::Unknown(1), Place::Known(3), Place::Known(2), Place::Unknown(0), Place::Known(1), Place::Known(0)]
        );
        let Listed::Issues(places) = saved(Action::Tab5, &[], analysis(), SIZE).listed else { panic!() };
        assert_eq!(places, [Place::Unknown(0), Place::Unknown(1)]);
        let sheet = saved(Action::Tab4, &[Action::Reverse], busy(), SIZE);
        assert_eq!(sheet.path.to_str().unwrap(), "provlens-people.csv");
        let Listed::People(places) = sheet.listed else { panic!() };
        assert!(places.len() > 2 && places.is_sorted_by(|a, b| a > b), "{places:?}");
        // Beside the page of an issue it is the list all the same.
        let wide = Size { columns: 120, rows: 40 };
        let Listed::Issues(places) = saved(Action::Tab2, &[Action::NextPart], analysis(), wide).listed else {
            panic!()
        };
        assert_eq!(places.len(), 6);
    }

    #[test]
    fn it_can_be_left_and_then_names_are_names_again() {
        let mut model = model_of(busy(), SIZE);
        act(&mut model, &[Action::Tab4, Action::Export, Action::Back]);
        assert!(!picture(&model).contains("Save what is listed"));
        act(&mut model, &[Action::Export, Action::Open]);
        update(&mut model, Msg::Key(KeyEvent::from(KeyCode::Esc)));
        act(&mut model, &[Action::Person]);
        update(&mut model, Msg::Paste("tom.berg@example.com".to_owned()));
        let effects = update(&mut model, Msg::Key(KeyEvent::from(KeyCode::Enter)));
        assert!(matches!(&effects[..], [Effect::Start(Job::Story(_))]), "{effects:?}");
    }
}
