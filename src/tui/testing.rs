//! Rules from their files, with their examples: too slow for each start, so it is done when asked for.

use std::path::PathBuf;

use super::draft::{RuleFile, Stage};
use crate::pipeline::examples;
use crate::rules::{Complaint, Library};

/// How the examples of a rule went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tested {
    /// The rule.
    pub id: String,
    /// Events that it must explain.
    pub examples: usize,
    /// Events that it must not explain.
    pub counterexamples: usize,
    /// What is wrong; nothing if all went well.
    pub complaints: Vec<Complaint>,
}

impl Tested {
    /// In one sentence.
    pub fn words(&self) -> String {
        let id = &self.id;
        match &*self.complaints {
            [] if self.examples + self.counterexamples == 0 => {
                format!("{id} has no examples of its own: it is not found in single events.")
            }
            [] => {
                let examples = counted(self.examples, "example", "examples");
                let near = counted(self.counterexamples, "near miss", "near misses");
                format!("{id}: {examples} and {near}, all as it should be.")
            }
            [only] => format!("{id}: {only}"),
            [first, more @ ..] => format!("{id}: {first}; and {} more (Enter shows all)", more.len()),
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    crate::output::page::counted(count as u64, one, many)
}

/// Runs the examples of a rule against the whole library; `None` if there is no such rule.
pub fn test(folders: &[PathBuf], id: &str) -> Option<Tested> {
    let (library, _) = Library::load_with_examples(folders);
    let index = library.find(id)?;
    let rule = library.rule(index)?;
    Some(Tested {
        id: id.to_owned(),
        examples: rule.examples.len(),
        counterexamples: rule.counterexamples.len(),
        complaints: examples::check_rule(&library, index),
    })
}

/// The file of a rule as it is.
pub fn file(folders: &[PathBuf], id: &str) -> Option<RuleFile> {
    let (library, _) = Library::load_with_examples(folders);
    let text = library.text(library.find(id)?)?.to_owned();
    Some(RuleFile { id: id.to_owned(), text, stage: Stage::Whole })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_in_rule_passes_and_can_be_copied_whole() {
        let (library, _) = Library::load(&[]);
        let id = &library.rules().iter().find(|rule| !rule.matches.is_empty()).unwrap().id;
        let tested = test(&[], id).unwrap();
        assert!(tested.examples > 0 && tested.words().ends_with("all as it should be."), "{tested:?}");
        let copy = file(&[], id).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(format!("{id}.toml")), &copy.text).unwrap();
        let (own, errors) = Library::load(&[folder.path().to_owned()]);
        assert!(errors.is_empty() && own.is_own(own.find(id).unwrap()), "{errors:?}");
        assert_eq!((test(&[], "no-such-rule"), file(&[], "no-such-rule")), (None, None));
    }

    #[test]
    fn what_fails_is_said() {
        let wrong = |line| Complaint {
            file: "x.toml".to_owned(),
            line: Some(line),
            what: "example 1: no rule matches".to_owned(),
        };
        let tested = Tested { id: "x".to_owned(), examples: 2, complaints: vec![wrong(3)], ..Tested::default() };
        assert_eq!(tested.words(), "x: x.toml:3: example 1: no rule matches");
        let more = Tested { complaints: vec![wrong(3), wrong(9)], ..tested };
        assert!(more.words().ends_with("; and 1 more (Enter shows all)"));
    }
}
