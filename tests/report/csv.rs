//! The tables.

use serde_json::Value;

use crate::hostile::{TEXTS, log, rule};
use crate::{out, report};

const TABLES: [&str; 3] = ["issues", "people", "apps"];

fn table(name: &str) -> [&str; 4] {
    ["--format", "csv", "--table", name]
}

#[test]
fn the_demo_as_tables() {
    for name in TABLES {
        let mut args = vec!["demo"];
        args.extend(table(name));
        insta::assert_snapshot!(format!("demo_{name}"), out(&args));
    }
    assert_eq!(out(&["demo", "--format", "csv"]), out(&["demo", "--format", "csv", "--table", "issues"]));
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    // A row of another length would be an error.
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn i1_no_cell_is_a_formula_and_each_row_is_whole() {
    let (_folder, logs) = log(&TEXTS);
    let (_other, few, rules) = rule();
    for name in TABLES {
        let mut rows = rows(&report(&logs, &table(name)));
        assert!(rows.len() > TEXTS.len() / 2, "{name}: {}", rows.len());
        let explained = report(&few, &[&table(name)[..], &["--rules", rules.to_str().unwrap()]].concat());
        assert!(name == "people" || explained.contains("onerror"), "{explained}");
        rows.extend(self::rows(&explained));
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝']), "{name}: {cell}");
        }
    }
}

#[test]
fn tables_hold_what_programs_are_told() {
    let found: Value = serde_json::from_str(&report("samples".as_ref(), &["--format", "json"])).unwrap();
    let list = |path: &str| found.pointer(path).unwrap().as_array().unwrap().clone();
    let column = |name: &str, column: &str| -> Vec<String> {
        let rows = rows(&report("samples".as_ref(), &table(name)));
        let at = rows[0].iter().position(|title| title == column).unwrap();
        rows[1..].iter().map(|row| row[at].clone()).collect()
    };
    let texts = |values: Vec<Value>, key: &str| -> Vec<String> {
        let text = |value: &Value| value[key].as_str().map_or_else(|| value[key].to_string(), str::to_owned);
        values.iter().map(text).collect()
    };
    let issues = || [list("/issues"), list("/unknown")].concat();
    for (title, key) in [("failures", "failures"), ("people", "users"), ("first", "first"), ("last", "last")] {
        assert_eq!(column("issues", title), texts(issues(), key), "{title}");
    }
    let people = || {
        ["access_not_removed", "waiting_for_access", "out_of_date"]
            .map(|name| list(&format!("/people/{name}")))
            .concat()
    };
    assert_eq!(column("people", "person"), texts(people(), "user"));
    assert_eq!(column("people", "since"), texts(people(), "since"));
    assert_eq!(column("apps", "health"), texts(list("/apps"), "health"));
}
