//! Makes text from a log safe for a terminal.
//!
//! Log fields are written by strangers: a display name can hold escape sequences that retitle the
//! window, fill the clipboard or hide the rest of a line. Everything that is not harmless is shown
//! as a visible mark instead; nothing is silently dropped.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::width::is_mark;

/// Accents that one letter may have; no language needs more.
const MARKS: usize = 8;

/// `text` with every control character, bidirectional control and invisible character shown as a
/// mark: `␛` for ESC, `␀` for NUL, `⟨U+202E⟩` for what has no picture. Line ends and tabs become
/// one space, so that a value can never start a line of its own. Accents that would cover the lines
/// around it are cut, with `…` in their place. Idempotent.
pub fn line(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !(text.chars().any(is_unsafe) || has_tower(text)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (c, marks) in with_marks(text) {
        match marks {
            0..=MARKS => push_safe(&mut out, c),
            // A tower of them.
            _ if marks == MARKS + 1 => out.push('…'),
            _ => {}
        }
    }
    Cow::Owned(out)
}

/// Each character, and which accent of its letter it is; 0 if it is none.
fn with_marks(text: &str) -> impl Iterator<Item = (char, usize)> {
    text.chars().scan(0, |marks, c| {
        *marks = if is_mark(c) && !is_unsafe(c) { *marks + 1 } else { 0 };
        Some((c, *marks))
    })
}

fn has_tower(text: &str) -> bool {
    with_marks(text).any(|(_, marks)| marks > MARKS)
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
    fn h1_escape_sequences_become_visible() {
        assert_eq!(line("\u{1b}]52;c;SGk=\u{7}"), "␛]52;c;SGk=␇");
        assert_eq!(line("a\nb"), "a b");
        assert_eq!(line("x\u{202e}y"), "x⟨U+202E⟩y");
        assert_eq!(line("\u{9b}31m"), "⟨U+009B⟩31m");
    }

    #[test]
    fn h2_what_has_no_picture_or_turns_the_direction_becomes_visible() {
        let invisible = ['\u{61c}', '\u{180e}', '\u{ad}', '\u{feff}', '\u{e0001}', '\u{e0041}', '\u{e007f}'];
        let ranges = ['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2060}'..='\u{2069}'];
        for letter in ranges.into_iter().flatten().chain(invisible) {
            // All of them are letters to the standard library, but for the separators of lines.
            assert!(!letter.is_control());
            assert_eq!(line(&format!("a{letter}b")), format!("a⟨U+{:04X}⟩b", letter as u32));
        }
    }

    #[test]
    fn h4_a_letter_has_eight_accents_at_most() {
        let tower = |count| format!("Zoe{}, x", "\u{301}".repeat(count));
        assert_eq!(line(&tower(8)), tower(8));
        let cut = line(&tower(10_000)).into_owned();
        assert_eq!(cut, format!("Zoe{}…, x", "\u{301}".repeat(8)));
        assert_eq!(line(&cut), cut);
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
