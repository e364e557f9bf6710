//! Reports to hand on: pages, tickets and tables, as a browser, a ticket system and a spreadsheet read them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod csv;
mod files;
mod hostile;
mod html;
mod json;
mod markdown;
mod names;
#[path = "../program.rs"]
mod program;
mod text;

use std::path::Path;

use assert_cmd::Command;

/// The program, as on a computer of somebody who has set nothing.
fn provlens() -> Command {
    program::provlens(env!("CARGO_MANIFEST_DIR"))
}

fn out(args: &[&str]) -> String {
    let output = provlens().args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A report on one file.
fn report(path: &Path, args: &[&str]) -> String {
    let mut all = vec!["report", path.to_str().unwrap()];
    all.extend(args);
    out(&all)
}

/// What differs from one version to the next is left out of what is compared.
fn without_version(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

/// Each format, as one asks for it.
const FORMATS: [&[&str]; 7] = [
    &["--format", "text"],
    &["--format", "json"],
    &["--format", "html"],
    &["--format", "markdown"],
    &["--format", "csv"],
    &["--format", "csv", "--table", "people"],
    &["--format", "csv", "--table", "apps"],
];
