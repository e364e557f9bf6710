//! Signals that several issues share: the context decides, and where nothing does, the general rule
//! wins and its file names the others. The cases are in `tests/ambiguities.toml`.

use provlens::rules::Example;
use serde::Deserialize;

use super::{LIBRARY, matched};

#[derive(Deserialize)]
struct Rows {
    row: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    signal: String,
    general: Option<String>,
    #[serde(rename = "case")]
    cases: Vec<Example>,
}

fn rows() -> Vec<Row> {
    toml::from_str::<Rows>(include_str!("../ambiguities.toml")).unwrap().row
}

#[test]
fn the_context_decides_between_issues_of_one_signal() {
    let mut wrong = Vec::new();
    for row in rows() {
        for case in &row.cases {
            let found = matched(case);
            let winner = found.first().map_or("none", |(id, _)| id);
            if case.winner.as_deref() != Some(winner) {
                wrong.push(format!("{}: {:?} should win, not {found:?}: {:?}", row.signal, case.winner, case.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_general_rule_names_the_others() {
    let mut missing = Vec::new();
    for row in rows() {
        let Some(general) = &row.general else { continue };
        let rule = LIBRARY.rule(LIBRARY.find(general).unwrap()).unwrap();
        for case in &row.cases {
            let other = case.winner.as_ref().unwrap();
            if other != general && !rule.advice().look_alikes.iter().any(|named| named.rule == *other) {
                missing.push(format!("{general} does not name {other}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_row_of_the_index_is_here() {
    assert_eq!(rows().len(), 17);
}
