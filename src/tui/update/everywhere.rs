//! What an action does on any page that has no use of its own for it.

use super::filter::set_filter;
use super::{Effect, go, live, say};
use crate::tui::data::Reading;
use crate::tui::filtering::Typing;
use crate::tui::jobs::Job;
use crate::tui::keymap::{Action, key_of};
use crate::tui::model::{Model, Overlay};
use crate::tui::screen::{Tab, help};

/// The filter that lets marked events through.
const MARKED: &str = "is:marked";
/// How often what is below a list can be made larger.
const MOST_LARGER: isize = 4;

/// `asked_to_leave`: the key before this one asked whether to leave.
pub(super) fn act(model: &mut Model, action: Action, asked_to_leave: bool, effects: &mut Vec<Effect>) {
    match action {
        Action::Help | Action::Commands => show_help(model),
        Action::Zone => switch_zone(model),
        Action::Filter => begin_filter(model),
        Action::Marks => show_marked(model, effects),
        Action::ClearFilter if model.filtering.text.is_empty() => say(model, "No filter is set."),
        Action::ClearFilter => set_filter(model, String::new(), effects),
        Action::Messages => show_messages(model),
        Action::Mouse => switch_mouse(model, effects),
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

fn show_help(model: &mut Model) {
    let here = model.top().map(|page| page.actions(&model.context())).unwrap_or_default();
    let title = model.top().map(|page| page.title(&model.context())).unwrap_or_default();
    model.overlay = Some(Overlay::Help(help::State::new(title, here)));
}

fn switch_zone(model: &mut Model) {
    let zone = &mut model.look.zone;
    zone.in_utc = !zone.in_utc;
    let words = format!("Times are in {} now.", zone.words());
    say(model, &words);
}

/// Opens the line in which the filter that is set can be changed.
fn begin_filter(model: &mut Model) {
    let mut typing = Typing::of(&model.filtering.text);
    typing.suggest(&model.data);
    model.filtering.typing = Some(typing);
}

fn show_marked(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.memory.marks.is_empty() {
        let key = key_of(Action::Mark);
        return say(model, &format!("Nothing is marked yet. On Events, {key} marks the event under the cursor."));
    }
    go(model, Tab::Events);
    set_filter(model, MARKED.to_owned(), effects);
}

/// Shows everything that was said, the newest first.
fn show_messages(model: &mut Model) {
    let mut lines: Vec<String> = model.messages.iter().rev().cloned().collect();
    if lines.is_empty() {
        lines.push("Nothing was said so far.".to_owned());
    }
    model.overlay = Some(Overlay::Text(lines));
}

/// Takes the mouse, or leaves it to the terminal, which selects text with it.
fn switch_mouse(model: &mut Model, effects: &mut Vec<Effect>) {
    model.mouse = !model.mouse;
    let words = match model.mouse {
        true => "The mouse chooses and scrolls again.".to_owned(),
        false => format!("The mouse selects text now. {} gives it back.", key_of(Action::Mouse)),
    };
    say(model, &words);
    effects.push(Effect::Mouse(model.mouse));
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
