//! A strict reader of Prometheus' text form finds the series that a harmless name makes, under exactly that name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use provlens::output::check::prometheus;
use provlens::output::page::shown;

use super::hostile::{APP, analysis, checked, name, view};

/// Name, labels and value.
type Series = (String, BTreeMap<String, String>, f64);

static HARMLESS: LazyLock<Vec<String>> = LazyLock::new(|| shape(&read(APP)));

pub(crate) fn run(data: &[u8]) {
    let Some(name) = name(data) else { return };
    let found = read(&name);
    assert_eq!(shape(&found), *HARMLESS, "{name:?}");
    for labels in found.iter().map(|(_, labels, _)| labels) {
        assert!(labels.get("app").is_none_or(|app| *app == shown(&name)), "{labels:?} is not {name:?}");
    }
}

fn read(name: &str) -> Vec<Series> {
    let analysis = analysis(name);
    prometheus::render(&view(&checked(&analysis), &analysis)).lines().filter_map(series).collect()
}

/// The series without the values of their labels, sorted.
fn shape(all: &[Series]) -> Vec<String> {
    let of = |(name, labels, value): &Series| {
        let keys: Vec<&String> = labels.keys().collect();
        format!("{name} {keys:?} {} {value}", labels.contains_key("rule"))
    };
    let mut shape: Vec<String> = all.iter().map(of).collect();
    shape.sort();
    shape
}

/// One line: name, labels and value; nothing for a remark.
fn series(line: &str) -> Option<Series> {
    if line.starts_with("# ") {
        return None;
    }
    let end = line.find(['{', ' ']).unwrap_or_else(|| panic!("{line:?} has no value"));
    let (name, mut rest) = line.split_at(end);
    assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{line:?}");
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            let (label, value) =
                rest.split_once("=\"").unwrap_or_else(|| panic!("{line:?} has a label without a value"));
            let (value, length) = value_of(value).unwrap_or_else(|| panic!("{line:?} has a label without an end"));
            rest = &rest[label.len() + 2 + length..];
            rest = rest.strip_prefix(',').unwrap_or(rest);
            assert!(labels.insert(label.to_owned(), value).is_none(), "{line:?} has a label twice");
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ').and_then(|value| value.parse().ok());
    Some((name.to_owned(), labels, value.unwrap_or_else(|| panic!("{line:?} has no number"))))
}

/// The value up to its quote, and how long it is with it.
fn value_of(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, at + 1)),
            '\\' => value.push(match letters.next()?.1 {
                'n' => '\n',
                escaped @ ('"' | '\\') => escaped,
                _ => return None,
            }),
            letter => value.push(letter),
        }
    }
    None
}
