//! Rows to what an admin wants to know.
//!
//! Rows arrive in input order from the pipeline, which decoded them in parallel. One place
//! that adds them up in order makes duplicates, examples and therefore every output independent of
//! the number of threads; adding a row is a few hash look-ups and does not hold the decoders up.
//! (Sums that are made apart and merged cannot know which of two equal events was the first one,
//! so each would have to keep the key of every event with what it added.) Memory grows with people and
//! groups at applications and with issues, not with successes, apart from ten bytes for each of some millions of
//! events by which duplicates are recognised, and eight an attempt of the last 400 days from which counts
//! over time are made.

mod account;
mod ahead;
mod alike;
mod bars;
mod beside;
mod changes;
mod clocks;
mod context;
pub mod count;
mod cycles;
mod endings;
pub mod field;
mod finish;
mod halts;
mod health;
mod hide;
mod job;
mod leavers;
mod outcome;
mod patterns;
mod people;
mod places;
pub mod quarantine;
mod result;
mod row;
mod seen;
mod sides;
pub mod spikes;
mod standing;
mod state;
mod story;
mod successes;
#[cfg(test)]
pub(crate) mod testing;
mod things;
mod timeline;
mod trends;
mod unite;
mod unseen;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::error::Problem;
use crate::event::{Operation, Outcome, Provider};
use crate::rules::Certainty;
use crate::text::time::Micros;

pub use account::{InputAccount, Limits, Totals};
pub use ahead::Coming;
pub use alike::Alike;
pub use bars::{Bar, Chart, Failures};
use beside::Beside;
pub use changes::{Change, Changes, Trigger, is_change};
use clocks::Clocks;
pub use context::{By, Contexts, Decided};
use cycles::Cycles;
pub use cycles::RemovalCycle;
pub use endings::Endings;
pub use health::{Health, Lately, Part, Reason, Share, Stoppers};
pub use job::{Halted, Job};
use leavers::Leavers;
pub use outcome::Standing;
use outcome::{DIRECTORY, Effect, Histories, earlier};
pub use patterns::Patterns;
pub use people::Identity;
use people::People;
use places::Spot;
use quarantine::Jobs;
pub use result::{
    Analysis, AppHealth, Called, Covered, Evidence, Issue, Mention, OtherSide, PeopleLists, PersonState, State,
    different_people,
};
pub use row::{Detail, Passes, Row};
use seen::Seen;
pub use seen::{Mark, Sighting};
use sides::{Half, Sides};
use spikes::Settings;
pub use standing::{Because, RemovalTimes};
use story::Story;
use things::{Thing, Things};
use timeline::Timeline;
pub use trends::{Comparison, LeftOut, Mode, Of, Point, Series, Silence, Spike, SpikeKind, Told};
pub use unseen::Unseen;

/// Examples kept of an issue.
const EXAMPLES: usize = 3;
/// Most different (issue, application) pairs and clusters that are kept apart.
const MAX_KEYS: usize = 50_000;

/// Rule, or shape where there is none, and application.
type IssueKey = (Option<usize>, Option<String>, Option<u32>);

/// Fast, and seeded anew in every run, so that nobody can choose names for a log that all fall into
/// one place.
type Seeded = foldhash::fast::RandomState;

/// Adds rows up.
#[derive(Clone, Default)]
pub struct Builder {
    inputs: Vec<InputAccount>,
    totals: Totals,
    seen: Seen,
    first: Option<Micros>,
    last: Option<Micros>,
    people: People,
    apps: Apps,
    issues: BTreeMap<IssueKey, IssueSum>,
    histories: Histories,
    things: Things,
    leavers: Leavers,
    clocks: Clocks,
    changes: Changes,
    story: Story,
    patterns: Patterns,
    sides: Sides,
    contexts: Contexts,
    endings: Endings,
    stoppers: Stoppers,
    alike: Alike,
    timeline: Timeline,
    jobs: Jobs,
    cycles: Cycles,
    settings: Settings,
    threads: usize,
    limits: Limits,
    beside: Beside,
    /// Everything that was tried, where a filter shows a part of it only.
    whole: Option<Timeline>,
    /// What is looked up ahead: who and where, and what is said of them.
    coming: Vec<(Operation, Outcome, u32, u32)>,
}

/// Applications, by the number they get when they are first seen.
#[derive(Clone, Default)]
struct Apps {
    by_name: HashMap<Box<str>, u32, Seeded>,
    sums: Vec<AppSum>,
}

#[derive(Clone)]
struct AppSum {
    health: AppHealth,
    /// Whose log named it first.
    provider: Provider,
    failed: HashSet<u32, Seeded>,
    /// Something was tried there, or went wrong; otherwise it was only named.
    used: bool,
    /// The logs that show when access is removed there, one bit each.
    removals_in: u32,
}

impl Apps {
    fn find(&mut self, name: &str, provider: Provider) -> u32 {
        if let Some(app) = self.by_name.get(name) {
            return *app;
        }
        let next = u32::try_from(self.sums.len()).unwrap_or(u32::MAX);
        self.by_name.insert(name.into(), next);
        let health = AppHealth { name: name.into(), ..AppHealth::default() };
        self.sums.push(AppSum { health, provider, failed: HashSet::default(), used: false, removals_in: 0 });
        next
    }

    fn get(&self, app: Option<u32>) -> Option<&AppSum> {
        self.sums.get(app? as usize)
    }

    fn name(&self, app: u32) -> Arc<str> {
        self.get(Some(app)).map(|sum| sum.health.name.clone()).unwrap_or_default()
    }

    /// Everybody for whom something failed there.
    fn failed(&self, app: u32) -> Vec<u32> {
        let mut people: Vec<u32> = self.get(Some(app)).iter().flat_map(|sum| &sum.failed).copied().collect();
        people.sort_unstable();
        people
    }
}

/// Whom and what a row is about, by number.
#[derive(Clone, Copy, Default)]
struct About {
    app: Option<u32>,
    /// Where there it is.
    spot: Option<Spot>,
    person: Option<u32>,
}

#[derive(Clone)]
struct IssueSum {
    issue: Issue,
    /// Counted in the order in which issues are first seen.
    number: u32,
    /// Who failed where and in what, and when last.
    people: BTreeMap<(u32, Option<u32>, Effect), Option<Micros>>,
    /// The same of what is no person.
    things: BTreeMap<Thing, Option<Micros>>,
    /// The newest one, which is another one with nearly every row: its texts are copied at the end.
    newest: Option<(Evidence, Arc<Detail>)>,
}

impl Builder {
    /// A builder that also keeps every row of the person with this login, id or name.
    pub fn new(person: Option<&str>) -> Builder {
        Builder { story: person.map(Story::of).unwrap_or_default(), ..Builder::default() }
    }

    /// The same, knowing everything by which that person is known.
    pub fn knowing(mut self, identity: &Identity) -> Builder {
        self.story = self.story.knowing(identity);
        self
    }

    /// The same, knowing what time it is, since events that are dated later are told, and which time a
    /// filter asks for.
    pub fn at(mut self, now: Option<Micros>, since: Option<Micros>, until: Option<Micros>) -> Builder {
        (self.clocks.now, self.clocks.since, self.clocks.until) = (now, since, until);
        self
    }

    /// The same, looking for these patterns too.
    pub fn watching(self, patterns: Patterns) -> Builder {
        Builder { patterns, ..self }
    }

    /// The same, letting other events decide where the rules say so.
    pub fn deciding(self, contexts: Contexts) -> Builder {
        Builder { contexts, ..self }
    }

    /// The same, knowing which issues a change of settings ends.
    pub fn ending(self, endings: Endings) -> Builder {
        Builder { endings, ..self }
    }

    /// Time has passed.
    pub fn now_is(&mut self, now: Option<Micros>) {
        self.clocks.now = now;
    }

    /// The same, knowing which issues stop everything at an application.
    pub fn judging(self, stoppers: Stoppers) -> Builder {
        Builder { stoppers, ..self }
    }

    /// The same, telling what rules describe once that are easily taken for one another.
    pub fn telling_once(self, alike: Alike) -> Builder {
        Builder { alike, ..self }
    }

    /// The same, with other ideas of what is unusual, and so many threads to find it.
    pub fn testing(self, settings: Settings, threads: usize) -> Builder {
        Builder { settings, threads, ..self }
    }

    /// Records that were added so far.
    pub fn records(&self) -> u64 {
        self.totals.records
    }

    /// Starts the account of one input; gives its position.
    pub fn input(&mut self, name: &str, named: bool) -> usize {
        self.inputs.push(InputAccount::new(name, named));
        self.inputs.len() - 1
    }

    /// How many inputs there are so far.
    pub fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// The account of an input.
    pub fn account(&mut self, input: usize) -> Option<&mut InputAccount> {
        self.inputs.get_mut(input)
    }

    /// Records of a known format that are not about provisioning.
    pub fn other(&mut self, input: usize, dialect: &'static str, what: Option<&'static str>, count: u64) {
        self.totals.records += count;
        self.totals.other += count;
        if let Some(account) = self.inputs.get_mut(input) {
            account.other(dialect, what, count);
        }
    }

    /// Records of no known format, with the first fields of the first one.
    pub fn unrecognised(&mut self, input: usize, keys: &str, count: u64) {
        self.totals.records += count;
        self.totals.other += count;
        if let Some(account) = self.inputs.get_mut(input) {
            account.unrecognised(keys, count);
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

    /// Which of some events were seen before. Each look-up waits for memory; one after the other, with
    /// nothing in between, they wait together.
    pub fn sightings(&mut self, marks: impl Iterator<Item = Mark>) -> Vec<Sighting> {
        marks.map(|mark| self.seen.see(&mark)).collect()
    }

    /// One event.
    pub fn row(&mut self, row: Row<'_>) {
        let mark = Mark { key: row.key, content: 0, dialect: row.dialect, time: row.time };
        let sighting = self.seen.see(&mark);
        self.known_row(row, sighting);
    }

    /// One event of which it is known whether it was seen before.
    pub fn known_row(&mut self, row: Row<'_>, sighting: Sighting) {
        let fresh = sighting == Sighting::First;
        self.totals.records += 1;
        if let Some(account) = self.inputs.get_mut(row.input) {
            account.event(row.dialect, fresh);
        }
        if !fresh {
            self.totals.duplicates += 1;
            self.totals.duplicates_differing += u64::from(sighting == Sighting::Differing);
            return;
        }
        if row.passes != Passes::Yes {
            self.totals.other += 1;
            self.totals.filtered += 1;
            if let Some(log) = self.clocks.see_filtered(row.provider, row.time) {
                self.show_removal(&row, log);
                self.see_whole(&row);
            }
            if row.passes == Passes::Beside {
                self.see_beside(&row);
            }
            return;
        }
        self.totals.events += 1;
        self.totals.count(row.outcome);
        self.first = earlier(self.first, row.time);
        let (log, ahead) = self.clocks.see(row.provider, row.time);
        if let (Some(ahead), Some(account)) = (ahead, self.inputs.get_mut(row.input)) {
            account.dated_ahead(ahead);
        }
        let known = self.people.numbers();
        let person = self.people.find(&row);
        self.beside.show(person);
        let about = self.about(&row, person);
        let About { app, .. } = about;
        self.add_app(&row, app, person);
        self.show_removal(&row, log);
        self.see_whole(&row);
        if row.detail.is_some() {
            self.changes.see(&row, self.apps.get(app).map(|sum| sum.health.name.clone()));
            self.endings.see(&row, app);
        }
        self.patterns.see(&row, about, &self.histories, &self.apps);
        self.jobs.see(&row, app);
        if let Some(sum) = app.and_then(|app| self.apps.sums.get_mut(app as usize)) {
            sum.health.job.see(&row);
        }
        self.cycles.see(&row, app);
        if !self.contexts.sets_aside(&row, about) {
            self.contexts.see(&row, person);
            self.add_history(&row, about);
            let seen = self.timeline.see(&row, about);
            self.add_issue(&row, about, seen);
        }
        if self.story.is_asked_for() {
            self.story.see(row, person, self.people.numbers() > known);
        }
    }

    fn about(&mut self, row: &Row<'_>, person: Option<u32>) -> About {
        let app = row.app.as_deref().map(|name| self.apps.find(name, row.provider));
        let spot = app.map(|app| self.histories.places.of(row, app));
        About { app, spot: spot.or_else(|| self.spot_in_directory(row)), person }
    }

    /// Where a failure counts that leaves somebody without an account in the identity provider itself, if it names no
    /// source.
    fn spot_in_directory(&mut self, row: &Row<'_>) -> Option<Spot> {
        let is_there = row.app.is_none() && Effect::of_row(row) == Effect::Enter;
        is_there.then(|| Spot { whole: self.apps.find(row.provider.name(), row.provider), group: None })
    }

    /// Takes note of the log that shows when access is removed at an application.
    fn show_removal(&mut self, row: &Row<'_>, log: usize) {
        let Some(name) = row.app.as_deref().filter(|_| row.shows_removal()) else { return };
        let app = self.apps.find(name, row.provider);
        if let Some(sum) = self.apps.sums.get_mut(app as usize) {
            sum.removals_in |= clocks::bit(log);
        }
    }

    fn add_app(&mut self, row: &Row<'_>, app: Option<u32>, person: Option<u32>) {
        if !row.shows_use() {
            return;
        }
        let Some(sum) = app.and_then(|app| self.apps.sums.get_mut(app as usize)) else { return };
        sum.used |= row.passes == Passes::Yes;
        let health = &mut sum.health;
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

    fn add_history(&mut self, row: &Row<'_>, about: About) {
        let effect = Effect::of_row(row);
        // Finding an account is not yet having access.
        if effect == Effect::Grant && row.operation == Operation::Match && row.outcome == Outcome::Success {
            return;
        }
        let Some(person) = about.person else {
            if row.outcome == Outcome::Success {
                self.things.succeeded(row, about.app);
            }
            return;
        };
        let spot = about.spot.or_else(|| {
            let switches = matches!(effect, Effect::Grant | Effect::Remove) && row.outcome == Outcome::Success;
            (switches && leavers::is_of_directory(row)).then_some(Spot { whole: DIRECTORY, group: None })
        });
        let Some(spot) = spot else { return };
        if self.contexts.is_done(row) {
            self.histories.succeeded_at(person, spot, row);
            if let Some(at) = row.time.filter(|_| row.passes == Passes::Yes) {
                self.leavers.see((person, spot.whole), effect, at);
            }
        } else if row.outcome == Outcome::Skipped && !row.needs_action {
            self.histories.was_skipped((person, spot.whole), row);
        } else if row.outcome == Outcome::Failure || row.needs_action {
            self.histories.failed((person, spot.place()), spot.effect(row), row.time, row.rule());
        }
    }

    fn add_issue(&mut self, row: &Row<'_>, about: About, seen: Option<timeline::Seen>) {
        let Some(detail) = &row.detail else { return };
        let failed = row.outcome == Outcome::Failure;
        match (failed, detail.rule) {
            (true, Some((_, certainty))) => {
                self.totals.known_failures += 1;
                self.totals.guessed_failures += u64::from(certainty == Certainty::Guess);
            }
            (true, None) => self.totals.unknown_failures += 1,
            (false, Some(_)) => {}
            (false, None) => {
                self.totals.unknown_skips += u64::from(row.outcome == Outcome::Skipped);
                return;
            }
        }
        let key = detail.issue(about.app);
        if self.issues.len() >= MAX_KEYS && !self.issues.contains_key(&key) {
            self.limits.ungrouped += 1;
            if let Some(seen) = seen {
                self.timeline.explain(seen, u32::MAX);
            }
            return;
        }
        let next = u32::try_from(self.issues.len()).unwrap_or(u32::MAX);
        let sum = self.issues.entry(key).or_insert_with(|| IssueSum::of(row, detail, next));
        if let Some(seen) = seen {
            self.timeline.explain(seen, sum.number);
        }
        sum.add(row, detail);
        sum.affect(row, about, &self.things);
        // One log has one side only.
        if let (true, true, Some(at)) = (failed, self.inputs.len() > 1, row.time) {
            self.sides.add(row.provider, || Half {
                provider: row.provider,
                issue: detail.issue(about.app),
                person: about.person,
                at,
                status: detail.http_status,
                evidence: Evidence::brief(row, Some(detail)),
            });
        }
    }
}

impl Detail {
    /// The issue at an application that a row with it belongs to.
    fn issue(&self, app: Option<u32>) -> IssueKey {
        match self.rule {
            Some((rule, _)) => (Some(rule), None, app),
            None => (None, self.shape.clone(), app),
        }
    }
}

impl IssueSum {
    /// One to which nothing was added yet, for the issue that a row belongs to.
    fn of(row: &Row<'_>, detail: &Detail, number: u32) -> IssueSum {
        let (rule, shape, _) = detail.issue(None);
        let issue = Issue {
            rule,
            shape,
            app: row.app.as_ref().map(|name| name.to_string()),
            app_id: row.app_id.as_ref().map(|id| id.to_string()),
            ..Issue::empty(row.provider)
        };
        IssueSum { issue, number, people: BTreeMap::new(), things: BTreeMap::new(), newest: None }
    }

    /// Counts a row, and keeps it as an example if it is one of the first or the newest one.
    fn add(&mut self, row: &Row<'_>, detail: &Arc<Detail>) {
        let issue = &mut self.issue;
        issue.events += 1;
        issue.failures += u64::from(row.outcome == Outcome::Failure);
        issue.needs_action += u64::from(row.needs_action);
        issue.certainty = issue.certainty.max(detail.rule.map_or(Certainty::Guess, |(_, certainty)| certainty));
        let is_newest = row.time >= issue.last;
        issue.first = earlier(issue.first, row.time);
        issue.last = issue.last.max(row.time);
        *issue.operations.entry(row.operation.word()).or_default() += 1;
        if issue.examples.len() < EXAMPLES {
            issue.examples.push(Evidence::of(row, Some(detail)));
        } else if is_newest {
            self.newest = Some((Evidence::of(row, None), detail.clone()));
        }
    }

    /// Takes note of the person or the thing that a row is about.
    fn affect(&mut self, row: &Row<'_>, About { spot, person, .. }: About, things: &Things) {
        let last = match person {
            Some(person) => {
                let effect = spot.map_or_else(|| Effect::of_row(row), |spot| spot.effect(row));
                self.people.entry((person, spot.map(Spot::place), effect)).or_default()
            }
            None => self.things.entry(things.of(row)).or_default(),
        };
        *last = (*last).max(row.time);
    }
}
