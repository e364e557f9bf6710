//! How likely so many failures are by chance.

/// Terms after which a sum is as exact as a number can be, or no longer worth waiting for.
const MAX_TERMS: u32 = 2_000_000;

/// `P(X ≥ f)` of a negative binomial distribution with mean `m` and variance `v`; Poisson if the
/// variance is not larger.
pub fn tail(f: f64, m: f64, v: f64) -> f64 {
    let f = f.ceil();
    if f <= 0.0 {
        return 1.0;
    }
    if m <= 0.0 || !m.is_finite() || !v.is_finite() {
        return if m <= 0.0 { 0.0 } else { 1.0 };
    }
    let chances = Chances::of(m, v);
    if f > m {
        chances.sum(f, |k| chances.step(k), 1.0).min(1.0)
    } else {
        // Below the mean the other side is the shorter sum.
        (1.0 - chances.sum(f - 1.0, |k| 1.0 / chances.step(k - 1.0), -1.0)).clamp(0.0, 1.0)
    }
}

/// A distribution of counts.
enum Chances {
    Poisson { mean: f64 },
    Negative { r: f64, q: f64 },
}

impl Chances {
    fn of(m: f64, v: f64) -> Chances {
        if v <= 1.0001 * m {
            return Chances::Poisson { mean: m };
        }
        let r = m * m / (v - m);
        Chances::Negative { r, q: m / (m + r) }
    }

    /// Natural logarithm of the chance of exactly `k`.
    fn log(&self, k: f64) -> f64 {
        match self {
            Chances::Poisson { mean } => k * mean.ln() - mean - log_gamma(k + 1.0),
            Chances::Negative { r, q } => {
                log_gamma(k + r) - log_gamma(*r) - log_gamma(k + 1.0) + k * q.ln() + r * (-q).ln_1p()
            }
        }
    }

    /// By how much `k + 1` is likelier than `k`.
    fn step(&self, k: f64) -> f64 {
        match self {
            Chances::Poisson { mean } => mean / (k + 1.0),
            Chances::Negative { r, q } => q * (k + r) / (k + 1.0),
        }
    }

    /// Chances of `from` and all beyond it in one direction.
    fn sum(&self, from: f64, ratio: impl Fn(f64) -> f64, by: f64) -> f64 {
        let (mut sum, mut term, mut k) = (1.0, 1.0, from);
        for _ in 0..MAX_TERMS {
            if by < 0.0 && k <= 0.0 {
                break;
            }
            term *= ratio(k);
            sum += term;
            k += by;
            if term < sum * 1e-17 {
                break;
            }
        }
        (self.log(from) + sum.ln()).exp()
    }
}

/// Natural logarithm of the gamma function for positive numbers (Lanczos, g = 7).
fn log_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        let pi = std::f64::consts::PI;
        return (pi / (pi * x).sin()).ln() - log_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let sum = (1..).zip(TERMS).fold(0.999_999_999_999_809_9, |sum, (at, term)| sum + term / (x + f64::from(at)));
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn published_values_are_met() {
        let cases = [
            (1.0, 0.1, 0.1, 9.516_258e-2),
            (5.0, 1.0, 1.0, 3.659_847e-3),
            (5.0, 1.0, 2.0, 3.125e-2),
            (5.0, 1.0, 1.5, 1.783_265e-2),
            (10.0, 2.0, 4.0, 5.859_375e-3),
            (20.0, 5.0, 10.0, 7.719_398e-4),
            (40.0, 10.0, 30.0, 1.857_781e-4),
            (3.0, 0.1, 0.12, 1.547_421e-3),
            (50.0, 20.0, 60.0, 1.499_777e-3),
            (12.0, 0.5, 0.9, 1.970_110e-5),
            (400.0, 200.0, 600.0, 1.699_217e-11),
            (6.0, 0.25, 0.375, 3.665_750e-4),
        ];
        for (f, m, v, wanted) in cases {
            let p = tail(f, m, v);
            assert!((p / wanted - 1.0).abs() < 1e-6, "({f}, {m}, {v}): {p:e} instead of {wanted:e}");
        }
    }

    #[test]
    fn it_is_a_chance_and_falls_with_the_count() {
        for (m, v) in [(0.01, 0.01), (3.0, 3.0), (3.0, 40.0), (1e6, 1e9), (1e6, 1e6)] {
            let mut before = 1.0;
            for f in [0.0, 1.0, 2.0, 5.0, 1e3, 9e5, 1e6, 2e6] {
                let p = tail(f, m, v);
                assert!((0.0..=before + 1e-9).contains(&p), "({f}, {m}, {v}): {p}");
                before = p;
            }
        }
        assert_eq!(tail(3.0, 0.0, 0.0), 0.0);
    }
}
