//! A log that tries to steer the terminal.

use std::fs;

use crate::driver::{App, Start, text};

/// Sequences that retitle a window, fill a clipboard, change colours and modes, clear a screen, hide text
/// or wait for an end: as terminals of all kinds take them.
const PAYLOADS: [&str; 60] = [
    "\x1b]0;owned\x07",
    "\x1b]2;owned\x1b\\",
    "\x1b]0;open",
    "\x1b]l owned\x1b\\",
    "\x1b]52;c;b3duZWQ=\x07",
    "\x1b]52;c;b3duZWQ=\x1b\\",
    "\x1b]52;p;?\x07",
    "\x1bPtmux;\x1b\x1b]52;c;b3duZWQ=\x07\x1b\\",
    "\x1b]8;;http://x\x07y\x1b]8;;\x07",
    "\x1b]4;1;#000000\x07",
    "\x1b]10;#000000\x1b\\",
    "\x1b]104\x07",
    "\x1b]50;x\x07",
    "\x1b]9;x\x07",
    "\x1b]777;notify;a;b\x07",
    "\x1b]1337;File=inline=1:eA==\x07",
    "\x1bc",
    "\x1b[!p",
    "\x1b[2J",
    "\x1b[3J",
    "\x1b[H",
    "\x1b[10;10H",
    "\x1b[1;5r",
    "\x1b[?1049l",
    "\x1b[?25h",
    "\x1b[?1000l",
    "\x1b[?2004l",
    "\x1b[?1h",
    "\x1b=",
    "\x1b(0",
    "\x1b7\x1b8",
    "\x1b#8",
    "\x1b[31m",
    "\x1b[6n",
    "\x1b[c",
    "\x1b[>c",
    "\x1b[18t",
    "\x1b[21t",
    "\x1b[5i",
    "\x1b[200~q\x1b[201~",
    "\x1bP+q544e\x1b\\",
    "\x1b_Gx\x1b\\",
    "\x1b^x\x1b\\",
    "\u{9b}2J",
    "\u{9d}0;owned\u{9c}",
    "\u{90}x\u{9c}",
    "\u{85}",
    "\r",
    "\x08\x08\x08",
    "\x07",
    "\x0e",
    "\x05",
    "\x7f",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "\u{ad}",
    "\u{e0041}",
    "\u{2028}",
];

/// What the program itself never writes, and no text may make it write.
fn is_unwanted(letter: char) -> bool {
    matches!(letter, '\u{0}'..='\u{6}' | '\u{8}' | '\u{b}'..='\u{c}' | '\u{e}'..='\u{1a}' | '\u{1c}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0041}')
}

#[test]
fn nothing_that_a_log_says_reaches_the_terminal_as_an_order() {
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
