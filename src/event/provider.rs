//! Whose logs are read.

/// A system whose logs are read.
struct Provider {
    /// The word for it in rules, filters and JSON.
    word: &'static str,
    /// How people call it.
    name: &'static str,
    /// Whether its log tells of calls that it made to applications, as that of an identity provider does. All
    /// others tell of calls that they got, so the ids of accounts in them are the application's.
    asks: bool,
}

const fn asks(word: &'static str, name: &'static str) -> Provider {
    Provider { word, name, asks: true }
}

const fn is_asked(word: &'static str, name: &'static str) -> Provider {
    Provider { word, name, asks: false }
}

const ALL: [Provider; 16] = [
    asks("okta", "Okta"),
    asks("entra", "Entra"),
    is_asked("aws", "AWS"),
    is_asked("scim", "The app's own log"),
    is_asked("github", "GitHub"),
    is_asked("snowflake", "Snowflake"),
    is_asked("databricks", "Databricks"),
    is_asked("cloudflare", "Cloudflare"),
    is_asked("descope", "Descope"),
    is_asked("slack", "Slack"),
    asks("jumpcloud", "JumpCloud"),
    asks("sailpoint", "SailPoint"),
    asks("google", "Google"),
    asks("onelogin", "OneLogin"),
    asks("ping", "Ping"),
    // Its logs of provisioning tell of the SCIM calls that others make to it.
    is_asked("auth0", "Auth0"),
];

/// The words for all of them: what rules and filters may ask for as `provider`.
#[allow(clippy::indexing_slicing, reason = "this is worked out when the program is compiled")]
pub const PROVIDERS: [&str; ALL.len()] = {
    let mut words = [""; ALL.len()];
    let mut place = 0;
    while place < ALL.len() {
        words[place] = ALL[place].word;
        place += 1;
    }
    words
};

fn of(word: &str) -> Option<&'static Provider> {
    ALL.iter().find(|provider| provider.word == word)
}

/// Whether a provider's log tells of calls that it made.
pub fn makes_calls(word: &str) -> bool {
    of(word).is_some_and(|provider| provider.asks)
}

/// How people call a provider.
pub fn provider_name(word: &str) -> &str {
    of(word).map_or(word, |provider| provider.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_providers_make_calls_and_applications_get_them() {
        assert!(["okta", "entra", "google"].into_iter().all(makes_calls));
        assert!(!["scim", "slack", "auth0", "somebody's"].into_iter().any(makes_calls));
    }

    #[test]
    fn a_provider_has_the_name_that_people_know() {
        assert_eq!((provider_name("sailpoint"), provider_name("else")), ("SailPoint", "else"));
        assert_eq!(PROVIDERS.first(), Some(&"okta"));
    }
}
