//! The lines of a record: what is folded away, where long values are broken, where the cursor is.

use std::collections::HashSet;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::width::width;
use crate::tui::cursor::Cursor;
use crate::tui::keymap::Action;
use crate::tui::tree::{Node, Tree, What};

/// Columns before the key of an outermost field.
pub(super) const INDENT: usize = 5;
/// The column at which values stand, where their keys leave room.
pub(super) const VALUES: usize = 22;
/// Most lines that one value is broken into.
const MOST: usize = 500;
/// Values that are folded one by one until the others have room.
const ONE_BY_ONE: usize = 50;
/// Deepest place that is still indented; what is deeper stands below it.
const DEEPEST: usize = 12;

/// A line on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The value.
    pub node: usize,
    /// Which part of it.
    pub part: Part,
}

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Its key, and as much of it as there is room for.
    Whole,
    /// Its key and the beginning of it, in bytes.
    First(Range<usize>),
    /// What comes behind, in bytes.
    More(Range<usize>),
    /// The bracket that ends it.
    End,
}

/// What is folded, and where one is.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    folded: HashSet<usize>,
    /// Long values are broken.
    pub wraps: bool,
    pub cursor: Cursor,
}

impl Lines {
    /// The lines of a record. Where they have no room, what did not make a rule match is folded, the
    /// longest first.
    pub(super) fn of(tree: &Tree, columns: usize, page: usize) -> Lines {
        let mut lines = Lines::default();
        lines.rebuild(tree, columns);
        let is_foldable = |at: usize, depth: usize| {
            let is_there = tree.nodes.get(at).is_some_and(|node| node.depth == depth);
            is_there && tree.has_inside(at) && !tree.is_matched_inside(at)
        };
        if lines.lines.len() > page {
            // What is small has room in one line.
            lines.folded.extend((0..tree.nodes.len()).filter(|at| is_foldable(*at, 2)));
            lines.rebuild(tree, columns);
        }
        let mut outer: Vec<usize> = (0..tree.nodes.len()).filter(|at| is_foldable(*at, 1)).collect();
        outer.sort_by_key(|at| std::cmp::Reverse(tree.nodes.get(*at).map_or(0, |node| node.end - at)));
        // A list of a hundred thousand is folded at once, not one by one.
        let rest = outer.split_off(outer.len().min(ONE_BY_ONE));
        for at in outer {
            if lines.lines.len() <= page {
                return lines;
            }
            lines.folded.insert(at);
            lines.rebuild(tree, columns);
        }
        if lines.lines.len() > page {
            lines.folded.extend(rest);
            lines.rebuild(tree, columns);
        }
        lines
    }

    /// Makes the lines again, for another width or after folding.
    pub(super) fn rebuild(&mut self, tree: &Tree, columns: usize) {
        let here = self.node();
        self.lines.clear();
        // What is open, and where it ends.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        while let Some(node) = tree.nodes.get(at) {
            self.end_before(&mut open, at);
            self.add(at, node, columns);
            let is_folded = self.folded.contains(&at);
            if !is_folded && tree.has_inside(at) && !matches!(node.what, What::Text(_)) {
                open.push((at, node.end));
            }
            at = if is_folded { node.end } else { at + 1 };
        }
        self.end_before(&mut open, usize::MAX);
        // The cursor stays on its value, or on what that was folded into.
        let place = self.lines.iter().rposition(|line| line.node <= here && line.part != Part::End);
        let was = self.cursor.at.min(self.lines.len().saturating_sub(1));
        if self.lines.get(was).is_none_or(|line| line.node != here) {
            self.cursor.at = place.unwrap_or_default();
        }
    }

    fn end_before(&mut self, open: &mut Vec<(usize, usize)>, at: usize) {
        while let Some((node, end)) = open.last().copied()
            && end <= at
        {
            open.pop();
            self.lines.push(Line { node, part: Part::End });
        }
    }

    fn add(&mut self, at: usize, node: &Node, columns: usize) {
        let text = match &node.what {
            What::Text(text) | What::Line(text) if self.wraps => text,
            _ => return self.lines.push(Line { node: at, part: Part::Whole }),
        };
        // The quotes take a column each.
        let room = columns.saturating_sub(value_start(node) + 3).max(8);
        let mut pieces = pieces(text, room).into_iter();
        let first = pieces.next().unwrap_or(0..0);
        self.lines.push(Line { node: at, part: Part::First(first) });
        self.lines.extend(pieces.map(|piece| Line { node: at, part: Part::More(piece) }));
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> usize {
        self.lines.len()
    }

    /// A line.
    pub(super) fn get(&self, at: usize) -> Option<&Line> {
        self.lines.get(at)
    }

    /// The value under the cursor.
    pub(super) fn node(&self) -> usize {
        self.lines.get(self.cursor.at).map_or(0, |line| line.node)
    }

    /// Whether what is inside a value is not shown.
    pub(super) fn is_folded(&self, node: usize) -> bool {
        self.folded.contains(&node)
    }

    /// Moves, folds, breaks or looks for what matched; false if the action is about something else.
    pub(super) fn handle(&mut self, action: Action, tree: &Tree, columns: usize, page: usize) -> bool {
        let node = self.node();
        let has_inside = tree.has_inside(node);
        match action {
            Action::Tick | Action::Open if has_inside => {
                if !self.folded.remove(&node) {
                    self.folded.insert(node);
                }
                self.rebuild(tree, columns);
            }
            Action::Tick | Action::Open => {}
            Action::Left if has_inside && !self.folded.contains(&node) => {
                self.folded.insert(node);
                self.rebuild(tree, columns);
            }
            Action::Left => self.go_to(tree.nodes.get(node).and_then(|node| node.parent).unwrap_or(node)),
            Action::Right if self.folded.remove(&node) => self.rebuild(tree, columns),
            Action::Right if has_inside => self.go_to(node + 1),
            Action::Right => {}
            Action::Wrap => {
                self.wraps = !self.wraps;
                self.rebuild(tree, columns);
            }
            Action::Next | Action::Previous => return self.go_to_match(action, tree, columns),
            action if self.cursor.go(action, self.lines.len(), page) => {}
            _ => return false,
        }
        self.cursor.settle(self.lines.len(), page);
        true
    }

    /// Puts the cursor on the next value that made a rule match, unfolding what hides it; false if there
    /// is none.
    fn go_to_match(&mut self, action: Action, tree: &Tree, columns: usize) -> bool {
        let here = self.node();
        let matched = |(at, node): (usize, &Node)| node.is_matched.then_some(at);
        let mut all = tree.nodes.iter().enumerate().filter_map(matched);
        let found = match action {
            Action::Next => all.clone().find(|at| *at > here).or_else(|| all.next()),
            _ => all.clone().rfind(|at| *at < here).or_else(|| all.next_back()),
        };
        let Some(found) = found else { return false };
        let mut above = tree.nodes.get(found).and_then(|node| node.parent);
        while let Some(at) = above {
            self.folded.remove(&at);
            above = tree.nodes.get(at).and_then(|node| node.parent);
        }
        self.rebuild(tree, columns);
        self.go_to(found);
        true
    }

    fn go_to(&mut self, node: usize) {
        if let Some(at) = self.lines.iter().position(|line| line.node == node) {
            self.cursor.at = at;
        }
    }
}

/// The column at which the key of a value stands.
pub(super) fn key_start(node: &Node) -> usize {
    match node.what {
        What::Line(_) => 3,
        _ => INDENT + 2 * node.depth.saturating_sub(1).min(DEEPEST),
    }
}

/// The column at which the value itself stands.
pub(super) fn value_start(node: &Node) -> usize {
    match (&node.key, &node.what) {
        (_, What::Line(_)) | (None, _) => key_start(node),
        (Some(key), _) => (key_start(node) + width(key) + 2).max(VALUES),
    }
}

/// A text cut into parts of at most `room` columns each.
fn pieces(text: &str, room: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, letter) in text.grapheme_indices(true) {
        let wide = width(letter);
        if used + wide > room {
            pieces.push(start..at);
            if pieces.len() >= MOST {
                return pieces;
            }
            (start, used) = (at, 0);
        }
        used += wide;
    }
    pieces.push(start..text.len());
    pieces
}
