//! A page of HTML of which every text is escaped, since there is no other way to put one in.
//!
//! Names of elements and attributes are ours, and so are nearly all values; what a stranger wrote gets in
//! as text or as a label only. An address becomes a link if it is one of a rule and begins with
//! `https://`. What is written is well-formed XML as well, so that a strict reader can check it.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use crate::output::page::shown;
use crate::text::sanitize;
use crate::text::time::{self, Micros};
use crate::text::width::{is_mark, truncate};

/// Elements that stand in a line; the end of any other one ends the line.
const INLINE: [&str; 11] = ["a", "bdi", "code", "desc", "q", "span", "strong", "summary", "text", "time", "title"];

/// Columns of a name.
const NAME: usize = 120;
/// Accents of one letter.
const MARKS: usize = 8;

/// Something that is said of an element.
#[derive(Clone, Copy)]
pub(super) enum With<'a> {
    /// A word of ours.
    Is(&'static str, &'static str),
    /// A number of ours.
    Number(&'static str, u64),
    /// How wide and how high a drawing is.
    Box(u64, u64),
    /// Words for those who do not see it.
    Label(&'a str),
    /// A place on the page that something leads to.
    At(&'static str, usize),
    /// What describes it, by places of the page.
    LabelledBy([(&'static str, usize); 2]),
    /// Leads to a place on the page.
    To(&'static str, usize),
    /// Leads to a public page that a rule names.
    Source(&'a Source),
}

/// The address of a public page.
pub(super) struct Source(String);

impl Source {
    /// Nothing for anything that is no plain https address.
    pub(super) fn of(text: &str) -> Option<Source> {
        let plain = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '<' | '>' | '"' | '\'' | '`' | '\\');
        (text.starts_with("https://") && text.chars().all(plain)).then(|| Source(text.to_owned()))
    }

    pub(super) fn words(&self) -> &str {
        self.0.strip_prefix("https://").unwrap_or(&self.0)
    }
}

/// Collects elements.
pub(super) struct Html {
    out: String,
}

impl Html {
    /// A whole page: what stands in its head is ours but for the title.
    pub(super) fn page(title: &str, css: &'static str, body: impl FnOnce(&mut Html)) -> String {
        let mut html = Html { out: "<!DOCTYPE html>\n".to_owned() };
        html.element("html", &[With::Is("lang", "en")], |html| {
            html.element("head", &[], |html| {
                html.empty("meta", &[With::Is("charset", "utf-8")]);
                html.empty(
                    "meta",
                    &[
                        With::Is("http-equiv", "Content-Security-Policy"),
                        With::Is(
                            "content",
                            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
                        ),
                    ],
                );
                for (name, content) in [
                    ("viewport", "width=device-width, initial-scale=1"),
                    ("color-scheme", "light dark"),
                    ("referrer", "no-referrer"),
                    ("robots", "noindex"),
                    ("format-detection", "telephone=no, date=no, email=no, address=no"),
                ] {
                    html.empty("meta", &[With::Is("name", name), With::Is("content", content)]);
                }
                html.leaf("title", &[], title);
                html.out.push('\n');
                html.open("style", &[]);
                html.out.push('\n');
                html.out.push_str(css);
                html.close("style");
            });
            html.element("body", &[], body);
        });
        html.out
    }

    /// An element with what `inside` puts into it.
    pub(super) fn element(&mut self, tag: &'static str, with: &[With<'_>], inside: impl FnOnce(&mut Html)) {
        self.open(tag, with);
        // Parts of a page begin on a line of their own, for whoever reads its source.
        if matches!(tag, "html" | "head" | "body" | "main" | "section" | "article" | "table" | "tbody" | "svg") {
            self.out.push('\n');
        }
        inside(self);
        self.close(tag);
    }

    /// An element that holds a text only.
    pub(super) fn leaf(&mut self, tag: &'static str, with: &[With<'_>], text: &str) {
        self.element(tag, with, |html| html.text(text));
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, tag: &'static str, with: &[With<'_>]) {
        self.start(tag, with);
        self.out.push_str("/>\n");
    }

    /// Words of ours or of a rule, and sentences of which the parts from a log are masked already.
    pub(super) fn text(&mut self, text: &str) {
        escape(&mut self.out, &sanitize::line(text));
    }

    /// Text from a log, kept apart from what stands around it also where it is written from right to left.
    pub(super) fn log(&mut self, text: &str) {
        let text = shown(text);
        self.leaf("bdi", &[], &text);
    }

    /// A name from a log, the beginning of it if it is longer than names are.
    pub(super) fn name(&mut self, text: &str) {
        self.log(&truncate(&shown(text), NAME));
    }

    /// A time to the minute; its zone is to be said beside it.
    pub(super) fn minute(&mut self, at: Option<Micros>, zone: &TimeZone) {
        self.time(at, |at| time::minute(at, zone));
    }

    /// A time to the second, with its zone.
    pub(super) fn second(&mut self, at: Option<Micros>, zone: &TimeZone) {
        self.time(at, |at| time::second(at, zone));
        self.zone(at, zone);
    }

    /// The zone of a time, if there is one.
    pub(super) fn zone(&mut self, at: Option<Micros>, zone: &TimeZone) {
        if at.is_some() {
            self.text(&format!(" {}", time::zone_label(zone)));
        }
    }

    fn time(&mut self, at: Option<Micros>, words: impl Fn(Micros) -> String) {
        let Some(at) = at else { return self.text("time unknown") };
        self.out.push_str("<time datetime=\"");
        escape(&mut self.out, &time::rfc3339(at));
        self.out.push_str("\">");
        self.text(&words(at));
        self.close("time");
    }

    fn open(&mut self, tag: &'static str, with: &[With<'_>]) {
        self.start(tag, with);
        self.out.push('>');
    }

    fn close(&mut self, tag: &'static str) {
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
        if !INLINE.contains(&tag) {
            self.out.push('\n');
        }
    }

    fn start(&mut self, tag: &'static str, with: &[With<'_>]) {
        self.out.push('<');
        self.out.push_str(tag);
        for attribute in with {
            // Writing to a String cannot fail.
            let _ = match attribute {
                With::Is(name, value) => write!(self.out, " {name}=\"{value}\""),
                With::Number(name, value) => write!(self.out, " {name}=\"{value}\""),
                With::Box(width, height) => write!(self.out, " viewBox=\"0 0 {width} {height}\""),
                With::At(part, number) => write!(self.out, " id=\"{}\"", Place(part, *number)),
                With::To(part, number) => write!(self.out, " href=\"#{}\"", Place(part, *number)),
                With::LabelledBy([(a, one), (b, two)]) => {
                    write!(self.out, " aria-labelledby=\"{} {}\"", Place(a, *one), Place(b, *two))
                }
                With::Label(words) => {
                    self.out.push_str(" aria-label=\"");
                    escape(&mut self.out, &sanitize::line(words));
                    self.out.write_char('"')
                }
                With::Source(Source(address)) => {
                    self.out.push_str(" rel=\"noreferrer\" href=\"");
                    escape(&mut self.out, address);
                    self.out.write_char('"')
                }
            };
        }
    }
}

/// `issue-3`, or `issues` for the only one.
struct Place(&'static str, usize);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place(part, 0) => f.write_str(part),
            Place(part, number) => write!(f, "{part}-{number}"),
        }
    }
}

fn escape(out: &mut String, text: &str) {
    let mut marks = 0;
    for letter in text.chars() {
        marks = if is_mark(letter) { marks + 1 } else { 0 };
        match letter {
            // A tower of them would cover the lines above.
            _ if marks > MARKS + 1 => {}
            _ if marks > MARKS => out.push('…'),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // These are no characters, for XML not even escaped.
            '\u{fffe}' => out.push_str("⟨U+FFFE⟩"),
            '\u{ffff}' => out.push_str("⟨U+FFFF⟩"),
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, label: &str) -> (String, String) {
        let page = Html::page(text, "", |html| html.element("p", &[With::Label(label)], |html| html.text(text)));
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
        let document = roxmltree::Document::parse_with_options(&page, options).unwrap();
        let tags: Vec<&str> =
            document.descendants().filter(|node| node.is_element()).map(|node| node.tag_name().name()).collect();
        assert_eq!(tags[..2], ["html", "head"]);
        assert_eq!(tags[tags.len() - 4..], ["title", "style", "body", "p"]);
        let paragraph = document.descendants().find(|node| node.has_tag_name("p")).unwrap();
        (paragraph.text().unwrap_or_default().to_owned(), paragraph.attribute("aria-label").unwrap().to_owned())
    }

    #[test]
    fn i2_markup_of_strangers_is_text() {
        for text in [
            "<script>alert(1)</script>",
            "</title><img src=x onerror=alert(1)>",
            "\" onclick=\"x",
            "' onclick='x",
            "&#x3c;b&#x3e; &amp; &",
            "]]> <![CDATA[ <!-- --> <?x?>",
            "</style><style>*{display:none}",
        ] {
            assert_eq!(read(text, text), (text.to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn only_plain_https_addresses_are_links() {
        assert!(Source::of("https://example.com/a?b=1&c=2").is_some());
        for text in ["http://example.com", "javascript:alert(1)", "https://example.com/\" x", "https://a b", "see x"] {
            assert!(Source::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn h4_accents_do_not_cover_the_page() {
        let tower = |marks: usize| format!("e{}x", "\u{301}".repeat(marks));
        assert_eq!(read(&tower(8), "").0, tower(8));
        assert_eq!(read(&tower(3_000), "").0, format!("e{}…x", "\u{301}".repeat(8)));
    }

    #[test]
    fn secrets_in_logs_are_masked() {
        let page = Html::page("t", "", |html| html.log("Bearer abcdefghijkl"));
        assert!(page.contains("<bdi>Bearer ‹secret›</bdi>"), "{page}");
    }

    proptest! {
        #[test]
        fn any_text_comes_back_as_it_is_shown(text in "(?s).{0,40}|[<>&\"'\\]!/a-z\u{fffe}\u{7f}]{0,30}") {
            let wanted = sanitize::line(&text).replace('\u{fffe}', "⟨U+FFFE⟩").replace('\u{ffff}', "⟨U+FFFF⟩");
            prop_assert_eq!(read(&text, &text), (wanted.clone(), wanted));
        }
    }
}
