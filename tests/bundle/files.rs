//! What is written, and what happens if it cannot be.

use std::fs;

use super::{Desk, samples, unpacked};

const ISSUE: [&str; 2] = ["--issue", "okta-remote-unauthorized"];

#[test]
fn a_bundle_has_its_files_and_its_mapping_stays_outside() {
    let desk = Desk::new();
    let files = desk.bundle("case.zip", &[&ISSUE[..], &["--tried", "Entered the token again"]].concat());
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "ATTACHMENTS.md",
            "README.md",
            "SHA256SUMS",
            "context/attempts.csv",
            "context/changes.csv",
            "events.ndjson",
            "issue/okta-remote-unauthorized.md",
            "manifest.json",
            "raw/0001.ndjson",
            "redaction.json",
            "summary.json",
            "timeline.csv",
        ]
    );
    assert!(desk.path("case.zip.map.json").exists());
    insta::assert_snapshot!("readme", files["README.md"]);
    insta::assert_snapshot!("attachments", files["ATTACHMENTS.md"]);
    insta::assert_snapshot!("timeline", files["timeline.csv"]);
    let summary: serde_json::Value = serde_json::from_str(&files["summary.json"]).unwrap();
    assert_eq!(
        (&summary["failures"], &summary["people"], &summary["state"]),
        (&9.into(), &8.into(), &"ongoing".into())
    );
    let events = files["events.ndjson"].lines().count() as u64;
    assert_eq!(
        events,
        summary["included"]["failures"].as_u64().unwrap() + summary["included"]["story_events"].as_u64().unwrap()
    );
    assert_eq!(files["timeline.csv"].lines().count() as u64, events + 1);
}

#[test]
fn who_is_who_is_told_by_the_mapping_and_by_nothing_in_the_bundle() {
    let desk = Desk::new();
    let files = desk.bundle("case.zip", &ISSUE);
    let mapping: serde_json::Value =
        serde_json::from_slice(&fs::read(desk.path("case.zip.map.json")).unwrap()).unwrap();
    let values = mapping["values"].as_array().unwrap();
    assert!(!values.is_empty());
    for value in values {
        let (clear, pseudonym) =
            (value["value"].as_str().unwrap().to_lowercase(), value["pseudonym"].as_str().unwrap());
        for (name, text) in &files {
            assert!(!text.to_lowercase().contains(&clear), "{clear} in {name}");
        }
        let said = desk.says(&["bundle", "reveal", "case.zip.map.json", pseudonym], 0);
        assert!(said.to_lowercase().contains(&clear), "{said}");
    }
    assert!(desk.says(&["bundle", "reveal", "case.zip.map.json", "u-nobody"], 2).contains("nobody is called"));
}

#[test]
fn a_bundle_is_verified_with_its_exports_and_its_mapping() {
    let desk = Desk::new();
    desk.bundle("case.zip", &ISSUE);
    let log = format!("{}/okta-system-log.ndjson", samples());
    let said = desk.says(&["bundle", "verify", "case.zip", "--inputs", &log, "--map", "case.zip.map.json"], 0);
    let hash = said.lines().last().unwrap();
    assert_eq!(hash.len(), 64);
    insta::assert_snapshot!("verified", said.replace(hash, "(the hash)"));
    fs::write(desk.path("other.ndjson"), "{}").unwrap();
    let said = desk.says(&["bundle", "verify", "case.zip", "--inputs", "other.ndjson"], 1);
    assert!(said.contains("WRONG  it was made from these exports"), "{said}");
    fs::write(desk.path("no.zip"), "no archive").unwrap();
    assert!(desk.says(&["bundle", "verify", "no.zip"], 3).contains("no zip archive"));
    assert!(desk.says(&["bundle", "verify", "gone.zip"], 3).contains("cannot be read"));
}

#[test]
fn nothing_is_written_by_a_preview() {
    let desk = Desk::new();
    let samples = samples();
    let said = desk.says(&["bundle", "--dry-run", "--key", "key", ISSUE[0], ISSUE[1], &samples], 0);
    let is_hash = |line: &&str| line.starts_with("Content hash ");
    assert_eq!(said.lines().filter(is_hash).count(), 1);
    let said: Vec<&str> = said.lines().filter(|line| !is_hash(line)).collect();
    insta::assert_snapshot!("preview", said.join("\n"));
    let said = desk.says(&["bundle", "--show", "README.md", "--key", "key", ISSUE[0], ISSUE[1], &samples], 0);
    assert!(said.starts_with("# The app no longer accepts Okta's token"), "{said}");
    let said = desk.says(&["bundle", "--show", "none.md", ISSUE[0], ISSUE[1], &samples], 2);
    assert!(said.contains("it has ATTACHMENTS.md, README.md"), "{said}");
    assert_eq!(fs::read_dir(desk.folder.path()).unwrap().count(), 1, "the key alone");
}

/// Attempts for 30 people, with ids that no packing makes shorter; every seventh one succeeds.
fn attempts() -> String {
    let event = |number: u64| {
        let is_failure = !number.is_multiple_of(7);
        let chance = number.wrapping_mul(6_364_136_223_846_793_005).rotate_left(29);
        serde_json::json!({
            "uuid": format!("7d1f16f0-8bcc-11ea-afeb-{number:012x}"),
            "published": format!("2026-11-17T07:{:02}:{:02}.000Z", number / 60, number % 60),
            "eventType": "application.provision.user.push",
            "outcome": {
                "result": if is_failure { "FAILURE" } else { "SUCCESS" },
                "reason": is_failure.then_some("Token is invalid"),
            },
            "target": [
                { "id": format!("00u{:017}", number % 30), "type": "User", "alternateId": format!("ann{}@corp.example", number % 30) },
                { "id": "0oa00000000000000001", "type": "AppInstance", "displayName": "Files" },
            ],
            "transaction": { "type": "JOB", "id": format!("{chance:016x}{:016x}", chance.wrapping_mul(chance | 1)) },
        })
        .to_string()
    };
    (0..300).map(|number| event(number) + "\n").collect()
}

#[test]
fn what_a_limit_of_size_leaves_out_is_told_by_the_preview() {
    let desk = Desk::new();
    fs::write(desk.path("log.ndjson"), attempts()).unwrap();
    let preview = |args: &[&str]| {
        let said = desk.says(&[&["bundle", "log.ndjson", "--filter", "status:failed", "--dry-run"], args].concat(), 0);
        let part = said.split_once("Left out\n").unwrap().1.split_once("\n\n").unwrap().0;
        part.lines().map(str::trim).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(
        "left_out",
        [&["--max-size", "1MB"], &["--max-size", "22kB"], &["--max-events", "60"]]
            .map(|args| format!("{}\n{}\n", args.join(" "), preview(args)))
            .join("\n")
    );
}

#[test]
fn why_things_are_missing_and_how_to_get_them_is_told_by_the_bundle_and_whoever_makes_it() {
    let desk = Desk::new();
    fs::write(desk.path("log.ndjson"), attempts()).unwrap();
    let make = |args: &[&str]| {
        let said = desk.says(&[&["bundle", "log.ndjson", "-o", "case.zip", "--force"], args].concat(), 0);
        (said, unpacked(&fs::read(desk.path("case.zip")).unwrap()))
    };
    let (said, files) = make(&["--filter", "status:failed", "--max-size", "22kB"]);
    let left_out =
        "left out: 129 failures, 27 events of stories, 274 original records; the file may have 21 KiB at most";
    assert!(said.contains(left_out) && said.contains("--max-size allows more"), "{said}");
    assert!(files["README.md"].contains("The file may have 21 KiB at most, so not everything is in it."));
    let summary: serde_json::Value = serde_json::from_str(&files["summary.json"]).unwrap();
    assert_eq!(summary["left_out"]["size_limit"], 22_000);
    // Nothing of it where all of it is there.
    let (said, files) = make(&["--filter", "status:failed"]);
    assert!(!said.contains("left out") && !said.contains("--max-size"), "{said}");
    assert!(!files["README.md"].contains(" at most, so"));
}

#[test]
fn i6_what_is_there_already_is_left_alone() {
    let desk = Desk::new();
    let samples = samples();
    fs::write(desk.path("case.zip"), "old").unwrap();
    let again = ["bundle", "-o", "case.zip", ISSUE[0], ISSUE[1], &*samples];
    assert!(desk.says(&again, 2).contains("is there already"));
    assert_eq!(fs::read_to_string(desk.path("case.zip")).unwrap(), "old");
    desk.says(&[&again[..], &["--force"]].concat(), 0);
    assert!(unpacked(&fs::read(desk.path("case.zip")).unwrap()).contains_key("README.md"));
    fs::create_dir(desk.path("folder")).unwrap();
    let into = |name: &str| desk.says(&["bundle", "-o", name, ISSUE[0], ISSUE[1], &samples], 2);
    assert!(into("folder").contains("it is a folder"));
    assert!(into("none/case.zip").contains("there is no such folder"));
    let log = desk.path("log.ndjson");
    fs::copy(format!("{samples}/okta-system-log.ndjson"), &log).unwrap();
    let said = desk.says(&["bundle", "-o", "log.ndjson", "--force", ISSUE[0], ISSUE[1], "log.ndjson"], 2);
    assert!(said.contains("it is one of the inputs"), "{said}");
}

#[cfg(unix)]
#[test]
fn i6_no_link_is_followed_and_i8_only_the_owner_can_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::new();
    fs::write(desk.path("target"), "old").unwrap();
    std::os::unix::fs::symlink(desk.path("target"), desk.path("link.zip")).unwrap();
    let said = desk.says(&["bundle", "-o", "link.zip", "--force", ISSUE[0], ISSUE[1], &samples()], 2);
    assert!(said.contains("a link of that name"), "{said}");
    assert_eq!(fs::read_to_string(desk.path("target")).unwrap(), "old");
    desk.bundle("case.zip", &ISSUE);
    for name in ["case.zip", "case.zip.map.json"] {
        assert_eq!(fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn what_is_asked_for_must_be_there() {
    let desk = Desk::new();
    let samples = samples();
    let asked = |args: &[&str]| desk.says(&[&["bundle"], args, &[&*samples]].concat(), 2);
    insta::assert_snapshot!("which", asked(&[]));
    assert!(asked(&["--issue", "entra-conflict"]).contains("these logs do not show it"));
    assert!(asked(&["--issue", "no-such-rule"]).contains("no rule has the id"));
    assert!(asked(&["--issue", "okta-remote-unauthorized", "--app", "nowhere"]).contains("nothing failed"));
    assert!(asked(&["--max-size", "ten"]).contains("is no size"));
    assert!(asked(&["--issue", "okta-remote-unauthorized", "--max-size", "1kB"]).contains("even the smallest bundle"));
    assert!(asked(&["--key", "nothing"]).contains("cannot be read"));
    fs::write(desk.path("short"), "abc").unwrap();
    assert!(asked(&["--key", "short"]).contains("64 hexadecimal digits"));
}

#[test]
fn what_was_read_from_standard_input_has_no_original_records() {
    let desk = Desk::new();
    let log = fs::read(format!("{}/okta-system-log.ndjson", samples())).unwrap();
    let output = desk.provlens(&["bundle", "-o", "case.zip", ISSUE[0], ISSUE[1]]).write_stdin(log).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files = unpacked(&fs::read(desk.path("case.zip")).unwrap());
    assert!(!files.keys().any(|name| name.starts_with("raw/")));
    assert!(files["README.md"].contains("can be read only once"), "{}", files["README.md"]);
}

#[test]
fn a_trace_goes_along_cleaned_and_a_picture_marked_as_unchecked() {
    let desk = Desk::new();
    let trace = r#"{"log":{"entries":[{"request":{"method":"GET","url":"https://x.example/scim?token=PLANTEDPLANTED","headers":[{"name":"Cookie","value":"sid=PLANTEDPLANTED"}],"cookies":[]},"response":{"status":401}}]}}"#;
    fs::write(desk.path("trace.har"), trace).unwrap();
    fs::write(desk.path("screen.png"), b"\x89PNG\r\n\x1a\n\xff\xfe").unwrap();
    let samples = samples();
    let with = |args: &[&str], status: i32| {
        desk.says(&[&["bundle", "-o", "case.zip", "--force", ISSUE[0], ISSUE[1], &*samples], args].concat(), status)
    };
    with(&["--attach", "trace.har", "--attach-unchecked", "screen.png"], 0);
    let bytes = fs::read(desk.path("case.zip")).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let names: Vec<String> =
        (0..archive.len()).map(|at| archive.by_index(at).unwrap().name().unwrap().into_owned()).collect();
    for name in ["/attachments/01-trace.har", "/attachments/02-UNCHECKED-screen.png"] {
        assert!(names.iter().any(|found| found.ends_with(name)), "{names:?}");
    }
    let said = desk.says(&["bundle", "verify", "case.zip"], 0);
    assert!(said.contains("ok     every file is as it was packed"), "{said}");
    let readme =
        desk.says(&["bundle", "--show", "README.md", "--attach", "trace.har", ISSUE[0], ISSUE[1], &samples], 0);
    assert!(readme.contains("removed were 0 cookies, 1 headers, 1 values of queries"), "{readme}");
    let clean = desk.says(
        &["bundle", "--show", "attachments/01-trace.har", "--attach", "trace.har", ISSUE[0], ISSUE[1], &samples],
        0,
    );
    assert!(!clean.contains("PLANTED") && clean.contains("401"), "{clean}");
    assert!(with(&["--attach", "screen.png"], 2).contains("--attach-unchecked"));
    assert!(with(&["--attach", "gone.har"], 2).contains("not attached"));
    fs::create_dir(desk.path("folder")).unwrap();
    assert!(with(&["--attach", "folder"], 2).contains("it is a folder"));
}
