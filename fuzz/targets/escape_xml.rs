//! A strict reader of the JUnit file finds the elements that a harmless name makes, and the name.

use std::sync::LazyLock;

use provlens::output::check::junit;
use provlens::output::page::shown;
use roxmltree::Document;

use super::hostile::{APP, analysis, checked, name, view};

static HARMLESS: LazyLock<Vec<String>> =
    LazyLock::new(|| outline(&Document::parse(&file(APP)).expect("a harmless file is XML")));

pub(crate) fn run(data: &[u8]) {
    let Some(name) = name(data) else { return };
    let file = file(&name);
    let read = Document::parse(&file).unwrap_or_else(|error| panic!("{name:?} makes a file that is no XML: {error}"));
    // An app of this name stands in one suite with what is said of the whole log.
    if shown(&name) != "provlens" {
        assert_eq!(outline(&read), *HARMLESS, "{name:?}");
    }
    // XML has no way to write these; they become words that name them.
    if name.chars().all(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}')) {
        let suites = read.descendants().filter(|node| node.has_tag_name("testsuite"));
        let names: Vec<&str> = suites.filter_map(|node| node.attribute("name")).collect();
        assert!(names.contains(&shown(&name).as_str()), "{name:?} is none of {names:?}");
    }
}

/// Elements in order, with the names of their attributes.
fn outline(document: &Document<'_>) -> Vec<String> {
    let of = |node: roxmltree::Node<'_, '_>| {
        let attributes: Vec<&str> = node.attributes().map(|one| one.name()).collect();
        format!("{} {}", node.tag_name().name(), attributes.join(" "))
    };
    document.descendants().filter(|node| node.is_element()).map(of).collect()
}

fn file(name: &str) -> String {
    let analysis = analysis(name);
    junit::render(&view(&checked(&analysis), &analysis))
}
