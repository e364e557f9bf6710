//! What was read, file by file.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

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
/// Inputs named one by one that are no logs for the same reason.
const LISTED: u64 = 10;

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
    let (hints, more) = hints(analysis);
    lines.extend(hints);
    let more = (more > 0).then(|| {
        let inputs = counted(more, "more input", "more inputs");
        format!("and {inputs} with remarks; `provlens inputs --format json` lists all")
    });
    (lines, more)
}

/// A line for each input that is no log or not read whole, and how many more there are. Where there are too many for
/// that, those of which the same is to be said have one line together, so that a folder of pictures hides nothing.
fn hints(analysis: &Analysis) -> (Vec<String>, u64) {
    let has_remark =
        |input: &&InputAccount| input.error.is_some() || !input.problems.is_empty() || input.unrecognised > 0;
    let inputs: Vec<&InputAccount> = analysis.inputs.iter().filter(has_remark).collect();
    if inputs.len() <= SHOWN {
        return (inputs.into_iter().map(one_line).collect(), 0);
    }
    let mut groups: Vec<(&InputAccount, Option<NoLog<'_>>, u64)> = Vec::new();
    let mut places: HashMap<NoLog<'_>, usize> = HashMap::new();
    for input in inputs {
        let kind = NoLog::of(input);
        let known = kind.and_then(|kind| places.get(&kind)).and_then(|place| groups.get_mut(*place));
        match known {
            Some((.., count)) => *count += 1,
            None => {
                places.extend(kind.map(|kind| (kind, groups.len())));
                groups.push((input, kind, 1));
            }
        }
    }
    let line = |(input, _, count): &(&InputAccount, _, u64)| match count - 1 {
        0 => one_line(input),
        others => format!("{} (and {} like it)", one_line(input), counted(others, "more input", "more inputs")),
    };
    let lines = groups.iter().take(SHOWN).map(line).collect();
    (lines, groups.iter().skip(SHOWN).map(|(.., count)| count).sum())
}

/// Why an input is no log, as far as it is the same for many: an archive may have thousands of pictures in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum NoLog<'a> {
    Refused(&'a str),
    Unreadable(ProblemKind),
    NoKnownFormat,
    Empty,
}

impl<'a> NoLog<'a> {
    /// Nothing if it is a log.
    fn of(input: &'a InputAccount) -> Option<NoLog<'a>> {
        match (refusal(input), input.problems.first()) {
            (Some(why), _) => Some(NoLog::Refused(why)),
            (None, _) if input.records > input.unrecognised + input.unreadable => None,
            (None, Some(problem)) => Some(NoLog::Unreadable(problem.kind)),
            (None, None) if input.records == 0 => Some(NoLog::Empty),
            (None, None) => Some(NoLog::NoKnownFormat),
        }
    }
}

/// Why an input could not be used, without its name.
fn refusal(input: &InputAccount) -> Option<&str> {
    let error = input.error.as_deref()?;
    Some(error.strip_prefix(input.name.as_str()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(error))
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
    let mut all: HashMap<NoLog<'_>, u64> = HashMap::new();
    for kind in analysis.inputs.iter().filter_map(NoLog::of) {
        *all.entry(kind).or_default() += 1;
    }
    let mut told: HashMap<NoLog<'_>, u64> = HashMap::new();
    for input in &analysis.inputs {
        let Some(kind) = NoLog::of(input) else {
            one(&mut page, input);
            continue;
        };
        let (told, all) = (told.entry(kind).or_default(), all.get(&kind).copied().unwrap_or_default());
        *told += 1;
        if *told <= LISTED {
            one(&mut page, input);
        }
        if *told == LISTED && all > LISTED {
            let inputs = counted(all - LISTED, "more input", "more inputs");
            page.line(&format!("and {inputs} like it; --format json names all"));
        }
    }
    page.finish()
}

fn one(page: &mut Page, input: &InputAccount) {
    let name = page.tone(Tone::Title, &shown(&input.name));
    page.line(&name);
    if let Some(why) = refusal(input) {
        page.labelled(3, "", &shown(why));
        return;
    }
    for (label, text) in facts(input).into_iter().chain(problems(input)) {
        page.labelled(3, &format!("{label:9}"), &text);
    }
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

    fn input(name: &str, error: Option<&str>, events: u64, unrecognised: u64) -> InputAccount {
        InputAccount {
            name: name.to_owned(),
            error: error.map(|why| format!("{name}: {why}")),
            records: events + unrecognised,
            events,
            other: unrecognised,
            unrecognised,
            unknown_keys: (unrecognised > 0).then(|| "a, b".to_owned()),
            ..InputAccount::default()
        }
    }

    /// An archive with many pictures, logs among them, and something else at the end.
    fn album() -> Analysis {
        let mut inputs: Vec<InputAccount> =
            (1..=40).map(|number| input(&format!("a.zip!{number}.png"), Some("this is a picture"), 0, 0)).collect();
        inputs.insert(3, input("a.zip!okta.ndjson", None, 5, 0));
        inputs.push(input("a.zip!other.json", None, 0, 1));
        inputs.extend((0..7).map(|number| input(&format!("{number}.ndjson"), None, 2, 1)));
        Analysis { inputs, ..Analysis::default() }
    }

    #[test]
    fn of_many_files_that_are_no_logs_a_few_are_named_and_the_rest_counted() {
        let text = text(&album(), false);
        assert_eq!(text.matches(".png").count() as u64, LISTED, "{text}");
        assert!(text.contains("   this is a picture\nand 30 more inputs like it; --format json names all\n"), "{text}");
        for name in ["a.zip!okta.ndjson", "a.zip!other.json", "6.ndjson"] {
            assert!(text.contains(name), "{name}");
        }
    }

    #[test]
    fn pictures_do_not_hide_what_else_was_not_read() {
        let (lines, more) = remarks(&album());
        assert_eq!(lines[0], "a.zip!1.png: this is a picture (and 39 more inputs like it)");
        assert_eq!(lines[1], "a.zip!other.json: 1 record of no known format (fields: a, b)");
        assert_eq!((lines.len(), lines[2].starts_with("0.ndjson")), (SHOWN, true), "a log has a line of its own");
        assert_eq!(more.as_deref(), Some("and 4 more inputs with remarks; `provlens inputs --format json` lists all"));
        let few = Analysis { inputs: album().inputs.split_off(37), ..Analysis::default() };
        let few = Analysis { inputs: few.inputs.into_iter().take(5).collect(), ..few };
        assert!(remarks(&few).0.iter().all(|line| !line.contains("like it")), "there is room for each");
    }

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
