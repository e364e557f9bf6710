//! Hashes of the exports, by which the sender can show later which ones were used. They are made while
//! the same files are read, so that nobody waits for them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use sha2::{Digest as _, Sha256};

use crate::source::Source;
use crate::text::hex::hex;

/// Hashes in the making.
pub struct Hashes(Option<JoinHandle<Vec<(String, String)>>>);

impl Hashes {
    /// Begins.
    pub fn begin(sources: &[Source]) -> Hashes {
        let files = sources.iter().filter(|source| !source.is_live());
        let files: Vec<(String, PathBuf)> =
            files.filter_map(|source| Some((source.name.clone(), source.file()?.to_owned()))).collect();
        let all = move || files.into_iter().filter_map(|(name, path)| Some((name, of(&path).ok()?))).collect();
        Hashes(thread::Builder::new().spawn(all).ok())
    }

    /// Waits for them. An export that cannot be read has none.
    pub fn finish(self) -> Vec<(String, String)> {
        self.0.and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}

/// The SHA-256 of a file, in hexadecimal digits.
///
/// # Errors
/// What the operating system answers when it cannot be read.
pub fn of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(buffer.get(..count).unwrap_or_default());
    }
}
