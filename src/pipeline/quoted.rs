//! From a message without a log to the rules that it may be about.

use bumpalo::Bump;

use crate::decode::{self, Quoted};
use crate::event::Provider;
use crate::rules::{Library, Meaning, Origin};

/// The rules that a quoted message, code, answer or record may be about, the best first. Identity providers put words
/// of their own around an application's, so it may tell itself where it comes from. A whole record tells all that its
/// log would, unless somebody knows better from whom it is.
pub fn meanings(words: &str, origin: Origin<'_>, library: &Library) -> Vec<Meaning> {
    let arena = Bump::new();
    match decode::quoted(words, &arena) {
        Quoted::Record(event) => {
            let agrees = origin.app.is_none() && origin.provider.is_none_or(|provider| provider == event.provider);
            let own = library.meaning_of(&event).filter(|_| agrees);
            let origin = Origin { provider: origin.provider.or(Some(event.provider)), is_record: true, ..origin };
            own.map_or_else(|| library.meanings(&event, origin), |own| vec![own])
        }
        Quoted::Words(event) => {
            // What nobody is known by is decoded as an application's own.
            let told = Some(event.provider).filter(|provider| *provider != Provider::Scim);
            library.meanings(&event, Origin { provider: origin.provider.or(told), ..origin })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&[]).0);

    #[test]
    fn what_an_identity_provider_says_around_it_tells_where_a_message_comes_from() {
        let first = |words: &str| {
            let meanings = meanings(words, Origin::default(), &LIBRARY);
            meanings.first().and_then(|meaning| LIBRARY.rule(meaning.rule)).map(|rule| rule.id.clone())
        };
        let of_okta = "Error while creating user ana: Conflict. Errors reported by remote server: User already exists";
        let of_entra = "StatusCode: Conflict Web Response: {\"detail\":\"User already exists\"}";
        assert_eq!(first(of_okta).as_deref(), Some("okta-remote-conflict-user-exists"));
        assert_eq!(first(of_entra).as_deref(), Some("entra-conflict"));
    }

    /// Ids of rules, each with the conditions that are open.
    fn led_to(words: &str, origin: Origin<'_>) -> Vec<(&'static str, usize)> {
        let meanings = meanings(words, origin, &LIBRARY);
        let told = |meaning: &Meaning| Some((LIBRARY.rule(meaning.rule)?.id.as_str(), meaning.provided.len()));
        meanings.iter().filter_map(told).collect()
    }

    /// A record of Okta's.
    fn record(app: &str, kind: &str, reason: &str) -> String {
        serde_json::json!({
            "uuid": "7d1f16f0-8bcc-11ea-afeb-000000000001",
            "published": "2026-11-17T07:00:00.000Z",
            "eventType": kind,
            "outcome": { "result": "FAILURE", "reason": reason },
            "target": [
                { "id": "00u1", "type": "User", "alternateId": "ann@corp.example" },
                { "id": "0oa1", "type": "AppInstance", "displayName": app },
            ],
        })
        .to_string()
    }

    #[test]
    fn a_whole_record_says_which_app_and_operation_it_was() {
        let reason = "Error while creating user ann@corp.example: Conflict. Errors reported by remote server: User already exists";
        let create = "application.provision.user.push";
        assert_eq!(led_to(&record("Zoom", create, reason), Origin::default()), [("zoom-user-exists", 0)]);
        let of_files = [("okta-remote-conflict-user-exists", 0)];
        assert_eq!(led_to(&record("Files", create, reason), Origin::default()), of_files);
        // As it is copied with what stands around it, too: of several the first that failed.
        let zoom = record("Zoom", create, reason);
        let fine = record("Files", create, "").replace("FAILURE", "SUCCESS");
        for words in [format!("[{zoom}]"), format!("[{fine}, {zoom}]"), format!(" {{\"data\": [{zoom}]}}\n")] {
            assert_eq!(led_to(&words, Origin::default()), [("zoom-user-exists", 0)], "{words}");
        }
        // Somebody who names the app knows better.
        let named = Origin { app: Some("Zoom"), ..Origin::default() };
        assert_eq!(led_to(&record("HR tool", create, reason), named)[0], ("zoom-user-exists", 0));
        // Where no rule explains it, nothing is offered that the record contradicts.
        let update =
            record("Files", "application.provision.user.push_profile", "Zyzzyva. unclaimed user already exists");
        let offered = led_to(&update, Origin::default());
        assert!(
            !offered.iter().any(|(rule, _)| ["airtable-unclaimed-user", "zoom-user-exists"].contains(rule)),
            "{offered:?}"
        );
    }

    #[test]
    fn what_the_words_say_was_tried_is_not_asked_for() {
        let (first, open) = led_to(
            "Error while creating user ann: Conflict. Errors reported by remote server: User already exists",
            Origin::default(),
        )[0];
        assert_eq!((first, open), ("okta-remote-conflict-user-exists", 0));
    }

    #[test]
    fn a_quarantine_in_front_of_a_message_says_that_it_is_of_entra() {
        let led = led_to("EncounteredQuarantineException: HTTP/404 Not Found", Origin::default());
        assert_eq!(led[0], ("entra-quarantine-scim-404", 0));
        let led = led_to("EncounteredQuarantineException: The user already exists", Origin::default());
        assert!(led.iter().all(|(rule, _)| !rule.starts_with("okta-")), "{led:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Whatever somebody pastes has an answer, the same each time, and names each rule once.
        #[test]
        fn any_text_has_an_answer(words in "(\\PC|[{}\"\\\\:, \n]|409|invalidPath|already exists|Error code){0,60}") {
            let first = meanings(&words, Origin::default(), &LIBRARY);
            prop_assert_eq!(&first, &meanings(&words, Origin::default(), &LIBRARY));
            let rules: std::collections::BTreeSet<usize> = first.iter().map(|meaning| meaning.rule).collect();
            prop_assert_eq!(rules.len(), first.len());
        }
    }
}
