//! What the screen shows, cell by cell, and what keys do on it.

mod acts;

use proptest::prelude::*;

use super::table::BUILT;
use super::*;
use crate::event::store::Store;
use crate::event::{Certainty, Entry, Ids, Operation, Outcome as How, Place, Provider, Said, Subject};
use crate::text::width::width;
use crate::tui::data::Events;
use crate::tui::jobs::{around, blame, order, search, survey};
use crate::tui::keymap::ACTIONS;
use crate::tui::look::{ASCII, Colors};
use crate::tui::model::{Model, Size};
use crate::tui::tests::{SIZE, analysis, at, library, look, model_of, picture};
use crate::tui::update::{Effect, Msg, update};
use crate::tui::view;

pub(in crate::tui) const WIDE: Size = Size { columns: 120, rows: 40 };

const REFUSED: &str = "The credentials used to connect to the API were invalid; please check your configuration";

/// Time of day, operation, who, app, result: `x` a known failure, `?` an unknown one, `o` worked, `s` skipped.
const EVENTS: [(&str, Operation, &str, &str, char); 14] = [
    ("17:40:02", Operation::Create, "mia.chen", "Salesforce", 'x'),
    ("17:44:31", Operation::Update, "raj.patel", "Salesforce", 'x'),
    ("17:52:10", Operation::Create, "li.wei", "GitHub", 'u'),
    ("18:01:47", Operation::Update, "ana.lopez", "Slack", 'l'),
    ("18:01:58", Operation::MembershipRemove, "tom.berg", "Salesforce", 'o'),
    ("18:03:15", Operation::Deactivate, "tom.berg", "Salesforce", 'x'),
    ("18:03:20", Operation::Deactivate, "tom.berg", "Salesforce", 'x'),
    ("18:09:56", Operation::Create, "eva.novak", "GitHub", '?'),
    ("18:14:08", Operation::Create, "kim.lee", "Salesforce", 'x'),
    ("18:20:33", Operation::Update, "jo.smith", "GitHub", 'u'),
    ("18:31:19", Operation::Create, "sam.diaz", "Salesforce", 'x'),
    ("18:40:44", Operation::Update, "mia.chen", "Slack", 'l'),
    ("18:52:26", Operation::Create, "noa.levi", "Box", 's'),
    ("19:03:01", Operation::Update, "raj.patel", "Salesforce", 'o'),
];

pub(in crate::tui) fn store() -> Store {
    let library = library();
    let mut store = Store::default();
    for (number, (time, operation, who, app, how)) in EVENTS.into_iter().enumerate() {
        let (outcome, rule, status, remote) = match how {
            'x' => (How::Failure, Some("shown-login-refused"), Some(401), Some(REFUSED)),
            'u' => (How::Failure, Some("shown-user-exists"), Some(409), Some("User already exists in the app")),
            'l' => (How::Failure, Some("shown-rate-limit"), Some(429), Some("Too many requests")),
            's' => (How::Skipped, Some("shown-out-of-scope"), None, None),
            '?' => (How::Failure, None, Some(400), Some("invalid value for attribute costCenter")),
            _ => (How::Success, None, None, None),
        };
        let login = format!("{who}@example.com");
        let id = format!("{number:08x}");
        let offset = 1_000 * number as u64;
        let path = "logs/okta-sept.jsonl";
        let place = Place { input: 0, path, line: 18_200 + number as u64, offset, length: 500 };
        store.push(&Entry {
            time: Some(at(&format!("2026-09-05T{time}Z"))),
            operation,
            outcome,
            app: Some(app),
            subject: Subject { kind: Some("user"), login: Some(&login), ..Subject::default() },
            said: Said { message: remote, remote, http_status: status, ..Said::default() },
            ids: Ids { event: Some(&id), transaction: Some("9f2c"), request: Some("W7xq"), ..Ids::default() },
            rule: rule.map(|rule| (library.find(rule).unwrap(), Certainty::Certain)),
            shape: (how == '?').then_some("invalid value for attribute <NAME>"),
            ..Entry::new(place, Provider::Okta, "okta-system-log")
        });
    }
    store
}

/// A model with these events, on the screen.
pub(in crate::tui) fn model(store: Store, size: Size) -> Model {
    let mut model = model_of(analysis(), size);
    let events = Arc::new(Events::of(store));
    happen(&mut model, Msg::News(News::Read(Arc::new(analysis()), events)));
    happen(&mut model, Msg::Act(Action::Tab3));
    model
}

/// Lets something happen, and does all the work that it asks for.
pub(in crate::tui) fn happen(model: &mut Model, message: Msg) {
    for effect in update(model, message) {
        if let Effect::Start(job) = effect {
            for news in done(job) {
                happen(model, Msg::News(news));
            }
        }
    }
}

fn done(job: Job) -> Vec<News> {
    let library = library();
    let always = || true;
    match job {
        Job::Narrow(narrow) => {
            let rows = search(&narrow, &library, &always).unwrap();
            let shown = Arc::new(Shown { rows: rows.into() });
            vec![News::Narrowed(narrow.text.clone(), shown), News::Analysed(narrow.text, Arc::new(analysis()))]
        }
        Job::Survey(asked) => {
            let facets = survey::survey(&asked, &library, &always).unwrap();
            vec![News::Surveyed(asked.shown, Arc::new(facets))]
        }
        Job::Sort(asked) => {
            let rows = order::sort(&asked, &library, &always).unwrap();
            vec![News::Sorted(asked.shown, asked.order, Arc::new(Shown { rows: rows.into() }))]
        }
        Job::Around(events, row) => vec![News::Around(row, around::around(&events, row, &always).unwrap())],
        Job::Blame(narrow) => {
            let blame = blame::blame(&narrow, &library, &always).unwrap();
            vec![News::Blamed(narrow.text, Arc::new(blame))]
        }
        _ => Vec::new(),
    }
}

pub(in crate::tui) fn press(model: &mut Model, actions: &[Action]) {
    for action in actions {
        happen(model, Msg::Act(*action));
    }
}

pub(in crate::tui) fn filtered(model: &mut Model, filter: &str) {
    press(model, &[Action::Filter]);
    happen(model, Msg::Paste(filter.to_owned()));
    happen(model, Msg::Key(crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Enter)));
}

fn answer(model: &mut Model, text: &str) {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    happen(model, Msg::Key(KeyEvent::new(KeyCode::Char('e'), KeyModifiers::CONTROL)));
    happen(model, Msg::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)));
    happen(model, Msg::Paste(text.to_owned()));
    happen(model, Msg::Key(KeyEvent::from(KeyCode::Enter)));
}

/// The line that the cursor is on.
fn chosen(model: &Model) -> String {
    picture(model).lines().find(|line| line.starts_with(" >") || line.contains("│ >")).unwrap_or_default().to_owned()
}

fn filter_of(model: &Model) -> &str {
    &model.filtering.text
}

#[test]
fn a_list_at_80x24() {
    let mut model = model(store(), SIZE);
    filtered(&mut model, "status:failed after:6h");
    press(&mut model, &[Action::First, Action::Down, Action::Down, Action::Down, Action::Down]);
    insta::assert_snapshot!("events@filtered@80x24@full", picture(&model));
}

#[test]
fn a_list_while_a_filter_is_typed() {
    let mut model = model(store(), SIZE);
    press(&mut model, &[Action::Filter]);
    happen(&mut model, Msg::Paste("status:failed after:6h ac".to_owned()));
    insta::assert_snapshot!("events@typing@80x24@full", picture(&model));
}

#[test]
fn a_list_with_boxes_and_everything_about_an_event_at_120x40() {
    let mut model = model(store(), WIDE);
    filtered(&mut model, "status:failed");
    press(&mut model, &[Action::First, Action::Down, Action::Down, Action::Down, Action::Down]);
    insta::assert_snapshot!("events@filtered@120x40@full", picture(&model));
    press(&mut model, &[Action::NextPart, Action::Down, Action::Down, Action::Down]);
    insta::assert_snapshot!("events@boxes@120x40@full", picture(&model));
}

#[test]
fn a_list_where_there_is_little_room() {
    for (columns, rows) in [(60, 20), (44, 12)] {
        let model = model(store(), Size { columns, rows });
        insta::assert_snapshot!(format!("events@start@{columns}x{rows}@full"), picture(&model));
    }
}

#[test]
fn a_list_without_colour_and_without_unicode() {
    for size in [SIZE, WIDE] {
        let mut model = model(store(), size);
        model.look = look(&ASCII, Colors::Mono);
        let picture = picture(&model);
        assert!(picture.is_ascii(), "{picture}");
        insta::assert_snapshot!(format!("events@start@{}x{}@ascii", size.columns, size.rows), picture);
    }
}

#[test]
fn nothing_matches() {
    let mut model = model(store(), SIZE);
    filtered(&mut model, "app:salesforce user:jsmith status:failed");
    insta::assert_snapshot!("events@nothing@80x24@full", picture(&model));
    press(&mut model, &[Action::Open]);
    assert_eq!(filter_of(&model), "app:salesforce user:jo.smith@example.com status:failed");
    // That is nobody of whom anything failed there: the key takes away what shows most.
    assert!(picture(&model).contains("2  Without  user:jo.smith@example.com"), "{}", picture(&model));
    press(&mut model, &[Action::Tab1]);
    assert_eq!(filter_of(&model), "user:jo.smith@example.com status:failed");
    assert!(chosen(&model).contains("jo.smith"));
}

#[test]
fn times_are_chosen_and_moved() {
    let mut model = model(store(), SIZE);
    press(&mut model, &[Action::First, Action::Down, Action::TimeRange]);
    insta::assert_snapshot!("events@time@80x24@full", picture(&model));
    press(&mut model, &[Action::Open]);
    assert_eq!(filter_of(&model), "after:1h");
    press(&mut model, &[Action::TimeRange, Action::Down, Action::Down, Action::Down, Action::Down, Action::Open]);
    assert_eq!(filter_of(&model), "");
    press(&mut model, &[Action::First, Action::TimeRange, Action::Last, Action::Open]);
    assert_eq!(filter_of(&model), "after:2026-09-05T19:30:02+02 before:2026-09-05T19:50:02+02");
    press(&mut model, &[Action::ZoomIn]);
    assert_eq!(filter_of(&model), "after:2026-09-05T19:35:02+02 before:2026-09-05T19:45:02+02");
    press(&mut model, &[Action::Later]);
    assert_eq!(filter_of(&model), "after:2026-09-05T19:45:02+02 before:2026-09-05T19:55:02+02");
    press(&mut model, &[Action::Earlier, Action::ZoomOut]);
    assert_eq!(filter_of(&model), "after:2026-09-05T19:30:02+02 before:2026-09-05T19:50:02+02");
}

#[test]
fn people_and_apps_whose_names_begin_alike_are_told_apart() {
    let mut store = Store::default();
    let people = ["person.number.01@example.com", "person.number.02@example.com"];
    for (login, app) in people.into_iter().zip(["Salesforce Production EMEA", "Salesforce Production Asia"]) {
        let place = Place { input: 0, path: "logs/okta-sept.jsonl", line: 1, offset: 0, length: 1 };
        store.push(&Entry {
            time: Some(at("2026-09-05T18:00:00Z")),
            app: Some(app),
            subject: Subject { kind: Some("user"), login: Some(login), ..Subject::default() },
            ..Entry::new(place, Provider::Okta, "okta-system-log")
        });
    }
    let shown = picture(&model(store, SIZE));
    for names in [["person…er.01…", "Sales… EMEA"], ["person…er.02…", "Sales… Asia"]] {
        assert!(shown.lines().any(|line| names.iter().all(|name| line.contains(name))), "{names:?}\n{shown}");
    }
}
