//! `provlens count`: events counted by what they say.

use std::io::Write as _;
use std::ops::ControlFlow;

use super::out::{self, Out};
use super::{fail, setup};
use crate::analysis::count::{By, Counter};
use crate::analysis::field::{Field, Labels};
use crate::cli::{CountArgs, CountFormat};
use crate::event::{Entry, Needs, Sink};
use crate::exit::ExitStatus;
use crate::output::count;
use crate::output::csv::Style;
use crate::text::every::Every;
use crate::text::sanitize;

pub(super) fn run(args: &CountArgs) -> ExitStatus {
    print(args).unwrap_or_else(|status| status)
}

fn print(args: &CountArgs) -> Result<ExitStatus, ExitStatus> {
    let output = args.table.output.as_deref();
    match args.format {
        CountFormat::Parquet => super::tables::ready(output)?,
        CountFormat::Csv if args.table.csv_raw => out::refuse_terminal(output, out::RAW)?,
        _ => {}
    }
    let (fields, every) = (fields(&args.by)?, every(args.every.as_deref())?);
    let prepared = setup::prepare(&args.paths, &args.common)?;
    prepared.refuse_patterns()?;
    let mut out = Out::open(output, &prepared.gathered)?;
    let by = By { fields, every, zone: prepared.style.zone.clone() };
    let mut counting = Counting(Counter::new(by, Labels::of(&prepared.library)));
    let ready = prepared.run(&args.common, Some(&mut counting));
    let counted = counting.0.finish();
    let style = if args.table.csv_raw { Style::Raw } else { Style::Guarded };
    let bytes = match args.format {
        CountFormat::Text => count::text(&counted, &ready.analysis, &ready.style).into_bytes(),
        CountFormat::Json => {
            let value = count::json(&counted, args.every.as_deref(), &ready.analysis);
            sanitize::json(&format!("{value:#}\n")).into_owned().into_bytes()
        }
        CountFormat::Csv => count::csv(&counted, style).into_bytes(),
        CountFormat::Parquet => super::tables::counted(&counted)?,
    };
    let status = match out.write_all(&bytes) {
        Ok(()) => out.finish(&ready),
        Err(error) => out::ended(Err(error)),
    };
    std::mem::forget(ready);
    Ok(status)
}

fn fields(names: &[String]) -> Result<Vec<&'static Field>, ExitStatus> {
    let mut fields: Vec<&'static Field> = Vec::new();
    for name in names {
        let field = Field::to_count_by(name.trim())
            .map_err(|sentence| fail(ExitStatus::Usage, &format!("--by {name}: {sentence}")))?;
        // Twice the same says no more than once.
        if !fields.iter().any(|known| known.name == field.name) {
            fields.push(field);
        }
    }
    Ok(fields)
}

fn every(text: Option<&str>) -> Result<Option<Every>, ExitStatus> {
    let Some(text) = text else { return Ok(None) };
    Every::parse(text).map(Some).ok_or_else(|| {
        let sentence = "steps are minutes or hours that divide a day (15m, 1h, 6h), 1d, or 1w";
        fail(ExitStatus::Usage, &format!("--every {text}: {sentence}"))
    })
}

struct Counting(Counter);

impl Sink for Counting {
    fn needs(&self) -> Needs {
        self.0.needs()
    }

    fn event(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
        self.0.add(entry);
        ControlFlow::Continue(())
    }
}
