//! The end of one application's log, and what worked later.

use super::AppLog;
use super::episodes::Ends;
use crate::analysis::health::Lately;
use crate::text::time::{Micros, SECOND};

/// Counts what happened in the 24 hours up to `last`, the newest event of all logs.
pub(super) fn lately(log: &AppLog, ends: &Ends, last: Option<Micros>) -> Lately {
    let mut lately = Lately { ever_worked_later: log.worked_later, ..Lately::default() };
    let start = last.map(Lately::start);
    let place = |seconds: u32| {
        let at = Micros::from(seconds) * SECOND;
        usize::try_from((at - start?).div_euclid(Lately::PART)).ok()
    };
    for attempt in log.attempts.iter().filter(|attempt| attempt.is_attempt() && attempt.worked()) {
        if let Some(part) = place(attempt.seconds()).and_then(|place| lately.parts.get_mut(place)) {
            part.attempts += 1;
        }
    }
    for failure in &log.failures {
        let worked_later = u64::from(ends.after(failure));
        lately.ever_worked_later += worked_later;
        if let Some(part) = place(failure.seconds).and_then(|place| lately.parts.get_mut(place)) {
            part.attempts += 1;
            part.failures += 1;
            lately.worked_later += worked_later;
        }
    }
    lately
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::health::Share;
    use crate::analysis::timeline::{Attempt, Failure, NOBODY};
    use crate::event::Operation;

    const HOUR: u32 = 3_600;
    const LAST: u32 = 100 * HOUR;

    #[test]
    fn a_day_has_eight_parts_and_ends_with_the_newest_event() {
        let failed = |subject, seconds| Failure { issue: 0, subject, seconds, of_lookup: false };
        let worked = |subject, seconds| Attempt::new(seconds, subject, Operation::Update as u32, true);
        let log = AppLog {
            failures: vec![
                failed(1, LAST - 24 * HOUR),
                failed(1, LAST - 24 * HOUR + 1),
                failed(2, LAST),
                failed(NOBODY, LAST - HOUR),
            ],
            attempts: vec![worked(1, LAST - 3 * HOUR), worked(NOBODY, LAST), worked(2, LAST + 1)],
            ..AppLog::default()
        };
        let lately = lately(&log, &Ends::of(&log), Some(Micros::from(LAST) * SECOND + 5));
        let parts = lately.parts.map(|part| (part.attempts, part.failures));
        assert_eq!(parts, [(1, 1), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (1, 0), (3, 2)]);
        assert_eq!(lately.share(), Share { attempts: 5, failures: 3, worked_later: 2, last_24h: true });
        assert_eq!(lately.ever_worked_later, 3);
    }
}
