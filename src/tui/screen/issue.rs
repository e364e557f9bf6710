//! One issue: what happened, what to do step by step, who can fix it, what the log cannot tell, and
//! the evidence. The order is fixed, so that an eye that has learnt it finds its way.

use super::issues::{level, sign};
use super::{Context, Outcome, Page, events, heading, paragraph};
use crate::analysis::{Evidence, Issue};
use crate::event::filter::{Field, Filter};
use crate::output::page::{counted, number};
use crate::rules::{Certainty, Rule};
use crate::tui::cursor::Cursor;
use crate::tui::filtering::narrowed;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::memory::Change;
use crate::tui::row::Row;
use crate::tui::when;

/// Where an issue stands in the analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Among the known ones.
    Known(usize),
    /// Among those that no rule describes.
    Unknown(usize),
}

/// What the page remembers.
pub struct State {
    place: Place,
    /// The row that the cursor is on.
    cursor: Cursor,
}

/// A row, and the step that it belongs to.
type Line = (Row, Option<usize>);

impl State {
    /// The page of an issue.
    pub fn new(place: Place) -> State {
        State { place, cursor: Cursor::default() }
    }
}

impl Page for State {
    fn title(&self, context: &Context<'_>) -> String {
        let Some(issue) = self.issue(context) else { return "Issue".to_owned() };
        match rule(issue, context) {
            Some(rule) => rule.title.clone(),
            None => issue.shape.clone().unwrap_or_default(),
        }
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        let steps = self.issue(context).and_then(|issue| rule(issue, context)).map_or(0, |rule| rule.fix.len());
        let mut actions = vec![(Action::Events, "all events")];
        if steps > 0 {
            actions.extend([
                (Action::Tick, "tick a step"),
                (Action::Next, "next step"),
                (Action::Previous, "step before"),
                (Action::Copy, "copy steps"),
            ]);
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let lines = self.lines(context);
        let page = context.size.body();
        match action {
            Action::Tick => {
                let here = lines.get(self.cursor.at).and_then(|(_, step)| *step);
                let Some(step) = here else { return Outcome::Ignored };
                return match self.issue(context) {
                    Some(issue) => Outcome::Remember(Change::Tick(key(issue, context), step)),
                    None => Outcome::Ignored,
                };
            }
            Action::Events => {
                return match self.issue(context).and_then(|issue| events_of(issue, context)) {
                    Some(filter) => Outcome::ShowFiltered(Box::new(events::State::default()), filter),
                    None => Outcome::Ignored,
                };
            }
            Action::Next | Action::Previous => {
                let starts = steps(&lines);
                let next = match action {
                    Action::Next => starts.iter().find(|start| **start > self.cursor.at),
                    _ => starts.iter().rfind(|start| **start < self.cursor.at),
                };
                let Some(next) = next else { return Outcome::Done };
                self.cursor.at = *next;
            }
            action if self.cursor.go(action, lines.len(), page) => {}
            _ => return Outcome::Ignored,
        }
        self.cursor.settle(lines.len(), page);
        Outcome::Done
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let lines = self.lines(context);
        let visible = self.cursor.visible(lines.len(), context.size.body());
        let rows = lines.into_iter().enumerate().skip(visible.start).take(visible.len());
        rows.map(|(at, (row, _))| row.select(at == self.cursor.at)).collect()
    }
}

impl State {
    fn issue<'m>(&self, context: &Context<'m>) -> Option<&'m Issue> {
        let analysis = &context.data.analysis;
        match self.place {
            Place::Known(at) => analysis.issues.get(at),
            Place::Unknown(at) => analysis.unknown.get(at),
        }
    }

    /// The whole page, of which the screen shows a part.
    fn lines(&self, context: &Context<'_>) -> Vec<Line> {
        let Some(issue) = self.issue(context) else { return Vec::new() };
        let columns = context.size.columns;
        let plain = |rows: Vec<Row>| rows.into_iter().map(|row| (row, None)).collect::<Vec<Line>>();
        let mut lines = plain(head(issue, context));
        if let Some(rule) = rule(issue, context) {
            let mut happened = vec![heading("What happened", "", context)];
            happened.extend(paragraph("", rule.cause.trim(), 1, Role::Text, columns));
            if let Some(pattern) = &issue.pattern {
                happened.extend(paragraph("", &format!("Seen: {pattern}."), 1, Role::Text, columns));
            }
            lines.extend(plain(happened));
            let remark = format!(
                "{}/{} next step{}{} tick",
                key_of(Action::Next),
                key_of(Action::Previous),
                context.glyphs.dot,
                key_of(Action::Tick)
            );
            lines.push((heading("What to do", &remark, context), None));
            lines.extend(step_lines(rule, &key(issue, context), context));
            let mut check = vec![heading("How to see that it worked", "", context)];
            check.extend(paragraph("", &rule.verify, 1, Role::Text, columns));
            check.push(heading("Who can fix it", "", context));
            let owner = upper(rule.owner.words());
            check.extend(paragraph("", &format!("{owner}."), 1, Role::Text, columns));
            let hand_on = format!("{} To: {}.", rule.escalate.when, rule.escalate.to.trim_end_matches('.'));
            check.extend(paragraph("", &format!("Hand it on: {hand_on}"), 1, Role::Text, columns));
            if let Some(limits) = &rule.cannot_tell {
                check.extend(paragraph("", &format!("What the log cannot tell: {limits}"), 1, Role::Text, columns));
            }
            lines.extend(plain(check));
        } else {
            let mut unknown = vec![heading("What happened", "", context)];
            let words = "No rule describes this yet. The words of the log below say what happened; \
                         `provlens rules new` starts a rule from them.";
            unknown.extend(paragraph("", words, 1, Role::Text, columns));
            lines.extend(plain(unknown));
        }
        lines.extend(plain(evidence(issue, context)));
        lines
    }
}

/// Under which name things are remembered of an issue.
pub(super) fn key(issue: &Issue, context: &Context<'_>) -> String {
    let what = rule(issue, context).map(|rule| rule.id.as_str()).or(issue.shape.as_deref()).unwrap_or_default();
    match &issue.app {
        Some(app) => format!("{what} @ {app}"),
        None => what.to_owned(),
    }
}

/// A filter that lets the events of an issue through.
pub(super) fn events_of(issue: &Issue, context: &Context<'_>) -> Option<String> {
    let what = match (rule(issue, context), &issue.shape) {
        (Some(rule), _) if rule.detector.is_some() => return None,
        (Some(rule), _) => rule.id.clone(),
        (None, Some(shape)) => crate::unknown::cluster_id(shape),
        (None, None) => return None,
    };
    let mut own = Filter::exactly(Field::Issue, &what);
    if let Some(app) = &issue.app {
        own = own.and(Filter::exactly(Field::App, app));
    }
    Some(narrowed(context.filter, &own))
}

fn step_lines(rule: &Rule, issue: &str, context: &Context<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, step) in rule.fix.iter().enumerate() {
        let ticked = context.memory.is_ticked(issue, at);
        let (tick, role) = if ticked { ('x', Role::Quiet) } else { (' ', Role::Text) };
        let label = format!("[{tick}] {}", at + 1);
        lines.extend(paragraph(&label, step, 8, role, context.size.columns).into_iter().map(|row| (row, Some(at))));
    }
    lines
}

/// The first row of each step.
fn steps(lines: &[Line]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut before = None;
    for (at, (_, step)) in lines.iter().enumerate() {
        if step.is_some() && *step != before {
            starts.push(at);
        }
        before = *step;
    }
    starts
}

fn rule<'m>(issue: &Issue, context: &Context<'m>) -> Option<&'m Rule> {
    issue.rule.and_then(|rule| context.data.library.rule(rule))
}

fn upper(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Level, state, counts, span; and how sure it is.
fn head(issue: &Issue, context: &Context<'_>) -> Vec<Row> {
    let rule = rule(issue, context);
    let (glyph, role) = sign(issue, rule, context);
    let level = rule.map_or("New", |rule| level(rule.severity));
    let app = issue.app.as_deref().map_or_else(|| "no app named".to_owned(), crate::output::page::shown);
    let count = match issue.failures {
        0 => counted(issue.events, "event", "events"),
        failures => counted(failures, "failure", "failures"),
    };
    let facts = format!("{count}, {}", counted(issue.users, "person", "people"));
    let span = match (issue.first, issue.last) {
        (Some(first), Some(last)) if first == last => when::minute(first, &context.zone),
        (Some(first), Some(last)) => {
            format!("{} - {}", when::minute(first, &context.zone), when::minute(last, &context.zone))
        }
        _ => "time unknown".to_owned(),
    };
    let first = Row::new()
        .put(" ", Role::Text)
        .put(&format!("{glyph} {level}, {}", issue.state.word()), role)
        .put(&format!("   {facts}   {span}"), Role::Text);
    let mut second = Row::of(&context.cut(&app, 40), Role::Strong);
    if issue.still_broken > 0 {
        second = second.put(&format!("   {} still affected", number(issue.still_broken)), Role::Text);
    }
    let mut rows = vec![first, second];
    if rule.is_some() {
        let sure = match issue.certainty {
            Certainty::Certain => "certain - by the app's own code or words",
            Certainty::Likely => "likely - the wording fits",
            Certainty::Guess => "a guess - only the kind of event or the HTTP status fits",
        };
        rows.push(Row::of("Sure: ", Role::Quiet).put(sure, Role::Text));
    }
    rows
}

fn evidence(issue: &Issue, context: &Context<'_>) -> Vec<Row> {
    let remark = counted(issue.events, "event", "events");
    let mut rows = vec![heading("Evidence", &remark, context)];
    for example in &issue.examples {
        rows.push(evidence_line(example, context));
        let words = example.message.as_deref().or(example.remote.as_deref());
        if let Some(words) = words {
            // A message can be megabytes; nobody reads more than this of it here.
            let words = context.cut(&crate::output::page::shown(words), 600);
            rows.extend(paragraph("", &words, 3, Role::Quiet, context.size.columns));
        }
        let file = context.data.analysis.inputs.get(example.input).map_or("", |input| input.name.as_str());
        rows.push(Row::new().to(3).log(&format!("{file} line {}", number(example.line)), Role::Quiet));
    }
    rows
}

fn evidence_line(example: &Evidence, context: &Context<'_>) -> Row {
    let at = example.time.map_or_else(|| "time unknown".to_owned(), |at| when::second(at, &context.zone));
    Row::new()
        .to(3)
        .put(&at, Role::Text)
        .to(19)
        .put(example.operation.word(), Role::Text)
        .to(38)
        .log(example.user.as_deref().unwrap_or("nobody named"), Role::Text)
}
