//! When somebody began to fail.
//!
//! An episode begins with a failure when none is open. It ends with a success of the same subject at
//! the same application, or when nothing has failed for 26 hours: identity providers try again at
//! least once a day.

use super::{AppLog, Attempt, Failure, NO_PERSON, NOBODY};

/// Seconds without a failure after which nobody tries again.
const OVER: u32 = 26 * 3_600;

/// When things worked again, of subjects for whom something failed.
pub(super) struct Ends {
    changes: Vec<u64>,
    /// When they were found again, for whom a look-up failed.
    lookups: Vec<u64>,
}

impl Ends {
    pub(super) fn of(log: &AppLog) -> Ends {
        let ends = |failing: &Failing, ends: fn(Attempt) -> bool| {
            let of_them = |attempt: &&Attempt| ends(**attempt) && failing.holds(attempt.subject());
            let moments = log.attempts.iter().filter(of_them).map(|attempt| at(attempt.subject(), attempt.seconds()));
            let mut moments: Vec<u64> = moments.collect();
            moments.sort_unstable();
            moments
        };
        let lookups = Failing::of(log.failures.iter().filter(|failure| failure.of_lookup));
        Ends {
            changes: ends(&Failing::of(&log.failures), Attempt::ends_episodes),
            lookups: ends(&lookups, Attempt::found),
        }
    }

    /// Whether it worked for the subject of a failure after that second or in it.
    pub(super) fn after(&self, failure: &Failure) -> bool {
        failure.subject != NOBODY && self.between(failure, u32::MAX)
    }

    /// Whether it worked for the subject from the second of a failure to another one, which is excluded.
    fn between(&self, failure: &Failure, to: u32) -> bool {
        let Failure { subject, seconds, of_lookup, .. } = *failure;
        let any = |moments: &[u64]| {
            let next = moments.partition_point(|end| *end < at(subject, seconds));
            moments.get(next).is_some_and(|end| *end < at(subject, to))
        };
        any(&self.changes) || of_lookup && any(&self.lookups)
    }
}

fn at(subject: u32, seconds: u32) -> u64 {
    u64::from(subject) << 32 | u64::from(seconds)
}

/// Seconds and subjects of the failures with which an episode begins; failures are in order of subjects
/// and seconds, and are of one kind.
pub(super) fn onsets<'f>(failures: impl Iterator<Item = &'f Failure>, ends: &Ends) -> Vec<(u32, u32)> {
    let mut before: Option<&Failure> = None;
    let mut onsets = Vec::new();
    for failure in failures.filter(|failure| failure.subject != NOBODY) {
        let goes_on = before.is_some_and(|before| {
            before.subject == failure.subject
                && failure.seconds - before.seconds <= OVER
                && !ends.between(before, failure.seconds)
        });
        if !goes_on {
            onsets.push((failure.seconds, failure.subject));
        }
        before = Some(failure);
    }
    onsets
}

/// A set of subjects: a bit each, people and others apart.
struct Failing {
    people: Vec<u64>,
    others: Vec<u64>,
}

impl Failing {
    fn of<'f>(failures: impl IntoIterator<Item = &'f Failure>) -> Failing {
        let mut set = Failing { people: Vec::new(), others: Vec::new() };
        for failure in failures.into_iter().filter(|failure| failure.subject != NOBODY) {
            let (bits, number) = match failure.subject & NO_PERSON {
                0 => (&mut set.people, failure.subject),
                _ => (&mut set.others, failure.subject & !NO_PERSON),
            };
            let word = number as usize / 64;
            if bits.len() <= word {
                bits.resize(word + 1, 0);
            }
            if let Some(bits) = bits.get_mut(word) {
                *bits |= 1 << (number % 64);
            }
        }
        set
    }

    fn holds(&self, subject: u32) -> bool {
        let (bits, number) = match subject & NO_PERSON {
            0 => (&self.people, subject),
            _ => (&self.others, subject & !NO_PERSON),
        };
        bits.get(number as usize / 64).is_some_and(|bits| bits & 1 << (number % 64) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Operation;

    const HOUR: u32 = 3_600;

    fn begun(failed: &[u32], worked: &[(u32, Operation)]) -> Vec<u32> {
        let failure = |seconds: &u32| Failure { issue: 0, subject: 7, seconds: *seconds, of_lookup: false };
        let success = |(seconds, what): &(u32, Operation)| Attempt::new(*seconds, 7, *what as u32, true);
        let log = AppLog {
            failures: failed.iter().map(failure).collect(),
            attempts: worked.iter().map(success).collect(),
            ..AppLog::default()
        };
        onsets(log.failures.iter(), &Ends::of(&log)).into_iter().map(|(seconds, _)| seconds).collect()
    }

    #[test]
    fn retries_are_one_episode_until_something_works_or_a_day_is_quiet() {
        let day = 24 * HOUR;
        assert_eq!(begun(&[0, 6 * HOUR, 18 * HOUR, 42 * HOUR], &[]), [0]);
        assert_eq!(begun(&[0, day, 2 * day, 3 * day + 3 * HOUR], &[]), [0, 3 * day + 3 * HOUR]);
        assert_eq!(begun(&[0, HOUR, 2 * HOUR], &[(HOUR + 1, Operation::Update)]), [0, 2 * HOUR]);
        assert_eq!(begun(&[0, HOUR], &[(HOUR + 1, Operation::Update)]), [0]);
    }

    #[test]
    fn finding_or_reading_an_account_ends_nothing() {
        let reads = [(HOUR, Operation::Match), (HOUR, Operation::Import)];
        assert_eq!(begun(&[0, 2 * HOUR], &reads), [0]);
    }

    #[test]
    fn what_could_not_be_looked_up_is_over_when_it_can() {
        let failure = |of_lookup| Failure { issue: 0, subject: 7, seconds: 9, of_lookup };
        let attempts = vec![Attempt::new(20, 7, Operation::Match as u32, true)];
        let log = AppLog { failures: vec![failure(true), failure(false)], attempts, ..AppLog::default() };
        let ends = Ends::of(&log);
        assert!(ends.after(&failure(true)) && !ends.after(&failure(false)));
    }

    #[test]
    fn who_is_not_named_begins_nothing() {
        let failure = Failure { issue: 0, subject: NOBODY, seconds: 9, of_lookup: false };
        let log = AppLog { failures: vec![failure], ..AppLog::default() };
        assert_eq!(onsets(log.failures.iter(), &Ends::of(&log)), []);
    }
}
