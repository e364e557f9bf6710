//! Ids that providers give. They look like chance as secrets do, so they are told by their shapes before
//! anything is called secret for looking so: a bundle without ids is as useless as none.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

static IDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        // GUID, with or without dashes.
        r"(?i-u:\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)",
        r"|(?-u:\b[0-9a-f]{32}\b)",
        // Ids of Okta: three characters for the kind, then 17.
        r"|(?-u:\b(?:00[a-z]|0[a-z][a-z0-9]|puj|spr|trs|idx|102|cap|sas|xds|ost|pfv)[A-Za-z0-9_-]{17}\b)",
        // Okta's transactions and requests: base64 of 20 bytes, in which `@` takes the place of a character.
        r"|(?-u:\b[A-Za-z0-9_-][A-Za-z0-9_@-]{20,21}(?:AAA|AAB|AAC|AAD|AAE|AAF)[A-Za-z0-9_@-]{1,3})",
        // Jobs of Entra: template, tenant, number.
        r"|(?-u:\b[A-Za-z0-9]{2,40}\.[0-9a-f]{32}(?:\.[0-9a-f-]{32,36})?\b)",
        // Audit ids of Entra.
        r"|(?-u:\b(?:Directory|Sync|SSGM|SSPR|IPCGraph)_[0-9a-fA-F-]{36}_[A-Z0-9]{3,8}_[0-9]+)",
        // Names of schemas and actions: nobody's.
        r#"|urn:[A-Za-z0-9][A-Za-z0-9:._~%-]+"#,
    ))
    .ok()
});

/// Whether the patterns can be used.
pub(super) fn is_ready() -> bool {
    IDS.is_some()
}

/// Where ids stand in a text.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    IDS.as_ref().map(|ids| ids.find_iter(text).map(|found| found.range()).collect()).unwrap_or_default()
}

/// Whether a field of ids holds one: no spaces, no address, nothing that is longer than any id.
pub(super) fn is_id(text: &str) -> bool {
    (1..=200).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | '@' | '=' | '+' | ' '))
        // Audit ids of Entra begin with the name of a service.
        && (!text.contains(' ') || text.contains('_') && text.matches(' ').count() <= 3)
        && !has_address(text)
}

/// Okta's transactions have an `@` in the middle of a run; an address has a dot behind it, or a name inside a
/// company.
fn has_address(text: &str) -> bool {
    let is_known = || find(text).iter().any(|id| id.len() == text.len());
    text.split_once('@')
        .is_some_and(|(before, after)| !before.is_empty() && (after.contains('.') || after.len() > 3 && !is_known()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_providers_are_known() {
        let ids = [
            "XqyUZaBz8R1XgYT@H2vZ-QAAAy1",
            "54416401-eef2-461c-8de7-385dde2b3cba",
            "00u18dk3t7ydOWLDg698",
            "0oaz9fj21WKqTeaqs1d6",
            "ZCCzm8j2wTvzwele2NwLnwAADSc",
            "X7LBsMxeqO-ADcGcmp0WGQAAB@g",
            "DropboxSCIMOutDelta.5611623b9128461e9d7fa0d9c270ead2.d6163622-bdf8-4b26-976f-7d573c638e2a",
            "Directory_00000000-0000-0000-0000-000000000000_UM6H9_56092970",
            "urn:ietf:params:scim:api:messages:2.0:Error",
            "102lMcfHbwSTuS5V1oPHJs3lw",
        ];
        for id in ids {
            assert!(is_id(id), "{id}");
        }
        assert_eq!(find("change 54416401-eef2-461c-8de7-385dde2b3cba of 00u18dk3t7ydOWLDg698.").len(), 2);
    }

    #[test]
    fn addresses_and_sentences_are_no_ids() {
        for text in ["ann.lee@corp.example", "aaaa-ana.lopez@example.com", "a b c d e", "", "Ann Lee, Sales"] {
            assert!(!is_id(text), "{text}");
        }
    }
}
