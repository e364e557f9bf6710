//! Any text is a rule, or it is told where it is not one; and a rule is the same in the form that the program has
//! built in.

use provlens::rules::{self, Rule};

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
            assert!(!rule.fix.is_empty());
            let mut table = table.expect("what is a rule is TOML");
            table.remove("example");
            table.remove("counterexample");
            let json = serde_json::to_string(&table).expect("TOML can be written as JSON");
            let built_in: Rule = serde_json::from_str(&json).expect("the form that is built in can be read");
            let plain = |rule: &Rule| {
                let mut value = serde_json::to_value(rule).expect("a rule can be written as JSON");
                if let Some(fields) = value.as_object_mut() {
                    fields.retain(|name, _| !name.ends_with("example") && !name.ends_with("examples"));
                }
                value
            };
            assert_eq!(plain(&built_in), plain(&rule));
            assert_eq!(format!("{:?}", built_in.matches), format!("{:?}", rule.matches));
        }
    }
}
