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
fn signals_give_the_terminal_back() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let mut app = looking_around();
        kill(Pid::from_raw(app.process()), signal).unwrap();
        app.ends();
        assert!(app.is_given_back(), "{signal}");
    }
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_takes_it_again() {
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
