//! One row of a screen: pieces of text with their roles, exactly as wide as the screen.
//!
//! Screens make rows and nothing else; what reaches the terminal therefore passes here, where text
//! from logs loses whatever could steer a terminal.

use unicode_segmentation::UnicodeSegmentation as _;

use super::look::{Glyphs, Role};
use crate::output::page::shown;
use crate::text::sanitize;
use crate::text::width::width;

/// A row under construction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pieces: Vec<Piece>,
    used: usize,
    /// The cursor is on it.
    selected: bool,
}

/// A text that looks the same from its first to its last letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Piece {
    pub text: String,
    pub role: Role,
    /// It belongs to the row that the cursor is on.
    pub chosen: bool,
}

impl Row {
    /// An empty row.
    pub fn new() -> Row {
        Row::default()
    }

    /// A row of one piece, after the margin of one column that every row has.
    pub fn of(text: &str, role: Role) -> Row {
        Row::new().put(" ", Role::Text).put(text, role)
    }

    /// Columns used so far.
    pub fn used(&self) -> usize {
        self.used
    }

    /// Adds words of ours. They are made safe all the same: rules are files of strangers too.
    pub fn put(mut self, text: &str, role: Role) -> Row {
        let text = sanitize::line(text);
        self.used += width(&text);
        match self.pieces.last_mut() {
            Some(last) if last.role == role && !last.chosen => last.text.push_str(&text),
            _ => self.pieces.push(Piece { text: text.into_owned(), role, chosen: false }),
        }
        self
    }

    /// Adds words of a log: secrets are masked.
    pub fn log(self, text: &str, role: Role) -> Row {
        self.put(&shown(text), role)
    }

    /// Adds words of ours that a cursor is on, where the row as a whole is not chosen.
    pub fn put_chosen(mut self, text: &str, role: Role) -> Row {
        let text = sanitize::line(text);
        self.used += width(&text);
        self.pieces.push(Piece { text: text.into_owned(), role, chosen: true });
        self
    }

    /// Fills up to a column with spaces.
    pub fn to(self, column: usize) -> Row {
        let missing = column.saturating_sub(self.used);
        self.put(&" ".repeat(missing), Role::Text)
    }

    /// Adds the pieces of another row.
    pub fn join(mut self, other: Row) -> Row {
        self.used += other.used;
        self.pieces.extend(other.pieces);
        self
    }

    /// Adds text so that it ends at a column.
    pub fn right(self, text: &str, role: Role, column: usize) -> Row {
        let start = column.saturating_sub(width(text));
        self.to(start).put(text, role)
    }

    /// Marks it as the row that the cursor is on.
    pub fn select(self, selected: bool) -> Row {
        Row { selected, ..self }
    }

    /// Two rows side by side, the left one `columns` wide, with a line between them.
    pub fn beside(left: &Row, columns: usize, right: Row, glyphs: &Glyphs) -> Row {
        // Where a heading meets the line, it goes on.
        let mut pieces = left.pieces(columns);
        pieces.push(Piece { text: glyphs.down.to_owned(), role: Role::Frame, chosen: false });
        let used = columns + width(glyphs.down) + right.used;
        // The right one has its own mark.
        pieces.extend(if right.selected { right.pieces(right.used) } else { right.pieces });
        Row { pieces, used, selected: false }
    }

    /// Pieces that fill exactly `columns`: what is too long is cut, what is too short filled up.
    pub fn pieces(&self, columns: usize) -> Vec<Piece> {
        let mut out: Vec<Piece> = Vec::with_capacity(self.pieces.len() + 1);
        let mut room = columns;
        for piece in &self.pieces {
            let chosen = piece.chosen || self.selected;
            let wide = width(&piece.text);
            if wide <= room {
                out.push(Piece { chosen, ..piece.clone() });
                room -= wide;
                continue;
            }
            let mut text = String::new();
            for letter in piece.text.graphemes(true) {
                let wide = width(letter);
                if wide > room {
                    break;
                }
                room -= wide;
                text.push_str(letter);
            }
            // Half of a wide letter stays empty.
            text.push_str(&" ".repeat(room));
            room = 0;
            out.push(Piece { text, role: piece.role, chosen });
            break;
        }
        out.push(Piece { text: " ".repeat(room), role: Role::Text, chosen: self.selected });
        if self.selected {
            mark(&mut out);
        }
        out
    }
}

/// Puts the sign of the cursor into the second column, if nothing is in the first two.
fn mark(pieces: &mut [Piece]) {
    let letters = pieces.iter().flat_map(|piece| piece.text.chars()).take(2);
    if letters.clone().count() < 2 || letters.clone().any(|letter| letter != ' ') {
        return;
    }
    let mut before = 0;
    for piece in pieces {
        if before + piece.text.len() > 1 {
            let at = 1 - before;
            piece.text.replace_range(at..=at, ">");
            return;
        }
        before += piece.text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::look::FULL;

    fn text(row: &Row, columns: usize) -> String {
        row.pieces(columns).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn h4_a_row_is_exactly_as_wide_as_the_screen() {
        let row = Row::of("田中 failed", Role::Failed);
        for columns in 0..20 {
            assert_eq!(width(&text(&row, columns)), columns);
        }
        assert_eq!(text(&row, 4), " 田 ");
    }

    #[test]
    fn text_ends_at_its_column() {
        let row = Row::new().put("Count", Role::Text).right("1,012", Role::Strong, 12);
        assert_eq!(text(&row, 13), "Count  1,012 ");
    }

    #[test]
    fn h1_what_could_steer_a_terminal_becomes_visible() {
        let row = Row::new().log("a\u{1b}]0;x\u{7}\u{202e}", Role::Text);
        assert_eq!(text(&row, 18), "a␛]0;x␇⟨U+202E⟩   ");
    }

    #[test]
    fn two_rows_stand_side_by_side_and_each_has_its_own_mark() {
        let left = Row::new().to(3).put("left", Role::Text).select(true);
        let both = Row::beside(&left, 9, Row::new().to(3).put("right", Role::Text), &FULL);
        assert_eq!(text(&both, 20), " > left  │   right  ");
        let chosen: String = both.pieces(20).into_iter().filter(|piece| piece.chosen).map(|piece| piece.text).collect();
        assert_eq!(chosen, " > left  ");
        let right = Row::new().to(3).put("right", Role::Text).select(true);
        assert_eq!(text(&Row::beside(&Row::new(), 4, right, &FULL), 14), "    │ > right ");
    }
}
