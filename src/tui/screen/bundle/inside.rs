//! What is in a bundle: the exact texts, file by file.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation as _;

use super::super::{Context, Outcome, Page, heading};
use crate::output::page::{bytes, number};
use crate::text::sanitize;
use crate::text::width::width;
use crate::tui::jobs::bundle::{Answer, Made};
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;

/// What the page remembers.
pub(super) struct State {
    answer: Arc<Answer>,
    file: usize,
    /// The line, and the byte in it, that the first row begins with.
    at: (usize, usize),
}

impl State {
    /// With the page that is read first.
    pub(super) fn new(answer: Arc<Answer>) -> State {
        let made = answer.made.as_ref().ok();
        let file = made.and_then(|made| made.bundle.files.iter().position(|file| file.path == "README.md"));
        State { file: file.unwrap_or_default(), answer, at: (0, 0) }
    }

    fn text(&self) -> Option<Text<'_>> {
        let made = self.made()?;
        let file = made.bundle.files.get(self.file)?;
        Some(Text { bytes: &file.bytes, starts: made.lines.get(self.file)? })
    }

    fn made(&self) -> Option<&Made> {
        self.answer.made.as_ref().ok()
    }

    fn turn(&mut self, forward: bool) {
        let count = self.made().map_or(1, |made| made.bundle.files.len()).max(1);
        self.file = (self.file + if forward { 1 } else { count - 1 }) % count;
        self.at = (0, 0);
    }
}

/// The text of a file, of which only what is on screen is looked at: it may be megabytes.
struct Text<'t> {
    bytes: &'t [u8],
    starts: &'t [usize],
}

impl<'t> Text<'t> {
    fn line(&self, number: usize) -> Option<&'t str> {
        let start = *self.starts.get(number)?;
        let end = self.starts.get(number + 1).copied().unwrap_or(self.bytes.len());
        let line = std::str::from_utf8(self.bytes.get(start..end)?).unwrap_or("not UTF-8");
        Some(line.strip_suffix('\n').unwrap_or(line))
    }

    /// The row that begins here: its text, and where the next one begins.
    fn row(&self, at: (usize, usize), room: usize) -> Option<(&'t str, (usize, usize))> {
        let rest = self.line(at.0)?.get(at.1..)?;
        let length = fitting(rest, room);
        // Between two words, if one ends in the second half of the row.
        let space = rest.get(..length).and_then(|row| row.rfind(' ')).filter(|at| *at > length / 2);
        let length = if length < rest.len() { space.map_or(length, |at| at + 1) } else { length };
        let next = if length == rest.len() { (at.0 + 1, 0) } else { (at.0, at.1 + length) };
        Some((rest.get(..length)?, next))
    }

    /// Where the row before this one begins.
    fn before(&self, at: (usize, usize), room: usize) -> Option<(usize, usize)> {
        let mut from = if at.1 > 0 { (at.0, 0) } else { (at.0.checked_sub(1)?, 0) };
        while let Some((_, next)) = self.row(from, room) {
            if next >= at {
                break;
            }
            from = next;
        }
        Some(from)
    }

    fn moved(&self, at: (usize, usize), rows: isize, room: usize) -> (usize, usize) {
        let mut at = at;
        for _ in 0..rows.unsigned_abs() {
            let next = match rows {
                ..0 => self.before(at, room),
                _ => self.row(at, room).map(|(_, next)| next).filter(|next| next.0 < self.starts.len()),
            };
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }
}

/// Bytes of a text that fit into a row as it is shown.
fn fitting(text: &str, room: usize) -> usize {
    let (mut used, mut end) = (0, 0);
    for letter in text.graphemes(true) {
        used += width(&sanitize::line(letter));
        // A letter that is wider than the row stands alone.
        if used > room && end > 0 {
            break;
        }
        end += letter.len();
    }
    end
}

/// Moves the first row of a short page that is on screen; false if the action is not about moving.
pub(super) fn scroll(top: &mut usize, action: Action, count: usize, page: usize) -> bool {
    let last = count.saturating_sub(page);
    *top = match action {
        Action::Up => top.saturating_sub(1),
        Action::Down => *top + 1,
        Action::PageUp => top.saturating_sub(page),
        Action::PageDown => *top + page,
        Action::First => 0,
        Action::Last => last,
        _ => return false,
    }
    .min(last);
    true
}

fn room(context: &Context<'_>) -> usize {
    context.size.columns.saturating_sub(2)
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Inside".to_owned()
    }

    fn actions(&self, _: &Context<'_>) -> Vec<(Action, &'static str)> {
        vec![
            (Action::NextPart, "next file"),
            (Action::PreviousPart, "file before"),
            (Action::Down, "down"),
            (Action::PageDown, "page"),
            (Action::Copy, "copy file"),
        ]
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let room = room(context);
        let page = isize::try_from(context.size.body().saturating_sub(2)).unwrap_or(1).max(1);
        let Some(text) = self.text() else { return Outcome::Ignored };
        let end = || text.moved((text.starts.len(), 0), -page, room);
        let at = match action {
            Action::NextPart | Action::Right => {
                self.turn(true);
                return Outcome::Done;
            }
            Action::PreviousPart | Action::Left => {
                self.turn(false);
                return Outcome::Done;
            }
            Action::Copy => {
                let all = String::from_utf8_lossy(text.bytes).into_owned();
                let name = self.made().and_then(|made| made.bundle.files.get(self.file)).map(|file| file.path.clone());
                return Outcome::Copy(all, name.unwrap_or_default());
            }
            Action::Up => text.moved(self.at, -1, room),
            Action::Down => text.moved(self.at, 1, room).min(end().max(self.at)),
            Action::PageUp => text.moved(self.at, -page, room),
            Action::PageDown => text.moved(self.at, page, room).min(end().max(self.at)),
            Action::First => (0, 0),
            Action::Last => end(),
            // It is open already.
            Action::Open | Action::Events | Action::Bundle => return Outcome::Done,
            _ => return Outcome::Ignored,
        };
        self.at = at;
        Outcome::Done
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let (Some(made), Some(text)) = (self.made(), self.text()) else { return Vec::new() };
        let Some(file) = made.bundle.files.get(self.file) else { return Vec::new() };
        let count = made.bundle.files.len();
        let remark = match context.size.columns {
            ..60 => format!("{} of {count}", self.file + 1),
            _ => format!(
                "file {} of {count} ({}){}line {} of {}{}{}",
                self.file + 1,
                key_of(Action::NextPart),
                context.glyphs.dot,
                number((self.at.0 + 1).min(text.starts.len()) as u64),
                number(text.starts.len() as u64),
                context.glyphs.dot,
                bytes(file.bytes.len() as u64)
            ),
        };
        let mut rows = vec![heading(&file.path, &remark, context)];
        let mut at = self.at;
        while rows.len() + 1 < context.size.body() {
            let Some((row, next)) = text.row(at, room(context)) else { break };
            // Nothing is masked here: these are the bytes that would be written.
            rows.push(Row::of(row, Role::Text));
            at = next;
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: &[u8] = "ab\nabcdefghij\n\n日本語x".as_bytes();

    #[test]
    fn words_stay_whole_where_they_can_and_no_space_is_lost() {
        let text = Text { bytes: b"one two three", starts: &[0] };
        assert_eq!(text.row((0, 0), 9), Some(("one two ", (0, 8))));
        assert_eq!(text.row((0, 8), 9), Some(("three", (1, 0))));
    }

    fn text() -> Text<'static> {
        Text { bytes: BYTES, starts: &[0, 3, 14, 15] }
    }

    #[test]
    fn every_letter_is_on_some_row_and_rows_are_gone_back_as_they_were_gone() {
        let text = text();
        let (mut at, mut rows, mut places) = ((0, 0), Vec::new(), Vec::new());
        while let Some((row, next)) = text.row(at, 4) {
            rows.push(row);
            places.push(at);
            at = next;
        }
        assert_eq!(rows, ["ab", "abcd", "efgh", "ij", "", "日本", "語x"]);
        for pair in places.windows(2) {
            assert_eq!((text.before(pair[1], 4), text.moved(pair[0], 1, 4)), (Some(pair[0]), pair[1]));
        }
        assert_eq!((text.before((0, 0), 4), text.before(at, 4)), (None, places.last().copied()));
    }

    #[test]
    fn what_could_steer_a_terminal_takes_the_room_it_is_shown_in() {
        assert_eq!(fitting("\u{202e}ab", 8), "\u{202e}".len());
        assert_eq!(fitting("日", 1), "日".len());
    }
}
