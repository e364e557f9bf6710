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
fn appended_rotated_and_cut_files_are_followed() {
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
    app.sees("5 events");
    // Cut, and written anew with one record that was there before.
    fs::write(&path, format!("{}{}", event("b1", "FAILURE"), event("c1", "FAILURE"))).unwrap();
    app.sees("6 events");
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
