//! One issue: what happened, what to do step by step, who can fix it, what the log cannot tell, and
//! the evidence. The order is fixed, so that an eye that has learnt it finds its way.

mod lines;
mod ticket;

use super::{Context, Outcome, Page, bundle, event, events, note, people};
use crate::analysis::{Issue, PersonState};
use crate::event::filter::{Field, Filter};
use crate::output::page::counted;
use crate::rules::Rule;
use crate::tui::cursor::Cursor;
use crate::tui::filtering::narrowed;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::memory::Change;
use crate::tui::row::Row;
use crate::unknown;
use lines::{Line, Target};

/// Where an issue stands in the analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Among the known ones.
    Known(usize),
    /// Among those that no rule describes.
    Unknown(usize),
}

/// What the page remembers.
#[derive(Clone)]
pub struct State {
    place: Place,
    /// The row that the cursor is on.
    cursor: Cursor,
}

impl State {
    /// The page of an issue.
    pub fn new(place: Place) -> State {
        State { place, cursor: Cursor::default() }
    }

    /// The same with the cursor on the first event of its evidence.
    fn at_evidence(place: Place, context: &Context<'_>) -> State {
        let mut page = State::new(place);
        page.go_to_evidence(context);
        page
    }

    /// Goes to the first event of the evidence; false if there is none.
    fn go_to_evidence(&mut self, context: &Context<'_>) -> bool {
        let lines = self.issue(context).map(|issue| lines::of(issue, context)).unwrap_or_default();
        let first = lines.iter().position(|line| matches!(line.target, Target::Evidence(_)));
        // As much of what follows as there is room for is on screen, too.
        for at in first.into_iter().flat_map(|first| [lines.len().saturating_sub(1), first]) {
            self.cursor.at = at;
            self.cursor.settle(lines.len(), page(context));
        }
        first.is_some()
    }

    /// Which issue it is about.
    pub fn place(&self) -> Place {
        self.place
    }

    fn issue<'m>(&self, context: &Context<'m>) -> Option<&'m Issue> {
        find(self.place, context)
    }

    /// What the line that the cursor is on leads to.
    fn target(&self, issue: &Issue, context: &Context<'_>) -> Target {
        self.target_in(&lines::of(issue, context))
    }

    fn target_in(&self, lines: &[Line]) -> Target {
        lines.get(self.cursor.at).map_or(Target::Nothing, |line| line.target)
    }

    /// That there is more of the page than is on screen, in the row for messages.
    fn beyond(&self, context: &Context<'_>) -> Option<Row> {
        let count = lines::of(self.issue(context)?, context).len();
        let below = count.saturating_sub(self.cursor.visible(count, page(context)).end) as u64;
        let words = format!("{} below ({}) ", counted(below, "more line", "more lines"), key_of(Action::PageDown));
        (below > 0).then(|| Row::new().right(&words, Role::Quiet, context.size.columns))
    }

    /// The rows that are on screen; the cursor is shown only where keys go.
    pub(super) fn rows(&self, context: &Context<'_>, has_keys: bool) -> Vec<Row> {
        let lines = self.issue(context).map(|issue| lines::of(issue, context)).unwrap_or_default();
        let visible = self.cursor.visible(lines.len(), page(context));
        let rows = lines.into_iter().enumerate().skip(visible.start).take(visible.len());
        rows.map(|(at, line)| line.row.select(has_keys && at == self.cursor.at)).collect()
    }

    /// Goes to the next or previous line of which `is_wanted` holds.
    fn jump(&mut self, lines: &[Line], forward: bool, is_wanted: impl Fn(&Line) -> bool) -> bool {
        let mut wanted = (0..lines.len()).filter(|at| lines.get(*at).is_some_and(&is_wanted));
        let next = match forward {
            true => wanted.find(|at| *at > self.cursor.at),
            false => wanted.rfind(|at| *at < self.cursor.at),
        };
        if let Some(next) = next {
            self.cursor.at = next;
        }
        next.is_some()
    }
}

fn open(issue: &Issue, target: Target, context: &Context<'_>) -> Outcome {
    match target {
        Target::Step(step) => Outcome::Remember(Change::Tick(key(issue, context), step)),
        Target::Evidence(at) => {
            let row =
                issue.examples.get(at).and_then(|example| context.data.events.find(example.input, example.offset));
            match row {
                Some(row) => Outcome::Show(Box::new(event::State::new(row))),
                None => Outcome::Say(not_there(context).to_owned()),
            }
        }
        Target::Source(at) => match rule(issue, context).and_then(|rule| rule.advice().sources.get(at)) {
            Some(source) if source.starts_with("https://") => Outcome::Open(source.clone()),
            Some(source) => Outcome::Copy(source.clone(), "the source".to_owned()),
            None => Outcome::Ignored,
        },
        Target::Nothing => Outcome::Ignored,
    }
}

/// Why an event of the evidence cannot be opened.
fn not_there(context: &Context<'_>) -> &'static str {
    if context.data.events.store.left_out().older > 0 {
        return "This event is one of the oldest, which are counted only. Start with a greater --memory to see it.";
    }
    "This event can be opened once everything was read."
}

impl Page for State {
    fn title(&self, context: &Context<'_>) -> String {
        self.issue(context).map_or_else(|| "Issue".to_owned(), |issue| title(issue, context))
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        let Some(issue) = self.issue(context) else { return Vec::new() };
        let mut actions = match self.target(issue, context) {
            Target::Step(_) => vec![(Action::Open, "tick")],
            Target::Evidence(_) | Target::Source(_) => vec![(Action::Open, "open")],
            Target::Nothing => Vec::new(),
        };
        let events = if is_pattern(issue, context) { "evidence" } else { "all events" };
        actions.extend([(Action::Events, events), (Action::People, "people")]);
        if rule(issue, context).is_some() {
            actions.extend([(Action::Copy, "copy steps"), (Action::Bundle, "bundle"), (Action::Next, "next step")]);
            actions.extend([(Action::Tick, "tick"), (Action::Link, "link"), (Action::Previous, "step before")]);
        } else {
            actions.extend([(Action::Copy, "copy"), (Action::Bundle, "bundle")]);
        }
        actions.push((Action::Note, "note"));
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let Some(issue) = self.issue(context) else { return Outcome::Ignored };
        let lines = lines::of(issue, context);
        let page = page(context);
        let here = self.target_in(&lines);
        let is_step = |line: &Line| line.starts && matches!(line.target, Target::Step(_));
        match action {
            Action::Tick => match here {
                Target::Step(_) => return open(issue, here, context),
                _ => return Outcome::Say("Go to a step first (n), and tick it then.".to_owned()),
            },
            Action::Open => return open(issue, here, context),
            Action::Next | Action::Previous => {
                if !self.jump(&lines, action == Action::Next, is_step) {
                    return Outcome::Say("There is no further step in this direction.".to_owned());
                }
            }
            Action::Events if events_of(issue, context).is_none() => {
                let is_there = matches!(here, Target::Evidence(_)) || !self.go_to_evidence(context);
                return if is_there { Outcome::Say(SEVERAL.to_owned()) } else { Outcome::Done };
            }
            Action::Events => return events_page(self.place, context),
            Action::People => return people_page(issue, context),
            Action::Bundle => return bundle::of_issue(issue, context),
            Action::Note => return note::ask(&key(issue, context), context),
            Action::Copy => {
                let steps = rule(issue, context).map_or(0, |rule| rule.advice().fix.len());
                let name = if steps > 0 { "the steps" } else { "what is known" };
                return Outcome::Copy(ticket::text(issue, context), name.to_owned());
            }
            Action::Link => return open(issue, Target::Source(0), context),
            action if self.cursor.go(action, lines.len(), page) => {}
            _ => return Outcome::Ignored,
        }
        self.cursor.settle(lines.len(), page);
        Outcome::Done
    }

    fn answered(&mut self, answer: &str, context: &Context<'_>) -> Outcome {
        self.issue(context).map_or(Outcome::Ignored, |issue| note::keep(key(issue, context), answer))
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let mut rows = self.rows(context, true);
        rows.extend(self.beyond(context));
        rows
    }

    fn click(&mut self, row: usize, _: usize, context: &Context<'_>) -> bool {
        let Some(issue) = self.issue(context) else { return false };
        let count = lines::of(issue, context).len();
        let at = self.cursor.visible(count, page(context)).start + row;
        let again = at == self.cursor.at;
        self.cursor.at = at.min(count.saturating_sub(1));
        again
    }
}

/// Rows of the page that are on screen: the last one is left for messages.
fn page(context: &Context<'_>) -> usize {
    context.size.body().saturating_sub(1)
}

/// The issue at a place.
pub(super) fn find<'m>(place: Place, context: &Context<'m>) -> Option<&'m Issue> {
    let analysis = &context.data.analysis;
    match place {
        Place::Known(at) => analysis.issues.get(at),
        Place::Unknown(at) => analysis.unknown.get(at),
    }
}

/// The rule of an issue.
pub(super) fn rule<'m>(issue: &Issue, context: &Context<'m>) -> Option<&'m Rule> {
    issue.rule.and_then(|rule| context.data.library.rule(rule))
}

/// What it is called.
pub(super) fn title(issue: &Issue, context: &Context<'_>) -> String {
    match rule(issue, context) {
        Some(rule) => rule.title.clone(),
        None => issue.shape.clone().unwrap_or_default(),
    }
}

/// Under which name things are remembered of an issue.
pub(in crate::tui) fn key(issue: &Issue, context: &Context<'_>) -> String {
    let what = rule(issue, context).map(|rule| rule.id.as_str()).or(issue.shape.as_deref()).unwrap_or_default();
    match &issue.app {
        Some(app) => format!("{what} @ {app}"),
        None => what.to_owned(),
    }
}

/// Whether it shows in several events together, so that no filter can ask for them.
fn is_pattern(issue: &Issue, context: &Context<'_>) -> bool {
    rule(issue, context).is_some_and(|rule| rule.detector.is_some())
}

/// A filter that lets the events of an issue through, besides what the filter that is set says.
pub(super) fn events_of(issue: &Issue, context: &Context<'_>) -> Option<String> {
    let what = match (rule(issue, context), &issue.shape) {
        _ if is_pattern(issue, context) => return None,
        (Some(rule), _) => rule.id.clone(),
        (None, Some(shape)) => unknown::cluster_id(shape),
        (None, None) => return None,
    };
    let mut own = Filter::exactly(Field::Issue, &what);
    if let Some(app) = &issue.app {
        own = own.and(Filter::exactly(Field::App, app));
    }
    Some(narrowed(context.filter, &own))
}

/// What is said of a pattern, of which no filter can ask.
const SEVERAL: &str = "It shows in several events together, never in one.";

/// Its events as a page; of a pattern those that its own page has as evidence.
pub(super) fn events_page(place: Place, context: &Context<'_>) -> Outcome {
    let Some(issue) = find(place, context) else { return Outcome::Ignored };
    match events_of(issue, context) {
        Some(filter) => Outcome::ShowFiltered(Box::new(events::State::default()), filter),
        None if issue.examples.is_empty() => Outcome::Say(SEVERAL.to_owned()),
        None => Outcome::Show(Box::new(State::at_evidence(place, context))),
    }
}

/// Its people as a page.
pub(super) fn people_page(issue: &Issue, context: &Context<'_>) -> Outcome {
    match events_of(issue, context) {
        Some(filter) => Outcome::ShowFiltered(Box::new(people::State::default()), filter),
        None => Outcome::Say(format!("{SEVERAL} {} shows the first, and whom they name.", key_of(Action::Events))),
    }
}

/// People who are still without what they should have because of it: those who should have lost
/// access, those who wait for it, those with old data; and beside them those for whom something else failed.
pub(super) fn still_broken(issue: &Issue, context: &Context<'_>) -> [u64; 4] {
    let lists = &context.data.analysis.people;
    let is_of = |person: &&PersonState| {
        person.rule == issue.rule && issue.rule.is_some() && issue.app.as_deref() == Some(&*person.app)
    };
    let [not_removed, waiting, out_of_date] =
        [&lists.access_not_removed, &lists.waiting_for_access, &lists.out_of_date]
            .map(|list| list.iter().filter(is_of).count() as u64);
    // Such as a check of the credentials, after which nobody waits for access and nothing is out of date.
    let others = match not_removed + waiting + out_of_date {
        0 => 0,
        listed => issue.still_broken.saturating_sub(listed),
    };
    [not_removed, waiting, out_of_date, others]
}
