//! Times in a filter: how they are written, and which span of time they mean.
//!
//! A time that counts back, or that names no year, is meant in relation to the newest event, never
//! to the clock: the same filter on the same log gives the same events next year.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::text::time::{self, DAY, HOUR, Micros, SECOND};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What a filter says about a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// A point in time, and how many seconds the clock that it is written by is ahead of UTC.
    At(Micros, i32),
    /// That long before the newest event: a number and `m`, `h`, `d` or `w`.
    Back(u32, Unit),
    /// A day of the zone that is shown.
    Day(Date),
    /// A wall clock of the zone that is shown.
    Clock(DateTime),
    /// Month, day and perhaps a clock, in the year that is nearest to the newest event.
    Yearless(i8, i8, Option<Time>),
}

/// A unit of [`When::Back`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
}

impl Unit {
    const ALL: [(Unit, char, Micros); 4] =
        [(Unit::Minute, 'm', 60 * SECOND), (Unit::Hour, 'h', HOUR), (Unit::Day, 'd', DAY), (Unit::Week, 'w', 7 * DAY)];
}

/// Where a time lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Its begin; the first of both where a clock shows it twice.
    pub(super) from: Micros,
    /// The same, but the second of both, so that `before:` hides nothing that may be meant.
    pub(super) before: Micros,
    /// The end of the day; `None` if it is no day.
    pub(super) end: Option<Micros>,
}

impl When {
    /// Reads a time; `None` if it is none.
    pub(super) fn parse(text: &str) -> Option<When> {
        let text = text.trim();
        parse_back(text).or_else(|| parse_date(text)).or_else(|| parse_words(text)).or_else(|| parse_other(text))
    }

    /// Whether it can be a day.
    pub(super) fn is_day(self) -> bool {
        matches!(self, When::Day(_) | When::Yearless(_, _, None))
    }

    /// Whether one must know the newest event.
    pub(super) fn needs_newest(self) -> bool {
        matches!(self, When::Back(..) | When::Yearless(..))
    }

    /// Where it lies; `None` if it counts from the newest event and there is none.
    pub(super) fn bounds(self, newest: Option<Micros>, zone: &TimeZone) -> Option<Bounds> {
        match self {
            When::At(at, _) => Some(Bounds { from: at, before: at, end: None }),
            When::Back(count, unit) => {
                let (_, _, length) = Unit::ALL.into_iter().find(|(known, ..)| *known == unit)?;
                let at = newest?.saturating_sub(length.saturating_mul(count.into()));
                Some(Bounds { from: at, before: at, end: None })
            }
            When::Day(date) => day(date, zone),
            When::Clock(clock) => point(clock, zone),
            When::Yearless(month, day_of_month, clock) => {
                let newest = zone.to_datetime(Timestamp::from_microsecond(newest?).ok()?).date();
                // 29 February is up to eight years away.
                let years = newest.year().checked_sub(8)?..=newest.year().checked_add(8)?;
                let date = years
                    .filter_map(|year| Date::new(year, month, day_of_month).ok())
                    .min_by_key(|date| date.duration_since(newest).abs())?;
                match clock {
                    Some(clock) => point(date.to_datetime(clock), zone),
                    None => day(date, zone),
                }
            }
        }
    }
}

fn day(date: Date, zone: &TimeZone) -> Option<Bounds> {
    // A day may begin at one o'clock, and have 23 or 25 hours.
    let begin = |date: Date| Some(zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible().ok()?.as_microsecond());
    let from = begin(date)?;
    Some(Bounds { from, before: from, end: Some(begin(date.tomorrow().ok()?)?) })
}

fn point(clock: DateTime, zone: &TimeZone) -> Option<Bounds> {
    let ambiguous = zone.to_ambiguous_timestamp(clock);
    let from = ambiguous.earlier().ok()?.as_microsecond();
    let before = ambiguous.later().ok()?.as_microsecond();
    Some(Bounds { from, before, end: None })
}

/// `6h`
fn parse_back(text: &str) -> Option<When> {
    let unit = text.chars().last()?.to_ascii_lowercase();
    let (unit, ..) = Unit::ALL.into_iter().find(|(_, letter, _)| *letter == unit)?;
    let count = text.get(..text.len().checked_sub(1)?)?;
    (!count.is_empty() && count.len() <= 6 && count.bytes().all(|b| b.is_ascii_digit()))
        .then(|| count.parse().ok().map(|count| When::Back(count, unit)))?
}

/// `2026-09-03`
fn parse_date(text: &str) -> Option<When> {
    (text.len() == 10).then(|| text.parse().ok().filter(|date: &Date| date.year() >= 1970).map(When::Day))?
}

/// `3 Sep`, `Sep 3, 2026`, `3 September 2026 19:35`
fn parse_words(text: &str) -> Option<When> {
    let (mut month, mut day, mut year, mut clock) = (None, None, None, None);
    for word in text.split([' ', ',', '\t']).filter(|word| !word.is_empty()) {
        let number = word.bytes().all(|b| b.is_ascii_digit());
        let filled = match word.len() {
            1 | 2 if number => day.replace(word.parse::<i8>().ok()?).is_some(),
            4 if number => year.replace(word.parse::<i16>().ok().filter(|year| *year >= 1970)?).is_some(),
            _ if word.contains(':') => clock.replace(parse_clock(word)?).is_some(),
            _ => month.replace(parse_month(word)?).is_some(),
        };
        if filled {
            return None;
        }
    }
    let (month, day) = (month?, day?);
    match year {
        Some(year) => {
            let date = Date::new(year, month, day).ok()?;
            Some(clock.map_or(When::Day(date), |clock| When::Clock(date.to_datetime(clock))))
        }
        // A leap year has every day there can be.
        None => Date::new(2024, month, day).ok().map(|_| When::Yearless(month, day, clock)),
    }
}

/// `sep`, `Sept`, `September`
fn parse_month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let starts = |month: &&str| month.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let at = MONTHS.iter().position(|month| word.len() >= 3 && starts(month))?;
    i8::try_from(at + 1).ok()
}

/// `19:35` or `19:35:02`
fn parse_clock(word: &str) -> Option<Time> {
    let mut parts = word.split(':');
    let mut next = |most: i8| {
        let part = parts.next()?;
        let number = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        number.then(|| part.parse().ok().filter(|value: &i8| *value <= most))?
    };
    let (hour, minute) = (next(23)?, next(59)?);
    let second = if word.matches(':').count() > 1 { next(59)? } else { 0 };
    if parts.next().is_some() { None } else { Time::new(hour, minute, second, 0).ok() }
}

/// Every other form that logs have. Without a zone of its own it is read in the one that is shown,
/// since it may have been read off the screen.
fn parse_other(text: &str) -> Option<When> {
    let at = time::parse(text)?;
    // If a zone can follow, there was none.
    let zoneless = time::parse(&format!("{text}Z")) == Some(at);
    if zoneless {
        let stamp = Timestamp::from_microsecond(at).ok()?;
        return Some(When::Clock(TimeZone::UTC.to_datetime(stamp)));
    }
    Some(When::At(at, written_offset(text, at)))
}

/// How far ahead of UTC the clock is by which a text with an offset names a time.
fn written_offset(text: &str, at: Micros) -> i32 {
    // Behind the hyphens of a date.
    let sign = text.rfind(['+', '-']).filter(|sign| *sign > "2026-09-03".len());
    let clock = sign.and_then(|sign| text.get(..sign)).and_then(|clock| time::parse(&format!("{}Z", clock.trim())));
    clock.and_then(|clock| i32::try_from((clock - at) / SECOND).ok()).unwrap_or_default()
}

/// `2026-09-03T11:00+02`: without seconds where they are none, since there is little room for a filter.
fn with_offset(at: Micros, offset: i32) -> String {
    let clock = time::rfc3339(at + Micros::from(offset) * SECOND);
    let clock = clock.trim_end_matches('Z');
    let clock = clock.strip_suffix(":00").unwrap_or(clock);
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
    match minutes % 60 {
        0 => format!("{clock}{sign}{:02}", minutes / 60),
        rest => format!("{clock}{sign}{:02}:{rest:02}", minutes / 60),
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::At(at, 0) => f.write_str(&time::rfc3339(*at)),
            When::At(at, offset) => f.write_str(&with_offset(*at, *offset)),
            When::Back(count, unit) => {
                let letter = Unit::ALL.iter().find(|(known, ..)| known == unit).map_or('h', |(_, letter, _)| *letter);
                write!(f, "{count}{letter}")
            }
            When::Day(date) => write!(f, "{date}"),
            When::Clock(clock) => write!(f, "{clock}"),
            When::Yearless(month, day, clock) => {
                let name = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)?.get(..3)).unwrap_or_default();
                write!(f, "{day} {name}")?;
                match clock {
                    Some(clock) => write!(f, " {}", clock.strftime("%H:%M:%S")),
                    None => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Micros {
        time::parse(text).unwrap()
    }

    fn bounds(text: &str, newest: &str, zone: &str) -> Bounds {
        When::parse(text).unwrap().bounds(Some(at(newest)), &time::zone(zone).unwrap()).unwrap()
    }

    #[test]
    fn every_form_is_read_and_printed_so_that_it_is_read_again() {
        for (text, printed) in [
            ("6h", "6h"),
            ("90M", "90m"),
            ("2w", "2w"),
            ("2026-09-03", "2026-09-03"),
            ("2026-09-03T09:00:00Z", "2026-09-03T09:00:00Z"),
            ("2026-09-03T11:00:00.5+02:00", "2026-09-03T11:00:00.500+02"),
            ("2026-09-03T11:00:00+02:00", "2026-09-03T11:00+02"),
            ("2026-09-03T14:30:10+05:30", "2026-09-03T14:30:10+05:30"),
            ("2026-09-03T05:00:00-0400", "2026-09-03T05:00-04"),
            ("2026-09-03 09:00Z", "2026-09-03T09:00:00Z"),
            ("2026-09-03 09:00", "2026-09-03T09:00:00"),
            ("9/3/2026 9:00 AM", "2026-09-03T09:00:00"),
            ("1168335660", "2007-01-09T09:41:00Z"),
            ("3 Sep", "3 Sep"),
            ("sept 3", "3 Sep"),
            ("Sep. 3, 2026", "2026-09-03"),
            ("3 September 19:35", "3 Sep 19:35:00"),
            ("3 Sep 2026 19:35:02", "2026-09-03T19:35:02"),
        ] {
            let when = When::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(when.to_string(), printed);
            assert_eq!(When::parse(printed), Some(when), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "h",
            "-6h",
            "6y",
            "9999999h",
            "soon",
            "3",
            "3 Sep 3 Sep",
            "31 Sep",
            "3 Se",
            "3 Sep 25:00",
            "Sep",
            "3 Sep 1:2:3:4",
            "é",
            "2026-13-01",
            "2026-09-31",
            "99999999999d",
        ] {
            assert_eq!(When::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_without_a_year_is_the_nearest_to_the_newest_event() {
        for (text, newest, from) in [
            ("3 Sep", "2026-09-05T12:00:00Z", "2026-09-03"),
            ("6 Sep", "2026-09-05T12:00:00Z", "2026-09-06"),
            ("31 Dec", "2026-01-05T12:00:00Z", "2025-12-31"),
            ("2 Jan", "2025-12-30T12:00:00Z", "2026-01-02"),
            ("29 Feb", "2027-03-01T12:00:00Z", "2028-02-29"),
        ] {
            assert_eq!(bounds(text, newest, "UTC").from, at(from), "{text}");
        }
        assert_eq!(When::parse("3 Sep").unwrap().bounds(None, &TimeZone::UTC), None);
    }

    #[test]
    fn days_are_those_of_the_shown_zone_with_23_or_25_hours_where_clocks_change() {
        let newest = "2026-10-27T00:00:00Z";
        let autumn = bounds("25 Oct", newest, "Europe/Berlin");
        assert_eq!((autumn.from, autumn.end), (at("2026-10-24T22:00:00Z"), Some(at("2026-10-25T23:00:00Z"))));
        let spring = bounds("2026-03-29", newest, "Europe/Berlin");
        assert_eq!(spring.end, Some(spring.from + 23 * HOUR));
        // The hour that comes twice is hidden by neither bound.
        let twice = bounds("25 Oct 02:30", newest, "Europe/Berlin");
        assert_eq!((twice.from, twice.before), (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")));
    }
}
