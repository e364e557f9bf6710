//! A large file read in parts by several threads gives what reading it from front to back gives.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use assert_cmd::Command;
use proptest::prelude::*;
use provlens::analysis::Analysis;
use provlens::output::report::json;
use provlens::pipeline::{self, Options};
use provlens::rules::Library;
use provlens::source::{self, Limits};
use serde_json::Value;

fn report(paths: &[PathBuf], threads: usize, library: &Library) -> (Analysis, Value) {
    let options = Options { threads: Some(threads), ..Options::default() };
    let (analysis, errors) = pipeline::run(source::gather(paths), library, &options);
    assert!(errors.is_empty(), "{errors:?}");
    let mut value = serde_json::to_value(json::report(&analysis, library)).unwrap();
    for input in value["inputs"].as_array_mut().unwrap() {
        input["path"].take();
    }
    for kind in ["issues", "unknown"] {
        for issue in value[kind].as_array_mut().unwrap() {
            for list in ["examples", "likely_triggers"] {
                for record in issue[list].as_array_mut().unwrap() {
                    record["path"].take();
                }
            }
        }
    }
    (analysis, value)
}

/// Records of the sample under ids of their own, a few megabytes of them.
fn records(copies: usize) -> Vec<String> {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/okta-system-log.ndjson");
    let text = fs::read_to_string(sample).unwrap();
    (0..copies)
        .flat_map(|copy| {
            text.lines().map(move |line| line.replace("\"5a0b", &format!("\"{copy:04}"))).collect::<Vec<_>>()
        })
        .collect()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// Where two reports differ first; whole ones are too long to be read.
fn difference(a: &Value, b: &Value, path: &str) -> Option<String> {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) if x.len() == y.len() => {
            x.iter().find_map(|(key, inner)| difference(inner, &y[key], &format!("{path}/{key}")))
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            x.iter().zip(y).enumerate().find_map(|(at, (x, y))| difference(x, y, &format!("{path}/{at}")))
        }
        _ => (a != b).then(|| format!("{path}: {a:.300} and {b:.300}")),
    }
}

/// The same bytes as a plain file, which is read in parts, and compressed, which is read from front
/// to back.
fn both_ways(bytes: &[u8], library: &Library) -> (Value, Value) {
    let folder = tempfile::tempdir().unwrap();
    let (plain, packed) = (folder.path().join("log"), folder.path().join("log.gz"));
    fs::write(&plain, bytes).unwrap();
    fs::write(&packed, gzipped(bytes)).unwrap();
    (report(&[plain], 2, library).1, report(&[packed], 2, library).1)
}

#[test]
fn d1_every_framing_in_parts_gives_the_same_for_any_number_of_threads() {
    let (library, _) = Library::load(&[]);
    let records = records(60);
    let pretty =
        |record: &String| serde_json::to_string_pretty(&serde_json::from_str::<Value>(record).unwrap()).unwrap();
    let spread: Vec<String> = records.iter().map(pretty).collect();
    let framings = [
        ("lines", records.join("\n")),
        ("one line", format!("[{}]", records.join(","))),
        ("pretty", format!("[\n{}\n]\n", spread.join(",\n"))),
        ("wrapped", format!("{{\"value\":[{}]}}", records.join(","))),
        ("prefixed", records.iter().map(|record| format!("Mar 02 host \"okta: {record}\n")).collect()),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut facts = Vec::new();
    for (name, text) in framings {
        let path = folder.path().join("log");
        fs::write(&path, &text).unwrap();
        assert!(text.len() > 3 << 19, "{name} is too short to be read in parts");
        let (analysis, one) = report(std::slice::from_ref(&path), 1, &library);
        for threads in [2, 7] {
            let other = report(std::slice::from_ref(&path), threads, &library).1;
            assert_eq!(difference(&other, &one, name), None, "{threads} threads");
        }
        assert_eq!(analysis.totals.records, records.len() as u64, "{name}");
        assert_eq!(analysis.totals.unreadable, 0, "{name}");
        facts.push(serde_json::json!([one["totals"], one["people"], one["apps"]]));
    }
    assert!(facts.windows(2).all(|pair| pair[0] == pair[1]));
}

/// Nested objects that begin like a record mislead whoever begins in the middle of a file.
#[test]
fn parts_that_do_not_fit_together_are_read_again() {
    let (library, _) = Library::load(&[]);
    let records = records(20);
    let inner: Vec<String> = records.iter().take(30).cloned().collect();
    // Long records, most of whose bytes are other records.
    let nested: Vec<String> = records
        .iter()
        .map(|record| format!("{},\"copies\":[{}]}}", record.strip_suffix('}').unwrap(), inner.join(",")))
        .collect();
    let (parts, stream) = both_ways(format!("[{}]", nested.join(",")).as_bytes(), &library);
    assert_eq!(difference(&parts, &stream, ""), None);
    assert_eq!(parts["totals"]["records"], records.len());
}

#[test]
fn d6_a_record_that_is_too_long_is_passed_over_in_parts_too() {
    let (library, _) = Library::load(&[]);
    let mut lines = records(30);
    lines.insert(700, format!("{{\"actor\":{{}},\"client\":\"{}\"}}", "x".repeat(17 << 20)));
    let (parts, stream) = both_ways(lines.join("\n").as_bytes(), &library);
    assert_eq!(difference(&parts, &stream, ""), None);
    assert_eq!(parts["totals"]["unreadable"], 1);
    assert_eq!(parts["totals"]["records"], lines.len());
    assert_eq!(parts["inputs"][0]["problems"][0]["kind"], "too-long");
    assert_eq!(parts["inputs"][0]["problems"][0]["line"], 701);
}

/// Of the records that are broken, some end where a part does.
#[test]
fn d3_long_broken_records_are_told_wherever_parts_end() {
    let (library, _) = Library::load(&[]);
    let damaged = |(at, record): (usize, String)| {
        let filler = "y".repeat([10, 3_000, 9_000][at % 7 % 3]);
        let colon = if at.is_multiple_of(3) { "" } else { ":" };
        format!("{},\"filler\"{colon}\"{filler}\"}}", record.strip_suffix('}').unwrap())
    };
    let records: Vec<String> = records(25).into_iter().enumerate().map(damaged).collect();
    for text in [records.join("\n"), format!("[{}]", records.join(","))] {
        let (parts, stream) = both_ways(text.as_bytes(), &library);
        assert_eq!(difference(&parts, &stream, ""), None);
        assert_eq!(parts["totals"]["unreadable"], records.len().div_ceil(3));
    }
}

/// Records that are too long begin, go on and end in many parts.
#[test]
fn d6_records_that_are_too_long_are_told_once_wherever_parts_end() {
    let (library, _) = Library::load(&[]);
    let padded = |(at, record): (usize, String)| {
        let filler = "y".repeat([10, 700, 9_000][at % 7 % 3]);
        format!("{},\"filler\":\"{filler}\"}}", record.strip_suffix('}').unwrap())
    };
    let records: Vec<String> = records(25).into_iter().enumerate().map(padded).collect();
    let limits = Limits { record: 4_096, ..Limits::USUAL };
    let folder = tempfile::tempdir().unwrap();
    for text in [records.join("\n"), format!("[{}]", records.join(","))] {
        let totals = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            let options = Options { threads: Some(2), ..Options::default() };
            let (analysis, _) = pipeline::run(source::gather(&[path]).within(limits), &library, &options);
            (analysis.totals.records, analysis.totals.unreadable)
        };
        let long = records.iter().filter(|record| record.len() > limits.record).count() as u64;
        assert!(long > 100, "{long}");
        let (parts, stream) = (totals("log", text.as_bytes()), totals("log.gz", &gzipped(text.as_bytes())));
        assert_eq!((parts, stream), ((records.len() as u64, long), (records.len() as u64, long)));
    }
}

#[test]
fn d3_any_damage_gives_the_same_in_parts_as_from_front_to_back() {
    let (library, _) = Library::load(&[]);
    // Some are longer than what is looked at to tell where a record starts.
    let padded = |(at, record): (usize, String)| match at % 9 {
        0 => format!("{},\"filler\":\"{}\"}}", record.strip_suffix('}').unwrap(), "y".repeat(5_000)),
        _ => record,
    };
    let records: Vec<String> = records(25).into_iter().enumerate().map(padded).collect();
    let texts = [records.join("\n"), format!("[{}]", records.join(","))];
    let piece = prop_oneof![
        Just("\""),
        Just("\\"),
        Just("\n"),
        Just("{\"actor\":"),
        Just("}}"),
        Just("]"),
        Just("\u{0}\u{0}"),
        Just("{\"actor\":{},\"client\":{}}"),
        Just("nonsense\n"),
    ];
    let edit = (any::<prop::sample::Index>(), 0usize..3000, piece);
    let mut config = ProptestConfig::with_cases(24);
    config.failure_persistence = None;
    proptest!(config, |(which in 0usize..2, edits in proptest::collection::vec(edit, 1..12))| {
        let mut bytes = texts[which].clone().into_bytes();
        for (at, cut, piece) in edits {
            let at = at.index(bytes.len());
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, piece.bytes());
        }
        let (mut parts, mut stream) = both_ways(&bytes, &library);
        // What is wrong is told once all the same; how much of it is told first may differ.
        for value in [&mut parts, &mut stream] {
            value["inputs"][0]["bytes"].take();
        }
        prop_assert_eq!(difference(&parts, &stream, ""), None);
    });
}

/// A success is read only as far as it takes to count it, unless a filter or a story asks for more.
/// What is counted must not depend on that.
#[test]
fn what_is_only_counted_is_counted_as_if_it_was_read_in_full() {
    let (library, _) = Library::load(&[]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["samples", "tests/dialects", "../shared/data/real", "../shared/data/reframed"] {
        let path = root.join(folder);
        if !path.is_dir() {
            println!("skipped: {folder} is absent");
            continue;
        }
        let run = |person: Option<&str>| {
            let options = Options { person: person.map(str::to_owned), ..Options::default() };
            let (analysis, _) = pipeline::run(source::gather(std::slice::from_ref(&path)), &library, &options);
            serde_json::to_value(json::report(&analysis, &library)).unwrap()
        };
        let (counted, whole) = (run(None), run(Some("nobody")));
        assert!(counted["totals"]["events"].as_u64() > Some(0), "{folder}");
        assert_eq!(difference(&counted, &whole, folder), None);
    }
}

/// Counts, and first and last times, are those that the generator wrote down.
#[test]
fn the_truth_of_generated_logs_is_met() {
    let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/gen_logs.py");
    if !generator.is_file() || Process::new("python3").arg("--version").output().is_err() {
        println!("skipped: ../shared/tools/gen_logs.py or python3 is absent");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (log, truth) = (folder.path().join("okta.ndjson"), folder.path().join("truth.json"));
    let made = Process::new("python3")
        .arg(generator)
        .args(["--size", "8MiB", "--spike", "-o"])
        .arg(&log)
        .arg("--truth")
        .arg(&truth)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let truth: Value = serde_json::from_slice(&fs::read(truth).unwrap()).unwrap();
    for threads in ["1", "2", "7"] {
        let output = Command::cargo_bin("provlens")
            .unwrap()
            .args(["report", "--format", "json", "--threads", threads])
            .arg(&log)
            .output()
            .unwrap();
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["totals"]["records"], truth["events"]);
        let mut expected_failures = 0;
        // Failures without an application are sign-ins, which are not about provisioning.
        let groups = truth["groups"].as_array().unwrap().iter().filter(|group| group["app"].is_string());
        let mut apps: std::collections::BTreeMap<&str, (u64, &str, &str)> = std::collections::BTreeMap::new();
        for group in groups {
            let (first, last) = (group["first"].as_str().unwrap(), group["last"].as_str().unwrap());
            let app = apps.entry(group["app"].as_str().unwrap()).or_insert((0, first, last));
            *app = (app.0 + group["count"].as_u64().unwrap(), app.1.min(first), app.2.max(last));
            expected_failures += group["count"].as_u64().unwrap();
        }
        assert_eq!(found["totals"]["failure"], expected_failures);
        let issues: Vec<&Value> =
            ["issues", "unknown"].iter().flat_map(|kind| found[kind].as_array().unwrap()).collect();
        for (app, (count, first, last)) in apps {
            // The admin's label of an application is longer than its name.
            let own = || {
                issues.iter().filter(|issue| {
                    issue["app"].as_str().is_some_and(|name| name.starts_with(app)) && issue["failures"] != 0
                })
            };
            assert_eq!(own().map(|issue| issue["failures"].as_u64().unwrap()).sum::<u64>(), count, "{app}");
            assert_eq!(own().map(|issue| issue["first"].as_str().unwrap()).min(), Some(first), "{app}");
            assert_eq!(own().map(|issue| issue["last"].as_str().unwrap()).max(), Some(last), "{app}");
        }
    }
}
