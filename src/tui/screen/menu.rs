//! A short list to choose from, on top of a page.

use crate::tui::cursor::Cursor;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::{Context, heading};

/// What there is to choose.
pub(super) struct Menu<T> {
    title: &'static str,
    items: Vec<(String, T)>,
    cursor: Cursor,
}

/// What a key did.
pub(super) enum Chosen<T> {
    /// Nothing yet.
    Stay,
    /// The list goes away.
    Close,
    /// This.
    This(T),
}

impl<T: Copy> Menu<T> {
    /// A list with the cursor on its first item.
    pub(super) fn new(title: &'static str, items: Vec<(String, T)>) -> Menu<T> {
        Menu { title, items, cursor: Cursor::default() }
    }

    /// The same with other items, so that it can show what was changed by it.
    pub(super) fn refill(&mut self, items: Vec<(String, T)>) {
        self.items = items;
    }

    /// Does what an action asks for.
    pub(super) fn handle(&mut self, action: Action, context: &Context<'_>) -> Chosen<T> {
        let page = Self::room(context);
        if self.cursor.go(action, self.items.len(), page) {
            self.cursor.settle(self.items.len(), page);
            return Chosen::Stay;
        }
        match action {
            Action::Open | Action::Tick => {
                self.items.get(self.cursor.at).map_or(Chosen::Close, |(_, what)| Chosen::This(*what))
            }
            Action::Back | Action::Quit => Chosen::Close,
            _ => Chosen::Stay,
        }
    }

    /// Its rows, which take the place of the first ones of the page.
    pub(super) fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let remark = format!("{} choose{}{} cancel", key_of(Action::Open), context.glyphs.dot, key_of(Action::Back));
        let mut rows = vec![heading(self.title, &remark, context)];
        for at in self.cursor.visible(self.items.len(), Self::room(context)) {
            let Some((words, _)) = self.items.get(at) else { continue };
            let words = context.cut(words, context.size.columns.saturating_sub(4));
            rows.push(Row::new().to(3).put(&words, Role::Text).select(at == self.cursor.at));
        }
        rows.push(Row::new().put(&context.glyphs.across.repeat(context.size.columns), Role::Frame));
        rows
    }

    /// Puts the cursor on a row of the page; true if it was there.
    pub(super) fn click(&mut self, row: usize, context: &Context<'_>) -> bool {
        let Some(row) = row.checked_sub(1) else { return false };
        let at = self.cursor.visible(self.items.len(), Self::room(context)).start + row;
        if at >= self.items.len() {
            return false;
        }
        std::mem::replace(&mut self.cursor.at, at) == at
    }

    fn room(context: &Context<'_>) -> usize {
        context.size.body().saturating_sub(3)
    }
}
