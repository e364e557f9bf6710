//! Whether an issue is more frequent than the baseline says.

use crate::analysis::spikes::tail::tail;

/// Chance below which it is no chance.
pub(super) const LIMIT: f64 = 1e-4;
/// Least factor: less is no reason to stop a pipeline.
pub(super) const RATIO: f64 = 2.0;
/// Least number of failures more than expected.
pub(super) const EXCESS: f64 = 5.0;

/// Failures, and in how much they happened: attempts, or days where attempts are not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Counted {
    pub failures: f64,
    pub exposure: f64,
}

/// How a number of failures compares with earlier ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Comparison {
    pub expected: f64,
    pub ratio: f64,
    /// How likely so many or more are by chance.
    pub p: f64,
}

impl Comparison {
    /// Compares `now` with `before`; nothing to compare where there was no exposure.
    pub(super) fn of(before: Counted, now: Counted, dispersion: f64) -> Option<Comparison> {
        if before.exposure <= 0.0 || now.exposure <= 0.0 {
            return None;
        }
        let seen = before.failures + 0.5;
        let expected = seen * now.exposure / before.exposure;
        let variance = dispersion.max(1.0) * expected + expected * expected / seen;
        let p = tail(count(now.failures), expected, variance);
        Some(Comparison { expected, ratio: now.failures / expected.max(0.5), p })
    }

    /// Whether it is so much more that it should stop a pipeline.
    pub(super) fn is_regression(&self, failures: f64) -> bool {
        self.p <= LIMIT && failures >= RATIO * self.expected && failures - self.expected >= EXCESS
    }
}

/// A sum of whole numbers as one.
pub(super) fn count(failures: f64) -> u64 {
    failures.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(before: (f64, f64), now: (f64, f64)) -> (f64, f64, bool) {
        let counted = |(failures, exposure)| Counted { failures, exposure };
        let found = Comparison::of(counted(before), counted(now), 1.0).unwrap();
        (found.p, found.ratio, found.is_regression(now.0))
    }

    fn near(p: f64, wanted: f64) -> bool {
        (p / wanted - 1.0).abs() < 0.05
    }

    #[test]
    fn few_failures_that_became_some_more_are_no_regression() {
        let (p, _, regressed) = compare((3.0, 1_000.0), (15.0, 1_000.0));
        assert!(near(p, 2.2e-3) && !regressed, "{p:e}");
    }

    #[test]
    fn twice_as_many_of_many_are_one() {
        let (p, ratio, regressed) = compare((40.0, 10_000.0), (90.0, 10_000.0));
        assert!(near(p, 5.3e-6) && near(ratio, 2.2) && regressed, "{p:e}");
    }

    #[test]
    fn a_small_rise_is_none_however_sure_it_is() {
        let (p, ratio, regressed) = compare((200.0, 5_000.0), (290.0, 5_000.0));
        assert!(near(p, 2.5e-5) && near(ratio, 1.45) && !regressed, "{p:e}");
    }

    #[test]
    fn without_exposure_there_is_nothing_to_compare() {
        let counted = |failures, exposure| Counted { failures, exposure };
        assert_eq!(Comparison::of(counted(3.0, 0.0), counted(9.0, 10.0), 1.0), None);
        assert_eq!(Comparison::of(counted(3.0, 10.0), counted(0.0, 0.0), 1.0), None);
    }
}
