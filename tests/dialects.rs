//! Every log format: what its sample is decoded into, and that nothing in a record can stop a run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bumpalo::Bump;
use provlens::decode::{self, Decoded, Wanted};
use provlens::event::{Event, Provider};
use provlens::json;
use provlens::pipeline::examples;
use provlens::rules::Library;
use provlens::text::time;
use serde_json::Value;

/// Name and content of each sample, in order.
fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialects");
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    };
    let mut samples: Vec<_> = fs::read_dir(folder).unwrap().map(read).collect();
    samples.sort();
    samples
}

/// Decodes everything in a record as a run does.
fn decode_each(record: &[u8], each: &mut dyn FnMut(Decoded<'_>)) {
    let arena = Bump::new();
    let Ok(value) = json::parse(record, &arena) else { return };
    decode::open_envelopes(value, &arena, &mut |record| each(decode::decode(record, Wanted::All, &arena)));
}

fn line(event: &Event<'_>) -> String {
    let reason = &event.reason;
    let status = reason.http_status.map(|status| status.to_string());
    let time = event.time.map(time::rfc3339);
    let ids = serde_json::to_value(event.ids).unwrap();
    let ids: Vec<&str> = ids.as_object().unwrap().values().filter_map(Value::as_str).collect();
    let facts = [
        ("time", time.as_deref()),
        ("app", event.app_name()),
        ("kind", event.subject.kind),
        ("who", event.who()),
        ("by", event.actor),
        ("phase", reason.phase),
        ("code", reason.code),
        ("status", status.as_deref()),
        ("scimType", reason.scim_type),
        ("remote", reason.remote),
    ];
    let mut line = format!("{} {} {} {}", event.provider, event.dialect, event.operation.word(), event.outcome.word());
    for (name, fact) in facts {
        if let Some(fact) = fact {
            let _ = write!(line, " | {name} {}", fact.lines().next().unwrap_or_default());
        }
    }
    let _ = write!(line, " | ids {}", ids.join(" "));
    line
}

/// A rule's example can name only what stands in the table of formats.
#[test]
fn every_event_is_of_a_format_that_has_a_name() {
    let known: BTreeSet<&str> = decode::dialect_names().collect();
    let table = br#"{"ActivityDisplayName":"Add user","LoggedByService":"Account Provisioning","Result":"failure"}"#;
    let records = samples().into_iter().flat_map(|(_, content)| examples::records(&content)).map(|(_, record)| record);
    let mut met = BTreeSet::new();
    for record in records.chain([table.to_vec()]) {
        decode_each(&record, &mut |decoded| {
            if let Decoded::Event(event) = decoded {
                assert!(known.contains(event.dialect), "{}", event.dialect);
                met.insert(event.dialect);
            }
        });
    }
    assert!(met.contains("entra-la-audit"), "{met:?}");
}

/// All facts of every event, the successful ones too, which reports only count.
#[test]
fn every_event_is_decoded_as_agreed() {
    let mut facts = String::new();
    for (name, content) in samples() {
        let _ = writeln!(facts, "## {name}");
        for (_, record) in examples::records(&content) {
            decode_each(&record, &mut |decoded| {
                let _ = match decoded {
                    Decoded::Event(event) => writeln!(facts, "{}", line(&event)),
                    Decoded::Other { dialect, what } => writeln!(facts, "{dialect}: {}", what.unwrap_or_default()),
                    Decoded::Unrecognised(keys) => writeln!(facts, "unrecognised: {keys}"),
                };
            });
        }
    }
    insta::assert_snapshot!(facts);
}

/// A rule for one of the providers matches events of its decoder, and the short form of an example.
#[test]
fn rules_can_ask_for_every_provider() {
    let folder = tempfile::tempdir().unwrap();
    for provider in Provider::words() {
        let rule = format!(
            r#"id = "own-{provider}"
title = "Found"
provider = "{provider}"
category = "conflict"
severity = "low"
retry = "manual"
owner = "it-admin"
cause = "Something."
fix = ["Open it."]
verify = "It works."
sources = ["https://example.com/"]
[escalate]
when = "It does not."
to = "Support"
evidence = ["time"]
[[match]]
provider = ["{provider}"]
outcome = ["success", "skipped", "warning", "failure"]
[[example]]
provider = "{provider}"
message = "x"
"#
        );
        fs::write(folder.path().join(format!("own-{provider}.toml")), rule).unwrap();
    }
    let (library, errors) = Library::load_with_examples(&[folder.path().to_owned()]);
    assert!(errors.is_empty(), "{errors:?}");
    let complaints = examples::check(&library).into_iter().filter(|complaint| complaint.file.contains("/own-"));
    assert_eq!(complaints.map(|complaint| complaint.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
    let mut matched = BTreeSet::new();
    for (_, content) in samples() {
        for (_, record) in examples::records(&content) {
            decode_each(&record, &mut |decoded| {
                let Decoded::Event(event) = decoded else { return };
                let rules = library.consider(&event).into_iter().filter_map(|found| library.rule(found.rule));
                matched.extend(rules.filter_map(|rule| rule.id.strip_prefix("own-").map(str::to_owned)));
            });
        }
    }
    assert_eq!(matched, Provider::words().map(str::to_owned).collect());
}

/// Puts each of some values into each place of a record.
fn with_each_place_replaced(value: &Value, replace: &Value, each: &mut dyn FnMut(Value)) {
    each(replace.clone());
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                with_each_place_replaced(inner, replace, &mut |changed| {
                    let mut fields = fields.clone();
                    fields.insert(key.clone(), changed);
                    each(Value::Object(fields));
                });
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                with_each_place_replaced(inner, replace, &mut |changed| {
                    let mut items = items.clone();
                    items[at] = changed;
                    each(Value::Array(items));
                });
            }
        }
        _ => {}
    }
}

#[test]
fn d10_values_of_any_type_in_any_place_stop_nothing() {
    let values = serde_json::json!([null, true, -7, 1e300, "", "é{", "{\"a\":[1", [], {}, [[{"name": 1}, null, 7]]]);
    let mut decoded = 0u64;
    for (_, content) in samples() {
        for (_, record) in examples::records(&content) {
            let Ok(record) = serde_json::from_slice::<Value>(&record) else { continue };
            for value in values.as_array().unwrap() {
                with_each_place_replaced(&record, value, &mut |changed| {
                    decode_each(changed.to_string().as_bytes(), &mut |_| decoded += 1);
                });
            }
        }
    }
    assert!(decoded > 10_000, "{decoded}");
}

#[test]
fn a_file_cut_off_anywhere_stops_nothing() {
    for (_, content) in samples() {
        let step = (content.len() / 200).max(1);
        for end in (0..content.len()).step_by(step) {
            for (_, record) in examples::records(&content[..end]) {
                decode_each(&record, &mut |_| {});
            }
        }
    }
}
