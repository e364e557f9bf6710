//! Escapes and numbers.

use bumpalo::Bump;
use bumpalo::collections::String as ArenaString;

/// Resolves the escapes of a text; what is broken in it becomes U+FFFD.
pub(super) fn unescape<'a>(text: &'a [u8], arena: &'a Bump) -> &'a str {
    let mut out = ArenaString::with_capacity_in(text.len(), arena);
    let mut rest = text;
    while let Some(stop) = memchr::memchr(b'\\', rest) {
        push_lossy(&mut out, rest.get(..stop).unwrap_or_default());
        let mut next = stop + 2;
        out.push(match rest.get(stop + 1) {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => match code_point(rest, next) {
                Some((c, after)) => {
                    next = after;
                    c.unwrap_or(char::REPLACEMENT_CHARACTER)
                }
                None => char::REPLACEMENT_CHARACTER,
            },
            Some(other) => char::from(*other),
            None => char::REPLACEMENT_CHARACTER,
        });
        rest = rest.get(next..).unwrap_or_default();
    }
    push_lossy(&mut out, rest);
    out.into_bump_str()
}

/// The text of bytes without escapes: themselves where they are UTF-8.
pub(super) fn plain<'a>(bytes: &'a [u8], arena: &'a Bump) -> &'a str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => arena.alloc_str(&String::from_utf8_lossy(bytes)),
    }
}

fn push_lossy(out: &mut ArenaString<'_>, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => out.push_str(text),
        Err(_) => out.push_str(&String::from_utf8_lossy(bytes)),
    }
}

/// The character whose four digits stand at `at` (behind `\u`), and the position behind it; half of
/// a pair is `None`. Nothing if there are no four digits.
pub(super) fn code_point(text: &[u8], at: usize) -> Option<(Option<char>, usize)> {
    let unit = hex(text, at)?;
    let next = at + 4;
    if (0xd800..0xdc00).contains(&unit)
        && text.get(next..next + 2) == Some(b"\\u")
        && let Some(low @ 0xdc00..0xe000) = hex(text, next + 2)
    {
        return Some((char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)), next + 6));
    }
    Some((char::from_u32(unit), next))
}

fn hex(text: &[u8], at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.iter().try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
}

/// Whether this is a number as the standard writes it.
pub(super) fn is_number(text: &[u8]) -> bool {
    let digits = |from: &[u8]| from.iter().take_while(|b| b.is_ascii_digit()).count();
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(text);
    if whole == 0 || whole > 1 && text.first() == Some(&b'0') {
        return false;
    }
    let mut rest = text.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = fraction.get(count..).unwrap_or_default();
    }
    if let [b'e' | b'E', power @ ..] = rest {
        let power = power.strip_prefix(b"+").or_else(|| power.strip_prefix(b"-")).unwrap_or(power);
        return !power.is_empty() && digits(power) == power.len();
    }
    rest.is_empty()
}
