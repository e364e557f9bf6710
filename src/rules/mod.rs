//! Known issues: data files, one each, and the matcher that finds the one that explains an event.

mod builtin;
mod compile;
mod load;
mod matcher;
mod model;

pub use load::{Library, LoadError};
pub use matcher::{Certainty, Considered, Explainer, Finding};
pub use model::{Category, Detector, Escalate, Example, LookAlike, Owner, Retry, Rule, Severity, Status};
