//! The filter language on real inputs: what it finds in the samples, what it says when it cannot, and
//! that its page tells the truth.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod program;

use std::fs;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use provlens::analysis::Analysis;
use provlens::decode::Decoded;
use provlens::event::filter::{FIELDS, Field, Filter, IssueNames, Known, STATES, STATUSES, Vocabulary};
use provlens::event::store::{Search, Store};
use provlens::event::{Operation, Outcome, Provider};
use provlens::pipeline::scan::scan;
use provlens::pipeline::{Options, Progress, run, run_into};
use provlens::rules::Library;
use provlens::source;
use provlens::text::time;
use provlens::unknown;
use serde_json::Value;

/// The newest event of the samples.
const NEWEST: &str = "2026-11-17T17:00:00Z";

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn parse(text: &str, library: &Library) -> Filter {
    let issues: Vec<(&str, &str)> = library.rules().iter().map(|rule| (&*rule.id, &*rule.title)).collect();
    let filter = Filter::parse(text, &Vocabulary { providers: Provider::ALL, issues: &issues });
    filter.unwrap_or_else(|mistake| panic!("{text}: {mistake}")).at(time::parse(NEWEST), &TimeZone::UTC)
}

fn analyse(filter: Filter, library: &Library, threads: usize) -> Analysis {
    run(source::gather(&[samples()]), library, &Options { threads: Some(threads), filter, ..Options::default() }).0
}

fn provlens() -> Command {
    program::provlens(env!("CARGO_MANIFEST_DIR"))
}

/// Standard output of a report as JSON.
fn report(args: &[&str]) -> Value {
    let output = provlens().args(["report", "--format", "json"]).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a command says that refuses its arguments.
fn refusal(args: &[&str]) -> String {
    let output = provlens().args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert!(output.stdout.is_empty(), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn each_filter_finds_its_events_in_the_samples() {
    let (library, _) = Library::load(&[]);
    for (text, events, failures) in [
        ("", 51, 19),
        ("status:failed", 19, 19),
        ("-status:ok", 20, 19),
        ("status:ok,skipped", 32, 0),
        ("licence", 3, 3),
        ("LICENCE or quarantine", 4, 4),
        ("app:\"team chat\"", 4, 3),
        ("app:files,planner status:failed", 12, 12),
        ("app:=files", 0, 0),
        ("user:gus.berg app:\"cloud files\"", 5, 2),
        ("user:\"Gus Berg\"", 5, 2),
        ("issue:okta-remote-unauthorized", 9, 9),
        ("issue:licence", 3, 3),
        ("issue:okta-*", 11, 11),
        ("issue:none", 31, 0),
        ("issue:unknown", 0, 0),
        ("action:deactivate status:failed", 2, 2),
        ("code:401", 9, 9),
        ("code:403,409", 6, 6),
        ("code:4*", 16, 16),
        ("code:>499", 2, 2),
        ("said:token", 9, 9),
        ("said:/no.*(licence|seat)/", 3, 3),
        ("provider:entra", 10, 4),
        ("in:*okta*", 36, 12),
        ("in:access", 4, 2),
        ("after:6h", 12, 7),
        ("before:6h", 39, 12),
        ("on:\"17 Nov\" or on:2026-11-16", 51, 19),
        ("after:\"17 Nov 16:00\" before:\"17 Nov 2026 16:30\"", 2, 1),
        ("took:<1s", 9, 3),
        ("id:*", 47, 17),
        ("status:failed -issue:okta-* -provider:entra", 4, 4),
        ("(code:401 or code:409) -user:kim", 11, 11),
    ] {
        let totals = analyse(parse(text, &library), &library, 2).totals;
        assert_eq!((totals.events, totals.failure), (events, failures), "{text}");
        // What is left out is in the account.
        assert_eq!((totals.records, totals.events + totals.other), (62, 62), "{text}");
    }
}

#[test]
fn a_filter_and_its_opposite_share_the_events_whatever_the_number_of_threads() {
    let (library, _) = Library::load(&[]);
    for text in ["status:failed", "in:okta", "user:kim after:8h", "issue:none", "code:>400 or licence", "on:\"17 Nov\""]
    {
        let count = |text: &str, threads| analyse(parse(text, &library), &library, threads).totals.events;
        let with = count(text, 1);
        assert!(with > 0 && with < 51, "{text}");
        assert_eq!(with + count(&format!("-({text})"), 3), 51, "{text}");
    }
}

/// Filters of words that the samples have, and of some that they have not.
fn filters() -> impl Strategy<Value = Vec<String>> {
    let term = prop::sample::select(vec![
        "kim",
        "licence",
        "token*expired",
        "é",
        "box",
        "app:files",
        "app:=\"Shift Planner\"",
        "app:*",
        "user:kim.lee,fay",
        "user:*@example.com",
        "issue:none",
        "issue:unknown",
        "issue:licence",
        "issue:okta-*",
        "status:failed,skipped",
        "action:create",
        "action:*activate",
        "code:401",
        "code:>402",
        "code:uniqueness",
        "said:token",
        "said:/(seat|licen)/",
        "provider:entra",
        "in:okta",
        "after:6h",
        "before:\"17 Nov 09:00\"",
        "on:\"16 Nov\"",
        "took:>100ms",
        "id:a",
        "id:5a0b*",
    ]);
    let filter = prop::collection::vec((term, prop::sample::select(vec![" ", " -", " or ", " or -"])), 1..5);
    let joined = filter.prop_map(|terms| {
        let mut terms = terms.into_iter();
        let first = terms.next().map_or("", |(term, _)| term).to_owned();
        terms.fold(first, |text, (term, join)| text + join + term)
    });
    prop::collection::vec(joined, 40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn an_event_and_its_row_in_the_store_pass_the_same_filters(texts in filters()) {
        let (library, _) = Library::load(&[]);
        let mut store = Store::default();
        let options = Options { threads: Some(2), ..Options::default() };
        run_into(source::gather(&[samples()]), &library, &options, &Progress::default(), Some(&mut store));
        let filters: Vec<Filter> = texts.iter().map(|text| parse(text, &library)).collect();
        let rules: Vec<(&str, &str)> = library.rules().iter().map(|rule| (&*rule.id, &*rule.title)).collect();
        let names = IssueNames { rules: &rules, cluster: unknown::cluster_id };
        let mut searches: Vec<Search<'_>> = filters.iter().map(|filter| Search::new(&store, filter, &names)).collect();
        let (mut rows, mut wrong, mut passed) = (store.rows(), Vec::new(), 0);
        scan(&source::gather(&[samples()]).sources, &mut |_, _| true, &mut |record| {
            let Ok(Decoded::Event(event)) = &record.decoded else { return ControlFlow::Continue(()) };
            let rule = Some(event).filter(|event| event.outcome != Outcome::Success).and_then(|event| library.explain(event));
            let rule = rule.and_then(|finding| rules.get(finding.rule).copied());
            let cluster = if rule.is_none() { unknown::of(event).as_deref().map(unknown::cluster_id) } else { None };
            let known = Known { event, input: record.source, rule, cluster: cluster.as_deref() };
            let row = rows.next().unwrap();
            assert_eq!((row.place().path, row.place().line), (record.source, record.line));
            for (filter, search) in filters.iter().zip(&mut searches) {
                let holds = filter.holds(&known);
                passed += usize::from(holds);
                if holds != search.lets(row, &|_, _| false) {
                    wrong.push(format!("{filter} on {}:{}", record.source, record.line));
                }
            }
            ControlFlow::Continue(())
        });
        prop_assert!(rows.next().is_none() && passed > 0);
        prop_assert_eq!(wrong, Vec::<String>::new());
    }
}

#[test]
fn flags_and_the_filter_say_the_same() {
    for (flags, filter) in [
        (&["--app", "team chat"][..], "app:\"team chat\""),
        (&["--user", "KIM.LEE"], "user:kim.lee"),
        (&["--provider", "Entra"], "provider:entra"),
        (&["--issue", "seat-limit-as-403"], "issue:seat-limit-as-403"),
        (&["--since", "6h"], "after:6h"),
        (&["--since", "2026-11-17"], "after:2026-11-17"),
        (&["--until", "2026-11-17T09:00:00Z"], "before:2026-11-17T09:00:00Z"),
        (&["--until", "2026-11-16"], "before:2026-11-17"),
        (&["--app", "files", "--since", "6h", "--user", "gus"], "app:files after:6h user:gus"),
        (&["--app", "files", "--filter", "after:10h -user:gus"], "app:files after:10h -user:gus"),
    ] {
        let by_flags = report(&[&["samples"], flags].concat());
        assert_eq!(by_flags, report(&["samples", "--filter", filter]), "{filter}");
        let events = by_flags["totals"]["events"].as_u64().unwrap();
        assert!(events > 0 && events < 51, "{filter}: {events}");
    }
}

#[test]
fn a_time_without_a_zone_is_meant_in_that_of_the_flag() {
    let utc = report(&["samples", "--since", "2026-11-16T18:30:00Z", "--until", "2026-11-17T09:30:00Z"]);
    let there = ["samples", "--tz", "Asia/Kolkata"];
    assert_eq!(utc, report(&[&there[..], &["--since", "2026-11-17", "--until", "2026-11-17 15:00"]].concat()));
    let whole_day = report(&["samples", "--since", "2026-11-16T18:30:00Z", "--until", "2026-11-17T18:30:00Z"]);
    assert_eq!(whole_day, report(&[&there[..], &["--since", "2026-11-17", "--until", "2026-11-17"]].concat()));
    assert_ne!(utc["totals"], whole_day["totals"]);
}

#[test]
fn what_became_of_people_is_the_same_where_only_one_issue_is_shown() {
    let whole = report(&["samples"]);
    let outcome =
        |issue: &Value| ["rule", "app", "state", "failures", "users", "still_broken"].map(|field| issue[field].clone());
    for issue in whole["issues"].as_array().unwrap() {
        let id = issue["rule"].as_str().unwrap();
        let narrowed = report(&["samples", "--issue", id]);
        let same = narrowed["issues"].as_array().unwrap().iter().find(|other| other["app"] == issue["app"]).unwrap();
        // The other side's log tells of other issues, which are not shown.
        if issue["both_sides"] == 0 {
            assert_eq!(outcome(same), outcome(issue), "{id}");
        }
    }
    let event = |minute: u32, outcome: &str, who: &str| {
        format!(
            r#"{{"uuid":"{minute}","published":"2026-11-17T09:{minute:02}:00Z","eventType":"application.provision.user.push","outcome":{{"result":"{outcome}","reason":"Forbidden"}},"target":[{{"id":"00u-{who}","type":"User","alternateId":"{who}@example.com"}},{{"id":"0oa1","type":"AppInstance","alternateId":"Harbor"}}]}}
"#
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("okta.ndjson");
    let log = [event(1, "FAILURE", "ann"), event(2, "FAILURE", "ben"), event(3, "SUCCESS", "ann")].concat();
    fs::write(&path, log + &event(4, "SUCCESS", "carl")).unwrap();
    let path = path.to_str().unwrap();
    let whole = report(&[path]);
    let list = if whole["issues"][0].is_null() { "unknown" } else { "issues" };
    assert_eq!(whole[list][0]["still_broken"], 1);
    let narrowed = report(&[path, "--filter", "status:failed"]);
    assert_eq!(outcome(&narrowed[list][0]), outcome(&whole[list][0]));
    assert_eq!(narrowed["people"]["waiting_for_access"], whole["people"]["waiting_for_access"]);
    let totals = |report: &Value| ["events", "filtered", "users"].map(|count| report["totals"][count].clone());
    assert_eq!((totals(&narrowed), totals(&whole)), ([2, 2, 2].map(Value::from), [4, 0, 3].map(Value::from)));
}

#[test]
fn every_command_that_reads_logs_takes_a_filter() {
    for command in [
        "report --format json",
        "inputs --format json",
        "person gus.berg@example.com",
        "explain seat-limit-as-403",
        "rules coverage",
        "events --format ndjson",
        "events --format csv",
        "count --by app",
    ] {
        let run = |filter: &str| {
            let output = provlens().args(command.split(' ')).args(["samples", "--filter", filter]).output().unwrap();
            assert!(output.status.success(), "{command}");
            output.stdout
        };
        assert_ne!(run("after:\"17 Nov 10:05\""), run(""), "{command}");
    }
}

#[test]
fn days_are_those_of_the_zone_that_is_named() {
    let totals = |zone: &str, filter: &str| report(&["samples", "--tz", zone, "--filter", filter])["totals"].clone();
    let utc = "after:2026-11-16T11:00:00Z before:2026-11-17T11:00:00Z";
    assert_eq!(totals("Pacific/Auckland", "on:2026-11-17"), totals("UTC", utc));
    assert_ne!(totals("UTC", "on:2026-11-17"), totals("UTC", utc));
}

#[test]
fn a_name_with_many_parts_is_known_in_each_part() {
    let text = fs::read_to_string(samples().join("okta-system-log.ndjson")).unwrap();
    // Enough for several parts of a plain file.
    let many = |first: usize| -> String {
        (first..first + 40).map(|copy| text.replace("\"5a0b", &format!("\"{copy:04}"))).collect()
    };
    assert!(many(0).len() > 1 << 20);
    let folder = tempfile::tempdir().unwrap();
    let named = |name: &str| folder.path().join(name);
    fs::write(named("plain.ndjson"), many(0)).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(many(40).as_bytes()).unwrap();
    fs::write(named("packed.gz"), packed.finish().unwrap()).unwrap();
    let folder = folder.path().to_str().unwrap();
    let events = |filter: &str| report(&[folder, "--filter", filter])["totals"]["events"].as_u64().unwrap();
    let (all, plain, packed) = (events(""), events("in:plain"), events("in:packed.gz"));
    assert_eq!((plain, packed), (all / 2, all / 2));
    assert!(all > 0);
}

#[test]
fn what_cannot_be_used_is_explained_under_the_text_with_exit_code_2() {
    let mut page = String::new();
    for filter in [
        "status:faild after:6h",
        "issue:okta-remote-unauthorised",
        "provider:octa",
        "app:cloud is:not-removed",
        "-is:marked",
        "issue:okta-deprovision-task-open",
        "app:\u{1b}]0;x\u{7} or",
    ] {
        page.push_str(&refusal(&["report", "samples", "--filter", filter]));
        page.push('\n');
    }
    insta::assert_snapshot!(page);
    // Nothing is read before it is known what is wanted.
    assert!(refusal(&["report", "samples", "--since", "soon", "--until", "2h"]).contains("--since soon: not a time"));
    let long = refusal(&["report", "samples", "--filter", &"(a or ".repeat(20_000)]);
    assert_eq!(long.lines().count(), 3, "{long}");
}

#[test]
fn standard_input_has_no_newest_event_to_count_back_from() {
    let output = provlens().args(["report", "-", "--filter", "after:6h"]).write_stdin("{}").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let bytes = fs::read(samples().join("okta-system-log.ndjson")).unwrap();
    let output = provlens().args(["inputs", "--filter", "after:2026-11-17"]).write_stdin(bytes).output().unwrap();
    assert!(output.status.success());
}

#[test]
fn the_page_about_filters_is_true_and_complete() {
    let (library, _) = Library::load(&[]);
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/filter.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    // Whatever a table shows as code is a filter, or, where words are listed, a word of its field.
    let words: Vec<&str> = (STATUSES.iter().map(|(word, _)| *word))
        .chain(STATES.iter().map(|(word, _)| *word))
        .chain(Operation::ALL.iter().map(|operation| operation.word()))
        .chain(["unknown", "none", "ms", "s", "m", "h", "\\/"])
        .collect();
    let mut examples = 0;
    for row in rows.clone() {
        for code in row.replace("\\|", "|").split('`').skip(1).step_by(2) {
            let is_field = FIELDS.iter().any(|about| code == format!("{}:", about.name));
            if !is_field && !words.contains(&code) {
                parse(code, &library);
                examples += 1;
            }
        }
    }
    assert!(examples > 40, "{examples}");
    for about in FIELDS {
        let row = rows.clone().find(|row| row.starts_with(&format!("| `{}:` |", about.name)));
        let row = row.unwrap_or_else(|| panic!("{}: has no row", about.name));
        let listed: Vec<&str> = match about.field {
            Field::Status => STATUSES.iter().map(|(word, _)| *word).collect(),
            Field::Action => Operation::ALL.iter().map(|operation| operation.word()).collect(),
            Field::Is => STATES.iter().map(|(word, _)| *word).collect(),
            _ => Vec::new(),
        };
        for word in listed {
            assert!(row.contains(&format!("`{word}`")), "{}:{word}", about.name);
        }
        parse(about.example, &library);
    }
    let shown = page.split("```text\n").nth(2).unwrap().split("```").next().unwrap();
    let said = refusal(&["report", "samples", "--filter", "status:faild after:6h"]);
    assert_eq!(said.split_once('\n').unwrap().1, shown);
    assert_eq!(Outcome::ALL.len(), STATUSES.len());
}
