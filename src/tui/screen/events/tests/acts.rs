//! What keys and the mouse do with the list.

use super::*;
use crate::event::Provider;
use crate::event::store::Scratch;
use crate::tui::outside::Errand;

#[test]
fn what_is_asked_for_without_anything_near_it_has_no_suggestion() {
    let mut model = model(store(), SIZE);
    filtered(&mut model, "app:zzzzzzzz");
    let picture = picture(&model);
    assert!(picture.contains("No app called \"zzzzzzzz\" is in these logs.") && !picture.contains("Did you mean"));
    assert!(picture.contains("14 events would show"), "{picture}");
}

#[test]
fn there_is_a_sentence_where_there_are_no_events() {
    let empty = model(Store::default(), SIZE);
    assert!(picture(&empty).contains("hold no provisioning events"));
}

#[test]
fn ticking_a_box_changes_the_text_of_the_filter() {
    let mut model = model(store(), WIDE);
    press(&mut model, &[Action::NextPart, Action::Tick]);
    assert_eq!(filter_of(&model), "status:failed");
    press(&mut model, &[Action::Down, Action::Tick]);
    assert_eq!(filter_of(&model), "status:failed,ok");
    press(&mut model, &[Action::Up, Action::Tick]);
    assert_eq!(filter_of(&model), "status:ok");
    press(&mut model, &[Action::Down, Action::Tick]);
    assert_eq!(filter_of(&model), "");
}

#[test]
fn a_cell_is_kept_or_dropped() {
    for (moves, kept) in [
        (0, "issue:shown-login-refused"),
        (1, "app:=Salesforce"),
        (2, "user:=tom.berg@example.com"),
        (3, "action:deactivate"),
        (4, "status:failed"),
        (5, "on:2026-09-05"),
    ] {
        for (action, wanted) in [(Action::Keep, kept.to_owned()), (Action::Drop, format!("-{kept}"))] {
            let mut model = model(store(), SIZE);
            press(&mut model, &[Action::First, Action::Down, Action::Down, Action::Down, Action::Down, Action::Down]);
            press(&mut model, &vec![Action::Left; moves]);
            press(&mut model, &[action]);
            assert_eq!(filter_of(&model), wanted);
        }
    }
}

#[test]
fn an_event_is_shown_among_all_others_and_back_restores_the_filter() {
    let mut model = model(store(), SIZE);
    filtered(&mut model, "status:failed app:=Slack");
    press(&mut model, &[Action::First]);
    let before = picture(&model);
    press(&mut model, &[Action::InContext]);
    assert_eq!(filter_of(&model), "");
    assert!(chosen(&model).contains("ana.lopez"), "{}", picture(&model));
    assert!(picture(&model).contains("event 4 of 14"));
    press(&mut model, &[Action::Down, Action::Back]);
    assert_eq!(filter_of(&model), "status:failed app:=Slack");
    assert_eq!(picture(&model), before);
}

#[test]
fn the_cursor_stays_on_its_event_in_every_order() {
    let mut model = model(store(), SIZE);
    press(&mut model, &[Action::First, Action::Down, Action::Down]);
    assert!(chosen(&model).contains("li.wei"));
    for _ in 0..6 {
        press(&mut model, &[Action::Sort]);
        assert!(chosen(&model).contains("li.wei"), "{}", picture(&model));
        press(&mut model, &[Action::Reverse]);
        assert!(chosen(&model).contains("li.wei"), "{}", picture(&model));
        press(&mut model, &[Action::Left]);
    }
}

#[test]
fn the_newest_event_is_an_event_like_others_once_the_list_is_sorted() {
    let mut model = model(store(), SIZE);
    assert!(chosen(&model).contains("21:03:01"));
    press(&mut model, &[Action::Left, Action::Sort]);
    assert!(chosen(&model).contains("21:03:01"), "{}", picture(&model));
    press(&mut model, &[Action::Sort, Action::Reverse]);
    assert!(chosen(&model).contains("21:03:01") && picture(&model).contains("event 1 of 14"), "{}", picture(&model));
}

#[test]
fn a_list_is_in_the_order_that_is_asked_for() {
    let mut model = model(store(), SIZE);
    // The column beside the one that the cursor is on at first.
    press(&mut model, &[Action::First, Action::Left, Action::Sort]);
    let apps = |model: &Model| -> Vec<String> {
        picture(model)
            .lines()
            .skip(4)
            .take(14)
            .filter_map(|line| ["Box", "GitHub", "Salesforce", "Slack"].iter().find(|app| line.contains(**app)))
            .map(|app| (*app).to_owned())
            .collect()
    };
    let mut sorted = apps(&model);
    assert_eq!(sorted.len(), 14);
    assert!(sorted.is_sorted(), "{sorted:?}");
    press(&mut model, &[Action::Reverse]);
    sorted.reverse();
    assert_eq!(apps(&model), sorted);
    press(&mut model, &[Action::Reverse, Action::Sort, Action::First]);
    assert!(chosen(&model).contains("19:40:02"), "{}", picture(&model));
}

#[test]
fn while_it_is_sorted_the_list_can_be_used() {
    let mut model = model(store(), SIZE);
    press(&mut model, &[Action::First, Action::Left]);
    let before = picture(&model);
    let effects = update(&mut model, Msg::Act(Action::Sort));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Start(Job::Sort(_)))));
    assert_eq!(picture(&model), before);
    // Asked for once, not after everything that happens.
    assert!(update(&mut model, Msg::Act(Action::Down)).is_empty());
    assert!(chosen(&model).contains("raj.patel"));
}

#[test]
fn both_times_are_typed() {
    let mut model = model(store(), SIZE);
    let ask = [Action::TimeRange, Action::Last, Action::Up, Action::Open];
    press(&mut model, &ask);
    assert!(picture(&model).contains("From - to  1 Sep 08:00 - 6 Sep 01:35"), "{}", picture(&model));
    answer(&mut model, "5 Sep 20:00 - 5 Sep 20:10");
    assert_eq!(filter_of(&model), "after:\"5 Sep 20:00:00\" before:\"5 Sep 20:10:00\"");
    assert!(picture(&model).contains("showing 5"), "{}", picture(&model));
    press(&mut model, &ask);
    answer(&mut model, "yesterdayish - ");
    assert!(picture(&model).contains("is no time"), "{}", picture(&model));
}

#[test]
fn other_columns_are_shown() {
    let mut model = model(store(), WIDE);
    press(&mut model, &[Action::First, Action::Columns, Action::Last, Action::Tick, Action::Back]);
    let picture = picture(&model);
    assert!(picture.contains("File and line") && picture.contains("okta-sept.jsonl lin…"), "{picture}");
    press(&mut model, &[Action::Columns, Action::First, Action::Tick, Action::Back]);
    assert!(!crate::tui::tests::picture(&model).contains("   Time"));
}

#[test]
fn what_is_marked_can_be_seen_and_listed() {
    let mut model = model(store(), SIZE);
    press(&mut model, &[Action::Marks]);
    assert!(picture(&model).contains("Nothing is marked yet. m marks an event."));
    press(&mut model, &[Action::First, Action::Down, Action::Mark, Action::Marks]);
    assert_eq!(filter_of(&model), "is:marked");
    assert!(chosen(&model).starts_with(" >•5 Sep 19:44:31"), "{}", picture(&model));
    assert!(picture(&model).contains("showing 1"));
}

#[test]
fn only_visible_rows_are_built() {
    for (size, rows) in [(SIZE, 16), (WIDE, 23)] {
        let mut many = Store::default();
        let entries = store();
        let mut scratch = Scratch::default();
        for number in 0..10_000u32 {
            many.push(&entries.row(number % entries.len()).unwrap().entry(&mut scratch));
        }
        let mut model = model(many, size);
        press(&mut model, &[Action::PageUp, Action::PageUp]);
        BUILT.with(|built| built.set(0));
        view::rows(&model);
        assert_eq!(BUILT.with(std::cell::Cell::get), rows);
    }
}

#[test]
fn names_of_other_domains_are_whole() {
    let mut mixed = store();
    mixed.push(&Entry {
        time: Some(at("2026-09-05T20:00:00Z")),
        subject: Subject { login: Some("x@partner.example"), ..Subject::default() },
        ..Entry::new(Place::default(), Provider::Okta, "okta-system-log")
    });
    let model = model(mixed, SIZE);
    let picture = picture(&model);
    assert!(picture.contains("@example.com left out of names") && picture.contains("raj.patel  "), "{picture}");
    assert!(picture.contains("x@partner."), "{picture}");
}

#[test]
fn a_row_is_copied_and_secrets_are_not() {
    let mut secret = Store::default();
    secret.push(&Entry {
        time: Some(at("2026-09-05T20:00:00Z")),
        outcome: How::Failure,
        subject: Subject { login: Some("a\u{1b}]0;x\u{7}b"), ..Subject::default() },
        said: Said { message: Some("Bearer abcdef123456 was refused"), ..Said::default() },
        ..Entry::new(Place::default(), Provider::Okta, "okta-system-log")
    });
    let mut model = model(secret, WIDE);
    let effects = update(&mut model, Msg::Act(Action::Copy));
    let Some(Effect::Ask(Errand::Copy(text, _))) = effects.first() else { panic!("{effects:?}") };
    assert!(text.contains("2026-09-05 22:00:00") && text.contains("a␛]0;x␇b"), "{text}");
    assert!(text.contains("Bearer ‹secret› was refused") && !text.contains("abcdef"), "{text}");
    let picture = picture(&model);
    assert!(!picture.contains(['\u{1b}', '\u{7}']) && !picture.contains("abcdef"), "{picture}");
}

#[test]
fn a_click_chooses_and_a_second_one_opens() {
    let mut model = model(store(), SIZE);
    let click = |model: &mut Model, row: u16, column: u16| {
        use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
        let kind = MouseEventKind::Down(MouseButton::Left);
        happen(model, Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    };
    click(&mut model, 6, 30);
    assert!(chosen(&model).contains("li.wei"), "{}", picture(&model));
    assert_eq!(model.stack().len(), 1);
    click(&mut model, 6, 30);
    assert_eq!(model.stack().len(), 2);
    press(&mut model, &[Action::Back]);
    // A title sorts.
    click(&mut model, 3, 20);
    assert!(picture(&model).contains("Resul↓"), "{}", picture(&model));
}

#[test]
fn a_row_leads_to_its_issue_and_its_person() {
    let mut model = model(store(), SIZE);
    press(&mut model, &[Action::First, Action::Issue]);
    assert!(picture(&model).contains("Events > App no longer accepts the login"), "{}", picture(&model));
    press(&mut model, &[Action::Back, Action::Person]);
    assert_eq!(model.stack().len(), 2);
    // Whatever leads where, nothing is more than four deep, and back leads to the first screen.
    for _ in 0..6 {
        press(&mut model, &[Action::Back, Action::Issue, Action::Events, Action::InContext, Action::Open]);
        assert!(model.stack().len() <= 4);
    }
    press(&mut model, &[Action::Back; 4]);
    assert_eq!(model.stack().len(), 1);
    assert_eq!(filter_of(&model), "");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_at_any_size_give_a_whole_screen(
        sizes in prop::collection::vec((1usize..=200, 1usize..=60), 1..6),
        actions in prop::collection::vec(0..ACTIONS.len(), 0..120),
    ) {
        let mut model = model(store(), WIDE);
        for (at, action) in actions.iter().enumerate() {
            let (columns, rows) = sizes[at % sizes.len()];
            happen(&mut model, Msg::Resized(Size { columns, rows }));
            happen(&mut model, Msg::Act(ACTIONS[*action].action));
            prop_assert!(model.stack().len() <= 4);
            let size = model.size;
            let rows = view::rows(&model);
            prop_assert!(!size.is_enough() || rows.len() == size.rows);
            for row in &rows {
                let across: usize = row.pieces(size.columns).iter().map(|piece| width(&piece.text)).sum();
                prop_assert_eq!(across, size.columns);
            }
        }
    }
}
