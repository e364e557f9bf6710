//! A log that tries to steer the terminal.

use std::fs;

use crate::driver::{App, Start, text};
use crate::payloads::{PAYLOADS, is_unwanted};

#[test]
fn h1_nothing_that_a_log_says_is_an_order_to_the_terminal_and_h2_nothing_turns_its_direction() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.ndjson");
    let mut lines = String::new();
    for (number, payload) in PAYLOADS.iter().enumerate() {
        let bad = serde_json::to_string(&format!("a{payload}b")).unwrap();
        lines.push_str(&format!(
            "{{\"uuid\":{bad},\"published\":\"2026-03-02T09:{number:02}:00Z\",\"eventType\":\"application.provision.user.push\",\
             \"outcome\":{{\"result\":\"FAILURE\",\"reason\":{bad}}},\"displayMessage\":{bad},\"actor\":{{\"id\":\"x\",\"alternateId\":{bad}}},\
             \"target\":[{{\"type\":\"AppUser\",\"id\":\"u{number}\",\"alternateId\":{bad},\"displayName\":{bad}}},\
             {{\"type\":\"AppInstance\",\"id\":\"a\",\"displayName\":{bad}}}]}}\n"
        ));
    }
    fs::write(&path, lines).unwrap();
    let mut app = App::start(&Start { args: &["tui", text(&path)], size: (120, 40), ..Start::default() });
    app.sees("events").sees("1[Overview]");
    for keys in
        ["2", "\r", "\x1b", "c", "3", "\x1b[B\x1b[B", "\r", "c", "\x1b", "4", "\r", "\x1b", "5", "\r", "\x1b", "6", "7"]
    {
        app.press(keys);
        std::thread::sleep(std::time::Duration::from_millis(80));
    }
    app.sees("7[Inputs]");
    app.with_terminal(|screen, told| {
        assert_eq!(told.titles, 0);
        assert!(screen.alternate_screen() && screen.bracketed_paste() && screen.hide_cursor());
        assert!(!screen.application_cursor() && !screen.application_keypad());
        assert_ne!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert!(told.copied.len() >= 2, "c was pressed twice");
        for copied in &told.copied {
            use base64::Engine as _;
            let text = String::from_utf8(base64::prelude::BASE64_STANDARD.decode(copied).unwrap()).unwrap();
            assert_ne!(text, "owned");
            let found: Vec<char> = text
                .chars()
                .filter(|letter| is_unwanted(*letter) || matches!(letter, '\x1b' | '\x07' | '\r'))
                .collect();
            assert!(found.is_empty(), "{found:?} in {text}");
        }
    });
    // Only what the program itself says of its screen: no bell, no other kind of control letter.
    let bytes = String::from_utf8_lossy(&app.bytes()).into_owned();
    let found: Vec<char> = bytes.chars().filter(|letter| is_unwanted(*letter)).collect();
    assert!(found.is_empty(), "{found:?}");
    for order in
        ["owned\x07", "\x1b]0;", "\x1b]4;", "\x1b]8;", "\x1b[6n", "\x1b[c", "\x1b[3J", "\x1b(0", "\x1bP", "\x1b_"]
    {
        assert!(!bytes.contains(order), "{order:?}");
    }
    app.press("\x03");
    assert_eq!(app.ends(), 0);
    assert!(app.is_given_back());
}
