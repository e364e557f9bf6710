//! What keys and the mouse do on the first screen.

use crossterm::event::{KeyCode, KeyEvent};

use super::*;
use crate::tui::jobs::Job;
use crate::tui::jobs::sheet::Listed;
use crate::tui::update::Effect;

#[test]
fn without_colours_every_role_that_matters_still_looks_different() {
    use ratatui::style::{Color, Modifier};
    for size in [SIZE, LARGE] {
        let mut model = overview(busy(), size);
        model.look = look(&FULL, Colors::Mono);
        let mut buffer = ratatui::buffer::Buffer::empty(view::area(size));
        view::draw(&model, &mut buffer);
        let colors = |color: Color| color != Color::Reset;
        assert!(buffer.content().iter().all(|cell| !colors(cell.fg) && !colors(cell.bg)));
        let word = |word: &str| {
            let text: Vec<&str> = buffer.content().iter().map(|cell| cell.symbol()).collect();
            let at = (0..text.len()).find(|at| text[*at..].concat().starts_with(word)).unwrap();
            buffer.content()[at].modifier
        };
        assert!(word("QUIET").contains(Modifier::BOLD));
        assert!(word("DEGRADED").contains(Modifier::UNDERLINED));
        assert!(word("FAILING").contains(Modifier::REVERSED));
    }
}

#[test]
fn enter_on_an_app_shows_its_issues_and_back_leads_to_the_same_row() {
    let mut model = overview(busy(), SIZE);
    act(&mut model, &[Action::Down]);
    let before = picture(&model);
    act(&mut model, &[Action::Open]);
    assert_eq!(model.filtering.text, "app:=GitHub");
    assert!(picture(&model).starts_with(" Overview > Issues"), "{}", picture(&model));
    act(&mut model, &[Action::Back]);
    assert_eq!(picture(&model), before);
}

#[test]
fn tab_leads_to_the_issues_and_enter_opens_one() {
    let mut model = overview(busy(), SIZE);
    act(&mut model, &[Action::NextPart, Action::Open]);
    assert!(picture(&model).starts_with(" Overview > App no longer accepts the login"));
    act(&mut model, &[Action::Back, Action::Last]);
    assert!(picture(&model).contains(" > + 2 errors that no rule describes yet"));
    act(&mut model, &[Action::Open]);
    assert!(picture(&model).contains("5[Unknown]"));
}

#[test]
fn the_events_of_what_the_cursor_is_on_are_shown_from_every_part() {
    let shown = |before: &[Action]| {
        let mut model = overview(busy(), SIZE);
        act(&mut model, before);
        act(&mut model, &[Action::Events]);
        let screen = picture(&model);
        assert!(screen.starts_with(" Overview > Events"), "{screen}");
        model.filtering.text
    };
    assert_eq!(shown(&[Action::Down]), "app:=GitHub");
    let of_issue = shown(&[Action::NextPart]);
    assert!(of_issue.starts_with("issue:=") && of_issue.ends_with(" app:=Salesforce"), "{of_issue}");
    assert_eq!(shown(&[Action::NextPart, Action::Last]), "issue:unknown");
    assert!(shown(&[Action::PreviousPart]).contains("after:"));
}

#[test]
fn the_issues_are_saved_as_they_are_from_their_own_screen() {
    // Wherever the cursor is.
    for before in [&[][..], &[Action::NextPart], &[Action::PreviousPart]] {
        let mut model = overview(busy(), SIZE);
        act(&mut model, before);
        act(&mut model, &[Action::Export]);
        assert!(picture(&model).contains("Save the issues"), "{}", picture(&model));
        act(&mut model, &[Action::Open]);
        let effects = update(&mut model, Msg::Key(KeyEvent::from(KeyCode::Enter)));
        let [Effect::Start(Job::Save(sheet))] = &effects[..] else { panic!("{effects:?}") };
        let Listed::Issues(places) = &sheet.listed else { panic!("{sheet:?}") };
        let all = busy().issues.len() + busy().unknown.len();
        assert_eq!(places.len(), all, "{places:?}");
    }
    let mut good = busy();
    (good.issues, good.unknown) = (Vec::new(), Vec::new());
    let mut model = overview(good, SIZE);
    act(&mut model, &[Action::Export]);
    assert!(picture(&model).contains("There are no issues to save."), "{}", picture(&model));
}

#[test]
fn before_anything_was_read_nothing_is_said_of_it() {
    let look = look(&FULL, Colors::Neutral);
    let model = Model::new(library(), Default::default(), look, SIZE);
    let shown = picture(&model);
    assert!(shown.contains("Reading") && !shown.contains("Nothing") && !shown.contains("No failures"), "{shown}");
}

#[test]
fn most_failures_of_unknown_kinds_come_first() {
    let mut strange = busy();
    (strange.totals.known_failures, strange.totals.unknown_failures) = (790, 1_289);
    let shown = picture(&overview(strange, SIZE));
    let verdict = shown.lines().nth(3).unwrap();
    assert!(verdict.starts_with(" 62% of 2,079 failures are of kinds this library does not know."), "{verdict}");
}

#[test]
fn many_apps_scroll_and_the_heading_says_which() {
    let mut many = busy();
    for number in 0..40 {
        many.apps.push(app(&format!("App {number:02}"), (0, 30, 0), END, true));
    }
    let mut model = overview(many, SIZE);
    act(&mut model, &[Action::Last]);
    let shown = picture(&model);
    assert!(shown.contains("of 45 ─") && shown.contains(" > ● HEALTHY   App 39"), "{shown}");
}

#[test]
fn somebody_can_be_looked_up_by_name() {
    let mut model = overview(busy(), SIZE);
    act(&mut model, &[Action::Person]);
    update(&mut model, Msg::Paste("tom.berg".to_owned()));
    assert!(picture(&model).contains("Whose story?"));
    update(&mut model, Msg::Key(crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Enter)));
    assert!(picture(&model).starts_with(" Overview > tom.berg"));
}

#[test]
fn the_sums_are_made_once_for_an_analysis() {
    let state = crate::tui::screen::overview::State::default();
    let model = overview(busy(), SIZE);
    let context = model.context();
    assert!(std::rc::Rc::ptr_eq(&state.failures(&context), &state.failures(&context)));
}

#[test]
fn a_click_chooses_what_is_there_and_a_second_one_opens_it() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let click = |model: &mut Model, word: &str, down: u16| {
        let shown = picture(model);
        let (row, line) = shown.lines().enumerate().find(|(_, line)| line.contains(word)).unwrap();
        let column = line[..line.find(word).unwrap()].chars().count() as u16;
        let kind = MouseEventKind::Down(MouseButton::Left);
        let row = row as u16 + down;
        update(model, Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    };
    for size in [SIZE, LARGE] {
        let mut model = overview(busy(), size);
        click(&mut model, "DEGRADED", 0);
        assert!(picture(&model).contains(" > ▲ DEGRADED"));
        click(&mut model, "App is limiting", 0);
        assert!(!picture(&model).contains(" > ▲ DEGRADED"));
        click(&mut model, "App is limiting", 0);
        assert!(picture(&model).starts_with(" Overview > App is limiting requests"), "{}", picture(&model));
        act(&mut model, &[Action::Back]);
        // The row below the title of the chart, where the highest bar is.
        click(&mut model, "█", 0);
        assert!(picture(&model).contains("3 Sep 16:00 - 1"), "{}", picture(&model));
        click(&mut model, "█", 0);
        assert!(model.filtering.text.starts_with("after:2026-09-03T16:00+02 "), "{}", model.filtering.text);
    }
    let mut model = overview(busy(), LARGE);
    click(&mut model, "<ID> violates", 0);
    click(&mut model, "<ID> violates", 0);
    assert!(picture(&model).starts_with(" Overview > <ID> violates"), "{}", picture(&model));
}

#[test]
fn a_bundle_is_made_of_the_issue_that_the_cursor_is_on() {
    let mut model = overview(busy(), SIZE);
    assert!(!picture(&model).contains("b bundle"));
    act(&mut model, &[Action::NextPart]);
    assert!(picture(&model).contains(" Enter open  v events  b bundle  / filter"), "{}", picture(&model));
    act(&mut model, &[Action::Bundle]);
    assert!(picture(&model).contains("> Bundle"), "{}", picture(&model));
    // What no rule describes is no single issue.
    act(&mut model, &[Action::Back, Action::Last]);
    assert!(!picture(&model).contains("b bundle"), "{}", picture(&model));
}
