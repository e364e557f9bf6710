//! Finds and masks tokens and passwords before anything is shown.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::{Captures, Regex};

/// Shapes of live secrets. Group 1, where there is one, is the part that stays readable.
static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?P<scheme>\b(?:bearer|ssws|basic)\s+)[A-Za-z0-9._~+/=-]{6,}",
        r"|(?P<jwt>\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?)",
        r"|(?P<vendor>\b(?:xox[abprs]-[A-Za-z0-9-]{10,}|gh[pousr]_[A-Za-z0-9]{20,}|glpat-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}))",
        r#"|(?P<pair>\b(?:password|passwd|pwd|client_secret|api[_-]?key|access[_-]?token|refresh[_-]?token|id[_-]?token|session[_-]?token|secret|sig|x-amz-signature|samlresponse)["']?\s*[=:]\s*["']?)[^\s"'&,;}]{4,}"#,
        r"|(?P<url>[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,64}:)[^\s/@]{1,128}@",
        r"|(?P<pem>-----BEGIN [A-Z ]*PRIVATE KEY-----)[A-Za-z0-9+/=\s]*",
    ))
    .ok()
});

/// Of each shape a part that cannot be missing: one look for all of them spares most texts the
/// slower search.
static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = [
        "bearer",
        "ssws",
        "basic",
        "eyj",
        "xox",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "glpat-",
        "akia",
        "aiza",
        "passw",
        "pwd",
        "secret",
        "api_key",
        "api-key",
        "apikey",
        "token",
        "sig",
        "x-amz",
        "samlresponse",
        "://",
        "-----begin",
    ];
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()
});

/// `text` with every recognised secret replaced by `‹secret›`. The word before it (`Bearer`,
/// `password=`) stays, so that a reader sees what was there.
pub fn mask(text: &str) -> Cow<'_, str> {
    if !WORDS.as_ref().is_none_or(|words| words.is_match(text)) {
        return Cow::Borrowed(text);
    }
    let Some(shapes) = SHAPES.as_ref() else { return Cow::Borrowed("‹text withheld›") };
    shapes.replace_all(text, |found: &Captures<'_>| {
        let kept = ["scheme", "pair", "url", "pem"]
            .iter()
            .find_map(|name| found.name(name))
            .map_or("", |group| group.as_str());
        let tail = if found.name("url").is_some() { "@" } else { "" };
        format!("{kept}‹secret›{tail}")
    })
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn secrets_are_masked_and_words_stay() {
        assert_eq!(mask("Authorization: Bearer abcdef123456"), "Authorization: Bearer ‹secret›");
        assert_eq!(mask("SSWS 00aBcDeFgHiJ"), "SSWS ‹secret›");
        assert_eq!(mask("token eyJhbGciOiJI.eyJzdWIiOiIx.abc"), "token ‹secret›");
        assert_eq!(mask("https://u:pa55@host/x"), "https://u:‹secret›@host/x");
        assert_eq!(mask("client_secret=hunter2hunter2&x=1"), "client_secret=‹secret›&x=1");
        assert_eq!(mask(r#"{"password":"hunter22"}"#), r#"{"password":"‹secret›"}"#);
    }

    #[test]
    fn ordinary_messages_are_left_alone() {
        for text in ["Token is invalid or expired", "The password does not meet the policy", "Unauthorized"] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn the_first_look_misses_no_shape() {
        let shapes = [
            "x Bearer abcdefgh",
            "SSWS abcdefgh",
            "basic dXNlcjpw",
            "eyJhbGciOiJI.eyJzdWIiOiIx.c",
            "xoxb-1234567890a",
            "ghp_abcdefghijklmnopqrstu",
            "glpat-abcdefghijklmnopq",
            "AKIAABCDEFGHIJKLMNOP",
            "AIzaabcdefghijklmnopqrstuvwxyz01234",
            "Password=hunter22",
            "passwd: hunter22",
            "pwd=hunter22",
            "client_secret=hunter22",
            "apikey=hunter22",
            "api_key: hunter22",
            "Access-Token=hunter22",
            "refresh_token=hunter22",
            "idtoken=hunter22",
            "session_token=hunter22",
            "secret=hunter22",
            "sig=hunter22",
            "X-Amz-Signature=hunter22",
            "SAMLResponse=hunter22",
            "ftp://u:hunter22@h",
            "-----BEGIN PRIVATE KEY-----AAAA",
        ];
        for text in shapes {
            assert!(mask(text).contains("‹secret›"), "{text}");
        }
    }
}
