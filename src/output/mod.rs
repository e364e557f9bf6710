//! The analysis as bytes; computes no facts of its own.

pub mod page;
pub mod report;
pub mod rules;
