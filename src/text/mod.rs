//! Leaf utilities about text. Nothing here uses anything else of ours.

pub mod base64;
pub mod every;
pub mod fold;
pub mod folded;
pub mod glob;
pub mod hex;
pub mod names;
pub mod sanitize;
pub mod secret;
pub mod span;
pub mod start;
pub mod suggest;
pub mod time;
pub mod width;
