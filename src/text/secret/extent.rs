//! How far a value goes that stands behind the name of a secret, however it is written: in quotes (also those of JSON
//! inside JSON, of HTML and of addresses), in the braces of a connection string, or in none.

use std::ops::Range;

/// Quotes as they are written where a quote itself may not stand.
const WRITTEN_QUOTES: [&str; 8] = ["&quot;", "&#34;", "&#39;", "&apos;", "%22", "%27", "u0022", "u0027"];

/// The value that stands at `from`, without its quotes; empty if there is none. What was cut off ends with the text.
pub(super) fn of(text: &str, from: usize) -> Range<usize> {
    let rest = text.get(from..).unwrap_or_default();
    let bare = rest.trim_start_matches('\\');
    let depth = rest.len() - bare.len();
    let start = |quote: usize| from + depth + quote;
    if bare.starts_with(['"', '\'']) {
        let (quote, inner) = bare.split_at(1);
        return start(1)..start(1) + quoted(inner, quote, depth);
    }
    let written = WRITTEN_QUOTES.iter().find(|quote| bare.starts_with(**quote));
    if let Some((quote, inner)) = written.and_then(|quote| Some((quote, bare.strip_prefix(quote)?))) {
        let end = inner.find(quote).or_else(|| inner.find(char::is_whitespace)).unwrap_or(inner.len());
        let end = if depth > 0 { inner.get(..end).unwrap_or_default().trim_end_matches('\\').len() } else { end };
        return start(quote.len())..start(quote.len()) + end;
    }
    if let Some(end) = braced(rest) {
        return from + 1..from + 1 + end;
    }
    from..from + unquoted(rest)
}

/// The length of a value in quotes. So many backslashes stood in front of the first of them; in front of the last one
/// there are as many, or some for each backslash of the value besides. Fewer end what the value stands in.
fn quoted(inner: &str, quote: &str, depth: usize) -> usize {
    let mut backslashes = 0;
    for (at, c) in inner.char_indices() {
        let is_last = inner.get(at..).is_some_and(|rest| rest.starts_with(quote))
            && (backslashes < depth || backslashes % (2 * (depth + 1)) == depth);
        if is_last {
            return at - backslashes.min(depth);
        }
        if quote == "'" && matches!(c, '\r' | '\n') {
            return at;
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
    }
    inner.len() - backslashes.min(1)
}

/// The length of what stands in the braces of `Pwd={…}`.
fn braced(rest: &str) -> Option<usize> {
    /// Passwords are no longer, and what is may be anything.
    const LONGEST: usize = 128;
    let inner = rest.strip_prefix('{')?;
    let (at, end) =
        inner.char_indices().take(LONGEST).find(|(_, c)| matches!(c, '}' | '{' | '"' | '\r' | '\n' | '='))?;
    (end == '}').then_some(at)
}

/// What may end a value, or stand in it.
fn is_joint(c: char) -> bool {
    matches!(c, '\'' | '&' | ',' | ';' | '{' | '}' | '[' | ']' | '(' | ')' | '\\')
}

/// What ends every value that has no quotes.
fn is_end(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '<' | '>' | '‹')
}

/// The length of a value without quotes. `ab&cd(e` is one, and `(password=ab&x=1)` has a shorter one: a joint is part
/// of the value if something goes on behind it that is no other field.
fn unquoted(rest: &str) -> usize {
    let mut end = 0;
    loop {
        let after = rest.get(end..).unwrap_or_default();
        let run = after.find(|c| is_joint(c) || is_end(c)).unwrap_or(after.len());
        if end == 0 && run == 0 {
            return 0;
        }
        end += run;
        let after = after.get(run..).unwrap_or_default();
        let joints = after.find(|c| !is_joint(c)).unwrap_or(after.len());
        let (joint, after) = after.split_at_checked(joints).unwrap_or_default();
        if joint.is_empty() || !goes_on(joint, after) {
            return end;
        }
        end += joints;
    }
}

/// Whether a value goes on behind a joint.
fn goes_on(joint: &str, after: &str) -> bool {
    let is_escape = joint.ends_with('\\') && after.starts_with(['n', 'r', 't', 'u']);
    let is_entity = joint.ends_with('&')
        && ["amp;", "quot;", "apos;", "lt;", "gt;", "#"].iter().any(|entity| after.starts_with(entity));
    let signs = after.trim_start_matches(|c: char| !(c.is_alphanumeric() || is_joint(c) || is_end(c)));
    !is_escape && !is_entity && !is_field(after) && signs.starts_with(char::is_alphanumeric)
}

/// Whether `name=` or `name:` stands there.
fn is_field(text: &str) -> bool {
    const LONGEST: usize = 40;
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'))).unwrap_or(text.len());
    let rest = text.get(end..).unwrap_or_default();
    (1..=LONGEST).contains(&end) && (rest.starts_with(['=', ':']) || rest.starts_with("%3D") || rest.starts_with("%3d"))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_value_ends_where_its_writing_says() {
        for (text, value) in [
            (r#""ab c" x"#, "ab c"),
            (r#""a\"b\\" x"#, r#"a\"b\\"#),
            (r#"\"a\\\"b\",\"x\":1"#, r#"a\\\"b"#),
            (r#"\\\"ab\\\"}\"}"#, "ab"),
            ("'a\"b' x", "a\"b"),
            ("'ab\nx", "ab"),
            (r#""cut off"#, "cut off"),
            ("&quot;ab&quot;}", "ab"),
            ("%22ab%22%7D", "ab"),
            (r"\u0022ab\u0022}", "ab"),
            ("{a;b};x", "a;b"),
            (r#"{"a":1}"#, ""),
            ("ab&cd; x", "ab&cd"),
            ("ab'c;d", "ab'c;d"),
            ("aB3(cd", "aB3(cd"),
            ("aB3,cd", "aB3,cd"),
            (r"aB3\cd", r"aB3\cd"),
            (r"ab\ncd", "ab"),
            ("ab&x=1", "ab"),
            ("ab&amp;x=1", "ab"),
            ("ab;Database=x", "ab"),
            ("ab, x", "ab"),
            ("ab},b=2}", "ab"),
            ("ab). Next", "ab"),
            ("ab\\\"}", "ab"),
            ("ab<br>", "ab"),
            (", x", ""),
        ] {
            assert_eq!(&text[of(text, 0)], value, "{text}");
        }
    }
}
