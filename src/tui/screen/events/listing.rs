//! What is listed, in which order, and where the cursor is in it. The cursor stays on its event,
//! whatever becomes of the list around it.

use std::sync::Arc;

use crate::event::store::Row as Event;
use crate::tui::cursor::Cursor;
use crate::tui::data::Shown;
use crate::tui::jobs::order::{Order, Sorting, place_in_time};
use crate::tui::jobs::{Job, News};
use crate::tui::keymap::Action;
use crate::tui::screen::Context;

/// The list, and the place in it.
#[derive(Default)]
pub(super) struct Listing {
    cursor: Cursor,
    /// The event under the cursor.
    on: Option<u32>,
    /// The cursor moves on with the newest event: nobody has moved it away from there.
    leaves_newest: bool,
    order: Order,
    reversed: bool,
    /// Rows in another order than that of time, and those they were made from.
    sorted: Option<Sorted>,
    /// What is being sorted.
    asked: Option<(Arc<Shown>, Order)>,
    /// What the cursor was placed in.
    seen: Option<Arc<Shown>>,
    /// Events that were there when the cursor was last on the newest one.
    known: u32,
    /// Those that came since, of files that are followed.
    came: u64,
}

struct Sorted {
    of: Arc<Shown>,
    order: Order,
    rows: Arc<Shown>,
}

impl Listing {
    /// A list with the cursor on a certain event.
    pub(super) fn at(row: u32) -> Listing {
        Listing { on: Some(row), leaves_newest: true, ..Listing::default() }
    }

    /// The rows as they are stored: those of the order that is wanted, or of the one before until it is
    /// there.
    pub(super) fn rows<'a>(&'a self, context: &'a Context<'_>) -> &'a Arc<Shown> {
        let shown = &context.data.shown;
        match &self.sorted {
            Some(sorted) if self.order != Order::Time && Arc::ptr_eq(&sorted.of, shown) => &sorted.rows,
            _ => shown,
        }
    }

    /// The order of [`Listing::rows`], and whether it is read backwards.
    pub(super) fn order(&self, context: &Context<'_>) -> (Order, bool) {
        let is_sorted = Arc::ptr_eq(self.rows(context), &context.data.shown);
        let order = self.sorted.as_ref().map_or(Order::Time, |sorted| sorted.order);
        (if is_sorted { Order::Time } else { order }, self.reversed)
    }

    /// Whether another order is being found.
    pub(super) fn is_sorting(&self, context: &Context<'_>) -> bool {
        self.order(context).0 != self.order
    }

    /// Whether it is read backwards.
    pub(super) fn is_reversed(&self) -> bool {
        self.reversed
    }

    /// Events that came since the cursor was last on the newest one, of files that are followed.
    pub(super) fn came(&self) -> u64 {
        self.came
    }

    /// How many events are listed.
    pub(super) fn count(&self, context: &Context<'_>) -> usize {
        context.data.shown.rows.len()
    }

    /// Where the cursor is.
    pub(super) fn position(&self, context: &Context<'_>) -> usize {
        self.cursor.at.min(self.count(context).saturating_sub(1))
    }

    /// Lines on screen.
    pub(super) fn visible(&self, context: &Context<'_>, page: usize) -> std::ops::Range<usize> {
        self.cursor.visible(self.count(context), page)
    }

    /// The event of a line.
    pub(super) fn event<'m>(&self, at: usize, context: &Context<'m>) -> Option<Event<'m>> {
        let rows = &self.rows(context).rows;
        let at = if self.reversed { rows.len().checked_sub(at + 1)? } else { at };
        context.data.events.store.row(*rows.get(at)?)
    }

    /// The event under the cursor.
    pub(super) fn chosen<'m>(&self, context: &Context<'m>) -> Option<Event<'m>> {
        self.event(self.position(context), context)
    }

    /// Moves as an action says; false if it is not about moving.
    pub(super) fn go(&mut self, action: Action, context: &Context<'_>, page: usize) -> bool {
        let count = self.count(context);
        let moves = self.cursor.go(action, count, page);
        if moves {
            self.settle(context, page);
        }
        moves
    }

    /// Puts the cursor on a line; true if it was there.
    pub(super) fn choose(&mut self, at: usize, context: &Context<'_>, page: usize) -> bool {
        let was = std::mem::replace(&mut self.cursor.at, at) == at;
        self.settle(context, page);
        was
    }

    fn settle(&mut self, context: &Context<'_>, page: usize) {
        let count = self.count(context);
        self.cursor.settle(count, page);
        self.on = self.chosen(context).map(Event::number);
        let newest = if self.reversed { 0 } else { count.saturating_sub(1) };
        self.leaves_newest = self.order != Order::Time || self.cursor.at != newest;
        if !self.leaves_newest {
            self.count_new(context);
        }
    }

    fn count_new(&mut self, context: &Context<'_>) {
        // As long as what was there at the start is read, nothing is new.
        if !self.leaves_newest || context.data.live.is_none() {
            (self.known, self.came) = (context.data.events.store.len(), 0);
            return;
        }
        // Later events have higher numbers, wherever their time puts them.
        let is_new = |row: &&u32| **row >= self.known;
        self.came = context.data.shown.rows.iter().filter(is_new).count() as u64;
    }

    /// Sorts by something else; by the same again, in the order of time again.
    pub(super) fn sort(&mut self, order: Order) {
        self.order = if self.order == order { Order::Time } else { order };
        // Who sorts looks at an event, not at what comes next.
        self.leaves_newest = true;
    }

    /// The order that is wanted, and whether it is read backwards.
    pub(super) fn wanted(&self) -> (Order, bool) {
        (self.order, self.reversed)
    }

    /// Takes an order, before anybody has looked.
    pub(super) fn arrange(&mut self, order: Order, reversed: bool) {
        (self.order, self.reversed) = (order, reversed);
        self.seen = None;
    }

    /// The other way round.
    pub(super) fn reverse(&mut self, context: &Context<'_>, page: usize) {
        self.reversed = !self.reversed;
        self.find(context, page);
    }

    /// Fits itself to what there is now.
    pub(super) fn catch_up(&mut self, context: &Context<'_>, page: usize) -> Option<Job> {
        let rows = self.rows(context).clone();
        if !self.seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &rows)) {
            self.seen = Some(rows);
            self.find(context, page);
            self.count_new(context);
        }
        let shown = &context.data.shown;
        let is_asked = || self.asked.as_ref().is_some_and(|(of, order)| Arc::ptr_eq(of, shown) && *order == self.order);
        if self.order == Order::Time || !self.is_sorting(context) || is_asked() {
            return None;
        }
        self.asked = Some((shown.clone(), self.order));
        Some(Job::Sort(Sorting { events: context.data.events.clone(), shown: shown.clone(), order: self.order }))
    }

    /// Takes an order that was found.
    pub(super) fn hear(&mut self, news: &News) {
        if let News::Sorted(of, order, rows) = news
            && *order == self.order
        {
            self.sorted = Some(Sorted { of: of.clone(), order: *order, rows: rows.clone() });
        }
    }

    /// Puts the cursor where its event is now; if it is not listed any more, where it would be.
    fn find(&mut self, context: &Context<'_>, page: usize) {
        let rows = self.rows(context).clone();
        let count = rows.rows.len();
        let newest = count.saturating_sub(1);
        let at = match self.on {
            Some(on) if self.leaves_newest => match self.order(context).0 {
                Order::Time => {
                    let (Ok(at) | Err(at)) = place_in_time(&context.data.events, &rows.rows, on);
                    at.min(newest)
                }
                _ => rows.rows.iter().position(|row| *row == on).unwrap_or_default(),
            },
            _ => newest,
        };
        let wanted = self.leaves_newest;
        self.cursor.at = if self.reversed { newest - at } else { at };
        let was = self.on;
        self.settle(context, page);
        // Nobody has moved it: it still belongs to the same event, should that be listed again.
        self.leaves_newest = wanted;
        if wanted {
            self.on = was.or(self.on);
        }
    }
}
