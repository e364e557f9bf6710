//! What may be meant by a filter that is still being typed.

use std::ops::Range;

use super::field::{FIELDS, Field, STATES, STATUSES};
use super::print::quoted_if_needed;
use crate::event::Operation;

/// Most candidates: more than eight are not read.
const MOST: usize = 8;

/// A value that the data have, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'v> {
    /// The field that has it.
    pub field: Field,
    /// The value.
    pub value: &'v str,
    /// How many events of those that are wanted have it.
    pub count: u64,
}

/// What could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The part of the text, in bytes, that a candidate takes the place of.
    pub replace: Range<usize>,
    /// The most frequent first; none if there is nothing to suggest.
    pub candidates: Vec<Candidate>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// How it is shown: with its field.
    pub label: String,
    /// What takes the place of what was typed.
    pub insert: String,
    /// How many events have it, if that was counted.
    pub count: Option<u64>,
}

/// What may be meant by the word at `cursor`, in a text that need not be a whole filter yet.
pub fn complete(text: &str, cursor: usize, samples: &[Sample<'_>]) -> Completion {
    let cursor = (0..=cursor.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let word = word_before(text, cursor);
    let typed = text.get(word..cursor).unwrap_or_default();
    let rest = text.get(cursor..).unwrap_or_default();
    let end = |stops: &str| cursor + rest.find(|c: char| c.is_whitespace() || stops.contains(c)).unwrap_or(rest.len());
    let Some((name, values)) = typed.split_once(':') else {
        let names = FIELDS.iter().map(|about| about.name).filter(|name| starts_with(name, typed));
        let candidates =
            names.map(|name| Candidate { label: format!("{name}:"), insert: format!("{name}:"), count: None });
        return Completion { replace: word..end("(),:"), candidates: candidates.take(MOST).collect() };
    };
    let Some(field) = Field::from_name(name) else {
        return Completion { replace: word..cursor, candidates: Vec::new() };
    };
    // A comma between quotes is a part of the value.
    let quoted = values.matches('"').count() % 2 == 1;
    let part = if quoted { values.rfind('"') } else { values.rfind(',').map(|comma| comma + 1) }.unwrap_or(0);
    let value = values.get(part..).unwrap_or_default();
    Completion {
        replace: cursor - value.len()..end("(),"),
        candidates: candidates(field, value.trim_start_matches(['"', '=']), samples),
    }
}

/// Where the word begins that ends at `cursor`.
fn word_before(text: &str, cursor: usize) -> usize {
    let mut quoted = false;
    let mut start = 0;
    for (at, letter) in text.get(..cursor).unwrap_or_default().char_indices() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '-' if at == start => start = at + 1,
            letter if letter.is_whitespace() || letter == '(' || letter == ')' => start = at + letter.len_utf8(),
            _ => {}
        }
    }
    start
}

fn candidates(field: Field, typed: &str, samples: &[Sample<'_>]) -> Vec<Candidate> {
    let counted = samples.iter().filter(|sample| sample.field == field);
    let count_of = |word: &str| counted.clone().find(|sample| sample.value == word).map(|sample| sample.count);
    let fixed: Vec<&str> = match field {
        Field::Status => STATUSES.iter().map(|(word, _)| *word).collect(),
        Field::Action => Operation::ALL.iter().map(|operation| operation.word()).collect(),
        Field::Is => STATES.iter().map(|(word, _)| *word).collect(),
        _ => Vec::new(),
    };
    let mut found: Vec<(&str, Option<u64>)> = if fixed.is_empty() {
        counted.map(|sample| (sample.value, Some(sample.count))).collect()
    } else {
        fixed.into_iter().map(|word| (word, count_of(word))).collect()
    };
    found.retain(|(value, _)| contains(value, typed));
    // What begins as it was typed comes first, then what is most frequent; the rest stays in its order.
    found.sort_by_key(|(value, count)| (!starts_with(value, typed), std::cmp::Reverse(*count)));
    found.truncate(MOST);
    found
        .into_iter()
        .map(|(value, count)| {
            // Case does not matter, and small letters are what one types.
            let insert = quoted_if_needed(field, &value.to_lowercase());
            Candidate { label: format!("{}:{insert}", field.name()), insert, count }
        })
        .collect()
}

fn starts_with(text: &str, start: &str) -> bool {
    text.to_lowercase().starts_with(&start.to_lowercase())
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLES: [Sample<'_>; 5] = [
        Sample { field: Field::App, value: "Salesforce", count: 1_033 },
        Sample { field: Field::App, value: "sales-demo", count: 3 },
        Sample { field: Field::App, value: "Partner Sales", count: 40 },
        Sample { field: Field::App, value: "GitHub", count: 940 },
        Sample { field: Field::Status, value: "failed", count: 2_079 },
    ];

    fn labels(text: &str) -> Vec<(String, Option<u64>)> {
        let found = complete(text, text.len(), &SAMPLES).candidates;
        found.into_iter().map(|candidate| (candidate.label, candidate.count)).collect()
    }

    /// The text once the first candidate was taken.
    fn taken(text: &str, cursor: usize) -> String {
        let found = complete(text, cursor, &SAMPLES);
        let first = &found.candidates[0].insert;
        format!("{}{first}{}", &text[..found.replace.start], &text[found.replace.end..])
    }

    #[test]
    fn values_of_the_data_are_suggested_with_their_counts() {
        let wanted = [("app:salesforce", 1_033), ("app:sales-demo", 3), ("app:\"partner sales\"", 40)];
        let wanted = wanted.map(|(label, count)| (label.to_owned(), Some(count)));
        assert_eq!(labels("status:failed after:6h app:sal"), wanted);
        assert_eq!(taken("status:failed after:6h app:sal", 30), "status:failed after:6h app:salesforce");
    }

    #[test]
    fn fields_and_their_words_are_suggested() {
        assert_eq!(labels("-st"), [("status:".to_owned(), None)]);
        assert_eq!(labels("(status:FA"), [("status:failed".to_owned(), Some(2_079))]);
        assert_eq!(labels("action:member")[1], ("action:membership-remove".to_owned(), None));
        assert_eq!(labels("is:n")[0].0, "is:not-removed");
        assert_eq!(labels("").len(), MOST);
        assert_eq!(labels("nothing:x"), []);
        assert_eq!(labels("said:x"), []);
    }

    #[test]
    fn a_candidate_takes_the_place_of_the_word_at_the_cursor() {
        assert_eq!(taken("app:sal,gi status:ok", 10), "app:sal,github status:ok");
        assert_eq!(taken("app:part", 8), "app:\"partner sales\"");
        assert_eq!(taken("app:\"partner s", 14), "app:\"partner sales\"");
        assert_eq!(taken("app:gitlab x", 6), "app:github x");
        assert_eq!(taken("sta", 2), "status:");
    }
}
