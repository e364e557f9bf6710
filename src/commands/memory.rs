//! Where the screen keeps what a reader did: one file for each set of inputs, in the folder that
//! systems have for the state of programs. Where there is no such folder, everything works without.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::output::whole;
use crate::source;
use crate::tui::memory::Memory;

/// What stands in the first line of such a file.
const SCHEMA: &str = "provlens/memory/1";
/// Largest file that is read: notes and ticks never come near it.
const MAX_BYTES: u64 = 16 << 20;
/// Recent inputs that are offered.
const RECENT: usize = 9;

/// The file of one set of inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    file: PathBuf,
    inputs: Vec<PathBuf>,
}

/// The right to write such a file, for as long as this lives.
///
/// The file that is locked for it stays: whoever opened it before it was removed, and locks it then, would
/// hold another file than whoever comes next.
#[derive(Debug)]
pub(super) struct Claim {
    _locked: Option<File>,
}

/// What stands in it.
#[derive(Debug, Serialize, Deserialize)]
struct Content {
    schema: String,
    inputs: Vec<PathBuf>,
    memory: Memory,
}

impl Kept {
    /// The file for these inputs; `None` if they cannot be known again, or there is no folder for it.
    pub(super) fn of(paths: &[PathBuf]) -> Option<Kept> {
        Kept::within(&folder()?, paths)
    }

    fn within(folder: &Path, paths: &[PathBuf]) -> Option<Kept> {
        if paths.is_empty() || paths.iter().any(|path| source::is_live(path)) {
            return None;
        }
        let mut inputs = paths.iter().map(std::path::absolute).collect::<io::Result<Vec<PathBuf>>>().ok()?;
        // The same files in another order are the same inputs.
        inputs.sort();
        inputs.dedup();
        let mut hash = Sha256::new();
        for input in &inputs {
            hash.update(input.as_os_str().as_encoded_bytes());
            hash.update([0]);
        }
        let name: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Some(Kept { file: folder.join(format!("{name}.json")), inputs })
    }

    /// What was kept, and what is to be told about it. A file that cannot be used is set aside.
    pub(super) fn load(&self) -> (Memory, Option<String>) {
        match read(&self.file) {
            Ok(Some(content)) => (content.memory, None),
            Ok(None) => (Memory::default(), None),
            Err(why) => {
                let name = self.file.display();
                let told = match set_aside(&self.file) {
                    Ok(aside) => format!(
                        "Your notes and ticks cannot be read: {why}. The file was set aside as {}; new ones begin.",
                        aside.display()
                    ),
                    Err(error) => {
                        format!("Your notes and ticks in {name} cannot be read: {why}; nor set aside: {error}.")
                    }
                };
                (Memory::default(), Some(told))
            }
        }
    }

    /// Claims the file for this visit; `None` if another visit has it. Two that write over each other's
    /// notes would lose some.
    pub(super) fn claim(&self) -> Option<Claim> {
        let path = self.file.with_extension("lock");
        let opened = self.file.parent().map_or(Ok(()), make).and_then(|()| File::create(&path));
        // Where there can be no lock, saving says why nothing is kept, or works as it did without.
        let Ok(file) = opened else { return Some(Claim { _locked: None }) };
        match file.try_lock() {
            Ok(()) => Some(Claim { _locked: Some(file) }),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(_)) => Some(Claim { _locked: None }),
        }
    }

    /// Keeps what is remembered, whole or not at all, for the owner's eyes only.
    pub(super) fn save(&self, memory: &Memory) -> Result<(), String> {
        let content = Content { schema: SCHEMA.to_owned(), inputs: self.inputs.clone(), memory: memory.clone() };
        let cannot = |why: String| format!("Your notes and ticks cannot be kept: {}.", why.trim_end_matches('.'));
        let mut bytes = serde_json::to_vec_pretty(&content).map_err(|error| cannot(error.to_string()))?;
        bytes.push(b'\n');
        if let Some(folder) = self.file.parent() {
            make(folder).map_err(|error| cannot(format!("{}: {error}", folder.display())))?;
        }
        whole::write(&self.file, &bytes, &self.inputs).map_err(|error| cannot(error.to_string()))
    }
}

/// Sets of inputs that were looked at before, the latest first, as far as they are still there.
pub(super) fn recent() -> Vec<Vec<PathBuf>> {
    folder().map(|folder| recent_within(&folder)).unwrap_or_default()
}

fn recent_within(folder: &Path) -> Vec<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .filter_map(|path| Some((fs::metadata(&path).ok()?.modified().ok()?, path)))
        .collect();
    files.sort();
    let inputs = files.iter().rev().filter_map(|(_, path)| Some(read(path).ok()??.inputs));
    inputs.filter(|inputs| !inputs.is_empty() && inputs.iter().all(|path| path.exists())).take(RECENT).collect()
}

/// What a file has; `None` if it is not there.
fn read(path: &Path) -> Result<Option<Content>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("it is larger than 16 MiB".to_owned());
    }
    let content: Content = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    if content.schema != SCHEMA {
        return Err(format!("it says `{}`, and this version reads `{SCHEMA}`", content.schema));
    }
    Ok(Some(content))
}

/// Gives a file another name, under which nothing is lost.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let free = (1..1_000).map(|number| path.with_extension(format!("set-aside-{number}"))).find(|name| !name.exists());
    let aside = free.ok_or(io::ErrorKind::AlreadyExists)?;
    fs::rename(path, &aside)?;
    Ok(aside)
}

#[cfg(unix)]
pub(super) fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(super) fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// The folder of our state.
pub(super) fn folder() -> Option<PathBuf> {
    // A relative path would mean another folder at each place; the convention is to ignore it.
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let below_home = |path: &str| absolute("HOME").map(|home| home.join(path));
    let state = absolute("XDG_STATE_HOME").or_else(|| match env::consts::OS {
        "windows" => absolute("LOCALAPPDATA"),
        "macos" => below_home("Library/Application Support"),
        _ => below_home(".local/state"),
    })?;
    Some(state.join("provlens"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::memory::Change;

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    fn noted() -> Memory {
        let mut memory = Memory::default();
        memory.change(Change::Note("okta-x @ Box".to_owned(), "Called them.".to_owned()));
        memory
    }

    #[test]
    fn what_is_kept_comes_back_for_the_same_inputs_only() {
        let folder = tempfile::tempdir().unwrap();
        let within = |names: &[&str]| Kept::within(&folder.path().join("provlens"), &paths(names)).unwrap();
        within(&["a", "b"]).save(&noted()).unwrap();
        assert_eq!(within(&["b", "a"]).load(), (noted(), None));
        assert_eq!(within(&["./a"]).load(), (Memory::default(), None));
        assert_eq!(Kept::within(folder.path(), &paths(&["-"])), None);
        #[cfg(unix)]
        assert_eq!(Kept::within(folder.path(), &paths(&["/dev/null"])), None);
        assert_eq!(Kept::within(folder.path(), &[]), None);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::within(&folder.path().join("provlens"), &paths(&["a"])).unwrap();
        kept.save(&noted()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&kept.file), mode(kept.file.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn a_broken_or_foreign_file_is_told_once_and_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::within(folder.path(), &paths(&["a"])).unwrap();
        let foreign = r#"{"schema":"provlens/memory/9","inputs":[],"memory":{}}"#;
        for (at, text) in ["{\"notes\":", foreign, ""].into_iter().enumerate() {
            fs::write(&kept.file, text).unwrap();
            let (memory, told) = kept.load();
            assert_eq!(memory, Memory::default());
            assert!(told.unwrap().contains("set aside"));
            let aside = kept.file.with_extension(format!("set-aside-{}", at + 1));
            assert_eq!(fs::read_to_string(aside).unwrap(), text);
            assert_eq!(kept.load().1, None);
        }
        kept.save(&noted()).unwrap();
        assert_eq!(kept.load(), (noted(), None));
    }

    #[test]
    fn j8_two_visits_do_not_write_over_each_others_notes() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("provlens");
        let within = |name: &str| Kept::within(&state, &paths(&[name])).unwrap();
        let first = within("a").claim().unwrap();
        assert!(within("a").claim().is_none());
        assert!(within("b").claim().is_some());
        // Whoever looked at the lock before it was given back still looks at the same one.
        let early = File::open(within("a").file.with_extension("lock")).unwrap();
        drop(first);
        let second = within("a").claim();
        assert!(second.is_some());
        assert!(matches!(early.try_lock(), Err(TryLockError::WouldBlock)));
    }

    #[test]
    fn recent_inputs_are_those_that_are_still_there() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        assert!(recent_within(&state).is_empty());
        let (there, gone) = (folder.path().join("there.json"), folder.path().join("gone.json"));
        fs::write(&there, "{}").unwrap();
        for path in [&there, &gone] {
            Kept::within(&state, std::slice::from_ref(path)).unwrap().save(&noted()).unwrap();
        }
        fs::write(state.join("other.json"), "no").unwrap();
        assert_eq!(recent_within(&state), [vec![there]]);
    }

    #[test]
    fn where_nothing_can_be_written_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        fs::write(&file, "").unwrap();
        let kept = Kept::within(&file, &paths(&["a"])).unwrap();
        assert!(kept.save(&noted()).unwrap_err().starts_with("Your notes and ticks cannot be kept"));
    }
}
