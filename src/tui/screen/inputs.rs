//! Inputs: whether everything was read, file by file, and whether all rules are in use.

#[cfg(test)]
mod tests;

use super::{Context, Outcome, Page, file, heading, paragraph};
use crate::analysis::InputAccount;
use crate::output::page::{bytes, counted, number, shown};
use crate::output::report::inputs::{Fact, facts};
use crate::tui::columns::{Column, Side, cell, fit, titles};
use crate::tui::cursor::Cursor;
use crate::tui::data::Extent;
use crate::tui::jobs::Job;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;

/// What the screen remembers.
#[derive(Default)]
pub struct State {
    cursor: Cursor,
}

/// Rows below the list where there is just room for them: the file, and the library.
const FILE: usize = 7;
const LIBRARY: usize = 4;
/// Rows about files that are followed, if any are.
const LIVE: usize = 2;
/// Rows of inputs that cannot be used.
const ERRORS: usize = 4;
/// Broken rule files that are named.
const BROKEN: usize = 3;

/// What becomes of a followed file that is not there any more.
const GONE: &str = "What was read of it is kept. It is looked for all the time, and read once it is back.";

const COLUMNS: [Column; 6] = [
    Column { title: "State", gap: 0, least: 13, goes: 0, grows: false, side: Side::Left },
    Column { title: "Input", gap: 1, least: 16, goes: 0, grows: true, side: Side::Left },
    Column { title: "Read", gap: 1, least: 10, goes: 2, grows: false, side: Side::Right },
    Column { title: "Events", gap: 1, least: 8, goes: 0, grows: false, side: Side::Right },
    Column { title: "Bad", gap: 1, least: 5, goes: 0, grows: false, side: Side::Right },
    Column { title: "Newest event", gap: 2, least: 12, goes: 1, grows: false, side: Side::Left },
];

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Inputs".to_owned()
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        let mut actions = Vec::new();
        if !context.data.whole.inputs.is_empty() {
            actions.push((Action::Open, "details"));
        }
        actions.extend([(Action::Note, "add file"), (Action::Reread, "read again")]);
        if context.data.live.is_some() {
            let words = if context.data.held.is_some() { "go on" } else { "pause" };
            actions.push((Action::Tick, words));
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let (count, page) = (context.data.whole.inputs.len(), list_rows(context));
        if self.cursor.go(action, count, page) {
            self.cursor.settle(count, page);
            return Outcome::Done;
        }
        match action {
            Action::Open if self.cursor.at < count => Outcome::Show(Box::new(file::State::new(self.cursor.at))),
            Action::Tick if context.data.live.is_some() => Outcome::Act(Action::Pause),
            Action::Note => Outcome::Ask { question: "File or folder:", text: String::new() },
            _ => Outcome::Ignored,
        }
    }

    fn answered(&mut self, answer: &str, _: &Context<'_>) -> Outcome {
        path_of(answer).map_or(Outcome::Done, |path| Outcome::Start(Job::Add(vec![path.into()])))
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let inputs = &context.data.whole.inputs;
        let mut rows = vec![heading("Inputs", &how_it_went(context), context)];
        rows.extend(errors(context));
        if inputs.is_empty() {
            let words = match context.data.reading {
                Some(_) => "Nothing so far.".to_owned(),
                None => format!("There is no log yet. Add a file or a folder with {}.", key_of(Action::Note)),
            };
            rows.extend(paragraph("", &words, 1, Role::Text, context.size.columns));
        } else {
            let widths = fit(&COLUMNS, context.size.columns.saturating_sub(4));
            rows.push(titles(&COLUMNS, &widths, Row::new(), 3));
            for at in self.cursor.visible(inputs.len(), list_rows(context)) {
                let Some(input) = inputs.get(at) else { continue };
                rows.push(line(at, input, &widths, context).select(at == self.cursor.at));
            }
        }
        if context.size.has_strip() {
            let below = below(context);
            rows.truncate(context.size.body().saturating_sub(below));
            rows.resize(context.size.body().saturating_sub(below), Row::new());
            let library = library(context);
            let live = live(context);
            let room = below.saturating_sub(library.len() + live.len());
            let mut strip = inputs.get(self.cursor.at).map(|input| strip(input, room, context)).unwrap_or_default();
            strip.resize(room, Row::new());
            rows.extend(strip);
            rows.extend(live);
            rows.extend(library);
        }
        rows
    }

    fn click(&mut self, row: usize, _: usize, context: &Context<'_>) -> bool {
        let count = context.data.whole.inputs.len();
        let top = self.cursor.visible(count, list_rows(context)).start;
        let Some(at) = row.checked_sub(2 + errors(context).len()).map(|row| top + row).filter(|at| *at < count) else {
            return false;
        };
        let again = at == self.cursor.at;
        self.cursor.at = at;
        again
    }
}

/// A path as somebody typed it, dropped it on the window or copied it.
pub fn path_of(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let bare = ['\'', '"'].into_iter().find_map(|quote| typed.strip_prefix(quote)?.strip_suffix(quote));
    let path = match bare {
        Some(path) => path.to_owned(),
        // Terminals write dropped files so.
        None => typed.replace("\\ ", " "),
    };
    (!path.is_empty()).then_some(path)
}

fn list_rows(context: &Context<'_>) -> usize {
    context.size.body().saturating_sub(2 + errors(context).len() + below(context))
}

/// Rows below the list.
fn below(context: &Context<'_>) -> usize {
    if !context.size.has_strip() {
        return 0;
    }
    let live = if context.data.live.is_some() { LIVE } else { 0 };
    FILE + LIBRARY + live + context.size.body().saturating_sub(20) / 2
}

/// An input that could be opened has its error in its own row.
fn is_told(error: &str, inputs: &[InputAccount]) -> bool {
    inputs.iter().any(|input| input.error.as_deref() == Some(error))
}

fn sentence(words: &str) -> String {
    let words = shown(words.trim_end_matches('.'));
    if words.ends_with('?') { words } else { words + "." }
}

/// Whether everything was read: what most people come here for.
fn how_it_went(context: &Context<'_>) -> String {
    let whole = &context.data.whole;
    let broken = whole.inputs.iter().filter(|input| input.named && input.error.is_some()).count();
    let missing = context.data.input_errors.iter().filter(|error| !is_told(error, &whole.inputs)).count();
    let unread = (broken + missing) as u64;
    let older = context.data.events.store.left_out().older;
    let gone = whole.inputs.iter().filter(|input| is_gone(input, context)).count() as u64;
    match whole.totals.unreadable {
        _ if whole.inputs.is_empty() || context.data.reading.is_some() => String::new(),
        _ if whole.covered.is_some() => "reading was stopped before the end".to_owned(),
        0 if unread > 0 => format!("{} could not be read", counted(unread, "input", "inputs")),
        0 if gone > 0 => format!("{} not there any more", counted(gone, "file is", "files are")),
        0 if older > 0 => {
            format!("everything was read; the oldest {} are counted only", counted(older, "event", "events"))
        }
        0 => "everything was read".to_owned(),
        bad => format!("{} could not be read", counted(bad, "record", "records")),
    }
}

/// Named inputs that cannot be used.
fn errors(context: &Context<'_>) -> Vec<Row> {
    let told = context.data.input_errors.iter().filter(|error| !is_told(error, &context.data.whole.inputs));
    let rows = told
        .flat_map(|error| paragraph(context.glyphs.failed, &sentence(error), 3, Role::Failed, context.size.columns));
    rows.take(ERRORS).collect()
}

/// Whether a file that is followed is not there any more.
fn is_gone(input: &InputAccount, context: &Context<'_>) -> bool {
    input.gone && context.data.live.is_some()
}

/// How an input was read: sign, word and role.
fn state(input: &InputAccount, context: &Context<'_>) -> (&'static str, &'static str, Role) {
    let glyphs = context.glyphs;
    match &input.error {
        Some(why) if why.starts_with("passed over") => return (glyphs.skipped, "passed over", Role::Quiet),
        Some(_) => return (glyphs.failed, "not read", Role::Failed),
        None => {}
    }
    let nothing_known = input.records > 0 && input.unrecognised + input.unreadable == input.records;
    let is_live = input.followed && context.data.live.is_some();
    let (extent, is_reading) = (context.data.extent(input), context.data.reading.is_some());
    match () {
        () if is_gone(input, context) => (glyphs.warning, "gone", Role::Warning),
        () if is_live && input.unreadable == 0 => (glyphs.ok, "live", Role::Ok),
        () if extent == Extent::Nothing && is_reading => (glyphs.skipped, "waiting", Role::Quiet),
        () if extent == Extent::Nothing => (glyphs.skipped, "not read", Role::Warning),
        () if extent == Extent::Part && is_reading => (glyphs.skipped, "reading", Role::Text),
        () if extent == Extent::Part => (glyphs.warning, "stopped", Role::Warning),
        () if input.records == 0 => (glyphs.skipped, "empty", Role::Quiet),
        () if input.records == input.unreadable => (glyphs.failed, "unreadable", Role::Failed),
        // Whoever names a folder does not mean each file in it.
        () if nothing_known && !input.named => (glyphs.skipped, "no log", Role::Quiet),
        () if nothing_known => (glyphs.failed, "not a log", Role::Failed),
        () if input.unreadable > 0 => (glyphs.warning, "partly", Role::Warning),
        () if input.events == 0 => (glyphs.skipped, "no events", Role::Quiet),
        () => (glyphs.ok, "done", Role::Ok),
    }
}

fn line(at: usize, input: &InputAccount, widths: &[Option<usize>], context: &Context<'_>) -> Row {
    let (sign, word, role) = state(input, context);
    let newest = context.data.events.newest.get(at).copied().flatten();
    let texts = [
        format!("{sign} {word}"),
        name(input),
        if input.bytes > 0 { bytes(input.bytes) } else { "-".to_owned() },
        number(input.events),
        number(input.unreadable),
        newest.map_or_else(|| "-".to_owned(), |at| context.minute(at)),
    ];
    let mut row = Row::new().to(3);
    for ((column, width), text) in COLUMNS.iter().zip(widths).zip(&texts) {
        let role = match column.title {
            "State" => role,
            "Bad" if input.unreadable > 0 => Role::Warning,
            _ => Role::Text,
        };
        row = cell(row, column, *width, text, role, context);
    }
    row
}

/// The name of a file without its folders, which are on its page.
pub(super) fn name(input: &InputAccount) -> String {
    match input.name.rsplit(['/', '\\']).next() {
        Some("-") | None => "standard input".to_owned(),
        Some(name) => shown(name),
    }
}

/// What is wrong with the file under the cursor, else what it is.
fn strip(input: &InputAccount, room: usize, context: &Context<'_>) -> Vec<Row> {
    let bad = counted(input.unreadable, "record", "records");
    let extent = context.data.extent(input);
    let remark = match (&input.error, input.unreadable) {
        (Some(_), _) => String::new(),
        _ if is_gone(input, context) => "not there any more".to_owned(),
        _ if extent != Extent::All => how_far(input),
        (None, 0) if input.records > 0 && input.records == input.unrecognised => "no format that is known".to_owned(),
        (None, 0) => "all of it was read".to_owned(),
        (None, _) => format!("{bad} could not be read"),
    };
    let mut rows = vec![heading(&name(input), &remark, context)];
    let columns = context.size.columns;
    if let Some(error) = &input.error {
        rows.extend(paragraph("", &sentence(error), 1, Role::Text, columns));
    } else if is_gone(input, context) {
        rows.extend(paragraph("", GONE, 1, Role::Text, columns));
    } else if extent == Extent::Nothing {
        rows.extend(paragraph("", &not_read(context), 1, Role::Text, columns));
    } else if input.problem_counts.is_empty() {
        rows.extend(
            facts(input).into_iter().flat_map(|(label, text)| paragraph(label, &text, 11, Role::Text, columns)),
        );
    } else {
        rows.extend(problems(input, room.saturating_sub(1), columns));
    }
    rows.truncate(room);
    rows
}

/// How much of an input was read that was not read to its end.
fn how_far(input: &InputAccount) -> String {
    match (input.bytes, input.length) {
        (0, _) => "nothing of it was read".to_owned(),
        (read, Some(length)) => format!("{} of {} read", bytes(read), bytes(length)),
        (read, None) => format!("{} of it read", bytes(read)),
    }
}

/// Why there is nothing to say of an input, and what to do.
fn not_read(context: &Context<'_>) -> String {
    match context.data.reading {
        Some(_) => "The inputs before it are read first.".to_owned(),
        None => format!("Reading was stopped before its turn. {} reads everything again.", key_of(Action::Reread)),
    }
}

/// Problems in the order of the file, as many as there is room for; the rest is counted.
fn problems(input: &InputAccount, room: usize, columns: usize) -> Vec<Row> {
    let all: u64 = input.problem_counts.values().sum();
    let mut rows: Vec<Row> = Vec::new();
    let mut told = 0;
    for problem in &input.problems {
        let text = format!("{} (byte {})", problem.detail, number(problem.offset));
        let label = format!("line {}", number(problem.line));
        let lines = paragraph(&label, &text, 11.max(label.len() + 2), Role::Text, columns);
        // The last row is for what is left.
        let is_last = told + 1 == all;
        if rows.len() + lines.len() + usize::from(!is_last) > room {
            break;
        }
        rows.extend(lines);
        told += 1;
    }
    if all > told {
        let kinds = counted(input.problem_counts.len() as u64, "kind", "kinds");
        let more = format!("...and {} more, of {kinds} in all. Enter shows more.", number(all - told));
        rows.push(Row::of(&more, Role::Quiet));
    }
    rows
}

/// What is followed, and whether it is held back.
fn live(context: &Context<'_>) -> Vec<Row> {
    let Some(minute) = context.data.live else { return Vec::new() };
    let remark = format!(
        "{} {}{}what comes meanwhile is kept",
        key_of(Action::Tick),
        if context.data.held.is_some() { "goes on" } else { "pauses" },
        context.glyphs.dot
    );
    let files = context.data.whole.inputs.iter().filter(|input| input.followed).count() as u64;
    let minute = format!(
        "In the last minute: {}, {} failed.",
        counted(minute.records, "record", "records"),
        number(minute.failed)
    );
    let words = match context.data.held {
        Some(held) => format!("{minute} Since the pause: {}.", counted(held, "event", "events")),
        None => format!("Following {}. {minute}", counted(files, "file", "files")),
    };
    vec![heading("Live", &remark, context), Row::of(&words, Role::Text)]
}

/// The known issues, and rule files that cannot be used.
fn library(context: &Context<'_>) -> Vec<Row> {
    let library = &context.data.library;
    let own = (0..library.rules().len()).filter(|index| library.is_own(*index)).count();
    let all = library.rules().len();
    let words = format!(
        "{} ({} built in, {own} yours).",
        counted(all as u64, "known issue", "known issues"),
        number((all - own) as u64)
    );
    let mut rows = vec![heading("Library", "", context), Row::of(&words, Role::Text)];
    let columns = context.size.columns;
    let errors = &context.data.rule_errors;
    for error in errors.iter().take(BROKEN) {
        let text = format!("A rule file of yours is left out: {}", sentence(&error.to_string()));
        rows.extend(paragraph(context.glyphs.warning, &text, 3, Role::Warning, columns));
    }
    match errors.len() {
        0 => {}
        count if count > BROKEN => {
            let more =
                format!("and {} more; `provlens rules test` lists all. The other rules are in use.", count - BROKEN);
            rows.extend(paragraph("", &more, 3, Role::Text, columns));
        }
        _ => rows.push(Row::of("The other rules are in use.", Role::Text)),
    }
    rows
}

/// What there is to say about an input, as the report says it.
pub(super) fn everything(input: &InputAccount, context: &Context<'_>) -> Vec<Fact> {
    let mut all: Vec<Fact> = vec![("path", shown(&input.name))];
    match &input.error {
        Some(error) => all.push(("problem", sentence(error))),
        None => {
            if context.data.extent(input) != Extent::All {
                all.push(("read", how_far(input)));
            }
            all.extend(facts(input));
        }
    }
    all
}
