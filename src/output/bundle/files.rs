//! Puts a bundle on the disk, and beside it who is who. The one place here that writes.

use std::fs;
use std::path::PathBuf;

use super::draft::Bundle;
use super::mapping::Mapping;
use super::redact::Key;
use crate::output::whole::{self, Old, Whole, WriteError};

/// Where a bundle goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// What is sent.
    pub archive: PathBuf,
    /// Who is who, which stays: beside the bundle, never in it.
    pub mapping: PathBuf,
}

impl Files {
    /// The files of a bundle at a path.
    pub fn at(archive: PathBuf) -> Files {
        let mut mapping = archive.clone().into_os_string();
        mapping.push(".map.json");
        Files { archive, mapping: PathBuf::from(mapping) }
    }

    /// Whether they may be written, as far as can be known before. `inputs` are the files that are read and
    /// must stay.
    ///
    /// # Errors
    /// Why not.
    pub fn may_be_written(&self, inputs: &[PathBuf], old: Old) -> Result<(), WriteError> {
        [&self.archive, &self.mapping].iter().try_for_each(|path| whole::may_write(path, inputs, old))
    }

    /// Writes both, or none.
    ///
    /// # Errors
    /// Why not.
    pub fn write(&self, bundle: &Bundle, key: &Key, inputs: &[PathBuf], old: Old) -> Result<(), WriteError> {
        let text = Mapping::new(&bundle.content_sha256, key, &bundle.mapping).text();
        // Both are on the disk before one takes its name, so that a full disk leaves an older pair as it was.
        let mapping = Whole::prepare(&self.mapping, text.as_bytes(), inputs, old)?;
        let archive = Whole::prepare(&self.archive, &bundle.archive, inputs, old)?;
        // The mapping first: a bundle without it could never be asked about.
        mapping.finish()?;
        if let Err(error) = archive.finish() {
            let _ = fs::remove_file(&self.mapping);
            return Err(error);
        }
        Ok(())
    }
}
