//! Until when each log goes on, and events that are dated after now.

use crate::event::Provider;
use crate::text::time::{Micros, SECOND};

const MINUTE: Micros = 60 * SECOND;

/// So far clocks may differ before an event counts as dated ahead.
const TOLERANCE: Micros = 10 * MINUTE;

/// The newest event of each provider's logs.
#[derive(Clone, Default)]
pub(super) struct Clocks {
    /// The time now, if it is to be looked at.
    pub(super) now: Option<Micros>,
    /// Of a filter: what lies outside is as if it were not in the logs.
    pub(super) since: Option<Micros>,
    pub(super) until: Option<Micros>,
    logs: Vec<Log>,
    /// The newest event that is analysed.
    newest: Option<Micros>,
    newest_of_all: Option<Micros>,
    timed: u64,
    ahead: u64,
}

#[derive(Clone)]
struct Log {
    provider: Provider,
    /// Of the events that are not dated ahead.
    newest: Option<Micros>,
    newest_of_all: Option<Micros>,
}

impl Clocks {
    /// Takes note of an event that is analysed; gives the number of its log, and how far it is dated
    /// ahead.
    pub(super) fn see(&mut self, provider: Provider, at: Option<Micros>) -> (usize, Option<Micros>) {
        let (log, ahead) = self.go_on(provider, at);
        self.newest_of_all = self.newest_of_all.max(at);
        if ahead.is_none() {
            self.newest = self.newest.max(at);
        }
        self.timed += u64::from(at.is_some());
        self.ahead += u64::from(ahead.is_some());
        (log, ahead)
    }

    /// Takes note of an event that a filter leaves out: it shows nevertheless that its log goes on.
    /// Gives the number of the log, unless the event lies outside of the time that was asked for.
    pub(super) fn see_filtered(&mut self, provider: Provider, at: Option<Micros>) -> Option<usize> {
        let inside = at
            .is_some_and(|at| self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until));
        inside.then(|| self.go_on(provider, at).0)
    }

    fn go_on(&mut self, provider: Provider, at: Option<Micros>) -> (usize, Option<Micros>) {
        let log = self.logs.iter().position(|log| log.provider == provider).unwrap_or_else(|| {
            self.logs.push(Log { provider, newest: None, newest_of_all: None });
            self.logs.len() - 1
        });
        let ahead = at.zip(self.now).map(|(at, now)| at - now).filter(|ahead| *ahead > TOLERANCE);
        if let Some(known) = self.logs.get_mut(log) {
            known.newest_of_all = known.newest_of_all.max(at);
            if ahead.is_none() {
                known.newest = known.newest.max(at);
            }
        }
        (log, ahead)
    }

    /// Whether most events are dated ahead: then this computer's clock is behind, and says nothing.
    pub(super) fn now_is_wrong(&self) -> bool {
        self.ahead * 2 > self.timed
    }

    fn newest(&self, log: &Log) -> Option<Micros> {
        if self.now_is_wrong() { log.newest_of_all } else { log.newest }
    }

    /// The newest event that is analysed; one that is dated ahead does not count.
    pub(super) fn last(&self) -> Option<Micros> {
        if self.now_is_wrong() { self.newest_of_all } else { self.newest }
    }

    /// The newest event of some logs, one bit each.
    pub(super) fn last_of(&self, logs: u32) -> Option<Micros> {
        let asked = self.logs.iter().enumerate().filter(|(at, _)| logs & bit(*at) != 0);
        asked.filter_map(|(_, log)| self.newest(log)).max()
    }
}

/// The bit of a log; there are fewer providers than bits.
pub(super) fn bit(log: usize) -> u32 {
    u32::try_from(log).ok().and_then(|log| 1_u32.checked_shl(log)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_is_dated_ahead_is_not_the_newest() {
        let mut clocks = Clocks { now: Some(1_000 * MINUTE), ..Clocks::default() };
        let seen = [990, 1_010, 1_011].map(|minute| clocks.see(Provider::Okta, Some(minute * MINUTE)).1);
        assert_eq!(seen, [None, None, Some(11 * MINUTE)]);
        clocks.see(Provider::Entra, Some(900 * MINUTE));
        assert_eq!((clocks.last(), clocks.now_is_wrong()), (Some(1_010 * MINUTE), false));
        assert_eq!(clocks.last_of(bit(1)), Some(900 * MINUTE));
        assert_eq!(clocks.last_of(0), None);
    }

    #[test]
    fn what_a_filter_leaves_out_shows_that_the_log_goes_on() {
        let mut clocks = Clocks { until: Some(50), ..Clocks::default() };
        clocks.see(Provider::Okta, Some(10));
        assert_eq!(
            [clocks.see_filtered(Provider::Okta, Some(49)), clocks.see_filtered(Provider::Okta, Some(50))],
            [Some(0), None]
        );
        assert_eq!((clocks.last(), clocks.last_of(bit(0))), (Some(10), Some(49)));
    }

    #[test]
    fn a_computer_whose_clock_is_behind_is_not_believed() {
        let mut clocks = Clocks { now: Some(0), ..Clocks::default() };
        for minute in 1_000..1_010 {
            clocks.see(Provider::Okta, Some(minute * MINUTE));
        }
        assert!(clocks.now_is_wrong());
        assert_eq!(clocks.last(), Some(1_009 * MINUTE));
    }
}
