//! Equal steps of time, such as hours or weeks, as a calendar and a clock on the wall show them.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::time::{DAY, HOUR, Micros, SECOND};

/// The length of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// A part of a day, in microseconds.
    Part(Micros),
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
}

impl Every {
    /// Reads `15m`, `1h`, `1d` or `1w`. Minutes and hours must divide a day, so that every day has the
    /// same steps.
    pub fn parse(text: &str) -> Option<Every> {
        let unit = text.chars().last()?;
        let count: Micros = text.get(..text.len() - unit.len_utf8())?.parse().ok()?;
        let part = |length: Micros| {
            let step = count.checked_mul(length)?;
            (step > 0 && step < DAY && DAY % step == 0).then_some(Every::Part(step))
        };
        match (count, unit) {
            (1, 'd') | (24, 'h') => Some(Every::Day),
            (1, 'w') | (7, 'd') => Some(Every::Week),
            (_, 'm') => part(60 * SECOND),
            (_, 'h') => part(HOUR),
            _ => None,
        }
    }

    /// When the step began that a point in time falls into.
    pub fn start(self, at: Micros, zone: &TimeZone) -> Micros {
        let Ok(stamp) = Timestamp::from_microsecond(at) else { return at };
        match self {
            Every::Part(step) => {
                let offset = Micros::from(zone.to_offset(stamp).seconds()) * SECOND;
                (at + offset).div_euclid(step) * step - offset
            }
            Every::Day | Every::Week => {
                let date = stamp.to_zoned_datetime(zone.clone()).date();
                let date = match self {
                    Every::Week if date.weekday() != Weekday::Monday => date.nth_weekday(-1, Weekday::Monday),
                    _ => Ok(date),
                };
                date.and_then(|date| date.to_zoned_datetime(zone.clone()))
                    .map_or(at, |day| day.timestamp().as_microsecond())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::{parse, rfc3339, zone};

    fn start(every: &str, at: &str, name: &str) -> String {
        rfc3339(Every::parse(every).unwrap().start(parse(at).unwrap(), &zone(name).unwrap()))
    }

    #[test]
    fn steps_begin_on_the_clock() {
        assert_eq!(start("15m", "2026-03-05T10:44:59Z", "UTC"), "2026-03-05T10:30:00Z");
        assert_eq!(start("6h", "2026-03-05T10:44:59Z", "UTC"), "2026-03-05T06:00:00Z");
        assert_eq!(start("1d", "2026-03-05T10:44:59Z", "UTC"), "2026-03-05T00:00:00Z");
        // A Thursday, and a Monday.
        assert_eq!(start("1w", "2026-03-05T10:44:59Z", "UTC"), "2026-03-02T00:00:00Z");
        assert_eq!(start("1w", "2026-03-02T00:00:00Z", "UTC"), "2026-03-02T00:00:00Z");
    }

    #[test]
    fn days_begin_at_midnight_where_the_reader_is() {
        assert_eq!(start("1d", "2026-03-05T23:30:00Z", "Europe/Berlin"), "2026-03-05T23:00:00Z");
        // India is half an hour off.
        assert_eq!(start("1h", "2026-03-05T10:44:59Z", "Asia/Kolkata"), "2026-03-05T10:30:00Z");
        // The day the clocks go forward has 23 hours.
        assert_eq!(start("1d", "2026-03-29T21:59:00Z", "Europe/Berlin"), "2026-03-28T23:00:00Z");
        assert_eq!(start("1d", "2026-03-29T22:00:00Z", "Europe/Berlin"), "2026-03-29T22:00:00Z");
    }

    #[test]
    fn an_hour_that_the_clock_shows_twice_is_two_hours() {
        let first = start("1h", "2026-10-25T00:30:00Z", "Europe/Berlin");
        let second = start("1h", "2026-10-25T01:30:00Z", "Europe/Berlin");
        assert_eq!((&*first, &*second), ("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"));
    }

    #[test]
    fn only_what_divides_a_day_is_a_step() {
        for text in ["", "m", "0m", "7m", "5h", "2d", "1y", "1", "-1h", "99999999999999999h"] {
            assert_eq!(Every::parse(text), None, "{text}");
        }
        assert_eq!(Every::parse("24h"), Some(Every::Day));
    }
}
