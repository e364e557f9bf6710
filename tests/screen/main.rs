//! The real program in a pseudo-terminal, driven like a person.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod bundling;
mod driver;
mod following;
mod hostile;
mod leaving;
mod odd;
#[path = "../payloads.rs"]
mod payloads;
mod remembering;
#[path = "../secrets.rs"]
mod secrets;
mod working;
