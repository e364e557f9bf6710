//! One event: who said what, and the record as a tree, with what made a rule match marked in it.

mod draw;
mod line;
mod lines;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{Context, Outcome, Page, events, issue, person};
use crate::event::filter::{Field, Filter, Shown};
use crate::event::store::{Row as Event, Scratch};
use crate::tui::data::Names;
use crate::tui::editing;
use crate::tui::jobs::{Job, News};
use crate::tui::keymap::Action;
use crate::tui::record::{Place, Record};
use crate::tui::row::Row;
use crate::tui::tree::{Node, Tree, What};
use lines::Lines;

/// What the page remembers.
pub struct State {
    row: u32,
    record: Option<Result<Arc<Record>, String>>,
    lines: Lines,
    /// The width that the lines were made for; `None` if there are none.
    made_for: Option<usize>,
}

impl State {
    /// The page of a row of the store.
    pub fn new(row: u32) -> State {
        State { row, record: None, lines: Lines::default(), made_for: None }
    }

    fn event<'m>(&self, context: &Context<'m>) -> Option<Event<'m>> {
        context.data.events.store.row(self.row)
    }

    fn tree(&self) -> Option<&Tree> {
        match &self.record {
            Some(Ok(record)) => Some(&record.tree),
            _ => None,
        }
    }

    /// Lines of the record that are on screen.
    fn list_rows(&self, context: &Context<'_>) -> usize {
        // The heading, and the line with the path.
        context.size.body().saturating_sub(self.said(context).len() + 2)
    }

    fn place(&self, context: &Context<'_>) -> Option<Place> {
        let event = self.event(context)?;
        let place = event.place();
        let mut scratch = Scratch::default();
        // By its id a record is known to be the same; in some formats it is written otherwise there.
        let id = event.ids(&mut scratch).event.filter(|_| event.dialect() == "okta-system-log").map(str::to_owned);
        Some(Place { input: place.path.to_owned(), line: place.line, offset: place.offset, length: place.length, id })
    }
}

impl Page for State {
    fn title(&self, context: &Context<'_>) -> String {
        let Some(event) = self.event(context) else { return "Event".to_owned() };
        let who = events::table::who(event).map(|who| format!(" {who}")).unwrap_or_default();
        format!("{} {}{who}", events::table::time(event, context), event.operation().word())
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        let mut actions = Vec::new();
        if let Some(tree) = self.tree() {
            actions.extend([
                (Action::Copy, "copy value"),
                (Action::CopyAll, "copy record"),
                (Action::CopyPath, "copy path"),
                (Action::Keep, "keep value"),
            ]);
            if tree.nodes.iter().any(|node| node.is_matched) {
                actions.extend([(Action::Next, "next match"), (Action::Previous, "match before")]);
            }
            actions.extend([(Action::Tick, "fold"), (Action::Wrap, "wrap")]);
        }
        if let Some(event) = self.event(context) {
            actions.extend(events::table::who(event).map(|_| (Action::Person, "person")));
            actions.extend(events::detail::issue(event, context).map(|_| (Action::Issue, "issue")));
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let Some(event) = self.event(context) else { return Outcome::Ignored };
        match action {
            Action::Person => {
                return match events::table::who(event) {
                    Some(who) => Outcome::Show(Box::new(person::State::new(who.to_owned()))),
                    None => Outcome::Say("This event names nobody.".to_owned()),
                };
            }
            Action::Issue => {
                return match events::detail::issue(event, context) {
                    Some((place, _)) => Outcome::Show(Box::new(issue::State::new(place))),
                    None => Outcome::Say("This event belongs to no issue.".to_owned()),
                };
            }
            _ => {}
        }
        let page = self.list_rows(context);
        let Some(Ok(record)) = &self.record else { return Outcome::Ignored };
        let tree = &record.tree;
        let node = self.lines.node();
        match action {
            Action::Copy => Outcome::Copy(tree.text(node), "the value".to_owned()),
            Action::CopyAll => Outcome::Copy(tree.whole(), "the record".to_owned()),
            Action::CopyPath => match tree.path(node) {
                path if path.is_empty() => Outcome::Say("This is the whole record; it has no path.".to_owned()),
                path => Outcome::Copy(path, "the path".to_owned()),
            },
            Action::Keep => match filter_of(tree.nodes.get(node), event, context) {
                Some(filter) => {
                    let filter = editing::keep(context.filter, &filter);
                    Outcome::ShowFiltered(Box::new(events::State::at(self.row)), filter)
                }
                None => Outcome::Say("Events cannot be filtered by this value.".to_owned()),
            },
            Action::Next | Action::Previous if !tree.nodes.iter().any(|node| node.is_matched) => {
                Outcome::Say("Nothing in this record made a rule match.".to_owned())
            }
            action => {
                let takes = self.lines.handle(action, tree, context.size.columns, page);
                if takes { Outcome::Done } else { Outcome::Ignored }
            }
        }
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let mut rows = self.said(context);
        rows.push(self.record_heading(context));
        let tree = match &self.record {
            None => {
                rows.extend(self.without_record("Reading the record.", context));
                return rows;
            }
            Some(Err(why)) => {
                rows.extend(self.without_record(why, context));
                return rows;
            }
            Some(Ok(record)) => &record.tree,
        };
        for at in self.lines.cursor.visible(self.lines.count(), self.list_rows(context)) {
            let Some(line) = self.lines.get(at) else { continue };
            let is_folded = self.lines.is_folded(line.node);
            let row = line::row(line, tree, is_folded, context);
            rows.push(row.to(context.size.columns).select(at == self.lines.cursor.at));
        }
        rows.resize(context.size.body().saturating_sub(1), Row::new());
        rows.push(self.path(tree, context));
        rows
    }

    fn needs(&self, context: &Context<'_>) -> Option<Job> {
        self.place(context).map(Job::Record)
    }

    fn catch_up(&mut self, context: &Context<'_>) -> Vec<Job> {
        let (columns, page) = (context.size.columns, self.list_rows(context));
        if let Some(Ok(record)) = &self.record {
            match self.made_for {
                None => self.lines = Lines::of(&record.tree, columns, page),
                Some(width) if width != columns => self.lines.rebuild(&record.tree, columns),
                Some(_) => {}
            }
            self.made_for = Some(columns);
            let count = self.lines.count();
            self.lines.cursor.settle(count, page);
        }
        Vec::new()
    }

    fn hear(&mut self, news: &News, context: &Context<'_>) {
        if let News::Record(place, record) = news
            && self.place(context).as_ref() == Some(place)
        {
            self.record = Some(record.clone());
            self.made_for = None;
        }
    }

    fn filter_line(&self, context: &Context<'_>) -> Option<Row> {
        self.summary(context)
    }

    fn click(&mut self, row: usize, _: usize, context: &Context<'_>) -> bool {
        let page = self.list_rows(context);
        let Some(row) = row.checked_sub(self.said(context).len() + 1) else { return false };
        let at = self.lines.cursor.visible(self.lines.count(), page).start + row;
        if row >= page || at >= self.lines.count() {
            return false;
        }
        std::mem::replace(&mut self.lines.cursor.at, at) == at
    }
}

/// What passes that has this value, if filters can ask for it: it is this event at least.
fn filter_of(node: Option<&Node>, event: Event<'_>, context: &Context<'_>) -> Option<Filter> {
    let text = match node.map(|node| &node.what) {
        Some(What::Text(text) | What::Bare(text)) if !text.trim().is_empty() => text.as_str(),
        _ => return None,
    };
    let names = Names::of(&context.data.library);
    let mut scratch = Scratch::default();
    let entry = event.entry(&mut scratch);
    let names = names.issues();
    let shown = Shown::new(&entry, &names);
    let fields = [Field::User, Field::App, Field::Code, Field::Id];
    let exactly = fields.into_iter().map(|field| Filter::exactly(field, text));
    let somewhere = [Field::Said, Field::Any].into_iter().map(|field| Filter::with(field, text));
    exactly.chain(somewhere).find(|filter| filter.holds(&shown))
}
