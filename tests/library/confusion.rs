//! Each example of each rule against all rules.

use std::collections::{BTreeMap, BTreeSet};

use provlens::rules::{Certainty, Rule};

use super::{LIBRARY, matched, share};

/// Pairs that were looked at: whose example it is, who is likely or certain about it too, and why that
/// does no harm or cannot be helped.
const REVIEWED: [(&str, &str, &str); 20] = [
    // One signal, and where it comes from tells the two apart.
    ("cloudsync-accidental-deletion", "entra-quarantine-too-many-deletes", "the same guard; the kind of job decides"),
    ("cloudsync-timeout", "entra-timeout", "one code in two spellings; the kind of job decides"),
    ("entra-on-demand-assignment-delay", "entra-not-effectively-entitled", "the same skip, asked for by hand"),
    ("okta-ad-password-reset-failed", "okta-ad-permission", "access denied; the event says what was denied"),
    // One is a case of the other, and says more.
    ("okta-deactivate-failed", "okta-remote-forbidden", "forbidden, and the app names the owner whom it keeps"),
    ("okta-remote-unauthorized", "okta-remote-forbidden", "forbidden, and the app does not know the token"),
    ("entra-unsupported-scoping-attribute", "entra-skipped-out-of-scope", "out of scope by a filter that cannot work"),
    ("scim-race-sso-jit", "scim-uniqueness", "a taken value that the app meets only while it writes"),
    ("scim-removal-owns-work", "scim-deactivate-refused-owner", "an owner, but of something inside the app"),
    ("okta-email-with-spaces", "okta-profile-value-invalid", "a wrong value, and the space in it is seen"),
    ("okta-email-with-spaces", "okta-username-not-email-format", "an address but for the space at its end"),
    ("scim-account-elsewhere", "scim-uniqueness", "a taken value, and another organisation has it"),
    ("scim-required-field-missing", "scim-invalid-value", "a refused value, and the app says that it is missing"),
    ("scim-required-field-missing", "scim-invalid-syntax", "the type is a wrong one, the words name the field"),
    ("scim-manager-unknown", "scim-invalid-value", "a refused value, and it is the manager"),
    ("scim-role-refused", "scim-invalid-value", "a refused value, and it is a role"),
    ("scim-schema-list", "scim-invalid-syntax", "a request that does not fit, and a schema is named"),
    ("scim-wrong-base-url", "scim-non-json-response", "a web page, and the address answers 404"),
    ("scim-removal-not-found", "scim-removal-404", "404, and the app says what it does not find"),
    ("scim-server-error", "scim-non-json-response", "a web page, and the server says that it failed"),
];

#[test]
fn every_example_is_won_by_its_own_rule() {
    let mut wrong = Vec::new();
    for rule in LIBRARY.rules() {
        for (at, example) in rule.examples.iter().enumerate() {
            let found = matched(example);
            if found.first().map(|(id, _)| id) != Some(&rule.id) {
                wrong.push(format!("{} example {}: {found:?}", rule.id, at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A second rule that is likely or certain about somebody else's example is one narrowing away from
/// winning the next wording of it.
///
/// What counts are pairs of the same reach: two rules for applications, two for one provider's log, or
/// two for any client. Where the reach differs, the published order (`docs/rule-format.md`) is at work:
/// the rule for one application is written to go before the one for a provider, and that before the
/// protocol's, which is there for all other applications. Neither counts a rule that only says *that*
/// something failed (`fallback`), nor one that only guesses, since nothing in the record speaks for it.
#[test]
fn few_rules_match_what_is_not_their_own() {
    let mut found: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut by_order = BTreeSet::new();
    let mut examples = 0;
    for rule in LIBRARY.rules() {
        for example in &rule.examples {
            examples += 1;
            for (other, certainty) in matched(example) {
                let other = LIBRARY.rule(LIBRARY.find(&other).unwrap()).unwrap();
                if other.id == rule.id || certainty == Certainty::Guess || other.fallback {
                    continue;
                }
                if reach(rule) == reach(other) {
                    *found.entry((&rule.id, &other.id)).or_default() += 1;
                } else {
                    by_order.insert((&rule.id, &other.id));
                }
            }
        }
    }
    let alone = examples - found.values().sum::<usize>();
    println!("{} of the examples lead to one rule of their reach", share(alone, examples));
    println!("{} pairs reviewed, {} more are of different reach", REVIEWED.len(), by_order.len());
    let reviewed: BTreeSet<(&str, &str)> = REVIEWED.iter().map(|(own, other, _)| (*own, *other)).collect();
    let new: Vec<_> = found.keys().filter(|pair| !reviewed.contains(pair)).collect();
    assert!(new.is_empty(), "sharpen one of the two, or say in REVIEWED why both may match: {new:?}");
    let gone: Vec<_> = reviewed.iter().filter(|pair| !found.contains_key(pair)).collect();
    assert!(gone.is_empty(), "these no longer match both; take them out of REVIEWED: {gone:?}");
}

/// For whom a rule is written.
fn reach(rule: &Rule) -> &'static str {
    match () {
        () if !rule.apps.is_empty() => "an application",
        () if !rule.is_for_any_client() => "a provider's log",
        () => "any client",
    }
}

/// Whoever reads a rule that another one could be taken for learns of it, on one of the two pages.
#[test]
fn reviewed_pairs_name_each_other() {
    let names = |own: &str, other: &str| {
        let rule = LIBRARY.rule(LIBRARY.find(own).unwrap()).unwrap();
        rule.advice().look_alikes.iter().any(|named| named.rule == other)
    };
    let silent: Vec<_> = REVIEWED.iter().filter(|(own, other, _)| !names(own, other) && !names(other, own)).collect();
    assert!(silent.is_empty(), "{silent:?}");
}
