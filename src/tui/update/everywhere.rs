//! What an action does on any page that has no use of its own for it.

use super::filter::set_filter;
use super::{Effect, go, live, say, show};
use crate::tui::data::Reading;
use crate::tui::filtering::Typing;
use crate::tui::jobs::Job;
use crate::tui::keymap::{Action, Group, entry, key_of};
use crate::tui::model::{Model, Overlay};
use crate::tui::row::Row;
use crate::tui::screen::{Tab, help, time};
use crate::tui::view;

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
        Action::TimeRange => choose_time(model, effects),
        Action::Back => back(model, effects),
        Action::Quit if model.stack().len() > 1 => back(model, effects),
        Action::Quit if asked_to_leave => model.over = true,
        Action::Quit => {
            model.leaving = true;
            say(model, &format!("Press {} once more to leave.", key_of(Action::Quit)));
        }
        action => {
            let tab = Action::TABS.iter().zip(Tab::ALL).find(|(known, _)| **known == action);
            match tab {
                Some((_, tab)) => go(model, tab),
                None => say_impossible(model, action),
            }
        }
    }
}

/// That a key does nothing here. Of keys that move nobody is told so: at the end of a list that is no mistake.
fn say_impossible(model: &mut Model, action: Action) {
    let Some(entry) = entry(action) else { return };
    let words = match (entry.group, action) {
        (_, Action::NextPart | Action::PreviousPart) => "This screen has one part only.".to_owned(),
        (Group::Move, _) => return,
        (_, Action::Open) => "There is nothing to open here.".to_owned(),
        _ => {
            let (key, help) = (key_of(action), key_of(Action::Help));
            format!("{key} ({}) does nothing here; {help} lists what can be done.", entry.name)
        }
    };
    say(model, &words);
}

/// Back to where one came from. A first screen is the end of that: who presses Esc to be sure is not thrown out.
pub(super) fn back(model: &mut Model, effects: &mut Vec<Effect>) {
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

/// Asks for a part of the time where a list changes by it; what is opened from one stays what it is.
fn choose_time(model: &mut Model, effects: &mut Vec<Effect>) {
    let has_time = matches!(model.tab, Tab::Overview | Tab::Issues | Tab::People | Tab::Unknown);
    match () {
        () if model.data.whole.first.is_none() => say(model, "No event was read that has a time."),
        () if has_time && model.stack().len() == 1 => show(model, Box::new(time::State::default()), None, effects),
        () => say(model, "A part of the time is chosen on the screens 1 to 5; it then holds on all of them."),
    }
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
    let (by, words) = match action {
        Action::Larger => (1, "There is nothing more to show, or no room for it."),
        _ => (-1, "It is as small as it can be here."),
    };
    let (usual, before) = (model.detail, on_screen(model));
    model.detail = (usual + by).clamp(-MOST_LARGER, MOST_LARGER);
    if on_screen(model) == before {
        model.detail = usual;
        say(model, words);
    }
}

/// All words on the screen.
fn on_screen(model: &Model) -> Vec<String> {
    let words = |row: &Row| row.pieces(model.size.columns).into_iter().map(|piece| piece.text).collect();
    view::rows(model).iter().map(words).collect()
}
