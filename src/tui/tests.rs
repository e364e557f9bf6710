//! What people see, cell by cell, and what their keys do.

mod acts;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use jiff::tz::TimeZone;
use proptest::prelude::*;
use ratatui::buffer::Buffer;

use super::data::Events;
use super::jobs::News;
use super::keymap::{ACTIONS, Action};
use super::look::{ASCII, BASIC, Colors, FULL, Glyphs};
use super::memory::Memory;
use super::model::{Look, Model, Size, Zone};
use super::outside::Errand;
use super::update::{Effect, Msg, update};
use super::view;
use crate::analysis::{
    Analysis, AppHealth, Because, Called, Evidence, InputAccount, Issue, Mode, Of, PersonState, Point, Series, testing,
};
use crate::event::{Operation, Provider};
use crate::rules::{Certainty, Library};
use crate::text::time::{DAY, HOUR, Micros, parse};
use crate::text::width::width;

pub(super) const SIZE: Size = Size { columns: 80, rows: 24 };

/// Id, title, level, cause, steps, owner.
type Shown = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str], &'static str);

const RULES: [Shown; 4] = [
    (
        "shown-login-refused",
        "App no longer accepts the login",
        "critical",
        "Salesforce refuses the account that Okta uses to create and change users. Every change fails until it is repaired.",
        &[
            "Ask a Salesforce admin whether the integration user was changed.",
            "In Okta open Applications > Salesforce > Provisioning > Integration > Edit.",
            "Sign in again with the right account and press Test API Credentials.",
            "Open Dashboard > Tasks, select the failed tasks, press Retry Selected.",
        ],
        "app-owner",
    ),
    (
        "shown-user-exists",
        "User already exists in the app",
        "high",
        "The app has it already.",
        &["Link the account."],
        "it-admin",
    ),
    ("shown-rate-limit", "App is limiting requests", "medium", "Too many requests.", &["Wait an hour."], "app-vendor"),
    (
        "shown-out-of-scope",
        "Skipped: not in scope (normal)",
        "info",
        "Left out on purpose.",
        &["Do nothing."],
        "it-admin",
    ),
];

/// A library with the rules above beside the built-in ones.
pub(super) fn library() -> Arc<Library> {
    static LIBRARY: OnceLock<Arc<Library>> = OnceLock::new();
    LIBRARY
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            for (id, title, severity, cause, fix, owner) in RULES {
                let toml = format!(
                    "id = {id:?}\ntitle = {title:?}\nprovider = \"okta\"\ncategory = \"credential\"\nseverity = {severity:?}\nretry = \"manual\"\n\
                     owner = {owner:?}\ncause = {cause:?}\nfix = {fix:?}\nverify = \"The retried tasks disappear.\"\nsources = [\"https://example.com/\"]\n\
                     [escalate]\nwhen = \"The account works and is still refused.\"\nto = \"Salesforce support\"\nevidence = [\"UTC time\"]\n\
                     [[match]]\ncontains.message = [\"{id}\"]\n[[example]]\nabout = \"its words\"\nprovider = \"okta\"\nmessage = \"{id}\"\n"
                );
                fs::write(folder.path().join(format!("{id}.toml")), toml).unwrap();
            }
            let (library, errors) = Library::load(&[PathBuf::from(folder.path())]);
            assert!(errors.is_empty(), "{errors:?}");
            Arc::new(library)
        })
        .clone()
}

pub(super) fn at(text: &str) -> Micros {
    parse(text).unwrap()
}

pub(super) fn issue(rule: Option<&str>, shape: Option<&str>, counts: (u64, u64), first: &str, last: &str) -> Issue {
    let library = library();
    let evidence = |minutes: i64, user: &str| Evidence {
        input: 0,
        line: 18_204,
        offset: 8_011_377,
        time: Some(at(last) - minutes * 60_000_000),
        user: Some(user.to_owned()),
        called: Called::default(),
        operation: Operation::Create,
        message: Some(
            "The credentials used to connect to the API were invalid; please check your configuration".to_owned(),
        ),
        remote: None,
        ids: BTreeMap::new(),
        other_side: None,
        shortened: false,
    };
    Issue {
        rule: rule.map(|id| library.find(id).unwrap()),
        shape: shape.map(str::to_owned),
        app: Some("Salesforce".to_owned()),
        certainty: Certainty::Certain,
        events: counts.0,
        failures: if rule == Some("shown-out-of-scope") { 0 } else { counts.0 },
        users: counts.1,
        still_broken: counts.1 / 2,
        first: Some(at(first)),
        last: Some(at(last)),
        examples: vec![evidence(0, "ana.lopez@example.com"), evidence(2, "raj.patel@example.com")],
        ..testing::issue()
    }
}

pub(super) fn series(of: Of, quarters: [u32; 4]) -> Series {
    Series {
        app: "Salesforce".into(),
        app_id: None,
        provider: Provider::Okta,
        of,
        mode: Mode::Rate,
        width: HOUR,
        start: at("2026-09-01"),
        buckets: 120,
        before: Point::default(),
        points: (0..)
            .zip(quarters)
            .map(|(quarter, failures)| Point { bucket: quarter * 30, failures, ..Point::default() })
            .collect(),
        dispersion: 1.0,
    }
}

pub(super) fn analysis() -> Analysis {
    let (start, end) = ("2026-09-01T06:00:00Z", "2026-09-05T23:35:00Z");
    let inputs =
        vec![InputAccount { name: "logs/okta-sept.jsonl".to_owned(), records: 20_000, ..InputAccount::default() }];
    let mut analysis = Analysis { inputs, ..Analysis::default() };
    analysis.totals.events = 20_000;
    analysis.totals.records = 20_000;
    (analysis.first, analysis.last) = (Some(at(start)), Some(at(end)));
    analysis.issues = vec![
        issue(Some("shown-login-refused"), None, (1_012, 212), "2026-09-03T11:52:00Z", "2026-09-05T23:33:28Z"),
        issue(Some("shown-user-exists"), None, (640, 97), start, end),
        issue(Some("shown-rate-limit"), None, (61, 58), "2026-09-03T12:02:00Z", "2026-09-03T12:40:00Z"),
        issue(Some("shown-out-of-scope"), None, (55, 50), start, end),
    ];
    analysis.unknown = vec![
        issue(None, Some("invalid value for attribute <NAME>"), (90, 31), "2026-09-05T07:02:00Z", end),
        issue(None, Some("<ID> violates constraint <NAME>"), (10, 6), "2026-09-04T07:02:00Z", "2026-09-04T17:02:00Z"),
    ];
    let rule = |id: &str| Of::Rule(library().find(id).unwrap());
    analysis.series = vec![
        series(rule("shown-login-refused"), [0, 5, 40, 80]),
        series(rule("shown-user-exists"), [160, 160, 160, 160]),
        series(rule("shown-rate-limit"), [0, 0, 61, 0]),
        series(Of::Unknown("invalid value for attribute <NAME>".to_owned()), [0, 0, 0, 90]),
    ];
    analysis
}

pub(super) fn look(glyphs: &'static Glyphs, colors: Colors) -> Look {
    let berlin = crate::text::time::zone("Europe/Berlin").unwrap();
    Look { theme: colors.into(), glyphs, zone: Zone::local(berlin) }
}

pub(super) fn model_of(analysis: Analysis, size: Size) -> Model {
    let mut model = Model::new(library(), Memory::default(), look(&FULL, Colors::Neutral), size);
    update(&mut model, Msg::News(News::Read(Arc::new(analysis), Arc::new(Events::default()))));
    update(&mut model, Msg::Act(Action::Tab2));
    model
}

pub(super) fn model(size: Size) -> Model {
    model_of(analysis(), size)
}

pub(super) fn act(model: &mut Model, actions: &[Action]) {
    for action in actions {
        update(model, Msg::Act(*action));
    }
}

/// The screen as text, and below it the role of each cell: what `TestBackend` does not show.
pub(super) fn picture(model: &Model) -> String {
    let (mut text, mut roles) = (String::new(), String::new());
    for row in view::rows(model) {
        for piece in row.pieces(model.size.columns) {
            let letter = if piece.chosen { 's' } else { piece.role.letter() };
            roles.extend(std::iter::repeat_n(letter, width(&piece.text)));
            text.push_str(&piece.text);
        }
        text.push_str("|\n");
        roles.push_str("|\n");
    }
    format!("{text}\n{roles}")
}

#[test]
fn issues_at_80x24() {
    insta::assert_snapshot!("issues@start@80x24@full", picture(&model(SIZE)));
}

#[test]
fn issues_at_120x40() {
    insta::assert_snapshot!("issues@start@120x40@full", picture(&model(Size { columns: 120, rows: 40 })));
}

#[test]
fn keys_go_to_the_side_that_was_chosen() {
    let mut wide = model(Size { columns: 120, rows: 40 });
    act(&mut wide, &[Action::NextPart, Action::Next, Action::Next, Action::Tick]);
    insta::assert_snapshot!("issues@steps@120x40@full", picture(&wide));
    assert!(wide.memory().is_ticked("shown-login-refused @ Salesforce", 1));
    act(&mut wide, &[Action::Back, Action::Down]);
    let row = picture(&wide).lines().find(|line| line.starts_with(" >")).unwrap().to_owned();
    assert!(row.contains("User already exists"), "{row}");
}

#[test]
fn steps_are_copied_as_text_for_a_ticket() {
    let mut model = model(SIZE);
    let effects = update(&mut model, Msg::Act(Action::Copy));
    let [Effect::Ask(Errand::Copy(text, _))] = &effects[..] else { panic!("{effects:?}") };
    insta::assert_snapshot!("issue@copied", text);
}

#[test]
fn the_numbers_of_who_is_still_broken_add_up() {
    let mut analysis = analysis();
    let rule = analysis.issues[0].rule;
    let person = |user: &str| PersonState {
        user: user.into(),
        who: Arc::default(),
        app: "Salesforce".into(),
        since: None,
        rule,
        because: Because::Failed,
    };
    analysis.people.access_not_removed = vec![person("a")];
    analysis.people.waiting_for_access = vec![person("b"), person("c")];
    let mut model = model_of(analysis, SIZE);
    act(&mut model, &[Action::Open]);
    let shown = picture(&model);
    assert!(
        shown.contains("Still broken for 106 people: 1 should have lost access and has not, 2 wait for"),
        "{shown}"
    );
    assert!(shown.contains(" access, for 103 something else failed (p shows them)."), "{shown}");
}

#[test]
fn the_word_of_a_trend_is_never_cut() {
    let mut analysis = analysis();
    let name = "Salesforce - Production and Sandbox";
    (analysis.issues[0].app, analysis.series[0].app) = (Some(name.to_owned()), name.into());
    let shown = picture(&model_of(analysis, Size { columns: 120, rows: 40 }));
    assert!(shown.contains("│ .▁▄█↑ rising "), "{shown}");
}

#[test]
fn what_keys_do_while_a_filter_is_typed_is_never_cut() {
    for columns in [40, 60, 80, 120] {
        let mut model = model(Size { columns, rows: 24 });
        act(&mut model, &[Action::Filter]);
        update(&mut model, Msg::Paste("status:failed".to_owned()));
        update(&mut model, Msg::News(News::Counted("status:failed".to_owned(), 1_000)));
        let shown = picture(&model);
        let row = shown.lines().find(|line| line.contains("would be shown")).unwrap();
        let hint = row.split("would be shown").nth(1).unwrap().trim_end_matches('|').trim();
        assert!(["", "cancel", "filters"].iter().any(|end| hint.split(' ').next_back() == Some(end)), "{row}");
    }
}

#[test]
fn issues_where_there_is_little_room() {
    let mut small = model(Size { columns: 60, rows: 20 });
    act(&mut small, &[Action::Down, Action::Down]);
    insta::assert_snapshot!("issues@third@60x20@full", picture(&small));
    insta::assert_snapshot!("issues@start@44x12@full", picture(&model(Size { columns: 44, rows: 12 })));
    insta::assert_snapshot!("issues@start@34x7@full", picture(&model(Size { columns: 34, rows: 7 })));
}

#[test]
fn issues_without_colour_and_without_unicode() {
    let mut plain = model(SIZE);
    plain.look = look(&ASCII, Colors::Mono);
    let picture = picture(&plain);
    assert!(picture.is_ascii(), "{picture}");
    insta::assert_snapshot!("issues@start@80x24@ascii", picture);
}

#[test]
fn one_issue() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Open, Action::Next, Action::Tick, Action::Next]);
    assert!(model.memory().is_ticked("shown-login-refused @ Salesforce", 0));
    insta::assert_snapshot!("issue@ticked@80x24@full", picture(&model));
}

#[test]
fn an_issue_that_no_rule_describes() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Last, Action::Open]);
    insta::assert_snapshot!("issue@unknown@80x24@full", picture(&model));
}

#[test]
fn help_lists_what_can_be_done_here() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Help]);
    insta::assert_snapshot!("help@issues@80x24@full", picture(&model));
}
