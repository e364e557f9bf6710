//! The findings, for people and for programs.

pub mod inputs;
pub mod json;
pub mod text;
mod trends;
mod unusual;
