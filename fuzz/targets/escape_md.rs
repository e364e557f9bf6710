//! A reader of Markdown finds the text in its span or as plain words, and no link, no HTML and no block that is not
//! ours.

use provlens::output::markdown::{code, code_cell, plain, words};
use provlens::output::page::shown;
use provlens::text::sanitize;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::input::text;

/// Takes no room, and keeps apart what would be a mention or a link.
const JOINER: char = '\u{2060}';

pub(crate) fn run(data: &[u8]) {
    let text = text(data);
    let wanted = shown(&text).trim().to_owned();
    // As a span, alone in a paragraph.
    let span = code(&text);
    match &read(&span)[..] {
        [Event::Start(Tag::Paragraph), Event::Code(found), Event::End(TagEnd::Paragraph)] => {
            assert_eq!(found.trim(), wanted, "of {text:?}");
        }
        other => panic!("{text:?} is no span: {other:?}"),
    }
    // In a cell of a table, between two others.
    let table = format!("| a | b | c |\n| --- | --- | --- |\n| x | {} | y |\n", code_cell(&text));
    let cells: Vec<String> = cells(&table);
    assert_eq!(cells.len(), 6, "{table}");
    assert_eq!(cells[4].trim().replace(JOINER, ""), wanted, "{table}");
    assert_eq!((cells[3].as_str(), cells[5].as_str()), ("x", "y"), "{table}");
    // As words: of ours, and of a log.
    for (written, wanted) in [(words(&text), sanitize::line(&text).into_owned()), (plain(&text), shown(&text))] {
        let wanted = wanted.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut found = String::new();
        for event in read(&written) {
            match event {
                Event::Text(part) => found.push_str(&part),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                other => panic!("{written:?} of {text:?} has {other:?}"),
            }
        }
        assert_eq!(found.replace(JOINER, ""), wanted, "{written:?} of {text:?}");
    }
}

fn read(text: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    Parser::new_ext(text, options).collect()
}

/// The texts of all cells, of the header too.
fn cells(text: &str) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    for event in read(text) {
        match event {
            Event::Start(Tag::TableCell) => cells.push(String::new()),
            Event::Text(part) | Event::Code(part) => cells.last_mut().expect("a text is in a cell").push_str(&part),
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Link { .. } | Tag::Image { .. }) => {
                panic!("{text} has {event:?}")
            }
            _ => {}
        }
    }
    cells
}
