//! The ticket.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

use crate::hostile::{TEXTS, log, rule};
use crate::{out, report, without_version};

#[test]
fn the_demo_as_a_ticket() {
    insta::assert_snapshot!(without_version(&out(&["demo", "--format", "markdown"])));
}

/// What a ticket system finds in it.
fn events(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH).collect()
}

#[test]
fn i3_markup_of_strangers_is_text_in_a_ticket() {
    let (_folder, logs) = log(&TEXTS);
    is_a_ticket_of_ours(&report(&logs, &["--format", "markdown"]));
    let (_folder, logs, rules) = rule();
    let text = report(&logs, &["--format", "markdown", "--rules", rules.to_str().unwrap()]);
    assert!(text.contains("onerror"));
    is_a_ticket_of_ours(&text);
}

/// Everything that a ticket with texts of strangers may hold.
fn is_a_ticket_of_ours(text: &str) {
    let mut rows: Vec<usize> = Vec::new();
    let mut plain = String::new();
    let mut in_code = 0;
    for event in events(text) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("{html} is HTML"),
            Event::Start(Tag::Image { dest_url, .. }) => panic!("{dest_url} is a picture"),
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                assert!(link_type == LinkType::Autolink && dest_url.starts_with("https://"), "{dest_url}");
                assert!(!dest_url.contains("evil"), "{dest_url}");
            }
            Event::Start(Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::Strikethrough) => panic!("{event:?}"),
            // Columns of a row are those of its head.
            Event::Start(Tag::TableRow | Tag::TableHead) => rows.push(0),
            Event::Start(Tag::TableCell) => *rows.last_mut().unwrap() += 1,
            Event::Text(text) => plain.push_str(&text),
            Event::Code(_) => in_code += 1,
            Event::SoftBreak | Event::HardBreak => plain.push('\n'),
            _ => {}
        }
    }
    assert!(in_code > 0);
    assert!(rows.iter().all(|cells| matches!(cells, 3 | 7)), "{rows:?}");
    // Outside of code nobody is called, and no text is an address or a ticket.
    for (at, _) in plain.match_indices('@') {
        assert!(plain[at + 1..].starts_with('\u{2060}'), "{}", &plain[at.saturating_sub(20)..at]);
    }
    for lead in ["https://evil", "http://evil", "www.evil", "#123", "GH-12"] {
        assert!(!plain.contains(lead), "{lead}");
    }
}

#[test]
fn i3_the_tasks_of_a_ticket_are_the_steps_of_rules() {
    let tasks = |text: &str| {
        let markers = events(text).into_iter().filter(|event| matches!(event, Event::TaskListMarker(_))).count();
        // A line that only looks like a task is none of ours.
        (markers, text.lines().filter(|line| line.starts_with("- [ ] ")).count())
    };
    let (_folder, logs) = log(&TEXTS);
    let (markers, ours) = tasks(&report(&logs, &["--format", "markdown"]));
    assert!(markers > 0 && markers == ours);
    let (_folder, logs, rules) = rule();
    let text = report(&logs, &["--format", "markdown", "--rules", rules.to_str().unwrap()]);
    assert!(text.contains("- [ ] \\- \\[ \\] buy"), "{text}");
    let (markers, ours) = tasks(&text);
    assert_eq!(markers, ours);
    let demo: serde_json::Value = serde_json::from_str(&out(&["demo", "--format", "json"])).unwrap();
    let told = demo["issues"].as_array().unwrap().iter().filter(|issue| issue["provider"] != "scim");
    let steps: usize = told.map(|issue| issue["fix"].as_array().unwrap().len()).sum();
    assert_eq!(tasks(&out(&["demo", "--format", "markdown"])), (steps, steps));
}
