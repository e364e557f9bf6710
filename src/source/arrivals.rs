//! Files that come into a folder while it is followed.
//!
//! A log that is rotated takes another name there. It is known by its place on the disk and by its first
//! bytes, as by whoever follows it, and is not taken for a file that came.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{KNOWN_BY, Limits, Place, Source, identity, show, start};

/// Looks into folders again and again.
pub struct Arrivals {
    folders: Vec<PathBuf>,
    limits: Limits,
    known: Vec<Known>,
    /// Their paths: a folder may hold very many files, which are looked up in every look.
    paths: HashSet<PathBuf>,
}

/// A file that was seen.
struct Known {
    path: PathBuf,
    id: Option<(u64, u64)>,
    size: u64,
    /// Its first bytes.
    start: Vec<u8>,
}

impl Arrivals {
    /// For folders in which these sources were found; so much is taken of what comes.
    pub fn into(folders: Vec<PathBuf>, sources: &[Source], limits: Limits) -> Arrivals {
        let paths = sources.iter().filter_map(|source| match &source.place {
            Place::File(path) => Some(path.clone()),
            Place::ZipMember(path, _) => Some(path.to_path_buf()),
            Place::Stdin | Place::Memory(_) => None,
        });
        let paths: HashSet<PathBuf> = paths.collect();
        let known = paths.iter().cloned().map(Known::new).collect();
        let mut arrivals = Arrivals { folders, limits, known, paths };
        arrivals.known.iter_mut().for_each(Known::look);
        arrivals
    }

    /// Those that came since the last look. An empty one is left until something is in it.
    pub fn look(&mut self) -> Vec<Source> {
        let mut paths = Vec::new();
        self.folders.iter().for_each(|folder| find(folder, &mut paths));
        paths.sort();
        let mut came = Vec::new();
        for (path, size) in paths {
            if size == 0 || !self.paths.insert(path.clone()) {
                continue;
            }
            let mut file = Known::new(path);
            file.look();
            if !self.known.iter().any(|known| known.is_the_same_as(&file)) {
                let place = Place::File(file.path.clone());
                let source = Source::new(show(&file.path), false, Some(size), place);
                came.push(Source { limits: self.limits, ..source });
            }
            self.known.push(file);
        }
        // Only now, since a log that took another name was known by the one that it had before.
        self.known.iter_mut().for_each(Known::look);
        came
    }
}

impl Known {
    fn new(path: PathBuf) -> Known {
        Known { path, id: None, size: 0, start: Vec::new() }
    }

    /// Learns what is called so now. A name that leads nowhere keeps what it led to last: under another
    /// name it may be met again.
    fn look(&mut self) {
        let Ok(meta) = fs::metadata(&self.path) else { return };
        let id = identity(&self.path, &meta);
        let grows = self.start.len() < KNOWN_BY && meta.len() != self.size;
        // Where nothing tells two files apart, each is looked into.
        if id.is_none() || id != self.id || grows {
            (self.id, self.start) = (id, start(&self.path));
        }
        self.size = meta.len();
    }

    fn is_the_same_as(&self, other: &Known) -> bool {
        let starts_the_same = other.start.starts_with(&self.start) && !self.start.is_empty();
        self.id.is_some() && self.id == other.id && starts_the_same
    }
}

/// Ordinary files below a folder, as they are found when it is walked at the start.
fn find(folder: &Path, paths: &mut Vec<(PathBuf, u64)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_dir() => find(&path, paths),
            Ok(meta) if meta.is_file() => paths.push((path, meta.len())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(arrivals: &mut Arrivals) -> Vec<String> {
        let name = |source: Source| Path::new(&source.name).file_name().unwrap().to_string_lossy().into_owned();
        arrivals.look().into_iter().map(name).collect()
    }

    fn watched(folder: &Path) -> Arrivals {
        let gathered = super::super::gather(&[folder.to_owned()]);
        assert_eq!(gathered.folders, [folder]);
        Arrivals::into(gathered.folders, &gathered.sources, gathered.limits)
    }

    #[test]
    fn a_file_that_comes_is_told_once_and_only_when_something_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("old"), "{}").unwrap();
        let mut arrivals = watched(folder.path());
        assert_eq!(came(&mut arrivals), [""; 0]);
        fs::create_dir(folder.path().join("below")).unwrap();
        for name in ["new", ".hidden", "below/deep"] {
            fs::write(folder.path().join(name), "{}").unwrap();
        }
        fs::write(folder.path().join("empty"), "").unwrap();
        assert_eq!(came(&mut arrivals), ["deep", "new"]);
        fs::write(folder.path().join("empty"), "{}").unwrap();
        assert_eq!(came(&mut arrivals), ["empty"]);
        assert_eq!(came(&mut arrivals), [""; 0]);
    }

    #[test]
    fn a_log_that_takes_another_name_is_none_that_came() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        fs::write(&log, "first").unwrap();
        let mut arrivals = watched(folder.path());
        for turn in 1..4 {
            fs::rename(&log, folder.path().join(format!("log.{turn}"))).unwrap();
            fs::write(&log, format!("turn {turn}")).unwrap();
            assert_eq!(came(&mut arrivals), [""; 0], "{turn}");
        }
    }

    #[test]
    fn another_file_at_the_place_of_a_deleted_one_came() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "first").unwrap();
        let mut arrivals = watched(folder.path());
        fs::remove_file(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("b"), "second").unwrap();
        assert_eq!(came(&mut arrivals), ["b"]);
    }
}
