//! What becomes of the model while files are followed: it is held back on demand, and what is said of
//! the events that pass a filter is found again now and then.

use super::filter::narrow;
use super::news::hear;
use super::{Effect, say};
use crate::tui::jobs::{Job, News};
use crate::tui::keymap::{Action, key_of};
use crate::tui::model::{Held, Model};

/// News of followed files after which what passes the filter is looked at again: ten seconds.
const REFRESH: u32 = 50;

/// Holds back what comes, or goes on.
pub(super) fn pause(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.held.is_some() {
        go_on(model, effects);
        return say(model, "What comes is shown again.");
    }
    if model.data.live.is_none() {
        return say(model, "No file is followed. Start with --follow to see what is appended.");
    }
    (model.held, model.data.held) = (Some(Held::default()), Some(0));
    let words = format!("Paused. What comes is kept; {} or {} goes on.", key_of(Action::Last), key_of(Action::Pause));
    say(model, &words);
}

/// Shows what was held back, if anything is.
pub(super) fn go_on(model: &mut Model, effects: &mut Vec<Effect>) {
    let Some(held) = model.held.take() else { return };
    forget(model);
    let analysis = held.analysis.map(News::SoFar);
    for news in analysis.into_iter().chain(held.events.map(News::EventsSoFar)) {
        hear(model, news, effects);
    }
}

/// Nothing is held back any more: all is there, or something else is read.
pub(super) fn forget(model: &mut Model) {
    (model.held, model.data.held) = (None, None);
}

/// Keeps for later what is held back; gives everything else.
pub(super) fn hold_back(model: &mut Model, news: News) -> Option<News> {
    let Some(held) = &mut model.held else { return Some(news) };
    match news {
        News::SoFar(analysis) => held.analysis = Some(analysis),
        News::EventsSoFar(events) => {
            let came = events.store.len().saturating_sub(model.data.events.store.len());
            model.data.held = Some(came.into());
            held.events = Some(events);
        }
        news => return Some(news),
    }
    None
}

/// Finds out again what is said of the events that pass the filter, if there are others by now.
pub(super) fn refresh(model: &mut Model, effects: &mut Vec<Effect>) {
    if model.held.is_some() {
        return;
    }
    let filtering = &mut model.filtering;
    filtering.ticks = filtering.ticks.saturating_add(1);
    let is_due = filtering.ticks >= REFRESH && !filtering.is_asked;
    let records = model.data.whole.totals.records;
    if filtering.text.is_empty() || !is_due || filtering.analysed == records {
        return;
    }
    if let Some(narrow) = narrow(model, &model.filtering.text) {
        let filtering = &mut model.filtering;
        (filtering.ticks, filtering.is_asked, filtering.analysed) = (0, true, records);
        effects.push(Effect::Start(Job::Narrow(narrow)));
    }
}
