//! The real program, end to end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod program;

use std::fs;
use std::io::Write;
use std::path::Path;
#[cfg(unix)]
use std::{
    process::{self, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use assert_cmd::Command;
use serde_json::Value;

fn provlens() -> Command {
    program::provlens(env!("CARGO_MANIFEST_DIR"))
}

fn report(paths: &[&str]) -> Value {
    let output = provlens().args(["report", "--format", "json"]).args(paths).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap()
}

fn assert_account(report: &Value) {
    let totals = &report["totals"];
    let parts = ["events", "other", "duplicates", "unreadable"].iter().map(|key| number(totals, key)).sum::<u64>();
    assert_eq!(number(totals, "records"), parts);
    let outcomes =
        ["success", "failure", "skipped", "warning", "pending"].iter().map(|key| number(totals, key)).sum::<u64>();
    assert_eq!(number(totals, "events"), outcomes);
    for input in report["inputs"].as_array().unwrap() {
        let parts = ["events", "other", "duplicates", "unreadable"].iter().map(|key| number(input, key)).sum::<u64>();
        assert_eq!(number(input, "records"), parts, "{}", input["path"]);
    }
}

#[test]
fn the_demo_says_what_is_wrong_and_where_to_start() {
    let output = provlens().arg("demo").output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn the_demo_takes_the_flags_of_all_commands_that_read_logs() {
    let args = ["demo", "--app", "Cloud Files", "--tz", "Europe/Berlin", "--color", "always", "--quiet", "--strict"];
    let output = provlens().args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("Cloud Files") && !said.contains("Team Chat"), "{said}");
    assert!(said.contains("\u{1b}[") && said.contains("Europe/Berlin"), "{said}");
}

#[test]
fn a_program_can_print_the_sentences_that_a_report_begins_with() {
    let verdict = &report(&["samples"])["verdict"];
    let output = provlens().args(["report", "samples"]).output().unwrap();
    let lines = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let text = lines(&String::from_utf8(output.stdout).unwrap());
    let said = verdict["start"].as_array().unwrap().iter().chain([&verdict["words"]]);
    let said: Vec<String> = said.map(|sentence| lines(sentence.as_str().unwrap())).collect();
    assert!(said.len() > 1 && said.iter().all(|sentence| !sentence.is_empty() && text.contains(sentence)), "{said:?}");
}

#[test]
fn what_cannot_be_found_is_not_told_as_if_nothing_had_happened() {
    let run = |args: &[&str]| {
        let output = provlens().args(args).output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), said.concat())
    };
    for (args, code, words) in [
        (&["report", "nosuch"][..], 3, "None of these logs could be read.\nRun `provlens inputs` on them to see why."),
        (
            &["report", "samples", "--provider", "otka"],
            2,
            "--provider otka: there is no such provider, did you mean okta?",
        ),
        (
            &["bundle", "--dry-run", "LICENSE-MIT"],
            2,
            "nothing about provisioning was found, so there is nothing to hand on",
        ),
        (&["check", "LICENSE-MIT"], 3, "findings may be missing; `provlens inputs` says which"),
    ] {
        let (got, said) = run(args);
        assert_eq!(got, Some(code), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
    }
}

#[test]
fn every_rule_wins_its_examples() {
    let output = provlens().args(["rules", "test"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn one_thread_and_seven_print_the_same_bytes() {
    // Enough for many batches, which is where the order of threads could show.
    let folder = tempfile::tempdir().unwrap();
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson")).unwrap();
    let many: String = (0..120).map(|copy| text.replace("\"5a0b", &format!("\"{copy:04}"))).collect();
    let path = folder.path().join("many.ndjson");
    fs::write(&path, &many).unwrap();
    let run = |threads: &str| {
        provlens()
            .args(["report", "--format", "json", "samples"])
            .arg(&path)
            .args(["--threads", threads])
            .output()
            .unwrap()
            .stdout
    };
    let one = run("1");
    let found: Value = serde_json::from_slice(&one).unwrap();
    assert_account(&found);
    assert_eq!(number(&found["totals"], "duplicates"), 0);
    assert_eq!(one, run("2"));
    assert_eq!(one, run("7"));
}

#[test]
fn d1_every_framing_gives_the_same_findings() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson")).unwrap();
    let records: Vec<&str> = text.lines().collect();
    let pretty: Vec<String> = records
        .iter()
        .map(|record| serde_json::to_string_pretty(&serde_json::from_str::<Value>(record).unwrap()).unwrap())
        .collect();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let framings: Vec<(&str, Vec<u8>)> = vec![
        ("array", format!("[{}]", records.join(",")).into_bytes()),
        ("pretty-array", format!("[\n{}\n]", pretty.join(",\n")).into_bytes()),
        ("concatenated", pretty.join("\n").into_bytes()),
        ("glued", records.concat().into_bytes()),
        ("crlf-bom", format!("\u{feff}{}", records.join("\r\n")).into_bytes()),
        (
            "hec",
            records
                .iter()
                .map(|record| format!("{{\"time\":0,\"sourcetype\":\"okta\",\"event\":{record}}}\n"))
                .collect::<String>()
                .into_bytes(),
        ),
        (
            "eventbridge",
            records
                .iter()
                .map(|record| format!("{{\"detail-type\":\"SystemLog\",\"detail\":{record}}}\n"))
                .collect::<String>()
                .into_bytes(),
        ),
        (
            "hook",
            format!("{{\"eventType\":\"com.okta.event_hook\",\"data\":{{\"events\":[{}]}}}}", records.join(","))
                .into_bytes(),
        ),
        (
            "syslog",
            records
                .iter()
                .map(|record| format!("<180>Aug 13 10:00:00 host okta: {record}\n"))
                .collect::<String>()
                .into_bytes(),
        ),
        ("utf16", utf16),
        ("gzip", gzip.finish().unwrap()),
    ];
    let wanted = report(&["samples/okta-system-log.ndjson"]);
    let facts = |report: &Value| {
        let issues: Vec<Value> = report["issues"]
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| {
                serde_json::json!([
                    issue["rule"],
                    issue["app"],
                    issue["failures"],
                    issue["users"],
                    issue["still_broken"],
                    issue["first"],
                    issue["last"]
                ])
            })
            .collect();
        serde_json::json!([issues, report["totals"], report["people"]])
    };
    for (name, bytes) in framings {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let found = report(&[path.to_str().unwrap()]);
        assert_account(&found);
        assert_eq!(facts(&found), facts(&wanted), "{name}");
    }
}

#[test]
fn bad_input_is_named_and_the_rest_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("page.json");
    fs::write(&bad, "<!DOCTYPE html><html><body>Sign in</body></html>").unwrap();
    let output = provlens().args(["report", "--format", "json", "samples"]).arg(&bad).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("this is a web page"));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(number(&found["totals"], "events") > 0);
    let missing = provlens().args(["report", "samples/okta-system-log.ndjsn"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("did you mean samples/okta-system-log.ndjson"));
}

#[test]
fn b3_a_gzip_cut_anywhere_keeps_what_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&text).unwrap();
    let whole = gzip.finish().unwrap();
    let path = folder.path().join("cut.gz");
    let mut before = 0;
    for part in 1..=8 {
        fs::write(&path, &whole[..whole.len() * part / 8]).unwrap();
        let found = report(&[path.to_str().unwrap()]);
        assert_account(&found);
        let events = number(&found["totals"], "events");
        assert!(events >= before, "{events} events of part {part}, {before} of the part before");
        assert_eq!(part == 8, found["inputs"][0]["problems"].as_array().unwrap().is_empty());
        before = events;
    }
    assert_eq!(before, number(&report(&["samples/okta-system-log.ndjson"])["totals"], "events"));
}

#[test]
fn h1_escape_sequences_never_reach_the_output() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.ndjson");
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson")).unwrap();
    fs::write(
        &path,
        text.replace("Cloud Files", "\\u001b]52;c;SGk=\\u0007\\u202e\\u009b31m")
            .replace("Token is", "Bearer abcdefghijklmnop Token is"),
    )
    .unwrap();
    for command in ["report", "inputs"] {
        let output = provlens().arg(command).arg(&path).output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(!shown.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{command}");
        assert!(!shown.contains("abcdefghijklmnop"), "{command}");
    }
}

#[test]
fn a_time_window_and_a_person_narrow_the_report() {
    let found = provlens().args(["person", "gus.berg@example.com", "samples"]).output().unwrap();
    assert!(String::from_utf8_lossy(&found.stdout).contains("should have lost access"));
    let none = provlens().args(["report", "samples", "--since", "soon"]).output().unwrap();
    assert_eq!(none.status.code(), Some(2));
    let reduced = provlens().args(["report", "samples", "--format", "json", "--app", "Team Chat"]).output().unwrap();
    let reduced: Value = serde_json::from_slice(&reduced.stdout).unwrap();
    assert_account(&reduced);
    assert_eq!(number(&reduced["totals"], "apps"), 1);
}

#[test]
fn real_records_are_all_accounted_for() {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !real.is_dir() {
        println!("skipped: ../shared/data is absent");
        return;
    }
    for folder in ["real", "reframed", "JSONTestSuite/test_parsing"] {
        let output = provlens().args(["report", "--format", "json"]).arg(real.join(folder)).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{folder}");
        assert_account(&serde_json::from_slice(&output.stdout).unwrap());
    }
}

/// What came out of each dialect's sample: its format, and the one event's facts.
#[test]
fn every_dialect_decodes_as_agreed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialects");
    let mut names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut facts = String::new();
    for name in names {
        let found = report(&[&format!("tests/dialects/{name}")]);
        assert_account(&found);
        let input = &found["inputs"][0];
        facts.push_str(&format!(
            "## {name}\n{} {} records={} events={} other={}\n",
            input["dialect"], input["framing"], input["records"], input["events"], input["other"]
        ));
        for issue in found["issues"].as_array().unwrap().iter().chain(found["unknown"].as_array().unwrap()) {
            let example = &issue["examples"][0];
            let fields = [
                &issue["rule"],
                &issue["certainty"],
                &issue["app"],
                &issue["failures"],
                &issue["first"],
                &example["user"],
                &example["operation"],
                &example["remote"],
                &example["ids"],
            ];
            facts.push_str(&fields.iter().map(|field| field.to_string()).collect::<Vec<_>>().join(" | "));
            facts.push('\n');
        }
    }
    insta::assert_snapshot!(facts);
}

/// Every `provlens …` line of the README works as it stands.
#[test]
fn commands_of_the_readme_run() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let commands = readme.lines().filter_map(|line| line.strip_prefix("provlens "));
    // The screen needs a terminal: it is started in `tests/screen`.
    let commands: Vec<&str> = commands.filter(|command| !command.starts_with("tui ")).collect();
    assert!(commands.len() >= 5);
    for command in commands {
        // What stands between quotes is one word to a shell.
        let words = command.split('"').enumerate().flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        });
        let output = provlens().args(words).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stdout.is_empty(), "{command}");
    }
}

#[test]
fn e4_the_three_files_of_the_portal_download_are_joined() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "ProvisioningLogs.csv",
        "ID,Date,Change ID,Job ID,Action,Status,Error Code,Source Identity,Service Principal Name\ne1,2026-03-02T10:00:00Z,ch1,scim.a.b,Create,Failure,Conflict,kim.lee@example.com,Shift Planner\n",
    );
    write(
        "ProvisioningLogs_ProvisioningSteps.csv",
        "Change ID,Name,Type,Status,Description\nch1,EntryExportAdd,Export,Failure,userName is taken\n",
    );
    write("ProvisioningLogs_ModifiedProperties.csv", "Change ID,Property Name,Old Value,New Value\nch1,mail,,x\n");
    let found = report(&[folder.path().to_str().unwrap()]);
    assert_account(&found);
    assert_eq!((number(&found["totals"], "events"), number(&found["totals"], "other")), (1, 2));
    assert_eq!(found["issues"][0]["examples"][0]["message"], "userName is taken");
}

#[test]
fn a_persons_story_is_told_in_order() {
    let output = provlens().args(["person", "gus.berg@example.com", "samples"]).output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn a_rule_is_shown_in_full() {
    let output = provlens().args(["rules", "show", "okta-remote-unauthorized"]).output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn inputs_are_listed_file_by_file() {
    let output = provlens().args(["inputs", "samples"]).output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

/// Bytes cut off, changed and inserted anywhere: nothing is lost without a line in the account.
#[test]
fn d3_the_account_adds_up_for_any_damage() {
    use proptest::prelude::*;
    use provlens::pipeline::{self, Options};
    use provlens::rules::Library;
    use provlens::source::{Gathered, Source};

    let (library, _) = Library::load(&[]);
    let samples = ["okta-system-log.ndjson", "entra-provisioning.json", "aws-cloudtrail.json"];
    let texts: Vec<Vec<u8>> = samples
        .iter()
        .map(|name| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)).unwrap())
        .collect();
    let events = |name: &&str| number(&report(&[&format!("samples/{name}")])["totals"], "events");
    let counts: Vec<u64> = samples.iter().map(events).collect();
    let mut config = ProptestConfig::with_cases(96);
    config.failure_persistence = None;
    proptest!(config, |(which in 0..texts.len(), edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<Option<u8>>(), any::<bool>()), 1..6), cut in proptest::option::of(any::<prop::sample::Index>()))| {
        let mut bytes = texts[which].clone();
        let (edited, was_cut) = (edits.len() as u64, cut.is_some());
        for (at, with, insert) in edits {
            let at = at.index(bytes.len());
            match with {
                Some(byte) if insert => bytes.insert(at, byte),
                Some(byte) => bytes[at] = byte,
                None => { bytes.remove(at); }
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        // A built-in source borrows for ever; a few megabytes of test data may.
        let source = Source::built_in("damaged", Vec::leak(bytes));
        let gathered = Gathered { sources: vec![source], ..Gathered::default() };
        let totals = pipeline::run(gathered, &library, &Options { threads: Some(2), ..Options::default() }).0.totals;
        if !was_cut {
            let whole = counts[which];
            prop_assert!(totals.events + totals.duplicates + 2 * edited >= whole, "{} of {} events left after {} edits", totals.events, whole, edited);
        }
        prop_assert_eq!(totals.records, totals.events + totals.other + totals.duplicates + totals.unreadable);
        prop_assert_eq!(totals.events, totals.success + totals.failure + totals.skipped + totals.warning + totals.pending);
    });
}

/// What follows the records of an input that stays open: when so much of it was taken, much more than a
/// pipe holds, then so were the records before it.
#[cfg(unix)]
const FILLER: &[u8] = &[b'\n'; 1 << 20];

/// After this time a program is taken for hanging and ended, which fails the test.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether a signal that ends programs is ignored here, as under `nohup`; then it cannot end the program either.
#[cfg(unix)]
fn signals_are_ignored() -> bool {
    let ends = |signal: &str| {
        let script = format!("kill -{signal} $$; exit 0");
        process::Command::new("sh").args(["-c", &script]).status().unwrap().code() != Some(0)
    };
    !["INT", "TERM", "HUP"].into_iter().all(ends)
}

#[cfg(unix)]
fn send(signal: &str, to: u32) {
    process::Command::new("kill").args([signal, &to.to_string()]).status().unwrap();
}

/// What the program does if `signal` comes when it has taken everything of an input that never ends.
/// Its input is the standard input.
#[cfg(unix)]
fn interrupted(args: &[&str], signal: &str, records: &[u8]) -> Output {
    let mut child = process::Command::new(env!("CARGO_BIN_EXE_provlens"))
        .args(args)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("PROVLENS_RULES")
        .env("HOME", "/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let content = [records, FILLER].concat();
    let (written, taken) = mpsc::channel();
    thread::spawn(move || {
        input.write_all(&content).unwrap();
        written.send(input).unwrap();
    });
    let input = taken.recv_timeout(PATIENCE);
    // Long enough for progress to be shown, if it were.
    thread::sleep(Duration::from_millis(1300));
    let id = child.id();
    send(if input.is_ok() { signal } else { "-KILL" }, id);
    let (ended, running) = mpsc::channel::<()>();
    let guard = thread::spawn(move || {
        if running.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            send("-KILL", id);
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(ended);
    guard.join().unwrap();
    drop(input.expect("its input is not read"));
    output
}

#[cfg(unix)]
#[test]
fn j3_an_interrupt_ends_with_a_report_of_what_was_read() {
    if signals_are_ignored() {
        println!("skipped: signals are ignored here");
        return;
    }
    let sample = "samples/okta-system-log.ndjson";
    let records = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(sample)).unwrap();
    let whole = report(&[sample]);
    for signal in ["-INT", "-TERM"] {
        let output = interrupted(&["report", "--format", "json"], signal, &records);
        assert_eq!(output.status.code(), Some(130));
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_account(&found);
        assert_eq!(found["totals"], whole["totals"]);
        assert!(number(&found["interrupted"], "bytes_read") >= records.len() as u64);
        // Nothing else stands there, such as progress, which is for terminals.
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("provlens: interrupted after "), "{said}");
        assert!(said.contains("standard input was read up to byte"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let text = String::from_utf8(interrupted(&["report"], "-INT", &records).stdout).unwrap();
    assert!(text.lines().nth(1).unwrap().starts_with("Interrupted after "), "{text}");
}

#[cfg(unix)]
#[test]
fn j3_every_output_of_an_interrupted_run_says_that_a_part_is_missing() {
    if signals_are_ignored() {
        println!("skipped: signals are ignored here");
        return;
    }
    let records = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson")).unwrap();
    for (args, line) in
        [(&["inputs", "-"][..], 0), (&["person", "kim.lee@example.com", "-"], 1), (&["count", "--by", "app", "-"], 1)]
    {
        let text = String::from_utf8(interrupted(args, "-INT", &records).stdout).unwrap();
        assert!(text.lines().nth(line).unwrap_or_default().trim_start().starts_with("Interrupted after "), "{text}");
        let json = [args, &["--format", "json"]].concat();
        let found: Value = serde_json::from_slice(&interrupted(&json, "-INT", &records).stdout).unwrap();
        assert!(number(&found["interrupted"], "bytes_read") >= records.len() as u64);
    }
}

#[cfg(unix)]
#[test]
fn j3_an_interrupt_leaves_no_part_of_a_file() {
    if signals_are_ignored() {
        println!("skipped: signals are ignored here");
        return;
    }
    let records = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.csv");
    let output = interrupted(&["events", "--format", "csv", "-o", path.to_str().unwrap(), "-"], "-INT", &records);
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is not written, since it would hold only a part"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[cfg(unix)]
#[test]
fn j3_an_interrupt_while_the_newest_event_is_looked_for_shows_nothing() {
    if signals_are_ignored() {
        println!("skipped: signals are ignored here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson"), &path).unwrap();
    // A hole, which takes no room on the disk and a while to look through.
    fs::File::options().write(true).open(&path).unwrap().set_len(64 << 30).unwrap();
    let mut program = process::Command::new(env!("CARGO_BIN_EXE_provlens"));
    program.args(["report", "--since", "2h", "--no-user-rules"]).arg(&path);
    let child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_millis(1300));
    send("-INT", child.id());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("provlens: interrupted while the newest event was looked for"), "{said}");
}
