//! What is looked at, so that it can be kept under a name and shared.

use serde::{Deserialize, Serialize};

/// Longest name.
const LONGEST: usize = 64;

/// A screen, the filter on it, and how its list is arranged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct View {
    /// The filter, as it is typed.
    pub filter: String,
    /// The name of the screen, such as `issues`.
    pub screen: String,
    /// What the list is sorted by; empty for the usual order.
    pub sort: String,
    /// It is turned round.
    pub reversed: bool,
    /// The columns that are shown; none for the usual ones.
    pub columns: Vec<String>,
}

impl View {
    /// As it stands in a file.
    pub fn to_toml(&self) -> String {
        // What JSON writes between quotation marks is read as the same by TOML.
        let quoted = |text: &str| serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f");
        let mut text = format!("filter = {}\nscreen = {}\n", quoted(&self.filter), quoted(&self.screen));
        if !self.sort.is_empty() {
            text.push_str(&format!("sort = {}\n", quoted(&self.sort)));
        }
        if self.reversed {
            text.push_str("reversed = true\n");
        }
        if !self.columns.is_empty() {
            let columns: Vec<String> = self.columns.iter().map(|column| quoted(column)).collect();
            text.push_str(&format!("columns = [{}]\n", columns.join(", ")));
        }
        text
    }

    /// From a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_toml(text: &str) -> Result<View, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }
}

/// The one of these that has a name.
///
/// # Errors
/// Which there are.
pub fn by_name<T: Copy>(all: &[(&'static str, T)], kind: &str, name: &str) -> Result<T, String> {
    let found = all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        format!("there is no {kind} \"{name}\" here; there are {}", names.join(", "))
    })
}

/// What one of these is called; nothing for the usual one.
pub fn name_of<T: PartialEq + Default>(all: &[(&'static str, T)], value: &T) -> String {
    let name = || all.iter().find(|(_, known)| known == value).map_or("", |(name, _)| name);
    if *value == T::default() { String::new() } else { name().to_owned() }
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
        fn what_is_written_is_read_as_the_same(
            (filter, screen, sort) in any::<(String, String, String)>(),
            (reversed, columns) in any::<(bool, Vec<String>)>(),
        ) {
            let view = View { filter, screen, sort, reversed, columns };
            prop_assert_eq!(View::from_toml(&view.to_toml()), Ok(view));
        }
    }
}
