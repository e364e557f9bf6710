//! What becomes of the model when an errand was run.

use super::{Effect, look_at, say};
use crate::tui::memory::Memory;
use crate::tui::model::Model;
use crate::tui::outside::{Answer, Errand};

/// Longest text that terminals take as a whole.
const MOST_BY_TERMINAL: usize = 74_000;

pub(super) fn answered(model: &mut Model, answer: Answer, effects: &mut Vec<Effect>) {
    match answer {
        Answer::Said(words) => say(model, &words),
        Answer::NotCopied(text, name) if text.len() > MOST_BY_TERMINAL => {
            say(model, &format!("{name} is too long for the terminal's clipboard. Select it here, or save it with e."));
            model.show_text(&text);
        }
        Answer::NotCopied(text, name) => effects.push(Effect::CopyByTerminal(text, name)),
        Answer::Opened(kept) => {
            model.opening = model.opening.saturating_sub(1);
            let Some((memory, told)) = kept else { return };
            // What was done before more inputs came, or since, is about these, too.
            model.memory = memory.with(std::mem::take(&mut model.memory));
            told.iter().for_each(|words| say(model, words));
            if model.memory != Memory::default() {
                keep(model, effects);
            }
        }
        Answer::View(view) => effects.extend(look_at(model, &view)),
    }
}

/// Keeps what is remembered, unless it is not known yet what was kept before: that would be lost.
pub(super) fn keep(model: &Model, effects: &mut Vec<Effect>) {
    if model.opening == 0 {
        effects.push(Effect::Ask(Errand::Keep(model.memory.clone())));
    }
}
