//! Parquet, if this build has it.

use std::path::Path;

use super::fail;
use super::out::Out;
use crate::analysis::count::Counted;
use crate::analysis::field::Labels;
use crate::exit::ExitStatus;
use crate::output::events::Writer;

fn none() -> ExitStatus {
    fail(ExitStatus::Usage, "--format parquet: this build has no tables; csv is there")
}

/// Whether Parquet can be written there.
pub(super) fn ready(_: Option<&Path>) -> Result<(), ExitStatus> {
    Err(none())
}

pub(super) fn events(_: Out, _: Labels) -> Result<Box<dyn Writer<Out>>, ExitStatus> {
    Err(none())
}

pub(super) fn counted(_: &Counted) -> Result<Vec<u8>, ExitStatus> {
    Err(none())
}
