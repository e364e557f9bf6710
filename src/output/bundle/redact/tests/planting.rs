//! Secrets of all kinds and people in all forms, in every field of every format: none may come out.

use aho_corasick::AhoCorasick;
use serde_json::Value;

use super::super::policy::ATTRIBUTES;
use super::invented::{Coding, Person, SECRETS, planted, record};
use super::*;
use crate::text::folded::Folded;

/// Every text that a reader could find in finished bytes: as they are, the strings of JSON, JSON in them, and what is
/// URL-encoded or base64.
fn readings(text: &str, depth: usize) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    if depth == 0 {
        return all;
    }
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        let mut strings = Vec::new();
        collect(&value, &mut strings);
        all.extend(strings.iter().filter(|inner| *inner != text).flat_map(|inner| readings(inner, depth - 1)));
        return all;
    }
    all.extend(encoded::enclosed(text).iter().flat_map(|one| readings(&one.text, depth - 1)));
    all
}

fn collect(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            out.push(key.clone());
            collect(value, out);
        }),
        _ => {}
    }
}

/// A search for any eight bytes of any secret.
fn search() -> AhoCorasick {
    // What every one of its kind has gives nothing away.
    const OF_ALL: [&str; 7] = [
        "; HttpOnly",
        "<saml2:Assertion ID=",
        "</saml2:",
        "NameID></saml2:Assertion>",
        "<saml2:NameID>",
        "IncomingWebhook",
        "webhookb2/",
    ];
    let windows = SECRETS.iter().flat_map(|marked| {
        let secret = marked.split_once('⟦').unwrap().1.split_once('⟧').unwrap().0;
        secret.as_bytes().windows(8.min(secret.len()))
    });
    let is_of_all = |window: &&[u8]| OF_ALL.iter().any(|all| all.as_bytes().windows(8).any(|part| part == *window));
    AhoCorasick::new(windows.filter(|window| !is_of_all(window))).unwrap()
}

fn leaks_in(text: &str, search: &AhoCorasick, what: &str, leaks: &mut Vec<String>) {
    for reading in readings(text, 4) {
        for found in search.find_iter(&reading) {
            let around = reading.get(found.start().saturating_sub(60)..(found.end() + 30).min(reading.len()));
            leaks.push(format!("{what}: {}", around.unwrap_or("?")));
        }
    }
}

fn none(mut leaks: Vec<String>) {
    leaks.sort();
    leaks.dedup();
    let shown: Vec<&str> = leaks.iter().map(String::as_str).take(40).collect();
    assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), shown.join("\n"));
}

/// Every kind of secret in every writing, in every kind of field.
#[test]
fn no_kind_of_field_lets_a_secret_through() {
    const KINDS: [&str; 14] = [
        "keep",
        "app",
        "text",
        "url",
        "attributes",
        "login",
        "name",
        "group",
        "ip",
        "phone",
        "id",
        "remote-id",
        "tenant",
        "actor-login",
    ];
    let lines: String = KINDS.iter().map(|kind| format!("\"{kind}\" = \"{kind}\"\n")).collect();
    let policy = format!("dialects = [\"x\"]\nsource = \"\"\n[fields]\n{lines}");
    let policies = Arc::new(Policies::compile(&[("x", &policy)], ATTRIBUTES).unwrap());
    let search = search();
    let mut leaks = Vec::new();
    for recipient in Recipient::ALL {
        for marked in SECRETS {
            for coding in Coding::ALL {
                let (text, _) = planted(marked, coding);
                let mut redactor = Redactor::with(settings(recipient), Arc::clone(&policies)).unwrap();
                for kind in KINDS {
                    let record = serde_json::json!({ kind: text }).to_string();
                    let arena = Bump::new();
                    let line = redactor.record("x", parse(record.as_bytes(), &arena).unwrap()).unwrap();
                    leaks_in(&line, &search, &format!("{} {kind} {coding:?}", recipient.word()), &mut leaks);
                }
            }
        }
    }
    none(leaks);
}

/// Every field of every format, with another secret in another writing.
fn secrets_stay(recipient: Recipient) {
    none(planted_everywhere(recipient).0);
}

/// What comes out of all of them, and what the check says of it.
fn planted_everywhere(recipient: Recipient) -> (Vec<String>, Vec<String>) {
    const ROUNDS: usize = 2;
    let all: Vec<String> =
        SECRETS.iter().flat_map(|marked| Coding::ALL.map(|coding| planted(marked, coding).0)).collect();
    let search = search();
    let (mut leaks, mut told) = (Vec::new(), Vec::new());
    let mut at = 0;
    for (dialect, policy) in POLICIES.all() {
        for _ in 0..ROUNDS {
            let mut next = || {
                // A step that has no divisor in common with their number.
                at = (at + 37) % all.len();
                Value::from(all[at].as_str())
            };
            let text = record(&policy.root, &mut next).to_string();
            let arena = Bump::new();
            let mut redactor = redactor(recipient);
            let line = redactor.record(dialect, parse(text.as_bytes(), &arena).unwrap()).unwrap();
            let line = redactor.sweep(&line);
            assert!(serde_json::from_str::<Value>(&line).is_ok(), "{dialect} is no JSON any more");
            leaks_in(&line, &search, dialect, &mut leaks);
            told.extend(redactor.check("raw", line.as_bytes()).iter().map(|leak| format!("{dialect}: {leak:?}")));
        }
    }
    (leaks, told)
}

#[test]
fn what_was_redacted_passes_the_check() {
    for recipient in Recipient::ALL {
        none(planted_everywhere(recipient).1);
    }
}

#[test]
fn no_secret_reaches_support() {
    secrets_stay(Recipient::IdpSupport);
}

#[test]
fn no_secret_reaches_a_vendor() {
    secrets_stay(Recipient::AppVendor);
}

#[test]
fn no_secret_reaches_a_colleague() {
    secrets_stay(Recipient::Internal);
}

/// Nobody is named, in whatever form and field.
fn people_stay(recipient: Recipient) {
    let mut leaks = Vec::new();
    let mut number = 0;
    for (dialect, policy) in POLICIES.all() {
        for round in 0..7 {
            number += 1;
            let person = Person::nth(number);
            let forms = person.forms();
            let mut at = round;
            let mut next = || {
                at += 1;
                Value::from(format!("see {} there", forms[at % forms.len()]))
            };
            let text = record(&policy.root, &mut next).to_string();
            let arena = Bump::new();
            let parsed = parse(text.as_bytes(), &arena).unwrap();
            let mut redactor = redactor(recipient);
            // The person is met in a record of another format, and later than the first words about them.
            let about = format!(
                r#"{{"uuid":"u","target":[{{"type":"User","id":"00u18dk3t7ydOWLDg698","alternateId":"{}","displayName":"{}"}}]}}"#,
                person.login,
                person.name()
            );
            let met = parse(about.as_bytes(), &arena).unwrap();
            redactor.learn_record("okta-system-log", met);
            redactor.learn_record(dialect, parsed);
            let lines = [redactor.record(dialect, parsed).unwrap(), redactor.record("okta-system-log", met).unwrap()];
            let line = redactor.sweep(&lines.join("\n"));
            for reading in line.lines().flat_map(|line| readings(line, 4)) {
                let folded = Folded::of(&reading).text.to_lowercase();
                for trace in person.traces() {
                    if let Some(at) = folded.find(&trace) {
                        let around = folded.get(at.saturating_sub(50)..(at + trace.len() + 20).min(folded.len()));
                        leaks.push(format!("{dialect}: {}", around.unwrap_or(&trace)));
                    }
                }
            }
            leaks.extend(redactor.check("raw", line.as_bytes()).iter().map(|leak| format!("{dialect}: {leak:?}")));
            assert!(line.contains("00u18dk3t7ydOWLDg698") != (recipient == Recipient::AppVendor), "{dialect}: {line}");
        }
    }
    none(leaks);
}

#[test]
fn nobody_is_named_to_support() {
    people_stay(Recipient::IdpSupport);
}

#[test]
fn nobody_is_named_to_a_vendor() {
    people_stay(Recipient::AppVendor);
}
