//! What other events decide: one failure means this or that by what else the log says of the person,
//! the transaction or the application.
//!
//! Rules say whose place they take, and when ([`InsteadOf`](crate::rules::InsteadOf)), or that a record
//! only sums up. Failures of which that may be are set aside until every row was seen, so the order of
//! the rows does not matter. Of successes only what [`Histories`] keeps anyway is looked at.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::quality::RandomState;

use super::outcome::{Before, Histories};
use super::people::Roots;
use super::row::{Detail, Row};
use super::{About, Apps, Builder, EXAMPLES, IssueKey, IssueSum, Seeded};
use crate::event::{Operation, Outcome};
use crate::rules::{Certainty, Library, Severity, When};
use crate::text::time::{DAY, Micros};

/// Bytes of rows that are set aside; the rows beyond keep the rule that one event alone leads to.
const ROOM: usize = 32 << 20;
/// Transactions of which the reason is remembered.
const MOST_REASONS: usize = 100_000;
/// From how many people on a failure is no longer about one of them.
const EVERYBODY: usize = 5;
/// How long a removal explains that an account is gone.
const SHORTLY: Micros = DAY;

/// By what other events it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Another failed event of the same transaction gives the reason.
    Transaction,
    /// The account was removed there before.
    Removal,
    /// Something succeeded for the person there before.
    Success,
    /// It fails for everybody.
    Everybody,
}

impl By {
    /// In words, in front of a time.
    pub fn words(self) -> &'static str {
        match self {
            By::Transaction => "the same transaction's other event at",
            By::Removal => "the removal of the account at",
            By::Success => "a success for the same person at",
            By::Everybody => "everybody's failures: nothing succeeds at this app since",
        }
    }
}

/// How many events of an issue were decided by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// By what.
    pub by: By,
    /// The rule that one event alone leads to.
    pub instead_of: usize,
    /// Time of the first event that decided.
    pub at: Option<Micros>,
    /// How many.
    pub events: u64,
}

/// A rule that may take the place of another one.
#[derive(Clone)]
struct Takeover {
    rule: usize,
    when: When,
    operations: Vec<Operation>,
}

impl Takeover {
    fn is_for(&self, operation: Operation) -> bool {
        self.operations.is_empty() || self.operations.contains(&operation)
    }
}

/// A row that waits for what the others say.
#[derive(Clone)]
struct Aside {
    row: Row<'static>,
    about: About,
}

/// Why a transaction failed: the best of the reasons that its events give.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Reason {
    certainty: Reverse<Certainty>,
    at: Option<Micros>,
    rule: usize,
}

/// What decides, and what waits for a decision.
#[derive(Clone, Default)]
pub struct Contexts {
    /// By the rule that one event alone leads to.
    takeovers: BTreeMap<usize, Vec<Takeover>>,
    sums_up: HashSet<usize>,
    /// Rules that only say that something failed.
    general: HashSet<usize>,
    /// Rules that say that nobody is left without anything.
    harmless: HashSet<usize>,
    /// Those of them where the application itself says so: what was wanted is done.
    done: HashSet<usize>,
    aside: Vec<Aside>,
    size: usize,
    /// By transaction and person.
    reasons: HashMap<(u64, Option<u32>), Reason, Seeded>,
    seed: RandomState,
    /// Rows that were not looked at for want of room.
    pub(super) beyond: u64,
}

impl Contexts {
    /// What the rules of a library say.
    pub fn of(library: &Library) -> Contexts {
        let mut contexts = Contexts::default();
        for (at, rule) in library.rules().iter().enumerate() {
            for other in &rule.instead_of {
                let takeover = Takeover { rule: at, when: other.when, operations: other.operation.clone() };
                let from = library.find(&other.rule);
                contexts.takeovers.entry(from.unwrap_or(usize::MAX)).or_default().push(takeover);
            }
            if rule.sums_up {
                contexts.sums_up.insert(at);
            }
            if rule.fallback {
                contexts.general.insert(at);
            }
            if rule.already_done || !rule.instead_of.is_empty() && rule.severity <= Severity::Low {
                contexts.harmless.insert(at);
            }
            if rule.already_done {
                contexts.done.insert(at);
            }
        }
        contexts
    }

    /// Whether a rule says that nobody is left without anything.
    pub(super) fn is_harmless(&self, rule: Option<usize>) -> bool {
        rule.is_some_and(|rule| self.harmless.contains(&rule))
    }

    /// Whether what a row was to do is done: it worked, or the application says that it is so already.
    pub(super) fn is_done(&self, row: &Row<'_>) -> bool {
        row.outcome == Outcome::Success
            || row.outcome == Outcome::Failure && row.rule().is_some_and(|rule| self.done.contains(&rule))
    }

    /// Keeps a row if other events may decide what it means.
    pub(super) fn sets_aside(&mut self, row: &Row<'_>, about: About) -> bool {
        let Some(detail) = &row.detail else { return false };
        let Some((rule, _)) = detail.rule else { return false };
        let is_about_somebody = about.person.is_some() && about.spot.is_some() && row.time.is_some();
        let may_be_decided = self.sums_up.contains(&rule) && detail.ids.contains_key("transaction")
            || is_about_somebody && self.takeovers(rule, row.operation).any(|it| it.when != When::EverybodyFails);
        if !may_be_decided {
            return false;
        }
        let size = size_of::<Aside>() + size_of::<Detail>() + detail.size();
        if self.size + size > ROOM {
            self.beyond += 1;
            return false;
        }
        self.size += size;
        self.aside.push(Aside { row: row.clone().into_owned(), about });
        true
    }

    fn takeovers(&self, rule: usize, operation: Operation) -> impl Iterator<Item = &Takeover> {
        self.takeovers.get(&rule).into_iter().flatten().filter(move |takeover| takeover.is_for(operation))
    }

    /// Remembers the reason that a row gives for its transaction.
    pub(super) fn see(&mut self, row: &Row<'_>, person: Option<u32>) {
        let Some(detail) = row.detail.as_ref().filter(|_| row.outcome == Outcome::Failure) else { return };
        let Some((rule, certainty)) = detail.rule else { return };
        if self.sums_up.is_empty() || certainty == Certainty::Guess || self.general.contains(&rule) {
            return;
        }
        let Some(key) = self.transaction(detail, person) else { return };
        let reason = Reason { certainty: Reverse(certainty), at: row.time, rule };
        if let Some(known) = self.reasons.get_mut(&key) {
            *known = reason.min(*known);
        } else if self.reasons.len() < MOST_REASONS {
            self.reasons.insert(key, reason);
        } else {
            self.beyond += 1;
        }
    }

    /// One transaction may be about many people, each with a reason of their own.
    fn transaction(&self, detail: &Detail, person: Option<u32>) -> Option<(u64, Option<u32>)> {
        detail.ids.get("transaction").map(|id| (self.seed.hash_one(id), person))
    }

    /// Puts together what belongs to one person.
    pub(super) fn join(&mut self, roots: &Roots) {
        let root = |person: Option<u32>| person.map(|person| roots.of(person));
        self.aside.iter_mut().for_each(|aside| aside.about.person = root(aside.about.person));
        for ((transaction, person), reason) in std::mem::take(&mut self.reasons) {
            let known = self.reasons.entry((transaction, root(person))).or_insert(reason);
            *known = reason.min(*known);
        }
    }

    /// The rule that the person's history leads to.
    fn by_history(&self, aside: &Aside, rule: usize, histories: &Histories) -> Option<(usize, By, Option<Micros>)> {
        let About { person, spot, .. } = aside.about;
        let at = aside.row.time?;
        let before = histories.before((person?, spot?.whole), at)?;
        self.takeovers(rule, aside.row.operation).find_map(|takeover| match (takeover.when, before) {
            (When::JustRemoved, Before::Removed(then)) if at - then < SHORTLY => {
                Some((takeover.rule, By::Removal, Some(then)))
            }
            (When::RemovedBefore, Before::Removed(then)) => Some((takeover.rule, By::Removal, Some(then))),
            (When::ThereBefore, Before::There(then)) => Some((takeover.rule, By::Success, Some(then))),
            _ => None,
        })
    }

    /// The rule that the transaction's other events lead to.
    fn by_transaction(&self, aside: &Aside) -> Option<(usize, By, Option<Micros>)> {
        let key = self.transaction(aside.row.detail.as_ref()?, aside.about.person)?;
        self.reasons.get(&key).map(|reason| (reason.rule, By::Transaction, reason.at))
    }

    /// All rows that were set aside, each with what was decided, if anything was.
    fn decide(&mut self, histories: &Histories) -> Vec<(Aside, Option<Decided>)> {
        let mut decided: Vec<(Aside, Option<Decided>)> =
            std::mem::take(&mut self.aside).into_iter().map(|aside| (aside, None)).collect();
        // What sums up is told by the others, so they come first.
        for only_summaries in [false, true] {
            for (aside, decision) in &mut decided {
                let Some(rule) = aside.row.rule().filter(|rule| self.sums_up.contains(rule) == only_summaries) else {
                    continue;
                };
                let by_others = if only_summaries { self.by_transaction(aside) } else { None };
                if let Some((to, by, at)) = by_others.or_else(|| self.by_history(aside, rule, histories)) {
                    aside.explain_by(to);
                    *decision = Some(Decided { by, instead_of: rule, at, events: 1 });
                }
                if !only_summaries {
                    self.see(&aside.row, aside.about.person);
                }
            }
        }
        decided
    }

    /// Issues that are about everybody, with the rule that takes the place.
    fn everybody(&self, issues: &BTreeMap<IssueKey, IssueSum>, apps: &Apps) -> Vec<(IssueKey, usize)> {
        let fails_for_all = |key: &IssueKey, sum: &IssueSum| {
            let people: HashSet<u32, Seeded> = sum.people.keys().map(|(person, ..)| *person).collect();
            let succeeded = apps.get(key.2).and_then(|sum| sum.health.worked_last());
            people.len() >= EVERYBODY && sum.issue.first.is_some() && succeeded < sum.issue.first
        };
        let takeover = |key: &IssueKey| {
            let takeovers = self.takeovers.get(&key.0?)?;
            takeovers.iter().find(|takeover| takeover.when == When::EverybodyFails).map(|takeover| takeover.rule)
        };
        let found = issues.iter().filter_map(|(key, sum)| Some((key, sum, takeover(key)?)));
        found.filter(|(key, sum, _)| fails_for_all(key, sum)).map(|(key, _, rule)| (key.clone(), rule)).collect()
    }
}

impl Aside {
    fn explain_by(&mut self, rule: usize) {
        if let Some(detail) = &mut self.row.detail {
            Arc::make_mut(detail).rule = Some((rule, Certainty::Likely));
        }
    }
}

impl Builder {
    /// Adds what was set aside to the issues it belongs to; gives the issues that took another one's place.
    pub(super) fn decide(&mut self) -> Vec<(IssueKey, IssueKey)> {
        for (aside, decided) in self.contexts.decide(&self.histories) {
            if self.contexts.is_done(&aside.row) || !self.contexts.is_harmless(aside.row.rule()) {
                self.add_history(&aside.row, aside.about);
            }
            let Aside { row, about } = aside;
            let app = about.app;
            let seen = self.timeline.see(&row, about);
            self.add_issue(&row, about, seen);
            let Some(decided) = decided else { continue };
            self.story.correct(&row);
            let rule = row.rule();
            if let Some(sum) = self.issues.get_mut(&(rule, None, app)) {
                note(&mut sum.issue.decided_by, decided);
            }
        }
        // A log of nothing but failures cannot tell that nothing succeeds.
        if self.totals.success == 0 {
            return Vec::new();
        }
        let everybody = self.contexts.everybody(&self.issues, &self.apps);
        everybody.into_iter().filter_map(|(key, rule)| self.take_over(key, rule)).collect()
    }

    /// Puts another rule in the place of an issue's.
    fn take_over(&mut self, key: IssueKey, rule: usize) -> Option<(IssueKey, IssueKey)> {
        let mut sum = self.issues.remove(&key)?;
        let (instead_of, at, events) = (key.0?, sum.issue.first, sum.issue.events);
        sum.issue.rule = Some(rule);
        sum.issue.certainty = Certainty::Likely;
        note(&mut sum.issue.decided_by, Decided { by: By::Everybody, instead_of, at, events });
        let new = (Some(rule), None, key.2);
        match self.issues.get_mut(&new) {
            Some(known) => {
                self.timeline.rename(key.2, sum.number, known.number);
                known.absorb(sum);
            }
            None => _ = self.issues.insert(new.clone(), sum),
        }
        Some((key, new))
    }
}

/// Adds a decision to those of an issue, the commonest first.
fn note(list: &mut Vec<Decided>, decided: Decided) {
    let same = |known: &&mut Decided| (known.by, known.instead_of) == (decided.by, decided.instead_of);
    match list.iter_mut().find(same) {
        Some(known) => {
            known.events += decided.events;
            known.at = known.at.min(decided.at);
        }
        None => list.push(decided),
    }
    list.sort_by_key(|known| (Reverse(known.events), known.by, known.instead_of));
}

impl IssueSum {
    /// Adds what was counted of another issue.
    fn absorb(&mut self, other: IssueSum) {
        let IssueSum { issue: added, number: _, people, things, newest } = other;
        let issue = &mut self.issue;
        issue.events += added.events;
        issue.failures += added.failures;
        issue.needs_action += added.needs_action;
        issue.certainty = issue.certainty.max(added.certainty);
        issue.first = issue.first.zip(added.first).map_or(issue.first.or(added.first), |(a, b)| Some(a.min(b)));
        issue.last = issue.last.max(added.last);
        for (operation, count) in added.operations {
            *issue.operations.entry(operation).or_default() += count;
        }
        issue.examples.extend(added.examples);
        issue.examples.truncate(EXAMPLES);
        added.decided_by.into_iter().for_each(|decided| note(&mut issue.decided_by, decided));
        for (who, at) in people {
            let last = self.people.entry(who).or_default();
            *last = (*last).max(at);
        }
        for (thing, at) in things {
            let last = self.things.entry(thing).or_default();
            *last = (*last).max(at);
        }
        if let Some((evidence, detail)) = newest
            && self.newest.as_ref().is_none_or(|(known, _)| known.time < evidence.time)
        {
            self.newest = Some((evidence, detail));
        }
    }
}

#[cfg(test)]
mod tests;
