//! From a message without a log to the rules that it may be about.

use bumpalo::Bump;

use crate::decode;
use crate::event::Provider;
use crate::rules::{Library, Meaning, Origin};

/// The rules that a quoted message, code or answer may be about, the best first. Identity providers put words of
/// their own around an application's, so it may tell itself where it comes from.
pub fn meanings(words: &str, origin: Origin<'_>, library: &Library) -> Vec<Meaning> {
    let arena = Bump::new();
    let event = decode::quoted(words, &arena);
    // What nobody is known by is decoded as an application's own.
    let told = Some(event.provider).filter(|provider| *provider != Provider::Scim);
    library.meanings(&event, Origin { provider: origin.provider.or(told), ..origin })
}
