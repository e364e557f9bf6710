//! The rule files that are part of the program.

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Path within `rules/` and text of every built-in rule file, sorted by path.
pub(super) fn files() -> &'static [(&'static str, &'static str)] {
    FILES
}
