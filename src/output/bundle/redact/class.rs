//! Classes of what logs hold, who may receive which, and what becomes of the others. One table.

use serde::{Serialize, Serializer};

/// Who receives the bundle: it decides what is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipient {
    /// Support of the identity provider: its own ids say everything to it, names and addresses nothing.
    IdpSupport,
    /// The application's vendor: what the application was asked and what it answered.
    AppVendor,
    /// Somebody of the same company: everything but secrets.
    Internal,
}

impl Recipient {
    /// All of them.
    pub const ALL: [Recipient; 3] = [Recipient::IdpSupport, Recipient::AppVendor, Recipient::Internal];

    /// The word on the command line and in files.
    pub fn word(self) -> &'static str {
        match self {
            Recipient::IdpSupport => "idp-support",
            Recipient::AppVendor => "app-vendor",
            Recipient::Internal => "internal",
        }
    }

    /// The recipient for a word.
    pub fn from_word(word: &str) -> Option<Recipient> {
        Recipient::ALL.into_iter().find(|recipient| recipient.word() == word)
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Login, user principal name or mail address.
    Login,
    /// Domain of logins.
    Domain,
    /// Name of a person.
    Name,
    /// Name of a group.
    Group,
    /// Address of a device.
    Ip,
    /// Telephone number.
    Phone,
    /// Employee number, address, birthday and whatever else a profile holds.
    Personal,
    /// Id that the provider gave: user, event, transaction, job, cycle.
    Id,
    /// Id in the application, or named in the request to it.
    RemoteId,
    /// Id of the tenant, or address of the organisation at the provider.
    Tenant,
    /// Whatever opens something.
    Secret,
}

/// What is done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It stays.
    Keep,
    /// It is replaced, everywhere by the same.
    Pseudonym,
    /// It is replaced by a mark that does not tell one from another.
    Mask,
}

/// The table: class, then what becomes of it for support of the identity provider, for the application's
/// vendor, and inside the company.
const TABLE: [(Class, Action, Action, Action); 11] = {
    use Action::{Keep, Mask, Pseudonym};
    [
        (Class::Login, Pseudonym, Pseudonym, Keep),
        (Class::Domain, Pseudonym, Pseudonym, Keep),
        (Class::Name, Pseudonym, Pseudonym, Keep),
        (Class::Group, Pseudonym, Pseudonym, Keep),
        // A vendor has no use for the addresses of our devices; support asks which of them failed.
        (Class::Ip, Pseudonym, Mask, Keep),
        (Class::Phone, Mask, Mask, Keep),
        (Class::Personal, Mask, Mask, Keep),
        // A bundle without its ids is useless to those who gave them. To a vendor they mean nothing, but
        // that two records are about one user or one cycle does.
        (Class::Id, Keep, Pseudonym, Keep),
        (Class::RemoteId, Keep, Keep, Keep),
        (Class::Tenant, Keep, Pseudonym, Keep),
        (Class::Secret, Mask, Mask, Mask),
    ]
};

impl Class {
    /// All of them.
    pub const ALL: [Class; 11] = [
        Class::Login,
        Class::Domain,
        Class::Name,
        Class::Group,
        Class::Ip,
        Class::Phone,
        Class::Personal,
        Class::Id,
        Class::RemoteId,
        Class::Tenant,
        Class::Secret,
    ];

    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            Class::Login => "login",
            Class::Domain => "domain",
            Class::Name => "name",
            Class::Group => "group",
            Class::Ip => "ip",
            Class::Phone => "phone",
            Class::Personal => "personal",
            Class::Id => "id",
            Class::RemoteId => "remote-id",
            Class::Tenant => "tenant",
            Class::Secret => "secret",
        }
    }

    /// What becomes of it for a recipient. What is in no line of the table is masked.
    pub fn action(self, recipient: Recipient) -> Action {
        let line = TABLE.iter().find(|(class, ..)| *class == self);
        line.map_or(Action::Mask, |(_, support, vendor, internal)| match recipient {
            Recipient::IdpSupport => *support,
            Recipient::AppVendor => *vendor,
            Recipient::Internal => *internal,
        })
    }
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_line_and_secrets_stay_nowhere() {
        for class in Class::ALL {
            assert_eq!(TABLE.iter().filter(|(known, ..)| *known == class).count(), 1, "{}", class.word());
        }
        for recipient in Recipient::ALL {
            assert_eq!(Class::Secret.action(recipient), Action::Mask);
            assert_eq!(Recipient::from_word(recipient.word()), Some(recipient));
        }
    }

    #[test]
    fn outside_the_company_nobody_is_named_and_inside_nothing_but_secrets_is_hidden() {
        for class in Class::ALL {
            let personal = !matches!(class, Class::Id | Class::RemoteId | Class::Tenant);
            assert_eq!(class.action(Recipient::IdpSupport) != Action::Keep, personal, "{}", class.word());
            let kept = class.action(Recipient::Internal) == Action::Keep;
            assert_eq!(kept, class != Class::Secret, "{}", class.word());
        }
    }
}
