//! How many failures were to be expected in a bucket, from the two weeks before it.
//!
//! Only earlier buckets are used, so a verdict never changes when later data arrive. Buckets of the
//! same time of day and kind of day count fully, others a little; single outliers lose influence by
//! their Anscombe residual, as in the Farrington algorithm of public health.

use super::Calendar;
use crate::analysis::trends::Mode;

/// Days of history that are looked at.
pub(super) const DAYS: usize = 14;
/// Fewer buckets than this say too little: then all earlier ones are used.
const FEW: usize = 6;
/// Weight of a bucket at another time of day.
const OTHER_TIME: f64 = 0.15;
/// The same where nothing is known of what was tried: the time of day then says nearly all.
const OTHER_TIME_UNCOUNTED: f64 = 0.02;
/// From this residual on a bucket is an outlier.
const OUTLIER: f64 = 2.58;
/// The dispersion is known from so many buckets on, and lies between these bounds.
const DISPERSION_FROM: u32 = 8;
const DISPERSION: (f64, f64) = (1.0, 20.0);

/// What is expected of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Fit {
    /// Expected failures.
    pub(super) mean: f64,
    /// Failures seen in comparable conditions: the fewer, the wider the prediction.
    pub(super) support: f64,
    /// Variance over that of a Poisson distribution.
    pub(super) dispersion: f64,
    /// Buckets of the same time of day and kind of day, and failures in them.
    pub(super) comparable: u32,
    pub(super) failures: u64,
}

/// A bucket, with what of it every later fit uses again.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    onsets: f64,
    exposure: f64,
    /// Powers of two thirds, for the residual.
    onsets_23: f64,
    exposure_23: f64,
    /// Of a day, which has at most as many as minutes. In two bytes, so that what follows the numbers is
    /// copied at once.
    phase: u16,
    free: bool,
    /// Part of an earlier spike: not a part of what is usual.
    aside: bool,
}

/// The buckets of one key.
pub(super) struct History {
    buckets: Vec<Bucket>,
    per_day: usize,
    mode: Mode,
    /// The first bucket of what is the usual level now.
    level: usize,
    /// Memory that every fit uses again.
    past: Vec<Bucket>,
    weights: Vec<f64>,
}

impl History {
    pub(super) fn new(calendar: &Calendar, onsets: &[u32], exposure: &[f64], mode: Mode) -> History {
        let two_thirds = |value: f64| value.cbrt() * value.cbrt();
        let buckets = onsets.iter().zip(exposure).enumerate().map(|(at, (onsets, exposure))| {
            let onsets = f64::from(*onsets);
            Bucket {
                onsets,
                exposure: *exposure,
                onsets_23: two_thirds(onsets + 1.0 / 6.0),
                exposure_23: two_thirds(*exposure),
                phase: u16::try_from(calendar.phase(at)).unwrap_or_default(),
                free: calendar.is_free(at),
                aside: false,
            }
        });
        History {
            buckets: buckets.collect(),
            per_day: calendar.per_day(),
            mode,
            level: 0,
            past: Vec::new(),
            weights: Vec::new(),
        }
    }

    pub(super) fn is_aside(&self, bucket: usize) -> bool {
        self.buckets.get(bucket).is_some_and(|bucket| bucket.aside)
    }

    /// Takes buckets out of what is usual.
    pub(super) fn set_aside(&mut self, from: usize, to: usize) {
        self.buckets.iter_mut().take(to).skip(from).for_each(|bucket| bucket.aside = true);
    }

    /// From here on everything is usual, and what was before is of another time.
    pub(super) fn learn(&mut self, from: usize) {
        self.level = from;
        self.buckets.iter_mut().skip(from).for_each(|bucket| bucket.aside = false);
    }

    /// What is expected of a bucket.
    pub(super) fn fit(&mut self, at: usize) -> Fit {
        let Some(now) = self.buckets.get(at).copied() else { return Fit::default() };
        let mut weights = std::mem::take(&mut self.weights);
        let from = at.saturating_sub(DAYS * self.per_day).max(self.level);
        // The bucket just before may be the start of what is tested.
        let mut past = self.buckets.get(from..at.saturating_sub(1)).unwrap_or_default();
        let mut all = false;
        if past.iter().filter(|bucket| !bucket.aside).count() < FEW {
            past = self.buckets.get(self.level.min(at)..at).unwrap_or_default();
            all = true;
        }
        // It is gone through many times.
        let mut usual = std::mem::take(&mut self.past);
        usual.clear();
        // By itself and not as what an iterator may give or not, which is put together of its fields.
        for bucket in past {
            if all || !bucket.aside {
                usual.push(*bucket);
            }
        }
        let per_day = u16::try_from(self.per_day).unwrap_or(u16::MAX);
        // By how much the time of day of a bucket is after that of this one, around the clock.
        let after = |bucket: &Bucket| match bucket.phase.checked_sub(now.phase) {
            Some(later) => later,
            None => bucket.phase + (per_day - now.phase),
        };
        let fit = match self.mode {
            Mode::Rate => {
                let near = |bucket: &Bucket| matches!(after(bucket), 0 | 1) || after(bucket) + 1 == per_day;
                fit(now, &usual, near, OTHER_TIME, &mut weights)
            }
            // A nightly batch may come an hour earlier or later; the time at which most is usual counts.
            Mode::CountOnly => {
                let fits = [0, 1 % per_day, per_day - 1].map(|shift| {
                    let same = |bucket: &Bucket| after(bucket) == shift;
                    fit(now, &usual, same, OTHER_TIME_UNCOUNTED, &mut weights)
                });
                fits.into_iter().max_by(|a, b| a.mean.total_cmp(&b.mean)).unwrap_or_default()
            }
        };
        (self.past, self.weights) = (usual, weights);
        fit
    }
}

/// The fit where buckets that are `near` in time of day count fully and others by `other`.
fn fit(now: Bucket, past: &[Bucket], near: impl Fn(&Bucket) -> bool, other: f64, weights: &mut Vec<f64>) -> Fit {
    weights.clear();
    let (mut comparable, mut failures) = (0, 0.0);
    let (mut onsets, mut exposure, mut weighted_onsets, mut weighted_exposure) = (0.0, 0.0, 0.0, 0.0);
    for bucket in past {
        let is_like = bucket.free == now.free && near(bucket);
        if is_like && bucket.exposure > 0.0 {
            comparable += 1;
            failures += bucket.onsets;
        }
        let weight = if is_like { 1.0 } else { other };
        weights.push(weight);
        onsets += bucket.onsets;
        exposure += bucket.exposure;
        weighted_onsets += weight * bucket.onsets;
        weighted_exposure += weight * bucket.exposure;
    }
    // What is known before anything comparable was seen is worth half a failure.
    let prior = 0.5 / ((onsets + 0.5) / (exposure + 1.0));
    let first = (weighted_onsets + 0.5) / (weighted_exposure + prior);
    let first_23 = first.cbrt() * first.cbrt();
    // A residual is one of the dispersion there is (Noufaily): where outliers are usual, the next one is
    // no surprise. Without it, series whose rate varies rang five times as often.
    let outlier = OUTLIER * dispersion(past, weights, first).sqrt();
    let (mut support, mut tried) = (0.5, prior);
    for (bucket, weight) in past.iter().zip(weights.iter_mut()) {
        // Few are outliers, and the root is needed of those only: of `m + 1/6` it is never below 0.74.
        let excess = 1.5 * (bucket.onsets_23 - first_23 * bucket.exposure_23);
        if excess > outlier * 0.74 {
            let residual = excess / (first * bucket.exposure + 1.0 / 6.0).cbrt().sqrt();
            if residual > outlier {
                *weight *= (outlier / residual) * (outlier / residual);
            }
        }
        support += *weight * bucket.onsets;
        tried += *weight * bucket.exposure;
    }
    let rate = support / tried;
    let dispersion = dispersion(past, weights, rate);
    Fit { mean: rate * now.exposure, support, dispersion, comparable, failures: failures as u64 }
}

/// Variance over that of a Poisson distribution of this rate.
fn dispersion(past: &[Bucket], weights: &[f64], rate: f64) -> f64 {
    let (mut count, mut spread, mut sum) = (0, 0.0, 0.0);
    for (bucket, weight) in past.iter().zip(weights) {
        let mean = rate * bucket.exposure;
        if mean > 0.0 {
            count += 1;
            spread += weight * (bucket.onsets - mean) * (bucket.onsets - mean) / mean.max(0.05);
            sum += weight;
        }
    }
    if count < DISPERSION_FROM { 1.0 } else { (spread / sum).clamp(DISPERSION.0, DISPERSION.1) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::text::time::{HOUR, parse};

    /// A Monday.
    fn calendar(buckets: usize) -> Calendar {
        let start = parse("2026-03-02T00:00:00Z").unwrap();
        Calendar::new(start, 2 * HOUR, buckets as u32, &TimeZone::UTC, &BTreeSet::new())
    }

    #[test]
    fn a_steady_rate_is_found_whatever_the_traffic() {
        let exposure: Vec<f64> = (0..120).map(|at| if at % 12 < 4 { 10.0 } else { 100.0 }).collect();
        let onsets: Vec<u32> = exposure.iter().map(|n| (n / 10.0) as u32).collect();
        let mut history = History::new(&calendar(120), &onsets, &exposure, Mode::Rate);
        let (night, day) = (history.fit(97), history.fit(103));
        assert!((night.mean - 1.0).abs() < 0.05 && (day.mean - 10.0).abs() < 0.3, "{night:?} {day:?}");
        assert_eq!(day.dispersion, 1.0);
    }

    #[test]
    fn one_old_outlier_has_little_influence() {
        let mut onsets = vec![1; 120];
        let exposure = vec![100.0; 120];
        let without = History::new(&calendar(120), &onsets, &exposure, Mode::Rate).fit(110).mean;
        onsets[98] = 60;
        let with = History::new(&calendar(120), &onsets, &exposure, Mode::Rate).fit(110).mean;
        // With its full weight it would be nearly three times as many.
        assert!(with < 2.0 * without, "{with} {without}");
    }

    #[test]
    fn what_is_set_aside_or_yet_to_come_does_not_count() {
        let exposure = vec![100.0; 120];
        let plain = History::new(&calendar(120), &[1; 120], &exposure, Mode::Rate).fit(60);
        let mut onsets = vec![1; 120];
        onsets[40..44].fill(50);
        onsets[59..].fill(90);
        let mut history = History::new(&calendar(120), &onsets, &exposure, Mode::Rate);
        history.set_aside(40, 44);
        let fit = history.fit(60);
        assert!((fit.mean - plain.mean).abs() < 0.01, "{fit:?} {plain:?}");
    }

    #[test]
    fn a_batch_that_slides_by_a_bucket_is_usual_where_nothing_else_is_known() {
        let mut onsets = vec![0; 130];
        (0..10).for_each(|day| onsets[day * 12 + 1] = 30);
        let mut history = History::new(&calendar(130), &onsets, &[1.0; 130], Mode::CountOnly);
        assert!(history.fit(121 - 12).mean > 20.0);
        assert!(history.fit(122 - 12).mean > 20.0, "one later");
        assert!(history.fit(126 - 12).mean < 3.0, "at another time");
    }
}
