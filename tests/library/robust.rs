//! Every example of every rule in other words: the same rule must win.

use std::collections::BTreeMap;

use bumpalo::Bump;
use provlens::event::{Operation, Outcome, Provider, status_number, unwrap_reason};
use provlens::rules::{Certainty, Example, Place, Rule};
use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};

use super::{LIBRARY, each_event, matched, share, vary};

/// What the log says in one example.
#[derive(Clone, Default)]
struct Said {
    provider: Option<Provider>,
    message: String,
    remote: Option<String>,
    http_status: Option<u16>,
    scim_type: Option<String>,
    operation: Option<Operation>,
    outcome: Option<Outcome>,
    about_user: bool,
    has_codes: bool,
}

/// One example in other words.
struct Variant {
    kind: &'static str,
    example: Example,
}

#[derive(Default)]
struct Tally {
    all: usize,
    won: usize,
}

#[test]
fn other_wordings_are_won_by_the_same_rule() {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let (mut lost, mut wrong) = (Vec::new(), Vec::new());
    for rule in LIBRARY.rules() {
        for (at, example) in rule.examples.iter().enumerate() {
            for variant in variants(rule, example) {
                let tally = tallies.entry(variant.kind).or_default();
                tally.all += 1;
                let winner = matched(&variant.example).into_iter().next();
                if winner.as_ref().is_some_and(|(id, _)| *id == rule.id || same_answer(&rule.id, id)) {
                    tally.won += 1;
                    continue;
                }
                let text = variant.example.message.as_ref().or(variant.example.record.as_ref());
                let line = format!("{} example {} in {}: {winner:?} wins {text:?}", rule.id, at + 1, variant.kind);
                if winner.is_some_and(|(_, certainty)| certainty == Certainty::Certain) {
                    wrong.push(line);
                } else {
                    lost.push(line);
                }
            }
        }
    }
    let (all, won) = tallies.values().fold((0, 0), |(all, won), tally| (all + tally.all, won + tally.won));
    println!("{:<22} {}", "all", share(won, all));
    for (kind, tally) in &tallies {
        println!("{kind:<22} {}", share(tally.won, tally.all));
    }
    for line in lost.iter().chain(&wrong) {
        println!("{line}");
    }
    assert!(wrong.is_empty(), "{} variants are taken for something else with certainty", wrong.len());
    assert!(won * 100 >= all * 97, "only {} of all variants are won by their rule", share(won, all));
}

fn variants(rule: &Rule, example: &Example) -> Vec<Variant> {
    let said = said(example);
    let mut found = Vec::new();
    let mut add = |kind: &'static str, text: &str| {
        if let Some(example) = reworded(example, &said.message, text) {
            found.push(Variant { kind, example });
        }
    };
    if said.message.is_empty() {
        return found;
    }
    for (kind, change) in vary::CHANGES {
        if let Some(text) = change(&said.message) {
            add(kind, &text);
        }
    }
    if said.provider == Some(Provider::Okta) && said.about_user && !said.message.starts_with("Automatic") {
        let text = format!("Automatic provisioning of user Bo Ek to app Harbor Notes failed: {}", said.message);
        add("in front: task", &text);
    }
    if let Some(text) = cut(rule, &said) {
        add("cut off", &text);
    }
    found.extend(envelopes(rule, example, &said));
    found
}

fn said(example: &Example) -> Said {
    let mut found = Said::default();
    let mut first = true;
    each_event(example, &mut |event| {
        // Of several records the one that a rule explains is the example.
        if first || (found.message.is_empty() && LIBRARY.explain(event).is_some()) {
            first = false;
            let text = |text: Option<&str>| text.map(str::to_owned);
            let reason = &event.reason;
            found = Said {
                provider: Some(event.provider),
                message: reason.message.unwrap_or_default().to_owned(),
                remote: text(reason.remote),
                http_status: reason.http_status,
                scim_type: text(reason.scim_type),
                operation: Some(event.operation),
                outcome: Some(event.outcome),
                about_user: event.event_type.is_none_or(|kind| kind.contains(".user.")),
                has_codes: !reason.codes.is_empty(),
            };
        }
    });
    found
}

/// The same example with another text; `None` if the text is nowhere in its record as it stands.
fn reworded(example: &Example, old: &str, new: &str) -> Option<Example> {
    let mut changed = example.clone();
    match &example.record {
        None => changed.message = Some(new.to_owned()),
        Some(record) => {
            let mut value: Value = serde_json::from_str(record.trim()).ok()?;
            if !replaced(&mut value, old, new) {
                return None;
            }
            changed.record = Some(value.to_string());
        }
    }
    Some(changed)
}

fn replaced(value: &mut Value, old: &str, new: &str) -> bool {
    match value {
        Value::String(text) if text == old => {
            *text = new.to_owned();
            true
        }
        Value::Array(items) => items.iter_mut().fold(false, |found, item| replaced(item, old, new) | found),
        Value::Object(fields) => fields.values_mut().fold(false, |found, item| replaced(item, old, new) | found),
        _ => false,
    }
}

/// Cut off behind the last word that the rule asks for, where status, type and codes are still to
/// be seen: Okta ends a reason after 255 characters, wherever that is.
fn cut(rule: &Rule, said: &Said) -> Option<String> {
    let text = &said.message;
    let level: String =
        text.chars().map(|c| if matches!(c, '"' | '`') { '\'' } else { c.to_ascii_lowercase() }).collect();
    let words = rule.matches.iter().flat_map(|spec| spec.contains.iter().chain(spec.contains_all.iter()));
    let ends =
        words.filter(|(place, _)| !matches!(place, Place::Field(_))).flat_map(|(_, words)| words).filter_map(|word| {
            let word = word.to_ascii_lowercase().replace(['"', '`'], "'");
            level.rfind(&word).map(|at| at + word.len())
        });
    let patterns = rule.matches.iter().flat_map(|spec| spec.regex.values().flatten());
    let pattern_ends = patterns.filter_map(|source| pattern(source).find_iter(text).last().map(|found| found.end()));
    let end = ends.chain(pattern_ends).max().unwrap_or(0);
    let whole = layers(text);
    let steps = text.char_indices().map(|(at, c)| at + c.len_utf8());
    steps
        .filter(|at| *at >= end && *at < text.len())
        .find(|at| layers(&text[..*at]) == whole)
        .map(|at| text[..at].to_owned())
}

fn pattern(source: &str) -> Regex {
    RegexBuilder::new(source).case_insensitive(true).build().unwrap()
}

fn matches_in(source: &str, text: &str) -> bool {
    pattern(source).is_match(text)
}

fn says(text: &str, word: &str) -> bool {
    text.to_lowercase().contains(&word.to_lowercase())
}

type Machine = (Option<u16>, Option<String>, Vec<String>, bool);

fn layers(text: &str) -> Machine {
    let arena = Bump::new();
    let layers = unwrap_reason(text, &arena);
    let codes = layers.codes.iter().map(|code| (*code).to_owned()).collect();
    (layers.http_status, layers.scim_type.map(str::to_owned), codes, layers.remote.is_some())
}

/// Rules that are about an answer of any app, and the rules of providers that are about the same
/// answer: in a provider's log its own rule wins, since it names that provider's buttons.
const SAME_ANSWER: [(&str, &[&str]); 9] = [
    ("scim-payload-too-large", &["entra-groups-oauth-patch-batch"]),
    ("scim-uniqueness", &["okta-remote-conflict-user-exists", "entra-conflict"]),
    (
        "scim-unauthorized",
        &["okta-remote-unauthorized", "entra-insufficient-rights", "entra-credential-validation-failure"],
    ),
    ("scim-forbidden", &["okta-remote-forbidden", "entra-insufficient-rights"]),
    ("scim-method-not-allowed", &["entra-insufficient-rights"]),
    ("scim-not-implemented", &["entra-not-implemented"]),
    ("scim-server-error", &["entra-target-internal-server-error"]),
    ("scim-too-many-requests", &["okta-app-rate-limit", "entra-too-many-requests"]),
    ("scim-resource-not-found", &["okta-no-user-returned"]),
];

fn same_answer(rule: &str, winner: &str) -> bool {
    SAME_ANSWER.iter().any(|(general, own)| *general == rule && own.contains(&winner))
}

/// What the app answered, as each provider would log it.
fn envelopes(rule: &Rule, example: &Example, said: &Said) -> Vec<Variant> {
    let Some(remote) = &said.remote else { return Vec::new() };
    // A provider's own rule is not about what another provider logs.
    if matches!(rule.provider.as_str(), "okta" | "entra")
        || said.outcome != Some(Outcome::Failure)
        || said.provider == Some(Provider::Aws)
    {
        return Vec::new();
    }
    let may_be = |provider: &str| {
        let specs = rule.matches.iter();
        specs.filter(|spec| spec.provider.is_empty() || spec.provider.iter().any(|name| name == provider)).any(|spec| {
            // What a rule asks of the record's own fields is not in another's record, nor are the
            // words of the provider that logged the example.
            let of_the_record = [&spec.legacy_type, &spec.event_type, &spec.phase, &spec.dialect, &spec.code];
            of_the_record.iter().all(|list| list.is_empty())
                && spec.contains.values().all(|list| list.iter().any(|word| says(remote, word)))
                && spec.contains_all.values().flatten().all(|word| says(remote, word))
                && spec.regex.values().flatten().all(|pattern| matches_in(pattern, remote))
                && !spec.lacks.values().flatten().any(|word| says(remote, word))
        })
    };
    let status = said.http_status.unwrap_or(400);
    let page = said.message.find("<html").or_else(|| said.message.find("<!DOCTYPE"));
    let whole = if let Some(at) = page {
        said.message[at..].split(". This operation").next().unwrap().to_owned()
    } else if said.message.trim_start().starts_with('{') {
        said.message.trim().to_owned()
    } else {
        let mut body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string(), "detail": remote});
        if let Some(scim_type) = &said.scim_type {
            body["scimType"] = scim_type.as_str().into();
        }
        body.to_string()
    };
    let answer = |provider: &str, message: String| Example {
        provider: Some(provider.to_owned()),
        message: Some(message),
        app: example.app.clone().or_else(|| rule.apps.first().cloned()),
        operation: said.operation,
        ..Example::default()
    };
    let mut found = Vec::new();
    if said.provider != Some(Provider::Entra) && may_be("entra") {
        let message = format!(
            "Failed to create User 'mara.quill@example.com' in customappsso; Error: StatusCode: {}\r\nMessage: Processing of the HTTP request resulted in an exception. Please see the HTTP response returned by the 'Response' property of this exception for details.\r\nWeb Response: {whole}. This operation was retried 2 times. It will be retried again after this date: 2026-03-14T09:00:00.0000000Z UTC",
            phrase(status).replace(' ', ""),
        );
        let mut example = answer("entra", message);
        example.code = Some("SystemForCrossDomainIdentityManagementServiceIncompatible".to_owned());
        found.push(Variant { kind: "Entra's envelope", example });
    }
    if said.provider != Some(Provider::Okta) && may_be("okta") {
        let (event_type, doing) = okta_words(said.operation.unwrap_or(Operation::Other));
        let mut add = |kind: &'static str, words: &str| {
            let message = format!(
                "Error while {doing} mara.quill@example.com: {}. Errors reported by remote server: {words}",
                phrase(status)
            );
            let mut example = answer("okta", message);
            example.event_type = Some(event_type.to_owned());
            found.push(Variant { kind, example });
        };
        add("Okta's envelope, body", &whole);
        // Without the body its type and codes are gone, and with them what a rule on them is about.
        if said.scim_type.is_none() && !said.has_codes && page.is_none() {
            add("Okta's envelope", remote);
        }
    }
    found
}

/// What Okta says it was doing.
fn okta_words(operation: Operation) -> (&'static str, &'static str) {
    match operation {
        Operation::Update => ("application.provision.user.push_profile", "trying to push profile update for"),
        Operation::Deactivate | Operation::Delete => ("application.provision.user.deactivate", "deactivating user"),
        Operation::Reactivate => ("application.provision.user.reactivate", "reactivating user"),
        Operation::Match => ("application.provision.user.verify_exists", "verifying if user"),
        Operation::GroupCreate => ("application.provision.group.add", "creating user group"),
        Operation::GroupUpdate | Operation::GroupDelete => {
            ("application.provision.group.update", "updating user group")
        }
        Operation::MembershipAdd | Operation::MembershipRemove => {
            ("application.provision.group_membership.update", "updating members of user group")
        }
        _ => ("application.provision.user.push", "creating user"),
    }
}

/// The phrase of a status.
fn phrase(status: u16) -> &'static str {
    const NAMES: [&str; 20] = [
        "Bad Request",
        "Unauthorized",
        "Payment Required",
        "Forbidden",
        "Not Found",
        "Method Not Allowed",
        "Not Acceptable",
        "Conflict",
        "Precondition Failed",
        "Request Entity Too Large",
        "Unsupported Media Type",
        "Unprocessable Entity",
        "Too Many Requests",
        "Internal Server Error",
        "Not Implemented",
        "Bad Gateway",
        "Service Unavailable",
        "Gateway Timeout",
        "Temporary Redirect",
        "Permanent Redirect",
    ];
    NAMES.iter().copied().find(|name| status_number(name) == Some(status)).unwrap_or("Bad Request")
}
