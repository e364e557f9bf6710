//! Proves the examples that rules carry, with the same decoders and the same matcher as a run.

use bumpalo::Bump;

use crate::decode::{self, Decoded, Wanted};
use crate::event::{Event, Operation, Outcome, Provider};
use crate::frame::{Frame, Framer};
use crate::json::{self, Json};
use crate::rules::{Complaint, Example, Finding, Library, Part, Places};
use crate::source::{Limits, Opened};

/// The records of a text as they are decoded, with the line each starts in.
pub fn records(text: &[u8]) -> Vec<(u64, Vec<u8>)> {
    // It is in memory already: how long a record may be was decided when it was read.
    let limits = Limits { record: usize::MAX, ..Limits::USUAL };
    let mut framer = Framer::new(Opened { limits, ..Opened::in_memory(text.to_vec()) });
    let mut found = Vec::new();
    while let Some(batch) = framer.next_batch() {
        let record = |frame: &Frame| batch.record(frame).to_vec();
        found.extend(batch.frames.iter().map(|frame| (frame.line, record(frame))));
    }
    found
}

/// Every example that its rule does not win, and every counterexample that it does.
pub fn check(library: &Library) -> Vec<Complaint> {
    (0..library.rules().len()).flat_map(|index| check_rule(library, index)).collect()
}

/// The same of one rule, given by its position.
pub fn check_rule(library: &Library, index: usize) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    if let Some(rule) = library.rule(index) {
        let places = Places::of(library.text(index).unwrap_or_default());
        let mut complain = |kind: &str, at: usize, example: &Example, what: String| {
            let about = example.about.as_deref().map(|about| format!(" ({about})")).unwrap_or_default();
            let part = if kind == "example" { Part::Example(at) } else { Part::Counterexample(at) };
            complaints.push(Complaint {
                file: library.file(index).to_owned(),
                line: places.line(part),
                what: format!("{kind} {}{about}: {what}", at + 1),
            });
        };
        for (at, example) in rule.examples.iter().enumerate() {
            match winner(example, library) {
                Ok(Some(won)) if won == rule.id => {}
                Ok(won) => complain(
                    "example",
                    at,
                    example,
                    format!(
                        "must be won by {}, but {}",
                        rule.id,
                        won.map_or("no rule matches".to_owned(), |won| format!("{won} wins"))
                    ),
                ),
                Err(what) => complain("example", at, example, what),
            }
        }
        for (at, example) in rule.counterexamples.iter().enumerate() {
            match (winner(example, library), &example.winner) {
                (Ok(won), Some(wanted)) if won.as_ref() != Some(wanted) => complain(
                    "counterexample",
                    at,
                    example,
                    format!("must be won by {wanted}, but {}", won.unwrap_or("no rule matches".to_owned())),
                ),
                (Ok(Some(won)), _) if won == rule.id => {
                    complain("counterexample", at, example, format!("must not be won by {}", rule.id))
                }
                (Ok(_), _) => {}
                (Err(what), _) => complain("counterexample", at, example, what),
            }
        }
    }
    complaints
}

/// The id of the rule that wins an example; `None` if no rule does.
///
/// # Errors
/// Why the example is no event, in words that can follow its name.
pub fn winner(example: &Example, library: &Library) -> Result<Option<String>, String> {
    winner_by(example, library, &mut |event| library.explain(event))
}

fn winner_by(
    example: &Example,
    library: &Library,
    explain: &mut dyn FnMut(&Event<'_>) -> Option<Finding>,
) -> Result<Option<String>, String> {
    let mut winners = Vec::new();
    events(example, &mut |event| {
        winners
            .push(event.map(|event| {
                explain(event).and_then(|finding| library.rule(finding.rule)).map(|rule| rule.id.clone())
            }));
    })?;
    match winners.iter().position(|winner| matches!(winner, Ok(Some(_)))) {
        Some(at) => winners.swap_remove(at),
        None => winners.pop().unwrap_or_else(|| Err("it holds no record".to_owned())),
    }
}

/// Calls `each` for every event of an example, and with the reason for every record that is none.
///
/// # Errors
/// Why the example cannot be read at all.
pub fn events(example: &Example, each: &mut dyn FnMut(Result<&Event<'_>, String>)) -> Result<(), String> {
    let arena = Bump::new();
    let Some(record) = &example.record else {
        each(Ok(&event(example, &arena)?));
        return Ok(());
    };
    for (_, bytes) in records(record.trim().as_bytes()) {
        let value = json::parse(arena.alloc_slice_copy(&bytes), &arena)
            .map_err(|failure| format!("its record is not valid JSON: {}, at byte {}", failure.wrong, failure.at))?;
        decode::open_envelopes(value, &arena, &mut |record| match decode::decode(record, Wanted::All, &arena) {
            Decoded::Event(event) => each(Ok(&event)),
            Decoded::Other { dialect, .. } => each(Err(format!("its record is {dialect}, but not about provisioning"))),
            Decoded::Unrecognised(keys) => each(Err(format!("its record has no known format (fields: {keys})"))),
        });
    }
    Ok(())
}

/// An event from the short form.
///
/// # Errors
/// If no decoder could give such an event; says which could.
pub fn event<'a>(example: &'a Example, arena: &'a Bump) -> Result<Event<'a>, String> {
    let fields: Vec<(&'a str, Json<'a>)> =
        example.fields.iter().map(|(key, value)| (key.as_str(), Json::String(value))).collect();
    let text = |value: Option<&String>| value.map(|value| &*arena.alloc_str(value));
    let asked = example.provider.as_deref().unwrap_or(Provider::Scim.word());
    let Some(provider) = Provider::from_word(asked) else {
        let known = Provider::words().collect::<Vec<_>>().join(", ");
        return Err(format!("no decoder gives events of the provider `{asked}`; there are {known}"));
    };
    let dialect = match example.dialect.as_deref() {
        None => "pasted-text",
        Some(wanted) => decode::dialect_names()
            .find(|name| *name == wanted)
            .ok_or_else(|| format!("no log format is called `{wanted}`"))?,
    };
    let mut event = Event::new(provider, dialect, Json::object(arena.alloc_slice_copy(&fields)));
    event.outcome = example.outcome.unwrap_or(Outcome::Failure);
    event.operation = example.operation.unwrap_or(Operation::Other);
    event.event_type = text(example.event_type.as_ref());
    event.legacy_type = text(example.legacy_type.as_ref());
    event.app.name = text(example.app.as_ref());
    event.reason.phase = text(example.phase.as_ref());
    event.set_code(text(example.code.as_ref()));
    if let Some(message) = text(example.message.as_ref()) {
        decode::explain_example(&mut event, message, arena);
        if provider == Provider::Aws {
            event.reason.remote = Some(message);
        }
    }
    event.reason.http_status = example.http_status.or(event.reason.http_status);
    event.reason.scim_type = text(example.scim_type.as_ref()).or(event.reason.scim_type);
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Options;
    use crate::rules::Explainer;
    use crate::source::{Gathered, Source};

    /// Twice, so that the second answer is a remembered one.
    #[test]
    fn remembering_changes_no_answer() {
        let (library, errors) = Library::load_with_examples(&[]);
        assert!(errors.is_empty(), "{errors:?}");
        let mut explainer = Explainer::new(&library);
        for _ in 0..2 {
            for example in library.rules().iter().flat_map(|rule| rule.examples.iter().chain(&rule.counterexamples)) {
                let remembered = winner_by(example, &library, &mut |event| explainer.explain(event));
                assert_eq!(remembered, winner(example, &library), "{example:?}");
            }
        }
    }

    /// The winner is found without looking at all that would lose.
    #[test]
    fn the_winner_is_the_first_of_all_that_match() {
        let (library, _) = Library::load_with_examples(&[]);
        let mut compared = 0;
        for example in library.rules().iter().flat_map(|rule| rule.examples.iter().chain(&rule.counterexamples)) {
            events(example, &mut |event| {
                let Ok(event) = event else { return };
                let first = library.consider(event).into_iter().next();
                let first = first.map(|first| Finding { rule: first.rule, certainty: first.certainty });
                assert_eq!(library.explain(event), first, "{example:?}");
                compared += 1;
            })
            .unwrap();
        }
        assert!(compared > 1_000, "{compared}");
    }

    /// What a rule says of a record helps nobody who does not get to see it: not every success is looked into.
    #[test]
    fn a_report_shows_the_issue_of_every_record_that_a_rule_is_shown_with() {
        let (library, _) = Library::load_with_examples(&[]);
        for (index, rule) in library.rules().iter().enumerate() {
            for record in rule.examples.iter().filter_map(|example| example.record.as_deref()) {
                // Twice, since an answer of an API that is all of a file is no log.
                let log = format!("{record}\n{record}");
                let source = Source::built_in("example", Box::leak(log.into_bytes().into()));
                let gathered = Gathered { sources: vec![source], ..Gathered::default() };
                let (analysis, _) = crate::pipeline::run(gathered, &library, &Options::default());
                let shown: Vec<Option<usize>> = analysis.issues.iter().map(|issue| issue.rule).collect();
                assert!(shown.contains(&Some(index)), "{} is not among {shown:?} of {record}", rule.id);
            }
        }
    }

    /// The built-in rules are read from a shorter form at every start.
    #[test]
    fn both_forms_of_the_built_in_rules_match_alike() {
        let (short, _) = Library::load(&[]);
        let (whole, _) = Library::load_with_examples(&[]);
        assert_eq!(short.rules().len(), whole.rules().len());
        for (a, b) in short.rules().iter().zip(whole.rules()) {
            assert_eq!(serde_json::to_value(a).unwrap(), serde_json::to_value(b).unwrap());
            assert_eq!(format!("{:?}", a.matches), format!("{:?}", b.matches));
        }
    }
}
