//! What is said first: how it stands and where to start, how far reading is, or that there is nothing.

use crate::analysis::InputAccount;
use crate::output::page::{bytes, counted, number, shown};
use crate::output::report::text::covered;
use crate::output::report::verdict::Verdict;
use crate::text::width::wrap;
use crate::tui::data::Reading;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::{Context, cut_middle, heading, paragraph};

/// Rows for how it stands at most, and for where to start: each may take so much of what the lists leave of the body.
const ROWS: usize = 4;
const SHARE: usize = 3;
const LISTS: usize = 4;
/// Inputs whose contents are told where there are no events.
const INPUTS: usize = 5;

/// Whether nothing was read so far, not even a part.
fn is_before_reading(context: &Context<'_>) -> bool {
    context.data.reading.is_none() && context.data.whole.inputs.is_empty()
}

/// Whether there is nothing else to be shown.
pub(super) fn is_all(context: &Context<'_>) -> bool {
    context.data.analysis.totals.events == 0
}

/// What can be done where there is nothing else to be shown.
pub(super) fn actions(context: &Context<'_>) -> Vec<(Action, &'static str)> {
    match context.data.analysis.totals.filtered {
        0 => vec![(Action::Tab7, "inputs")],
        _ => vec![(Action::ClearFilter, "clear filter"), (Action::Filter, "change it")],
    }
}

/// The first rows of the screen.
pub(super) fn rows(context: &Context<'_>) -> Vec<Row> {
    if let Some(reading) = context.data.reading {
        return progress(reading, context);
    }
    if is_before_reading(context) {
        return progress(Reading::default(), context);
    }
    let analysis = &context.data.analysis;
    let mut rows: Vec<Row> = stopped(context).into_iter().collect();
    if analysis.totals.events == 0 && analysis.totals.filtered > 0 {
        rows.extend(nothing_passes());
        return rows;
    }
    if analysis.totals.events == 0 {
        rows.extend(no_events(context));
        return rows;
    }
    let verdict = Verdict::of(analysis, &context.data.library);
    rows.extend(sentences(&[verdict.words], Role::Strong, context));
    rows.extend(sentences(&verdict.start, Role::Text, context));
    rows
}

/// That a part is missing, before anything is said of the rest: else nothing found is taken for nothing there.
fn stopped(context: &Context<'_>) -> Option<Row> {
    let part = context.data.whole.covered.as_ref()?;
    let words = format!("Only {} was read; the rest is in no number here.", covered(part));
    Some(Row::of(&context.cut(&words, context.size.columns.saturating_sub(2)), Role::Warning))
}

/// Sentences on a few rows. Where they do not fit, the first one is cut in its middle, since numbers stand at its
/// end. What follows it stays whole: who should have lost access is told by half a sentence as its opposite.
fn sentences(all: &[String], role: Role, context: &Context<'_>) -> Vec<Row> {
    let room = context.size.columns.saturating_sub(2);
    let rows = (context.size.body().saturating_sub(LISTS) / SHARE).clamp(1, ROWS);
    let wrapped = wrap(&shown(&all.join(" ")), room);
    let lines: Vec<String> = match all {
        [] => Vec::new(),
        _ if wrapped.len() < rows + all.len() => wrapped,
        [first, rest @ ..] if !rest.is_empty() => {
            let first = cut_middle(&shown(first), room, context.glyphs);
            [first].into_iter().chain(wrap(&shown(&rest.join(" ")), room)).collect()
        }
        _ => {
            let (whole, rest) = wrapped.split_at(rows - 1);
            whole.iter().cloned().chain([context.cut(&rest.join(" "), room)]).collect()
        }
    };
    lines.iter().map(|line| Row::of(line, role)).collect()
}

fn progress(reading: Reading, context: &Context<'_>) -> Vec<Row> {
    let what = match context.data.whole.inputs.len() as u64 {
        0 | 1 => "Reading".to_owned(),
        inputs => format!("Reading {}", counted(inputs, "log", "logs")),
    };
    let how_far = match reading {
        Reading { bytes: 0, .. } => String::new(),
        Reading { of: 0, bytes: read, .. } => format!(": {} so far", bytes(read)),
        Reading { of, bytes: read, .. } => format!(": {} of {}", bytes(read), bytes(of)),
    };
    let mut rows = vec![Row::of(
        &context.cut(&format!("{what}{how_far}.  You can already work here."), context.size.columns.saturating_sub(2)),
        Role::Strong,
    )];
    if let Some(percent) = reading.percent() {
        let room = context.size.columns.saturating_sub(6);
        let done = room * usize::try_from(percent).unwrap_or_default() / 100;
        let full = context.glyphs.bars.last().copied().unwrap_or_default();
        let row = Row::of(&full.repeat(done), Role::Text).put(&context.glyphs.still.repeat(room - done), Role::Frame);
        rows.push(row.right(&format!("{percent}%"), Role::Text, context.size.columns.saturating_sub(1)));
    }
    rows
}

/// While reading goes on, the row for messages says what that means for numbers.
pub(super) fn remark(rows: &mut Vec<Row>, context: &Context<'_>) {
    if context.data.reading.is_some() {
        rows.resize(context.size.body().saturating_sub(1), Row::new());
        rows.push(Row::of("Numbers will still change while reading goes on.", Role::Quiet));
    }
}

fn nothing_passes() -> Vec<Row> {
    let help = format!(
        "{} shows everything again, {} changes the filter.",
        key_of(Action::ClearFilter),
        key_of(Action::Filter)
    );
    vec![Row::of("Nothing passes your filter.", Role::Strong), Row::of(&help, Role::Text)]
}

/// What it is instead, and what to open.
fn no_events(context: &Context<'_>) -> Vec<Row> {
    let inputs = &context.data.analysis.inputs;
    let columns = context.size.columns;
    let readable = inputs.iter().any(|input| input.records > 0);
    let words = match (readable, inputs.len()) {
        _ if context.data.whole.covered.is_some() => "So far no provisioning events were found.",
        (true, 1) => "This log can be read, but holds no provisioning events.",
        (true, _) => "These logs can be read, but hold no provisioning events.",
        (false, 1) => "In this log nothing was found that can be read.",
        (false, _) => "In these logs nothing was found that can be read.",
    };
    let mut rows = vec![Row::of(&context.cut(words, columns.saturating_sub(2)), Role::Strong), Row::new()];
    for input in inputs.iter().take(INPUTS) {
        rows.push(heading(&input.name, &counted(input.records, "record", "records"), context));
        rows.extend(holds(input).iter().flat_map(|line| paragraph("", line, 3, Role::Text, columns)));
    }
    if inputs.len() > INPUTS {
        let more = format!("and {} more; 7 lists all", number((inputs.len() - INPUTS) as u64));
        rows.push(Row::new().to(3).put(&more, Role::Quiet));
    }
    let export = "Wanted are the System Log of Okta, the provisioning logs of Entra, or the log of an app's SCIM \
                  server. Export one of these, and open it.";
    rows.push(heading("What to open", "", context));
    rows.extend(paragraph("", export, 1, Role::Text, columns));
    rows
}

/// What an input holds, or why it cannot be read.
fn holds(input: &InputAccount) -> Vec<String> {
    let mut lines: Vec<String> = input.error.iter().cloned().collect();
    lines.extend(input.remarks.iter().map(|(what, count)| format!("{}: {what}", number(*count))));
    if input.unrecognised > 0 {
        let fields = input.unknown_keys.as_deref().unwrap_or_default();
        lines.push(format!("{} of a format that is not known; the first has: {fields}", number(input.unrecognised)));
    }
    if input.unreadable > 0 {
        lines.push(format!("{} cannot be read", counted(input.unreadable, "record", "records")));
    }
    if lines.is_empty() && input.records == 0 {
        lines.push("It is empty.".to_owned());
    }
    lines
}
