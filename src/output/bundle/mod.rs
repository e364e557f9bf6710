//! The escalation bundle: the evidence of one issue, so that somebody outside can act on it without asking
//! back and without receiving anything they do not need.
//!
//! A [`Draft`] selects and learns, is shown the original records, and becomes a [`Bundle`] only if the
//! finished bytes hold nothing that must be hidden. Only [`Files`] writes, and nothing here reads.

pub mod archive;
pub mod attach;
mod blocked;
mod case;
mod context;
mod draft;
mod facts;
mod files;
pub mod hidden;
mod manifest;
mod mapping;
mod names;
mod page;
pub mod preview;
mod recipient;
pub mod redact;
mod select;
mod table;
mod verify;

pub use attach::Attachment;
pub use blocked::Blocked;
pub use case::{About, Case, Input, Scope, Sender};
pub use draft::{Bundle, Draft, NoBundle, See};
pub use facts::Facts;
pub use files::Files;
pub use mapping::{Mapping, key};
pub use names::slug;
pub use verify::{Check, Verdict, verify};
