//! Rows to what an admin wants to know.
//!
//! Rows arrive in input order from the pipeline, which decoded them in parallel. One place
//! that adds them up in order makes duplicates, examples and therefore every output independent of
//! the number of threads; adding a row is a few hash look-ups and does not hold the decoders up.
//! (Sums that are made apart and merged cannot know which of two equal events was the first one,
//! so each would have to keep the key of every event with what it added.) Memory grows with people
//! at applications and with issues, not with successes, apart from ten bytes an event by which
//! duplicates are recognised, and eight an attempt from which counts over time are made.

mod account;
mod changes;
mod clocks;
mod context;
pub mod count;
pub mod field;
mod leavers;
mod outcome;
mod patterns;
mod people;
pub mod quarantine;
mod result;
mod row;
mod seen;
mod sides;
pub mod spikes;
mod standing;
mod story;
mod timeline;
mod trends;
mod unite;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::error::Problem;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::{DAY, Micros};

pub use account::{InputAccount, Limits, Totals};
pub use changes::{Change, Changes, Trigger, is_change};
use clocks::Clocks;
pub use context::{By, Contexts, Decided};
use leavers::Leavers;
pub use outcome::Standing;
use outcome::{DIRECTORY, Effect, Histories};
pub use patterns::Patterns;
use patterns::{Found, Sums};
pub use people::Identity;
use people::People;
use quarantine::Jobs;
pub use result::{Analysis, AppHealth, Covered, Evidence, Issue, OtherSide, PeopleLists, PersonState, State};
pub use row::{Detail, Row};
use seen::Seen;
pub use seen::Sighting;
use sides::{Half, Sides};
use spikes::Settings;
pub use standing::{Because, RemovalTimes};
use story::Story;
use timeline::{Timeline, Trends};
pub use trends::{Comparison, LeftOut, Mode, Of, Point, Series, Silence, Spike, SpikeKind};

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
#[derive(Default)]
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
    leavers: Leavers,
    clocks: Clocks,
    changes: Changes,
    story: Story,
    patterns: Patterns,
    sides: Sides,
    contexts: Contexts,
    timeline: Timeline,
    jobs: Jobs,
    settings: Settings,
    threads: usize,
    limits: Limits,
}

/// Applications, by the number they get when they are first seen.
#[derive(Default)]
struct Apps {
    by_name: HashMap<Box<str>, u32, Seeded>,
    sums: Vec<AppSum>,
}

#[derive(Default)]
struct AppSum {
    health: AppHealth,
    /// Whose log named it first.
    provider: &'static str,
    failed: HashSet<u32, Seeded>,
    /// Something was tried there, or went wrong; otherwise it was only named.
    used: bool,
    /// The logs that show when access is removed there, one bit each.
    removals_in: u32,
}

impl Apps {
    fn find(&mut self, name: &str, provider: &'static str) -> u32 {
        if let Some(app) = self.by_name.get(name) {
            return *app;
        }
        let next = u32::try_from(self.sums.len()).unwrap_or(u32::MAX);
        self.by_name.insert(name.into(), next);
        let health = AppHealth { name: name.into(), ..AppHealth::default() };
        self.sums.push(AppSum { health, provider, ..AppSum::default() });
        next
    }

    fn get(&self, app: Option<u32>) -> Option<&AppSum> {
        self.sums.get(app? as usize)
    }

    /// Everybody for whom something failed there.
    fn failed(&self, app: u32) -> Vec<u32> {
        let mut people: Vec<u32> = self.get(Some(app)).iter().flat_map(|sum| &sum.failed).copied().collect();
        people.sort_unstable();
        people
    }
}

struct IssueSum {
    issue: Issue,
    /// Counted in the order in which issues are first seen.
    number: u32,
    people: BTreeMap<(u32, Effect), Option<Micros>>,
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

    /// Which of some events, given by their keys and digests, were seen before. Each look-up waits for
    /// memory; one after the other, with nothing in between, they wait together.
    pub fn sightings(&mut self, keys: impl Iterator<Item = (u64, u16)>) -> Vec<Sighting> {
        keys.map(|(key, content)| self.seen.see(key, content)).collect()
    }

    /// One event.
    pub fn row(&mut self, row: Row<'_>) {
        let sighting = self.seen.see(row.key, 0);
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
        if row.filtered {
            self.totals.other += 1;
            if let Some(log) = self.clocks.see_filtered(row.provider, row.time) {
                self.show_removal(&row, log);
            }
            return;
        }
        self.totals.events += 1;
        self.totals.count(row.outcome);
        if let Some(at) = row.time {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
        }
        let (log, ahead) = self.clocks.see(row.provider, row.time);
        if let (Some(ahead), Some(account)) = (ahead, self.inputs.get_mut(row.input)) {
            account.dated_ahead(ahead);
        }
        let known = self.people.numbers();
        let person = self.people.find(&row);
        let app = row.app.as_deref().map(|name| self.apps.find(name, row.provider));
        self.add_app(&row, app, person);
        self.show_removal(&row, log);
        if row.detail.is_some() {
            self.changes.see(&row, self.apps.get(app).map(|sum| sum.health.name.clone()));
        }
        self.patterns.see(&row, app, person, &self.histories, &self.apps);
        self.jobs.see(&row, app);
        if !self.contexts.sets_aside(&row, app, person) {
            self.contexts.see(&row, person);
            self.add_history(&row, app, person);
            let seen = self.timeline.see(&row, app, person);
            self.add_issue(&row, app, person, seen);
        }
        if self.story.is_asked_for() {
            self.story.see(row, person, self.people.numbers() > known);
        }
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
        if !Effect::of(row.operation).is_attempt() && row.outcome == Outcome::Success {
            return;
        }
        let Some(sum) = app.and_then(|app| self.apps.sums.get_mut(app as usize)) else { return };
        sum.used = true;
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

    fn add_history(&mut self, row: &Row<'_>, app: Option<u32>, person: Option<u32>) {
        // Finding an account is not yet having access; and whether somebody gets it after an app could
        // not look them up, the identity provider's log says.
        let looked_up = row.operation == Operation::Match;
        if looked_up && (row.outcome == Outcome::Success || !sides::asks(row.provider)) {
            return;
        }
        let effect = Effect::of(row.operation);
        let app = app.or_else(|| {
            let switches = matches!(effect, Effect::Grant | Effect::Remove) && row.outcome == Outcome::Success;
            (switches && leavers::is_of_directory(row)).then_some(DIRECTORY)
        });
        if let (Some(person), Some(app)) = (person, app) {
            let rule = row.detail.as_ref().and_then(|detail| detail.rule).map(|(rule, _)| rule);
            if row.outcome == Outcome::Success {
                self.histories.succeeded((person, app), effect, row.time);
                if let Some(at) = row.time {
                    self.leavers.see((person, app), effect, at);
                }
            } else if row.outcome == Outcome::Failure || row.needs_action {
                self.histories.failed((person, app), effect, row.time, rule);
            }
        }
    }

    fn add_issue(&mut self, row: &Row<'_>, app: Option<u32>, person: Option<u32>, seen: Option<timeline::Seen>) {
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
        let key = (rule, shape.clone(), app);
        if self.issues.len() >= MAX_KEYS && !self.issues.contains_key(&key) {
            self.limits.ungrouped += 1;
            if let Some(seen) = seen {
                self.timeline.explain(seen, u32::MAX);
            }
            return;
        }
        let next = u32::try_from(self.issues.len()).unwrap_or(u32::MAX);
        let certainty = detail.rule.map_or(Certainty::Guess, |(_, certainty)| certainty);
        let sum = self.issues.entry(key).or_insert_with(|| IssueSum {
            issue: Issue {
                rule,
                shape,
                provider: row.provider,
                app: row.app.as_ref().map(|name| name.to_string()),
                app_id: row.app_id.as_ref().map(|id| id.to_string()),
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
                pattern: None,
                both_sides: 0,
                decided_by: Vec::new(),
                triggers: Vec::new(),
            },
            number: next,
            people: BTreeMap::new(),
            newest: None,
        });
        if let Some(seen) = seen {
            self.timeline.explain(seen, sum.number);
        }
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
        let evidence = || Evidence::of(row, Some(detail));
        if issue.examples.len() < EXAMPLES {
            issue.examples.push(evidence());
        } else if newest {
            sum.newest = Some((Evidence::of(row, None), detail.clone()));
        }
        // One log has one side only.
        if let (true, true, Some(at)) = (failed, self.inputs.len() > 1, row.time) {
            let issue = (rule, issue.shape.clone(), app);
            let (provider, status) = (row.provider, detail.http_status);
            self.sides.add(provider, || Half {
                provider,
                issue,
                person,
                at,
                status,
                evidence: Evidence::brief(row, Some(detail)),
            });
        }
    }

    /// What changes over time.
    fn trends(&mut self, severity: &impl Fn(usize) -> u8) -> Trends {
        let app = |sum: &AppSum| timeline::App { name: sum.health.name.clone(), last: sum.health.last };
        let apps: Vec<timeline::App> = self.apps.sums.iter().map(app).collect();
        let numbers = self.issues.values().map(|sum| sum.number as usize + 1).max().unwrap_or_default();
        let mut issues = vec![timeline::Key::default(); numbers];
        for ((rule, shape, _), sum) in &self.issues {
            if let Some(key) = issues.get_mut(sum.number as usize) {
                *key = timeline::Key { rule: *rule, shape: shape.clone() };
            }
        }
        std::mem::take(&mut self.timeline).judge(&apps, &issues, &self.settings, self.threads, severity)
    }

    /// The result. `severity` ranks a rule, the worst greatest.
    pub fn finish(mut self, severity: impl Fn(usize) -> u8) -> Analysis {
        self.unite_people();
        let moved = self.decide();
        let trends = self.trends(&severity);
        let distances = std::mem::take(&mut self.jobs).distances(&self.apps);
        self.last = self.clocks.last();
        let (last, apps, histories) = (self.last, &self.apps, &self.histories);
        let shown_until = |app| apps.get(Some(app)).and_then(|sum| self.clocks.last_of(sum.removals_in));
        let left = std::mem::take(&mut self.leavers).finish(histories, shown_until);
        let identities = self.people.identities();
        let patterns = self.patterns.find(&Sums { histories, people: &identities, left: &left, apps });
        self.limits.patterns = self.patterns.beyond();
        self.limits.other_side = self.sides.beyond;
        self.limits.context = self.contexts.beyond;
        let (mut both_sides, told_twice) = std::mem::take(&mut self.sides).join(&moved);
        self.totals.told_twice = told_twice;
        let mut known = Vec::new();
        let mut unknown = Vec::new();
        let mut broken_at: HashMap<u32, HashSet<u32, Seeded>> = HashMap::new();
        for (key, sum) in std::mem::take(&mut self.issues) {
            let IssueSum { mut issue, people, newest, .. } = sum;
            let app = key.2;
            if let Some(joined) = both_sides.remove(&key) {
                issue.both_sides = joined.count;
                // The example of which most is known comes first.
                issue.examples.retain(|example| !example.is_same(&joined.example));
                issue.examples.insert(0, joined.example);
                issue.examples.truncate(EXAMPLES);
            }
            let newest = newest.filter(|(newest, _)| !issue.examples.iter().any(|example| example.is_same(newest)));
            issue.examples.extend(newest.map(|(evidence, detail)| evidence.with(&detail)));
            let persons: HashSet<u32, Seeded> = people.keys().map(|(person, _)| *person).collect();
            // Whether somebody is still without access, the identity provider's log or other events say.
            let told = issue.is_told_by_the_other_side() || self.contexts.is_harmless(issue.rule);
            let broken: HashSet<u32, Seeded> = people
                .iter()
                .filter(|_| !told)
                .filter(|((person, effect), at)| {
                    app.is_none_or(|app| !histories.resolved_after((*person, app), *effect, **at))
                })
                .map(|((person, _), _)| *person)
                .collect();
            issue.users = persons.len() as u64;
            issue.still_broken = if issue.failures + issue.needs_action > 0 { broken.len() as u64 } else { 0 };
            let app_sum = apps.get(app);
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
            if let Some(app) = app.filter(|_| issue.still_broken > 0) {
                broken_at.entry(app).or_default().extend(broken);
            }
            if issue.rule.is_some() { known.push(issue) } else { unknown.push(issue) }
        }
        let app_name = |app| apps.get(Some(app)).map(|sum| sum.health.name.clone()).unwrap_or_default();
        let described = patterns.iter().filter(|(rule, _)| self.patterns.describes_never_tried(*rule));
        let described = described.flat_map(|(rule, found)| {
            found.people.iter().filter_map(|(person, _)| Some(((*person, found.app?), *rule)))
        });
        let mut people = standing::lists(histories, &left, &identities, app_name, &described.collect());
        people.explain_by(&moved, apps);
        let removal_times = standing::removal_times(&left, &people, app_name);
        for (rule, found) in patterns {
            add_pattern(&mut known, rule, found, apps);
        }
        let changes = std::mem::take(&mut self.changes).sorted();
        for issue in known.iter_mut().chain(&mut unknown) {
            issue.triggers = changes.before(issue.app.as_deref(), issue.provider, issue.first);
        }
        let order = |issue: &Issue| (issue.rule.map_or(0, &severity), issue.still_broken, issue.users, issue.failures);
        known.sort_by(|a, b| order(b).cmp(&order(a)).then(a.rule.cmp(&b.rule)).then(a.app.cmp(&b.app)));
        unknown.sort_by(|a, b| order(b).cmp(&order(a)).then(a.shape.cmp(&b.shape)).then(a.app.cmp(&b.app)));
        let mut healths: Vec<AppHealth> = (0..)
            .zip(self.apps.sums)
            .filter(|(_, sum)| sum.used)
            .map(|(app, sum)| AppHealth {
                people_failed: sum.failed.len() as u64,
                still_broken: broken_at.get(&app).map_or(0, |broken| broken.len() as u64),
                ..sum.health
            })
            .collect();
        let rank = |app: &AppHealth| match app.health() {
            "failing" => 0,
            "degraded" => 1,
            _ => 2,
        };
        healths.sort_by(|a, b| rank(a).cmp(&rank(b)).then(b.failures.cmp(&a.failures)).then(a.name.cmp(&b.name)));
        self.totals.users = self.people.count();
        self.limits.shortened_texts = result::shortened(known.iter().chain(&unknown));
        self.totals.beyond_limits = self.limits.events();
        self.totals.apps = healths.len() as u64;
        let told = std::mem::take(&mut self.story).finish(&self.people);
        self.inputs.iter_mut().for_each(|input| input.judge_clock(self.clocks.now_is_wrong()));
        Analysis {
            inputs: self.inputs,
            totals: self.totals,
            limits: self.limits,
            first: self.first,
            last: self.last,
            apps: healths,
            issues: known,
            unknown,
            people,
            removal_times,
            changes,
            removals_beyond_limits: left.beyond,
            series: trends.series,
            spikes: trends.spikes,
            bursts: trends.bursts,
            silences: trends.silences,
            left_out: trends.left_out,
            quarantine: distances,
            story: told.rows,
            asked: told.people,
            story_is_incomplete: told.is_incomplete,
            covered: None,
        }
    }
}

/// Adds a pattern to the issue of its rule and application, or as an issue of its own.
fn add_pattern(issues: &mut Vec<Issue>, rule: usize, found: Found, apps: &Apps) {
    let app = apps.get(found.app).map(|sum| sum.health.name.to_string());
    if let Some(issue) = issues.iter_mut().find(|issue| issue.rule == Some(rule) && issue.app == app) {
        issue.pattern = Some(found.what);
        return;
    }
    let affected = found.people.len() as u64;
    issues.push(Issue {
        rule: Some(rule),
        shape: None,
        provider: apps.get(found.app).map_or("", |sum| sum.provider),
        app,
        app_id: None,
        certainty: found.certainty,
        events: found.events,
        failures: 0,
        needs_action: 0,
        users: affected,
        still_broken: affected,
        state: State::Ongoing,
        first: found.first,
        last: found.last,
        operations: BTreeMap::new(),
        examples: found.examples,
        pattern: Some(found.what),
        both_sides: 0,
        decided_by: Vec::new(),
        triggers: Vec::new(),
    });
}
