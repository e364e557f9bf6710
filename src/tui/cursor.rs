//! Where one is in a list, and which part of it is on screen.

use super::keymap::Action;

/// A place in a list, kept when the list is left and come back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The line that is chosen.
    pub at: usize,
    /// The first line on screen.
    top: usize,
}

impl Cursor {
    /// At a line, of a list that has not been on screen yet.
    pub fn at(at: usize) -> Cursor {
        Cursor { at, top: 0 }
    }

    /// Moves as an action says in a list of `count` lines, `page` of which fit on screen; false if the
    /// action is not about moving.
    pub fn go(&mut self, action: Action, count: usize, page: usize) -> bool {
        let page = page.max(1);
        let last = count.saturating_sub(1);
        self.at = match action {
            Action::Up => self.at.saturating_sub(1),
            Action::Down => self.at.saturating_add(1),
            Action::PageUp => self.at.saturating_sub(page),
            Action::PageDown => self.at.saturating_add(page),
            Action::First => 0,
            Action::Last => last,
            _ => return false,
        }
        .min(last);
        true
    }

    /// Lines of the list that are on screen, so that the cursor is among them and no room is wasted.
    pub fn visible(&self, count: usize, page: usize) -> std::ops::Range<usize> {
        let at = self.at.min(count.saturating_sub(1));
        let top = self.top.min(at).max((at + 1).saturating_sub(page)).min(count.saturating_sub(page));
        top..(top + page).min(count)
    }

    /// Remembers what is on screen, so that the list moves only where the cursor would leave it.
    pub fn settle(&mut self, count: usize, page: usize) {
        self.at = self.at.min(count.saturating_sub(1));
        self.top = self.visible(count, page).start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_moves_only_where_the_cursor_would_leave_it() {
        let mut cursor = Cursor::default();
        for _ in 0..6 {
            cursor.go(Action::Down, 10, 5);
            cursor.settle(10, 5);
        }
        assert_eq!((cursor.at, cursor.visible(10, 5)), (6, 2..7));
        cursor.go(Action::Up, 10, 5);
        cursor.settle(10, 5);
        assert_eq!((cursor.at, cursor.visible(10, 5)), (5, 2..7));
        cursor.go(Action::Last, 10, 5);
        assert_eq!(cursor.visible(10, 5), 5..10);
    }

    #[test]
    fn there_is_nowhere_to_go_in_an_empty_list() {
        let mut cursor = Cursor::default();
        for action in [Action::Down, Action::Last, Action::PageDown, Action::Up] {
            assert!(cursor.go(action, 0, 0));
            cursor.settle(0, 0);
            assert_eq!((cursor.at, cursor.visible(0, 0)), (0, 0..0));
        }
        assert!(!cursor.go(Action::Open, 0, 0));
    }
}
