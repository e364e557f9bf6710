//! A log that was written to steer whoever reads about it.

use std::fs;

use super::{Desk, unpacked};

/// A title for the window, a bell, a turn of the direction, a mark of Markdown and one of eight bits.
const HOSTILE: &str = "\u{1b}]0;pwned\u{7}\u{202e}`|<img src=x>\u{9b}31m";

fn log() -> String {
    let event = |number: usize| {
        serde_json::json!({
            "uuid": format!("7d1f16f0-8bcc-11ea-afeb-efa9a81fb87{number}"),
            "published": format!("2026-11-17T07:2{number}:00.000Z"),
            "eventType": "application.provision.user.push",
            "severity": "ERROR",
            "outcome": { "result": "FAILURE", "reason": format!("Ann Lee{HOSTILE} was refused: Token is invalid {HOSTILE}") },
            "target": [
                { "id": format!("00u{number:017}"), "type": "User", "alternateId": format!("ann.lee{HOSTILE}{number}@corp.example"), "displayName": format!("Ann Lee{HOSTILE}") },
                { "id": "0oa00000000000000001", "type": "AppInstance", "displayName": format!("Files{HOSTILE}") },
            ],
            "transaction": { "type": "JOB", "id": format!("puj{HOSTILE}") },
        })
        .to_string()
    };
    (0..4).map(|number| event(number) + "\n").collect()
}

/// What could steer a terminal; line ends and tabs are ours.
fn steers(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_control() && !"\r\n\t".contains(*c) || *c == '\u{202e}')
}

#[test]
fn h1_no_file_of_a_bundle_and_nothing_that_is_said_of_it_steers_a_terminal() {
    let desk = Desk::new();
    fs::write(desk.path("log.ndjson"), log()).unwrap();
    for recipient in ["idp-support", "app-vendor", "internal"] {
        let make =
            ["bundle", "log.ndjson", "-o", "case.zip", "--force", "--filter", "status:failed", "--for", recipient];
        let said = desk.says(&[&make[..], &["--tried", HOSTILE, "--note", HOSTILE]].concat(), 0);
        assert_eq!(steers(&said), None, "{recipient}");
        let mapping = fs::read_to_string(desk.path("case.zip.map.json")).unwrap();
        assert_eq!(steers(&mapping), None, "{recipient}: mapping");
        for (name, text) in unpacked(&fs::read(desk.path("case.zip")).unwrap()) {
            assert_eq!(steers(&text), None, "{recipient}: {name}: {text}");
            if recipient != "internal" {
                assert!(!text.contains("Ann Lee") && !text.contains("ann.lee"), "{recipient}: {name}: {text}");
            }
        }
        let said =
            desk.says(&["bundle", "log.ndjson", "--dry-run", "--filter", "status:failed", "--for", recipient], 0);
        assert_eq!(steers(&said), None, "{recipient}: preview");
        desk.says(&["bundle", "verify", "case.zip", "--map", "case.zip.map.json"], 0);
    }
}
