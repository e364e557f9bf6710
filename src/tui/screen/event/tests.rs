//! What one event looks like, and what keys do with its record.

use proptest::prelude::*;
use ratatui::buffer::Buffer;

use super::lines::{Lines, Part};
use super::*;
use crate::tui::look::{ASCII, Colors};
use crate::tui::model::{Model, Size};
use crate::tui::outside::Errand;
use crate::tui::screen::events::tests::{WIDE, filtered, happen, model, press, store};
use crate::tui::tests::{SIZE, library, look, picture};
use crate::tui::tree::tests::any_json;
use crate::tui::update::{Effect, Msg, update};
use crate::tui::view;

const RECORD: &str = r#"{"uuid":"00000005","published":"2026-09-05T18:03:15Z","eventType":"application.provision.user.deactivate","severity":"ERROR","outcome":{"result":"FAILURE","reason":"Automatic provisioning of user tom.berg@example.com to app Salesforce failed: shown-login-refused: {\"scimType\":\"invalidValue\",\"detail\":\"login\"}"},"actor":{"id":"00u1","type":"SystemPrincipal","alternateId":"system@okta.com","displayName":"Okta System, which provisions people to all apps"},"target":[{"type":"AppUser","alternateId":"tom.berg@example.com"},{"type":"AppInstance","displayName":"Salesforce"}],"client":{"userAgent":null,"zone":"null","device":null,"id":null,"ipAddress":"192.0.2.10","geographicalContext":{"city":"Berlin","country":"Germany","state":"Berlin"}},"debugContext":{"debugData":{"authorization":"Bearer abcdef123456789"}}}"#;

/// The page of the event of Tom, once its record came.
fn open(text: &str, size: Size) -> Model {
    let mut model = model(store(), size);
    filtered(&mut model, "status:failed");
    press(&mut model, &[Action::First, Action::Down, Action::Down, Action::Down, Action::Down]);
    let place = asked(&mut model);
    let record = Record { text: text.to_owned(), shortened: false, tree: Tree::default() };
    let record = Arc::new(record.examined(&place, &library()));
    happen(&mut model, Msg::News(News::Record(place, Ok(record))));
    model
}

/// Opens the event under the cursor; which record is asked for.
fn asked(model: &mut Model) -> Place {
    let effects = update(model, Msg::Act(Action::Open));
    let place = effects.into_iter().find_map(|effect| match effect {
        Effect::Start(Job::Record(place)) => Some(place),
        _ => None,
    });
    place.unwrap()
}

fn chosen(model: &Model) -> String {
    picture(model).lines().find(|line| line.starts_with(" >")).unwrap_or_default().to_owned()
}

fn copied(model: &mut Model, action: Action) -> String {
    match update(model, Msg::Act(action)).into_iter().next() {
        Some(Effect::Ask(Errand::Copy(text, _))) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_event_at_every_size() {
    for (columns, rows) in [(80, 24), (120, 40), (60, 20), (44, 12)] {
        let model = open(RECORD, Size { columns, rows });
        insta::assert_snapshot!(format!("event@start@{columns}x{rows}@full"), picture(&model));
    }
}

#[test]
fn an_event_without_colour_and_without_unicode() {
    let mut model = open(RECORD, SIZE);
    model.look = look(&ASCII, Colors::Mono);
    insta::assert_snapshot!("event@start@80x24@ascii", picture(&model));
}

#[test]
fn long_values_are_broken() {
    let mut model = open(RECORD, SIZE);
    press(&mut model, &[Action::Next, Action::Wrap]);
    insta::assert_snapshot!("event@wrapped@80x24@full", picture(&model));
}

#[test]
fn a_record_that_is_not_there_yet_or_any_more() {
    let mut model = model(store(), SIZE);
    press(&mut model, &[Action::First]);
    let place = asked(&mut model);
    insta::assert_snapshot!("event@reading@80x24@full", picture(&model));
    let why = "okta-sept.jsonl has changed: another record is at this place now. Read the inputs again (R).";
    // What is said of another record is not heard.
    let other = Place { offset: 7, ..place.clone() };
    happen(&mut model, Msg::News(News::Record(other, Err("something else".to_owned()))));
    assert!(picture(&model).contains("Reading the record."));
    happen(&mut model, Msg::News(News::Record(place, Err(why.to_owned()))));
    insta::assert_snapshot!("event@gone@80x24@full", picture(&model));
}

#[test]
fn a_record_that_is_no_json_is_shown_line_by_line() {
    let model = open("2026-09-05 18:03:15 ERROR shown-login-refused\n  at line 2", SIZE);
    let picture = picture(&model);
    assert!(picture.contains(" > 2026-09-05 18:03:15 ERROR") && picture.contains("     at line 2"), "{picture}");
    // What a rule went by is found in a text as well.
    let text = "The provisioning service was forbidden from performing an operation on Azure Active Directory, which is \
                unusual. StatusCode: Forbidden";
    let place = Place::default();
    let record = Record { text: text.to_owned(), shortened: false, tree: Tree::default() };
    let record = record.examined(&place, &library());
    assert!(record.tree.nodes.iter().any(|node| node.is_matched), "{:?}", record.tree);
}

#[test]
fn keys_lead_to_what_made_the_rule_match() {
    let mut model = open(RECORD, SIZE);
    press(&mut model, &[Action::Down, Action::Next]);
    assert!(chosen(&model).contains("reason:") && chosen(&model).contains("◄ matched"), "{}", picture(&model));
    // Also where it is folded away.
    press(&mut model, &[Action::Left, Action::Left, Action::Left]);
    assert!(chosen(&model).contains("▸ outcome:"), "{}", picture(&model));
    press(&mut model, &[Action::Previous]);
    assert!(chosen(&model).contains("reason:"), "{}", picture(&model));
}

#[test]
fn values_are_folded_and_the_cursor_stays_on_them() {
    let mut model = open(RECORD, WIDE);
    press(&mut model, &[Action::Next, Action::Left]);
    assert!(chosen(&model).contains("▸ reason:"), "{}", picture(&model));
    press(&mut model, &[Action::Right, Action::Right]);
    assert!(chosen(&model).contains("scimType:"), "{}", picture(&model));
    press(&mut model, &[Action::First, Action::Tick]);
    assert!(chosen(&model).contains("▸ { 9 }"), "{}", picture(&model));
    press(&mut model, &[Action::Tick]);
    assert!(chosen(&model).contains("▾ {"), "{}", picture(&model));
}

#[test]
fn values_records_and_paths_are_copied_without_secrets() {
    let mut model = open(RECORD, WIDE);
    press(&mut model, &[Action::Down]);
    assert_eq!(copied(&mut model, Action::Copy), "00000005");
    assert_eq!(copied(&mut model, Action::CopyPath), "uuid");
    let record: serde_json::Value = serde_json::from_str(&copied(&mut model, Action::CopyAll)).unwrap();
    assert_eq!(record["target"][1]["displayName"], "Salesforce");
    assert_eq!(record["debugContext"]["debugData"]["authorization"], "Bearer ‹secret›");
    assert!(picture(&model).contains("hidden: 1 field") && !picture(&model).contains("abcdef"));
}

#[test]
fn a_value_is_kept_if_filters_can_ask_for_it() {
    let mut model = open(RECORD, WIDE);
    press(&mut model, &[Action::Down, Action::Keep]);
    assert_eq!(model.filtering.text, "status:failed id:=00000005");
    assert!(picture(&model).contains("event 1 of 1"), "{}", picture(&model));
    press(&mut model, &[Action::Back, Action::Down, Action::Keep]);
    assert_eq!(model.filtering.text, "status:failed");
    assert!(picture(&model).contains("cannot be filtered by this value"), "{}", picture(&model));
}

#[test]
fn a_list_of_very_many_is_folded_at_once() {
    let text = format!("[{}{{}}]", "{\"a\":{\"b\":1}},".repeat(30_000));
    let tree = Tree::of(&text, &crate::rules::Trace::default());
    let lines = Lines::of(&tree, 80, 15);
    // The brackets, and a line for each.
    assert_eq!(lines.count(), 30_001 + 2);
}

#[test]
fn hostile_records_cannot_steer_the_terminal() {
    let hostile = "{\"a\\u001b]0;x\\u0007\":\"\\u001b[31m\\u202e\\r\\n\",\"b\":\"{\\\"c\\\":\\\"\\u200b\\\"}\"}";
    for text in [
        hostile.to_owned(),
        "x\u{1b}[2J\u{9b}31m\u{202e}\n\u{200b}".to_owned(),
        format!("{{\"a\":\"{}\"}}", "w".repeat(1 << 20)),
    ] {
        let mut model = open(&text, SIZE);
        for action in [Action::Wrap, Action::Last, Action::PageUp, Action::Wrap] {
            press(&mut model, &[action]);
            let mut buffer = Buffer::empty(view::area(SIZE));
            view::draw(&model, &mut buffer);
            for cell in buffer.content() {
                let harmless =
                    |c: char| !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
                assert!(cell.symbol().chars().all(harmless), "{:?}", cell.symbol());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_folded_the_cursor_is_on_a_line(
        value in any_json(),
        keys in prop::collection::vec(0usize..12, 0..60),
        columns in 20usize..140,
        page in 1usize..30,
    ) {
        const KEYS: [Action; 12] = [
            Action::Up, Action::Down, Action::Left, Action::Right, Action::Tick, Action::Wrap, Action::Next,
            Action::Previous, Action::PageDown, Action::PageUp, Action::First, Action::Last,
        ];
        let tree = Tree::of(&value.to_string(), &crate::rules::Trace::default());
        let mut lines = Lines::of(&tree, columns, page);
        for key in keys {
            lines.handle(KEYS[key], &tree, columns, page);
            prop_assert!(lines.cursor.at < lines.count());
            let visible = lines.cursor.visible(lines.count(), page);
            prop_assert!(visible.contains(&lines.cursor.at));
            prop_assert!(lines.node() < tree.nodes.len());
        }
        // Each value that is not folded away has a line of its own, and each bracket closes.
        let whole = |at: usize| (0..lines.count()).filter_map(|line| lines.get(line)).filter(|line| line.node == at)
            .filter(|line| matches!(line.part, Part::Whole | Part::First(_))).count();
        let mut at = 0;
        while at < tree.nodes.len() {
            prop_assert_eq!(whole(at), 1);
            at = if lines.is_folded(at) { tree.nodes[at].end } else { at + 1 };
        }
    }
}
