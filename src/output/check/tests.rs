use std::collections::BTreeSet;

use serde_json::Value;

use super::invented::{self, CONFLICT, asked, bad_day, calm, issue, library, rule, with};
use super::*;
use crate::analysis::{AppHealth, Issue};
use crate::output::check::judge::{Asked, judge};
use crate::output::check::waivers::Waivers;
use crate::rules::Library;

/// Names that a stranger may choose.
const HOSTILE: [&str; 6] = [
    "::add-mask::x",
    "a\"} 1\n# b\\",
    "]]><x y='&amp;'>",
    "\u{1b}]52;c;SGk=\u{7}\u{fffe}\u{202e}",
    "##[group]a,b%0A",
    "../../x\r\n",
];

/// Many issues of many applications, all failing.
fn many(library: &Library, apps: u32, of_each: usize) -> Analysis {
    let mut analysis = calm();
    for app in 0..apps {
        let name = format!("App {app}");
        analysis.apps.push(AppHealth {
            name: name.as_str().into(),
            attempts: 9,
            failures: 3,
            last: analysis.last,
            ..AppHealth::default()
        });
        for rule in 0..of_each.min(library.rules().len()) {
            let id = Some(format!("0oa{app}"));
            let some = issue(Some(rule), None, 3, 3);
            analysis.issues.push(Issue { app: Some(name.clone()), app_id: id, ..some });
        }
    }
    analysis
}

fn hostile(library: &Library) -> Analysis {
    let mut analysis = bad_day(library);
    for name in HOSTILE {
        let some = issue(Some(rule(library, CONFLICT)), None, 3, 3);
        analysis.issues.push(Issue { app: Some(name.to_owned()), app_id: None, ..some });
        let shape = format!("{name} Bearer abcdefghijklmnop");
        analysis.unknown.push(Issue { app: Some(name.to_owned()), app_id: None, ..issue(None, Some(&shape), 1, 1) });
        analysis.apps.push(AppHealth {
            name: name.into(),
            attempts: 9,
            failures: 4,
            last: analysis.last,
            ..AppHealth::default()
        });
    }
    analysis
}

fn shown_in<T>(analysis: &Analysis, library: &Library, asked: &Asked, show: impl Fn(&View<'_>) -> T) -> T {
    let checked = judge(analysis, library, asked);
    show(&View { checked: &checked, analysis, library, min_severity: None, zone: &TimeZone::UTC })
}

const GATES: &str = "spike,new-issue,silence,unknown,access-not-removed,failures>0,rate>1%";

/// Every format as it is written.
fn all(view: &View<'_>) -> Vec<(&'static str, String)> {
    let json = |value: Value| crate::text::sanitize::json(&format!("{value:#}")).into_owned();
    vec![
        ("text", text::render(view, false)),
        ("json", json(serde_json::to_value(json::value(view)).unwrap())),
        ("junit", junit::render(view)),
        ("sarif", json(sarif::document(view))),
        ("github", github::render(view)),
        ("summary", github::summary(view, 0)),
        ("prometheus", prometheus::render(view)),
        ("slack", json(slack::payload(view))),
        ("teams", json(teams::payload(view))),
    ]
}

#[test]
fn no_text_is_a_command_of_a_pipeline() {
    assert_eq!(inert("::add-mask::x"), ": :add-mask: :x");
    assert_eq!(inert("a ##[set-env name=x]y ##vso[task]"), "a # #[set-env name=x]y # #vso[task]");
    assert_eq!(inert(":::##"), ": : :# #");
    assert_eq!(inert("a\n::b"), "a : :b");
    assert_eq!(inert("Conflict: userName"), "Conflict: userName");
}

#[test]
fn each_format_tells_of_a_bad_day() {
    let library = library();
    let waivers = Waivers::parse("[[allow]]\napp='*'\nrule='silence'\nuntil=2026-12-31\nreason='ticket'\n").unwrap();
    let formats = shown_in(&bad_day(&library), &library, &Asked { waivers, ..asked(GATES) }, all);
    for (name, text) in formats.into_iter().filter(|(name, _)| *name != "json") {
        insta::assert_snapshot!(name, text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }
}

#[test]
fn i5_no_control_character_and_no_secret_reaches_any_format() {
    let library = library();
    for (name, text) in shown_in(&hostile(&library), &library, &asked(GATES), all) {
        // Only XML has no way to hold U+FFFE, which is no character.
        let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}' || c == '\u{fffe}' && name == "junit";
        let wrong = text.chars().find(|c| bad(*c));
        assert_eq!(wrong, None, "{name}");
        assert!(!text.contains("abcdefghijklmnop"), "{name}");
    }
}

#[test]
fn i5_a_log_gives_a_pipeline_no_command() {
    let library = library();
    for (name, text) in shown_in(&hostile(&library), &library, &asked(GATES), all) {
        if !matches!(name, "text" | "github" | "summary") {
            continue;
        }
        for line in text.lines() {
            let ours = line.starts_with("::error title=") || line.starts_with("::warning title=");
            assert!(!line.trim_start().starts_with("::") || name == "github" && ours, "{name}: {line}");
            assert!(!line.contains("##[") && !line.contains("##vso["), "{name}: {line}");
        }
    }
}

#[test]
fn what_fails_is_in_every_format_however_little_is_shown() {
    let library = library();
    let analysis = bad_day(&library);
    let checked = judge(&analysis, &library, &asked("people>3"));
    let zone = &TimeZone::UTC;
    let view = View {
        checked: &checked,
        analysis: &analysis,
        library: &library,
        min_severity: Some(Severity::Critical),
        zone,
    };
    for (name, text) in all(&view) {
        assert!(text.contains(CONFLICT), "{name}");
    }
}

#[test]
fn github_is_told_ten_errors_at_most() {
    let library = library();
    let errors = |apps: u32| {
        let text = shown_in(&many(&library, apps, 1), &library, &asked("people>0"), github::render);
        let errors: Vec<String> = text.lines().filter(|line| line.starts_with("::error")).map(str::to_owned).collect();
        (errors.len(), errors.last().cloned().unwrap_or_default())
    };
    assert_eq!(errors(9).0, 9);
    let (ten, last) = errors(10);
    assert!(ten == 10 && !last.ends_with(" more"), "{last}");
    let (most, last) = errors(40);
    assert!(most == 10 && last.ends_with("::and 31 findings more"), "{last}");
}

#[test]
fn a_summary_is_at_most_a_thousand_kibibytes_with_what_is_there() {
    let library = library();
    let analysis = many(&library, 60, 100);
    for already in [0, 900 * 1_024, 1_024 * 1_024] {
        let text = shown_in(&analysis, &library, &asked("people>0,failures>0,severity>=info"), |view| {
            github::summary(view, already)
        });
        assert!(text.len() as u64 <= (1_000 * 1_024u64).saturating_sub(already));
    }
}

#[test]
fn sarif_and_junit_leave_out_the_least_and_say_so() {
    let library = library();
    let analysis = many(&library, 60, 100);
    let sarif = shown_in(&analysis, &library, &asked("failures>0"), sarif::document);
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 5_000);
    let note = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(note, "1,000 results are left out; the worst are here");
    let junit = shown_in(&analysis, &library, &asked("people>0"), junit::render);
    assert_eq!(junit.matches("<testcase ").count(), 5_000);
    assert!(junit.contains("more cases are left out"));
}

#[test]
fn prometheus_is_given_two_thousand_series_at_most() {
    let library = library();
    let text = shown_in(&many(&library, 600, 10), &library, &asked("none"), prometheus::render);
    let series: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!((1_900..=2_000).contains(&series.len()), "{}", series.len());
    assert!(text.ends_with("are left out; the worst are here\n"));
}

/// Reads the text format of Prometheus as strictly as its description says; gives name and labels.
fn series(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    assert!(text.ends_with('\n'));
    let mut typed = BTreeSet::new();
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(kind == "gauge" && typed.insert(name.to_owned()), "{line}");
        } else if !line.starts_with('#') {
            let (head, value) = line.rsplit_once(' ').unwrap();
            value.parse::<f64>().unwrap();
            let (name, labels) = head.split_once('{').unwrap_or((head, "}"));
            // No time stands behind the value, and the family was announced.
            assert!(typed.contains(name) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{line}");
            found.push((name.to_owned(), read_labels(labels)));
        }
    }
    found
}

fn read_labels(mut rest: &str) -> Vec<(String, String)> {
    let mut labels = Vec::new();
    while rest != "}" {
        let (name, after) = rest.split_once("=\"").unwrap();
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{rest}");
        let (mut value, mut chars) = (String::new(), after.char_indices());
        let end = loop {
            match chars.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(match chars.next().unwrap().1 {
                    'n' => '\n',
                    c => {
                        assert!(c == '\\' || c == '"', "{after}");
                        c
                    }
                }),
                (_, c) => value.push(c),
            }
        };
        labels.push((name.to_owned(), value));
        rest = &after[end + 1..];
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    labels
}

#[test]
fn i5_every_series_of_prometheus_is_read_as_it_was_meant() {
    let library = library();
    let text = shown_in(&hostile(&library), &library, &asked(GATES), prometheus::render);
    let found = series(&text);
    let different: BTreeSet<_> = found.iter().collect();
    assert_eq!(different.len(), found.len());
    for name in HOSTILE {
        assert!(found.iter().any(|(_, labels)| labels.iter().any(|(_, value)| *value == shown(name))), "{name}");
    }
}

#[test]
fn chats_take_what_they_are_given() {
    let library = library();
    let long = "a very long name of an application ".repeat(200);
    let mut analysis = many(&library, 30, 20);
    for issue in &mut analysis.issues {
        issue.app = Some(format!("{}{long}", issue.app.as_deref().unwrap()));
    }
    for analysis in [analysis, hostile(&library)] {
        let (slack, teams) = shown_in(&analysis, &library, &asked("people>0,unknown,failures>0"), |view| {
            (slack::payload(view), teams::payload(view))
        });
        let blocks = slack["blocks"].as_array().unwrap();
        assert!((3..=50).contains(&blocks.len()));
        for block in blocks {
            assert_eq!(block["text"]["type"], "plain_text");
            assert!(block["text"]["text"].as_str().unwrap().chars().count() <= 3_000);
        }
        assert!(format!("{teams:#}").len() <= 27_000);
        let body = teams["attachments"][0]["content"]["body"].as_array().unwrap();
        assert!(body.len() >= 3 && body.iter().all(|block| block["type"] == "RichTextBlock"));
    }
}

#[test]
fn a_run_that_judged_nothing_says_so_in_every_format() {
    let library = library();
    for (name, text) in shown_in(&Analysis::default(), &library, &asked("none"), all) {
        assert!(!text.contains("FAILED") && !text.contains("failed:") && !text.contains("PASSED"), "{name}: {text}");
        match name {
            "prometheus" => assert!(text.contains("provlens_run_success 0"), "{text}"),
            "junit" => assert!(text.contains("errors=\"1\""), "{text}"),
            "sarif" => assert!(text.contains("\"executionSuccessful\": false"), "{text}"),
            _ => assert!(
                text.to_lowercase().replace('-', " ").replace('\\', "").contains("not evaluated"),
                "{name}: {text}"
            ),
        }
    }
}

#[test]
fn words_match_the_code_in_every_format() {
    let library = library();
    let analysis = with(calm(), invented::issue(Some(rule(&library, CONFLICT)), None, 2, 2));
    for (name, text) in shown_in(&analysis, &library, &asked("failures>5"), all) {
        assert!(!text.contains("FAILED") && !text.contains("<failure") && !text.contains("::error"), "{name}: {text}");
    }
}
