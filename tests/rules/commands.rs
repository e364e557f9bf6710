//! Each sub-command, as it is meant to be used.

use std::fs;

use serde_json::Value;

use super::{line_of, output, path, provlens, record, rule, run};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn the_built_in_rules_pass_test_and_lint() {
    for command in ["test", "lint"] {
        let (said, _, code) = run(&["rules", command]);
        assert_eq!(code, 0, "{said}");
        assert!(said.ends_with("complaints: 0\n"), "{said}");
        let (said, _, code) = run(&["rules", command, "--format", "json"]);
        assert_eq!((code, json(&said)["complaints"].as_array().map(Vec::len)), (0, Some(0)));
    }
}

#[test]
fn a_rule_that_fails_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("planner-no-depot.toml");
    fs::write(
        &file,
        rule("planner-no-depot").replace("The planner is closed", "The planner has no depot for Gus Berg"),
    )
    .unwrap();
    let rules = path(folder.path());
    let (said, _, code) = run(&["rules", "test", "--rules", rules]);
    assert_eq!(code, 1);
    let wanted = format!(
        "{}:{}: counterexample 1: must not be won by planner-no-depot\n",
        file.display(),
        line_of("[[counterexample]]")
    );
    assert!(said.starts_with(&wanted), "{said}");
    fs::write(&file, rule("planner-no-depot").replace("In the planner open", "The planner has")).unwrap();
    let (said, _, code) = run(&["rules", "lint", "--rules", rules, "--format", "json"]);
    assert_eq!(code, 1);
    let complaint = &json(&said)["complaints"][0];
    assert_eq!((complaint["line"].as_u64(), complaint["file"].as_str()), (Some(9), file.to_str()));
    assert!(complaint["what"].as_str().unwrap().starts_with("step 1 begins with `The planner has`"), "{complaint}");
}

#[test]
fn what_reads_rules_takes_the_flags_of_all_outputs() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("broken.toml"), "no rule").unwrap();
    let (rules, event) = (path(folder.path()), "samples/okta-system-log.ndjson:2");
    let rule = "okta-remote-unauthorized";
    for command in [&["rules", "list"][..], &["rules", "show", rule], &["rules", "explain", event]] {
        let ended = |more: &[&str]| run(&[command, &["--rules", rules], more].concat());
        let (plain, said, code) = ended(&["--color", "never"]);
        assert_eq!((said.matches("broken.toml").count(), code), (1, 0), "{said}");
        let (quiet, said, code) = ended(&["--quiet"]);
        assert_eq!((quiet, said.as_str(), code), (plain.clone(), "", 0));
        assert_eq!(ended(&["--strict"]).2, 2, "{command:?}");
        let (colored, ..) = ended(&["--color", "always"]);
        assert!(colored.contains("\u{1b}[1m") && !plain.contains('\u{1b}'), "{command:?}");
    }
}

#[test]
fn one_event_is_explained_by_line_by_id_and_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.ndjson");
    let lines = [record(1, "Zed Quill", "zed@corp.test"), record(2, "Ivo Marsh", "ivo@corp.test")];
    fs::write(&log, lines.join("\n")).unwrap();
    fs::write(folder.path().join("planner-no-depot.toml"), rule("planner-no-depot")).unwrap();
    let rules = path(folder.path());
    let by_line = run(&["rules", "explain", &format!("{}:2", log.display()), "--rules", rules]);
    assert_eq!(by_line.2, 0, "{by_line:?}");
    assert!(by_line.0.contains("wins         planner-no-depot (likely)"), "{}", by_line.0);
    assert!(by_line.0.contains("contains in message: `has no depot for`"), "{}", by_line.0);
    assert!(by_line.0.contains("Ivo Marsh") && !by_line.0.contains("Zed Quill"), "{}", by_line.0);
    let by_id = run(&["rules", "explain", "5f0c1a52-0000-4000-8000-000000000002", path(&log), "--rules", rules]);
    assert_eq!(by_id, by_line);
    let mut piped = provlens(&["rules", "explain", "-", "--format", "json"]);
    let (said, _, code) = output(piped.write_stdin(lines[0].as_str()));
    assert_eq!(code, 0);
    let answer = &json(&said)["records"][0];
    assert_eq!((answer["place"].as_str(), answer["matched"].as_array().map(Vec::len)), (Some("-:1"), Some(0)));
    assert!(answer["left_out"].as_u64().unwrap() > 0);
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let log = "samples/okta-system-log.ndjson";
    let cases: [(&[&str], i32, &str); 7] = [
        (
            &["rules", "explain", "samples/okta-system-log.ndjson:9999"],
            3,
            "no record starts in line 9999; the nearest starts in line",
        ),
        (
            &["rules", "explain", "no-such-id", log],
            2,
            "no event with the id `no-such-id` in samples/okta-system-log.ndjson",
        ),
        (
            &["rules", "explain", "okta-remote-unauthorized", log],
            2,
            "`okta-remote-unauthorized` is a rule; `provlens rules show",
        ),
        (
            &["rules", "explain", "okta-remote-unauthorised"],
            2,
            "no such file and no rule (did you mean `okta-remote-unauthorized`",
        ),
        (&["rules", "show", "okta-remote-conflct"], 2, "(did you mean `okta-remote-conflict-user-exists`?); `provlens"),
        (
            &["rules", "explain", "no-such-file:3"],
            3,
            "no such file; if it is the id of an event, name the logs as well",
        ),
        (
            &["rules", "explain", "okta-remote-unauthorized"],
            2,
            "is a rule; `provlens rules show okta-remote-unauthorized` shows it",
        ),
    ];
    for (args, code, wanted) in cases {
        let (printed, said, ended) = run(args);
        assert_eq!((ended, printed.as_str()), (code, ""), "{args:?}");
        assert!(said.contains(wanted), "{said}");
    }
}

#[test]
fn a_near_miss_says_what_was_missing() {
    let folder = tempfile::tempdir().unwrap();
    let near = rule("planner-no-depot")
        .replace("contains", "code = [\"DepotMissing\"]\ncontains")
        .replace("has no depot", "has no garage");
    fs::write(folder.path().join("planner-no-depot.toml"), near).unwrap();
    let mut piped = provlens(&["rules", "explain", "-", "--rules", path(folder.path())]);
    let (said, _, code) = output(piped.write_stdin(record(1, "Kim Lee", "kim@corp.test")));
    assert_eq!(code, 0);
    assert!(said.contains(" wins         no rule matches"), "{said}");
    assert!(said.contains(" nearly       planner-no-depot"), "{said}");
    assert!(said.contains("wanted contains in message: `has no garage for`; not found there"), "{said}");
    assert!(said.contains("held: provider `entra`; code `DepotMissing`"), "{said}");
}

#[test]
fn coverage_tells_what_is_explained_what_is_left_and_what_was_never_needed() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.ndjson");
    fs::write(&log, [record(1, "Zed Quill", "zed@corp.test"), record(2, "Ivo Marsh", "ivo@corp.test")].join("\n"))
        .unwrap();
    let (said, _, code) = run(&["rules", "coverage", "--format", "json", "samples", path(&log)]);
    assert_eq!(code, 0);
    let found = json(&said);
    assert_eq!(found["schema"], "provlens/rules-coverage/1");
    let count = |key: &str| found[key].as_u64().unwrap();
    assert_eq!(count("failures"), count("explained") + count("unexplained"));
    assert_eq!(count("unexplained"), 2);
    assert_eq!(found["unknown"].as_array().unwrap().len(), 1);
    assert_eq!(found["unknown"][0]["users"], 2);
    let sum: u64 = found["rules"].as_array().unwrap().iter().map(|rule| rule["failures"].as_u64().unwrap()).sum();
    assert_eq!(sum, count("explained"));
    let all = json(&run(&["rules", "list", "--format", "json"]).0).as_array().unwrap().len();
    assert_eq!(found["rules"].as_array().unwrap().len() + found["never"].as_array().unwrap().len(), all);
    let (text, _, _) = run(&["rules", "coverage", path(&log)]);
    assert!(text.starts_with("2 failures: 0 explained (0.0%), 2 not.\n"), "{text}");
    let (text, _, _) = run(&["rules", "coverage", "--never", "samples"]);
    assert!(text.contains("─ Never needed"), "{text}");
}

#[test]
fn a_cluster_becomes_a_rule_that_wins_its_examples_and_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.ndjson");
    fs::write(
        &log,
        [record(1, "Zed Quill", "zed.quill@corp.test"), record(2, "Ivo Marsh", "ivo@corp.test")].join("\n"),
    )
    .unwrap();
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    let (report, _, _) = run(&["report", path(&log)]);
    let cluster = report.split_whitespace().find(|word| word.starts_with("u-")).unwrap().trim_end_matches(':');
    let new = ["rules", "new", "--from", cluster, path(&log)];
    let (printed, _, code) = run(&new);
    assert_eq!(code, 0);
    for gone in ["Zed", "Quill", "Ivo", "Marsh", "ivo", "corp.test", "5f0c1a52", "aabbccdd", "Shift Planner"] {
        assert!(!printed.contains(gone), "{gone} in {printed}");
    }
    assert!(printed.contains("code = [\"DepotMissing\"]"), "{printed}");
    let (said, _, code) = run(&[&new[..], &["--id", "planner-no-depot", "-o", path(&rules)]].concat());
    assert_eq!(code, 0, "{said}");
    // As long as it says nothing, its failures stay unknown.
    let (unfinished, remark, code) = run(&["report", path(&log), "--rules", path(&rules)]);
    assert_eq!((unfinished.as_str(), code), (report.as_str(), 0));
    let missing = "planner-no-depot.toml:5: empty: title, cause, fix; the rule is not used until that is filled in";
    assert!(remark.contains(missing), "{remark}");
    let (said, _, code) = run(&["rules", "test", "--rules", path(&rules)]);
    assert_eq!(code, 1);
    assert!(said.contains(missing), "{said}");
    // The words are still empty, and each is named.
    let (said, _, code) = run(&["rules", "lint", "--rules", path(&rules)]);
    assert_eq!(code, 1);
    for part in
        ["the title is empty", "the cause is empty", "`verify` is empty", "`sources` is empty", "no [[counterexample]]"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let file = rules.join("planner-no-depot.toml");
    let filled = fs::read_to_string(&file)
        .unwrap()
        .replace("title = \"\"", "title = \"The planner has no depot\"")
        .replace("cause = \"\"", "cause = \"The planner knows no depot.\"")
        .replace("    \"\",\n", "    \"Open the planner.\",\n");
    fs::write(&file, filled).unwrap();
    let (said, _, code) = run(&["rules", "test", "--rules", path(&rules)]);
    assert_eq!(code, 0, "{said}");
    let (coverage, _, _) = run(&["rules", "coverage", path(&log), "--rules", path(&rules)]);
    assert!(coverage.starts_with("2 failures: 2 explained (100.0%)"), "{coverage}");
    // Somebody's work is never overwritten.
    let (_, said, code) = run(&[&new[..], &["--id", "planner-no-depot", "-o", path(&rules)]].concat());
    assert_eq!(code, 2);
    assert!(said.contains("there is such a file already"), "{said}");
}

#[test]
fn a_rule_starts_from_a_record_or_from_words() {
    let from = |text: &str| output(provlens(&["rules", "new", "--from", "-", "--provider", "okta"]).write_stdin(text));
    let (printed, _, code) = from(&record(1, "Zed Quill", "zed@corp.test"));
    assert_eq!(code, 0);
    assert!(printed.contains("record = '''{") && !printed.contains("Quill"), "{printed}");
    let (printed, _, code) = from("No depot is free for zed@corp.test today");
    assert_eq!(code, 0);
    assert!(printed.contains("contains = { message = [\"No depot is free for\"] }"), "{printed}");
    assert!(printed.contains("provider = \"okta\"") && !printed.contains("corp.test"), "{printed}");
    let (_, said, code) = from("Unauthorized. Errors reported by remote server: x");
    assert_eq!(code, 0);
    assert!(said.contains("the rule okta-remote-unauthorized explains this already"), "{said}");
    for (text, code, wanted) in [
        (" \n", 3, "standard input is empty"),
        ("{\"a\":", 3, "not valid JSON"),
        ("{\"a\":1}", 3, "no event about provisioning"),
    ] {
        let (printed, said, ended) = from(text);
        assert_eq!((ended, printed.as_str()), (code, ""));
        assert!(said.contains(wanted), "{said}");
    }
    let (_, said, code) = run(&["rules", "new", "--from", "u-00000000", "samples"]);
    assert_eq!(code, 2);
    assert!(said.contains("no cluster `u-00000000`"), "{said}");
}

#[test]
fn pages_are_written_for_every_rule_and_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    let hostile = rule("planner-no-depot")
        .replace("The planner wants a depot for everybody.", "<script>x</script> [click](https://example.com/)");
    fs::write(rules.join("planner-no-depot.toml"), hostile).unwrap();
    let pages = folder.path().join("pages");
    let (said, _, code) = run(&["rules", "docs", path(&pages), "--rules", path(&rules)]);
    assert_eq!(code, 0, "{said}");
    let list = json(&run(&["rules", "list", "--format", "json", "--rules", path(&rules)]).0);
    let index = fs::read_to_string(pages.join("index.md")).unwrap();
    for rule in list.as_array().unwrap() {
        let id = rule["id"].as_str().unwrap();
        assert!(index.contains(&format!("]({id}.md)")), "{id}");
        let page = fs::read_to_string(pages.join(format!("{id}.md"))).unwrap();
        for heading in ["## What happened", "## What to do", "## How to check", "## When to hand it on", "## Sources"] {
            assert!(page.contains(heading), "{id}");
        }
    }
    let page = fs::read_to_string(pages.join("planner-no-depot.md")).unwrap();
    assert!(page.contains("\\<script>x\\</script> \\[click\\](https"), "{page}");
}

#[test]
fn a_pattern_and_an_unseen_issue_say_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let whole = rule("planner-pattern");
    let (words, _) = whole.split_once("[[match]]").unwrap();
    let detected = words.replace("sources", "detector = \"flapping\"\nsources");
    let unseen = words
        .replace("planner-pattern", "planner-unseen")
        .replace("sources", "unseen = \"The planner writes no log.\"\nsources");
    fs::write(folder.path().join("planner-pattern.toml"), &detected).unwrap();
    fs::write(folder.path().join("planner-unseen.toml"), &unseen).unwrap();
    let rules = path(folder.path());
    assert_eq!(run(&["rules", "lint", "--rules", rules]).2, 0);
    assert_eq!(run(&["rules", "test", "--rules", rules]).2, 0);
    let show = |id: &str| run(&["rules", "show", id, "--rules", rules]).0;
    assert!(show("planner-pattern").contains("Found by       flapping, a pattern over several events"));
    assert!(show("planner-unseen").contains("Not in a log   The planner writes no log."));
    let with_example = format!("{unseen}\n[[example]]\nmessage = \"x\"\n");
    fs::write(folder.path().join("planner-unseen.toml"), with_example).unwrap();
    let (said, _, code) = run(&["rules", "lint", "--rules", rules]);
    assert_eq!(code, 1);
    assert!(said.contains("the rule cannot win an example: no log shows the issue"), "{said}");
}
