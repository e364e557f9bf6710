//! Which time the logs of a provider cover, and the buckets it is cut into.

use super::forget::Days;
use crate::analysis::spikes::{Calendar, Settings};
use crate::event::Provider;
use crate::text::time::{DAY, Micros, SECOND};

/// Days before the newest event that are looked at.
pub(super) const DAYS: u32 = 400;
/// Seconds in a day.
pub(super) const DAY_SECONDS: u32 = 86_400;
/// With fewer buckets, they are made smaller.
const FEW: u32 = 12;
/// The smallest width of a bucket.
const SMALLEST: Micros = 15 * 60 * SECOND;

/// A covered time, in buckets. The first bucket, of which a part only is covered, is kept apart.
#[derive(Debug)]
pub(super) struct Covered {
    pub(super) provider: Provider,
    /// The first and the last second that count.
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) start: Micros,
    pub(super) width: Micros,
    pub(super) calendar: Calendar,
    /// Part of the last bucket that is covered.
    pub(super) share: f64,
    /// Second at which the buckets start.
    start_second: u32,
    width_seconds: u32,
}

/// Where a second lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In this bucket.
    In(u32),
    /// In the bucket before the first one.
    Before,
    /// At a time that cannot be meant, or long ago.
    Outside,
}

impl Covered {
    /// The time that these seconds of one provider cover; others were on `forgotten` days.
    pub(super) fn of(
        seconds: impl Iterator<Item = u32> + Clone,
        forgotten: Days,
        provider: Provider,
        settings: &Settings,
    ) -> Option<Covered> {
        let newest_day = newest_plausible_day(seconds.clone(), forgotten)?;
        let oldest_day = newest_day.saturating_sub(DAYS);
        let counts = |second: &u32| (oldest_day..=newest_day).contains(&(second / DAY_SECONDS));
        let (mut first, mut last) = (u32::MAX, 0);
        for second in seconds.filter(counts) {
            (first, last) = (first.min(second), last.max(second));
        }
        let width = settings.bucket.unwrap_or_else(|| fitting(first, last, provider));
        let width_seconds = u32::try_from(width / SECOND).ok().filter(|width| *width > 0)?;
        let (first_bucket, last_bucket) = (first / width_seconds, last / width_seconds);
        // Nobody knows what was before the first event; alone, that bucket is better than none.
        let incomplete = first % width_seconds > 0 && last_bucket > first_bucket;
        let start_bucket = first_bucket + u32::from(incomplete);
        let start_second = start_bucket * width_seconds;
        let start = Micros::from(start_second) * SECOND;
        let buckets = last_bucket - start_bucket + 1;
        let calendar = Calendar::new(start, width, buckets, &settings.zone, &settings.holidays);
        let share = f64::from(last % width_seconds + 1) / f64::from(width_seconds);
        Some(Covered { provider, first, last, start, width, calendar, share, start_second, width_seconds })
    }

    pub(super) fn place(&self, second: u32) -> Place {
        match second.checked_sub(self.start_second) {
            _ if second < self.first || second > self.last => Place::Outside,
            Some(after) => Place::In(after / self.width_seconds),
            None => Place::Before,
        }
    }

    /// Number of buckets.
    pub(super) fn buckets(&self) -> usize {
        self.calendar.len()
    }
}

/// The last day that can be meant. Clocks that are years ahead happen, and strangers write dates; what
/// is far after nine tenths of all events does not say when the log ends.
fn newest_plausible_day(seconds: impl Iterator<Item = u32>, forgotten: Days) -> Option<u32> {
    let mut days = forgotten;
    let mut run = (0, 0);
    for day in seconds.map(|second| second / DAY_SECONDS) {
        if day == run.0 {
            run.1 += 1;
        } else {
            *days.entry(run.0).or_default() += run.1;
            run = (day, 1);
        }
    }
    *days.entry(run.0).or_default() += run.1;
    days.retain(|_, count| *count > 0);
    let limit = nine_tenths(&days)?.saturating_add(DAYS);
    days.range(..=limit).next_back().map(|(day, _)| *day)
}

/// The day up to which nine tenths were.
pub(super) fn nine_tenths(days: &Days) -> Option<u32> {
    let total: u64 = days.values().sum();
    let mut before = 0;
    let found = days.iter().find(|(_, count)| {
        before += **count;
        before * 10 >= total * 9
    });
    found.map(|(day, _)| *day)
}

/// Width of a bucket: less than what fits the provider if little time is covered.
fn fitting(first: u32, last: u32, provider: Provider) -> Micros {
    let mut width = provider.stretch();
    let buckets = |width: Micros| {
        let bucket = |second: u32| Micros::from(second) * SECOND / width;
        bucket(last) - bucket(first) + 1
    };
    while buckets(width) < Micros::from(FEW) && width / 2 >= SMALLEST {
        width /= 2;
    }
    debug_assert_eq!(DAY % width, 0);
    width
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: u32 = 1_772_409_600;
    const HOUR_SECONDS: u32 = 3_600;

    fn covered(seconds: &[u32], provider: Provider) -> Covered {
        Covered::of(seconds.iter().copied(), Days::new(), provider, &Settings::default()).unwrap()
    }

    #[test]
    fn buckets_fit_the_provider_and_the_time_that_is_covered() {
        let width = |hours: u32, provider: Provider| {
            covered(&[MONDAY, MONDAY + hours * HOUR_SECONDS], provider).width / (60 * SECOND)
        };
        assert_eq!((width(100, Provider::Entra), width(100, Provider::Okta)), (120, 60));
        assert_eq!((width(20, Provider::Entra), width(20, Provider::Okta)), (60, 60));
        assert_eq!((width(6, Provider::Okta), width(3, Provider::Okta), width(1, Provider::Okta)), (30, 15, 15));
    }

    #[test]
    fn the_first_bucket_is_left_out_if_it_is_incomplete() {
        let log = covered(&[MONDAY + 60, MONDAY + 40 * HOUR_SECONDS + 899], Provider::Okta);
        assert_eq!((log.start, log.buckets()), (Micros::from(MONDAY + HOUR_SECONDS) * SECOND, 40));
        assert_eq!(log.place(MONDAY + 60), Place::Before);
        assert_eq!(log.place(MONDAY + 3 * HOUR_SECONDS + 1), Place::In(2));
        assert_eq!(log.share, 0.25);
        assert_eq!(covered(&[MONDAY, MONDAY + 40 * HOUR_SECONDS], Provider::Okta).buckets(), 41);
    }

    #[test]
    fn dates_that_cannot_be_meant_and_long_past_ones_are_outside() {
        let mut seconds: Vec<u32> = (0..100).map(|hour| MONDAY + hour * HOUR_SECONDS).collect();
        seconds.extend([u32::MAX, u32::MAX - 5, 0, 86_400, MONDAY - 500 * DAY_SECONDS]);
        let log = covered(&seconds, Provider::Okta);
        assert_eq!((log.first, log.last), (MONDAY, MONDAY + 99 * HOUR_SECONDS));
        assert_eq!(log.place(u32::MAX), Place::Outside);
        assert_eq!(log.place(0), Place::Outside);
        assert!(Covered::of(std::iter::empty(), Days::new(), Provider::Okta, &Settings::default()).is_none());
    }
}
