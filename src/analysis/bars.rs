//! Failures over time: cut into bars so that they fit side by side, with an axis below.
//!
//! Bars begin and end where buckets of the series do, so what a bar says is what the events in its
//! time are, no more and no less. Days are those of a zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, ZonedDateTime};

use super::{Analysis, Issue, Of, Series};
use crate::text::time::{DAY, HOUR, Micros};
use crate::text::width::width;

/// Lengths of a bar, and how they are called.
const LENGTHS: [(Micros, &str); 13] = [
    (HOUR / 4, "15 minutes"),
    (HOUR / 2, "half hour"),
    (HOUR, "hour"),
    (2 * HOUR, "2 hours"),
    (3 * HOUR, "3 hours"),
    (4 * HOUR, "4 hours"),
    (6 * HOUR, "6 hours"),
    (12 * HOUR, "12 hours"),
    (DAY, "day"),
    (2 * DAY, "2 days"),
    (7 * DAY, "week"),
    (14 * DAY, "2 weeks"),
    (28 * DAY, "4 weeks"),
];
/// Columns of a bar where there are few.
const WIDEST: usize = 8;
/// Shortest time of which hours are named on the axis.
const HOURS_UP_TO: Micros = 2 * DAY;
/// Shortest time of which only months are named.
const MONTHS_FROM: Micros = 90 * DAY;
/// Shortest time in which a month may come twice, so that its year is named too.
const YEARS_FROM: Micros = 365 * DAY;

/// Failures of all applications in small buckets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    pub(crate) start: Micros,
    pub(crate) width: Micros,
    pub(crate) counts: Vec<u64>,
}

/// A time and how much failed in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Bar {
    pub from: Micros,
    /// Exclusive.
    pub to: Micros,
    pub count: u64,
}

/// Bars side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Chart {
    pub bars: Vec<Bar>,
    /// How long one is: `hour`.
    pub length: &'static str,
    /// Columns of one.
    pub columns: usize,
}

impl Failures {
    /// The sum over all applications; nothing if nothing was counted over time.
    pub fn of(analysis: &Analysis) -> Option<Failures> {
        Failures::summed(analysis, |series| series.of == Of::Everything)
    }

    /// Those of one issue; nothing if they were not counted over time.
    pub fn of_issue(issue: &Issue, analysis: &Analysis) -> Option<Failures> {
        let of = match (issue.rule, &issue.shape) {
            (Some(rule), _) => Of::Rule(rule),
            (None, Some(shape)) => Of::Unknown(shape.clone()),
            (None, None) => return None,
        };
        let app = issue.app.as_deref();
        Failures::summed(analysis, |series| series.of == of && app.is_none_or(|app| *series.app == *app))
    }

    fn summed(analysis: &Analysis, is_wanted: impl Fn(&Series) -> bool) -> Option<Failures> {
        let all = || analysis.series.iter().filter(|series| series.width > 0 && is_wanted(series));
        let width = all().map(|series| series.width).reduce(common_multiple)?;
        let first = all().map(first).min()?;
        let end = all().map(|series| series.start + series.width * Micros::from(series.buckets)).max()?;
        let start = first.div_euclid(width) * width;
        let buckets = usize::try_from((end - start + width - 1) / width).ok()?;
        let mut counts = vec![0; buckets];
        for series in all() {
            let points = series.points.iter().map(|point| (Micros::from(point.bucket), point.failures));
            for (bucket, failures) in points.chain([(-1, series.before.failures)]) {
                let place = (series.start + series.width * bucket - start).div_euclid(width);
                if let Some(count) = usize::try_from(place).ok().and_then(|place| counts.get_mut(place)) {
                    *count += u64::from(failures);
                }
            }
        }
        Some(Failures { start, width, counts })
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// From when to when they were counted.
    pub fn span(&self) -> (Micros, Micros) {
        (self.start, self.start + self.width * Micros::try_from(self.counts.len()).unwrap_or_default())
    }

    /// The shortest time that is worth a look.
    pub fn least_span(&self) -> Micros {
        self.width * 4
    }

    fn between(&self, from: Micros, to: Micros) -> u64 {
        let place = |at: Micros| usize::try_from((at - self.start).div_euclid(self.width.max(1))).unwrap_or_default();
        let (from, to) = (place(from.max(self.start)), place(to.max(self.start)).min(self.counts.len()));
        self.counts.get(from..to).unwrap_or_default().iter().sum()
    }
}

/// Where the first bucket begins, the one before the series included if it says anything.
fn first(series: &Series) -> Micros {
    series.start - if series.before.failures > 0 { series.width } else { 0 }
}

fn common_multiple(a: Micros, b: Micros) -> Micros {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x.max(1) * b
}

impl Chart {
    /// Bars of a time in `room` columns; as short as they can be.
    pub fn of(failures: &Failures, span: (Micros, Micros), room: usize, zone: &TimeZone) -> Chart {
        let room = room.max(1);
        let fitting = LENGTHS.iter().filter(|(length, _)| length % failures.width == 0);
        let mut chart = Chart { bars: Vec::new(), length: "", columns: 1 };
        for (length, words) in fitting {
            // Not made before it is known that there are few of them.
            if (span.1 - span.0) / length > Micros::try_from(room).unwrap_or(Micros::MAX) {
                continue;
            }
            let bars = cut(failures, span, *length, zone);
            if bars.len() <= room {
                chart = Chart { columns: (room / bars.len().max(1)).clamp(1, WIDEST), bars, length: words };
                break;
            }
        }
        chart
    }

    /// The most that failed in one of them.
    pub fn peak(&self) -> u64 {
        self.bars.iter().map(|bar| bar.count).max().unwrap_or_default()
    }

    /// The first one in which most failed.
    pub fn highest(&self) -> Option<usize> {
        let peak = self.peak();
        self.bars.iter().position(|bar| bar.count == peak)
    }

    /// The one that a time is in.
    pub fn at(&self, time: Micros) -> Option<usize> {
        let at = self.bars.partition_point(|bar| bar.to <= time);
        self.bars.get(at).filter(|bar| bar.from <= time).map(|_| at)
    }

    /// Columns and texts below the bars: days, hours where it is a short time, months where it is long.
    pub fn labels(&self, zone: &TimeZone) -> Vec<(usize, String)> {
        let Some((first, last)) = self.bars.first().zip(self.bars.last()) else { return Vec::new() };
        let long = last.to - first.from;
        let (mut days, mut hours) = (Vec::new(), Vec::new());
        let mut before: Option<ZonedDateTime> = None;
        for (at, bar) in self.bars.iter().enumerate() {
            let Some(begin) = zoned(bar.from, zone) else { continue };
            let is_new = |part: &dyn Fn(&ZonedDateTime) -> (i16, i8, i8)| {
                before.as_ref().is_none_or(|old| part(old) != part(&begin))
            };
            let column = at * self.columns;
            let by_month = long > MONTHS_FROM;
            if by_month && is_new(&|at| (at.date().year(), at.date().month(), 0)) {
                let format = if long > YEARS_FROM { "%b %Y" } else { "%b" };
                days.push((column, begin.strftime(format).to_string()));
            } else if !by_month && is_new(&|at| (at.date().year(), at.date().month(), at.date().day())) {
                days.push((column, begin.strftime("%-d %b").to_string()));
            } else if long <= HOURS_UP_TO && begin.minute() == 0 {
                hours.push((column, begin.strftime("%H:%M").to_string()));
            }
            before = Some(begin);
        }
        let room = self.bars.len() * self.columns;
        let mut placed: Vec<(usize, String)> = Vec::new();
        for (column, text) in days.into_iter().chain(hours) {
            let end = column + width(&text);
            let is_free = |other: &(usize, String)| end + 2 <= other.0 || other.0 + width(&other.1) + 2 <= column;
            if end <= room && placed.iter().all(is_free) {
                placed.push((column, text));
            }
        }
        placed.sort_unstable();
        placed
    }
}

/// Bars of one length that cover a time.
fn cut(failures: &Failures, span: (Micros, Micros), length: Micros, zone: &TimeZone) -> Vec<Bar> {
    let snapped = |at: Micros| at.div_euclid(failures.width) * failures.width;
    let mut edges: Vec<Micros> = match length < DAY {
        true => {
            let midnight = zoned(span.0, zone).and_then(|at| begin_of(at.date(), zone)).unwrap_or(0);
            let first = snapped(midnight + (span.0 - midnight).div_euclid(length) * length);
            let count = (span.1 - first + length - 1) / length;
            (0..=count).map(|at| first + at * length).collect()
        }
        false => days(span, length / DAY, zone).into_iter().map(snapped).collect(),
    };
    edges.dedup();
    let pairs = edges.iter().zip(edges.iter().skip(1));
    pairs.map(|(from, to)| Bar { from: *from, to: *to, count: failures.between(*from, *to) }).collect()
}

/// Midnights every so many days, weeks from their Monday on; the first one before the time, the last
/// one behind it.
fn days(span: (Micros, Micros), days: i64, zone: &TimeZone) -> Vec<Micros> {
    let Some(mut date) = zoned(span.0, zone).map(|at| at.date()) else { return Vec::new() };
    if days % 7 == 0 {
        let since_monday = i64::from(date.weekday().to_monday_zero_offset());
        date = date.checked_sub(since_monday.days()).unwrap_or(date);
    }
    let mut edges = Vec::new();
    while let Some(edge) = begin_of(date, zone) {
        edges.push(edge);
        let Ok(next) = date.checked_add(days.days()) else { break };
        if edge >= span.1 {
            break;
        }
        date = next;
    }
    edges
}

fn begin_of(date: Date, zone: &TimeZone) -> Option<Micros> {
    // A day may begin at one o'clock.
    let begin = zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible();
    begin.ok().map(Timestamp::as_microsecond)
}

fn zoned(at: Micros, zone: &TimeZone) -> Option<ZonedDateTime> {
    Timestamp::from_microsecond(at).ok().map(|at| at.to_zoned_datetime(zone.clone()))
}
