//! The schema that `rules schema` prints, against every rule file and against the documentation.

use std::fs;
use std::path::Path;

use provlens::event::Provider;
use regex::Regex;
use serde_json::{Value, json};

use super::run;

/// What is wrong with a value, by the part of the standard that the schema uses. A keyword that is not
/// known here fails the test, lest it count as passed.
fn errors(value: &Value, schema: &Value, root: &Value, at: &str) -> Vec<String> {
    let Some(rules) = schema.as_object() else {
        return if schema == &json!(true) { Vec::new() } else { vec![format!("{at}: not allowed")] };
    };
    let mut found = Vec::new();
    let mut fail = |what: String| found.push(format!("{at}: {what}"));
    let mut inner = Vec::new();
    for (keyword, wanted) in rules {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "definitions" | "default" | "format" => {}
            "$ref" => {
                let place = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                inner.extend(errors(value, root.pointer(place).unwrap(), root, at));
            }
            "type" => {
                let is = match wanted.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64(),
                    other => panic!("type {other}"),
                };
                if !is {
                    fail(format!("is no {wanted}"));
                }
            }
            "enum" => {
                if !wanted.as_array().unwrap().contains(value) {
                    fail(format!("{value} is not in {wanted}"));
                }
            }
            "const" => {
                if value != wanted {
                    fail(format!("{value} is not {wanted}"));
                }
            }
            "required" => {
                for key in wanted.as_array().unwrap().iter().filter(|key| value.get(key.as_str().unwrap()).is_none()) {
                    fail(format!("{key} is missing"));
                }
            }
            "properties" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = wanted.get(key) {
                        inner.extend(errors(value, schema, root, &format!("{at}/{key}")));
                    }
                }
            }
            "additionalProperties" => {
                let known = rules.get("properties");
                for (key, value) in value.as_object().into_iter().flatten() {
                    if known.and_then(|known| known.get(key)).is_none() {
                        inner.extend(errors(value, wanted, root, &format!("{at}/{key}")));
                    }
                }
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    inner.extend(errors(item, wanted, root, &format!("{at}/{number}")));
                }
            }
            "anyOf" | "oneOf" | "allOf" => {
                let schemas = wanted.as_array().unwrap();
                let fit = schemas.iter().filter(|schema| errors(value, schema, root, at).is_empty()).count();
                let enough = match keyword.as_str() {
                    "anyOf" => fit > 0,
                    "oneOf" => fit == 1,
                    _ => fit == schemas.len(),
                };
                if !enough {
                    fail(format!("{fit} of {keyword} fit"));
                }
            }
            "minLength" | "maxLength" | "minItems" | "minimum" | "maximum" => {
                let size = match value {
                    Value::String(text) => text.chars().count() as i64,
                    Value::Array(items) => items.len() as i64,
                    other => other.as_i64().unwrap_or_default(),
                };
                let limit = wanted.as_i64().unwrap();
                if if keyword.starts_with("min") { size < limit } else { size > limit } {
                    fail(format!("{size} breaks {keyword} {limit}"));
                }
            }
            "pattern" => {
                if value.as_str().is_some_and(|text| !Regex::new(wanted.as_str().unwrap()).unwrap().is_match(text)) {
                    fail(format!("{value} does not match {wanted}"));
                }
            }
            other => panic!("the schema uses `{other}`, which this test does not know"),
        }
    }
    found.extend(inner);
    found
}

fn schema() -> Value {
    let (printed, _, code) = run(&["rules", "schema"]);
    assert_eq!(code, 0);
    serde_json::from_str(&printed).unwrap()
}

fn as_json(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

fn rule_files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rule_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path.to_str().unwrap().to_owned());
        }
    }
    found
}

#[test]
fn every_built_in_rule_fits_the_schema() {
    let schema = schema();
    let files = rule_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"));
    assert!(!files.is_empty());
    for file in files {
        let found = errors(&as_json(&fs::read_to_string(&file).unwrap()), &schema, &schema, "");
        assert!(found.is_empty(), "{file}: {found:?}");
    }
}

/// What the parser refuses, an editor marks.
#[test]
fn what_is_wrong_does_not_fit() {
    let schema = schema();
    let good = super::rule("planner-no-depot");
    assert!(errors(&as_json(&good), &schema, &schema, "").is_empty());
    let wrong = [
        ("severity = \"medium\"", "severity = \"bad\""),
        ("severity = \"medium\"", "sevrity = \"medium\""),
        ("severity = \"medium\"", "severity = \"medium\"\ndetector = \"none such\""),
        ("retry = \"manual\"\n", ""),
        ("id = \"planner", "id = \"Planner"),
        ("contains = { message = [\"has no depot for\"] }", "http_status = [\"4xx\"]"),
        ("contains = { message = [\"has no depot for\"] }", "contains = \"has no depot for\""),
        ("provider = [\"entra\"]", "operation = [\"createe\"]"),
        ("to = \"The planner's support\"\n", ""),
    ];
    for (line, by) in wrong {
        assert!(good.contains(line), "{line}");
        assert!(!errors(&as_json(&good.replacen(line, by, 1)), &schema, &schema, "").is_empty(), "{by}");
    }
}

/// Whatever a rule may have is described to people and to editors.
#[test]
fn every_field_is_documented() {
    let schema = schema();
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rule-format.md")).unwrap();
    let definitions = schema["definitions"].as_object().unwrap();
    for schema in [
        &schema,
        &definitions["Match"],
        &definitions["Example"],
        &definitions["Escalate"],
        &definitions["LookAlike"],
        &definitions["InsteadOf"],
    ] {
        for (name, field) in schema["properties"].as_object().unwrap() {
            assert!(docs.contains(name.as_str()), "docs/rule-format.md does not mention {name}");
            assert!(field.to_string().contains("\"description\""), "{name} has no description");
        }
    }
    for list in ["Detector", "When"] {
        for value in definitions[list]["oneOf"].as_array().unwrap() {
            let name = value["const"].as_str().unwrap();
            assert!(docs.contains(&format!("| `{name}` |")), "docs/rule-format.md does not list {name}");
        }
    }
}

/// What a rule may ask for as a provider is listed in the words by which it does.
#[test]
fn every_provider_is_documented() {
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rule-format.md")).unwrap();
    let row = docs.lines().find(|line| line.starts_with("| `provider` | the event's provider is listed: ")).unwrap();
    let listed: Vec<&str> = row.split('`').skip(3).step_by(2).collect();
    assert_eq!(listed, Provider::words().collect::<Vec<_>>());
}
