//! Bundles, end to end: the real program makes, verifies and reveals them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod files;
mod hostile;
#[path = "../program.rs"]
mod program;
mod recipients;
mod same;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// Key of the tests, so that pseudonyms are the same in each run.
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

/// A folder with a key, in which the program runs.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), KEY).unwrap();
        Desk { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn provlens(&self, args: &[&str]) -> Command {
        let mut command = program::provlens(self.folder.path());
        command.env("SOURCE_DATE_EPOCH", "1795000000").args(args);
        command
    }

    /// Standard output of a run that ends with this status.
    fn says(&self, args: &[&str], status: i32) -> String {
        let output = self.provlens(args).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{args:?}: {err}");
        String::from_utf8(output.stdout).unwrap() + &err
    }

    /// Makes a bundle of the samples with the key, and gives its files by their paths below the top folder.
    fn bundle(&self, name: &str, args: &[&str]) -> BTreeMap<String, String> {
        let samples = samples();
        self.says(&[&["bundle", "-o", name, "--key", "key"], args, &[&samples]].concat(), 0);
        unpacked(&fs::read(self.path(name)).unwrap())
    }
}

fn samples() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").to_str().unwrap().to_owned()
}

fn unpacked(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let name = file.name().unwrap().split_once('/').unwrap().1.to_owned();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (name, text)
        })
        .collect()
}
