//! A look of one's own: a built-in one, and what a person has written into a file about single roles.
//!
//! ```toml
//! base = "dark"
//! failed = "bright-red bold"
//! ok = "green"
//! ```

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use toml::Spanned;

use super::look::{Colors, Role};
use super::wrong::Wrong;
use crate::text::suggest;

/// How each role looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    base: Colors,
    own: Vec<(Role, Style)>,
}

impl From<Colors> for Theme {
    fn from(base: Colors) -> Theme {
        Theme { base, own: Vec::new() }
    }
}

/// Built-in looks by their names.
const NAMES: [(&str, Colors); 4] =
    [("neutral", Colors::Neutral), ("dark", Colors::Dark), ("light", Colors::Light), ("mono", Colors::Mono)];

/// The sixteen colours of a terminal: what they look like is the person's own choice already.
const COLORS: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

const MODIFIERS: [(&str, Modifier); 4] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];

impl Theme {
    /// A built-in one by its name.
    pub fn named(name: &str) -> Option<Theme> {
        find(&NAMES, name).map(Theme::from)
    }

    /// What a file says.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn from_toml(text: &str) -> Result<Theme, Wrong> {
        let entries: BTreeMap<String, Spanned<String>> =
            toml::from_str(text).map_err(|error| Wrong::in_toml(text, &error))?;
        let mut theme = Theme::default();
        for (name, value) in &entries {
            let wrong = |what: String| Wrong::at(text, value.span().start, what);
            if name == "base" {
                let base = find(&NAMES, value.get_ref());
                theme.base = base.ok_or_else(|| wrong(unknown("look", value.get_ref(), names(&NAMES))))?;
                continue;
            }
            let roles = Role::ALL.iter().map(|role| role.name());
            let role = Role::ALL.iter().find(|role| role.name() == name);
            let role = role.ok_or_else(|| wrong(unknown("role", name, roles.chain(["base"]))))?;
            theme.own.push((*role, style(value.get_ref()).map_err(wrong)?));
        }
        Ok(theme)
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        let own = self.own.iter().find(|(known, _)| *known == role);
        own.map_or_else(|| self.base.style(role), |(_, style)| *style)
    }
}

/// `bright-red bold`
fn style(text: &str) -> Result<Style, String> {
    text.split_whitespace().try_fold(Style::new(), |style, word| match (find(&COLORS, word), find(&MODIFIERS, word)) {
        (Some(color), _) => Ok(style.fg(color)),
        (None, Some(modifier)) => Ok(style.add_modifier(modifier)),
        (None, None) => Err(unknown("colour", word, names(&COLORS).chain(names(&MODIFIERS)))),
    })
}

fn find<T: Copy>(all: &[(&str, T)], name: &str) -> Option<T> {
    all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn names<'t, T>(all: &'t [(&'t str, T)]) -> impl Iterator<Item = &'t str> + Clone {
    all.iter().map(|(name, _)| *name)
}

fn unknown<'n>(kind: &str, name: &str, known: impl Iterator<Item = &'n str> + Clone) -> String {
    match suggest::nearest(name, known.clone()) {
        Some(near) => format!("there is no {kind} \"{name}\"; did you mean {near}?"),
        None => format!("there is no {kind} \"{name}\"; there are {}", known.collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changes_single_roles() {
        let theme = Theme::from_toml("base = \"dark\"\nfailed = \"bright-magenta underline\"\n").unwrap();
        let own = Style::new().fg(Color::LightMagenta).add_modifier(Modifier::UNDERLINED);
        assert_eq!(theme.style(Role::Failed), own);
        assert_eq!(theme.style(Role::Warning), Colors::Dark.style(Role::Warning));
        assert_eq!(Theme::from_toml(""), Ok(Theme::from(Colors::Neutral)));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, line, what) in [
            ("base = \"drak\"", 1, "there is no look \"drak\"; did you mean dark?"),
            ("\nfailed = \"bold\"\nfialed = \"red\"", 3, "there is no role \"fialed\"; did you mean failed?"),
            ("ok = \"bold bleu\"", 1, "there is no colour \"bleu\"; did you mean blue?"),
        ] {
            assert_eq!(Theme::from_toml(text), Err(Wrong { line: Some(line), what: what.to_owned() }));
        }
        for text in ["ok = 3", "ok", "[ok]\na = \"b\""] {
            assert_eq!(Theme::from_toml(text).unwrap_err().line, Some(1), "{text}");
        }
    }

    #[test]
    fn names_lead_to_looks() {
        assert_eq!(Theme::named("light"), Some(Theme::from(Colors::Light)));
        assert_eq!(Theme::named("Licht"), None);
    }
}
