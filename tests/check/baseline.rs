//! A baseline from run to run: what is usual is silent, what is new or more is told once.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::log::{self, CONFLICT, CONFLICT_RULE, Log, TOKEN};
use crate::{Ended, check, folder};

const DAYS: u32 = 16;

fn at(day: u32, hour: u32, minute: u32) -> String {
    format!("2026-11-{:02}T{hour:02}:{minute:02}:00.000Z", day + 1)
}

/// Six changes an hour at two applications, one conflict a day at the first.
fn usual(log: &mut Log, days: std::ops::Range<u32>) {
    for day in days {
        for hour in 0..24 {
            for change in 0..6 {
                let person = 1_000 + (day * 24 + hour) * 6 + change;
                log.success(&at(day, hour, change * 10), person, "Team Chat");
                log.success(&at(day, hour, change * 10 + 5), person, "Files");
            }
        }
        log.failure(&at(day, 9, 7), 100 + day, "Team Chat", CONFLICT);
    }
}

/// Usual days, a fortnight and two more.
pub(crate) fn fortnight() -> Log {
    let mut log = Log::default();
    usual(&mut log, 0..DAYS);
    log
}

/// The day after, on which many changes fail.
pub(crate) fn bad_day_after() -> Log {
    let mut log = Log::starting_at(50_000);
    usual(&mut log, DAYS..DAYS + 1);
    for person in 0..40 {
        log.failure(&at(DAYS, 5, person), 500 + person, "Team Chat", CONFLICT);
    }
    log
}

/// A folder with the log of a fortnight and its baseline.
fn learnt() -> TempDir {
    let folder = folder(&[("usual.log", fortnight().text())]);
    let ended = check(folder.path(), &["usual.log", "--save-baseline", "usual.json"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    assert!(ended.out.starts_with("provlens check PASSED: spike; "), "{}", ended.out);
    folder
}

/// The day after, with something else on it.
fn day_after(folder: &TempDir, more: impl Fn(&mut Log)) {
    let mut log = Log::starting_at(50_000);
    usual(&mut log, DAYS..DAYS + 1);
    more(&mut log);
    fs::write(folder.path().join("today.log"), log.text()).unwrap();
}

fn hits(ended: &Ended) -> Vec<String> {
    let found: Value = serde_json::from_str(&ended.out).unwrap();
    let gates = found["gates"].as_array().unwrap();
    let of = |gate: &Value| -> Vec<String> {
        let hits = gate["findings"].as_array().unwrap().iter();
        hits.map(|id| format!("{}: {}", gate["name"].as_str().unwrap(), id.as_str().unwrap())).collect()
    };
    gates.iter().flat_map(of).collect()
}

fn id(app: &str, rule: &str) -> String {
    format!("okta/{}/{rule}", log::id(app))
}

const CHANGES: &str = "new-issue,regression,silence";

fn today(folder: &TempDir, more: &[&str]) -> Ended {
    let mut args = vec!["today.log", "--baseline", "usual.json", "--fail-on", CHANGES, "--format", "json"];
    args.extend(more);
    check(folder.path(), &args)
}

#[test]
fn a_usual_day_is_silent() {
    let folder = learnt();
    day_after(&folder, |_| {});
    let ended = check(folder.path(), &["today.log", "--baseline", "usual.json"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    assert_eq!(ended.out.lines().count(), 1, "{}", ended.out);
    assert!(ended.out.starts_with("provlens check PASSED: spike, new-issue, regression; "), "{}", ended.out);
}

#[test]
fn what_is_new_and_what_is_more_is_told_once_and_usual_the_day_after() {
    let folder = learnt();
    day_after(&folder, |log| {
        for person in 0..4 {
            log.failure(&at(DAYS, 3, 3 + person * 7), 300 + person, "Files", TOKEN);
        }
        for person in 0..24 {
            log.failure(&at(DAYS, person, 33), 400 + person, "Team Chat", CONFLICT);
        }
    });
    let ended = today(&folder, &[]);
    assert_eq!(ended.code, 1, "{}", ended.out);
    let wanted = [
        format!("new-issue: {}", id("Files", "okta-remote-unauthorized")),
        format!("regression: {}", id("Team Chat", CONFLICT_RULE)),
    ];
    assert_eq!(hits(&ended), wanted);
    // Fifteen days are all that this log and the last one have in common; together they give the same.
    let args =
        ["usual.log", "today.log", "--baseline", "usual.json", "--fail-on", "new-issue,regression", "--format", "json"];
    assert_eq!(hits(&check(folder.path(), &args)), wanted);
    // Once it is learnt it is known.
    let saved = today(&folder, &["--save-baseline", "usual.json"]);
    assert_eq!(saved.code, 1);
    let again = check(folder.path(), &["today.log", "--baseline", "usual.json", "--fail-on", "new-issue"]);
    assert_eq!(again.code, 0, "{}", again.out);
}

#[test]
fn an_app_that_stopped_is_told_once() {
    let folder = learnt();
    let mut log = Log::starting_at(50_000);
    for hour in 0..24 {
        for change in 0..6 {
            log.success(&at(DAYS, hour, change * 10), 7_000 + hour * 6 + change, "Team Chat");
        }
    }
    fs::write(folder.path().join("today.log"), log.text()).unwrap();
    let args = ["usual.log", "today.log", "--fail-on", "spike,silence", "--format", "json"];
    let ended = check(folder.path(), &args);
    let silent = (1, vec![format!("silence: {}", id("Files", "silence"))]);
    assert_eq!((ended.code, hits(&ended)), silent);
    // Whoever asks for it alone is told so too.
    let ended = check(folder.path(), &[&args[..], &["--app", "Files"]].concat());
    assert_eq!((ended.code, hits(&ended)), silent);
}

#[test]
fn an_outage_is_a_spike_whether_its_history_is_in_the_log_or_in_the_baseline() {
    let folder = learnt();
    fs::write(folder.path().join("today.log"), bad_day_after().text()).unwrap();
    let wanted = [format!("spike: {}", id("Team Chat", CONFLICT_RULE))];
    let long = check(folder.path(), &["usual.log", "today.log", "--format", "json"]);
    assert_eq!((long.code, hits(&long)), (1, wanted.to_vec()), "{}", long.err);
    let args = ["today.log", "--since", "2026-11-17T04:00:00Z", "--until", "2026-11-17T06:00:00Z", "--format", "json"];
    let alone = check(folder.path(), &args);
    assert_eq!((alone.code, hits(&alone).len()), (0, 0));
    let compared = check(folder.path(), &[&args[..], &["--baseline", "usual.json", "--fail-on", "spike"]].concat());
    assert_eq!((compared.code, hits(&compared)), (1, wanted.to_vec()));
    // Two quiet hours are quiet.
    let quiet =
        ["today.log", "--since", "2026-11-17T09:00:00Z", "--until", "2026-11-17T11:00:00Z", "--baseline", "usual.json"];
    assert_eq!(check(folder.path(), &quiet).code, 0);
}

#[test]
fn a_spike_becomes_usual_only_if_somebody_says_so() {
    let mut log = fortnight();
    for person in 0..40 {
        log.failure(&at(DAYS - 1, 15, person), 500 + person, "Team Chat", CONFLICT);
    }
    let folder = folder(&[("some.log", log.text())]);
    let failures = |more: &[&str]| {
        let args = [&["some.log", "--fail-on", "none", "--save-baseline", "usual.json"], more].concat();
        assert_eq!(check(folder.path(), &args).code, 0);
        let text = fs::read_to_string(folder.path().join("usual.json")).unwrap();
        fs::remove_file(folder.path().join("usual.json")).unwrap();
        let found: Value = serde_json::from_str(&text).unwrap();
        let key = found["keys"].as_array().unwrap().iter().find(|key| key["rule"] == CONFLICT_RULE).cloned().unwrap();
        key["failures"].as_f64().unwrap()
    };
    assert_eq!(failures(&[]), f64::from(DAYS));
    assert_eq!(failures(&["--learn-spikes"]), f64::from(DAYS) + 40.0);
}

#[test]
fn i10_a_baseline_is_the_same_with_any_number_of_threads_and_order_of_inputs() {
    let folder = learnt();
    day_after(&folder, |log| {
        log.failure(&at(DAYS, 3, 3), 300, "Files", TOKEN);
    });
    let run = |args: &[&str]| {
        let saved = "other.json";
        let args = [args, &["--fail-on", "none", "--save-baseline", saved]].concat();
        assert_eq!(check(folder.path(), &args).code, 0);
        let text = fs::read_to_string(folder.path().join(saved)).unwrap();
        fs::remove_file(folder.path().join(saved)).unwrap();
        text
    };
    let one = run(&["usual.log", "today.log", "--threads", "1"]);
    assert!(one == run(&["usual.log", "today.log", "--threads", "7"]));
    assert!(one == run(&["today.log", "usual.log"]));
    assert!(!one.contains("person") || one.split("known_rules").next().is_some_and(|keys| !keys.contains("person")));
}
