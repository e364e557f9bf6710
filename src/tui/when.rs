//! Times as the screen writes them: short, and in one zone that the head of the screen names.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::text::time::Micros;

fn zoned(at: Micros, zone: &TimeZone) -> Option<ZonedDateTime> {
    Timestamp::from_microsecond(at).ok().map(|at| at.to_zoned_datetime(zone.clone()))
}

/// `3 Sep`, or `Sep 2025` where the data end in another year, given by `end`.
pub fn day(at: Micros, end: Option<Micros>, zone: &TimeZone) -> String {
    written(at, end, zone, ["%-d %b", "%b %Y"])
}

/// `3 Sep 13:52`, or `3 Sep 2025` where the data end in another year: as long, and the hour is not what is asked then.
pub fn minute(at: Micros, end: Option<Micros>, zone: &TimeZone) -> String {
    written(at, end, zone, ["%-d %b %H:%M", "%-d %b %Y"])
}

/// `3 Sep 13:52:07`, or `3 Sep 2025` in another year.
pub fn second(at: Micros, end: Option<Micros>, zone: &TimeZone) -> String {
    written(at, end, zone, ["%-d %b %H:%M:%S", "%-d %b %Y"])
}

/// `3 Sep 13:52:07`, or `3 Sep 2025 13:52:07`, where there is room for it.
pub fn exact(at: Micros, end: Option<Micros>, zone: &TimeZone) -> String {
    written(at, end, zone, ["%-d %b %H:%M:%S", "%-d %b %Y %H:%M:%S"])
}

/// In one way in the year in which the data end, and in another one in others.
fn written(at: Micros, end: Option<Micros>, zone: &TimeZone, [same, other]: [&str; 2]) -> String {
    let Some(at) = zoned(at, zone) else { return unknown() };
    let is_same = end.and_then(|end| zoned(end, zone)).is_none_or(|end| end.year() == at.year());
    at.strftime(if is_same { same } else { other }).to_string()
}

/// `2026-09-03`, as filters take it.
pub fn date(at: Micros, zone: &TimeZone) -> String {
    zoned(at, zone).map_or_else(unknown, |at| at.date().to_string())
}

fn unknown() -> String {
    "time unknown".to_owned()
}

/// From a first to a last time, in ten columns: `3 Sep-now` if it goes on to the end of the data,
/// `1-5 Sep`, `30 Aug-5 Sep`, `3 Sep 14h` within an hour, `4 Sep` within a day. Of other years than that in which the
/// data end: `2025-09-03`, `Sep 2025`, `2025`, `2024-2025`, `2025-now`.
pub fn seen(first: Option<Micros>, last: Option<Micros>, end: Option<Micros>, zone: &TimeZone) -> String {
    let none = || "no time".to_owned();
    let Some((first, last)) = first.zip(last) else { return none() };
    let Some((a, b)) = zoned(first, zone).zip(zoned(last, zone)) else { return none() };
    let day = |at: &ZonedDateTime| at.strftime("%-d %b").to_string();
    let end = end.and_then(|end| zoned(end, zone));
    let to_the_end = end.as_ref().is_some_and(|end| end.date() == b.date());
    let is_this_year = |at: &ZonedDateTime| end.as_ref().is_none_or(|end| end.year() == at.year());
    match () {
        () if a.year() != b.year() && to_the_end => format!("{}-now", a.year()),
        () if a.year() != b.year() => format!("{}-{}", a.year(), b.year()),
        () if !is_this_year(&b) && a.date() == b.date() => a.date().to_string(),
        () if !is_this_year(&b) && a.month() == b.month() => a.strftime("%b %Y").to_string(),
        () if !is_this_year(&b) => a.year().to_string(),
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
        _ => format!("{} - {}", minute(first, None, zone), minute(last, None, zone)),
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
    fn another_year_than_the_last_one_is_named() {
        let end = Some(at("2026-10-06T15:12:00Z"));
        let seen = |first: &str, last: &str| seen(Some(at(first)), Some(at(last)), end, &TimeZone::UTC);
        assert_eq!(seen("2025-09-03T11:52:00Z", "2025-09-03T18:00:00Z"), "2025-09-03");
        assert_eq!(seen("2025-09-03T11:52:00Z", "2025-09-05T18:00:00Z"), "Sep 2025");
        assert_eq!(seen("2025-03-03T11:52:00Z", "2025-09-05T18:00:00Z"), "2025");
        assert_eq!(seen("2024-03-03T11:52:00Z", "2025-09-05T18:00:00Z"), "2024-2025");
        assert_eq!(seen("2024-03-03T11:52:00Z", "2026-10-06T03:00:00Z"), "2024-now");
        let (then, now) = (at("2025-09-03T11:52:07Z"), at("2026-09-03T11:52:07Z"));
        let zone = &TimeZone::UTC;
        assert_eq!((minute(then, end, zone), minute(now, end, zone)), ("3 Sep 2025".into(), "3 Sep 11:52".into()));
        assert_eq!((second(then, end, zone), second(now, end, zone)), ("3 Sep 2025".into(), "3 Sep 11:52:07".into()));
        assert_eq!(exact(then, end, zone), "3 Sep 2025 11:52:07");
        assert_eq!((day(then, end, zone), day(now, end, zone)), ("Sep 2025".into(), "3 Sep".into()));
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
