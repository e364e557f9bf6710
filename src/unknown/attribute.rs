//! Names of attributes among quoted texts: they do not vary from person to person, as values do.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What stands right in front of the name of an attribute.
static BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:attribute|field|property|propertie|column|parameter)s?(?: names?| named| called)?:? ?\(?$")
        .ok()
});

/// Or right behind it: `'title' field`, `'title' is a required property`.
static BEHIND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let is_a = r"(?:is (?:not |no )?(?:an? )?(?:[a-z]+ )?)?";
    Regex::new(&format!(r"(?i)^\)? {is_a}(?:attribute|field|property|column|parameter)s?\b")).ok()
});

/// How an attribute is called: `costCenter`, `name.familyName`, `urn:…:User:department`, `extension_1a2b_title`.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[A-Za-z][A-Za-z_.$-]*[0-9]{0,2}|urn:[A-Za-z0-9:._-]+|extension_[0-9a-f]{32}_\w+)$").ok()
});

/// Letters around a quoted text that are looked at.
const NEAR: usize = 40;

/// Whether the quoted text at this place names an attribute.
pub(super) fn is_named(text: &str, quoted: Range<usize>) -> bool {
    let name = text.get(quoted.start + 1..quoted.end.saturating_sub(1)).unwrap_or_default();
    let near = (quoted.start.saturating_sub(NEAR)..=quoted.start).find(|at| text.is_char_boundary(*at));
    let before = text.get(near.unwrap_or_default()..quoted.start).unwrap_or_default();
    let behind = text.get(quoted.end..).unwrap_or_default();
    let is = |pattern: &Option<Regex>, text: &str| pattern.as_ref().is_some_and(|pattern| pattern.is_match(text));
    let end = || BEHIND.as_ref()?.find(behind).map(|found| found.end());
    // `'Sales' is no valid field value`
    let is_value = |end: usize| behind.get(end..).is_some_and(|rest| rest.starts_with(" value"));
    is(&NAME, name) && (is(&BEFORE, before) || end().is_some_and(|end| !is_value(end)))
}

#[cfg(test)]
mod tests {
    use crate::unknown::shape;

    #[test]
    fn quoted_names_of_attributes_stay() {
        for text in [
            "attribute 'costCenter' is unknown",
            "Attribute name: \"addressLine1\" is unknown",
            "Missing required fields ('title')",
            "'userName' is a required property",
            "the `name.familyName` field is empty",
            "property 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department' is read-only",
            "property 'extension_0123456789abcdef0123456789abcdef_costCenter' is read-only",
        ] {
            assert_eq!(shape(text), text);
        }
    }

    #[test]
    fn quoted_values_are_masked() {
        for (text, wanted) in [
            ("'Sales' of attribute department", "<NAME> of attribute department"),
            ("'Sales' is not a valid field value", "<NAME> is not a valid field value"),
            ("attribute title 'Sales' is odd", "attribute title <NAME> is odd"),
            ("attribute 'Ann Lee' is odd", "attribute <NAME> is odd"),
            ("attribute 'ann@example.com' is odd", "attribute <MAIL>' is odd"),
            ("attribute '00u1a2b3c4d5e6' is odd", "attribute <NAME> is odd"),
            ("attribute 'a1b2c3d4e5f6' is odd", "attribute <NAME> is odd"),
            ("'Ann' has no field of that name", "<NAME> has no field of that name"),
        ] {
            assert_eq!(shape(text), wanted);
        }
    }
}
