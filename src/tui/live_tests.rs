//! What the screen does while files are followed.

use std::sync::Arc;

use super::data::{Events, Live};
use super::jobs::{Job, News};
use super::keymap::Action;
use super::memory::Memory;
use super::model::{Model, Size};
use super::screen::events::tests::{WIDE, happen, press};
use super::tests::{SIZE, analysis, at, model_of, picture};
use super::update::{Effect, Msg, update};
use crate::analysis::{Analysis, InputAccount};
use crate::error::{Problem, ProblemKind};
use crate::event::store::Store;
use crate::event::{Entry, Place, Provider, Subject};
use crate::rules::Library;

/// So many events, one a minute.
fn events(count: u32) -> News {
    let mut store = Store::default();
    for number in 0..count {
        let login = format!("p{number}@example.com");
        let place = Place { path: "a.json", offset: u64::from(number) * 100, ..Place::default() };
        store.push(&Entry {
            time: Some(at("2026-09-05T07:02:00Z") + i64::from(number) * 60_000_000),
            subject: Subject { login: Some(&login), ..Subject::default() },
            ..Entry::new(place, Provider::Okta, "okta-system-log")
        });
    }
    News::EventsSoFar(Arc::new(Events::of(store)))
}

fn followed() -> Analysis {
    let input = InputAccount { followed: true, events: 20, records: 20, ..InputAccount::default() };
    let inputs = vec![
        InputAccount { name: "logs/okta-sept.jsonl".to_owned(), ..input.clone() },
        InputAccount { name: "logs/old.csv".to_owned(), followed: false, ..input },
    ];
    Analysis { inputs, ..analysis() }
}

fn following(size: Size) -> Model {
    let mut model = model_of(followed(), size);
    for news in [events(20), News::Live(Live { records: 4, failed: 1 })] {
        happen(&mut model, Msg::News(news));
    }
    press(&mut model, &[Action::Tab3]);
    model
}

fn comes(model: &mut Model, count: u32) {
    happen(model, Msg::News(events(count)));
}

/// The rows of the list and which of them is chosen.
fn list(model: &Model) -> Vec<String> {
    picture(model).lines().skip(4).take(16).map(str::to_owned).collect()
}

#[test]
fn the_list_stands_still_and_says_what_came_where_the_cursor_is_elsewhere() {
    let mut model = following(SIZE);
    press(&mut model, &[Action::Up, Action::Up]);
    let before = list(&model);
    comes(&mut model, 23);
    assert_eq!(list(&model), before);
    insta::assert_snapshot!("events@new@80x24@full", picture(&model));
    comes(&mut model, 24);
    assert!(picture(&model).contains("4 new below · End"));
    press(&mut model, &[Action::Last]);
    assert!(picture(&model).contains("event 24 of 24") && !picture(&model).contains("new below"));
    // From there on it goes along.
    comes(&mut model, 30);
    assert!(picture(&model).contains("event 30 of 30") && !picture(&model).contains("new below"));
}

#[test]
fn it_is_said_that_the_oldest_events_are_counted_only() {
    let mut store = Store::default();
    for number in 0..40 {
        store.push(&Entry { time: Some(number), ..Entry::new(Place::default(), Provider::Okta, "okta-system-log") });
    }
    store.keep_newer_half();
    let mut model = model_of(followed(), SIZE);
    happen(&mut model, Msg::News(News::Read(Arc::new(followed()), Arc::new(Events::of(store)))));
    let shown = picture(&model);
    assert!(shown.contains("oldest 20: counts only") && shown.contains("showing the newest 20"), "{shown}");
    press(&mut model, &[Action::Tab7]);
    assert!(picture(&model).contains("the oldest 20 events are counted only"), "{}", picture(&model));
}

#[test]
fn what_is_new_is_above_where_the_newest_comes_first() {
    let mut model = following(SIZE);
    press(&mut model, &[Action::Reverse, Action::First]);
    comes(&mut model, 22);
    assert!(picture(&model).contains("event 1 of 22"));
    press(&mut model, &[Action::Down]);
    comes(&mut model, 25);
    assert!(picture(&model).contains("3 new above · Home"), "{}", picture(&model));
    press(&mut model, &[Action::First]);
    assert!(picture(&model).contains("event 1 of 25") && !picture(&model).contains("new above"));
    // In another order there is no place for what is new.
    press(&mut model, &[Action::Left, Action::Left, Action::Sort]);
    comes(&mut model, 27);
    assert!(picture(&model).contains("2 new   event"), "{}", picture(&model));
}

#[test]
fn nothing_is_new_as_long_as_the_files_are_read() {
    let mut model = model_of(followed(), SIZE);
    happen(&mut model, Msg::News(events(20)));
    press(&mut model, &[Action::Tab3, Action::Up, Action::Up]);
    comes(&mut model, 40);
    happen(&mut model, Msg::News(News::Live(Live::default())));
    assert!(!picture(&model).contains("new below"));
    comes(&mut model, 41);
    assert!(picture(&model).contains("1 new below"));
}

#[test]
fn what_is_held_back_is_shown_later() {
    let mut model = following(SIZE);
    press(&mut model, &[Action::Tab7]);
    insta::assert_snapshot!("inputs@live@80x24@full", inputs(&model));
    press(&mut model, &[Action::Tick]);
    comes(&mut model, 25);
    assert!(picture(&model).contains("PAUSED, 5 new") && picture(&model).contains("Since the pause: 5 events."));
    press(&mut model, &[Action::Tab3]);
    assert!(picture(&model).contains("event 20 of 20"));
    let mut more = followed();
    more.totals.events = 20_025;
    happen(&mut model, Msg::News(News::SoFar(Arc::new(more))));
    assert!(picture(&model).contains("20,000 events"));
    press(&mut model, &[Action::Last]);
    let shown = picture(&model);
    assert!(shown.contains("event 25 of 25") && shown.contains("20,025 events") && shown.contains("LIVE"), "{shown}");
    // Once nothing is followed any more, nothing is held back.
    press(&mut model, &[Action::Pause]);
    let News::EventsSoFar(all) = events(30) else { unreachable!() };
    happen(&mut model, Msg::News(News::Read(Arc::new(followed()), all)));
    model.toast = None;
    let shown = picture(&model);
    assert!(shown.contains("event 30 of 30") && !shown.contains("PAUSED"), "{shown}");
    press(&mut model, &[Action::Pause]);
    assert!(picture(&model).contains("No file is followed."));
}

/// The count of built-in rules grows.
fn inputs(model: &Model) -> String {
    let all = model.data.library.rules().len();
    picture(model).replace(&format!("{all} known issues ({} built in", all - 4), "404 known issues (400 built in")
}

#[test]
fn a_wide_screen_says_it_beside_the_list() {
    let mut model = following(WIDE);
    press(&mut model, &[Action::Up]);
    comes(&mut model, 21);
    assert!(picture(&model).contains("1 new below · End   event 19 of 21"), "{}", picture(&model));
}

#[test]
fn what_is_said_of_the_events_that_pass_is_found_again_now_and_then() {
    let mut model = following(SIZE);
    super::update::look_at(
        &mut model,
        &super::saved::View { filter: "user:p1".to_owned(), screen: "events".to_owned(), ..Default::default() },
    );
    let asks = |model: &mut Model| {
        let effects: Vec<Effect> =
            (0..60).flat_map(|_| update(model, Msg::News(News::Live(Live { records: 1, failed: 0 })))).collect();
        effects.iter().filter(|effect| matches!(effect, Effect::Start(Job::Narrow(narrow)) if narrow.analyse)).count()
    };
    // What was asked for first is not there yet.
    assert_eq!(asks(&mut model), 0);
    update(&mut model, Msg::News(News::Analysed("user:p1".to_owned(), Arc::new(followed()))));
    assert_eq!(asks(&mut model), 0);
    let mut more = followed();
    more.totals.records += 1;
    update(&mut model, Msg::News(News::SoFar(Arc::new(more))));
    assert_eq!(asks(&mut model), 1);
    // New rows are found while that is being found out, and do not end it.
    let effects = update(&mut model, Msg::News(events(22)));
    assert!(matches!(&effects[..], [Effect::Start(Job::Narrow(narrow))] if !narrow.analyse), "{effects:?}");
}

#[test]
fn other_rules_leave_nothing_on_screen_that_names_the_old_ones() {
    let mut model = model_of(analysis(), SIZE);
    press(&mut model, &[Action::Open, Action::Events]);
    assert_eq!(model.stack().len(), 3);
    let (library, _) = Library::load(&[]);
    happen(&mut model, Msg::News(News::Rules(Arc::new(library), Arc::default())));
    assert_eq!((model.stack().len(), model.data.whole.issues.len()), (1, 0));
    assert!(picture(&model).contains("Your rules have changed"));
    assert_eq!(*model.memory(), Memory { filters: model.memory().filters.clone(), ..Memory::default() });
}

/// The same analysis with something else about the file that is followed.
fn changed(change: impl FnOnce(&mut InputAccount)) -> Msg {
    let mut analysis = followed();
    change(&mut analysis.inputs[0]);
    Msg::News(News::SoFar(Arc::new(analysis)))
}

#[test]
fn that_a_file_is_gone_is_said_once_and_on_its_screen() {
    let mut model = following(SIZE);
    press(&mut model, &[Action::Tab7]);
    happen(&mut model, changed(|input| input.gone = true));
    let shown = picture(&model);
    assert!(shown.contains("okta-sept.jsonl is not there any more. What was read is kept;"), "{shown}");
    for words in ["1 file is not there any more", "▲ gone ", "It is looked for all the time"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    model.toast = None;
    happen(&mut model, changed(|input| input.gone = true));
    assert_eq!(model.toast, None);
    happen(&mut model, changed(|_| {}));
    assert!(picture(&model).contains("● live "), "{}", picture(&model));
}

#[test]
fn that_a_file_became_another_one_is_said() {
    let mut model = following(SIZE);
    let problem =
        |detail: &str, lost| Problem { line: 3, offset: 9, kind: ProblemKind::Limit, detail: detail.into(), lost };
    happen(&mut model, changed(|input| input.problems.push(problem("okta-sept.jsonl became shorter", false))));
    assert_eq!(model.toast.as_deref(), Some("okta-sept.jsonl became shorter."));
    // Of single records that cannot be read, the screen of inputs tells.
    model.toast = None;
    happen(
        &mut model,
        changed(|input| {
            input.problems.push(problem("okta-sept.jsonl became shorter", false));
            input.problems.push(problem("the record is too long", true));
        }),
    );
    assert_eq!(model.toast, None);
}
