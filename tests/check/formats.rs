//! What a check writes for other programs, as those programs read it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::log::{CONFLICT, Log};
use crate::{check, folder, provlens};

const HOSTILE: [&str; 5] = [
    "::add-mask::x",
    "a\"} 1\n# b\\",
    "]]><x y='&amp;'>",
    "\u{1b}]52;c;SGk=\u{7}\u{fffe}\u{202e}",
    "100%,##[group]a%0A\r\n",
];

/// A log in which strangers chose the names.
fn hostile() -> Log {
    let mut log = crate::log::bad();
    for (person, name) in (200..).zip(HOSTILE) {
        log.failure("2026-11-16T10:00:00.000Z", person, name, CONFLICT);
        log.failure("2026-11-16T10:05:00.000Z", person + 20, name, name);
        log.odd("2026-11-16T10:10:00.000Z", person + 40, name);
    }
    log
}

const KINDS: [&str; 6] = ["junit", "sarif", "github", "prometheus", "slack", "teams"];
const WAIVERS: &str = "[[allow]]\napp = 'Team*'\nrule = '*'\nuntil = 2026-12-31\nreason = '<ticket> \"&\"'\n";

/// A folder with a file of each format.
fn reports(log: &str, more: &[&str]) -> TempDir {
    let folder = folder(&[("some.log", log), ("allow.toml", WAIVERS)]);
    let reports: Vec<String> = KINDS.iter().map(|kind| format!("--report={kind}=out.{kind}")).collect();
    let mut args =
        vec!["some.log", "--fail-on", "failures>0,unknown,rate>1%,new-issue,people>5", "--allow", "allow.toml"];
    args.extend(reports.iter().map(String::as_str));
    args.extend(more);
    let ended = check(folder.path(), &args);
    assert!(ended.code == 1 || !more.is_empty(), "{}", ended.err);
    folder
}

/// A failing run, a passing one, and one that judges nothing.
fn runs() -> [TempDir; 3] {
    let good = crate::log::good();
    [
        reports(hostile().text(), &[]),
        reports(good.text(), &["--quiet"]),
        reports(good.text(), &["--since", "2027-01-01"]),
    ]
}

fn schema(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/schemas").join(name);
    if !path.is_file() {
        println!("skipped: {name} is not in ../shared/data/schemas");
    }
    path.is_file().then_some(path)
}

/// Whether `file` is valid; `None` if Python lacks what it takes to say.
fn is_valid(kind: &str, schema: &Path, file: &Path) -> Option<bool> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/validate.py");
    let output = Command::new("python3").arg(script).arg(kind).arg(schema).arg(file).output().ok()?;
    println!("{}", String::from_utf8_lossy(&output.stdout).trim());
    match output.status.code() {
        Some(0) => Some(true),
        Some(1) => {
            println!("{}", String::from_utf8_lossy(&output.stderr));
            Some(false)
        }
        _ => None,
    }
}

/// The same by xmllint.
fn is_valid_for_xmllint(schema: &Path, file: &Path) -> Option<bool> {
    let output = Command::new("xmllint").args(["--noout", "--schema"]).args([schema, file]).output().ok()?;
    println!("{}", String::from_utf8_lossy(&output.stderr).trim());
    Some(output.status.success())
}

#[test]
fn junit_is_what_both_schemas_describe() {
    for name in ["junit-windyroad.xsd", "junit-10-jenkins.xsd"] {
        let Some(schema) = schema(name) else { return };
        for folder in runs() {
            let file = folder.path().join("out.junit");
            let by_python = is_valid("junit", &schema, &file).map(|valid| (valid, "lxml"));
            match by_python.or_else(|| is_valid_for_xmllint(&schema, &file).map(|valid| (valid, "xmllint"))) {
                Some((valid, by)) => assert!(valid, "{name} by {by}: {}", fs::read_to_string(file).unwrap()),
                None => println!("skipped: neither Python's lxml nor xmllint is there"),
            }
        }
    }
}

#[test]
fn i4_junit_is_xml_for_a_strict_reader_and_counts_what_it_holds() {
    for folder in runs() {
        let text = fs::read_to_string(folder.path().join("out.junit")).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        for suite in document.descendants().filter(|node| node.has_tag_name("testsuite")) {
            let cases = || suite.children().filter(|node| node.has_tag_name("testcase"));
            let with = |tag: &str| cases().filter(|case| case.children().any(|node| node.has_tag_name(tag))).count();
            for (attribute, count) in [
                ("tests", cases().count()),
                ("failures", with("failure")),
                ("errors", with("error")),
                ("skipped", with("skipped")),
            ] {
                assert_eq!(suite.attribute(attribute), Some(count.to_string().as_str()), "{attribute}");
            }
        }
        let known = [
            "testsuites",
            "testsuite",
            "properties",
            "testcase",
            "failure",
            "skipped",
            "error",
            "system-out",
            "system-err",
        ];
        let tags = document.descendants().filter(|node| node.is_element());
        tags.for_each(|node| assert!(known.contains(&node.tag_name().name()), "{node:?}"));
    }
}

#[test]
fn sarif_is_what_its_schema_describes() {
    let Some(schema) = schema("sarif-schema-2.1.0.json") else { return };
    for folder in runs() {
        let file = folder.path().join("out.sarif");
        match is_valid("sarif", &schema, &file) {
            Some(valid) => assert!(valid, "{}", fs::read_to_string(file).unwrap()),
            None => println!("skipped: Python's jsonschema is not there"),
        }
    }
}

#[test]
fn prometheus_takes_the_numbers() {
    for folder in runs() {
        let text = fs::read(folder.path().join("out.prometheus")).unwrap();
        assert!(text.ends_with(b"\n"));
        let promtool =
            Command::new("promtool").args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let Ok(mut child) = promtool else {
            println!("skipped: promtool is not there");
            return;
        };
        child.stdin.take().unwrap().write_all(&text).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn i10_each_format_is_the_same_with_any_number_of_threads() {
    let [one, seven] = ["1", "7"].map(|threads| reports(hostile().text(), &["--threads", threads]));
    for kind in KINDS {
        let read = |folder: &TempDir| fs::read(folder.path().join(format!("out.{kind}"))).unwrap();
        assert!(read(&one) == read(&seven), "{kind}");
        assert!(!read(&one).is_empty(), "{kind}");
    }
}

#[test]
fn i5_a_console_of_github_reads_our_commands_only() {
    let folder = folder(&[("some.log", hostile().text())]);
    let args = ["some.log", "--fail-on", "failures>0,unknown,people>0", "--format", "github"];
    let ended = check(folder.path(), &args);
    assert_eq!(ended.code, 1);
    let commands: Vec<&str> = ended.out.lines().filter(|line| line.trim_start().starts_with("::")).collect();
    assert_eq!(commands.len(), 10);
    for command in commands {
        assert!(command.starts_with("::error title=") && command.matches("::").count() == 2, "{command}");
    }
    assert!(!ended.out.contains("##["), "{}", ended.out);
}

#[test]
fn the_summary_of_a_step_is_added_to_its_file() {
    let folder = folder(&[("bad.log", crate::log::bad().text()), ("summary.md", "before\n")]);
    let run = |format: &str| {
        let mut command = provlens(folder.path());
        command.args(["check", "bad.log", "--fail-on", "people>3", "--format", format]);
        let output = command.env("GITHUB_STEP_SUMMARY", folder.path().join("summary.md")).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        fs::read_to_string(folder.path().join("summary.md")).unwrap()
    };
    assert_eq!(run("text"), "before\n");
    let summary = run("github");
    assert!(
        summary.starts_with("before\n### provlens check FAILED") && summary.contains("| people\\>3 | failed |"),
        "{summary}"
    );
    // Where it cannot be added the verdict is told, and the run is not taken for a pass.
    let mut command = provlens(folder.path());
    command.args(["check", "bad.log", "--fail-on", "none", "--format", "github"]);
    let output = command.env("GITHUB_STEP_SUMMARY", folder.path().join("absent/summary.md")).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("PASSED"));
}
