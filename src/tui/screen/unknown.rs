//! Unknown: errors that no rule explains, grouped by their wording, and below the list what varies
//! within the group that the cursor is on.

mod detail;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::saving::Saving;
use super::{Context, Outcome, Page, bundle, events, heading, issue, nothing_passes, paragraph, unfilter};
use crate::analysis::Issue;
use crate::output::page::{number, shown};
use crate::tui::columns::{Column, Side, cell, fit, titles};
use crate::tui::cursor::Cursor;
use crate::tui::group::{Group, Question, Varied};
use crate::tui::jobs::sheet::Listed;
use crate::tui::jobs::{Job, News};
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::memory::Change;
use crate::tui::row::Row;

/// What the screen remembers.
#[derive(Default)]
pub struct State {
    cursor: Cursor,
    /// Groups that were put last are in the list too.
    with_dismissed: bool,
    saving: Saving,
    asked: Option<Asked>,
    /// What came of it.
    varied: Option<(Group, Arc<Varied>)>,
}

/// What was asked about, so that it is asked once.
#[derive(Clone, PartialEq, Eq)]
struct Asked {
    group: Group,
    events: u32,
    shown: usize,
    filter: String,
}

/// Fewest rows of the list where there is room for the detail.
const LIST: usize = 7;
/// The same where the detail was made as large as it can be.
const LEAST: usize = 3;

const COLUMNS: [Column; 5] = [
    Column { title: "Count", gap: 0, least: 5, goes: 0, grows: false, side: Side::Right },
    Column { title: "People", gap: 1, least: 6, goes: 1, grows: false, side: Side::Right },
    Column { title: "App", gap: 2, least: 12, goes: 2, grows: false, side: Side::App },
    Column { title: "First", gap: 2, least: 7, goes: 3, grows: false, side: Side::Left },
    Column { title: "Shape of the message", gap: 2, least: 20, goes: 0, grows: true, side: Side::Left },
];

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "Unknown".to_owned()
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        let mut actions = Vec::new();
        let is_empty = self.groups(context).is_empty();
        if is_empty && context.filter.is_empty() {
            actions.extend([(Action::Tab2, "issues"), (Action::Filter, "filter")]);
        } else if is_empty {
            actions.extend(unfilter(context));
        } else {
            actions.extend([
                (Action::Open, "events"),
                (Action::NewRule, "new rule"),
                (Action::Bundle, "bundle for support"),
                (Action::Dismiss, "dismiss"),
                (Action::Copy, "copy"),
                (Action::Issue, "full page"),
                (Action::Events, "events"),
                (Action::TimeRange, "time"),
                (Action::Export, "export"),
            ]);
        }
        if dismissed(context) > 0 {
            actions.push((Action::Dismissed, "dismissed"));
        }
        if context.size.has_strip() && !is_empty {
            actions.extend([(Action::Larger, "larger"), (Action::Smaller, "smaller")]);
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        if self.saving.is_open() {
            let listed = self.listed(context);
            return self.saving.handle(action, &listed, context).unwrap_or(Outcome::Ignored);
        }
        let groups = self.groups(context);
        let page = list_rows(context);
        if self.cursor.go(action, groups.len(), page) {
            self.cursor.settle(groups.len(), page);
            return Outcome::Done;
        }
        if action == Action::Dismissed && dismissed(context) > 0 {
            self.with_dismissed = !self.with_dismissed;
            self.cursor.settle(self.groups(context).len(), page);
            return Outcome::Done;
        }
        let Some((place, issue)) = groups.get(self.cursor.at).copied() else { return Outcome::Ignored };
        match action {
            Action::Open | Action::Events => issue::events_of(issue, context)
                .map_or(Outcome::Ignored, |filter| Outcome::ShowFiltered(Box::new(events::State::default()), filter)),
            Action::Issue => Outcome::Show(Box::new(issue::State::new(place))),
            Action::NewRule => Outcome::Start(draft(issue, context)),
            Action::Export => self.saving.begin("Save what is listed"),
            Action::Bundle => bundle::of_issue(issue, context),
            Action::Dismiss => Outcome::Remember(Change::Dismiss(issue::key(issue, context))),
            Action::Copy => {
                Outcome::Copy(detail::copied(issue, self.varied(issue), context), "this group of errors".to_owned())
            }
            _ => Outcome::Ignored,
        }
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        self.saving.over(self.body(context), context)
    }

    fn answered(&mut self, answer: &str, context: &Context<'_>) -> Outcome {
        let listed = self.listed(context);
        self.saving.answered(answer, listed, context).unwrap_or(Outcome::Ignored)
    }

    fn catch_up(&mut self, context: &Context<'_>) -> Vec<Job> {
        // The list gets shorter when a group is dismissed.
        self.cursor.settle(self.groups(context).len(), list_rows(context));
        self.wants(context).into_iter().collect()
    }

    fn hear(&mut self, news: &News, _: &Context<'_>) {
        if let News::Varied(group, varied) = news {
            self.varied = Some((group.clone(), varied.clone()));
        }
    }

    fn click(&mut self, row: usize, _: usize, context: &Context<'_>) -> bool {
        if let Some(again) = self.saving.click(row, context) {
            return again;
        }
        let count = self.groups(context).len();
        let Some(at) = row.checked_sub(2).map(|row| self.cursor.visible(count, list_rows(context)).start + row) else {
            return false;
        };
        let again = at == self.cursor.at;
        if at < count && row < 2 + list_rows(context) {
            self.cursor.at = at;
            return again;
        }
        false
    }

    fn filter_line(&self, context: &Context<'_>) -> Option<Row> {
        let totals = &context.data.analysis.totals;
        // With a filter, what it hides is more important.
        if !context.filter.is_empty() || totals.failure == 0 || context.data.reading.is_some() {
            return None;
        }
        let percent = totals.unknown_failures * 100 / totals.failure;
        let percent =
            if percent == 0 && totals.unknown_failures > 0 { "below 1".to_owned() } else { percent.to_string() };
        let unknown = number(totals.unknown_failures);
        let words = match context.size.columns {
            ..60 => format!("{unknown} fit no rule ({percent}%) "),
            _ => format!("{unknown} of {} failures fit no rule ({percent}%) ", number(totals.failure)),
        };
        Some(Row::of("Filter  none", Role::Quiet).right(&words, Role::Text, context.size.columns))
    }
}

impl State {
    fn listed(&self, context: &Context<'_>) -> Listed {
        Listed::Issues(self.groups(context).into_iter().map(|(place, _)| place).collect())
    }

    fn body(&self, context: &Context<'_>) -> Vec<Row> {
        let groups = self.groups(context);
        let put_last = dismissed(context);
        let remark = match put_last {
            0 => "grouped by wording".to_owned(),
            count => {
                let shown = if self.with_dismissed { "last" } else { "hidden" };
                format!(
                    "grouped by wording{}{count} dismissed, {shown} ({})",
                    context.glyphs.dot,
                    key_of(Action::Dismissed)
                )
            }
        };
        let mut rows = vec![heading("Errors no rule explains yet", &remark, context)];
        if groups.is_empty() {
            rows.extend(paragraph("", &nothing(context, put_last), 1, Role::Text, context.size.columns));
            return rows;
        }
        let widths = fit(&COLUMNS, context.size.columns.saturating_sub(4));
        rows.push(titles(&COLUMNS, &widths, Row::new(), 3));
        for at in self.cursor.visible(groups.len(), list_rows(context)) {
            let Some((_, issue)) = groups.get(at) else { continue };
            rows.push(line(issue, &widths, context).select(at == self.cursor.at));
        }
        if let Some((_, issue)) = groups.get(self.cursor.at.min(groups.len() - 1))
            && context.size.has_strip()
        {
            let room = detail_rows(context);
            rows.resize(context.size.body().saturating_sub(room), Row::new());
            rows.extend(detail::rows(issue, self.varied(issue), room, context));
        }
        rows
    }

    /// What varies in the group under the cursor, if that was not asked yet.
    fn wants(&mut self, context: &Context<'_>) -> Option<Job> {
        let groups = self.groups(context);
        let group = groups.get(self.cursor.at).and_then(|(_, issue)| Group::of(issue))?;
        let (events, shown) = (context.data.events.clone(), context.data.shown.clone());
        let asked = Asked {
            group: group.clone(),
            events: events.store.len(),
            shown: shown.rows.len(),
            filter: context.filter.to_owned(),
        };
        if self.asked.as_ref() == Some(&asked) {
            return None;
        }
        self.asked = Some(asked);
        Some(Job::Vary(Question { group, events, shown }))
    }

    /// The groups of the list, each with its place in the analysis; those that were put last come last.
    fn groups<'m>(&self, context: &Context<'m>) -> Vec<(issue::Place, &'m Issue)> {
        let all = context.data.analysis.unknown.iter().enumerate();
        let all = all.map(|(at, issue)| (issue::Place::Unknown(at), issue));
        let (last, mut groups): (Vec<_>, Vec<_>) = all.partition(|(_, issue)| is_dismissed(issue, context));
        if self.with_dismissed {
            groups.extend(last);
        }
        groups
    }

    fn varied(&self, issue: &Issue) -> Option<&Varied> {
        let wanted = Group::of(issue)?;
        self.varied.as_ref().filter(|(group, _)| *group == wanted).map(|(_, varied)| &**varied)
    }
}

fn list_rows(context: &Context<'_>) -> usize {
    context.size.body().saturating_sub(2 + detail_rows(context))
}

fn detail_rows(context: &Context<'_>) -> usize {
    let body = context.size.body();
    if !context.size.has_strip() {
        return 0;
    }
    let list = LIST.max(body / 3).saturating_add_signed(-2 * context.detail).max(LEAST);
    body.saturating_sub(2 + list)
}

fn is_dismissed(issue: &Issue, context: &Context<'_>) -> bool {
    context.memory.dismissed.contains(&issue::key(issue, context))
}

fn dismissed(context: &Context<'_>) -> usize {
    context.data.analysis.unknown.iter().filter(|issue| is_dismissed(issue, context)).count()
}

/// What is said where the list is empty.
fn nothing(context: &Context<'_>, dismissed: usize) -> String {
    if let (None, Some(words)) = (context.data.reading, nothing_passes(context)) {
        return words;
    }
    let totals = &context.data.analysis.totals;
    match () {
        () if dismissed > 0 => {
            format!("You dismissed everything that is not known. {} shows it.", key_of(Action::Dismissed))
        }
        () if context.data.reading.is_some() => "Nothing so far.".to_owned(),
        () if totals.failure > 0 && totals.guessed_failures > 0 => format!(
            "A rule fits every failure here, all {}; {} of them only as a guess.",
            number(totals.failure),
            number(totals.guessed_failures)
        ),
        () if totals.failure > 0 => format!("Rules explain every failure here: all {}.", number(totals.failure)),
        () => "Nothing failed.".to_owned(),
    }
}

/// Work that starts a rule from the examples of a group.
fn draft(issue: &Issue, context: &Context<'_>) -> Job {
    let inputs = &context.data.analysis.inputs;
    let place = |example: &crate::analysis::Evidence| Some((inputs.get(example.input)?.name.clone(), example.offset));
    Job::Draft(issue.examples.iter().filter_map(place).collect(), issue.shape.clone().unwrap_or_default())
}

fn line(issue: &Issue, widths: &[Option<usize>], context: &Context<'_>) -> Row {
    let put_last = is_dismissed(issue, context);
    let texts = [
        number(issue.events),
        number(issue.users),
        issue.app.as_deref().map(shown).unwrap_or_default(),
        issue.first.map(|at| context.day(at)).unwrap_or_default(),
        shown(issue.shape.as_deref().unwrap_or_default()),
    ];
    let role = if put_last { Role::Quiet } else { Role::Text };
    let columns = COLUMNS.iter().zip(widths).zip(&texts);
    columns.fold(Row::new().to(3), |row, ((column, width), text)| cell(row, column, *width, text, role, context))
}
