//! The analysis as bytes; computes no facts of its own.

pub mod bundle;
pub mod check;
pub mod count;
pub mod csv;
pub mod events;
pub mod health;
pub mod markdown;
pub mod page;
pub mod person;
pub mod report;
pub mod rules;
#[cfg(feature = "tables")]
pub mod table;
pub mod whole;
