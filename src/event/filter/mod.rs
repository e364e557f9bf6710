//! The filter language: one line that says which events are wanted, the same everywhere.
//!
//! ```text
//! filter  = group { "or" group }
//! group   = term { ["and"] term }
//! term    = ["-" | "not"] ( field ":" value {"," value} | word | "phrase" | "(" filter ")" )
//! value   = word | "phrase" | =exact | *wildcard* | >number | <number | time | /regex/
//! ```
//!
//! A filter comes from a command line, a saved view or a paste, so its length, depth and number of
//! terms are bounded, and whatever is wrong with it is a [`Mistake`] that says where. What every field
//! means is in [`FIELDS`] and, for people, in `docs/filter.md`.

mod complete;
mod evaluate;
mod field;
mod mistake;
mod parse;
mod parts;
mod pattern;
mod print;
mod shown;
mod tree;
mod value;
mod when;

#[cfg(test)]
mod tests;

pub use complete::{Candidate, Completion, Sample, complete};
pub use evaluate::{Fields, Known};
pub use field::{About, Column, FIELDS, Field, STATES, STATUSES, State, status_word};
pub use mistake::Mistake;
pub use parse::Vocabulary;
pub use shown::{IssueNames, Shown};
pub use tree::{Filter, Term};
