//! Keys of one's own: a file that names actions, and the keys that do them instead of the usual ones.
//!
//! ```toml
//! copy = "Y"
//! show-in-context = ["x", "Ctrl+O"]
//! clear-filter = "X"
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{ACTIONS, Action, Entry, latin};
use crate::text::suggest;
use crate::tui::wrong::Wrong;

/// The keys of those actions that have other ones.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Own(BTreeMap<Action, Vec<String>>);

/// One key or several.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a key such as \"x\", or a list of keys")]
enum Keys {
    One(String),
    Several(Vec<String>),
}

/// Always leaves, whatever a file says.
const LEAVES: &str = "Ctrl+C";

const NAMES: [&str; 15] = [
    "Enter",
    "Esc",
    "Backspace",
    "Up",
    "Down",
    "Left",
    "Right",
    "PgUp",
    "PgDn",
    "Home",
    "End",
    "Ins",
    "Tab",
    "Space",
    "Shift+Tab",
];

impl Own {
    /// What a file says.
    ///
    /// # Errors
    /// What is wrong with it, and in which line: none of it can be used then.
    pub fn from_toml(text: &str) -> Result<Own, Wrong> {
        let entries: BTreeMap<String, Spanned<Keys>> =
            toml::from_str(text).map_err(|error| Wrong::in_toml(text, &error))?;
        let mut own = Own::default();
        let mut places = BTreeMap::new();
        for (name, value) in &entries {
            let wrong = |what: String| Wrong::at(text, value.span().start, what);
            let action = named(name).map_err(wrong)?;
            let typed = match value.get_ref() {
                Keys::One(key) => vec![key],
                Keys::Several(keys) => keys.iter().collect(),
            };
            let mut keys = typed.into_iter().map(|key| key_named(key)).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
            if action == Action::Leave && !keys.iter().any(|key| key == LEAVES) {
                keys.push(LEAVES.to_owned());
            }
            if keys.is_empty() {
                return Err(wrong(format!("{} would have no key", told(name))));
            }
            own.0.insert(action, keys);
            places.insert(action, value.span().start);
        }
        own.check(text, &places)?;
        Ok(own)
    }

    /// No key may do two things.
    fn check(&self, text: &str, places: &BTreeMap<Action, usize>) -> Result<(), Wrong> {
        let mut taken: BTreeMap<&str, &Entry> = BTreeMap::new();
        for entry in ACTIONS {
            for key in self.of(entry) {
                let Some(other) = taken.insert(key, entry) else { continue };
                let at = [entry.action, other.action].iter().filter_map(|action| places.get(action)).max().copied();
                let what = format!("{key} would do two things: {} and {}", other.name, entry.name);
                return Err(Wrong::at(text, at.unwrap_or_default(), what));
            }
        }
        Ok(())
    }

    /// The keys of an action.
    pub(super) fn of<'o>(&'o self, entry: &'o Entry) -> impl Iterator<Item = &'o str> {
        let own = self.0.get(&entry.action);
        let usual = entry.keys.iter().copied().filter(move |_| own.is_none());
        own.into_iter().flatten().map(String::as_str).chain(usual)
    }
}

/// An action by its name, in which hyphens may stand for spaces.
fn named(name: &str) -> Result<Action, String> {
    let wanted = told(name);
    let found = ACTIONS.iter().find(|entry| entry.name == wanted).map(|entry| entry.action);
    found.ok_or_else(|| match suggest::nearest(&wanted, ACTIONS.iter().map(|entry| entry.name)) {
        Some(near) => format!("there is no action \"{name}\"; did you mean {}?", near.replace(' ', "-")),
        None => format!("there is no action \"{name}\"; the help of the screen (?) names them"),
    })
}

fn told(name: &str) -> String {
    name.replace('-', " ")
}

/// A key as the table calls it.
fn key_named(typed: &str) -> Result<String, String> {
    let unknown =
        || format!("there is no key \"{typed}\"; keys are called x, X, F6, Ctrl+X, Home, PgUp, Space and so on");
    if NAMES.contains(&typed) {
        return Ok(typed.to_owned());
    }
    let (with, bare) = typed.rsplit_once('+').filter(|(_, bare)| !bare.is_empty()).unwrap_or(("", typed));
    let function = bare.strip_prefix('F').and_then(|number| number.parse::<u8>().ok());
    let is_function = function.is_some_and(|number| (1..=24).contains(&number));
    let mut letters = bare.chars();
    let letter = letters.next().filter(|letter| letters.next().is_none() && !letter.is_whitespace());
    match (with, letter) {
        ("" | "Ctrl" | "Shift" | "Ctrl+Shift", None) if is_function || NAMES.contains(&bare) => Ok(typed.to_owned()),
        ("", Some(letter)) if latin(letter) != letter => {
            Err(format!("\"{typed}\" is on the key {}, which counts whatever the keyboard writes", latin(letter)))
        }
        ("", Some(letter)) if !letter.is_control() => Ok(letter.to_string()),
        ("Ctrl", Some(letter)) if letter.is_ascii_alphabetic() => Ok(format!("Ctrl+{}", letter.to_ascii_uppercase())),
        ("Shift", Some(letter)) => Err(format!("write {} for \"{typed}\"", letter.to_uppercase())),
        _ => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(own: &Own, action: Action) -> Vec<&str> {
        own.of(ACTIONS.iter().find(|entry| entry.action == action).unwrap()).collect()
    }

    #[test]
    fn a_file_gives_actions_other_keys() {
        let own =
            Own::from_toml("copy = \"Y\"\n\"show in context\" = [\"ö\", \"Ctrl+o\"]\nread-again = \"F6\"\n").unwrap();
        assert_eq!(keys(&own, Action::Copy), ["Y"]);
        assert_eq!(keys(&own, Action::InContext), ["ö", "Ctrl+O"]);
        assert_eq!(keys(&own, Action::Reread), ["F6"]);
        assert_eq!(keys(&own, Action::Sort), ["s"]);
        // Two actions may swap their keys.
        assert!(Own::from_toml("sort = \"m\"\nmark = \"s\"").is_ok());
        assert_eq!(Own::from_toml(""), Ok(Own::default()));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_both_actions() {
        for (text, line, what) in [
            ("sort = \"m\"", 1, "m would do two things: sort and mark"),
            ("\nmark = \"W\"\nwrap = \"W\"", 3, "W would do two things: wrap and mark"),
            ("copy = \"Ctrl+C\"", 1, "Ctrl+C would do two things: copy and leave"),
            ("copi = \"Y\"", 1, "there is no action \"copi\"; did you mean copy?"),
            ("copy = [\"Y\", \"Strg+Y\"]", 1, "there is no key \"Strg+Y\"; keys are called"),
            ("copy = \"Shift+y\"", 1, "write Y for \"Shift+y\""),
            ("copy = \"й\"", 1, "\"й\" is on the key q"),
            ("copy = []", 1, "copy would have no key"),
        ] {
            let wrong = Own::from_toml(text).unwrap_err();
            assert!(wrong.line == Some(line) && wrong.what.starts_with(what), "{wrong:?}");
        }
        assert_eq!(Own::from_toml("copy = 3").unwrap_err().line, Some(1));
    }

    #[test]
    fn nothing_takes_away_the_key_that_leaves() {
        let own = Own::from_toml("leave = \"F12\"").unwrap();
        assert_eq!(keys(&own, Action::Leave), ["F12", "Ctrl+C"]);
    }

    #[test]
    fn every_usual_key_has_a_name_that_is_understood() {
        for key in ACTIONS.iter().flat_map(|entry| entry.keys) {
            assert_eq!(key_named(key).as_deref(), Ok(*key));
        }
    }
}
