//! Parquet, if this build has it.

use std::path::Path;

use super::fail;
use super::out::{self, Out};
use crate::analysis::count::Counted;
use crate::analysis::field::Labels;
use crate::exit::ExitStatus;
use crate::output::events::Writer;

fn none() -> ExitStatus {
    fail(
        ExitStatus::Usage,
        "--format parquet: this build has no tables; csv is there, or build with the feature `tables`",
    )
}

/// Whether Parquet can be written there.
pub(super) fn ready(output: Option<&Path>) -> Result<(), ExitStatus> {
    if cfg!(not(feature = "tables")) {
        return Err(none());
    }
    out::refuse_terminal(output, "Parquet is for programs and would only upset a terminal")
}

/// Writes events into a table.
#[cfg(feature = "tables")]
pub(super) fn events(out: Out, labels: Labels) -> Result<Box<dyn Writer<Out>>, ExitStatus> {
    match crate::output::table::Events::new(out, labels) {
        Ok(events) => Ok(Box::new(events)),
        Err(error) => Err(out::ended(Err(error))),
    }
}

/// Counted events as a table.
#[cfg(feature = "tables")]
pub(super) fn counted(counted: &Counted) -> Result<Vec<u8>, ExitStatus> {
    crate::output::table::counted(counted).map_err(|error| out::ended(Err(error)))
}

#[cfg(not(feature = "tables"))]
pub(super) fn events(_: Out, _: Labels) -> Result<Box<dyn Writer<Out>>, ExitStatus> {
    Err(none())
}

#[cfg(not(feature = "tables"))]
pub(super) fn counted(_: &Counted) -> Result<Vec<u8>, ExitStatus> {
    Err(none())
}
