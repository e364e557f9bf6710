//! The files that a check writes and reads.

use std::fs;

use serde_json::Value;

use crate::log::{self, CONFLICT_RULE};
use crate::{check, folder};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_report_for_programs_has_gates_and_a_verdict() {
    let folder = folder(&[("bad.log", log::bad().text())]);
    let ended =
        check(folder.path(), &["bad.log", "--fail-on", "people>3,new-issue,unknown@app:Team*", "--format", "json"]);
    let found = json(&ended.out);
    assert_eq!((ended.code, &found["schema"]), (1, &Value::from("provlens/report/1")));
    assert_eq!(found["verdict"]["status"], "failed");
    let gates: Vec<(&str, &str)> = found["gates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gate| (gate["name"].as_str().unwrap(), gate["status"].as_str().unwrap()))
        .collect();
    assert_eq!(gates, [("people>3", "failed"), ("new-issue", "not-evaluated"), ("unknown@app:Team*", "passed")]);
    let id = format!("okta/{}/{CONFLICT_RULE}", log::id("Team Chat"));
    assert_eq!(found["gates"][0]["findings"], Value::from(vec![id.clone()]));
    assert!(found["findings"].as_array().unwrap().iter().any(|finding| finding["id"] == *id));
    // It is the report besides.
    assert_eq!(found["totals"]["failure"], 5);
}

#[test]
fn i10_the_same_logs_give_the_same_bytes() {
    let folder = folder(&[("bad.log", log::bad().text()), ("good.log", log::good().text())]);
    let run = |threads: &str| {
        let args = [
            "bad.log",
            "good.log",
            "--fail-on",
            "failures>0,unknown,rate>1%",
            "--threads",
            threads,
            "--report",
            "json=out.json",
        ];
        let ended = check(folder.path(), &args);
        assert_eq!(ended.code, 1, "{}", ended.err);
        (ended.out, fs::read(folder.path().join("out.json")).unwrap())
    };
    let one = run("1");
    assert!(one == run("1") && one == run("7"));
}

#[test]
fn i8_reports_are_for_their_owner_and_written_though_the_gate_fails() {
    let folder = folder(&[("bad.log", log::bad().text())]);
    let args = ["bad.log", "--fail-on", "failures>0", "--report", "json=out.json", "--report", "text=out.txt"];
    let ended = check(folder.path(), &args);
    assert_eq!(ended.code, 1);
    assert_eq!(fs::read_to_string(folder.path().join("out.txt")).unwrap(), ended.out);
    assert_eq!(json(&fs::read_to_string(folder.path().join("out.json")).unwrap())["verdict"]["status"], "failed");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for name in ["out.json", "out.txt"] {
            assert_eq!(fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    let left = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".provlens"));
    assert_eq!(left.count(), 0);
}

#[test]
fn whoever_misses_a_report_reads_the_verdict_on_the_console() {
    let folder = folder(&[("good.log", log::good().text())]);
    let ended = check(folder.path(), &["good.log", "--fail-on", "failures>0", "--report", "json=absent/out.json"]);
    assert_eq!(ended.code, 3);
    assert!(ended.err.contains("\nprovlens: check PASSED: "), "{}", ended.err);
}

#[test]
fn a_report_may_be_written_over_the_last_one_in_the_folder_that_is_read() {
    let folder = folder(&[("bad.log", log::bad().text())]);
    for _ in 0..2 {
        let ended = check(folder.path(), &[".", "--fail-on", "failures>4", "--report", "json=out.json"]);
        assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    }
    let ended = check(folder.path(), &[".", "--fail-on", "failures>4", "--report", "json=bad.log"]);
    assert_eq!(ended.code, 3);
    assert_eq!(fs::read_to_string(folder.path().join("bad.log")).unwrap(), log::bad().text());
}

#[test]
fn nothing_is_learnt_from_logs_that_were_not_judged() {
    let folder = folder(&[("bad.log", log::bad().text())]);
    let ended = check(folder.path(), &["bad.log", "--since", "2027-01-01", "--save-baseline", "usual.json"]);
    assert_eq!(ended.code, 3);
    assert!(!folder.path().join("usual.json").exists());
    let ended = check(folder.path(), &["bad.log", "--fail-on", "failures>0", "--save-baseline", "usual.json"]);
    assert_eq!(ended.code, 1);
    let once = fs::read_to_string(folder.path().join("usual.json")).unwrap();
    assert_eq!(json(&once)["schema"], "provlens/baseline/1");
    let counted = once.split("known_rules").next().unwrap();
    assert!(!counted.contains("person") && !counted.contains('@') && counted.contains(CONFLICT_RULE), "{counted}");
    // The same log again adds nothing.
    check(folder.path(), &["bad.log", "--fail-on", "failures>0", "--save-baseline", "usual.json"]);
    assert_eq!(fs::read_to_string(folder.path().join("usual.json")).unwrap(), once);
}
