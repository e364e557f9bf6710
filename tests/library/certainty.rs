//! How sure a match is: the application's own code or words, other words, or only a pattern.

use provlens::rules::{Certainty, Example, Explainer};

use super::{LIBRARY, each_event, matched};

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
        (
            "provider = 'entra'\noperation = 'quarantine'\ncode = 'EncounteredQuarantineException'\nmessage = 'The hamster slept'",
            "entra-quarantine-credentials",
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

/// The words of one rule in an event whose code or status other rules claim: if they are about something
/// else and neither names the other, it is no more than a guess.
#[test]
fn words_that_a_code_contradicts_are_a_guess() {
    let ours = |certain: &str| {
        let (id, sure) = certainty(certain);
        assert_eq!(id, "okta-matching-user-not-found", "{certain}");
        sure
    };
    let words =
        "provider = 'okta'\nmessage = 'Automatic provisioning of user x to app y failed: Matching user not found'\n";
    assert_eq!(ours(words), Certainty::Likely);
    // An expired token is no missing account.
    assert_eq!(ours(&format!("{words}http_status = 401")), Certainty::Guess);
    assert_eq!(ours(&format!("{words}http_status = 429")), Certainty::Guess);
    // Nobody claims a status of 418 for an issue.
    assert_eq!(ours(&format!("{words}http_status = 418")), Certainty::Likely);
}

/// Runs remember what they found, and after some hundred failures look for the words of patterns first; what is found
/// is the same as without.
#[test]
fn remembering_changes_no_certainty() {
    let mut explainer = Explainer::new(&LIBRARY);
    let examples = || LIBRARY.rules().iter().flat_map(|rule| &rule.examples);
    for ending in ["", "", " (once more)"] {
        for example in examples() {
            // Not where it would make another format of a message in JSON.
            let message = example.message.as_ref().map(|words| match words.ends_with('}') {
                true => words.clone(),
                false => format!("{words}{ending}"),
            });
            let example = Example { message, ..example.clone() };
            // With a status that speaks for something else, too.
            let refused = Example { http_status: Some(429), ..example.clone() };
            for example in [&example, &refused] {
                each_event(example, &mut |event| {
                    assert_eq!(explainer.explain(event), LIBRARY.explain(event), "{example:?}");
                });
            }
        }
    }
}
