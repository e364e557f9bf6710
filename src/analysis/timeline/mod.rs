//! What was tried and what failed, when: eight bytes an attempt, until everything is read.
//!
//! Only then is it known how much time the logs cover, and whether somebody succeeded between two
//! failures; so times are put into order at the end, one application after the other, and the order
//! of the input does not matter. What is too long ago to count is given up on the way.

mod count;
mod covered;
mod episodes;
mod forget;
mod judge;
mod lately;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;

use super::outcome::Effect;
use super::people::Roots;
use super::{About, Row, Seeded};
use crate::event::{Operation, Outcome, Provider};
use crate::text::time::SECOND;

use forget::Forgotten;
pub(super) use judge::{App, Asked, Key, Trends};

/// Attempts and failures of all applications.
#[derive(Clone, Default)]
pub(super) struct Timeline {
    apps: Vec<AppLog>,
    subjects: Subjects,
    /// Attempts and failures of which the log does not say when they were.
    without_time: u64,
    forgotten: Forgotten,
    nowhere: AppLog,
}

/// One application.
#[derive(Clone, Default)]
struct AppLog {
    /// None as long as nothing was tried there.
    provider: Option<Provider>,
    app_id: Option<Box<str>>,
    attempts: Vec<Attempt>,
    failures: Vec<Failure>,
    /// Attempts that were given up, since they are too long ago, and failures among them after which it
    /// worked.
    outside: u64,
    worked_later: u64,
}

/// When, who, what, and whether it worked: seconds since 1970, 26 bits of subject, 5 of what, one bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Attempt(u64);

/// A failure, in the order in which episodes are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    issue: u32,
    subject: u32,
    seconds: u32,
    /// Only the next look-up may tell that it is over: see [`Effect::Lookup`].
    of_lookup: bool,
}

const SUBJECT_BITS: u32 = 26;
/// Subjects that are no people have this bit.
const NO_PERSON: u32 = 1 << (SUBJECT_BITS - 1);
/// The log does not say whom it is about: such events are counted, but nobody knows whether it is the
/// same one that is tried again.
const NOBODY: u32 = (1 << SUBJECT_BITS) - 1;
/// In the place of an operation: there was nothing to do.
const SETTLED: u32 = 31;

impl Attempt {
    fn new(seconds: u32, subject: u32, what: u32, worked: bool) -> Attempt {
        let who = u64::from(subject) << 6 | u64::from(what) << 1 | u64::from(worked);
        Attempt(u64::from(seconds) << 32 | who)
    }

    fn seconds(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn subject(self) -> u32 {
        (self.0 >> 6) as u32 & NOBODY
    }

    fn what(self) -> u32 {
        (self.0 >> 1) as u32 & 31
    }

    fn worked(self) -> bool {
        self.0 & 1 == 1
    }

    /// Whether something was tried at all.
    fn is_attempt(self) -> bool {
        self.what() != SETTLED
    }

    /// Whether whatever failed for the subject before is over. Finding an account or reading from it
    /// works while nothing can be written.
    fn ends_episodes(self) -> bool {
        let reads = [Operation::Match as u32, Operation::Import as u32];
        self.worked() && !reads.contains(&self.what())
    }

    fn found(self) -> bool {
        self.worked() && self.what() == Operation::Match as u32
    }

    fn is_removal(self) -> bool {
        self.worked() && [Operation::Deactivate as u32, Operation::Delete as u32].contains(&self.what())
    }
}

/// A failure of which the issue is not known yet.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    app: u32,
    subject: u32,
    seconds: u32,
    of_lookup: bool,
}

/// Numbers of subjects that are no people.
#[derive(Clone, Default)]
struct Subjects {
    seed: RandomState,
    numbers: HashMap<u64, u32, Seeded>,
}

impl Subjects {
    /// The number of whom or what a row is about. `instance` is which of several applications of one name it is about,
    /// if it is not the first one.
    fn number(&mut self, row: &Row<'_>, person: Option<u32>, instance: Option<u32>) -> u32 {
        let is_membership = matches!(row.operation, Operation::MembershipAdd | Operation::MembershipRemove);
        let counterpart = row.counterpart.as_deref().filter(|_| is_membership);
        if let (Some(person), None, None) = (person, counterpart, instance) {
            return person % NO_PERSON;
        }
        let Some(name) = row.subject_id.as_ref().or(row.login.as_ref()).or(row.subject_name.as_ref()) else {
            return NOBODY;
        };
        // Whoever is to join three groups is three subjects, and so are three members of one group, and somebody with
        // accounts in two tenants.
        let hash = self.seed.hash_one((row.subject_kind.as_deref(), name.as_ref(), counterpart, instance));
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX) % (NO_PERSON - 1);
        NO_PERSON | *self.numbers.entry(hash).or_insert(next)
    }
}

impl Timeline {
    /// One event of an application; if it is a failure, what is needed to say later of which issue.
    pub(super) fn see(&mut self, row: &Row<'_>, about: About) -> Option<Seen> {
        let About { app: Some(app), spot, person } = about else { return None };
        let instance = spot.map(|spot| spot.whole).filter(|whole| *whole != app);
        let is_attempt = Effect::of(row.operation).is_attempt();
        let (what, worked) = match row.outcome {
            Outcome::Success if is_attempt => (row.operation as u32, true),
            Outcome::Skipped if is_attempt && !row.needs_action => (SETTLED, true),
            Outcome::Failure => (row.operation as u32, false),
            _ => return None,
        };
        let Some(at) = row.time else {
            self.without_time += u64::from(what != SETTLED);
            return None;
        };
        let seconds = u32::try_from(at / SECOND).unwrap_or(u32::MAX);
        let of_the_job = is_of_the_job(row.operation);
        let subject = if of_the_job { NOBODY } else { self.subjects.number(row, person, instance) };
        let log = self.log(app);
        log.name(row);
        if !of_the_job {
            log.attempts.push(Attempt::new(seconds, subject, what, worked));
            if self.forgotten.is_full() {
                self.forget();
            }
        }
        let of_lookup = Effect::of_row(row) == Effect::Lookup;
        (!worked).then_some(Seen { app, subject, seconds, of_lookup })
    }

    /// Says of which issue a failure is, by the number that the issue has.
    pub(super) fn explain(&mut self, seen: Seen, issue: u32) {
        let Seen { app, subject, seconds, of_lookup } = seen;
        self.log(app).failures.push(Failure { issue, subject, seconds, of_lookup });
    }

    /// Puts together what belongs to one person.
    pub(super) fn join(&mut self, roots: &Roots) {
        let root = |subject: u32| if subject < NO_PERSON { roots.of(subject) % NO_PERSON } else { subject };
        for log in &mut self.apps {
            for attempt in &mut log.attempts {
                *attempt = Attempt::new(attempt.seconds(), root(attempt.subject()), attempt.what(), attempt.worked());
            }
            log.failures.iter_mut().for_each(|failure| failure.subject = root(failure.subject));
        }
    }

    /// Failures of one issue at an application turned out to be those of another one.
    pub(super) fn rename(&mut self, app: Option<u32>, from: u32, to: u32) {
        let log = app.and_then(|app| self.apps.get_mut(app as usize));
        let failures = log.into_iter().flat_map(|log| &mut log.failures);
        failures.filter(|failure| failure.issue == from).for_each(|failure| failure.issue = to);
    }

    fn log(&mut self, app: u32) -> &mut AppLog {
        let place = app as usize;
        if self.apps.len() <= place {
            self.apps.resize_with(place + 1, AppLog::default);
        }
        // It was made long enough just now.
        self.apps.get_mut(place).unwrap_or(&mut self.nowhere)
    }
}

impl AppLog {
    /// Keeps the first of all ids and providers by the alphabet, so that the order of rows does not matter.
    fn name(&mut self, row: &Row<'_>) {
        self.provider = Some(self.provider.map_or(row.provider, |known| known.min(row.provider)));
        if let Some(id) = row.app_id.as_deref()
            && self.app_id.as_deref().is_none_or(|known| id < known)
        {
            self.app_id = Some(id.into());
        }
    }
}

/// Whether it is about the connection and not about somebody: a state, not a number of failures.
fn is_of_the_job(operation: Operation) -> bool {
    use Operation::{Agent, ConfigChange, CredentialCheck, Cycle, Quarantine, Schema};
    matches!(operation, Agent | ConfigChange | CredentialCheck | Cycle | Quarantine | Schema)
}
