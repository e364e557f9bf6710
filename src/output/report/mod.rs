//! The findings, for people and for programs.

pub mod before;
pub mod csv;
pub mod html;
pub mod inputs;
pub mod json;
pub mod markdown;
mod removals;
pub mod sure;
pub mod text;
mod trends;
pub mod unusual;
pub mod verdict;
mod words;

use jiff::tz::TimeZone;

use crate::text::time::Micros;

/// What a report that is handed on says besides its findings.
#[derive(Clone, Debug)]
pub struct Handout {
    /// Zone of all times.
    pub zone: TimeZone,
    /// When it was made, if it is to say so: the same logs give the same bytes.
    pub made: Option<Micros>,
}
