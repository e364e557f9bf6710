//! People for whom something is not as it should be: those who should have lost access first, then
//! those who wait, then those with old data.

#[cfg(test)]
mod tests;

use std::rc::Rc;
use std::sync::Arc;

use super::saving::Saving;
use super::{Context, Outcome, Page, brief, events, heading, issue, nothing_passes, paragraph, person, unfilter};
use crate::analysis::{Analysis, Because, Identity, PeopleLists, PersonState, Standing, different_people};
use crate::event::filter::{Field, Filter};
use crate::output::page::{counted, shown};
use crate::rules::Rule;
use crate::text::time::Micros;
use crate::text::width::width;
use crate::tui::columns::{Column, Side, cell, fit, titles_over_sign};
use crate::tui::cursor::Cursor;
use crate::tui::filtering::{narrowed, parse};
use crate::tui::jobs::Job;
use crate::tui::jobs::sheet::Listed;
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::{Glyphs, Role};
use crate::tui::memo::{Memo, Same};
use crate::tui::row::Row;
use crate::tui::saved::{View, by_name, name_of};

/// Which column the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Order {
    /// What it means, then who has waited longest.
    #[default]
    Gravest,
    Person,
    App,
    Newest,
}

impl Order {
    /// All of them, as views call them.
    const NAMES: [(&str, Order); 4] =
        [("gravest", Order::Gravest), ("person", Order::Person), ("app", Order::App), ("newest", Order::Newest)];

    fn words(self) -> &'static str {
        match self {
            Order::Gravest => "gravest first",
            Order::Person => "by person",
            Order::App => "by app",
            Order::Newest => "newest first",
        }
    }

    fn next(self) -> Order {
        match self {
            Order::Gravest => Order::Person,
            Order::Person => Order::App,
            Order::App => Order::Newest,
            Order::Newest => Order::Gravest,
        }
    }
}

/// What decides which entries are listed, and in which order.
type Asked = (Same<Analysis>, Option<Same<[usize]>>, Order, bool);

/// What the screen remembers.
#[derive(Default)]
pub struct State {
    cursor: Cursor,
    order: Order,
    reversed: bool,
    saving: Saving,
    sorted: Memo<Asked, Vec<usize>>,
}

/// Rows of the strip about the person that the cursor is on, its heading included.
const STRIP: usize = 5;
/// Names of a person that a filter asks for at most.
const NAMES: usize = 8;

/// The columns of a list of people.
const COLUMNS: [Column; 5] = [
    Column { title: "Person", gap: 0, least: 14, goes: 0, grows: true, side: Side::Person },
    Column { title: "What it means", gap: 1, least: 23, goes: 0, grows: false, side: Side::Left },
    Column { title: "App", gap: 1, least: 11, goes: 1, grows: false, side: Side::App },
    Column { title: "Since", gap: 1, least: 12, goes: 2, grows: false, side: Side::Left },
    Column { title: "Reason", gap: 1, least: 24, goes: 3, grows: true, side: Side::Left },
];

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        "People".to_owned()
    }

    fn actions(&self, context: &Context<'_>) -> Vec<(Action, &'static str)> {
        let Some((_, person)) = self.chosen(context) else {
            return unfilter(context).into_iter().chain([(Action::Person, "find a person")]).collect();
        };
        let mut actions = vec![(Action::Open, "story"), (Action::Events, "events")];
        if issue_of(person.rule, &person.app, context).is_some() {
            actions.push((Action::Issue, "issue"));
        }
        actions.extend([
            (Action::Person, "find a person"),
            (Action::Sort, "sort"),
            (Action::Reverse, "reverse"),
            (Action::Filter, "filter"),
            (Action::TimeRange, "time"),
            (Action::Export, "export"),
        ]);
        if context.size.has_strip() {
            actions.extend([(Action::Larger, "larger"), (Action::Smaller, "smaller")]);
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        if self.saving.is_open() {
            let listed = Listed::People(self.sorted(context).to_vec());
            return self.saving.handle(action, &listed, context).unwrap_or(Outcome::Ignored);
        }
        let (count, page) = (self.sorted(context).len(), list_rows(context));
        if self.cursor.go(action, count, page) {
            self.cursor.settle(count, page);
            return Outcome::Done;
        }
        match (action, self.chosen(context)) {
            (Action::Export, Some(_)) => self.saving.begin("Save what is listed"),
            (Action::Person, _) => {
                self.saving.forget();
                Outcome::Ask { question: "Whose story? E-mail, login, name or id:", text: String::new() }
            }
            (Action::Open, Some((_, person))) => Outcome::Show(Box::new(person::State::about(&person.who))),
            (Action::Events, Some((_, person))) => events_of(&person.who, context)
                .map_or(Outcome::Ignored, |filter| Outcome::ShowFiltered(Box::new(events::State::default()), filter)),
            (Action::Issue, Some((_, person))) => issue_of(person.rule, &person.app, context)
                .map_or(Outcome::Ignored, |place| Outcome::Show(Box::new(issue::State::new(place)))),
            (Action::Sort | Action::Reverse, Some(_)) => {
                let place = self.sorted(context).get(self.cursor.at).copied();
                match action {
                    Action::Sort => self.order = self.order.next(),
                    _ => self.reversed = !self.reversed,
                }
                // The cursor stays on its person, wherever they went.
                let sorted = self.sorted(context);
                self.cursor.at = sorted.iter().position(|other| Some(*other) == place).unwrap_or_default();
                self.cursor.settle(count, page);
                Outcome::Done
            }
            _ => Outcome::Ignored,
        }
    }

    fn answered(&mut self, answer: &str, context: &Context<'_>) -> Outcome {
        let listed = Listed::People(self.sorted(context).to_vec());
        if let Some(outcome) = self.saving.answered(answer, listed, context) {
            return outcome;
        }
        person::State::asked_for(answer)
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        self.saving.over(self.body(context), context)
    }

    fn catch_up(&mut self, context: &Context<'_>) -> Vec<Job> {
        // A filter may leave fewer than before.
        self.cursor.settle(self.sorted(context).len(), list_rows(context));
        Vec::new()
    }

    fn keep(&self, view: &mut View) {
        (view.sort, view.reversed) = (name_of(&Order::NAMES, &self.order), self.reversed);
    }

    fn arrange(&mut self, view: &View) -> Result<(), String> {
        self.reversed = view.reversed;
        self.order = if view.sort.is_empty() { Order::Gravest } else { by_name(&Order::NAMES, "order", &view.sort)? };
        Ok(())
    }

    fn click(&mut self, row: usize, _: usize, context: &Context<'_>) -> bool {
        if let Some(again) = self.saving.click(row, context) {
            return again;
        }
        let count = self.sorted(context).len();
        let visible = self.cursor.visible(count, list_rows(context));
        let Some(at) = row.checked_sub(2).map(|row| visible.start + row).filter(|at| visible.contains(at)) else {
            return false;
        };
        let again = self.cursor.at == at;
        self.cursor.at = at;
        again
    }
}

impl State {
    fn body(&self, context: &Context<'_>) -> Vec<Row> {
        let people = &context.data.analysis.people;
        let sorted = self.sorted(context);
        let columns = context.size.columns;
        let order =
            if self.reversed { format!("{}, turned round", self.order.words()) } else { self.order.words().to_owned() };
        let remark = format!(
            "{} should have lost access{}{order} ({} to change)",
            counted(not_removed(people, &sorted), "person", "people"),
            context.glyphs.dot,
            key_of(Action::Sort)
        );
        let mut rows = vec![heading("People", &remark, context)];
        if sorted.is_empty() {
            rows.extend(paragraph("", &nothing(context), 1, Role::Text, columns));
            return rows;
        }
        let widths = widths(context);
        rows.push(titles(&widths));
        for at in self.cursor.visible(sorted.len(), list_rows(context)) {
            let entry = sorted.get(at).and_then(|place| entry(people, *place));
            rows.extend(entry.map(|entry| line(entry, &widths, context).select(at == self.cursor.at)));
        }
        if context.size.has_strip()
            && let Some(entry) = self.chosen(context)
        {
            // The last row of the body is for messages.
            rows.resize(context.size.body().saturating_sub(context.below(STRIP) + 1), Row::new());
            rows.extend(strip(entry, context));
        }
        rows
    }

    fn chosen<'m>(&self, context: &Context<'m>) -> Option<(Standing, &'m PersonState)> {
        let place = *self.sorted(context).get(self.cursor.at)?;
        entry(&context.data.analysis.people, place)
    }

    /// Places in the joined lists, in the order of the screen.
    fn sorted(&self, context: &Context<'_>) -> Rc<Vec<usize>> {
        let analysis = &context.data.analysis;
        let passing = passing(context);
        let asked = (Same(analysis.clone()), passing.clone().map(Same), self.order, self.reversed);
        self.sorted.get(asked, || {
            let people = &analysis.people;
            let mut places: Vec<usize> =
                passing.map_or_else(|| (0..count(people)).collect(), |passing| passing.to_vec());
            let of = |place: &usize| entry(people, *place).map(|(_, person)| person);
            match self.order {
                Order::Gravest => {}
                Order::Person => places.sort_by_key(|place| of(place).map(|person| person.user.to_lowercase())),
                Order::App => places.sort_by_key(|place| of(place).map(|person| person.app.clone())),
                Order::Newest => places.sort_by_key(|place| std::cmp::Reverse(of(place).and_then(|one| one.since))),
            }
            if self.reversed {
                places.reverse();
            }
            places
        })
    }
}

/// Rows that the list has on screen.
fn list_rows(context: &Context<'_>) -> usize {
    let strip = if context.size.has_strip() { context.below(STRIP) } else { 0 };
    context.size.body().saturating_sub(3 + strip)
}

/// Places in the joined lists that pass the filter, where only some do.
fn passing(context: &Context<'_>) -> Option<Arc<[usize]>> {
    let data = context.data;
    // Places in other lists would be other people.
    let some = data.people.as_ref().filter(|some| Arc::ptr_eq(&some.analysis, &data.analysis))?;
    Some(some.places.clone())
}

/// How many people who should have lost access these entries are about.
fn not_removed(people: &PeopleLists, places: &[usize]) -> u64 {
    different_people(places.iter().filter_map(|place| people.access_not_removed.get(*place)))
}

/// How many entries the three lists have together.
pub(super) fn count(people: &PeopleLists) -> usize {
    people.access_not_removed.len() + people.waiting_for_access.len() + people.out_of_date.len()
}

/// An entry of the three lists, as if they were one.
pub(in crate::tui) fn entry(people: &PeopleLists, place: usize) -> Option<(Standing, &PersonState)> {
    let lists = [
        (Standing::AccessNotRemoved, &people.access_not_removed),
        (Standing::WaitingForAccess, &people.waiting_for_access),
        (Standing::OutOfDate, &people.out_of_date),
    ];
    let mut place = place;
    for (standing, list) in lists {
        match list.get(place) {
            Some(person) => return Some((standing, person)),
            None => place -= list.len(),
        }
    }
    None
}

/// The sign of what it means, and the role of its words.
fn sign(standing: Standing, glyphs: &Glyphs) -> (&'static str, Role) {
    match standing {
        Standing::AccessNotRemoved => (glyphs.failed, Role::Failed),
        Standing::WaitingForAccess | Standing::OutOfDate => (glyphs.warning, Role::Warning),
    }
}

/// What it means for somebody.
pub(in crate::tui) fn meaning(standing: Standing) -> &'static str {
    match standing {
        Standing::AccessNotRemoved => "should have lost access",
        Standing::WaitingForAccess => "waiting for access",
        Standing::OutOfDate => "has old data",
    }
}

/// Since when, short.
fn since(at: Option<Micros>, context: &Context<'_>) -> String {
    at.map_or_else(|| "time unknown".to_owned(), |at| context.minute(at))
}

/// Why.
fn reason(person: &PersonState, context: &Context<'_>) -> String {
    match (rule(person, context), person.because) {
        (Some(rule), _) => rule.title.clone(),
        (None, Because::NeverTried) => "the log shows no try".to_owned(),
        (None, Because::Failed | Because::StillInGroup | Because::NoAccount) => "new kind of error".to_owned(),
    }
}

/// Where the issue with this rule at this app stands, if it is among those on screen.
pub(super) fn issue_of(rule: Option<usize>, app: &str, context: &Context<'_>) -> Option<issue::Place> {
    let rule = rule?;
    let mut issues = context.data.analysis.issues.iter();
    let at = issues.position(|issue| issue.rule == Some(rule) && issue.app.as_deref() == Some(app))?;
    Some(issue::Place::Known(at))
}

/// A filter that lets the events of a person through, under all their names.
pub(super) fn events_of(who: &Identity, context: &Context<'_>) -> Option<String> {
    filter_of(who, context).map(|own| narrowed(context.filter, &own))
}

/// A filter that lets their events through, and nobody else's.
pub(super) fn filter_of(who: &Identity, context: &Context<'_>) -> Option<Filter> {
    let names = who.logins.iter().chain(&who.ids).take(NAMES);
    let mut values: Vec<String> = names.map(|name| value(name)).collect();
    if values.is_empty() {
        values.push(value(&who.label));
    }
    parse(&format!("{}:{}", Field::User.name(), values.join(",")), context.data, &context.zone).ok()
}

/// `=tom.berg@example.com`
fn value(name: &str) -> String {
    let term = Filter::exactly(Field::User, name).to_string();
    term.split_once(':').map_or_else(String::new, |(_, value)| value.to_owned())
}

fn rule<'m>(person: &PersonState, context: &Context<'m>) -> Option<&'m Rule> {
    person.rule.and_then(|rule| context.data.library.rule(rule))
}

/// What is said where the lists are empty.
fn nothing(context: &Context<'_>) -> String {
    if let (None, Some(words)) = (context.data.reading, nothing_passes(context)) {
        return words;
    }
    let words = match (context.data.reading, context.data.analysis.totals.events) {
        (Some(_), 0) => "Nothing was read yet.",
        (None, 0) => "Nothing about provisioning was found in these logs.",
        _ if count(&context.data.whole.people) > 0 => {
            return format!("Nobody passes the filter. {} clears it.", key_of(Action::ClearFilter));
        }
        _ => {
            "As far as these logs show, nobody waits for access, nobody has old data, and nobody kept access that \
             they should have lost."
        }
    };
    words.to_owned()
}

/// The titles of a list of people.
pub(super) fn titles(widths: &[Option<usize>]) -> Row {
    titles_over_sign(&COLUMNS, widths, 5)
}

/// How wide the columns of a list of people are. Names of apps take what they need of the room for reasons beyond the
/// least: two apps with one name are a riddle, and a reason is told in full elsewhere.
pub(super) fn widths(context: &Context<'_>) -> Vec<Option<usize>> {
    let mut widths = fit(&COLUMNS, context.size.columns.saturating_sub(6));
    let longest = context.data.analysis.apps.iter().map(|app| width(&shown(&app.name))).max().unwrap_or_default();
    if let ([_, _, app, _, reason], [.., Some(app_width), _, Some(reason_width)]) = (&COLUMNS, &mut *widths) {
        let taken = longest.saturating_sub(app.least).min(reason_width.saturating_sub(reason.least));
        *app_width += taken;
        *reason_width -= taken;
    }
    widths
}

/// Somebody in a list of people.
pub(super) fn line(
    (standing, person): (Standing, &PersonState),
    widths: &[Option<usize>],
    context: &Context<'_>,
) -> Row {
    let (glyph, role) = sign(standing, context.glyphs);
    let texts = [
        shown(&person.user),
        meaning(standing).to_owned(),
        shown(&person.app),
        since(person.since, context),
        shown(&reason(person, context)),
    ];
    let mut row = Row::new().to(3).put(glyph, role).to(5);
    for ((column, width), text) in COLUMNS.iter().zip(widths).zip(&texts) {
        let role = if column.title == "What it means" { role } else { Role::Text };
        row = cell(row, column, *width, text, role, context);
    }
    row
}

/// What is most needed of the person under the cursor.
fn strip((standing, person): (Standing, &PersonState), context: &Context<'_>) -> Vec<Row> {
    let app = shown(&person.app);
    let at = person.since.map(|at| format!(" since {}", context.minute(at))).unwrap_or_default();
    let means = match (standing, person.because) {
        (Standing::AccessNotRemoved, Because::Failed) => {
            format!("Should have lost access to {app}{at} and still has it: what was tried failed.")
        }
        (Standing::AccessNotRemoved, Because::StillInGroup) => {
            format!("Should have left a group at {app}{at} and is still in it: what was tried failed.")
        }
        (Standing::AccessNotRemoved, Because::NeverTried) => {
            format!("Should have lost access to {app}{at}; the log shows no try to switch the account off.")
        }
        (_, Because::NoAccount) => {
            format!("Has no account in the identity provider{at}: to make one failed. The log names {app}.")
        }
        (Standing::WaitingForAccess, _) => format!("Waits for access to {app}{at}: what was tried failed."),
        (Standing::OutOfDate, _) => format!("Has access to {app}, but old data{at}: what was tried failed."),
    };
    let mut rows = vec![heading(&person.user, &app, context)];
    let mut part = |label: &str, text: &str, most: usize| {
        rows.extend(brief(label, text, 16, most, context));
    };
    part("What it means", &means, 2);
    if person.because != Because::NeverTried || person.rule.is_some() {
        part("Reason", &reason(person, context), 1);
    }
    if let Some(step) = rule(person, context).and_then(|rule| rule.advice().fix.first()) {
        part("First step", step, 1 + context.below(STRIP).saturating_sub(STRIP));
    }
    // Always the same height, so that the list above stands still.
    rows.resize(context.below(STRIP), Row::new());
    rows
}
