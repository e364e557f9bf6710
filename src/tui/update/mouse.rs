//! What becomes of the model when the mouse did something.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::{Effect, act, go, say, with_page};
use crate::tui::keymap::{Action, key_of};
use crate::tui::model::{Model, Size};
use crate::tui::screen::Outcome;
use crate::tui::view;

pub(super) fn mouse(model: &mut Model, event: MouseEvent, effects: &mut Vec<Effect>) {
    let (row, column) = (usize::from(event.row), usize::from(event.column));
    match event.kind {
        MouseEventKind::ScrollUp => act(model, Action::Up, effects),
        MouseEventKind::ScrollDown => act(model, Action::Down, effects),
        MouseEventKind::Drag(MouseButton::Left) => {
            let words = format!("To select text: hold Shift (Option on a Mac), or press {}.", key_of(Action::Mouse));
            say(model, &words);
        }
        MouseEventKind::Down(MouseButton::Left) if model.overlay.is_none() => {
            if row == 0 && model.stack().len() == 1 {
                if let Some(tab) = view::tab_at(model, column) {
                    go(model, tab);
                }
                return;
            }
            if row + 1 == model.size.rows {
                if let Some(action) = view::action_at(model, column) {
                    act(model, action, effects);
                }
                return;
            }
            let Some(row) = row.checked_sub(Size::HEAD) else { return };
            let mut again = false;
            with_page(model, |page, model| {
                again = page.click(row, column, &model.context());
                Outcome::Done
            });
            if again {
                act(model, Action::Open, effects);
            }
        }
        _ => {}
    }
}
