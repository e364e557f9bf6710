//! Data flows one way: who may use whom, read from the sources.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod sources;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sources::sources;

/// Each module and what of ours it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("json", &[]),
    ("cli", &[]),
    ("exit", &[]),
    ("error", &[]),
    ("source", &["text", "error"]),
    ("frame", &["source", "error", "json", "text"]),
    ("event", &["text", "json", "error"]),
    ("decode", &["frame", "event", "json", "text", "error"]),
    ("rules", &["event", "text", "error"]),
    ("unknown", &["event", "text", "error"]),
    ("analysis", &["event", "rules", "unknown", "text", "error"]),
    ("pipeline", &["analysis", "decode", "error", "event", "frame", "json", "rules", "source", "text", "unknown"]),
    // The redactor of bundles treats records field by field.
    ("output", &["analysis", "event", "json", "rules", "unknown", "text", "error"]),
    // It reads again what somebody wants to see, so it also knows where bytes come from.
    (
        "tui",
        &["analysis", "decode", "error", "event", "json", "output", "pipeline", "rules", "source", "text", "unknown"],
    ),
    (
        "commands",
        &[
            "analysis", "cli", "decode", "error", "event", "exit", "json", "output", "pipeline", "rules", "source",
            "text", "tui", "unknown",
        ],
    ),
];

fn all() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let module = name.split(['/', '.']).next().unwrap().to_owned();
            (name, module, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// What a text of a module uses that it may not.
fn used_wrongly(module: &str, text: &str) -> Vec<String> {
    let allowed =
        MAY_USE.iter().find(|(known, _)| *known == module).unwrap_or_else(|| panic!("{module} is in no line")).1;
    let mut wrong = Vec::new();
    for rest in text.split("crate::").skip(1) {
        let used: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
        if rest.starts_with('{') {
            wrong.push("several modules in one `use crate::{`, which this test cannot tell apart".to_owned());
        } else if !used.is_empty() && used != module && !allowed.contains(&used.as_str()) {
            wrong.push(used);
        }
    }
    wrong
}

#[test]
fn modules_use_only_what_is_to_their_left() {
    let mut wrong = Vec::new();
    for (name, module, text) in all() {
        if module != "main" && module != "lib" {
            wrong.extend(used_wrongly(&module, &text).into_iter().map(|used| format!("{name} uses {used}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What only the commands may do, where a text does it.
fn belongs_to_commands(text: &str) -> Vec<String> {
    const WORDS: [&str; 8] = [
        "std::env",
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "println!",
        "print!(",
        "process::exit",
    ];
    let mut found: Vec<String> =
        WORDS.iter().filter(|word| text.contains(**word)).map(|word| (*word).to_owned()).collect();
    // `use std::{env, fs}` names it too.
    let groups = text.split("std::{").skip(1).filter_map(|rest| rest.split('}').next());
    let names = groups.flat_map(|group| group.split([',', '{', ':'])).map(str::trim);
    found.extend(names.filter(|name| *name == "env").map(|_| "std::{env}".to_owned()));
    found
}

#[test]
fn clock_environment_and_printing_stay_in_the_commands() {
    let mut wrong = Vec::new();
    for (name, module, text) in all() {
        if module != "commands" && module != "main" {
            wrong.extend(belongs_to_commands(&text).into_iter().map(|word| format!("{name} has {word}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_way_around_the_order_of_modules_is_seen() {
    assert_eq!(used_wrongly("event", "use crate::json::Json;\nuse crate::tui::View;"), ["tui"]);
    assert_eq!(used_wrongly("event", "use crate::{json, tui};").len(), 1);
    for text in [
        "use std::{env, fs};",
        "use std::{fs, env::args};",
        "std::env::var(x)",
        "print!(\"x\")",
        "eprint!(\"x\")",
        "eprintln!()",
        "jiff::Timestamp::now()",
        "Zoned::now()",
    ] {
        assert_eq!(belongs_to_commands(text).len(), 1, "{text}");
    }
    assert_eq!(belongs_to_commands("use std::{fs, iter};\nlet envelope = fingerprint(x);").len(), 0);
}

#[test]
fn one_file_alone_has_unsafe_code() {
    let files: Vec<String> = all()
        .into_iter()
        .filter(|(_, _, text)| text.contains("allow(unsafe_code)") || text.contains("unsafe {"))
        .map(|(name, _, _)| name)
        .collect();
    assert_eq!(files, ["json/masks.rs"]);
}

/// What `deny.toml` bans is in no version that is locked, also where nobody has the tool that reads it.
#[test]
fn what_is_banned_is_not_locked() {
    /// Named in the lock file by crates for parts of them that nobody switched on, and never built.
    const NEVER_BUILT: [&str; 1] = ["quick-xml"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap().parse::<toml::Table>().unwrap();
    let (deny, lock) = (read("deny.toml"), read("Cargo.lock"));
    let numbers = |version: &str| -> Vec<u64> {
        version.split(['.', '-', '+']).take(3).map(|number| number.parse().unwrap()).collect()
    };
    let locked: Vec<(&str, &str)> = lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["name"].as_str().unwrap(), package["version"].as_str().unwrap()))
        .collect();
    let mut wrong = Vec::new();
    let mut known = 0;
    for banned in deny["bans"]["deny"].as_array().unwrap() {
        let reason = banned["reason"].as_str().unwrap();
        assert!(!reason.is_empty(), "{banned:?} has no reason");
        let (name, least) = match banned["crate"].as_str().unwrap().split_once("@<") {
            Some((name, least)) => (name, Some(numbers(least))),
            None => (banned["crate"].as_str().unwrap(), None),
        };
        for (_, version) in locked.iter().filter(|(locked, _)| *locked == name) {
            known += 1;
            let allowed = least.as_ref().is_some_and(|least| numbers(version) >= *least);
            if !allowed && !NEVER_BUILT.contains(&name) {
                wrong.push(format!("{name} {version}: {reason}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(known > 3, "the list is about what we have");
    // Nothing comes from anywhere but the one registry.
    let sources: BTreeSet<&str> =
        lock["package"].as_array().unwrap().iter().filter_map(|package| package.get("source")?.as_str()).collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
}

/// A promise of SECURITY.md. Whoever needs a connection changes both.
#[test]
fn nothing_opens_a_connection() {
    let mut wrong = Vec::new();
    for (name, _, text) in all() {
        for word in ["TcpStream", "TcpListener", "UdpSocket", "UnixStream", "ureq::", "reqwest::"] {
            if text.contains(word) {
                wrong.push(format!("{name} has {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
