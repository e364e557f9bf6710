//! What strangers write into logs, on the screen.

use std::sync::Arc;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, List, Paragraph, Row as TableRow, Table, Widget};

use super::keymap::Action;
use super::model::{Model, Size};
use super::row::Row;
use super::tests::{act, analysis, model_of};
use super::view;
use crate::text::width::width;

const TABS: [Action; 7] =
    [Action::Tab1, Action::Tab2, Action::Tab3, Action::Tab4, Action::Tab5, Action::Tab6, Action::Tab7];
const WIDE: Size = Size { columns: 120, rows: 40 };

/// The issues list of an analysis in which a text stands wherever a log says something.
fn model_that_says(text: &str, size: Size) -> Model {
    let mut analysis = analysis();
    for issue in analysis.issues.iter_mut().chain(&mut analysis.unknown) {
        issue.app = Some(text.to_owned());
        issue.shape = issue.shape.as_ref().map(|_| text.to_owned());
        for example in &mut issue.examples {
            example.user = Some(text.to_owned());
            example.message = Some(text.to_owned());
            example.remote = Some(text.to_owned());
            example.ids = [("event", text.to_owned())].into();
        }
    }
    for series in &mut analysis.series {
        series.app = Arc::from(text);
    }
    model_of(analysis, size)
}

fn words(row: &Row, columns: usize) -> String {
    row.pieces(columns).into_iter().map(|piece| piece.text).collect()
}

/// The cells of a widget that is drawn in one line.
fn drawn(widget: impl Widget) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 40, 1));
    widget.render(buffer.area, &mut buffer);
    symbols(&buffer)
}

fn symbols(buffer: &Buffer) -> String {
    buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
}

/// Nothing here relies on it: texts are made safe before they become rows. But whoever takes a newer version
/// should see that it treats them in another way.
#[test]
fn h3_what_the_library_of_the_screen_does_with_orders_is_known() {
    const HOSTILE: &str = "a\u{1b}]52;c;SGk=\u{7}\u{9b}31m\u{8}\0\u{202e}b";
    let mut set = Buffer::empty(Rect::new(0, 0, 40, 1));
    set.set_string(0, 0, HOSTILE, Style::default());
    let ways = [
        ("set_string", symbols(&set)),
        ("Span", drawn(Span::raw(HOSTILE))),
        ("Line", drawn(Line::raw(HOSTILE))),
        ("Paragraph", drawn(Paragraph::new(HOSTILE))),
        ("List", drawn(List::new([HOSTILE]))),
        ("Table", drawn(Table::new([TableRow::new([HOSTILE])], [40]))),
        ("Block", drawn(Block::new().title(HOSTILE))),
    ];
    // What terminals take for orders is dropped, the words behind it stay; and nowhere is that said of the
    // marks that turn the direction.
    let known: Vec<String> = ways.iter().map(|(way, text)| format!("{way}: {}", text.escape_unicode_marks())).collect();
    insta::assert_snapshot!("ratatui@orders", known.join("\n"));
}

trait Marks {
    fn escape_unicode_marks(&self) -> String;
}

impl Marks for String {
    fn escape_unicode_marks(&self) -> String {
        self.chars()
            .map(|c| if c.is_ascii_graphic() { c.to_string() } else { c.escape_unicode().to_string() })
            .collect()
    }
}

#[test]
fn h8_words_that_look_like_the_screen_stand_where_words_of_logs_stand() {
    const IMITATION: &str = " 1[Overview]  2 Issues  3 Events   Filter  none   all read   Enter open   q leave";
    for size in [Size { columns: 80, rows: 24 }, WIDE] {
        let mut imitating = model_that_says(IMITATION, size);
        let mut harmless = model_that_says("Salesforce", size);
        for tab in TABS {
            act(&mut imitating, &[tab]);
            act(&mut harmless, &[tab]);
            let (rows, usual) = (view::rows(&imitating), view::rows(&harmless));
            let last = rows.len() - 1;
            // The head, the filter and the keys are ours: not a cell of them is another one.
            for place in [0, 1, 2, last] {
                assert_eq!(rows[place].pieces(size.columns), usual[place].pieces(size.columns), "{tab:?}");
            }
            // Nothing of it begins a line, as ours do.
            for row in &rows[3..last] {
                assert!(!words(row, size.columns).starts_with(" 1[Overview]"), "{tab:?}");
            }
        }
    }
}

/// Letters of all widths, and signs that are wider or narrower together than one by one.
fn name() -> impl Strategy<Value = String> {
    let odd = ["👩\u{200d}🔬", "☺\u{fe0f}", "🇩🇪", "e\u{301}", "日本", "ﷺ", "각", "\u{202e}", "\u{1b}[2J", "\t", "x y"];
    let tower = Just(format!("Z{}", "\u{301}".repeat(10_000)));
    let piece = prop_oneof![
        4 => prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
        1 => tower,
        4 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 1..30).prop_map(|pieces| pieces.concat())
}

/// Where the line between the two sides is drawn, row by row.
fn borders(model: &Model) -> Vec<Option<usize>> {
    let mut buffer = Buffer::empty(view::area(WIDE));
    view::draw(model, &mut buffer);
    buffer.content.chunks(WIDE.columns).map(|row| row.iter().position(|cell| cell.symbol() == "│")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn h4_borders_stay_whole_whatever_letters_a_name_has(name in name()) {
        let (model, usual) = (model_that_says(&name, WIDE), model_that_says("Salesforce", WIDE));
        for row in view::rows(&model) {
            prop_assert_eq!(width(&words(&row, WIDE.columns)), WIDE.columns);
        }
        prop_assert_eq!(borders(&model), borders(&usual));
    }
}
