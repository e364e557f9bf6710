//! The end, however it comes: the terminal is as it was before.

use std::fs;
use std::io::Write as _;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::driver::{App, Start, text};

fn looking_around() -> App {
    let mut app = App::start(&Start::default());
    app.sees("51 events done");
    app
}

#[test]
fn q_twice_and_ctrl_c_once() {
    let mut app = looking_around();
    app.press("q").sees("once more").press("q");
    assert_eq!(app.ends(), 0);
    assert!(app.is_given_back());
    for keys in ["\x03", "2\x03", "2\r\x03", "/ap\x03", "?\x03"] {
        let mut app = looking_around();
        app.press(keys);
        assert_eq!(app.ends(), 0, "{keys:?}");
        assert!(app.is_given_back(), "{keys:?}");
    }
}

#[test]
fn h6_signals_give_the_terminal_back() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT] {
        let mut app = looking_around();
        kill(Pid::from_raw(app.process()), signal).unwrap();
        assert_eq!(app.ends(), 130, "{signal}");
        assert!(app.is_given_back(), "{signal}");
    }
}

// Only builds for tests can fail on purpose.
#[cfg(debug_assertions)]
#[test]
fn h6_a_bug_gives_the_terminal_back_and_m3_its_report_holds_no_word_of_a_log() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let env = [("PROVLENS_DEBUG_PANIC", "1"), ("HOME", text(home.path()))];
    let mut app = App::start(&Start { env: &env, ..Start::default() });
    app.sees("51 events done").press("3").sees("event 51 of 51");
    // What is copied are words of the log, and those of the panic.
    app.press("c");
    assert_eq!(app.ends(), 3);
    assert!(app.is_given_back());
    let screen = app.screen();
    assert!(screen.contains("a bug of version") && screen.contains("your logs are as they were"), "{screen}");
    let state = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/state" };
    let files: Vec<_> = fs::read_dir(home.path().join(state).join("provlens")).unwrap().map(Result::unwrap).collect();
    let report = files.iter().find(|file| file.file_name().to_string_lossy().starts_with("crash-")).unwrap().path();
    assert_eq!(fs::metadata(&report).unwrap().permissions().mode() & 0o777, 0o600);
    let told = screen.replace('\n', "");
    assert!(told.contains(text(&report)), "{told}");
    let report = fs::read_to_string(&report).unwrap();
    assert!(report.contains("src/commands/tui.rs:"), "{report}");
    for words in ["example.com", "Unauthorized"] {
        assert!(
            !report.contains(words) && !screen.replace(text(home.path()), "").contains(words),
            "{report}\n{screen}"
        );
    }
}

#[test]
fn h6_ctrl_z_gives_the_terminal_back_and_fg_takes_it_again() {
    let mut app = looking_around();
    app.press("2").sees("2[Issues]").press("\x1a");
    // Here no shell stops it: it gives the terminal back, and takes it again at once.
    app.waits_until("gives the terminal back", |app| String::from_utf8_lossy(&app.bytes()).contains("\x1b[?1049l"));
    kill(Pid::from_raw(app.process()), Signal::SIGCONT).unwrap();
    app.sees("2[Issues]").press("3").sees("3[Events]").press("\x03");
    assert_eq!(app.ends(), 0);
}

#[test]
fn ctrl_c_ends_it_while_it_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.ndjson");
    let sample = fs::read_to_string("samples/okta-system-log.ndjson").unwrap();
    let mut file = fs::File::create(&path).unwrap();
    for turn in 0..3_000 {
        file.write_all(sample.replace("\"uuid\":\"", &format!("\"uuid\":\"{turn}-")).as_bytes()).unwrap();
    }
    drop(file);
    let mut app = App::start(&Start { args: &["tui", text(&path)], ..Start::default() });
    app.sees("1[Overview]").press("\x03");
    assert_eq!(app.ends(), 0);
    assert!(app.is_given_back());
}
