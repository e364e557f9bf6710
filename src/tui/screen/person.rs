//! A person: where things stand, and what happened, the newest first. Their logs are read once more
//! for it, since nobody keeps every event of everybody.

mod lines;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::lines::{Line, Lines};
use super::{Context, Outcome, Page, bundle, event, events, note, paragraph, people};
use crate::analysis::{Analysis, Identity, Row as Event};
use crate::event::filter::{Field, Filter};
use crate::event::store;
use crate::output::page::{counted, shown};
use crate::output::person::{Story, text};
use crate::output::report::text::Style;
use crate::tui::cursor::Cursor;
use crate::tui::filtering::narrowed;
use crate::tui::jobs::{Job, News};
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::when;

/// What the page remembers.
pub struct State {
    /// What the story is asked for by.
    who: String,
    /// What the person is called.
    label: String,
    cursor: Cursor,
    told: Option<Told>,
}

/// What came of asking.
enum Told {
    /// An analysis with a story, or with those that may be meant.
    Analysis(Arc<Analysis>),
    /// There is none, and why.
    Nothing(&'static str),
}

/// What there is to be shown.
enum Here<'m> {
    Waiting,
    Nothing(&'m str),
    /// Nobody has this as login, id or name.
    Nobody,
    Several(&'m [Identity]),
    Story(&'m Analysis),
}

impl State {
    /// The page of somebody, by login, id or name.
    pub fn new(who: String) -> State {
        State { label: who.clone(), who, cursor: Cursor::default(), told: None }
    }

    /// What becomes of a name that was typed: nothing if there is none.
    pub fn asked_for(typed: &str) -> Outcome {
        match typed.trim() {
            "" => Outcome::Done,
            who => Outcome::Show(Box::new(State::new(who.to_owned()))),
        }
    }

    /// The page of somebody who is known.
    pub fn about(who: &Identity) -> State {
        State { label: who.label.to_string(), ..State::new(key(who)) }
    }

    fn here(&self) -> Here<'_> {
        match &self.told {
            None => Here::Waiting,
            Some(Told::Nothing(why)) => Here::Nothing(why),
            Some(Told::Analysis(analysis)) => match (&*analysis.asked, analysis.story.is_empty()) {
                ([_, _, ..], _) => Here::Several(&analysis.asked),
                (_, true) => Here::Nobody,
                (_, false) => Here::Story(analysis),
            },
        }
    }

    fn page(&self, context: &Context<'_>) -> Lines<'_> {
        match self.here() {
            Here::Story(analysis) => Lines::of_story(Story::of(analysis, &self.who), context),
            Here::Several(people) => Lines::of_several(people, &self.who),
            Here::Waiting | Here::Nothing(_) | Here::Nobody => Lines::default(),
        }
    }

    /// What the cursor is on.
    fn chosen(&self, page: &Lines<'_>) -> Option<Line> {
        page.lines.get(page.nearest(self.cursor.at)).copied()
    }

    /// Rows that the list has on screen: the last one of the body says what logs cannot tell.
    fn list_rows(&self, context: &Context<'_>) -> usize {
        context.size.body().saturating_sub(1 + self.note(context).len())
    }

    /// What the reader wrote about the person; a long note is shown as far as three rows go.
    fn note(&self, context: &Context<'_>) -> Vec<Row> {
        let mut rows = note::rows(&self.note_key(), context);
        rows.truncate(3);
        rows
    }

    /// Under which name it is remembered.
    fn note_key(&self) -> String {
        format!("person {}", self.label.to_lowercase())
    }

    /// Where the cursor goes, if the action is about moving.
    fn moved(&self, action: Action, context: &Context<'_>) -> Option<Cursor> {
        let page = self.page(context);
        let (count, rows) = (page.lines.len(), self.list_rows(context));
        let from = page.nearest(self.cursor.at);
        let mut cursor = self.cursor;
        cursor.at = from;
        if !cursor.go(action, count, rows) {
            return None;
        }
        cursor.at = page.next(from, cursor.at);
        cursor.settle(count, rows);
        Some(cursor)
    }

    /// The page of the one who was chosen of several.
    fn choice(&self, action: Action, context: &Context<'_>) -> Option<State> {
        match (action, self.here(), self.chosen(&self.page(context))) {
            (Action::Open, Here::Several(people), Some(Line::Choice(at))) => people.get(at).map(State::about),
            _ => None,
        }
    }

    fn act(&self, action: Action, context: &Context<'_>) -> Outcome {
        if action == Action::Events {
            let filter = self.events(context);
            return filter
                .map_or(Outcome::Ignored, |filter| Outcome::ShowFiltered(Box::new(events::State::default()), filter));
        }
        let Here::Story(analysis) = self.here() else { return Outcome::Ignored };
        let page = self.page(context);
        let line = self.chosen(&page);
        match (action, line) {
            (Action::Open, Some(Line::Moment(at))) => {
                match page.moment(at).and_then(|moment| self.event(moment.row, context)) {
                    Some(row) => Outcome::Show(Box::new(event::State::new(row))),
                    None => Outcome::Say("This event is not among those on screen.".to_owned()),
                }
            }
            (Action::Open | Action::Issue, _) => issue(line, &page, context),
            (Action::Copy, _) => {
                let style = Style { color: false, zone: context.zone.clone() };
                let story = Story::of(analysis, &self.who);
                Outcome::Copy(text::render(&story, analysis, &context.data.library, &style), "the story".to_owned())
            }
            _ => Outcome::Ignored,
        }
    }

    /// The number of the row that tells of an event.
    fn event(&self, event: &Event<'_>, context: &Context<'_>) -> Option<u32> {
        let Here::Story(analysis) = self.here() else { return None };
        let input = analysis.inputs.get(event.input)?.name.as_str();
        let events = &context.data.events;
        let time = |row: &u32| events.store.row(*row).and_then(store::Row::time);
        let start = events.by_time.partition_point(|row| time(row) < event.time);
        let same_time = events.by_time.get(start..)?.iter().take_while(|row| time(row) == event.time);
        let place = |row: u32| events.store.row(row).map(store::Row::place);
        same_time.copied().find(|row| place(*row).is_some_and(|at| (at.path, at.offset) == (input, event.offset)))
    }

    /// A filter for the person's events; for a part of a name, of everybody who has it.
    fn events(&self, context: &Context<'_>) -> Option<String> {
        match self.here() {
            Here::Story(analysis) => people::events_of(analysis.asked.first()?, context),
            _ => Some(narrowed(context.filter, &Filter::with(Field::User, &self.who))),
        }
    }
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        self.label.clone()
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        let page = self.page(context);
        let events = (Action::Events, "events");
        match (self.here(), self.chosen(&page)) {
            (Here::Several(_), _) => vec![(Action::Open, "story"), events],
            (Here::Story(_), line) => {
                let mut actions = Vec::new();
                if let Some(Line::Moment(_)) = line {
                    actions.push((Action::Open, "event"));
                }
                if line.is_some_and(|line| page.rule_of(line).is_some()) {
                    actions.push((Action::Issue, "issue"));
                }
                actions.extend([
                    events,
                    (Action::Copy, "copy story"),
                    (Action::Note, "note"),
                    (Action::Bundle, "bundle"),
                ]);
                actions
            }
            (Here::Waiting | Here::Nothing(_) | Here::Nobody, _) => vec![events],
        }
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        if let Some(cursor) = self.moved(action, context) {
            self.cursor = cursor;
            return Outcome::Done;
        }
        if let Some(chosen) = self.choice(action, context) {
            *self = chosen;
            return Outcome::Start(Job::Story(self.who.clone()));
        }
        if action == Action::Note && matches!(self.here(), Here::Story(_)) {
            return note::ask(&self.note_key(), context);
        }
        if action == Action::Bundle
            && let Here::Story(analysis) = self.here()
            && let Some(who) = analysis.asked.first()
        {
            let own = people::filter_of(who, context);
            return own.map_or(Outcome::Ignored, |own| bundle::of_person(&self.label, own, &self.note_key(), context));
        }
        self.act(action, context)
    }

    fn answered(&mut self, answer: &str, _: &Context<'_>) -> Outcome {
        note::keep(self.note_key(), answer)
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let columns = context.size.columns;
        let say = |text: &str| paragraph("", text, 1, Role::Text, columns);
        let page = self.page(context);
        match self.here() {
            Here::Waiting => say(&format!("Reading the logs once more for what happened to {}.", shown(&self.label))),
            Here::Nothing(why) => say(&format!("{why} {} shows the events of this person.", key_of(Action::Events))),
            Here::Nobody => say(&format!(
                "Nothing in these logs is about {}. A story needs the full e-mail, login, id or display name; {} shows \
                 the events in which a name has this part.",
                shown(&self.who),
                key_of(Action::Events)
            )),
            Here::Several(_) | Here::Story(_) => {
                let mut rows = self.note(context);
                rows.extend(page.view(&self.cursor, self.list_rows(context), context));
                rows
            }
        }
    }

    fn needs(&self, _: &Context<'_>) -> Option<Job> {
        Some(Job::Story(self.who.clone()))
    }

    fn hear(&mut self, news: &News, _: &Context<'_>) {
        match news {
            News::Story(who, analysis) if *who == self.who => {
                if let [known] = &*analysis.asked {
                    self.label = known.label.to_string();
                }
                self.told = Some(Told::Analysis(analysis.clone()));
            }
            News::NoStory(who, why) if *who == self.who => self.told = Some(Told::Nothing(why)),
            _ => {}
        }
    }

    fn filter_line(&self, context: &Context<'_>) -> Option<Row> {
        let Here::Story(analysis) = self.here() else { return None };
        let story = Story::of(analysis, &self.who);
        let failed = story.rows.iter().filter(|row| row.outcome == crate::event::Outcome::Failure).count() as u64;
        let times = || story.rows.iter().filter_map(|row| row.time);
        let span = match (times().min(), times().max()) {
            (Some(first), Some(last)) => format!(
                "   {} - {}, {}",
                context.minute(first),
                context.minute(last),
                when::offset(last, &context.zone)
            ),
            _ => String::new(),
        };
        let name = story.also.display_names.first().copied().unwrap_or(&story.label);
        let facts = format!(
            "   {}   {}, {} failed{span}",
            counted(story.stands.len() as u64, "app", "apps"),
            counted(story.rows.len() as u64, "event", "events"),
            crate::output::page::number(failed),
        );
        let name = Row::of(&context.cut(&shown(name), 40), Role::Strong);
        let room = context.size.columns.saturating_sub(name.used() + 1);
        Some(name.put(&context.cut(&facts, room), Role::Text))
    }
}

/// The page of the issue behind a line.
fn issue(line: Option<Line>, page: &Lines<'_>, context: &Context<'_>) -> Outcome {
    let Some((rule, app)) = line.and_then(|line| page.rule_of(line)) else {
        return Outcome::Say("No known issue explains this.".to_owned());
    };
    match people::issue_of(Some(rule), app, context) {
        Some(place) => Outcome::Show(Box::new(super::issue::State::new(place))),
        None => Outcome::Say("This issue is not among those on screen. Clear the filter (x).".to_owned()),
    }
}

/// By what the story of somebody is asked for.
fn key(who: &Identity) -> String {
    let label = who.logins.contains(&who.label).then_some(&who.label);
    label.or(who.logins.first()).or(who.ids.first()).unwrap_or(&who.label).to_string()
}
