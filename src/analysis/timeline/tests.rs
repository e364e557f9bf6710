//! From rows to what is said of them.

use std::sync::Arc;

use super::*;
use crate::analysis::spikes::Settings;
use crate::analysis::{Analysis, Builder, Detail, Mode, Of, SpikeKind, testing};
use crate::rules::Certainty;
use crate::text::time::{DAY, HOUR, Micros};

/// A Monday.
const START: Micros = 1_772_409_600 * SECOND;
const MINUTE: Micros = HOUR / 60;

fn did(app: &str, operation: Operation, person: &str, at: Micros) -> Row<'static> {
    testing::did(app, operation, person, START + at)
}

fn failed(app: &str, person: &str, at: Micros) -> Row<'static> {
    let detail = Detail { rule: Some((3, Certainty::Certain)), ..Detail::default() };
    Row { outcome: Outcome::Failure, detail: Some(Arc::new(detail)), ..did(app, Operation::Update, person, at) }
}

/// An hour of traffic is one person after the other.
fn traffic(app: &str, hours: std::ops::Range<i64>, per_hour: i64) -> Vec<Row<'static>> {
    let row = |hour: i64, at: i64| {
        let person = format!("p{}", (hour * per_hour + at) % 997);
        did(app, Operation::Update, &person, hour * HOUR + at * HOUR / per_hour)
    };
    hours.flat_map(|hour| (0..per_hour).map(move |at| row(hour, at))).collect()
}

fn analysed(rows: Vec<Row<'static>>) -> Analysis {
    let mut builder = Builder::default();
    let input = builder.input("log", true);
    for (key, row) in (1..).zip(rows) {
        builder.row(Row { input, key, ..row });
    }
    builder.finish(|_| 2)
}

fn spikes(analysis: &Analysis) -> Vec<(Of, Micros, Micros, SpikeKind, u64)> {
    let of = |spike: &crate::analysis::Spike| {
        (spike.of.clone(), spike.start - START, spike.end - START, spike.kind, spike.people)
    };
    analysis.spikes.iter().map(of).collect()
}

/// A hundred people fail on the tenth day at ten o'clock, and again every day for a week.
fn outage() -> Vec<Row<'static>> {
    let at = |person: i64, day: i64| 9 * DAY + 10 * HOUR + person * 20 * SECOND + day * DAY;
    let mut rows = traffic("Harbor", 0..24 * 18, 20);
    rows.extend(
        (0..7).flat_map(|day| (0..100).map(move |person| failed("Harbor", &format!("q{person}"), at(person, day)))),
    );
    rows
}

#[test]
fn a_membership_is_about_a_group_and_a_member() {
    let joins = |group: &str, person: &str, at: Micros, works: bool| {
        let row = if works { did("Harbor", Operation::Update, person, at) } else { failed("Harbor", person, at) };
        Row { operation: Operation::MembershipAdd, counterpart: Some(group.to_owned().into()), ..row }
    };
    let onsets = |rows: Vec<Row<'static>>| {
        let analysis = analysed(rows);
        let all = analysis.series.iter().find(|series| series.of == Of::Everything).unwrap();
        all.points.iter().map(|point| point.onsets).sum::<u32>()
    };
    let two_groups = vec![joins("g1", "ann", 0, false), joins("g2", "ann", MINUTE, false)];
    assert_eq!(onsets(two_groups), 2);
    // Her account works, and the group does not have her yet: tried again, it is the same failure.
    let update = did("Harbor", Operation::Update, "ann", MINUTE);
    let again = joins("g1", "ann", 2 * MINUTE, false);
    assert_eq!(onsets(vec![joins("g1", "ann", 0, false), update, again]), 1);
    let joined = joins("g1", "ann", MINUTE, true);
    assert_eq!(onsets(vec![joins("g1", "ann", 0, false), joined, joins("g1", "ann", 2 * MINUTE, false)]), 2);
    // Where the log names one of them only, that one is meant.
    let unnamed = |at| Row { counterpart: None, ..joins("", "ann", at, false) };
    assert_eq!(onsets(vec![unnamed(0), unnamed(MINUTE)]), 1);
}

#[test]
fn who_fails_once_and_is_tried_again_for_a_week_is_one_spike() {
    let analysis = analysed(outage());
    let ten = 9 * DAY + 10 * HOUR;
    assert_eq!(spikes(&analysis), [(Of::Rule(3), ten, ten + HOUR, SpikeKind::Spike, 100)]);
    let series = analysis.series.iter().find(|series| series.of == Of::Rule(3)).unwrap();
    assert_eq!(series.points.iter().map(|point| point.onsets).sum::<u32>(), 100);
    assert_eq!(series.points.iter().map(|point| point.failures).sum::<u32>(), 700);
    assert_eq!(series.points.iter().filter(|point| point.flagged).count(), 1);
    assert_eq!(series.mode, Mode::Rate);
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let mut rows = outage();
    rows.extend(traffic("Quay", 0..24 * 12, 8));
    rows.extend((0..40).map(|person| did("Quay", Operation::Delete, &format!("r{person}"), 11 * DAY + 5 * HOUR)));
    let facts = |analysis: &Analysis| format!("{:?} {:?} {:?}", analysis.series, analysis.spikes, analysis.silences);
    let there = facts(&analysed(rows.clone()));
    let count = rows.len();
    let mixed = (0..count).map(|at| rows[at * 7919 % count].clone()).collect();
    assert_ne!(count % 7919, 0);
    assert_eq!(there, facts(&analysed(mixed)));
    rows.reverse();
    assert_eq!(there, facts(&analysed(rows)));
}

#[test]
fn several_threads_find_the_same() {
    let rows: Vec<Row<'static>> = ["Harbor", "Quay", "Pier", "Mole", "Dock", "Jetty"]
        .iter()
        .flat_map(|app| traffic(app, 0..24 * 20, 20))
        .collect();
    assert!(rows.len() > 50_000);
    let with = |threads: usize| {
        let mut builder = Builder::default().testing(Settings::default(), threads);
        let input = builder.input("log", true);
        (1..).zip(&rows).for_each(|(key, row)| builder.row(Row { input, key, ..row.clone() }));
        format!("{:?}", builder.finish(|_| 0).series)
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn without_successes_counts_are_compared_with_counts() {
    let mut rows: Vec<Row<'static>> = (0..24 * 14)
        .filter(|hour| hour % 5 == 0)
        .map(|hour| failed("Harbor", &format!("p{hour}"), hour * HOUR + MINUTE))
        .collect();
    rows.extend((0..30).map(|person| failed("Harbor", &format!("q{person}"), 12 * DAY + 3 * HOUR + person * MINUTE)));
    let analysis = analysed(rows);
    assert_eq!(spikes(&analysis), [(Of::Rule(3), 12 * DAY + 3 * HOUR, 12 * DAY + 4 * HOUR, SpikeKind::Spike, 30)]);
    assert!(analysis.series.iter().all(|series| series.mode == Mode::CountOnly));
}

#[test]
fn failures_of_the_connection_and_of_nobody_are_counted_but_no_spike() {
    let with = |change: fn(&mut Row<'static>)| {
        let mut rows = traffic("Harbor", 0..24 * 14, 20);
        rows.extend((0..80).map(|at| {
            let mut row = failed("Harbor", &format!("q{at}"), 12 * DAY + at * SECOND);
            change(&mut row);
            row
        }));
        let analysis = analysed(rows);
        let failures: u32 = analysis.series[0].points.iter().map(|point| point.failures).sum();
        (analysis.spikes.len(), failures)
    };
    assert_eq!(with(|_| {}), (1, 80));
    assert_eq!(with(|row| row.operation = Operation::CredentialCheck), (0, 80));
    assert_eq!(with(|row| row.login = None), (0, 80));
}

#[test]
fn many_removals_at_once_are_a_spike_of_their_own() {
    let mut rows = traffic("Harbor", 0..24 * 14, 20);
    rows.extend((0..12).map(|day| did("Harbor", Operation::Deactivate, &format!("l{day}"), day * DAY + 9 * HOUR)));
    rows.extend((0..60).map(|person| did("Harbor", Operation::Delete, &format!("m{person}"), 12 * DAY + 9 * HOUR)));
    let analysis = analysed(rows);
    let nine = 12 * DAY + 9 * HOUR;
    assert_eq!(spikes(&analysis), [(Of::Removals, nine, nine + HOUR, SpikeKind::Spike, 60)]);
}

#[test]
fn who_stops_while_others_go_on_is_silent() {
    let mut rows = traffic("Harbor", 0..24 * 10, 6);
    rows.extend(traffic("Quay", 0..24 * 10 + 9, 6));
    let analysis = analysed(rows.clone());
    let silent: Vec<_> = analysis.silences.iter().map(|silence| (&*silence.app, silence.silent_for / HOUR)).collect();
    assert_eq!(silent, [("Harbor", 9)]);
    assert_eq!(analysis.silences[0].usual_interval / MINUTE, 10);
    rows.iter_mut().filter(|row| row.app.as_deref() == Some("Quay")).for_each(|row| row.provider = Provider::JumpCloud);
    assert!(analysed(rows).silences.is_empty(), "the end of an export is no silence");
}

#[test]
fn a_short_log_has_bursts_and_no_spikes() {
    let mut rows = traffic("Harbor", 0..8, 60);
    rows.extend((0..50).map(|person| failed("Harbor", &format!("q{person}"), 5 * HOUR + person * SECOND)));
    let analysis = analysed(rows);
    assert!(analysis.spikes.is_empty());
    let bursts: Vec<_> =
        analysis.bursts.iter().map(|burst| (burst.of.clone(), (burst.start - START) / HOUR, burst.people)).collect();
    assert_eq!(bursts, [(Of::Rule(3), 5, 50)]);
}

#[test]
fn strange_times_are_left_out_and_counted() {
    let mut rows = outage();
    let wanted = spikes(&analysed(rows.clone()));
    rows.extend([-19_000 * DAY, 30_000 * DAY, 2_000_000 * DAY].map(|at| failed("Harbor", "odd", at)));
    rows.push(Row { time: None, ..failed("Harbor", "odd", 0) });
    let analysis = analysed(rows);
    assert_eq!(spikes(&analysis), wanted);
    assert_eq!((analysis.left_out.outside, analysis.left_out.without_time), (3, 1));
}

#[test]
fn what_is_too_long_ago_to_count_takes_no_room_and_changes_nothing() {
    // Two years, and a clock that was wrong once; somebody fails now and then, and it works again.
    let mut rows = traffic("Harbor", 0..24 * 730, 1);
    rows.extend((0..730).step_by(9).map(|day| failed("Harbor", "p5", day * DAY + 5 * MINUTE)));
    rows.extend(traffic("Wharf", 24 * 500..24 * 720, 1));
    rows.push(did("Harbor", Operation::Update, "p1", 9_000 * DAY));
    rows.sort_by_key(|row| row.time);
    let wrong = rows.pop();
    rows.insert(3_000, wrong.unwrap());
    let analysed = |always: usize| {
        let mut builder = Builder::default();
        builder.timeline.forgotten = Forgotten::keeping(always);
        let input = builder.input("log", true);
        for (key, row) in (1..).zip(rows.clone()) {
            builder.row(Row { input, key, ..row });
        }
        let kept: usize = builder.timeline.apps.iter().map(|log| log.attempts.len()).sum();
        (kept, builder.finish(|_| 2))
    };
    let ((all, whole), (kept, forgetful)) = (analysed(usize::MAX), analysed(500));
    assert_eq!(all, rows.len());
    // At most twice what counts.
    assert!((400 * 24..2 * 650 * 24).contains(&kept) && kept < all * 7 / 8, "{kept} of {all}");
    assert_eq!(format!("{whole:?}"), format!("{forgetful:?}"));
}
