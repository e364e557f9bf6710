use super::super::invented::{self, APP, APP_ID, CONFLICT, at, calm, issue, later, library, series, with};
use super::*;
use crate::analysis::spikes::Settings;
use crate::analysis::{Analysis, Of};
use crate::rules::Library;

/// Two failures a day at ten o'clock, for a fortnight.
fn failing(library: &Library) -> Analysis {
    let rule = invented::rule(library, CONFLICT);
    let mut analysis = with(calm(), issue(Some(rule), None, 28, 28));
    let start = analysis.first.unwrap();
    analysis.series.push(series(Of::Rule(rule), start, 14, |bucket| (if bucket % 12 == 5 { 2 } else { 0 }, 10)));
    analysis
}

fn utc() -> Days<'static> {
    static UTC: std::sync::LazyLock<Settings> = std::sync::LazyLock::new(Settings::default);
    Days::of(&UTC)
}

fn key(rule: &str) -> Key {
    Key { provider: "okta".to_owned(), app: APP_ID.to_owned(), rule: rule.to_owned() }
}

fn first(library: &Library, analysis: &Analysis) -> Baseline {
    learn(None, analysis, library, Learning::Calm, &utc())
}

#[test]
fn it_is_written_sorted_a_key_a_line_and_read_again_as_the_same() {
    let library = library();
    let baseline = first(&library, &failing(&library));
    let text = baseline.text().unwrap();
    assert!(Baseline::parse(&text).unwrap() == baseline);
    assert_eq!(first(&library, &failing(&library)).text().unwrap(), text);
    let shown: Vec<&str> = text.lines().take_while(|line| !line.contains("known_rules")).collect();
    let shown = shown.join("\n").replace(&library.fingerprint(), "sha256:…");
    insta::assert_snapshot!(shown.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[test]
fn nobody_and_no_message_is_in_it() {
    let library = library();
    let mut analysis = with(failing(&library), issue(None, Some("depot <NAME> is closed for Ann Lee"), 3, 3));
    let start = analysis.first.unwrap();
    let of = Of::Unknown("depot <NAME> is closed for Ann Lee".to_owned());
    analysis.series.push(series(of, start, 14, |bucket| (u32::from(bucket < 3), 10)));
    let text = first(&library, &analysis).text().unwrap();
    for word in ["Ann", "depot", "closed", "@", APP, "NAME"] {
        assert!(!text.contains(word), "{word}");
    }
    assert!(text.contains("\"similar\""));
}

#[test]
fn old_sums_count_half_after_a_fortnight() {
    let library = library();
    let old = first(&library, &failing(&library));
    let now = learn(Some(&old), &later(calm(), 14), &library, Learning::Calm, &utc());
    let (before, after) = (old.find(&key(CONFLICT)).unwrap(), now.find(&key(CONFLICT)).unwrap());
    assert_eq!((before.failures, before.attempts), (28.0, 1_680.0));
    // The fortnight without failures was tried in, too.
    assert_eq!((after.failures, after.attempts), (14.0, 840.0 + 1_680.0));
    let whole = now.find(&key("*")).unwrap();
    assert_eq!((whole.attempts, whole.days), (840.0 + 1_680.0, 7.0 + 14.0));
    assert_eq!(now.end(), later(calm(), 14).last);
}

#[test]
fn the_same_log_learnt_twice_changes_nothing() {
    let library = library();
    let analysis = failing(&library);
    let once = first(&library, &analysis);
    assert_eq!(learn(Some(&once), &analysis, &library, Learning::Calm, &utc()).text().unwrap(), once.text().unwrap());
    // Of a log that overlaps only what is new is added.
    let mut longer = failing(&library);
    longer.last = Some(at("2026-11-16T23:59:59Z"));
    longer.apps[0].last = longer.last;
    longer.series = vec![series(Of::Everything, at("2026-11-02T00:00:00Z"), 15, |_| (0, 10))];
    let twice = learn(Some(&once), &longer, &library, Learning::Calm, &utc());
    let kept = (-1.0f64 / 14.0).exp2();
    let attempts = twice.find(&key("*")).unwrap().attempts;
    assert!((attempts - (1_680.0 * kept + 120.0)).abs() < 0.1, "{attempts}");
}

#[test]
fn spikes_are_learnt_only_if_somebody_says_so() {
    let library = library();
    let mut analysis = failing(&library);
    let spiking = &mut analysis.series[1].points[17];
    (spiking.onsets, spiking.flagged) = (90, true);
    let failures = |learning| learn(None, &analysis, &library, learning, &utc()).find(&key(CONFLICT)).unwrap().failures;
    assert_eq!((failures(Learning::Calm), failures(Learning::Everything)), (26.0, 28.0 - 2.0 + 90.0));
}

#[test]
fn an_issue_met_first_today_was_not_there_in_all_the_days_before() {
    let library = library();
    let old = first(&library, &calm());
    assert!(old.find(&key(CONFLICT)).is_none());
    let now = learn(Some(&old), &later(failing(&library), 14), &library, Learning::Calm, &utc());
    let entry = now.find(&key(CONFLICT)).unwrap();
    assert_eq!((entry.failures, entry.attempts), (28.0, 840.0 + 1_680.0));
}

#[test]
fn x2_what_is_no_baseline_is_refused_in_a_sentence() {
    let wrong = |text: &str| Baseline::parse(text).unwrap_err();
    assert!(wrong("").starts_with("is no baseline: "));
    assert_eq!(wrong("[1]"), "is no baseline: `provlens check --save-baseline FILE` writes one");
    assert_eq!(wrong("{}"), "is no baseline: it names no schema, provlens/baseline/1 is expected");
    assert_eq!(
        wrong(r#"{"schema":"provlens/baseline/2"}"#),
        "has the schema provlens/baseline/2; this program reads provlens/baseline/1"
    );
    let library = library();
    let text = first(&library, &failing(&library)).text().unwrap();
    assert!(wrong(&text.replace("\"bucket_s\": 7200", "\"bucket_s\": 60")).contains("parts of 60 seconds"));
    assert!(wrong(&text.replace("\"failures\":28", "\"failures\":-28")).contains("is damaged"));
    assert!(wrong(&text.replace("\"wd\":[[0,100],", "\"wd\":[")).contains("needs 12 parts of a day"));
    assert!(wrong(&text.replace(CONFLICT, "*")).contains("stands in it twice"));
    // What a later version adds is passed over.
    assert!(Baseline::parse(&text.replacen("{\n", "{\n  \"later\": 1,\n", 1)).is_ok());
}
