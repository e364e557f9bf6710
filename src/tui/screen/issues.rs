//! Issues: what kinds of trouble there are, the worst first, and the first step for the one that
//! the cursor is on. What no rule describes stands in the same list: trouble does not sort itself
//! by whether somebody has written a rule.

use super::{Context, Outcome, Page, heading, issue, paragraph};
use crate::analysis::{Issue, State as IssueState};
use crate::output::page::{counted, number};
use crate::rules::{Rule, Severity};
use crate::tui::columns::{Column, Side, cell, fit, titles};
use crate::tui::cursor::Cursor;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::memory::Change;
use crate::tui::row::Row;
use crate::tui::trend;
use crate::tui::when;

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
    fn words(self) -> &'static str {
        match self {
            Order::Level => "by level, then people",
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
}

/// Rows of the strip about the issue that the cursor is on, its heading included.
const STRIP: usize = 5;
/// Columns of the list where a page is beside it.
const BESIDE: usize = 50;

const COLUMNS: [Column; 6] = [
    Column { title: "", gap: 0, least: 9, goes: 2, grows: false, side: Side::Left },
    Column { title: "What is wrong", gap: 0, least: 24, goes: 0, grows: true, side: Side::Left },
    Column { title: "Count", gap: 2, least: 7, goes: 1, grows: false, side: Side::Right },
    Column { title: "People", gap: 1, least: 7, goes: 0, grows: false, side: Side::Right },
    Column { title: "Seen", gap: 2, least: 9, goes: 3, grows: false, side: Side::Left },
    Column { title: "Trend", gap: 1, least: 5, goes: 4, grows: false, side: Side::Left },
];

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Issues".to_owned()
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        if is_empty(context) {
            return vec![(Action::Filter, "filter")];
        }
        let mut actions = match (self.in_pane, self.pane(context)) {
            (true, Some(pane)) => pane.actions(&pane_context(context)),
            _ => vec![
                (Action::Open, "steps"),
                (Action::Events, "events"),
                (Action::People, "people"),
                (Action::Copy, "copy"),
            ],
        };
        if context.size.is_wide() {
            actions.push((Action::NextPart, "other side"));
        }
        actions.extend([
            (Action::Sort, "sort"),
            (Action::Reverse, "reverse"),
            (Action::Filter, "filter"),
            (Action::Dismiss, "dismiss"),
        ]);
        if dismissed(context) > 0 {
            actions.push((Action::Dismissed, "dismissed"));
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        if action == Action::Dismissed && dismissed(context) > 0 {
            self.with_dismissed = !self.with_dismissed;
            self.cursor.settle(self.issues(context).len(), self.list_rows(context));
            return Outcome::Done;
        }
        let issues = self.issues(context);
        let Some((place, issue)) = issues.get(self.cursor.at).copied() else { return Outcome::Ignored };
        if matches!(action, Action::NextPart | Action::PreviousPart) && context.size.is_wide() {
            self.in_pane = !self.in_pane;
            return Outcome::Done;
        }
        if self.in_pane && context.size.is_wide() {
            if action == Action::Back {
                self.in_pane = false;
                return Outcome::Done;
            }
            let mut pane = self.pane(context).unwrap_or_else(|| issue::State::new(place));
            let outcome = pane.handle(action, &pane_context(context));
            self.pane = Some(pane);
            if !matches!(outcome, Outcome::Ignored) {
                return outcome;
            }
        } else if self.cursor.go(action, issues.len(), self.list_rows(context)) {
            self.cursor.settle(issues.len(), self.list_rows(context));
            return Outcome::Done;
        }
        match action {
            Action::Dismiss => Outcome::Remember(Change::Dismiss(issue::key(issue, context))),
            Action::Open => Outcome::Show(Box::new(issue::State::new(place))),
            Action::Events => issue::events_page(issue, context),
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
                self.cursor.settle(sorted.len(), self.list_rows(context));
                Outcome::Done
            }
            _ => Outcome::Ignored,
        }
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let list = |context: &Context<'_>| self.list(context, !(self.in_pane && context.size.is_wide()));
        let body = context.size.body().saturating_sub(1);
        let (true, Some(pane)) = (context.size.is_wide(), self.pane(context)) else { return list(context) };
        let mut left = self.list(&context.narrowed(BESIDE), !self.in_pane);
        let mut right = vec![heading_of(pane.place(), &pane_context(context))];
        right.extend(pane.rows(&pane_context(context), self.in_pane));
        left.resize(body, Row::new());
        right.resize(body, Row::new());
        left.iter().zip(right).map(|(left, right)| Row::beside(left, BESIDE, right, context.glyphs)).collect()
    }

    fn click(&mut self, row: usize, column: usize, context: &Context<'_>) -> bool {
        if context.size.is_wide() {
            self.in_pane = column > BESIDE;
        }
        if self.in_pane {
            let Some(mut pane) = self.pane(context) else { return false };
            let again = pane.click(row.saturating_sub(1), column, &pane_context(context));
            self.pane = Some(pane);
            return again;
        }
        let count = self.issues(context).len();
        let visible = self.cursor.visible(count, self.list_rows(context));
        let Some(at) = row.checked_sub(2).map(|row| row + visible.start).filter(|at| visible.contains(at)) else {
            return false;
        };
        let again = self.cursor.at == at;
        self.cursor.at = at;
        again
    }
}

impl State {
    /// The page beside the list, about the issue that the cursor is on.
    fn pane(&self, context: &Context<'_>) -> Option<issue::State> {
        let place = self.issues(context).get(self.cursor.at).map(|(place, _)| *place)?;
        let known = self.pane.clone().filter(|pane| pane.place() == place);
        Some(known.unwrap_or_else(|| issue::State::new(place)))
    }

    /// The list, and the strip where nothing is beside it.
    fn list(&self, context: &Context<'_>, has_keys: bool) -> Vec<Row> {
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
                "You dismissed all of them; D shows them.".to_owned()
            } else {
                nothing(context)
            };
            rows.extend(paragraph("", &words, 1, Role::Text, context.size.columns));
            return rows;
        }
        let widths = fit(&COLUMNS, context.size.columns.saturating_sub(5));
        let level = if widths.first().is_some_and(Option::is_some) { "Level" } else { "" };
        rows.push(titles(&COLUMNS, &widths, Row::new().to(3).put(level, Role::Quiet), 5));
        let page = self.list_rows(context);
        for at in self.cursor.visible(issues.len(), page) {
            let Some((_, issue)) = issues.get(at) else { continue };
            rows.push(line(issue, &widths, context).select(has_keys && at == self.cursor.at));
        }
        if context.size.has_strip()
            && let Some((_, issue)) = issues.get(self.cursor.at)
        {
            rows.resize(context.size.body().saturating_sub(STRIP + 1), Row::new());
            rows.extend(strip(issue, context));
        }
        rows
    }

    /// Rows that the list has on screen.
    fn list_rows(&self, context: &Context<'_>) -> usize {
        let strip = if context.size.has_strip() && !context.size.is_wide() { STRIP } else { 0 };
        // The heading, the titles, and the row for messages.
        context.size.body().saturating_sub(3 + strip)
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
    match context.data.analysis.totals.events {
        _ if context.data.reading.is_some() => "Reading. No failure so far.".to_owned(),
        0 if !context.filter.is_empty() => "Nothing passes the filter. x clears it.".to_owned(),
        0 => "Nothing about provisioning was found in these logs. The screen Inputs (7) says what they are.".to_owned(),
        events => format!("No failures in {}.", counted(events, "event", "events")),
    }
}

/// The page beside the list has what the list leaves.
fn pane_context<'c>(context: &'c Context<'_>) -> Context<'c> {
    let mut pane = context.narrowed(context.size.columns.saturating_sub(BESIDE + 1));
    // Its heading takes a row.
    pane.size.rows = pane.size.rows.saturating_sub(1);
    pane
}

fn heading_of(place: issue::Place, context: &Context<'_>) -> Row {
    let Some(issue) = issue::find(place, context) else { return Row::new() };
    let id = issue::rule(issue, context).map_or("no rule yet", |rule| rule.id.as_str());
    heading(&issue::title(issue, context), id, context)
}

fn line(issue: &Issue, widths: &[Option<usize>], context: &Context<'_>) -> Row {
    let analysis = &context.data.analysis;
    let rule = issue::rule(issue, context);
    let (glyph, role) = sign(issue, rule, context);
    let level = rule.map_or("New", |rule| level(rule.severity));
    let what = rule.map_or_else(|| issue.shape.clone().unwrap_or_default(), |rule| rule.title.clone());
    let texts = [
        level.to_owned(),
        crate::output::page::shown(&what),
        number(issue.events),
        number(issue.users),
        when::seen(issue.first, issue.last, analysis.last, &context.zone),
        trend::of(issue, analysis).map_or_else(String::new, |trend| trend.picture(context.glyphs)),
    ];
    let mut row = Row::new().to(3).put(glyph, role).to(5);
    for ((column, width), text) in COLUMNS.iter().zip(widths).zip(&texts) {
        let role = if column.title == "Level" { role } else { Role::Text };
        row = cell(row, column, *width, text, role, context);
    }
    row
}

/// The sign of an issue, and the role of its word.
pub(super) fn sign(issue: &Issue, rule: Option<&Rule>, context: &Context<'_>) -> (&'static str, Role) {
    let glyphs = context.glyphs;
    match rule.map(|rule| rule.severity) {
        None => (glyphs.new, Role::New),
        Some(_) if issue.state == IssueState::Recovered => (glyphs.ok, Role::Ok),
        Some(Severity::Info) => (glyphs.skipped, Role::Quiet),
        Some(Severity::Low | Severity::Medium) => (glyphs.warning, Role::Warning),
        Some(Severity::High | Severity::Critical) => (glyphs.failed, Role::Failed),
    }
}

/// The level as the screen writes it.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// What is most needed of the issue under the cursor.
fn strip(issue: &Issue, context: &Context<'_>) -> Vec<Row> {
    let columns = context.size.columns;
    let Some(rule) = issue::rule(issue, context) else {
        let example = issue.examples.first().and_then(|example| example.message.as_deref()).unwrap_or_default();
        let mut rows = vec![heading(issue.shape.as_deref().unwrap_or_default(), "no rule yet", context)];
        rows.extend(paragraph("Example", example, 16, Role::Text, columns));
        return cut(rows);
    };
    let mut rows = vec![heading(&rule.title, &rule.id, context)];
    let steps = match rule.fix.len() {
        1 => "(1 step)".to_owned(),
        count => format!("({count} steps)"),
    };
    let mut happened = paragraph("What happened", rule.cause.trim(), 16, Role::Text, columns);
    let step = paragraph("First step", rule.fix.first().map_or("", String::as_str), 16, Role::Text, columns);
    let who = paragraph("Who can fix", &format!("{}  {steps}", rule.owner.words()), 16, Role::Text, columns);
    happened.truncate(2);
    rows.extend(happened);
    rows.extend(step.into_iter().take(1));
    rows.extend(who.into_iter().take(1));
    cut(rows)
}

/// The strip has always the same height, so that the list above it stands still.
fn cut(mut rows: Vec<Row>) -> Vec<Row> {
    rows.resize(STRIP, Row::new());
    rows
}
