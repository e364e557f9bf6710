//! What is wrong with a filter, where, and what was probably meant.

use std::fmt;
use std::ops::Range;

use crate::text::sanitize;
use crate::text::width::{truncate, width, wrap};

/// Columns that a sentence beside the mark must have at least; otherwise it goes below.
const LEAST_BESIDE: usize = 40;
/// Columns that a text has at least beside its label, whatever there is.
const LEAST: usize = 12;
/// Longest part of a mistyped text that is repeated in a sentence.
const REPEATED: usize = 40;

/// A mistake in a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it stands, in bytes of the text.
    pub span: Range<usize>,
    /// What is wrong, as a sentence that begins with a small letter.
    pub sentence: String,
    /// What was probably meant.
    pub meant: Option<String>,
    /// What to do if it was meant as it is written, as a sentence.
    pub advice: Option<String>,
    /// What there is.
    pub choices: Vec<String>,
}

impl Mistake {
    /// A mistake at a place.
    pub fn new(span: Range<usize>, sentence: impl Into<String>) -> Mistake {
        Mistake { span, sentence: sentence.into(), meant: None, advice: None, choices: Vec::new() }
    }

    pub(super) fn meaning(self, meant: Option<impl Into<String>>) -> Mistake {
        Mistake { meant: meant.map(Into::into), ..self }
    }

    pub(super) fn advise(self, advice: impl Into<String>) -> Mistake {
        Mistake { advice: Some(advice.into()), ..self }
    }

    pub(super) fn choose<S: Into<String>>(self, choices: impl IntoIterator<Item = S>) -> Mistake {
        Mistake { choices: choices.into_iter().map(Into::into).collect(), ..self }
    }

    /// The filter's text behind `label`, a mark under the mistake, and the sentence beside it or below:
    ///
    /// ```text
    ///  Filter  status:faild after:6h
    ///          ~~~~~~~~~~~~ there is no status "faild". Did you mean failed?
    ///                       (failed, warning, skipped, pending, ok)
    /// ```
    ///
    /// No line is longer than `columns`; of a long filter the part around the mistake is shown.
    pub fn under(&self, label: &str, text: &str, columns: usize) -> String {
        let room = columns.saturating_sub(width(label)).max(LEAST);
        let piece = |range: Range<usize>| sanitize::line(text.get(range).unwrap_or_default()).into_owned();
        let start = self.span.start.min(text.len());
        let end = self.span.end.clamp(start, text.len());
        let (mut before, mut at, after) = (piece(0..start), piece(start..end), piece(end..text.len()));
        // Where nothing stands, or something without a width, the mark still takes a column.
        let marked = |at: &str| width(at).max(1);
        if width(&before) + marked(&at) > room {
            at = truncate(&at, room / 2);
            before = last_columns(&before, room.saturating_sub(marked(&at)));
        }
        let indent = width(&before);
        let mark = "~".repeat(marked(&at));
        let mut out = format!("{label}{before}{at}");
        out.push_str(truncate(&after, room.saturating_sub(indent + width(&at))).trim_end());
        let indent = " ".repeat(width(label) + indent);
        let beside = columns.saturating_sub(indent.len() + mark.len() + 1);
        out.push_str(&format!("\n{indent}{mark}"));
        let (lead, room) = if beside >= LEAST_BESIDE {
            (" ".repeat(indent.len() + mark.len()), beside)
        } else {
            out.push_str(&format!("\n{}", " ".repeat(width(label).saturating_sub(1))));
            (" ".repeat(width(label).saturating_sub(1)), room)
        };
        let mut lines = wrap(&sanitize::line(&self.sentences()), room);
        if let Some(choices) = self.list() {
            lines.extend(wrap(&sanitize::line(&choices), room));
        }
        for (number, line) in lines.iter().enumerate() {
            if number > 0 {
                out.push_str(&format!("\n{lead}"));
            }
            out.push_str(&format!(" {line}"));
        }
        out
    }

    fn sentences(&self) -> String {
        let meant = self.meant.iter().map(|meant| format!(". Did you mean {meant}?"));
        let advice = self.advice.iter().map(|advice| match self.meant {
            Some(_) => format!(" {advice}"),
            None => format!(". {advice}"),
        });
        [self.sentence.clone()].into_iter().chain(meant).chain(advice).collect()
    }

    fn list(&self) -> Option<String> {
        (!self.choices.is_empty()).then(|| format!("({})", self.choices.join(", ")))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentences())?;
        self.list().map_or(Ok(()), |list| write!(f, " {list}"))
    }
}

impl std::error::Error for Mistake {}

/// The beginning of a mistyped text, to be repeated.
pub(super) fn brief(text: &str) -> String {
    truncate(&sanitize::line(text), REPEATED)
}

/// The end of a text, with `…` for what is left out.
fn last_columns(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut used = 0;
    let fitting = text.chars().rev().take_while(|letter| {
        used += width(letter.encode_utf8(&mut [0; 4]));
        used < columns
    });
    let length: usize = fitting.map(char::len_utf8).sum();
    let rest = text.get(text.len() - length..).unwrap_or_default();
    format!("…{rest}")
}
