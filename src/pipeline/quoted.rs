//! From a message without a log to the rules that it may be about.

use bumpalo::Bump;

use crate::decode;
use crate::event::Provider;
use crate::rules::{Library, Meaning, Origin};

/// The rules that a quoted message, code or answer may be about, the best first. Identity providers put words of
/// their own around an application's, so it may tell itself where it comes from.
pub fn meanings(words: &str, origin: Origin<'_>, library: &Library) -> Vec<Meaning> {
    let arena = Bump::new();
    let event = decode::quoted(words, &arena);
    // What nobody is known by is decoded as an application's own.
    let told = Some(event.provider).filter(|provider| *provider != Provider::Scim);
    library.meanings(&event, Origin { provider: origin.provider.or(told), ..origin })
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
