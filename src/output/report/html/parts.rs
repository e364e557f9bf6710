//! What several parts of the page are made of.

use super::writer::{Html, With};
use crate::output::page::number;

/// A column of a table.
pub(super) enum Column<'a> {
    /// Of words.
    Words(&'a str),
    /// Of numbers, which stand below each other.
    Number(&'a str),
    /// Left out where there is little room.
    Wide(&'a str),
    /// The same of numbers.
    WideNumber(&'a str),
}

/// A table of which `row` writes the cells.
pub(super) fn table<T>(
    html: &mut Html,
    caption: &str,
    columns: &[Column<'_>],
    rows: impl Iterator<Item = T>,
    row: impl Fn(&mut Html, T),
) {
    html.element("table", &[], |html| {
        html.leaf("caption", &[], caption);
        html.element("thead", &[], |html| {
            html.element("tr", &[], |html| {
                for column in columns {
                    let scope = With::Is("scope", "col");
                    let (title, class) = match column {
                        Column::Words(title) => (title, None),
                        Column::Number(title) => (title, Some("number")),
                        Column::Wide(title) => (title, Some("roomy")),
                        Column::WideNumber(title) => (title, Some("number roomy")),
                    };
                    match class {
                        Some(class) => html.leaf("th", &[scope, With::Is("class", class)], title),
                        None => html.leaf("th", &[scope], title),
                    }
                }
            });
        });
        html.element("tbody", &[], |html| rows.for_each(|item| html.element("tr", &[], |html| row(html, item))));
    });
}

/// Lines one below the other; nothing if there are none.
pub(super) fn list(html: &mut Html, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    html.element("ul", &[], |html| lines.iter().for_each(|line| html.leaf("li", &[], line)));
}

/// A remark that somebody should not miss.
pub(super) fn warning(html: &mut Html, line: &str) {
    html.element("p", &[With::Is("class", "warning")], |html| {
        html.leaf("span", &[With::Is("class", "sign"), With::Is("aria-hidden", "true")], "▲");
        html.text(" ");
        html.text(line);
    });
}

/// How much is not on the page, and what lists it; nothing if nothing is missing.
pub(super) fn more(html: &mut Html, count: usize, what: &str, command: &'static str) {
    if count == 0 {
        return;
    }
    html.element("p", &[With::Is("class", "warning")], |html| {
        html.text(&format!("{} more{what} are not on this page; ", number(count as u64)));
        html.leaf("code", &[], command);
        html.text(" lists all.");
    });
}
