//! Looking around.

use std::fs;
use std::time::Duration;

use crate::driver::{App, Start, text};

const ESC: &str = "\x1b";

#[test]
fn every_screen_is_reached_and_back_never_loses_the_place() {
    let mut app = App::start(&Start::default());
    app.sees("51 events done");
    for (key, sees) in
        [("2", "2[Issues]"), ("3", "3[Events]"), ("4", "4[People]"), ("5", "5[Unknown]"), ("6", "6[Rules]")]
    {
        app.press(key).sees(sees);
    }
    app.press("7").sees("7[Inputs]").press("1").sees("1[Overview]");
    app.press("2").sees("The app no longer accepts Okta").press("jj");
    let third = |app: &App| {
        let screen = app.screen();
        screen.lines().find(|line| line.starts_with(" >")).unwrap_or_default().to_owned()
    };
    app.waits_until("the cursor is on the third", |app| third(app).contains("did not accept"));
    app.press("\r").sees("What to do").press(ESC).sees("2[Issues]");
    assert!(third(&app).contains("did not accept"), "{}", app.screen());
}

#[test]
fn the_demo_is_the_same_on_built_in_samples() {
    let mut app = App::start(&Start { args: &["demo"], ..Start::default() });
    app.sees("1[Overview]").sees("51 events done").press("R").sees("51 events done").press("\x03");
    assert_eq!(app.ends(), 0);
}

#[test]
fn a_filter_is_typed_completed_applied_and_cleared() {
    let mut app = App::start(&Start::default());
    app.sees("51 events done").press("3").sees(" of 51");
    app.press("/").press("status:fai").sees("status:failed").press("\t").sees("would be shown").press("\r");
    app.sees("hiding").sees("status:failed");
    app.press("/")
        .press(" app:")
        .sees("app:_")
        .sees("Esc cancel")
        .press(ESC)
        .sees_no("Esc cancel")
        .press("x")
        .sees("showing all 51");
    app.press("/").press("status:faild\r").sees("Did you mean failed?").press(ESC).sees("showing all 51");
}

#[test]
fn what_is_copied_reaches_the_terminal_in_one_piece() {
    let mut app = App::start(&Start::default());
    app.sees("51 events done").press("2").sees("2[Issues]").press("c").sees("clipboard");
    app.waits_until("the terminal was asked", |app| app.with_terminal(|_, told| told.copied.len() == 1));
    let copied = app.with_terminal(|_, told| String::from_utf8(told.copied[0].clone()).unwrap());
    use base64::Engine as _;
    let text = String::from_utf8(base64::prelude::BASE64_STANDARD.decode(copied).unwrap()).unwrap();
    assert!(text.contains("Known issue: okta-remote-unauthorized") && text.contains("1. In the app"), "{text}");
}

#[test]
fn help_finds_an_action_by_its_name_and_does_it() {
    let mut app = App::start(&Start::default());
    app.sees("51 events done").press("2").sees("2[Issues]").press("?").sees("Help - Issues");
    app.press("local time").sees("everywhere at once").press("\r").sees("Times are in UTC now.");
}

#[test]
fn nothing_is_written_while_nobody_does_anything() {
    let mut app = App::start(&Start::default());
    app.sees("51 events done").press("2").sees("2[Issues]");
    let mut before = app.bytes().len();
    // Whatever was on its way has arrived once two looks are the same.
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let now = app.bytes().len();
        if now == before {
            break;
        }
        before = now;
    }
    std::thread::sleep(Duration::from_secs(10));
    assert_eq!(app.bytes().len(), before);
}

#[test]
fn a_log_that_is_piped_in_leaves_the_keys_to_the_terminal() {
    let piped = "cat samples/okta-system-log.ndjson";
    let mut app = App::start(&Start { args: &["tui", "-"], piped: Some(piped), ..Start::default() });
    app.sees("events done").sees("standard input").press("3").sees("event 36 of 36").press("qq");
    assert_eq!(app.ends(), 0);
}

#[test]
fn h5_the_window_may_have_any_size() {
    let mut app = App::start(&Start::default());
    app.sees("51 events done").press("2").sees("2[Issues]");
    for (columns, rows) in [(120, 40), (44, 12), (20, 5), (1, 1), (500, 200), (80, 24)] {
        app.resize(columns, rows);
    }
    app.sees("2[Issues]").resize(20, 5).sees("This window is").press("q");
    assert_eq!(app.ends(), 0);
}

#[test]
fn a_path_alone_shows_the_screen_where_there_is_a_terminal() {
    let mut app = App::start(&Start { args: &["samples"], ..Start::default() });
    app.sees("1[Overview]").sees("events done").press("qq");
    assert_eq!(app.ends(), 0);
    let mut dumb = App::start(&Start { args: &["samples"], env: &[("TERM", "dumb")], ..Start::default() });
    dumb.waits_until("ends", |app| String::from_utf8_lossy(&app.bytes()).contains("Start here"));
    assert!(dumb.with_terminal(|screen, _| !screen.alternate_screen()));
}

#[test]
fn h7_a_megabyte_that_is_pasted_into_the_filter_is_text_and_has_an_end() {
    let mut app = App::start(&Start::default());
    app.sees("51 events done").press("/");
    app.sees("Esc cancel");
    let paste = format!("\x1b[200~{}\nq\nq\n\x1b[201~", "ab ".repeat(350_000));
    app.press(&paste).sees("ab ab ab").press(ESC).sees("showing all 51");
}

#[test]
fn h5_signs_are_those_that_the_terminal_can_show() {
    let mut app = App::start(&Start { env: &[("LANG", "C"), ("NO_COLOR", "1")], ..Start::default() });
    app.sees("51 events done").press("2").sees("-- Issues");
    assert!(app.screen().is_ascii(), "{}", app.screen());
    let bytes = String::from_utf8_lossy(&app.bytes()).into_owned();
    assert!(!bytes.contains("\x1b[31") && !bytes.contains("\x1b[38"), "a colour was used");
}

#[test]
fn a_file_that_vanishes_does_not_end_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    fs::copy("samples/okta-system-log.ndjson", &path).unwrap();
    let mut app = App::start(&Start { args: &["tui", text(&path)], ..Start::default() });
    app.sees("events done").press("3").sees("event 36 of 36");
    fs::remove_file(&path).unwrap();
    app.press("\r").sees("Events > ").press(ESC).sees("event 36 of 36").press("R").sees("cannot be read");
}
