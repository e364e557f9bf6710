//! Which events go into a bundle: the failures themselves, the stories of people whom they concern, and
//! the changes of configuration before them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::case::{About, Case, Scope};
use super::redact::Recipient;
use crate::analysis::{Change, Issue, PersonState, State};
use crate::event::store::{Row, Sought};
use crate::event::{Outcome, Provider, Subject};
use crate::text::time::{DAY, Micros};
use crate::unknown;

/// The first and the last failures that are always told.
const ENDS: usize = 50;
/// People whose stories are told.
pub(super) const STORIES: usize = 20;
/// Events of one story.
const STORY: usize = 200;
/// How long before the first failure changes are told.
const BEFORE: Micros = 3 * DAY;
/// Changes that are told, the latest.
const CHANGES: usize = 200;

/// What was selected. Rows are numbers of the store, in order of time.
#[derive(Debug, Default)]
pub struct Selection<'c> {
    /// The failures that are told one by one.
    pub failures: Vec<u32>,
    /// Further events of people whom they concern.
    pub story: Vec<u32>,
    /// All failures there are.
    pub of_failures: u64,
    /// All of them failed.
    pub all_failed: bool,
    /// Events of stories that were too many.
    pub story_left_out: u64,
    /// Whom the failures concern.
    pub people: u64,
    /// Groups that they concern.
    pub groups: u64,
    /// Whose stories are told.
    pub stories: u64,
    /// For whom it is still not as it should be.
    pub still_broken: u64,
    /// What became of it, if that is known.
    pub state: Option<State>,
    /// The first and the last failure.
    pub first: Option<Micros>,
    /// The last failure.
    pub last: Option<Micros>,
    /// A failure of each wording, and how many there are, the commonest first.
    pub wordings: Vec<(u32, u64)>,
    /// Where it fails.
    pub apps: Vec<App>,
    /// What was changed before.
    pub changes: Vec<&'c Change>,
    /// Changes that were too many.
    pub changes_left_out: u64,
}

/// An application where something fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// The label that the admin gave it.
    pub name: Option<String>,
    /// Its instance id.
    pub id: Option<String>,
    /// Whose log it is.
    pub provider: Provider,
    /// Failures there.
    pub failures: u64,
}

/// Selects; a selection without failures is empty.
pub(super) fn select<'c>(case: &Case<'c>) -> Selection<'c> {
    let scope = &case.scope;
    let issues = issues(scope);
    let matched = matched(scope, &issues);
    let failures = spread(&matched, case.most_events);
    let people = People::of(&matched, scope, &issues);
    let apps = apps(&matched);
    let (first, last) = span(&matched);
    let mut selection = Selection {
        of_failures: matched.len() as u64,
        all_failed: matched.iter().all(|row| row.outcome() == Outcome::Failure),
        people: people.all,
        groups: people.groups,
        stories: people.told.len() as u64,
        still_broken: people.still_broken,
        state: state(&issues, people.still_broken, last, scope),
        first,
        last,
        wordings: wordings(&matched),
        apps,
        ..Selection::default()
    };
    stories(&mut selection, &people, &matched, &failures, case);
    changes(&mut selection, case);
    selection.failures = failures;
    selection
}

impl Scope<'_> {
    /// The events that stand for the problem, which may be such that succeeded; whom they concern may be asked for only
    /// when the store has them.
    pub fn examples(&self) -> Sought {
        let examples = issues(self).into_iter().flat_map(|issue| &issue.examples);
        Sought { places: examples.map(|example| (example.input, example.offset)).collect(), ..Sought::default() }
    }

    /// The same, with all events about those whose stories are told.
    pub fn stories(&self) -> Sought {
        let issues = issues(self);
        let mut sought = self.examples();
        for known in People::of(&matched(self, &issues), self, &issues).told {
            sought.ids.extend(known.ids);
            sought.logins.extend(known.logins);
            sought.names.extend(known.name);
        }
        sought
    }
}

/// The failures that are told, in order of time.
fn matched<'c>(scope: &Scope<'c>, issues: &[&Issue]) -> Vec<Row<'c>> {
    let rows = scope.rows.iter().filter_map(|row| scope.store.row(*row));
    let mut matched: Vec<Row<'_>> = rows.filter(|row| is_meant(*row, scope, issues)).collect();
    matched.sort_by_key(|row| in_order(*row));
    matched
}

/// By time; what happened at the same time, as it stands in the logs, however it came into the store.
pub(super) fn in_order(row: Row<'_>) -> (Option<Micros>, usize, u64, u32) {
    let place = row.place();
    (row.time(), place.input, place.offset, row.number())
}

/// The issues of the analysis that are told.
fn issues<'c>(scope: &Scope<'c>) -> Vec<&'c Issue> {
    let analysis = scope.analysis;
    match &scope.about {
        About::Rule(rule) => analysis.issues.iter().filter(|issue| issue.rule == Some(*rule)).collect(),
        About::Unknown(shape) => {
            analysis.unknown.iter().filter(|issue| issue.shape.as_deref() == Some(shape)).collect()
        }
        About::Failures => Vec::new(),
    }
}

/// Whether a row is one of the failures that are told.
fn is_meant(row: Row<'_>, scope: &Scope<'_>, issues: &[&Issue]) -> bool {
    let failed = row.outcome() == Outcome::Failure || row.needs_action();
    match &scope.about {
        About::Rule(rule) => {
            let explained = row.rule().map(|(rule, _)| rule);
            // What one event alone leads to, where others decided that it is this issue.
            let decided = |issue: &&Issue| {
                issue.app.as_deref() == row.app()
                    && issue.decided_by.iter().any(|decided| Some(decided.instead_of) == explained)
            };
            let shown = |issue: &&Issue| {
                let place = row.place();
                issue.examples.iter().any(|example| (example.input, example.offset) == (place.input, place.offset))
            };
            explained == Some(*rule) || failed && issues.iter().any(decided) || issues.iter().any(shown)
        }
        About::Unknown(shape) => failed && row.rule().is_none() && row.shape() == Some(shape),
        About::Failures => failed,
    }
}

/// The first and the last ones, and of the others some of every wording, evenly over the time.
fn spread(rows: &[Row<'_>], most: usize) -> Vec<u32> {
    let numbers = |rows: &[Row<'_>]| rows.iter().map(|row| row.number()).collect::<Vec<u32>>();
    if rows.len() <= most {
        return numbers(rows);
    }
    let ends = ENDS.min(most / 4);
    let (head, rest) = rows.split_at(ends.min(rows.len()));
    let (middle, tail) = rest.split_at(rest.len().saturating_sub(ends));
    let mut kinds: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for row in middle {
        kinds.entry(wording(*row)).or_default().push(row.number());
    }
    let room = most - 2 * ends;
    let mut chosen: BTreeSet<u32> = numbers(head).into_iter().chain(numbers(tail)).collect();
    // Rare wordings come first: of a common one there are always some.
    let mut kinds: Vec<Vec<u32>> = kinds.into_values().collect();
    kinds.sort_by_key(Vec::len);
    let mut left = room;
    let mut kinds_left = kinds.len();
    for kind in kinds {
        let share = left.div_ceil(kinds_left.max(1)).min(kind.len());
        chosen.extend((0..share).filter_map(|at| kind.get(at * kind.len() / share)));
        left -= share.min(left);
        kinds_left -= 1;
    }
    rows.iter().map(|row| row.number()).filter(|row| chosen.contains(row)).collect()
}

fn wordings(rows: &[Row<'_>]) -> Vec<(u32, u64)> {
    let mut found: BTreeMap<String, (usize, u64)> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        found.entry(wording(*row)).or_insert((at, 0)).1 += 1;
    }
    let mut found: Vec<(usize, u64)> = found.into_values().collect();
    found.sort_by_key(|(at, count)| (u64::MAX - count, *at));
    found.into_iter().filter_map(|(at, count)| Some((rows.get(at)?.number(), count))).collect()
}

/// What failures of one kind have in common.
pub(super) fn wording(row: Row<'_>) -> String {
    let said = row.said();
    let words = said.remote.or(said.message).map(unknown::shape).unwrap_or_default();
    format!("{:?} {:?} {:?} {words}", said.code, said.http_status, said.scim_type)
}

/// Whom failures concern.
struct People {
    all: u64,
    groups: u64,
    still_broken: u64,
    /// By what those are known whose stories are told.
    told: Vec<Known>,
}

/// What became of a subject of failures, in the order in which their stories are told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Broken,
    Fine,
    Group,
}

/// By what somebody is known in events.
#[derive(Default)]
struct Known {
    ids: BTreeSet<String>,
    logins: BTreeSet<String>,
    name: Option<String>,
}

impl Known {
    fn of(who: Subject<'_>) -> Option<Known> {
        let known = Known {
            ids: who.id.map(str::to_owned).into_iter().collect(),
            logins: who.login.map(str::to_lowercase).into_iter().collect(),
            // A name alone is nobody's own, and still all that some logs have.
            name: if who.id.or(who.login).is_none() { who.name.map(str::to_owned) } else { None },
        };
        (known.name.is_some() || !known.ids.is_empty() || !known.logins.is_empty()).then_some(known)
    }

    /// The same with everything else by which the analysis knows them.
    fn joined(mut self, person: &PersonState) -> Known {
        self.ids.extend(person.who.ids.iter().map(ToString::to_string));
        self.logins.extend(person.who.logins.iter().map(|login| login.to_lowercase()));
        self
    }

    /// Everything they are known by, each told apart from the others.
    fn keys(&self) -> impl Iterator<Item = (Key, &str)> {
        let ids = self.ids.iter().map(|id| (Key::Id, id.as_str()));
        let logins = self.logins.iter().map(|login| (Key::Login, login.as_str()));
        ids.chain(logins).chain(self.name.iter().map(|name| (Key::Name, name.as_str())))
    }
}

/// What a text is that somebody is known by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Id,
    Login,
    Name,
}

/// People by what they are known by: a company has too many to compare each with each.
#[derive(Default)]
struct Directory(HashMap<(Key, String), Vec<usize>>);

impl Directory {
    fn add(&mut self, key: Key, text: &str, person: usize) {
        self.0.entry((key, text.to_owned())).or_default().push(person);
    }

    /// Whoever shares anything, each once.
    fn find(&self, known: &Known) -> BTreeSet<usize> {
        let found = known.keys().filter_map(|(key, text)| self.0.get(&(key, text.to_owned())));
        found.flatten().copied().collect()
    }
}

impl People {
    fn of(matched: &[Row<'_>], scope: &Scope<'_>, issues: &[&Issue]) -> People {
        // The last failure of each, the latest first: numbers would depend on what else the store has.
        let mut seen = BTreeSet::new();
        let last = matched.iter().rev().filter(|row| row.subject_number().is_some_and(|number| seen.insert(number)));
        let apps: BTreeSet<&str> = matched.iter().filter_map(|row| row.app()).collect();
        let lists = &scope.analysis.people;
        let broken: Vec<&PersonState> = [&lists.access_not_removed, &lists.waiting_for_access, &lists.out_of_date]
            .into_iter()
            .flatten()
            .filter(|person| apps.contains(&*person.app))
            .collect();
        let mut states = Directory::default();
        for (at, person) in broken.iter().enumerate() {
            person.who.ids.iter().for_each(|id| states.add(Key::Id, id, at));
            person.who.logins.iter().for_each(|login| states.add(Key::Login, &login.to_lowercase(), at));
            states.add(Key::Name, &person.user, at);
        }
        let mut people: Vec<(Kind, Known)> = Vec::new();
        let mut met = Directory::default();
        for row in last {
            let Some(mut known) = Known::of(row.subject()) else { continue };
            // One person has several logins, or an id in one log and a login in the other.
            if !met.find(&known).is_empty() {
                continue;
            }
            let mut is_broken = false;
            for state in states.find(&known) {
                is_broken = true;
                known = broken.get(state).map_or_else(Known::default, |person| known.joined(person));
            }
            known.keys().for_each(|(key, text)| met.add(key, text, people.len()));
            let kind = match row.subject().kind {
                Some("group") => Kind::Group,
                _ if is_broken => Kind::Broken,
                _ => Kind::Fine,
            };
            people.push((kind, known));
        }
        let count = |wanted: Kind| people.iter().filter(|(kind, _)| *kind == wanted).count() as u64;
        let (still_broken, groups) = (count(Kind::Broken), count(Kind::Group));
        let all = still_broken + count(Kind::Fine);
        // Whoever still waits comes first, and then whoever failed last.
        people.sort_by_key(|(kind, _)| *kind);
        // What the analysis counts is exact, and counts those of a pattern too.
        let counted = |count: fn(&Issue) -> u64| issues.iter().map(|issue| count(issue)).sum::<u64>();
        let (all, still_broken) = match issues.is_empty() || scope.is_narrowed {
            true => (all, still_broken),
            false => (all.max(counted(|issue| issue.users)), counted(|issue| issue.still_broken)),
        };
        People { all, groups, still_broken, told: people.into_iter().take(STORIES).map(|(_, known)| known).collect() }
    }
}

fn stories(selection: &mut Selection<'_>, people: &People, matched: &[Row<'_>], failures: &[u32], case: &Case<'_>) {
    let told: BTreeSet<u32> = failures.iter().copied().collect();
    let apps: BTreeSet<&str> = matched.iter().filter_map(|row| row.app()).collect();
    let providers: BTreeSet<Provider> = matched.iter().map(|row| row.provider()).collect();
    // The vendor of one application is told nothing of the others, and one provider nothing of another.
    let is_theirs = |row: Row<'_>| match case.settings.recipient {
        Recipient::AppVendor => row.app().is_some_and(|app| apps.contains(app)),
        Recipient::IdpSupport => providers.contains(&row.provider()),
        Recipient::Internal => true,
    };
    let mut told_people = Directory::default();
    for (at, known) in people.told.iter().enumerate() {
        known.keys().for_each(|(key, text)| told_people.add(key, text, at));
    }
    let whose = |who: Subject<'_>| told_people.find(&Known::of(who)?).into_iter().next();
    let numbers: BTreeMap<u32, usize> =
        (0..).zip(case.scope.store.subjects()).filter_map(|(number, who)| Some((number, whose(who)?))).collect();
    let is_told = |row: &Row<'_>| !told.contains(&row.number()) && is_theirs(*row);
    let person = |row: Row<'_>| numbers.get(&row.subject_number()?).copied();
    let mut story: Vec<(usize, Row<'_>)> =
        case.scope.store.rows().filter_map(|row| Some((person(row)?, row))).filter(|(_, row)| is_told(row)).collect();
    story.sort_by_key(|(_, row)| in_order(*row));
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    let all = story.len();
    story.retain(|(person, _)| {
        let length = lengths.entry(*person).or_default();
        *length += 1;
        *length <= STORY
    });
    selection.story_left_out = (all - story.len()) as u64;
    selection.story = story.into_iter().map(|(_, row)| row.number()).collect();
}

fn changes<'c>(selection: &mut Selection<'c>, case: &Case<'c>) {
    let Some(first) = selection.first else { return };
    let of_apps = selection.apps.iter().filter_map(|app| app.name.as_deref()).map(Some);
    // What is changed in the identity provider as a whole is no business of a vendor.
    let whole = (case.settings.recipient != Recipient::AppVendor).then_some(None);
    let mut found: Vec<&Change> =
        of_apps.chain(whole).flat_map(|app| case.scope.analysis.changes.within(app, first - BEFORE, first)).collect();
    found.sort_by_key(|change| (change.at, change.input, change.offset));
    let beyond = found.len().saturating_sub(CHANGES);
    selection.changes_left_out = beyond as u64;
    selection.changes = found.split_off(beyond);
}

fn apps(matched: &[Row<'_>]) -> Vec<App> {
    let mut apps: BTreeMap<(Option<&str>, Option<Provider>), App> = BTreeMap::new();
    for row in matched {
        // Without a name, logs of several providers may mean the same or not.
        let (name, provider) = (row.app(), row.provider());
        let app = apps.entry((name, name.map(|_| provider))).or_insert_with(|| App {
            name: name.map(str::to_owned),
            id: None,
            provider,
            failures: 0,
        });
        app.failures += 1;
        app.provider = provider;
        app.id = app.id.take().or_else(|| row.app_id().map(str::to_owned));
    }
    let mut apps: Vec<App> = apps.into_values().collect();
    apps.sort_by(|a, b| b.failures.cmp(&a.failures).then_with(|| a.name.cmp(&b.name)));
    apps
}

fn span(matched: &[Row<'_>]) -> (Option<Micros>, Option<Micros>) {
    let mut times = matched.iter().filter_map(|row| row.time());
    let first = times.next();
    (first, times.next_back().or(first))
}

/// The worst of what became of the issues; without one, whether anybody still waits and it failed within the last day.
fn state(issues: &[&Issue], still_broken: u64, last: Option<Micros>, scope: &Scope<'_>) -> Option<State> {
    let of = |wanted: State| issues.iter().any(|issue| issue.state == wanted);
    if issues.is_empty() {
        return match still_broken {
            0 => None,
            _ => Some(if scope.analysis.last? - last? > DAY { State::Quiet } else { State::Ongoing }),
        };
    }
    [State::Ongoing, State::Quiet, State::Recovered].into_iter().find(|state| of(*state))
}
