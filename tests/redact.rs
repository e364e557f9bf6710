//! Records of every format as they are written for support: clean, still JSON, and with the ids that support asks for.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use provlens::decode::{self, Decoded, Wanted};
use provlens::json;
use provlens::output::bundle::redact::{Key, Recipient, Redactor, Settings};
use serde_json::Value;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

/// How many records of each format were written.
fn write_all(folder: &Path) -> BTreeMap<&'static str, usize> {
    let settings =
        |recipient| Settings { recipient, keep_groups: false, reveal: Vec::new(), key: Key::from_bytes([9; 32]) };
    let (mut paths, mut written) = (Vec::new(), BTreeMap::new());
    files(folder, &mut paths);
    let mut redactor = Redactor::new(settings(Recipient::IdpSupport)).unwrap();
    let mut lines = Vec::new();
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>().map_while(Result::ok);
        for value in values.flat_map(|value| match value {
            Value::Array(items) => items,
            other => vec![other],
        }) {
            let arena = Bump::new();
            let text = value.to_string();
            let Ok(outer) = json::parse(text.as_bytes(), &arena) else { continue };
            decode::open_envelopes(outer, &arena, &mut |record| {
                let Decoded::Event(event) = decode::decode(record, Wanted::All, &arena) else { return };
                redactor.learn_record(event.dialect, record);
                let line = redactor.record(event.dialect, record);
                let line = line.unwrap_or_else(|| panic!("{} has no policy", event.dialect));
                *written.entry(event.dialect).or_insert(0) += 1;
                let ids = &event.ids;
                let ids = [ids.event, ids.transaction, ids.request, ids.cycle, ids.job, ids.change];
                let ids: Vec<String> =
                    ids.into_iter().flatten().map(|id| id.split('/').next().unwrap_or(id).to_owned()).collect();
                lines.push((path.clone(), line, ids));
            });
        }
    }
    for (path, line, ids) in lines {
        let line = redactor.sweep(&line);
        assert_eq!(redactor.check("raw/0001.ndjson", line.as_bytes()), [], "{}: {line}", path.display());
        assert!(serde_json::from_str::<Value>(&line).is_ok(), "{}: {line}", path.display());
        for id in ids {
            // What the sample's maker wrote in place of an id may look like an address, and some logs write an
            // id with dashes that others write without.
            let is_there = line.contains(id.as_str())
                || line.replace('-', "").contains(id.as_str())
                || id.contains('@') && id.contains('.');
            assert!(is_there, "{}: {id} is lost: {line}", path.display());
        }
    }
    written
}

#[test]
fn samples_keep_their_ids_and_name_nobody() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let written = write_all(&root.join("tests/dialects"));
    assert!(written.len() >= 12, "{written:?}");
    write_all(&root.join("samples"));
}

#[test]
fn real_records_keep_their_ids() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/real");
    if !root.exists() {
        println!("skipped: {} is absent", root.display());
        return;
    }
    let written = write_all(&root);
    assert!(written.values().sum::<usize>() > 30, "{written:?}");
}
