//! That jobs end once nobody wants to know, and what a saved file is like.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::format::Format;
use super::*;
use crate::event::filter::Filter;
use crate::event::store::Store;
use crate::event::{Entry, Place, Provider};
use crate::output::bundle::redact::Key;
use crate::tui::tests::library;

fn many(count: u32) -> Arc<Events> {
    let mut store = Store::default();
    for number in 0..count {
        let place = Place { line: number.into(), ..Place::default() };
        store.push(&Entry { time: Some(i64::from(number)), ..Entry::new(place, Provider::Okta, "okta-system-log") });
    }
    Arc::new(Events::of(store))
}

/// Says yes for a while, and counts how often it was asked.
fn patience(times: usize) -> (AtomicUsize, impl Fn(&AtomicUsize) -> bool) {
    (AtomicUsize::new(0), move |asked: &AtomicUsize| asked.fetch_add(1, Ordering::Relaxed) < times)
}

#[test]
fn many_rows_are_searched_by_several_threads_and_found_in_order() {
    let mut named = Store::default();
    let logins = ["ann@corp.example", "bob@corp.example", "cid@corp.example"];
    for number in 0..narrow::MANY as u32 + 5_000 {
        let login = logins.get((number % 3) as usize).copied();
        let who = crate::event::Subject { login, ..Default::default() };
        let entry = Entry::new(Place::default(), Provider::Okta, "okta-system-log");
        // From the newest to the oldest.
        named.push(&Entry { subject: who, time: Some(-i64::from(number)), ..entry });
    }
    let narrow = Narrow {
        text: "bob".to_owned(),
        filter: Filter::with(crate::event::filter::Field::User, "bob"),
        events: Arc::new(Events::of(named)),
        states: Arc::default(),
        analyse: false,
    };
    let wanted: Vec<u32> = (0..narrow.events.store.len()).rev().filter(|row| row % 3 == 1).collect();
    assert_eq!(search(&narrow, &library(), &|| true), Some(wanted));
    assert_eq!(search(&narrow, &library(), &|| false), None);
}

#[test]
fn whoever_is_not_wanted_any_more_stops_within_a_stride() {
    let events = many(5 * STRIDE as u32);
    let shown = Arc::new(Shown { rows: events.by_time.clone() });
    let library = library();
    let narrow = Narrow {
        text: "x".to_owned(),
        filter: Filter::with(crate::event::filter::Field::Any, "x"),
        events: events.clone(),
        states: Arc::default(),
        analyse: true,
    };
    type Work<'w> = Box<dyn Fn(&Wanted<'_>) -> bool + 'w>;
    let works: [Work<'_>; 5] = [
        Box::new(|is_wanted| search(&narrow, &library, is_wanted).is_none()),
        Box::new(|is_wanted| {
            let asked = Survey { narrow: narrow.clone(), shown: shown.clone() };
            survey::survey(&asked, &library, is_wanted).is_none()
        }),
        Box::new(|is_wanted| {
            let asked = Sorting { events: events.clone(), shown: shown.clone(), order: Order::App };
            order::sort(&asked, &library, is_wanted).is_none()
        }),
        Box::new(|is_wanted| blame::blame(&narrow, &library, is_wanted).is_none()),
        Box::new(|is_wanted| {
            let mut named = Store::default();
            let who = crate::event::Subject { login: Some("a"), ..Default::default() };
            (0..5 * STRIDE).for_each(|_| {
                named.push(&Entry { subject: who, ..Entry::new(Place::default(), Provider::Okta, "okta-system-log") });
            });
            around::around(&Arc::new(Events::of(named)), 0, is_wanted).is_none()
        }),
    ];
    for work in works {
        let (asked, is_wanted) = patience(2);
        assert!(work(&|| is_wanted(&asked)));
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }
}

fn export(path: PathBuf, format: Format) -> Export {
    let store = crate::tui::screen::events::tests::store();
    let events = Arc::new(Events::of(store));
    let shown = Arc::new(Shown { rows: events.by_time.iter().copied().take(3).collect() });
    Export { path, format, filter: "status:failed".to_owned(), events, shown, backwards: true }
}

#[test]
fn a_file_is_saved_once_and_only_for_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        let path = folder.path().join(format!("events.{}", format.ending()));
        let asked = export(path.clone(), format);
        let said = export::save(&asked, &library(), &|| true);
        assert!(said.starts_with("Saved 3 events to ") && said.ends_with("times in UTC."), "{said}");
        let text = std::fs::read_to_string(&path).unwrap();
        let places: Vec<usize> =
            ["li.wei", "raj.patel", "mia.chen"].iter().map(|who| text.find(who).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let again = export::save(&asked, &library(), &|| true);
        assert!(again.contains("is there already and stays as it is"), "{again}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    let stopped = folder.path().join("stopped.csv");
    assert!(export::save(&export(stopped.clone(), Format::Csv), &library(), &|| false).contains("not written"));
    assert!(!stopped.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
    let nowhere = export(folder.path().join("no/such/folder.csv"), Format::Csv);
    assert!(export::save(&nowhere, &library(), &|| true).contains("there is no such folder"));
}

/// A reader of files, whose chance and time are always the same.
pub(in crate::tui) fn reader(paths: &[&std::path::Path]) -> Reader {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    let gathered = crate::source::gather(&paths);
    let (library, _) = Library::load(&[]);
    Reader {
        paths,
        samples: Vec::new(),
        gathered,
        library: Arc::new(library),
        rule_folders: Vec::new(),
        own_rules: None,
        rule_errors: Vec::new(),
        options: crate::pipeline::Options::default(),
        memory: super::reader::MEMORY,
        home: None,
        fresh: || Ok(bundle::Fresh { key: Key::from_bytes([7; 32]), now: 1_795_000_000_000_000 }),
    }
}

#[test]
fn a_path_may_begin_at_home() {
    let mut reader = reader(&[]);
    let typed = |reader: &Reader, path: &str| reader.path(std::path::Path::new(path)).display().to_string();
    assert_eq!(typed(&reader, "~/a.json"), "~/a.json");
    reader.home = Some(PathBuf::from("/home/ann"));
    for (path, meant) in [("~/a.json", "/home/ann/a.json"), ("~", "/home/ann"), ("~ann/a", "~ann/a"), ("a/~", "a/~")] {
        assert_eq!(typed(&reader, path).trim_end_matches('/'), meant);
    }
}

#[test]
fn rules_are_those_of_now_and_stay_the_same_where_nothing_changed() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("rules");
    let mut reader = reader(&[]);
    reader.own_rules = Some(own.clone());
    let library = reader.library.clone();
    let same = reader.clone().with_rules_of_now();
    assert!(Arc::ptr_eq(&same.library, &library));
    std::fs::create_dir(&own).unwrap();
    let empty = same.with_rules_of_now();
    assert!(Arc::ptr_eq(&empty.library, &library));
    std::fs::write(own.join("broken.toml"), "id = ").unwrap();
    let broken = empty.with_rules_of_now();
    assert!(!Arc::ptr_eq(&broken.library, &library));
    assert_eq!(broken.rule_errors.len(), 1);
    std::fs::remove_file(own.join("broken.toml")).unwrap();
    assert!(broken.with_rules_of_now().rule_errors.is_empty());
}

#[test]
fn news_that_name_rules_by_old_positions_are_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("rules");
    let log = folder.path().join("log.ndjson");
    std::fs::write(&log, "").unwrap();
    let (told, hears) = std::sync::mpsc::channel();
    let mut desk = Desk::new(Reader { own_rules: Some(own.clone()), ..reader(&[&log]) }, move |news| {
        let _ = told.send(news);
    });
    let mut read = || {
        desk.start(Job::Read);
        let mut kinds = Vec::new();
        loop {
            match hears.recv().unwrap() {
                News::Read(..) => return kinds,
                News::Rules(library, errors) => kinds.push((library.rules().len(), errors.len())),
                _ => {}
            }
        }
    };
    assert_eq!(read(), []);
    std::fs::create_dir(&own).unwrap();
    assert_eq!(read(), []);
    std::fs::write(own.join("broken.toml"), "id = ").unwrap();
    let rules = read();
    assert!(matches!(rules[..], [(_, 1)]), "{rules:?}");
}
