//! What is looked at, so that it can be kept under a name and shared.

use serde::{Deserialize, Serialize};

/// Longest name.
const LONGEST: usize = 64;

/// A screen and the filter on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct View {
    /// The filter, as it is typed.
    pub filter: String,
    /// The name of the screen, such as `issues`.
    pub screen: String,
}

impl View {
    /// As it stands in a file.
    pub fn to_toml(&self) -> String {
        // What JSON writes between quotation marks is read as the same by TOML.
        let quoted = |text: &str| serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f");
        format!("filter = {}\nscreen = {}\n", quoted(&self.filter), quoted(&self.screen))
    }

    /// From a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_toml(text: &str) -> Result<View, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }
}

/// Whether a view can have this name: it becomes the name of a file.
pub fn is_name(name: &str) -> bool {
    let letters = name.chars().all(|letter| letter.is_alphanumeric() || letter == '-' || letter == '_');
    !name.is_empty() && name.len() <= LONGEST && letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_never_lead_elsewhere() {
        assert!(is_name("leavers-2026") && is_name("Zugänge"));
        for name in ["", "../x", "a/b", "a.b", "a b", "C:", "~"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(View::from_toml("filtre = 1").unwrap_err().contains("filtre"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(filter in any::<String>(), screen in any::<String>()) {
            let view = View { filter, screen };
            prop_assert_eq!(View::from_toml(&view.to_toml()), Ok(view));
        }
    }
}
