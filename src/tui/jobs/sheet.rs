//! Lists of issues and people as files. Columns are called as in the report for programs, and all times
//! are in UTC.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use super::format::{self, Format};
use super::{STRIDE, Wanted};
use crate::analysis::{Analysis, Because, Issue, Standing};
use crate::output::csv::{Row, Style};
use crate::output::markdown::code;
use crate::output::page::{counted, number, shown};
use crate::rules::Library;
use crate::text::time::{Micros, rfc3339};
use crate::text::width::width;
use crate::text::{sanitize, secret};
use crate::tui::screen::issue::Place;
use crate::tui::screen::people;
use crate::unknown;

/// A list, and where it is saved.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The file.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
    /// The filter, which files for people name.
    pub filter: String,
    /// What it is a list of.
    pub listed: Listed,
    /// Where that is from.
    pub analysis: Arc<Analysis>,
}

/// What is listed, in the order of the list.
#[derive(Clone, Debug)]
pub enum Listed {
    /// Issues, those among them that no rule describes.
    Issues(Vec<Place>),
    /// People, by their places in the three lists as if they were one.
    People(Vec<usize>),
}

impl Listed {
    /// What its file is called, without the ending.
    pub fn name(&self) -> &'static str {
        match self {
            Listed::Issues(_) => "provlens-issues",
            Listed::People(_) => "provlens-people",
        }
    }

    fn count(&self) -> String {
        match self {
            Listed::Issues(places) => counted(places.len() as u64, "issue", "issues"),
            Listed::People(places) => counted(places.len() as u64, "entry", "entries"),
        }
    }

    fn len(&self) -> usize {
        match self {
            Listed::Issues(places) => places.len(),
            Listed::People(places) => places.len(),
        }
    }

    /// What the columns are called for programs and for people.
    fn columns(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Listed::Issues(_) => &[
                ("rule", "Known issue"),
                ("cluster", "New kind of error"),
                ("title", "What is wrong"),
                ("severity", "Level"),
                ("app", "App"),
                ("state", "State"),
                ("events", "Events"),
                ("failures", "Failures"),
                ("users", "People"),
                ("still_broken", "Still broken"),
                ("first", "First"),
                ("last", "Last"),
            ],
            Listed::People(_) => &[
                ("user", "Person"),
                ("standing", "What it means"),
                ("app", "App"),
                ("since", "Since"),
                ("rule", "Known issue"),
                ("reason", "Reason"),
            ],
        }
    }
}

/// What stands in a cell.
enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    /// A word of ours, for programs and for people.
    Ours(&'static str, &'static str),
    Number(u64),
    Time(Option<Micros>),
}

impl Sheet {
    /// Saves it, and tells what came of it in a sentence.
    pub fn save(&self, library: &Library, is_wanted: &Wanted<'_>) -> String {
        let path = self.path.display();
        match format::create(&self.path, |out| self.write(out, library, is_wanted)) {
            Ok(None) => format!("{path} is not written: something else was asked for."),
            Ok(Some(())) => format!("Saved {} to {path}, times in UTC.", self.listed.count()),
            Err(error) => format::failure(&error),
        }
    }

    fn write(&self, out: &mut dyn Write, library: &Library, is_wanted: &Wanted<'_>) -> io::Result<Option<()>> {
        let columns = self.listed.columns();
        let titles = || columns.iter().map(|(_, title)| *title);
        let widths = match self.format {
            Format::Text => self.widths(library),
            _ => Vec::new(),
        };
        match self.format {
            Format::Text => {
                let cells: Vec<String> = titles().map(str::to_owned).collect();
                write!(out, "{}\n{}", self.head(str::to_owned), line(&cells, &widths))?;
            }
            Format::Markdown => {
                let rule = columns.iter().map(|_| "---").collect::<Vec<_>>();
                let titles = titles().collect::<Vec<_>>();
                write!(out, "{}\n| {} |\n| {} |\n", self.head(code), titles.join(" | "), rule.join(" | "))?;
            }
            Format::Csv => {
                let keys: Vec<&str> = columns.iter().map(|(key, _)| *key).collect();
                writeln!(out, "{}", keys.join(","))?;
            }
            Format::JsonLines => {}
        }
        for at in 0..self.listed.len() {
            if at % STRIDE == 0 && !is_wanted() {
                return Ok(None);
            }
            let Some(cells) = self.cells(at, library) else { continue };
            let row = match self.format {
                Format::Text => line(&cells.iter().map(|cell| cell.words()).collect::<Vec<_>>(), &widths),
                Format::Markdown => {
                    let cells: Vec<String> = cells.iter().map(Cell::markdown).collect();
                    format!("| {} |\n", cells.join(" | "))
                }
                Format::Csv => csv(&cells),
                Format::JsonLines => object(columns, &cells)?,
            };
            out.write_all(row.as_bytes())?;
        }
        Ok(Some(()))
    }

    /// What stands above a list for people.
    fn head(&self, quoted: impl Fn(&str) -> String) -> String {
        let filter = if self.filter.is_empty() { "none".to_owned() } else { quoted(&shown(&self.filter)) };
        format!("{}, times in UTC. Filter: {filter}\n", self.listed.count())
    }

    /// How wide the columns are for all rows; the last one needs nothing behind it.
    fn widths(&self, library: &Library) -> Vec<usize> {
        let mut widths: Vec<usize> = self.listed.columns().iter().map(|(_, title)| width(title)).collect();
        for cells in (0..self.listed.len()).filter_map(|at| self.cells(at, library)) {
            for (wide, cell) in widths.iter_mut().zip(&cells) {
                *wide = (*wide).max(width(&cell.words()));
            }
        }
        widths
    }

    fn cells<'a>(&'a self, at: usize, library: &'a Library) -> Option<Vec<Cell<'a>>> {
        match &self.listed {
            Listed::Issues(places) => {
                let issue = match places.get(at)? {
                    Place::Known(at) => self.analysis.issues.get(*at),
                    Place::Unknown(at) => self.analysis.unknown.get(*at),
                }?;
                Some(issue_cells(issue, library))
            }
            Listed::People(places) => {
                let (standing, person) = people::entry(&self.analysis.people, *places.get(at)?)?;
                let rule = person.rule.and_then(|rule| library.rule(rule));
                let reason = match (rule, person.because) {
                    (Some(rule), _) => rule.title.as_str(),
                    (None, Because::NeverTried) => "the log shows no try",
                    (None, Because::Failed | Because::StillInGroup | Because::NoAccount) => "new kind of error",
                };
                Some(vec![
                    Cell::of(Some(&person.user)),
                    standing_cell(standing),
                    Cell::of(Some(&person.app)),
                    Cell::Time(person.since),
                    Cell::of(rule.map(|rule| rule.id.as_str())),
                    Cell::of(Some(reason)),
                ])
            }
        }
    }
}

fn issue_cells<'a>(issue: &'a Issue, library: &'a Library) -> Vec<Cell<'a>> {
    let rule = issue.rule.and_then(|rule| library.rule(rule));
    let shape = issue.shape.as_deref().filter(|_| rule.is_none());
    vec![
        Cell::of(rule.map(|rule| rule.id.as_str())),
        Cell::Text(shape.map(|shape| unknown::cluster_id(shape).into())),
        Cell::of(rule.map(|rule| rule.title.as_str()).or(shape)),
        rule.map_or(Cell::Text(None), |rule| Cell::Ours(rule.severity.word(), rule.severity.word())),
        Cell::of(issue.app.as_deref()),
        Cell::Ours(issue.state.word(), issue.state.word()),
        Cell::Number(issue.events),
        Cell::Number(issue.failures),
        Cell::Number(issue.users),
        Cell::Number(issue.still_broken),
        Cell::Time(issue.first),
        Cell::Time(issue.last),
    ]
}

/// As the report for programs calls the list, and as the screen says it.
fn standing_cell(standing: Standing) -> Cell<'static> {
    let word = match standing {
        Standing::AccessNotRemoved => "access_not_removed",
        Standing::WaitingForAccess => "waiting_for_access",
        Standing::OutOfDate => "out_of_date",
    };
    Cell::Ours(word, people::meaning(standing))
}

impl<'a> Cell<'a> {
    fn of(text: Option<&'a str>) -> Cell<'a> {
        Cell::Text(text.map(Cow::Borrowed))
    }

    /// For people.
    fn words(&self) -> String {
        match self {
            Cell::Text(text) => text.as_deref().map(shown).unwrap_or_default(),
            Cell::Ours(_, words) => (*words).to_owned(),
            Cell::Number(count) => number(*count),
            Cell::Time(at) => at.map(rfc3339).unwrap_or_default(),
        }
    }

    /// Whatever stands in it is no markup. A bar would end the cell, also in a span of code.
    fn markdown(&self) -> String {
        match self {
            Cell::Text(Some(text)) if !text.is_empty() => code(text).replace('|', "\\|"),
            cell => cell.words(),
        }
    }
}

/// A line for people; nothing is cut.
fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, wide) in cells.iter().zip(widths) {
        line.push_str(cell);
        line.push_str(&" ".repeat(wide.saturating_sub(width(cell)) + 2));
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}

fn csv(cells: &[Cell<'_>]) -> String {
    let mut line = String::new();
    let mut row = Row::new(&mut line, Style::Guarded);
    for cell in cells {
        match cell {
            Cell::Text(text) => row.text(text.as_deref().map(secret::mask).as_deref()),
            Cell::Ours(word, _) => row.ours(word),
            Cell::Number(count) => row.ours(&count.to_string()),
            Cell::Time(at) => row.ours(&at.map(rfc3339).unwrap_or_default()),
        }
    }
    row.end();
    line
}

/// An object a line, its fields in the order of the columns.
fn object(columns: &[(&str, &str)], cells: &[Cell<'_>]) -> io::Result<String> {
    let mut fields = Vec::with_capacity(columns.len());
    for ((key, _), cell) in columns.iter().zip(cells) {
        let value = match cell {
            Cell::Text(text) => serde_json::to_string(&text.as_deref().map(secret::mask))?,
            Cell::Ours(word, _) => serde_json::to_string(word)?,
            Cell::Number(count) => count.to_string(),
            Cell::Time(at) => serde_json::to_string(&at.map(rfc3339))?,
        };
        fields.push(format!("{}:{value}", serde_json::to_string(key)?));
    }
    Ok(format!("{}\n", sanitize::json(&format!("{{{}}}", fields.join(",")))))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::tui::tests::{analysis, library};

    fn saved(listed: Listed, format: Format, analysis: Analysis) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let sheet = Sheet { path: path.clone(), format, filter: String::new(), listed, analysis: Arc::new(analysis) };
        let said = sheet.save(&library(), &|| true);
        assert!(said.starts_with("Saved "), "{said}");
        assert!(sheet.save(&library(), &|| true).contains("is there already and stays as it is"));
        fs::read_to_string(path).unwrap()
    }

    fn issues() -> Listed {
        Listed::Issues(vec![Place::Known(0), Place::Known(2), Place::Unknown(0)])
    }

    #[test]
    fn a_list_of_issues_in_every_format() {
        for format in Format::ALL {
            insta::assert_snapshot!(format!("issues.{}", format.ending()), saved(issues(), format, analysis()));
        }
    }

    #[test]
    fn a_list_of_people_in_every_format() {
        for format in Format::ALL {
            let listed = Listed::People(vec![2, 0]);
            let analysis = crate::tui::screen::overview::tests::busy();
            insta::assert_snapshot!(format!("people.{}", format.ending()), saved(listed, format, analysis));
        }
    }

    #[test]
    fn what_a_log_says_is_neither_formula_nor_markup_nor_an_order() {
        let hostile = "=cmd|' /C calc'!A0 `x` | [a](javascript:b) \u{1b}]0;x\u{7} Bearer abcdef123456";
        for format in Format::ALL {
            let mut analysis = analysis();
            analysis.unknown[0].shape = Some(hostile.to_owned());
            analysis.unknown[0].app = Some(hostile.to_owned());
            let text = saved(Listed::Issues(vec![Place::Unknown(0)]), format, analysis);
            assert!(!text.contains(['\u{1b}', '\u{7}']) && !text.contains("abcdef123456"), "{text}");
            match format {
                Format::Csv => assert!(text.contains("\"'=cmd"), "{text}"),
                // Every bar of the row but those between cells.
                Format::Markdown => {
                    let row = text.lines().last().unwrap();
                    assert_eq!(row.replace("\\|", "").matches('|').count(), 13, "{row}");
                }
                Format::JsonLines => {
                    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(value["events"], 90);
                    assert!(value["app"].as_str().unwrap().starts_with("=cmd"));
                }
                Format::Text => {}
            }
        }
    }

    #[test]
    fn whoever_is_not_wanted_any_more_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let analysis = Arc::new(analysis());
        let sheet = Sheet { path, format: Format::Csv, filter: String::new(), listed: issues(), analysis };
        assert!(sheet.save(&library(), &|| false).contains("is not written"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
