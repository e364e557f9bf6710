//! What becomes of the model when something happens.

mod filter;
mod live;
mod mouse;
mod news;
mod outside;
mod views;

use crossterm::event::{KeyCode, KeyEvent, MouseEvent};

use super::data::Reading;
use super::filtering::{Typing, parse};
use super::input::Line;
use super::jobs::{Job, Narrow, News};
use super::keymap::{self, Action, key_of};
use super::memory::Change;
use super::model::{Layer, Model, Overlay, Size};
use super::outside::{Answer, Errand};
use super::screen::help;
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

/// The filter that lets marked events through.
const MARKED: &str = "is:marked";

/// How often what is below a list can be made larger.
const MOST_LARGER: isize = 4;

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
    match &mut model.overlay {
        Some(Overlay::Question(_, line)) => {
            match key.code {
                KeyCode::Esc => model.overlay = None,
                KeyCode::Enter => {
                    let answer = line.text().to_owned();
                    model.overlay = None;
                    let outcome = with_page(model, |page, model| page.answered(&answer, &model.context()));
                    become_of(model, outcome, effects);
                }
                _ => drop(line.key(key)),
            }
            return;
        }
        Some(Overlay::Help(help)) => {
            let answer = help.key(key, model.size.body());
            return helped(model, answer, effects);
        }
        Some(Overlay::Text(_)) => {
            if matches!(action, Some(Action::Back | Action::Quit | Action::Open)) {
                model.overlay = None;
            }
            return;
        }
        None => {}
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
    if action == Action::Last && model.overlay.is_none() {
        live::go_on(model, effects);
    }
    if let Some(overlay) = &mut model.overlay {
        match overlay {
            Overlay::Help(help) => {
                let answer = help.handle(action, model.size.body());
                helped(model, answer, effects);
            }
            _ if matches!(action, Action::Back | Action::Quit | Action::Open) => model.overlay = None,
            _ => {}
        }
        return;
    }
    let outcome = with_page(model, |page, model| page.handle(action, &model.context()));
    if !matches!(outcome, Outcome::Ignored) {
        return become_of(model, outcome, effects);
    }
    match action {
        Action::Help | Action::Commands => {
            let here = model.top().map(|page| page.actions(&model.context())).unwrap_or_default();
            let title = model.top().map(|page| page.title(&model.context())).unwrap_or_default();
            model.overlay = Some(Overlay::Help(help::State::new(title, here)));
        }
        Action::Zone => {
            let zone = &mut model.look.zone;
            zone.in_utc = !zone.in_utc;
            let words = format!("Times are in {} now.", zone.words());
            say(model, &words);
        }
        Action::Filter => {
            let mut typing = Typing::of(&model.filtering.text);
            typing.suggest(&model.data);
            model.filtering.typing = Some(typing);
        }
        Action::Marks if model.memory.marks.is_empty() => {
            let key = key_of(Action::Mark);
            say(model, &format!("Nothing is marked yet. On Events, {key} marks the event under the cursor."));
        }
        Action::Marks => {
            go(model, Tab::Events);
            set_filter(model, MARKED.to_owned(), effects);
        }
        Action::ClearFilter if model.filtering.text.is_empty() => say(model, "No filter is set."),
        Action::ClearFilter => set_filter(model, String::new(), effects),
        Action::Messages => {
            let mut lines: Vec<String> = model.messages.iter().rev().cloned().collect();
            if lines.is_empty() {
                lines.push("Nothing was said so far.".to_owned());
            }
            model.overlay = Some(Overlay::Text(lines));
        }
        Action::Mouse => {
            model.mouse = !model.mouse;
            let words = match model.mouse {
                true => "The mouse chooses and scrolls again.".to_owned(),
                false => format!("The mouse selects text now. {} gives it back.", key_of(Action::Mouse)),
            };
            say(model, &words);
            effects.push(Effect::Mouse(model.mouse));
        }
        Action::Larger | Action::Smaller => resize_detail(model, action),
        Action::Bundle => {
            say(model, "A bundle is about one problem: open an issue, a person or a filtered list of events first.")
        }
        Action::Pause => live::pause(model, effects),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Reread => {
            effects.push(Effect::Start(Job::Read));
            model.data.reading = Some(Reading::default());
        }
        Action::TimeRange => {
            let (time, events) = (key_of(Action::TimeRange), key_of(Action::Tab3));
            say(
                model,
                &format!("{time} chooses a part of the time on Events ({events}); it then holds on every screen."),
            );
        }
        Action::Back => back(model, effects),
        Action::Quit if model.stack().len() > 1 => back(model, effects),
        Action::Quit if asked_to_leave => model.over = true,
        Action::Quit => {
            model.leaving = true;
            say(model, &format!("Press {} once more to leave.", key_of(Action::Quit)));
        }
        action => {
            let tab = Action::TABS.iter().zip(Tab::ALL).find(|(known, _)| **known == action);
            if let Some((_, tab)) = tab {
                go(model, tab);
            }
        }
    }
}

/// Gives what is beside or below the list more room, or less.
fn resize_detail(model: &mut Model, action: Action) {
    let here = model.top().map(|page| page.actions(&model.context())).unwrap_or_default();
    if !here.iter().any(|(known, _)| *known == action) {
        return say(model, "Nothing is beside or below a list here.");
    }
    let by = if action == Action::Larger { 1 } else { -1 };
    model.detail = (model.detail + by).clamp(-MOST_LARGER, MOST_LARGER);
}

/// Back to where one came from. A first screen is the end of that: who presses Esc to be sure is not thrown out.
fn back(model: &mut Model, effects: &mut Vec<Effect>) {
    let deep = model.stack().len() > 1;
    let is_reading = model.data.reading.is_some();
    match model.stack_mut() {
        Some(stack) if deep => {
            let below = stack.pop().and_then(|layer| layer.filter_below);
            if let Some(filter) = below {
                set_filter(model, filter, effects);
            }
        }
        _ if is_reading => {
            effects.push(Effect::Start(Job::StopReading));
            say(model, "Reading was stopped. What is here is what was read until now.");
        }
        _ => say(model, &format!("There is nothing to go back to. {} twice leaves.", key_of(Action::Quit))),
    }
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
