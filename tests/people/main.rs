//! People: who is still broken, who is who, and how long removals take, against the truth.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod entra;
mod identity;
#[path = "../program.rs"]
mod program;
mod reliability;
mod story;
mod tenant;
mod triggers;
mod truth;

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

/// The program, as on a computer of somebody who has set nothing.
fn provlens() -> Command {
    let mut command = program::provlens(env!("CARGO_MANIFEST_DIR"));
    command.env("SOURCE_DATE_EPOCH", "1800000000");
    command
}

fn report(paths: &[&Path]) -> Value {
    let output = provlens().args(["report", "--format", "json", "--quiet"]).args(paths).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = usize::try_from(self.below(at as u64 + 1)).unwrap();
            items.swap(at, other);
        }
    }
}

/// `2026-03-02T09:00:00Z` for seconds since 1970.
fn stamp(at: u64) -> String {
    provlens::text::time::rfc3339(i64::try_from(at).unwrap() * 1_000_000)
}
