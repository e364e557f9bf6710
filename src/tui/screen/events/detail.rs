//! What is most needed of the event under the cursor, so that a list can be read without opening each.

use super::table::{source, time, what, who};
use crate::analysis::Issue;
use crate::event::Outcome as How;
use crate::event::filter::status_word;
use crate::event::store::{Row as Event, Scratch};
use crate::output::page::{counted, number, shown};
use crate::output::person::told;
use crate::text::width::wrap;
use crate::tui::jobs::around::Around;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::issue::Place;
use crate::tui::screen::{Context, heading};

/// Rows of it under a wide list, its heading and the line for messages included.
const ROWS: usize = 10;
/// The same under a list of ordinary size: an empty line, the words, where one is.
const STRIP: usize = 3;

/// Rows of it under a wide list.
pub fn rows(context: &Context<'_>) -> usize {
    ROWS - LINES + message_lines(context)
}

/// Rows of it under a list of ordinary size.
pub fn strip_rows(context: &Context<'_>) -> usize {
    STRIP.saturating_add_signed(2 * context.detail.max(0))
}

/// Lines of a message, usually.
const LINES: usize = 2;

fn message_lines(context: &Context<'_>) -> usize {
    LINES.saturating_add_signed(context.detail).max(1)
}

/// Letters of a message that are looked at: nobody reads more of it here.
const READ: usize = 2_000;

/// Who said what the log says of an event.
pub(in crate::tui) fn speaker(event: Event<'_>) -> String {
    let log = event.provider().name();
    let (_, remote) = event.words();
    match (remote, event.app()) {
        // What the app answered, in the log of somebody else.
        (Some(_), app) if !event.provider().is_the_app() => {
            format!("{}, passed on by {log}", app.map_or_else(|| "the app".to_owned(), shown))
        }
        _ => log.to_owned(),
    }
}

/// The words of an event, the application's own first, fit to be shown.
pub(in crate::tui) fn words(event: Event<'_>) -> String {
    let (message, remote) = event.words();
    let text = remote.or(message).unwrap_or_default();
    let end = text.char_indices().nth(READ).map_or(text.len(), |(at, _)| at);
    match shown(text.get(..end).unwrap_or_default()) {
        words if !words.is_empty() => words,
        _ if event.words_are_in_the_record() => {
            format!("too long to be kept here; {} opens the record", key_of(Action::Open))
        }
        _ => String::new(),
    }
}

/// The issue that an event belongs to.
pub(in crate::tui) fn issue<'m>(event: Event<'_>, context: &Context<'m>) -> Option<(Place, &'m Issue)> {
    let analysis = &context.data.analysis;
    let rule = event.rule().map(|(rule, _)| rule);
    let app = event.app();
    let is_its = |issue: &&Issue| issue.app.as_deref() == app;
    let find = |issues: &'m [Issue], is_kind: &dyn Fn(&Issue) -> bool| {
        let at = issues.iter().position(|issue| is_kind(issue) && is_its(&issue));
        // An issue of several applications has none of its own.
        let at = at.or_else(|| issues.iter().position(is_kind))?;
        Some((at, issues.get(at)?))
    };
    match (rule, event.shape()) {
        (Some(rule), _) => {
            find(&analysis.issues, &|issue| issue.rule == Some(rule)).map(|(at, issue)| (Place::Known(at), issue))
        }
        (None, Some(shape)) => find(&analysis.unknown, &|issue| issue.shape.as_deref() == Some(shape))
            .map(|(at, issue)| (Place::Unknown(at), issue)),
        (None, None) => None,
    }
}

/// The words in one line, and where one is.
pub fn strip(event: Event<'_>, left_out: Option<&str>, position: Row, context: &Context<'_>) -> Vec<Row> {
    let columns = context.size.columns;
    let mut words = words(event);
    if words.is_empty() {
        words = what(event, context);
    }
    let note = left_out.map(|domain| format!("@{} left out of names", shown(domain))).unwrap_or_default();
    let room = columns.saturating_sub(position.used() + 3);
    let start = Row::of(&context.cut(&note, room), Role::Quiet).to(columns.saturating_sub(position.used() + 1));
    let room = columns.saturating_sub(2);
    let mut rows = vec![Row::new()];
    match strip_rows(context).saturating_sub(2) {
        1 => rows.push(Row::of(&context.cut(&words, room), Role::Text)),
        lines => rows.extend(wrap(&words, room).iter().take(lines).map(|line| Row::of(line, Role::Text))),
    }
    rows.resize(strip_rows(context).saturating_sub(1), Row::new());
    rows.push(start.join(position));
    rows
}

/// Everything about it.
pub fn pane(event: Event<'_>, around: Option<Around>, context: &Context<'_>) -> Vec<Row> {
    let columns = context.size.columns;
    let half = columns * 55 / 100;
    let rule = event.rule().and_then(|(rule, _)| context.data.library.rule(rule));
    let name = rule.map(|rule| rule.id.clone()).or(event.shape().map(crate::unknown::cluster_id)).unwrap_or_default();
    let mut rows = vec![heading(&title(event, context), &name, context)];
    rows.push(fact("Said by", &speaker(event), columns, context));
    rows.extend(message(event, context));
    let (before, after) = match around {
        Some(around) => {
            let of = |row: Option<u32>| row.and_then(|row| context.data.events.store.row(row));
            (neighbour(of(around.before), event, false, context), neighbour(of(around.after), event, true, context))
        }
        None => ("looking".to_owned(), "looking".to_owned()),
    };
    rows.push(two(("Before", &before), ("After", &after), half, columns, context));
    let mut scratch = Scratch::default();
    let ids = event.ids(&mut scratch);
    let named =
        [("event", ids.event), ("request", ids.request), ("transaction", ids.transaction), ("change", ids.change)];
    let each = named.iter().filter_map(|(name, id)| Some(format!("{name} {}", shown((*id)?))));
    let ids = each.collect::<Vec<_>>().join("   ");
    rows.push(two(("Ids", &ids), ("Source", &source(event)), half, columns, context));
    let story = match around {
        Some(Around { events: 0, .. }) => "nobody is named".to_owned(),
        Some(around) => format!(
            "{}, {} failed ({} opens the story)",
            counted(around.events, "event", "events"),
            number(around.failed),
            key_of(Action::Person)
        ),
        None => "counting".to_owned(),
    };
    let of_issue = match issue(event, context) {
        Some((_, issue)) => format!(
            "{}, {} ({}: steps)",
            counted(issue.events, "event", "events"),
            counted(issue.users, "person", "people"),
            key_of(Action::Issue)
        ),
        None => "none".to_owned(),
    };
    rows.push(two(("Person", &story), ("Issue", &of_issue), half, columns, context));
    rows
}

/// `5 Sep 20:03:15 deactivate tom.berg@example.com in Salesforce`
pub(in crate::tui) fn title(event: Event<'_>, context: &Context<'_>) -> String {
    let who = who(event).map(|who| format!(" {}", shown(who))).unwrap_or_default();
    let app = event.app().map(|app| format!(" in {}", shown(app))).unwrap_or_default();
    format!("{} {}{who}{app}", time(event, context), event.operation().word())
}

/// As many lines as there is room for.
fn message(event: Event<'_>, context: &Context<'_>) -> Vec<Row> {
    const LABEL: usize = 10;
    let columns = context.size.columns;
    let words = words(event);
    let words = if words.is_empty() { "the log says nothing more".to_owned() } else { words };
    let lines = wrap(&words, columns.saturating_sub(LABEL + 1));
    let start = |at: usize| if at == 0 { Row::of("Message", Role::Quiet) } else { Row::new() };
    lines
        .iter()
        .take(message_lines(context))
        .enumerate()
        .map(|(at, line)| start(at).to(LABEL).put(line, Role::Text))
        .collect()
}

/// What happened to the same person before or behind.
fn neighbour(other: Option<Event<'_>>, event: Event<'_>, is_behind: bool, context: &Context<'_>) -> String {
    let Some(other) = other else { return "nothing in these logs".to_owned() };
    let is_again = other.operation() == event.operation() && other.app() == event.app();
    let app = other.app().map(|app| format!(" ({})", shown(app))).unwrap_or_default();
    let result = if other.outcome() == How::Success { "worked" } else { status_word(other.outcome()) };
    let what = match is_again {
        true if is_behind => format!("tried again, {result}"),
        true => format!("tried before, {result}"),
        false => format!("{}{app}", told(other.operation(), other.outcome())),
    };
    format!("{}  {what}", time(other, context))
}

fn fact(label: &str, text: &str, columns: usize, context: &Context<'_>) -> Row {
    let row = Row::of(label, Role::Quiet).to(10);
    let room = columns.saturating_sub(row.used() + 1);
    row.put(&context.cut(text, room), Role::Text)
}

fn two(left: (&str, &str), right: (&str, &str), half: usize, columns: usize, context: &Context<'_>) -> Row {
    let row = fact(left.0, left.1, half.saturating_sub(2), context).to(half).put(right.0, Role::Quiet).to(half + 8);
    let room = columns.saturating_sub(row.used() + 1);
    row.put(&context.cut(right.1, room), Role::Text)
}
