//! The page of rows: what is given, what must happen, and the tests that show it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::sources::sources;

/// The reason of rows whose test is still to be written; a row that has one must not claim that.
const NO_TEST: &str = "no test yet";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    group: BTreeMap<char, String>,
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    given: String,
    must: String,
    exit: String,
    open: Option<String>,
}

/// Tests of rows: for each row their names, and the files they are in.
type Tests = BTreeMap<String, BTreeSet<(String, String)>>;

/// The letter and the number of a row, such as `a10`.
fn row_of(word: &str) -> Option<(char, u32)> {
    let letter = word.chars().next().filter(char::is_ascii_lowercase)?;
    let digits = word.get(1..)?;
    (digits.len() < 3 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
    Some((letter, digits.parse().ok()?))
}

/// The rows that a test's name begins with, and those behind an `and`.
fn rows_of(test: &str) -> Vec<String> {
    let words: Vec<&str> = test.split('_').collect();
    let mut rows = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some((letter, first)) = row_of(word).filter(|_| at == 0 || words[at - 1] == "and") else {
            if at == 0 {
                break;
            }
            continue;
        };
        let last = match words.get(at + 1..=at + 2) {
            Some(["to", last]) => row_of(last).filter(|(same, _)| *same == letter).map_or(first, |(_, last)| last),
            _ => first,
        };
        rows.extend((first..=last).map(|number| format!("{}{number}", letter.to_ascii_uppercase())));
    }
    rows
}

/// The names of the tests in a file.
fn tests_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("#[test]").skip(1).filter_map(|rest| {
        let name = rest.split_once("fn ")?.1;
        name.split_once('(').map(|(name, _)| name)
    })
}

fn tests(root: &Path) -> Tests {
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("tests"), &mut files);
    let mut tests = Tests::new();
    for path in files {
        let file = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        for test in tests_in(&fs::read_to_string(&path).unwrap()) {
            for row in rows_of(test) {
                tests.entry(row).or_default().insert((file.clone(), test.to_owned()));
            }
        }
    }
    tests
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

const INTRODUCTION: &str = "\
# What must happen when something is wrong

Made from `tests/hostile/rows.toml` and the names of the tests by `cargo test --test hostile`; change those, not this page.

Logs are written by strangers and reach us cut off, packed, re-encoded and edited. Each row says what is given, what must
happen, the exit code, and the tests that show it. `records = events + other + duplicates + unreadable` holds in every row.
";

fn page(rows: &Rows, tests: &Tests) -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut group = None;
    for row in &rows.row {
        let letter = row.id.chars().next();
        if letter != group {
            group = letter;
            let title = letter.and_then(|letter| rows.group.get(&letter)).unwrap_or_else(|| panic!("{}", row.id));
            write!(page, "\n## {} — {title}\n\n", letter.unwrap()).unwrap();
            page.push_str("| row | given | must | exit | tests | status |\n| --- | --- | --- | --- | --- | --- |\n");
        }
        let shown: Vec<String> =
            (tests.get(&row.id).into_iter().flatten()).map(|(file, test)| format!("`{test}` ({file})")).collect();
        let status = match (&row.open, shown.is_empty()) {
            (None, _) => "holds".to_owned(),
            (Some(reason), true) => format!("open: {reason}"),
            (Some(reason), false) => format!("in part: {reason}"),
        };
        let cells = [&row.given, &row.must, &row.exit, &shown.join("<br>"), &status].map(|text| cell(text));
        writeln!(page, "| {} | {} |", row.id, cells.join(" | ")).unwrap();
    }
    page
}

#[test]
fn every_row_has_a_test_or_a_reason_and_the_page_says_so() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows: Rows = toml::from_str(&fs::read_to_string(root.join("tests/hostile/rows.toml")).unwrap()).unwrap();
    let tests = tests(root);
    let wrong: Vec<String> = (rows.row.iter())
        .filter_map(|row| match (row.open.as_deref(), tests.contains_key(&row.id)) {
            (None, false) => Some(format!("{} has no test whose name begins with it, and no reason", row.id)),
            (Some(NO_TEST), true) => Some(format!("{} has a test: take its `open` away", row.id)),
            _ => None,
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let (path, now) = (root.join("docs/reliability.md"), page(&rows, &tests));
    if fs::read_to_string(&path).unwrap_or_default() != now {
        fs::write(&path, now).unwrap();
        panic!("docs/reliability.md is written anew, look at it and commit it");
    }
}

#[test]
fn the_rows_are_those_of_a_tests_name() {
    let rows = |test| rows_of(test).join(" ");
    assert_eq!(rows("a10_ten_thousand_files"), "A10");
    assert_eq!(rows("x1_to_x3_every_exit_code"), "X1 X2 X3");
    assert_eq!(rows("i6_no_link_is_followed_and_i8_only_the_owner_can_read"), "I6 I8");
    assert_eq!(rows("what_b1_says"), "");
    assert_eq!(rows("m365_tables"), "");
    assert_eq!(rows("k_rules_and_c3_nothing"), "");
}
