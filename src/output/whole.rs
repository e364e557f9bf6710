//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that takes its place when all of it is written. Only its owner can read it.
pub struct Whole {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Whole {
    /// Begins a file. What stands at its place stays there until the end.
    pub fn create(path: &Path) -> io::Result<Whole> {
        match fs::symlink_metadata(path) {
            Ok(there) if there.is_dir() => return Err(io::Error::other("is a folder; give the name of a file")),
            Ok(there) if there.is_symlink() => {
                return Err(io::Error::other("is a link to another place; give that place"));
            }
            Ok(there) if !there.is_file() => {
                return Err(io::Error::other("is no file but a device; leave out -o to write to standard output"));
            }
            _ => {}
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(io::Error::other(format!("there is no folder {}", folder.display())));
        }
        // In the same folder, since a file cannot be renamed to another disk.
        let file = tempfile::Builder::new().prefix(".provlens-").suffix(".tmp").tempfile_in(folder)?;
        Ok(Whole { file: BufWriter::new(file), path: path.to_owned() })
    }

    /// Puts it into its place.
    pub fn finish(self) -> io::Result<()> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        // The name is as lasting as the bytes where a folder can be written to the disk.
        if let Some(folder) = self.path.parent().and_then(|folder| File::open(folder).ok()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_that_is_not_finished_leaves_the_old_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.csv");
        fs::write(&path, "old").unwrap();
        let mut whole = Whole::create(&path).unwrap();
        whole.write_all(b"new").unwrap();
        drop(whole);
        assert_eq!(
            (fs::read_to_string(&path).unwrap(), files(folder.path())),
            ("old".into(), vec!["events.csv".into()])
        );
        let mut whole = Whole::create(&path).unwrap();
        whole.write_all(b"new").unwrap();
        whole.finish().unwrap();
        assert_eq!(
            (fs::read_to_string(&path).unwrap(), files(folder.path())),
            ("new".into(), vec!["events.csv".into()])
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.csv");
        Whole::create(&path).unwrap().finish().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn folders_links_and_devices_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        for (path, word) in [(folder.path(), "folder"), (&link, "link"), (Path::new("/dev/null"), "device")] {
            assert!(Whole::create(path).err().unwrap().to_string().contains(word));
        }
        assert_eq!(files(folder.path()), ["link"]);
    }
}
