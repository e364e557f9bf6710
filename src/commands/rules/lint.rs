//! `provlens rules lint`: whether an admin can follow the words of every rule.

use crate::cli::RulesCheckArgs;
use crate::commands::library;
use crate::decode;
use crate::exit::ExitStatus;
use crate::rules::{Complaint, Library, lint};

pub(super) fn run(args: &RulesCheckArgs) -> ExitStatus {
    let (rules, errors) = Library::load_with_examples(&library::folders(&args.library));
    let mut complaints: Vec<Complaint> = errors.into_iter().map(Complaint::from).collect();
    complaints.extend(lint::check(&rules, &decode::dialect_names().collect::<Vec<_>>()));
    super::judged("provlens/rules-lint/1", &complaints, &[("rules", rules.rules().len())], args.format)
}
