//! Issues: what kinds of trouble there are, the worst first, and the first step for the one that
//! the cursor is on. What no rule describes stands in the same list: trouble does not sort itself
//! by whether somebody has written a rule.

mod history;
mod line;

use super::saving::Saving;
use super::{Context, Outcome, Page, bundle, heading, issue, nothing_passes, paragraph, unfilter};
use crate::analysis::Issue;
use crate::output::page::counted;
use crate::tui::cursor::Cursor;
use crate::tui::jobs::Job;
use crate::tui::jobs::sheet::Listed;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::memory::Change;
use crate::tui::row::Row;
use crate::tui::saved::{View, by_name, name_of};
use line::STRIP;

pub(super) use line::{level, sign};

/// Which column the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Order {
    /// The level of the rule, then people.
    #[default]
    Level,
    People,
    Count,
    Newest,
}

impl Order {
    /// All of them, as views call them.
    const NAMES: [(&str, Order); 4] =
        [("level", Order::Level), ("people", Order::People), ("count", Order::Count), ("newest", Order::Newest)];

    fn words(self) -> &'static str {
        match self {
            Order::Level => "by level, still affected",
            Order::People => "by people",
            Order::Count => "by count",
            Order::Newest => "newest first",
        }
    }

    fn next(self) -> Order {
        match self {
            Order::Level => Order::People,
            Order::People => Order::Count,
            Order::Count => Order::Newest,
            Order::Newest => Order::Level,
        }
    }
}

/// What the screen remembers.
#[derive(Default)]
pub struct State {
    cursor: Cursor,
    order: Order,
    reversed: bool,
    /// What was dismissed is in the list too, at its end.
    with_dismissed: bool,
    /// Where there is room for two parts: the page of the issue that the cursor was on last.
    pane: Option<issue::State>,
    /// Keys go to that page.
    in_pane: bool,
    saving: Saving,
}

/// Columns of the list where a page is beside it, usually; so many change hands at a time.
const BESIDE: usize = 58;
const LARGER: isize = 5;
/// Columns that the list needs.
const LEAST_BESIDE: usize = 38;

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Issues".to_owned()
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        if is_empty(context) {
            return if context.filter.is_empty() { vec![(Action::Filter, "filter")] } else { unfilter(context) };
        }
        let mut actions = match (self.in_pane, self.pane(context)) {
            (true, Some(pane)) => pane.actions(&pane_context(context)),
            _ => vec![
                (Action::Open, "steps"),
                (Action::Events, "events"),
                (Action::People, "people"),
                (Action::Copy, "copy"),
                (Action::Bundle, "bundle"),
            ],
        };
        if context.size.is_wide() {
            actions.push((Action::NextPart, "other side"));
        }
        actions.extend([
            (Action::Sort, "sort"),
            (Action::Filter, "filter"),
            (Action::TimeRange, "time"),
            (Action::Export, "export"),
            (Action::Dismiss, "dismiss"),
            (Action::Reverse, "reverse"),
        ]);
        if dismissed(context) > 0 {
            actions.push((Action::Dismissed, "dismissed"));
        }
        if context.size.has_strip() {
            actions.extend([(Action::Larger, "larger"), (Action::Smaller, "smaller")]);
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        if self.saving.is_open() {
            let listed = self.listed(context);
            return self.saving.handle(action, &listed, context).unwrap_or(Outcome::Ignored);
        }
        if action == Action::Dismissed && dismissed(context) > 0 {
            self.with_dismissed = !self.with_dismissed;
            self.cursor.settle(self.issues(context).len(), list_rows(context));
            return Outcome::Done;
        }
        let issues = self.issues(context);
        let Some((place, issue)) = issues.get(self.cursor.at).copied() else { return Outcome::Ignored };
        if matches!(action, Action::NextPart | Action::PreviousPart) && context.size.is_wide() {
            self.in_pane = !self.in_pane;
            return Outcome::Done;
        }
        if self.in_pane && context.size.is_wide() {
            if matches!(action, Action::Back | Action::Quit) {
                self.in_pane = false;
                return Outcome::Done;
            }
            let mut pane = self.pane(context).unwrap_or_else(|| issue::State::new(place));
            let outcome = pane.handle(action, &pane_context(context));
            self.pane = Some(pane);
            if !matches!(outcome, Outcome::Ignored) {
                return outcome;
            }
        } else if self.cursor.go(action, issues.len(), list_rows(context)) {
            self.cursor.settle(issues.len(), list_rows(context));
            return Outcome::Done;
        }
        match action {
            Action::Export => self.saving.begin("Save what is listed"),
            Action::Dismiss => Outcome::Remember(Change::Dismiss(issue::key(issue, context))),
            Action::Open => Outcome::Show(Box::new(issue::State::new(place))),
            Action::Bundle => bundle::of_issue(issue, context),
            Action::Events => issue::events_page(place, context),
            Action::People => issue::people_page(issue, context),
            Action::Copy => issue::State::new(place).handle(Action::Copy, context),
            Action::Sort | Action::Reverse => {
                if action == Action::Sort {
                    self.order = self.order.next()
                } else {
                    self.reversed = !self.reversed
                }
                // The cursor stays on its issue, wherever that went.
                let sorted = self.issues(context);
                self.cursor.at = sorted.iter().position(|(other, _)| *other == place).unwrap_or_default();
                self.cursor.settle(sorted.len(), list_rows(context));
                Outcome::Done
            }
            _ => Outcome::Ignored,
        }
    }

    fn catch_up(&mut self, context: &Context<'_>) -> Vec<Job> {
        // The list gets shorter when an issue is dismissed.
        self.cursor.settle(self.issues(context).len(), list_rows(context));
        Vec::new()
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        self.saving.over(self.body(context), context)
    }

    fn answered(&mut self, answer: &str, context: &Context<'_>) -> Outcome {
        let listed = self.listed(context);
        if let Some(outcome) = self.saving.answered(answer, listed, context) {
            return outcome;
        }
        match &mut self.pane {
            Some(pane) => pane.answered(answer, &pane_context(context)),
            None => Outcome::Ignored,
        }
    }

    fn keep(&self, view: &mut View) {
        (view.sort, view.reversed) = (name_of(&Order::NAMES, &self.order), self.reversed);
    }

    fn arrange(&mut self, view: &View) -> Result<(), String> {
        self.reversed = view.reversed;
        self.order = if view.sort.is_empty() { Order::Level } else { by_name(&Order::NAMES, "order", &view.sort)? };
        Ok(())
    }

    fn click(&mut self, row: usize, column: usize, context: &Context<'_>) -> bool {
        if let Some(again) = self.saving.click(row, context) {
            return again;
        }
        if context.size.is_wide() {
            self.in_pane = column > beside(context);
        }
        if self.in_pane {
            let Some(mut pane) = self.pane(context) else { return false };
            let again = pane.click(row.saturating_sub(1), column, &pane_context(context));
            self.pane = Some(pane);
            return again;
        }
        let count = self.issues(context).len();
        let visible = self.cursor.visible(count, list_rows(context));
        let Some(at) = row.checked_sub(2).map(|row| row + visible.start).filter(|at| visible.contains(at)) else {
            return false;
        };
        let again = self.cursor.at == at;
        self.cursor.at = at;
        again
    }
}

impl State {
    fn listed(&self, context: &Context<'_>) -> Listed {
        Listed::Issues(self.issues(context).into_iter().map(|(place, _)| place).collect())
    }

    /// The list, with the page of an issue beside it where there is room.
    fn body(&self, context: &Context<'_>) -> Vec<Row> {
        let page = list_rows(context);
        let body = context.size.body().saturating_sub(1);
        let (true, Some(pane)) = (context.size.is_wide(), self.pane(context)) else {
            return self.list(page, true, context);
        };
        let columns = beside(context);
        let narrowed = context.narrowed(columns);
        let mut left = self.list(page, !self.in_pane, &narrowed);
        if let Some(issue) = issue::find(pane.place(), context) {
            left.resize(body.saturating_sub(history::ROWS), Row::new());
            left.extend(history::rows(issue, &narrowed));
        }
        let mut right = vec![heading_of(pane.place(), &pane_context(context))];
        right.extend(pane.rows(&pane_context(context), self.in_pane));
        left.resize(body, Row::new());
        right.resize(body, Row::new());
        left.iter().zip(right).map(|(left, right)| Row::beside(left, columns, right, context.glyphs)).collect()
    }

    /// The page beside the list, about the issue that the cursor is on.
    fn pane(&self, context: &Context<'_>) -> Option<issue::State> {
        let place = self.issues(context).get(self.cursor.at).map(|(place, _)| *place)?;
        let known = self.pane.clone().filter(|pane| pane.place() == place);
        Some(known.unwrap_or_else(|| issue::State::new(place)))
    }

    /// The list, and the strip where nothing is beside it.
    fn list(&self, page: usize, has_keys: bool, context: &Context<'_>) -> Vec<Row> {
        let analysis = &context.data.analysis;
        let issues = self.issues(context);
        let order = match self.reversed {
            true => format!("{}, turned round", self.order.words()),
            false => self.order.words().to_owned(),
        };
        let key = key_of(Action::Sort);
        let remark = match context.size.columns {
            70.. if dismissed(context) > 0 => format!(
                "{} known, {} unknown, {} dismissed, {} ({})",
                analysis.issues.len(),
                analysis.unknown.len(),
                dismissed(context),
                if self.with_dismissed { "last" } else { "hidden" },
                key_of(Action::Dismissed)
            ),
            0..70 => format!("{}{}{order} ({key})", issues.len(), context.glyphs.dot),
            _ => format!(
                "{} known, {} unknown{}{order} ({key} to change)",
                analysis.issues.len(),
                analysis.unknown.len(),
                context.glyphs.dot
            ),
        };
        let mut rows = vec![heading("Issues", &remark, context)];
        if issues.is_empty() {
            let words = if dismissed(context) > 0 {
                format!("You dismissed all of them; {} shows them.", key_of(Action::Dismissed))
            } else {
                nothing(context)
            };
            rows.extend(paragraph("", &words, 1, Role::Text, context.size.columns));
            return rows;
        }
        let widths = line::widths(context);
        rows.push(line::titles_of(&widths));
        for at in self.cursor.visible(issues.len(), page) {
            let Some((_, issue)) = issues.get(at) else { continue };
            rows.push(line::row(issue, &widths, context).select(has_keys && at == self.cursor.at));
        }
        if context.size.has_strip()
            && let Some((_, issue)) = issues.get(self.cursor.at)
        {
            rows.resize(context.size.body().saturating_sub(context.below(STRIP) + 1), Row::new());
            rows.extend(line::strip(issue, context));
        }
        rows
    }

    /// All issues in the order of the list, each with its place in the analysis.
    fn issues<'m>(&self, context: &Context<'m>) -> Vec<(issue::Place, &'m Issue)> {
        let analysis = &context.data.analysis;
        let known = analysis.issues.iter().enumerate().map(|(at, issue)| (issue::Place::Known(at), issue));
        let unknown = analysis.unknown.iter().enumerate().map(|(at, issue)| (issue::Place::Unknown(at), issue));
        let mut all: Vec<_> = known.chain(unknown).collect();
        // Sorting keeps the analysis' own order among equals.
        match self.order {
            Order::Level => {}
            Order::People => all.sort_by_key(|(_, issue)| std::cmp::Reverse(issue.users)),
            Order::Count => all.sort_by_key(|(_, issue)| std::cmp::Reverse(issue.events)),
            Order::Newest => all.sort_by_key(|(_, issue)| std::cmp::Reverse(issue.last)),
        }
        if self.reversed {
            all.reverse();
        }
        let (last, mut all): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, issue)| is_dismissed(issue, context));
        if self.with_dismissed {
            all.extend(last);
        }
        all
    }
}

/// Rows that the list has on screen.
fn list_rows(context: &Context<'_>) -> usize {
    let below = match context.size {
        size if size.is_wide() => history::ROWS,
        size if size.has_strip() => context.below(STRIP),
        _ => 0,
    };
    // The heading, the titles, and the row for messages.
    context.size.body().saturating_sub(3 + below)
}

fn is_dismissed(issue: &Issue, context: &Context<'_>) -> bool {
    context.memory.dismissed.contains(&issue::key(issue, context))
}

fn dismissed(context: &Context<'_>) -> usize {
    let analysis = &context.data.analysis;
    analysis.issues.iter().chain(&analysis.unknown).filter(|issue| is_dismissed(issue, context)).count()
}

fn is_empty(context: &Context<'_>) -> bool {
    context.data.analysis.issues.is_empty() && context.data.analysis.unknown.is_empty()
}

/// What is said where there are no issues.
fn nothing(context: &Context<'_>) -> String {
    if let (None, Some(words)) = (context.data.reading, nothing_passes(context)) {
        return words;
    }
    match context.data.analysis.totals.events {
        _ if context.data.reading.is_some() => "Reading. No failure so far.".to_owned(),
        0 => "Nothing about provisioning was found in these logs. The screen Inputs (7) says what they are.".to_owned(),
        events => format!("No failures in {}.", counted(events, "event", "events")),
    }
}

/// Columns of the list where a page is beside it.
fn beside(context: &Context<'_>) -> usize {
    let most = context.size.columns.saturating_sub(BESIDE).max(LEAST_BESIDE);
    BESIDE.saturating_add_signed(-LARGER * context.detail).clamp(LEAST_BESIDE, most)
}

/// The page beside the list has what the list leaves.
fn pane_context<'c>(context: &'c Context<'_>) -> Context<'c> {
    let mut pane = context.narrowed(context.size.columns.saturating_sub(beside(context) + 1));
    // Its heading takes a row.
    pane.size.rows = pane.size.rows.saturating_sub(1);
    pane
}

fn heading_of(place: issue::Place, context: &Context<'_>) -> Row {
    let Some(issue) = issue::find(place, context) else { return Row::new() };
    let id = issue::rule(issue, context).map_or("no rule yet", |rule| rule.id.as_str());
    heading(&issue::title(issue, context), id, context)
}
