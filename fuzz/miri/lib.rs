//! The reader of JSON as the program has it, for Miri: `just miri`.

#[path = "../../src/json/mod.rs"]
pub mod json;
