//! What is known of the group that the cursor is on: what varies, whom it is about, when, which rule
//! looks for nearly the same, and an example.

use super::super::{Context, heading};
use crate::analysis::{Evidence, Issue, Of, Series, State as IssueState};
use crate::event::Operation;
use crate::output::page::{counted, number, shown};
use crate::text::span;
use crate::text::time::{DAY, HOUR};
use crate::text::width::width;
use crate::tui::group::{Values, Varied};
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::when;

/// The column behind the labels.
const LABELS: usize = 10;
/// Rows of an example and of what can be done with the group.
const EXAMPLE: usize = 3;
const OFFER: usize = 3;
/// Most values on a line.
const VALUES: usize = 6;

/// A label and what is said.
type Fact = (String, String);

/// The detail in exactly `room` rows.
pub(super) fn rows(issue: &Issue, varied: Option<&Varied>, room: usize, context: &Context<'_>) -> Vec<Row> {
    let marks = marks(varied, context);
    let others = others(issue, varied, context);
    let room_for_marks = room.saturating_sub(1 + others.len() + EXAMPLE + OFFER);
    let remark = match varied {
        None => "being looked at".to_owned(),
        Some(_) if marks.is_empty() => "nothing varies".to_owned(),
        Some(_) if marks.len() > room_for_marks => format!("what varies, {room_for_marks} of {} shown", marks.len()),
        Some(_) => "what varies".to_owned(),
    };
    let mut rows = vec![heading(issue.shape.as_deref().unwrap_or_default(), &remark, context)];
    let facts = marks.into_iter().take(room_for_marks).chain(others);
    rows.extend(facts.map(|(label, text)| fact(&label, &text, context)));
    let examples = room.saturating_sub(rows.len() + OFFER) / EXAMPLE;
    for example in issue.examples.iter().take(examples.max(1)) {
        rows.extend(self::example(issue, example, varied, context));
    }
    rows.resize(room.saturating_sub(OFFER - 1), Row::new());
    rows.push(Row::of("This may be a new issue. You can write it down once for everybody:", Role::Text));
    let offer = "start a rule from this group (writes a file with match and examples)";
    rows.push(Row::of(key_of(Action::NewRule), Role::Strong).put(&format!(" {offer}"), Role::Text));
    rows
}

/// The same as text, for a ticket.
pub(super) fn copied(issue: &Issue, varied: Option<&Varied>, context: &Context<'_>) -> String {
    let zone = issue.last.map(|last| when::offset(last, &context.zone)).unwrap_or_default();
    let app = issue.app.as_deref().map_or_else(|| "no app named".to_owned(), shown);
    let mut lines = vec![
        format!("No rule of provlens explains this yet: {}", shown(issue.shape.as_deref().unwrap_or_default())),
        format!("{app}, {}, {}", counted(issue.events, "event", "events"), counted(issue.users, "person", "people")),
    ];
    if !zone.is_empty() {
        lines.push(format!("All times are {zone}."));
    }
    let facts = marks(varied, context).into_iter().chain(others(issue, varied, context));
    lines.extend(facts.map(|(label, text)| format!("{label}: {text}")));
    if let Some(example) = issue.examples.first() {
        let (said, doing) = words(issue, example, varied);
        let at = example.time.map_or_else(|| "time unknown".to_owned(), |at| context.exact(at));
        lines.extend([format!("Example, {at}:"), said, doing]);
    }
    lines.join("\n")
}

fn fact(label: &str, text: &str, context: &Context<'_>) -> Row {
    let row = Row::of(label, Role::Quiet).to(LABELS);
    let room = context.size.columns.saturating_sub(row.used() + 1);
    row.put(&context.cut(text, room), Role::Text)
}

/// Marks that stand for different things, and what for.
fn marks(varied: Option<&Varied>, context: &Context<'_>) -> Vec<Fact> {
    let Some(varied) = varied else { return Vec::new() };
    let mut seen: Vec<&str> = Vec::new();
    let mut facts = Vec::new();
    for (mark, values) in &varied.marks {
        seen.push(mark);
        let nth = seen.iter().filter(|known| *known == mark).count();
        let label = if nth == 1 { (*mark).to_owned() } else { format!("{mark} {nth}") };
        facts.push((label, self::values(values, context)));
    }
    facts
}

/// `costCenter 71 · manager 12 · 3 others`
fn values(values: &Values, context: &Context<'_>) -> String {
    let dot = context.glyphs.dot;
    match &*values.common {
        [] => "not known".to_owned(),
        [(only, _)] if values.different == 1 => format!("always {}", shown(only)),
        common => {
            let named = common.iter().take(VALUES).map(|(value, count)| format!("{} {}", shown(value), number(*count)));
            let mut named: Vec<String> = named.collect();
            let others = values.different.saturating_sub(named.len()) as u64;
            // Where each is another one, their number says more than any of them.
            if common.iter().all(|(_, count)| *count == 1) && others > 0 {
                named.truncate(2);
                named.insert(0, format!("{}{} different, such as", more(values), number(values.different as u64)));
                return named.join(dot).replacen(dot, " ", 1);
            }
            match (values.beyond, others) {
                (true, _) => named.push(format!("more than {} others", number(others))),
                (false, 0) => {}
                (false, others) => named.push(counted(others, "other", "others")),
            }
            named.join(dot)
        }
    }
}

fn more(values: &Values) -> &'static str {
    if values.beyond { "more than " } else { "" }
}

/// People, time, the app's answers and the nearest rule.
fn others(issue: &Issue, varied: Option<&Varied>, context: &Context<'_>) -> Vec<Fact> {
    let mut facts = vec![("People".to_owned(), people(issue, varied)), ("When".to_owned(), time(issue, context))];
    if let Some(near) = varied.and_then(|varied| varied.nearest)
        && let Some(rule) = context.data.library.rule(near.rule)
    {
        // How alike must not be what is cut off.
        let remark = format!(" (about {}% alike, but it did not match)", near.alike);
        let room = context.size.columns.saturating_sub(LABELS + 1 + width(&remark));
        facts.push(("Nearest".to_owned(), context.cut(&shown(&rule.title), room) + &remark));
    } else if varied.is_some() {
        facts.push(("Nearest".to_owned(), "no rule looks for words like these".to_owned()));
    }
    facts
}

fn people(issue: &Issue, varied: Option<&Varied>) -> String {
    let count = number(issue.users);
    let often: Vec<String> = varied
        .iter()
        .flat_map(|varied| varied.people.common.iter().filter(|(_, count)| *count > 1).take(3))
        .map(|(who, count)| format!("{} {}", shown(who), number(*count)))
        .collect();
    match (issue.users, &*often) {
        (0, _) => "nobody is named".to_owned(),
        (_, []) => count,
        (1, _) => format!("{count}: {}", often.join(", ")),
        _ => format!("{count}, most often {}", often.join(", ")),
    }
}

fn time(issue: &Issue, context: &Context<'_>) -> String {
    let span = match (issue.first, issue.last) {
        (Some(first), Some(last)) if first == last => context.minute(first),
        (Some(first), Some(last)) => {
            format!("first {}, last {}", context.minute(first), context.minute(last))
        }
        _ => return "time unknown".to_owned(),
    };
    let most = series(issue, context).and_then(|series| {
        let most = series.points.iter().map(|point| point.failures).max().filter(|most| *most > 1)?;
        Some(format!(", up to {} {}", number(most.into()), unit(series.width)))
    });
    let state = match issue.state {
        IssueState::Ongoing => "ongoing",
        IssueState::Recovered => "recovered",
        IssueState::Quiet => "no attempts since",
    };
    format!("{span}{}, {state}", most.unwrap_or_default())
}

fn unit(width: i64) -> String {
    match width {
        HOUR => "an hour".to_owned(),
        DAY => "a day".to_owned(),
        width => format!("in {}", span::words(width)),
    }
}

fn series<'m>(issue: &Issue, context: &Context<'m>) -> Option<&'m Series> {
    let of = Of::Unknown(issue.shape.clone()?);
    let app = issue.app.as_deref()?;
    context.data.analysis.series.iter().find(|series| *series.app == *app && series.of == of)
}

fn example(issue: &Issue, example: &Evidence, varied: Option<&Varied>, context: &Context<'_>) -> Vec<Row> {
    let at = example.time.map_or_else(|| "time unknown".to_owned(), |at| context.exact(at));
    let (said, doing) = words(issue, example, varied);
    let room = context.size.columns.saturating_sub(2);
    vec![
        heading("Example", &at, context),
        Row::of(&context.cut(&said, room), Role::Text),
        Row::of(&context.cut(&doing, room), Role::Text),
    ]
}

/// Who said what, and what was being done.
fn words(issue: &Issue, example: &Evidence, varied: Option<&Varied>) -> (String, String) {
    let log = issue.provider.name();
    let app = issue.app.as_deref().map_or_else(|| "The app".to_owned(), shown);
    let status = match varied.map(|varied| &*varied.statuses.common) {
        Some([(status, _)]) => format!("{status} "),
        _ => String::new(),
    };
    let said = match (&example.remote, &example.message) {
        (Some(remote), _) => format!("{app} said: {status}{}", shown(remote)),
        (None, Some(message)) => format!("{log} said: {status}{}", shown(message)),
        (None, None) => format!("{log} gave no reason."),
    };
    let what = match example.operation {
        Operation::Other => "something of another kind",
        operation => operation.word(),
    };
    let who = example.user.as_deref().map_or_else(|| "for nobody it names".to_owned(), shown);
    let tried = if issue.provider.is_the_app() { "What was tried:".to_owned() } else { format!("{log} was doing:") };
    (said, format!("{tried}  {what} {who}"))
}
