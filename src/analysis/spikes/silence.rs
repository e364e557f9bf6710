//! Has an application fallen silent?
//!
//! An expired token often shows as no log at all. The events that were to be expected since the last
//! one are those of the same time of day and kind of day in the two weeks before it; where there was
//! no such time, nothing is expected.

use super::Calendar;
use super::fit::DAYS;
use crate::text::time::{DAY, Micros};

/// Events that must be missing at least.
const MISSING: f64 = 10.0;
/// How likely no event at all may be by chance at most.
const LN_ALPHA: f64 = -9.210_340_371_976_182;
/// Buckets without any event.
const BUCKETS: usize = 3;
/// Days of a week on which something happens at least.
const ACTIVE_DAYS: f64 = 3.0;

/// Why it is called silent.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Quiet {
    /// Events that were to be expected.
    pub expected: f64,
    pub ln_p: f64,
}

/// Whether no event since `last`, up to `until`, is too unlikely. `attempts` are those of every bucket.
pub fn silence(calendar: &Calendar, attempts: &[u32], last: Micros, until: Micros) -> Option<Quiet> {
    let (width, start) = (calendar.width(), calendar.start_of(0));
    let place = |at: Micros| usize::try_from((at - start).max(0) / width.max(1)).unwrap_or(usize::MAX);
    let (last_bucket, end) = (place(last), place(until).min(calendar.len().saturating_sub(1)));
    if end < last_bucket + BUCKETS {
        return None;
    }
    let from = (last_bucket + 1).saturating_sub(DAYS * calendar.per_day());
    // Not the last bucket of all: nobody knows when in it the silence began.
    let past: Vec<usize> = (from..last_bucket).collect();
    if !is_regular(calendar, attempts, from, last_bucket) {
        return None;
    }
    let count = |at: usize| f64::from(attempts.get(at).copied().unwrap_or_default());
    let per_day = u32::try_from(calendar.per_day()).unwrap_or(u32::MAX);
    let usual = |at: usize| -> Option<f64> {
        let like = past.iter().filter(|before| {
            let after = (calendar.phase(**before) + per_day - calendar.phase(at)) % per_day;
            calendar.is_free(**before) == calendar.is_free(at) && (after <= 1 || after + 1 == per_day)
        });
        let (sum, buckets) = like.fold((0.0, 0.0), |(sum, buckets), before| (sum + count(*before), buckets + 1.0));
        (buckets > 0.0).then(|| sum / buckets)
    };
    let expected = |at: usize| {
        let share = if at == end { (until - calendar.start_of(at)) as f64 / width as f64 } else { 1.0 };
        usual(at).unwrap_or_default() * share.clamp(0.0, 1.0)
    };
    let expected: f64 = (last_bucket + 1..=end).map(expected).sum();
    if expected < MISSING {
        return None;
    }
    let spread = past.iter().filter_map(|at| {
        let mean = usual(*at)?;
        Some((count(*at) - mean) * (count(*at) - mean) / mean.max(0.05))
    });
    let dispersion = (spread.sum::<f64>() / past.len() as f64).max(1.0);
    let ln_p = -expected / dispersion;
    (ln_p <= LN_ALPHA).then_some(Quiet { expected, ln_p })
}

/// Whether something happened on at least three days of every seven.
fn is_regular(calendar: &Calendar, attempts: &[u32], from: usize, to: usize) -> bool {
    let day = |at: usize| calendar.start_of(at).div_euclid(DAY);
    let mut days: Vec<Micros> =
        (from..=to).filter(|at| attempts.get(*at).is_some_and(|count| *count > 0)).map(day).collect();
    days.dedup();
    let weeks = (calendar.start_of(to + 1) - calendar.start_of(from)) as f64 / (7 * DAY) as f64;
    days.len() as f64 >= ACTIVE_DAYS * weeks.max(1.0)
}
