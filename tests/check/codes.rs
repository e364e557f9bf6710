//! Every exit code, and that the words say the same.

use std::fs;
use std::io::Write as _;

use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use crate::log::{self, CONFLICT_RULE, Log};
use crate::{check, folder};

/// Arguments on the log of a bad day, exit code, and a word that is said.
type Case = (&'static str, i32, &'static str);

/// Runs each, and sees that the words say the same as the code.
fn judge(cases: &[Case]) {
    let log = log::bad();
    let half = format!("{}{{\"uuid\": \n", log.text().replace("5a0b", "5a0c"));
    let folder = folder(&[
        ("bad.log", log.text()),
        ("half.log", &half),
        ("other.json", r#"{"schema":"provlens/baseline/2"}"#),
        ("page.html", "<!DOCTYPE html><html><body>Sign in</body></html>"),
    ]);
    fs::create_dir(folder.path().join("rules")).unwrap();
    fs::write(folder.path().join("rules/broken.toml"), "id = \"broken\"\n").unwrap();
    for (args, code, word) in cases {
        let mut all: Vec<&str> = args.split_whitespace().collect();
        // A log with a hole is a whole one of its own.
        if !args.starts_with("half.log") {
            all.insert(0, "bad.log");
        }
        let ended = check(folder.path(), &all);
        let said = format!("{}{}", ended.out, ended.err);
        assert_eq!(ended.code, *code, "{args}\n{said}");
        assert!(said.contains(word), "{args}: {word} is missing in\n{said}");
        // Words match the code.
        let shouted = ["PASSED", "FAILED"].map(|word| ended.out.contains(word));
        let wanted = match code {
            0 => [!said.contains("NOT EVALUATED"), false],
            1 => [false, true],
            2 => [false, false],
            // Only a report that could not be written leaves a verdict.
            _ => shouted,
        };
        assert_eq!(shouted, wanted, "{args}\n{said}");
        assert!(!ended.err.contains("panicked"), "{said}");
    }
}

#[test]
fn x1_what_crossed_a_line_fails_and_what_did_not_passes() {
    judge(&[
        ("--fail-on failures>4", 1, "FAILED"),
        ("--fail-on failures>5", 0, "PASSED"),
        ("--fail-on failures>=5", 1, "FAILED"),
        ("--fail-on failures>0@rule:okta-remote-*", 1, "FAILED"),
        ("--fail-on failures>0@rule:entra-*", 0, "PASSED"),
        ("--fail-on failures>3@app:Team*", 1, "FAILED"),
        ("--fail-on failures>1@app:files", 0, "PASSED"),
        ("--fail-on rate>16%@app:Team*", 1, "FAILED"),
        ("--fail-on rate>17%@app:Team*", 0, "PASSED"),
        ("--fail-on people>3", 1, "FAILED"),
        ("--fail-on people>4", 0, "PASSED"),
        ("--fail-on severity>=high", 1, "FAILED"),
        ("--fail-on severity>=critical", 0, "PASSED"),
        ("--fail-on unknown", 1, "FAILED"),
        ("--fail-on access-not-removed", 0, "PASSED"),
        ("--fail-on none", 0, "PASSED"),
        ("--fail-on failures>5 --fail-on unknown", 1, "FAILED"),
    ]);
}

#[test]
fn x2_wrong_usage_is_named() {
    judge(&[
        ("--fail-on spkie", 2, "did you mean `spike`?"),
        ("--fail-on failures>0@rule:okta-remote-conflct-user-exists", 2, "did you mean"),
        ("--fail-on none,spike", 2, "stands alone"),
        ("--baseline absent.json", 2, "no such file"),
        ("--baseline bad.log", 2, "is no baseline"),
        ("--baseline other.json", 2, "provlens/baseline/2"),
        ("--baseline-if-exists other.json", 2, "provlens/baseline/2"),
        ("--save-baseline other.json", 2, "provlens/baseline/2"),
        ("--allow absent.toml", 2, "no such file"),
        ("--allow other.json", 2, "line 1"),
        ("--max-unreadable 101", 2, "from 0 to 100"),
        ("--max-unreadable x", 2, "--max-unreadable"),
        ("--min-severity worst", 2, "critical, high, medium, low, info"),
        ("--format yaml", 2, "possible values"),
        ("--report junit", 2, "FORMAT=FILE"),
        ("--report yaml=x", 2, "is no format"),
        ("--report junit=", 2, "FORMAT=FILE"),
        ("--learn-spikes", 2, "--save-baseline"),
        ("--baseline a --baseline-if-exists b", 2, "cannot be used with"),
        ("--surprise", 2, "--surprise"),
    ]);
}

#[test]
fn k2_a_broken_rule_file_may_be_the_one_that_would_have_found_something() {
    judge(&[
        ("--rules rules --fail-on failures>5", 2, "NOT EVALUATED"),
        ("--rules rules --fail-on failures>4", 2, "NOT EVALUATED"),
    ]);
}

#[test]
fn x3_an_input_that_cannot_be_used_leaves_no_verdict() {
    judge(&[
        ("absent.log --fail-on failures>4", 3, "NOT EVALUATED"),
        ("page.html --fail-on failures>4", 3, "NOT EVALUATED"),
    ]);
}

#[test]
fn x4_a_part_that_cannot_be_read_leaves_no_verdict() {
    judge(&[
        ("half.log --fail-on failures>4", 3, "NOT EVALUATED"),
        ("half.log --fail-on failures>4 --max-unreadable 50", 1, "FAILED"),
        ("half.log --fail-on failures>5 --max-unreadable 50", 0, "PASSED"),
        ("half.log --fail-on failures>4 --max-unreadable 50 --strict", 3, "NOT EVALUATED"),
    ]);
}

/// A cut is one unreadable record in the account, and far less than one in a hundred of a long log.
#[test]
fn x3_a_log_that_is_cut_off_leaves_no_verdict_however_small_a_part_its_last_record_is() {
    let mut log = Log::default();
    for person in 0..300 {
        log.success(&format!("2026-11-16T09:{:02}:00.000Z", person % 60), person, "Team Chat");
    }
    let lines = log.text();
    let list = format!("[{}]", lines.trim_end().replace('\n', ","));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(lines.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let whole = lines.len() / 2 + lines[lines.len() / 2..].find('\n').unwrap() + 1;
    let folder = folder(&[("whole.ndjson", &lines[..whole])]);
    let cut = [
        ("lines.ndjson", &lines.as_bytes()[..lines.len() - 40]),
        ("list.json", &list.as_bytes()[..list.len() - 400]),
        ("lines.ndjson.gz", &packed[..packed.len() - 300]),
    ];
    for (name, bytes) in cut {
        fs::write(folder.path().join(name), bytes).unwrap();
        let why = format!("{name} is cut off or damaged, so findings may be missing; download or export it again");
        for format in ["text", "github", "json", "junit"] {
            let ended = check(folder.path(), &["whole.ndjson", name, "--fail-on", "failures>0", "--format", format]);
            assert_eq!(ended.code, 3, "{name}: {}", ended.out);
            assert!(ended.out.contains(&why), "{name}: {}", ended.out);
        }
        let accepted = check(folder.path(), &[name, "--fail-on", "failures>0", "--max-unreadable", "2"]);
        assert_eq!(accepted.code, 0, "{name}: {}", accepted.out);
        assert!(accepted.out.contains(&format!("note: {name} is cut off or damaged")), "{name}: {}", accepted.out);
    }
    assert_eq!(check(folder.path(), &["whole.ndjson", "--fail-on", "failures>0"]).code, 0);
    // The logs of a folder are judged as one, so a cut in any of them counts.
    let in_a_folder = check(folder.path(), &[".", "--fail-on", "failures>0"]);
    assert_eq!(in_a_folder.code, 3, "{}", in_a_folder.out);
    assert!(in_a_folder.out.contains("list.json are cut off or damaged"), "{}", in_a_folder.out);
    fs::create_dir(folder.path().join("other")).unwrap();
    fs::write(folder.path().join("other/half.json"), r#"{"shopping": ["milk", "#).unwrap();
    assert_eq!(check(folder.path(), &["whole.ndjson", "other", "--fail-on", "failures>0"]).code, 0);
}

/// What lies in a folder and is no log is only listed; of what may be one and cannot be opened, everybody is told.
#[test]
fn a_log_in_a_folder_that_cannot_be_opened_is_told_and_an_error_if_somebody_says_so() {
    let folder = folder(&[("page.html", "<html>"), ("good.log", log::good().text())]);
    let bytes = compress_to_vec(log::bad().text().as_bytes(), CompressionLevel::Fastest);
    assert_eq!(check(folder.path(), &[".", "--fail-on", "failures>0"]).code, 0);
    for (name, bytes) in
        [("bad.log.zst", &bytes[..bytes.len() / 2]), ("bad.zip", b"PK\x03\x04"), ("bad.log.xz", b"\xfd7zXZ\0")]
    {
        fs::write(folder.path().join(name), bytes).unwrap();
        let why = format!("{name} could not be read, so findings may be missing");
        for format in ["text", "github", "json", "junit", "sarif"] {
            let ended = check(folder.path(), &[".", "--fail-on", "failures>0", "--format", format]);
            assert_eq!(ended.code, 0, "{name}: {}", ended.out);
            assert!(ended.out.contains(&why), "{name}: {}", ended.out);
        }
        let strict = check(folder.path(), &[".", "--fail-on", "failures>0", "--strict"]);
        assert_eq!(strict.code, 3, "{name}: {}", strict.out);
        fs::remove_file(folder.path().join(name)).unwrap();
    }
}

#[test]
fn x5_nothing_to_judge_is_no_pass() {
    judge(&[
        ("--since 2027-01-01 --fail-on failures>0", 3, "no data is not success"),
        ("--since 2027-01-01 --fail-on none", 3, "no data is not success"),
        ("--since 2027-01-01 --fail-on failures>0 --allow-empty", 0, "PASSED"),
    ]);
}

#[test]
fn x6_a_gate_that_cannot_be_evaluated_leaves_it_to_the_others() {
    judge(&[
        ("--fail-on new-issue,failures>5", 0, "not evaluated: new-issue"),
        ("--fail-on new-issue,failures>4", 1, "not evaluated: new-issue"),
        (
            "--fail-on new-issue",
            0,
            "NOT EVALUATED: neither passed nor failed, since no gate could be judged: new-issue. By itself that is no error (exit code 0); --require-all-gates makes it one; ",
        ),
        ("--fail-on new-issue --require-all-gates", 3, "NOT EVALUATED"),
        ("--fail-on new-issue,failures>5 --require-all-gates", 3, "NOT EVALUATED"),
        ("--fail-on new-issue,failures>4 --require-all-gates", 1, "FAILED"),
        ("--fail-on new-issue --baseline-if-exists absent.json", 0, "--save-baseline absent.json writes it"),
        ("--fail-on failures>0@app:Wrokday", 0, "no application in these logs is called Wrokday"),
        ("--fail-on failures>0@app:Wrokday --require-all-gates", 3, "Wrokday"),
    ]);
}

#[test]
fn x7_a_report_that_cannot_be_written_leaves_the_verdict_and_is_an_error() {
    judge(&[
        ("--fail-on failures>4 --report json=absent/x.json", 3, "FAILED: 1 of 1 gate"),
        ("--fail-on failures>5 --report json=absent/x.json", 3, "PASSED"),
        ("--rules rules --fail-on failures>4 --report json=absent/x.json", 2, "no such folder"),
        ("--fail-on failures>4 --report json=bad.log", 3, "one of the inputs"),
        ("--fail-on failures>4 --report json=/dev/full", 3, "no ordinary file"),
        ("--fail-on failures>4 --save-baseline absent/x.json", 3, "no such folder"),
    ]);
}

#[test]
fn x1_a_finding_that_crossed_no_line_leaves_one_line_on_a_good_day() {
    let folder = folder(&[("good.log", log::good().text())]);
    let ended = check(folder.path(), &["good.log", "--fail-on", "failures>0,unknown,access-not-removed"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    insta::assert_snapshot!(ended.out);
}

#[test]
fn x1_the_last_line_of_a_red_run_says_what_to_do() {
    let mut log = log::bad();
    log.kept("2026-11-16T12:00:00.000Z", 7, "Team Chat");
    let folder = folder(&[("bad.log", log.text())]);
    let args =
        ["bad.log", "--fail-on", "failures>4@app:Team*,access-not-removed,unknown,spike", "--min-severity", "high"];
    let ended = check(folder.path(), &args);
    assert_eq!((ended.code, ended.err.as_str()), (1, ""));
    assert!(ended.out.lines().last().unwrap().starts_with("next: start with "));
    insta::assert_snapshot!(ended.out);
}

#[test]
fn what_is_shown_moves_no_gate() {
    let folder = folder(&[("bad.log", log::bad().text())]);
    for severity in ["info", "critical"] {
        let args = ["bad.log", "--fail-on", "people>3", "--min-severity", severity];
        let ended = check(folder.path(), &args);
        assert_eq!(ended.code, 1);
        assert!(ended.out.contains(CONFLICT_RULE), "{}", ended.out);
    }
}

#[test]
fn a_part_of_the_logs_is_told_to_be_a_part() {
    let folder = folder(&[("bad.log", log::bad().text())]);
    let ended = check(folder.path(), &["bad.log", "--fail-on", "unknown", "--app", "Team"]);
    assert_eq!(ended.code, 0);
    assert!(ended.out.contains("note: only a part of the logs was judged: --app Team"), "{}", ended.out);
}

#[test]
fn a_waiver_is_told_and_so_is_one_that_nothing_needs() {
    let waivers = format!(
        "[[allow]]\napp = \"Team Chat\"\nrule = \"{CONFLICT_RULE}\"\nuntil = 2026-12-31\nreason = \"ticket 4711\"\n\
         [[allow]]\napp = \"Gone\"\nrule = \"*\"\nuntil = 2026-12-31\nreason = \"old\"\n"
    );
    let folder = folder(&[("bad.log", log::bad().text()), ("allow.toml", &waivers)]);
    let ended = check(folder.path(), &["bad.log", "--fail-on", "people>3", "--allow", "allow.toml"]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert!(
        ended.out.contains("waived: people>3: Team Chat: ") && ended.out.contains("until 2026-12-31 (ticket 4711)")
    );
    assert!(ended.out.contains("note: the waiver for * at Gone (old) covers nothing"), "{}", ended.out);
    let over = waivers.replacen("2026-12-31", "2026-11-15", 1);
    fs::write(folder.path().join("allow.toml"), over).unwrap();
    let ended = check(folder.path(), &["bad.log", "--fail-on", "people>3", "--allow", "allow.toml"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("ran out on 2026-11-15"), "{}", ended.out);
}

#[test]
fn a_console_of_a_pipeline_is_given_no_command_by_a_log() {
    let mut log = Log::default();
    let hostile = "::add-mask::x ##[set-env name=PATH]y ##vso[task.complete] \u{1b}]52;c;SGk=\u{7}\u{202e}\n::error::z";
    for person in 0..3 {
        log.failure("2026-11-16T10:00:00.000Z", person, hostile, "::stop-commands::pause\n##[group]x");
    }
    let folder = folder(&[("hostile.log", log.text())]);
    for format in ["text", "json"] {
        let args = ["hostile.log", "--fail-on", "failures>0,unknown,rate>1%", "--format", format];
        let ended = check(folder.path(), &args);
        assert_eq!(ended.code, 1);
        assert!(!ended.out.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'), "{format}");
        if format == "text" {
            assert!(!ended.out.contains("::") && !ended.out.contains("##"), "{}", ended.out);
        }
    }
}
