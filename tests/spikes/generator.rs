//! Invents four weeks of one key, with incidents of which the truth is known.

use crate::random::Random;

/// Buckets of two hours.
pub(crate) const PER_DAY: usize = 12;
pub(crate) const DAYS: usize = 28;
pub(crate) const BUCKETS: usize = DAYS * PER_DAY;
/// Expected failures beyond the usual ones from which on an incident must be found.
const MUST_BE_FOUND: f64 = 10.0;

/// Shortest length in buckets, how many lengths there are, and by how much more fails: short ones,
/// sustained ones and a slow one, each as likely as the other.
const INCIDENTS: [(usize, usize, f64); 6] =
    [(1, 3, 8.0), (1, 3, 20.0), (1, 3, 60.0), (8, 8, 5.0), (8, 8, 15.0), (12, 1, 4.0)];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    /// Office hours.
    Plain,
    /// Few attempts.
    Low,
    /// A load at night on weekdays.
    Batch,
    /// The same, an hour later from the twentieth day on.
    BatchMoved,
    /// A failure rate that varies from bucket to bucket.
    Overdispersed,
    /// Twice much more traffic at the same rate.
    Surge,
    /// No incidents.
    Clean,
}

pub(crate) const FAMILIES: [Family; 7] = [
    Family::Plain,
    Family::Low,
    Family::Batch,
    Family::BatchMoved,
    Family::Overdispersed,
    Family::Surge,
    Family::Clean,
];

/// An incident, from a bucket to another one that is excluded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incident {
    pub from: usize,
    pub to: usize,
    /// Smaller ones are neither a merit nor a fault.
    pub counts: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Invented {
    pub family: Family,
    /// What began to fail.
    pub onsets: Vec<u32>,
    /// The same with every failure of a retry.
    pub raw: Vec<u32>,
    pub attempts: Vec<u32>,
    pub incidents: Vec<Incident>,
}

pub(crate) fn invent(family: Family, random: &mut Random) -> Invented {
    let low = family == Family::Low;
    let base = if low { random.pick(&[3.0, 8.0, 20.0]) } else { random.pick(&[20.0, 60.0, 200.0, 600.0]) };
    let highest = if low { 0.06f64.log10() } else { -1.3 };
    let rate = 10f64.powf(random.between(-3.3, highest));
    let batch = random.below(PER_DAY);
    let surges = [0, 1].map(|_| 4 * PER_DAY + random.below(BUCKETS - 4 * PER_DAY - 2));
    let mut tried = vec![0.0; BUCKETS];
    for (at, tried) in tried.iter_mut().enumerate() {
        let (day, time) = (at / PER_DAY, at % PER_DAY);
        let weekday = day % 7 < 5;
        let hour = time * 24 / PER_DAY;
        let mut mean = base * if weekday { 1.0 } else { 0.3 } * if (8..20).contains(&hour) { 1.6 } else { 0.6 };
        let moved = usize::from(family == Family::BatchMoved && day >= 20);
        if matches!(family, Family::Batch | Family::BatchMoved) && weekday && time == (batch + moved) % PER_DAY {
            mean += 15.0 * base;
        }
        if family == Family::Surge && surges.iter().any(|surge| (*surge..surge + 2).contains(&at)) {
            mean *= 8.0;
        }
        *tried = mean * random.gamma(20.0, 1.0 / 20.0);
    }
    let mut factor = vec![1.0; BUCKETS];
    let mut incidents = Vec::new();
    let count = if family == Family::Clean { 0 } else { 1 + random.below(2) };
    for _ in 0..count {
        let (shortest, lengths, times) = random.pick(&INCIDENTS);
        let length = shortest + random.below(lengths);
        let from = 8 * PER_DAY + random.below(BUCKETS - 8 * PER_DAY - length);
        let to = from + length;
        // Two that touch would be one.
        if incidents.iter().any(|known: &Incident| from < known.to + PER_DAY && known.from < to + PER_DAY) {
            continue;
        }
        factor[from..to].fill(times);
        incidents.push(Incident { from, to, counts: false });
    }
    let mut invented =
        Invented { family, onsets: vec![0; BUCKETS], raw: vec![0; BUCKETS], attempts: vec![0; BUCKETS], incidents };
    let mut excess = vec![0.0; BUCKETS];
    for at in 0..BUCKETS {
        let attempts = random.poisson(tried[at]);
        let noise = if family == Family::Overdispersed { random.gamma(1.5, 1.0 / 1.5) } else { 1.0 };
        let failures = random.poisson(f64::from(attempts) * (rate * factor[at] * noise).min(0.9)).min(attempts);
        excess[at] = f64::from(attempts) * ((rate * factor[at] * noise).min(0.9) - rate * noise);
        invented.attempts[at] += attempts;
        invented.onsets[at] += failures;
        invented.raw[at] += failures;
        for _ in 0..failures {
            if random.unit() < 0.4 {
                echo(&mut invented, at, random);
            }
        }
    }
    for incident in &mut invented.incidents {
        incident.counts = excess[incident.from..incident.to].iter().sum::<f64>() >= MUST_BE_FOUND;
    }
    invented
}

/// What fails is tried again after 6, 12 and 24 hours and then daily, and three of four fail again.
fn echo(invented: &mut Invented, from: usize, random: &mut Random) {
    let hours = [6, 12, 24].into_iter().chain((2..=DAYS).map(|day| day * 24));
    for at in hours.map(|hours| from + hours * PER_DAY / 24).take_while(|at| *at < BUCKETS) {
        invented.attempts[at] += 1;
        if random.unit() > 0.75 {
            return;
        }
        invented.raw[at] += 1;
    }
}
