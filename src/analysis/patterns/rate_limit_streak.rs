//! The same change was refused for the rate limit ten times or more, and never went through.
//!
//! Okta gives up after the tenth attempt (help.okta.com, rate limits of provisioning): from then on
//! only a person can start it again.

use std::collections::BTreeMap;

use super::{ByApp, Found, MOST_FAILURES, Pattern, Sight, Sums, earlier, people, rekey};
use crate::analysis::Evidence;
use crate::analysis::outcome::Effect;
use crate::analysis::people::Roots;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::Micros;

const ATTEMPTS: u64 = 10;
const TOO_MANY_REQUESTS: u16 = 429;

#[derive(Clone, Default)]
pub(super) struct RateLimitStreak {
    /// By application, person and what the change is for.
    streaks: BTreeMap<(u32, u32, Effect), Streak>,
    /// What there was no room for.
    beyond: u64,
}

#[derive(Clone)]
struct Streak {
    refused: u64,
    first: Option<Micros>,
    last: Option<Micros>,
    newest: Evidence,
}

impl Pattern for RateLimitStreak {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        Effect::of(operation).is_attempt() && outcome == Outcome::Failure
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let Some((person, app)) = sight.pair().filter(|_| sight.status() == Some(TOO_MANY_REQUESTS)) else { return };
        let key = (app, person, Effect::of(sight.row.operation));
        if self.streaks.len() >= MOST_FAILURES && !self.streaks.contains_key(&key) {
            self.beyond += 1;
            return;
        }
        let at = sight.row.time;
        let streak = self.streaks.entry(key).or_insert_with(|| Streak {
            refused: 0,
            first: at,
            last: at,
            newest: sight.evidence(),
        });
        streak.refused += 1;
        streak.first = earlier(streak.first, at);
        if at > streak.last {
            streak.last = at;
            streak.newest = sight.evidence();
        }
    }

    fn join(&mut self, roots: &Roots) {
        rekey(
            &mut self.streaks,
            |(app, person, effect)| (app, roots.of(person), effect),
            |streak, other| {
                streak.refused += other.refused;
                streak.first = earlier(streak.first, other.first);
                if other.last > streak.last {
                    streak.last = other.last;
                    streak.newest = other.newest;
                }
            },
        );
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, sums: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for ((app, person, effect), streak) in &self.streaks {
            let went_through = sums.histories.resolved_after((*person, *app), *effect, streak.last);
            if streak.refused >= ATTEMPTS && !went_through {
                let example = std::slice::from_ref(&streak.newest);
                found.add(*app, [*person], streak.refused, (streak.first, streak.last), example);
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
