//! What is shown holds nothing that steers a terminal, stays the same if it is made safe again, and harmless text is
//! left alone.

use provlens::output::page::shown;
use provlens::text::width::{pad, truncate, width};
use provlens::text::{sanitize, secret};

use super::input::{Input, is_harmless, text};

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let columns = usize::from(input.byte());
    let text = text(input.0);
    let safe = sanitize::line(&text);
    assert!(safe.chars().all(is_harmless), "{safe:?}");
    assert_eq!(sanitize::line(&safe), safe, "made safe twice");
    if text.chars().all(is_harmless) {
        assert_eq!(safe, text, "harmless");
    }
    // Nothing is dropped: every letter that is harmless is still there, in order.
    let mut rest = safe.chars();
    for letter in text.chars().filter(|letter| is_harmless(*letter)) {
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
