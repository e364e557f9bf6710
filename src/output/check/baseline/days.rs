//! Parts of the day and kinds of day, by which a baseline is kept.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::{PART_S, PARTS};
use crate::analysis::spikes::Settings;
use crate::text::time::{self, DAY, Micros, SECOND};

/// Which days are free: weekends of a zone, and holidays.
#[derive(Clone, Copy, Debug)]
pub struct Days<'s> {
    zone: &'s TimeZone,
    holidays: &'s BTreeSet<Date>,
}

impl<'s> Days<'s> {
    /// Those that spikes are judged by too.
    pub fn of(settings: &'s Settings) -> Days<'s> {
        Days { zone: &settings.zone, holidays: &settings.holidays }
    }

    /// Whether a time is on a free day, and in which part of the day. Days are those of the zone; parts
    /// of the day are in UTC, as those of series are.
    pub(in super::super) fn place(&self, at: Micros) -> (bool, usize) {
        let is_free = Timestamp::from_microsecond(at).is_ok_and(|at| {
            let day = self.zone.to_datetime(at).date();
            matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || self.holidays.contains(&day)
        });
        let part = usize::try_from(at.rem_euclid(DAY) / (i64::from(PART_S) * SECOND)).unwrap_or(0);
        (is_free, part.min(PARTS - 1))
    }

    /// The name of the zone.
    pub(in super::super) fn zone_name(&self) -> String {
        time::zone_label(self.zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::{HOUR, parse};

    #[test]
    fn parts_of_the_day_are_in_utc_and_free_days_where_the_reader_is() {
        let at = |text: &str| parse(text).unwrap();
        let utc = Settings::default();
        let place = |text: &str| Days::of(&utc).place(at(text));
        assert_eq!(place("2026-11-20T23:59:59Z"), (false, 11));
        assert_eq!(place("2026-11-21T00:00:00Z"), (true, 0));
        assert_eq!(place("2026-11-23T02:00:00Z"), (false, 1));
        assert_eq!(Days::of(&utc).place(2 * DAY + 5 * HOUR), (true, 2), "3 January 1970 was a Saturday");
        let berlin = Settings {
            zone: time::zone("Europe/Berlin").unwrap(),
            holidays: ["2026-12-25".parse().unwrap()].into(),
            ..Settings::default()
        };
        let place = |text: &str| Days::of(&berlin).place(at(text));
        assert_eq!(place("2026-11-20T23:00:00Z"), (true, 11), "it is Saturday there");
        assert_eq!(place("2026-11-22T23:00:00Z"), (false, 11), "it is Monday there");
        assert_eq!((place("2026-12-24T23:00:00Z"), place("2026-12-25T23:00:00Z").0), ((true, 11), true));
        assert_eq!(place("2026-12-24T22:59:59Z"), (false, 11));
    }
}
