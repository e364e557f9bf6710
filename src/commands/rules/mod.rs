//! `provlens rules`: the library of known issues, for those who read it and those who add to it.

mod coverage;
mod docs;
mod explain;
mod lint;
mod list;
mod new;
mod schema;
mod show;
mod test;

use crate::cli::{Format, RulesCommand};
use crate::exit::ExitStatus;
use crate::output::page::{Page, shown};
use crate::rules::Complaint;

pub(super) fn run(command: &RulesCommand) -> ExitStatus {
    match command {
        RulesCommand::List(args) => list::run(args),
        RulesCommand::Show(args) => show::run(args),
        RulesCommand::Explain(args) => explain::run(args),
        RulesCommand::Test(args) => test::run(args),
        RulesCommand::Lint(args) => lint::run(args),
        RulesCommand::Coverage(args) => coverage::run(args),
        RulesCommand::New(args) => new::run(args),
        RulesCommand::Schema => schema::run(),
        RulesCommand::Docs(args) => docs::run(args),
    }
}

/// Prints what is wrong with rules and a last line that sums up; complaints mean failure.
fn judged(schema: &'static str, complaints: &[Complaint], counts: &[(&str, usize)], format: Format) -> ExitStatus {
    let printed = match format {
        Format::Json => {
            let mut report = serde_json::json!({ "schema": schema, "complaints": complaints });
            for (name, count) in counts {
                if let Some(report) = report.as_object_mut() {
                    report.insert((*name).to_owned(), (*count).into());
                }
            }
            super::print_json(&report)
        }
        Format::Text => {
            let mut page = Page::new(false);
            for complaint in complaints {
                page.line(&shown(&complaint.to_string()));
            }
            let sums = counts.iter().map(|(name, count)| format!("{name}: {count}"));
            let sums: Vec<String> = sums.chain([format!("complaints: {}", complaints.len())]).collect();
            page.line(&sums.join(", "));
            super::print(&page.finish())
        }
    };
    super::end(printed, if complaints.is_empty() { ExitStatus::Ok } else { ExitStatus::Failed })
}
