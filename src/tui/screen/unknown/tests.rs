use std::sync::Arc;

use super::*;
use crate::analysis::Analysis;
use crate::event::store::Store;
use crate::event::{Entry, Operation, Outcome as How, Place, Provider, Said, Subject};
use crate::tui::data::Events;
use crate::tui::draft::{RuleFile, Stage};
use crate::tui::group::look;
use crate::tui::model::{Model, Size};
use crate::tui::outside::Errand;
use crate::tui::tests::{SIZE, act, analysis, at, library, model_of, picture};
use crate::tui::update::{Effect, Msg, update};

const SHAPE: &str = "invalid value for attribute <NAME>";

/// Ninety events of the first group.
fn store() -> Store {
    let mut store = Store::default();
    for number in 0..90u64 {
        let attribute = ["costCenter", "costCenter", "costCenter", "manager", "employeeType"][number as usize % 5];
        let message = format!("invalid value for attribute '{attribute}'");
        let login = format!("p{}@example.com", number % 31);
        store.push(&Entry {
            time: Some(at("2026-09-05T07:02:00Z") + number as i64 * 600_000_000),
            operation: Operation::Update,
            outcome: How::Failure,
            app: Some("Salesforce"),
            subject: Subject { login: Some(&login), ..Subject::default() },
            said: Said { message: Some(&message), remote: Some(&message), http_status: Some(400), ..Said::default() },
            shape: Some(SHAPE),
            ..Entry::new(
                Place { path: "okta-sept.jsonl", line: number + 1, ..Place::default() },
                Provider::Okta,
                "okta-system-log",
            )
        });
    }
    store
}

fn known() -> Analysis {
    let mut analysis = analysis();
    (analysis.totals.failure, analysis.totals.unknown_failures) = (2_079, 121);
    let example = &mut analysis.unknown[0].examples[0];
    example.message = Some("Error: invalid value for attribute 'costCenter'".to_owned());
    example.remote = Some("invalid value for attribute 'costCenter'".to_owned());
    analysis
}

/// The screen once its work was done, as the desk does it.
fn model(size: Size) -> Model {
    let mut model = model_of(known(), size);
    let events = Arc::new(Events::of(store()));
    update(&mut model, Msg::News(News::Read(Arc::new(known()), events)));
    act(&mut model, &[Action::Tab5]);
    answered(&mut model);
    model
}

/// Does what the page in front waits for.
fn answered(model: &mut Model) {
    // The page has asked; the same question is asked again here.
    let (events, shown) = (model.data.events.clone(), model.data.shown.clone());
    for issue in model.data.analysis.clone().unknown.iter().rev() {
        let group = Group::of(issue).unwrap();
        let question = Question { group: group.clone(), events: events.clone(), shown: shown.clone() };
        let varied = look(&question, &library(), &|| true).unwrap();
        update(model, Msg::News(News::Varied(group, Arc::new(varied))));
    }
}

#[test]
fn groups_and_what_varies_at_80x24() {
    insta::assert_snapshot!("unknown@start@80x24@full", picture(&model(SIZE)));
}

#[test]
fn groups_and_what_varies_at_120x40() {
    insta::assert_snapshot!("unknown@start@120x40@full", picture(&model(Size { columns: 120, rows: 40 })));
}

#[test]
fn groups_where_there_is_little_room() {
    insta::assert_snapshot!("unknown@start@60x20@full", picture(&model(Size { columns: 60, rows: 20 })));
    insta::assert_snapshot!("unknown@start@44x12@full", picture(&model(Size { columns: 44, rows: 12 })));
}

#[test]
fn what_is_not_known_yet_is_asked_once_for_each_group() {
    let mut model = model_of(known(), SIZE);
    let asked =
        |effects: Vec<Effect>| effects.iter().filter(|effect| matches!(effect, Effect::Start(Job::Vary(_)))).count();
    assert_eq!(asked(update(&mut model, Msg::Act(Action::Tab5))), 1);
    assert!(picture(&model).contains("being looked at"));
    assert_eq!(asked(update(&mut model, Msg::Act(Action::Up))), 0);
    assert_eq!(asked(update(&mut model, Msg::Act(Action::Down))), 1);
    assert_eq!(asked(update(&mut model, Msg::Act(Action::Zone))), 0);
}

#[test]
fn what_is_dismissed_stays_counted_and_comes_back() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Dismiss]);
    let hidden = picture(&model);
    assert!(hidden.contains("1 dismissed, hidden (D)") && hidden.contains("121 of 2,079 failures fit no rule (5%)"));
    assert!(!hidden.contains("     90     31"), "{hidden}");
    act(&mut model, &[Action::Dismissed, Action::Last]);
    let shown = picture(&model);
    assert!(shown.lines().any(|line| line.starts_with(" >    90     31")), "{shown}");
    act(&mut model, &[Action::Dismiss]);
    assert!(!picture(&model).contains("dismissed,"));
}

#[test]
fn everything_dismissed_is_not_nothing() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Dismiss, Action::Dismiss]);
    insta::assert_snapshot!("unknown@all-dismissed@80x24@full", picture(&model));
}

#[test]
fn a_good_day_is_an_answer() {
    let mut analysis = known();
    analysis.unknown.clear();
    analysis.totals.unknown_failures = 0;
    let mut model = model_of(analysis, SIZE);
    act(&mut model, &[Action::Tab5]);
    let screen = picture(&model);
    assert!(screen.contains("Rules explain every failure here: all 2,079."), "{screen}");
    assert!(screen.contains(" 2 issues  / filter  ") && !screen.contains("larger"), "{screen}");
}

#[test]
fn a_rule_is_started_from_the_examples_of_the_group() {
    let mut model = model(SIZE);
    let effects = update(&mut model, Msg::Act(Action::NewRule));
    let [Effect::Start(Job::Draft(places, shape))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((places[0].0.as_str(), places[0].1, shape.as_str()), ("logs/okta-sept.jsonl", 8_011_377, SHAPE));
    let file = RuleFile { id: "okta-x".to_owned(), text: String::new(), stage: Stage::Draft };
    let effects = update(&mut model, Msg::News(News::Drafted(file.clone())));
    assert!(matches!(&effects[..], [Effect::Ask(Errand::WriteRule(written))] if *written == file), "{effects:?}");
}

#[test]
fn a_group_is_copied_with_its_counts_and_its_zone() {
    let mut model = model(SIZE);
    let effects = update(&mut model, Msg::Act(Action::Copy));
    let [Effect::Ask(Errand::Copy(text, _))] = &effects[..] else { panic!("{effects:?}") };
    insta::assert_snapshot!(text);
}
