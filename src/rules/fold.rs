//! Texts as they are compared: what a person would read aloud.

use std::str::Chars;

/// Entities of a text that was copied from a web page or a mail.
const ENTITIES: [(&str, char); 10] = [
    ("quot;", '"'),
    ("apos;", '\''),
    ("lt;", '<'),
    ("gt;", '>'),
    ("nbsp;", ' '),
    ("#34;", '"'),
    ("#39;", '\''),
    ("#x27;", '\''),
    ("#160;", ' '),
    ("amp;", '&'),
];

/// Small letters, one space for any white space, one kind of quote and of dash, escapes undone: what
/// stays is what a person would read aloud.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let c = match c {
            '&' => entity(&mut rest),
            '<' if skipped_tag(&mut rest) => ' ',
            '\\' => match escaped(&mut rest) {
                Some(c) => c,
                // A quote that was escaped once too often is still a quote.
                None => continue,
            },
            c => c,
        };
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            '"' | '`' | '´' | '‘' | '’' | '‚' | '“' | '”' | '„' | '«' | '»' => out.push('\''),
            '‐' | '‑' | '–' | '—' => out.push('-'),
            // Soft hyphens, and marks that copying from a web page leaves behind.
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => {}
            c if c.is_ascii_uppercase() => out.push(c.to_ascii_lowercase()),
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// The character whose name follows a `&`, which may itself be coded: `&amp;quot;`.
fn entity(rest: &mut Chars<'_>) -> char {
    let mut found = '&';
    while found == '&'
        && let Some((name, c)) = ENTITIES.iter().find(|(name, _)| rest.as_str().starts_with(name))
    {
        rest.nth(name.len() - 1);
        found = *c;
    }
    found
}

/// Tags that only lay a text out; others, such as `<html>`, tell that it is a whole page.
const LAYOUT: [&str; 12] = ["p", "br", "b", "i", "em", "strong", "span", "div", "li", "ul", "td", "tr"];

/// Bytes behind a bracket among which the end of its tag is looked for; strangers write texts of brackets only.
const LONGEST_TAG: usize = 1024;

/// Skips the rest of a layout tag.
fn skipped_tag(rest: &mut Chars<'_>) -> bool {
    let text = rest.as_str();
    let name = text.trim_start_matches('/');
    let length = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let is_layout = name.get(..length).is_some_and(|name| LAYOUT.iter().any(|tag| tag.eq_ignore_ascii_case(name)));
    let end = || memchr::memchr(b'>', text.as_bytes().get(..text.len().min(LONGEST_TAG))?);
    match is_layout.then(end).flatten() {
        Some(end) => rest.nth(text.get(..end).map_or(0, |tag| tag.chars().count())).is_some(),
        None => false,
    }
}

/// The character that `\n`, `\u0027` and the like stand for, where a JSON text was put into another.
fn escaped(rest: &mut Chars<'_>) -> Option<char> {
    let text = rest.as_str();
    let (c, length) = match text.chars().next()? {
        'r' | 'n' | 't' => (' ', 1),
        'u' => (char::from_u32(u32::from_str_radix(text.get(1..5)?, 16).ok()?)?, 5),
        _ => return None,
    };
    rest.nth(length - 1);
    Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_read_alike_are_folded_alike() {
        for (text, wanted) in [
            ("User  \"Ana\"\r\n\u{a0}EXISTS", "user 'ana' exists"),
            (r#"user \"ana\" isn\u0027t active\r\nagain"#, "user 'ana' isn't active again"),
            ("Can’t find „Zoë“ – try again", "can't find 'zoë' - try again"),
            ("isn&#39;t &amp;quot;set&amp;quot; at R&amp;D &copy;", "isn't 'set' at r&d &copy;"),
            ("<p>Name is <b>taken</b><br/>by <ana></p><html>", " name is taken by <ana> <html>"),
            (r"a lone \", "a lone "),
            (r"\u00e", "u00e"),
            ("&", "&"),
        ] {
            assert_eq!(folded(text), wanted, "{text}");
        }
    }

    #[test]
    fn brackets_without_an_end_are_no_tags() {
        // If each were looked for in all the rest, this would take minutes.
        let text = "<p".repeat(400_000);
        assert_eq!(folded(&text), text);
        let long = format!("<p {}>x", "é".repeat(LONGEST_TAG));
        assert_eq!(folded(&long), long);
    }
}
