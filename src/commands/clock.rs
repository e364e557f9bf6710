//! What time it is: the computer's clock, or `SOURCE_DATE_EPOCH` where a run must be repeatable.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::text::time::{Micros, SECOND};

const FIXED: &str = "SOURCE_DATE_EPOCH";

/// The time that somebody fixed, if that was done.
pub(super) fn fixed() -> Option<Micros> {
    let seconds = env::var(FIXED).ok().and_then(|seconds| seconds.trim().parse::<i64>().ok())?;
    seconds.checked_mul(SECOND)
}

/// Now, if that is known.
pub(super) fn now() -> Option<Micros> {
    if let Some(fixed) = fixed() {
        return Some(fixed);
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Micros::try_from(since.as_micros()).ok()
}
