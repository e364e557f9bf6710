//! `provlens report`

use super::{follow, print, print_json, setup};
use crate::cli::{Format, ReportArgs};
use crate::exit::ExitStatus;
use crate::output::report::{json, text};

pub(super) fn run(args: &ReportArgs) -> ExitStatus {
    if args.follow {
        return follow::run(args);
    }
    match setup::ready(&args.paths, &args.common, None) {
        Ok(ready) => {
            let status = show(&ready, args.format.unwrap_or_default());
            // The program ends here; taking a large analysis apart first would only take time.
            std::mem::forget(ready);
            status
        }
        Err(status) => status,
    }
}

pub(super) fn show(ready: &setup::Ready, format: Format) -> ExitStatus {
    let printed = match format {
        Format::Text => print(&text::render(&ready.analysis, &ready.library, &ready.style)),
        Format::Json => print_json(&json::report(&ready.analysis, &ready.library)),
    };
    ready.end(printed)
}
