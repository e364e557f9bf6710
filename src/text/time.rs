//! Points in time as logs write them, and as we write them.
//!
//! Inside the program a time is a number of microseconds since 1970 in UTC. Every text form that
//! was met in exported logs is read here (the list is in the test); a text that names no zone is
//! taken as UTC, and one that gives month and day as numbers with slashes as month first, which is
//! what Azure's exports and PowerShell do.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// Microseconds in a second.
pub const SECOND: Micros = 1_000_000;
/// Microseconds in an hour.
pub const HOUR: Micros = 3_600 * SECOND;
/// Microseconds in a day.
pub const DAY: Micros = 24 * HOUR;

/// Reads a point in time. `None` for text that is no time, and for the dates that products write
/// for "never" (years before 1970 or after 9000).
pub fn parse(text: &str) -> Option<Micros> {
    let text = text.trim();
    let micros = parse_iso(text)
        .or_else(|| parse_date_first(text))
        .or_else(|| parse_access_log(text))
        .or_else(|| parse_epoch(text))?;
    // 9000-01-01: "never expires" is written as year 9999 or so.
    (0..221_845_392_000 * SECOND).contains(&micros).then_some(micros)
}

/// `2026-01-05T09:00:00.123Z` and its relatives: space for `T`, comma for the dot, 0–9 digits of
/// fraction, offset with or without colon, no zone, ` UTC` behind.
fn parse_iso(text: &str) -> Option<Micros> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> { digits(bytes.get(from..to)?) };
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let Some(separator) = bytes.get(10) else {
        return Wall { year, month, day, ..Wall::default() }.in_utc();
    };
    if !matches!(separator, b'T' | b't' | b' ') || bytes.get(13) != Some(&b':') {
        return None;
    }
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let (second, rest) = match bytes.get(16) {
        Some(b':') => (number(17, 19)?, bytes.get(19..)?),
        _ => (0, bytes.get(16..)?),
    };
    let (micros, rest) = fraction(rest);
    let wall = Wall { year, month, day, hour, minute, second, micros };
    wall.in_utc().and_then(|at| apply_zone(at, rest))
}

/// `1/9/2007 10:41:00 AM +01:00`, `05/28/2025 01:15:14`, `8/23/2022, 1:36:52.869 PM`: month first,
/// unless the first number can only be a day. `23.11.2026, 10:00:00`: with dots the day is always first.
fn parse_date_first(text: &str) -> Option<Micros> {
    let (date, rest) = text.split_once([' ', ','])?;
    let dotted = date.contains('.');
    let mut parts = date.split(if dotted { '.' } else { '/' });
    let mut next = || parts.next().and_then(|part| digits(part.as_bytes()));
    let (first, second, year) = (next()?, next()?, next()?);
    if dotted && (parts.next().is_some() || year < 1_000) {
        return None;
    }
    let (month, day) = if dotted || first > 12 { (second, first) } else { (first, second) };
    let rest = rest.trim_start_matches([' ', ',']);
    let (clock, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut parts = clock.splitn(3, ':');
    let mut hour = digits(parts.next()?.as_bytes())?;
    let minute = digits(parts.next()?.as_bytes())?;
    let seconds = parts.next().unwrap_or("0").as_bytes();
    let whole = seconds.iter().take_while(|b| b.is_ascii_digit()).count();
    let second = digits(seconds.get(..whole)?)?;
    let (micros, _) = fraction(seconds.get(whole..)?);
    let rest = rest.trim();
    let upper = rest.get(..2).map(str::to_ascii_uppercase);
    let zone = match upper.as_deref() {
        Some("AM") => {
            hour %= 12;
            rest.get(2..)?
        }
        Some("PM") => {
            hour = hour % 12 + 12;
            rest.get(2..)?
        }
        _ => rest,
    };
    let wall = Wall { year, month, day, hour, minute, second, micros };
    wall.in_utc().and_then(|at| apply_zone(at, zone.as_bytes()))
}

/// `05/Sep/2024:14:43:14 +0000`
fn parse_access_log(text: &str) -> Option<Micros> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (date, rest) = text.split_once(':')?;
    let mut parts = date.split('/');
    let day = digits(parts.next()?.as_bytes())?;
    let name = parts.next()?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|m| *m == name)? as i64 + 1;
    let year = digits(parts.next()?.as_bytes())?;
    let bytes = rest.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> { digits(bytes.get(from..to)?) };
    let (hour, minute, second) = (number(0, 2)?, number(3, 5)?, number(6, 8)?);
    let wall = Wall { year, month, day, hour, minute, second, micros: 0 };
    apply_zone(wall.in_utc()?, bytes.get(8..)?)
}

/// Seconds (10 digits, perhaps with a fraction) or milliseconds (13 digits) since 1970.
fn parse_epoch(text: &str) -> Option<Micros> {
    let bytes = text.as_bytes();
    let whole = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let value = digits(bytes.get(..whole)?)?;
    let (micros, rest) = fraction(bytes.get(whole..)?);
    match (whole, rest.is_empty()) {
        (10, true) => Some(value * SECOND + micros),
        (13, true) => Some(value * 1_000),
        _ => None,
    }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 15 {
        return None;
    }
    bytes.iter().try_fold(0i64, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

/// Microseconds of a leading `.123456789` or `,123`, and what follows it. Digits beyond the sixth
/// are cut off, not rounded, so that a later event never gets an earlier time.
fn fraction(bytes: &[u8]) -> (i64, &[u8]) {
    let Some((b'.' | b',', rest)) = bytes.split_first() else { return (0, bytes) };
    let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (fraction, rest) = rest.split_at(count);
    let mut micros = 0;
    for place in 0..6 {
        micros = micros * 10 + fraction.get(place).map_or(0, |b| i64::from(b - b'0'));
    }
    (micros, rest)
}

/// What a calendar and a clock on the wall show.
#[derive(Default)]
struct Wall {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
}

impl Wall {
    /// The instant at which they show that in Greenwich.
    fn in_utc(self) -> Option<Micros> {
        // A leap second and "24:00" exist in logs but not in the calendar: take the instant after.
        let (second, extra) = if self.second == 60 { (59, SECOND) } else { (self.second, 0) };
        let (hour, extra) = if self.hour == 24 { (23, extra + HOUR) } else { (self.hour, extra) };
        let at = DateTime::new(
            i16::try_from(self.year).ok()?,
            i8::try_from(self.month).ok()?,
            i8::try_from(self.day).ok()?,
            i8::try_from(hour).ok()?,
            i8::try_from(self.minute).ok()?,
            i8::try_from(second).ok()?,
            0,
        )
        .ok()?;
        Some(TimeZone::UTC.to_timestamp(at).ok()?.as_microsecond() + self.micros + extra)
    }
}

/// Turns a wall clock into UTC by what stands behind it: nothing, `Z`, `UTC`, `+02:00`, `-0500`.
fn apply_zone(at: Micros, zone: &[u8]) -> Option<Micros> {
    let zone = zone.trim_ascii();
    let (sign, rest) = match zone.split_first() {
        None => return Some(at),
        Some((b'+', rest)) => (-1, rest),
        Some((b'-', rest)) => (1, rest),
        _ if zone.eq_ignore_ascii_case(b"Z")
            || zone.eq_ignore_ascii_case(b"UTC")
            || zone.eq_ignore_ascii_case(b"GMT") =>
        {
            return Some(at);
        }
        _ => return None,
    };
    let hours = digits(rest.get(..2)?)?;
    let minutes = match rest.len() {
        2 => 0,
        4 => digits(rest.get(2..4)?)?,
        5 => digits(rest.get(3..5)?)?,
        _ => return None,
    };
    Some(at + sign * (hours * HOUR + minutes * 60 * SECOND))
}

/// `2026-01-05T09:00:00Z`, with as many digits of fraction as are needed (0, 3 or 6).
pub fn rfc3339(at: Micros) -> String {
    let Ok(stamp) = Timestamp::from_microsecond(at) else { return format!("{at}µs") };
    if at % SECOND == 0 {
        format!("{stamp:.0}")
    } else if at % 1_000 == 0 {
        format!("{stamp:.3}")
    } else {
        format!("{stamp:.6}")
    }
}

/// A zone to show times in, by its IANA name (`Europe/Berlin`) or `UTC`.
pub fn zone(name: &str) -> Option<TimeZone> {
    if name.eq_ignore_ascii_case("utc") { Some(TimeZone::UTC) } else { TimeZone::get(name).ok() }
}

/// `2026-01-05 09:00` in the given zone, with its offset where the clock shows this time twice.
pub fn minute(at: Micros, zone: &TimeZone) -> String {
    on_the_wall(at, zone, "%Y-%m-%d %H:%M")
}

/// `2026-01-05 09:00:07` in the given zone, with its offset where the clock shows this time twice.
pub fn second(at: Micros, zone: &TimeZone) -> String {
    on_the_wall(at, zone, "%Y-%m-%d %H:%M:%S")
}

fn on_the_wall(at: Micros, zone: &TimeZone, form: &str) -> String {
    let Ok(stamp) = Timestamp::from_microsecond(at) else { return "time unknown".to_owned() };
    let shown = stamp.to_zoned_datetime(zone.clone());
    let is_twice = zone.to_ambiguous_timestamp(shown.datetime()).is_ambiguous();
    let form = if is_twice { format!("{form}%:z") } else { form.to_owned() };
    shown.strftime(&form).to_string()
}

/// The zone's name for a heading. A computer may be set to one without a name.
pub fn zone_label(zone: &TimeZone) -> String {
    zone.iana_name()
        .map_or_else(|| zone.to_fixed_offset().map_or("local time".to_owned(), |it| it.to_string()), str::to_owned)
}

/// The zone's name behind one time, or what its clock differs from UTC by then.
pub fn zone_label_at(at: Micros, zone: &TimeZone) -> String {
    match (zone.iana_name(), Timestamp::from_microsecond(at)) {
        (Some(name), _) => name.to_owned(),
        (None, Ok(stamp)) => stamp.to_zoned_datetime(zone.clone()).strftime("%:z").to_string(),
        (None, Err(_)) => zone_label(zone),
    }
}

/// Reads what `--since` and `--until` take: a time, a date, or `2h`, `7d`, `30m` before `newest`. What
/// names no zone is meant in `zone`; of a clock that is shown twice, the first time is.
pub fn parse_bound(text: &str, newest: Option<Micros>, zone: &TimeZone) -> Option<Micros> {
    if let Some(at) = parse(text) {
        // If a zone can follow, there was none.
        let names_none = date(text).is_some() || parse(&format!("{}Z", text.trim())) == Some(at);
        return if names_none { in_zone(Timestamp::from_microsecond(at).ok()?, zone) } else { Some(at) };
    }
    let unit = text.chars().last()?;
    let count = digits(text.get(..text.len() - unit.len_utf8())?.as_bytes())?;
    let length = match unit {
        'm' => count.checked_mul(60 * SECOND)?,
        'h' => count.checked_mul(HOUR)?,
        'd' => count.checked_mul(DAY)?,
        'w' => count.checked_mul(7 * DAY)?,
        _ => return None,
    };
    Some(newest?.saturating_sub(length))
}

/// Midnight after the day of `text` in `zone`, if `text` is a date without a clock: `--until 2026-01-05`
/// includes that day.
pub fn end_of_day(text: &str, zone: &TimeZone) -> Option<Micros> {
    let next = date(text)?.checked_add(1.day()).ok()?;
    in_zone(TimeZone::UTC.to_timestamp(next.at(0, 0, 0, 0)).ok()?, zone)
}

/// A date without a clock.
fn date(text: &str) -> Option<jiff::civil::Date> {
    let text = text.trim();
    (text.len() == 10).then(|| text.parse().ok())?
}

/// When a clock in `zone` shows what one in UTC shows at `at`; a day begins at the first time that it has.
fn in_zone(at: Timestamp, zone: &TimeZone) -> Option<Micros> {
    let clock = TimeZone::UTC.to_datetime(at);
    Some(zone.to_ambiguous_timestamp(clock).compatible().ok()?.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_without_a_name_is_not_called_utc() {
        let nameless = TimeZone::posix("XYZ-5").unwrap();
        assert_eq!((zone_label_at(0, &nameless).as_str(), zone_label(&nameless).as_str()), ("+05:00", "local time"));
        assert_eq!((zone_label_at(0, &TimeZone::UTC).as_str(), zone_label(&TimeZone::UTC).as_str()), ("UTC", "UTC"));
        let berlin = zone("Europe/Berlin").unwrap();
        assert_eq!(zone_label_at(0, &berlin), "Europe/Berlin");
    }

    #[test]
    fn f1_every_form_that_was_met_is_read() {
        let nine_forty_one = parse("2007-01-09T09:41:00Z").unwrap();
        for text in [
            "2007-01-09T09:41:00",
            "2007-01-09T09:41:00.0000000Z",
            "2007-01-09T09:41:00.000+00:00",
            "2007-01-09T11:41:00+02:00",
            "2007-01-09 09:41:00 UTC",
            "2007-01-09 09:41:00.000",
            "2007-01-09 09:41:00,000",
            "01/09/2007 09:41:00",
            "1/9/2007 09:41:00",
            "1/9/2007 9:41:00 AM",
            "1/9/2007 10:41:00 AM +01:00",
            "01/09/2007, 9:41:00.000 AM",
            "09/Jan/2007:09:41:00 +0000",
            "1168335660",
            "1168335660000",
            "1168335660.000",
            "2007-01-09T09:41Z",
            "2007-01-09T04:41:00-0500",
            "9.1.2007 09:41",
            "09.01.2007, 09:41:00",
        ] {
            assert_eq!(parse(text), Some(nine_forty_one), "{text}");
        }
    }

    #[test]
    fn f2_fractions_keep_microseconds() {
        let base = parse("2022-08-23T13:36:50Z").unwrap();
        assert_eq!(parse("2022-08-23T13:36:50.3538931Z"), Some(base + 353_893));
        assert_eq!(parse("2022-08-23T13:36:50.22Z"), Some(base + 220_000));
        assert_eq!(parse("2022-08-23T13:36:50.999999999Z"), Some(base + 999_999));
        assert_eq!(parse("1690064492.3663187"), Some(1_690_064_492 * SECOND + 366_318));
    }

    #[test]
    fn f2_never_and_nonsense_are_no_time() {
        for text in [
            "",
            "xxxx",
            "0001-01-01T00:00:00Z",
            "1601-01-01T00:00:00Z",
            "2017-09-31T00:00:00Z",
            "null",
            "12",
            "9999-12-31T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn f2_a_leap_second_is_the_next_second_and_24_00_the_next_day() {
        assert_eq!(parse("2016-12-31T24:00:00Z"), parse("2017-01-01T00:00:00Z"));
        assert_eq!(parse("2016-12-31T23:59:60Z"), parse("2017-01-01T00:00:00Z"));
    }

    #[test]
    fn printing_keeps_what_was_read() {
        for text in ["2026-01-05T09:00:00Z", "2026-01-05T09:00:00.123Z", "2026-01-05T09:00:00.123456Z"] {
            assert_eq!(rfc3339(parse(text).unwrap()), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn f2_a_time_that_was_printed_is_read_as_the_same(at in 0..9_000 * 365 * DAY / 2) {
            proptest::prop_assert_eq!(parse(&rfc3339(at)), Some(at));
        }

        #[test]
        fn f2_no_text_makes_it_stumble(text in "[0-9/:.,TZ+ -]{0,30}") {
            proptest::prop_assert!(parse(&text).is_none_or(|at| at >= 0));
        }
    }

    #[test]
    fn bounds_count_back_from_the_newest_event() {
        let newest = parse("2026-01-05T09:00:00Z").unwrap();
        let bound = |text, newest| parse_bound(text, newest, &TimeZone::UTC);
        assert_eq!(bound("2h", Some(newest)), Some(newest - 2 * HOUR));
        assert_eq!(bound("7d", None), None);
        assert_eq!(bound("soon", Some(newest)), None);
        assert_eq!(end_of_day("2026-01-05", &TimeZone::UTC), parse("2026-01-06"));
    }

    #[test]
    fn a_time_that_the_clock_shows_twice_has_its_offset() {
        let berlin = zone("Europe/Berlin").unwrap();
        let shown = |text: &str| minute(parse(text).unwrap(), &berlin);
        assert_eq!(shown("2026-10-24T23:59:00Z"), "2026-10-25 01:59");
        assert_eq!(shown("2026-10-25T00:30:00Z"), "2026-10-25 02:30+02:00");
        assert_eq!(shown("2026-10-25T01:30:00Z"), "2026-10-25 02:30+01:00");
        assert_eq!(shown("2026-10-25T02:00:00Z"), "2026-10-25 03:00");
        assert_eq!(second(parse("2026-10-25T00:30:07Z").unwrap(), &berlin), "2026-10-25 02:30:07+02:00");
        assert_eq!(minute(parse("2026-10-25T00:30:00Z").unwrap(), &TimeZone::UTC), "2026-10-25 00:30");
    }

    #[test]
    fn bounds_without_a_zone_are_meant_where_the_reader_is() {
        let berlin = zone("Europe/Berlin").unwrap();
        let bound = |text| parse_bound(text, None, &berlin).map(rfc3339);
        for (text, wanted) in [
            ("2026-01-05", "2026-01-04T23:00:00Z"),
            ("2026-07-05", "2026-07-04T22:00:00Z"),
            ("2026-01-05T09:00:00", "2026-01-05T08:00:00Z"),
            ("2026-01-05 09:00", "2026-01-05T08:00:00Z"),
            ("2026-01-05T09:00:00Z", "2026-01-05T09:00:00Z"),
            ("2026-01-05T09:00:00-05:00", "2026-01-05T14:00:00Z"),
            ("1168335660", "2007-01-09T09:41:00Z"),
            // The first of the two hours that the clock shows twice.
            ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        ] {
            assert_eq!(bound(text).as_deref(), Some(wanted), "{text}");
        }
        // The day on which clocks go back has 25 hours.
        let day = parse_bound("2026-10-25", None, &berlin).zip(end_of_day("2026-10-25", &berlin));
        assert_eq!(day.map(|(from, to)| to - from), Some(25 * HOUR));
        // In Chile the clocks go forward at midnight: that day begins at one o'clock.
        let chile = zone("America/Santiago").unwrap();
        assert_eq!(parse_bound("2026-09-06", None, &chile).map(rfc3339).as_deref(), Some("2026-09-06T04:00:00Z"));
    }
}
