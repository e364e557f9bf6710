//! `*` patterns as rules use them for codes, event types and field values.

/// Whether `text` matches `pattern`, ignoring ASCII case; `*` stands for any text, also none.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    // Most patterns are plain words.
    if pattern.len() != text.len() && memchr::memchr(b'*', pattern).is_none() {
        return false;
    }
    let (mut p, mut t) = (0usize, 0usize);
    // Where the last star stood and how far it has eaten, to come back to on a mismatch.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pattern.get(p), text.get(t)) {
            (Some(b'*'), _) => {
                star = Some((p, t));
                p += 1;
            }
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(b) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, eaten)) => {
                    p = at + 1;
                    t = eaten + 1;
                    star = Some((at, eaten + 1));
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|b| *b == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn star_stands_for_any_text_and_case_does_not_count() {
        assert!(matches("*EntryConflict", "BoxEntryConflict"));
        assert!(matches("*entryconflict", "EntryConflict"));
        assert!(matches("app.*.error.*", "app.boxnet.api.error.rate_limit"));
        assert!(matches("*", ""));
        assert!(!matches("*Conflict", "ConflictX"));
        assert!(!matches("a*b*c", "acb"));
        assert!(!matches("", "x"));
    }
}
