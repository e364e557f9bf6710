//! Overview: whether anything is wrong, and where to start. A sentence first, then failures over time,
//! applications by health, and issues.

mod apps;
mod click;
mod graph;
mod issues;
mod more;
#[cfg(test)]
pub(in crate::tui) mod tests;
mod top;

use std::rc::Rc;

use self::issues::Item;
use super::saving::Saving;
use super::{Context, Outcome, Page, Tab, bundle, events, issue, people, person};
use crate::analysis::{Analysis, Issue};
use crate::event::filter::{Field, Filter};
use crate::text::time::Micros;
use crate::tui::chart::{Chart, Failures};
use crate::tui::cursor::Cursor;
use crate::tui::filtering::narrowed;
use crate::tui::keymap::Action;
use crate::tui::memo::{Memo, Same};
use crate::tui::row::Row;

/// The part that the cursor is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    Chart,
    #[default]
    Apps,
    Issues,
}

/// Rows that the smallest chart needs, and both lists below it.
const CHART_AND_LISTS: usize = 10;

/// What the screen remembers.
#[derive(Default)]
pub struct State {
    part: Part,
    /// A time in the bar that the cursor is on.
    bar: Option<Micros>,
    /// The part of the time that is shown, if not all of it.
    window: Option<(Micros, Micros)>,
    apps: Cursor,
    issues: Cursor,
    failures: Memo<Same<Analysis>, Option<Failures>>,
    saving: Saving,
}

/// How many rows each part gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Plan {
    /// Rows of bars; none if there is no chart.
    bars: usize,
    /// Rows of the lists, their headings not included.
    apps: usize,
    issues: usize,
    /// Rows of people, without heading and titles; none if there is no such part.
    people: usize,
    /// Whether it is said what is new.
    since: bool,
}

impl Plan {
    /// Rows of the chart, with its heading and its axis, and what is below that on large screens.
    fn chart_rows(self, context: &Context<'_>) -> usize {
        self.bars + 2 + usize::from(context.size.is_wide())
    }
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Overview".to_owned()
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        let analysis = &context.data.analysis;
        if top::is_all(context) {
            return top::actions(context);
        }
        let has_chart = self.chart(context).is_some();
        let mut actions = Vec::new();
        match self.part {
            Part::Chart if has_chart => {
                actions.extend([
                    (Action::Open, "filter to it"),
                    (Action::Right, "next bar"),
                    (Action::Events, "events"),
                ]);
            }
            Part::Apps if !analysis.apps.is_empty() => {
                actions.extend([(Action::Open, "open"), (Action::Events, "events")]);
            }
            Part::Issues if !issues::items(context).is_empty() => {
                actions.extend([(Action::Open, "open"), (Action::Events, "events")]);
                if self.issue(context).is_some() {
                    actions.push((Action::Bundle, "bundle"));
                }
            }
            _ => {}
        }
        actions.push((Action::Filter, "filter"));
        if has_chart {
            actions.push((Action::ZoomIn, "zoom"));
        }
        if self.window.is_some() {
            actions.extend([(Action::ZoomOut, "zoom out"), (Action::Earlier, "earlier"), (Action::Later, "later")]);
        }
        actions.extend([(Action::NextPart, "next part"), (Action::Person, "person"), (Action::People, "people")]);
        actions.push((Action::TimeRange, "time"));
        if !issues::items(context).is_empty() {
            actions.push((Action::Export, "export issues"));
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        if self.saving.is_open() {
            return self.saving.handle(action, &issues::listed(context), context).unwrap_or(Outcome::Ignored);
        }
        match action {
            Action::NextPart | Action::PreviousPart => {
                self.go_to_part(action == Action::NextPart, context);
                return Outcome::Done;
            }
            Action::ZoomIn | Action::ZoomOut | Action::Earlier | Action::Later => {
                return self.zoom(action, context);
            }
            Action::People => return Outcome::Go(Tab::People),
            Action::Person => {
                self.saving.forget();
                return Outcome::Ask { question: "Whose story? E-mail, login, name or id:", text: String::new() };
            }
            // Wherever the cursor is: the issues are what somebody takes along from here.
            Action::Export if issues::items(context).is_empty() => {
                return Outcome::Say("There are no issues to save.".to_owned());
            }
            Action::Export => return self.saving.begin("Save the issues"),
            _ => {}
        }
        match self.part {
            Part::Chart => self.on_chart(action, context),
            Part::Apps => self.on_apps(action, context),
            Part::Issues => self.on_issues(action, context),
        }
    }

    fn answered(&mut self, answer: &str, context: &Context<'_>) -> Outcome {
        if let Some(outcome) = self.saving.answered(answer, issues::listed(context), context) {
            return outcome;
        }
        person::State::asked_for(answer)
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        self.saving.over(self.body(context), context)
    }

    fn click(&mut self, row: usize, column: usize, context: &Context<'_>) -> bool {
        if let Some(again) = self.saving.click(row, context) {
            return again;
        }
        match self.target(row, column, context) {
            Some(target) => self.choose(target),
            None => false,
        }
    }
}

impl State {
    fn body(&self, context: &Context<'_>) -> Vec<Row> {
        let mut rows = top::rows(context);
        if top::is_all(context) {
            return rows;
        }
        let chart = self.chart(context);
        let plan = self.plan(rows.len(), context);
        if let Some(chart) = chart.filter(|_| plan.bars > 0) {
            rows.extend(graph::rows(self, &chart, plan.bars, context));
        }
        if context.size.is_wide() {
            rows.extend(self.side_by_side(plan, context));
            rows.extend(more::people(plan.people, context));
            rows.extend(more::since(plan.since, context));
        } else {
            if plan.apps > 0 {
                rows.extend(apps::rows(&self.apps, self.part == Part::Apps, plan.apps, false, context));
            }
            rows.extend(issues::rows(&self.issues, self.part == Part::Issues, plan.issues, context));
        }
        top::remark(&mut rows, context);
        rows
    }

    /// Failures over time, added up once for each analysis.
    fn failures(&self, context: &Context<'_>) -> Rc<Option<Failures>> {
        let analysis = &context.data.analysis;
        self.failures.get(Same(analysis.clone()), || Failures::of(analysis).filter(|failures| failures.total() > 0))
    }

    /// The part of the time that is shown.
    fn span(&self, failures: &Failures) -> (Micros, Micros) {
        let (first, last) = failures.span();
        let within = |(from, to): (Micros, Micros)| (from.max(first), to.min(last));
        self.window.map(within).filter(|(from, to)| from < to).unwrap_or((first, last))
    }

    /// The bars on screen; `None` if nothing failed.
    fn chart(&self, context: &Context<'_>) -> Option<Chart> {
        let failures = self.failures(context);
        let failures = failures.as_ref().as_ref()?;
        let chart = graph::chart(failures, self.span(failures), context);
        (!chart.bars.is_empty()).then_some(chart)
    }

    /// The bar that the cursor is on, else the highest one.
    fn bar(&self, chart: &Chart) -> Option<usize> {
        self.bar.and_then(|bar| chart.at(bar)).or_else(|| chart.highest())
    }

    fn plan(&self, top: usize, context: &Context<'_>) -> Plan {
        let body = context.size.body();
        let analysis = &context.data.analysis;
        // The last row of the body is for messages.
        let mut left = body.saturating_sub(top + 1);
        let wide = context.size.is_wide();
        let mut plan = Plan::default();
        if self.failures(context).is_some() && left >= CHART_AND_LISTS {
            plan.bars = match body {
                34.. if wide => 6,
                26.. if wide => 4,
                20.. => 3,
                _ => 2,
            };
            left = left.saturating_sub(plan.chart_rows(context));
        }
        if wide {
            let room = if body >= 34 { 4 } else { 2 };
            plan.people = people::count(&analysis.people).min(room);
            plan.since = context.memory.seen.until.is_some();
            let below = if plan.people > 0 { plan.people + 2 } else { 0 } + if plan.since { 2 } else { 0 };
            let lists = left.saturating_sub(below + 2);
            return Plan { apps: lists, issues: lists, ..plan };
        }
        // Two headings and the titles of the columns.
        let lists = left.saturating_sub(3);
        let wanted = issues::items(context).len();
        plan.issues = if left < 6 { 0 } else { wanted.min(lists / 2).max(lists.saturating_sub(analysis.apps.len())) };
        plan.issues = plan.issues.min(wanted);
        plan.apps = if plan.issues == 0 { left.saturating_sub(2) } else { lists - plan.issues };
        plan
    }

    /// Applications at the left, issues at the right.
    fn side_by_side(&self, plan: Plan, context: &Context<'_>) -> Vec<Row> {
        let left_columns = context.size.columns / 2;
        let (left, right) = (context.narrowed(left_columns), context.narrowed(context.size.columns - left_columns - 1));
        let apps = apps::rows(&self.apps, self.part == Part::Apps, plan.apps, true, &left);
        let issues = issues::rows_by_level(&self.issues, self.part == Part::Issues, plan.issues, &right);
        let (mut apps, mut issues) = (apps.into_iter(), issues.into_iter());
        let rows = (0..plan.apps + 2).map(|_| (apps.next().unwrap_or_default(), issues.next().unwrap_or_default()));
        rows.map(|(left, right)| Row::beside(&left, left_columns, right, context.glyphs)).collect()
    }

    fn go_to_part(&mut self, forwards: bool, context: &Context<'_>) {
        let mut parts = vec![Part::Apps, Part::Issues];
        if self.chart(context).is_some() {
            parts.insert(0, Part::Chart);
        }
        let at = parts.iter().position(|part| *part == self.part).unwrap_or_default();
        let next = if forwards { at + 1 } else { at + parts.len() - 1 };
        self.part = parts.get(next % parts.len()).copied().unwrap_or_default();
    }

    fn on_chart(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let Some(chart) = self.chart(context) else { return Outcome::Ignored };
        let Some(at) = self.bar(&chart) else { return Outcome::Ignored };
        let last = chart.bars.len().saturating_sub(1);
        let next = match action {
            Action::Left => at.saturating_sub(1),
            Action::Right => at + 1,
            Action::PageUp => at.saturating_sub(10),
            Action::PageDown => at + 10,
            Action::First => 0,
            Action::Last => last,
            Action::Down => {
                self.part = Part::Apps;
                return Outcome::Done;
            }
            Action::Open | Action::Events => {
                return match self.filter_of_bar(&chart, context) {
                    Some(filter) if action == Action::Open => Outcome::Filter(filter),
                    Some(filter) => events_page(filter),
                    None => Outcome::Ignored,
                };
            }
            _ => return Outcome::Ignored,
        };
        self.bar = chart.bars.get(next.min(last)).map(|bar| bar.from);
        Outcome::Done
    }

    fn filter_of_bar(&self, chart: &Chart, context: &Context<'_>) -> Option<String> {
        let bar = self.bar(chart).and_then(|at| chart.bars.get(at))?;
        Some(narrowed(context.filter, &Filter::between(bar.from, bar.to, &context.zone)))
    }

    fn on_apps(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let apps = &context.data.analysis.apps;
        let page = apps::page(self.plan(top::rows(context).len(), context).apps, context.size.is_wide());
        if self.apps.go(action, apps.len(), page) {
            self.apps.settle(apps.len(), page);
            return Outcome::Done;
        }
        match (action, apps.get(self.apps.at)) {
            (Action::Open | Action::Events, Some(app)) => {
                let filter = narrowed(context.filter, &Filter::exactly(Field::App, &app.name));
                match action {
                    Action::Open => Outcome::ShowFiltered(Box::new(super::issues::State::default()), filter),
                    _ => events_page(filter),
                }
            }
            _ => Outcome::Ignored,
        }
    }

    fn on_issues(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let items = issues::items(context);
        let page = self.plan(top::rows(context).len(), context).issues;
        if self.issues.go(action, items.len(), page) {
            self.issues.settle(items.len(), page);
            return Outcome::Done;
        }
        if let (Action::Bundle, Some(issue)) = (action, self.issue(context)) {
            return bundle::of_issue(issue, context);
        }
        match (action, items.get(self.issues.at)) {
            (Action::Events, Some(item)) => events_of(*item, context),
            (Action::Open, Some(Item::Issue(place))) => Outcome::Show(Box::new(issue::State::new(*place))),
            (Action::Open, Some(Item::Unknown)) => Outcome::Go(Tab::Unknown),
            _ => Outcome::Ignored,
        }
    }

    /// The issue that the cursor is on, while it is among the issues.
    fn issue<'m>(&self, context: &Context<'m>) -> Option<&'m Issue> {
        match issues::items(context).get(self.issues.at)? {
            Item::Issue(place) => issue::find(*place, context),
            Item::Unknown => None,
        }
    }

    /// Shows a shorter or a longer time, or the time before or after.
    fn zoom(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let failures = self.failures(context);
        let (Some(failures), Some(chart)) = (failures.as_ref(), self.chart(context)) else { return Outcome::Ignored };
        let (first, last) = failures.span();
        let (from, to) = self.span(failures);
        let bar = self.bar(&chart).and_then(|at| chart.bars.get(at));
        let middle = bar.map_or(from + (to - from) / 2, |bar| bar.from + (bar.to - bar.from) / 2);
        let around = |length: Micros| {
            let from = (middle - length / 2).clamp(first, (last - length).max(first));
            (from, from + length)
        };
        let half = (to - from) / 2;
        let shown = match action {
            Action::ZoomIn if half >= failures.least_span() => around(half),
            Action::ZoomIn => return Outcome::Say("The counts are not finer than this.".to_owned()),
            _ if self.window.is_none() => return Outcome::Say("All of the time is shown.".to_owned()),
            Action::ZoomOut => around((to - from) * 2),
            Action::Earlier => (from - half.min(from - first), to - half.min(from - first)),
            _ => (from + half.min(last - to), to + half.min(last - to)),
        };
        self.bar = Some(middle).filter(|middle| (shown.0..shown.1).contains(middle));
        self.window = Some(shown).filter(|(from, to)| *from > first || *to < last);
        Outcome::Done
    }
}

/// The events that a filter lets through, as a page.
fn events_page(filter: String) -> Outcome {
    Outcome::ShowFiltered(Box::new(events::State::default()), filter)
}

/// The events of an item, as a page.
fn events_of(item: Item, context: &Context<'_>) -> Outcome {
    match item {
        Item::Issue(place) => issue::events_page(place, context),
        Item::Unknown => events_page(narrowed(context.filter, &Filter::unknown())),
    }
}
