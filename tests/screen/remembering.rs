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

/// What is kept, without the empty files by which visits claim it.
fn state(home: &Path) -> Vec<PathBuf> {
    let folder = home.join(if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/state" });
    let Ok(entries) = fs::read_dir(folder.join("provlens")) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_none_or(|ending| ending != "lock"));
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
fn j6_without_a_home_everything_works_and_nothing_is_kept() {
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
fn h5_a_terminal_that_shows_lines_only_gets_a_dialogue() {
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

#[test]
fn notes_go_along_when_a_file_is_added_and_a_path_may_begin_at_home() {
    let home = tempfile::tempdir().unwrap();
    fs::copy("samples/entra-provisioning.json", home.path().join("entra.json")).unwrap();
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("leave").press("2").sees("Level").press("\r").sees("Sure").press("n ").sees("[x]");
    screen.press("7").sees("Library").press("a").sees("File or folder").press("~/entra.json\r").sees("2 logs");
    assert_eq!(leave(screen), 0);
    let added = home.path().join("entra.json");
    let mut screen = visit(Some(home.path()), &[LOG, text(&added)]);
    screen.sees("2 logs").press("2").sees("Level").press("\r").sees("[x]");
    leave(screen);
    // What was there before is as it was.
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("leave").press("2").sees("Level").press("\r").sees("[x]");
    leave(screen);
    let mut screen = visit(Some(home.path()), &[]);
    screen.sees("Path").press("~/entra.json\r").sees("done");
    leave(screen);
}

#[test]
fn rules_are_read_again_with_the_inputs() {
    let home = tempfile::tempdir().unwrap();
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("events done").press("6").sees("0 yours").press("R").sees("events done");
    let folder = home.path().join(if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" });
    let folder = folder.join("provlens/rules");
    fs::create_dir_all(&folder).unwrap();
    let rule = "id = \"own-rule\"\ntitle = \"A rule of my own\"\nprovider = \"okta\"\ncategory = \"conflict\"\n\
        severity = \"low\"\nretry = \"manual\"\nowner = \"it-admin\"\ncause = \"It is so.\"\nfix = [\"Ask.\"]\nverify = \"Look.\"\n\
        sources = [\"https://example.com/\"]\n[escalate]\nwhen = \"never\"\nto = \"nobody\"\nevidence = [\"UTC time\"]\n\
        [[match]]\ncontains.message = [\"quite my own\"]\n[[example]]\nabout = \"x\"\nprovider = \"okta\"\nmessage = \"quite my own\"\n";
    fs::write(folder.join("own-rule.toml"), rule).unwrap();
    fs::write(folder.join("broken.toml"), "id = ").unwrap();
    screen.press("R").sees("Your rules have changed").press("6").sees("1 yours");
    screen.press("7").sees("broken.toml");
    assert_eq!(leave(screen), 0);
}

#[test]
fn the_zone_is_the_one_that_was_asked_for_and_else_that_of_the_computer() {
    for (args, first, then) in [
        (&["tui", LOG][..], "UTC-5", "UTC"),
        (&["tui", "--tz", "UTC", LOG], "UTC", "UTC-5"),
        (&["tui", "--tz", "Asia/Tokyo", LOG], "UTC+9", "UTC"),
    ] {
        let start = Start { args, env: &[("TZ", "America/New_York")], ..Start::default() };
        let mut screen = App::start(&start);
        let zone = |app: &App| {
            let screen = app.screen();
            let line = screen.lines().nth(1).unwrap_or_default();
            let rest = line.split_once(", ").map_or("", |(_, rest)| rest);
            rest.split_whitespace().next().unwrap_or_default().to_owned()
        };
        screen.sees("events done").waits_until(&format!("{args:?}: {first}"), |app| zone(app) == first);
        screen.press("L").waits_until(&format!("{args:?}: {then}"), |app| zone(app) == then);
        leave(screen);
    }
}

#[test]
fn keys_are_those_of_ones_own_file_and_a_conflict_is_told() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" });
    fs::create_dir_all(folder.join("provlens")).unwrap();
    let keys = folder.join("provlens/keys.toml");
    fs::write(&keys, "issues = \"I\"\nclear-filter = \"X\"\n").unwrap();
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen
        .sees("events done")
        .press("2I")
        .sees("2[Issues]")
        .press("/user:nobody-here\r")
        .sees("X clears it")
        .press("X");
    screen.sees("showing all").press("?").sees("Help - Issues").press("clear filter").sees("X");
    assert_eq!(leave(screen), 0);
    fs::write(&keys, "copy = \"Y\"\nmark = \"s\"\n").unwrap();
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("keys.toml").sees("line 2: s would do two things").sees("sort and mark").press("2").sees("2[Issues]");
    leave(screen);
}

#[test]
fn colours_are_those_of_ones_own_file_and_what_is_wrong_with_it_is_told() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" });
    fs::create_dir_all(folder.join("provlens")).unwrap();
    let theme = folder.join("provlens/theme.toml");
    fs::write(&theme, "failed = \"bright-green\"\n").unwrap();
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("events done").waits_until("is green", |app| {
        app.with_terminal(|screen, _| {
            let cell = |row, column| screen.cell(row, column).map(|cell| cell.fgcolor());
            (10..20).any(|row| (0..80).any(|column| cell(row, column) == Some(vt100::Color::Idx(10))))
        })
    });
    leave(screen);
    fs::write(&theme, "\nfailed = \"gren\"\n").unwrap();
    let mut screen = visit(Some(home.path()), &[LOG]);
    screen.sees("line 2: there is no colour").sees("did you mean green?");
    leave(screen);
    let mut screen = visit(Some(home.path()), &["--theme", "drak", LOG]);
    screen.sees("drak is neither neutral");
    assert_eq!(screen.ends(), 2);
}
