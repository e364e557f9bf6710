//! `provlens rules test`: every example of every rule against the whole library.

use crate::cli::RulesCheckArgs;
use crate::commands::library;
use crate::exit::ExitStatus;
use crate::pipeline::examples;
use crate::rules::{Complaint, Library};

pub(super) fn run(args: &RulesCheckArgs) -> ExitStatus {
    let (rules, errors) = Library::load_with_examples(&library::folders(&args.library));
    let mut complaints: Vec<Complaint> = errors.into_iter().map(Complaint::from).collect();
    complaints.extend(examples::check(&rules));
    let examples = rules.rules().iter().map(|rule| rule.examples.len() + rule.counterexamples.len()).sum();
    let counts = [("rules", rules.rules().len()), ("examples", examples)];
    super::judged("provlens/rules-test/1", &complaints, &counts, args.format)
}
