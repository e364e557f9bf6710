//! Saves what is listed to a file: never over another one, and for its owner's eyes only.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::format::{self, Format};
use super::{STRIDE, Wanted};
use crate::analysis::field::Labels;
use crate::event::Entry;
use crate::event::filter::status_word;
use crate::event::store::Scratch;
use crate::output::csv::Style;
use crate::output::events::{Csv, Ndjson, Writer};
use crate::output::markdown::code;
use crate::output::page::{counted, shown};
use crate::rules::Library;
use crate::text::time;
use crate::text::width::width;
use crate::tui::data::{Events, Shown};

/// What is saved, and where.
#[derive(Clone, Debug)]
pub struct Export {
    /// The file.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
    /// The filter, which a text names.
    pub filter: String,
    /// All events.
    pub events: Arc<Events>,
    /// The rows that are listed.
    pub shown: Arc<Shown>,
    /// The last one first.
    pub backwards: bool,
}

/// Saves, and tells what came of it in a sentence.
pub fn save(export: &Export, library: &Library, is_wanted: &Wanted<'_>) -> String {
    let path = export.path.display();
    match format::create(&export.path, |out| write(out, export, library, is_wanted)) {
        Ok(None) => format!("{path} is not written: something else was asked for."),
        Ok(Some(missing)) => {
            let count = counted(export.shown.rows.len() as u64, "event", "events");
            let kept = match missing {
                0 => String::new(),
                missing => format!(
                    " {} too long to be kept and missing in it; `provlens events` has them.",
                    if missing == 1 { "1 message is".to_owned() } else { counted(missing, "", "messages are") }
                ),
            };
            format!("Saved {count} to {path}, times in UTC.{kept}")
        }
        Err(error) => format::failure(&error),
    }
}

/// How many messages are missing; `None` if it was given up.
fn write(
    out: &mut (dyn Write + Send),
    export: &Export,
    library: &Library,
    is_wanted: &Wanted<'_>,
) -> io::Result<Option<u64>> {
    let labels = Labels::of(library);
    let mut writer: Box<dyn Writer<_> + '_> = match export.format {
        Format::Text => Box::new(Lines::new(out, library, export)),
        Format::Markdown => Box::new(Table::new(out, library, export)),
        Format::Csv => Box::new(Csv::new(out, labels, Style::Guarded)),
        Format::JsonLines => Box::new(Ndjson::new(out, labels)),
    };
    let rows = &export.shown.rows;
    let mut scratch = Scratch::default();
    let mut missing = 0;
    for at in 0..rows.len() {
        if at % STRIDE == 0 && !is_wanted() {
            return Ok(None);
        }
        let at = if export.backwards { rows.len() - 1 - at } else { at };
        let Some(row) = rows.get(at).and_then(|row| export.events.store.row(*row)) else { continue };
        missing += u64::from(row.words_are_in_the_record());
        writer.event(&row.entry(&mut scratch))?;
    }
    writer.finish()?;
    Ok(Some(missing))
}

/// A line an event, for people.
struct Lines<'l, W> {
    out: W,
    library: &'l Library,
    /// What stands on top, until it is written.
    head: String,
}

impl<'l, W: Write> Lines<'l, W> {
    fn new(out: W, library: &'l Library, export: &Export) -> Lines<'l, W> {
        Lines { out, library, head: head(export, str::to_owned) }
    }
}

/// What stands above a list for people.
fn head(export: &Export, quoted: impl Fn(&str) -> String) -> String {
    let filter = if export.filter.is_empty() { "none".to_owned() } else { quoted(&shown(&export.filter)) };
    let count = counted(export.shown.rows.len() as u64, "event", "events");
    format!("{count}, times in UTC. Filter: {filter}\n\n")
}

impl<W: Write + Send> Writer<W> for Lines<'_, W> {
    fn event(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        self.out.write_all(std::mem::take(&mut self.head).as_bytes())?;
        writeln!(self.out, "{}", line(entry, self.library, &TimeZone::UTC).trim_end())
    }

    fn finish(mut self: Box<Self>) -> io::Result<W> {
        self.out.write_all(std::mem::take(&mut self.head).as_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A row of a table an event, for tickets and wikis.
struct Table<'l, W>(Lines<'l, W>);

impl<'l, W: Write> Table<'l, W> {
    fn new(out: W, library: &'l Library, export: &Export) -> Table<'l, W> {
        let titles = "| Time | Result | Action | Person | App | What is wrong | Message |\n";
        let head = format!("{}{titles}|{}\n", head(export, code), " --- |".repeat(7));
        Table(Lines { out, library, head })
    }
}

impl<W: Write + Send> Writer<W> for Table<'_, W> {
    fn event(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let Table(Lines { out, library, head }) = self;
        out.write_all(std::mem::take(head).as_bytes())?;
        let rule = entry.rule.and_then(|(rule, _)| library.rule(rule)).map(|rule| rule.id.as_str());
        // A bar would end the cell, also in a span of code.
        let cell = |text: Option<&str>| match text {
            Some(text) if !text.is_empty() => code(text).replace('|', "\\|"),
            _ => String::new(),
        };
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            entry.time.map(time::rfc3339).unwrap_or_default(),
            status_word(entry.outcome),
            entry.operation.word(),
            cell(entry.user()),
            cell(entry.app),
            cell(rule),
            cell(entry.said.message.or(entry.said.remote)),
        )
    }

    fn finish(self: Box<Self>) -> io::Result<W> {
        Box::new(self.0).finish()
    }
}

/// One event as one line of text, with its message.
pub fn line(entry: &Entry<'_>, library: &Library, zone: &TimeZone) -> String {
    let at = entry.time.map_or_else(
        || "time unknown".to_owned(),
        |at| format!("{} {}", time::second(at, zone), time::zone_label_at(at, zone)),
    );
    let issue = match entry.rule.and_then(|(rule, _)| library.rule(rule)) {
        Some(rule) => format!("{} ({})", rule.title, rule.id),
        None if entry.outcome == crate::event::Outcome::Failure => "not known yet".to_owned(),
        None => String::new(),
    };
    let who = entry.user().map(shown).unwrap_or_default();
    let app = entry.app.map(shown).unwrap_or_default();
    let words = entry.said.message.or(entry.said.remote).map(shown).unwrap_or_default();
    // Nothing is cut: what is longer moves the rest of its line.
    let at_least = |text: &str, columns: usize| format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))));
    let result = at_least(status_word(entry.outcome), 7);
    let operation = at_least(entry.operation.word(), 10);
    [at, result, operation, at_least(&who, 28), at_least(&app, 16), issue, words]
        .iter()
        .filter(|cell| !cell.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join("  ")
}
