//! Help: all that can be done, drawn from the table of keys. Typing searches, Enter does it.

use crossterm::event::KeyEvent;

use super::{Context, heading};
use crate::text::width::{width, wrap};
use crate::tui::cursor::Cursor;
use crate::tui::input::Line;
use crate::tui::keymap::{self, ACTIONS, Action, Entry, Group};
use crate::tui::look::Role;
use crate::tui::row::Row;

/// What help remembers.
#[derive(Default)]
pub struct State {
    /// The screen below.
    title: String,
    cursor: Cursor,
    /// What is possible on the screen below.
    here: Vec<(Action, &'static str)>,
    find: Line,
}

/// What becomes of an action in help.
pub enum Answer {
    /// Help stays.
    Stay,
    /// Help goes away.
    Close,
    /// Help goes away, and this is done.
    Run(Action),
    /// Help goes away, and what is looked at is kept under a name.
    SaveView(String),
    /// Help goes away, and what was kept under a name is looked at.
    OpenView(String),
}

/// A line of the list.
struct Item {
    entry: &'static Entry,
    group: &'static str,
    possible: bool,
}

impl State {
    /// Help for a screen on which `here` is possible.
    pub fn new(title: String, here: Vec<(Action, &'static str)>) -> State {
        State { title, here, ..State::default() }
    }

    /// The screen that it is about.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Does what a key says: letters search.
    pub fn key(&mut self, key: &KeyEvent, page: usize) -> Answer {
        let is_letter = matches!(key.code, crossterm::event::KeyCode::Char(_));
        if let Some(action) = keymap::action(key).filter(|_| !is_letter || !key.modifiers.is_empty())
            && (action != Action::Back || key.code == crossterm::event::KeyCode::Esc)
            && !matches!(action, Action::Left | Action::Right)
        {
            return self.handle(action, page);
        }
        if self.find.key(key) {
            self.cursor = Cursor::default();
        }
        Answer::Stay
    }

    /// Puts pasted text into the search.
    pub fn paste(&mut self, text: &str) {
        self.find.insert(text);
        self.cursor = Cursor::default();
    }

    /// Does what an action asks for.
    pub fn handle(&mut self, action: Action, page: usize) -> Answer {
        let listed = self.listed();
        let page = page.saturating_sub(1);
        if self.cursor.go(action, listed.len(), page) {
            self.cursor.settle(listed.len(), page);
            return Answer::Stay;
        }
        if action == Action::Open
            && let Some(answer) = self.view_answer()
        {
            return answer;
        }
        match (action, listed.get(self.cursor.at)) {
            (Action::Open, Some(item)) if item.possible => Answer::Run(item.entry.action),
            (Action::Back | Action::Quit | Action::Help | Action::Commands, _) => Answer::Close,
            _ => Answer::Stay,
        }
    }

    /// What `save view NAME` and `view NAME` ask for.
    fn view_answer(&self) -> Option<Answer> {
        let typed = self.find.text().trim();
        let name = |command: &str| {
            let rest = typed.strip_prefix(command)?;
            (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim().to_owned())
        };
        name("save view").map(Answer::SaveView).or_else(|| name("view").map(Answer::OpenView))
    }

    /// What can be done from here, in the order of the table, and then what cannot.
    fn listed(&self) -> Vec<Item> {
        let wanted = self.find.text().trim().to_lowercase();
        let found = |entry: &&Entry| {
            wanted.is_empty() || entry.name.contains(&wanted) || entry.sentence.to_lowercase().contains(&wanted)
        };
        let possible =
            |entry: &Entry| entry.group != Group::Here || self.here.iter().any(|(here, _)| *here == entry.action);
        let items = |of: bool| {
            ACTIONS.iter().filter(found).filter(move |entry| possible(entry) == of).map(move |entry| Item {
                entry,
                group: if of { entry.group.title() } else { "On other screens" },
                possible: of,
            })
        };
        items(true).chain(items(false)).collect()
    }

    /// Its rows.
    pub fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let listed = self.listed();
        let page = context.size.body().saturating_sub(1);
        let mut rows = Vec::new();
        let mut chosen = 0;
        let mut group = None;
        for (at, item) in listed.iter().enumerate() {
            if group != Some(item.group) {
                rows.push(heading(item.group, "", context));
                group = Some(item.group);
            }
            if at == self.cursor.at {
                chosen = rows.len();
            }
            let keys = keymap::keys_of(item.entry).collect::<Vec<_>>().join("  ");
            let role = if item.possible { Role::Strong } else { Role::Quiet };
            let row = Row::new().to(3).put(&keys, role).to(26.max(4 + width(&keys)));
            let room = context.size.columns.saturating_sub(row.used() + 1);
            let role = if item.possible { Role::Text } else { Role::Quiet };
            let start = row.used();
            let lines = wrap(item.entry.sentence, room);
            let (first, rest) = lines.split_first().map_or(("", Default::default()), |(first, rest)| (&**first, rest));
            rows.push(row.put(first, role).select(at == self.cursor.at));
            rows.extend(rest.iter().map(|line| Row::new().to(start).put(line, role)));
        }
        match self.view_answer() {
            Some(Answer::SaveView(_)) => {
                rows = vec![Row::of("Enter keeps this screen and its filter: save view NAME", Role::Text)];
            }
            Some(_) => {
                rows = vec![Row::of("Enter looks at what was kept: view NAME; without a name, lists them", Role::Text)]
            }
            None if listed.is_empty() => rows.push(Row::of("Nothing is called that. Esc closes help.", Role::Text)),
            None => {}
        }
        let visible = Cursor::at(chosen).visible(rows.len(), page);
        let (text, _) = self.find.view(40);
        let find = Row::of("Find  ", Role::Quiet).put(&text, Role::Text).put("_", Role::Strong);
        let find = find.right("type to search, Enter does it ", Role::Quiet, context.size.columns);
        [find].into_iter().chain(rows.into_iter().skip(visible.start).take(visible.len())).collect()
    }
}
