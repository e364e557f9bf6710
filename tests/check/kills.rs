//! Row I7 of the reliability matrix: whoever is killed while writing leaves the old file or the new one.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::log::{self, Log};

/// Numbers that look random and are the same in every run (SplitMix64).
struct Random(u64);

impl Random {
    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 40) as f64 / f64::from(1 << 24)
    }
}

/// A log whose files are written in many pieces.
fn long() -> Log {
    let mut log = Log::starting_at(1_000);
    for number in 0..1_500 {
        let time = format!("2026-11-17T{:02}:{:02}:{:02}.000Z", number / 360, number / 6 % 60, number % 6 * 10);
        if number % 3 == 0 {
            log.failure(&time, number, "Team Chat", log::CONFLICT);
        } else {
            log.success(&time, number, "Shift Planner");
        }
    }
    log
}

fn start(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("provlens"));
    command
        .args(args)
        .current_dir(folder)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("PROVLENS_RULES")
        .env("HOME", "/nonexistent")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Kills a program that writes `file` so many times, at moments spread over its whole run.
fn kill(name: &str, args: &[&str], file: &str, times: u32) {
    let folder = crate::folder(&[("old.log", log::good().text()), ("new.log", long().text())]);
    let run = |log: &str| {
        let args: Vec<&str> = args.iter().map(|arg| if *arg == "LOG" { log } else { *arg }).collect();
        start(folder.path(), &args)
    };
    let path = folder.path().join(file);
    let began = Instant::now();
    assert!(run("old.log").status().unwrap().success(), "{name}");
    let old = fs::read(&path).unwrap();
    assert!(run("new.log").status().unwrap().success(), "{name}");
    let length = began.elapsed();
    let new = fs::read(&path).unwrap();
    assert_ne!(old, new);
    let mut random = Random(7);
    let (mut killed, mut replaced) = (0, 0);
    for turn in 0..times {
        fs::write(&path, &old).unwrap();
        let mut child = run("new.log").spawn().unwrap();
        // The first one dies before it has done anything.
        let moment = if turn == 0 { 0.0 } else { random.share() };
        thread::sleep(Duration::from_secs_f64(length.as_secs_f64() * moment));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        let found = fs::read(&path).unwrap();
        assert!(found == old || found == new, "{name}: {} bytes after kill {turn}", found.len());
        replaced += u32::from(found == new);
    }
    println!("{name}: {killed} of {times} killed, {replaced} had finished the file");
    assert!(killed > 0, "{name}");
    // What they left behind does not disturb the next one.
    assert!(run("new.log").status().unwrap().success(), "{name}");
    assert!(fs::read(&path).unwrap() == new);
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for other in left.filter(|left| !left.ends_with(".log") && left != file) {
        assert!(other.starts_with(".provlens-") && other.ends_with(".tmp"), "{other}");
    }
}

fn kill_all(times: u32) {
    kill("baseline", &["check", "LOG", "--fail-on", "none", "--save-baseline", "usual.json"], "usual.json", times);
    kill("csv", &["events", "LOG", "--format", "csv", "-o", "events.csv"], "events.csv", times);
    #[cfg(feature = "tables")]
    kill("parquet", &["events", "LOG", "--format", "parquet", "-o", "events.parquet"], "events.parquet", times);
}

#[test]
fn i7_who_is_killed_leaves_the_old_file_or_the_new_one() {
    kill_all(8);
}

/// `cargo test --test check -- --ignored i7 --nocapture`
#[test]
#[ignore = "200 kills of each kind take minutes"]
fn i7_the_same_two_hundred_times() {
    kill_all(200);
}
