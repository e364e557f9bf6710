use crossterm::event::KeyModifiers;

use super::*;
use crate::rules::Advice;
use crate::tui::model::{Model, Size};
use crate::tui::tests::{SIZE, act, analysis, model_of, picture};
use crate::tui::update::{Effect, Msg, update};

fn model(size: Size) -> Model {
    let mut model = model_of(analysis(), size);
    act(&mut model, &[Action::Tab6]);
    model
}

fn type_text(model: &mut Model, text: &str) {
    for letter in text.chars() {
        update(model, Msg::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)));
    }
}

fn press(model: &mut Model, code: KeyCode) -> Vec<Effect> {
    update(model, Msg::Key(KeyEvent::from(code)))
}

/// The list without the count of built-in rules, which grows.
fn found(size: Size) -> Model {
    let mut model = model(size);
    act(&mut model, &[Action::Filter]);
    type_text(&mut model, "shown-");
    model
}

fn fixed(model: &Model) -> String {
    let all = model.data.library.rules().len();
    let picture = without_folder(model).replace(&format!("of {all} "), "of 404 ");
    picture.replace(&format!("{} built in", all - 4), "400 built in")
}

#[test]
fn rules_while_one_is_looked_for_at_80x24() {
    insta::assert_snapshot!("rules@find@80x24@full", fixed(&found(SIZE)));
}

#[test]
fn rules_at_120x40() {
    insta::assert_snapshot!("rules@find@120x40@full", fixed(&found(Size { columns: 120, rows: 40 })));
}

#[test]
fn rules_where_there_is_little_room() {
    insta::assert_snapshot!("rules@find@60x20@full", fixed(&found(Size { columns: 60, rows: 20 })));
    insta::assert_snapshot!("rules@find@44x12@full", fixed(&found(Size { columns: 44, rows: 12 })));
}

#[test]
fn an_error_message_that_is_pasted_leads_to_the_rules_that_explain_it() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Filter]);
    let message = "Error while deactivating user ana@corp.test: suspend_last_admin";
    update(&mut model, Msg::Paste(message.to_owned()));
    let shown = picture(&model);
    assert!(shown.contains("that explain such an error"), "{shown}");
    let first = shown.lines().find(|line| line.contains('>')).unwrap_or_default();
    assert!(first.contains("Dropbox keeps the last admin"), "{shown}");
    assert!(shown.contains("─ dropbox-last-admin ─"), "{shown}");
    press(&mut model, KeyCode::Enter);
    act(&mut model, &[Action::Open]);
    assert!(picture(&model).contains("Dropbox keeps the last admin of the team"), "{}", picture(&model));
}

#[test]
fn of_each_rule_that_a_message_leads_to_it_is_said_what_has_to_be_true() {
    // Other rules have all of these words, too; they come behind those that explain the message.
    let paste = |size| {
        let mut model = model(size);
        act(&mut model, &[Action::Filter]);
        update(&mut model, Msg::Paste("User already exists".to_owned()));
        model
    };
    for size in [SIZE, Size { columns: 120, rows: 40 }, Size { columns: 60, rows: 20 }] {
        let mut model = paste(size);
        let shown = picture(&model);
        let row = |words: &str| shown.lines().position(|line| line.contains(words));
        assert!(row("Zoom already has").is_some_and(|at| row("Right if").is_some_and(|titles| at > titles)), "{shown}");
        assert!(row("the application is Zoom").is_some_and(|at| row(ITS_WORDS).is_none_or(|by| at < by)), "{shown}");
        // The one that the cursor is on says all of it, here and on its own page.
        press(&mut model, KeyCode::Enter);
        act(&mut model, &[Action::Open]);
        let page = picture(&model);
        assert!(page.contains("Right if       it comes from Entra, and the HTTP status is"), "{page}");
    }
    let mut wide = paste(Size { columns: 120, rows: 40 });
    let okta = "it comes from Okta, and it was about creating the account";
    assert!(picture(&wide).contains(okta), "{}", picture(&wide));
    // What these logs have is more likely the one.
    let mut seen = analysis();
    seen.issues[0].rule = wide.data.library.find("okta-remote-conflict-user-exists");
    wide.data.whole = Arc::new(seen);
    let shown = picture(&wide);
    let first = shown.lines().find(|line| line.starts_with(" >")).unwrap_or_default();
    assert!(first.contains(okta) && first.contains(" 1,012 "), "{shown}");
}

#[test]
fn an_error_that_does_not_say_why_is_told_as_that() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Filter]);
    type_text(&mut model, "HTTP 500 zq");
    assert!(picture(&model).contains("it does not say why"), "{}", picture(&model));
}

#[test]
fn those_seen_here_come_first_and_the_others_by_id() {
    let model = model(SIZE);
    let items = State::default().items(&model.context()).into_iter().map(|item| (item.rule.id.clone(), item.seen));
    let items: Vec<(String, u64)> = items.collect();
    assert_eq!(items[..4].iter().map(|(_, seen)| *seen).collect::<Vec<_>>(), [1_012, 640, 61, 55]);
    assert!(items[4..].iter().all(|(_, seen)| *seen == 0) && items[4..].is_sorted());
}

#[test]
fn typing_finds_and_leaving_the_line_keeps_or_drops_it() {
    let mut model = found(SIZE);
    type_text(&mut model, "rate zq");
    assert!(picture(&model).contains("No rule has these words"));
    press(&mut model, KeyCode::Backspace);
    press(&mut model, KeyCode::Backspace);
    assert!(picture(&model).contains(" 1 of "));
    // Letters are keys again.
    press(&mut model, KeyCode::Enter);
    let effects = press(&mut model, KeyCode::Char('T'));
    assert!(matches!(&effects[..], [Effect::Start(Job::TestRule(id))] if id == "shown-rate-limit"), "{effects:?}");
    press(&mut model, KeyCode::Char('x'));
    assert!(picture(&model).contains("/ to type"));
    press(&mut model, KeyCode::Char('/'));
    update(&mut model, Msg::Paste("licence".to_owned()));
    assert!(picture(&model).contains("licence_"));
    press(&mut model, KeyCode::Esc);
    assert!(picture(&model).contains("/ to type"));
}

#[test]
fn a_rule_in_full() {
    let mut model = found(SIZE);
    press(&mut model, KeyCode::Enter);
    act(&mut model, &[Action::Open, Action::PageDown]);
    insta::assert_snapshot!("rule@end@80x24@full", without_folder(&model));
    act(&mut model, &[Action::First]);
    insta::assert_snapshot!("rule@start@80x24@full", without_folder(&model));
}

/// The folder of the test's own rules has another name each time.
fn without_folder(model: &Model) -> String {
    let picture = picture(model);
    let lines = picture.lines().filter(|line| !line.contains("/tmp/") && !line.starts_with(" /"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn how_the_examples_went_is_said_and_stays() {
    let mut model = found(SIZE);
    press(&mut model, KeyCode::Enter);
    let tested = Tested { id: "shown-login-refused".to_owned(), examples: 1, ..Tested::default() };
    update(&mut model, Msg::News(News::Tested(Arc::new(tested))));
    let picture = picture(&model);
    assert!(picture.contains("1 example and 0 near misses, all as it should be."), "{picture}");
    assert!(picture.contains("yours · critical · its examples pass"), "{picture}");
}

#[test]
fn what_makes_no_sense_is_said() {
    let mut model = found(SIZE);
    press(&mut model, KeyCode::Enter);
    act(&mut model, &[Action::NewRule]);
    assert!(picture(&model).contains("It is a rule of yours already"));
    act(&mut model, &[Action::ClearFilter, Action::Last, Action::Events]);
    assert!(picture(&model).contains("It was not seen in these logs."));
    let effects = update(&mut model, Msg::Act(Action::NewRule));
    assert!(matches!(&effects[..], [Effect::Start(Job::CopyRule(_))]), "{effects:?}");
}

#[test]
fn what_has_no_room_below_the_list_is_said_to_go_on() {
    let mut model = model(SIZE);
    let long = "Open the page of the app and look for the account that is meant, in all of its folders. ".repeat(4);
    let rule = model.data.library.rules()[0].clone();
    let pages = vec![format!("https://example.com/{}", "page/".repeat(20))];
    let advice = Advice { fix: vec![long], sources: pages, ..rule.advice().clone() };
    let rule = rule.advising(advice);
    let item = Item { index: 0, rule: &rule, seen: 0, right_if: None };
    model.size = SIZE;
    let rows = strip(&item, None, STRIP, &model.context());
    let text: Vec<String> =
        rows.iter().map(|row| row.pieces(80).into_iter().map(|piece| piece.text).collect::<String>()).collect();
    assert!(text.iter().any(|row| row.trim_end().ends_with("… (Enter for the full text)")), "{text:#?}");
    assert!(text.iter().any(|row| row.trim_end().ends_with("… (o opens)")), "{text:#?}");
}
