//! Makes text from a log safe for a terminal.
//!
//! Log fields are written by strangers: a display name can hold escape sequences that retitle the
//! window, fill the clipboard or hide the rest of a line. Everything that is not harmless is shown
//! as a visible mark instead; nothing is silently dropped.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with every control character, bidirectional control and invisible character shown as a
/// mark: `␛` for ESC, `␀` for NUL, `⟨U+202E⟩` for what has no picture. Line ends and tabs become
/// one space, so that a value can never start a line of its own. Idempotent.
pub fn line(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_safe(&mut out, c);
    }
    Cow::Owned(out)
}

/// JSON text with everything that [`line`] would mark written as `\uXXXX`: the value stays the
/// same, and a terminal that shows it cannot be steered.
pub fn json(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| c == '\n' || !is_unsafe(c);
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    // Nearly all of a report is printable ASCII, so one goes from one other byte to the next.
    while let Some(found) = text.as_bytes().get(at..).and_then(first_unusual) {
        at += found;
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
        if !harmless(c) {
            out.push_str(text.get(copied..at).unwrap_or_default());
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
            copied = at + c.len_utf8();
        }
        at += c.len_utf8();
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// Place of the first byte that is neither printable ASCII nor a line end.
fn first_unusual(bytes: &[u8]) -> Option<usize> {
    let unusual = |byte: &u8| byte.wrapping_sub(b' ') >= 0x7f - b' ' && *byte != b'\n';
    // Of many bytes at once, the processor is told whether there is one in as many instructions as of one.
    let (many, _) = bytes.as_chunks::<64>();
    let usual = many.iter().take_while(|many| !many.iter().fold(false, |any, byte| any | unusual(byte))).count();
    let from = usual * 64;
    Some(from + bytes.get(from..)?.iter().position(unusual)?)
}

fn push_safe(out: &mut String, c: char) {
    match c {
        '\n' | '\r' | '\t' => out.push(' '),
        '\u{0}'..='\u{1f}' => {
            // U+2400 starts the "control pictures": one visible sign for each C0 control.
            out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'));
        }
        '\u{7f}' => out.push('\u{2421}'),
        c if is_unsafe(c) => {
            // Writing to a String cannot fail.
            let _ = write!(out, "⟨U+{:04X}⟩", c as u32);
        }
        c => out.push(c),
    }
}

/// Characters that can change how the rest of a line is read or shown: C0, DEL and C1 controls,
/// bidirectional controls, zero-width and tag characters, line and paragraph separators.
fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::{first_unusual, json, line};

    #[test]
    fn many_bytes_at_once_are_judged_as_one_by_one() {
        for unusual in [0, b'\t', 0x1f, 0x7f, 0x80, 0xff] {
            for at in 0..200 {
                let mut bytes = b" ~\n".repeat(70);
                assert_eq!(first_unusual(&bytes), None);
                bytes[at] = unusual;
                bytes[205] = unusual;
                assert_eq!(first_unusual(&bytes), Some(at), "{unusual}");
            }
        }
    }

    #[test]
    fn harmless_text_is_unchanged() {
        assert_eq!(line("José 日本 <a@example.com>"), "José 日本 <a@example.com>");
    }

    #[test]
    fn escape_sequences_become_visible() {
        assert_eq!(line("\u{1b}]52;c;SGk=\u{7}"), "␛]52;c;SGk=␇");
        assert_eq!(line("a\nb"), "a b");
        assert_eq!(line("x\u{202e}y"), "x⟨U+202E⟩y");
        assert_eq!(line("\u{9b}31m"), "⟨U+009B⟩31m");
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ "a": "x\u{202e}\u{9b}\u{e0041}é" });
        let text = format!("{value:#}");
        let safe = json(&text);
        assert!(!safe.contains(['\u{202e}', '\u{9b}', '\u{e0041}']));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
    }

    #[test]
    fn doing_it_twice_changes_nothing() {
        let once = line("\u{1b}[0m\u{0}\u{200b}\u{85}").into_owned();
        assert_eq!(line(&once), once);
    }
}
