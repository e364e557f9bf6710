//! Terminals, inputs and visitors that nobody expects.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;

use crate::driver::{App, Start, text};
use crate::secrets::{SECRETS, parts};

#[test]
fn h5_a_window_of_any_size_is_begun_with() {
    for size in [(1, 1), (2, 500), (500, 2), (20, 5), (40, 10), (500, 200)] {
        let mut app = App::start(&Start { size, ..Start::default() });
        app.waits_until("the screen is there", |app| app.with_terminal(|screen, _| screen.alternate_screen()));
        app.press("\x03");
        assert_eq!(app.ends(), 0, "{size:?}");
        assert!(app.is_given_back(), "{size:?}");
    }
}

#[test]
fn h5_a_storm_of_sizes_is_survived() {
    let mut app = App::start(&Start::default());
    app.sees("51 events done").press("2").sees("2[Issues]");
    for turn in 0..200 {
        app.resize(1 + turn * 37 % 300, 1 + turn * 13 % 90);
    }
    app.resize(80, 24).sees("2[Issues]").press("\x03");
    assert_eq!(app.ends(), 0);
}

#[test]
fn h5_where_there_is_no_terminal_one_sentence_says_so() {
    let output = Command::new(env!("CARGO_BIN_EXE_provlens")).args(["tui", "samples"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len(), said.lines().count()), (Some(2), 0, 1), "{said}");
    assert!(said.contains("the screen needs a terminal; `provlens report` prints the same"), "{said}");
}

#[test]
fn j9_the_screen_lives_while_an_input_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut app = App::start(&Start { args: &["tui", text(&pipe)], ..Start::default() });
    app.sees("1[Overview]")
        .press("6")
        .sees("6[Rules]")
        .press("?")
        .sees("Help - Rules")
        .press("\x1b")
        .sees_no("Help - Rules")
        .press("\x1b")
        .sees("Reading was stopped");
    // Once it has stopped, q leaves.
    app.sees("q leave").press("qq");
    assert_eq!(app.ends(), 0);
    assert!(app.is_given_back());
}

#[test]
fn j8_a_second_screen_says_that_it_keeps_nothing() {
    let home = tempfile::tempdir().unwrap();
    let start = Start { args: &["tui", "samples"], env: &[("HOME", text(home.path()))], ..Start::default() };
    let mut first = App::start(&start);
    first.sees("51 events done").press("2").sees("2[Issues]");
    let mut second = App::start(&start);
    second.sees("open in another screen").press("2").sees("Level").press("\rn ").sees("[x]").press("\x03");
    assert_eq!(second.ends(), 0);
    first.press("\rn ").sees("[x]").press("\x03");
    assert_eq!(first.ends(), 0);
    // Nothing but what the first one kept and the lock is left, and the next one may keep again.
    let state =
        home.path().join(if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/state" });
    let mut files: Vec<_> = fs::read_dir(state.join("provlens")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_none_or(|ending| ending != "lock"));
    let [file] = &files[..] else { panic!("{files:?}") };
    let kept: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(kept["memory"]["ticks"].as_object().unwrap().len(), 1);
    let mut third = App::start(&start);
    third.sees("51 events done");
    assert!(!third.screen().contains("open in another"), "{}", third.screen());
}

/// A failure with a text in every field that is a stranger's.
fn failure(number: usize, text: &str) -> String {
    let target = |kind: &str| serde_json::json!({ "type": kind, "id": text, "alternateId": text, "displayName": text });
    let record = serde_json::json!({
        "uuid": format!("{text}-{number}"), "published": format!("2026-03-02T{:02}:{:02}:00Z", 8 + number / 60, number % 60),
        "eventType": "application.provision.user.push", "displayMessage": text,
        "outcome": { "result": "FAILURE", "reason": format!("Unauthorized. Errors reported by remote server: {text}") },
        "actor": { "id": text, "type": "User", "alternateId": text, "displayName": text },
        "transaction": { "id": text }, "target": [target("AppUser"), target("AppInstance")],
    });
    format!("{record}\n")
}

/// Walks through all screens with so many keys that each was in front, and copies on each.
fn walk(log: &Path) -> (Vec<u8>, Vec<String>) {
    let mut app = App::start(&Start { args: &["tui", text(log)], size: (160, 50), ..Start::default() });
    app.sees("all read").sees("1[Overview]");
    for keys in
        ["c", "2", "c", "\r", "c", "\x1b", "3", "c", "\r", "c", "\x1b", "4", "c", "\r", "c", "\x1b", "5", "c", "7", "c"]
    {
        app.press(keys);
        std::thread::sleep(std::time::Duration::from_millis(80));
    }
    app.sees("7[Inputs]");
    let copied = app.with_terminal(|_, told| told.copied.clone());
    let copied = copied
        .into_iter()
        .map(|copied| String::from_utf8(base64::prelude::BASE64_STANDARD.decode(copied).unwrap()).unwrap());
    let copied = copied.collect();
    let bytes = app.bytes();
    app.press("\x03");
    assert_eq!(app.ends(), 0);
    (bytes, copied)
}

#[test]
fn m1_no_screen_and_nothing_that_is_copied_tells_a_secret() {
    let planted: Vec<(String, String)> = SECRETS.iter().map(|(_, marked)| parts(marked)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    let lines: String = planted.iter().enumerate().map(|(number, (text, _))| failure(number, text)).collect();
    fs::write(&path, lines).unwrap();
    let (bytes, copied) = walk(&path);
    assert!(copied.len() >= 4, "{copied:?}");
    let shown = String::from_utf8_lossy(&bytes).into_owned() + &copied.concat();
    for (text, secret) in &planted {
        let window = secret.len().min(12);
        for at in (0..=secret.len() - window)
            .filter(|at| secret.is_char_boundary(*at) && secret.is_char_boundary(at + window))
        {
            assert!(!shown.contains(&secret[at..at + window]), "{secret} of {text} is told");
        }
    }
}
