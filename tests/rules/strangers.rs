//! A rule library of somebody else is foreign data: its patterns, its words, and what it takes for its own.

use std::fs;

use super::{line_of, path, payloads, provlens, rule, run};

/// Patterns over which other engines think for longer than anybody waits.
const SLOW: [&str; 8] = [
    "(a+)+$",
    "(.*)*$",
    "(a|a)*b",
    "(a|aa)+$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(.*?,){25}x",
    "(x+x+)+y",
    "a*a*a*a*a*a*a*b",
];
/// What is too large to be compiled, or no pattern of this engine.
const REFUSED: [&str; 6] =
    ["[a-z]{1000}{1000}", "(?:a{1000}){1000}", "((a{100}){100}){100}", "(?=a)b", r"(a)\1", r"\p{L}{1000}{1000}"];

fn with_pattern(id: &str, pattern: &str) -> String {
    let pattern = format!("regex = {{ message = ['{pattern}'] }}");
    let text = rule(id);
    let line = text.lines().find(|line| line.starts_with("contains =")).unwrap();
    text.replace(line, &pattern)
}

#[test]
fn k1_a_pattern_made_to_take_for_ever_takes_none() {
    let folder = tempfile::tempdir().unwrap();
    for (number, pattern) in SLOW.iter().enumerate() {
        let id = format!("slow-{number}");
        fs::write(folder.path().join(format!("{id}.toml")), with_pattern(&id, pattern)).unwrap();
    }
    let log = folder.path().join("log.json");
    // The end of it is what nearly matches.
    let message = format!("{}!", "a".repeat(1 << 20));
    let record = super::record(1, "Kim Lee", "kim.lee@example.com").replace("The planner has no depot", &message);
    fs::write(&log, record).unwrap();
    for args in [&[][..], &["--filter", "said:/(a+)+$/"], &["--filter", "said:/(.*)*x/"]] {
        let args = [&["report", path(&log), "--format", "json", "--rules", path(folder.path())], args].concat();
        // Not how fast it is, but that it ends: another engine would take longer than the universe has been there.
        let output = provlens(&args).timeout(std::time::Duration::from_secs(120)).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn k1_a_pattern_that_is_too_large_is_refused_with_its_file_and_line() {
    for pattern in REFUSED {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("big.toml");
        fs::write(&file, with_pattern("big", pattern)).unwrap();
        let (_, said, code) = run(&["check", "samples", "--rules", path(folder.path()), "--fail-on", "none"]);
        assert_eq!(code, 2, "{pattern}: {said}");
        let start = format!("provlens: {}:{}: the regular expression ", file.display(), line_of("contains ="));
        assert!(said.starts_with(&start), "{pattern}: {said}");
        let filter = format!("said:/{pattern}/");
        let (_, said, code) = run(&["report", "samples", "--filter", &filter]);
        // Letters of all languages are allowed there, and too many of them are not.
        assert_eq!(code, 2, "{filter}: {said}");
    }
}

#[test]
fn k3_words_of_a_rule_are_no_orders_to_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    let words: String = payloads::PAYLOADS.concat();
    let text = |text: &str| serde_json::to_string(text).unwrap().replace("\\u007f", "\\u007F");
    // TOML takes the escapes of JSON, and no bare DEL.
    let hostile = text(&words).replace('\u{7f}', "\\u007f");
    let file = rule("strange")
        // A title has sixty columns.
        .replace("\"The planner has no depot for the person\"", &text("a\u{1b}]0;x\u{7}\u{202e}\u{9b}2J"))
        .replace("\"The planner wants a depot for everybody.\"", &hostile)
        .replace("\"In the planner open People > the person and choose a depot.\"", &hostile)
        .replace("\"The next cycle creates the account.\"", &hostile)
        .replace("\"It stays.\"", &hostile)
        .replace("\"The planner's support\"", &hostile)
        .replace("\"time (UTC)\"", &hostile);
    fs::write(rules.join("strange.toml"), file).unwrap();
    let log = folder.path().join("log.json");
    fs::write(&log, super::record(1, "Kim Lee", "kim.lee@example.com")).unwrap();
    let (log, rules) = (path(&log), path(&rules));
    for args in [
        &["report", log][..],
        &["report", log, "--format", "json"],
        &["report", log, "--format", "markdown"],
        &["report", log, "--format", "html"],
        &["report", log, "--format", "csv"],
        &["explain", "strange"],
        &["explain", "strange", log],
        &["rules", "show", "strange"],
        &["rules", "list"],
        &["rules", "test"],
        &["rules", "lint"],
        &["rules", "coverage", log],
        &["check", log, "--fail-on", "failures>0"],
        &["check", log, "--fail-on", "failures>0", "--format", "github"],
        &["check", log, "--fail-on", "failures>0", "--format", "junit"],
        &["person", "kim.lee@example.com", log],
        &["bundle", log, "--dry-run", "--issue", "strange"],
        &["bundle", log, "--show", "README.md", "--issue", "strange"],
    ] {
        let (printed, said, code) = run(&[args, &["--rules", rules]].concat());
        assert!(code <= 1, "{args:?}: {said}");
        let shown = printed + &said;
        let steers = |letter: &char| payloads::is_unwanted(*letter) || matches!(letter, '\x07' | '\x1b' | '\r');
        // A table ends its lines as spreadsheets do.
        assert_eq!(shown.replace("\r\n", "\n").chars().find(steers), None, "{args:?}: {shown}");
    }
}

/// A rule that matches whatever failed.
fn greedy() -> String {
    with_pattern("greedy", ".").replace("\"medium\"", "\"high\"").replace("provider = [\"entra\"]\n", "")
}

#[test]
fn k4_a_rule_that_matches_everything_is_refused_by_its_counterexamples() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("greedy.toml"), greedy()).unwrap();
    for command in ["test", "lint"] {
        let (printed, said, code) = run(&["rules", command, "--rules", path(folder.path())]);
        assert_eq!(code, if command == "test" { 1 } else { code }, "{printed}{said}");
    }
    let (printed, said, _) = run(&["rules", "test", "--rules", path(folder.path())]);
    assert!(format!("{printed}{said}").contains("greedy.toml"), "{printed}{said}");
}

#[test]
fn k4_a_rule_of_ones_own_that_explains_nearly_everything_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.ndjson");
    let lines: String =
        (1..10).map(|number| super::record(number, "Kim Lee", &format!("kim{number}@example.com")) + "\n").collect();
    let more = |number: u32| {
        super::record(number % 10, "Kim", "kim@example.com").replace("0000-4000", &format!("{number:04}-4000")) + "\n"
    };
    fs::write(&log, lines + &(10..40).map(more).collect::<String>()).unwrap();
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    fs::write(rules.join("greedy.toml"), greedy()).unwrap();
    let args = ["report", path(&log), "--rules", path(&rules)];
    let (_, said, code) = run(&args);
    assert_eq!((code, said.lines().count()), (0, 1), "{said}");
    assert!(said.starts_with("provlens: your rule greedy explains 100% of "), "{said}");
    assert_eq!(run(&[&args[..], &["--quiet"]].concat()).1, "");
    // The built-in ones may: an outage has one cause.
    assert_eq!(run(&["report", "samples"]).1, "");
}
