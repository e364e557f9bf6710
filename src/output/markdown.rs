//! Text of strangers in Markdown.

use super::page::shown;

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
}
