//! Disks that are full, folders that cannot be written, programs that are killed, shares that go away.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::corpus::zip::{Member, archive};
use crate::outputs::records;
use crate::provlens;

/// A folder with a log and what stood there before.
struct Desk {
    folder: tempfile::TempDir,
}

/// What writes files, and which; `LOG` stands for the input.
const WRITERS: [(&[&str], &[&str]); 5] = [
    (&["report", "LOG", "-o", "out.html"], &["out.html"]),
    (&["events", "LOG", "--format", "csv", "-o", "out.csv"], &["out.csv"]),
    (&["check", "LOG", "--fail-on", "none", "--save-baseline", "usual.json"], &["usual.json"]),
    (&["check", "LOG", "--fail-on", "none", "--report", "junit=out.xml"], &["out.xml"]),
    (&["bundle", "LOG", "-o", "case.zip", "--force", "--filter", "status:failed"], &["case.zip", "case.zip.map.json"]),
];

impl Desk {
    fn new(people: usize) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let lines: String = (0..people).map(|number| records(number, &format!("person{number}@example.com"))).collect();
        fs::write(folder.path().join("log.ndjson"), lines).unwrap();
        Desk { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a shell script in a folder; `$0` is the program and `$@` its arguments.
    fn sh(&self, script: &str, args: &[&str], folder: &Path) -> Output {
        let log = self.path("log.ndjson");
        let args = args.iter().map(|arg| if *arg == "LOG" { log.to_str().unwrap() } else { *arg });
        Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_provlens")])
            .args(args)
            .current_dir(folder)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("PROVLENS_RULES")
            .env("HOME", "/nonexistent")
            .env("SOURCE_DATE_EPOCH", "1795000000")
            .output()
            .unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Whether file systems can be mounted here that nobody else sees.
fn can_mount() -> bool {
    let tried = Command::new("unshare").args(["-m", "sh", "-c", "mount -t tmpfs none /mnt"]).output();
    tried.is_ok_and(|output| output.status.success())
}

/// What a log lies in is known by its path, whatever its name looks like.
#[test]
fn i6_no_log_is_written_over_whatever_it_is_called() {
    let desk = Desk::new(3);
    let log = fs::read(desk.path("log.ndjson")).unwrap();
    let packed = archive(&[Member::new("member.ndjson", &log)]);
    // A name that is no text.
    let other = OsStr::from_bytes(b"\xff.ndjson");
    let put = |folder: &Path, name: &OsStr, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    for (read, name, bytes) in [
        ("x.zip".as_ref(), "x.zip".as_ref(), &packed),
        (".".as_ref(), "x.zip".as_ref(), &packed),
        (other, other, &log),
        (".".as_ref(), other, &log),
        ("a!b.ndjson".as_ref(), "a!b.ndjson".as_ref(), &log),
        ("damaged.zip".as_ref(), "damaged.zip".as_ref(), &packed[..packed.len() / 2].to_vec()),
    ] as [(&OsStr, &OsStr, &Vec<u8>); 6]
    {
        for before in [
            &["events", "-o"][..],
            &["report", "-o"],
            &["count", "--by", "app", "-o"],
            &["bundle", "--force", "--filter", "status:failed", "-o"],
            &["check", "--fail-on", "none", "--report"],
        ] {
            let folder = tempfile::tempdir().unwrap();
            put(folder.path(), name, bytes);
            let target =
                if before[0] == "check" { [OsStr::new("json="), name].join(OsStr::new("")) } else { name.into() };
            let mut command = provlens(folder.path());
            let output = command.args(before).arg(target).arg(read).output().unwrap();
            let (code, said) = (output.status.code(), said(&output));
            assert!(code.is_some_and(|code| code == 2 || code == 3), "{before:?} {name:?}: {code:?} {said}");
            // No format is split from bytes that are no text.
            let why = if said.contains("invalid UTF-8") { "invalid UTF-8" } else { "it is one of the inputs" };
            assert!(said.contains(why), "{before:?} {name:?}: {said}");
            assert!(fs::read(folder.path().join(name)).unwrap() == *bytes, "{before:?} {name:?}");
        }
    }
}

/// A shell has opened the file, and `-` is its only name.
#[cfg(target_os = "linux")]
#[test]
fn i6_what_standard_input_is_read_from_stays() {
    let desk = Desk::new(3);
    let before = fs::read(desk.path("log.ndjson")).unwrap();
    let output = desk.sh("exec \"$0\" \"$@\" < log.ndjson", &["events", "-", "-o", "log.ndjson"], desk.folder.path());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(fs::read(desk.path("log.ndjson")).unwrap() == before);
}

#[test]
fn i6_where_a_file_does_not_fit_the_old_one_stays() {
    let desk = Desk::new(40);
    for (args, files) in WRITERS {
        let folder = tempfile::tempdir().unwrap();
        let before: Vec<Vec<u8>> = files
            .iter()
            .map(|file| {
                // A baseline must be one, to be added to.
                if args.contains(&"--save-baseline") {
                    assert!(desk.sh("exec \"$0\" \"$@\"", args, folder.path()).status.success());
                } else {
                    fs::write(folder.path().join(file), "old").unwrap();
                }
                fs::read(folder.path().join(file)).unwrap()
            })
            .collect();
        // Four kilobytes a file; who writes more is told so, as on a full disk.
        let limited = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
        // What it learnt is smaller than that, unless it learns more.
        let args: Vec<&str> = args.to_vec();
        let output = desk.sh(limited, &args, folder.path());
        let is_small = args.contains(&"--save-baseline") && output.status.success();
        if !is_small {
            assert_eq!(output.status.code(), Some(3), "{args:?}: {}", said(&output));
            assert!(said(&output).contains("File too large"), "{args:?}: {}", said(&output));
        }
        let after: Vec<Vec<u8>> = files.iter().map(|file| fs::read(folder.path().join(file)).unwrap()).collect();
        assert!(after == before, "{args:?}");
        assert_eq!(names(folder.path()), files, "{args:?}");
    }
}

#[test]
fn i6_on_a_full_disk_the_old_file_stays() {
    if !can_mount() {
        println!("skipped: nothing can be mounted here");
        return;
    }
    let desk = Desk::new(40);
    for (args, files) in WRITERS {
        let old: String = files.iter().map(|file| format!("printf old > {file}; ")).collect();
        let old = if args.contains(&"--save-baseline") { String::new() } else { old };
        let script = format!(
            "exec 2>&1; mount -t tmpfs -o size=1m none /mnt; cd /mnt; {old} \
             dd if=/dev/zero of=filler bs=1k count=1100 status=none 2>/dev/null; sha256sum * > /dev/shm/before.$$; \
             \"$0\" \"$@\"; echo \"code $?\"; sha256sum * | cmp - /dev/shm/before.$$ && echo untouched; \
             ls -A; rm /dev/shm/before.$$"
        );
        let output = desk.sh(&format!("exec unshare -m sh -c '{script}' \"$0\" \"$@\""), args, desk.folder.path());
        let said = said(&output);
        assert!(said.contains("code 3\n"), "{args:?}: {said}");
        assert!(said.contains("No space left on device"), "{args:?}: {said}");
        assert!(said.contains("untouched"), "{args:?}: {said}");
        assert!(!said.contains(".tmp\n"), "{args:?}: {said}");
    }
}

#[test]
fn i6_a_folder_that_cannot_be_written_is_told() {
    let desk = Desk::new(3);
    for (args, files) in WRITERS {
        // Nobody can write there, not even who may do everything.
        let args: Vec<String> = args
            .iter()
            .map(|arg| match *arg {
                arg if files.contains(&arg) => format!("/proc/{arg}"),
                "junit=out.xml" => "junit=/proc/out.xml".to_owned(),
                arg => arg.to_owned(),
            })
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = desk.sh("exec \"$0\" \"$@\"", &args, desk.folder.path());
        assert_eq!(output.status.code(), Some(3), "{args:?}: {}", said(&output));
        assert!(said(&output).contains("cannot be written"), "{args:?}: {}", said(&output));
        assert_eq!(names(desk.folder.path()), ["log.ndjson"]);
    }
}

#[test]
fn i8_whatever_the_umask_only_the_owner_can_read_what_is_written() {
    let desk = Desk::new(3);
    for umask in ["000", "077"] {
        for (args, files) in WRITERS {
            let folder = tempfile::tempdir().unwrap();
            let output = desk.sh(&format!("umask {umask}; exec \"$0\" \"$@\""), args, folder.path());
            assert!(output.status.success(), "{args:?}: {}", said(&output));
            for file in files {
                let mode = fs::metadata(folder.path().join(file)).unwrap().permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "{args:?}: {file}");
            }
        }
    }
}

#[test]
fn g5_a_share_that_goes_away_and_comes_back_is_followed_on() {
    if !can_mount() {
        println!("skipped: nothing can be mounted here");
        return;
    }
    let desk = Desk::new(1);
    let (first, second) = (desk.path("first"), desk.path("second"));
    fs::write(&first, records(1, "first@example.com")).unwrap();
    fs::write(&second, records(2, "second@example.com")).unwrap();
    let script = format!(
        "exec unshare -m sh -c 'mount -t tmpfs none /mnt; cp {first} /mnt/log.ndjson; \
         \"$0\" report --follow --quiet /mnt/log.ndjson > out 2>&1 & program=$!; \
         waits_for() {{ for look in $(seq 600); do grep -q \"$1\" out && return; sleep 0.1; done; echo \"never $1\"; }}; \
         waits_for first@example.com; umount -l /mnt; sleep 1; kill -0 $program && echo alive; \
         mount -t tmpfs none /mnt; cp {second} /mnt/log.ndjson; waits_for second@example.com; kill $program; cat out' \"$0\"",
        first = first.display(),
        second = second.display()
    );
    let said = said(&desk.sh(&script, &[], desk.folder.path()));
    assert!(said.starts_with("alive\n") && said.contains("second@example.com"), "{said}");
}
