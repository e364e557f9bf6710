use super::words::{Words, explains, sentences};
use super::*;

/// Log formats that matches of this library name.
const FORMATS: [&str; 7] = [
    "entra-job",
    "entra-pod",
    "entra-graph-audit",
    "entra-diag-audit",
    "entra-la-audit",
    "entra-graph-provisioning",
    "okta-system-log",
];

/// A rule that nothing is wrong with, with one of its lines replaced.
fn complaints(line: &str, by: &str) -> Vec<String> {
    let good = r#"id = "lint-sample"
title = "The app refuses the licence"
provider = "okta"
category = "licence"
severity = "high"
retry = "manual"
owner = "it-admin"
cause = "The app has no seat left. It said so."
fix = ["In Okta open Applications > the app.", "Retry: in Okta open Dashboard > Tasks."]
verify = "The next task ends without a failure."
sources = ["https://example.com/"]
look_alikes = []
[escalate]
when = "It stays."
to = "The vendor"
evidence = ["time (UTC)"]
[[match]]
contains = { message = ["a wording of this test"] }
[[example]]
message = "a wording of this test"
[[example]]
record = '''{"message":"a wording of this test, whole"}'''
[[counterexample]]
message = "something else"
"#;
    assert!(good.contains(line), "{line}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lint-sample.toml"), good.replace(line, by)).unwrap();
    let (library, errors) = Library::load_with_examples(&[folder.path().to_owned()]);
    assert!(errors.is_empty(), "{errors:?}");
    let own = |complaint: &Complaint| complaint.file.ends_with("lint-sample.toml");
    check(&library, &FORMATS)
        .into_iter()
        .filter(own)
        .map(|complaint| format!("{}: {}", complaint.line.unwrap_or_default(), complaint.what))
        .collect()
}

#[test]
fn a_good_rule_has_no_complaint() {
    assert_eq!(complaints("", ""), Vec::<String>::new());
}

#[test]
fn each_weakness_is_found_at_its_line() {
    let long = format!("cause = \"{}.\"", "word ".repeat(90).trim());
    let step = format!("fix = [\"Open {}\"]", "x".repeat(240));
    let cases = [
        (
            "[[match]]",
            "[[match]]\ndialect = [\"okta-system-logs\"]",
            "1: a [[match]] names the dialect `okta-system-logs`, but no log format is called so; did you mean okta-system-log?",
        ),
        (
            "[[match]]",
            "[[match]]\nprovider = [\"otka\"]",
            "1: a [[match]] names the provider `otka`, of which no logs can be read; did you mean okta?",
        ),
        ("licence\"\nprovider", "licence.\"\nprovider", "2: the title ends with a full stop"),
        ("refuses the licence", "refuses the payload", "2: the title uses `payload`"),
        ("It said so.", "It sent no JSON.", "8: the cause uses `JSON`"),
        ("It said so.", "One. Two. Three.", "8: the cause has 4 sentences"),
        ("cause = \"The app has no seat left. It said so.\"", &long, "8: the cause has 450 characters"),
        (
            "fix = [\"In Okta open Applications > the app.\", \"Retry: in Okta open Dashboard > Tasks.\"]",
            &step,
            "9: step 1 has 245 characters",
        ),
        ("Retry: in Okta open", "The admin opens", "9: step 2 begins with `The admin opens`"),
        ("The next task ends without a failure.", "It works again.", "10: `verify` says too little"),
        ("verify = \"The next task ends without a failure.\"", "verify = \"\"", "10: `verify` is empty"),
        ("\"https://example.com/\"", "", "11: `sources` is empty"),
        ("https://example.com/", "a forum, unconfirmed", "11: a source says that it is not confirmed"),
        (
            "look_alikes = []",
            "look_alikes = [{ rule = \"okta-remote-unauthorised\", tell = \"There it is another.\" }]",
            "12: `okta-remote-unauthorised` looks alike, but no rule has that id (did you mean `okta-remote-unauthorized`?)",
        ),
        (
            "look_alikes = []",
            "look_alikes = [{ rule = \"okta-remote-conflict\", tell = \"Other.\" }]",
            "12: `tell` says too little",
        ),
        ("\"time (UTC)\"", "", "13: `escalate.evidence` is empty"),
        ("[[example]]\nrecord", "[[counterexample]]\nrecord", "19: one wording only"),
        ("[[counterexample]]\nmessage = \"something else\"\n", "", "1: no [[counterexample]]"),
    ];
    for (line, by, wanted) in cases {
        let found = complaints(line, by);
        assert!(found.iter().any(|complaint| complaint.starts_with(wanted)), "{wanted}: {found:?}");
    }
}

#[test]
fn jargon_may_be_used_where_it_is_explained() {
    let words = Words::built_in().unwrap();
    assert_eq!(words.jargon("a Payload with JSON for the SCIM bridge"), ["JSON", "payload"]);
    assert!(words.jargon("patch the server").is_empty());
    assert!(explains("its schema (the list of fields)", "schema"));
    assert!(explains("a partial update (PATCH)", "PATCH"));
    assert!(explains("the namespace, the part of the address that names it", "namespace"));
    assert!(!explains("its schema. It (the app) refused", "schema"));
}

#[test]
fn sentences_end_where_a_reader_stops() {
    assert_eq!(sentences("One. Two! Three?"), 3);
    assert_eq!(sentences("Version 2.0 of e.g. the app"), 1);
    assert_eq!(sentences("The app said \"no.\" and left"), 1);
}

#[test]
fn the_built_in_library_has_no_complaint() {
    let (library, errors) = Library::load_with_examples(&[]);
    assert!(errors.is_empty(), "{errors:?}");
    let complaints: Vec<String> = check(&library, &FORMATS).iter().map(ToString::to_string).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
