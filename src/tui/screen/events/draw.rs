//! How the screen looks.

use super::table::{About, Table};
use super::{State, boxes, detail, list_rows, nothing};
use crate::output::page::number;
use crate::tui::jobs::order::Order;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::{Context, heading, paragraph};

/// Columns of the bar that shows where in the list one is.
const BAR: usize = 9;

impl State {
    /// Columns of a screen that has room for a bar.
    const LEAST_FOR_BAR: usize = 60;

    pub(super) fn body(&self, context: &Context<'_>) -> Vec<Row> {
        if context.data.shown.rows.is_empty() {
            return match self.blame(context) {
                Some(blame) => nothing::view(blame, context),
                None => paragraph("", no_events(context), 1, Role::Text, context.size.columns),
            };
        }
        if context.size.is_wide() { self.wide(context) } else { self.narrow(context) }
    }

    /// The list, and a strip about the event under the cursor.
    fn narrow(&self, context: &Context<'_>) -> Vec<Row> {
        let table = self.table(context);
        let left_out = left_out(&table, context);
        let mut rows = vec![table.titles(table.nearest(self.cell), self.arrow(context), context)];
        rows.extend(self.lines(&table, list_rows(context), left_out, context));
        let Some(event) = self.listing.chosen(context) else { return rows };
        let mut strip = detail::strip(event, left_out, self.position(context.glyphs.dot, context), context);
        if !context.size.has_strip() {
            // Where one is fits everywhere, and what is left out must be said.
            strip.drain(..strip.len().saturating_sub(1));
        }
        rows.resize(context.size.body().saturating_sub(strip.len()), Row::new());
        rows.extend(strip);
        rows
    }

    /// The boxes and the list side by side, and below them what is known of the event under the cursor.
    fn wide(&self, context: &Context<'_>) -> Vec<Row> {
        let narrowed = context.narrowed(context.size.columns.saturating_sub(boxes::COLUMNS + 1));
        let table = self.table(context);
        let left_out = left_out(&table, context);
        let room = list_rows(context);
        let note =
            left_out.map(|domain| format!("@{} left out{}", crate::output::page::shown(domain), context.glyphs.dot));
        let remark = format!(
            "{}{}{}{} sort{}columns: {}",
            note.unwrap_or_default(),
            self.order_words(context),
            context.glyphs.dot,
            key_of(Action::Sort),
            context.glyphs.dot,
            key_of(Action::Columns)
        );
        let mut right = vec![heading("Events", &remark, &narrowed)];
        right.push(table.titles(table.nearest(self.cell), self.arrow(context), &narrowed));
        right.extend(self.lines(&table, room, left_out, &narrowed));
        right.resize(room + 2, Row::new());
        let position = self.position("   ", context);
        let start = narrowed.size.columns.saturating_sub(position.used() + 1);
        right.push(Row::new().to(start).join(position));
        let facets = self.facets();
        let left = self.boxes.view(facets.as_ref().map(|facets| facets.as_slice()), self.in_boxes, context, room + 2);
        let empty = Row::new();
        let mut rows: Vec<Row> = right
            .into_iter()
            .enumerate()
            .map(|(at, right)| Row::beside(left.get(at).unwrap_or(&empty), boxes::COLUMNS, right, context.glyphs))
            .collect();
        if let Some(event) = self.listing.chosen(context) {
            let around = self.around.get(|of| *of == event.number()).copied();
            rows.extend(detail::pane(event, around, context));
        }
        rows
    }

    fn lines(&self, table: &Table, page: usize, left_out: Option<&str>, context: &Context<'_>) -> Vec<Row> {
        let at = self.listing.position(context);
        let visible = self.listing.visible(context, page);
        let line = |place: usize| {
            let row = table.line(self.listing.event(place, context)?, place == at, left_out, context);
            Some(row.to(context.size.columns).select(place == at && !self.in_boxes))
        };
        visible.filter_map(line).collect()
    }

    /// `12 new below · End   event 5 of 41 · ▒▒█▒▒▒▒▒`
    fn position(&self, between: &str, context: &Context<'_>) -> Row {
        let (at, count) = (self.listing.position(context), self.listing.count(context));
        let words = format!("event {} of {}", number(at as u64 + 1), number(count as u64));
        let new = self.new_ones(context);
        let start = match new.is_empty() {
            true => Row::new(),
            false => Row::new().put(&new, Role::Strong).put("   ", Role::Text),
        };
        if context.size.columns < Self::LEAST_FOR_BAR {
            return start.put(&words, Role::Text);
        }
        let full = context.glyphs.bars.last().copied().unwrap_or_default();
        let place = at * BAR / count.max(1);
        let track = |cells: usize| context.glyphs.track.repeat(cells);
        start
            .put(&words, Role::Text)
            .put(between, Role::Quiet)
            .put(&track(place), Role::Frame)
            .put(full, Role::Text)
            .put(&track(BAR.saturating_sub(place + 1)), Role::Frame)
    }

    /// What came while the cursor was elsewhere, and the key that leads there.
    fn new_ones(&self, context: &Context<'_>) -> String {
        let came = number(self.listing.came());
        let dot = context.glyphs.dot;
        match (self.listing.came(), self.listing.order(context)) {
            (0, _) => String::new(),
            (_, (Order::Time, false)) => format!("{came} new below{dot}{}", key_of(Action::Last)),
            (_, (Order::Time, true)) => format!("{came} new above{dot}{}", key_of(Action::First)),
            _ => format!("{came} new"),
        }
    }

    /// The column that the list is sorted by, unless it is the time, the oldest first.
    fn arrow(&self, context: &Context<'_>) -> Option<(About, bool)> {
        let (order, reversed) = self.listing.order(context);
        let about = About::ALL.into_iter().find(|about| about.order() == Some(order))?;
        (order != Order::Time || reversed).then_some((about, reversed))
    }

    fn order_words(&self, context: &Context<'_>) -> String {
        let (order, reversed) = self.listing.order(context);
        if self.listing.is_sorting(context) {
            return "sorting".to_owned();
        }
        match (order, reversed) {
            (Order::Time, false) => "newest last".to_owned(),
            (Order::Time, true) => "newest first".to_owned(),
            (_, reversed) => {
                let about = self.arrow(context).map_or("", |(about, _)| about.title());
                format!("by {}{}", about.to_lowercase(), if reversed { ", turned round" } else { "" })
            }
        }
    }
}

/// The mail domain that is left out of names, where nearly all people share one.
fn left_out<'m>(table: &Table, context: &Context<'m>) -> Option<&'m str> {
    context.data.events.domain.as_deref().filter(|domain| table.leaves_out(domain))
}

/// What is said where there are no events.
fn no_events(context: &Context<'_>) -> &'static str {
    match () {
        () if !context.filter.is_empty() => "Looking for events that match the filter.",
        () if context.data.reading.is_some() => "Nothing was read yet.",
        () => "These logs can be read, but hold no provisioning events.",
    }
}
