//! Issues: what kinds of trouble there are, the worst first, and the first step for the one that
//! the cursor is on. What no rule describes stands in the same list: trouble does not sort itself
//! by whether somebody has written a rule.

use super::{Context, Outcome, Page, events, heading, issue, paragraph};
use crate::analysis::{Issue, State as IssueState};
use crate::output::page::number;
use crate::rules::{Rule, Severity};
use crate::tui::columns::{Column, Side, cell, fit, titles};
use crate::tui::cursor::Cursor;
use crate::tui::keymap::Action;
use crate::tui::look::Role;
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
}

/// Rows of the strip about the issue that the cursor is on, its heading included.
const STRIP: usize = 5;

const COLUMNS: [Column; 6] = [
    Column { title: "Level", gap: 0, least: 8, goes: 2, grows: false, side: Side::Left },
    Column { title: "What is wrong", gap: 1, least: 24, goes: 0, grows: true, side: Side::Left },
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
            return Vec::new();
        }
        vec![
            (Action::Open, "steps"),
            (Action::Events, "events"),
            (Action::Sort, "sort"),
            (Action::Reverse, "reverse"),
            (Action::Filter, "filter"),
        ]
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let issues = self.issues(context);
        if self.cursor.go(action, issues.len(), self.list_rows(context)) {
            self.cursor.settle(issues.len(), self.list_rows(context));
            return Outcome::Done;
        }
        let Some((place, issue)) = issues.get(self.cursor.at).copied() else { return Outcome::Ignored };
        match action {
            Action::Open => Outcome::Show(Box::new(issue::State::new(place))),
            Action::Events => issue::events_of(issue, context)
                .map_or(Outcome::Ignored, |filter| Outcome::ShowFiltered(Box::new(events::State::default()), filter)),
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
        let analysis = &context.data.analysis;
        let issues = self.issues(context);
        let order =
            if self.reversed { format!("{}, turned round", self.order.words()) } else { self.order.words().to_owned() };
        let remark = format!(
            "{} known, {} unknown{}{order} ({} to change)",
            analysis.issues.len(),
            analysis.unknown.len(),
            context.glyphs.dot,
            crate::tui::keymap::key_of(Action::Sort)
        );
        let mut rows = vec![heading("Issues", &remark, context)];
        if issues.is_empty() {
            rows.extend(paragraph("", nothing(context), 1, Role::Text, context.size.columns));
            return rows;
        }
        let widths = fit(&COLUMNS, context.size.columns.saturating_sub(5));
        rows.push(titles(&COLUMNS, &widths, 5));
        let page = self.list_rows(context);
        for at in self.cursor.visible(issues.len(), page) {
            let Some((_, issue)) = issues.get(at) else { continue };
            rows.push(line(issue, &widths, context).select(at == self.cursor.at));
        }
        if context.size.has_strip()
            && let Some((_, issue)) = issues.get(self.cursor.at)
        {
            rows.resize(context.size.body().saturating_sub(STRIP), Row::new());
            rows.extend(strip(issue, context));
        }
        rows
    }
}

impl State {
    /// Rows that the list has on screen.
    fn list_rows(&self, context: &Context<'_>) -> usize {
        let strip = if context.size.has_strip() { STRIP } else { 0 };
        context.size.body().saturating_sub(2 + strip)
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
        all
    }
}

fn is_empty(context: &Context<'_>) -> bool {
    context.data.analysis.issues.is_empty() && context.data.analysis.unknown.is_empty()
}

/// What is said where there are no issues.
fn nothing(context: &Context<'_>) -> &'static str {
    if context.data.analysis.totals.events == 0 {
        "Nothing about provisioning was found in these logs."
    } else {
        "Nothing failed."
    }
}

fn rule<'m>(issue: &Issue, context: &Context<'m>) -> Option<&'m Rule> {
    issue.rule.and_then(|rule| context.data.library.rule(rule))
}

fn line(issue: &Issue, widths: &[Option<usize>], context: &Context<'_>) -> Row {
    let analysis = &context.data.analysis;
    let rule = rule(issue, context);
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
    let Some(rule) = rule(issue, context) else {
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
