//! Saves what is listed to a file: never over another one, and for its owner's eyes only.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::STRIDE;
use crate::analysis::field::Labels;
use crate::event::Entry;
use crate::event::filter::status_word;
use crate::event::store::Scratch;
use crate::output::csv::Style;
use crate::output::events::{Csv, Ndjson, Writer};
use crate::output::page::{counted, shown};
use crate::rules::Library;
use crate::text::time;
use crate::text::width::width;
use crate::tui::data::{Events, Shown};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For spreadsheets.
    Csv,
    /// For programs: a JSON object a line.
    JsonLines,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 3] = [Format::Text, Format::Csv, Format::JsonLines];

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Format::Text => "Text, for people",
            Format::Csv => "CSV, for spreadsheets",
            Format::JsonLines => "JSON lines, for programs",
        }
    }

    /// How the names of its files end.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Text => "txt",
            Format::Csv => "csv",
            Format::JsonLines => "ndjson",
        }
    }
}

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
pub fn save(export: &Export, library: &Library, is_wanted: &dyn Fn() -> bool) -> String {
    let path = export.path.display();
    match write(export, library, is_wanted) {
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
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            format!("{path} is there already and stays as it is. Choose another name.")
        }
        Err(error) => format!("{path} cannot be written: {error}."),
    }
}

/// How many messages are missing; `None` if it was given up.
fn write(export: &Export, library: &Library, is_wanted: &dyn Fn() -> bool) -> io::Result<Option<u64>> {
    let path = &export.path;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // It has its name only once it is whole; only its owner can read it.
    let file = tempfile::Builder::new().prefix(".provlens-").suffix(".tmp").tempfile_in(folder)?;
    let out = BufWriter::new(file);
    let labels = Labels::of(library);
    let mut writer: Box<dyn Writer<_>> = match export.format {
        Format::Text => Box::new(Lines::new(out, library, export)),
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
    let file = writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
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
        let filter = if export.filter.is_empty() { "none" } else { &export.filter };
        let count = counted(export.shown.rows.len() as u64, "event", "events");
        Lines { out, library, head: format!("{count}, times in UTC. Filter: {}\n\n", shown(filter)) }
    }
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

/// One event as one line of text, with its message.
pub fn line(entry: &Entry<'_>, library: &Library, zone: &TimeZone) -> String {
    let at = entry.time.map_or_else(
        || "time unknown".to_owned(),
        |at| format!("{} {}", time::second(at, zone), time::zone_label(zone)),
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
