//! With less than a day of history nothing is usual yet; but failures may crowd in one part of what
//! the logs cover.
//!
//! The scan of Kulldorff: every window is compared with everything outside of it. What is found is
//! worth showing, never a verdict.

use super::detect::{EXCESS, SUBJECTS};
use super::tail::{ln_tail, quantile};
use super::{Interval, Settings, Track};
use crate::analysis::trends::{Comparison, SpikeKind};
use crate::text::time::Micros;

/// The longest window, in buckets.
const LONGEST: usize = 12;
/// How unlikely by chance it must be; so many windows are looked at that it must be less than elsewhere.
const ALPHA: f64 = 1e-7;

/// The window in which failures crowd most, if they do.
pub fn burst(track: &Track, width: Micros, settings: &Settings) -> Option<Interval> {
    let buckets = track.onsets.len();
    let failures: Vec<f64> = sums(track.onsets.iter().map(|onsets| f64::from(*onsets)));
    let exposure: Vec<f64> = sums(track.exposure.iter().copied());
    let between = |sums: &[f64], from: usize, to: usize| {
        sums.get(to).copied().unwrap_or_default() - sums.get(from).copied().unwrap_or_default()
    };
    let mut best: Option<Interval> = None;
    for from in 0..buckets {
        for to in from + 1..=(from + LONGEST).min(buckets) {
            let inside = between(&failures, from, to);
            let outside = between(&failures, 0, buckets) - inside;
            let tried = between(&exposure, from, to);
            let tried_outside = between(&exposure, 0, buckets) - tried;
            if inside < settings.min_failures as f64 || tried_outside <= 0.0 {
                continue;
            }
            let support = outside + 0.5;
            let mean = support * tried / tried_outside;
            if inside < settings.min_ratio * mean || inside - mean < EXCESS {
                continue;
            }
            let variance = mean + mean * mean / support;
            let ln_p = ln_tail(inside as u64, mean, variance);
            let is_better = best.as_ref().is_none_or(|best| ln_p < best.ln_p);
            if ln_p > ALPHA.ln() || !is_better || track.subjects(from, to) < SUBJECTS {
                continue;
            }
            best = Some(Interval {
                from,
                to,
                kind: if to == buckets { SpikeKind::Ongoing } else { SpikeKind::Spike },
                observed: inside as u64,
                expected: mean,
                usual: (quantile(0.05, mean, variance), quantile(0.95, mean, variance)),
                ln_p,
                people: track.subjects(from, to) as u64,
                baseline: Comparison {
                    days: (width as f64 * (buckets + from - to) as f64) / crate::text::time::DAY as f64,
                    buckets: u32::try_from(buckets + from - to).unwrap_or(u32::MAX),
                    failures: outside as u64,
                    short: true,
                },
            });
        }
    }
    best
}

/// Sums of everything before each place.
fn sums(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let running = values.scan(0.0, |sum, value| {
        *sum += value;
        Some(*sum)
    });
    std::iter::once(0.0).chain(running).collect()
}
