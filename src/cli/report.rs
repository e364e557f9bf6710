//! How a report is written.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of all commands that write a report.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct PageArgs {
    /// How to print [default: what the name of the file given with -o says, else text]
    #[arg(long, value_enum)]
    pub format: Option<ReportFormat>,
    /// Which table of --format csv [default: issues]
    #[arg(long, value_enum)]
    pub table: Option<ReportTable>,
    /// Write to this file, whole or not at all; only you can read it
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Call people by numbers, also where a message names them
    #[arg(long)]
    pub hide_names: bool,
}

/// Formats of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// A page to hand on: one file, nothing is loaded or run.
    Html,
    /// For tickets and wikis.
    Markdown,
    /// For spreadsheets: one table.
    Csv,
}

/// Tables of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportTable {
    /// A row for each issue at an app, with its steps.
    #[default]
    Issues,
    /// A row for each person and app where something is not as it should be.
    People,
    /// A row for each app.
    Apps,
}

impl PageArgs {
    /// The format that is asked for, or that the name of the file says.
    pub fn format(&self) -> ReportFormat {
        let ending = self.output.as_ref().and_then(|path| path.extension()).and_then(|ending| ending.to_str());
        let by_name = || match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("json") => ReportFormat::Json,
            Some("html" | "htm") => ReportFormat::Html,
            Some("md" | "markdown") => ReportFormat::Markdown,
            Some("csv") => ReportFormat::Csv,
            _ => ReportFormat::Text,
        };
        self.format.unwrap_or_else(by_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_says_its_format_unless_another_one_is_asked_for() {
        let named = |name: &str, format| PageArgs { output: Some(name.into()), format, ..PageArgs::default() }.format();
        let found = ["a.html", "b.HTM", "c.md", "d.csv", "e.json", "f.txt", "g"].map(|name| named(name, None));
        use ReportFormat::{Csv, Html, Json, Markdown, Text};
        assert_eq!(found, [Html, Html, Markdown, Csv, Json, Text, Text]);
        assert_eq!(named("a.html", Some(Text)), Text);
        assert_eq!(PageArgs::default().format(), Text);
    }
}
