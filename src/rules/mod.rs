//! Known issues: data files, one each, and the matcher that finds the one that explains an event.

mod app_names;
mod builtin;
mod compile;
mod complaint;
mod explain;
mod fingerprint;
mod fold;
mod folder;
mod keys;
pub mod lint;
mod load;
mod matcher;
mod meaning;
mod model;
mod nearest;
mod needed;
mod places;
mod review;
mod schema;
mod trace;

pub use app_names::{AppName, AppWord};
pub use complaint::Complaint;
pub use explain::Explainer;
pub use load::{Library, LoadError, parse};
pub use matcher::{Certainty, Considered, Finding};
pub use meaning::{Fit, Meaning, Origin, Provided};
pub use model::{
    Advice, ByPlace, Category, Detector, Escalate, Example, InsteadOf, LookAlike, Match, Owner, Place, Retry, Rule,
    Severity, Status, When,
};
pub use nearest::Nearest;
pub use places::{Part, Places};
pub use review::{Matched, NearMiss, Review};
pub use schema::schema;
pub use trace::Trace;
