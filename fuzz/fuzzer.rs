//! The fuzzer: one program for all targets, since each would be linked for itself. TARGET names the one to run.

#![no_main]

mod targets;

use std::env;
use std::sync::LazyLock;

use targets::TARGETS;

static RUN: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let wanted = env::var("TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|target| target.name == wanted);
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    found.unwrap_or_else(|| panic!("TARGET must be one of {}", names.join(", "))).run
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| RUN(data));
