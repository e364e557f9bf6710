//! The same exports give the same bundle everywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use super::{Desk, samples, unpacked};

fn made(desk: &Desk, name: &str, environment: &[(&str, &str)], args: &[&str]) -> Vec<u8> {
    let samples = samples();
    let all =
        [&["bundle", "-o", name, "--key", "key", "--issue", "okta-remote-unauthorized"], args, &[&*samples]].concat();
    let mut command = desk.provlens(&all);
    environment.iter().for_each(|(name, value)| {
        command.env(name, value);
    });
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(desk.path(name)).unwrap()
}

#[test]
fn i10_threads_zones_languages_and_folders_do_not_matter() {
    let (desk, other) = (Desk::new(), Desk::new());
    let first = made(&desk, "a.zip", &[("TZ", "UTC"), ("LANG", "C")], &["--threads", "1"]);
    let second = made(&other, "b.zip", &[("TZ", "Pacific/Auckland"), ("LANG", "de_DE.UTF-8")], &["--threads", "7"]);
    assert!(first == second, "the archives differ");
}

#[test]
fn two_keys_have_no_pseudonym_in_common_and_one_key_gives_the_same() {
    let desk = Desk::new();
    let with = |name: &str, args: &[&str]| {
        let samples = samples();
        desk.says(&[&["bundle", "-o", name, "--issue", "okta-remote-unauthorized"], args, &[&*samples]].concat(), 0);
        let mapping: serde_json::Value =
            serde_json::from_slice(&fs::read(desk.path(&format!("{name}.map.json"))).unwrap()).unwrap();
        let names =
            mapping["values"].as_array().unwrap().iter().map(|value| value["pseudonym"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let first = with("a.zip", &[]);
    let second = with("b.zip", &[]);
    assert!(!first.is_empty() && first.iter().all(|name| !second.contains(name)));
    assert_eq!(with("c.zip", &["--key", "a.zip.map.json"]), first);
}

/// Of a plain file successes are read again once it is known whose are told; of a packed one all events are kept.
#[test]
fn a_plain_export_and_a_packed_one_give_the_same_bundles() {
    let desk = Desk::new();
    let entra = fs::read_to_string(std::path::Path::new(&samples()).join("entra-provisioning.json")).unwrap();
    let okta = fs::read_to_string(std::path::Path::new(&samples()).join("okta-system-log.ndjson")).unwrap();
    let (mut stories, mut switched) = (0, false);
    for (name, text) in [("okta.ndjson", okta), ("entra.json", entra), ("tenant.ndjson", tenant())] {
        fs::write(desk.path(name), &text).unwrap();
        let packed = format!("{name}.gz");
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(text.as_bytes()).unwrap();
        fs::write(desk.path(&packed), gz.finish().unwrap()).unwrap();
        for issue in issues(&desk, name) {
            let recipients: &[&str] = if name == "tenant.ndjson" { &["app-vendor", "internal"] } else { &["internal"] };
            for recipient in recipients {
                let made = |log: &str, to: &str| told(&desk, log, to, &issue, &["--for", recipient]);
                let (plain, whole) = (made(name, "plain.zip"), made(&packed, "packed.zip"));
                assert!(plain == whole, "{name} {issue:?} {recipient}: {}", difference(&plain, &whole));
                stories += usize::from(plain["events.ndjson"].contains("\"outcome\":\"success\""));
                switched |= issue.iter().any(|id| id == "account-flapping");
            }
        }
    }
    assert!(stories >= 3, "no story has a success: {stories}");
    assert!(switched, "no issue shows in successes alone");
}

/// What a log shows, as `--issue` asks for it, and everything together.
fn issues(desk: &Desk, log: &str) -> Vec<Vec<String>> {
    let report: serde_json::Value =
        serde_json::from_str(&desk.says(&["report", "--format", "json", "--quiet", log], 0)).unwrap();
    let all = report["issues"].as_array().unwrap().iter().filter_map(|issue| issue["rule"].as_str());
    let issues: BTreeSet<String> = all.map(str::to_owned).collect();
    let mut asked: Vec<Vec<String>> = issues.into_iter().map(|issue| vec!["--issue".to_owned(), issue]).collect();
    asked.push(vec!["--filter".to_owned(), "status:failed".to_owned()]);
    asked
}

/// The files of a bundle but those that tell how the export lay on the disk.
fn told(desk: &Desk, log: &str, to: &str, issue: &[String], flags: &[&str]) -> BTreeMap<String, String> {
    let issue: Vec<&str> = issue.iter().map(String::as_str).collect();
    let all = [&["bundle", "-o", to, "--force", "--key", "key", "--quiet"], &*issue, flags, &[log]].concat();
    desk.says(&all, 0);
    let mut files = unpacked(&fs::read(desk.path(to)).unwrap());
    files.remove("manifest.json").unwrap();
    files.remove("SHA256SUMS").unwrap();
    files
}

fn difference(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (name, content) in one {
        let there = other.get(name).map_or("", String::as_str);
        for (a, b) in content.lines().zip(there.lines()).filter(|(a, b)| a != b).take(1) {
            writeln!(text, "{name}:\n{a}\n{b}").unwrap();
        }
        writeln!(text, "{name}: {} and {} lines", content.lines().count(), there.lines().count()).unwrap();
    }
    text
}

/// A log of people to whom much happens: pushes that fail and then do not, an account that is switched on and off by
/// two sides, records that are there twice, and pages that hold many.
fn tenant() -> String {
    let mut text = String::new();
    let mut event = |number: u32, kind: &str, who: u32, app: u32, reason: Option<&str>| {
        let result = reason.map_or("\"SUCCESS\"".to_owned(), |reason| format!("\"FAILURE\",\"reason\":\"{reason}\""));
        let (day, hour, minute) = (1 + number / 720, number / 30 % 24, number % 30);
        let login = format!("{}.{who}@corp.example", if number.is_multiple_of(3) { "P" } else { "p" });
        let line = format!(
            r#"{{"uuid":"u{number}","published":"2026-03-{day:02}T{hour:02}:{minute:02}:00.000Z","eventType":"application.provision.user.{kind}","outcome":{{"result":{result}}},"target":[{{"id":"0oa{app}","type":"AppInstance","displayName":"box","alternateId":"Box {app}"}},{{"id":"00u{who}","type":"User","alternateId":"{login}","displayName":"Person {who}"}}]}}"#
        );
        writeln!(text, "{line}").unwrap();
        if number.is_multiple_of(17) {
            writeln!(text, "{line}").unwrap();
        }
    };
    for number in 0..900 {
        let (who, app) = (number * 7 % 31, number % 3);
        match number % 20 {
            0 | 9 => event(
                number,
                "push",
                who,
                app,
                Some("Error while creating user: Unauthorized. Errors reported by remote server: Invalid API key"),
            ),
            13 => event(number, "deactivate", who, app, Some("Error while deactivating user: Internal Server Error")),
            4..=7 => event(number, if number % 2 == 0 { "deactivate" } else { "reactivate" }, 77, 0, None),
            _ => event(number, "push_profile", who, app, None),
        }
    }
    text
}
