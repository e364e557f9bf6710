//! Narrowing down: the values of the listed events with their counts, each with a box to tick.

use crate::event::filter::Field;
use crate::output::page::{number, shown};
use crate::text::width::width;
use crate::tui::cursor::Cursor;
use crate::tui::editing;
use crate::tui::jobs::survey::Facet;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::{Context, cut_middle, heading};

/// Columns that it takes.
pub(super) const COLUMNS: usize = 25;

/// What the part remembers.
#[derive(Default)]
pub(super) struct Boxes {
    cursor: Cursor,
    /// The field of which all values are listed.
    opened: Option<Field>,
}

/// A line of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Title(Field),
    /// A facet and one of its values.
    Value(usize, usize),
    /// A facet and how many of its values are not listed.
    More(usize, usize),
}

impl Line {
    /// The field that it is about, if it is one of its values.
    fn field(self, facets: &[Facet]) -> Option<Field> {
        match self {
            Line::Value(facet, _) => facets.get(facet).map(|facet| facet.field),
            Line::Title(_) | Line::More(..) => None,
        }
    }
}

impl Boxes {
    /// Moves, or opens what is folded; the new text of the filter if a box was ticked, `None` if the
    /// action is for somebody else.
    pub(super) fn handle(
        &mut self,
        action: Action,
        facets: &[Facet],
        context: &Context<'_>,
        room: usize,
    ) -> Option<String> {
        let lines = self.lines(facets, room);
        let chooses: Vec<usize> = choosable(&lines);
        let mut place = Cursor::at(self.place(&chooses));
        let same = || Some(context.filter.to_owned());
        if place.go(action, chooses.len(), room) {
            self.cursor.at = chooses.get(place.at).copied().unwrap_or_default();
            self.cursor.settle(lines.len(), room);
            return same();
        }
        if !matches!(action, Action::Tick | Action::Open) {
            return None;
        }
        match chooses.get(place.at).and_then(|at| lines.get(*at)) {
            Some(Line::Value(facet, value)) => {
                let facet = facets.get(*facet)?;
                Some(editing::tick(context.filter, facet.field, &facet.values, *value))
            }
            Some(Line::More(facet, _)) => {
                self.opened = facets.get(*facet).map(|facet| facet.field);
                same()
            }
            _ => None,
        }
    }

    /// Puts the cursor on a row below the heading; true if it can be ticked.
    pub(super) fn click(&mut self, row: usize, facets: &[Facet], room: usize) -> bool {
        let lines = self.lines(facets, room);
        let at = self.cursor.visible(lines.len(), room).start + row;
        let can = choosable(&lines).contains(&at);
        if can {
            self.cursor.at = at;
        }
        can
    }

    /// Its heading and rows. They are marked where the keys go to it.
    pub(super) fn view(
        &self,
        facets: Option<&[Facet]>,
        has_keys: bool,
        context: &Context<'_>,
        room: usize,
    ) -> Vec<Row> {
        let narrowed = context.narrowed(COLUMNS);
        let mut rows = vec![heading("Narrow down", key_of(Action::Tick), &narrowed)];
        let Some(facets) = facets else {
            rows.push(Row::of("counting", Role::Quiet));
            return rows;
        };
        let lines = self.lines(facets, room);
        let at = choosable(&lines).get(self.place(&choosable(&lines))).copied().unwrap_or_default();
        let mut cursor = self.cursor;
        cursor.at = at;
        for place in cursor.visible(lines.len(), room) {
            let Some(line) = lines.get(place) else { continue };
            rows.push(row(*line, facets, has_keys && place == at, &narrowed));
        }
        rows
    }

    /// Which of the lines that can be chosen the cursor is on, or is nearest to.
    fn place(&self, chooses: &[usize]) -> usize {
        chooses.partition_point(|at| *at < self.cursor.at).min(chooses.len().saturating_sub(1))
    }

    fn lines(&self, facets: &[Facet], room: usize) -> Vec<Line> {
        let filled = || facets.iter().filter(|facet| !facet.values.is_empty());
        let needs: Vec<usize> = facets.iter().map(|facet| facet.values.len()).collect();
        let slots = share(&needs, room.saturating_sub(filled().count()));
        let mut lines = Vec::new();
        for (at, facet) in facets.iter().enumerate().filter(|(_, facet)| !facet.values.is_empty()) {
            lines.push(Line::Title(facet.field));
            let need = facet.values.len();
            let slots = if self.opened == Some(facet.field) { need } else { slots.get(at).copied().unwrap_or(need) };
            let listed = if slots < need { slots.saturating_sub(1) } else { need };
            lines.extend((0..listed).map(|value| Line::Value(at, value)));
            lines.extend((listed < need).then_some(Line::More(at, need - listed)));
        }
        lines
    }
}

fn choosable(lines: &[Line]) -> Vec<usize> {
    let can = |(at, line): (usize, &Line)| (!matches!(line, Line::Title(_))).then_some(at);
    lines.iter().enumerate().filter_map(can).collect()
}

/// Shares lines out, one after the other to each that needs more; everybody gets one.
fn share(needs: &[usize], room: usize) -> Vec<usize> {
    let mut shares: Vec<usize> = needs.iter().map(|need| (*need).min(1)).collect();
    let mut left = room.saturating_sub(shares.iter().sum());
    while left > 0 {
        let before = left;
        for (share, need) in shares.iter_mut().zip(needs) {
            if *share < *need && left > 0 {
                *share += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    shares
}

fn row(line: Line, facets: &[Facet], chosen: bool, context: &Context<'_>) -> Row {
    let mark = if chosen { ">" } else { " " };
    let (label, tick, count) = match line {
        Line::Title(field) => return Row::of(title(field), Role::Quiet),
        Line::More(_, more) => (format!("{more} more{}", context.glyphs.cut), ' ', String::new()),
        Line::Value(facet, value) => {
            let Some(value) = facets.get(facet).and_then(|facet| facet.values.get(value)) else { return Row::new() };
            (shown(&value.label), if value.is_asked_for { 'x' } else { ' ' }, number(value.count))
        }
    };
    let start = Row::new().put(mark, Role::Text).put(&format!("[{tick}] "), Role::Text);
    let room = COLUMNS.saturating_sub(start.used() + width(&count) + 2);
    let role = if tick == 'x' { Role::Strong } else { Role::Text };
    // Codes and names of apps differ at their ends, titles of issues where they begin.
    let label = match line.field(facets) {
        Some(Field::Code | Field::App) => cut_middle(&label, room, context.glyphs),
        _ => context.cut(&label, room),
    };
    start.put(&label, role).right(&count, Role::Text, COLUMNS - 1).select(chosen)
}

fn title(field: Field) -> &'static str {
    match field {
        Field::Status => "Result",
        Field::App => "App",
        Field::Action => "Action",
        Field::Issue => "Issue",
        _ => "Code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_shared_out_evenly_and_nobody_goes_without() {
        assert_eq!(share(&[3, 4, 3, 7, 9], 19), [3, 4, 3, 5, 4]);
        assert_eq!(share(&[3, 4, 3], 30), [3, 4, 3]);
        assert_eq!(share(&[5, 0, 5], 1), [1, 0, 1]);
    }
}
