//! The first page of whoever names no log: logs that were looked at before, a path to type, a sample.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent};

use super::inputs::path_of;
use super::{Context, Outcome, Page, heading, paragraph};
use crate::output::page::shown;
use crate::tui::cursor::Cursor;
use crate::tui::input::Line;
use crate::tui::jobs::Job;
use crate::tui::keymap::Action;
use crate::tui::look::Role;
use crate::tui::row::Row;

/// What the page remembers.
pub struct State {
    recent: Vec<Vec<PathBuf>>,
    /// Among recent inputs, and the sample after them.
    cursor: Cursor,
    path: Line,
}

impl State {
    /// The page, with sets of inputs that were looked at before.
    pub fn new(recent: Vec<Vec<PathBuf>>) -> State {
        State { recent, cursor: Cursor::default(), path: Line::default() }
    }

    fn open(&self) -> Outcome {
        if let Some(path) = path_of(self.path.text()) {
            return Outcome::Start(Job::Add(vec![path.into()]));
        }
        Outcome::Start(match self.recent.get(self.cursor.at) {
            Some(paths) => Job::Add(paths.clone()),
            None => Job::Sample,
        })
    }
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Open a log".to_owned()
    }

    fn actions(&self, _: &Context<'_>) -> Vec<(Action, &'static str)> {
        vec![(Action::Open, "open"), (Action::Leave, "leave")]
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let count = self.recent.len() + 1;
        if self.cursor.go(action, count, context.size.body()) {
            self.path = Line::default();
            return Outcome::Done;
        }
        match action {
            Action::Open => self.open(),
            _ => Outcome::Ignored,
        }
    }

    fn key(&mut self, key: &KeyEvent, context: &Context<'_>) -> Option<Outcome> {
        match key.code {
            KeyCode::Up => Some(self.handle(Action::Up, context)),
            KeyCode::Down => Some(self.handle(Action::Down, context)),
            KeyCode::Esc if self.path.text().is_empty() => Some(Outcome::Act(Action::Leave)),
            KeyCode::Esc => {
                self.path = Line::default();
                Some(Outcome::Done)
            }
            _ => self.path.key(key).then_some(Outcome::Done),
        }
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn paste(&mut self, text: &str, _: &Context<'_>) {
        self.path.insert(text);
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let columns = context.size.columns;
        let typed = !self.path.text().is_empty();
        let mut rows = vec![heading("Open a log", "nothing leaves this computer", context)];
        let words = "Type or paste the path of a file or a folder that you exported from Okta, Microsoft Entra or a SCIM \
                     server, or choose below.";
        let roomy = context.size.body() > 10 + self.recent.len();
        if roomy {
            rows.extend(paragraph("", words, 1, Role::Text, columns));
        }
        let (text, _) = self.path.view(columns.saturating_sub(10));
        rows.push(Row::of("Path  ", Role::Quiet).put(&text, Role::Strong).put("_", Role::Strong));
        if roomy {
            rows.push(Row::new());
        }
        if !self.recent.is_empty() {
            rows.push(heading("Looked at before", "latest first", context));
        }
        for (at, paths) in self.recent.iter().enumerate() {
            let names: Vec<String> = paths.iter().map(|path| shown(&path.display().to_string())).collect();
            let text = context.cut(&names.join(", "), columns.saturating_sub(4));
            rows.push(Row::new().to(3).put(&text, Role::Text).select(!typed && at == self.cursor.at));
        }
        rows.push(heading("No log at hand?", "", context));
        let sample = Row::new().to(3).put("Try the sample: invented logs of a small company", Role::Text);
        rows.push(sample.select(!typed && self.cursor.at == self.recent.len()));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::jobs::News;
    use crate::tui::model::{Model, Size};
    use crate::tui::tests::{SIZE, library, look, picture};
    use crate::tui::update::{Effect, Msg, update};

    fn model(size: Size, recent: &[&[&str]]) -> Model {
        let look = look(&crate::tui::look::FULL, crate::tui::look::Colors::Neutral);
        let mut model = Model::new(library(), crate::tui::memory::Memory::default(), look, size);
        model.ask_for_inputs(recent.iter().map(|paths| paths.iter().map(PathBuf::from).collect()).collect());
        model
    }

    fn press(model: &mut Model, code: KeyCode) -> Vec<Effect> {
        update(model, Msg::Key(KeyEvent::from(code)))
    }

    const RECENT: &[&[&str]] = &[&["/logs/okta-sept.jsonl"], &["/logs/entra", "/logs/okta-okt.jsonl"]];

    #[test]
    fn the_first_page() {
        insta::assert_snapshot!("start@recent@80x24@full", picture(&model(SIZE, RECENT)));
        insta::assert_snapshot!("start@first@60x20@full", picture(&model(Size { columns: 60, rows: 20 }, &[])));
        insta::assert_snapshot!("start@recent@44x12@full", picture(&model(Size { columns: 44, rows: 12 }, RECENT)));
        insta::assert_snapshot!("start@recent@120x40@full", picture(&model(Size { columns: 120, rows: 40 }, RECENT)));
    }

    #[test]
    fn enter_opens_what_is_chosen_or_typed() {
        let mut model = model(SIZE, RECENT);
        let opened = |effects: &[Effect], wanted: &[&str]| match effects {
            [Effect::Start(Job::Add(paths))] => *paths == wanted.iter().map(PathBuf::from).collect::<Vec<_>>(),
            _ => false,
        };
        press(&mut model, KeyCode::Down);
        assert!(opened(&press(&mut model, KeyCode::Enter), RECENT[1]));
        press(&mut model, KeyCode::Down);
        assert!(matches!(&press(&mut model, KeyCode::Enter)[..], [Effect::Start(Job::Sample)]));
        // Letters that are keys elsewhere are letters here.
        update(&mut model, Msg::Paste("/logs/q ".to_owned()));
        press(&mut model, KeyCode::Char('1'));
        assert!(opened(&press(&mut model, KeyCode::Enter), &["/logs/q 1"]));
        update(&mut model, Msg::News(News::Added(Vec::new())));
        assert!(!picture(&model).contains("Open a log"));
    }

    #[test]
    fn one_can_leave() {
        let mut model = model(SIZE, &[]);
        press(&mut model, KeyCode::Char('q'));
        press(&mut model, KeyCode::Esc);
        assert!(!model.is_over());
        press(&mut model, KeyCode::Esc);
        assert!(model.is_over());
    }
}
