//! Any text is a rule, or it is told where it is not one; and a rule is the same in the form that the program has
//! built in.

use std::collections::BTreeMap;

use provlens::rules::{self, Advice, Rule};
use serde_json::Value;

use super::input::text;

pub(crate) fn run(data: &[u8]) {
    let text = text(data);
    let table = toml::from_str::<toml::Table>(&text);
    // A file is called as its rule is.
    let id = table.as_ref().ok().and_then(|table| table.get("id")?.as_str().map(str::to_owned)).unwrap_or_default();
    match rules::parse(&format!("{id}.toml"), &text) {
        Err(error) => {
            let lines = text.split('\n').count();
            assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)), "{error:?} of {lines} lines");
            assert!(!error.what.is_empty() && !error.what.contains('\n'), "{error:?}");
        }
        Ok(rule) => {
            assert_eq!(rule.id, id);
            assert!(!rule.advice().fix.is_empty());
            let mut table = table.expect("what is a rule is TOML");
            table.remove("example");
            table.remove("counterexample");
            let json = serde_json::to_string(&table).expect("TOML can be written as JSON");
            let built_in: Rule = serde_json::from_str(&json).expect("the form that is built in can be read");
            let advice: Advice = serde_json::from_str(&json).expect("what is told of it can be read");
            let plain = |rule: &Rule, advice: &Advice| {
                let value = [serde_json::to_value(rule), serde_json::to_value(advice)];
                let fields = value.into_iter().flat_map(|value| match value {
                    Ok(Value::Object(fields)) => fields,
                    other => panic!("a rule can be written as JSON: {other:?}"),
                });
                let proof = |name: &str| name.ends_with("example") || name.ends_with("examples");
                fields.filter(|(name, _)| !proof(name)).collect::<BTreeMap<String, Value>>()
            };
            assert_eq!(plain(&built_in, &advice), plain(&rule, rule.advice()));
            assert_eq!(format!("{:?}", built_in.matches), format!("{:?}", rule.matches));
        }
    }
}
