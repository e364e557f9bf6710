//! The list of people: its order, its sizes, and where its keys lead.

use std::sync::Arc;
use std::sync::mpsc::channel;

use crossterm::event::{KeyCode, KeyEvent};

use crate::analysis::Analysis;
use crate::event::store::Store;
use crate::event::{Entry, Place, Provider, Subject};
use crate::tui::data::Events;
use crate::tui::jobs::tests::reader;
use crate::tui::jobs::{Desk, Job, News};
use crate::tui::keymap::Action;
use crate::tui::look::{ASCII, Colors};
use crate::tui::model::{Model, Size};
use crate::tui::screen::overview::tests::busy;
use crate::tui::tests::{SIZE, act, look, model_of, picture};
use crate::tui::update::{Effect, Msg, update};

fn people(analysis: Analysis, size: Size) -> Model {
    let mut model = model_of(analysis, size);
    act(&mut model, &[Action::Tab4]);
    model
}

/// The person that the cursor is on.
fn chosen(model: &Model) -> String {
    let shown = picture(model);
    let row = shown.lines().find(|line| line.starts_with(" >")).unwrap_or_else(|| panic!("{shown}"));
    row.split_whitespace().nth(2).unwrap().to_owned()
}

#[test]
fn people_at_each_size() {
    for (columns, rows) in [(80, 24), (120, 40), (60, 20), (44, 12)] {
        let shown = picture(&people(busy(), Size { columns, rows }));
        insta::assert_snapshot!(format!("people@start@{columns}x{rows}@full"), shown);
    }
    let mut plain = people(busy(), SIZE);
    plain.look = look(&ASCII, Colors::Mono);
    let shown = picture(&plain);
    assert!(shown.is_ascii(), "{shown}");
    insta::assert_snapshot!("people@start@80x24@ascii", shown);
}

#[test]
fn names_of_apps_are_whole_where_there_is_room() {
    let long = "Salesforce Production EMEA";
    let mut analysis = busy();
    analysis.apps[0].name = long.into();
    analysis.people.access_not_removed[0].app = long.into();
    for tab in [Action::Tab4, Action::Tab1] {
        let mut model = people(analysis.clone(), Size { columns: 120, rows: 40 });
        act(&mut model, &[tab]);
        let shown = picture(&model);
        let row = shown.lines().find(|line| line.contains(" × tom.berg@example.com ")).unwrap();
        assert!(row.contains("Salesforce P…uction EMEA"), "{shown}");
        assert!(row.contains("App no longer accepts t…"), "{shown}");
    }
    let mut model = people(analysis, Size { columns: 130, rows: 40 });
    assert!(picture(&model).contains(&format!(" {long} ")), "{}", picture(&model));
    model.size = SIZE;
    assert!(picture(&model).contains("tom.berg@example.com"), "{}", picture(&model));
}

#[test]
fn that_a_filter_hides_everybody_is_not_told_as_nobody() {
    let mut model = people(busy(), SIZE);
    let mut some = busy();
    some.people = Default::default();
    model.data.analysis = Arc::new(some);
    model.filtering.text = "after:6h".to_owned();
    assert!(picture(&model).contains("Nobody passes the filter. x clears it."), "{}", picture(&model));
}

#[test]
fn who_should_have_lost_access_without_a_try_is_told_so() {
    let mut model = people(busy(), SIZE);
    act(&mut model, &[Action::Down]);
    assert_eq!(chosen(&model), "ida.holm@example.com");
    let shown = picture(&model);
    assert!(shown.contains("Should have lost access to GitHub since 5 Sep 21:15; the log    "), "{shown}");
    assert!(shown.contains("                shows no try to switch the account off."), "{shown}");
}

/// Everything that comes of a filter that is typed here.
fn filter(model: &mut Model, text: &str) {
    let (told, hears) = channel();
    let mut desk = Desk::new(reader(&[]), move |news| drop(told.send(news)));
    act(model, &[Action::ClearFilter, Action::Filter]);
    update(model, Msg::Paste(text.to_owned()));
    for effect in update(model, Msg::Key(KeyEvent::from(KeyCode::Enter))) {
        if let Effect::Start(job @ Job::Narrow(_)) = effect {
            desk.start(job);
        }
    }
    loop {
        let news = hears.recv().unwrap();
        let is_last = matches!(news, News::NotAnalysed(..));
        update(model, Msg::News(news));
        if is_last {
            return;
        }
    }
}

#[test]
fn a_filter_by_what_is_known_of_people_leaves_those_who_pass() {
    let analysis = Arc::new(busy());
    let mut store = Store::default();
    let lists = &analysis.people;
    for person in lists.access_not_removed.iter().chain(&lists.waiting_for_access).chain(&lists.out_of_date) {
        store.push(&Entry {
            app: Some(&person.app),
            subject: Subject { login: Some(&person.user), ..Subject::default() },
            ..Entry::new(Place::default(), Provider::Okta, "okta-system-log")
        });
    }
    let mut model = people(busy(), SIZE);
    update(&mut model, Msg::News(News::Read(analysis, Arc::new(Events::of(store)))));
    let listed = |model: &Model| picture(model).lines().filter(|line| line.contains("@example.com ")).count();
    act(&mut model, &[Action::Last]);
    filter(&mut model, "is:not-removed app:github");
    assert_eq!(chosen(&model), "ida.holm@example.com");
    assert_eq!(listed(&model), 2, "one in the list, and below it what is said of her: {}", picture(&model));
    assert!(picture(&model).contains("─ 1 person should have lost access"), "{}", picture(&model));
    filter(&mut model, "is:waiting");
    assert_eq!(chosen(&model), "eva.novak@example.com");
    filter(&mut model, "is:waiting app:nowhere");
    assert!(picture(&model).contains("Nobody passes the filter."), "{}", picture(&model));
}

#[test]
fn the_cursor_stays_on_its_person_when_the_order_changes() {
    let mut model = people(busy(), SIZE);
    act(&mut model, &[Action::Down, Action::Down]);
    for (order, first) in [
        ("by person", "eva.novak@example.com"),
        ("by app", "ida.holm@example.com"),
        ("newest first", "ida.holm@example.com"),
        ("gravest first", "tom.berg@example.com"),
    ] {
        act(&mut model, &[Action::Sort]);
        assert_eq!(chosen(&model), "eva.novak@example.com");
        let shown = picture(&model);
        assert!(shown.contains(order), "{shown}");
        let top = shown.lines().nth(5).unwrap();
        assert!(top.contains(first), "{order}: {top}");
    }
    act(&mut model, &[Action::Reverse, Action::First]);
    assert_eq!(chosen(&model), "raj.patel@example.com");
}

#[test]
fn keys_lead_to_the_story_the_events_and_the_issue() {
    let mut model = people(busy(), SIZE);
    act(&mut model, &[Action::Open]);
    assert!(picture(&model).starts_with(" People > tom.berg@example.com"));
    act(&mut model, &[Action::Back, Action::Events]);
    assert_eq!(model.filtering.text, "user:=tom.berg@example.com,=00u1");
    assert!(picture(&model).starts_with(" People > Events"));
    act(&mut model, &[Action::Back, Action::Issue]);
    assert!(picture(&model).starts_with(" People > App no longer accepts the login"));
    act(&mut model, &[Action::Back, Action::Down, Action::Issue]);
    assert!(picture(&model).contains("4[People]"), "what no rule explains has no issue to open");
}

#[test]
fn nobody_is_an_answer_too() {
    let mut good = busy();
    good.people = Default::default();
    let shown = picture(&people(good, SIZE));
    assert!(shown.contains("nobody waits for access, nobody has old data"), "{shown}");
    assert!(picture(&people(Analysis::default(), SIZE)).contains("Nothing about provisioning was found"));
}
