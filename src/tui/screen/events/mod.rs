//! Events: the lines themselves, with what to narrow them down by beside them and what is most needed
//! of one of them below.

mod acts;
mod boxes;
pub mod detail;
mod draw;
mod listing;
mod nothing;
pub(super) mod span;
pub mod table;

#[cfg(test)]
pub(in crate::tui) mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::menu::{Chosen, Menu};
use super::{Context, Outcome, Page};
use crate::tui::data::Shown;
use crate::tui::editing;
use crate::tui::jobs::around::Around;
use crate::tui::jobs::blame::Blame;
use crate::tui::jobs::export::Export;
use crate::tui::jobs::format::Format;
use crate::tui::jobs::order::Order;
use crate::tui::jobs::survey::{Facet, Survey};
use crate::tui::jobs::{Job, News};
use crate::tui::keymap::{Action, key_of};
use crate::tui::row::Row;
use crate::tui::saved::{View, by_name};
use boxes::Boxes;
use listing::Listing;
use span::Span;
use table::{About, Table};

/// What the screen remembers.
pub struct State {
    listing: Listing,
    columns: BTreeSet<About>,
    /// The column of the cell under the cursor.
    cell: About,
    boxes: Boxes,
    /// The keys go to the boxes.
    in_boxes: bool,
    facets: Found<Arc<Shown>, Arc<Vec<Facet>>>,
    around: Found<u32, Around>,
    blame: Found<String, Arc<Blame>>,
    menu: Option<Menu<Choice>>,
    /// How the file is to be written whose name is asked for; `None` if times are asked for.
    saving: Option<Format>,
    /// It shows an event among all others.
    is_context: bool,
}

/// Something that others find out, and what it was asked for.
struct Found<K, V> {
    asked: Option<K>,
    found: Option<(K, V)>,
}

impl<K, V> Default for Found<K, V> {
    fn default() -> Self {
        Found { asked: None, found: None }
    }
}

impl<K, V> Found<K, V> {
    fn get(&self, is_it: impl Fn(&K) -> bool) -> Option<&V> {
        self.found.as_ref().filter(|(key, _)| is_it(key)).map(|(_, value)| value)
    }

    /// Whether it has to be asked for.
    fn is_missing(&self, is_it: impl Fn(&K) -> bool) -> bool {
        !self.asked.as_ref().is_some_and(&is_it) && self.get(is_it).is_none()
    }
}

/// Something in a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A part of the time.
    Span(Span),
    /// A column, to show or to hide.
    Column(About),
    /// A kind of file.
    Format(Format),
}

impl Default for State {
    fn default() -> State {
        State {
            listing: Listing::default(),
            columns: usual_columns(),
            cell: About::default(),
            boxes: Boxes::default(),
            in_boxes: false,
            facets: Found::default(),
            around: Found::default(),
            blame: Found::default(),
            menu: None,
            saving: None,
            is_context: false,
        }
    }
}

fn usual_columns() -> BTreeSet<About> {
    About::ALL.into_iter().filter(|about| !About::EXTRA.contains(about)).collect()
}

impl State {
    /// With the cursor on a certain event.
    pub fn at(row: u32) -> State {
        State { listing: Listing::at(row), ..State::default() }
    }
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        if self.is_context { "In context".to_owned() } else { "Events".to_owned() }
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        if let Some(blame) = self.blame(context) {
            let suggests = nothing::suggestion(blame).is_some();
            let words = if nothing::is_meant(blame) { "use suggestion" } else { "remove a part" };
            let use_it = suggests.then_some((Action::Open, words));
            let others = [(Action::ClearFilter, "clear filter"), (Action::Filter, "edit")];
            return use_it.into_iter().chain(others).collect();
        }
        if self.listing.count(context) == 0 {
            return vec![(Action::Filter, "filter")];
        }
        let mut actions = vec![(Action::Open, "open"), (Action::Keep, "keep value"), (Action::Drop, "drop value")];
        if !context.filter.is_empty() {
            actions.push((Action::InContext, "context"));
        }
        actions.extend([(Action::Person, "person"), (Action::Copy, "copy"), (Action::Issue, "issue")]);
        actions.extend([
            (Action::Export, "export"),
            (Action::TimeRange, "time"),
            (Action::Sort, "sort"),
            (Action::Reverse, "reverse"),
            (Action::Columns, "columns"),
            (Action::Mark, "mark"),
            (Action::Marks, "marks"),
            (Action::Bundle, "bundle"),
            (Action::ZoomIn, "nearer"),
            (Action::ZoomOut, "farther"),
            (Action::Earlier, "earlier"),
            (Action::Later, "later"),
        ]);
        if context.size.is_wide() {
            actions.push((Action::Tick, "tick"));
        }
        if context.size.has_strip() {
            actions.extend([(Action::Larger, "larger"), (Action::Smaller, "smaller")]);
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        if let Some(menu) = &mut self.menu {
            return match menu.handle(action, context) {
                Chosen::Stay => Outcome::Done,
                Chosen::Close => {
                    self.menu = None;
                    Outcome::Done
                }
                Chosen::This(choice) => self.chosen(choice, context),
            };
        }
        if let Some(blame) = self.blame(context)
            && let Some(filter) = nothing::fixed(action, blame)
        {
            return Outcome::Filter(filter);
        }
        match action {
            Action::NextPart | Action::PreviousPart if context.size.is_wide() => {
                self.in_boxes = !self.in_boxes;
                return Outcome::Done;
            }
            Action::TimeRange => {
                self.menu = Some(Menu::new("Time", span::choices_with_event()));
                return Outcome::Done;
            }
            Action::Columns => {
                self.menu = Some(Menu::new("Columns", self.column_choices()));
                return Outcome::Done;
            }
            Action::Marks => {
                return match context.memory.marks.is_empty() {
                    true => Outcome::Say(format!("Nothing is marked yet. {} marks an event.", key_of(Action::Mark))),
                    false => Outcome::Filter("is:marked".to_owned()),
                };
            }
            _ => {}
        }
        if self.listing.count(context) == 0 {
            return Outcome::Ignored;
        }
        if let Some(outcome) = self.in_boxes(action, context) {
            return outcome;
        }
        if self.listing.go(action, context, list_rows(context)) {
            return Outcome::Done;
        }
        self.with_event(action, context)
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let mut rows = self.body(context);
        if let Some(menu) = &self.menu {
            let menu = menu.view(context);
            rows.resize(context.size.body().max(menu.len()), Row::new());
            for (place, row) in rows.iter_mut().zip(menu) {
                *place = row;
            }
        }
        rows
    }

    fn answered(&mut self, answer: &str, context: &Context<'_>) -> Outcome {
        let answer = answer.trim();
        match self.saving.take() {
            _ if answer.is_empty() => Outcome::Done,
            Some(format) => Outcome::Start(Job::Export(Export {
                path: PathBuf::from(answer),
                format,
                filter: context.filter.to_owned(),
                events: context.data.events.clone(),
                shown: self.listing.rows(context).clone(),
                backwards: self.listing.is_reversed(),
            })),
            None => match span::typed(answer, context) {
                Ok(filter) => Outcome::Filter(filter),
                Err(mistake) => Outcome::Say(mistake.to_string()),
            },
        }
    }

    fn catch_up(&mut self, context: &Context<'_>) -> Vec<Job> {
        let data = context.data;
        let shown = &data.shown;
        self.in_boxes &= context.size.is_wide();
        let mut jobs: Vec<Job> = self.listing.catch_up(context, list_rows(context)).into_iter().collect();
        if shown.rows.is_empty() {
            if !context.filter.is_empty() && self.blame.is_missing(|text| text == context.filter) {
                let narrow = editing::narrow(context.filter, data, context.memory, &context.zone);
                self.blame.asked = narrow.as_ref().map(|narrow| narrow.text.clone());
                jobs.extend(narrow.map(Job::Blame));
            }
            return jobs;
        }
        if !context.size.is_wide() {
            return jobs;
        }
        if self.facets.is_missing(|of| Arc::ptr_eq(of, shown)) {
            let narrow = editing::narrow(context.filter, data, context.memory, &context.zone);
            self.facets.asked = Some(shown.clone());
            jobs.extend(narrow.map(|narrow| Job::Survey(Survey { narrow, shown: shown.clone() })));
        }
        let row = self.listing.chosen(context).map(|event| event.number());
        if let Some(row) = row
            && self.around.is_missing(|of| *of == row)
        {
            self.around.asked = Some(row);
            jobs.push(Job::Around(data.events.clone(), row));
        }
        jobs
    }

    fn hear(&mut self, news: &News, _: &Context<'_>) {
        self.listing.hear(news);
        match news {
            News::Surveyed(of, facets) => self.facets.found = Some((of.clone(), facets.clone())),
            News::Around(of, around) => self.around.found = Some((*of, *around)),
            News::Blamed(of, blame) => self.blame.found = Some((of.clone(), blame.clone())),
            // More is known of everything now.
            News::Read(..) | News::EventsSoFar(_) => {
                self.around = Found::default();
                self.blame = Found::default();
            }
            _ => {}
        }
    }

    fn keep(&self, view: &mut View) {
        let orders = || About::NAMES.iter().filter_map(|(name, about)| Some((*name, about.order()?)));
        let (wanted, reversed) = self.listing.wanted();
        let name = orders().find(|(_, order)| *order == wanted).map_or("", |(name, _)| name);
        view.sort = if wanted == Order::Time { String::new() } else { name.to_owned() };
        view.reversed = reversed;
        if self.columns != usual_columns() {
            let shown = About::NAMES.iter().filter(|(_, about)| self.columns.contains(about));
            view.columns = shown.map(|(name, _)| (*name).to_owned()).collect();
        }
    }

    fn arrange(&mut self, view: &View) -> Result<(), String> {
        let by = if view.sort.is_empty() { About::Time } else { by_name(&About::NAMES, "column", &view.sort)? };
        let order = by.order().ok_or_else(|| format!("the list cannot be sorted by {}", view.sort))?;
        self.listing.arrange(order, view.reversed);
        let named = view.columns.iter().map(|name| by_name(&About::NAMES, "column", name));
        let columns = named.collect::<Result<BTreeSet<About>, String>>()?;
        self.columns = if columns.is_empty() { usual_columns() } else { columns };
        Ok(())
    }

    fn click(&mut self, row: usize, column: usize, context: &Context<'_>) -> bool {
        if let Some(menu) = &mut self.menu {
            return menu.click(row, context);
        }
        let page = list_rows(context);
        let (start, first) = origin(context);
        if column < start {
            let facets = self.facets();
            let Some((facets, row)) = facets.zip(row.checked_sub(1)) else { return false };
            self.in_boxes = self.boxes.click(row, &facets, page);
            return self.in_boxes;
        }
        self.in_boxes = false;
        let table = self.table(context);
        if row + 1 == first
            && let Some(about) = table.at(column - start)
        {
            self.cell = about;
            self.sort(context);
            return false;
        }
        let Some(row) = row.checked_sub(first).filter(|row| *row < page) else { return false };
        let at = self.listing.visible(context, page).start + row;
        if at >= self.listing.count(context) {
            return false;
        }
        self.cell = table.at(column - start).unwrap_or(self.cell);
        self.listing.choose(at, context, page)
    }
}

impl State {
    fn blame(&self, context: &Context<'_>) -> Option<&Blame> {
        let blame = self.blame.get(|text| text == context.filter)?;
        // Otherwise the rows are still on their way.
        (context.data.shown.rows.is_empty() && blame.all == 0).then_some(blame)
    }

    fn facets(&self) -> Option<Arc<Vec<Facet>>> {
        // Those of the filter before stay until there are others, so that the eye has something to hold.
        self.facets.found.as_ref().map(|(_, facets)| facets.clone())
    }

    fn table(&self, context: &Context<'_>) -> Table {
        let is_wide = context.size.is_wide();
        let columns = if is_wide { context.size.columns - boxes::COLUMNS - 1 } else { context.size.columns };
        Table::of(&self.columns, &context.narrowed(columns), is_wide)
    }
}

/// The column and the row at which the lines of the list begin.
fn origin(context: &Context<'_>) -> (usize, usize) {
    if context.size.is_wide() { (boxes::COLUMNS + 1, 2) } else { (0, 1) }
}

/// Lines that the list has on screen.
fn list_rows(context: &Context<'_>) -> usize {
    context.size.body().saturating_sub(match context.size {
        // Headings, and where one is.
        size if size.is_wide() => 3 + detail::rows(context),
        size if size.has_strip() => 1 + detail::strip_rows(context),
        _ => 2,
    })
}
