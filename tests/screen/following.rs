//! Files that grow while one looks.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::driver::{App, Start, text};

fn event(id: &str, result: &str) -> String {
    format!(
        "{{\"uuid\":\"{id}\",\"published\":\"2026-03-02T09:00:00Z\",\"eventType\":\"application.provision.user.push_profile\",\
         \"outcome\":{{\"result\":\"{result}\",\"reason\":\"Remote server returned an error: 401 Unauthorized\"}},\
         \"target\":[{{\"type\":\"AppUser\",\"id\":\"u-{id}\",\"alternateId\":\"{id}@example.com\"}},\
         {{\"type\":\"AppInstance\",\"id\":\"a\",\"displayName\":\"Chat\"}}]}}\n"
    )
}

fn append(path: &Path, bytes: &[u8]) {
    fs::OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(bytes).unwrap();
}

#[test]
fn g1_half_a_record_is_none_and_g2_rotated_and_g3_cut_and_g5_removed_files_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    append(&path, event("a1", "SUCCESS").as_bytes());
    let mut app = App::start(&Start { args: &["tui", "--follow", text(&path)], ..Start::default() });
    app.sees("1 event ").sees("LIVE");
    append(&path, event("a2", "FAILURE").as_bytes());
    app.sees("2 events").press("2").sees("1 known");
    // Half a record is none; with its other half it is one.
    let whole = event("a3", "FAILURE");
    let (half, rest) = whole.as_bytes().split_at(100);
    append(&path, half);
    std::thread::sleep(Duration::from_secs(1));
    app.sees("2 events");
    append(&path, rest);
    app.sees("3 events");
    fs::rename(&path, folder.path().join("log.1")).unwrap();
    append(&folder.path().join("log.1"), event("a4", "FAILURE").as_bytes());
    append(&path, event("b1", "FAILURE").as_bytes());
    app.sees("5 events").sees("another file is called log.ndjson now");
    append(&path, (event("b2", "FAILURE") + &event("b3", "FAILURE")).as_bytes());
    app.sees("7 events");
    // Cut, and written anew with one record that was there before.
    fs::write(&path, format!("{}{}", event("b1", "FAILURE"), event("c1", "FAILURE"))).unwrap();
    app.sees("8 events").sees("log.ndjson became shorter");
    fs::remove_file(&path).unwrap();
    app.sees("log.ndjson is not there any more");
    app.press("\x03");
    assert_eq!(app.ends(), 0);
}

#[test]
fn g2_many_rotations_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    append(&path, event("start", "SUCCESS").as_bytes());
    let mut app = App::start(&Start { args: &["tui", "--follow", text(&path)], ..Start::default() });
    app.sees("1 event ").sees("LIVE");
    for turn in 0..30 {
        for number in 0..5 {
            append(&path, event(&format!("{turn}-{number}"), "SUCCESS").as_bytes());
        }
        fs::rename(&path, folder.path().join("log.1")).unwrap();
        append(&path, event(&format!("{turn}-new"), "SUCCESS").as_bytes());
        // A file that is gone before anybody could have seen it is nobody's fault.
        std::thread::sleep(Duration::from_millis(300));
    }
    app.sees("181 events");
}

#[test]
fn a_report_that_follows_tells_each_new_incident_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    append(&path, event("a1", "FAILURE").as_bytes());
    let args = ["report", "--follow", "--quiet", "--no-user-rules", text(&path)];
    let mut app = App::start(&Start { args: &args, size: (250, 24), ..Start::default() });
    app.sees(" at Chat: 1 failure, 1 person. First: ");
    append(&path, event("a2", "FAILURE").as_bytes());
    append(&path, event("a3", "FAILURE").replace("\"Chat\"", "\"Files\"").as_bytes());
    app.sees(" at Files: 1 failure").press("\x03");
    assert_eq!(app.ends(), 0);
    assert_eq!(app.screen().matches(" at ").count(), 2, "{}", app.screen());
}

#[test]
fn a_report_that_follows_tells_once_of_a_file_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    append(&path, event("a1", "FAILURE").as_bytes());
    let args = ["report", "--follow", "--quiet", "--no-user-rules", text(&path)];
    let mut app = App::start(&Start { args: &args, size: (250, 24), ..Start::default() });
    app.sees(" at Chat: 1 failure");
    fs::remove_file(&path).unwrap();
    app.sees("log.ndjson: it is not there any more");
    append(&path, event("a2", "FAILURE").replace("\"Chat\"", "\"Files\"").as_bytes());
    app.sees(" at Files: 1 failure").press("\x03");
    assert_eq!(app.ends(), 0);
    assert_eq!(app.screen().matches("not there any more").count(), 1, "{}", app.screen());
}

#[test]
fn files_that_come_into_a_followed_folder_are_followed_too() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.ndjson"), folder.path().join("second.ndjson"));
    append(&first, event("a1", "SUCCESS").as_bytes());
    let mut app = App::start(&Start { args: &["tui", "--follow", text(folder.path())], ..Start::default() });
    app.sees("1 event ").sees("LIVE");
    append(&second, event("b1", "SUCCESS").as_bytes());
    app.sees("2 events");
    append(&second, event("b2", "FAILURE").as_bytes());
    app.sees("3 events").press("7").sees("second.ndjson").sees("Following 2 files.");
    // What is in it can be opened and is among the events that pass a filter.
    app.press("3").sees("event 3 of 3").press("\r").sees("\"b2\"").press("\x1b");
    app.sees("3[Events]").press("/in:second\r").sees("showing 2");
    // A file that cannot be followed is told of, and one that takes another name is no new one.
    fs::rename(&first, folder.path().join("first.1.ndjson")).unwrap();
    append(&first, event("a2", "SUCCESS").as_bytes());
    append(&folder.path().join("third.csv"), b"a,b\n1,2\n3,4\n");
    app.press("x").sees("4 events").press("7").sees("third.csv").sees("passed over");
    assert!(!app.screen().contains("first.1"), "{}", app.screen());
    app.press("\x03");
    assert_eq!(app.ends(), 0);
}

#[test]
fn an_empty_folder_is_waited_at() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = App::start(&Start { args: &["tui", "--follow", text(folder.path())], ..Start::default() });
    app.sees("1[Overview]");
    append(&folder.path().join("log.ndjson"), event("a1", "SUCCESS").as_bytes());
    app.sees("1 event ").sees("LIVE").press("\x03");
    assert_eq!(app.ends(), 0);
}

#[test]
fn what_comes_is_counted_while_one_looks_elsewhere_and_held_back_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    (0..20).for_each(|number| append(&path, event(&format!("a{number}"), "SUCCESS").as_bytes()));
    let mut app = App::start(&Start { args: &["tui", "--follow", text(&path)], ..Start::default() });
    app.sees("20 events").sees("LIVE").press("3").sees("event 20 of 20").press("kk").sees("event 18 of 20");
    append(&path, event("b1", "SUCCESS").as_bytes());
    append(&path, event("b2", "SUCCESS").as_bytes());
    app.sees("2 new below · End").sees("event 18 of 22");
    let end = "\x1b[F";
    app.press(end).sees("event 22 of 22").sees_no("new below");
    // On the newest one it goes along.
    append(&path, event("b3", "SUCCESS").as_bytes());
    app.sees("event 23 of 23");
    app.press("7").sees("Space pauses").press(" ").sees("PAUSED, 0 new").press("3");
    append(&path, event("b4", "SUCCESS").as_bytes());
    app.sees("PAUSED, 1 new").sees("event 23 of 23");
    app.press(end).sees("event 24 of 24").sees("LIVE").press("\x03");
    assert_eq!(app.ends(), 0);
}
