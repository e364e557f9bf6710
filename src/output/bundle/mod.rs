//! The evidence of one issue, for somebody outside.

pub mod redact;
