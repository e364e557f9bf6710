//! The whole library against messages: does each rule match its own issue however it is worded, and
//! nothing else?
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod ambiguities;
mod catalogue;
mod certainty;
mod confusion;
mod context;
mod meaning;
mod robust;
mod unseen;
mod vary;

use std::sync::LazyLock;

use provlens::event::Event;
use provlens::pipeline::examples;
use provlens::rules::{Certainty, Example, Library};

/// The built-in rules with their examples.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let (library, errors) = Library::load_with_examples(&[]);
    assert!(errors.is_empty(), "{errors:?}");
    library
});

/// A rule that matched, by its id.
type Matched = (String, Certainty);

/// All rules that match an example, the winner first: of its first event that any rule matches.
fn matched(example: &Example) -> Vec<Matched> {
    let mut found: Vec<Matched> = Vec::new();
    let each = &mut |event: &Event<'_>| {
        if found.is_empty() {
            let rules = LIBRARY.consider(event).into_iter();
            found = rules.map(|it| (LIBRARY.rule(it.rule).unwrap().id.clone(), it.certainty)).collect();
        }
    };
    each_event(example, each);
    found
}

fn each_event(example: &Example, each: &mut dyn FnMut(&Event<'_>)) {
    examples::events(example, &mut |event| {
        if let Ok(event) = event {
            each(event);
        }
    })
    .unwrap_or_else(|what| panic!("{what}: {example:?}"));
}

/// `97.3 % (971 of 998)`.
fn share(part: usize, whole: usize) -> String {
    #[allow(clippy::cast_precision_loss)]
    let percent = if whole == 0 { 100.0 } else { part as f64 * 100.0 / whole as f64 };
    format!("{percent:.1} % ({part} of {whole})")
}
