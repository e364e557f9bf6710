//! `provlens events`: every event, normalised and classified.

use std::io;
use std::ops::ControlFlow;

use super::out::{self, Out};
use super::setup;
use crate::analysis::field::Labels;
use crate::cli::{EventsArgs, EventsFormat};
use crate::event::{Entry, Sink};
use crate::exit::ExitStatus;
use crate::output::csv::Style;
use crate::output::events::{Csv, Ndjson, Writer};

pub(super) fn run(args: &EventsArgs) -> ExitStatus {
    write(args).unwrap_or_else(|status| status)
}

fn write(args: &EventsArgs) -> Result<ExitStatus, ExitStatus> {
    let output = args.table.output.as_deref();
    match args.format {
        EventsFormat::Parquet => super::tables::ready(output)?,
        EventsFormat::Csv if args.table.csv_raw => out::refuse_terminal(output, out::RAW)?,
        _ => {}
    }
    let prepared = setup::prepare(&args.paths, &args.common)?;
    prepared.refuse_patterns()?;
    let out = Out::open(output, &prepared.gathered)?;
    let labels = Labels::of(&prepared.library);
    let style = if args.table.csv_raw { Style::Raw } else { Style::Guarded };
    let writer: Box<dyn Writer<Out>> = match args.format {
        EventsFormat::Ndjson => Box::new(Ndjson::new(out, labels)),
        EventsFormat::Csv => Box::new(Csv::new(out, labels, style)),
        EventsFormat::Parquet => super::tables::events(out, labels)?,
    };
    let mut each = Each { writer, error: None };
    let ready = prepared.run(&args.common, Some(&mut each));
    if let Some(error) = each.error {
        return Ok(out::ended(Err(error)));
    }
    let status = match each.writer.finish() {
        Ok(out) => out.finish(&ready),
        Err(error) => out::ended(Err(error)),
    };
    std::mem::forget(ready);
    Ok(status)
}

/// Writes each event, until that fails.
struct Each {
    writer: Box<dyn Writer<Out>>,
    error: Option<io::Error>,
}

impl Sink for Each {
    fn event(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
        #[cfg(debug_assertions)]
        super::crash::on_purpose(entry.said.message.unwrap_or_default());
        match self.writer.event(entry) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}
