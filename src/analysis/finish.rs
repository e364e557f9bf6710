//! What the sums say, once every row was added.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::changes::Changes;
use super::health::{Grounds, Lately};
use super::leavers::Left;
use super::outcome::Pair;
use super::patterns::{Found, Lasts, Sums};
use super::result::{self, PeopleLists};
use super::sides::Joined;
use super::state::{self, Judge};
use super::timeline::{self, Trends};
use super::{Analysis, AppHealth, AppSum, Apps, Builder, EXAMPLES, Issue, IssueKey, IssueSum, Seeded, State, standing};
use crate::event::Provider;
use crate::text::time::Micros;

impl Builder {
    /// The result. `severity` ranks a rule, the worst greatest.
    pub fn finish(mut self, severity: impl Fn(usize) -> u8) -> Analysis {
        self.unite_people();
        let moved = self.decide();
        self.last = self.clocks.last();
        self.note_limits();
        let trends = self.trends(&severity);
        let changes = std::mem::take(&mut self.changes).sorted();
        let (both_sides, told_twice) = std::mem::take(&mut self.sides).join(&moved);
        let left = self.left();

        let identities = self.people.identities();
        let (histories, apps) = (&self.histories, &self.apps);
        let patterns = self.patterns.find(&Sums { histories, people: &identities, left: &left, apps });
        let described = self.described(&patterns);
        let mut people = standing::lists(histories, &left, &identities, |app| apps.name(app), &described);
        people.explain_by(&moved, apps);
        let removal_times = standing::removal_times(&left, &people, |app| apps.name(app));

        let mut issues = Issues::judged(std::mem::take(&mut self.issues), &both_sides, &self.judge());
        issues.add_patterns(patterns, &self.judge());
        issues.add_triggers(&changes);
        issues.sort(&severity);

        let grounds = Grounds {
            issues: &issues.known,
            silences: &trends.silences,
            changes: &changes,
            stoppers: &self.stoppers,
            last: self.last,
        };
        let mut healths = self.apps.used(&trends.lately, &issues.broken_at, &people);
        grounds.judge(&mut healths);

        let Issues { known, unknown, .. } = issues;
        self.limits.shortened_texts = result::shortened(known.iter().chain(&unknown));
        self.totals.beyond_limits = self.limits.events();
        self.totals.told_twice = told_twice;
        self.totals.users = self.beside.users(&self.people);
        self.totals.apps = healths.len() as u64;
        self.inputs.iter_mut().for_each(|input| input.judge_clock(self.clocks.now_is_wrong()));
        let story = self.story.finish(&self.people);
        Analysis {
            inputs: self.inputs,
            totals: self.totals,
            limits: self.limits,
            first: self.first,
            last: self.last,
            quarantine: self.jobs.distances(&self.apps),
            removal_cycles: self.cycles.largest(&self.apps),
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
            story: story.rows,
            asked: story.people,
            story_is_incomplete: story.is_incomplete,
            covered: None,
            names_hidden: false,
        }
    }

    /// What there was no room for, or could not be compared.
    fn note_limits(&mut self) {
        self.limits.not_compared = self.seen.not_compared;
        self.limits.cycles = self.cycles.beyond;
        self.limits.patterns = self.patterns.beyond();
        self.limits.other_side = self.sides.beyond;
        self.limits.context = self.contexts.beyond;
    }

    /// What changes over time of what is shown, and each trouble in it once.
    fn trends(&mut self, severity: &impl Fn(usize) -> u8) -> Trends {
        let mut trends = self.counted(severity);
        self.beside.narrow(&mut trends, &self.apps);
        trends.silences = self.whole_silences().unwrap_or(trends.silences);
        self.alike.join(&mut trends.spikes);
        self.alike.join(&mut trends.bursts);
        trends
    }

    fn counted(&mut self, severity: &impl Fn(usize) -> u8) -> Trends {
        let app = |sum: &AppSum| timeline::App { name: sum.health.name.clone(), last: sum.health.last };
        let apps: Vec<timeline::App> = self.apps.sums.iter().map(app).collect();
        let numbers = self.issues.values().map(|sum| sum.number as usize + 1).max().unwrap_or_default();
        let mut issues = vec![timeline::Key::default(); numbers];
        for ((rule, shape, _), sum) in &self.issues {
            if let Some(key) = issues.get_mut(sum.number as usize) {
                *key = timeline::Key { rule: *rule, shape: shape.clone() };
            }
        }
        let timeline = std::mem::take(&mut self.timeline);
        let (last, settings, threads) = (self.last, &self.settings, self.threads);
        timeline.judge(timeline::Asked { apps: &apps, issues: &issues, last, settings, threads }, severity)
    }

    /// Who left, and what became of their access.
    fn left(&mut self) -> Left {
        let shown_until = |app| self.apps.get(Some(app)).and_then(|sum| self.clocks.last_of(sum.removals_in));
        std::mem::take(&mut self.leavers).finish(&self.histories, shown_until)
    }

    /// The rules that describe those who should have lost access without anybody having tried.
    fn described(&self, patterns: &[(usize, Lasts, Found)]) -> HashMap<Pair, usize, Seeded> {
        let describing = patterns.iter().filter(|(rule, ..)| self.patterns.describes_never_tried(*rule));
        let described = describing.flat_map(|(rule, _, found)| {
            found.people.iter().filter_map(|(person, _)| Some(((*person, found.app?), *rule)))
        });
        described.collect()
    }

    fn judge(&self) -> Judge<'_> {
        Judge {
            histories: &self.histories,
            things: &self.things,
            apps: &self.apps,
            contexts: &self.contexts,
            endings: &self.endings,
            stoppers: &self.stoppers,
            last: self.clocks.last_of(u32::MAX),
        }
    }
}

impl Apps {
    /// The applications at which something was tried, with those for whom it is not as it should be.
    fn used(&self, lately: &[Lately], broken_at: &BrokenAt, people: &PeopleLists) -> Vec<AppHealth> {
        let mut leavers: HashMap<&str, u64, Seeded> = HashMap::default();
        people.access_not_removed.iter().for_each(|person| *leavers.entry(&person.app).or_default() += 1);
        let used = (0..).zip(&self.sums).zip(lately).filter(|((_, sum), _)| sum.used);
        let healths = used.map(|((app, sum), lately)| AppHealth {
            people_failed: sum.failed.len() as u64,
            still_broken: broken_at.get(&app).map_or(0, |broken| broken.len() as u64),
            leavers: leavers.get(&*sum.health.name).copied().unwrap_or_default(),
            lately: *lately,
            ..sum.health.clone()
        });
        healths.collect()
    }
}

/// For whom something is still broken, by application.
type BrokenAt = HashMap<u32, HashSet<u32, Seeded>>;

/// Issues of which it is known what became of them.
struct Issues {
    known: Vec<Issue>,
    unknown: Vec<Issue>,
    broken_at: BrokenAt,
}

impl Issues {
    fn judged(
        sums: BTreeMap<IssueKey, IssueSum>,
        both_sides: &BTreeMap<IssueKey, Joined>,
        judge: &Judge<'_>,
    ) -> Issues {
        let mut judged = Vec::with_capacity(sums.len());
        let mut broken_at = BrokenAt::new();
        for (key, mut sum) in sums {
            let broken = judge.judge(key.2, &mut sum);
            let issue = sum.finish(both_sides.get(&key));
            if let Some(app) = key.2.filter(|_| issue.still_broken > 0 && !issue.is_told_by_the_other_side()) {
                broken_at.entry(app).or_default().extend(broken);
            }
            judged.push((key, issue));
        }
        state::follow_the_other_side(&mut judged, both_sides);
        let issues = judged.into_iter().map(|(_, issue)| issue);
        let (known, unknown) = issues.partition(|issue| issue.rule.is_some());
        Issues { known, unknown, broken_at }
    }

    /// Adds each pattern to the issue of its rule and application, or as an issue of its own.
    fn add_patterns(&mut self, patterns: Vec<(usize, Lasts, Found)>, judge: &Judge<'_>) {
        for (rule, lasts, found) in patterns {
            let sum = judge.apps.get(found.app);
            let app = sum.map(|sum| sum.health.name.to_string());
            match self.known.iter_mut().find(|issue| issue.rule == Some(rule) && issue.app == app) {
                Some(issue) => (issue.pattern, issue.mention) = (Some(found.what), found.mention),
                None => {
                    // What happened at no application is an issue already, unless there was no room for any more.
                    let Some(provider) = sum.map(|sum| sum.provider) else { continue };
                    let became = judge.judge_found(lasts, &found);
                    self.known.push(of_pattern(rule, provider, app, became, found));
                }
            }
        }
    }

    /// Says of each what was changed shortly before it began.
    fn add_triggers(&mut self, changes: &Changes) {
        for issue in self.known.iter_mut().chain(&mut self.unknown) {
            // A change that is an issue itself does not come before it.
            let is_change = issue.failures + issue.needs_action == 0;
            let first = issue.first.map(|at| at - Micros::from(is_change));
            issue.triggers = changes.before(issue.app.as_deref(), issue.provider, first);
        }
    }

    /// Puts the worst first.
    fn sort(&mut self, severity: &impl Fn(usize) -> u8) {
        let rank = |issue: &Issue| (issue.rule.map_or(0, severity), issue.still_broken, issue.users, issue.failures);
        for issues in [&mut self.known, &mut self.unknown] {
            issues.sort_by(|a, b| {
                rank(b).cmp(&rank(a)).then_with(|| (a.rule, &a.shape, &a.app).cmp(&(b.rule, &b.shape, &b.app)))
            });
        }
    }
}

impl IssueSum {
    /// The issue with its examples: what both sides say comes first, since most is known of it, and the newest event
    /// last.
    fn finish(self, joined: Option<&Joined>) -> Issue {
        let IssueSum { mut issue, newest, .. } = self;
        if let Some(joined) = joined {
            issue.both_sides = joined.count;
            issue.examples.retain(|example| !example.is_same(&joined.example));
            issue.examples.insert(0, joined.example.clone());
            issue.examples.truncate(EXAMPLES);
        }
        let newest = newest.filter(|(newest, _)| !issue.examples.iter().any(|example| example.is_same(newest)));
        issue.examples.extend(newest.map(|(evidence, detail)| evidence.with(&detail)));
        issue
    }
}

/// An issue that no single event shows.
fn of_pattern(
    rule: usize,
    provider: Provider,
    app: Option<String>,
    (state, still_broken): (State, u64),
    found: Found,
) -> Issue {
    Issue {
        rule: Some(rule),
        shape: None,
        provider,
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
    }
}
