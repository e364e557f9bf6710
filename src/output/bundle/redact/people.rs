//! Which login belongs to which name, so that one person has one pseudonym in all forms.

use std::collections::{BTreeSet, HashMap};

use crate::text::folded::normal;

/// The accounts and names seen together.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Logins of each name, and of each part of a login before the `@`.
    logins: HashMap<String, BTreeSet<String>>,
}

/// The parts of a login, in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    /// Before the `@`.
    pub(super) local: String,
    pub(super) domain: Option<String>,
    /// Of a guest: the tenant it is a guest in.
    pub(super) tenant: Option<String>,
    pub(super) is_guest: bool,
}

impl Login {
    /// Reads a login as people, Windows and Entra write it: `ann.lee@corp.example`, `CORP\ann.lee`, and
    /// `ann.lee_corp.example#EXT#@tenant.onmicrosoft.com` for a guest.
    pub(super) fn of(text: &str) -> Login {
        let login = normal(text).replace("%40", "@").replace("\\u0040", "@");
        let login = login.strip_prefix("smtp:").or_else(|| login.strip_prefix("mailto:")).unwrap_or(&login);
        let marks = ["#ext#", "%23ext%23"];
        if let Some((home, rest)) = marks.iter().find_map(|mark| login.split_once(mark)) {
            let (local, domain) = match home.rsplit_once('_') {
                Some((local, domain)) => (local, Some(domain.to_owned())),
                None => (home, None),
            };
            let tenant = rest.strip_prefix('@').filter(|tenant| !tenant.is_empty()).map(str::to_owned);
            return Login { local: local.to_owned(), domain, tenant, is_guest: true };
        }
        let (local, domain) = match login.rsplit_once('@') {
            Some((local, domain)) => (local, Some(domain.to_owned()).filter(|domain| !domain.is_empty())),
            None => (login.rsplit('\\').next().unwrap_or(login), None),
        };
        Login { local: local.to_owned(), domain, tenant: None, is_guest: false }
    }

    /// The address or name that stands for the person: of a guest the one at home.
    pub(super) fn identity(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{}@{domain}", self.local),
            None => self.local.clone(),
        }
    }
}

impl People {
    /// Learns a login.
    pub(super) fn login(&mut self, login: &str) {
        let parsed = Login::of(login);
        if parsed.domain.is_some() {
            self.logins.entry(format!("@{}", parsed.local)).or_default().insert(parsed.identity());
        }
    }

    /// Learns that somebody with this login is called so.
    pub(super) fn name(&mut self, name: &str, login: &str) {
        self.login(login);
        self.logins.entry(normal(name)).or_default().insert(Login::of(login).identity());
    }

    /// The login that a name belongs to, if it belongs to one alone: two people of one name are two.
    pub(super) fn login_of(&self, name: &str) -> Option<&str> {
        only(self.logins.get(&normal(name))?)
    }

    /// What stands for the person behind a login: a bare `ann.lee` is the one address that begins so.
    pub(super) fn identity(&self, login: &Login) -> String {
        if login.domain.is_some() {
            return login.identity();
        }
        let addresses = self.logins.get(&format!("@{}", login.local));
        addresses.and_then(only).map_or_else(|| login.identity(), str::to_owned)
    }
}

fn only(logins: &BTreeSet<String>) -> Option<&str> {
    let mut logins = logins.iter();
    logins.next().filter(|_| logins.next().is_none()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_a_login_are_one_person() {
        let forms = [
            "ann.lee@corp.example",
            " Ann.Lee@CORP.example",
            "ann.lee%40corp.example",
            "ann.lee_corp.example#EXT#@contoso.onmicrosoft.com",
            "SMTP:Ann.Lee@corp.example",
        ];
        for form in forms {
            assert_eq!(Login::of(form).identity(), "ann.lee@corp.example", "{form}");
        }
        assert_eq!(Login::of("CORP\\Ann.Lee").identity(), "ann.lee");
    }

    #[test]
    fn a_name_stands_for_its_login_unless_two_share_it() {
        let mut people = People::default();
        people.name("Ann Lee", "ann.lee@corp.example");
        assert_eq!(people.login_of("ANN  LEE"), Some("ann.lee@corp.example"));
        assert_eq!(people.identity(&Login::of("CORP\\ann.lee")), "ann.lee@corp.example");
        people.name("Ann Lee", "ann.lee2@corp.example");
        assert_eq!(people.login_of("Ann Lee"), None);
    }
}
