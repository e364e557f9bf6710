//! What must hold on bad input, bad computers and bad intent: docs/reliability.md lists it row by row.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod containers;
mod corpus;
mod encodings;
mod every;
mod faults;
mod framing;
#[cfg(unix)]
mod inputs;
mod outputs;
mod page;
#[path = "../payloads.rs"]
mod payloads;
mod process;
#[path = "../secrets.rs"]
mod secrets;
#[path = "../sources.rs"]
mod sources;
mod tables;
mod texts;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use flate2::Compression;
use flate2::write::GzEncoder;
use provlens::analysis::{Analysis, Totals};
use provlens::error::{InputError, Problem};
use provlens::frame::Framer;
use provlens::pipeline::{self, Options};
use provlens::rules::Library;
use provlens::source;
use serde_json::Value;
use tempfile::TempDir;

/// The program, in a folder of its own.
fn provlens(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("provlens").unwrap();
    alone(&mut command, folder);
    command
}

/// The program with no more memory than this, if there is a way to limit it here.
fn limited(folder: &Path, megabytes: u64) -> Command {
    let is_there =
        std::process::Command::new("prlimit").arg("--version").output().is_ok_and(|out| out.status.success());
    if !is_there {
        println!("memory is not limited: there is no prlimit");
        return provlens(folder);
    }
    let mut command = Command::new("prlimit");
    command.arg(format!("--data={}", megabytes << 20)).arg(env!("CARGO_BIN_EXE_provlens"));
    alone(&mut command, folder);
    command
}

fn alone(command: &mut Command, folder: &Path) {
    command
        .current_dir(folder)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("PROVLENS_RULES")
        .env_remove("GITHUB_STEP_SUMMARY")
        .env("HOME", "/nonexistent");
}

/// How a run ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        Ended {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn run(folder: &Path, args: &[&str]) -> Ended {
    provlens(folder).args(args).output().unwrap().into()
}

/// What the report says, for programs.
fn report(folder: &Path, paths: &[&str]) -> Value {
    report_with(folder, &[], paths)
}

/// The same with some flags.
fn report_with(folder: &Path, flags: &[&str], paths: &[&str]) -> Value {
    let mut command = provlens(folder);
    let output = command.args(["report", "--format", "json"]).args(flags).arg("--").args(paths).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_account(&found);
    found
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap()
}

/// Nothing is lost without a line in the account.
fn assert_account(report: &Value) {
    let sum = |value: &Value, keys: &[&str]| keys.iter().map(|key| number(value, key)).sum::<u64>();
    let parts = ["events", "other", "duplicates", "unreadable"];
    let totals = &report["totals"];
    assert_eq!(number(totals, "records"), sum(totals, &parts));
    assert_eq!(number(totals, "events"), sum(totals, &["success", "failure", "skipped", "warning", "pending"]));
    for input in report["inputs"].as_array().unwrap() {
        assert_eq!(number(input, "records"), sum(input, &parts), "{}", input["path"]);
    }
}

/// What is said of the only input.
fn problems(report: &Value) -> Vec<String> {
    let problems = report["inputs"][0]["problems"].as_array().unwrap();
    problems.iter().map(|problem| problem["error"].as_str().unwrap().to_owned()).collect()
}

/// Events, other records and unreadable ones of a report.
fn counts(report: &Value) -> (u64, u64, u64) {
    let totals = &report["totals"];
    (number(totals, "events"), number(totals, "other"), number(totals, "unreadable"))
}

/// Reads logs without a process for each: for what is tried many times.
struct Lab {
    library: Library,
    folder: TempDir,
}

impl Lab {
    fn new() -> Lab {
        Lab { library: Library::load(&[]).0, folder: tempfile::tempdir().unwrap() }
    }

    /// What becomes of these bytes in a file of this name; the account is looked at.
    fn read(&self, name: &str, bytes: &[u8]) -> Read {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let gathered = source::gather(std::slice::from_ref(&path));
        let options = Options { threads: Some(1), ..Options::default() };
        let (analysis, _) = pipeline::run(gathered, &self.library, &options);
        let totals = &analysis.totals;
        assert_eq!(totals.records, totals.events + totals.other + totals.duplicates + totals.unreadable, "{name}");
        let outcomes = totals.success + totals.failure + totals.skipped + totals.warning + totals.pending;
        assert_eq!(totals.events, outcomes, "{name}");
        for input in &analysis.inputs {
            assert_eq!(input.records, input.events + input.other + input.duplicates + input.unreadable, "{name}");
        }
        Read(analysis)
    }
}

/// How many records there are, and what could not be read; a tenth of the time that reading them takes.
fn cut(path: &Path) -> Result<(usize, Vec<Problem>), InputError> {
    let gathered = source::gather(std::slice::from_ref(&path.to_owned()));
    let mut framer = Framer::new(source::open(&gathered.sources[0])?);
    let (mut records, mut problems) = (0, Vec::new());
    while let Some(batch) = framer.next_batch() {
        records += batch.frames.len();
        problems.extend(batch.problems);
    }
    Ok((records, problems))
}

/// What was read.
struct Read(Analysis);

impl Read {
    /// Events, other records and unreadable ones.
    fn counts(&self) -> (u64, u64, u64) {
        let totals = &self.0.totals;
        (totals.events, totals.other, totals.unreadable)
    }

    /// What is said of it.
    fn said(&self) -> Vec<&str> {
        let problems = self.0.inputs.iter().flat_map(|input| &input.problems);
        problems.map(|problem| problem.detail.as_str()).collect()
    }

    /// Totals, and failures by issue: all but where they stand.
    fn facts(&self) -> (Totals, Vec<(String, u64)>) {
        let issues = self.0.issues.iter();
        (
            self.0.totals.clone(),
            issues.map(|issue| (format!("{:?} {:?}", issue.rule, issue.app), issue.failures)).collect(),
        )
    }
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)).unwrap()
}

/// An Okta System Log: the 46 records of the sample, a line each.
fn okta() -> Vec<u8> {
    sample("okta-system-log.ndjson")
}

/// The first records of it, one by one; the first three are two events and a sign-in.
fn records(count: usize) -> Vec<String> {
    String::from_utf8(okta()).unwrap().lines().take(count).map(str::to_owned).collect()
}

fn lines(count: usize) -> Vec<u8> {
    records(count).iter().map(|record| format!("{record}\n")).collect::<String>().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

/// Files of the project that are logs.
fn logs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = |folder: &str| fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        files("samples").chain(files("tests/dialects")).filter(|path| !path.ends_with("README.md")).collect();
    paths.sort();
    paths
}
