//! Views that were kept under names: small files in the folder of the user's configuration.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::library;
use crate::output::whole;
use crate::tui::saved::{View, is_name};

/// Largest file that is read.
const MAX_BYTES: u64 = 1 << 16;

/// Keeps a view; a sentence that says where.
pub(super) fn save(name: &str, view: &View) -> Result<String, String> {
    let path = path(name)?;
    if path.exists() {
        return Err(format!("There is a view {name} already: {}. Choose another name.", path.display()));
    }
    let cannot = |why: String| format!("The view cannot be kept: {}.", why.trim_end_matches('.'));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| cannot(format!("{}: {error}", folder.display())))?;
    }
    whole::write(&path, view.to_toml().as_bytes(), &[]).map_err(|error| cannot(error.to_string()))?;
    Ok(format!("Kept as {}. `:view {name}` and --view {name} show it again.", path.display()))
}

/// A view by its name.
pub(super) fn open(name: &str) -> Result<View, String> {
    if name.is_empty() {
        return Err(match &*names() {
            [] => "No view was kept yet. `:save view NAME` keeps this screen and its filter.".to_owned(),
            names => format!("There are these views: {}", names.join(", ")),
        });
    }
    let path = path(name)?;
    let cannot = |why: &str| format!("{}: {}.", path.display(), why.trim_end_matches('.'));
    let meta = fs::metadata(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let names = names();
            let near = crate::text::suggest::nearest(name, names.iter().map(String::as_str));
            let near = near.map(|near| format!(" Did you mean {near}?")).unwrap_or_default();
            format!("There is no view {name}.{near}")
        }
        _ => cannot(&error.to_string()),
    })?;
    if !meta.is_file() || meta.len() > MAX_BYTES {
        return Err(cannot("it is no file with a view"));
    }
    let text = fs::read_to_string(&path).map_err(|error| cannot(&error.to_string()))?;
    View::from_toml(&text).map_err(|why| cannot(&format!("it cannot be used: {why}")))
}

fn names() -> Vec<String> {
    let entries = folder().and_then(|folder| fs::read_dir(folder).ok());
    let paths = entries.into_iter().flatten().flatten().map(|entry| entry.path());
    let views = paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let mut names: Vec<String> =
        views.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).filter(|name| is_name(name)).collect();
    names.sort();
    names
}

fn path(name: &str) -> Result<PathBuf, String> {
    if !is_name(name) {
        return Err(format!("`{name}` is no name for a view: use letters, digits and hyphens."));
    }
    let folder = folder().ok_or("There is no folder for views: neither HOME nor XDG_CONFIG_HOME is set.")?;
    Ok(folder.join(format!("{name}.toml")))
}

fn folder() -> Option<PathBuf> {
    Some(library::configuration()?.join("provlens").join("views"))
}
