//! Every fuzz target over its stored inputs, and over simple mutations of them, the same in every run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

#[path = "../../fuzz/targets/mod.rs"]
mod targets;

mod json_test_suite;
mod mutate;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use provlens::decode;
use targets::{TARGETS, Target};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

/// Name and content of each stored input, in order.
fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = corpus().join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

/// Runs a target over its inputs, and so many mutations of them; what fails is left where the fuzzer finds it.
fn replay(name: &str, mutations: usize) {
    let Some(Target { run, .. }) = TARGETS.iter().find(|target| target.name == name) else { panic!("no {name}") };
    let inputs = inputs(name);
    assert!(!inputs.is_empty(), "{name} has no inputs");
    let tried = |what: &str, bytes: &[u8]| {
        if catch_unwind(AssertUnwindSafe(|| run(bytes))).is_err() {
            let path = std::env::temp_dir().join(format!("provlens-fuzz-{name}"));
            fs::write(&path, bytes).unwrap();
            panic!("{name} fails on {what}; it is in {}", path.display());
        }
    };
    for (file, bytes) in &inputs {
        tried(file, bytes);
    }
    let mut random = mutate::Random::new(name);
    for number in 0..mutations {
        let (file, bytes) = &inputs[random.below(inputs.len())];
        let other = &inputs[random.below(inputs.len())].1;
        tried(&format!("mutation {number} of {file}"), &mutate::mutated(bytes, other, &mut random));
    }
}

macro_rules! replayed {
    ($($name:ident: $mutations:literal),+ $(,)?) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name), $mutations);
        })+

        #[test]
        fn every_target_is_replayed() {
            let replayed: BTreeSet<&str> = [$(stringify!($name)),+].into();
            let all: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(replayed, all);
        }
    };
}

// As many as take about a second where nothing is optimised.
replayed! {
    frame_json: 6_000,
    frame_json_split: 4_000,
    frame_csv: 4_000,
    decode: 1_500,
    differential_json: 6_000,
    decompress: 500,
    time: 20_000,
    rule_toml: 2_500,
    filter_expr: 3_000,
    fail_on_expr: 6_000,
    sanitize: 6_000,
    redact: 20,
    escape_csv: 15_000,
    escape_html: 20,
    escape_md: 2_500,
    escape_xml: 50,
    escape_gh: 80,
    escape_prom: 80,
    bundle_verify: 15,
    spike: 80,
    tui_update: 20,
}

#[test]
fn every_format_is_in_the_corpus() {
    let found: BTreeSet<&str> = inputs("decode").iter().flat_map(|(_, bytes)| targets::dialects(bytes)).collect();
    // Text that nobody knows has no format, and each of those that are known by name only has its own.
    let wanted = decode::dialect_names().filter(|name| !["text", "named"].contains(name)).chain(["salesforce-events"]);
    let missing: Vec<&str> = wanted.filter(|name| !found.contains(name)).collect();
    assert_eq!(missing, [] as [&str; 0]);
}
