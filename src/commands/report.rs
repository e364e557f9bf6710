//! `provlens report`

use std::io::{self, Write as _};
use std::path::Path;

use super::harmless::Harmless;
use super::out::{self, Out};
use super::setup::{self, Prepared, Ready};
use super::{clock, fail, follow};
use crate::cli::{Color, Common, PageArgs, ReportArgs, ReportFormat, ReportTable};
use crate::exit::ExitStatus;
use crate::output::report::csv::Table;
use crate::output::report::{Handout, csv, html, json, markdown, text};

/// Endings of files that only their own programs make; under them text would look like a damaged file.
const OTHERS: [&str; 10] = ["pdf", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "ppt", "pptx"];

pub(super) fn run(args: &ReportArgs) -> ExitStatus {
    if args.follow {
        return follow::run(args);
    }
    let written = may_be(&args.page).and_then(|()| setup::prepare(&args.paths, &args.common));
    written.and_then(|prepared| write(prepared, &args.common, &args.page)).unwrap_or_else(|status| status)
}

/// Refuses what says nothing of the format that is asked for.
pub(super) fn may_be(page: &PageArgs) -> Result<(), ExitStatus> {
    if page.table.is_some() && page.format() != ReportFormat::Csv {
        return Err(fail(ExitStatus::Usage, "--table chooses a table of --format csv; other formats hold all of them"));
    }
    let ending = page.output.as_deref().and_then(Path::extension).map(|ending| ending.to_string_lossy().to_lowercase());
    match ending {
        Some(ending) if page.format.is_none() && OTHERS.contains(&ending.as_str()) => Err(fail(
            ExitStatus::Usage,
            &format!(
                "no report is written as .{ending}: -o FILE.html makes a page that any browser prints or saves as PDF, \
                 -o FILE.csv a table; --format text writes text under any name"
            ),
        )),
        _ => Ok(()),
    }
}

/// Reads, and writes the report.
pub(super) fn write(prepared: Prepared, common: &Common, page: &PageArgs) -> Result<ExitStatus, ExitStatus> {
    // Whether the file may be written is known before a long run.
    let mut out = Out::open(page.output.as_deref(), &prepared.gathered)?;
    let mut ready = prepared.run(common, None);
    if page.hide_names {
        ready.analysis.hide_names();
    }
    if page.output.is_some() {
        ready.style.color = matches!(common.color, Color::Always);
    }
    let status = match render(&mut out, &ready, page) {
        Ok(()) => out.finish(&ready),
        Err(error) => ready.end(out::ended(Err(error))),
    };
    // The program ends here; taking a large analysis apart first would only take time.
    std::mem::forget(ready);
    Ok(status)
}

fn render(out: &mut Out, ready: &Ready, page: &PageArgs) -> io::Result<()> {
    let (analysis, library) = (&ready.analysis, &ready.library);
    let handout = Handout { zone: ready.style.zone.clone(), made: clock::fixed() };
    match page.format() {
        ReportFormat::Text => out.write_all(text::render(analysis, library, &ready.style).as_bytes()),
        ReportFormat::Html => out.write_all(html::render(analysis, library, &handout).as_bytes()),
        ReportFormat::Markdown => out.write_all(markdown::render(analysis, library, &handout).as_bytes()),
        ReportFormat::Csv => {
            let table = match page.table.unwrap_or_default() {
                ReportTable::Issues => Table::Issues,
                ReportTable::People => Table::People,
                ReportTable::Apps => Table::Apps,
            };
            out.write_all(csv::render(analysis, library, table).as_bytes())
        }
        ReportFormat::Json => {
            let mut out = Harmless::new(out);
            serde_json::to_writer_pretty(&mut out, &json::report(analysis, library)).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
            out.flush()
        }
    }
}
