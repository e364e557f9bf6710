//! When did unusually many people begin to fail?
//!
//! What is counted are onsets: a failure of somebody for whom nothing was failing yet, since identity
//! providers try again and again, and one outage would ring every morning. The test is that of a
//! negative binomial prediction from the two weeks before ([`fit`], [`tail`]), made at each bucket over
//! several windows ([`detect`]). Each key is judged by its own counts and by earlier ones only.

pub mod burst;
pub mod calendar;
pub mod detect;
mod fit;
pub mod silence;
pub mod tail;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::trends::Mode;
use crate::text::time::Micros;

pub use calendar::Calendar;
pub use detect::{Interval, Verdict, detect};

/// What counts as unusual.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Settings {
    /// How unlikely by chance it must be.
    pub alpha: f64,
    pub min_failures: u64,
    /// Times what is usual.
    pub min_ratio: f64,
    /// Width of a bucket, if not the one that fits the provider.
    pub bucket: Option<Micros>,
    /// Days that are like weekends.
    pub holidays: BTreeSet<Date>,
    /// Zone by which days begin.
    pub zone: TimeZone,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            alpha: 1e-5,
            min_failures: 5,
            min_ratio: 2.0,
            bucket: None,
            holidays: BTreeSet::new(),
            zone: TimeZone::UTC,
        }
    }
}

/// The counts of one key in every bucket.
#[derive(Clone, Debug)]
pub struct Track {
    /// How much is known of what was tried.
    pub mode: Mode,
    /// Failure episodes that began.
    pub onsets: Vec<u32>,
    /// What they are compared with: attempts, or 1 where they are not known.
    pub exposure: Vec<f64>,
    /// Bucket and subject of every onset, in order of buckets.
    pub who: Vec<(u32, u32)>,
    /// Part of the last bucket that the logs cover.
    pub covered: f64,
}

impl Track {
    /// Different subjects in buckets, of which the last is excluded.
    pub fn subjects(&self, from: usize, to: usize) -> usize {
        let place = |bucket: usize| self.who.partition_point(|(at, _)| (*at as usize) < bucket);
        let mut subjects: Vec<u32> =
            self.who.get(place(from)..place(to)).unwrap_or_default().iter().map(|(_, subject)| *subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        subjects.len()
    }
}
