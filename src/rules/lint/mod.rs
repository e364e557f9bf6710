//! Whether an admin can follow the words of a rule, and whether its author proved it: what a program
//! can tell of that. Each complaint says what would be right.

mod words;

use std::collections::HashSet;

use super::complaint::Complaint;
use super::load::Library;
use super::model::{Example, Owner, Rule, Status};
use super::places::{Part, Places};
use crate::event::Provider;
use crate::text::width::width;
use crate::text::{glob, suggest};
use words::Words;

/// Longest title, so that it fits a line of a report.
const MAX_TITLE: usize = 60;
/// Longest step: three lines on a terminal; what is longer is two steps.
const MAX_STEP: usize = 240;
/// The same for a step that names the place in two consoles: a reader needs one of the two.
const MAX_STEP_FOR_TWO: usize = 320;
/// Longest cause.
const MAX_CAUSE: usize = 400;
/// Most sentences of a cause.
const MAX_SENTENCES: usize = 3;

/// Everything that is wrong with the words of the rules of a library that was loaded with examples. `formats`
/// are the log formats that a match can name.
pub fn check(library: &Library, formats: &[&str]) -> Vec<Complaint> {
    let words = match Words::built_in() {
        Ok(words) => words,
        Err(what) => return vec![Complaint { file: words::FILE.to_owned(), line: None, what }],
    };
    let mut complaints = Vec::new();
    for (index, rule) in library.rules().iter().enumerate() {
        let places = Places::of(library.text(index).unwrap_or_default());
        let file = library.file(index);
        let complain = |part: Part, what: String| Complaint { file: file.to_owned(), line: places.line(part), what };
        let found = [
            title(rule, &words),
            cause(rule, &words),
            steps(rule, &words),
            verify(rule, &words),
            escalate(rule),
            look_alikes(rule, library),
            instead_of(rule, library),
            sources(rule),
            dialects(rule, formats),
            providers(rule),
            proof(rule),
        ];
        complaints.extend(found.into_iter().flatten().map(|(part, what)| complain(part, what)));
    }
    complaints
}

/// Parts of a rule, each with what is wrong there.
type Found = Vec<(Part, String)>;

fn title(rule: &Rule, words: &Words) -> Found {
    let title = rule.title.trim();
    let mut found = Vec::new();
    let mut complain = |what: String| found.push((Part::Title, what));
    if title.is_empty() {
        complain("the title is empty; say what the admin sees".to_owned());
    }
    let columns = width(title);
    if columns > MAX_TITLE {
        complain(format!("the title has {columns} columns; {MAX_TITLE} fit a line"));
    }
    if title.ends_with('.') && !title.ends_with("..") {
        complain("the title ends with a full stop; it is a headline".to_owned());
    }
    for word in jargon(rule, &rule.title, words) {
        complain(unexplained("title", word));
    }
    found
}

fn cause(rule: &Rule, words: &Words) -> Found {
    let cause = rule.advice().cause.trim();
    let mut found = Vec::new();
    let mut complain = |what: String| found.push((Part::Cause, what));
    if cause.is_empty() {
        complain("the cause is empty; say who refused what, and why".to_owned());
    }
    let (length, sentences) = (cause.chars().count(), words::sentences(cause));
    if length > MAX_CAUSE {
        complain(format!("the cause has {length} characters; {MAX_CAUSE} are enough"));
    }
    if sentences > MAX_SENTENCES {
        complain(format!("the cause has {sentences} sentences; {MAX_SENTENCES} are enough"));
    }
    for word in jargon(rule, cause, words) {
        complain(unexplained("cause", word));
    }
    found
}

/// Jargon in one of a rule's texts that neither its title nor its cause explains.
fn jargon<'w>(rule: &Rule, text: &str, words: &'w Words) -> Vec<&'w str> {
    // Engineers know these words, and need the exact ones.
    if rule.owner == Owner::Engineering {
        return Vec::new();
    }
    let both = format!("{}. {}", rule.title, rule.advice().cause);
    words.jargon(text).into_iter().filter(|word| !words::explains(&both, word)).collect()
}

fn unexplained(place: &str, word: &str) -> String {
    format!("the {place} uses `{word}`; say it in plain words, or explain it in brackets: {word} (…)")
}

fn steps(rule: &Rule, words: &Words) -> Found {
    let mut found = Vec::new();
    for (at, step) in rule.advice().fix.iter().enumerate() {
        let number = at + 1;
        let length = step.chars().count();
        let most = if step.contains("Okta") && step.contains("Entra") { MAX_STEP_FOR_TWO } else { MAX_STEP };
        if length > most {
            let what = format!("step {number} has {length} characters; {most} at most, so make two steps of it");
            found.push((Part::Fix(at), what));
        }
        if !words.is_instruction(step) {
            let start: Vec<&str> = step.split_whitespace().take(3).collect();
            found.push((
                Part::Fix(at),
                format!(
                    "step {number} begins with `{}`; begin with what to do (`Open …`, `In Okta open …`, `If …, click …`), or add the verb to {}",
                    start.join(" "),
                    words::FILE
                ),
            ));
        }
    }
    found
}

fn verify(rule: &Rule, words: &Words) -> Found {
    let what = match rule.advice().verify.trim() {
        "" => "`verify` is empty; say what one sees when it is fixed",
        text if words.is_vague(text) => "`verify` says too little; name what one sees, and where",
        _ => return Vec::new(),
    };
    vec![(Part::Verify, what.to_owned())]
}

fn escalate(rule: &Rule) -> Found {
    let escalate = &rule.advice().escalate;
    let empty = |texts: &[String]| texts.iter().all(|text| text.trim().is_empty());
    let checks = [
        (escalate.when.trim().is_empty(), "`escalate.when` is empty; say what shows that the steps do not help"),
        (escalate.to.trim().is_empty(), "`escalate.to` is empty; say who can help then"),
        (empty(&escalate.evidence), "`escalate.evidence` is empty; list what they will ask for: a time, an id, a text"),
    ];
    checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| (Part::Escalate, what.to_owned())).collect()
}

fn look_alikes(rule: &Rule, library: &Library) -> Found {
    let mut found = Vec::new();
    for (at, other) in rule.advice().look_alikes.iter().enumerate() {
        let mut complain = |what: String| found.push((Part::LookAlike(at), what));
        if other.rule == rule.id {
            complain("a rule does not look like itself; name the other one".to_owned());
        } else if library.find(&other.rule).is_none() {
            complain(format!(
                "`{}` looks alike, but no rule has that id{}",
                other.rule,
                library.did_you_mean(&other.rule)
            ));
        }
        if other.tell.split_whitespace().count() < 3 {
            complain(format!("`tell` says too little; say how to tell it from `{}`", other.rule));
        }
    }
    found
}

fn instead_of(rule: &Rule, library: &Library) -> Found {
    let mut found = Vec::new();
    for (at, other) in rule.instead_of.iter().enumerate() {
        let mut complain = |what: String| found.push((Part::InsteadOf(at), what));
        match library.find(&other.rule).and_then(|at| library.rule(at)) {
            None => complain(format!(
                "it takes the place of `{}`, but no rule has that id{}",
                other.rule,
                library.did_you_mean(&other.rule)
            )),
            Some(other) if other.matches.is_empty() => {
                complain(format!("no event alone leads to `{}`, so nobody can take its place", other.id));
            }
            Some(other) if !other.advice().look_alikes.iter().any(|named| named.rule == rule.id) => {
                complain(format!("`{}` does not name this rule under look_alikes", other.id));
            }
            Some(_) => {}
        }
    }
    found
}

fn sources(rule: &Rule) -> Found {
    let mut found = Vec::new();
    let mut complain = |what: &str| found.push((Part::Sources, what.to_owned()));
    if rule.advice().sources.iter().all(|source| source.trim().is_empty()) {
        complain(
            "`sources` is empty; name the public page that says so, or \"own observation\" with status = \"preview\"",
        );
    }
    if rule.advice().sources.iter().any(|source| source.starts_with("http://")) {
        complain("a source is a plain http:// address; use https://");
    }
    let unconfirmed = |text: &String| {
        let text = text.to_lowercase();
        text.contains("unconfirmed") || text.contains("not confirmed")
    };
    if rule.status == Status::Stable && rule.advice().sources.iter().any(unconfirmed) {
        complain("a source says that it is not confirmed; then say so with status = \"preview\"");
    }
    found
}

/// A match on a format that does not exist never holds.
fn dialects(rule: &Rule, formats: &[&str]) -> Found {
    let named = rule.matches.iter().flat_map(|spec| &spec.dialect);
    strangers(named, formats, |word| format!("the dialect `{word}`, but no log format is called so"))
}

/// Neither does one on a provider that does not exist.
fn providers(rule: &Rule) -> Found {
    let known: Vec<&str> = Provider::words().collect();
    let named = rule.matches.iter().flat_map(|spec| &spec.provider);
    strangers(named, &known, |word| format!("the provider `{word}`, of which no logs can be read"))
}

/// Those of the patterns that fit none of the words which there are.
fn strangers<'r>(patterns: impl Iterator<Item = &'r String>, known: &[&str], what: impl Fn(&str) -> String) -> Found {
    let strange = patterns.filter(|pattern| !known.iter().any(|word| glob::matches(pattern, word)));
    let complain = |pattern: &String| {
        let near = suggest::nearest(pattern, known.iter().copied());
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        (Part::Id, format!("a [[match]] names {}{near}", what(pattern)))
    };
    strange.map(complain).collect()
}

/// Whether the author showed that the rule finds what it should, and nothing else.
fn proof(rule: &Rule) -> Found {
    let mut found = Vec::new();
    if rule.matches.is_empty() {
        let why = if rule.unseen.is_some() { "no log shows the issue (`unseen`)" } else { "it has no [[match]]" };
        if !rule.examples.is_empty() {
            found.push((Part::Example(0), format!("the rule cannot win an example: {why}; remove the example")));
        }
        return found;
    }
    let wordings: HashSet<String> = rule.examples.iter().map(wording).collect();
    if wordings.len() < 2 {
        let what =
            "one wording only; add a second [[example]] with other words, other names, or from another log format";
        found.push((Part::Example(0), what.to_owned()));
    }
    if !rule.examples.iter().any(|example| example.record.is_some()) {
        found.push((Part::Example(0), "no [[example]] is a whole `record`; add one, with invented people".to_owned()));
    }
    if rule.counterexamples.is_empty() {
        let what = "no [[counterexample]]; add the nearest failure that this rule must not explain";
        found.push((Part::Id, what.to_owned()));
    }
    found
}

/// What an example says.
fn wording(example: &Example) -> String {
    let text = example.record.as_deref().or(example.message.as_deref()).unwrap_or_default();
    let code = example.code.as_deref().unwrap_or_default();
    format!("{code} {:?} {}", example.http_status, text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
}

#[cfg(test)]
mod tests;
