//! Records of every format, damaged anywhere: what is looked up in place is what a copy of the whole record says, and
//! what is only counted is counted as if it was read in full.

use std::fmt::Write as _;

use bumpalo::Bump;
use provlens::decode::{self, Decoded, Wanted};
use provlens::json::{self, Found, Json, Reader};

pub(crate) fn run(data: &[u8]) {
    let record = data.trim_ascii();
    let arena = Bump::new();
    let mut reader = Reader::default();
    let Found::Value(value) = reader.read(record, 0) else {
        assert!(json::parse(record, &arena).is_err(), "only a value that has an end is one");
        return;
    };
    let record = &record[..value.end];
    let in_place = all(reader.json(record, &arena), Wanted::All, &arena);
    let Ok(copy) = json::parse(record, &arena) else { return };
    assert_eq!(reader.fault(), None, "a record that is whole has no fault");
    let copied = all(copy, Wanted::All, &arena);
    assert_eq!(in_place, copied, "in place, and from a copy");
    let mut again = String::new();
    print(copy, &mut again);
    let again = json::parse(again.as_bytes(), &arena).expect("what was printed can be read");
    assert_eq!(all(again, Wanted::All, &arena), copied, "and from what was printed of it");
    let mut counted = Vec::new();
    each(copy, Wanted::Counts, &arena, &mut |decoded| counted.push(sums(&decoded)));
    let mut whole = Vec::new();
    each(copy, Wanted::All, &arena, &mut |decoded| whole.push(sums(&decoded)));
    assert_eq!(counted, whole, "what is counted");
}

/// The formats of the records in these bytes.
#[allow(dead_code)]
pub(crate) fn dialects(data: &[u8]) -> Vec<&'static str> {
    let (arena, mut found) = (Bump::new(), Vec::new());
    if let Ok(value) = json::parse(data.trim_ascii(), &arena) {
        each(value, Wanted::All, &arena, &mut |decoded| match decoded {
            Decoded::Event(event) => found.push(event.dialect),
            Decoded::Other { dialect, .. } => found.push(dialect),
            Decoded::Unrecognised(_) => {}
        });
    }
    found
}

fn each<'a>(value: Json<'a>, wanted: Wanted, arena: &'a Bump, each: &mut dyn FnMut(Decoded<'a>)) {
    decode::open_envelopes(value, arena, &mut |record| each(decode::decode(record, wanted, arena)));
}

/// Everything that is said of every record.
fn all<'a>(value: Json<'a>, wanted: Wanted, arena: &'a Bump) -> Vec<String> {
    let mut found = Vec::new();
    each(value, wanted, arena, &mut |decoded| {
        if let Decoded::Event(event) = &decoded {
            assert!(event.time.is_none_or(|time| time >= 0), "{:?}", event.time);
        }
        found.push(format!("{decoded:?}"));
    });
    found
}

/// What a run counts.
fn sums(decoded: &Decoded<'_>) -> String {
    match decoded {
        Decoded::Event(event) => format!(
            "{} {:?} {:?} {:?} {:?} {:?} {:?}",
            event.dialect,
            event.time,
            event.operation,
            event.outcome,
            event.app_name(),
            event.who(),
            event.ids.event
        ),
        other => format!("{other:?}"),
    }
}

/// A value as JSON that every reader takes.
fn print(value: Json<'_>, out: &mut String) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(flag) => drop(write!(out, "{flag}")),
        Json::Number(digits) => out.push_str(digits),
        Json::String(text) => out.push_str(&quoted(text)),
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                print(item, out);
            }
            out.push(']');
        }
        Json::Object(fields) => {
            out.push('{');
            for (at, (key, inner)) in fields.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                out.push_str(&quoted(key));
                out.push(':');
                print(inner, out);
            }
            out.push('}');
        }
    }
}
