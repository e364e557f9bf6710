//! Provlens reads the provisioning logs of identity providers and applications and says what is
//! broken, for whom, since when, and what to do.
//!
//! Data flows one way; a module uses only what is above it here, and `tests/architecture.rs`
//! enforces it:
//!
//! ```text
//! text, json, error   leaf utilities
//! source              where bytes come from
//! frame               bytes → records
//! event               the normalised event
//! decode              records → events, one file a dialect
//! rules, unknown      events → the issue that explains them
//! analysis            rows → what an admin wants to know
//! pipeline            all of the above, with threads
//! output              the analysis → text, JSON
//! tui                 the analysis → a screen
//! cli, exit           what is typed, and the number at the end; they use nothing of ours
//! commands            one file per sub-command
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod text;

pub mod json;

pub mod error;

pub mod source;

pub mod frame;

pub mod event;

pub mod decode;

pub mod rules;
pub mod unknown;

pub mod analysis;

pub mod pipeline;

pub mod output;
pub mod tui;

pub mod cli;
pub mod commands;
pub mod exit;
