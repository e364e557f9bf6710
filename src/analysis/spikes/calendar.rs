//! Which buckets of a covered time are alike: by the time of day, and by the kind of day.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::text::time::{DAY, Micros};

/// The buckets of a covered time. They divide a day and are aligned to UTC.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    width: Micros,
    start: Micros,
    /// Time of day of each bucket, counted in buckets.
    phase: Vec<u32>,
    /// Whether it is on a weekend or holiday.
    free: Vec<bool>,
}

impl Calendar {
    /// So many buckets from a start on; days are those of the zone.
    pub fn new(start: Micros, width: Micros, buckets: u32, zone: &TimeZone, holidays: &BTreeSet<Date>) -> Calendar {
        let width = width.clamp(1, DAY);
        let mut calendar = Calendar { width, start, ..Calendar::default() };
        for bucket in 0..buckets {
            let at = start.saturating_add(width * Micros::from(bucket));
            let phase = at.rem_euclid(DAY) / width;
            calendar.phase.push(u32::try_from(phase).unwrap_or_default());
            let day = Timestamp::from_microsecond(at).map(|at| zone.to_datetime(at).date());
            calendar.free.push(day.is_ok_and(|day| {
                matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || holidays.contains(&day)
            }));
        }
        calendar
    }

    /// How many buckets there are.
    pub fn len(&self) -> usize {
        self.phase.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.phase.is_empty()
    }

    /// Width of a bucket.
    pub fn width(&self) -> Micros {
        self.width
    }

    /// Buckets of a day.
    pub fn per_day(&self) -> usize {
        usize::try_from(DAY / self.width.max(1)).unwrap_or(1)
    }

    /// When a bucket begins.
    pub fn start_of(&self, bucket: usize) -> Micros {
        self.start.saturating_add(self.width.saturating_mul(Micros::try_from(bucket).unwrap_or(Micros::MAX)))
    }

    /// Time of day of a bucket, counted in buckets.
    pub(super) fn phase(&self, bucket: usize) -> u32 {
        self.phase.get(bucket).copied().unwrap_or_default()
    }

    /// Whether a bucket is on a weekend or holiday.
    pub(super) fn is_free(&self, bucket: usize) -> bool {
        self.free.get(bucket).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::{HOUR, parse};

    #[test]
    fn days_are_those_of_the_zone() {
        // A Friday evening in UTC is a Saturday in Auckland.
        let start = parse("2026-03-06T10:00:00Z").unwrap();
        let free = |zone: &TimeZone| {
            let calendar = Calendar::new(start, 2 * HOUR, 8, zone, &BTreeSet::new());
            (0..8).map(|bucket| calendar.is_free(bucket)).collect::<Vec<_>>()
        };
        assert_eq!(free(&TimeZone::UTC), [false, false, false, false, false, false, false, true]);
        let auckland = TimeZone::get("Pacific/Auckland").unwrap();
        assert_eq!(free(&auckland), [false, true, true, true, true, true, true, true]);
    }

    #[test]
    fn a_holiday_is_like_a_weekend() {
        let start = parse("2026-03-02T00:00:00Z").unwrap();
        let holidays = BTreeSet::from([jiff::civil::date(2026, 3, 3)]);
        let calendar = Calendar::new(start, 12 * HOUR, 6, &TimeZone::UTC, &holidays);
        assert_eq!((0..6).map(|at| calendar.is_free(at)).collect::<Vec<_>>(), [false, false, true, true, false, false]);
        assert_eq!((0..3).map(|at| calendar.phase(at)).collect::<Vec<_>>(), [0, 1, 0]);
    }
}
