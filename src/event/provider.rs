//! Whose logs are read.

use std::cmp::Ordering;
use std::fmt;

use super::words::words;
use crate::text::time::{HOUR, Micros};

words! {
    /// A system whose logs are read. They stand in the order in which people are told which there are: the
    /// commonest first.
    Provider {
        /// Okta.
        Okta = "okta",
        /// Microsoft Entra.
        Entra = "entra",
        /// AWS IAM Identity Center.
        Aws = "aws",
        /// No vendor in particular: what any application or its server wrote about the SCIM calls it got.
        Scim = "scim",
        /// GitHub.
        GitHub = "github",
        /// Snowflake.
        Snowflake = "snowflake",
        /// Databricks.
        Databricks = "databricks",
        /// Cloudflare.
        Cloudflare = "cloudflare",
        /// Descope.
        Descope = "descope",
        /// Slack.
        Slack = "slack",
        /// JumpCloud.
        JumpCloud = "jumpcloud",
        /// SailPoint.
        SailPoint = "sailpoint",
        /// Google Workspace.
        Google = "google",
        /// OneLogin.
        OneLogin = "onelogin",
        /// Ping Identity.
        Ping = "ping",
        /// Auth0.
        Auth0 = "auth0",
    }
}

/// By the alphabet, as in every list and file that is sorted by it.
impl Ord for Provider {
    fn cmp(&self, other: &Self) -> Ordering {
        self.word().cmp(other.word())
    }
}

impl PartialOrd for Provider {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The word for it; [`Provider::name`] is how people call it.
impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What has to be known of a provider before its logs can be understood.
#[derive(Clone, Copy)]
struct Traits {
    name: &'static str,
    makes_calls: bool,
    works_in_cycles: bool,
    imports_its_source: bool,
}

/// An identity provider.
const fn calls(name: &'static str) -> Traits {
    Traits { name, makes_calls: true, works_in_cycles: false, imports_its_source: false }
}

/// An application that identity providers call.
const fn is_called(name: &'static str) -> Traits {
    Traits { makes_calls: false, ..calls(name) }
}

impl Provider {
    /// A new provider is a line here: who adds one looks at each of its traits.
    const fn traits(self) -> Traits {
        match self {
            Provider::Okta => calls("Okta"),
            Provider::Entra => Traits { works_in_cycles: true, imports_its_source: true, ..calls("Entra") },
            Provider::Aws => is_called("AWS"),
            Provider::Scim => is_called("The app's own log"),
            Provider::GitHub => is_called("GitHub"),
            Provider::Snowflake => is_called("Snowflake"),
            Provider::Databricks => is_called("Databricks"),
            Provider::Cloudflare => is_called("Cloudflare"),
            Provider::Descope => is_called("Descope"),
            Provider::Slack => is_called("Slack"),
            Provider::JumpCloud => calls("JumpCloud"),
            Provider::SailPoint => calls("SailPoint"),
            Provider::Google => calls("Google"),
            Provider::OneLogin => calls("OneLogin"),
            Provider::Ping => calls("Ping"),
            // Its logs of provisioning tell of the SCIM calls that others make to it.
            Provider::Auth0 => is_called("Auth0"),
        }
    }

    /// The words for all of them: what rules and filters may ask for as `provider`.
    pub fn words() -> impl Iterator<Item = &'static str> + Clone {
        Provider::ALL.iter().map(|provider| provider.word())
    }

    /// How people call it.
    pub fn name(self) -> &'static str {
        self.traits().name
    }

    /// Whether its log tells of calls that it made to applications, as that of an identity provider does. All
    /// others tell of calls that they got, so the ids of accounts in them are the application's.
    pub fn makes_calls(self) -> bool {
        self.traits().makes_calls
    }

    /// Whether its log is that of whatever application was called, and not of a vendor who could be named.
    pub fn is_the_app(self) -> bool {
        self == Provider::Scim
    }

    /// Whether it sends changes in cycles of jobs, and puts a job that fails too often into quarantine.
    pub fn works_in_cycles(self) -> bool {
        self.traits().works_in_cycles
    }

    /// Whether it imports from where it takes its people, which says nothing of an application. What others import,
    /// they read from the application.
    pub fn imports_its_source(self) -> bool {
        self.traits().imports_its_source
    }

    /// How much time of its log tells how much is usual: three cycles, which begin every 40 minutes; an hour where
    /// changes are sent at once.
    pub fn stretch(self) -> Micros {
        if self.works_in_cycles() { 2 * HOUR } else { HOUR }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_providers_make_calls_and_applications_get_them() {
        use Provider::{Auth0, Entra, Google, Okta, Scim, Slack};
        assert!([Okta, Entra, Google].into_iter().all(Provider::makes_calls));
        assert!(![Scim, Slack, Auth0].into_iter().any(Provider::makes_calls));
    }

    #[test]
    fn a_provider_has_the_name_that_people_know_and_one_word_everywhere() {
        assert_eq!(Provider::SailPoint.name(), "SailPoint");
        assert_eq!(Provider::words().next(), Some("okta"));
        for provider in Provider::ALL {
            let word = provider.word();
            assert_eq!((Provider::from_word(word), &*provider.to_string()), (Some(*provider), word));
            assert_eq!(serde_json::to_value(provider).unwrap(), word);
        }
        assert_eq!((Provider::from_word("Okta"), Provider::from_word("")), (None, None));
    }

    #[test]
    fn providers_are_sorted_as_their_words_are() {
        let mut sorted = Provider::ALL.to_vec();
        sorted.sort_unstable();
        let mut words: Vec<&str> = Provider::words().collect();
        words.sort_unstable();
        assert_eq!(sorted.into_iter().map(Provider::word).collect::<Vec<_>>(), words);
    }
}
