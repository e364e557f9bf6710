//! The process and what is around it: streams, signals, the environment, other runs.
#![cfg(unix)]

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::outputs::{Args, OF_A_LOG, OF_NO_LOG, command, records};

/// After this time a program is taken for hanging, which fails the test.
const PATIENCE: Duration = Duration::from_secs(60);

/// Numbers that look random and are the same in every run (SplitMix64).
pub(crate) struct Random(pub u64);

impl Random {
    /// From 0 to 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 40) as f64 / f64::from(1 << 24)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A log in a folder, of so many people.
fn log(people: usize) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    let lines: String = (0..people).map(|number| records(number, &format!("person{number}@example.com"))).collect();
    fs::write(&path, lines).unwrap();
    (folder, path)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Whether a signal that ends programs is ignored here, as under `nohup`; then it cannot end the program either.
fn signals_are_ignored() -> bool {
    let script = "kill -INT $$; exit 0";
    Command::new("sh").args(["-c", script]).status().unwrap().code() == Some(0)
}

fn interrupt(child: &Child) {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    // It may have ended a moment ago.
    let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT);
}

/// Waits for the end, and no longer than there is patience.
fn ended(mut child: Child) -> Output {
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it does not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

/// One of each way to write an answer.
fn all_outputs() -> impl Iterator<Item = Args> {
    let is_another_view = |args: &&Args| {
        ["--table", "always", "internal", "timeline.csv", "events.ndjson", "junit", "slack", "teams"]
            .iter()
            .any(|word| args.contains(word))
    };
    OF_A_LOG.iter().chain(OF_NO_LOG).filter(move |args| !is_another_view(args)).copied()
}

#[test]
fn j1_a_reader_that_leaves_is_no_error() {
    let (_folder, path) = log(3);
    for args in all_outputs() {
        let mut child =
            command(args, &path, "person0@example.com").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = ended(child);
        // The verdict does not depend on who reads it.
        let wanted = if args[0] == "check" { 1 } else { 0 };
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(wanted), String::new()), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn j2_a_full_device_is_told() {
    let (_folder, path) = log(3);
    for args in all_outputs() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(args, &path, "person0@example.com").stdout(full).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{args:?}: {said}");
        assert!(said.contains("cannot write the output: No space left on device"), "{args:?}: {said}");
        assert!(!said.contains("panicked"), "{args:?}: {said}");
        // A pipeline learns the verdict all the same.
        assert_eq!(said.contains("FAILED"), args[0] == "check", "{args:?}: {said}");
    }
}

/// Each round would tell it again, for ever.
#[cfg(target_os = "linux")]
#[test]
fn whoever_follows_ends_when_nothing_can_be_written_any_more() {
    let (_folder, path) = log(3);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let args = &["report", "--follow", "--quiet", "LOG"][..];
    let output = ended(command(args, &path, "").stdout(full).stderr(Stdio::piped()).spawn().unwrap());
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert_eq!(said.matches("cannot write the output").count(), 1, "{said}");
    let mut child = command(args, &path, "").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(ended(child).status.code(), Some(0));
}

/// Interrupts a run at moments spread over its length, each `times`; gives how many were interrupted.
fn interrupt_at_random(args: &[&str], times: u32, signals: u32, look: &dyn Fn(&Path, &Output)) -> u32 {
    let (folder, path) = log(if args[0] == "bundle" { 6 } else { 40 });
    let (out, err) = (tempfile::NamedTempFile::new().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let start = || {
        let mut command = command(args, &path, "");
        // No pipes: one that is full would keep it from ending.
        let streams = [&out, &err].map(|file| File::create(file.path()).unwrap());
        let [out, err] = streams;
        command.current_dir(folder.path()).stdout(out).stderr(err).spawn().unwrap()
    };
    let ended = |child: Child| {
        let Output { status, .. } = ended(child);
        let [stdout, stderr] = [&out, &err].map(|file| fs::read(file.path()).unwrap());
        Output { status, stdout, stderr }
    };
    let began = Instant::now();
    let whole = ended(start());
    let length = began.elapsed();
    assert!(whole.status.success(), "{}", text(&whole.stderr));
    look(folder.path(), &whole);
    let mut random = Random(11);
    let mut interrupted = 0;
    for turn in 0..times {
        for name in names(folder.path()).iter().filter(|name| *name != "log.ndjson") {
            fs::remove_file(folder.path().join(name)).unwrap();
        }
        let child = start();
        thread::sleep(length.mul_f64(random.share()));
        (0..signals).for_each(|_| interrupt(&child));
        let output = ended(child);
        let said = text(&output.stderr);
        assert!(!said.contains("panicked"), "{said}");
        match (output.status.code(), output.status.signal()) {
            (Some(0), None) => {}
            (Some(130), None) => interrupted += 1,
            // It had not begun to listen, nor to do anything.
            (None, Some(2)) => assert!(output.stdout.is_empty() && names(folder.path()) == ["log.ndjson"]),
            other => panic!("turn {turn}: {other:?}: {said}"),
        }
        look(folder.path(), &output);
    }
    interrupted
}

/// Says of a report that is printed, and of files, what an interrupt at any moment leaves.
fn interrupt_all(times: u32) {
    if signals_are_ignored() {
        println!("skipped: signals are ignored here");
        return;
    }
    let interrupted = interrupt_at_random(&["report", "LOG"], times, 1, &|_, output| {
        let shown = text(&output.stdout);
        let is_a_part = shown.lines().nth(1).is_some_and(|line| line.starts_with("Interrupted after "));
        match output.status.code() {
            Some(0) => assert!(!is_a_part && shown.contains("What was read")),
            // What ends while it is printed is cut off, and the exit code says so.
            _ => assert!(is_a_part || !shown.contains("What was read"), "{shown}"),
        }
    });
    println!("report: {interrupted} of {times} were interrupted");
    assert!(interrupted > 0);
    for (args, files, signals) in [
        (&["report", "LOG", "-o", "out.html"][..], &["out.html"][..], 1),
        (&["report", "LOG", "-o", "out.html"], &["out.html"], 2),
        (&["bundle", "LOG", "-o", "case.zip", "--filter", "status:failed"], &["case.zip", "case.zip.map.json"], 1),
    ] {
        let interrupted = interrupt_at_random(args, times, signals, &|folder, output| {
            let mut left = names(folder);
            left.retain(|name| name != "log.ndjson");
            let is_whole = left == files;
            // Names are given one after the other; the first one is that of the mapping, which alone says nothing.
            let is_between = left == ["case.zip.map.json"];
            match output.status.code() {
                Some(0) => assert!(is_whole, "{left:?}"),
                _ => assert!(left.is_empty() || is_whole || is_between, "{left:?}"),
            }
        });
        println!("{args:?}, {signals}: {interrupted} of {times} were interrupted");
        assert!(interrupted > 0);
    }
}

#[test]
fn j3_an_interrupt_at_any_moment_leaves_a_part_that_says_so_and_no_part_of_a_file() {
    interrupt_all(5);
}

/// `cargo test --test hostile -- --ignored j3 --nocapture`
#[test]
#[ignore = "20 interrupts of each kind take a minute"]
fn j3_the_same_twenty_times() {
    interrupt_all(20);
}

#[test]
fn j3_who_is_started_to_ignore_interrupts_ignores_them() {
    let (folder, path) = log(1);
    let out = folder.path().join("out");
    // As a shell starts what runs in the background of a script.
    let script = "trap '' INT; exec \"$0\" report --follow --quiet \"$1\"";
    let mut child = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_provlens")])
        .arg(&path)
        .env("HOME", "/nonexistent")
        .stdout(File::create(&out).unwrap())
        .spawn()
        .unwrap();
    let waits_for = |word: &str| {
        let began = Instant::now();
        while !fs::read_to_string(&out).unwrap().contains(word) {
            assert!(began.elapsed() < PATIENCE, "never {word}: {}", fs::read_to_string(&out).unwrap());
            thread::sleep(Duration::from_millis(20));
        }
    };
    waits_for("person0@example.com");
    interrupt(&child);
    let more = records(7, "another@example.com");
    std::io::Write::write_all(&mut OpenOptions::new().append(true).open(&path).unwrap(), more.as_bytes()).unwrap();
    waits_for("another@example.com");
    assert!(child.try_wait().unwrap().is_none());
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert_ne!(child.wait().unwrap().code(), Some(0));
}

// Only builds for tests can fail on purpose.
#[cfg(debug_assertions)]
#[test]
fn j5_a_bug_in_a_worker_is_told_and_ends_nothing_and_m3_no_word_of_a_log_is_in_it() {
    let (_folder, path) = log(3);
    for threads in ["1", "4"] {
        let mut command = command(&["events", "LOG", "--threads", threads], &path, "");
        let output = command.env("PROVLENS_DEBUG_PANIC", "1").output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        let start = format!("provlens: a bug of version {} at src/", env!("CARGO_PKG_VERSION"));
        let told: Vec<&str> = said.lines().filter(|line| line.starts_with(&start)).collect();
        assert!(told.len() == 1 && told[0].ends_with("; please report this line"), "{said}");
        assert!(!said.contains("panicked"), "{said}");
        assert!(!said.contains("example.com") && !said.contains("Unauthorized"), "{said}");
    }
}

#[test]
fn j6_without_an_environment_everything_works() {
    let (folder, path) = log(3);
    let with = |set: &[(&str, &str)], args: &[&str]| {
        let mut command = command(args, &path, "");
        let output = command.env_clear().envs(set.iter().copied()).current_dir(folder.path()).output().unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let usual = with(&[("HOME", "/nonexistent"), ("TMPDIR", "/tmp"), ("LANG", "C.UTF-8")], &["report", "LOG"]);
    assert_eq!((usual.0, usual.2.as_str()), (Some(0), ""));
    let poor: [&[(&str, &str)]; 5] = [
        &[],
        &[("HOME", "")],
        &[("HOME", "relative")],
        // Nothing can be made there, whoever one is.
        &[("HOME", "/proc"), ("XDG_STATE_HOME", "/proc"), ("XDG_CONFIG_HOME", "/proc"), ("TMPDIR", "/proc/none")],
        &[("LANG", "C"), ("LC_ALL", "POSIX"), ("TZ", "Nowhere/Nothing")],
    ];
    for set in poor {
        assert_eq!(with(set, &["report", "LOG"]), usual, "{set:?}");
        let written = with(set, &["report", "LOG", "-o", "out.txt"]);
        assert_eq!(written, (Some(0), String::new(), String::new()), "{set:?}");
        assert_eq!(fs::read_to_string(folder.path().join("out.txt")).unwrap(), usual.1);
        let bundle = with(set, &["bundle", "LOG", "-o", "case.zip", "--force", "--filter", "status:failed"]);
        assert_eq!((bundle.0, bundle.2.as_str()), (Some(0), ""), "{set:?}");
    }
}

#[test]
fn j6_a_clock_that_stands_at_1970_stops_nothing() {
    let (folder, path) = log(3);
    let at = |epoch: &str, args: &[&str]| {
        let mut command = command(args, &path, "");
        command.env("SOURCE_DATE_EPOCH", epoch).current_dir(folder.path()).output().unwrap()
    };
    let report = |epoch| at(epoch, &["report", "LOG", "--format", "json"]);
    let (now, then) = (report("1795000000"), report("0"));
    assert_eq!((then.status.code(), text(&then.stderr)), (Some(0), String::new()));
    let [now, then]: [Value; 2] = [now, then].map(|output| serde_json::from_slice(&output.stdout).unwrap());
    for part in ["totals", "window", "issues", "unknown", "people"] {
        assert_eq!(now[part], then[part], "{part}");
    }
    for args in [
        &["check", "LOG", "--fail-on", "none", "--save-baseline", "usual.json"][..],
        &["bundle", "LOG", "-o", "case.zip", "--filter", "status:failed"],
        &["bundle", "verify", "case.zip"],
    ] {
        let output = at("0", args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
    }
}

#[test]
fn j7_nothing_is_loaded_from_the_current_folder() {
    let (_elsewhere, path) = log(3);
    let (clean, planted) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let rule = "id = \"planted\"\ntitle = \"PLANTED\"\nprovider = \"okta\"\ncategory = \"conflict\"\nseverity = \"critical\"\n\
        retry = \"manual\"\nowner = \"it-admin\"\ncause = \"x\"\nfix = [\"x\"]\nverify = \"x\"\nsources = [\"https://example.com/\"]\n\
        [escalate]\nwhen = \"x\"\nto = \"x\"\nevidence = [\"UTC time\"]\n\
        [[match]]\nregex.message = [\".\"]\n[[example]]\nabout = \"x\"\nprovider = \"okta\"\nmessage = \"x\"\n";
    for folder in ["rules", "provlens/rules", ".provlens/rules", ".config/provlens/rules", ".local/state/provlens"] {
        let folder = planted.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("planted.toml"), rule).unwrap();
    }
    for name in ["provlens.toml", ".provlens.toml", "keys.toml", "theme.toml", ".env"] {
        fs::write(planted.path().join(name), "= this is no TOML\nPROVLENS_RULES=rules\n").unwrap();
    }
    // Programs that could be taken for those of the system.
    for name in ["sh", "less", "xdg-open", "xclip", "git"] {
        fs::write(planted.path().join(name), "#!/bin/sh\ntouch executed\n").unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(planted.path().join(name), open).unwrap();
    }
    let before = names(planted.path());
    let homes: [&[(&str, &str)]; 3] =
        [&[], &[("HOME", ".")], &[("HOME", ""), ("XDG_CONFIG_HOME", "."), ("XDG_STATE_HOME", ".")]];
    for args in
        [&["report", "LOG"][..], &["rules", "list"], &["check", "LOG", "--fail-on", "unknown"], &["events", "LOG"]]
    {
        for set in homes {
            let run = |folder: &Path| {
                let output = command(args, &path, "").envs(set.iter().copied()).current_dir(folder).output().unwrap();
                (output.status.code(), text(&output.stdout), text(&output.stderr))
            };
            let there = run(planted.path());
            assert_eq!(there, run(clean.path()), "{args:?} {set:?}");
            assert!(!there.1.contains("PLANTED"), "{}", there.1);
        }
    }
    assert_eq!(names(planted.path()), before);
    // It is no secret door: whoever names the folder gets its rules.
    let named =
        command(&["rules", "list", "--rules", "rules"], &path, "").current_dir(planted.path()).output().unwrap();
    assert!(text(&named.stdout).contains("planted"));
}

#[test]
fn j8_of_two_runs_at_once_one_wins_and_nothing_is_damaged() {
    let (folder, path) = log(40);
    let other = folder.path().join("other.ndjson");
    fs::write(&other, records(1, "other@example.com")).unwrap();
    let kinds: [&[&str]; 2] =
        [&["report", "LOG", "-o", "out.json"], &["check", "LOG", "--fail-on", "none", "--save-baseline", "out.json"]];
    for args in kinds {
        let out = folder.path().join("out.json");
        let start =
            |log: &Path| command(args, log, "").current_dir(folder.path()).stdout(Stdio::null()).spawn().unwrap();
        let alone: Vec<Vec<u8>> = [&path, &other]
            .into_iter()
            .map(|log| {
                let _ = fs::remove_file(&out);
                assert!(start(log).wait().unwrap().success());
                fs::read(&out).unwrap()
            })
            .collect();
        for _ in 0..5 {
            let _ = fs::remove_file(&out);
            let mut runs: Vec<Child> = [&path, &other, &path, &other].into_iter().map(|log| start(log)).collect();
            assert!(runs.iter_mut().all(|run| run.wait().unwrap().success()), "{args:?}");
            let found = fs::read(&out).unwrap();
            // A baseline may have learnt from another run that ended before.
            let is_whole = serde_json::from_slice::<Value>(&found).is_ok();
            assert!(alone.contains(&found) || args[0] == "check" && is_whole, "{args:?}");
        }
        fs::remove_file(&out).unwrap();
        assert_eq!(names(folder.path()), ["log.ndjson", "other.ndjson"]);
    }
}

#[test]
fn j9_an_input_that_never_says_anything_can_be_left() {
    if signals_are_ignored() {
        println!("skipped: signals are ignored here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for args in
        [&["report", "LOG"][..], &["events", "LOG"], &["check", "LOG"], &["bundle", "LOG", "--filter", "status:failed"]]
    {
        let child = command(args, &pipe, "").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        thread::sleep(Duration::from_millis(700));
        interrupt(&child);
        let output = ended(child);
        assert_eq!(output.status.code(), Some(130), "{args:?}: {}", text(&output.stderr));
    }
}

/// Most memory that a program has used so far, in bytes.
#[cfg(target_os = "linux")]
fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[cfg(target_os = "linux")]
#[test]
fn j4_a_log_that_never_ends_takes_no_more_memory_than_a_long_one() {
    const MEGABYTES: [usize; 2] = [8, 32];
    let (_folder, path) = log(1);
    let mut child = command(&["report", "-"], &path, "").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let (mut written, mut number) = (0, 0_u32);
    let mut peaks = Vec::new();
    // What is written was taken, but for as much as a pipe and a few batches hold.
    for wanted in MEGABYTES {
        while written < wanted << 20 {
            let record = format!(
                "{{\"uuid\":\"{number:08}\",\"published\":\"2026-03-02T{:02}:{:02}:{:02}Z\",\"eventType\":\"application.provision.user.push\",\
                 \"outcome\":{{\"result\":\"SUCCESS\"}},\"displayMessage\":\"{}\",\
                 \"target\":[{{\"type\":\"AppUser\",\"id\":\"u{1}\",\"alternateId\":\"person{1}@example.com\"}},\
                 {{\"type\":\"AppInstance\",\"id\":\"a\",\"displayName\":\"Harbor\"}}]}}\n",
                number / 3600 % 24,
                number / 60 % 60,
                number % 60,
                "x".repeat(1_000)
            );
            std::io::Write::write_all(&mut input, record.as_bytes()).unwrap();
            (written, number) = (written + record.len(), number + 1);
        }
        peaks.push(peak(&child));
    }
    drop(input);
    assert!(child.wait().unwrap().success());
    assert!(peaks[1] < peaks[0] + (12 << 20), "{peaks:?}");
}
