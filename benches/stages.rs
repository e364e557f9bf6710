//! How fast each stage is, and all of them together: `just bench`, or `just bench match` for some.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod data;

use std::fs;
use std::hint::black_box;
use std::path::Path;

use bumpalo::Bump;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use provlens::decode::{self, Decoded, Wanted};
use provlens::event::{Event, Outcome};
use provlens::frame::Framer;
use provlens::json::{Found, Reader};
use provlens::pipeline::{self, Options, examples};
use provlens::rules::{Explainer, Library};
use provlens::source::{self, Opened};

/// Records of the benches of one stage: about 5 MB, more than the processor's cache holds.
const RECORDS: usize = 2000;
/// Records of the benches of all stages: about 50 MB, many parts for each thread.
const MANY_RECORDS: usize = 21_000;

/// Finding the end of each record.
fn json(c: &mut Criterion) {
    let mut group = c.benchmark_group("json");
    for (name, records) in [("okta", data::okta(RECORDS)), ("entra", data::entra(RECORDS))] {
        let bytes = data::lines(&records);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |b| {
            let mut reader = Reader::default();
            b.iter(|| {
                let mut at = 0;
                while let Found::Value(value) = reader.read(&bytes, at) {
                    // Behind the end of the line.
                    at = value.end + 1;
                }
                assert!(at >= bytes.len());
            });
        });
    }
}

/// Cutting an input into records.
fn frame(c: &mut Criterion) {
    let records = data::okta(RECORDS);
    let mut group = c.benchmark_group("frame");
    for (name, bytes) in
        [("ndjson", data::lines(&records)), ("array", data::array(&records)), ("pretty-array", data::pretty(&records))]
    {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |b| {
            let cut = |bytes| {
                let mut framer = Framer::new(Opened::in_memory(bytes));
                let mut count = 0;
                while let Some(batch) = framer.next_batch() {
                    count += batch.frames.len();
                }
                assert_eq!(count, RECORDS);
            };
            b.iter_batched(|| bytes.clone(), cut, BatchSize::LargeInput);
        });
    }
}

/// Reading records and making events of them, as much of each as a report needs.
fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialects");
    let mut names: Vec<_> = fs::read_dir(samples).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let dialects = names.iter().flat_map(|path| cut(&fs::read(path).unwrap())).collect();
    for (name, records) in [
        ("okta", cut(&data::lines(&data::okta(RECORDS)))),
        ("entra-graph", cut(&data::lines(&data::entra(RECORDS)))),
        ("every-dialect", dialects),
    ] {
        group.throughput(Throughput::Bytes(records.iter().map(|record| record.len() as u64).sum()));
        group.bench_function(name, |b| {
            let (mut reader, mut arena) = (Reader::default(), Bump::new());
            b.iter(|| {
                for record in &records {
                    arena.reset();
                    if let Found::Value(_) = reader.read(record, 0) {
                        decode::open_envelopes(reader.json(record, &arena), &arena, &mut |record| {
                            black_box(decode::decode(record, Wanted::Counts, &arena));
                        });
                    }
                }
            });
        });
    }
}

fn cut(text: &[u8]) -> Vec<Vec<u8>> {
    examples::records(text).into_iter().map(|(_, record)| record).collect()
}

/// Finding the rule for each failure, by the number of rules.
fn matching(c: &mut Criterion) {
    let arena = Bump::new();
    let mut failures: Vec<Event<'_>> = Vec::new();
    for record in data::okta(2 * RECORDS).iter().chain(&data::entra(2 * RECORDS)) {
        let reader = arena.alloc(Reader::default());
        let record = arena.alloc_slice_copy(record.as_bytes());
        reader.read(record, 0);
        if let Decoded::Event(event) = decode::decode(reader.json(record, &arena), Wanted::All, &arena)
            && event.outcome == Outcome::Failure
        {
            failures.push(*event);
        }
    }
    // Built-in rules are always there; more come from a folder, as they would from a user.
    let built_in = Library::load(&[]).0;
    let copies = [0, 10, built_in.rules().len()];
    let mut group = c.benchmark_group("match");
    group.throughput(Throughput::Elements(failures.len() as u64));
    for copies in copies {
        let folder = tempfile::tempdir().unwrap();
        for (at, rule) in built_in.rules()[..copies].iter().enumerate() {
            let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(built_in.file(at))).unwrap();
            let copy = text.replacen(&format!("id = \"{}\"", rule.id), &format!("id = \"own-{}\"", rule.id), 1);
            fs::write(folder.path().join(format!("own-{}.toml", rule.id)), copy).unwrap();
        }
        let (library, errors) = Library::load(&[folder.path().to_owned()]);
        assert!(errors.is_empty(), "{errors:?}");
        let size = library.rules().len();
        group.bench_function(BenchmarkId::new("library", size), |b| {
            b.iter(|| failures.iter().filter(|event| library.explain(event).is_some()).count());
        });
        group.bench_function(BenchmarkId::new("explainer-cold", size), |b| {
            b.iter_batched(
                || Explainer::new(&library),
                |mut explainer| failures.iter().filter(|event| explainer.explain(event).is_some()).count(),
                BatchSize::LargeInput,
            );
        });
        group.bench_function(BenchmarkId::new("explainer-warm", size), |b| {
            let mut explainer = Explainer::new(&library);
            b.iter(|| failures.iter().filter(|event| explainer.explain(event).is_some()).count());
        });
    }
}

/// From a file to an analysis.
fn whole(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let (library, _) = Library::load(&[]);
    let mut group = c.benchmark_group("pipeline");
    group.sample_size(20);
    for (name, records) in [("okta", data::okta(MANY_RECORDS)), ("entra", data::entra(MANY_RECORDS))] {
        let path = folder.path().join(name);
        fs::write(&path, data::lines(&records)).unwrap();
        group.throughput(Throughput::Bytes(fs::metadata(&path).unwrap().len()));
        for threads in [1, 2] {
            let options = Options { threads: Some(threads), ..Options::default() };
            group.bench_function(BenchmarkId::new(name, threads), |b| {
                b.iter(|| {
                    let (analysis, errors) =
                        pipeline::run(source::gather(std::slice::from_ref(&path)), &library, &options);
                    assert!(errors.is_empty() && analysis.totals.records == MANY_RECORDS as u64);
                    analysis
                });
            });
        }
    }
}

criterion_group!(stages, json, frame, decode, matching, whole);
criterion_main!(stages);
