//! `provlens explain`: one known issue in full, with its evidence if logs are given; or what a message means.

use serde::Serialize;
use serde_json::json;

use super::{end, library, print, print_json, quoted, setup};
use crate::cli::{Common, ExplainArgs, Format};
use crate::exit::ExitStatus;
use crate::output::report::json;
use crate::output::report::text::render;
use crate::output::rules::text::page;
use crate::rules::Rule;

/// A rule and a report of what it explains.
#[derive(Serialize)]
struct Explained<'a, R> {
    schema: &'static str,
    rule: &'a Rule,
    report: R,
}

pub(super) fn run(args: &ExplainArgs) -> ExitStatus {
    let (library, status) = library::load(&args.common.library, args.common.strict, args.common.quiet);
    if args.paths.is_empty() && quoted::is_quoted(&args.rule) && library.find(&args.rule).is_none() {
        return quoted::run(args, &library, status);
    }
    let rule = match library::known_rule(&library, &args.rule) {
        Ok(rule) => rule,
        Err(status) => return status,
    };
    let Some(rule) = library.rule(rule) else { return ExitStatus::Usage };
    let text = page(rule, setup::colored(args.common.color));
    if args.paths.is_empty() {
        let printed = match args.format {
            Format::Text => print(&text),
            Format::Json => print_json(&json!({ "schema": "provlens/rule/1", "rule": rule })),
        };
        return end(printed, status);
    }
    let common = Common { issue: Some(args.rule.clone()), ..args.common.clone() };
    match setup::ready(&args.paths, &common, None) {
        Ok(ready) => {
            let printed = match args.format {
                Format::Text => print(&format!("{text}\n{}", render(&ready.analysis, &ready.library, &ready.style))),
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
