//! The rule files in a folder that a user names. It may be any folder by mistake, so what is looked
//! at has limits, links that lead in a circle end, and nothing but ordinary files is opened.

use std::collections::HashSet;
use std::fs::{self, DirEntry, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::load::LoadError;

/// Most rule files taken from one folder.
const MAX_FILES: usize = 5_000;
/// Most files and folders looked at for them.
const MAX_ENTRIES: usize = 100_000;
/// Most folders within each other.
const MAX_DEPTH: usize = 16;
/// Largest rule file.
const MAX_BYTES: u64 = 1 << 20;

/// The rule files in a folder and the folders in it, sorted by path.
pub(super) fn rule_files(folder: &Path, errors: &mut Vec<LoadError>) -> Vec<PathBuf> {
    let mut walk = Walk { found: Vec::new(), entries: 0, walked: HashSet::new(), full: false, errors };
    match fs::metadata(folder) {
        Ok(meta) if meta.is_dir() => walk.folder(folder, 0),
        Ok(_) => walk.complain(folder, "is a file, not a folder of rules; name the folder that it is in".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            walk.complain(folder, "no such folder of rules".to_owned());
        }
        Err(error) => walk.complain(folder, unreadable_folder(&error)),
    }
    walk.found
}

struct Walk<'e> {
    found: Vec<PathBuf>,
    entries: usize,
    /// Folders by their real paths: a link may lead back into one.
    walked: HashSet<PathBuf>,
    /// A limit was reached and told; nothing more is taken.
    full: bool,
    errors: &'e mut Vec<LoadError>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            return self.stop(folder, &format!("more than {MAX_DEPTH} folders within each other"));
        }
        let entries = fs::canonicalize(folder).and_then(|real| match self.walked.insert(real) {
            true => fs::read_dir(folder)?.collect::<io::Result<Vec<DirEntry>>>(),
            false => Ok(Vec::new()),
        });
        let mut paths: Vec<PathBuf> = match entries {
            Ok(entries) => entries.iter().map(DirEntry::path).collect(),
            Err(error) => return self.complain(folder, unreadable_folder(&error)),
        };
        paths.sort();
        for path in paths {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                self.stop(folder, &format!("more than {MAX_ENTRIES} files and folders"));
            }
            if self.full {
                return;
            }
            self.entry(path, folder, depth);
        }
    }

    fn entry(&mut self, path: PathBuf, folder: &Path, depth: usize) {
        let is_rule = path.extension().is_some_and(|ending| ending == "toml");
        match fs::metadata(&path) {
            Ok(meta) if meta.is_dir() => self.folder(&path, depth + 1),
            Ok(_) if is_rule && self.found.len() >= MAX_FILES => {
                self.stop(folder, &format!("more than {MAX_FILES} rule files"));
            }
            Ok(_) if is_rule => self.found.push(path),
            Err(error) if is_rule => {
                let what = format!("the rule file cannot be read: {error}");
                self.errors.push(LoadError::of_file(&path.display().to_string(), None, what));
            }
            // What else lies there, such as a README, or a link that leads nowhere.
            Ok(_) | Err(_) => {}
        }
    }

    fn stop(&mut self, folder: &Path, limit: &str) {
        self.full = true;
        let what = format!("{limit}; is this really a folder of rules? The rest is left out");
        self.complain(folder, what);
    }

    fn complain(&mut self, folder: &Path, what: String) {
        self.errors.push(LoadError::of_folder(folder, what));
    }
}

fn unreadable_folder(error: &io::Error) -> String {
    format!("the rules folder cannot be read: {error}")
}

/// The text of a rule file, or what is wrong with it and where.
pub(super) fn read(path: &Path) -> Result<String, (Option<usize>, String)> {
    let unreadable = |error: io::Error| (None, format!("the rule file cannot be read: {error}"));
    let meta = fs::metadata(path).map_err(unreadable)?;
    if !meta.is_file() {
        return Err((None, "is no ordinary file".to_owned()));
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err((None, "is larger than 1 MiB, the most a rule file may have; is it a rule file?".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let wrong = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..wrong).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        (Some(line), format!("the text is not UTF-8 (at byte {}); save the file as UTF-8", wrong + 1))
    })
}
