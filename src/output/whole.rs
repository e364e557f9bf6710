//! Writes a file that appears whole or not at all.
//!
//! The bytes go to a temporary file in the same folder, reach the disk, and then take the name. A
//! link at that name may have been planted, and an input is never written over.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::NamedTempFile;

/// No run takes so long.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is something of that name that is no ordinary file.
    #[error("{path}: not written, since {what}", path = .0.display(), what = .1)]
    Refused(PathBuf, &'static str),
    /// There is a file of that name, which stays as it is.
    #[error("{path} is there already", path = .0.display())]
    IsThere(PathBuf),
    /// The operating system could not.
    #[error("{path}: cannot be written: {error}", path = .0.display(), error = .1)]
    Io(PathBuf, io::Error),
}

/// Temporary files that have not taken their place yet.
static BEGUN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes all files that were begun and are not whole, for a program that ends at once.
pub fn abandon() {
    for path in BEGUN.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        let _ = fs::remove_file(path);
    }
}

/// A temporary file that is known to [`abandon`] for as long as this lives.
struct Begun(PathBuf);

impl Begun {
    fn new(path: &Path) -> Begun {
        BEGUN.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
        Begun(path.to_owned())
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        BEGUN.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| *path != self.0);
    }
}

/// What becomes of a file that has the name already when ours is whole, whenever it got there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    /// It stays, and ours is not written.
    Stays,
    /// Ours takes its place.
    IsReplaced,
}

/// A file that takes its place when all of it is written. Only its owner can read it.
pub struct Whole {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    begun: Begun,
    old: Old,
}

impl Whole {
    /// Begins a file. What stands at its place stays there until the end. `inputs` are the files that
    /// are read and must stay.
    ///
    /// # Errors
    /// As [`may_write`], or if no file can be made in its folder.
    pub fn create(path: &Path, inputs: &[PathBuf], old: Old) -> Result<Whole, WriteError> {
        may_write(path, inputs, old)?;
        let folder = folder_of(path);
        // In the same folder, since a file cannot be renamed to another disk.
        let file = tempfile::Builder::new()
            .prefix(".provlens-")
            .suffix(".tmp")
            .tempfile_in(folder)
            .map_err(|error| WriteError::Io(path.to_owned(), error))?;
        tidy(folder, file.as_file());
        let begun = Begun::new(file.path());
        Ok(Whole { file: BufWriter::new(file), path: path.to_owned(), begun, old })
    }

    /// Writes a file that takes its place later: all of it is on the disk when this returns.
    ///
    /// # Errors
    /// As [`Whole::create`], or if the disk does not take it.
    pub fn prepare(path: &Path, bytes: &[u8], inputs: &[PathBuf], old: Old) -> Result<Whole, WriteError> {
        let mut whole = Whole::create(path, inputs, old)?;
        let to_disk = |whole: &mut Whole| {
            whole.write_all(bytes)?;
            whole.flush()?;
            whole.file.get_ref().as_file().sync_all()
        };
        to_disk(&mut whole).map_err(|error| WriteError::Io(path.to_owned(), error))?;
        Ok(whole)
    }

    /// Puts it into its place.
    ///
    /// # Errors
    /// If that cannot be done.
    pub fn finish(self) -> Result<(), WriteError> {
        let Whole { file, path, begun, old } = self;
        let place = |file: BufWriter<NamedTempFile>| {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            let placed = match old {
                Old::Stays => file.persist_noclobber(&path),
                Old::IsReplaced => file.persist(&path),
            };
            placed.map_err(|error| error.error)
        };
        let placed = place(file);
        drop(begun);
        placed.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => WriteError::IsThere(path.clone()),
            _ => WriteError::Io(path.clone(), error),
        })?;
        // The name itself reaches the disk with its folder; where a folder cannot be opened, it does later.
        if let Ok(folder) = File::open(folder_of(&path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes `bytes` to `path`, for the owner's eyes only. On failure an old file stays as it was.
/// `inputs` are the files that are read and must stay.
///
/// # Errors
/// As [`Whole::prepare`] and [`Whole::finish`].
pub fn write(path: &Path, bytes: &[u8], inputs: &[PathBuf]) -> Result<(), WriteError> {
    Whole::prepare(path, bytes, inputs, Old::IsReplaced)?.finish()
}

/// Writes a new file at once. What is there already stays.
///
/// # Errors
/// [`WriteError::IsThere`] if something has its name; else as [`write`].
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    Whole::prepare(path, bytes, &[], Old::Stays)?.finish()
}

/// Whether `path` may be written at all, as far as can be known before.
///
/// # Errors
/// Why not.
pub fn may_write(path: &Path, inputs: &[PathBuf], old: Old) -> Result<(), WriteError> {
    let refused = |what| Err(WriteError::Refused(path.to_owned(), what));
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_symlink() => return refused("there is a link of that name; name the file it leads to"),
        Ok(meta) if meta.is_dir() => return refused("it is a folder; name a file in it"),
        Ok(meta) if !meta.is_file() => return refused("it is no ordinary file"),
        Ok(_) => {
            let real = fs::canonicalize(path).map_err(|error| WriteError::Io(path.to_owned(), error))?;
            if inputs.iter().any(|input| fs::canonicalize(input).is_ok_and(|input| input == real)) {
                return refused("it is one of the inputs");
            }
            if old == Old::Stays {
                return Err(WriteError::IsThere(path.to_owned()));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(WriteError::Io(path.to_owned(), error)),
    }
    if path.file_name().is_none() {
        return refused("it names no file");
    }
    if !folder_of(path).is_dir() {
        return refused("there is no such folder");
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes what a run left behind that was ended while it wrote, at least a day before `now` was made.
fn tidy(folder: &Path, now: &File) {
    let made = |meta: fs::Metadata| meta.modified();
    let (Ok(now), Ok(entries)) = (now.metadata().and_then(made), fs::read_dir(folder)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_ours = name.starts_with(".provlens-") && name.ends_with(".tmp");
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let age = entry.metadata().and_then(made).ok().and_then(|then| now.duration_since(then).ok());
        let is_stale = age.is_some_and(|age| age >= STALE);
        if is_ours && is_file && is_stale {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn leftovers(folder: &Path) -> Vec<String> {
        names(folder).into_iter().filter(|name| name.ends_with(".tmp")).collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        write(&path, b"new", &[]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(leftovers(folder.path()).is_empty());
    }

    #[test]
    fn a_file_that_is_not_finished_leaves_the_old_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.csv");
        fs::write(&path, "old").unwrap();
        let mut whole = Whole::create(&path, &[], Old::IsReplaced).unwrap();
        whole.write_all(b"new").unwrap();
        drop(whole);
        assert_eq!(
            (fs::read_to_string(&path).unwrap(), names(folder.path())),
            ("old".into(), vec!["events.csv".into()])
        );
        let mut whole = Whole::create(&path, &[], Old::IsReplaced).unwrap();
        whole.write_all(b"new").unwrap();
        whole.finish().unwrap();
        assert_eq!(
            (fs::read_to_string(&path).unwrap(), names(folder.path())),
            ("new".into(), vec!["events.csv".into()])
        );
    }

    #[test]
    fn a_new_file_never_takes_the_place_of_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.csv");
        let is_there = |made: Result<(), WriteError>| matches!(made, Err(WriteError::IsThere(_)));
        // Somebody else puts a file there while ours is written.
        let mut whole = Whole::create(&path, &[], Old::Stays).unwrap();
        whole.write_all(b"new").unwrap();
        fs::write(&path, "theirs").unwrap();
        assert!(is_there(whole.finish()));
        assert!(is_there(Whole::create(&path, &[], Old::Stays).map(drop)));
        assert_eq!((fs::read_to_string(&path).unwrap(), leftovers(folder.path())), ("theirs".into(), vec![]));
        fs::remove_file(&path).unwrap();
        let whole = Whole::create(&path, &[], Old::Stays).unwrap();
        let temporary = whole.file.get_ref().path().to_owned();
        assert!(BEGUN.lock().unwrap().contains(&temporary), "who ends the program removes it");
        whole.finish().unwrap();
        assert_eq!(names(folder.path()), ["events.csv"]);
    }

    #[test]
    fn j3_what_is_begun_is_known_until_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        let is_known = |path: &Path| BEGUN.lock().unwrap().iter().any(|begun| begun == path);
        for is_finished in [false, true] {
            let whole = Whole::prepare(&path, b"new", &[], Old::IsReplaced).unwrap();
            let temporary = whole.file.get_ref().path().to_owned();
            assert!(temporary.exists() && is_known(&temporary));
            if is_finished {
                whole.finish().unwrap()
            } else {
                drop(whole)
            }
            assert!(!temporary.exists() && !is_known(&temporary));
        }
        assert_eq!(names(folder.path()), ["report.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn i8_only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write(&path, b"new", &[]).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn i6_a_folder_and_an_input_are_refused_and_stay() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("log.ndjson");
        fs::write(&input, "log").unwrap();
        let refused = |path: &Path| write(path, b"x", std::slice::from_ref(&input)).unwrap_err().to_string();
        assert!(refused(folder.path()).contains("it is a folder"));
        assert!(refused(&folder.path().join(".").join("log.ndjson")).contains("it is one of the inputs"));
        assert!(refused(&folder.path().join("none").join("x")).contains("there is no such folder"));
        assert_eq!(fs::read_to_string(&input).unwrap(), "log");
        assert!(leftovers(folder.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn i6_no_link_is_followed_and_no_device_written() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(write(&link, b"x", &[]).unwrap_err().to_string().contains("a link of that name"));
        let dangling = folder.path().join("dangling");
        std::os::unix::fs::symlink(folder.path().join("nowhere"), &dangling).unwrap();
        assert!(write(&dangling, b"x", &[]).unwrap_err().to_string().contains("a link of that name"));
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        assert!(write(Path::new("/dev/full"), b"x", &[]).unwrap_err().to_string().contains("no ordinary file"));
    }

    #[cfg(unix)]
    #[test]
    fn i6_in_a_folder_that_cannot_be_written_the_old_file_stays() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
        let written = write(&path, b"new", &[]);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        // Whoever may do everything may write there, too.
        let wanted = if written.is_ok() { "new" } else { "old" };
        assert_eq!(fs::read_to_string(&path).unwrap(), wanted);
        assert!(leftovers(folder.path()).is_empty());
    }

    #[test]
    fn i7_what_an_ended_run_left_is_removed_after_a_day_only() {
        let folder = tempfile::tempdir().unwrap();
        let (old, young) = (folder.path().join(".provlens-1-0.tmp"), folder.path().join(".provlens-2-0.tmp"));
        for (path, age) in [(&old, STALE * 2), (&young, STALE / 2)] {
            let file = File::create(path).unwrap();
            let made = file.metadata().unwrap().modified().unwrap();
            file.set_modified(made - age).unwrap();
        }
        write(&folder.path().join("report.json"), b"new", &[]).unwrap();
        assert!(!old.exists() && young.exists());
    }
}
