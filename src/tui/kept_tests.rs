//! Notes, dismissed issues, marks and views: what a reader leaves behind.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};

use super::data::Events;
use super::jobs::{Job, News};
use super::keymap::Action;
use super::look::FULL;
use super::memory::{Change, Memory};
use super::model::{Model, Size};
use super::outside::{Answer, Errand};
use super::saved::View;
use super::tests::{SIZE, act, analysis, at, model, model_of, picture};
use super::update::{Effect, Msg, look_at, update};
use crate::event::store::Store;
use crate::event::{Entry, Place, Provider};

fn press(model: &mut Model, code: KeyCode) -> Vec<Effect> {
    update(model, Msg::Key(KeyEvent::from(code)))
}

fn type_text(model: &mut Model, text: &str) {
    text.chars().for_each(|letter| drop(press(model, KeyCode::Char(letter))));
}

#[test]
fn a_long_note_wraps_and_an_empty_one_goes_away() {
    let mut model = model_of(analysis(), Size { columns: 120, rows: 40 });
    act(&mut model, &[Action::Open, Action::Note]);
    let words =
        "Called the Salesforce team on 5 Sep, ticket 4711; they look for who changed the password.\nThey call back.";
    update(&mut model, Msg::Paste(words.repeat(2)));
    let effects = press(&mut model, KeyCode::Enter);
    assert!(matches!(&effects[..], [Effect::Ask(Errand::Keep(memory))] if memory.notes.len() == 1), "{effects:?}");
    insta::assert_snapshot!("issue@note@120x40@full", picture(&model));
    act(&mut model, &[Action::Note]);
    update(&mut model, Msg::Key(KeyEvent::new(KeyCode::Char('u'), crossterm::event::KeyModifiers::CONTROL)));
    press(&mut model, KeyCode::Enter);
    assert!(!picture(&model).contains("Your note") && model.memory().notes.is_empty());
}

#[test]
fn a_note_is_written_on_the_page_beside_the_list_too() {
    let mut model = model_of(analysis(), Size { columns: 120, rows: 40 });
    act(&mut model, &[Action::NextPart, Action::Note]);
    type_text(&mut model, "asked");
    press(&mut model, KeyCode::Enter);
    assert_eq!(model.memory().notes.values().collect::<Vec<_>>(), ["asked"]);
    assert!(picture(&model).contains("Your note"));
}

#[test]
fn where_the_last_issue_is_dismissed_the_cursor_is_on_the_one_before() {
    for tab in [Action::Tab2, Action::Tab5] {
        let mut model = model(SIZE);
        act(&mut model, &[tab, Action::Last, Action::Dismiss]);
        let shown = picture(&model);
        assert!(shown.lines().any(|line| line.starts_with(" > ")), "{shown}");
    }
}

#[test]
fn a_dismissed_issue_is_hidden_until_asked_for_and_stands_last() {
    let mut model = model_of(analysis(), SIZE);
    act(&mut model, &[Action::Dismiss]);
    insta::assert_snapshot!("issues@dismissed@80x24@full", picture(&model));
    act(&mut model, &[Action::Dismissed, Action::Last]);
    let shown = picture(&model);
    let row = shown.lines().find(|line| line.starts_with(" >")).unwrap();
    assert!(row.contains("App no longer accepts t"), "{row}");
    // Whatever it is sorted by.
    act(&mut model, &[Action::Sort, Action::Reverse, Action::Last]);
    let shown = picture(&model);
    let row = shown.lines().find(|line| line.starts_with(" >")).unwrap();
    assert!(row.contains("App no longer accepts t"), "{row}");
    act(&mut model, &[Action::Dismiss]);
    assert!(!picture(&model).contains("dismissed,"));
}

#[test]
fn a_view_keeps_how_its_list_is_arranged() {
    let save = |model: &mut Model| {
        act(model, &[Action::Commands]);
        type_text(model, "save view mine");
        let effects = press(model, KeyCode::Enter);
        let [Effect::Ask(Errand::SaveView(_, view))] = &effects[..] else { panic!("{effects:?}") };
        view.clone()
    };
    let mut issues = model_of(analysis(), SIZE);
    act(&mut issues, &[Action::Sort, Action::Sort, Action::Reverse]);
    let view = save(&mut issues);
    assert_eq!(view.to_toml(), "filter = \"\"\nscreen = \"issues\"\nsort = \"count\"\nreversed = true\n");
    let mut again = model_of(analysis(), SIZE);
    look_at(&mut again, &view);
    act(&mut again, &[Action::First]);
    act(&mut issues, &[Action::First]);
    assert_eq!(picture(&again), picture(&issues));

    let mut events = with_events();
    act(&mut events, &[Action::Tab3, Action::Left, Action::Sort, Action::Columns, Action::Last, Action::Tick]);
    act(&mut events, &[Action::Back]);
    let view = save(&mut events);
    assert_eq!((&*view.sort, view.columns.last().unwrap().as_str()), ("app", "file"));
    let mut again = with_events();
    look_at(&mut again, &view);
    assert_eq!(save(&mut again), view);

    let strange = View { screen: "people".to_owned(), sort: "colour".to_owned(), ..View::default() };
    look_at(&mut again, &strange);
    let said = again.messages.last().unwrap();
    assert!(said.contains("there is no order \"colour\" here; there are gravest, person"), "{said}");
}

#[test]
fn marks_are_followed_whatever_else_the_filter_asks_for() {
    for filter in ["is:marked", "status:failed is:marked", "is:new,marked", "-is:marked"] {
        let mut model = with_events();
        act(&mut model, &[Action::Tab3, Action::First]);
        look_at(&mut model, &View { filter: filter.to_owned(), screen: "events".to_owned(), ..View::default() });
        let effects = update(&mut model, Msg::Act(Action::Mark));
        let asks = effects.iter().any(|effect| matches!(effect, Effect::Start(Job::Narrow(narrow)) if !narrow.analyse));
        assert!(asks, "{filter}: {effects:?}");
    }
}

fn with_events() -> Model {
    let mut store = Store::default();
    for number in 0..3u64 {
        let place = Place { path: "a.json", offset: number * 100, line: number + 1, ..Place::default() };
        store.push(&Entry {
            time: Some(at("2026-09-05T07:02:00Z")),
            ..Entry::new(place, Provider::Okta, "okta-system-log")
        });
    }
    let mut model = model_of(analysis(), SIZE);
    update(&mut model, Msg::News(News::Read(Arc::new(analysis()), Arc::new(Events::of(store)))));
    model
}

#[test]
fn marked_events_are_a_list() {
    let mut model = with_events();
    act(&mut model, &[Action::Marks]);
    assert!(picture(&model).contains("Nothing is marked yet."));
    act(&mut model, &[Action::Tab3, Action::Down, Action::Mark]);
    let marked = picture(&model).lines().find(|line| line.starts_with(" >")).unwrap().to_owned();
    assert!(marked.contains(FULL.marked), "{marked}");
    act(&mut model, &[Action::Tab2]);
    let effects = update(&mut model, Msg::Act(Action::Marks));
    let narrow = effects.iter().find_map(|effect| match effect {
        Effect::Start(Job::Narrow(narrow)) => Some(narrow),
        _ => None,
    });
    assert_eq!(narrow.unwrap().text, "is:marked");
    assert!(picture(&model).contains("3[Events]"));
    // Once a mark is taken away, the list is looked for again.
    let effects = update(&mut model, Msg::Act(Action::Mark));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Start(Job::Narrow(_)))), "{effects:?}");
}

#[test]
fn a_view_is_kept_and_looked_at_by_its_name() {
    let mut model = with_events();
    let view =
        View { filter: "app:salesforce status:failed".to_owned(), screen: "events".to_owned(), ..View::default() };
    look_at(&mut model, &view);
    assert!(picture(&model).contains("3[Events]") && picture(&model).contains("app:salesforce status:failed"));
    press(&mut model, KeyCode::Char(':'));
    type_text(&mut model, "save view leavers");
    assert!(picture(&model).contains("Enter keeps this screen and its filter"));
    let effects = press(&mut model, KeyCode::Enter);
    assert!(
        matches!(&effects[..], [Effect::Ask(Errand::SaveView(name, kept))] if name == "leavers" && *kept == view),
        "{effects:?}"
    );
    press(&mut model, KeyCode::Char(':'));
    type_text(&mut model, "view leavers");
    let effects = press(&mut model, KeyCode::Enter);
    assert!(matches!(&effects[..], [Effect::Ask(Errand::OpenView(name))] if name == "leavers"), "{effects:?}");
}

#[test]
fn what_was_kept_of_more_inputs_is_not_written_over_before_it_is_known() {
    let mut model = model(SIZE);
    let effects = update(&mut model, Msg::News(News::Added(vec!["more.json".into()])));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Ask(Errand::Opened(_)))), "{effects:?}");
    update(&mut model, Msg::Act(Action::Tab2));
    model.memory.change(Change::Note("a".to_owned(), "mine".to_owned()));
    let is_kept = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Ask(Errand::Keep(_))));
    let effects = update(&mut model, Msg::Act(Action::Dismiss));
    assert!(!is_kept(&effects), "{effects:?}");
    let mut kept = Memory::default();
    kept.change(Change::Note("b".to_owned(), "theirs".to_owned()));
    let effects = update(&mut model, Msg::Answer(Answer::Opened(Some((kept, None)))));
    assert!(is_kept(&effects), "{effects:?}");
    assert_eq!(model.memory.notes.len(), 2);
}

#[test]
fn a_view_with_a_mistake_leaves_the_filter_as_it_was() {
    let mut model = with_events();
    look_at(&mut model, &View { filter: "status:faild".to_owned(), screen: "nowhere".to_owned(), ..View::default() });
    let picture = picture(&model);
    assert!(picture.contains("The filter of the view cannot be used") && picture.contains("Filter  none"), "{picture}");
}
