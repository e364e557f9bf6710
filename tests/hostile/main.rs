//! What must hold on bad input, bad computers and bad intent: docs/reliability.md lists it row by row.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod faults;
mod outputs;
mod page;
#[path = "../payloads.rs"]
mod payloads;
mod process;
#[path = "../secrets.rs"]
mod secrets;
mod texts;
