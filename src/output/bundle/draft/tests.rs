//! Which record a line of a bundle tells of.

use super::*;
use crate::analysis::Analysis;
use crate::event::store::Store;
use crate::event::{Entry, Outcome, Provider};
use crate::output::bundle::case::About;
use crate::output::bundle::redact::{Key, Recipient, Settings};
use crate::output::bundle::{Scope, Sender};
use crate::rules::Library;

#[test]
fn each_line_leads_to_the_record_it_tells_of() {
    let mut store = Store::default();
    // Read file by file, and told in order of time.
    for (input, path, line, time) in
        [(0, "a.ndjson", 1, 10), (0, "a.ndjson", 2, 40), (1, "b.ndjson", 7, 20), (1, "b.ndjson", 8, 30)]
    {
        let place = Place { input, path, line, ..Place::default() };
        store.push(&Entry {
            time: Some(time),
            outcome: Outcome::Failure,
            ..Entry::new(place, Provider::Okta, "okta-system-log")
        });
    }
    let (analysis, library) = (Analysis::default(), Library::load(&[]).0);
    let settings = Settings {
        recipient: Recipient::IdpSupport,
        keep_groups: false,
        reveal: Vec::new(),
        key: Key::from_bytes([7; 32]),
    };
    let rows = store.rows().map(Row::number).collect();
    let case = Case {
        scope: Scope { analysis: &analysis, store: &store, about: About::Failures, rows, is_narrowed: false },
        not_found: 0,
        library: &library,
        asked: (None, None),
        sender: Sender::default(),
        settings,
        created: 0,
        most_events: 100,
        most_bytes: 1 << 20,
        zone: None,
    };
    let mut draft = Draft::begin(&case).unwrap();
    // The record of the third line was not read again, so it stands in no file of records.
    let kept: Vec<Kept> = (0..draft.lines.len()).map(|at| Kept { at, with_record: at != 2 }).collect();
    draft.lines.iter_mut().for_each(|line| line.record = Some("{}".to_owned()));
    let behind = |file: &str, line: u64| {
        let leak = Leak { file: file.to_owned(), line, kind: "login".to_owned() };
        draft.behind(&leak, &kept).map(|place| (place.path, place.line))
    };
    assert_eq!(behind("events.ndjson", 2), Some(("b.ndjson", 7)));
    assert_eq!(behind("timeline.csv", 2), Some(("a.ndjson", 1)));
    assert_eq!(behind("timeline.csv", 1), None);
    assert_eq!(behind("raw/0001.ndjson", 2), Some(("a.ndjson", 2)));
    assert_eq!(behind("raw/0002.ndjson", 1), Some(("b.ndjson", 7)));
    assert_eq!(behind("raw/0002.ndjson", 2), None);
    assert_eq!(behind("README.md", 1), None);
    assert_eq!(behind("events.ndjson", 0), None, "it is in the name of the file");
}
