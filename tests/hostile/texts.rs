//! What strangers write into logs, in everything that the program prints.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use tempfile::TempDir;

use crate::outputs::{Args, OF_A_LOG, command, records};
use crate::payloads::{PAYLOADS, is_unwanted};
use crate::secrets::{SECRETS, parts};

/// A log with each text in every field, and what the first person of it is called.
fn log<'t>(texts: impl Iterator<Item = &'t str>) -> (TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    let (mut lines, mut who) = (String::new(), String::new());
    for (number, text) in texts.enumerate() {
        if number == 0 {
            who = text.to_owned();
        }
        lines.push_str(&records(number, text));
    }
    fs::write(&path, lines).unwrap();
    (folder, path, who)
}

/// What a run printed and said; it ended as it should.
fn printed(args: Args, output: &Output) -> Vec<u8> {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let wanted: &[i32] = if args[0] == "check" { &[0, 1] } else { &[0] };
    assert!(wanted.contains(&output.status.code().unwrap()), "{args:?}: {:?}: {said}", output.status);
    assert!(!output.stdout.is_empty(), "{args:?}");
    [&*output.stdout, &*output.stderr].concat()
}

/// Every piece of a secret by which somebody could know it: twelve bytes, or all if it is shorter.
fn windows(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    bytes.windows(bytes.len().min(12)).map(<[u8]>::to_vec).collect()
}

/// A table without the places of its values among the different ones, a byte each: they count up, and so do letters and
/// digits, but never as far.
fn without_numbers_of_entries(table: &[u8]) -> Vec<u8> {
    let counts_up = |pair: &u8, next: &u8| *next == *pair || pair.checked_add(1) == Some(*next);
    table.chunk_by(counts_up).filter(|run| run.len() < 64).flatten().copied().collect()
}

/// What each output is searched for: the secrets, and what steers a terminal. Both are planted in one log, since
/// most of the time goes into starting the program.
#[test]
fn m1_no_output_tells_a_secret_and_h1_none_is_an_order_to_the_terminal_and_h2_none_turns_its_direction() {
    let planted: Vec<(String, String)> = SECRETS.iter().map(|(_, marked)| parts(marked)).collect();
    let both = planted.iter().zip(PAYLOADS.iter().cycle()).enumerate();
    let texts: Vec<String> = both
        .map(|(number, ((text, _), payload))| match number % 2 {
            0 => format!("a{payload}b {text}"),
            _ => format!("{text} a{payload}b"),
        })
        .collect();
    let (_folder, path, who) = log(texts.iter().map(String::as_str));
    // Names for people and a search for their real ones take long in a build for tests; src/output/bundle plants
    // all of them.
    let (_folder_of_few, few, _) = log(texts.iter().step_by(10).map(String::as_str));
    let mut wrong = Vec::new();
    for args in OF_A_LOG {
        let path = if args[0] == "bundle" { &few } else { &path };
        let mut shown = printed(args, &command(args, path, &who).output().unwrap());
        if args.contains(&"parquet") {
            shown = without_numbers_of_entries(&shown);
        }
        for (text, secret) in &planted {
            if windows(secret).iter().any(|window| memchr::memmem::find(&shown, window).is_some()) {
                wrong.push(format!("{args:?} tells {secret} of {text}"));
            }
        }
        if args.contains(&"parquet") {
            continue;
        }
        let mut shown = String::from_utf8(shown).unwrap();
        if args.contains(&"always") {
            shown = without_colours(&shown);
        }
        if let Some(letter) = steering(&shown) {
            wrong.push(format!("{args:?} prints {letter:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What would steer a terminal. Tables end their lines as spreadsheets do.
fn steering(shown: &str) -> Option<char> {
    let steers = |letter: &char| is_unwanted(*letter) || matches!(letter, '\x07' | '\x1b' | '\r');
    shown.replace("\r\n", "\n").chars().find(steers)
}

/// Without the sequences that the program writes for colours.
fn without_colours(text: &str) -> String {
    ["0", "1", "1;31", "33", "32", "2"]
        .iter()
        .fold(text.to_owned(), |text, code| text.replace(&format!("\x1b[{code}m"), ""))
}

#[test]
fn h1_a_file_name_is_no_order_to_the_terminal() {
    let (folder, _, who) = log(["kim@example.com"].into_iter());
    let path = folder.path().join("a\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\nb.ndjson");
    fs::rename(folder.path().join("log.ndjson"), &path).unwrap();
    let missing = folder.path().join("\u{1b}[2Jgone\u{202e}");
    for args in [&["report", "LOG"][..], &["inputs", "LOG"], &["events", "LOG"], &["report", "LOG", "--format", "json"]]
    {
        for path in [&path, &missing] {
            let output = command(args, path, &who).output().unwrap();
            let shown = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert_eq!(steering(&shown), None, "{args:?}: {shown}");
        }
    }
}

/// What somebody could think of to hand over a secret.
const ARGUMENTS: [&str; 8] =
    ["--token", "--api-token", "--api-key", "--password", "--secret", "--client-secret", "--bearer", "--authorization"];

#[test]
fn m4_no_argument_takes_a_secret() {
    let (_folder, path, _) = log(["kim@example.com"].into_iter());
    let commands =
        ["report", "tui", "demo", "inputs", "explain", "check", "bundle", "person", "events", "count", "rules"];
    for name in commands {
        let help = command(&[name, "--help"], &path, "").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        for argument in ARGUMENTS {
            assert!(!help.split_whitespace().any(|word| word.trim_end_matches(',') == argument), "{name} {argument}");
            let output = command(&[name, argument, "Zk3p9QmX7vRt"], &path, "").output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{name} {argument}");
        }
    }
    // The key of a bundle comes from a file: whoever lists processes sees its name alone.
    let key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let args = ["bundle", "LOG", "--dry-run", "--filter", "status:failed", "--key", key];
    assert_eq!(command(&args, &path, "").output().unwrap().status.code(), Some(2));
}

#[test]
fn m2_the_key_of_a_bundle_is_in_its_mapping_alone() {
    let (folder, path, _) = log(["kim@example.com"].into_iter());
    let key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    fs::write(folder.path().join("key"), format!("{key}\n")).unwrap();
    let args = ["bundle", "LOG", "-o", "case.zip", "--filter", "status:failed", "--key", "key"];
    let output = command(&args, &path, "").current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = [output.stdout, output.stderr].concat();
    assert_eq!(memchr::memmem::find(&said, key.as_bytes()), None);
    let mut archive = zip::ZipArchive::new(fs::File::open(folder.path().join("case.zip")).unwrap()).unwrap();
    for at in 0..archive.len() {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_index(at).unwrap(), &mut bytes).unwrap();
        assert_eq!(memchr::memmem::find(&bytes, key.as_bytes()), None);
    }
    assert!(fs::read_to_string(folder.path().join("case.zip.map.json")).unwrap().contains(key));
}
