//! Rows to what an admin wants to know.
//!
//! Rows arrive in input order from the pipeline, which decoded them in parallel. One place
//! that adds them up in order makes duplicates, examples and therefore every output independent of
//! the number of threads; adding a row is a few hash look-ups and does not hold the decoders up.
//! Memory grows with people, applications and issues, not with successes (apart from eight bytes
//! an event by which duplicates are recognised).

mod account;
mod outcome;
mod people;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::error::Problem;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::{DAY, Micros};

pub use account::{InputAccount, Totals};
pub use outcome::Standing;
use outcome::{Effect, History};
use people::People;

/// Examples kept of an issue.
const EXAMPLES: usize = 3;
/// Most different (issue, application) pairs and clusters that are kept apart.
const MAX_KEYS: usize = 50_000;

/// One event as the analysis needs it.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Row {
    pub input: usize,
    pub line: u64,
    pub offset: u64,
    pub length: u64,
    pub time: Option<Micros>,
    pub provider: &'static str,
    pub dialect: &'static str,
    pub operation: Operation,
    pub outcome: Outcome,
    pub needs_action: bool,
    pub app: Option<String>,
    pub app_id: Option<String>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<String>,
    pub login: Option<String>,
    pub subject_name: Option<String>,
    pub detail: Option<Box<Detail>>,
    /// What makes two records the same event.
    pub key: u64,
    /// Excluded by a filter: counted as read, not analysed.
    pub filtered: bool,
}

/// What is kept of an event that did not simply succeed.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Detail {
    pub event_type: Option<String>,
    pub actor: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub phase: Option<String>,
    pub http_status: Option<u16>,
    pub scim_type: Option<String>,
    pub remote: Option<String>,
    pub ids: BTreeMap<&'static str, String>,
    pub rule: Option<(usize, Certainty)>,
    pub shape: Option<String>,
}

/// One event shown as evidence.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Evidence {
    pub input: usize,
    pub line: u64,
    pub offset: u64,
    pub time: Option<Micros>,
    pub user: Option<String>,
    pub operation: Operation,
    pub message: Option<String>,
    pub remote: Option<String>,
    pub ids: BTreeMap<&'static str, String>,
}

/// What became of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// People are still affected and it is still tried.
    Ongoing,
    /// Everyone who failed has since succeeded.
    Recovered,
    /// People are still affected, but nothing was tried for a day of log time.
    Quiet,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::Ongoing => "ongoing",
            State::Recovered => "recovered",
            State::Quiet => "quiet",
        }
    }
}

/// A known issue, or a cluster of failures that no rule explains, at one application.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Issue {
    pub rule: Option<usize>,
    pub shape: Option<String>,
    pub provider: &'static str,
    pub app: Option<String>,
    pub app_id: Option<String>,
    pub certainty: Certainty,
    pub events: u64,
    pub failures: u64,
    /// Skips that leave somebody without access.
    pub needs_action: u64,
    pub users: u64,
    pub still_broken: u64,
    pub state: State,
    pub first: Option<Micros>,
    pub last: Option<Micros>,
    pub operations: BTreeMap<&'static str, u64>,
    pub examples: Vec<Evidence>,
}

/// One application.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct AppHealth {
    pub name: String,
    pub attempts: u64,
    pub failures: u64,
    pub people_failed: u64,
    pub still_broken: u64,
    pub last: Option<Micros>,
    pub last_success: Option<Micros>,
    pub last_failure: Option<Micros>,
}

impl AppHealth {
    /// `failing`, `degraded` or `healthy`: failing if at least a fifth of the attempts failed or
    /// nothing has succeeded since the last failure, and somebody is still without.
    pub fn health(&self) -> &'static str {
        let no_success_since = self.last_failure.is_some() && self.last_success < self.last_failure;
        match () {
            () if self.failures == 0 || self.still_broken == 0 && !no_success_since => "healthy",
            () if self.failures * 5 >= self.attempts || no_success_since => "failing",
            () => "degraded",
        }
    }
}

/// One person at one application for whom something is not as it should be.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct PersonState {
    pub user: String,
    pub app: String,
    pub since: Option<Micros>,
    pub rule: Option<usize>,
}

/// People for whom something is not as it should be.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct PeopleLists {
    pub access_not_removed: Vec<PersonState>,
    pub waiting_for_access: Vec<PersonState>,
    pub out_of_date: Vec<PersonState>,
}

/// The immutable result that every output reads.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Analysis {
    pub inputs: Vec<InputAccount>,
    pub totals: Totals,
    pub first: Option<Micros>,
    pub last: Option<Micros>,
    pub apps: Vec<AppHealth>,
    pub issues: Vec<Issue>,
    pub unknown: Vec<Issue>,
    pub people: PeopleLists,
    /// Rows of the person that was asked for, in order of time.
    pub story: Vec<Row>,
}

/// Rule, or shape where there is none, and application.
type IssueKey = (Option<usize>, Option<String>, Option<String>);

/// Adds rows up.
#[derive(Default)]
pub struct Builder {
    inputs: Vec<InputAccount>,
    totals: Totals,
    seen: HashSet<u64>,
    first: Option<Micros>,
    last: Option<Micros>,
    people: People,
    apps: BTreeMap<String, AppSum>,
    issues: BTreeMap<IssueKey, IssueSum>,
    histories: HashMap<(u32, String), History>,
    asked: Option<String>,
    story: Vec<Row>,
}

#[derive(Default)]
struct AppSum {
    health: AppHealth,
    failed: HashSet<u32>,
}

struct IssueSum {
    issue: Issue,
    people: BTreeMap<(u32, Effect), Option<Micros>>,
    newest: Option<Evidence>,
}

impl Builder {
    /// A builder that also keeps every row of the person with this login, id or name.
    pub fn new(person: Option<&str>) -> Builder {
        Builder { asked: person.map(str::to_lowercase), ..Builder::default() }
    }

    /// Starts the account of one input; gives its position.
    pub fn input(&mut self, name: &str, named: bool) -> usize {
        self.inputs.push(InputAccount::new(name, named));
        self.inputs.len() - 1
    }

    /// The account of an input.
    pub fn account(&mut self, input: usize) -> Option<&mut InputAccount> {
        self.inputs.get_mut(input)
    }

    /// A record of a known format that is not about provisioning.
    pub fn other(&mut self, input: usize, dialect: &'static str, what: Option<&'static str>) {
        self.totals.records += 1;
        self.totals.other += 1;
        if let Some(account) = self.inputs.get_mut(input) {
            account.other(dialect, what);
        }
    }

    /// A record of no known format.
    pub fn unrecognised(&mut self, input: usize, keys: String) {
        self.totals.records += 1;
        self.totals.other += 1;
        if let Some(account) = self.inputs.get_mut(input) {
            account.unrecognised(keys);
        }
    }

    /// A problem; a lost record counts as unreadable.
    pub fn problem(&mut self, input: usize, problem: Problem) {
        if problem.lost {
            self.totals.records += 1;
            self.totals.unreadable += 1;
        }
        if let Some(account) = self.inputs.get_mut(input) {
            account.problem(problem);
        }
    }

    /// One event.
    pub fn row(&mut self, row: Row) {
        self.totals.records += 1;
        let fresh = self.seen.insert(row.key);
        if let Some(account) = self.inputs.get_mut(row.input) {
            account.event(row.dialect, fresh);
        }
        if !fresh {
            self.totals.duplicates += 1;
            return;
        }
        if row.filtered {
            self.totals.other += 1;
            return;
        }
        self.totals.events += 1;
        self.totals.count(row.outcome);
        if let Some(at) = row.time {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
        }
        let person = self.people.find(&row);
        self.add_app(&row, person);
        self.add_history(&row, person);
        self.add_issue(&row, person);
        let asked = self.asked.as_deref().is_some_and(|asked| {
            [&row.login, &row.subject_id, &row.subject_name]
                .into_iter()
                .flatten()
                .any(|text| text.to_lowercase() == asked)
        });
        if asked {
            self.story.push(row);
        }
    }

    fn add_app(&mut self, row: &Row, person: Option<u32>) {
        let Some(name) = &row.app else { return };
        if !Effect::of(row.operation).is_attempt() && row.outcome == Outcome::Success {
            return;
        }
        let sum = self.apps.entry(name.clone()).or_default();
        let health = &mut sum.health;
        health.name.clone_from(name);
        health.attempts += 1;
        health.last = health.last.max(row.time);
        match row.outcome {
            Outcome::Success => health.last_success = health.last_success.max(row.time),
            Outcome::Failure => {
                health.failures += 1;
                health.last_failure = health.last_failure.max(row.time);
                sum.failed.extend(person);
            }
            _ => {}
        }
    }

    fn add_history(&mut self, row: &Row, person: Option<u32>) {
        // Finding an account is not yet having access.
        if row.operation == Operation::Match && row.outcome == Outcome::Success {
            return;
        }
        if let (Some(person), Some(app)) = (person, &row.app) {
            let rule = row.detail.as_ref().and_then(|detail| detail.rule).map(|(rule, _)| rule);
            let failed = row.outcome == Outcome::Failure || row.needs_action;
            self.histories.entry((person, app.clone())).or_default().add(
                Effect::of(row.operation),
                row.outcome,
                failed,
                row.time,
                rule,
            );
        }
    }

    fn add_issue(&mut self, row: &Row, person: Option<u32>) {
        let Some(detail) = &row.detail else { return };
        let failed = row.outcome == Outcome::Failure;
        if detail.rule.is_none() && !failed {
            return;
        }
        match (failed, detail.rule) {
            (true, Some((_, certainty))) => {
                self.totals.known_failures += 1;
                self.totals.guessed_failures += u64::from(certainty == Certainty::Guess);
            }
            (true, None) => self.totals.unknown_failures += 1,
            _ => {}
        }
        let rule = detail.rule.map(|(rule, _)| rule);
        let shape = if rule.is_none() { detail.shape.clone() } else { None };
        let key = (rule, shape.clone(), row.app.clone());
        if self.issues.len() >= MAX_KEYS && !self.issues.contains_key(&key) {
            self.totals.beyond_limits += 1;
            return;
        }
        let certainty = detail.rule.map_or(Certainty::Guess, |(_, certainty)| certainty);
        let sum = self.issues.entry(key).or_insert_with(|| IssueSum {
            issue: Issue {
                rule,
                shape,
                provider: row.provider,
                app: row.app.clone(),
                app_id: row.app_id.clone(),
                certainty,
                events: 0,
                failures: 0,
                needs_action: 0,
                users: 0,
                still_broken: 0,
                state: State::Ongoing,
                first: None,
                last: None,
                operations: BTreeMap::new(),
                examples: Vec::new(),
            },
            people: BTreeMap::new(),
            newest: None,
        });
        let issue = &mut sum.issue;
        issue.events += 1;
        issue.failures += u64::from(failed);
        issue.needs_action += u64::from(row.needs_action);
        issue.certainty = issue.certainty.max(certainty);
        issue.first = match (issue.first, row.time) {
            (Some(first), Some(at)) => Some(first.min(at)),
            (first, at) => first.or(at),
        };
        let newest = row.time >= issue.last;
        issue.last = issue.last.max(row.time);
        *issue.operations.entry(row.operation.word()).or_default() += 1;
        if let Some(person) = person {
            let last = sum.people.entry((person, Effect::of(row.operation))).or_default();
            *last = (*last).max(row.time);
        }
        let evidence = || Evidence {
            input: row.input,
            line: row.line,
            offset: row.offset,
            time: row.time,
            user: row.login.clone().or_else(|| row.subject_name.clone()).or_else(|| row.subject_id.clone()),
            operation: row.operation,
            message: detail.message.clone(),
            remote: detail.remote.clone(),
            ids: detail.ids.clone(),
        };
        if issue.examples.len() < EXAMPLES {
            issue.examples.push(evidence());
        } else if newest {
            sum.newest = Some(evidence());
        }
    }

    /// The result. `severity` ranks a rule, the worst greatest.
    pub fn finish(mut self, severity: impl Fn(usize) -> u8) -> Analysis {
        let (last, apps, histories) = (self.last, &self.apps, &self.histories);
        let mut known = Vec::new();
        let mut unknown = Vec::new();
        let mut broken_at: HashMap<String, HashSet<u32>> = HashMap::new();
        for (_, sum) in std::mem::take(&mut self.issues) {
            let IssueSum { mut issue, people, newest } = sum;
            issue.examples.extend(newest);
            let app = issue.app.clone().unwrap_or_default();
            let persons: HashSet<u32> = people.keys().map(|(person, _)| *person).collect();
            let broken: HashSet<u32> = people
                .iter()
                .filter(|((person, effect), at)| {
                    histories.get(&(*person, app.clone())).is_none_or(|history| !history.resolved_after(*effect, **at))
                })
                .map(|((person, _), _)| *person)
                .collect();
            issue.users = persons.len() as u64;
            issue.still_broken = if issue.failures + issue.needs_action > 0 { broken.len() as u64 } else { 0 };
            let app_sum = apps.get(&app);
            let succeeded_since = app_sum.is_some_and(|sum| sum.health.last_success > issue.last);
            let tried_since = app_sum.is_some_and(|sum| sum.health.last > issue.last);
            let a_day_on = issue.last.zip(last).is_some_and(|(issue, last)| last - issue >= DAY);
            issue.state = match () {
                () if persons.is_empty() && succeeded_since || !persons.is_empty() && broken.is_empty() => {
                    State::Recovered
                }
                () if a_day_on && !tried_since => State::Quiet,
                () => State::Ongoing,
            };
            if issue.still_broken > 0 {
                broken_at.entry(app).or_default().extend(broken);
            }
            if issue.rule.is_some() { known.push(issue) } else { unknown.push(issue) }
        }
        let order = |issue: &Issue| (issue.rule.map_or(0, &severity), issue.still_broken, issue.users, issue.failures);
        known.sort_by(|a, b| order(b).cmp(&order(a)).then(a.rule.cmp(&b.rule)).then(a.app.cmp(&b.app)));
        unknown.sort_by(|a, b| order(b).cmp(&order(a)).then(a.shape.cmp(&b.shape)).then(a.app.cmp(&b.app)));
        let mut healths: Vec<AppHealth> = self
            .apps
            .into_iter()
            .map(|(name, sum)| AppHealth {
                people_failed: sum.failed.len() as u64,
                still_broken: broken_at.get(&name).map_or(0, |broken| broken.len() as u64),
                ..sum.health
            })
            .collect();
        let rank = |app: &AppHealth| match app.health() {
            "failing" => 0,
            "degraded" => 1,
            _ => 2,
        };
        healths.sort_by(|a, b| rank(a).cmp(&rank(b)).then(b.failures.cmp(&a.failures)).then(a.name.cmp(&b.name)));
        let people = outcome::lists(&self.histories, &self.people);
        self.totals.users = self.people.count();
        self.totals.apps = healths.len() as u64;
        self.story.sort_by_key(|row| (row.time, row.input, row.offset));
        Analysis {
            inputs: self.inputs,
            totals: self.totals,
            first: self.first,
            last: self.last,
            apps: healths,
            issues: known,
            unknown,
            people,
            story: self.story,
        }
    }
}
