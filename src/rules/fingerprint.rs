//! A short name for a whole library: what was kept from another run may be of other rules.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::Library;

impl Library {
    /// The same for the same rules, whatever folder they came from; another one if a rule is added,
    /// taken away or changed.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for rule in self.rules() {
            // What a rule matches on is read from files only, never written as JSON.
            hash.update(serde_json::to_vec(rule).unwrap_or_default());
            hash.update(format!("{:?}\n", rule.matches));
        }
        hash.finalize().iter().fold("sha256:".to_owned(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Library;

    #[test]
    fn it_is_the_same_for_the_same_rules_only() {
        let print = || Library::load(&[]).0.fingerprint();
        assert_eq!((print(), print().len()), (print(), 71));
        let folder = tempfile::tempdir().unwrap();
        let rule = include_str!("../../rules/entra/entra-conflict.toml");
        std::fs::write(folder.path().join("entra-conflict.toml"), rule.replacen("title = \"", "title = \"X", 1))
            .unwrap();
        assert_ne!(Library::load(&[folder.path().to_owned()]).0.fingerprint(), print());
    }
}
