//! The findings, for people and for programs.

pub mod before;
pub mod inputs;
pub mod json;
mod removals;
pub mod text;
mod trends;
mod unusual;
pub mod verdict;
mod words;
