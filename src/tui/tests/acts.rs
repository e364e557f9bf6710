//! What keys do, and what holds for all screens.

use crossterm::event::{KeyCode, KeyEvent};

use super::*;
use crate::tui::input::Line;
use crate::tui::keymap::Group;
use crate::tui::model::Overlay;
use crate::tui::screen::events::tests::store;
use crate::tui::screen::overview::tests::busy;

#[test]
fn a_good_day_is_an_answer() {
    let mut quiet = analysis();
    quiet.issues.clear();
    quiet.unknown.clear();
    assert!(picture(&model_of(quiet, SIZE)).contains("No failures in 20,000 events."));
    assert!(picture(&model_of(Analysis::default(), SIZE)).contains("Nothing about provisioning was found"));
}

#[test]
fn going_back_leads_to_the_same_row() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Down, Action::Down]);
    let before = picture(&model);
    act(&mut model, &[Action::Open, Action::PageDown, Action::Back]);
    assert_eq!(picture(&model), before);
}

#[test]
fn the_cursor_stays_on_its_issue_when_the_order_changes() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Down, Action::Down]);
    for _ in 0..4 {
        act(&mut model, &[Action::Sort, Action::Reverse]);
        let picture = picture(&model);
        let row = picture.lines().find(|line| line.starts_with(" >")).unwrap();
        assert!(row.contains("App is limiting requests"), "{row}");
    }
}

#[test]
fn two_times_q_leaves_and_anything_between_does_not() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Quit, Action::Down, Action::Quit]);
    assert!(!model.is_over());
    act(&mut model, &[Action::Quit]);
    assert!(model.is_over());
}

#[test]
fn whoever_goes_back_too_far_stays() {
    for tab in Action::TABS {
        let mut model = model(SIZE);
        act(&mut model, &[tab, Action::Back, Action::Back, Action::Back]);
        assert!(!model.is_over(), "{tab:?}");
        assert!(picture(&model).contains("There is nothing to go back to. q twice leaves."), "{tab:?}");
        act(&mut model, &[Action::Quit, Action::Back, Action::Quit]);
        assert!(!model.is_over(), "{tab:?}");
    }
    let mut deep = model(SIZE);
    act(&mut deep, &[Action::Open, Action::Quit]);
    assert!(picture(&deep).contains("2[Issues]"), "q goes back too");
}

#[test]
fn a_number_leads_to_the_first_page_of_its_screen() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Open, Action::Tab3, Action::Tab2]);
    assert!(picture(&model).contains("2[Issues]"), "{}", picture(&model));
}

#[test]
fn a_part_of_the_time_is_chosen_wherever_a_list_changes_by_it() {
    for tab in [Action::Tab1, Action::Tab2, Action::Tab4, Action::Tab5] {
        let mut model = model(SIZE);
        act(&mut model, &[tab]);
        let before = picture(&model);
        act(&mut model, &[Action::TimeRange]);
        let shown = picture(&model);
        assert!(shown.contains("The last 6 hours") && !shown.contains("Around this event"), "{shown}");
        act(&mut model, &[Action::Back]);
        assert_eq!(picture(&model), before);
        act(&mut model, &[Action::TimeRange, Action::Down, Action::Open]);
        assert_eq!((model.filtering.text.as_str(), model.stack().len()), ("after:6h", 1));
        // All of it again; then both ends are typed, with a mistake first.
        act(&mut model, &[Action::TimeRange, Action::Last, Action::Up, Action::Open]);
        assert_eq!(model.filtering.text, "");
        for (typed, filter) in [("yesterdayish", ""), ("5 Sep 20:00 -", "after:\"5 Sep 20:00:00\"")] {
            model.overlay = None;
            let open: &[Action] = if typed.ends_with('-') { &[] } else { &[Action::TimeRange, Action::Last] };
            act(&mut model, open);
            act(&mut model, &[Action::Open]);
            model.overlay = Some(Overlay::Question("From - to", Line::of(typed)));
            update(&mut model, Msg::Key(KeyEvent::from(KeyCode::Enter)));
            assert!(model.filtering.text.starts_with(filter), "{}", model.filtering.text);
        }
        assert_eq!(model.stack().len(), 1, "{}", picture(&model));
    }
    for actions in [&[Action::Tab6][..], &[Action::Tab7], &[Action::Tab2, Action::Open]] {
        let mut model = model(SIZE);
        act(&mut model, actions);
        act(&mut model, &[Action::TimeRange]);
        assert!(picture(&model).contains("chosen on the screens 1 to 5"), "{}", picture(&model));
    }
}

/// Ways to each kind of page.
const PAGES: [&[Action]; 14] = [
    &[Action::Tab1],
    &[Action::Tab1, Action::NextPart],
    &[Action::Tab1, Action::PreviousPart],
    &[Action::Tab2],
    &[Action::Tab2, Action::Last],
    &[Action::Tab2, Action::Open],
    &[Action::Tab2, Action::Open, Action::Next],
    &[Action::Tab2, Action::Bundle],
    &[Action::Tab3],
    &[Action::Tab3, Action::Open],
    &[Action::Tab4],
    &[Action::Tab5],
    &[Action::Tab6],
    &[Action::Tab6, Action::Open],
];

/// The screen after these actions, of a log with people and events.
fn at_page(way: &[Action], size: Size) -> Model {
    let mut model = model_of(busy(), size);
    let events = Arc::new(Events::of(store()));
    update(&mut model, Msg::News(News::Read(Arc::new(busy()), events)));
    act(&mut model, way);
    model
}

/// Whether something came of an action that a person can see.
fn is_answered(way: &[Action], size: Size, action: Action) -> bool {
    let mut model = at_page(way, size);
    let before = picture(&model);
    let effects = update(&mut model, Msg::Act(action));
    picture(&model) != before || !effects.is_empty() || model.toast.is_some() || model.is_over()
}

#[test]
fn no_key_that_is_shown_does_nothing_without_a_word() {
    for size in [SIZE, Size { columns: 120, rows: 40 }] {
        for way in PAGES {
            let model = at_page(way, size);
            for (action, label) in model.top().unwrap().actions(&model.context()) {
                assert!(is_answered(way, size, action), "{way:?} {size:?}: {label}\n{}", picture(&model));
            }
        }
    }
}

#[test]
fn a_key_of_another_screen_is_answered_by_a_word() {
    for way in PAGES {
        let here = ACTIONS.iter().filter(|entry| entry.group == Group::Here);
        for entry in here {
            assert!(is_answered(way, SIZE, entry.action), "{way:?}: {}", entry.name);
        }
    }
    let mut model = at_page(&[Action::Tab6], SIZE);
    act(&mut model, &[Action::Dismiss]);
    assert!(
        picture(&model).contains("d (dismiss) does nothing here; ? lists what can be done."),
        "{}",
        picture(&model)
    );
}

#[test]
fn the_events_of_a_pattern_are_its_evidence() {
    let library = library();
    let pattern = library.rules().iter().find(|rule| rule.detector.is_some()).unwrap();
    let mut analysis = busy();
    analysis.issues[0].rule = library.find(&pattern.id);
    for (way, title) in [
        (&[Action::Tab2][..], "Issues > "),
        (&[Action::Tab1, Action::NextPart], "Overview > "),
        (&[Action::Tab2, Action::Open], "Issues > "),
    ] {
        let mut model = model_of(analysis.clone(), SIZE);
        act(&mut model, way);
        act(&mut model, &[Action::Events]);
        let shown = picture(&model);
        assert!(shown.starts_with(&format!(" {title}{}", pattern.title)), "{shown}");
        let row = shown.lines().find(|line| line.starts_with(" >")).unwrap_or_default();
        assert!(row.contains("ana.lopez@example.com"), "{shown}");
        assert!(shown.contains("v evidence") && !shown.contains("v for all"), "{shown}");
    }
}

#[test]
fn all_times_change_their_zone_at_once() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Open]);
    assert!(picture(&model).contains("1 Sep 08:00 - 6 Sep 01:35, UTC+2"));
    act(&mut model, &[Action::Zone]);
    let utc = picture(&model);
    assert!(utc.contains("1 Sep 06:00 - 5 Sep 23:35, UTC ") && utc.contains("3 Sep 11:52 - 5 Sep 23:33"), "{utc}");
}

#[test]
fn hostile_text_cannot_steer_the_terminal() {
    let mut hostile = analysis();
    let bad = "a\u{1b}]52;c;SGk=\u{7}\u{9b}31m\u{202e}\u{200b}\r\nb".to_owned();
    hostile.unknown[0].shape = Some(bad.clone());
    hostile.unknown[0].examples[0].message = Some(bad.clone());
    hostile.unknown[0].examples[0].user = Some(bad.clone());
    hostile.unknown[0].app = Some(bad.clone());
    hostile.inputs[0].name = bad;
    let mut model = model_of(hostile, SIZE);
    for actions in [&[][..], &[Action::Last, Action::Up], &[Action::Open], &[Action::Help]] {
        act(&mut model, actions);
        let mut buffer = Buffer::empty(view::area(SIZE));
        view::draw(&model, &mut buffer);
        for cell in buffer.content() {
            let harmless = |c: char| !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
            assert!(cell.symbol().chars().all(harmless), "{:?}", cell.symbol());
        }
    }
}

#[test]
fn every_label_of_the_key_bar_is_in_the_table() {
    let mut model = model(SIZE);
    for actions in [&[][..], &[Action::Open]] {
        act(&mut model, actions);
        let here = model.top().unwrap().actions(&model.context());
        assert!(!here.is_empty());
        for (action, _) in here {
            assert!(ACTIONS.iter().any(|entry| entry.action == action));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_at_any_size_give_a_whole_screen(
        sizes in prop::collection::vec((1usize..=300, 1usize..=100), 1..6),
        actions in prop::collection::vec(0..ACTIONS.len(), 0..200),
        glyphs in 0usize..3,
    ) {
        let mut model = model(SIZE);
        model.look = look([&FULL, &BASIC, &ASCII][glyphs], Colors::Neutral);
        for (at, action) in actions.iter().enumerate() {
            let (columns, rows) = sizes[at % sizes.len()];
            update(&mut model, Msg::Resized(Size { columns, rows }));
            update(&mut model, Msg::Act(ACTIONS[*action].action));
            prop_assert!(model.stack().len() <= 4);
        }
        let size = model.size;
        let rows = view::rows(&model);
        prop_assert!(!size.is_enough() || rows.len() == size.rows);
        for row in &rows {
            let across: usize = row.pieces(size.columns).iter().map(|piece| width(&piece.text)).sum();
            prop_assert_eq!(across, size.columns);
        }
        let mut buffer = Buffer::empty(view::area(size));
        view::draw(&model, &mut buffer);
    }
}

#[test]
fn days_are_those_of_the_zone_on_screen() {
    let mut model = model(SIZE);
    model.look.zone = Zone::local(TimeZone::UTC);
    assert!(picture(&model).contains("5 Sep 23:35"));
    assert_eq!(at("2026-09-02") - at("2026-09-01"), DAY);
}

#[test]
fn what_a_filter_hides_is_not_called_nothing() {
    let mut hidden = Analysis { inputs: analysis().inputs, ..Analysis::default() };
    hidden.totals.filtered = 20_000;
    let mut model = model_of(hidden, SIZE);
    model.filtering.text = "user:jsmith".to_owned();
    for tab in [Action::Tab2, Action::Tab4, Action::Tab5] {
        act(&mut model, &[tab]);
        let screen = picture(&model);
        assert!(screen.contains(" Nothing passes your filter. x clears it. "), "{screen}");
        assert!(screen.contains("x clear filter  / change it"), "{screen}");
    }
}

#[test]
fn enter_is_called_what_it_does_on_the_page_of_an_issue() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Open]);
    let bar = |model: &Model| picture(model).lines().nth(23).unwrap_or_default().to_owned();
    assert!(bar(&model).starts_with(" v all events") && bar(&model).contains("b bundle"), "{}", bar(&model));
    act(&mut model, &[Action::Next]);
    assert!(bar(&model).starts_with(" Enter tick  v all events"), "{}", bar(&model));
    act(&mut model, &[Action::Last]);
    assert!(bar(&model).starts_with(" Enter open"), "{}", bar(&model));
}

#[test]
fn a_page_that_goes_on_says_so() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Open]);
    assert!(picture(&model).contains(" more lines below (PgDn) "), "{}", picture(&model));
    act(&mut model, &[Action::Last]);
    assert!(!picture(&model).contains("below (PgDn)"));
}

#[test]
fn apps_with_the_same_ends_are_told_apart_and_named_in_full_below_the_list() {
    let mut alike = analysis();
    let names = ["Application Number 12 Production", "Application Number 13 Production"];
    for (issue, name) in alike.issues.iter_mut().zip(names) {
        issue.app = Some(name.to_owned());
        alike.apps.push(AppHealth { name: name.into(), ..AppHealth::default() });
    }
    let mut model = model_of(alike, SIZE);
    let screen = picture(&model);
    assert!(screen.contains("…12 P") && screen.contains("…13 P"), "{screen}");
    for name in names {
        let screen = picture(&model);
        assert!(screen.lines().any(|line| line.starts_with('─') && line.contains(name)), "{screen}");
        act(&mut model, &[Action::Down]);
    }
}

#[test]
fn the_zone_stands_in_the_head_however_little_room_there_is() {
    let mut model = model(SIZE);
    let sizes = [(80, 24), (60, 20), (45, 18), (40, 10)].map(|(columns, rows)| Size { columns, rows });
    for zone in ["UTC+2 ", "UTC "] {
        for (size, unreadable) in sizes.into_iter().flat_map(|size| [(size, 0), (size, 1_234)]) {
            let mut whole = analysis();
            whole.inputs[0].name = "logs/export-of-the-okta-system-log-september-2026.jsonl".to_owned();
            whole.totals.unreadable = unreadable;
            (model.size, model.data.whole) = (size, Arc::new(whole));
            let screen = picture(&model);
            assert!(screen.lines().nth(1).unwrap().contains(zone), "{size:?}\n{screen}");
        }
        act(&mut model, &[Action::Zone]);
    }
}

#[test]
fn help_leaves_no_sentence_out() {
    let mut model = model(Size { columns: 60, rows: 40 });
    act(&mut model, &[Action::Help]);
    let screen = picture(&model);
    assert!(!screen.contains('…') && screen.contains("counted (D: show it)"), "{screen}");
}
