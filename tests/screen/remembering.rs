//! What the program keeps from one visit to the next.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::driver::{App, Start, text};

/// Opens the screen for somebody with this home, or with none.
fn visit(home: Option<&Path>, args: &[&str]) -> App {
    let args: Vec<&str> = ["tui"].into_iter().chain(args.iter().copied()).collect();
    let home = home.map_or("", text);
    App::start(&Start { args: &args, env: &[("HOME", home)], ..Start::default() })
}

/// Leaves with Ctrl+C and gives the exit code.
fn leave(mut app: App) -> u32 {
    app.press("\u{3}");
    app.ends()
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
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("leave").press("2").sees("Level").press("\r").sees("Sure").press("n ").sees("[x]");
    assert_eq!(leave(screen), 0);
    let [file] = &state(home.path())[..] else { panic!("{:?}", state(home.path())) };
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    let kept: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(kept["schema"], "provlens/memory/1");
    assert_eq!(kept["memory"]["ticks"].as_object().unwrap().len(), 1);
    assert!(kept["memory"]["seen"]["until"].is_i64());
    assert!(!kept["memory"]["seen"]["issues"].as_object().unwrap().is_empty());

    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("leave").press("2").sees("Level").press("\r").sees("[x]");
    leave(screen);
    let mut other = visit(Some(home.path()), &["samples/entra-provisioning.json"]);
    other.sees("leave");
    leave(other);
    assert_eq!(state(home.path()).len(), 2);
}

#[test]
fn a_broken_file_is_told_and_set_aside() {
    let home = tempfile::tempdir().unwrap();
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("leave");
    leave(screen);
    let file = state(home.path()).remove(0);
    fs::write(&file, "{\"schema\":").unwrap();
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("aside");
    leave(screen);
    let aside = file.with_extension("set-aside-1");
    assert_eq!(fs::read_to_string(aside).unwrap(), "{\"schema\":");
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("leave");
    leave(screen);
    assert_eq!(state(home.path()).len(), 2);
    assert!(fs::read_to_string(file).unwrap().contains("provlens/memory/1"));
}

#[test]
fn without_a_home_everything_works_and_nothing_is_kept() {
    let mut screen = visit(None, &[LOG]);
    screen.sees("leave").press("2").sees("Level").press("\r").sees("Sure").press("n ").sees("[x]");
    assert_eq!(leave(screen), 0);
}

#[test]
fn the_sample_is_shown_to_whoever_names_no_log_and_keeps_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut screen = visit(Some(home.path()), &[]);
    screen.sees("sample").press("\r").sees("leave");
    leave(screen);
    assert!(state(home.path()).is_empty());
}

#[test]
fn a_view_is_kept_in_the_configuration_and_opened_again() {
    let home = tempfile::tempdir().unwrap();
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("leave").press("3").sees("Result").press("/status:failed\r").sees("hiding");
    screen.press(":save view failed\r").sees("failed.toml");
    leave(screen);
    let folder = home.path().join(if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" });
    let view = fs::read_to_string(folder.join("provlens/views/failed.toml")).unwrap();
    assert_eq!(view, "filter = \"status:failed\"\nscreen = \"events\"\n");
    let mut screen = visit(Some(home.path()), &["--view", "failed", LOG]);
    screen.sees("hiding");
    leave(screen);
    let mut screen = visit(Some(home.path()), &["--view", "faild", LOG]);
    screen.sees("Did you mean failed?");
    assert_eq!(screen.ends(), 2);
}

#[test]
fn a_terminal_that_shows_lines_only_gets_a_dialogue() {
    let args = ["tui", LOG];
    let mut screen = App::start(&Start { args: &args, env: &[("TERM", "dumb")], ..Start::default() });
    screen.sees("Type a number from 1 to 4").press("2\n").sees("Which one?").press("1\n");
    screen.waits_until("reads the steps", |app| String::from_utf8_lossy(&app.bytes()).contains("What to do"));
    screen.press("q\n");
    assert_eq!(screen.ends(), 0);
    let shown = String::from_utf8_lossy(&screen.bytes()).into_owned();
    assert!(!shown.contains('\u{1b}') && !shown.contains('─'), "{shown}");
}

#[test]
fn the_dialogue_can_be_asked_for_anywhere() {
    let mut command = assert_cmd::Command::cargo_bin("provlens").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["tui", "--plain", LOG]).write_stdin("4\nq\n");
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("records  46 = 36 about provisioning"), "{text}");
    let mut piped = assert_cmd::Command::cargo_bin("provlens").unwrap();
    assert_eq!(piped.args(["tui", "--plain", "-"]).output().unwrap().status.code(), Some(2));
}
