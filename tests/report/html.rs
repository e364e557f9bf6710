//! The page.

use std::collections::BTreeSet;

use roxmltree::{Document, Node, ParsingOptions};

use crate::hostile::{TEXTS, log, rule};
use crate::{out, provlens, report, without_version};

/// Elements of the page.
const ELEMENTS: [&str; 49] = [
    "a",
    "article",
    "bdi",
    "blockquote",
    "body",
    "caption",
    "code",
    "dd",
    "desc",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "html",
    "li",
    "line",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "rect",
    "section",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "ul",
    "q",
    "b",
];
/// Attributes of the page.
const ATTRIBUTES: [&str; 25] = [
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "charset",
    "class",
    "content",
    "datetime",
    "height",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "rel",
    "role",
    "scope",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
    "open",
];

fn parse(page: &str) -> Document<'_> {
    Document::parse_with_options(page, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() }).unwrap()
}

fn elements<'a>(document: &'a Document<'a>, tag: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(move |node| node.has_tag_name(tag))
}

/// The page without its style, which has a file of its own.
fn without_style(page: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, after) = rest.split_once("</style>").unwrap();
    format!("{before}<style></style>{after}")
}

#[test]
fn the_demo_as_a_page() {
    let page = out(&["demo", "--format", "html"]);
    insta::assert_snapshot!(without_version(&without_style(&page)));
}

/// Everything that a page of strangers' texts may hold.
fn is_a_page_of_ours(page: &str) {
    assert!(page.starts_with("<!DOCTYPE html>\n"));
    let document = parse(page);
    for node in document.descendants().filter(Node::is_element) {
        let tag = node.tag_name().name();
        assert!(ELEMENTS.contains(&tag), "<{tag}>");
        for attribute in node.attributes() {
            assert!(ATTRIBUTES.contains(&attribute.name()), "{}", attribute.name());
        }
        let children = node.children().filter(Node::is_element);
        // Where a browser would end it before: the tree would be another one.
        assert!(!matches!(tag, "p" | "h1" | "h2" | "h3" | "h4" | "dt") || children.clone().all(is_phrase), "<{tag}>");
    }
    for link in elements(&document, "a") {
        let address = link.attribute("href").unwrap();
        assert!(address.starts_with('#') || address.starts_with("https://"), "{address}");
        if let Some(place) = address.strip_prefix('#') {
            assert!(document.descendants().any(|node| node.attribute("id") == Some(place)), "{address} leads nowhere");
        }
        assert!(!address.contains("evil"), "{address}");
    }
    let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{ids:?}");
    let policy = elements(&document, "meta").find(|meta| meta.attribute("http-equiv").is_some()).unwrap();
    assert_eq!(
        policy.attribute("content"),
        Some("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
    );
    let style = elements(&document, "style").next().unwrap().text().unwrap();
    for loads in ["url(", "@import", "<", "&", "expression"] {
        assert!(!style.contains(loads), "{loads}");
    }
    // Headings leave out no level, and there is one of the first.
    let mut before = 0;
    for heading in document.descendants().filter(|node| matches!(node.tag_name().name(), "h1" | "h2" | "h3" | "h4")) {
        let level: usize = heading.tag_name().name()[1..].parse().unwrap();
        assert!(level <= before + 1 && (level > 1 || before == 0), "h{level} after h{before}");
        before = level;
    }
    for table in elements(&document, "table") {
        assert!(table.children().any(|node| node.has_tag_name("caption")));
        let columns = table.descendants().filter(|node| node.attribute("scope") == Some("col")).count();
        for row in table.descendants().filter(|node| node.has_tag_name("tr")) {
            assert_eq!(
                row.children().filter(|cell| cell.has_tag_name("td") || cell.has_tag_name("th")).count(),
                columns
            );
        }
    }
}

/// What may stand in a paragraph.
fn is_phrase(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().name(), "a" | "bdi" | "code" | "span" | "strong" | "time")
}

#[test]
fn i2_markup_of_strangers_is_text_in_a_page_of_ours() {
    let (_folder, logs) = log(&TEXTS);
    let page = report(&logs, &["--format", "html"]);
    is_a_page_of_ours(&page);
    let document = parse(&page);
    let texts: Vec<&str> = elements(&document, "bdi").filter_map(|node| node.text()).collect();
    for text in TEXTS.iter().filter(|text| !text.contains(char::is_control) && !text.contains(['\u{202e}', '\u{fffe}']))
    {
        assert!(texts.contains(text), "{text} is not shown as it is");
    }
    is_a_page_of_ours(&out(&["demo", "--format", "html"]));
    is_a_page_of_ours(&out(&["demo", "--format", "html", "--hide-names"]));
}

#[test]
fn k3_a_rule_of_a_stranger_is_text_in_a_page_of_ours() {
    let (_folder, logs, rules) = rule();
    let page = report(&logs, &["--format", "html", "--rules", rules.to_str().unwrap()]);
    is_a_page_of_ours(&page);
    assert!(page.contains("<h3>&lt;img src=x onerror=a(1)&gt; [x](javascript:a)"), "{page}");
    assert!(page.contains("<li>https://evil.example/&quot;&gt;&lt;script&gt;</li>"), "{page}");
}

#[test]
fn a_page_says_when_it_was_made_only_if_that_is_fixed() {
    let made = |fixed: Option<&str>| {
        let mut command = provlens();
        command.args(["demo", "--format", "html"]);
        if let Some(fixed) = fixed {
            command.env("SOURCE_DATE_EPOCH", fixed);
        }
        let page = String::from_utf8(command.output().unwrap().stdout).unwrap();
        without_version(page.split_once("<footer>").unwrap().1.lines().next().unwrap())
    };
    assert!(made(None).contains("Made by Provlens VERSION. Passwords"), "{}", made(None));
    let fixed = made(Some("1800000000"));
    assert!(
        fixed.contains("VERSION on <time datetime=\"2027-01-15T08:00:00Z\">2027-01-15 08:00</time> UTC."),
        "{fixed}"
    );
}

#[test]
fn every_time_is_in_the_zone_that_is_asked_for_and_says_so() {
    let page = report("samples".as_ref(), &["--format", "html", "--tz", "Europe/Berlin"]);
    assert!(page.contains("Last event (Europe/Berlin)") && !page.contains("UTC"), "{page}");
    assert!(page.contains("<time datetime=\"2026-11-17T16:00:00Z\">2026-11-17 17:00</time>"));
}

#[test]
fn a_log_without_events_is_a_page_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.ndjson");
    std::fs::write(&path, "").unwrap();
    let output = provlens().args(["report", "--format", "html"]).arg(&path).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    is_a_page_of_ours(&page);
    assert!(page.contains("Nothing about provisioning was found"));
}
