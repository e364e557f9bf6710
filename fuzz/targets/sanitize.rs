//! What is shown holds nothing that steers a terminal, stays the same if it is made safe again, and harmless text is
//! left alone, but for towers of accents.

use provlens::output::page::shown;
use provlens::text::width::{is_mark, pad, truncate, width};
use provlens::text::{sanitize, secret};

use super::input::{Input, is_harmless, text};

/// Accents that one letter keeps.
const MARKS: usize = 8;

/// The harmless letters of a text, without the accents that are too many.
fn kept(text: &str) -> Vec<char> {
    let mut marks = 0;
    let mut is_kept = |letter: &char| {
        marks = if is_mark(*letter) && is_harmless(*letter) { marks + 1 } else { 0 };
        marks <= MARKS && is_harmless(*letter)
    };
    text.chars().filter(|letter| is_kept(letter)).collect()
}

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let columns = usize::from(input.byte());
    let text = text(input.0);
    let safe = sanitize::line(&text);
    assert!(safe.chars().all(is_harmless), "{safe:?}");
    assert_eq!(sanitize::line(&safe), safe, "made safe twice");
    let kept = kept(&text);
    if kept.len() == text.chars().count() {
        assert_eq!(safe, text, "harmless");
    }
    // Nothing else is dropped: every letter that is harmless is still there, in order.
    let mut rest = safe.chars();
    for letter in kept {
        assert!(rest.any(|shown| shown == letter), "{letter:?} of {text:?} is lost: {safe:?}");
    }
    assert!(shown(&text).chars().all(is_harmless));
    let masked = secret::mask(&text).into_owned();
    assert_eq!(secret::mask(&masked), masked, "masked twice");
    let cut = truncate(&safe, columns);
    assert!(width(&cut) <= columns, "{cut:?} in {columns}");
    let padded = pad(&safe, columns);
    assert!(width(&padded) <= columns, "{padded:?} in {columns}");
    // JSON keeps its value.
    let value = serde_json::Value::from(text.as_str());
    let json = value.to_string();
    let safe = sanitize::json(&json);
    assert!(safe.chars().all(is_harmless), "{safe:?}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).expect("still JSON"), value);
}
