//! That jobs end once nobody wants to know, and what a saved file is like.

use std::cell::Cell;
use std::path::PathBuf;

use super::*;
use crate::event::store::Store;
use crate::event::{Entry, Place};
use crate::tui::tests::library;

fn many(count: u32) -> Arc<Events> {
    let mut store = Store::default();
    for number in 0..count {
        let place = Place { line: number.into(), ..Place::default() };
        store.push(&Entry { time: Some(i64::from(number)), ..Entry::new(place, "okta", "okta-system-log") });
    }
    Arc::new(Events::of(store))
}

/// Says yes for a while, and counts how often it was asked.
fn patience(times: usize) -> (Cell<usize>, impl Fn(&Cell<usize>) -> bool) {
    (Cell::new(0), move |asked: &Cell<usize>| {
        asked.set(asked.get() + 1);
        asked.get() <= times
    })
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
    type Work<'w> = Box<dyn Fn(&dyn Fn() -> bool) -> bool + 'w>;
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
                named.push(&Entry { subject: who, ..Entry::new(Place::default(), "okta", "okta-system-log") });
            });
            around::around(&Arc::new(Events::of(named)), 0, is_wanted).is_none()
        }),
    ];
    for work in works {
        let (asked, is_wanted) = patience(2);
        assert!(work(&|| is_wanted(&asked)));
        assert_eq!(asked.get(), 3);
    }
}

fn export(path: PathBuf, format: export::Format) -> Export {
    let store = crate::tui::screen::events::tests::store();
    let events = Arc::new(Events::of(store));
    let shown = Arc::new(Shown { rows: events.by_time.iter().copied().take(3).collect() });
    Export { path, format, filter: "status:failed".to_owned(), events, shown, backwards: true }
}

#[test]
fn a_file_is_saved_once_and_only_for_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    for format in export::Format::ALL {
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
    assert!(export::save(&export(stopped.clone(), export::Format::Csv), &library(), &|| false).contains("not written"));
    assert!(!stopped.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    let nowhere = export(folder.path().join("no/such/folder.csv"), export::Format::Csv);
    assert!(export::save(&nowhere, &library(), &|| true).contains("cannot be written"));
}
