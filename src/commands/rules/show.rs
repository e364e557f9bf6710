//! `provlens rules show`

use serde_json::json;

use crate::cli::{Format, RulesShowArgs};
use crate::commands::{end, library, print, print_json, setup};
use crate::exit::ExitStatus;
use crate::output::rules::text;

pub(super) fn run(args: &RulesShowArgs) -> ExitStatus {
    let (library, status) = library::load(&args.library, args.print.strict, args.print.quiet);
    match library::known_rule(&library, &args.id).map(|rule| library.rule(rule)) {
        Ok(Some(rule)) => {
            let printed = match args.format {
                Format::Json => print_json(&json!({ "schema": "provlens/rule/1", "rule": rule })),
                Format::Text => print(&text::page(rule, setup::colored(args.print.color))),
            };
            end(printed, status)
        }
        Ok(None) => ExitStatus::Usage,
        Err(status) => status,
    }
}
