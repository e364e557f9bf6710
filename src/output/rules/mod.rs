//! The library for people: a rule as a page, an event as the start of a rule.

pub mod conditions;
mod invent;
pub mod markdown;
pub mod meaning;
pub mod skeleton;
pub mod text;

use serde::Serialize;
use serde_json::Value;

/// The word that rule files use for a value of a list, such as `it-admin`.
pub(crate) fn word_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
