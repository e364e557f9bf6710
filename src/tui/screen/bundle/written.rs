//! What was written, and what to do with it.

use super::super::{Context, heading, paragraph};
use crate::output::bundle::{Files, preview};
use crate::output::page::bytes;
use crate::tui::jobs::bundle::Made;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;

/// The column behind the labels.
const LABELS: usize = 11;

/// How there is room for what is left out.
const MORE_ROOM: &str = "A filter for a shorter time makes room, or `provlens bundle --max-size`.";

/// All rows.
pub(super) fn rows(files: &Files, made: &Made, context: &Context<'_>) -> Vec<Row> {
    let columns = context.size.columns;
    let line = |label: &str, text: &str, role: Role| paragraph(label, text, LABELS, role, columns);
    let bundle = &made.bundle;
    let size = format!(
        "{} for {} ({} is allowed)",
        bytes(bundle.archive.len() as u64),
        made.recipient.who(made.provider),
        bytes(made.takes)
    );
    let mut rows = vec![heading("The bundle is written", "nothing was sent", context)];
    rows.extend(line("File", &files.archive.display().to_string(), Role::Strong));
    rows.extend(line("Size", &size, Role::Text));
    rows.extend(line("Inside", &preview::included(&bundle.facts), Role::Text));
    if let Some(missing) = preview::too_large(&bundle.facts) {
        rows.extend(line("Left out", &format!("{missing}. {MORE_ROOM}"), Role::Warning));
    }
    rows.extend(line("Checked", preview::CHECKED, Role::Ok));
    rows.extend(line("Hash", "of the content, to read out on the phone:", Role::Text));
    rows.extend(line("", &bundle.content_sha256, Role::Strong));
    rows.push(Row::new());
    rows.push(heading("Who is who stays on this computer", "", context));
    rows.extend(line("File", &files.mapping.display().to_string(), Role::Text));
    rows.extend(line("", preview::KEEP_MAPPING, Role::Strong));
    rows.push(heading("Next", "", context));
    if let Some(words) = preview::own_words(&bundle.facts) {
        rows.extend(paragraph("", words, 1, Role::Text, columns));
    }
    let next = format!("{} {} copies that text.", capital(preview::NEXT), key_of(Action::Copy));
    rows.extend(paragraph("", &next, 1, Role::Text, columns));
    rows
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
