//! One person's story: who that is, where things stand, and what happened in order.

pub mod json;
pub mod markdown;
pub mod moment;
pub mod text;
pub mod words;

pub(crate) use words::{told, trying};

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Analysis, Because, Identity, PersonState, Row, Trigger};
use crate::event::{Operation, Outcome};
use crate::text::time::Micros;
use moment::Moment;

/// Everything there is to tell.
pub struct Story<'a> {
    /// What the person is called; what was asked for if nobody was found.
    pub label: String,
    /// What the person is called besides.
    pub also: Also<'a>,
    /// All events that concern the person, in order of time.
    pub rows: &'a [Row<'static>],
    /// How it is at each application by now.
    pub stands: Vec<Stand<'a>>,
    /// The same events with repetitions told once.
    pub moments: Vec<Moment<'a>>,
}

/// The other names by which records were found to be about the person.
#[derive(Default)]
pub struct Also<'a> {
    /// Names to log in with.
    pub logins: Vec<&'a str>,
    /// Ids at the provider and at applications.
    pub ids: Vec<&'a str>,
    /// These join nothing.
    pub display_names: BTreeSet<&'a str>,
}

/// How the person stands at an application.
pub struct Stand<'a> {
    /// The application.
    pub app: &'a str,
    /// How the person stands there.
    pub state: Standing,
    /// Since when, if the log says.
    pub since: Option<Micros>,
    /// What was tried since, and failed.
    pub attempts: u64,
    /// Position in the library of the rule that explains it.
    pub rule: Option<usize>,
    /// What was changed shortly before.
    pub before: Vec<Trigger>,
}

/// What is known of somebody at an application, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Access should be gone, and why it is not.
    AccessNotRemoved(Because),
    /// What was tried failed, and what that was.
    WaitingForAccess(Because),
    /// Access is there, what changed since is not.
    OutOfDate,
    /// The newest thing that worked.
    Last(Operation),
    /// Nothing worked or failed.
    Unclear,
}

impl<'a> Story<'a> {
    /// The story of whom the analysis was asked for.
    pub fn of(analysis: &'a Analysis, asked: &str) -> Story<'a> {
        let who = analysis.asked.first();
        let rows = analysis.story.as_slice();
        let label = who.map_or(asked, |who| &*who.label).to_owned();
        let names = rows.iter().filter_map(|row| row.subject_name.as_deref());
        let also = Also {
            logins: other_than(&label, who.map(|who| &*who.logins)),
            ids: other_than(&label, who.map(|who| &*who.ids)),
            display_names: names.filter(|name| *name != label).collect(),
        };
        Story { label, also, rows, stands: stands(analysis, who), moments: moment::fold(rows) }
    }
}

fn other_than<'a>(label: &str, names: Option<&'a [std::sync::Arc<str>]>) -> Vec<&'a str> {
    names.unwrap_or_default().iter().map(|name| &**name).filter(|name| *name != label).collect()
}

fn stands<'a>(analysis: &'a Analysis, who: Option<&Identity>) -> Vec<Stand<'a>> {
    let mut by_app: BTreeMap<&str, Vec<&Row<'static>>> = BTreeMap::new();
    for row in &analysis.story {
        if let Some(app) = row.app.as_deref() {
            by_app.entry(app).or_default().push(row);
        }
    }
    let lists = &analysis.people;
    let all = [
        (Standing::AccessNotRemoved(Because::NeverTried), &lists.access_not_removed),
        (Standing::WaitingForAccess(Because::Failed), &lists.waiting_for_access),
        (Standing::OutOfDate, &lists.out_of_date),
    ];
    let is_theirs = |state: &&PersonState| who.is_some_and(|who| *who == *state.who);
    let mut open: BTreeMap<&str, (Standing, &PersonState)> = BTreeMap::new();
    for (standing, list) in all {
        for state in list.iter().filter(is_theirs) {
            let standing = match standing {
                Standing::AccessNotRemoved(_) => Standing::AccessNotRemoved(state.because),
                Standing::WaitingForAccess(_) => Standing::WaitingForAccess(state.because),
                standing => standing,
            };
            open.insert(&state.app, (standing, state));
        }
    }
    // The identity provider's own accounts are at no application.
    open.keys().for_each(|app| _ = by_app.entry(*app).or_default());
    let mut stands: Vec<Stand<'a>> = by_app
        .into_iter()
        .map(|(app, rows)| match open.get(app) {
            Some((standing, state)) => {
                let failed = rows.iter().filter(|row| row.outcome == Outcome::Failure && row.time >= state.since);
                Stand {
                    app,
                    state: *standing,
                    since: state.since,
                    attempts: failed.count() as u64,
                    rule: state.rule,
                    before: rows
                        .first()
                        .map_or_else(Vec::new, |row| analysis.changes.before(Some(app), row.provider, state.since)),
                }
            }
            None => {
                let works =
                    rows.iter().rev().find(|row| row.outcome == Outcome::Success && words::is_lasting(row.operation));
                let state = works.map_or(Standing::Unclear, |row| Standing::Last(row.operation));
                let since = works.and_then(|row| row.time);
                Stand { app, state, since, attempts: 0, rule: None, before: Vec::new() }
            }
        })
        .collect();
    stands.sort_by(|a, b| a.state.rank().cmp(&b.state.rank()).then(a.app.cmp(b.app)));
    stands
}

impl Standing {
    /// The gravest is 0; from 3 on it is as it should be.
    pub fn rank(self) -> u8 {
        match self {
            Standing::AccessNotRemoved(_) => 0,
            Standing::WaitingForAccess(_) => 1,
            Standing::OutOfDate => 2,
            Standing::Last(_) => 3,
            Standing::Unclear => 4,
        }
    }

    /// Whether something is not as it should be.
    pub fn is_open(self) -> bool {
        self.rank() < 3
    }
}
