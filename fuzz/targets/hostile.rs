//! An analysis in which the names and words of a log are what the fuzzer says.

use std::sync::OnceLock;

use jiff::tz::TimeZone;
use provlens::analysis::Analysis;
use provlens::output::check::judge::{Asked, judge};
use provlens::output::check::verdict::Checked;
use provlens::output::check::{View, gate};
use provlens::output::report::Handout;
use provlens::pipeline::{self, Options};
use provlens::rules::Library;
use provlens::source::{Gathered, Source};

/// The name of the application in the sample that takes the place.
pub(crate) const APP: &str = "Team Chat";

pub(crate) fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::load(&[]).0)
}

fn sample() -> &'static Analysis {
    static SAMPLE: OnceLock<Analysis> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let log = include_bytes!("../../samples/okta-system-log.ndjson");
        let sources = vec![Source::built_in("sample", log)];
        let options = Options { threads: Some(1), ..Options::default() };
        pipeline::run(Gathered { sources, ..Gathered::default() }, library(), &options).0
    })
}

/// The sample with a text in every place where a stranger writes.
pub(crate) fn analysis(text: &str) -> Analysis {
    let mut analysis = sample().clone();
    let change = |name: &mut Option<String>| {
        if name.is_some() {
            *name = Some(text.to_owned());
        }
    };
    for app in &mut analysis.apps {
        app.name = text.into();
    }
    for issue in analysis.issues.iter_mut().chain(&mut analysis.unknown) {
        change(&mut issue.app);
        change(&mut issue.shape);
        for example in &mut issue.examples {
            change(&mut example.user);
            change(&mut example.message);
            change(&mut example.remote);
        }
    }
    for input in &mut analysis.inputs {
        input.name = text.to_owned();
    }
    analysis
}

pub(crate) fn handout() -> Handout {
    Handout { zone: TimeZone::UTC, made: None }
}

/// Judges an analysis so that everything in it fails.
pub(crate) fn checked(analysis: &Analysis) -> Checked {
    let gates = gate::parse("failures>0,unknown,people>0,severity>=info").expect("these are gates");
    judge(analysis, library(), &Asked { gates, max_unreadable: 100.0, ..Asked::default() })
}

pub(crate) fn view<'a>(checked: &'a Checked, analysis: &'a Analysis) -> View<'a> {
    const UTC: &TimeZone = &TimeZone::UTC;
    View { checked, analysis, library: library(), min_severity: None, zone: UTC }
}

/// A name as it would stand in a log: what is nothing but space is none, and longer ones are cut where they are shown.
pub(crate) fn name(data: &[u8]) -> Option<String> {
    let text: String = String::from_utf8_lossy(data).chars().take(60).collect();
    (!text.trim().is_empty()).then_some(text)
}
