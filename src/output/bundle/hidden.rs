//! What was hidden, in words.

use super::facts::Facts;
use super::redact::{Account, Class, Leak, Recipient, Redactor};
use crate::output::page::counted;
use crate::text::sanitize;

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

    /// One of them, and several, in a word or two, where there is little room.
    fn short(self) -> (&'static str, &'static str) {
        match self {
            Class::Login => ("login", "logins"),
            Class::Domain => ("domain", "domains"),
            Class::Name => ("name", "names"),
            Class::Group => ("group", "groups"),
            Class::Ip => ("IP address", "IP addresses"),
            Class::Phone => ("phone", "phones"),
            Class::Personal => ("other detail", "other details"),
            Class::Id => ("id", "ids"),
            Class::RemoteId => ("app id", "app ids"),
            Class::Tenant => ("organisation id", "organisation ids"),
            Class::Secret => ("secret", "secrets"),
        }
    }
}

impl Redactor {
    /// A text for pages and tables: treated, searched for everything that is known, and on one line that
    /// steers no terminal. Searched before it is made visible: afterwards a name with a control character in
    /// it reads otherwise.
    pub fn line(&mut self, text: &str) -> String {
        let treated = self.text(text);
        sanitize::line(&self.sweep(&treated)).into_owned()
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

/// A question where it is odd that nothing of a class was replaced: people have logins.
fn doubt(class: Class, account: &Account, facts: &Facts) -> &'static str {
    let is_odd = class == Class::Login
        && account.count(class) == 0
        && facts.people > 0
        && account.profile != Recipient::Internal;
    if is_odd { " (expected some?)" } else { "" }
}

/// How often values of each class were replaced that are hidden from whoever receives it, zeros included.
pub fn counts(account: &Account, facts: &Facts) -> Vec<String> {
    let is_told = |class: &Class| account.profile.hides(*class) && !(account.groups_kept && *class == Class::Group);
    let count = |class: Class| {
        let (one, many) = class.short();
        format!("{}{}", counted(account.count(class), one, many), doubt(class, account, facts))
    };
    Class::ALL.into_iter().filter(is_told).map(count).collect()
}

/// Sentences about what was hidden. Kinds of which nothing was found are told too, since they may have been
/// missed.
pub fn sentences(account: &Account, facts: &Facts) -> Vec<String> {
    let mut told = vec![format!("Replaced or masked, by places: {}.", counts(account, facts).join(", "))];
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
