//! The interactive output: a model, what happens to it, and a view that is a pure function of it.
//!
//! ```text
//! keys, sizes, what was read → Msg → update(Model) → view(Model) → terminal
//! ```
//!
//! Screens are files of `screen/`; every one makes [`row::Row`]s and knows neither colours nor the
//! terminal. Nothing here computes facts: all of them are the analysis', as in every other output.

pub mod chart;
pub mod columns;
pub mod cursor;
pub mod data;
pub mod draft;
pub mod editing;
pub mod filtering;
pub mod group;
pub mod health;
pub mod input;
pub mod jobs;
pub mod keymap;
pub mod look;
pub mod memo;
pub mod memory;
pub mod model;
pub mod outside;
pub mod record;
pub mod row;
mod run;
pub mod saved;
pub mod screen;
pub mod spark;
pub mod states;
pub mod testing;
pub mod theme;
pub mod tree;
pub mod trend;
pub mod update;
pub mod view;
pub mod when;
pub mod wrong;

pub use run::{Console, run};

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod kept_tests;
#[cfg(test)]
mod live_tests;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod tests;
