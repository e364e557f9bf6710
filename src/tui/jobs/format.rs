//! Kinds of files that lists are saved as, and how a file comes into being.

use std::io::{self, BufWriter, Write};
use std::path::Path;

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
) -> io::Result<Option<T>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let file = tempfile::Builder::new().prefix(".provlens-").suffix(".tmp").tempfile_in(folder)?;
    let mut out = BufWriter::new(file);
    let Some(made) = fill(&mut out)? else { return Ok(None) };
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(Some(made))
}

/// Why there is no file, in a sentence.
pub(super) fn failure(path: &Path, error: &io::Error) -> String {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{path} is there already and stays as it is. Choose another name."),
        _ => format!("{path} cannot be written: {error}."),
    }
}
