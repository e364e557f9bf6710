//! The dialog about an issue of the samples, cell by cell, and what its keys do.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::analysis::Analysis;
use crate::event::Place;
use crate::event::store::Store;
use crate::output::bundle::redact::{Leak, Recipient};
use crate::output::bundle::{About, Blocked, Files, NoBundle, verify};
use crate::pipeline::{self, Options, Progress};
use crate::source::Gathered;
use crate::tui::data::Events;
use crate::tui::jobs::bundle::{Answer, Asked, Packing, make, refusal, write};
use crate::tui::jobs::{self, Job, Narrow, News, Reader};
use crate::tui::keymap::Action;
use crate::tui::look::{ASCII, Colors, FULL};
use crate::tui::memory::{Change, Memory};
use crate::tui::model::{Model, Size};
use crate::tui::outside::Errand;
use crate::tui::tests::{SIZE, act, look, picture};
use crate::tui::update::{Effect, Msg, update};

const WIDE: Size = Size { columns: 120, rows: 40 };

/// What was read, once for all tests.
struct Read {
    reader: Reader,
    analysis: Arc<Analysis>,
    events: Arc<Events>,
}

fn read() -> &'static Read {
    static READ: OnceLock<Read> = OnceLock::new();
    READ.get_or_init(|| {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        let paths = ["okta-system-log.ndjson", "entra-provisioning.json"].map(|name| samples.join(name));
        let reader = jobs::tests::reader(&[&paths[0], &paths[1]]);
        let library = reader.library.clone();
        let gathered = Gathered { sources: reader.gathered.sources.clone(), ..Gathered::default() };
        let mut store = Store::default();
        let (analysis, _) =
            pipeline::run_into(gathered, &library, &reader.options, &Progress::default(), Some(&mut store));
        Read { reader, analysis: Arc::new(analysis), events: Arc::new(Events::of(store)) }
    })
}

/// The screen of issues after everything was read, with the cursor on the first one.
fn issues(size: Size) -> Model {
    let read = read();
    let mut model = Model::new(read.reader.library.clone(), Memory::default(), look(&FULL, Colors::Neutral), size);
    update(&mut model, Msg::News(News::Read(read.analysis.clone(), read.events.clone())));
    act(&mut model, &[Action::Tab2]);
    model
}

/// What is asked of others by an action.
fn asked(effects: &[Effect]) -> Arc<Asked> {
    let asked = effects.iter().rev().find_map(|effect| match effect {
        Effect::Start(Job::Bundle(asked)) => Some(asked.clone()),
        _ => None,
    });
    asked.unwrap_or_else(|| panic!("nothing is asked for: {effects:?}"))
}

/// Does what an action asks of others, as the desk does.
fn with_answer(model: &mut Model, action: Action) -> Arc<Answer> {
    let effects = update(model, Msg::Act(action));
    answer(model, &effects)
}

fn answer(model: &mut Model, effects: &[Effect]) -> Arc<Answer> {
    let asked = asked(effects);
    let answer = Arc::new(make(&asked, &read().reader, &|| true).unwrap());
    update(model, Msg::News(News::Bundled(asked, Some(answer.clone()))));
    answer
}

fn dialog(size: Size) -> (Model, Arc<Answer>) {
    let mut model = issues(size);
    let answer = with_answer(&mut model, Action::Bundle);
    (model, answer)
}

fn press(model: &mut Model, code: KeyCode) -> Vec<Effect> {
    update(model, Msg::Key(KeyEvent::from(code)))
}

fn type_text(model: &mut Model, text: &str) {
    text.chars().for_each(|letter| drop(press(model, KeyCode::Char(letter))));
}

/// Goes to the field whose row has these words.
fn go_to(model: &mut Model, words: &str) {
    for _ in 0..10 {
        if chosen(model).contains(words) {
            return;
        }
        act(model, &[Action::PreviousPart]);
    }
    panic!("{words} cannot be gone to:\n{}", picture(model));
}

/// What keys go to.
fn chosen(model: &Model) -> String {
    let rows = crate::tui::view::rows(model);
    let pieces = rows.iter().flat_map(|row| row.pieces(model.size().columns));
    pieces.filter(|piece| piece.chosen).map(|piece| piece.text).collect()
}

#[test]
fn the_dialog_at_80x24_and_120x40() {
    insta::assert_snapshot!("bundle@support@80x24@full", picture(&dialog(SIZE).0));
    insta::assert_snapshot!("bundle@support@120x40@full", picture(&dialog(WIDE).0));
}

#[test]
fn the_dialog_where_there_is_little_room() {
    let (mut small, _) = dialog(Size::LEAST);
    insta::assert_snapshot!("bundle@buttons@40x10@full", picture(&small));
    go_to(&mut small, "group names");
    insta::assert_snapshot!("bundle@groups@40x10@full", picture(&small));
    // Everything can be read there too.
    let mut seen = String::new();
    for _ in 0..12 {
        seen.push_str(&picture(&small));
        act(&mut small, &[Action::PageDown]);
    }
    for _ in 0..12 {
        act(&mut small, &[Action::PageUp]);
        seen.push_str(&picture(&small));
    }
    for words in
        ["Bundle for support", "They get", "But not", "About", "Include", "Hidden", "Preview", "Checked", "File"]
    {
        assert!(seen.contains(words), "{words} is nowhere");
    }
    insta::assert_snapshot!("bundle@support@60x20@full", picture(&dialog(Size { columns: 60, rows: 20 }).0));
}

#[test]
fn without_unicode_and_while_it_is_counted() {
    let mut model = issues(SIZE);
    model.look = look(&ASCII, Colors::Mono);
    act(&mut model, &[Action::Bundle]);
    let picture = picture(&model);
    assert!(picture.is_ascii(), "{picture}");
    insta::assert_snapshot!("bundle@counting@80x24@ascii", picture);
    act(&mut model, &[Action::Open]);
    assert!(crate::tui::tests::picture(&model).contains("not ready yet"));
}

#[test]
fn another_recipient_is_counted_anew_with_the_same_key_and_time() {
    let (mut model, support) = dialog(SIZE);
    go_to(&mut model, "Okta support");
    let vendor = with_answer(&mut model, Action::Right);
    insta::assert_snapshot!("bundle@vendor@80x24@full", picture(&model));
    let colleagues = with_answer(&mut model, Action::Right);
    insta::assert_snapshot!("bundle@colleagues@80x24@full", picture(&model));
    let again = with_answer(&mut model, Action::Right);
    let hash = |answer: &Answer| answer.made.as_ref().unwrap().bundle.content_sha256.clone();
    assert_eq!(hash(&again), hash(&support));
    assert!(hash(&vendor) != hash(&support) && hash(&colleagues) != hash(&vendor));
    let recipients = [&support, &vendor, &colleagues].map(|answer| answer.made.as_ref().unwrap().recipient);
    assert_eq!(recipients, Recipient::ALL);
}

#[test]
fn only_what_was_asked_last_is_heard() {
    let mut model = issues(SIZE);
    let first = asked(&update(&mut model, Msg::Act(Action::Bundle)));
    go_to(&mut model, "Okta support");
    let second = asked(&update(&mut model, Msg::Act(Action::Right)));
    let of = |asked: &Asked| Some(Arc::new(make(asked, &read().reader, &|| true).unwrap()));
    update(&mut model, Msg::News(News::Bundled(first.clone(), of(&first))));
    assert!(picture(&model).contains("being counted"));
    // Another dialog came between: this one asks again.
    let effects = update(&mut model, Msg::News(News::Bundled(second, None)));
    answer(&mut model, &effects);
    assert!(picture(&model).contains("Write file") && !picture(&model).contains("being counted"));
    assert!(make(&first, &read().reader, &|| false).is_none());
}

#[test]
fn what_was_tried_goes_along_unless_it_is_unticked() {
    let mut model = issues(SIZE);
    act(&mut model, &[Action::Open, Action::Next, Action::Tick]);
    let key = model.memory().ticks.keys().next().unwrap().clone();
    model.memory.change(Change::Note(key, "ticket 4711".to_owned()));
    let with = with_answer(&mut model, Action::Bundle);
    assert!(picture(&model).contains("[x] what we tried (1 ticked step, your note)"));
    let facts = |answer: &Answer| answer.made.as_ref().unwrap().bundle.facts.clone();
    assert_eq!((facts(&with).tried.len(), facts(&with).note.as_deref()), (1, Some("ticket 4711")));
    go_to(&mut model, "what we tried");
    let without = with_answer(&mut model, Action::Tick);
    assert!(facts(&without).tried.is_empty() && facts(&without).note.is_none());
}

#[test]
fn one_person_and_groups_can_be_shown() {
    let (mut model, _) = dialog(SIZE);
    go_to(&mut model, "one person by name");
    act(&mut model, &[Action::Tick]);
    type_text(&mut model, "nobody.here@example.com");
    let effects = press(&mut model, KeyCode::Enter);
    let refused = answer(&mut model, &effects);
    assert!(refused.made.as_ref().unwrap_err().contains("nobody in these logs"));
    assert!(!picture(&model).contains("Write file"));
    // Untick, and name somebody who is there.
    let events = &read().events;
    let who = events.store.subjects().find_map(|who| who.login.filter(|login| login.contains('@'))).unwrap();
    with_answer(&mut model, Action::Tick);
    act(&mut model, &[Action::Tick]);
    type_text(&mut model, who);
    let effects = press(&mut model, KeyCode::Enter);
    let shown = answer(&mut model, &effects);
    assert_eq!(shown.made.as_ref().unwrap().bundle.account.revealed, 1);
    assert!(picture(&model).contains(&format!("[x] one person by name: {who}")));
    go_to(&mut model, "group names");
    let groups = with_answer(&mut model, Action::Tick);
    assert!(groups.made.as_ref().unwrap().bundle.account.groups_kept);
    assert!(!picture(&model).contains("mails, groups,"));
}

#[test]
fn a_stray_enter_writes_nothing() {
    let (mut model, _) = dialog(SIZE);
    for _ in 0..5 {
        let effects = press(&mut model, KeyCode::Enter);
        assert!(effects.is_empty(), "{effects:?}");
    }
    assert!(picture(&model).contains("README.md"));
}

#[test]
fn look_inside_shows_the_exact_texts() {
    let (mut model, answer) = dialog(SIZE);
    act(&mut model, &[Action::Open]);
    insta::assert_snapshot!("bundle@inside@80x24@full", picture(&model));
    let bundle = &answer.made.as_ref().unwrap().bundle;
    let mut names = Vec::new();
    for _ in &bundle.files {
        act(&mut model, &[Action::NextPart]);
        let heading = picture(&model).lines().nth(3).unwrap().to_owned();
        names.extend(bundle.files.iter().map(|file| file.path.clone()).filter(|path| heading.contains(path)));
    }
    names.sort();
    let mut all: Vec<String> = bundle.files.iter().map(|file| file.path.clone()).collect();
    all.sort();
    assert_eq!(names, all);
    act(&mut model, &[Action::Last]);
    let last = picture(&model);
    act(&mut model, &[Action::Down, Action::PageDown]);
    assert_eq!(picture(&model), last, "it ends where the text ends");
    act(&mut model, &[Action::Back]);
    assert!(picture(&model).contains("Bundle for support"));
}

#[test]
fn a_check_that_finds_something_leaves_nothing_to_write() {
    let mut model = issues(SIZE);
    let asked = asked(&update(&mut model, Msg::Act(Action::Bundle)));
    let leak = Leak { file: "README.md".to_owned(), line: 4, kind: "login".to_owned() };
    let record = Place { path: "okta.ndjson", line: 120, ..Place::default() };
    let blocked = NoBundle::Leaks(Blocked::of(vec![leak], |_| Some(record)));
    let made = Err(refusal(&blocked, &asked.about, &asked.narrow));
    update(&mut model, Msg::News(News::Bundled(asked, Some(Arc::new(Answer { fixed: None, made })))));
    insta::assert_snapshot!("bundle@refused@80x24@full", picture(&model));
    for action in [Action::Events, Action::Down, Action::Open] {
        let effects = update(&mut model, Msg::Act(action));
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Start(Job::Pack(_)))), "{effects:?}");
    }
}

#[test]
fn where_nothing_failed_the_filter_is_named_that_may_have_left_it_out() {
    let mut model = issues(SIZE);
    let asked = asked(&update(&mut model, Msg::Act(Action::Bundle)));
    let narrow = Narrow { text: "person:kim.lee person:june.park".to_owned(), ..asked.narrow.clone() };
    for about in [&About::Failures, &asked.about] {
        let why = refusal(&NoBundle::Nothing, about, &narrow);
        assert!(why.contains("failed") && why.contains("(person:kim.lee person:june.park)"), "{why}");
    }
}

#[test]
fn what_was_written_is_told_and_its_text_for_the_form_copied() {
    for (size, name) in [(SIZE, "bundle@written@80x24@full"), (WIDE, "bundle@written@120x40@full")] {
        let (mut model, answer) = dialog(size);
        act(&mut model, &[Action::Right]);
        let effects = update(&mut model, Msg::Act(Action::Open));
        let [Effect::Start(Job::Pack(packing))] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(packing.path, answer.made.as_ref().unwrap().bundle.file_name());
        // Once more is too much.
        assert!(update(&mut model, Msg::Act(Action::Open)).is_empty());
        let files = Files::at(packing.path.clone());
        let hash = answer.made.as_ref().unwrap().bundle.content_sha256.clone();
        update(&mut model, Msg::News(News::Packed(answer, Ok(files))));
        act(&mut model, &[Action::Up]);
        // It is that of the whole content, and another one after each change of its words.
        assert!(picture(&model).contains(&hash));
        insta::assert_snapshot!(name, picture(&model).replace(&hash, &"0".repeat(hash.len())));
        let effects = update(&mut model, Msg::Act(Action::Copy));
        let [Effect::Ask(Errand::Copy(text, _))] = &effects[..] else { panic!("{effects:?}") };
        assert!(text.starts_with("Subject: ") && !text.contains("~~~"), "{text}");
    }
}

#[test]
fn a_file_that_is_there_stays_and_another_name_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (mut model, answer) = dialog(SIZE);
    let path = folder.path().join("case.zip");
    let packing = Packing { answer: answer.clone(), path: path.clone() };
    let files = write(&packing, &read().reader).unwrap();
    let bytes = fs::read(&files.archive).unwrap();
    assert!(verify(&bytes, None, &[]).unwrap().is_passed());
    let mapping = fs::read_to_string(&files.mapping).unwrap();
    assert!(mapping.contains("Do not send this file") && mapping.contains(&"07".repeat(32)));
    #[cfg(unix)]
    for file in [&files.archive, &files.mapping] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = write(&packing, &read().reader).unwrap_err();
    assert!(again.contains("is there already and stays as it is"), "{again}");
    // Neither if only who is who is there, since it would be lost.
    fs::remove_file(&files.archive).unwrap();
    assert!(write(&packing, &read().reader).unwrap_err().contains("map.json is there already"));
    assert_eq!(fs::read_to_string(&files.mapping).unwrap(), mapping);
    let input = Packing { path: PathBuf::from(&read().reader.gathered.sources[0].name), ..packing };
    assert!(write(&input, &read().reader).unwrap_err().contains("one of the inputs"));

    act(&mut model, &[Action::Right, Action::Open]);
    update(&mut model, Msg::News(News::Packed(answer, Err(again))));
    assert!(chosen(&model).contains(".zip"), "{}", picture(&model));
    assert!(model.toast.as_ref().unwrap().ends_with("Choose another name."));
    act(&mut model, &[Action::Open]);
    update(&mut model, Msg::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)));
    type_text(&mut model, "other.zip");
    assert!(press(&mut model, KeyCode::Enter).is_empty(), "nothing is counted for another name");
    go_to(&mut model, "Write file");
    let effects = update(&mut model, Msg::Act(Action::Open));
    assert!(matches!(&effects[..], [Effect::Start(Job::Pack(packing))] if packing.path == Path::new("other.zip")));
}

#[test]
fn the_mouse_chooses_ticks_and_presses() {
    let (mut model, _) = dialog(SIZE);
    let click = |model: &mut Model, words: &str| {
        let shown = picture(model);
        let (row, line) = shown.lines().enumerate().find(|(_, line)| line.contains(words)).unwrap();
        let column = line.find(words).unwrap() as u16 + 1;
        let kind = MouseEventKind::Down(MouseButton::Left);
        update(model, Msg::Mouse(MouseEvent { kind, row: row as u16, column, modifiers: KeyModifiers::NONE }))
    };
    assert_eq!(asked(&click(&mut model, "colleagues")).recipient, Recipient::Internal);
    let effects = click(&mut model, "the application's vendor");
    answer(&mut model, &effects);
    let effects = click(&mut model, "group names");
    assert!(asked(&effects).keeps_groups);
    answer(&mut model, &effects);
    assert!(click(&mut model, "Checked").is_empty());
    click(&mut model, "Cancel");
    assert!(picture(&model).contains("2[Issues]"));
}

#[test]
fn it_is_opened_from_wherever_there_is_a_problem() {
    let mut model = issues(SIZE);
    act(&mut model, &[Action::Open]);
    with_answer(&mut model, Action::Bundle).made.as_ref().unwrap();
    // A person.
    let mut model = issues(SIZE);
    let who = read().analysis.people.waiting_for_access.first().unwrap().who.clone();
    let mut store = crate::tui::screen::person::State::about(&who);
    let mut options = Options { person: Some(who.label.to_string()), ..Options::default() };
    options.follow = false;
    let gathered = Gathered { sources: read().reader.gathered.sources.clone(), ..Gathered::default() };
    let (story, _) = pipeline::run_watched(gathered, &read().reader.library, &options, &Progress::default());
    {
        use crate::tui::screen::Page as _;
        let asked = match store.needs(&model.context()) {
            Some(Job::Story(asked)) => asked,
            other => panic!("{other:?}"),
        };
        store.hear(&News::Story(asked, Arc::new(story)), &model.context());
        let outcome = store.handle(Action::Bundle, &model.context());
        let crate::tui::screen::Outcome::Show(page) = outcome else { panic!("no dialog") };
        model.stack_mut().unwrap().push(crate::tui::model::Layer { page, filter_below: None });
    }
    let effects = update(&mut model, Msg::Act(Action::Left));
    let answer = answer(&mut model, &effects);
    let facts = answer.made.as_ref().unwrap().bundle.facts.clone();
    assert_eq!(facts.people, 1, "{facts:?}");
    // A list, but not of everything.
    let mut model = issues(SIZE);
    act(&mut model, &[Action::Tab3, Action::Bundle]);
    assert!(picture(&model).contains("Set a filter first"));
    act(&mut model, &[Action::Tab1, Action::Bundle]);
    assert!(picture(&model).contains("A bundle is about one problem"));
}

#[test]
fn marked_events_are_a_problem() {
    let mut model = issues(SIZE);
    let failed = read().events.store.rows().find(|row| row.outcome() == crate::event::Outcome::Failure).unwrap();
    let place = failed.place();
    let mark = crate::tui::memory::Mark { input: place.path.to_owned(), offset: place.offset };
    model.memory.change(Change::Mark(mark));
    let effects = update(&mut model, Msg::Act(Action::Marks));
    let narrow = effects.iter().find_map(|effect| match effect {
        Effect::Start(Job::Narrow(narrow)) => Some(narrow.clone()),
        _ => None,
    });
    let rows = crate::tui::jobs::search(&narrow.unwrap(), &read().reader.library, &|| true).unwrap();
    let shown = Arc::new(crate::tui::data::Shown { rows: rows.into() });
    update(&mut model, Msg::News(News::Narrowed("is:marked".to_owned(), shown)));
    let answer = with_answer(&mut model, Action::Bundle);
    assert_eq!(answer.made.as_ref().unwrap().bundle.facts.failures, 1);
}

#[test]
fn a_dialog_stands_still_while_files_are_read_again_or_followed() {
    let (mut model, _) = dialog(SIZE);
    let before = picture(&model);
    for live in [false, true] {
        model.data.reading = (!live).then(crate::tui::data::Reading::default);
        model.data.live = live.then_some(crate::tui::data::Live { records: 3, failed: 0 });
        for news in [News::SoFar(Arc::new(Analysis::default())), News::EventsSoFar(Arc::new(Events::default()))] {
            let effects = update(&mut model, Msg::News(news));
            assert!(!effects.iter().any(|effect| matches!(effect, Effect::Start(Job::Bundle(_)))), "{effects:?}");
        }
        let body = |picture: &str| picture.lines().skip(3).take(19).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(body(&picture(&model)), body(&before));
    }
    // What was read to its end is something else.
    let effects = update(&mut model, Msg::News(News::Read(read().analysis.clone(), Arc::new(Events::default()))));
    assert_eq!(asked(&effects).narrow.events.store.len(), 0);
}

#[test]
fn where_nothing_was_tried_the_dialog_says_what_to_do_instead() {
    let mut model = issues(SIZE);
    act(&mut model, &[Action::Tab3]);
    update(&mut model, Msg::Act(Action::Filter));
    update(&mut model, Msg::Paste("status:ok".to_owned()));
    press(&mut model, KeyCode::Enter);
    let answer = with_answer(&mut model, Action::Bundle);
    let why = answer.made.as_ref().unwrap_err();
    assert!(why.ends_with("open that with i and press b there"), "{why}");
}

#[test]
fn a_part_of_the_logs_makes_no_bundle() {
    let mut model = issues(SIZE);
    model.data.reading = Some(crate::tui::data::Reading::default());
    act(&mut model, &[Action::Bundle]);
    assert!(picture(&model).contains("Not everything was read yet."));
    let mut model = issues(SIZE);
    let mut store = model.data.events.store.clone();
    store.keep_newer_half();
    model.data.events = std::sync::Arc::new(crate::tui::data::Events::of(store));
    act(&mut model, &[Action::Bundle]);
    assert!(picture(&model).contains("The oldest events are counted only"), "{}", picture(&model));
}
