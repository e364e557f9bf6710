//! `provlens inputs`

use serde_json::json;

use super::{print, print_json, setup};
use crate::cli::{Format, InputsArgs};
use crate::exit::ExitStatus;
use crate::output::report::inputs;

pub(super) fn run(args: &InputsArgs) -> ExitStatus {
    let ready = match setup::ready(&args.paths, &args.common, None) {
        Ok(ready) => ready,
        Err(status) => return status,
    };
    let printed = match args.format {
        Format::Text => print(&inputs::text(&ready.analysis, ready.style.color)),
        Format::Json => print_json(&json!({
            "schema": "provlens/inputs/1",
            "interrupted": ready.analysis.covered,
            "totals": ready.analysis.totals,
            "inputs": ready.analysis.inputs.iter().map(inputs::value).collect::<Vec<_>>(),
        })),
    };
    ready.end(printed)
}
