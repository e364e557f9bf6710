//! The real program on a real terminal, worked with as a person does: what it keeps from one visit to the
//! next. The terminal is made by `script`; where that is missing, nothing is tested and that is said.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Looks at the screen before a test gives up, and the time between two.
const LOOKS: usize = 600;
const BETWEEN: Duration = Duration::from_millis(50);

/// A program on a terminal of 80 columns and 24 rows.
struct Screen {
    child: Child,
    keys: ChildStdin,
    shown: Arc<Mutex<String>>,
}

impl Screen {
    /// Starts the screen with this home; `None` if this computer has no `script`.
    fn start(home: Option<&Path>, args: &str) -> Option<Screen> {
        let program = env!("CARGO_BIN_EXE_provlens");
        let inside = format!("stty cols 80 rows 24; exec {program} tui {args}");
        let mut command = Command::new("script");
        command
            .args(["-qfec", &inside, "/dev/null"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env_remove("XDG_STATE_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("PROVLENS_RULES")
            .env_remove("HOME")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(home) = home {
            command.env("HOME", home);
        }
        let Ok(mut child) = command.spawn() else {
            println!("skipped: there is no `script` on this computer, which makes terminals");
            return None;
        };
        let (keys, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let shown = Arc::new(Mutex::new(String::new()));
        let written = shown.clone();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = out.read(&mut bytes) {
                written.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Some(Screen { child, keys, shown })
    }

    /// Waits for a word. Words of one piece only: what is between may be skipped by the cursor.
    fn sees(&mut self, word: &str) -> &mut Screen {
        for _ in 0..LOOKS {
            if self.shown.lock().unwrap().contains(word) {
                self.shown.lock().unwrap().clear();
                return self;
            }
            thread::sleep(BETWEEN);
        }
        panic!("{word} did not appear: {}", self.shown.lock().unwrap());
    }

    fn press(&mut self, keys: &str) -> &mut Screen {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    /// Leaves with Ctrl+C and gives the exit code.
    fn leave(mut self) -> i32 {
        self.press("\u{3}");
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn state(home: &Path) -> Vec<PathBuf> {
    let folder = home.join(if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/state" });
    let Ok(entries) = fs::read_dir(folder.join("provlens")) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

const LOG: &str = "samples/okta-system-log.ndjson";

#[test]
fn a_tick_is_there_again_on_the_next_visit() {
    let home = tempfile::tempdir().unwrap();
    let Some(mut screen) = Screen::start(Some(home.path()), LOG) else { return };
    screen.sees("leave").press("2").sees("Level").press("\r").sees("Sure").press("n ").sees("[x]");
    assert_eq!(screen.leave(), 0);
    let [file] = &state(home.path())[..] else { panic!("{:?}", state(home.path())) };
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    let kept: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(kept["schema"], "provlens/memory/1");
    assert_eq!(kept["memory"]["ticks"].as_object().unwrap().len(), 1);
    assert!(kept["memory"]["seen"]["until"].is_i64());
    assert!(!kept["memory"]["seen"]["issues"].as_object().unwrap().is_empty());

    let mut screen = Screen::start(Some(home.path()), LOG).unwrap();
    screen.sees("leave").press("2").sees("Level").press("\r").sees("[x]");
    screen.leave();
    let mut other = Screen::start(Some(home.path()), "samples/entra-provisioning.json").unwrap();
    other.sees("leave");
    other.leave();
    assert_eq!(state(home.path()).len(), 2);
}

#[test]
fn a_broken_file_is_told_and_set_aside() {
    let home = tempfile::tempdir().unwrap();
    let Some(mut screen) = Screen::start(Some(home.path()), LOG) else { return };
    screen.sees("leave");
    screen.leave();
    let file = state(home.path()).remove(0);
    fs::write(&file, "{\"schema\":").unwrap();
    let mut screen = Screen::start(Some(home.path()), LOG).unwrap();
    screen.sees("aside");
    screen.leave();
    let aside = file.with_extension("set-aside-1");
    assert_eq!(fs::read_to_string(aside).unwrap(), "{\"schema\":");
    let mut screen = Screen::start(Some(home.path()), LOG).unwrap();
    screen.sees("leave");
    screen.leave();
    assert_eq!(state(home.path()).len(), 2);
    assert!(fs::read_to_string(file).unwrap().contains("provlens/memory/1"));
}

#[test]
fn without_a_home_everything_works_and_nothing_is_kept() {
    let Some(mut screen) = Screen::start(None, LOG) else { return };
    screen.sees("leave").press("2").sees("Level").press("\r").sees("Sure").press("n ").sees("[x]");
    assert_eq!(screen.leave(), 0);
}

#[test]
fn the_sample_is_shown_to_whoever_names_no_log_and_keeps_nothing() {
    let home = tempfile::tempdir().unwrap();
    let Some(mut screen) = Screen::start(Some(home.path()), "") else { return };
    screen.sees("sample").press("\r").sees("leave");
    screen.leave();
    assert_eq!(state(home.path()), [PathBuf::new(); 0]);
}
