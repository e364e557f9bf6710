//! What is wrong with a rule file, for its author.

use std::fmt;

use serde::Serialize;

use super::load::LoadError;

/// One thing that is wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// The file.
    pub file: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub what: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl From<LoadError> for Complaint {
    fn from(error: LoadError) -> Complaint {
        Complaint { file: error.file, line: error.line, what: error.what }
    }
}
