//! `provlens rules`: list, show, explain, test.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bumpalo::Bump;
use serde_json::json;

use super::{fail, print, print_json, setup};
use crate::cli::{Format, RulesCommand};
use crate::decode::{self, Decoded, Wanted};
use crate::exit::ExitStatus;
use crate::json::{self, Json};
use crate::output::page::{Page, counted, shown};
use crate::pipeline::examples;
use crate::rules::{Library, Rule};
use crate::text::width::pad;

pub(super) fn run(command: &RulesCommand) -> ExitStatus {
    match command {
        RulesCommand::List { format, rules } => list(&setup::library(rules, false), *format),
        RulesCommand::Show { id, format, rules } => {
            let library = setup::library(rules, false);
            match setup::known_rule(&library, id).map(|rule| library.rule(rule)) {
                Ok(Some(rule)) if *format == Format::Json => {
                    print_json(&json!({ "schema": "provlens/rule/1", "rule": rule }))
                }
                Ok(Some(rule)) => print(&page(rule)),
                Ok(None) => ExitStatus::Usage,
                Err(status) => status,
            }
        }
        RulesCommand::Explain { input, rules } => explain(input, &setup::library(rules, false)),
        RulesCommand::Test { rules } => test(rules),
    }
}

fn list(library: &Library, format: Format) -> ExitStatus {
    if format == Format::Json {
        return print_json(&serde_json::Value::Array(library.rules().iter().map(|rule| json!(rule)).collect()));
    }
    let mut page = Page::new(false);
    for rule in library.rules() {
        page.line(&format!("{} {} {}", pad(rule.severity.word(), 8), pad(&rule.id, 42), shown(&rule.title)));
    }
    print(&page.finish())
}

/// A rule in full, for people. A shared rule library is foreign text too.
pub(super) fn page(rule: &Rule) -> String {
    let mut page = Page::new(false);
    page.heading(&shown(&rule.title));
    page.labelled(1, "Id             ", &shown(&rule.id));
    page.labelled(1, "Level          ", rule.severity.word());
    if rule.status == crate::rules::Status::Preview {
        page.labelled(1, "Preview        ", "The wording of this issue is not confirmed by a public source.");
    }
    page.labelled(1, "What happened  ", &shown(rule.cause.trim()));
    for (at, step) in rule.fix.iter().enumerate() {
        let label = if at == 0 { "What to do     " } else { "               " };
        page.labelled(1, &format!("{label}{}. ", at + 1), &shown(step));
    }
    page.labelled(1, "Check          ", &shown(&rule.verify));
    page.labelled(1, "Who can fix it ", rule.owner.words());
    page.labelled(
        1,
        "Hand it on     ",
        &shown(&format!(
            "{} To: {}. Send along: {}.",
            rule.escalate.when,
            rule.escalate.to.trim_end_matches('.'),
            rule.escalate.evidence.join("; ")
        )),
    );
    if let Some(limits) = &rule.cannot_tell {
        page.labelled(1, "Log can't tell ", &shown(limits));
    }
    if let Some(why) = &rule.unseen {
        page.labelled(1, "Not in a log   ", &shown(why));
    }
    for other in &rule.look_alikes {
        page.labelled(1, "Looks alike    ", &shown(&format!("{}: {}", other.rule, other.tell)));
    }
    for source in &rule.sources {
        page.labelled(1, "Source         ", &shown(source));
    }
    page.finish()
}

/// Every rule considered for the records of a file, a line of it, or standard input.
fn explain(input: &str, library: &Library) -> ExitStatus {
    let (path, wanted) = match input.rsplit_once(':') {
        Some((path, line)) if !Path::new(input).exists() => (path, line.parse::<u64>().ok()),
        _ => (input, None),
    };
    let mut text = Vec::new();
    let outcome = if path == "-" {
        std::io::stdin().read_to_end(&mut text).map(|_| ())
    } else {
        fs::read(path).map(|bytes| text = bytes)
    };
    if let Err(error) = outcome {
        return fail(ExitStatus::Input, &format!("{path}: {error}"));
    }
    let mut page = Page::new(false);
    let arena = Bump::new();
    for (line, bytes) in examples::records(&text) {
        if wanted.is_some_and(|wanted| wanted != line) {
            continue;
        }
        let Ok(parsed) = json::parse(arena.alloc_slice_copy(&bytes), &arena) else {
            page.line(&format!("line {line}: not readable"));
            continue;
        };
        decode::open_envelopes(parsed, &arena, &mut |record| explain_record(&mut page, line, record, &arena, library));
    }
    print(&page.finish())
}

fn explain_record<'a>(page: &mut Page, line: u64, record: Json<'a>, arena: &'a Bump, library: &Library) {
    let event = match decode::decode(record, Wanted::All, arena) {
        Decoded::Event(event) => event,
        Decoded::Other { dialect, what } => {
            return page.line(&format!("line {line}: {dialect}, {}", what.unwrap_or("not about provisioning")));
        }
        Decoded::Unrecognised(keys) => {
            return page.line(&format!("line {line}: no known format; fields: {}", shown(&keys)));
        }
    };
    page.heading(&format!("line {line}: {} {} {}", event.dialect, event.operation.word(), event.outcome.word()));
    let reason = &event.reason;
    let fields = [
        ("app", event.app_name()),
        ("event type", event.event_type),
        ("legacy type", event.legacy_type),
        ("code", reason.code),
        ("phase", reason.phase),
        ("scimType", reason.scim_type),
        ("message", reason.message),
        ("remote", reason.remote),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            page.labelled(1, &pad(name, 13), &shown(value));
        }
    }
    if let Some(status) = reason.http_status {
        page.labelled(1, &pad("http status", 13), &status.to_string());
    }
    let found = library.consider(&event);
    if found.is_empty() {
        page.line(" no rule matches");
    }
    for (place, considered) in found.iter().enumerate() {
        let id = library.rule(considered.rule).map_or("", |rule| rule.id.as_str());
        page.labelled(
            1,
            if place == 0 { "wins         " } else { "also matched " },
            &format!("{id} ({}; held: {})", considered.certainty.word(), considered.held.join(", ")),
        );
    }
}

fn test(folders: &[PathBuf]) -> ExitStatus {
    let (library, errors) = Library::load_with_examples(folders);
    let mut complaints: Vec<String> = errors.iter().map(ToString::to_string).collect();
    complaints.extend(examples::check(&library));
    let mut page = Page::new(false);
    for complaint in &complaints {
        page.line(&shown(complaint));
    }
    let tried: usize = library.rules().iter().map(|rule| rule.examples.len() + rule.counterexamples.len()).sum();
    page.line(&format!(
        "{}, {}, {}",
        counted(library.rules().len() as u64, "rule", "rules"),
        counted(tried as u64, "example", "examples"),
        counted(complaints.len() as u64, "complaint", "complaints")
    ));
    match print(&page.finish()) {
        ExitStatus::Ok if !complaints.is_empty() => ExitStatus::Failed,
        status => status,
    }
}
