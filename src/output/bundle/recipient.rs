//! Who receives a bundle, and what that means, in words. The command and the screen say the same.

use super::redact::{Action, Class, Recipient};
use crate::event::Provider;

/// Whose support it is: each asks for other things, and takes other files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    Okta,
    Microsoft,
    /// One of which nothing is known.
    Another,
}

impl Support {
    /// Who answers for a provider.
    pub(super) fn of(provider: Option<Provider>) -> Support {
        match provider {
            Some(Provider::Okta) => Support::Okta,
            Some(Provider::Entra) => Support::Microsoft,
            None
            | Some(
                Provider::Aws
                | Provider::Scim
                | Provider::GitHub
                | Provider::Snowflake
                | Provider::Databricks
                | Provider::Cloudflare
                | Provider::Descope
                | Provider::Slack
                | Provider::JumpCloud
                | Provider::SailPoint
                | Provider::Google
                | Provider::OneLogin
                | Provider::Ping
                | Provider::Auth0,
            ) => Support::Another,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Support::Okta => "Okta support",
            Support::Microsoft => "Microsoft support",
            Support::Another => "the identity provider's support",
        }
    }

    /// How the organisation is known there.
    fn organisation(self) -> &'static str {
        match self {
            Support::Okta => "our ids in Okta",
            Support::Microsoft => "our tenant id",
            Support::Another => "the id of our organisation",
        }
    }
}

impl Recipient {
    /// Who that is, at the provider and application of a problem.
    pub fn who(self, provider: Option<Provider>) -> String {
        match self {
            Recipient::IdpSupport => Support::of(provider).name().to_owned(),
            Recipient::AppVendor => "the application's vendor".to_owned(),
            Recipient::Internal => "colleagues".to_owned(),
        }
    }

    /// Bytes that they take, unless somebody says otherwise: Okta takes attachments of 2 MB.
    pub fn takes(self, provider: Option<Provider>) -> u64 {
        match (self, Support::of(provider)) {
            (Recipient::IdpSupport, Support::Okta) => 2_000_000,
            _ => 25_000_000,
        }
    }

    /// Whether values of a class are hidden from them.
    pub fn hides(self, class: Class) -> bool {
        class.action(self) != Action::Keep
    }

    /// What they receive, in words.
    pub fn gets(self, provider: Option<Provider>) -> String {
        match self {
            Recipient::IdpSupport => {
                format!("event ids, times, {}, what the app said", Support::of(provider).organisation())
            }
            Recipient::AppVendor => "times, what the app was asked and what it answered, its own ids".to_owned(),
            Recipient::Internal => "everything that the logs say about it".to_owned(),
        }
    }

    /// What they do not receive, in words.
    pub fn does_not_get(self, keeps_groups: bool) -> String {
        let is_hidden = |class: &Class| self.hides(*class) && !(keeps_groups && *class == Class::Group);
        let words = WORDS.iter().filter(|(class, _)| is_hidden(class)).map(|(_, words)| *words);
        words.collect::<Vec<_>>().join(", ")
    }
}

/// The classes by which people think of what is hidden.
const WORDS: [(Class, &str); 7] = [
    (Class::Name, "names"),
    (Class::Login, "mails"),
    (Class::Group, "groups"),
    // Those of a private network say nothing outside of it, and stay.
    (Class::Ip, "public IP addresses"),
    (Class::Phone, "phones"),
    (Class::Id, "our ids"),
    (Class::Secret, "passwords, tokens"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_receives_is_what_the_table_of_classes_hides() {
        let support = "names, mails, groups, public IP addresses, phones, passwords, tokens";
        assert_eq!(Recipient::IdpSupport.does_not_get(false), support);
        assert_eq!(Recipient::IdpSupport.does_not_get(true), support.replace("groups, ", ""));
        let vendor = Recipient::AppVendor.does_not_get(false);
        assert!(vendor.contains("mails") && vendor.contains("our ids"), "{vendor}");
        assert_eq!(Recipient::Internal.does_not_get(false), "passwords, tokens");
    }
}
