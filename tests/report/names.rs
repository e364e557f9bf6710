//! Reports without names.

use std::path::Path;

use serde_json::Value;

use crate::{FORMATS, out, report};

/// Logins, names and ids that occur in the samples.
fn names() -> Vec<String> {
    let mut names = Vec::new();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let log = std::fs::read_to_string(samples.join("okta-system-log.ndjson")).unwrap();
    for line in log.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let targets = record["target"].as_array().into_iter().flatten();
        for target in targets.filter(|target| matches!(target["type"].as_str(), Some("User" | "AppUser"))) {
            let parts = ["id", "alternateId", "displayName"].map(|key| target[key].as_str().map(str::to_owned));
            names.extend(parts.into_iter().flatten());
        }
    }
    let entra: Value =
        serde_json::from_str(&std::fs::read_to_string(samples.join("entra-provisioning.json")).unwrap()).unwrap();
    for record in entra["value"].as_array().unwrap() {
        let source = &record["sourceIdentity"];
        let parts =
            [source["id"].as_str(), source["displayName"].as_str(), source["details"]["userPrincipalName"].as_str()];
        names.extend(parts.into_iter().flatten().map(str::to_owned));
    }
    names.sort();
    names.dedup();
    assert!(names.len() > 20, "{names:?}");
    names
}

#[test]
fn no_format_names_anybody_if_names_are_hidden() {
    let names = names();
    for args in FORMATS {
        let plain = report("samples".as_ref(), args);
        assert!(
            names.iter().any(|name| plain.contains(name.as_str())) || args.contains(&"apps"),
            "{args:?} names nobody"
        );
        let hidden = report("samples".as_ref(), &[args, &["--hide-names"]].concat()).to_lowercase();
        for name in &names {
            assert!(!hidden.contains(&name.to_lowercase()), "{args:?} names {name}");
        }
        assert!(!hidden.contains("%40") && !hidden.contains("pat.admin"), "{args:?}");
        assert!(hidden.contains("person 1") || args.contains(&"apps"), "{args:?}");
    }
}

#[test]
fn whoever_gets_it_is_told_that_names_are_hidden() {
    for format in ["text", "html", "markdown"] {
        let page = out(&["demo", "--format", format, "--hide-names"]);
        assert!(
            page.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .contains("Names of people are hidden: everybody has a number.")
        );
        assert!(!out(&["demo", "--format", format]).contains("Names of people are hidden"));
    }
    let json: Value = serde_json::from_str(&out(&["demo", "--format", "json", "--hide-names"])).unwrap();
    assert_eq!(json["names_hidden"], true);
}

#[test]
fn somebody_has_the_same_number_everywhere_and_numbers_do_not_change_what_is_found() {
    let read = |more: &[&str]| -> Value {
        serde_json::from_str(&report("samples".as_ref(), &[&["--format", "json"], more].concat())).unwrap()
    };
    let (plain, hidden) = (read(&[]), read(&["--hide-names"]));
    for key in ["totals", "window", "apps", "silences", "spikes"] {
        assert_eq!(plain[key], hidden[key], "{key}");
    }
    // The same people, one by one.
    let mut numbers = std::collections::BTreeMap::new();
    for list in ["access_not_removed", "waiting_for_access", "out_of_date"] {
        let (plain, hidden) = (plain["people"][list].as_array().unwrap(), hidden["people"][list].as_array().unwrap());
        assert_eq!(plain.len(), hidden.len());
        for (plain, hidden) in plain.iter().zip(hidden) {
            let number = hidden["user"].as_str().unwrap().to_owned();
            assert_eq!(*numbers.entry(plain["user"].clone().to_string()).or_insert(number.clone()), number);
            assert_eq!(hidden["id"], Value::Null);
        }
    }
    let different: std::collections::BTreeSet<&String> = numbers.values().collect();
    assert_eq!(different.len(), numbers.len());
    // Whom a message is about, the message calls the same.
    let issue = |found: &Value| found["issues"][0]["examples"][0].clone();
    let number = &numbers[&issue(&plain)["user"].to_string()];
    assert_eq!(issue(&hidden)["user"], number.as_str());
    assert!(issue(&hidden)["message"].as_str().unwrap().contains(&format!("user {number}:")));
}

/// The sentence about a token that was perhaps somebody's names who was switched off, however short the login is.
#[test]
fn nobody_is_named_as_the_owner_of_a_token() {
    let record = |minute: usize, event: &str, (id, login): (&str, &str), outcome: Value| {
        serde_json::json!({
            "uuid": format!("5a0b1000-0000-11f1-9c00-0000000000{minute:02}"),
            "published": format!("2026-03-02T09:{minute:02}:00.000Z"),
            "eventType": format!("application.provision.user.{event}"),
            "outcome": outcome,
            "target": [
                {"id": "0oa1", "type": "AppInstance", "displayName": "Box"},
                {"id": id, "type": "User", "alternateId": login, "displayName": "John Doe"},
            ],
        })
    };
    for owner in ["jdoe_secret", "jd"] {
        let mut log =
            vec![record(0, "deactivate", ("00u9aaaaaaaaaaaaaaaa", owner), serde_json::json!({"result": "SUCCESS"}))];
        log.extend((1..9).map(|at| {
            let reason = "Automatic profile push of user to app Box failed: Unauthorized. Errors reported by remote server: Invalid token";
            let outcome = serde_json::json!({"result": "FAILURE", "reason": reason});
            record(at, "push", (&format!("00u{at}bbbbbbbbbbbbbbbb"), &format!("u{at}@example.com")), outcome)
        }));
        let folder = tempfile::tempdir().unwrap();
        let lines: Vec<String> = log.iter().map(Value::to_string).collect();
        std::fs::write(folder.path().join("log.ndjson"), lines.join("\n")).unwrap();
        assert!(report(folder.path(), &[]).contains(&format!("switched off {owner};")));
        let hidden = report(folder.path(), &["--hide-names"]);
        assert!(hidden.contains("switched off person "), "{hidden}");
        assert!(!hidden.contains(owner), "{hidden}");
    }
}
