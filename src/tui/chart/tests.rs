use jiff::tz::TimeZone;

use super::*;
use crate::analysis::{Analysis, Mode, Of, Point, Series};
use crate::event::Provider;
use crate::text::time::{HOUR, Micros, parse};
use crate::tui::look::{ASCII, BASIC, FULL};

fn at(text: &str) -> Micros {
    parse(text).unwrap()
}

fn berlin() -> TimeZone {
    crate::text::time::zone("Europe/Berlin").unwrap()
}

fn series(app: &str, width: Micros, start: &str, failures: &[u32]) -> Series {
    let point = |(bucket, failures): (u32, &u32)| Point { bucket, failures: *failures, ..Point::default() };
    Series {
        app: app.into(),
        app_id: None,
        provider: Provider::Okta,
        of: Of::Everything,
        mode: Mode::Rate,
        width,
        start: at(start),
        buckets: failures.len() as u32,
        before: Point::default(),
        points: (0..).zip(failures).map(point).collect(),
        dispersion: 1.0,
    }
}

fn failures(series: Vec<Series>) -> Failures {
    Failures::of(&Analysis { series, ..Analysis::default() }).unwrap()
}

#[test]
fn applications_are_added_up_whatever_their_buckets() {
    let mut one = series("A", HOUR, "2026-09-01T03:00:00Z", &[1, 2, 4, 8]);
    one.before.failures = 16;
    let mut only_rule = one.clone();
    only_rule.of = Of::Rule(0);
    let all = failures(vec![one, only_rule, series("B", 2 * HOUR, "2026-09-01T02:00:00Z", &[100, 200, 300])]);
    assert_eq!((all.start, all.width), (at("2026-09-01T02:00:00Z"), 2 * HOUR));
    assert_eq!(all.counts, [117, 206, 308]);
    assert_eq!(all.total(), 631);
    assert!(Failures::of(&Analysis::default()).is_none());
}

#[test]
fn bars_are_as_short_as_fit_and_lose_nothing() {
    let hours = failures(vec![series("A", HOUR, "2026-09-01T06:00:00Z", &[3; 114])]);
    for (room, length, bars, columns) in
        [(300, "hour", 114, 2), (114, "hour", 114, 1), (75, "2 hours", 57, 1), (40, "3 hours", 39, 1), (7, "day", 6, 1)]
    {
        let chart = Chart::of(&hours, hours.span(), room, &berlin());
        assert_eq!((chart.length, chart.bars.len(), chart.columns), (length, bars, columns), "{room}");
        assert_eq!(chart.bars.iter().map(|bar| bar.count).sum::<u64>(), 342);
        assert!(chart.bars.windows(2).all(|pair| pair[0].to == pair[1].from));
    }
}

#[test]
fn days_begin_at_midnight_of_the_zone_also_when_clocks_change() {
    let start = "2026-10-23T00:00:00Z";
    let hours = failures(vec![series("A", HOUR, start, &[1; 24 * 4])]);
    let chart = Chart::of(&hours, hours.span(), 5, &berlin());
    let edges: Vec<Micros> = chart.bars.iter().map(|bar| bar.from).collect();
    let wanted =
        ["2026-10-22T22:00Z", "2026-10-23T22:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z", "2026-10-26T23:00Z"];
    assert_eq!(edges, wanted.map(at));
    // The day on which an hour comes twice has 25 of them.
    assert_eq!(chart.bars.iter().map(|bar| bar.count).collect::<Vec<_>>(), [22, 24, 25, 24, 1]);
}

#[test]
fn something_is_never_shown_as_nothing_and_the_most_fills_the_height() {
    let hours = failures(vec![series("A", HOUR, "2026-09-01T00:00:00Z", &[0, 1, 50, 100])]);
    let chart = Chart::of(&hours, hours.span(), 4, &TimeZone::UTC);
    let row = |row, glyphs| chart.row(row, 2, glyphs).concat();
    assert_eq!((row(0, &FULL), row(1, &FULL)), ("   █".to_owned(), " ▁██".to_owned()));
    assert_eq!((row(0, &BASIC), row(1, &BASIC)), ("   █".to_owned(), " ▄██".to_owned()));
    assert_eq!((row(0, &ASCII), row(1, &ASCII)), ("   #".to_owned(), " _##".to_owned()));
    assert_eq!((chart.peak(), chart.highest()), (100, Some(3)));
    assert_eq!(chart.at(at("2026-09-01T02:59:59Z")), Some(2));
    assert_eq!(chart.at(at("2026-09-02")), None);
}

#[test]
fn labels_are_days_hours_or_months_and_never_touch() {
    let labels = |hours: usize, room| {
        let hours = failures(vec![series("A", HOUR, "2026-08-31T22:00:00Z", &vec![1; hours])]);
        let labels = Chart::of(&hours, hours.span(), room, &berlin()).labels(&berlin());
        labels.into_iter().map(|(at, text)| format!("{at} {text}")).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(labels(24 * 5, 120), "0 1 Sep, 24 2 Sep, 48 3 Sep, 72 4 Sep, 96 5 Sep");
    assert_eq!(labels(12, 60), "0 1 Sep, 10 02:00, 20 04:00, 30 06:00, 40 08:00, 50 10:00");
    assert_eq!(labels(24 * 120, 60), "0 Sep, 15 Oct, 31 Nov, 46 Dec");
    assert_eq!(labels(24 * 30, 10), "0 31 Aug");
    assert_eq!(labels(24 * 800, 60), "0 Aug 2026, 11 Feb 2027, 22 Jul 2027, 33 Dec 2027, 44 May 2028");
}
