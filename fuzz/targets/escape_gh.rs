//! Whatever a log says, the console of a pipeline gets the commands that a harmless name makes, and each of them says
//! the name.

use std::sync::LazyLock;

use provlens::output::check::{github, inert};
use provlens::text::width::truncate;

use super::hostile::{APP, analysis, checked, name, view};
use super::input::is_harmless;

/// Columns that a name has there.
const NAME: usize = 80;

static HARMLESS: LazyLock<String> = LazyLock::new(|| out(APP));

pub(crate) fn run(data: &[u8]) {
    let Some(name) = name(data) else { return };
    let (out, harmless) = (out(&name), &*HARMLESS);
    assert!(out.chars().all(|letter| letter == '\n' || is_harmless(letter)), "{out:?}");
    assert_eq!(out.lines().count(), harmless.lines().count(), "{name:?}");
    for (line, wanted) in out.lines().zip(harmless.lines()) {
        let (command, wanted) = (command(line), command(wanted));
        assert_eq!(command.as_ref().map(|one| &one.0), wanted.as_ref().map(|one| &one.0), "{line:?}");
        assert!(!line.contains("##["), "{line:?}");
        if let Some((_, title, _)) = &command {
            let wanted = wanted.map(|one| one.1).unwrap_or_default();
            let shown = inert(&name);
            let said = truncate(&shown, NAME);
            // With what stands behind it, or once its control bytes are letters, a part of a name may look like a
            // password.
            let is_masked = |said: &str| title.trim() == inert(&wanted.replace(APP, said)).trim();
            let says = title.contains(said.trim()) || is_masked(said.trim()) || is_masked(&said);
            assert!(!wanted.contains(APP) || says, "{title:?} does not say {name:?}");
        } else {
            assert!(!line.trim_start().starts_with("::"), "{line:?}");
        }
    }
}

fn out(name: &str) -> String {
    let analysis = analysis(name);
    github::render(&view(&checked(&analysis), &analysis))
}

/// A command as the runner reads it: its name, its title and its text.
fn command(line: &str) -> Option<(String, String, String)> {
    let (head, text) = line.strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let decoded = |text: &str, pairs: &[(&str, &str)]| {
        pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let all = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    let properties: Vec<&str> = properties.split(',').collect();
    assert_eq!(properties.len(), 1, "a command has a title and nothing else: {line:?}");
    let title = properties[0].strip_prefix("title=").unwrap_or_else(|| panic!("no title: {line:?}"));
    Some((name.to_owned(), decoded(title, &all), decoded(text, &[("%0D", "\r"), ("%0A", "\n"), ("%25", "%")])))
}
