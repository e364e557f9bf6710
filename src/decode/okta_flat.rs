//! Okta records whose nesting was flattened into column names: the admin console's CSV
//! (`outcome.result`, `target0.type`) and Sentinel's classic table (`outcome_result_s`).
//! They are folded back into the System Log's shape and read by its decoder.

use bumpalo::Bump;

use super::{Decoded, Wanted, okta};
use crate::json::Json;

pub(super) fn sniff(record: Json<'_>) -> bool {
    let any = |names: [&str; 3]| names.iter().any(|name| record.has(name));
    any(["eventType", "event_type", "eventType_s"])
        && any(["published", "timestamp", "published_t"])
        && (any(["outcome.result", "outcome_result_s", "outcome_result"])
            || record.has("target0.id")
            || record.has("target_s")
            || record.has("actor.id"))
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let mut tree = Branch::default();
    let mut targets: Vec<Branch<'a>> = Vec::new();
    for (name, value) in record.fields().iter() {
        let path = canonical(name);
        let mut parts: Vec<&str> = path.split('.').collect();
        let index = parts
            .first()
            .and_then(|first| first.strip_prefix("target"))
            .and_then(|number| number.parse::<usize>().ok());
        match index.filter(|index| *index < 16) {
            Some(index) if parts.len() > 1 => {
                targets.resize_with(targets.len().max(index + 1), Branch::default);
                parts.remove(0);
                if let Some(target) = targets.get_mut(index) {
                    target.put(&parts, value);
                }
            }
            _ => tree.put(&parts, value.unfolded(arena)),
        }
    }
    let mut fields = tree.into_fields(arena);
    if !targets.is_empty() {
        let list: Vec<Json<'a>> = targets
            .into_iter()
            .map(|target| Json::object(arena.alloc_slice_copy(&target.into_fields(arena))))
            .collect();
        fields.push(("target", Json::array(arena.alloc_slice_copy(&list))));
    }
    let folded = Json::object(arena.alloc_slice_copy(&fields));
    match okta::read(folded, Wanted::All, arena).unwrap_or(Decoded::Other { dialect: "okta-flat", what: None }) {
        Decoded::Event(mut event) => {
            event.dialect = "okta-flat";
            event.raw = record;
            Decoded::Event(event)
        }
        Decoded::Other { what, .. } => Decoded::Other { dialect: "okta-flat", what },
        other => other,
    }
}

/// `debugContext_debugData_appname_s` → `debugContext.debugData.appname`; `timestamp` → `published`.
fn canonical(name: &str) -> String {
    let sentinel = ["_s", "_t", "_d", "_b", "_g"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .filter(|_| !name.contains('.'));
    let path = match sentinel {
        Some(stem) => stem.replace('_', "."),
        None => name.to_owned(),
    };
    match path.as_str() {
        "timestamp" => "published".to_owned(),
        "event_type" => "eventType".to_owned(),
        _ => path,
    }
}

/// A level of the tree that is folded back together.
#[derive(Default)]
struct Branch<'a> {
    leaves: Vec<(String, Json<'a>)>,
    branches: Vec<(String, Branch<'a>)>,
}

impl<'a> Branch<'a> {
    fn put(&mut self, path: &[&str], value: Json<'a>) {
        match path {
            [] => {}
            [name] => self.leaves.push(((*name).to_owned(), value)),
            [name, rest @ ..] => {
                let at = self.branches.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                    self.branches.push(((*name).to_owned(), Branch::default()));
                    self.branches.len() - 1
                });
                if let Some((_, branch)) = self.branches.get_mut(at) {
                    branch.put(rest, value);
                }
            }
        }
    }

    fn into_fields(self, arena: &'a Bump) -> Vec<(&'a str, Json<'a>)> {
        let name = |text: &str| -> &'a str { arena.alloc_str(text) };
        let mut fields: Vec<(&'a str, Json<'a>)> = self.leaves.iter().map(|(key, value)| (name(key), *value)).collect();
        for (key, branch) in self.branches {
            let inner = branch.into_fields(arena);
            fields.push((name(&key), Json::object(arena.alloc_slice_copy(&inner))));
        }
        fields
    }
}
