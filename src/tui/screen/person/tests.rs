//! A person's page: the story, several who may be meant, nobody, and the time until it is known.

use std::borrow::Cow;
use std::sync::Arc;

use crate::analysis::{Analysis, Because, Detail, Identity, Passes, PersonState, Row};
use crate::event::{Operation, Outcome, Provider};
use crate::rules::Certainty;
use crate::tui::jobs::{Job, News};
use crate::tui::keymap::Action;
use crate::tui::look::{ASCII, Colors};
use crate::tui::model::{Model, Size};
use crate::tui::outside::Errand;
use crate::tui::screen::overview::tests::busy;
use crate::tui::tests::{SIZE, act, at, library, look, model_of, picture};
use crate::tui::update::{Effect, Msg, update};

const TOM: &str = "tom.berg@example.com";

fn row(
    minute: &str,
    app: Option<&'static str>,
    operation: Operation,
    outcome: Outcome,
    rule: Option<&str>,
) -> Row<'static> {
    let detail = Detail {
        rule: rule.map(|id| (library().find(id).unwrap(), Certainty::Certain)),
        message: Some("The credentials used to connect to the API were invalid".to_owned()),
        ..Detail::default()
    };
    let time = at(&format!("2026-09-{minute}:00Z"));
    Row {
        input: 0,
        line: 1,
        offset: time as u64,
        length: 10,
        time: Some(time),
        provider: Provider::Okta,
        dialect: "okta",
        operation,
        outcome,
        needs_action: false,
        app: app.map(Cow::Borrowed),
        app_id: None,
        subject_kind: Some("user".into()),
        subject_id: Some("00u1".into()),
        login: Some(TOM.into()),
        subject_name: Some("Tom Berg".into()),
        account: None,
        detail: (outcome != Outcome::Success).then(|| Arc::new(detail)),
        key: 0,
        counterpart: None,
        passes: Passes::Yes,
    }
}

fn tom() -> Arc<Identity> {
    Arc::new(Identity {
        label: TOM.into(),
        ids: vec!["00u1".into()],
        logins: vec![TOM.into(), "tberg@example.com".into()],
    })
}

/// What happened to Tom.
fn story() -> Analysis {
    use Operation::{Create, Deactivate, MembershipAdd, MembershipRemove, Update};
    use Outcome::{Failure, Success, Warning};
    let (salesforce, slack) = (Some("Salesforce"), Some("Slack"));
    let refused = Some("shown-login-refused");
    let mut story = busy();
    story.story = vec![
        row("01T06:11", None, MembershipAdd, Success, None),
        row("01T06:12", salesforce, Create, Success, None),
        row("01T06:12", slack, Create, Success, None),
        row("02T07:15", salesforce, Update, Success, None),
        row("03T12:02", salesforce, Update, Failure, refused),
        row("03T12:10", slack, Update, Warning, Some("shown-rate-limit")),
        row("05T18:01", None, MembershipRemove, Success, None),
        row("05T18:02", slack, Deactivate, Success, None),
        row("05T18:02", salesforce, Deactivate, Failure, refused),
        row("05T18:02", salesforce, Deactivate, Failure, refused),
        row("05T18:03", salesforce, Deactivate, Failure, refused),
    ];
    story.asked = vec![(*tom()).clone()];
    story.people.access_not_removed = vec![PersonState {
        user: TOM.into(),
        who: tom(),
        app: "Salesforce".into(),
        since: Some(at("2026-09-05T18:02:00Z")),
        rule: refused.map(|id| library().find(id).unwrap()),
        because: Because::Failed,
    }];
    story
}

fn told(analysis: Analysis, size: Size) -> Model {
    let mut model = model_of(busy(), size);
    act(&mut model, &[Action::Tab4, Action::Open]);
    update(&mut model, Msg::News(News::Story(TOM.to_owned(), Arc::new(analysis))));
    model
}

#[test]
fn apps_whose_names_begin_alike_are_told_apart() {
    let names = ["Salesforce Production EMEA", "Salesforce Production Asia"];
    let mut alike = story();
    alike.story =
        names.map(|app| row("01T06:12", Some(app), Operation::Create, Outcome::Success, None)).into_iter().collect();
    let shown = picture(&told(alike, SIZE));
    for end in ["EMEA", "Asia"] {
        let ends = shown.lines().filter(|line| line.contains("Sales") && line.contains(end)).count();
        assert_eq!(ends, 2, "{shown}");
    }
}

#[test]
fn a_story_at_each_size() {
    for (columns, rows) in [(80, 24), (120, 40), (60, 20), (44, 12)] {
        let shown = picture(&told(story(), Size { columns, rows }));
        insta::assert_snapshot!(format!("person@story@{columns}x{rows}@full"), shown);
    }
    let mut plain = told(story(), SIZE);
    plain.look = look(&ASCII, Colors::Mono);
    let shown = picture(&plain);
    assert!(shown.is_ascii(), "{shown}");
    insta::assert_snapshot!("person@story@80x24@ascii", shown);
}

#[test]
fn names_of_apps_are_whole_where_there_is_room() {
    let mut long = story();
    let name = "AWS IAM Identity Center";
    long.story.iter_mut().filter(|row| row.app.is_some()).for_each(|row| row.app = Some(name.into()));
    long.people.access_not_removed.iter_mut().for_each(|person| person.app = name.into());
    let whole = |columns| picture(&told(long.clone(), Size { columns, rows: 40 })).matches(name).count();
    assert_eq!(whole(80), 1, "in what these logs cannot tell");
    assert!(whole(200) > 3, "where things stand, and in the story");
}

#[test]
fn what_both_sides_say_is_told_apart() {
    let mut both = story();
    let mut own = row("05T18:02", Some("Salesforce"), Operation::Deactivate, Outcome::Failure, None);
    own.provider = Provider::Scim;
    both.story.push(own);
    let shown = picture(&told(both, Size { columns: 120, rows: 40 }));
    assert!(shown.contains("Okta: switching the account off failed"), "{shown}");
    assert!(shown.contains("The app's own log: switching the account off failed: The credentials used"), "{shown}");
}

#[test]
fn the_cursor_stops_at_what_can_be_opened() {
    let mut model = told(story(), SIZE);
    let chosen = |model: &Model| picture(model).lines().find(|line| line.starts_with(" >")).unwrap().to_owned();
    assert!(chosen(&model).contains("should have lost access - still has it"));
    act(&mut model, &[Action::Down]);
    assert!(chosen(&model).contains("● Slack"), "{}", chosen(&model));
    act(&mut model, &[Action::Down]);
    assert!(chosen(&model).contains("5 Sep 20:03  × Salesforce  switching the account off failed"));
    act(&mut model, &[Action::Down, Action::Down, Action::Up]);
    assert!(chosen(&model).contains("account switched off"), "{}", chosen(&model));
    act(&mut model, &[Action::Last]);
    assert!(chosen(&model).contains("1 Sep 08:11"), "{}", chosen(&model));
    act(&mut model, &[Action::First]);
    assert!(chosen(&model).contains("should have lost access"));
}

#[test]
fn keys_lead_to_the_issue_and_the_events_and_copy_the_story() {
    let mut model = told(story(), SIZE);
    let effects = update(&mut model, Msg::Act(Action::Copy));
    let [Effect::Ask(Errand::Copy(text, name))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(name, "the story");
    assert!(text.contains("Where things stand") && text.contains("failed 3 times until 2026-09-05 20:03"), "{text}");
    act(&mut model, &[Action::Issue]);
    assert!(picture(&model).starts_with(" People > tom.berg@example.com > App no longer accepts the login"));
    act(&mut model, &[Action::Back, Action::Last, Action::Issue]);
    assert!(picture(&model).contains("No known issue explains this."));
    act(&mut model, &[Action::Open]);
    assert!(picture(&model).contains("This event is not among those on screen."));
    act(&mut model, &[Action::Events]);
    assert_eq!(model.filtering.text, "user:=tom.berg@example.com,=tberg@example.com,=00u1");
}

#[test]
fn until_the_story_is_known_it_is_said_that_logs_are_read() {
    let mut model = model_of(busy(), SIZE);
    act(&mut model, &[Action::Tab4]);
    let effects = update(&mut model, Msg::Act(Action::Open));
    assert!(matches!(&effects[..], [Effect::Start(Job::Story(who))] if who == TOM), "{effects:?}");
    insta::assert_snapshot!("person@waiting@80x24@full", picture(&model));
    // What is told of somebody else is not heard.
    update(&mut model, Msg::News(News::Story("eva".to_owned(), Arc::new(story()))));
    assert!(picture(&model).contains("Reading the logs once more"));
    update(&mut model, Msg::News(News::NoStory(TOM.to_owned(), "Standard input can be read only once.")));
    assert!(picture(&model).contains("Standard input can be read only once."));
}

#[test]
fn of_several_people_one_is_chosen() {
    let mut several = story();
    several.asked.push(Identity {
        label: "tom.hale@example.com".into(),
        ids: vec!["00u2".into()],
        logins: vec!["tom.hale@example.com".into()],
    });
    let mut model = told(several, SIZE);
    insta::assert_snapshot!("person@several@80x24@full", picture(&model));
    act(&mut model, &[Action::Down]);
    let effects = update(&mut model, Msg::Act(Action::Open));
    assert!(matches!(&effects[..], [Effect::Start(Job::Story(who))] if who == "tom.hale@example.com"), "{effects:?}");
    assert!(picture(&model).contains("what happened to tom.hale@example.com"));
}

#[test]
fn nobody_of_this_name() {
    let mut nobody = story();
    (nobody.story, nobody.asked) = (Vec::new(), Vec::new());
    let mut model = told(nobody, SIZE);
    insta::assert_snapshot!("person@nobody@80x24@full", picture(&model));
    act(&mut model, &[Action::Events]);
    assert_eq!(model.filtering.text, "user:tom.berg@example.com");
}

#[test]
fn hostile_names_cannot_steer_the_terminal() {
    let bad = "a\u{1b}]52;c;SGk=\u{7}\u{9b}31m\u{202e}\u{200b}\r\nb";
    let mut hostile = story();
    for row in &mut hostile.story {
        row.app = row.app.is_some().then(|| bad.into());
        row.subject_name = Some(bad.into());
    }
    hostile.asked[0].label = bad.into();
    hostile.asked[0].logins.push(bad.into());
    let mut model = told(hostile, SIZE);
    for actions in [&[][..], &[Action::Last]] {
        act(&mut model, actions);
        let harmless =
            |c: char| c == '\n' || !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
        assert!(picture(&model).chars().all(harmless));
    }
}

#[test]
fn how_things_stand_is_told_whole_where_there_is_little_room() {
    let mut never_tried = story();
    never_tried.people.access_not_removed[0].because = Because::NeverTried;
    let screen = picture(&told(never_tried, Size { columns: 60, rows: 20 }));
    let stands = screen.lines().take_while(|line| !line.contains("─ Story ")).skip(3);
    let stands: Vec<&str> = stands.map(|line| line.trim_end_matches('|').trim()).collect();
    let text = stands.join(" ");
    assert!(text.contains("should have lost access since 5 Sep 20:02") && !text.contains('…'), "{text}");
}
