//! The files of a folder that hold code, for tests that look at the tree.

use std::fs;
use std::path::{Path, PathBuf};

/// Adds those of a folder and the folders in it.
pub(crate) fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}
