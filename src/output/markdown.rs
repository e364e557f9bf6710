//! Text of strangers in Markdown.

use super::page::shown;
use crate::text::sanitize;

/// Takes no room, and keeps apart what would be a mention or a link if it stood together.
const JOINER: char = '\u{2060}';

/// Text from a log as a span of code: whatever stands in it is shown as it is, and is no markup, no
/// link and no mention.
pub fn code(text: &str) -> String {
    let text = shown(text);
    let text = text.trim();
    // A span cannot be empty.
    if text.is_empty() {
        return "` `".to_owned();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // One space on both sides is taken away by whoever reads it, and keeps back-ticks apart.
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// The same in a cell of a table, which a bar would end.
pub fn code_cell(text: &str) -> String {
    code(text).split('|').collect::<Vec<_>>().join(BAR).replace(&format!("\\{BAR}"), &format!("\\{JOINER}{BAR}"))
}

/// A bar inside a cell. A backslash before it would take its own away.
const BAR: &str = "\\|";

/// Words of ours or of a rule, and sentences of which the parts from a log are masked already: shown word
/// for word, on one line, without markup, link or mention.
pub fn words(text: &str) -> String {
    let text = sanitize::line(text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        // At the start of a line these make a list, a heading or a quotation.
        let starts_block = at == 0 && matches!(letter, '#' | '-' | '+' | '>' | '=' | '~');
        let is_markup = matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '&' | '!' | '~');
        // A number with a dot, or with a parenthesis, begins a list.
        let numbers = matches!(letter, '.' | ')')
            && text.get(..at).is_some_and(|start| !start.is_empty() && start.bytes().all(|byte| byte.is_ascii_digit()));
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("://") || (letter == '.' && ends_with_www(text.get(..at).unwrap_or_default())) {
            out.push(JOINER);
        }
        if starts_block || is_markup || numbers {
            out.push('\\');
        }
        out.push(letter);
        let number = rest.chars().nth(1).is_some_and(|next| next.is_ascii_digit());
        if letter == '@' || (letter == '#' && number) || (letter == '-' && number && before == 'H') {
            out.push(JOINER);
        }
        before = letter;
    }
    out
}

fn ends_with_www(text: &str) -> bool {
    text.len().checked_sub(3).and_then(|at| text.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// Text from a log as words: masked too.
pub fn plain(text: &str) -> String {
    words(&shown(text))
}

/// An address becomes a link if nothing in it could end it.
pub fn source(source: &str) -> String {
    let harmless = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '\\');
    if source.starts_with("https://") && source.chars().all(harmless) { format!("<{source}>") } else { words(source) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_strangers_stays_inside_its_span() {
        let cases = [
            ("plain", "`plain`"),
            ("[x](javascript:alert)", "`[x](javascript:alert)`"),
            ("a`b", "`` a`b ``"),
            ("``", "``` `` ```"),
            ("", "` `"),
            ("@everyone <img>", "`@everyone <img>`"),
        ];
        for (text, wanted) in cases {
            assert_eq!(code(text), wanted);
        }
        assert!(!code("one\n- [ ] two").contains('\n'));
    }

    #[test]
    fn words_are_never_markup() {
        assert_eq!(words("a <b> [x](y) | `c`\n# d"), r"a \<b> \[x\](y) \| \`c\` # d");
        assert_eq!(words("- no list"), r"\- no list");
        assert_eq!(words("1. no list"), r"1\. no list");
        assert_eq!(words("2 a. b"), "2 a. b");
    }

    #[test]
    fn i3_nobody_is_called_and_nothing_is_led_to() {
        for (text, wanted) in [
            ("@everyone", "@\u{2060}everyone"),
            ("ann@example.com", "ann@\u{2060}example.com"),
            ("see #123", "see #\u{2060}123"),
            ("GH-12", "GH-\u{2060}12"),
            ("https://example.com", "https\u{2060}://example.com"),
            ("WWW.example.com", "WWW\u{2060}.example.com"),
        ] {
            assert_eq!(words(text), wanted);
        }
    }

    #[test]
    fn only_whole_addresses_become_links() {
        assert_eq!(source("https://example.com/a?b=1"), "<https://example.com/a?b=1>");
        assert_eq!(source("https://example.com/> x"), "https\u{2060}://example.com/> x");
    }

    #[test]
    fn a_cell_ends_at_its_own_bar_only() {
        assert_eq!(code_cell("a|b"), r"`a\|b`");
        assert_eq!(code_cell(r"a\|b"), "`a\\\u{2060}\\|b`");
    }
}
