use super::*;
use crate::analysis::{AppHealth, Issue, Of, PersonState};
use crate::output::check::invented::{at, bad_day, issue, kept_access, library, series};

fn handout() -> Handout {
    Handout { zone: TimeZone::UTC, made: None }
}

/// The page without its style.
fn page(analysis: &Analysis) -> String {
    let page = render(analysis, &library(), &handout());
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, after) = rest.split_once("</style>").unwrap();
    format!("{before}{after}").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn a_bad_day_as_a_page() {
    let mut analysis = bad_day(&library());
    let failures =
        |bucket: u32| if (169..171).contains(&bucket) { (40, 90) } else { (u32::from(bucket % 25 == 3), 10) };
    analysis.series = vec![series(Of::Everything, at("2026-11-02T00:00:00Z"), 15, failures)];
    insta::assert_snapshot!(page(&analysis));
}

/// More of everything than anybody would read.
fn crowded() -> Analysis {
    let library = library();
    let mut analysis = bad_day(&library);
    let person =
        |number: usize| PersonState { user: format!("person{number}@example.com").into(), ..kept_access(None) };
    analysis.people.waiting_for_access = (0..20_000).map(person).collect();
    for number in 0..5_000 {
        let app = Some(format!("App {number}"));
        analysis.issues.push(Issue { app: app.clone(), ..issue(Some(number % library.rules().len()), None, 3, 3) });
        analysis.unknown.push(Issue { app, ..issue(None, Some(&format!("odd thing {number}")), 3, 3) });
        analysis.apps.push(AppHealth { name: format!("App {number}").into(), ..AppHealth::default() });
        analysis.inputs.push(InputAccount { name: format!("{number}.json"), ..InputAccount::default() });
        analysis.silences.push(crate::output::check::invented::silence());
    }
    analysis
}

#[test]
fn a_page_stays_of_a_size_that_can_be_sent_and_says_what_is_not_on_it() {
    let page = page(&crowded());
    assert!(page.len() < 3_000_000, "{}", page.len());
    for words in [
        "17,000 more are not on this page; <code>provlens report --format csv --table people</code> lists all.",
        "4,501 more are not on this page; <code>provlens report --format csv --table apps</code> lists all.",
        "3,901 more are not on this page; <code>provlens report --format csv</code> lists all.",
        "4,901 more groups are not on this page; <code>provlens report --format csv</code> lists all.",
        "4,951 more are not on this page; <code>provlens report --format json</code> lists all.",
        "4,800 more are not on this page; <code>provlens inputs</code> lists all.",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn the_style_loads_nothing_and_ends_nowhere_else() {
    for part in ["url(", "@import", "<", "&", "http"] {
        assert!(!CSS.contains(part), "{part}");
    }
}
