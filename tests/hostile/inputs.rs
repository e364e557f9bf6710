//! Finding and opening inputs.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::thread;

use super::{Ended, counts, folder, lines, number, okta, provlens, report, run};

fn mkfifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a1_a_path_that_does_not_exist_is_named_with_the_nearest_one() {
    let folder = folder(&[("okta.ndjson", &okta())]);
    let ended = run(folder.path(), &["report", "okta.ndjsn", "okta.ndjson"]);
    assert_eq!(ended.code, Some(3));
    assert_eq!(ended.err, "provlens: okta.ndjsn: no such file or folder; did you mean okta.ndjson?\n");
    assert!(ended.out.contains("36 about provisioning"), "the other input is used: {}", ended.out);
    symlink("gone.json", folder.path().join("link.json")).unwrap();
    let ended = run(folder.path(), &["inputs", "link.json"]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.out.contains("it is a link to something that is not there"), "{ended:?}");
}

/// The program as somebody who is not allowed everything; `None` if there is nobody else here.
fn as_somebody(folder: &Path, args: &[&str]) -> Option<Ended> {
    let secret = folder.join("probe");
    fs::write(&secret, "x").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&secret).is_err() {
        return Some(run(folder, args));
    }
    // Nothing is forbidden to root.
    let program = env!("CARGO_BIN_EXE_provlens");
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let output = |rest: &[&str]| Command::new("setpriv").args(nobody).args(rest).current_dir(folder).output();
    output(&[program, "--version"]).ok().filter(|output| output.status.success())?;
    Some(output(&[&[program], args].concat()).unwrap().into())
}

#[test]
fn a2_what_may_not_be_read_is_named_and_the_rest_is_used() {
    let folder = folder(&[("closed.json", &okta()), ("open.json", &okta())]);
    let path = folder.path();
    fs::create_dir(path.join("shut")).unwrap();
    let mode = |name: &str, mode| fs::set_permissions(path.join(name), fs::Permissions::from_mode(mode)).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    mode("open.json", 0o644);
    mode("closed.json", 0o000);
    mode("shut", 0o000);
    let Some(ended) = as_somebody(path, &["inputs", "closed.json", "shut", "open.json"]) else {
        println!("skipped: only root is here");
        return;
    };
    assert_eq!(ended.code, Some(3));
    for name in ["closed.json", "shut"] {
        assert!(ended.err.contains(&format!("{name}: cannot be read: you have no right to read it")), "{ended:?}");
    }
    assert!(ended.out.contains("36 about provisioning"), "{ended:?}");
    // Met in a folder, it is listed only.
    let ended = as_somebody(path, &["inputs", "."]).unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("you have no right to read it"), "{ended:?}");
}

#[test]
fn a3_a_folder_is_read_in_order_and_what_is_no_file_is_listed() {
    let folder = folder(&[("b.json", &okta()), ("a.json", b"[]"), (".hidden.json", &okta())]);
    let path = folder.path();
    fs::create_dir_all(path.join("c/d")).unwrap();
    fs::write(path.join("c/d/e.json"), lines(3)).unwrap();
    mkfifo(&path.join("pipe"));
    let _socket = UnixListener::bind(path.join("socket")).unwrap();
    symlink("/dev/null", path.join("device")).unwrap();
    // A device of its own, where one may be made.
    let has_device = Command::new("mknod").arg(path.join("null")).args(["c", "1", "3"]).output();
    let found = report(path, &["."]);
    let names: Vec<&str> =
        found["inputs"].as_array().unwrap().iter().map(|input| input["path"].as_str().unwrap()).collect();
    assert_eq!(names[..3], ["./a.json", "./b.json", "./c/d/e.json"]);
    let why = |name: &str| {
        let input = found["inputs"].as_array().unwrap().iter().find(|input| input["path"] == name);
        input.unwrap_or_else(|| panic!("{name}: {names:?}"))["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(why("./.hidden.json"), "passed over: hidden file");
    assert_eq!(why("./pipe"), "passed over: no ordinary file");
    assert_eq!(why("./socket"), "passed over: no ordinary file");
    assert_eq!(why("./device"), "passed over: link; name it to have it read");
    if has_device.is_ok_and(|output| output.status.success()) {
        assert_eq!(why("./null"), "passed over: no ordinary file");
    }
    assert_eq!(run(path, &["report", "."]).code, Some(0));
}

#[test]
fn a4_a_pipe_and_standard_input_by_name_are_read_from_front_to_back() {
    let folder = folder(&[("okta.ndjson", &okta())]);
    let wanted = report(folder.path(), &["okta.ndjson"])["totals"].clone();
    let pipe = folder.path().join("pipe");
    mkfifo(&pipe);
    let writer = thread::spawn(move || fs::write(pipe, okta()).unwrap());
    assert_eq!(report(folder.path(), &["pipe"])["totals"], wanted);
    writer.join().unwrap();
    for name in ["/dev/stdin", "-"] {
        let output =
            provlens(folder.path()).args(["report", "--format", "json", name]).write_stdin(okta()).output().unwrap();
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["totals"], wanted, "{name}");
    }
    let ended: Ended = provlens(folder.path()).args(["inputs", "-", "-"]).write_stdin(okta()).output().unwrap().into();
    assert!(ended.out.contains("passed over: standard input is read once"), "{ended:?}");
}

#[test]
fn a_pipe_is_read_once_by_whatever_name() {
    let folder = folder(&[]);
    mkfifo(&folder.path().join("pipe"));
    for name in ["/dev/stdin", "pipe"] {
        for args in [["report", "--since", "30d", name], ["tui", "--plain", "--no-user-rules", name]] {
            let output = provlens(folder.path()).args(args).write_stdin(okta()).output().unwrap();
            let ended: Ended = output.into();
            assert_eq!(ended.code, Some(2), "{args:?}: {ended:?}");
            assert!(ended.err.contains("read only once") || ended.err.contains("must be a file"), "{ended:?}");
        }
    }
    // Whom the records before the first mail name is not looked up in what is gone.
    let login = "ana.lopez@example.com";
    let output = provlens(folder.path()).args(["person", login, "/dev/stdin"]).write_stdin(okta()).output().unwrap();
    let piped: Ended = output.into();
    let output = provlens(folder.path()).args(["person", login]).write_stdin(okta()).output().unwrap();
    assert_eq!((piped.code, &piped.out), (Some(0), &Ended::from(output).out));
}

#[test]
fn a5_links_lead_nowhere_twice() {
    let outside = folder(&[("outside.json", &okta())]);
    let folder = folder(&[("inside.json", &lines(3))]);
    let path = folder.path();
    symlink(".", path.join("loop")).unwrap();
    symlink("self", path.join("self")).unwrap();
    symlink(outside.path(), path.join("way-out")).unwrap();
    symlink("inside.json", path.join("named")).unwrap();
    let found = report(path, &["."]);
    assert_eq!(counts(&found), (2, 1, 0));
    let passed_over = found["inputs"].as_array().unwrap().iter().filter(|input| !input["error"].is_null()).count();
    assert_eq!(passed_over, 4);
    // A named link is followed, and the file behind it is read once.
    assert_eq!(counts(&report(path, &["named", "inside.json", "loop/loop"])), (2, 1, 0));
    assert_eq!(run(path, &["report", "self"]).code, Some(3));
}

#[test]
fn a6_the_same_file_is_read_once_and_exports_that_overlap_count_once() {
    let folder = folder(&[("one.json", &lines(30)), ("two.json", &okta()), ("copy.json", &okta())]);
    let path = folder.path();
    fs::hard_link(path.join("two.json"), path.join("hard.json")).unwrap();
    let once = report(path, &["two.json"])["totals"].clone();
    let found = report(path, &["two.json", "./two.json", "hard.json"]);
    assert_eq!(found["totals"], once);
    let said = run(path, &["inputs", "two.json", "hard.json"]).out;
    assert!(said.contains("passed over: the same file as one already read"), "{said}");
    let both = report(path, &["one.json", "two.json", "copy.json"])["totals"].clone();
    assert_eq!(both["events"], once["events"]);
    let events = number(&report(path, &["one.json"])["totals"], "events") + number(&once, "events");
    assert_eq!(number(&both, "duplicates"), events);
}

#[test]
fn a7_nothing_in_it_is_no_error_and_nothing_to_judge() {
    for text in ["", " \n\t\r\n", "\u{feff}[]", "{\"value\":[]}"] {
        let folder = folder(&[("log.json", text.as_bytes())]);
        assert_eq!(number(&report(folder.path(), &["log.json"])["totals"], "records"), 0, "{text:?}");
        let ended = run(folder.path(), &["check", "log.json"]);
        assert_eq!(ended.code, Some(3), "{text:?}: {ended:?}");
        assert!(ended.out.contains("no data is not success"), "{ended:?}");
    }
}

#[test]
fn a8_a_login_page_saved_as_json_is_named() {
    let folder = folder(&[
        ("login.json", b"\xef\xbb\xbf\n<!-- saved -->\n<!DOCTYPE html><html><body>Sign in</body></html>"),
        ("picture.json", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("trace.har", b"{\n  \"log\": { \"version\": \"1.2\", \"creator\": {}, \"entries\": [] } }"),
        ("okta.json", &okta()),
    ]);
    for (name, words) in [
        ("login.json", "this is a web page, not an export; you were probably signed out"),
        ("picture.json", "this is a picture"),
        ("trace.har", "this is a recording of a browser"),
    ] {
        let ended = run(folder.path(), &["report", name, "okta.json"]);
        assert_eq!(ended.code, Some(3), "{name}");
        assert!(ended.err.contains(words), "{name}: {}", ended.err);
        assert!(ended.out.contains("36 about provisioning"), "{name}");
    }
    assert_eq!(run(folder.path(), &["report", "."]).code, Some(0), "in a folder they are only listed");
}

#[test]
fn a9_a_file_is_opened_by_any_name_and_the_name_is_shown_escaped() {
    let long = format!("{}.", "\u{e4}".repeat(127));
    let names: [&[u8]; 6] = [
        b"a\x1b]0;owned\x07.json",
        b"a\nb.json",
        "a\u{202e}nosj.json".as_bytes(),
        b"-rf",
        b"\xff\xfe.json",
        long.as_bytes(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let text = [lines(3), b"nonsense\n".to_vec()].concat();
    for name in names {
        let name = OsStr::from_bytes(name);
        fs::write(folder.path().join(name), &text).unwrap();
        for args in [&["inputs"][..], &["report", "--format", "json"]] {
            let output = provlens(folder.path()).args(args).arg("--").arg(name).output().unwrap();
            let ended = Ended::from(output);
            assert_eq!(ended.code, Some(0), "{name:?}: {ended:?}");
            let is_forbidden = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
            assert!(!format!("{}{}", ended.out, ended.err).contains(is_forbidden), "{name:?} {args:?}");
        }
        fs::remove_file(folder.path().join(name)).unwrap();
    }
}

#[test]
fn a10_ten_thousand_files_are_read_in_order_with_few_open() {
    let folder = tempfile::tempdir().unwrap();
    let record = &records_of_one()[..];
    for number in 0..10_000 {
        fs::write(folder.path().join(format!("{number:05}.json")), record.replace("NUMBER", &number.to_string()))
            .unwrap();
    }
    let script = "ulimit -n 64 && exec \"$0\" events --threads 4 .";
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_provlens")])
        .env("HOME", "/nonexistent")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let ended = Ended::from(output);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let ids = ended.out.lines().map(|line| line.split_once("\"event\":\"e").unwrap().1.split_once('"').unwrap().0);
    assert!(ids.eq((0..10_000).map(|number| number.to_string())));
}

fn records_of_one() -> String {
    "{\"uuid\":\"eNUMBER\",\"published\":\"2026-03-02T09:00:00Z\",\"eventType\":\"application.provision.user.push\",\
     \"outcome\":{\"result\":\"SUCCESS\"}}\n"
        .to_owned()
}
