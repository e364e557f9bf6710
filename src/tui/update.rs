//! What becomes of the model when something happens.

mod everywhere;
mod filter;
mod live;
mod mouse;
mod news;
mod outside;
mod views;

use crossterm::event::{KeyCode, KeyEvent, MouseEvent};

use super::filtering::parse;
use super::input::Line;
use super::jobs::{Job, Narrow, News};
use super::keymap::{self, Action};
use super::memory::Change;
use super::model::{Layer, Model, Overlay, Size};
use super::outside::{Answer, Errand};
use super::screen::{Outcome, Page, Tab};
use crate::event::filter::State;
use filter::{narrow, set_filter, type_filter, typed};
use mouse::mouse;
use news::hear;
use outside::{answered, keep};
use views::helped;

pub(super) use views::look_at;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// A person asked for something by its name.
    Act(Action),
    /// The terminal has another size.
    Resized(Size),
    /// Work brought something.
    News(News),
    /// An errand was run.
    Answer(Answer),
    /// The program should end.
    End,
}

/// Something that has to be done outside of the model.
#[derive(Debug)]
pub enum Effect {
    /// Work that takes time.
    Start(Job),
    /// An errand for the computer around the screen.
    Ask(Errand),
    /// A text for the clipboard of the terminal, and what it is called.
    CopyByTerminal(String, String),
    /// Back to the shell until it brings the program to the front again.
    Suspend,
    /// Takes the mouse, or gives it back.
    Mouse(bool),
    /// Everything on the screen is to be written again.
    Redraw,
}

/// Most messages that are kept to be read again.
const MESSAGES: usize = 200;
/// Most pages on top of each other, the screen of the flat row included.
const DEEPEST: usize = 4;

/// Changes the model, and says what is to be done besides.
pub fn update(model: &mut Model, message: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match message {
        Msg::Key(key) => press(model, &key, &mut effects),
        Msg::Paste(text) => paste(model, &text, &mut effects),
        Msg::Mouse(event) => mouse(model, event, &mut effects),
        Msg::Act(action) => act(model, action, &mut effects),
        Msg::Resized(size) => {
            model.size = size;
            // Nobody knows what the terminal made of what was there, also if the size is the old one again.
            effects.push(Effect::Redraw);
        }
        Msg::News(news) => hear(model, news, &mut effects),
        Msg::Answer(answer) => answered(model, answer, &mut effects),
        Msg::End => model.over = true,
    }
    catch_up(model, &mut effects);
    effects
}

fn catch_up(model: &mut Model, effects: &mut Vec<Effect>) {
    with_page(model, |page, model| {
        effects.extend(page.catch_up(&model.context()).into_iter().map(Effect::Start));
        Outcome::Done
    });
}

fn press(model: &mut Model, key: &KeyEvent, effects: &mut Vec<Effect>) {
    let action = keymap::action(key);
    // Nothing that is typed keeps anybody from leaving.
    if action == Some(Action::Leave) || !model.size.is_enough() {
        model.over |= matches!(action, Some(Action::Leave | Action::Quit));
        return;
    }
    if model.filtering.typing.is_some() {
        return type_filter(model, key, effects);
    }
    if model.overlay.is_some() {
        return press_on_overlay(model, key, effects);
    }
    let mut typed = None;
    with_page(model, |page, model| {
        typed = page.key(key, &model.context());
        Outcome::Done
    });
    if let Some(outcome) = typed {
        model.toast = None;
        become_of(model, outcome, effects);
        return;
    }
    if let Some(action) = action {
        act(model, action, effects);
    }
}

fn press_on_overlay(model: &mut Model, key: &KeyEvent, effects: &mut Vec<Effect>) {
    match &mut model.overlay {
        Some(Overlay::Question(_, line)) => match key.code {
            KeyCode::Esc => model.overlay = None,
            KeyCode::Enter => {
                let answer = line.text().to_owned();
                model.overlay = None;
                let outcome = with_page(model, |page, model| page.answered(&answer, &model.context()));
                become_of(model, outcome, effects);
            }
            _ => drop(line.key(key)),
        },
        Some(Overlay::Help(help)) => {
            let answer = help.key(key, model.size.body());
            helped(model, answer, effects);
        }
        Some(Overlay::Text(_)) if keymap::action(key).is_some_and(closes) => model.overlay = None,
        Some(Overlay::Text(_)) | None => {}
    }
}

fn paste(model: &mut Model, text: &str, effects: &mut Vec<Effect>) {
    if let Some(typing) = &mut model.filtering.typing {
        typing.paste(text);
        return typed(model, effects);
    }
    match &mut model.overlay {
        Some(Overlay::Question(_, line)) => line.insert(text),
        Some(Overlay::Help(help)) => help.paste(text),
        // Text is never taken for keys.
        Some(_) => {}
        None => {
            with_page(model, |page, model| {
                page.paste(text, &model.context());
                Outcome::Done
            });
        }
    }
}

fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    let asked_to_leave = std::mem::take(&mut model.leaving);
    model.toast = None;
    if action == Action::Leave {
        model.over = true;
        return;
    }
    if model.overlay.is_some() {
        return act_on_overlay(model, action, effects);
    }
    if action == Action::Last {
        live::go_on(model, effects);
    }
    match with_page(model, |page, model| page.handle(action, &model.context())) {
        Outcome::Ignored => everywhere::act(model, action, asked_to_leave, effects),
        outcome => become_of(model, outcome, effects),
    }
}

/// The page below an overlay is not asked: it is covered.
fn act_on_overlay(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    match &mut model.overlay {
        Some(Overlay::Help(help)) => {
            let answer = help.handle(action, model.size.body());
            helped(model, answer, effects);
        }
        _ if closes(action) => model.overlay = None,
        _ => {}
    }
}

fn closes(action: Action) -> bool {
    matches!(action, Action::Back | Action::Quit | Action::Open)
}

/// Shows a screen of the flat row: its first page, whatever was opened from it before.
fn go(model: &mut Model, tab: Tab) {
    model.tab = tab;
    if let Some(stack) = model.stack_mut() {
        stack.truncate(1);
    }
}

/// Lets the page in front do something. It is taken out for the time, so that it may look at
/// everything else.
fn with_page(model: &mut Model, with: impl FnOnce(&mut dyn Page, &Model) -> Outcome) -> Outcome {
    let Some(mut layer) = model.stack_mut().and_then(Vec::pop) else { return Outcome::Ignored };
    let outcome = with(&mut *layer.page, model);
    if let Some(stack) = model.stack_mut() {
        stack.push(layer);
    }
    outcome
}

fn become_of(model: &mut Model, outcome: Outcome, effects: &mut Vec<Effect>) {
    match outcome {
        Outcome::Done | Outcome::Ignored => {}
        Outcome::Show(page) => show(model, page, None, effects),
        Outcome::ShowFiltered(page, filter) => {
            let below = model.filtering.text.clone();
            set_filter(model, filter, effects);
            show(model, page, Some(below), effects);
        }
        Outcome::Leave(then) => {
            everywhere::back(model, effects);
            become_of(model, *then, effects);
        }
        Outcome::Go(tab) => go(model, tab),
        Outcome::Filter(filter) => set_filter(model, filter, effects),
        Outcome::Remember(change) => remember(model, change, effects),
        Outcome::Start(job) => effects.push(Effect::Start(job)),
        Outcome::Copy(text, name) => effects.push(Effect::Ask(Errand::Copy(text, name))),
        Outcome::Open(address) => effects.push(Effect::Ask(Errand::Open(address))),
        Outcome::Say(words) => say(model, &words),
        Outcome::Ask { question, text } => model.overlay = Some(Overlay::Question(question, Line::of(&text))),
        Outcome::Act(action) => act(model, action, effects),
        Outcome::WriteRule(file) => effects.push(Effect::Ask(Errand::WriteRule(file))),
    }
}

fn show(model: &mut Model, page: Box<dyn Page>, filter_below: Option<String>, effects: &mut Vec<Effect>) {
    effects.extend(page.needs(&model.context()).map(Effect::Start));
    let Some(stack) = model.stack_mut() else { return };
    stack.push(Layer { page, filter_below });
    if stack.len() > DEEPEST {
        // Issue, event, person and issue again lead round in a circle: the first step of it is forgotten,
        // but not which filter there was before it.
        let forgotten = stack.remove(1);
        if let Some(next) = stack.get_mut(1) {
            next.filter_below = forgotten.filter_below.or(next.filter_below.take());
        }
    }
}

fn remember(model: &mut Model, change: Change, effects: &mut Vec<Effect>) {
    let marks = matches!(change, Change::Mark(_)) && asks_for_marks(model);
    model.memory.change(change);
    // The list of marks is those that are left.
    if marks && let Some(narrow) = narrow(model, &model.filtering.text) {
        // Nothing is said of marked events besides.
        effects.push(Effect::Start(Job::Narrow(Narrow { analyse: false, ..narrow })));
    }
    keep(model, effects);
}

/// Whether the filter looks at marks, alone or among other things.
fn asks_for_marks(model: &Model) -> bool {
    let filter = parse(&model.filtering.text, &model.data, &model.zone());
    filter.is_ok_and(|filter| filter.asked_states().any(|(state, _)| state == State::Marked))
}

/// Says something above the key bar.
pub(super) fn say(model: &mut Model, words: &str) {
    model.toast = Some(words.to_owned());
    model.messages.push(words.to_owned());
    let beyond = model.messages.len().saturating_sub(MESSAGES);
    model.messages.drain(..beyond);
}
