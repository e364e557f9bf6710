//! What is wrong with a file that a person wrote for the screen, and where.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl Wrong {
    /// At a byte of a text.
    pub fn at(text: &str, byte: usize, what: String) -> Wrong {
        let before = text.as_bytes().iter().take(byte);
        Wrong { line: Some(before.filter(|byte| **byte == b'\n').count() + 1), what }
    }

    /// A text that is no TOML, or has something else where words are expected.
    pub fn in_toml(text: &str, error: &toml::de::Error) -> Wrong {
        let what = error.message().trim_end_matches('.').replace('\n', ", ");
        match error.span() {
            Some(span) => Wrong::at(text, span.start, what),
            None => Wrong { line: None, what },
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}
