//! Times as the screen writes them: short, and in one zone that the head of the screen names.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::text::time::Micros;

fn zoned(at: Micros, zone: &TimeZone) -> Option<ZonedDateTime> {
    Timestamp::from_microsecond(at).ok().map(|at| at.to_zoned_datetime(zone.clone()))
}

/// `3 Sep`
pub fn day(at: Micros, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(unknown, |at| at.strftime("%-d %b").to_string())
}

/// `3 Sep 13:52`
pub fn minute(at: Micros, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(unknown, |at| at.strftime("%-d %b %H:%M").to_string())
}

/// `3 Sep 13:52:07`
pub fn second(at: Micros, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(unknown, |at| at.strftime("%-d %b %H:%M:%S").to_string())
}

/// `2026-09-03`, as filters take it.
pub fn date(at: Micros, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(unknown, |at| at.date().to_string())
}

fn unknown() -> String {
    "time unknown".to_owned()
}

/// From a first to a last time, in ten columns: `3 Sep-now` if it goes on to the end of the data,
/// `1-5 Sep`, `30 Aug-5 Sep`, `3 Sep 14h` within an hour, `4 Sep` within a day.
pub fn seen(first: Option<Micros>, last: Option<Micros>, end: Option<Micros>, zone: &TimeZone) -> String {
    let none = || "no time".to_owned();
    let Some((first, last)) = first.zip(last) else { return none() };
    let Some((a, b)) = zoned(first, zone).zip(zoned(last, zone)) else { return none() };
    let day = |at: &ZonedDateTime| at.strftime("%-d %b").to_string();
    let to_the_end = end.and_then(|end| zoned(end, zone)).is_some_and(|end| end.date() == b.date());
    match () {
        () if a.date() == b.date() && a.hour() == b.hour() => format!("{} {}h", day(&a), a.hour()),
        () if to_the_end && a.date() != b.date() => format!("{}-now", day(&a)),
        () if a.date() == b.date() => day(&a),
        () if a.date().month() == b.date().month() => format!("{}-{}", a.day(), day(&b)),
        () => format!("{}-{}", day(&a), day(&b)),
    }
}

/// From a first to a last time: `3 Sep 13:52 - 5 Sep 10:00`, or `9 Jan 2007 - 6 Oct 2026` where days alone say too
/// little.
pub fn span(first: Micros, last: Micros, zone: &TimeZone) -> String {
    match zoned(first, zone).zip(zoned(last, zone)) {
        Some((a, b)) if a.year() != b.year() => format!("{} - {}", a.strftime("%-d %b %Y"), b.strftime("%-d %b %Y")),
        _ => format!("{} - {}", minute(first, zone), minute(last, zone)),
    }
}

/// How far the zone is from UTC at a time: `UTC+2`, `UTC+5:30`, `UTC`.
pub fn offset(at: Micros, zone: &TimeZone) -> String {
    let seconds = zoned(at, zone).map_or(0, |at| at.offset().seconds());
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::{DAY, HOUR, parse};

    fn at(text: &str) -> Micros {
        parse(text).unwrap()
    }

    #[test]
    fn spans_are_short() {
        let zone = crate::text::time::zone("Europe/Berlin").unwrap();
        let first = at("2026-09-03T11:52:00Z");
        let end = Some(first + 3 * DAY);
        let span = |last: Micros| seen(Some(first), Some(last), end, &zone);
        assert_eq!(span(first), "3 Sep 13h");
        assert_eq!(span(first + HOUR), "3 Sep");
        assert_eq!(span(first + 2 * DAY), "3-5 Sep");
        assert_eq!(span(first + 3 * DAY), "3 Sep-now");
        assert_eq!(seen(Some(first - 5 * DAY), Some(first), end, &zone), "29 Aug-3 Sep");
        assert_eq!(seen(None, None, end, &zone), "no time");
    }

    #[test]
    fn years_are_named_where_there_are_several() {
        let span = |first, last| span(at(first), at(last), &TimeZone::UTC);
        assert_eq!(span("2026-09-03T11:52:00Z", "2026-09-05T10:00:00Z"), "3 Sep 11:52 - 5 Sep 10:00");
        assert_eq!(span("2007-01-09T09:41:00Z", "2026-10-06T15:12:00Z"), "9 Jan 2007 - 6 Oct 2026");
    }

    #[test]
    fn a_zone_is_named_by_its_distance_from_utc() {
        let (summer, winter) = (at("2026-07-01"), at("2026-01-01"));
        for (name, in_summer, in_winter) in [
            ("Europe/Berlin", "UTC+2", "UTC+1"),
            ("Asia/Kolkata", "UTC+5:30", "UTC+5:30"),
            ("America/New_York", "UTC-4", "UTC-5"),
            ("UTC", "UTC", "UTC"),
        ] {
            let zone = crate::text::time::zone(name).unwrap();
            assert_eq!((offset(summer, &zone), offset(winter, &zone)), (in_summer.to_owned(), in_winter.to_owned()));
        }
    }
}
