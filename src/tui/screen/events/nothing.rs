//! Nothing matches: which part of the filter is to blame, what was perhaps meant, one key to fix it.

use crate::event::filter::Field;
use crate::output::page::{counted, shown};
use crate::text::width::width;
use crate::tui::jobs::blame::{Blame, Meant};
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::Context;

/// Parts that have a key.
pub(super) const KEYS: usize = Action::TABS.len();

/// The filter that would be set by an action.
pub(super) fn fixed(action: Action, blame: &Blame) -> Option<String> {
    if action == Action::Open {
        return suggestion(blame).map(str::to_owned);
    }
    let at = Action::TABS.iter().position(|known| *known == action)?;
    blame.parts.get(at).map(|part| part.rest.clone())
}

/// The filter that was perhaps meant, else the one that shows most.
pub(super) fn suggestion(blame: &Blame) -> Option<&str> {
    if let Some(Meant { near: Some(near), .. }) = &blame.meant {
        return Some(&near.filter);
    }
    let best = blame.parts.iter().filter(|part| part.without > 0).max_by_key(|part| part.without);
    best.map(|part| part.rest.as_str())
}

/// Whether something else was perhaps meant, and is not only missing.
pub(super) fn is_meant(blame: &Blame) -> bool {
    blame.meant.as_ref().is_some_and(|meant| meant.near.is_some())
}

/// Its rows.
pub(super) fn view(blame: &Blame, context: &Context<'_>) -> Vec<Row> {
    let columns = context.size.columns;
    let start = columns.saturating_sub(56) / 2;
    let line =
        |text: &str, role: Role| Row::new().to(start).put(&context.cut(text, columns.saturating_sub(start + 1)), role);
    let mut rows = vec![Row::new(); context.size.body().saturating_sub(12) / 2];
    rows.push(line("Nothing matches this filter.", Role::Strong));
    rows.push(Row::new());
    let widest = blame.parts.iter().map(|part| width(&shown(&part.text))).max().unwrap_or_default();
    let room = columns.saturating_sub(start + 13 + 26).max(12);
    let left = widest.min(room);
    for (at, part) in blame.parts.iter().enumerate().take(KEYS) {
        let count = counted(part.without, "event would show", "events would show");
        let role = if part.without > 0 { Role::Strong } else { Role::Text };
        rows.push(
            Row::new()
                .to(start)
                .put(&format!("{}  Without  ", at + 1), Role::Quiet)
                .put(&context.cut(&shown(&part.text), left), Role::Text)
                .to(start + 13 + left)
                .put(&count, role),
        );
    }
    if let Some(meant) = &blame.meant {
        rows.push(Row::new());
        rows.extend(sentences(meant).iter().map(|sentence| line(sentence, Role::Text)));
    }
    rows.push(Row::new());
    if suggestion(blame).is_some() {
        let words = if is_meant(blame) { "use the suggestion" } else { "remove the part that hides most" };
        rows.push(keys(key_of(Action::Open), words, start));
    }
    let numbers = (1..=blame.parts.len().min(KEYS)).map(|at| at.to_string()).collect::<Vec<_>>().join(" ");
    rows.push(keys(&numbers, "remove one part", start));
    rows.push(
        keys(key_of(Action::ClearFilter), "clear the filter", start)
            .to(start + 32)
            .put(key_of(Action::Filter), Role::Strong)
            .put("  change it", Role::Text),
    );
    rows
}

fn keys(key: &str, words: &str, start: usize) -> Row {
    Row::new().to(start).put(key, Role::Strong).to(start + 8.max(width(key) + 2)).put(words, Role::Text)
}

fn sentences(meant: &Meant) -> Vec<String> {
    let asked = shown(&meant.asked);
    let first = match meant.field {
        Field::User => format!("Nobody called \"{asked}\" is in these logs."),
        _ => format!("No app called \"{asked}\" is in these logs."),
    };
    let second = meant
        .near
        .as_ref()
        .map(|near| format!("Did you mean  {}  ({}) ?", shown(&near.value), counted(near.count, "event", "events")));
    [Some(first), second].into_iter().flatten().collect()
}
