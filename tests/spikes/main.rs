//! How good the detection of spikes is, measured on invented series of which the truth is known.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod flags;
mod generator;
mod logs;
mod quality;
mod random;
mod score;
