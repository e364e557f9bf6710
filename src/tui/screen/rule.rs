//! One rule in full: the same facts as `provlens explain` gives, and what it looks for.

use std::sync::Arc;

use super::rules::{about, acted, addresses};
use super::{Context, Outcome, Page, heading, paragraph};
use crate::output::page::shown;
use crate::output::rules::conditions::conditions;
use crate::output::rules::text::facts;
use crate::tui::cursor::Cursor;
use crate::tui::jobs::News;
use crate::tui::keymap::Action;
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::testing::Tested;

/// The column behind the labels.
const LABELS: usize = 16;

/// What the page remembers.
pub struct State {
    index: usize,
    cursor: Cursor,
    tested: Option<Arc<Tested>>,
    right_if: Option<String>,
}

impl State {
    /// The page of a rule at a position of the library; of one that an error led to, with what has to be true for it.
    pub fn new(index: usize, tested: Option<Arc<Tested>>, right_if: Option<String>) -> State {
        State { index, cursor: Cursor::default(), tested, right_if }
    }
}

impl Page for State {
    fn title(&self, context: &Context<'_>) -> String {
        context.data.library.rule(self.index).map_or_else(String::new, |rule| rule.title.clone())
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        let mut actions = vec![
            (Action::Events, "events"),
            (Action::NewRule, "copy to mine"),
            (Action::RunTests, "run its tests"),
            (Action::Copy, "copy"),
        ];
        if self.link(context).is_some() {
            actions.push((Action::Link, "link"));
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let (count, page) = (self.lines(context).len(), context.size.body());
        if self.cursor.go(action, count, page) {
            self.cursor.settle(count, page);
            return Outcome::Done;
        }
        match (action, self.link(context)) {
            (Action::Link, Some(address)) => Outcome::Open(address),
            (action, _) => acted(action, self.index, context),
        }
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let lines = self.lines(context);
        let visible = self.cursor.visible(lines.len(), context.size.body());
        let rows = lines.into_iter().enumerate().skip(visible.start).take(visible.len());
        rows.map(|(at, (row, _))| row.select(at == self.cursor.at)).collect()
    }

    fn hear(&mut self, news: &News, context: &Context<'_>) {
        let id = context.data.library.rule(self.index).map(|rule| rule.id.as_str());
        if let News::Tested(tested) = news
            && id == Some(&tested.id)
        {
            self.tested = Some(tested.clone());
        }
    }
}

impl State {
    /// The address under the cursor, else the first one.
    fn link(&self, context: &Context<'_>) -> Option<String> {
        let here = self.lines(context).into_iter().nth(self.cursor.at).and_then(|(_, address)| address);
        here.or_else(|| addresses(context.data.library.rule(self.index)?).next().map(str::to_owned))
    }

    /// The whole page, of which the screen shows a part; rows that belong to an address, with that.
    fn lines(&self, context: &Context<'_>) -> Vec<(Row, Option<String>)> {
        let library = &context.data.library;
        let Some(rule) = library.rule(self.index) else { return Vec::new() };
        let columns = context.size.columns;
        let mut lines =
            vec![(heading(&rule.id, &about(self.index, rule, self.tested.as_ref(), context), context), None)];
        if let Some(right_if) = &self.right_if {
            let rows = paragraph("Right if", right_if, LABELS, Role::Strong, columns);
            lines.extend(rows.into_iter().map(|row| (row, None)));
        }
        for fact in facts(rule) {
            let text = fact.step.map_or_else(|| fact.text.clone(), |step| format!("{step}. {}", fact.text));
            let address = Some(fact.text).filter(|text| fact.label == "Source" && text.starts_with("https://"));
            let role = if address.is_some() { Role::Link } else { Role::Text };
            let rows = paragraph(fact.label, &text, LABELS, role, columns);
            lines.extend(rows.into_iter().map(|row| (row, address.clone())));
        }
        let mut more = vec![heading("What it looks for", "one of these is enough", context)];
        for way in conditions(rule) {
            more.extend(paragraph("-", &way, 3, Role::Text, columns));
        }
        if let Some(tested) = self.tested.as_ref().filter(|tested| !tested.complaints.is_empty()) {
            more.push(heading("Its examples", "", context));
            let complaints = tested.complaints.iter();
            more.extend(
                complaints.flat_map(|wrong| paragraph("-", &shown(&wrong.to_string()), 3, Role::Warning, columns)),
            );
        }
        more.push(heading("File", "", context));
        more.extend(paragraph("", library.file(self.index), 1, Role::Text, columns));
        lines.extend(more.into_iter().map(|row| (row, None)));
        lines
    }
}
