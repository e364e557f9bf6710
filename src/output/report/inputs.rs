//! What was read, file by file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::{Analysis, InputAccount, Limits};
use crate::error::{Problem, ProblemKind};
use crate::output::page::{Page, Tone, counted, number, shown};
use crate::text::time::SECOND;
use crate::text::{secret, span};

/// The heading.
pub(super) const TITLE: &str = "What was read";

/// Problems shown of one kind and input.
const SHOWN: usize = 5;

/// The last lines of a report: the account, and what was not read.
pub fn footer(page: &mut Page, analysis: &Analysis) {
    page.heading(TITLE);
    page.labelled(1, "", &account(analysis));
    let (remarks, more) = remarks(analysis);
    remarks.iter().for_each(|line| page.labelled(1, "▲ ", line));
    more.iter().for_each(|line| page.line(&format!("   {line}")));
}

/// `61 records = 51 about provisioning + 10 other + 0 duplicates + 0 unreadable`
pub(super) fn account(analysis: &Analysis) -> String {
    let totals = &analysis.totals;
    format!(
        "{} = {} about provisioning + {} other + {} + {} unreadable",
        counted(totals.records, "record", "records"),
        number(totals.events),
        number(totals.other),
        counted(totals.duplicates, "duplicate", "duplicates"),
        number(totals.unreadable)
    )
}

/// What was not read or not looked at any further, and how much more of it there is.
pub(super) fn remarks(analysis: &Analysis) -> (Vec<String>, Option<String>) {
    let mut lines = Vec::new();
    if analysis.totals.duplicates_differing > 0 {
        let duplicates = match analysis.totals.duplicates_differing {
            1 => "1 duplicate has".to_owned(),
            count => format!("{} duplicates have", number(count)),
        };
        lines.push(format!(
            "{duplicates} the id, time, kind and outcome of an event before, and something else in it; the first one counts"
        ));
    }
    let dated_ahead = analysis.inputs.iter().filter(|input| input.ahead > 0).take(SHOWN);
    lines.extend(dated_ahead.map(|input| format!("{}: {}", shown(&input.name), ahead(input))));
    lines.extend(limits(&analysis.limits));
    if analysis.changes.beyond > 0 {
        let count = counted(analysis.changes.beyond, "change", "changes");
        lines.push(format!("Not offered as shortly before a failure, since there are too many: {count}."));
    }
    let has_remark =
        |input: &&InputAccount| input.error.is_some() || !input.problems.is_empty() || input.unrecognised > 0;
    let hints: Vec<&InputAccount> = analysis.inputs.iter().filter(has_remark).collect();
    lines.extend(hints.iter().take(SHOWN).map(|input| one_line(input)));
    let more = hints.len().checked_sub(SHOWN).filter(|more| *more > 0);
    (lines, more.map(|more| format!("and {more} more inputs with remarks; `provlens inputs` lists all")))
}

/// What is said of events that are dated after now.
fn ahead(input: &InputAccount) -> String {
    let (events, are, them) = if input.ahead == 1 { ("event", "is", "it") } else { ("events", "are", "them") };
    format!(
        "{} {events} {are} from the future: the clock that wrote {them} is ahead by {}, or this computer's is behind",
        number(input.ahead),
        span::words(input.ahead_by)
    )
}

/// What was counted and not looked at any further, in sentences.
fn limits(limits: &Limits) -> Vec<String> {
    let sentences = [
        (limits.ungrouped, "failure", "In no group above, since there are too many different ones", ""),
        (
            limits.patterns,
            "event",
            "Not looked at for issues that only several events show together, since there are too many people, accounts or failures",
            "",
        ),
        (
            limits.other_side,
            "failure",
            "Not compared with the other side's log, since only the first 10,000 failures of each side are",
            "",
        ),
        (
            limits.context,
            "failure",
            "Not weighed against other events of the person or transaction, since there are too many",
            " Each stands under the issue that it shows alone.",
        ),
        (limits.cycles, "removal", "Not counted by cycle, since there are too many cycles", ""),
        (
            limits.not_compared,
            "event",
            "Not checked for duplicates, since they are older than the seven million events read before them",
            " If one export is given twice, they may be counted twice.",
        ),
        (limits.shortened_texts, "text", "Cut after 1,000 characters in the evidence above", ""),
    ];
    let counts = sentences.into_iter().filter(|(count, ..)| *count > 0);
    counts
        .map(|(count, one, what, then)| format!("{what}: {}.{then}", counted(count, one, &format!("{one}s"))))
        .collect()
}

fn one_line(input: &InputAccount) -> String {
    let name = shown(&input.name);
    match (&input.error, input.problems.first()) {
        (Some(error), _) => {
            if error.starts_with(input.name.as_str()) {
                shown(error)
            } else {
                format!("{name}: {}", shown(error))
            }
        }
        (None, Some(problem)) => {
            format!("{name}:{} (byte {}): {}", problem.line, number(problem.offset), shown(&problem.detail))
        }
        (None, None) => format!(
            "{name}: {} of no known format (fields: {})",
            counted(input.unrecognised, "record", "records"),
            shown(input.unknown_keys.as_deref().unwrap_or_default())
        ),
    }
}

/// All inputs as text.
pub fn text(analysis: &Analysis, color: bool) -> String {
    let mut page = Page::new(color);
    super::text::interruption(&mut page, analysis);
    for input in &analysis.inputs {
        let name = page.tone(Tone::Title, &shown(&input.name));
        page.line(&name);
        if let Some(error) = &input.error {
            let prefix = format!("{}: ", input.name);
            page.labelled(3, "", &shown(error.strip_prefix(&prefix).unwrap_or(error)));
            continue;
        }
        for (label, text) in facts(input).into_iter().chain(problems(input)) {
            page.labelled(3, &format!("{label:9}"), &text);
        }
    }
    page.finish()
}

/// A label and what is said of an input.
pub type Fact = (&'static str, String);

/// What an input is and what became of its records.
pub fn facts(input: &InputAccount) -> Vec<Fact> {
    let dialects: Vec<String> =
        input.dialects.iter().map(|(name, count)| format!("{name} ({})", number(*count))).collect();
    let known = match (dialects.is_empty(), input.records) {
        (false, _) => dialects.join(", "),
        (true, 0) => "no records".to_owned(),
        (true, _) => "no known format".to_owned(),
    };
    let mut facts = vec![("format", format!("{known}; read as {}", input.framing))];
    facts.push((
        "records",
        format!(
            "{} = {} about provisioning + {} other + {} + {} unreadable",
            number(input.records),
            number(input.events),
            number(input.other),
            counted(input.duplicates, "duplicate", "duplicates"),
            number(input.unreadable)
        ),
    ));
    facts.extend(input.remarks.iter().map(|(what, count)| ("other", format!("{}: {what}", number(*count)))));
    if let Some(keys) = &input.unknown_keys {
        let unrecognised = counted(input.unrecognised, "record", "records");
        let text = format!("{unrecognised} of a format that is not known; the first has: {}", shown(keys));
        facts.push(("unknown", text));
    }
    if input.ahead > 0 {
        facts.push(("clock", ahead(input)));
    }
    facts
}

/// What is wrong with single records: of each kind the first ones, and how many more.
pub fn problems(input: &InputAccount) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (kind, count) in &input.problem_counts {
        let of_kind: Vec<&Problem> = input.problems.iter().filter(|problem| problem.kind == *kind).collect();
        for problem in of_kind.iter().take(SHOWN) {
            let text = format!("line {} (byte {}): {}", problem.line, number(problem.offset), shown(&problem.detail));
            facts.push(("problem", text));
        }
        let shown = of_kind.len().min(SHOWN) as u64;
        if *count > shown {
            facts.push(("", format!("and {} more like this", number(*count - shown))));
        }
    }
    facts
}

/// One input for programs.
#[derive(Serialize)]
pub struct Input<'a> {
    path: Cow<'a, str>,
    dialect: Option<&'static str>,
    dialects: &'a BTreeMap<&'static str, u64>,
    framing: &'static str,
    bytes: u64,
    records: u64,
    events: u64,
    other: u64,
    duplicates: u64,
    unrecognised: u64,
    unrecognised_fields: Option<Cow<'a, str>>,
    unreadable: u64,
    remarks: Vec<&'static str>,
    /// Events that are dated after now, and how far the latest one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_ahead: Option<Ahead>,
    error: Option<Cow<'a, str>>,
    problem_counts: &'a BTreeMap<ProblemKind, u64>,
    problems: Vec<InputProblem<'a>>,
}

/// Events that are dated after now.
#[derive(Serialize)]
struct Ahead {
    events: u64,
    by_s: i64,
}

/// One problem of an input.
#[derive(Serialize)]
struct InputProblem<'a> {
    line: u64,
    offset: u64,
    kind: ProblemKind,
    error: Cow<'a, str>,
    lost: bool,
}

/// One input for programs.
pub fn value<'a>(input: &'a InputAccount) -> Input<'a> {
    let problem = |problem: &'a Problem| {
        let Problem { line, offset, kind, detail, lost } = problem;
        InputProblem { line: *line, offset: *offset, kind: *kind, error: secret::mask(detail), lost: *lost }
    };
    Input {
        path: secret::mask(&input.name),
        dialect: input.dialect(),
        dialects: &input.dialects,
        framing: input.framing,
        bytes: input.bytes,
        records: input.records,
        events: input.events,
        other: input.other,
        duplicates: input.duplicates,
        unrecognised: input.unrecognised,
        unrecognised_fields: input.unknown_keys.as_deref().map(secret::mask),
        unreadable: input.unreadable,
        remarks: input.remarks.keys().copied().collect(),
        clock_ahead: Some(Ahead { events: input.ahead, by_s: input.ahead_by / SECOND })
            .filter(|ahead| ahead.events > 0),
        error: input.error.as_deref().map(secret::mask),
        problem_counts: &input.problem_counts,
        problems: input.problems.iter().map(problem).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_looked_at_is_said_in_plain_words() {
        assert!(limits(&Limits::default()).is_empty());
        let some = Limits { other_side: 1, context: 1_200, ..Limits::default() };
        assert_eq!(
            limits(&some),
            [
                "Not compared with the other side's log, since only the first 10,000 failures of each side are: 1 failure.",
                "Not weighed against other events of the person or transaction, since there are too many: 1,200 failures. \
                 Each stands under the issue that it shows alone.",
            ]
        );
        assert_eq!(
            limits(&Limits { not_compared: 7, ..Limits::default() }),
            [
                "Not checked for duplicates, since they are older than the seven million events read before them: 7 events. \
                 If one export is given twice, they may be counted twice.",
            ]
        );
    }
}
