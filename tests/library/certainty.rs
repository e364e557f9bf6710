//! How sure a match is: the application's own code or words, other words, or only a pattern.

use provlens::rules::{Certainty, Example};

use super::{LIBRARY, matched};

fn certainty(example: &str) -> (String, Certainty) {
    let example: Example = toml::from_str(example).unwrap();
    matched(&example).into_iter().next().unwrap_or_else(|| panic!("nothing matches {example:?}"))
}

#[test]
fn certainty_says_on_what_a_match_rests() {
    for (example, rule, sure) in [
        // The application's own words, its own scimType, a code that names the issue.
        (
            "provider = 'okta'\nmessage = 'Bad Request. Errors reported by remote server: the userName must be in the form of an email address'",
            "okta-username-not-email-format",
            Certainty::Certain,
        ),
        (
            "provider = 'scim'\nmessage = '{\"scimType\":\"mutability\",\"detail\":\"no\",\"status\":\"400\"}'",
            "scim-mutability",
            Certainty::Certain,
        ),
        ("provider = 'entra'\ncode = 'InvitationCreationFailure'", "xts-invitation-failed", Certainty::Certain),
        // The provider's words.
        (
            "provider = 'okta'\nmessage = 'Automatic provisioning of user x to app y failed: Matching user not found'",
            "okta-matching-user-not-found",
            Certainty::Likely,
        ),
        // A status, an event type.
        ("provider = 'scim'\nmessage = '{\"detail\":\"no\",\"status\":\"403\"}'", "scim-forbidden", Certainty::Guess),
        (
            "provider = 'okta'\nevent_type = 'application.provision.user.push'",
            "okta-create-user-failed-generic",
            Certainty::Guess,
        ),
        // A code that only names the container.
        (
            "provider = 'entra'\ncode = 'SystemForCrossDomainIdentityManagementServiceIncompatible'",
            "entra-service-incompatible",
            Certainty::Guess,
        ),
    ] {
        assert_eq!(certainty(example), (rule.to_owned(), sure), "{example}");
    }
}

#[test]
fn a_rule_that_only_says_that_something_failed_is_never_certain() {
    let mut certain = Vec::new();
    for rule in LIBRARY.rules() {
        for example in &rule.examples {
            certain.extend(matched(example).into_iter().filter(|(id, sure)| {
                *sure == Certainty::Certain && LIBRARY.rules().iter().any(|rule| rule.id == *id && rule.fallback)
            }));
        }
    }
    assert!(certain.is_empty(), "{certain:?}");
}
