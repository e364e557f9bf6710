//! From a message without a log to the rules that it may be about.

use bumpalo::Bump;

use crate::decode;
use crate::rules::{Library, Meaning, Origin};

/// The rules that a quoted message, code or answer may be about, the best first.
pub fn meanings(words: &str, origin: Origin<'_>, library: &Library) -> Vec<Meaning> {
    let arena = Bump::new();
    library.meanings(&decode::quoted(words, &arena), origin)
}
