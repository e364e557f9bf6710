//! `provlens check`, end to end, on small invented logs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod baseline;
mod codes;
mod examples;
mod files;
mod formats;
mod kills;
mod log;
#[path = "../program.rs"]
mod program;

use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

/// The program in a folder of its own.
fn provlens(folder: &Path) -> Command {
    program::provlens(folder)
}

/// How a check ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

fn check(folder: &Path, args: &[&str]) -> Ended {
    let output = provlens(folder).arg("check").args(args).output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}
