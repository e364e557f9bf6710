//! The report for spreadsheets: a table of issues, of people, or of applications.
//!
//! Times are RFC 3339 in UTC. A cell that a spreadsheet would take for a formula is written as text.

use super::words;
use crate::analysis::{Analysis, Issue, PersonState};
use crate::output::csv::{Row, Style};
use crate::output::health;
use crate::rules::Library;
use crate::text::secret;
use crate::text::time::{self, Micros};
use crate::unknown::cluster_id;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// An issue at an application.
    Issues,
    /// Somebody for whom something is not as it should be, at an application.
    People,
    /// An application.
    Apps,
}

/// The table with its head.
pub fn render(analysis: &Analysis, library: &Library, table: Table) -> String {
    match table {
        Table::Issues => issues(analysis, library),
        Table::People => people(analysis, library),
        Table::Apps => apps(analysis, library),
    }
}

fn begin(columns: &[&str]) -> String {
    format!("{}\n", columns.join(","))
}

/// A row at the end of a table.
fn row(out: &mut String, cells: impl FnOnce(&mut Cells<'_>)) {
    let mut cells_of_row = Cells(Row::new(out, Style::Guarded));
    cells(&mut cells_of_row);
    cells_of_row.0.end();
}

struct Cells<'r>(Row<'r>);

impl Cells<'_> {
    /// What somebody else wrote, masked.
    fn log(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.0.text(Some(&secret::mask(text))),
            None => self.0.text(None),
        }
    }

    /// Words of a rule, or sentences that are masked where need be.
    fn words(&mut self, text: Option<&str>) {
        self.0.text(text);
    }

    fn number(&mut self, count: u64) {
        self.0.ours(&count.to_string());
    }

    fn time(&mut self, at: Option<Micros>) {
        self.0.ours(&at.map(time::rfc3339).unwrap_or_default());
    }
}

const ISSUES: [&str; 24] = [
    "rule",
    "cluster",
    "title",
    "severity",
    "category",
    "state",
    "certainty",
    "provider",
    "app",
    "app_id",
    "events",
    "failures",
    "people",
    "still_affected",
    "first",
    "last",
    "owner",
    "retry",
    "cause",
    "what_to_do",
    "check",
    "hand_on_when",
    "hand_on_to",
    "example",
];

fn issues(analysis: &Analysis, library: &Library) -> String {
    let mut out = begin(&ISSUES);
    for issue in analysis.issues.iter().chain(&analysis.unknown) {
        row(&mut out, |cells| one_issue(cells, issue, library));
    }
    out
}

fn one_issue(cells: &mut Cells<'_>, issue: &Issue, library: &Library) {
    let rule = words::rule(library, issue);
    let shape = issue.shape.as_deref().filter(|_| rule.is_none());
    cells.words(rule.map(|rule| rule.id.as_str()));
    cells.words(shape.map(cluster_id).as_deref());
    match rule {
        Some(rule) => cells.words(Some(&rule.title)),
        None => cells.log(shape),
    }
    cells.words(rule.map(|rule| rule.severity.word()));
    cells.words(rule.map(|rule| word(&rule.category)).as_deref());
    cells.words(Some(issue.state.word()));
    cells.words(rule.map(|_| issue.certainty.word()));
    cells.words(Some(issue.provider.word()));
    cells.log(issue.app.as_deref());
    cells.log(issue.app_id.as_deref());
    for count in [issue.events, issue.failures, issue.users, issue.still_broken] {
        cells.number(count);
    }
    cells.time(issue.first);
    cells.time(issue.last);
    cells.words(rule.map(|rule| rule.owner.words()));
    cells.words(rule.map(|rule| word(&rule.retry)).as_deref());
    cells.words(rule.map(|rule| rule.advice().cause.trim()));
    cells.words(rule.map(|rule| steps(&rule.advice().fix)).as_deref());
    cells.words(rule.map(|rule| rule.advice().verify.as_str()));
    cells.words(rule.map(|rule| rule.advice().escalate.when.as_str()));
    cells.words(rule.map(|rule| rule.advice().escalate.to.as_str()));
    cells.log(issue.examples.iter().find_map(|example| example.message.as_deref()));
}

/// `1. Open … 2. Click …`
fn steps(fix: &[String]) -> String {
    let steps = fix.iter().enumerate().map(|(at, step)| format!("{}. {step}", at + 1));
    steps.collect::<Vec<_>>().join(" ")
}

/// The word for one of the words that rules choose from.
fn word(value: &impl serde::Serialize) -> String {
    crate::output::rules::word_of(value)
}

const PEOPLE: [&str; 8] = ["standing", "person", "id", "app", "since", "because", "rule", "title"];

fn people(analysis: &Analysis, library: &Library) -> String {
    let mut out = begin(&PEOPLE);
    let people = &analysis.people;
    for (standing, list) in [
        ("access-not-removed", &people.access_not_removed),
        ("waiting-for-access", &people.waiting_for_access),
        ("out-of-date", &people.out_of_date),
    ] {
        for person in list {
            row(&mut out, |cells| one_person(cells, standing, person, library));
        }
    }
    out
}

fn one_person(cells: &mut Cells<'_>, standing: &str, person: &PersonState, library: &Library) {
    let rule = person.rule.and_then(|rule| library.rule(rule));
    cells.words(Some(standing));
    cells.log(Some(&person.user));
    cells.log(person.who.ids.first().map(|id| &**id));
    cells.log(Some(&person.app));
    cells.time(person.since);
    cells.words(Some(person.because.word()));
    cells.words(rule.map(|rule| rule.id.as_str()));
    cells.words(rule.map(|rule| rule.title.as_str()));
}

const APPS: [&str; 11] = [
    "app",
    "health",
    "why",
    "tried",
    "failed",
    "people_failed",
    "still_affected",
    "access_not_removed",
    "last",
    "last_success",
    "last_failure",
];

fn apps(analysis: &Analysis, library: &Library) -> String {
    let mut out = begin(&APPS);
    for app in &analysis.apps {
        row(&mut out, |cells| {
            cells.log(Some(&app.name));
            cells.words(Some(app.health()));
            cells.words(Some(&health::sentence(&app.reason, library, &jiff::tz::TimeZone::UTC)));
            for count in [app.attempts, app.failures, app.people_failed, app.still_broken, app.leavers] {
                cells.number(count);
            }
            for at in [app.last, app.last_success, app.last_failure] {
                cells.time(at);
            }
        });
    }
    out
}
