//! What becomes of the filter: while it is typed, and once it is set.

use std::sync::Arc;

use crossterm::event::KeyEvent;

use super::{Effect, remember};
use crate::tui::data::Shown;
use crate::tui::editing;
use crate::tui::filtering::{Typed, parse};
use crate::tui::jobs::{Job, Narrow};
use crate::tui::memory::Change;
use crate::tui::model::Model;

pub(super) fn type_filter(model: &mut Model, key: &KeyEvent, effects: &mut Vec<Effect>) {
    let Some(mut typing) = model.filtering.typing.take() else { return };
    match typing.key(key, &model.memory.filters) {
        Typed::Cancel => {}
        Typed::Moved => model.filtering.typing = Some(typing),
        Typed::Changed => {
            model.filtering.typing = Some(typing);
            typed(model, effects);
        }
        Typed::Use => {
            let text = typing.line.text().trim().to_owned();
            match parse(&text, &model.data, &model.zone()) {
                Ok(_) => set_filter(model, text, effects),
                Err(mistake) => {
                    typing.mistake = Some(mistake);
                    model.filtering.typing = Some(typing);
                }
            }
        }
    }
}

/// What is typed is another text: what may be meant, and how much would pass?
pub(super) fn typed(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(mut typing) = model.filtering.typing.take() else { return };
    typing.suggest(&model.data);
    let text = typing.line.text().trim().to_owned();
    effects.extend(narrow(model, &text).map(|narrow| Effect::Start(Job::Count(narrow))));
    model.filtering.typing = Some(typing);
}

pub(super) fn narrow(model: &Model, text: &str) -> Option<Narrow> {
    editing::narrow(text, &model.data, &model.memory, &model.zone())
}

/// Sets a filter, which is known to be one.
pub(super) fn set_filter(model: &mut Model, text: String, effects: &mut Vec<Effect>) {
    if text == model.filtering.text {
        return;
    }
    if !text.is_empty() {
        remember(model, Change::Filter(text.clone()), effects);
    }
    model.filtering.text = text;
    apply_filter(model, effects);
}

/// Shows what passes the filter that is set.
pub(super) fn apply_filter(model: &mut Model, effects: &mut Vec<Effect>) {
    let text = model.filtering.text.clone();
    model.data.people = None;
    if text.is_empty() {
        show_all(model);
        return;
    }
    if let Some(narrow) = narrow(model, &text) {
        model.data.narrowing = true;
        model.filtering.ticks = 0;
        (model.filtering.is_asked, model.filtering.analysed) = (true, model.data.whole.totals.records);
        effects.push(Effect::Start(Job::Narrow(narrow)));
    }
}

pub(super) fn show_all(model: &mut Model) {
    let data = &mut model.data;
    data.narrowing = false;
    data.analysis = data.whole.clone();
    data.shown = Arc::new(Shown { rows: data.events.by_time.clone() });
}
