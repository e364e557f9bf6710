//! How likely a count is by chance: the upper tail of the negative binomial distribution.
//!
//! With mean `M` and variance `V > M` the number of failures has the size `r = M² / (V − M)` and
//! `P(X ≥ F) = I_q(F, r)` with `q = M / (M + r)`, the regularised incomplete beta function; where the
//! variance is no greater than the mean, it is the Poisson distribution. Everything is computed as a
//! logarithm, since a burst of a thousand failures is far beyond what a number can hold.

/// From this size on, differences of logarithms of the gamma function would cancel out.
const LARGE: f64 = 1e4;
/// Most terms of a series or fraction; they converge long before.
const TERMS: u32 = 100_000;
/// A term this much smaller than the sum adds nothing.
const NOTHING: f64 = 1e-16;

/// Natural logarithm of the probability of `count` or more.
pub fn ln_tail(count: u64, mean: f64, variance: f64) -> f64 {
    if count == 0 {
        return 0.0;
    }
    // A comparison that also catches what is no number.
    if !(mean > 0.0 && mean.is_finite() && variance.is_finite()) {
        return if mean == 0.0 { f64::NEG_INFINITY } else { 0.0 };
    }
    let count = count as f64;
    if variance <= mean * 1.0001 {
        return ln_poisson_tail(count, mean);
    }
    let size = mean * mean / (variance - mean);
    ln_binomial_tail(count, mean, size).min(0.0)
}

/// The probability of `count` or more.
pub fn tail(count: u64, mean: f64, variance: f64) -> f64 {
    ln_tail(count, mean, variance).exp()
}

/// The smallest count that is not exceeded with this probability.
pub fn quantile(share: f64, mean: f64, variance: f64) -> u64 {
    let enough = |count: u64| 1.0 - tail(count.saturating_add(1), mean, variance) >= share;
    let (mut below, mut above) = (0, 1);
    if enough(0) {
        return 0;
    }
    while !enough(above) && above < 1 << 52 {
        (below, above) = (above, above * 2);
    }
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if enough(middle) { above = middle } else { below = middle }
    }
    above
}

/// `ln P(X ≥ count)` of a negative binomial distribution of this mean and size.
fn ln_binomial_tail(count: f64, mean: f64, size: f64) -> f64 {
    let q = mean / (mean + size);
    // ln of q^F (1−q)^r Γ(F+r) / (Γ(F+1) Γ(r)), ordered so that large terms never cancel out.
    let ln_front =
        count * mean.ln() + ln_rise(size, count) - (count + size) * (mean / size).ln_1p() - ln_gamma(count + 1.0);
    // The fraction converges fast on one side of the mean only.
    if q < (count + 1.0) / (count + size + 2.0) {
        ln_front + fraction(q, count, size).ln()
    } else {
        let ln_below = ln_front + (count / size).ln() + fraction(1.0 - q, size, count).ln();
        ln_rest(ln_below)
    }
}

/// `ln Γ(size + count) − ln Γ(size) − count · ln size`.
fn ln_rise(size: f64, count: f64) -> f64 {
    if size < LARGE {
        return ln_gamma(size + count) - ln_gamma(size) - count * size.ln();
    }
    // The same by Stirling's series.
    (size + count - 0.5) * (count / size).ln_1p() - count + (1.0 / (size + count) - 1.0 / size) / 12.0
}

/// The continued fraction of the incomplete beta function, by Lentz's method (Numerical Recipes §6.4).
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let mut c = 1.0;
    let mut d = away_from_zero(1.0 - (a + b) * x / (a + 1.0)).recip();
    let mut value = d;
    for m in 1..TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut step = 1.0;
        for term in [even, odd] {
            d = away_from_zero(1.0 + term * d).recip();
            c = away_from_zero(1.0 + term / c);
            step = c * d;
            value *= step;
        }
        if (step - 1.0).abs() < NOTHING {
            break;
        }
    }
    value
}

/// `ln P(X ≥ count)` of a Poisson distribution: the incomplete gamma function (Numerical Recipes §6.2).
fn ln_poisson_tail(count: f64, mean: f64) -> f64 {
    let ln_front = count * mean.ln() - mean - ln_gamma(count + 1.0);
    if mean < count + 1.0 {
        let (mut sum, mut term) = (1.0, 1.0);
        for n in 1..TERMS {
            term *= mean / (count + f64::from(n));
            sum += term;
            if term < sum * NOTHING {
                break;
            }
        }
        return ln_front + sum.ln();
    }
    let mut b = mean + 1.0 - count;
    let mut c = f64::MAX;
    let mut d = away_from_zero(b).recip();
    let mut value = d;
    for n in 1..TERMS {
        let n = f64::from(n);
        let term = -n * (n - count);
        b += 2.0;
        d = away_from_zero(term * d + b).recip();
        c = away_from_zero(b + term / c);
        value *= c * d;
        if (c * d - 1.0).abs() < NOTHING {
            break;
        }
    }
    ln_rest(ln_front + count.ln() + value.ln())
}

/// `ln(1 − e^x)`.
fn ln_rest(x: f64) -> f64 {
    (-x.min(0.0).exp()).ln_1p()
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { x }
}

fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(F, M, V, p)`, made with another implementation.
    const KNOWN: [(u64, f64, f64, f64); 12] = [
        (1, 0.1, 0.1, 9.516258e-2),
        (5, 1.0, 1.0, 3.659847e-3),
        (5, 1.0, 2.0, 3.125000e-2),
        (5, 1.0, 1.5, 1.783265e-2),
        (10, 2.0, 4.0, 5.859375e-3),
        (20, 5.0, 10.0, 7.719398e-4),
        (40, 10.0, 30.0, 1.857781e-4),
        (3, 0.1, 0.12, 1.547421e-3),
        (50, 20.0, 60.0, 1.499777e-3),
        (12, 0.5, 0.9, 1.970110e-5),
        (400, 200.0, 600.0, 1.699217e-11),
        (6, 0.25, 0.375, 3.665750e-4),
    ];

    #[test]
    fn known_values_are_met() {
        for (count, mean, variance, p) in KNOWN {
            let ours = tail(count, mean, variance);
            assert!((ours / p - 1.0).abs() < 1e-6, "{count} {mean} {variance}: {ours:e} is not {p:e}");
        }
    }

    /// The same summed term by term from below, which is exact where little is left above.
    fn summed(count: u64, mean: f64, variance: f64) -> f64 {
        let size = mean * mean / (variance - mean);
        let q = mean / (mean + size);
        let mut term = (size * (1.0 - q).ln()).exp();
        let mut below = 0.0;
        for k in 0..count {
            below += term;
            term *= (k as f64 + size) / (k as f64 + 1.0) * q;
        }
        1.0 - below
    }

    #[test]
    fn both_sides_of_the_mean_agree_with_the_sum() {
        for (mean, variance) in [(0.3, 0.5), (4.0, 9.0), (50.0, 60.0), (50.0, 5_000.0)] {
            for count in [1, 2, 3, 5, 10, 30, 50, 70] {
                let (ours, exact) = (tail(count, mean, variance), summed(count, mean, variance));
                assert!((ours - exact).abs() < 1e-12, "{count} {mean} {variance}: {ours} is not {exact}");
            }
        }
    }

    #[test]
    fn far_away_only_the_logarithm_is_left() {
        let (near, far) = (ln_tail(900, 1.0, 1.5), ln_tail(1_000, 1.0, 1.5));
        assert!(near < -460.0 && far < near && far > -1_200.0, "{near} {far}");
        // Term by term: each further failure is (k + r) / (k + 1) · q times as likely.
        let (size, q) = (2.0, 1.0 / 3.0);
        let ln_ratio: f64 = (900..1_000).map(|k| ((f64::from(k) + size) / (f64::from(k) + 1.0) * q).ln()).sum();
        assert!((far - near - ln_ratio).abs() < 1e-3);
        assert!(ln_tail(1_000_000, 10.0, 10.0) < -1e6);
    }

    #[test]
    fn nearly_poisson_is_poisson() {
        for (count, mean) in [(7, 1.0), (300, 200.0), (2_000, 1_500.0), (150, 200.0)] {
            let (poisson, nearly) = (ln_tail(count, mean, mean), ln_tail(count, mean, mean * 1.000_101));
            assert!((poisson - nearly).abs() < 0.02 * poisson.abs() + 1e-9, "{count} {mean}: {poisson} {nearly}");
        }
    }

    #[test]
    fn quantiles_frame_the_mean() {
        assert_eq!((quantile(0.05, 3.0, 3.0), quantile(0.95, 3.0, 3.0)), (1, 6));
        assert_eq!((quantile(0.05, 0.01, 0.01), quantile(0.95, 0.01, 0.01)), (0, 0));
        assert_eq!((quantile(0.05, 100.0, 100.0), quantile(0.95, 100.0, 100.0)), (84, 117));
    }

    #[test]
    fn nonsense_is_never_unlikely() {
        assert_eq!(ln_tail(0, 1.0, 1.0), 0.0);
        for (mean, variance) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::INFINITY, f64::INFINITY), (-1.0, 1.0)] {
            assert_eq!(ln_tail(5, mean, variance), 0.0, "{mean} {variance}");
        }
    }
}
