//! `provlens rules explain`: every rule considered for one event.

use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;

use crate::cli::{Format, RulesExplainArgs};
use crate::commands::{end, fail, library, print, print_json, setup, warn};
use crate::decode::Decoded;
use crate::event::{Event, Ids};
use crate::exit::ExitStatus;
use crate::output::page::{Page, counted, shown};
use crate::pipeline::scan::{Place, Record, scan};
use crate::rules::{Library, Review};
use crate::source::{self, Gathered, Source};
use crate::text::width::pad;

/// Most events that are explained in one go.
const MAX_EVENTS: usize = 200;
/// Rules that nearly matched and are shown unless all are asked for.
const NEAREST: usize = 5;
/// Columns of the names in front.
const LABEL: usize = 13;

pub(super) fn run(args: &RulesExplainArgs) -> ExitStatus {
    let (library, status) = library::load(&args.library, args.print.strict, args.print.quiet);
    let question = match Question::of(args, &library) {
        Ok(question) => question,
        Err(status) => return status,
    };
    let mut answers = Vec::new();
    let mut beside = Beside::default();
    let mut more = 0;
    let errors = scan(&question.sources, &mut |place, text| question.lets(place, text, &mut beside), &mut |record| {
        let Some(answer) = question.answer(&record, &library, args.all) else { return ControlFlow::Continue(()) };
        if answers.len() < MAX_EVENTS {
            answers.push(answer);
        } else {
            more += 1;
        }
        ControlFlow::Continue(())
    });
    let mut status = status;
    let is_all_read = errors.is_empty();
    for error in errors {
        status = fail(ExitStatus::Input, &error.to_string());
    }
    if answers.is_empty() && is_all_read {
        return question.nothing(&beside, &library);
    }
    if more > 0 && !args.print.quiet {
        let more = counted(more, "more record", "more records");
        warn(&format!("{more} not shown; name one with FILE:LINE"));
    }
    let printed = match args.format {
        Format::Json => print_json(&json!({ "schema": "provlens/rules-explain/1", "records": answers })),
        Format::Text => {
            let mut page = Page::new(setup::colored(args.print.color));
            answers.iter().for_each(|answer| answer.write(&mut page));
            print(&page.finish())
        }
    };
    end(printed, status)
}

/// Which records are asked for.
struct Question {
    sources: Vec<Source>,
    line: Option<u64>,
    id: Option<String>,
}

/// The records next to the line that was asked for.
#[derive(Default)]
struct Beside {
    before: Option<u64>,
    after: Option<u64>,
}

impl Question {
    fn of(args: &RulesExplainArgs, library: &Library) -> Result<Question, ExitStatus> {
        let what = args.what.as_str();
        if what == "-" || Path::new(what).exists() {
            return Question::about(Path::new(what), None);
        }
        if let Some((path, line)) = what.rsplit_once(':')
            && let (Ok(line), true) = (line.parse(), path == "-" || Path::new(path).exists())
        {
            return Question::about(Path::new(path), Some(line));
        }
        if !args.paths.is_empty() {
            let sources = sources(&args.paths)?;
            return Ok(Question { sources, line: None, id: Some(what.to_owned()) });
        }
        Err(no_such(what, library))
    }

    fn about(path: &Path, line: Option<u64>) -> Result<Question, ExitStatus> {
        Ok(Question { sources: sources(&[path.to_owned()])?, line, id: None })
    }

    /// Whether a record may be one that is asked for, by its place and bytes alone.
    fn lets(&self, place: Place, text: &[u8], beside: &mut Beside) -> bool {
        if let Some(line) = self.line {
            if place.line < line {
                beside.before = Some(place.line);
            } else if place.line > line {
                beside.after = beside.after.or(Some(place.line));
            }
            return place.line == line;
        }
        self.id.as_ref().is_none_or(|id| memchr::memmem::find(text, id.as_bytes()).is_some())
    }

    fn answer<'l>(&self, record: &Record<'_>, library: &'l Library, all: bool) -> Option<Answer<'l>> {
        let place = (record.source.to_owned(), record.line);
        let note =
            |what: String| Answer { place: place.clone(), event: None, note: Some(what), review: None, left_out: 0 };
        let event = match &record.decoded {
            Ok(Decoded::Event(event)) if self.id.as_ref().is_none_or(|id| carries(event.ids, id)) => event,
            // It mentions the id, and is not the event.
            _ if self.id.is_some() => return None,
            Ok(Decoded::Event(_)) => return None,
            Ok(Decoded::Other { dialect, what }) => {
                return Some(note(format!("{dialect}: {}", what.unwrap_or("not about provisioning"))));
            }
            Ok(Decoded::Unrecognised(keys)) => return Some(note(format!("no known format; its fields: {keys}"))),
            Err(failure) => {
                let what = format!("not valid JSON: {}, at byte {} of it", failure.wrong, failure.at);
                return Some(note(what));
            }
        };
        let mut review = library.review(event);
        let near = review.nearly.len();
        if !all {
            review.nearly.retain(|near| near.telling);
            review.nearly.truncate(NEAREST);
        }
        let left_out = near - review.nearly.len();
        Some(Answer { place, event: Some(facts(event)), note: None, review: Some(review), left_out })
    }

    /// Says that no record was found. An id that no event has is a wrong argument, as it is everywhere.
    fn nothing(&self, beside: &Beside, library: &Library) -> ExitStatus {
        let names: Vec<&str> = self.sources.iter().map(|source| source.name.as_str()).collect();
        let names = names.join(", ");
        match (&self.id, self.line) {
            (Some(id), _) if library.find(id).is_some() => fail(ExitStatus::Usage, &is_a_rule(id)),
            (Some(id), _) => {
                let near = library.did_you_mean(id);
                fail(ExitStatus::Usage, &format!("no event with the id `{id}` in {names}{near}"))
            }
            (None, Some(line)) => {
                let near = match (beside.before, beside.after) {
                    (Some(before), Some(after)) => format!("; the nearest start in lines {before} and {after}"),
                    (Some(only), None) | (None, Some(only)) => format!("; the nearest starts in line {only}"),
                    (None, None) => String::new(),
                };
                fail(ExitStatus::Input, &format!("{names}: no record starts in line {line}{near}"))
            }
            (None, None) => fail(ExitStatus::Input, &format!("{names}: no record in it")),
        }
    }
}

/// Says that there is neither a file nor a rule of this name. A file that is not there is an input that cannot be
/// read; anything else is an id without the logs to look for it in.
fn no_such(what: &str, library: &Library) -> ExitStatus {
    if library.find(what).is_some() {
        return fail(ExitStatus::Usage, &is_a_rule(what));
    }
    let near = library.did_you_mean(what);
    let hint = format!("if it is the id of an event, name the logs as well: provlens rules explain {what} PATH");
    match names_a_file(what) {
        true => fail(ExitStatus::Input, &format!("{what}: no such file; {hint}")),
        false => fail(ExitStatus::Usage, &format!("{what}: no such file and no rule{near}; {hint}")),
    }
}

fn is_a_rule(id: &str) -> String {
    format!("`{id}` is a rule; `provlens rules show {id}` shows it, and `provlens explain {id} PATH` its evidence")
}

/// Whether somebody who wrote this meant a file. Ids of Entra's have points too, before something long.
fn names_a_file(what: &str) -> bool {
    let (path, line) = what.rsplit_once(':').unwrap_or((what, ""));
    let has_line = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    let path = Path::new(if has_line { path } else { what });
    let is_short = |ending: &OsStr| ending.len() <= "ndjson".len();
    has_line || what.contains(['/', '\\']) || path.extension().is_some_and(is_short)
}

fn sources(paths: &[PathBuf]) -> Result<Vec<Source>, ExitStatus> {
    let Gathered { sources, errors, .. } = source::gather(paths);
    match errors.first() {
        Some(refused) => Err(fail(ExitStatus::Input, &refused.error.to_string())),
        None => Ok(sources),
    }
}

fn carries(ids: Ids<'_>, wanted: &str) -> bool {
    [ids.event, ids.transaction, ids.request, ids.cycle, ids.job, ids.change]
        .into_iter()
        .flatten()
        .any(|id| id.eq_ignore_ascii_case(wanted))
}

/// What there is to say about one record.
#[derive(Serialize)]
struct Answer<'l> {
    #[serde(serialize_with = "place")]
    place: (String, u64),
    event: Option<Vec<(&'static str, String)>>,
    note: Option<String>,
    #[serde(flatten)]
    review: Option<Review<'l>>,
    /// Rules that nearly matched and are not shown.
    left_out: usize,
}

fn place<S: serde::Serializer>(place: &(String, u64), to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{}:{}", place.0, place.1))
}

/// What rules can look at, by the names that conditions have.
fn facts(event: &Event<'_>) -> Vec<(&'static str, String)> {
    let reason = &event.reason;
    let status = reason.http_status.map(|status| status.to_string());
    let codes = (!reason.codes.is_empty()).then(|| reason.codes.join(", "));
    let fields = [
        ("dialect", Some(event.dialect)),
        ("provider", Some(event.provider.word())),
        ("app", event.app_name()),
        ("operation", Some(event.operation.word())),
        ("outcome", Some(event.outcome.word())),
        ("event_type", event.event_type),
        ("legacy_type", event.legacy_type),
        ("code", codes.as_deref()),
        ("phase", reason.phase),
        ("http_status", status.as_deref()),
        ("scim_type", reason.scim_type),
        ("message", reason.message),
        ("remote", reason.remote),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, shown(value?)))).collect()
}

impl Answer<'_> {
    fn write(&self, page: &mut Page) {
        page.heading(&shown(&format!("{}:{}", self.place.0, self.place.1)));
        let mut part = |label: &str, text: &str| page.labelled(1, &pad(label, LABEL), &shown(text));
        if let Some(note) = &self.note {
            part("", note);
        }
        for (name, value) in self.event.iter().flatten() {
            part(name, value);
        }
        let Some(review) = &self.review else { return };
        if review.matched.is_empty() {
            part("wins", "no rule matches");
        }
        for (place, matched) in review.matched.iter().enumerate() {
            let label = if place == 0 { "wins" } else { "also matched" };
            part(label, &format!("{} ({})", matched.rule, matched.certainty.word()));
            part("", &format!("held: {}", matched.held.join("; ")));
            if let Some(reason) = &matched.before_the_next {
                part("", &format!("before the next one: {reason}"));
            }
        }
        for near in &review.nearly {
            part("nearly", near.rule);
            part("", &near.failed);
            part("", &format!("held: {}", near.held.join("; ")));
        }
        if self.left_out > 0 {
            let more = counted(self.left_out as u64, "more rule", "more rules");
            part("", &format!("{more} held but for one condition; --all shows them"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::names_a_file;

    #[test]
    fn a_file_that_is_meant_is_told_from_an_id() {
        for file in ["gone.json", "logs/gone", "gone:3", "C:\\logs\\gone", "gone.ndjson:12", "gone.csv.gz"] {
            assert!(names_a_file(file), "{file}");
        }
        for id in ["okta-remote-conflct", "5a0b0001-0000-11f1", "scim.1f2e3d4c5b6a.77aa88bb99cc", "a:b"] {
            assert!(!names_a_file(id), "{id}");
        }
    }
}
