//! What became of an issue: who is still broken in it, and whether it goes on.

use std::collections::{BTreeMap, HashSet};

use super::context::Contexts;
use super::endings::Endings;
use super::health::Stoppers;
use super::outcome::{Effect, Histories};
use super::patterns::{Found, Lasts};
use super::sides::Joined;
use super::things::{Thing, Things};
use super::{AppHealth, Apps, Issue, IssueKey, IssueSum, Seeded, State};
use crate::text::time::{DAY, HOUR, Micros};

/// What is seen of an issue that stops everything, where something has worked since.
const WORKS_AGAIN: &str =
    "others succeeded there later, so it works again: try what failed once more before you change anything";

/// What is seen of an issue of which nobody can tell whether it is over.
const NOT_TRIED: &str = "nobody who is still affected was tried again for a day or more, while the app's log went on: \
    try one of them again to see whether it still fails";

/// Who failed where and in what.
type Who = (u32, Option<u32>, Effect);

/// Whether an application works again for which an issue stopped everything. Whoever failed again would have failed
/// later; and within an hour it may work now and then only.
pub(super) fn works_again(worked: Option<Micros>, failed: Option<Micros>) -> bool {
    worked.zip(failed).is_some_and(|(worked, failed)| worked - failed >= HOUR)
}

/// All that was added up, from which issues are judged.
pub(super) struct Judge<'b> {
    pub(super) histories: &'b Histories,
    pub(super) things: &'b Things,
    pub(super) apps: &'b Apps,
    pub(super) contexts: &'b Contexts,
    pub(super) endings: &'b Endings,
    pub(super) stoppers: &'b Stoppers,
    /// The newest event of all logs, whether it is shown or not.
    pub(super) last: Option<Micros>,
}

impl Judge<'_> {
    /// Says in the issue of a sum what became of it; gives who is still broken.
    pub(super) fn judge(&self, app: Option<u32>, sum: &mut IssueSum) -> HashSet<u32, Seeded> {
        let IssueSum { issue, people, things, .. } = sum;
        let persons: HashSet<u32, Seeded> = people.keys().map(|(person, ..)| *person).collect();
        let is_open = |((person, place, effect), at): &(&Who, &Option<Micros>)| {
            place.is_none_or(|place| !self.histories.resolved_after((*person, place), *effect, **at))
        };
        let is_off = |((person, place, effect), at): &(&Who, &Option<Micros>)| {
            *effect == Effect::Remove && place.is_some_and(|place| self.histories.is_off((*person, place), **at))
        };
        let harmless = self.contexts.is_harmless(issue.rule);
        let open = people.iter().filter(|_| !harmless).filter(is_open);
        let (off, mut left): (Vec<_>, Vec<_>) = open.partition(is_off);
        // Beside those for whom it failed, others may have been left out for the same reason, as they should.
        let is_trouble = issue.failures + issue.needs_action > 0;
        left.retain(|((person, place, effect), _)| {
            !is_trouble || place.is_none_or(|place| self.histories.has_failed((*person, place), *effect))
        });
        let broken: HashSet<u32, Seeded> = left.iter().map(|((person, ..), _)| *person).collect();
        issue.users = persons.len() as u64;
        issue.still_broken = if is_trouble { broken.len() as u64 } else { 0 };
        let health = self.apps.get(app).map(|sum| &sum.health);
        let worked = health.and_then(AppHealth::worked_last);
        let tried_since = health.is_some_and(|health| health.heard_last() > issue.last);
        let a_day_on = issue.last.zip(self.last).is_some_and(|(issue, last)| last - issue >= DAY);
        // Of what stops everything, anything that works is the end, whomever it was about.
        let stops_all = issue.rule.is_some_and(|rule| self.stoppers.has(rule));
        let is_over = |(thing, at): (&Thing, &Option<Micros>)| match thing {
            Thing::Unnamed => !persons.is_empty() || stops_all && worked > *at,
            thing => self.things.is_settled(app, *thing, *at, worked),
        };
        let all_over = off.is_empty() && things.iter().all(is_over) && !(persons.is_empty() && things.is_empty());
        // Nobody can tell whether what was about nobody was tried again, but a day without it tells that it ended.
        let names_nobody = broken.is_empty() && off.is_empty() && {
            let mut open = things.iter().filter(|thing| !is_over(*thing)).map(|(thing, _)| *thing);
            open.all(|thing| thing == Thing::Unnamed)
        };
        let works_again = stops_all && issue.failures > 0 && works_again(worked, issue.last);
        let ended = issue.rule.and_then(|rule| self.endings.have_ended(rule, app, issue.last));
        issue.state = match () {
            // What else works says nothing of a setting.
            () if ended == Some(true) => State::Recovered,
            () if ended == Some(false) => State::Ongoing,
            () if broken.is_empty() && all_over => State::Recovered,
            () if works_again => State::Quiet,
            () if a_day_on && (!tried_since || names_nobody) => State::Quiet,
            () => State::Ongoing,
        };
        let not_tried = || a_day_on && issue.failures > 0 && !left.is_empty() && !self.was_tried_again(&left);
        issue.pattern = match issue.state {
            State::Quiet if works_again => Some(WORKS_AGAIN.to_owned()),
            State::Ongoing if not_tried() => Some(NOT_TRIED.to_owned()),
            _ => None,
        };
        broken
    }

    /// Whether something of it failed once more for one of those for whom it is open, for whatever reason; of what is
    /// at no application, nobody can tell.
    fn was_tried_again(&self, open: &[(&Who, &Option<Micros>)]) -> bool {
        let was_tried = |(person, place, effect): &Who, at: &Option<Micros>| {
            place.is_none_or(|place| self.histories.last_failed((*person, place), *effect) > *at)
        };
        open.iter().any(|(who, at)| was_tried(who, at))
    }
}

impl Judge<'_> {
    /// What became of what a pattern found, and how many people are still broken in it.
    pub(super) fn judge_found(&self, lasts: Lasts, found: &Found) -> (State, u64) {
        let all = found.people.len() as u64;
        let a_day_on = found.last.zip(self.last).is_some_and(|(found, last)| last - found >= DAY);
        match lasts {
            Lasts::ToTheEnd => (State::Ongoing, all),
            Lasts::WhileSeen if a_day_on => (State::Quiet, 0),
            Lasts::WhileSeen => (State::Ongoing, all),
            Lasts::WithItsPeople => {
                let places = &self.histories.places;
                let open = self.histories.failing().filter(|pair| self.histories.open(*pair).is_some());
                let here = open.filter(|(_, place)| Some(places.app(*place)) == found.app);
                let here: HashSet<u32, Seeded> = here.map(|(person, _)| person).collect();
                let broken = found.people.iter().filter(|(person, _)| here.contains(person)).count() as u64;
                let health = self.apps.get(found.app).map(|sum| &sum.health);
                let tried_since = health.is_some_and(|health| health.last > found.last);
                match () {
                    () if broken == 0 => (State::Recovered, 0),
                    () if found.ended || a_day_on && !tried_since => (State::Quiet, broken),
                    () => (State::Ongoing, broken),
                }
            }
        }
    }
}

/// Who is still without access, the identity provider's log says where there is one: what only the application's log
/// says besides is as the issues of the same calls are.
pub(super) fn follow_the_other_side(issues: &mut [(IssueKey, Issue)], both_sides: &BTreeMap<IssueKey, Joined>) {
    let states: BTreeMap<IssueKey, State> = issues.iter().map(|(key, issue)| (key.clone(), issue.state)).collect();
    for (key, issue) in issues.iter_mut().filter(|(_, issue)| issue.is_told_by_the_other_side()) {
        issue.still_broken = 0;
        // That something worked in the application's log is no news of these calls.
        issue.pattern = None;
        let others = both_sides.get(key).into_iter().flat_map(|joined| &joined.others);
        let gravest = others.filter_map(|other| states.get(other)).min_by_key(|state| match state {
            State::Ongoing => 0,
            State::Quiet => 1,
            State::Recovered => 2,
        });
        issue.state = gravest.copied().unwrap_or(issue.state);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::analysis::testing::did;
    use crate::analysis::{Builder, Detail, Row, State};
    use crate::event::{Operation, Outcome, Provider};
    use crate::rules::Certainty;
    use crate::text::time::HOUR;

    /// State and people who are still broken, of the issue of the identity provider's log and of that of the app's.
    fn both(works_later: bool) -> Vec<(Provider, State, u64)> {
        let failed = |provider, rule| {
            let detail = Detail { rule: Some((rule, Certainty::Likely)), ..Detail::default() };
            let row = did("Harbor", Operation::Create, "ann", 10);
            Row { provider, outcome: Outcome::Failure, detail: Some(Arc::new(detail)), ..row }
        };
        let mut builder = Builder::default();
        let inputs = [builder.input("okta", true), builder.input("scim", true)];
        builder.row(Row { input: inputs[0], key: 1, ..failed(Provider::Okta, 1) });
        builder.row(Row { input: inputs[1], key: 2, ..failed(Provider::Scim, 2) });
        if works_later {
            builder.row(Row { input: inputs[0], key: 3, ..did("Harbor", Operation::Create, "ann", 20) });
        }
        let issues = builder.finish(|_| 0).issues;
        let mut told: Vec<_> = issues.iter().map(|issue| (issue.provider, issue.state, issue.still_broken)).collect();
        told.sort_by_key(|(provider, ..)| *provider);
        told
    }

    #[test]
    fn that_nobody_was_tried_again_is_said_of_what_may_go_on() {
        let told = |more: &[(&str, Outcome, i64)]| {
            let detail = |rule| Some(Arc::new(Detail { rule: Some((rule, Certainty::Likely)), ..Detail::default() }));
            let mut builder = Builder::default();
            let input = builder.input("okta", true);
            let first = [("ann", Outcome::Failure, 0)];
            for (key, (who, outcome, hour)) in (1..).zip(first.iter().chain(more)) {
                let row = did("Harbor", Operation::Create, who, hour * HOUR);
                let detail = detail(usize::from(key > 1)).filter(|_| *outcome == Outcome::Failure);
                builder.row(Row { input, key, outcome: *outcome, detail, ..row });
            }
            let issues = builder.finish(|_| 0).issues;
            let issue = issues.iter().find(|issue| issue.rule == Some(0)).unwrap();
            (issue.state, issue.pattern.is_some())
        };
        assert_eq!(told(&[("ben", Outcome::Success, 30)]), (State::Ongoing, true));
        assert_eq!(told(&[("ben", Outcome::Success, 20)]), (State::Ongoing, false), "it may still be tried");
        let again = [("ann", Outcome::Failure, 29), ("ben", Outcome::Success, 30)];
        assert_eq!(told(&again), (State::Ongoing, false), "it failed for another reason");
        assert_eq!(told(&[("ann", Outcome::Success, 30)]), (State::Recovered, false));
    }

    #[test]
    fn what_two_logs_tell_is_over_in_both_or_in_none() {
        assert_eq!(both(false), [(Provider::Okta, State::Ongoing, 1), (Provider::Scim, State::Ongoing, 0)]);
        assert_eq!(both(true), [(Provider::Okta, State::Recovered, 0), (Provider::Scim, State::Recovered, 0)]);
    }
}
