//! What the first screen shows in each state and at each size, and where its keys lead.

mod acts;

use std::sync::Arc;

use crate::analysis::{
    Analysis, AppHealth, Because, Comparison, Identity, InputAccount, Lately, Mode, Of, Part, PersonState, Point,
    Reason, Series, Share, Silence, Spike, SpikeKind,
};
use crate::event::Provider;
use crate::text::time::HOUR;
use crate::tui::data::Reading;
use crate::tui::jobs::News;
use crate::tui::keymap::Action;
use crate::tui::look::{ASCII, BASIC, Colors, FULL};
use crate::tui::model::{Model, Size};
use crate::tui::tests::{SIZE, act, at, library, look, model_of, picture};
use crate::tui::update::{Msg, update};
use crate::tui::view;

const LARGE: Size = Size { columns: 120, rows: 40 };
const SMALL: Size = Size { columns: 60, rows: 20 };
const START: &str = "2026-09-01T06:00:00Z";
const END: &str = "2026-09-05T23:35:00Z";

fn app(name: &str, counts: (u64, u64, u64), last: &str, recovered: bool) -> AppHealth {
    let last = Some(at(last));
    let works = last.filter(|_| recovered);
    AppHealth {
        name: name.into(),
        attempts: counts.1,
        failures: counts.0,
        people_failed: counts.2,
        still_broken: if recovered { 0 } else { counts.2 },
        last,
        last_success: works,
        last_failure: Some(at("2026-09-05T20:00:00Z")),
        unseen: crate::analysis::Unseen::default(),
        job: crate::analysis::Job::default(),
        leavers: 0,
        lately: lately(counts.0, 600),
        reason: reason(counts.0, counts.1),
    }
}

/// A day in which it got worse.
fn lately(failures: u64, attempts: u64) -> Lately {
    let mut lately = Lately::default();
    for (weight, part) in (0..).zip(&mut lately.parts) {
        *part = Part { attempts: attempts / 8, failures: failures * weight / 100 };
    }
    lately
}

/// As the analysis would judge them, by all of the log.
fn reason(failures: u64, attempts: u64) -> Reason {
    let share = Share { attempts, failures, worked_later: 0, last_24h: false };
    match share.percent() {
        10.. => Reason::MuchFails(share),
        2.. => Reason::SomeFails(share),
        _ => Reason::Works(share),
    }
}

/// An app whose log stopped.
fn quiet(name: &str, last: &str) -> AppHealth {
    let reason = Reason::Silent { last_seen: at(last), usual_interval: 90_000_000, silent_for: 7 * HOUR };
    let lately = lately(0, 90);
    AppHealth { name: name.into(), last: Some(at(last)), reason, lately, ..AppHealth::default() }
}

/// Failures of an app, hour by hour.
fn hourly(app: &str, failures: impl Fn(u32) -> u32, attempts: impl Fn(u32) -> u32) -> Series {
    let point = |bucket| Point { bucket, failures: failures(bucket), attempts: attempts(bucket), ..Point::default() };
    Series {
        app: app.into(),
        app_id: None,
        provider: Provider::Okta,
        of: Of::Everything,
        mode: Mode::Rate,
        width: HOUR,
        start: at(START),
        buckets: 114,
        before: Point::default(),
        points: (0..114).map(point).filter(|point| point.failures + point.attempts > 0).collect(),
        dispersion: 1.0,
    }
}

fn person(name: &str, app: &str, since: &str, rule: Option<&str>, because: Because) -> PersonState {
    let login: Arc<str> = format!("{name}@example.com").into();
    PersonState {
        user: login.clone(),
        who: Arc::new(Identity { label: login.clone(), ids: vec!["00u1".into()], logins: vec![login] }),
        app: app.into(),
        since: Some(at(since)),
        rule: rule.map(|id| library().find(id).unwrap()),
        because,
    }
}

fn silence(since: &str) -> Silence {
    let last_seen = at(since);
    Silence {
        app: "Zoom".into(),
        app_id: None,
        provider: Provider::Okta,
        last_seen,
        usual_interval: HOUR / 40,
        silent_for: at(END) - last_seen,
        expected: 1_000.0,
        p: 0.0,
    }
}

/// A busy week: two apps fail, one went quiet.
pub(in crate::tui) fn busy() -> Analysis {
    let mut busy = crate::tui::tests::analysis();
    busy.totals.failure = 2_079;
    (busy.totals.known_failures, busy.totals.unknown_failures) = (1_958, 121);
    busy.apps = vec![
        app("Salesforce", (1_033, 5_020, 214), "2026-09-05T23:33:00Z", false),
        app("GitHub", (940, 4_000, 188), "2026-09-05T23:31:00Z", false),
        quiet("Zoom", "2026-09-04T16:20:00Z"),
        app("Slack", (103, 4_990, 61), "2026-09-05T23:34:00Z", false),
        app("Box", (3, 5_009, 3), "2026-09-05T23:35:00Z", true),
    ];
    busy.silences = vec![silence("2026-09-04T16:20:00Z")];
    let salesforce = |hour: u32| match hour {
        53..=58 => [12, 40, 61, 74, 60, 33][hour as usize - 53],
        59.. => 8,
        _ => 0,
    };
    let mut series = vec![
        hourly("Box", |hour| u32::from(hour > 110), |_| 44),
        hourly("GitHub", |hour| 5 + hour % 7, |_| 35),
        hourly("Salesforce", salesforce, |_| 44),
        hourly("Slack", |hour| u32::from(hour % 3 == 0), |_| 43),
        hourly("Zoom", |_| 0, |hour| if hour < 95 { 30 + hour % 9 } else { 0 }),
    ];
    series.append(&mut busy.series);
    series.sort_by(|a, b| (&a.app, &a.of).cmp(&(&b.app, &b.of)));
    busy.series = series;
    busy.spikes = vec![Spike {
        app: "Salesforce".into(),
        app_id: None,
        provider: Provider::Okta,
        of: Of::Rule(library().find("shown-login-refused").unwrap()),
        kind: SpikeKind::Spike,
        start: at("2026-09-03T11:00:00Z"),
        end: at("2026-09-03T17:00:00Z"),
        observed: 140,
        expected: 6.0,
        usual: (2, 9),
        ratio: 23.0,
        p: 1e-40,
        score: 40.0,
        failures: 280,
        people: 140,
        attempts: 264,
        mode: Mode::Rate,
        baseline: Comparison::default(),
        also: Vec::new(),
    }];
    let refused = Some("shown-login-refused");
    busy.people.access_not_removed = vec![
        person("tom.berg", "Salesforce", "2026-09-05T18:02:00Z", refused, Because::Failed),
        person("ida.holm", "GitHub", "2026-09-05T19:15:00Z", None, Because::NeverTried),
    ];
    busy.people.waiting_for_access =
        vec![person("eva.novak", "GitHub", "2026-09-04T07:12:00Z", Some("shown-user-exists"), Because::Failed)];
    busy.people.out_of_date = vec![
        person("mia.chen", "Salesforce", "2026-09-03T12:02:00Z", refused, Because::Failed),
        person("raj.patel", "Salesforce", "2026-09-03T12:31:00Z", refused, Because::Failed),
    ];
    busy
}

fn overview(analysis: Analysis, size: Size) -> Model {
    let mut model = model_of(analysis, size);
    act(&mut model, &[Action::Tab1]);
    model
}

fn good_day() -> Analysis {
    let mut good = busy();
    good.totals.failure = 0;
    (good.totals.known_failures, good.totals.unknown_failures) = (0, 0);
    good.issues.truncate(0);
    good.unknown.truncate(0);
    (good.spikes, good.silences) = (Vec::new(), Vec::new());
    good.people = Default::default();
    good.series.retain(|series| series.of == Of::Everything);
    good.series.iter_mut().flat_map(|series| &mut series.points).for_each(|point| point.failures = 0);
    for app in &mut good.apps {
        (app.failures, app.people_failed, app.still_broken, app.last_failure) = (0, 0, 0, None);
        (app.lately, app.reason) = (lately(0, 600), reason(0, app.attempts));
    }
    good
}

#[test]
fn the_first_screen_in_every_look_and_size() {
    for (size, size_name) in [(SMALL, "60x20"), (SIZE, "80x24"), (LARGE, "120x40")] {
        for (glyphs, set) in [(&FULL, "full"), (&BASIC, "basic"), (&ASCII, "ascii")] {
            let mut model = overview(busy(), size);
            model.look = look(glyphs, Colors::Neutral);
            let shown = picture(&model);
            assert!(set != "ascii" || shown.is_ascii(), "{shown}");
            insta::assert_snapshot!(format!("overview@start@{size_name}@{set}"), shown);
            // Without colours the same cells have the same roles; how they look is told apart below.
            model.look = look(glyphs, Colors::Mono);
            assert_eq!(picture(&model), shown);
        }
    }
}

#[test]
fn the_first_screen_where_there_is_little_room() {
    insta::assert_snapshot!("overview@start@44x12@full", picture(&overview(busy(), Size { columns: 44, rows: 12 })));
}

#[test]
fn the_cursor_on_a_bar_says_its_time_and_enter_filters_to_it() {
    let mut model = overview(busy(), SIZE);
    act(&mut model, &[Action::PreviousPart, Action::Right]);
    insta::assert_snapshot!("overview@bar@80x24@full", picture(&model));
    act(&mut model, &[Action::Open]);
    assert_eq!(model.filtering.text, "after:2026-09-03T18:00+02 before:2026-09-03T20:00+02");
}

#[test]
fn a_zoomed_chart_shows_the_same_bar_in_more_detail() {
    let mut model = overview(busy(), SIZE);
    act(&mut model, &[Action::ZoomIn, Action::ZoomIn]);
    insta::assert_snapshot!("overview@zoomed@80x24@full", picture(&model));
    let zoomed = picture(&model);
    act(&mut model, &[Action::Earlier, Action::Later]);
    assert_eq!(picture(&model), zoomed);
    act(&mut model, &[Action::ZoomOut, Action::ZoomOut, Action::ZoomOut]);
    assert!(picture(&model).contains("spike 3 Sep 13:00 - 19:00"));
}

#[test]
fn while_it_reads() {
    let mut model = overview(Analysis::default(), SIZE);
    let reading = Reading { bytes: 2_040_109_465, of: 5_368_709_120, records: 3_811_204 };
    update(&mut model, Msg::News(News::Reading(reading)));
    insta::assert_snapshot!("overview@reading-nothing-yet@80x24@full", picture(&model));
    update(&mut model, Msg::News(News::SoFar(Arc::new(busy()))));
    insta::assert_snapshot!("overview@reading@80x24@full", picture(&model));
    model.size = LARGE;
    insta::assert_snapshot!("overview@reading@120x40@full", picture(&model));
    update(&mut model, Msg::News(News::Reading(Reading { of: 0, ..reading })));
    assert!(picture(&model).contains(" Reading: 1.8 GiB so far."));
}

#[test]
fn a_good_day_is_an_answer() {
    insta::assert_snapshot!("overview@good-day@80x24@full", picture(&overview(good_day(), SIZE)));
    insta::assert_snapshot!("overview@good-day@120x40@full", picture(&overview(good_day(), LARGE)));
}

#[test]
fn without_events_it_says_what_the_log_is() {
    let mut other = Analysis::default();
    other.totals.records = 412;
    other.inputs = vec![InputAccount {
        name: "sign-ins.json".to_owned(),
        records: 412,
        other: 412,
        remarks: [("an Entra sign-in log, not a provisioning log; export Monitoring > Provisioning logs", 412)].into(),
        ..InputAccount::default()
    }];
    insta::assert_snapshot!("overview@no-events@80x24@full", picture(&overview(other.clone(), SIZE)));
    other.totals.filtered = 400;
    assert!(picture(&overview(other, SIZE)).contains("Nothing passes your filter."));
}

#[test]
fn a_large_screen_says_what_is_new_since_the_last_visit() {
    let mut model = overview(busy(), LARGE);
    assert!(!picture(&model).contains("since you last looked"));
    model.memory.seen.until = Some(at("2026-09-05T15:30:00Z"));
    model.memory.seen.issues = [
        ("shown-login-refused @ Salesforce", 1_012),
        ("shown-user-exists @ Salesforce", 200),
        ("shown-out-of-scope @ Salesforce", 55),
        ("<ID> violates constraint <NAME> @ Salesforce", 10),
    ]
    .map(|(key, count)| (key.to_owned(), count))
    .into();
    insta::assert_snapshot!("overview@since@120x40@full", picture(&model));
    let whole = model.data.whole.clone();
    for issue in whole.issues.iter().chain(&whole.unknown) {
        let key = crate::tui::screen::issue::key(issue, &model.context());
        model.memory.seen.issues.insert(key, issue.events);
    }
    assert!(picture(&model).contains("Nothing is new since then."));
}

/// The same trouble at two apps whose names begin alike.
fn alike() -> Analysis {
    let mut alike = busy();
    let mut other = alike.issues[0].clone();
    other.app = Some("Salesforce.com - Sandbox".to_owned());
    alike.issues[0].app = Some("Salesforce.com - Production".to_owned());
    alike.issues.insert(1, other);
    for (app, name) in alike.apps.iter_mut().zip(["Salesforce.com - Production", "Salesforce.com - Sandbox"]) {
        app.name = name.into();
    }
    alike
}

#[test]
fn apps_whose_names_begin_alike_are_told_apart_and_the_issue_comes_first() {
    let small = picture(&overview(alike(), SIZE));
    for words in ["Salesfo…duction ", "Salesfo…Sandbox ", "   App no longer accepts … · Salesf…ction "] {
        assert!(small.contains(words), "{words}\n{small}");
    }
    let large = picture(&overview(alike(), LARGE));
    for words in ["Salesf…uction ", "Salesf…andbox ", " × App no longer acc… · Sales…ndbox "] {
        assert!(large.contains(words), "{words}\n{large}");
    }
}

#[test]
fn where_to_start_keeps_its_count_however_long_the_rest_is() {
    let mut long = alike();
    long.people.access_not_removed.truncate(1);
    for (columns, rows) in [(120, 40), (80, 24), (60, 20), (44, 12)] {
        let words = words(long.clone(), columns, rows);
        assert!(words.contains("212 people affected."), "{words}");
        assert!(words.contains("1 person should have lost access and has not."), "{words}");
    }
}

/// The words of a screen as one text, whatever the rows are.
fn words(analysis: Analysis, columns: usize, rows: usize) -> String {
    let screen = picture(&overview(analysis, Size { columns, rows })).replace('|', " ");
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn who_should_have_lost_access_is_told_whole_where_there_is_little_room() {
    for (columns, rows) in [(80, 24), (60, 20), (45, 18), (44, 12), (40, 10)] {
        let words = words(busy(), columns, rows);
        assert!(columns == 40 || words.contains("affected. "), "{columns}x{rows}: {words}");
        assert!(words.contains("people should have lost access and have not."), "{columns}x{rows}: {words}");
    }
}

#[test]
fn what_of_the_verdict_has_no_room_is_not_left_out_silently() {
    let mut long = busy();
    (long.totals.known_failures, long.totals.guessed_failures, long.totals.unknown_failures) = (2_079, 1_000, 0);
    long.totals.told_twice = 200;
    let whole = words(long.clone(), 60, 20);
    assert!(whole.contains("200 are told by two logs and counted in both. Start here:"), "{whole}");
    let words = words(long, 40, 10);
    assert!(words.contains("… ") && !words.contains("counted in both"), "{words}");
}

#[test]
fn the_mark_of_the_bar_leaves_dates_whole() {
    let mut model = overview(busy(), SIZE);
    act(&mut model, &[Action::PreviousPart, Action::First]);
    for _ in 0..80 {
        let screen = picture(&model);
        let axis = screen.lines().find(|line| line.starts_with("    └")).unwrap();
        for day in ["1 Sep", "2 Sep", "3 Sep", "4 Sep", "5 Sep"] {
            assert!(axis.contains(day), "{axis}");
        }
        act(&mut model, &[Action::Right]);
    }
}

#[test]
fn only_known_issues_are_counted_as_such() {
    let screen = picture(&overview(busy(), SMALL));
    assert!(screen.contains("by people affected · 1-1 of 4 ─"), "{screen}");
}

#[test]
fn reasons_have_the_times_of_the_screen() {
    let screen = picture(&overview(busy(), LARGE));
    assert!(screen.contains("Nothing since 4 Sep 18:20; usually") && !screen.contains("Europe/Berlin"), "{screen}");
}

#[test]
fn a_name_that_is_a_secret_is_masked_before_it_is_cut() {
    let mut named = alike();
    let name = "SSWS 00aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789AbCd";
    named.issues[0].app = Some(name.to_owned());
    named.apps[0].name = name.into();
    for size in [LARGE, SIZE, SMALL, Size { columns: 44, rows: 12 }] {
        let screen = picture(&overview(named.clone(), size));
        assert!(!screen.contains("00aB") && !screen.contains("AbCd"), "{screen}");
    }
}
