//! What can be said on the command line about spikes, in the real program.

use std::fmt::Write as _;
use std::fs;

use assert_cmd::Command;
use serde_json::Value;

fn provlens() -> Command {
    let mut command = Command::cargo_bin("provlens").unwrap();
    command.env_remove("XDG_CONFIG_HOME").env_remove("PROVLENS_RULES").env("HOME", "/nonexistent");
    command
}

/// An Okta log of two weeks in which, on the tenth day, `count` people cannot be created.
fn log(count: usize) -> String {
    let mut log = String::new();
    let mut event = |id: usize, time: String, person: &str, outcome: &str| {
        writeln!(
            log,
            r#"{{"uuid":"u{id}","published":"{time}","eventType":"application.provision.user.push","outcome":{outcome},"target":[{{"id":"0oa1","type":"AppInstance","alternateId":"Harbor","displayName":"Harbor"}},{{"id":"00u{person}","type":"User","alternateId":"{person}@example.com","displayName":"P"}}]}}"#
        )
        .unwrap();
    };
    for hour in 0..24 * 14 {
        let time = format!("2026-03-{:02}T{:02}:10:00Z", 2 + hour / 24, hour % 24);
        (0..10).for_each(|at| {
            event(hour * 10 + at, time.clone(), &format!("p{}", hour * 10 + at), r#"{"result":"SUCCESS"}"#)
        });
    }
    let failed = r#"{"result":"FAILURE","reason":"Automatic provisioning of user to app failed: Conflict. Errors reported by remote server: User already exists (HTTP 409)."}"#;
    (0..count).for_each(|at| event(9_000 + at, format!("2026-03-11T10:{:02}:30Z", at % 60), &format!("q{at}"), failed));
    log
}

fn spikes(count: usize, args: &[&str]) -> Vec<Value> {
    let output =
        provlens().args(["report", "--format", "json"]).args(args).arg("-").write_stdin(log(count)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["spikes"].as_array().unwrap().clone()
}

#[test]
fn a_spike_is_in_both_reports() {
    let found = spikes(30, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["start"], "2026-03-11T10:00:00Z");
    assert_eq!(found[0]["end"], "2026-03-11T11:00:00Z");
    assert_eq!((found[0]["observed"].as_u64(), found[0]["people"].as_u64()), (Some(30), Some(30)));
    assert_eq!((found[0]["app"].as_str(), found[0]["kind"].as_str()), (Some("Harbor"), Some("spike")));
    assert!(found[0]["rule"].is_string());
    let output = provlens().args(["report", "-"]).write_stdin(log(30)).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("30 people began to fail with"), "{text}");
    let quiet = provlens().args(["report", "-"]).write_stdin(log(2)).output().unwrap();
    assert!(!String::from_utf8(quiet.stdout).unwrap().contains("began to fail"));
}

#[test]
fn what_counts_as_a_spike_can_be_said() {
    assert_eq!(spikes(6, &[]).len(), 1);
    assert_eq!(spikes(6, &["--min-failures", "7"]).len(), 0);
    assert_eq!(spikes(6, &["--min-ratio", "10000"]).len(), 0);
    assert_eq!(spikes(30, &["--bucket", "6h"])[0]["start"], "2026-03-11T06:00:00Z");
}

#[test]
fn what_makes_no_sense_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("holidays");
    fs::write(&bad, "2026-12-25\nEaster\n").unwrap();
    let bad = bad.to_str().unwrap();
    for (args, words) in [
        (["--min-failures", "2"], "use 5 or more"),
        (["--min-ratio", "0.5"], "from 1 on"),
        (["--bucket", "7h"], "divides a day"),
        (["--holidays", bad], "line 2: `Easter` is no date"),
        (["--holidays", "/nonexistent/file"], "--holidays /nonexistent/file"),
    ] {
        let output = provlens().arg("report").args(args).arg("-").write_stdin("").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(words) && told.lines().count() == 1, "{args:?}: {told}");
    }
}
