//! A line of text that a person types.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::width::width;

/// Longest text, in bytes: what is pasted by mistake is a megabyte.
const LONGEST: usize = 8 * 1024;

/// A text and the place in it where letters go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// In bytes, between two letters.
    cursor: usize,
}

impl Line {
    /// A text that is there already, to go on behind it.
    pub fn of(text: &str) -> Line {
        Line { text: text.to_owned(), cursor: text.len() }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where letters go, in bytes.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Edits as a key says; false if the key does not edit.
    pub fn key(&mut self, key: &KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('a') if control => self.cursor = 0,
            KeyCode::Char('e') if control => self.cursor = self.text.len(),
            KeyCode::Char('u') if control => self.replace(0..self.cursor, ""),
            KeyCode::Char('w') if control => {
                let before = self.before().trim_end();
                let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                self.replace(start..self.cursor, "");
            }
            KeyCode::Char(letter) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(letter.encode_utf8(&mut [0; 4]));
            }
            KeyCode::Backspace => self.replace(self.left()..self.cursor, ""),
            KeyCode::Delete => self.replace(self.cursor..self.right(), ""),
            KeyCode::Left => self.cursor = self.left(),
            KeyCode::Right => self.cursor = self.right(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    /// Puts text where the cursor is, as one line.
    pub fn insert(&mut self, text: &str) {
        let text: String = text.chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter }).collect();
        let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
        let room = LONGEST.saturating_sub(self.text.len());
        let end = (0..=room.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        self.replace(self.cursor..self.cursor, text.get(..end).unwrap_or_default());
    }

    /// Puts `text` in place of a part; the cursor stands behind it.
    pub fn replace(&mut self, part: std::ops::Range<usize>, text: &str) {
        let fits = part.start <= part.end
            && part.end <= self.text.len()
            && self.text.is_char_boundary(part.start)
            && self.text.is_char_boundary(part.end);
        if fits {
            self.cursor = part.start + text.len();
            self.text.replace_range(part, text);
        }
    }

    /// The part that fits into `room` columns with the cursor in it, and the cursor's column there.
    pub fn view(&self, room: usize) -> (String, usize) {
        let room = room.max(2);
        let mut start = 0;
        // The cursor needs a column of its own behind the last letter.
        while width(self.text.get(start..self.cursor).unwrap_or_default()) >= room {
            let first = self.text.get(start..).and_then(|rest| rest.graphemes(true).next());
            let Some(first) = first else { break };
            start += first.len();
        }
        let column = width(self.text.get(start..self.cursor).unwrap_or_default());
        (self.text.get(start..).unwrap_or_default().to_owned(), column)
    }

    fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    fn left(&self) -> usize {
        self.before().graphemes(true).next_back().map_or(0, |letter| self.cursor - letter.len())
    }

    fn right(&self) -> usize {
        let rest = self.text.get(self.cursor..).unwrap_or_default();
        self.cursor + rest.graphemes(true).next().map_or(0, str::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn press(line: &mut Line, codes: &[KeyCode]) {
        for code in codes {
            assert!(line.key(&KeyEvent::from(*code)));
        }
    }

    #[test]
    fn letters_go_where_the_cursor_is_and_whole_letters_go_away() {
        let mut line = Line::of("cafe\u{301} x");
        press(&mut line, &[KeyCode::Left, KeyCode::Left, KeyCode::Backspace, KeyCode::Char('é')]);
        assert_eq!(line.text(), "café x");
        press(&mut line, &[KeyCode::Home, KeyCode::Delete, KeyCode::End, KeyCode::Char('!')]);
        assert_eq!(line.text(), "afé x!");
        assert!(line.key(&KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL)));
        assert_eq!(line.text(), "afé ");
        assert!(!line.key(&KeyEvent::from(KeyCode::Enter)));
    }

    #[test]
    fn h7_what_is_pasted_is_one_line_without_control_letters_and_has_an_end() {
        let mut line = Line::default();
        line.insert("a\nb\u{1b}[31m\tc");
        assert_eq!(line.text(), "a b[31m c");
        line.insert(&"é".repeat(1 << 20));
        assert!(line.text().len() <= LONGEST);
        assert_eq!(line.view(10).1, 9);
    }

    proptest! {
        #[test]
        fn the_cursor_is_always_between_two_letters(keys in prop::collection::vec((0..9usize, any::<char>()), 0..60)) {
            let mut line = Line::default();
            for (key, letter) in keys {
                let codes = [KeyCode::Char(letter), KeyCode::Backspace, KeyCode::Delete, KeyCode::Left, KeyCode::Right,
                    KeyCode::Home, KeyCode::End, KeyCode::Char('\u{301}'), KeyCode::Char('😀')];
                line.key(&KeyEvent::from(codes[key]));
                prop_assert!(line.text().is_char_boundary(line.cursor()));
                let (_, column) = line.view(8);
                prop_assert!(column <= 8);
            }
        }
    }
}
