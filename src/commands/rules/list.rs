//! `provlens rules list`

use serde_json::{Value, json};

use crate::cli::{Format, RulesListArgs};
use crate::commands::{end, library, print, print_json};
use crate::exit::ExitStatus;
use crate::output::page::{Page, shown};
use crate::text::width::pad;

pub(super) fn run(args: &RulesListArgs) -> ExitStatus {
    let (library, status) = library::load(&args.library, false, false);
    let printed = match args.format {
        Format::Json => print_json(&Value::Array(library.rules().iter().map(|rule| json!(rule)).collect())),
        Format::Text => {
            let mut page = Page::new(false);
            for rule in library.rules() {
                page.line(&format!(
                    "{} {} {}",
                    pad(rule.severity.word(), 8),
                    pad(&shown(&rule.id), 42),
                    shown(&rule.title)
                ));
            }
            print(&page.finish())
        }
    };
    end(printed, status)
}
