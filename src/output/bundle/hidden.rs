//! What was hidden, in words.

use super::facts::Facts;
use super::redact::{Account, Class, Leak, Recipient};
use crate::output::page::{counted, number};

impl Class {
    /// What values of it are called, for people.
    pub fn words(self) -> &'static str {
        match self {
            Class::Login => "logins and mail addresses",
            Class::Domain => "mail domains",
            Class::Name => "names of people",
            Class::Group => "names of groups",
            Class::Ip => "IP addresses",
            Class::Phone => "phone numbers",
            Class::Personal => "other personal details",
            Class::Id => "ids",
            Class::RemoteId => "ids in the application",
            Class::Tenant => "ids of the organisation",
            Class::Secret => "secrets",
        }
    }

    /// The same in a word or two, where there is little room.
    pub fn short(self) -> &'static str {
        match self {
            Class::Login => "logins",
            Class::Domain => "domains",
            Class::Name => "names",
            Class::Group => "groups",
            Class::Ip => "IP addresses",
            Class::Phone => "phones",
            Class::Personal => "other details",
            Class::Id => "ids",
            Class::RemoteId => "app ids",
            Class::Tenant => "organisation ids",
            Class::Secret => "secrets",
        }
    }
}

impl Account {
    /// In how many places values of a class were replaced.
    pub fn count(&self, class: Class) -> u64 {
        self.classes.iter().filter(|count| count.class == class).map(|count| count.replaced).sum()
    }

    /// In how many places fields were left out of original records.
    pub fn left_out(&self) -> u64 {
        self.dropped.iter().map(|dropped| dropped.count).sum()
    }
}

/// Whether it is odd that nothing of a class was replaced: the events have people, and people have logins.
fn is_odd(class: Class, account: &Account, facts: &Facts) -> bool {
    class == Class::Login && account.count(class) == 0 && facts.people > 0 && account.profile != Recipient::Internal
}

/// How often values of a class were replaced, with what the class is called.
pub fn count(class: Class, words: &str, account: &Account, facts: &Facts) -> String {
    let doubt = if is_odd(class, account, facts) { " (expected some?)" } else { "" };
    format!("{} {words}{doubt}", number(account.count(class)))
}

/// Sentences about what was hidden. Kinds of which nothing was found are told too, since they may have been
/// missed.
pub fn sentences(account: &Account, facts: &Facts) -> Vec<String> {
    let classes: Vec<String> = Class::ALL.iter().map(|class| count(*class, class.words(), account, facts)).collect();
    let mut told = vec![format!("Replaced or masked, by places: {}.", classes.join(", "))];
    if account.left_out() > 0 {
        let fields = counted(account.left_out(), "field", "fields");
        told.push(format!("{fields} of original records left out, since it is not known what they hold; redaction.json lists their names."));
    }
    if account.withheld > 0 {
        let texts = counted(account.withheld, "text", "texts");
        told.push(format!("{texts} withheld, since it could not be told what is in them."));
    }
    if account.revealed > 0 {
        let people = counted(account.revealed as u64, "person", "people");
        told.push(format!("{people} left in clear on purpose, so that you can look the account up."));
    }
    told
}

/// Where something must not be, and of what kind it is.
pub fn leak(leak: &Leak) -> String {
    match leak.line {
        0 => format!("{} in its name ({})", leak.file, leak.kind),
        line => format!("{} line {line} ({})", leak.file, leak.kind),
    }
}
