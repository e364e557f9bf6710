//! How an issue looks in the list, and in the strip below it.

use crate::analysis::{Issue, State as IssueState};
use crate::output::page::{number, shown};
use crate::rules::{Rule, Severity};
use crate::text::width::width;
use crate::tui::columns::{Column, Side, cell, fit, titles};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::{Context, brief, heading, issue};
use crate::tui::trend;
use crate::tui::when;

/// Rows of the strip about the issue that the cursor is on, its heading included.
pub(super) const STRIP: usize = 5;
/// Where the words behind a label begin.
const LABELS: usize = 16;

const COLUMNS: [Column; 7] = [
    Column { title: "", gap: 0, least: 9, goes: 3, grows: false, side: Side::Left },
    Column { title: "What is wrong", gap: 0, least: 22, goes: 0, grows: true, side: Side::Left },
    // The same issue at several apps is told apart by nothing else.
    Column { title: "App", gap: 1, least: 11, goes: 1, grows: true, side: Side::App },
    Column { title: "Count", gap: 1, least: 7, goes: 2, grows: false, side: Side::Right },
    Column { title: "People", gap: 1, least: 7, goes: 0, grows: false, side: Side::Right },
    Column { title: "Seen", gap: 2, least: 10, goes: 4, grows: false, side: Side::Left },
    Column { title: "Trend", gap: 1, least: 5, goes: 5, grows: false, side: Side::Left },
];

/// How wide the columns are.
pub(super) fn widths(context: &Context<'_>) -> Vec<Option<usize>> {
    fit(&COLUMNS, context.size.columns.saturating_sub(5))
}

/// The titles of the columns. That of the level begins above the sign.
pub(super) fn titles_of(widths: &[Option<usize>]) -> Row {
    let level = if widths.first().is_some_and(Option::is_some) { "Level" } else { "" };
    titles(&COLUMNS, widths, Row::new().to(3).put(level, Role::Quiet), 5)
}

/// An issue in the list.
pub(super) fn row(issue: &Issue, widths: &[Option<usize>], context: &Context<'_>) -> Row {
    let analysis = &context.data.analysis;
    let rule = issue::rule(issue, context);
    let (glyph, role) = sign(issue, rule, context);
    let level = rule.map_or("New", |rule| level(rule.severity));
    let what = rule.map_or_else(|| issue.shape.clone().unwrap_or_default(), |rule| rule.title.clone());
    let texts = [
        level.to_owned(),
        shown(&what),
        issue.app.as_deref().map(shown).unwrap_or_default(),
        number(issue.events),
        number(issue.users),
        when::seen(issue.first, issue.last, analysis.last, &context.zone),
        trend::of(issue, analysis).map_or_else(String::new, |trend| trend.picture(context.glyphs)),
    ];
    let mut row = Row::new().to(3).put(glyph, role).to(5);
    for ((column, width), text) in COLUMNS.iter().zip(widths).zip(&texts) {
        let role = if column.title == "Level" { role } else { Role::Text };
        row = cell(row, column, *width, text, role, context);
    }
    row
}

/// The sign of an issue, and the role of its word.
pub(in crate::tui::screen) fn sign(issue: &Issue, rule: Option<&Rule>, context: &Context<'_>) -> (&'static str, Role) {
    let glyphs = context.glyphs;
    match rule.map(|rule| rule.severity) {
        None => (glyphs.new, Role::New),
        Some(_) if issue.state == IssueState::Recovered => (glyphs.ok, Role::Ok),
        Some(Severity::Info) => (glyphs.skipped, Role::Quiet),
        Some(Severity::Low | Severity::Medium) => (glyphs.warning, Role::Warning),
        Some(Severity::High | Severity::Critical) => (glyphs.failed, Role::Failed),
    }
}

/// The level as the screen writes it.
pub(in crate::tui::screen) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// What is most needed of the issue under the cursor.
pub(super) fn strip(issue: &Issue, context: &Context<'_>) -> Vec<Row> {
    let Some(rule) = issue::rule(issue, context) else {
        let example = issue.examples.first().and_then(|example| example.message.as_deref()).unwrap_or_default();
        let mut rows = vec![headline(issue.shape.as_deref().unwrap_or_default(), issue, "no rule yet", context)];
        rows.extend(brief("Example", example, LABELS, context.below(STRIP) - 1, context));
        return cut(rows, context);
    };
    let mut rows = vec![headline(&rule.title, issue, &rule.id, context)];
    let steps = match rule.advice().fix.len() {
        1 => "(1 step)".to_owned(),
        count => format!("({count} steps)"),
    };
    let more = context.below(STRIP).saturating_sub(STRIP) / 2;
    rows.extend(brief("What happened", rule.advice().cause.trim(), LABELS, 2 + more, context));
    rows.extend(brief("First step", rule.advice().fix.first().map_or("", String::as_str), LABELS, 1 + more, context));
    rows.extend(brief("Who can fix", &format!("{}  {steps}", rule.owner.words()), LABELS, 1, context));
    cut(rows, context)
}

/// What is wrong, and at which app: its whole name, for which the list seldom has the room.
fn headline(what: &str, issue: &Issue, remark: &str, context: &Context<'_>) -> Row {
    let app = issue.app.as_deref().map(|app| format!("{}{}", context.glyphs.dot, shown(app))).unwrap_or_default();
    let columns = context.size.columns;
    let room = columns.saturating_sub(width(context.glyphs.lead) + width(&app) + 3).max(columns / 3);
    heading(&(context.cut(&shown(what), room) + &app), remark, context)
}

/// The strip has always the same height, so that the list above it stands still.
fn cut(mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
    rows.resize(context.below(STRIP), Row::new());
    rows
}
