//! Row I7 of the reliability matrix: whoever is killed while writing leaves the old file or the new one.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

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

/// A log of a few failures: names for people take long in a build for tests.
fn few() -> Log {
    let mut log = Log::starting_at(1_000);
    for number in 0..30 {
        log.failure(&format!("2026-11-17T09:{number:02}:00.000Z"), number % 6, "Team Chat", log::CONFLICT);
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
        // So that a bundle has the same bytes each time.
        .env("SOURCE_DATE_EPOCH", "1795000000")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Kills a program that writes `files` so many times, at moments spread over its whole run.
fn kill(name: &str, args: &[&str], files: &[&str], times: u32) {
    let new = if name == "bundle" { few() } else { long() };
    let folder = crate::folder(&[("old.log", log::bad().text()), ("new.log", new.text()), ("key", KEY)]);
    let run = |log: &str| {
        let args: Vec<&str> = args.iter().map(|arg| if *arg == "LOG" { log } else { *arg }).collect();
        start(folder.path(), &args)
    };
    let read = || -> Vec<Vec<u8>> { files.iter().map(|file| fs::read(folder.path().join(file)).unwrap()).collect() };
    let began = Instant::now();
    assert!(run("old.log").status().unwrap().success(), "{name}");
    let old = read();
    assert!(run("new.log").status().unwrap().success(), "{name}");
    let length = began.elapsed();
    let new = read();
    assert_ne!(old[0], new[0]);
    let mut random = Random(7);
    let (mut killed, mut replaced) = (0, 0);
    for turn in 0..times {
        files.iter().zip(&old).for_each(|(file, old)| fs::write(folder.path().join(file), old).unwrap());
        let mut child = run("new.log").spawn().unwrap();
        // The first one dies before it has done anything.
        let moment = if turn == 0 { 0.0 } else { random.share() };
        thread::sleep(Duration::from_secs_f64(length.as_secs_f64() * moment));
        child.kill().unwrap();
        killed += u32::from(!child.wait().unwrap().success());
        let found = read();
        for (file, found) in files.iter().zip(found.iter().zip(old.iter().zip(&new))) {
            let (found, (old, new)) = found;
            assert!(found == old || found == new, "{name}: {file}: {} bytes after kill {turn}", found.len());
        }
        replaced += u32::from(found == new);
    }
    println!("{name}: {killed} of {times} killed, {replaced} had finished the file");
    assert!(killed > 0, "{name}");
    // What they left behind does not disturb the next one.
    assert!(run("new.log").status().unwrap().success(), "{name}");
    assert!(read() == new);
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    for other in left.filter(|left| !left.ends_with(".log") && left != "key" && !files.contains(&&**left)) {
        assert!(other.starts_with(".provlens-") && other.ends_with(".tmp"), "{other}");
        // After a day, the next one that writes there takes it away.
        let file = fs::OpenOptions::new().write(true).open(folder.path().join(&other)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(25 * 60 * 60)).unwrap();
    }
    assert!(run("new.log").status().unwrap().success(), "{name}");
    let stale = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(stale.filter(|left| left.ends_with(".tmp")).count(), 0, "{name}");
}

/// Key of the bundles.
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

fn kill_all(times: u32) {
    kill("baseline", &["check", "LOG", "--fail-on", "none", "--save-baseline", "usual.json"], &["usual.json"], times);
    kill("csv", &["events", "LOG", "--format", "csv", "-o", "events.csv"], &["events.csv"], times);
    kill("report", &["report", "LOG", "-o", "report.html"], &["report.html"], times);
    let bundle = ["bundle", "LOG", "-o", "case.zip", "--force", "--key", "key", "--filter", "status:failed"];
    // Each of the two is one or the other; the mapping takes its name first.
    kill("bundle", &bundle, &["case.zip", "case.zip.map.json"], times);
    #[cfg(feature = "tables")]
    kill("parquet", &["events", "LOG", "--format", "parquet", "-o", "events.parquet"], &["events.parquet"], times);
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
