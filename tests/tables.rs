//! Events one by one and counted, as the real program writes them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn provlens(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provlens"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("XDG_CONFIG_HOME").env_remove("PROVLENS_RULES");
    command.env("HOME", "/nonexistent").args(args).output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&text(&provlens(args))).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    text(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The samples many times over, in a file that is read in parts, under ids of their own.
fn many(folder: &Path) -> PathBuf {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson");
    let sample = fs::read_to_string(sample).unwrap();
    let text: String = (0..60).map(|copy| sample.replace("\"5a0b", &format!("\"{copy:04}"))).collect();
    assert!(text.len() > 3 << 19, "too short to be read in parts");
    let path = folder.join("many.ndjson");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn events_have_the_fields_that_programs_rely_on() {
    insta::assert_snapshot!(text(&provlens(&[
        "events",
        "samples/entra-provisioning.json",
        "samples/team-chat-access.log",
        "samples/entra-job.json"
    ])));
}

#[test]
fn every_event_has_every_field() {
    let fields = [
        "actor",
        "app",
        "certainty",
        "changed",
        "cluster",
        "dialect",
        "duration_ms",
        "error",
        "ids",
        "operation",
        "outcome",
        "provider",
        "raw",
        "rule",
        "subject",
        "time",
    ];
    for event in lines(&provlens(&["events", "samples"])) {
        let mut keys: Vec<&String> = event.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, fields);
        assert_eq!(event["ids"].as_object().unwrap().len(), 6);
        assert_eq!(event["error"].is_null(), event["outcome"] == "success");
    }
}

#[test]
fn the_place_of_an_event_leads_to_its_record() {
    for event in lines(&provlens(&["events", "samples/okta-system-log.ndjson"])) {
        let raw = &event["raw"];
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(raw["path"].as_str().unwrap())).unwrap();
        let (from, length) = (raw["offset"].as_u64().unwrap() as usize, raw["length"].as_u64().unwrap() as usize);
        let record: Value = serde_json::from_slice(&bytes[from..from + length]).unwrap();
        assert_eq!(record["uuid"], event["ids"]["event"]);
        let before = bytes[..from].iter().filter(|byte| **byte == b'\n').count() as u64;
        assert_eq!(raw["line"].as_u64().unwrap(), before + 1);
    }
}

#[test]
fn events_are_those_that_the_report_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = many(folder.path());
    let path = path.to_str().unwrap();
    for args in [
        &["samples"][..],
        &["samples", "samples/okta-system-log.ndjson"],
        &[path, "samples", "--app", "cloud"],
        &["samples", "--since", "2026-11-17", "--user", "ann"],
        &["samples", "--issue", "okta-remote-unauthorized"],
    ] {
        let report = json(&[&["report", "--format", "json"], args].concat());
        let totals = &report["totals"];
        let events = lines(&provlens(&[&["events"], args].concat()));
        assert_eq!(events.len() as u64, totals["events"].as_u64().unwrap(), "{args:?}");
        let counted = json(&[&["count", "--by", "outcome", "--format", "json"], args].concat());
        assert_eq!(&counted["totals"], totals);
        for outcome in ["success", "failure", "skipped", "warning", "pending"] {
            let of = |outcome: &str| events.iter().filter(|event| event["outcome"] == outcome).count() as u64;
            let group = counted["groups"].as_array().unwrap().iter().find(|group| group["outcome"] == outcome);
            assert_eq!(of(outcome), totals[outcome].as_u64().unwrap());
            assert_eq!(of(outcome), group.map_or(0, |group| group["events"].as_u64().unwrap()));
        }
        let known = events.iter().filter(|event| event["outcome"] == "failure" && !event["rule"].is_null()).count();
        assert_eq!(known as u64, totals["known_failures"].as_u64().unwrap());
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = many(folder.path());
    let path = path.to_str().unwrap();
    for args in [
        &["events"][..],
        &["events", "--format", "csv"],
        &["count", "--by", "app,rule,user", "--every", "1h", "--format", "json"],
        #[cfg(feature = "tables")]
        &["events", "--format", "parquet"],
        #[cfg(feature = "tables")]
        &["count", "--by", "app,http_status", "--format", "parquet"],
    ] {
        let run = |threads: &str| provlens(&[args, &["samples", path, "--threads", threads]].concat()).stdout;
        let one = run("1");
        assert!(one.len() > 100);
        for threads in ["2", "7"] {
            assert!(run(threads) == one, "{args:?} with {threads} threads");
        }
    }
}

#[test]
fn counts_are_shown_in_a_table() {
    insta::assert_snapshot!(text(&provlens(&["count", "--by", "app,rule,outcome", "samples"])));
}

#[test]
fn a_filter_that_lets_nothing_through_is_not_taken_for_an_empty_log() {
    let said = text(&provlens(&["count", "--by", "app", "--app", "nosuch", "samples"]));
    assert!(said.contains("Nothing passes your filter."), "{said}");
}

#[test]
fn over_time_there_is_a_column_for_each_group_if_they_fit() {
    let berlin = ["--tz", "Europe/Berlin"];
    let few = text(&provlens(&[&["count", "--by", "outcome", "--every", "6h", "samples"], &berlin[..]].concat()));
    let many = text(&provlens(&[&["count", "--by", "app,outcome", "--every", "1d", "samples"], &berlin[..]].concat()));
    insta::assert_snapshot!(format!("{few}\n{many}"));
}

#[test]
fn counts_for_programs() {
    let args = ["count", "--by", "app,http_status", "--every", "1w", "samples", "--format"];
    insta::assert_snapshot!(text(&provlens(&[&args[..], &["csv"]].concat())));
    let counted = json(&[&args[..], &["json"]].concat());
    assert_eq!(counted["schema"], "provlens/count/1");
    assert_eq!(counted["by"], serde_json::json!(["app", "http_status"]));
    let groups = counted["groups"].as_array().unwrap();
    assert!(groups.iter().any(|group| group["http_status"] == 409 && group["time"] == "2026-11-16T00:00:00Z"));
    assert!(groups.iter().any(|group| group["http_status"].is_null()));
}

#[test]
fn what_cannot_be_counted_is_said_with_what_can() {
    for (args, words) in [
        (
            &["count", "--by", "ap", "samples"][..],
            "--by ap: events cannot be counted by `ap`. Did you mean `app`? The fields are",
        ),
        (
            &["count", "--by", "app", "--every", "7m", "samples"],
            "--every 7m: steps are minutes or hours that divide a day",
        ),
        (
            &["count", "--by", "app", "--issue", "entra-cycle-fails", "samples"],
            "--issue entra-cycle-fails: it is found in several events together",
        ),
    ] {
        let output = provlens(args);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(words), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn help_names_the_fields_that_events_are_counted_by() {
    let error = String::from_utf8(provlens(&["count", "--by", "?", "samples"]).stderr).unwrap();
    let fields = error.split_once("The fields are").unwrap().1.trim();
    let help = text(&provlens(&["count", "--help"]));
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&help).contains(&format!("The fields are {}.", words(fields))), "{fields}");
}

#[test]
fn formulas_in_a_log_are_none_in_a_spreadsheet_unless_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    let sample = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson"));
    let sample = sample.unwrap();
    let failure = sample.lines().find(|line| line.contains("FAILURE")).unwrap();
    fs::write(&path, failure.replace("Cloud Files", "=HYPERLINK(1)").replace("Team Chat", "=HYPERLINK(1)")).unwrap();
    let path = path.to_str().unwrap();
    for (args, cell) in [(&[][..], "\"'=HYPERLINK(1)\""), (&["--csv-raw"], ",=HYPERLINK(1),")] {
        let csv = text(&provlens(&[&["events", "--format", "csv", path], args].concat()));
        assert!(csv.contains(cell), "{csv}");
        let csv = text(&provlens(&[&["count", "--by", "provider,app", "--format", "csv", path], args].concat()));
        assert!(csv.contains(cell), "{csv}");
    }
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let there = |name: &str| folder.path().join(name);
    let log = there("log.ndjson");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson"), &log).unwrap();
    let log = log.to_str().unwrap();
    let out = there("events.csv");
    let run = |out: &Path| provlens(&["events", "--format", "csv", log, "-o", out.to_str().unwrap()]);
    assert_eq!(text(&run(&out)), "");
    let written = fs::read_to_string(&out).unwrap();
    assert_eq!(written, text(&provlens(&["events", "--format", "csv", log])));
    for (place, status, words) in [
        (Path::new(log), 2, "it is one of the inputs"),
        (folder.path(), 2, "is a folder"),
        (&there("none/events.csv"), 2, "there is no such folder"),
        #[cfg(unix)]
        (Path::new("/dev/full"), 2, "it is no ordinary file"),
    ] {
        let output = run(place);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{error}");
        assert!(error.contains(words), "{error}");
    }
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["events.csv", "log.ndjson"]);
}

#[cfg(target_os = "linux")]
#[test]
fn j2_a_full_disk_is_an_error_and_j1_a_reader_that_leaves_is_none() {
    use std::process::Stdio;
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = |args: &[&str], out: Stdio| {
        let root = env!("CARGO_MANIFEST_DIR");
        let mut command = Command::new(env!("CARGO_BIN_EXE_provlens"));
        command.current_dir(root).args(args).args(["samples/okta-system-log.ndjson", "--no-user-rules"]);
        command.stdout(out).stderr(Stdio::piped()).spawn().unwrap()
    };
    for args in [
        &["events"][..],
        &["events", "--format", "csv"],
        &["count", "--by", "app"],
        #[cfg(feature = "tables")]
        &["events", "--format", "parquet"],
    ] {
        let output = run(args, full.try_clone().unwrap().into()).wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{args:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("cannot write the output: No space left"));
        let mut child = run(args, Stdio::piped());
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]), "{args:?}");
    }
}

#[cfg(not(feature = "tables"))]
#[test]
fn a_build_without_tables_says_so() {
    for command in [&["events"][..], &["count", "--by", "app"]] {
        let output = provlens(&[command, &["samples", "--format", "parquet"]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains("this build has no tables"));
    }
}

#[cfg(feature = "tables")]
#[test]
fn other_programs_read_the_table() {
    let script = r#"
import json, sys
path, lines = sys.argv[1], [json.loads(line) for line in open(sys.argv[2])]
wanted = [(e["time"], e["app"]["name"], e["outcome"], e["rule"], e["raw"]["offset"], e["changed"]) for e in lines]
read = 0
try:
    import pyarrow.parquet as parquet
    table = parquet.read_table(path)
    assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]", table.schema
    rows = table.select(["time", "app", "outcome", "rule", "byte_offset", "changed"]).to_pylist()
    stamp = lambda t: t and t.isoformat(timespec="auto").replace("+00:00", "Z")
    assert [(stamp(r["time"]), r["app"], r["outcome"], r["rule"], r["byte_offset"], r["changed"]) for r in rows] == wanted
    read += 1
except ImportError:
    pass
try:
    import duckdb
    rows = duckdb.sql(f"select strftime(time at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ'), app, outcome, rule, byte_offset, changed from '{path}'")
    assert rows.fetchall() == wanted
    read += 1
except ImportError:
    pass
print(read)
"#;
    let folder = tempfile::tempdir().unwrap();
    let (table, lines) = (folder.path().join("events.parquet"), folder.path().join("events.ndjson"));
    for (format, path) in [("parquet", &table), ("ndjson", &lines)] {
        text(&provlens(&["events", "samples", "--format", format, "-o", path.to_str().unwrap()]));
    }
    assert_eq!(&fs::read(&table).unwrap()[..4], b"PAR1");
    let Ok(output) = Command::new("python3").args(["-c", script]).args([&table, &lines]).output() else {
        println!("skipped: there is no python3 here");
        return;
    };
    if text(&output).trim() == "0" {
        println!("skipped: python3 has neither pyarrow nor duckdb here");
    }
}

#[test]
fn every_column_is_in_the_readme() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let table = text(&provlens(&["events", "--format", "csv", "samples"]));
    let columns: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    assert!(columns.len() > 30);
    for column in columns {
        assert!(readme.contains(&format!("`{column}`")), "{column}");
    }
}
