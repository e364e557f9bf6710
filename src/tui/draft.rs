//! The start of a rule from the records of a group.

use std::ops::ControlFlow;

use crate::decode::Decoded;
use crate::output::rules::skeleton::{Draft, rule_file};
use crate::pipeline::scan::scan;
use crate::source::Source;
use crate::unknown;

/// Drafts of one rule: one of each wording is enough.
const DRAFTS: usize = 2;

/// A rule file that somebody goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    /// Its id, and so the name of the file.
    pub id: String,
    /// What stands in it.
    pub text: String,
    /// How much of it is there.
    pub stage: Stage,
}

/// How much of a rule file is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Somebody must fill in its words before it is used.
    Draft,
    /// All of it, as of a copy.
    Whole,
}

/// Drafts from records at some places, each an input and a byte, as far as they have this shape.
pub fn drafts(sources: &[Source], places: &[(&str, u64)], is_wanted: &dyn Fn(&str) -> bool) -> Vec<Draft> {
    let named = sources.iter().filter(|source| places.iter().any(|(name, _)| *name == source.name));
    let sources: Vec<Source> = named.cloned().collect();
    let mut drafts = Vec::new();
    // The same offset in two files is rare and harmless.
    scan(&sources, &mut |place, _| places.iter().any(|(_, offset)| *offset == place.offset), &mut |record| {
        if let Ok(Decoded::Event(event)) = &record.decoded
            && unknown::of(event).is_some_and(|shape| is_wanted(&shape))
        {
            drafts.push(Draft::of(event, std::str::from_utf8(record.text).ok()));
        }
        if drafts.len() >= DRAFTS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    drafts
}

/// A rule file from the records of a group.
///
/// # Errors
/// Why there is none, for the reader.
pub fn start(sources: &[Source], places: &[(String, u64)], shape: &str) -> Result<RuleFile, String> {
    if sources.iter().any(Source::is_live) {
        return Err(
            "Standard input or a pipe can be read only once, so no example can be taken from it. Save the log to a file and open that."
                .to_owned(),
        );
    }
    let places: Vec<(&str, u64)> = places.iter().map(|(name, offset)| (name.as_str(), *offset)).collect();
    let drafts = drafts(sources, &places, &|found| found == shape);
    let Some((first, more)) = drafts.split_first() else {
        return Err("Its records could not be read once more. Read the inputs again (R).".to_owned());
    };
    let id = first.id();
    Ok(RuleFile { text: rule_file(&id, first, more), id, stage: Stage::Draft })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"uuid":"e1","published":"2026-09-05T10:00:00Z","eventType":"application.provision.user.push","outcome":{"result":"FAILURE","reason":"the planner wants a depot for everybody"},"target":[{"id":"00u1","type":"User","alternateId":"kim.lee@example.com","displayName":"Kim Lee"},{"id":"0oa1","type":"AppInstance","displayName":"Planner"}]}"#;

    #[test]
    fn a_rule_file_has_the_words_of_the_record_and_nobodys_name() {
        let bytes: &'static [u8] = RECORD.as_bytes();
        let sources = [Source::built_in("log", bytes)];
        let file = start(&sources, &[("log".to_owned(), 0)], "the planner wants a depot for everybody").unwrap();
        assert!(file.id.starts_with("okta-the-planner"), "{}", file.id);
        assert!(file.text.contains("a depot for everybody") && !file.text.contains("Kim Lee"), "{}", file.text);
        assert!(start(&sources, &[("log".to_owned(), 7)], "x").unwrap_err().contains("once more"));
        assert!(start(&[Source::stdin()], &[], "x").unwrap_err().contains("only once"));
    }
}
