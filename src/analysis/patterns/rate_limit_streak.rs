//! The same change was refused for the rate limit ten times or more since it last went through.
//!
//! Okta gives up after the tenth attempt (help.okta.com, rate limits of provisioning): from then on
//! only a person can start it again.

use std::collections::BTreeMap;

use super::{ByApp, Found, MOST_FAILURES, Pattern, Sight, Sums, people, rekey};
use crate::analysis::Evidence;
use crate::analysis::outcome::Effect;
use crate::analysis::people::Roots;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::Micros;

const ATTEMPTS: usize = 10;
/// Times that are kept of each streak, the newest ones.
const KEPT: usize = 256;
const TOO_MANY_REQUESTS: u16 = 429;

#[derive(Clone, Default)]
pub(super) struct RateLimitStreak {
    /// By place, person and what the change is for.
    streaks: BTreeMap<(u32, u32, Effect), Streak>,
    /// What there was no room for.
    beyond: u64,
}

#[derive(Clone)]
struct Streak {
    /// In order.
    refused: Vec<Micros>,
    newest: Evidence,
}

impl Streak {
    fn add(&mut self, at: Micros) {
        let place = self.refused.partition_point(|known| *known <= at);
        self.refused.insert(place, at);
        if self.refused.len() > KEPT {
            self.refused.remove(0);
        }
    }
}

impl Pattern for RateLimitStreak {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        Effect::of(operation).is_attempt() && outcome == Outcome::Failure
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let (Some((person, place)), Some(at)) = (sight.at_the_whole(), sight.row.time) else { return };
        if sight.status() != Some(TOO_MANY_REQUESTS) {
            return;
        }
        let key = (place, person, Effect::of_row(sight.row));
        if self.streaks.len() >= MOST_FAILURES && !self.streaks.contains_key(&key) {
            self.beyond += 1;
            return;
        }
        let streak =
            self.streaks.entry(key).or_insert_with(|| Streak { refused: Vec::new(), newest: sight.evidence() });
        if streak.refused.last().is_some_and(|last| *last < at) {
            streak.newest = sight.evidence();
        }
        streak.add(at);
    }

    fn join(&mut self, roots: &Roots) {
        rekey(
            &mut self.streaks,
            |(place, person, effect)| (place, roots.of(person), effect),
            |streak, other| {
                if other.refused.last() > streak.refused.last() {
                    streak.newest = other.newest;
                }
                other.refused.into_iter().for_each(|at| streak.add(at));
            },
        );
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, sums: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for ((place, person, effect), streak) in &self.streaks {
            // Whatever went through in between began a new streak.
            let is_past = |at: &Micros| sums.histories.resolved_after((*person, *place), *effect, Some(*at));
            let since = streak.refused.get(streak.refused.partition_point(is_past)..).unwrap_or_default();
            if since.len() >= ATTEMPTS {
                let (app, span) = (sums.histories.places.app(*place), (since.first().copied(), since.last().copied()));
                found.add(app, [*person], since.len() as u64, span, std::slice::from_ref(&streak.newest));
            }
        }
        found.finish(Certainty::Likely, |found| {
            format!(
                "{} refusals for the rate limit, {ATTEMPTS} or more for each of {}, and no such change went through since",
                found.events,
                people(found)
            )
        })
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
