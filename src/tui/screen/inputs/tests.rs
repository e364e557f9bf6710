use std::sync::Arc;

use super::*;
use crate::analysis::{Analysis, Covered};
use crate::error::{Problem, ProblemKind};
use crate::rules::Complaint;
use crate::tui::data::{Events, Reading};
use crate::tui::jobs::News;
use crate::tui::model::{Model, Size};
use crate::tui::tests::{SIZE, act, analysis, model_of, picture};
use crate::tui::update::{Effect, Msg, update};
use crossterm::event::{KeyCode, KeyEvent};

fn inputs() -> Analysis {
    let mut analysis = analysis();
    let good = InputAccount {
        name: "logs/okta-sept.jsonl".to_owned(),
        framing: "json-lines",
        bytes: 9_332_000,
        records: 20_031,
        events: 20_000,
        other: 31,
        dialects: [("okta-system-log", 20_031)].into(),
        ..InputAccount::default()
    };
    let problem = |line: u64, kind, detail: &str| Problem {
        line,
        offset: line * 211,
        kind,
        detail: detail.to_owned(),
        lost: true,
    };
    let bad = InputAccount {
        name: "logs/old-export.json".to_owned(),
        framing: "json-lines",
        bytes: 4_100_000,
        records: 49,
        events: 12,
        unreadable: 37,
        problems: vec![
            problem(12, ProblemKind::Truncated, "the text ends in the middle of a record; is the file cut off?"),
            problem(13, ProblemKind::BadJson, "not a log record: expected an object, found the word \"null\""),
            problem(40, ProblemKind::BadTime, "the time \"2026-13-01\" does not exist"),
            problem(41, ProblemKind::BadTime, "the time \"2026-13-02\" does not exist"),
        ],
        problem_counts: [(ProblemKind::Truncated, 1), (ProblemKind::BadJson, 1), (ProblemKind::BadTime, 35)].into(),
        ..InputAccount::default()
    };
    let passed = InputAccount {
        name: "logs/.hidden".to_owned(),
        error: Some("passed over: hidden file".to_owned()),
        ..InputAccount::default()
    };
    analysis.inputs = vec![good, bad, passed];
    analysis.totals.unreadable = 37;
    analysis
}

fn model(size: Size) -> Model {
    let mut model = model_of(inputs(), size);
    let newest = vec![Some(crate::tui::tests::at("2026-09-05T23:35:00Z")), None];
    update(&mut model, Msg::News(News::Read(Arc::new(inputs()), Arc::new(Events { newest, ..Events::default() }))));
    let missing = "logs/okta-okt.jsonl: no such file or folder; did you mean logs/okta-sept.jsonl?";
    update(&mut model, Msg::News(News::Unusable(Arc::new(vec![missing.to_owned()]))));
    let what = "unknown field `mach`, expected one of `match`, `cause`".to_owned();
    model.data.rule_errors =
        Arc::new(vec![Complaint { file: "rules/contractors.toml".to_owned(), line: Some(9), what }]);
    act(&mut model, &[Action::Tab7]);
    model
}

/// The count of built-in rules grows.
fn fixed(model: &Model) -> String {
    let all = model.data.library.rules().len();
    picture(model).replace(&format!("{all} known issues ({} built in", all - 4), "404 known issues (400 built in")
}

#[test]
fn inputs_at_80x24() {
    let mut model = model(SIZE);
    insta::assert_snapshot!("inputs@start@80x24@full", fixed(&model));
    act(&mut model, &[Action::Down]);
    insta::assert_snapshot!("inputs@bad@80x24@full", fixed(&model));
    act(&mut model, &[Action::Open]);
    insta::assert_snapshot!("file@bad@80x24@full", fixed(&model));
}

#[test]
fn inputs_at_120x40() {
    let mut model = model(Size { columns: 120, rows: 40 });
    act(&mut model, &[Action::Down]);
    insta::assert_snapshot!("inputs@bad@120x40@full", fixed(&model));
}

#[test]
fn inputs_where_there_is_little_room() {
    insta::assert_snapshot!("inputs@start@60x20@full", fixed(&model(Size { columns: 60, rows: 20 })));
    insta::assert_snapshot!("inputs@start@44x12@full", fixed(&model(Size { columns: 44, rows: 12 })));
}

#[test]
fn a_file_is_asked_for_and_everything_is_read_again_with_it() {
    let mut model = model(SIZE);
    act(&mut model, &[Action::Note]);
    assert!(picture(&model).contains("File or folder:"));
    update(&mut model, Msg::Paste("'/logs/my file.json' ".to_owned()));
    let effects = update(&mut model, Msg::Key(KeyEvent::from(KeyCode::Enter)));
    assert!(
        matches!(&effects[..], [Effect::Start(Job::Add(paths))] if *paths == [std::path::PathBuf::from("/logs/my file.json")]),
        "{effects:?}"
    );
    let effects = update(&mut model, Msg::News(News::Added(Vec::new())));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Start(Job::Read))), "{effects:?}");
    assert!(picture(&model).contains("reading"));
}

#[test]
fn paths_come_in_many_forms() {
    for (typed, path) in [
        (" a.json ", Some("a.json")),
        ("\"C:\\logs\\a b.json\"", Some("C:\\logs\\a b.json")),
        ("/logs/a\\ b.json", Some("/logs/a b.json")),
        ("  ", None),
    ] {
        assert_eq!(path_of(typed).as_deref(), path);
    }
}

/// Two files of which the first was being read.
fn in_the_middle() -> Analysis {
    let mut some = analysis();
    let file = |name: &str| InputAccount { name: name.to_owned(), named: true, ..InputAccount::default() };
    let begun = InputAccount {
        bytes: 101 << 20,
        length: Some(1_200 << 20),
        records: 25_376,
        events: 25_376,
        framing: "json",
        dialects: [("okta-system-log", 25_376)].into(),
        ..file("a.ndjson")
    };
    let before = InputAccount { complete: true, records: 5, events: 5, bytes: 2_000, ..file("0.ndjson") };
    some.inputs = vec![before, begun, file("b.ndjson")];
    some
}

#[test]
fn what_was_not_read_is_not_called_read() {
    let mut stopped = in_the_middle();
    stopped.covered = Some(Covered { bytes: 101 << 20, of: Some(1_200 << 20) });
    let mut model = model_of(stopped, SIZE);
    assert!(picture(&model).contains("3 logs") && picture(&model).contains("20,000 events, stopped"));
    act(&mut model, &[Action::Tab1]);
    assert!(picture(&model).contains(" Only 101 MiB of 1.1 GiB (8%) was read; the rest is in no number here."));
    act(&mut model, &[Action::Tab7]);
    let screen = picture(&model);
    for words in ["● done ", "▲ stopped", "◦ not read", "reading was stopped before the end", "all of it was read"]
    {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
    act(&mut model, &[Action::Down]);
    assert!(picture(&model).contains("101 MiB of 1.1 GiB read"));
    act(&mut model, &[Action::Down]);
    let screen = picture(&model);
    assert!(
        screen.contains("nothing of it was read") && screen.contains("Reading was stopped before its turn. R reads")
    );
    for columns in [60, 120] {
        model.size = Size { columns, rows: 24 };
        assert!(picture(&model).contains("stopped"), "{columns}");
    }
}

#[test]
fn a_file_that_is_being_read_is_not_done() {
    let mut model = model_of(in_the_middle(), SIZE);
    model.data.reading = Some(Reading { bytes: 101 << 20, of: 1_200 << 20, records: 25_381 });
    act(&mut model, &[Action::Tab7]);
    let screen = picture(&model);
    for words in ["● done ", "◦ reading ", "◦ waiting "] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
}
