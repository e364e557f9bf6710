//! Kinds of files that lists are saved as, and how a file comes into being.

use std::io::{self, Write};
use std::path::Path;

use crate::output::whole::{Old, Whole, WriteError};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For tickets and wikis.
    Markdown,
    /// For spreadsheets.
    Csv,
    /// For programs: a JSON object a line.
    JsonLines,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 4] = [Format::Text, Format::Markdown, Format::Csv, Format::JsonLines];

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Format::Text => "Text, for people",
            Format::Markdown => "Markdown, for tickets and wikis",
            Format::Csv => "CSV, for spreadsheets",
            Format::JsonLines => "JSON lines, for programs",
        }
    }

    /// How the names of its files end.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Text => "txt",
            Format::Markdown => "md",
            Format::Csv => "csv",
            Format::JsonLines => "ndjson",
        }
    }
}

/// Makes a file that has its name only once it is whole, and that only its owner can read. A file that
/// is there stays as it is. `fill` gives nothing if it was given up; then there is no file.
pub(super) fn create<T>(
    path: &Path,
    fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<Option<T>>,
) -> Result<Option<T>, WriteError> {
    let mut whole = Whole::create(path, &[], Old::Stays)?;
    let made = fill(&mut whole).map_err(|error| WriteError::Io(path.to_owned(), error))?;
    if made.is_some() {
        whole.finish()?;
    }
    Ok(made)
}

/// Why there is no file, in a sentence.
pub(super) fn failure(error: &WriteError) -> String {
    match error {
        WriteError::IsThere(_) => format!("{error} and stays as it is. Choose another name."),
        WriteError::Refused(..) | WriteError::Io(..) => format!("{error}."),
    }
}
