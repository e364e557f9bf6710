//! `provlens explain`: one known issue in full, with its evidence if logs are given.

use serde::Serialize;
use serde_json::json;

use super::{print, print_json, rules, setup};
use crate::cli::{Common, ExplainArgs, Format};
use crate::exit::ExitStatus;
use crate::output::report::{json, text};
use crate::rules::Rule;

/// A rule and a report of what it explains.
#[derive(Serialize)]
struct Explained<'a, R> {
    schema: &'static str,
    rule: &'a Rule,
    report: R,
}

pub(super) fn run(args: &ExplainArgs) -> ExitStatus {
    let library = setup::library(&args.common.rules, args.common.quiet);
    let rule = match setup::known_rule(&library, &args.rule) {
        Ok(rule) => rule,
        Err(status) => return status,
    };
    let Some(rule) = library.rule(rule) else { return ExitStatus::Usage };
    if args.paths.is_empty() {
        return match args.format {
            Format::Text => print(&rules::page(rule)),
            Format::Json => print_json(&json!({ "schema": "provlens/rule/1", "rule": rule })),
        };
    }
    let common = Common { issue: Some(args.rule.clone()), ..args.common.clone() };
    match setup::ready(&args.paths, &common, None) {
        Ok(ready) => {
            let printed = match args.format {
                Format::Text => print(&format!(
                    "{}\n{}",
                    rules::page(rule),
                    text::render(&ready.analysis, &ready.library, &ready.style)
                )),
                Format::Json => print_json(&Explained {
                    schema: "provlens/rule/1",
                    rule,
                    report: json::report(&ready.analysis, &ready.library),
                }),
            };
            ready.end(printed)
        }
        Err(status) => status,
    }
}
