//! Dates such as 3/4/2026 in a table: which number is the month is told by the whole table, not by one cell.
//!
//! Portals write dates in the order of whoever looks at them. A first number above 12 can only be a day,
//! and so can a second one; where no date of a table has either, month first is what most portals write.

use std::borrow::Cow;
use std::io::{self, Read};

use super::buffer::{Bytes as _, Window};
use super::row;
use crate::source::{Body, Opened, Plain};

/// What a date begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// With the month.
    MonthFirst,
    /// With the day.
    DayFirst,
}

/// What the dates of a table show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    month_first: bool,
    day_first: bool,
    /// Dates that would be one in both orders.
    either: bool,
}

impl Shown {
    /// Looks at a cell.
    pub(super) fn see(&mut self, cell: &[u8]) {
        match numbers(cell) {
            Some((13.., ..=12)) => self.day_first = true,
            Some((..=12, 13..)) => self.month_first = true,
            Some((..=12, ..=12)) => self.either = true,
            _ => {}
        }
    }

    /// The order, if the dates agree about it.
    pub(super) fn order(self) -> Option<DateOrder> {
        match (self.month_first, self.day_first) {
            (true, false) => Some(DateOrder::MonthFirst),
            (false, true) => Some(DateOrder::DayFirst),
            _ => None,
        }
    }

    /// Whether no order fits all of them.
    pub(super) fn is_contradictory(self) -> bool {
        self.month_first && self.day_first
    }

    fn is_open(self) -> bool {
        self.either && self.order().is_none()
    }
}

/// What a table shows: its beginning, and the rest of it where that does not tell and a file can be read twice.
pub(super) fn shown(opened: &Opened, delimiter: u8) -> Shown {
    let mut shown = Shown::default();
    let longest = opened.limits.record;
    look(&*opened.head, delimiter, longest, &mut shown);
    if let (true, Body::Plain(plain)) = (shown.is_open(), &opened.body) {
        look(Ahead { plain, at: 0 }, delimiter, longest, &mut shown);
    }
    shown
}

fn look(bytes: impl Read, delimiter: u8, longest: usize, shown: &mut Shown) {
    let mut window = Window::new(bytes);
    loop {
        let rest = window.rest();
        let end = row::end(rest, delimiter);
        if end.is_none() && rest.len() < longest && window.more() {
            continue;
        }
        let rest = window.rest();
        // Of a row that does not end, its first line: a quote that is never closed must not hide all that follows.
        let length = end.or_else(|| memchr::memchr(b'\n', rest).map(|end| end + 1)).unwrap_or(rest.len());
        if length == 0 {
            return;
        }
        row::cells(rest.get(..length).unwrap_or_default(), delimiter).iter().for_each(|cell| shown.see(cell));
        window.pass(length);
    }
}

/// Reads a file without taking it.
struct Ahead<'p> {
    plain: &'p Plain,
    at: u64,
}

impl Read for Ahead<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.plain.len().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let space = into.len().min(left);
        let count = self.plain.read_at(self.at, into.get_mut(..space).unwrap_or_default())?;
        self.at += count as u64;
        Ok(count)
    }
}

/// Whether a cell is a date that would be one in both orders.
pub(super) fn is_either(cell: &[u8]) -> bool {
    matches!(numbers(cell), Some((..=12, ..=12)))
}

/// A cell with the month first, if it is a date with the day first.
pub(super) fn month_first(cell: &str) -> Cow<'_, str> {
    let mut parts = cell.trim_start().splitn(3, '/');
    match (is_either(cell.as_bytes()), parts.next(), parts.next(), parts.next()) {
        (true, Some(day), Some(month), Some(rest)) => format!("{month}/{day}/{rest}").into(),
        _ => cell.into(),
    }
}

/// The first two numbers of a cell that begins with a date such as 3/4/2026.
fn numbers(cell: &[u8]) -> Option<(u8, u8)> {
    let (first, rest) = number(cell.trim_ascii_start())?;
    let (second, rest) = number(rest)?;
    let (year, rest) = rest.split_at_checked(4)?;
    let ends = matches!(rest.first(), None | Some(b' ' | b',' | b'T'));
    (ends && year.iter().all(u8::is_ascii_digit) && (1..=31).contains(&first) && (1..=31).contains(&second))
        .then_some((first, second))
}

/// A number of one or two digits with a slash behind it, and what follows.
fn number(text: &[u8]) -> Option<(u8, &[u8])> {
    let slash = text.iter().take(3).position(|byte| *byte == b'/')?;
    let number = std::str::from_utf8(text.get(..slash)?).ok()?.parse().ok()?;
    Some((number, text.get(slash + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::MAX_RECORD;

    fn order_of(cells: &[&str]) -> (Option<DateOrder>, bool) {
        let mut shown = Shown::default();
        cells.iter().for_each(|cell| shown.see(cell.as_bytes()));
        (shown.order(), shown.is_open())
    }

    #[test]
    fn f1_a_number_above_twelve_is_a_day() {
        assert_eq!(order_of(&["3/4/2026 10:00", "23/4/2026 10:00"]), (Some(DateOrder::DayFirst), false));
        assert_eq!(order_of(&["03/04/2026, 1:00 PM", "04/23/2026"]), (Some(DateOrder::MonthFirst), false));
        assert_eq!(order_of(&["3/4/2026", "12/12/2026"]), (None, true));
        assert_eq!(order_of(&["23/4/2026", "4/23/2026", "3/4/2026"]), (None, true), "they contradict each other");
        assert_eq!(
            order_of(&["2026-04-03", "1/2", "a/b/2026", "32/1/2026", "3/4/20261", "0/4/2026", ""]),
            (None, false)
        );
    }

    #[test]
    fn f1_a_quote_that_is_never_closed_hides_no_date() {
        let filler = format!("x,{},z\n", "y".repeat(1_000)).repeat(MAX_RECORD / 1_000);
        for (before, behind) in [("a,b,c\n\"open,3/4/2026,c\n", ""), ("a,b,c\n", "\"open,b,c\n")] {
            let text = format!("{before}{filler}{behind}x,23/4/2026,z");
            let mut shown = Shown::default();
            look(text.as_bytes(), b',', MAX_RECORD, &mut shown);
            assert_eq!(shown.order(), Some(DateOrder::DayFirst), "{before}");
        }
    }

    #[test]
    fn f1_a_date_is_turned_around_and_nothing_else_is() {
        assert_eq!(month_first("3/4/2026 1:00 PM"), "4/3/2026 1:00 PM");
        for cell in ["23/4/2026", "4/23/2026", "1/2 of it", "a/b/c", "", "/"] {
            assert_eq!(month_first(cell), cell);
        }
    }
}
