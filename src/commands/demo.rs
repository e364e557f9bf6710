//! `provlens demo`: the built-in samples.

use super::{is_for_the_screen, report, setup, tui};
use crate::cli::{Common, DemoArgs, LibraryArgs};
use crate::exit::ExitStatus;
use crate::source::{Gathered, Source};

macro_rules! samples {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_bytes!(concat!("../../samples/", $name)) as &[u8])),+]
    };
}

/// The samples that are part of the program.
pub(super) fn sources() -> Vec<Source> {
    samples![
        "okta-system-log.ndjson",
        "entra-provisioning.json",
        "entra-job.json",
        "team-chat-access.log",
        "aws-cloudtrail.json"
    ]
    .into_iter()
    .map(|(name, bytes)| Source::built_in(&format!("samples/{name}"), bytes))
    .collect()
}

pub(super) fn run(args: &DemoArgs) -> ExitStatus {
    // It shows the same to everybody.
    let library = LibraryArgs { no_user_rules: true, ..args.common.library.clone() };
    let common = Common { library, ..args.common.clone() };
    if is_for_the_screen(&args.page) {
        return tui::run_on_samples(&common);
    }
    let gathered = Gathered { sources: sources(), ..Gathered::default() };
    let written = report::may_be(&args.page).and_then(|()| setup::prepare_from(gathered, &common));
    written.and_then(|prepared| report::write(prepared, &common, &args.page)).unwrap_or_else(|status| status)
}
