//! Every value that was replaced, with what it was replaced by. Finished texts are searched for all of them.

use std::collections::HashMap;

use super::class::Class;

/// A value that was replaced.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) class: Class,
    /// As it was met first.
    pub(super) value: String,
    /// As it is compared.
    pub(super) normal: String,
    pub(super) replacement: String,
    /// How often it was replaced.
    pub(super) count: u64,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Register {
    values: Vec<Known>,
    index: HashMap<(Class, String), usize>,
}

impl Register {
    /// Makes a value known; whether it is new.
    pub(super) fn add(&mut self, class: Class, value: &str, normal: String, replacement: String) -> bool {
        if self.index.contains_key(&(class, normal.clone())) {
            return false;
        }
        self.index.insert((class, normal.clone()), self.values.len());
        self.values.push(Known { class, value: value.to_owned(), normal, replacement, count: 0 });
        true
    }

    /// Whether a text is what stands for something now, or what stands for a login in front of its `@`.
    pub(super) fn is_replacement(&self, text: &str) -> bool {
        let is_all = |rest: &str| rest.is_empty() || rest.starts_with('@');
        !text.is_empty() && self.values.iter().any(|known| known.replacement.strip_prefix(text).is_some_and(is_all))
    }

    /// What a text holds besides what stands for logins now, each up to its `@`; nothing if it does not end with one.
    pub(super) fn besides_logins(&self, text: &str) -> Option<String> {
        let users = || self.values.iter().filter_map(|known| Some(known.replacement.split_once('@')?.0));
        let before = users().find_map(|user| text.strip_suffix(user))?;
        Some(users().filter(|user| !user.is_empty()).fold(before.to_owned(), |rest, user| rest.replace(user, "")))
    }

    /// Counts one more place where it was replaced.
    pub(super) fn count(&mut self, class: Class, normal: &str) {
        if let Some(at) = self.index.get(&(class, normal.to_owned()))
            && let Some(known) = self.values.get_mut(*at)
        {
            known.count += 1;
        }
    }

    /// Counts one more place for the value at this position.
    pub(super) fn count_at(&mut self, at: usize) {
        if let Some(known) = self.values.get_mut(at) {
            known.count += 1;
        }
    }

    /// All of them, in the order in which they were met.
    pub(super) fn values(&self) -> &[Known] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_logins_is_told_from_them() {
        let mut register = Register::default();
        for (login, replacement) in [("ann@corp.example", "u-1@d.invalid"), ("ben@corp.example", "u-2@d.invalid")] {
            register.add(Class::Login, login, login.to_owned(), replacement.to_owned());
        }
        let rests = [("]u-1 u-2", Some("] ")), ("hunter22u-2", Some("hunter22")), ("u-1hunter22", None), ("", None)];
        for (text, rest) in rests {
            assert_eq!(register.besides_logins(text).as_deref(), rest, "{text}");
        }
    }
}
