//! Where bytes come from: files, folders, archives and standard input.

mod archive;
mod arrivals;
mod foreign;
mod gz;
mod limits;
mod live;
mod open;
mod tail;
mod utf16;
mod zst;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::InputError;
use crate::text::suggest;
use archive::{Packed, Refusal, State};

pub use arrivals::Arrivals;
pub use limits::Limits;
pub use open::{Body, Opened, Plain, PlainReader, open, open_until};
pub use tail::{Anew, Look, Tail};

/// First bytes by which a file is known.
const KNOWN_BY: usize = 256;

/// One stream of bytes to read.
#[derive(Clone, Debug)]
pub struct Source {
    /// How it is shown: the path, with `!member` behind for a member of an archive, or `-`.
    pub name: String,
    /// Given on the command line, rather than met while walking a folder.
    pub named: bool,
    /// Bytes of a file as it lies on the disk; `None` where that is not known.
    pub size: Option<u64>,
    /// Its size says nothing of how much is in it.
    is_compressed: bool,
    limits: Limits,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Stdin,
    File(PathBuf),
    ZipMember(Arc<Path>, Packed),
    Memory(&'static [u8]),
}

impl Source {
    /// A text that is part of the program, such as a built-in sample.
    pub fn built_in(name: &str, bytes: &'static [u8]) -> Source {
        Source::new(name.to_owned(), true, Some(bytes.len() as u64), Place::Memory(bytes))
    }

    /// Standard input.
    pub fn stdin() -> Source {
        Source::new("-".to_owned(), true, None, Place::Stdin)
    }

    fn new(name: String, named: bool, size: Option<u64>, place: Place) -> Source {
        Source { name, named, size, is_compressed: false, limits: Limits::USUAL, place }
    }

    /// The bytes that are in it; `None` where that is not known before it is read.
    pub fn length(&self) -> Option<u64> {
        self.size.filter(|_| !self.is_compressed)
    }

    /// How much of it is taken.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether its bytes come from somebody who may keep it waiting: standard input, a pipe.
    pub fn is_live(&self) -> bool {
        match self.place {
            Place::Stdin => true,
            Place::File(_) => self.size.is_none(),
            Place::ZipMember(..) | Place::Memory(_) => false,
        }
    }

    /// The path of a file that somebody may still write to.
    pub fn file(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) if self.size.is_some() => Some(path),
            _ => None,
        }
    }

    /// What its bytes lie in; of a member of an archive, the archive. A name cannot be turned back into
    /// that: it is a text, and a `!` in it may be part of the path.
    fn lies_in(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::ZipMember(path, _) => Some(path),
            // Where there is such a link, it leads to the file that a shell opened (`< log.ndjson`).
            Place::Stdin => Some(Path::new("/dev/stdin")),
            Place::Memory(_) => None,
        }
    }
}

/// What there is to read, and what is not.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// In the order of the paths; folders sorted by name.
    pub sources: Vec<Source>,
    /// What cannot be used.
    pub errors: Vec<Refused>,
    /// Things in folders that are passed over, with the reason.
    pub skipped: Vec<(String, String)>,
    /// Named folders, into which further files may come.
    pub folders: Vec<PathBuf>,
    /// How much is taken of what comes into them.
    pub limits: Limits,
}

/// An input that cannot be used.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Given on the command line, rather than met while walking a folder.
    pub named: bool,
    /// Where it is.
    path: PathBuf,
    /// Why.
    pub error: InputError,
}

impl Gathered {
    /// The same, of which so much is taken.
    pub fn within(mut self, limits: Limits) -> Gathered {
        self.sources.iter_mut().for_each(|source| source.limits = limits);
        Gathered { limits, ..self }
    }

    /// The files that are read, and those that something keeps from being read. Nothing may be written
    /// over them.
    pub fn files(&self) -> Vec<PathBuf> {
        let read = self.sources.iter().filter_map(Source::lies_in);
        let mut files: Vec<PathBuf> =
            read.chain(self.errors.iter().map(|refused| &*refused.path)).map(Path::to_owned).collect();
        // The members of an archive lie in one file.
        files.dedup();
        files
    }

    /// Whether all of it can be read more than once.
    pub fn is_lasting(&self) -> bool {
        !self.sources.iter().any(Source::is_live)
    }

    fn refuse(&mut self, named: bool, path: &Path, error: InputError) {
        self.errors.push(Refused { named, path: path.to_owned(), error });
    }
}

/// Whether what a path leads to can be read only once: standard input, or a pipe by whatever name
/// (`/dev/stdin`, `<(...)`).
pub fn is_live(path: &Path) -> bool {
    path.as_os_str() == "-" || fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir())
}

/// Finds the sources behind `paths`. Every file is taken once, however many names it has.
pub fn gather(paths: &[PathBuf]) -> Gathered {
    let mut gathered = Gathered::default();
    let mut seen = HashSet::new();
    for path in paths {
        if path.as_os_str() == "-" {
            match gathered.sources.iter().any(|source| source.name == "-") {
                true => gathered.skipped.push(("-".to_owned(), "standard input is read once".to_owned())),
                false => gathered.sources.push(Source::stdin()),
            }
            continue;
        }
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {
                gathered.folders.push(path.clone());
                walk(path, true, &mut gathered, &mut seen);
            }
            Ok(meta) => add_file(path, &meta, true, &mut gathered, &mut seen),
            Err(error) => gathered.refuse(true, path, missing(path, &error)),
        }
    }
    gathered
}

/// Why nothing can be learnt of a path.
fn missing(path: &Path, error: &std::io::Error) -> InputError {
    let is_link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
    match error.kind() {
        std::io::ErrorKind::NotFound if is_link => InputError::Unreadable {
            path: show(path),
            reason: "it is a link to something that is not there".to_owned(),
        },
        std::io::ErrorKind::NotFound => InputError::Missing { path: show(path), nearest: nearest_name(path) },
        _ => unreadable(path, error),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> InputError {
    InputError::Unreadable { path: show(path), reason: reason(error) }
}

fn show(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            "you have no right to read it; ask its owner, or copy it to a place of your own".to_owned()
        }
        _ => error.to_string(),
    }
}

fn nearest_name(path: &Path) -> Option<String> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> =
        fs::read_dir(parent).ok()?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let wanted = path.file_name()?.to_string_lossy().into_owned();
    suggest::nearest(&wanted, names.iter().map(String::as_str)).map(|name| show(&path.with_file_name(name)))
}

#[cfg(unix)]
fn identity(_: &Path, meta: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path, _: &fs::Metadata) -> Option<(u64, u64)> {
    None
}

fn walk(folder: &Path, named: bool, gathered: &mut Gathered, seen: &mut HashSet<(u64, u64)>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            return gathered.refuse(named, folder, unreadable(folder, &error));
        }
    };
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(error) => gathered.refuse(named, folder, unreadable(folder, &error)),
        }
    }
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        match fs::symlink_metadata(&path) {
            _ if hidden => gathered.skipped.push((show(&path), "hidden file".to_owned())),
            Ok(meta) if meta.is_dir() => walk(&path, false, gathered, seen),
            Ok(meta) if meta.is_file() => add_file(&path, &meta, false, gathered, seen),
            Ok(meta) if meta.is_symlink() => {
                gathered.skipped.push((show(&path), "link; name it to have it read".to_owned()))
            }
            Ok(_) => gathered.skipped.push((show(&path), "no ordinary file".to_owned())),
            Err(error) => gathered.refuse(false, &path, unreadable(&path, &error)),
        }
    }
}

fn add_file(path: &Path, meta: &fs::Metadata, named: bool, gathered: &mut Gathered, seen: &mut HashSet<(u64, u64)>) {
    if meta.is_file() && identity(path, meta).is_some_and(|id| !seen.insert(id)) {
        gathered.skipped.push((show(path), "the same file as one already read".to_owned()));
        return;
    }
    let start = if meta.is_file() { start(path) } else { Vec::new() };
    if archive::is_archive(&start) {
        return add_archive(path, named, gathered);
    }
    let size = meta.is_file().then_some(meta.len());
    let source = Source::new(show(path), named, size, Place::File(path.to_owned()));
    gathered.sources.push(Source { is_compressed: open::is_compressed(&start), ..source });
}

/// The first bytes of a file. Who cannot read it now is told so by whoever reads it.
fn start(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = File::open(path).and_then(|file| file.take(KNOWN_BY as u64).read_to_end(&mut bytes));
    bytes
}

fn add_archive(path: &Path, named: bool, gathered: &mut Gathered) {
    let members = match archive::members(path) {
        Ok(members) => members,
        Err(Refusal::Document(what)) => {
            return gathered.refuse(named, path, InputError::NotALog { path: show(path), what: what.to_owned() });
        }
        Err(Refusal::Damaged(reason)) => {
            return gathered.refuse(named, path, InputError::Unreadable { path: show(path), reason });
        }
    };
    if members.is_empty() {
        gathered.skipped.push((show(path), "a zip archive with nothing in it".to_owned()));
    }
    if members.len() > archive::MAX_MEMBERS {
        let reason = format!(
            "it has {} members, of which the first {} are read; unzip it to have all of them read",
            members.len(),
            archive::MAX_MEMBERS
        );
        gathered.refuse(named, path, InputError::Unreadable { path: show(path), reason });
    }
    let shared: Arc<Path> = path.into();
    for member in members.into_iter().take(archive::MAX_MEMBERS) {
        let name = format!("{}!{}", show(path), member.name);
        match member.state {
            State::PassedOver(why) => gathered.skipped.push((name, why.to_owned())),
            State::Refused(reason) => gathered.refuse(named, path, InputError::Unreadable { path: name, reason }),
            State::Readable(packed) => {
                gathered.sources.push(Source::new(name, named, None, Place::ZipMember(shared.clone(), packed)));
            }
        }
    }
}
