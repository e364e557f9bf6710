//! The rule files that are part of the program.

/// One of them.
pub(super) struct BuiltIn {
    /// Path within the project.
    pub(super) name: &'static str,
    /// The file.
    pub(super) text: &'static str,
    /// The same without its examples and without what is told of the issue, as JSON.
    pub(super) rule: &'static str,
    /// What is told of the issue, as JSON.
    pub(super) advice: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Every built-in rule, in the order of their ids.
pub(super) fn files() -> &'static [BuiltIn] {
    FILES
}
