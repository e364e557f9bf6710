//! Every command over every hostile input.

use std::fs;
use std::path::Path;
use std::thread;

use serde_json::Value;

use super::{Ended, Lab, assert_account, corpus, limited};

/// Memory that a command may take, whatever is in a log of a few kilobytes.
const MEGABYTES: u64 = 300;

/// What is run on all inputs at once, each of them named. `IN` stands for their names, `OUT` for a file.
const COMMANDS: &[&str] = &[
    "report IN",
    "report --format json IN",
    "report --format markdown --since 2026-03-02 --filter status:failed --tz Europe/Berlin IN",
    "report --format html IN",
    "report --format csv --table issues IN",
    "report --format csv --table people --app Cloud IN",
    "report --strict --hide-names --color always -o OUT IN",
    "check --report json=OUT IN",
    "check --format junit --fail-on failures>0 IN",
    "check --format sarif IN",
    "check --format github --fail-on unknown IN",
    "check --format prometheus IN",
    "check --format slack IN",
    "check --format teams --save-baseline OUT --allow-empty --max-unreadable 100 IN",
    "count --by app,outcome IN",
    "count --by user --every 1h --format csv IN",
    "count --by rule --format json IN",
    "events IN",
    "events --format csv -o OUT IN",
    "inputs IN",
    "inputs --format json IN",
    "person p1@example.com IN",
    "person --format json p1@example.com IN",
    "person --format markdown p1@example.com IN",
    "explain okta-remote-unauthorized IN",
    "bundle --issue okta-remote-unauthorized --app Cloud --dry-run IN",
    "bundle --issue okta-remote-unauthorized --app Cloud --for internal -o OUT IN",
    "bundle verify IN",
    "rules explain h-1 IN",
    "rules coverage IN",
    "rules new --from u-00000000 IN",
];

/// Commands that take one file of another kind, and are given a log instead.
const OF_ONE: &[&str] = &[
    "rules explain IN",
    "rules new --from IN",
    "bundle verify IN",
    "report --rules IN IN",
    "check --baseline IN IN",
    "check --allow IN IN",
];

/// Of how many inputs one is given to one of those.
const ONE_OF: usize = 6;

/// Nothing in it but text, line ends and tabs.
fn is_harmless(text: &str) -> bool {
    let text = text.replace("\r\n", "\n");
    !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
}

/// Runs a command and looks at how it ended; gives what it printed.
fn ran(folder: &Path, command: &str, names: &[&str]) -> String {
    let out = folder.join("OUT").display().to_string();
    let mut args = Vec::new();
    for word in command.split(' ') {
        match word {
            "IN" => args.extend_from_slice(names),
            "OUT" => args.push(&out),
            word => args.push(word),
        }
    }
    args.extend(
        ["--threads", "2"].into_iter().filter(|_| !command.contains("verify") && !command.starts_with("rules")),
    );
    let output = limited(folder, MEGABYTES).args(&args).output().unwrap();
    let ended = Ended::from(output);
    let shown = format!("{command} {}: {:?}\n{}", names.join(" "), ended.code, ended.err);
    assert!(matches!(ended.code, Some(0..=3)), "{shown}");
    assert!(!ended.err.contains("panicked") && !ended.out.contains("it is a bug"), "{shown}");
    // With colours there are our own.
    assert!(command.contains("--color always") || is_harmless(&ended.out), "{shown}\n{:?}", ended.out);
    assert!(is_harmless(&ended.err), "{shown}");
    // Wrong usage would look at no input.
    let is_about_files = command.starts_with("rules") || command.contains("verify") || names.len() == 1;
    assert!(ended.code != Some(2) || is_about_files, "{shown}");
    fs::remove_file(folder.join("OUT")).ok();
    ended.out
}

#[test]
fn every_command_survives_every_hostile_input() {
    let inputs = tempfile::tempdir().unwrap();
    let names = corpus::write(inputs.path());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let alone: Vec<(&str, &str)> =
        names.iter().step_by(ONE_OF).zip(OF_ONE.iter().cycle()).map(|(name, command)| (*command, *name)).collect();
    thread::scope(|scope| {
        for part in 0..2 {
            let (names, alone) = (&names, &alone);
            scope.spawn(move || {
                // What one writes is nothing that the other reads.
                let folder = tempfile::tempdir().unwrap();
                corpus::write(folder.path());
                for command in COMMANDS.iter().skip(part).step_by(2) {
                    let out = ran(folder.path(), command, names);
                    if *command == "report --format json IN" {
                        let found: Value = serde_json::from_str(&out).unwrap();
                        assert_account(&found);
                        assert!(found["inputs"].as_array().unwrap().len() >= names.len());
                        assert!(found["totals"]["events"].as_u64() > Some(50), "{}", found["totals"]);
                    }
                }
                for (command, name) in alone.iter().skip(part).step_by(2) {
                    ran(folder.path(), command, &[name]);
                }
            });
        }
    });
}

#[test]
fn each_hostile_input_is_accounted_for_by_itself() {
    let lab = Lab::new();
    let folder = tempfile::tempdir().unwrap();
    for name in corpus::write(folder.path()) {
        let read = lab.read(&name, &fs::read(folder.path().join(&name)).unwrap());
        assert!(!read.0.inputs.is_empty(), "{name} is named");
    }
}

#[test]
fn every_hostile_input_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let names = corpus::write(folder.path());
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/README.md")).unwrap();
    let told: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name)).collect();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, names);
}
