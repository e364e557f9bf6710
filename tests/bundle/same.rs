//! The same exports give the same bundle everywhere.

use std::fs;

use super::{Desk, samples};

fn made(desk: &Desk, name: &str, environment: &[(&str, &str)], args: &[&str]) -> Vec<u8> {
    let samples = samples();
    let all =
        [&["bundle", "-o", name, "--key", "key", "--issue", "okta-remote-unauthorized"], args, &[&*samples]].concat();
    let mut command = desk.provlens(&all);
    environment.iter().for_each(|(name, value)| {
        command.env(name, value);
    });
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(desk.path(name)).unwrap()
}

#[test]
fn i10_threads_zones_languages_and_folders_do_not_matter() {
    let (desk, other) = (Desk::new(), Desk::new());
    let first = made(&desk, "a.zip", &[("TZ", "UTC"), ("LANG", "C")], &["--threads", "1"]);
    let second = made(&other, "b.zip", &[("TZ", "Pacific/Auckland"), ("LANG", "de_DE.UTF-8")], &["--threads", "7"]);
    assert!(first == second, "the archives differ");
}

#[test]
fn two_keys_have_no_pseudonym_in_common_and_one_key_gives_the_same() {
    let desk = Desk::new();
    let with = |name: &str, args: &[&str]| {
        let samples = samples();
        desk.says(&[&["bundle", "-o", name, "--issue", "okta-remote-unauthorized"], args, &[&*samples]].concat(), 0);
        let mapping: serde_json::Value =
            serde_json::from_slice(&fs::read(desk.path(&format!("{name}.map.json"))).unwrap()).unwrap();
        let names =
            mapping["values"].as_array().unwrap().iter().map(|value| value["pseudonym"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let first = with("a.zip", &[]);
    let second = with("b.zip", &[]);
    assert!(!first.is_empty() && first.iter().all(|name| !second.contains(name)));
    assert_eq!(with("c.zip", &["--key", "a.zip.map.json"]), first);
}
