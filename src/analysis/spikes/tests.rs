use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::*;
use crate::analysis::trends::SpikeKind;
use crate::text::time::{HOUR, parse};

fn calendar(start: &str, hours: i64, buckets: usize) -> Calendar {
    Calendar::new(parse(start).unwrap(), hours * HOUR, buckets as u32, &TimeZone::UTC, &BTreeSet::new())
}

/// Every onset is its own subject.
fn track(mode: Mode, onsets: &[u32], exposure: &[f64]) -> Track {
    let who = (0u32..).zip(onsets).flat_map(|(at, count)| std::iter::repeat_n(at, *count as usize));
    Track { mode, onsets: onsets.to_vec(), exposure: exposure.to_vec(), who: who.zip(0..).collect(), covered: 1.0 }
}

fn found(track: &Track, calendar: &Calendar) -> Vec<(usize, usize, SpikeKind)> {
    let verdict = detect(track, calendar, &Settings::default());
    verdict.intervals.iter().map(|interval| (interval.from, interval.to, interval.kind)).collect()
}

#[test]
fn two_failures_a_week_and_three_at_once_are_none_six_are_one() {
    let calendar = calendar("2026-03-02T00:00:00Z", 1, 30 * 24);
    let with = |count: u32, mode: Mode| {
        let mut onsets = vec![0; 30 * 24];
        (0..8).for_each(|at| onsets[at * 84 + 30] = 1);
        onsets[29 * 24 + 11] = count;
        let exposure = vec![if mode == Mode::Rate { 40.0 } else { 1.0 }; 30 * 24];
        found(&track(mode, &onsets, &exposure), &calendar)
    };
    for mode in [Mode::Rate, Mode::CountOnly] {
        assert_eq!(with(3, mode), [], "{mode:?}");
        assert_eq!(with(6, mode), [(29 * 24 + 11, 29 * 24 + 12, SpikeKind::Spike)], "{mode:?}");
    }
}

#[test]
fn a_load_twenty_times_as_high_is_no_spike_if_the_rate_holds() {
    let calendar = calendar("2026-03-02T00:00:00Z", 2, 28 * 12);
    let mut exposure = vec![50.0; 28 * 12];
    let mut onsets: Vec<u32> = (0..28 * 12).map(|at| u32::from(at % 2 == 0)).collect();
    let sunday = 20 * 12 + 3;
    (exposure[sunday], onsets[sunday]) = (1_000.0, 12);
    assert_eq!(found(&track(Mode::Rate, &onsets, &exposure), &calendar), []);
    onsets[sunday] = 60;
    assert_eq!(found(&track(Mode::Rate, &onsets, &exposure), &calendar), [(sunday, sunday + 1, SpikeKind::Spike)]);
}

#[test]
fn an_outage_of_ten_days_is_one_new_level_after_seven() {
    let calendar = calendar("2026-03-02T00:00:00Z", 2, 40 * 12);
    let exposure = vec![100.0; 40 * 12];
    let outage = 15 * 12..25 * 12;
    let onsets: Vec<u32> =
        (0..40 * 12).map(|at| if outage.contains(&at) { 40 + at as u32 % 5 } else { u32::from(at % 3 == 0) }).collect();
    let level = [(15 * 12, 22 * 12 + 1, SpikeKind::NewLevel)];
    assert_eq!(found(&track(Mode::Rate, &onsets, &exposure), &calendar), level);
    // The same with a quiet bucket just before it is called usual.
    let mut onsets = onsets;
    onsets[22 * 12 - 1] = 0;
    assert_eq!(found(&track(Mode::Rate, &onsets, &exposure), &calendar), level);
}

#[test]
fn a_day_of_trouble_is_sustained_and_trouble_at_the_end_goes_on() {
    let calendar = calendar("2026-03-02T00:00:00Z", 2, 20 * 12);
    let exposure = vec![100.0; 20 * 12];
    let mut onsets: Vec<u32> = (0..20 * 12).map(|at| u32::from(at % 3 == 0)).collect();
    onsets[10 * 12..11 * 12 + 2].fill(30);
    onsets[20 * 12 - 2..].fill(30);
    let found = found(&track(Mode::Rate, &onsets, &exposure), &calendar);
    assert_eq!(found, [(120, 134, SpikeKind::Sustained), (238, 240, SpikeKind::Ongoing)]);
}

#[test]
fn seven_days_later_is_the_same_seven_days_later() {
    let onsets: Vec<u32> =
        (0..20 * 12).map(|at| if (150..153).contains(&at) { 25 } else { (at as u32 * 7) % 3 }).collect();
    let exposure: Vec<f64> = (0..20 * 12).map(|at| 60.0 + f64::from(at % 12)).collect();
    let track = track(Mode::Rate, &onsets, &exposure);
    let then = detect(&track, &calendar("2026-03-02T00:00:00Z", 2, 240), &Settings::default());
    let later = detect(&track, &calendar("2026-03-09T00:00:00Z", 2, 240), &Settings::default());
    assert_eq!(then.intervals, later.intervals);
    assert_eq!(then.intervals.len(), 1);
}

#[test]
fn what_comes_later_never_changes_a_verdict() {
    let onsets: Vec<u32> =
        (0..20 * 12).map(|at| if (150..153).contains(&at) { 25 } else { (at as u32 * 7) % 3 }).collect();
    let exposure = vec![60.0; 240];
    let all = found(&track(Mode::Rate, &onsets, &exposure), &calendar("2026-03-02T00:00:00Z", 2, 240));
    let until = found(&track(Mode::Rate, &onsets[..160], &exposure[..160]), &calendar("2026-03-02T00:00:00Z", 2, 160));
    assert_eq!(all, until);
}

#[test]
fn two_people_are_not_enough() {
    let calendar = calendar("2026-03-02T00:00:00Z", 2, 240);
    let mut onsets = vec![0; 240];
    onsets[200] = 12;
    let mut track = track(Mode::Rate, &onsets, &[50.0; 240]);
    assert_eq!(found(&track, &calendar).len(), 1);
    track.who.iter_mut().for_each(|(_, subject)| *subject %= 2);
    assert_eq!(found(&track, &calendar), []);
}

/// The smallest count that fires in one bucket, for what is expected and how well it is known.
#[test]
fn the_smallest_counts_that_fire_are_as_published() {
    let fires = |count: u64, mean: f64, support: f64, dispersion: f64| {
        let count_f = count as f64;
        let variance = dispersion * mean + mean * mean / support;
        count >= 5 && count_f >= 2.0 * mean && count_f - mean >= 5.0 && tail::tail(count, mean, variance) <= 1e-5 / 3.0
    };
    let means = [0.02, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0, 200.0];
    let table = [
        (500.0, 1.0, [6, 6, 7, 9, 12, 19, 28, 100, 400]),
        (50.0, 1.0, [6, 6, 7, 9, 12, 20, 31, 106, 400]),
        (5.0, 1.0, [6, 6, 8, 11, 16, 30, 53, 229, 889]),
        (500.0, 3.0, [16, 20, 24, 27, 32, 41, 53, 124, 400]),
    ];
    for (support, dispersion, published) in table {
        let smallest = means.map(|mean| (1..).find(|count| fires(*count, mean, support, dispersion)).unwrap());
        assert_eq!(smallest, published, "a = {support}, φ = {dispersion}");
    }
}

#[test]
fn a_burst_is_found_in_a_few_hours() {
    let onsets = [0, 1, 0, 0, 40, 35, 1, 0, 0, 1, 0, 0];
    let burst = |onsets: &[u32]| {
        burst::burst(&track(Mode::Rate, onsets, &vec![60.0; onsets.len()]), HOUR, &Settings::default())
            .map(|interval| (interval.from, interval.to))
    };
    assert_eq!(burst(&onsets), Some((4, 6)));
    assert_eq!(burst(&[3; 12]), None);
    assert_eq!(burst(&[50]), None, "nothing to compare with");
}

mod silences {
    use super::*;
    use crate::text::time::DAY;

    /// Two weeks of office hours, hour by hour, up to a Friday at 10.
    fn attempts(per_hour: u32) -> (Calendar, Vec<u32>, i64) {
        let calendar = calendar("2026-03-02T00:00:00Z", 1, 18 * 24);
        let office = |at: usize| !calendar.is_free(at) && (8..18).contains(&calendar.phase(at));
        let last = 11 * 24 + 10;
        let attempts = (0..18 * 24).map(|at| if office(at) && at <= last { per_hour } else { 0 }).collect();
        let last = calendar.start_of(last);
        (calendar, attempts, last)
    }

    fn hours(per_hour: u32, silent: i64) -> bool {
        let (calendar, attempts, last) = attempts(per_hour);
        silence::silence(&calendar, &attempts, last, last + silent * HOUR).is_some()
    }

    #[test]
    fn who_reported_every_hour_and_stops_is_silent() {
        assert!(hours(10, 6));
        assert!(!hours(10, 2), "too short");
        assert!(!hours(1, 6), "too little is missing");
    }

    #[test]
    fn a_weekend_is_no_silence() {
        let (calendar, mut attempts, _) = attempts(10);
        let friday = 11 * 24 + 17;
        (11 * 24 + 8..=friday).for_each(|at| attempts[at] = 10);
        let last = calendar.start_of(friday);
        assert_eq!(silence::silence(&calendar, &attempts, last, last + 2 * DAY), None);
        assert!(silence::silence(&calendar, &attempts, last, last + 3 * DAY).is_some(), "Monday evening");
    }

    #[test]
    fn who_reports_once_a_week_is_never_silent() {
        let calendar = calendar("2026-03-02T00:00:00Z", 1, 30 * 24);
        let mut attempts = vec![0; 30 * 24];
        (0..3).for_each(|week| attempts[week * 7 * 24 + 9] = 500);
        let last = calendar.start_of(14 * 24 + 9);
        assert_eq!(silence::silence(&calendar, &attempts, last, last + 12 * DAY), None);
    }
}
