//! A strict reader of the page finds no element that a harmless name does not make, nothing that runs or leads away,
//! and exactly the name.

use std::sync::LazyLock;

use provlens::output::page::{self, shown};
use provlens::output::report::html;
use roxmltree::{Document, ParsingOptions};

use super::hostile::{APP, analysis, handout, library, name};

static HARMLESS: LazyLock<Vec<String>> = LazyLock::new(|| outline(&read(APP, &page(APP))));

pub(crate) fn run(data: &[u8]) {
    let Some(name) = name(data) else { return };
    let page = page(&name);
    let read = read(&name, &page);
    assert_eq!(outline(&read), *HARMLESS, "{name:?}");
    let shown = shown(&name);
    // Characters that are named are longer, and a value of few letters may look like a secret then.
    let again = page::shown(&shown);
    // A tower of accents is cut, and what are no characters are named.
    let whole = !shown.chars().any(|letter| matches!(letter, '\u{fffe}' | '\u{ffff}') || is_mark(letter));
    let mut names = read.descendants().filter(|node| node.has_tag_name("bdi")).filter_map(|node| node.text());
    assert!(!whole || names.any(|text| text == shown || text == again), "{shown:?} is not on the page");
}

fn page(name: &str) -> String {
    html::render(&analysis(name), library(), &handout())
}

fn read<'p>(name: &str, page: &'p str) -> Document<'p> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(page, options)
        .unwrap_or_else(|error| panic!("{name:?} makes a page that is not well-formed: {error}"))
}

fn is_mark(letter: char) -> bool {
    provlens::text::width::is_mark(letter)
}

/// Elements and attributes in order, with the values of those that lead anywhere.
fn outline(document: &Document<'_>) -> Vec<String> {
    let of = |node: roxmltree::Node<'_, '_>| {
        let attributes = node.attributes().map(|one| match one.name() {
            "aria-label" => one.name().to_owned(),
            name => format!("{name}={}", one.value()),
        });
        format!("{} {}", node.tag_name().name(), attributes.collect::<Vec<_>>().join(" "))
    };
    document.descendants().filter(|node| node.is_element()).map(of).collect()
}
