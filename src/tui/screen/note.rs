//! Words of the reader's own about an issue or a person.

use super::{Context, Outcome, heading, paragraph};
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::memory::Change;
use crate::tui::row::Row;

/// Asks for the note of an issue or a person; what is there already can be gone on with.
pub(super) fn ask(key: &str, context: &Context<'_>) -> Outcome {
    let text = context.memory.notes.get(key).cloned().unwrap_or_default();
    Outcome::Ask { question: "Your note:", text }
}

/// Keeps what was answered; an empty note is taken away.
pub(super) fn keep(key: String, answer: &str) -> Outcome {
    Outcome::Remember(Change::Note(key, answer.trim().to_owned()))
}

/// The note, if there is one.
pub(super) fn rows(key: &str, context: &Context<'_>) -> Vec<Row> {
    let Some(note) = context.memory.notes.get(key) else { return Vec::new() };
    let remark = format!("{} to edit", key_of(Action::Note));
    let mut rows = vec![heading("Your note", &remark, context)];
    rows.extend(paragraph("", note, 1, Role::Text, context.size.columns));
    rows
}
