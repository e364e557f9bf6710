//! What can go wrong: with one record ([`Problem`]), with an input ([`InputError`]).

use serde::Serialize;

/// The closed list of what can be wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// Bytes that are no text.
    UnreadableBytes,
    /// Not valid JSON.
    BadJson,
    /// Nested too deep.
    TooDeep,
    /// Longer than a record may be.
    TooLong,
    /// The input ends in the middle of a record.
    Truncated,
    /// A time that is none; the event is kept without it.
    BadTime,
    /// The export is incomplete or lost fields.
    MissingField,
    /// A row of a table that does not fit its header.
    BadRow,
    /// A limit was reached.
    Limit,
    /// It unpacks to far more than a log would; the rest of it was not read.
    TooLarge,
}

/// Something that is wrong at one place of an input. Never stops a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line in the (decompressed) input, from 1.
    pub line: u64,
    /// Bytes from the start of the (decompressed) input.
    pub offset: u64,
    /// What kind of problem.
    pub kind: ProblemKind,
    /// One sentence: what was expected, what was found, what to do.
    pub detail: String,
    /// Whether a record was lost; if not, this is a remark and the record was used.
    pub lost: bool,
}

/// An input that cannot be used at all; the others are still read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum InputError {
    /// No such file.
    #[error("{path}: no such file or folder{}", .nearest.as_ref().map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    Missing {
        /// The path as given.
        path: String,
        /// The nearest name in the same folder.
        nearest: Option<String>,
    },
    /// The operating system refused.
    #[error("{path}: cannot be read: {reason}")]
    Unreadable {
        /// The path as given.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// It is packed in a way that is not read here.
    #[error("{path}: {what}")]
    Packed {
        /// The path as given.
        path: String,
        /// How, and what to do.
        what: String,
    },
    /// It is something else than a log.
    #[error("{path}: {what}")]
    NotALog {
        /// The path as given.
        path: String,
        /// What it is, and what to do.
        what: String,
    },
}

impl InputError {
    /// The path as given.
    pub fn path(&self) -> &str {
        match self {
            InputError::Missing { path, .. }
            | InputError::Unreadable { path, .. }
            | InputError::Packed { path, .. }
            | InputError::NotALog { path, .. } => path,
        }
    }

    /// Whether nobody knows what would have been in it. A picture beside the logs of a folder is nothing to
    /// worry about; a log that cannot be opened is.
    pub fn may_hide_a_log(&self) -> bool {
        !matches!(self, InputError::NotALog { .. })
    }
}
