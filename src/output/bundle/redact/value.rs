//! What becomes of one value of a known class.

use std::net::IpAddr;

use super::class::{Action, Class, Recipient};
use super::people::Login;
use super::{MARK, MASKED, Redactor, WITHHELD, encoded, host, ids, scan};
use crate::text::folded::normal;
use crate::text::secret::Kind;

/// What stands where nobody is named.
const NOBODY: [&str; 14] = [
    "",
    "-",
    "null",
    "none",
    "unknown",
    "n/a",
    "not available",
    "undefined",
    "<null>",
    "system",
    "anonymous",
    "true",
    "false",
    "default",
];

/// Accounts of the providers' own, which are the same for every customer.
const OF_PROVIDERS: [&str; 14] = [
    "system@okta.com",
    "okta system",
    "okta",
    "okta dashboard",
    "okta admin console",
    "azure ad provisioning service",
    "microsoft entra provisioning service",
    "microsoft entra id",
    "azure active directory",
    "azure ad",
    "azure ad cloud sync",
    "microsoft.azure.syncfabric",
    "microsoft graph command line tools",
    "windows azure service management api",
];

/// Whether a value names nobody.
pub(super) fn is_nobody(value: &str) -> bool {
    let value = normal(value);
    NOBODY.contains(&value.as_str()) || OF_PROVIDERS.contains(&value.as_str())
}

impl Redactor {
    /// One value of a known class.
    pub fn value(&mut self, class: Class, text: &str) -> String {
        self.settle();
        if text.starts_with(MARK) {
            return text.to_owned();
        }
        if class == Class::Secret {
            return self.secret(Kind::Named, text);
        }
        match scan::secrets(text) {
            None => return self.withheld(),
            // Whatever the field is for, somebody put a secret there: it must get into no map.
            Some(secrets) if !secrets.is_empty() => return self.text(text),
            Some(_) => {}
        }
        let class = seen_as(class, text);
        if is_nobody(text) || class.action(self.settings.recipient) == Action::Keep {
            return self.kept(class, text);
        }
        match self.replacement(class, text) {
            None => self.kept(class, text),
            Some(replacement) => {
                let normal = self.know(class, text, &replacement);
                self.register.count(class, &normal);
                self.tally.replaced(class, text, &replacement);
                replacement
            }
        }
    }

    /// A value that stays: an id if it looks like one; anything else is read like any text, since a field for ids
    /// may hold an address.
    fn kept(&mut self, class: Class, text: &str) -> String {
        let holds_text = !encoded::enclosed(text).is_empty();
        let is_id = matches!(class, Class::Id | Class::RemoteId | Class::Tenant) && ids::is_id(text);
        if !holds_text && (is_id || is_nobody(text)) {
            return text.to_owned();
        }
        let is_decided = matches!(class, Class::Login | Class::Name | Class::Domain | Class::Ip);
        if self.settings.recipient != Recipient::Internal && is_decided {
            // It stays because it is revealed, private or of the provider; read as text it would not.
            return self.enclosed(text, 0);
        }
        self.text(text)
    }

    /// Makes a value known, so that finished texts are searched for it. Gives it as it is compared.
    pub(super) fn know(&mut self, class: Class, text: &str, replacement: &str) -> String {
        let (value, normal) = match class {
            Class::Login => {
                let login = Login::of(text);
                let identity = login.identity();
                if let Some(domain) = &login.domain
                    && let Some(replacement) = self.replacement(Class::Domain, domain)
                {
                    self.add(Class::Domain, domain, domain.clone(), &replacement);
                }
                let as_met = if normal(text) == identity { text.trim().to_owned() } else { identity.clone() };
                (as_met, identity)
            }
            _ => (text.trim().to_owned(), normal(text)),
        };
        // A guest's own address is replaced otherwise than the guest's form of it.
        let replacement = match class {
            Class::Login if Login::of(text).is_guest => self.replacement(Class::Login, &normal),
            _ => Some(replacement.to_owned()),
        };
        if let Some(replacement) = replacement {
            self.add(class, &value, normal.clone(), &replacement);
        }
        normal
    }

    fn add(&mut self, class: Class, value: &str, normal: String, replacement: &str) {
        if self.register.add(class, value, normal, replacement.to_owned()) {
            self.clean.clear();
        }
    }

    /// What a value is replaced by; `None` if it stays. Depends on the key and the value alone, and on who is
    /// known to be who.
    pub(super) fn replacement(&self, class: Class, text: &str) -> Option<String> {
        let key = &self.settings.key;
        match class.action(self.settings.recipient) {
            Action::Keep => return None,
            Action::Mask => {
                return Some(MASKED.to_owned()).filter(|_| class != Class::Ip || !scan::is_private(text.trim()));
            }
            Action::Pseudonym => {}
        }
        Some(match class {
            Class::Login => return self.login(text),
            Class::Domain => return self.domain(&normal(text)),
            Class::Name => {
                let login = self.people.login_of(text);
                if login.is_some_and(|login| self.is_revealed(login)) {
                    return None;
                }
                let id = match login {
                    Some(login) => key.pseudonym("login", login),
                    None => key.pseudonym("name", &normal(text)),
                };
                format!("Person {id}")
            }
            Class::Group if self.settings.keep_groups => return None,
            Class::Group => format!("group-{}", key.pseudonym("group", &normal(text))),
            Class::Ip if scan::is_private(text.trim()) => return None,
            Class::Ip => {
                let spelled =
                    text.trim().parse::<IpAddr>().map_or_else(|_| normal(text), |address| address.to_string());
                format!("ip-{}", key.pseudonym("ip", &spelled))
            }
            Class::Id => format!("id-{}", key.pseudonym("id", text.trim())),
            Class::Tenant => format!("org-{}", key.pseudonym("tenant", &normal(text))),
            Class::Phone | Class::Personal | Class::RemoteId | Class::Secret => MASKED.to_owned(),
        })
    }

    fn login(&self, text: &str) -> Option<String> {
        let login = Login::of(text);
        let identity = self.people.identity(&login);
        if self.is_revealed(&identity) {
            return None;
        }
        let id = self.settings.key.pseudonym("login", &identity);
        let domain = |domain: &str| self.domain(domain).unwrap_or_else(|| domain.to_owned());
        Some(match (&login.domain, login.is_guest) {
            (None, false) => format!("u-{id}"),
            (Some(own), false) => format!("u-{id}@{}", domain(own)),
            (own, true) => {
                let own = own.as_deref().map(|own| format!("_{}", domain(own))).unwrap_or_default();
                let tenant = login.tenant.as_deref().map(|tenant| format!("@{}", domain(tenant))).unwrap_or_default();
                format!("u-{id}{own}#EXT#{tenant}")
            }
        })
    }

    /// A domain; `None` if it stays.
    pub(super) fn domain(&self, domain: &str) -> Option<String> {
        if Class::Domain.action(self.settings.recipient) == Action::Keep
            || host::is_public_mail(domain)
            || host::is_shared(domain)
            || domain.ends_with(".invalid")
            || self.revealed_domains.contains(domain)
        {
            return None;
        }
        if host::is_of_organisation(domain) {
            return self.replacement(Class::Tenant, domain);
        }
        Some(format!("d-{}.invalid", self.settings.key.pseudonym("domain", domain)))
    }

    pub(super) fn is_revealed(&self, identity: &str) -> bool {
        self.revealed.contains(identity)
    }

    /// A secret as a mark that says what it was, how long, and whether it is the same as another.
    pub(super) fn secret(&mut self, kind: Kind, text: &str) -> String {
        let length = text.chars().count();
        let fingerprint = self.settings.key.fingerprint(text);
        let mark = format!("{MARK}{} len={length} fp={fingerprint}›", kind.word());
        self.tally.secret(kind, length, &mark);
        if length >= 8 && text.chars().any(|c| !c.is_ascii_lowercase()) {
            self.add(Class::Secret, text, text.to_owned(), &mark);
        }
        mark
    }

    /// What stands in place of a text of which cannot be told whether it is harmless.
    pub(super) fn withheld(&mut self) -> String {
        self.tally.failed += 1;
        WITHHELD.to_owned()
    }
}

/// What a value is, whatever its field says: names of people are addresses at times, and logins names.
pub(super) fn seen_as(class: Class, text: &str) -> Class {
    let text = text.trim();
    let is_address = text.contains('@') && !text.contains(char::is_whitespace);
    match class {
        Class::Name if is_address => Class::Login,
        Class::Login if !is_address && text.contains(' ') => Class::Name,
        class => class,
    }
}
