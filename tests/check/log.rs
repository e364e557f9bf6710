//! Invented Okta logs.

use std::fmt::Write as _;

/// Records of an Okta System Log, one a line.
#[derive(Default)]
pub(crate) struct Log {
    text: String,
    records: u32,
}

/// What a conflict looks like.
pub(crate) const CONFLICT: &str =
    "Conflict. Errors reported by remote server: userName is already taken by another account";
/// The rule for it.
pub(crate) const CONFLICT_RULE: &str = "okta-remote-conflict-user-exists";
/// What a rejected token looks like.
pub(crate) const TOKEN: &str = "Unauthorized. Errors reported by remote server: Token is invalid or expired";
/// What no rule knows.
const ODD: &str = "The hamster of the depot declined to sign the ledger";

impl Log {
    /// A log whose records have other ids than those of another one.
    pub(crate) fn starting_at(records: u32) -> Log {
        Log { records, ..Log::default() }
    }

    /// A change that worked.
    pub(crate) fn success(&mut self, time: &str, person: u32, app: &str) -> &mut Log {
        self.record(time, person, app, "application.provision.user.push", None)
    }

    /// A change that failed.
    pub(crate) fn failure(&mut self, time: &str, person: u32, app: &str, reason: &str) -> &mut Log {
        self.record(time, person, app, "application.provision.user.push", Some(reason))
    }

    /// A change that failed in a way that no rule knows.
    pub(crate) fn odd(&mut self, time: &str, person: u32, app: &str) -> &mut Log {
        self.record(time, person, app, "application.user_membership.update", Some(ODD))
    }

    /// Somebody who should have lost access.
    pub(crate) fn kept(&mut self, time: &str, person: u32, app: &str) -> &mut Log {
        self.record(time, person, app, "application.provision.user.deactivate", Some(TOKEN))
    }

    fn record(&mut self, time: &str, person: u32, app: &str, kind: &str, reason: Option<&str>) -> &mut Log {
        self.records += 1;
        let number = self.records;
        let login = format!("person{person}@example.com");
        let lead = if reason == Some(ODD) { String::new() } else { format!("Error while creating user {login}: ") };
        let outcome = match reason {
            None => serde_json::json!({ "result": "SUCCESS" }),
            Some(reason) => serde_json::json!({ "result": "FAILURE", "reason": format!("{lead}{reason}") }),
        };
        let record = serde_json::json!({
            "uuid": format!("5a0b{number:04x}-0000-11f1-9c00-{person:012x}"), "published": time, "eventType": kind,
            "displayMessage": "Push new user to external application", "severity": "INFO", "outcome": outcome,
            "actor": { "id": "spr1", "type": "SystemPrincipal", "alternateId": "system@okta.com", "displayName": "Okta System" },
            "target": [
                { "id": format!("00u{person:017}"), "type": "User", "alternateId": login, "displayName": format!("Person {person}") },
                { "id": id(app), "type": "AppInstance", "alternateId": app, "displayName": app },
            ],
            "transaction": { "type": "JOB", "id": format!("puj{number}"), "detail": {} },
            "debugContext": { "debugData": { "appname": "scim2oauth" } },
        });
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{record}");
        self
    }

    /// The log.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// The id that an application of this name has here.
pub(crate) fn id(app: &str) -> String {
    let letters: String = app.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("0oa{letters:0>17.17}")
}

/// Successes only.
pub(crate) fn good() -> Log {
    let mut log = Log::default();
    for person in 0..20 {
        log.success(&format!("2026-11-16T09:{person:02}:00.000Z"), person, "Team Chat");
    }
    log
}

/// The same, and then four conflicts and a kind of failure that no rule knows.
pub(crate) fn bad() -> Log {
    let mut log = good();
    for person in 100..104 {
        log.failure(&format!("2026-11-16T10:{:02}:00.000Z", person % 60), person, "Team Chat", CONFLICT);
    }
    log.odd("2026-11-16T11:00:00.000Z", 104, "Files");
    log
}
