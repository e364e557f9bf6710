//! The key of the pseudonyms: a new one for each case, or that of an earlier bundle.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::commands::fail;
use crate::exit::ExitStatus;
use crate::output::bundle::redact::Key;
use crate::output::bundle::{self, Mapping};

/// Largest file that is read for a key; a mapping of a whole company comes near.
pub(super) const MAX_BYTES: u64 = 256 << 20;

/// The key in a file, or a new one.
pub(super) fn of(path: Option<&Path>) -> Result<Key, ExitStatus> {
    let Some(path) = path else {
        return random().map_err(|why| fail(ExitStatus::Input, &format!("{why}; give one with --key")));
    };
    let text = text(path, "--key")?;
    let key = bundle::key(&text).or_else(|| Mapping::read(&text).ok()?.key());
    key.ok_or_else(|| {
        let sentence =
            format!("--key {}: neither the .map.json of a bundle nor a key of 64 hexadecimal digits", path.display());
        fail(ExitStatus::Usage, &sentence)
    })
}

/// A key that nobody had before.
pub(super) fn random() -> Result<Key, String> {
    let mut bytes = [0u8; 32];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(Key::from_bytes(bytes)),
        Err(error) => Err(format!("no random key can be made ({error})")),
    }
}

/// The text of a small file.
pub(super) fn text(path: &Path, what: &str) -> Result<String, ExitStatus> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text));
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(fail(ExitStatus::Usage, &format!("{what} {}: cannot be read: {error}", path.display()))),
    }
}
