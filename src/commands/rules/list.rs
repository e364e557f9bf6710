//! `provlens rules list`

use serde_json::{Value, json};

use crate::cli::{Format, RulesListArgs};
use crate::commands::{end, library, print, print_json, setup};
use crate::exit::ExitStatus;
use crate::output::page::{Page, Tone, shown};
use crate::text::width::pad;

pub(super) fn run(args: &RulesListArgs) -> ExitStatus {
    let (library, status) = library::load(&args.library, args.print.strict, args.print.quiet);
    let printed = match args.format {
        Format::Json => print_json(&Value::Array(library.rules().iter().map(|rule| json!(rule)).collect())),
        Format::Text => {
            let mut page = Page::new(setup::colored(args.print.color));
            for rule in library.rules() {
                let id = page.tone(Tone::Title, &pad(&shown(&rule.id), 42));
                page.line(&format!("{} {id} {}", pad(rule.severity.word(), 8), shown(&rule.title)));
            }
            print(&page.finish())
        }
    };
    end(printed, status)
}
