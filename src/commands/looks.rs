//! How the screen looks: what was asked for, else what a file of the user says, else what the terminal
//! can show.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::library;
use crate::cli::{Color, GlyphSet};
use crate::text::time;
use crate::tui::keymap::Own;
use crate::tui::look::{ASCII, BASIC, Colors, FULL, Glyphs};
use crate::tui::model::Zone;
use crate::tui::theme::Theme;

/// Largest file that is read.
const MAX_BYTES: u64 = 1 << 16;

/// The colours of the screen; if the user's own file cannot be used, what is wrong with it, and the
/// usual ones.
///
/// # Errors
/// What is wrong with what was asked for.
pub(super) fn theme(wanted: Color, asked: Option<&str>) -> Result<(Theme, Option<String>), String> {
    if has_no_colors(wanted) {
        return Ok((Colors::Mono.into(), None));
    }
    let Some(asked) = asked else {
        let own = configured("theme.toml").filter(|path| path.exists());
        return Ok(match own.map(|path| read_theme(&path)) {
            None => (Theme::default(), None),
            Some(Ok(theme)) => (theme, None),
            Some(Err(why)) => (Theme::default(), Some(format!("{why}. The usual colours are used."))),
        });
    };
    if let Some(theme) = Theme::named(asked) {
        return Ok((theme, None));
    }
    let path = Path::new(asked);
    if !path.exists() {
        return Err(format!("{asked} is neither neutral, dark, light or mono, nor a file"));
    }
    read_theme(path).map(|theme| (theme, None))
}

fn read_theme(path: &Path) -> Result<Theme, String> {
    Theme::from_toml(&text(path)?).map_err(|wrong| format!("{}: {wrong}", path.display()))
}

/// Keys of the user's own file; what is wrong with it if it cannot be used: then the usual ones stay.
pub(super) fn keys() -> Result<Own, String> {
    match configured("keys.toml").filter(|path| path.exists()) {
        None => Ok(Own::default()),
        Some(path) => text(&path)
            .and_then(|text| Own::from_toml(&text).map_err(|wrong| format!("{}: {wrong}", path.display())))
            .map_err(|why| format!("{why}. The usual keys are used.")),
    }
}

/// A small file of the user.
fn text(path: &Path) -> Result<String, String> {
    let cannot = |why: &str| format!("{}: {why}", path.display());
    let meta = fs::metadata(path).map_err(|error| cannot(&error.to_string()))?;
    if !meta.is_file() || meta.len() > MAX_BYTES {
        return Err(cannot("it is no small text file"));
    }
    fs::read_to_string(path).map_err(|error| cannot(&error.to_string()))
}

/// A file in the folder of the user's configuration.
fn configured(name: &str) -> Option<PathBuf> {
    Some(library::configuration()?.join("provlens").join(name))
}

fn has_no_colors(wanted: Color) -> bool {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let off = set("NO_COLOR").is_some() || set("CLICOLOR").is_some_and(|value| value == "0");
    match wanted {
        Color::Always => false,
        Color::Never => true,
        Color::Auto => off,
    }
}

/// Reports are in UTC unless asked otherwise; a screen is for the person in front of it.
pub(super) fn zone(asked: Option<&str>) -> Zone {
    let local = Zone::local(TimeZone::system());
    match asked.map(|name| (name, time::zone(name))) {
        None => local,
        Some((name, Some(zone))) if zone != TimeZone::UTC => Zone::named(name, zone),
        // A zone that does not exist was refused before.
        Some(_) => Zone { in_utc: true, ..local },
    }
}

/// The signs that were asked for, or those that the terminal can show.
pub(super) fn glyphs(wanted: Option<GlyphSet>) -> &'static Glyphs {
    match wanted {
        Some(GlyphSet::Full) => &FULL,
        Some(GlyphSet::Basic) => &BASIC,
        Some(GlyphSet::Ascii) => &ASCII,
        // The old console sets none of these; its successors and everything else say what they are.
        None if cfg!(windows) && env::var_os("WT_SESSION").is_none() && env::var_os("TERM_PROGRAM").is_none() => &BASIC,
        None if cfg!(windows) => &FULL,
        None => {
            let locale =
                ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(env::var_os).find(|value| !value.is_empty());
            let name = locale.map(|locale| locale.to_string_lossy().to_lowercase()).unwrap_or_default();
            if name.contains("utf-8") || name.contains("utf8") { &FULL } else { &ASCII }
        }
    }
}
