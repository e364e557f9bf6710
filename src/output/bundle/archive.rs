//! The archive: the same bytes for the same files, on every computer.
//!
//! A zip, since every support portal opens one. Real times are data and stand in the manifest; here all
//! files have the earliest time that the format knows.

use std::io::{Cursor, Write as _};

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::text::hex::hex;

/// A file of a bundle, by its path below the top folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// ASCII, with `/` between folders.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl File {
    /// A file of text.
    pub fn text(path: &str, text: String) -> File {
        File { path: path.to_owned(), bytes: text.into_bytes() }
    }

    /// Its SHA-256 in hexadecimal digits.
    pub fn sha256(&self) -> String {
        sha256(&self.bytes)
    }
}

/// A SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The files, in a folder of this name.
///
/// # Errors
/// More files or bytes than the format can hold.
pub fn pack(folder: &str, files: &[File]) -> Result<Vec<u8>, String> {
    let mut sorted: Vec<&File> = files.iter().collect();
    sorted.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for file in sorted {
        archive.start_file(format!("{folder}/{}", file.path), options).map_err(|error| error.to_string())?;
        archive.write_all(&file.bytes).map_err(|error| error.to_string())?;
    }
    Ok(archive.finish().map_err(|error| error.to_string())?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<File> {
        vec![File::text("b.txt", "two".repeat(100)), File::text("a/1.txt", "one".to_owned())]
    }

    #[test]
    fn the_order_of_the_files_does_not_matter() {
        let mut other = files();
        other.reverse();
        assert_eq!(pack("x", &files()).unwrap(), pack("x", &other).unwrap());
    }

    #[test]
    fn a_hash_is_the_published_one() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
