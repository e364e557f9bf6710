//! What time it is: the computer's clock, or `SOURCE_DATE_EPOCH` where a run must be repeatable.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::text::time::{Micros, SECOND};

/// Now, if that is known.
pub(super) fn now() -> Option<Micros> {
    let fixed = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.trim().parse::<i64>().ok());
    if let Some(seconds) = fixed {
        return seconds.checked_mul(SECOND);
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Micros::try_from(since.as_micros()).ok()
}
