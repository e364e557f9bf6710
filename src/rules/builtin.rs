//! The rule files that are part of the program.

/// One of them.
pub(super) struct BuiltIn {
    /// Path within `rules/`.
    pub(super) name: &'static str,
    /// The file.
    pub(super) text: &'static str,
    /// The same without its examples, as JSON.
    pub(super) json: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Every built-in rule, sorted by path.
pub(super) fn files() -> &'static [BuiltIn] {
    FILES
}
