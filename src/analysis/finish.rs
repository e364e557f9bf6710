//! What the sums say, once every row was added.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::health::Grounds;
use super::patterns::{Found, Sums};
use super::state::{self, Judge};
use super::timeline::{self, Trends};
use super::{Analysis, AppHealth, AppSum, Apps, Builder, EXAMPLES, Issue, IssueSum, Seeded, State, result, standing};

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
        trends.silences = self.whole_silences().unwrap_or(trends.silences);
        self.alike.join(&mut trends.spikes);
        self.alike.join(&mut trends.bursts);
        self.limits.not_compared = self.seen.not_compared;
        self.limits.cycles = self.cycles.beyond;
        let removal_cycles = std::mem::take(&mut self.cycles).largest(&self.apps);
        let distances = std::mem::take(&mut self.jobs).distances(&self.apps);
        let (apps, histories) = (&self.apps, &self.histories);
        let shown_until = |app| apps.get(Some(app)).and_then(|sum| self.clocks.last_of(sum.removals_in));
        let left = std::mem::take(&mut self.leavers).finish(histories, shown_until);
        let identities = self.people.identities();
        let patterns = self.patterns.find(&Sums { histories, people: &identities, left: &left, apps });
        self.limits.patterns = self.patterns.beyond();
        self.limits.other_side = self.sides.beyond;
        self.limits.context = self.contexts.beyond;
        let (both_sides, told_twice) = std::mem::take(&mut self.sides).join(&moved);
        self.totals.told_twice = told_twice;
        let judge = Judge {
            histories,
            things: &self.things,
            apps,
            contexts: &self.contexts,
            stoppers: &self.stoppers,
            last: self.clocks.last_of(u32::MAX),
        };
        let mut judged = Vec::new();
        let mut broken_at: HashMap<u32, HashSet<u32, Seeded>> = HashMap::new();
        for (key, mut sum) in std::mem::take(&mut self.issues) {
            let broken = judge.judge(key.2, &mut sum);
            let IssueSum { mut issue, newest, .. } = sum;
            if let Some(joined) = both_sides.get(&key) {
                issue.both_sides = joined.count;
                // The example of which most is known comes first.
                issue.examples.retain(|example| !example.is_same(&joined.example));
                issue.examples.insert(0, joined.example.clone());
                issue.examples.truncate(EXAMPLES);
            }
            let newest = newest.filter(|(newest, _)| !issue.examples.iter().any(|example| example.is_same(newest)));
            issue.examples.extend(newest.map(|(evidence, detail)| evidence.with(&detail)));
            if let Some(app) = key.2.filter(|_| issue.still_broken > 0 && !issue.is_told_by_the_other_side()) {
                broken_at.entry(app).or_default().extend(broken);
            }
            judged.push((key, issue));
        }
        state::follow_the_other_side(&mut judged, &both_sides);
        let issues = judged.into_iter().map(|(_, issue)| issue);
        let (mut known, mut unknown): (Vec<Issue>, Vec<Issue>) = issues.partition(|issue| issue.rule.is_some());
        let app_name = |app| apps.get(Some(app)).map(|sum| sum.health.name.clone()).unwrap_or_default();
        let described = patterns.iter().filter(|(rule, ..)| self.patterns.describes_never_tried(*rule));
        let described = described.flat_map(|(rule, _, found)| {
            found.people.iter().filter_map(|(person, _)| Some(((*person, found.app?), *rule)))
        });
        let mut people = standing::lists(histories, &left, &identities, app_name, &described.collect());
        people.explain_by(&moved, apps);
        let removal_times = standing::removal_times(&left, &people, app_name);
        for (rule, lasts, found) in patterns {
            add_pattern(&mut known, rule, judge.judge_found(lasts, &found), found, apps);
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
        let grounds = Grounds {
            issues: &known,
            silences: &trends.silences,
            changes: &changes,
            stoppers: &self.stoppers,
            last: self.last,
        };
        grounds.judge(&mut healths);
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
fn add_pattern(issues: &mut Vec<Issue>, rule: usize, (state, still_broken): (State, u64), found: Found, apps: &Apps) {
    let app = apps.get(found.app).map(|sum| sum.health.name.to_string());
    if let Some(issue) = issues.iter_mut().find(|issue| issue.rule == Some(rule) && issue.app == app) {
        (issue.pattern, issue.mention) = (Some(found.what), found.mention);
        return;
    }
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
        users: found.people.len() as u64,
        still_broken,
        state,
        first: found.first,
        last: found.last,
        operations: BTreeMap::new(),
        examples: found.examples,
        pattern: Some(found.what),
        mention: found.mention,
        both_sides: 0,
        decided_by: Vec::new(),
        triggers: Vec::new(),
    });
}
