//! What the sums say, once every row was added.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::patterns::{Found, Sums};
use super::things::Thing;
use super::timeline::{self, Trends};
use super::{
    Analysis, AppHealth, AppSum, Apps, Builder, EXAMPLES, Effect, Issue, IssueSum, Seeded, State, health, result,
    standing,
};
use crate::text::time::{DAY, HOUR, Micros};

/// What is seen of an issue that stops everything, where something has worked since.
const WORKS_AGAIN: &str =
    "others succeeded there later, so it works again: try what failed once more before you change anything";

impl Builder {
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
        std::mem::take(&mut self.timeline).judge(&apps, &issues, self.last, &self.settings, self.threads, severity)
    }

    /// The result. `severity` ranks a rule, the worst greatest.
    pub fn finish(mut self, severity: impl Fn(usize) -> u8) -> Analysis {
        self.unite_people();
        let moved = self.decide();
        self.last = self.clocks.last();
        let mut trends = self.trends(&severity);
        self.beside.narrow(&mut trends, &self.apps);
        self.alike.join(&mut trends.spikes);
        self.alike.join(&mut trends.bursts);
        self.limits.not_compared = self.seen.not_compared;
        self.limits.cycles = self.cycles.beyond;
        let removal_cycles = std::mem::take(&mut self.cycles).largest(&self.apps);
        let distances = std::mem::take(&mut self.jobs).distances(&self.apps);
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
            let IssueSum { mut issue, people, things, newest, .. } = sum;
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
            let persons: HashSet<u32, Seeded> = people.keys().map(|(person, ..)| *person).collect();
            let is_open = |((person, place, effect), at): &(&(u32, Option<u32>, Effect), &Option<Micros>)| {
                place.is_none_or(|place| !histories.resolved_after((*person, place), *effect, **at))
            };
            let harmless = self.contexts.is_harmless(issue.rule);
            let broken = people.iter().filter(|_| !harmless).filter(is_open).map(|((person, ..), _)| *person);
            let broken: HashSet<u32, Seeded> = broken.collect();
            issue.users = persons.len() as u64;
            // Who is still without access, the identity provider's log says where there is one.
            let told = issue.is_told_by_the_other_side();
            let counts = !told && issue.failures + issue.needs_action > 0;
            issue.still_broken = if counts { broken.len() as u64 } else { 0 };
            let app_sum = apps.get(app);
            let worked = app_sum.and_then(|sum| sum.health.last_success);
            let tried_since = app_sum.is_some_and(|sum| sum.health.last > issue.last);
            let a_day_on = issue.last.zip(last).is_some_and(|(issue, last)| last - issue >= DAY);
            // Of what stops everything, anything that works is the end, whomever it was about.
            let stops_all = told || issue.rule.is_some_and(|rule| self.stoppers.has(rule));
            let is_over = |(thing, at): (&Thing, &Option<Micros>)| match thing {
                Thing::Unnamed => !persons.is_empty() || stops_all && worked > *at,
                thing => self.things.is_settled(app, *thing, *at, worked),
            };
            // Whoever failed again would have failed later.
            let works_again = !told
                && issue.rule.is_some_and(|rule| self.stoppers.has(rule))
                && worked.zip(issue.last).is_some_and(|(worked, failed)| worked - failed >= HOUR);
            let all_over = things.iter().all(is_over) && !(persons.is_empty() && things.is_empty());
            issue.state = match () {
                () if broken.is_empty() && all_over => State::Recovered,
                () if works_again || a_day_on && !tried_since => State::Quiet,
                () => State::Ongoing,
            };
            if works_again && issue.state == State::Quiet {
                issue.pattern = Some(WORKS_AGAIN.to_owned());
            }
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
        let mut leavers: HashMap<Arc<str>, u64, Seeded> = HashMap::default();
        people.access_not_removed.iter().for_each(|person| *leavers.entry(person.app.clone()).or_default() += 1);
        let mut healths: Vec<AppHealth> = (0..)
            .zip(self.apps.sums)
            .zip(trends.lately)
            .filter(|((_, sum), _)| sum.used)
            .map(|((app, sum), lately)| AppHealth {
                people_failed: sum.failed.len() as u64,
                still_broken: broken_at.get(&app).map_or(0, |broken| broken.len() as u64),
                leavers: leavers.get(&sum.health.name).copied().unwrap_or_default(),
                lately,
                ..sum.health
            })
            .collect();
        health::judge(&mut healths, &known, &trends.silences, &self.stoppers);
        self.totals.users = self.beside.users(&self.people);
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
            removal_cycles,
            story: told.rows,
            asked: told.people,
            story_is_incomplete: told.is_incomplete,
            covered: None,
            names_hidden: false,
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
