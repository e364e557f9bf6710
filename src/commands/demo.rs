//! `provlens demo`: the built-in samples.

use super::{report, setup};
use crate::cli::{Common, DemoArgs};
use crate::exit::ExitStatus;
use crate::source::{Gathered, Source};

macro_rules! samples {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_bytes!(concat!("../../samples/", $name)) as &[u8])),+]
    };
}

pub(super) fn run(args: &DemoArgs) -> ExitStatus {
    let sources = samples![
        "okta-system-log.ndjson",
        "entra-provisioning.json",
        "entra-job.json",
        "team-chat-access.log",
        "aws-cloudtrail.json"
    ]
    .into_iter()
    .map(|(name, bytes)| Source::built_in(&format!("samples/{name}"), bytes))
    .collect();
    let common = Common { color: args.color, tz: "UTC".to_owned(), ..Common::default() };
    match setup::ready_from(Gathered { sources, ..Gathered::default() }, &common, None) {
        Ok(ready) => report::show(&ready, args.format),
        Err(status) => status,
    }
}
