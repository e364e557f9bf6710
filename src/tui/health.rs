//! The sign of how an application is. The word and its reason are the analysis'.

use super::look::{Glyphs, Role};
use crate::analysis::Health;

/// The word in a table.
pub fn word(health: Health) -> String {
    health.word().to_uppercase()
}

/// The sign, and the role of both.
pub fn sign(health: Health, glyphs: &Glyphs) -> (&'static str, Role) {
    match health {
        Health::Failing => (glyphs.failed, Role::Failed),
        Health::Quiet => (glyphs.skipped, Role::Silent),
        Health::Degraded => (glyphs.warning, Role::Warning),
        Health::Little => (glyphs.little, Role::Quiet),
        Health::Healthy => (glyphs.ok, Role::Ok),
    }
}
