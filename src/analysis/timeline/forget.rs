//! What is too old to count takes no room.
//!
//! Only the last 400 days of a log count over time. Which days those are is sure at the end only, but of a
//! long log what is far behind the bulk of what was read so far will not be among them.

use std::collections::BTreeMap;

use super::covered::{DAY_SECONDS, DAYS, nine_tenths};
use super::episodes::Ends;
use super::{AppLog, Timeline};
use crate::event::Provider;

/// Attempts that are kept at least, 32 MB of them.
const ALWAYS: usize = 4_000_000;
/// What failed in the days before the first that counts may be what fails on it.
const BEFORE: u32 = 2;

/// When something was tried that was given up: for each day, how often.
pub(super) type Days = BTreeMap<u32, u64>;

/// What was given up of a timeline, and when there is something to give up again.
#[derive(Clone)]
pub(super) struct Forgotten {
    /// Days by the provider.
    days: BTreeMap<Provider, Days>,
    always: usize,
    /// Attempts so far, and from how many on they are looked through.
    kept: usize,
    limit: usize,
}

impl Default for Forgotten {
    fn default() -> Forgotten {
        Forgotten::keeping(ALWAYS)
    }
}

impl Forgotten {
    /// Nothing yet, and never one of the newest so many.
    pub(super) fn keeping(always: usize) -> Forgotten {
        Forgotten { days: BTreeMap::new(), always, kept: 0, limit: always }
    }

    /// One attempt more; says whether it is time to look through all.
    pub(super) fn is_full(&mut self) -> bool {
        self.kept += 1;
        self.kept >= self.limit
    }

    /// Days of a provider's attempts that were given up.
    pub(super) fn days(&self, provider: Provider) -> Days {
        self.days.get(&provider).cloned().unwrap_or_default()
    }
}

impl Timeline {
    /// Gives up attempts and failures that are too long ago to count.
    pub(super) fn forget(&mut self) {
        let mut days = self.forgotten.days.clone();
        for log in &self.apps {
            let Some(provider) = log.provider else { continue };
            let days = days.entry(provider).or_default();
            log.attempts.iter().for_each(|attempt| *days.entry(attempt.seconds() / DAY_SECONDS).or_default() += 1);
        }
        let mut kept = 0;
        for log in &mut self.apps {
            let Some(provider) = log.provider else { continue };
            let bulk = days.get(&provider).and_then(nine_tenths);
            let first = bulk.unwrap_or_default().saturating_sub(DAYS + BEFORE);
            log.forget(first, self.forgotten.days.entry(provider).or_default());
            kept += log.attempts.len();
        }
        self.forgotten.kept = kept;
        // Looking through them costs no more than reading as many again did.
        self.forgotten.limit = self.forgotten.always.max(kept * 2);
    }
}

impl AppLog {
    /// Gives up what was before a day, counting it.
    fn forget(&mut self, first: u32, days: &mut Days) {
        let is_kept = |seconds: u32| seconds / DAY_SECONDS >= first;
        if self.attempts.iter().all(|attempt| is_kept(attempt.seconds())) {
            return;
        }
        let ends = Ends::of(self);
        let worked_later = |failure: &&super::Failure| ends.after(failure);
        let old = self.failures.iter().filter(|failure| !is_kept(failure.seconds));
        // What did not work for somebody within more than a year will not have worked later.
        self.worked_later += old.filter(worked_later).count() as u64;
        self.failures.retain(|failure| is_kept(failure.seconds));
        self.attempts.retain(|attempt| {
            let is_kept = is_kept(attempt.seconds());
            if !is_kept {
                *days.entry(attempt.seconds() / DAY_SECONDS).or_default() += 1;
                self.outside += u64::from(attempt.is_attempt());
            }
            is_kept
        });
    }
}
