//! Any counts are judged with numbers that are numbers; more failures in a bucket never make it less unusual.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use provlens::analysis::Mode;
use provlens::analysis::spikes::tail::{ln_tail, quantile};
use provlens::analysis::spikes::{Calendar, Settings, Track, Verdict, detect, silence};
use provlens::text::time::{DAY, HOUR};

use super::input::Input;

/// Most buckets: four weeks of two hours.
const MOST: usize = 336;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let (kind, more) = (input.byte(), 1 + u32::from(input.byte()));
    let (mean, variance) = (f64::from(input.byte()) / 8.0, f64::from(input.byte()));
    for count in [0, 1, u64::from(more), 100_000] {
        let ln_p = ln_tail(count, mean, variance);
        assert!(ln_p <= 0.0, "the probability of {count} with {mean} and {variance} is e^{ln_p}");
        assert!(ln_tail(count + 1, mean, variance) <= ln_p + 1e-9, "{count} with {mean} and {variance}");
    }
    assert!(quantile(0.1, mean, variance) <= quantile(0.9, mean, variance), "{mean} {variance}");
    let mut track = Track {
        mode: if kind & 1 == 0 { Mode::Rate } else { Mode::CountOnly },
        onsets: Vec::new(),
        exposure: Vec::new(),
        who: Vec::new(),
        covered: if kind & 2 == 0 { 1.0 } else { 0.5 },
    };
    while !input.is_empty() && track.onsets.len() < MOST {
        // Of most buckets nothing is special; a run of equal ones is one pair of bytes.
        let (counts, repeat) = (input.byte(), 1 + usize::from(input.byte() % 16));
        for _ in 0..repeat.min(MOST - track.onsets.len()) {
            let bucket = track.onsets.len() as u32;
            let onsets = u32::from(counts & 0x0f) * if kind & 4 == 0 { 1 } else { 50 };
            let attempts = f64::from(onsets) + f64::from(counts >> 4) * 8.0;
            track.onsets.push(onsets);
            track.exposure.push(if track.mode == Mode::Rate { attempts } else { 1.0 });
            track.who.extend((0..onsets).map(|subject| (bucket, if kind & 8 == 0 { subject } else { subject % 2 })));
        }
    }
    let Some(last) = track.onsets.len().checked_sub(1) else { return };
    let buckets = track.onsets.len() as u32;
    let calendar =
        Calendar::new(1_770_000_000_000_000 / DAY * DAY, 2 * HOUR, buckets, &TimeZone::UTC, &BTreeSet::new());
    let settings = Settings::default();
    let before = detect(&track, &calendar, &settings);
    sound(&before, &track);
    let attempts: Vec<u32> = track.exposure.iter().map(|attempts| *attempts as u32).collect();
    let end = calendar.start_of(last + 1);
    if let Some(quiet) = silence::silence(&calendar, &attempts, calendar.start_of(0), end) {
        assert!(quiet.expected.is_finite() && quiet.ln_p <= 0.0, "{quiet:?}");
    }
    // More failures at the end, of other people; nothing that came before is changed by them.
    track.onsets[last] += more;
    if track.mode == Mode::Rate {
        track.exposure[last] += f64::from(more);
    }
    track.who.extend((0..more).map(|subject| (last as u32, 1_000_000 + subject)));
    let after = detect(&track, &calendar, &settings);
    sound(&after, &track);
    let at_the_end = |verdict: &Verdict| verdict.intervals.iter().find(|one| one.to > last).cloned();
    if let Some(before) = at_the_end(&before)
        && before.observed > 0
    {
        let now = at_the_end(&after).unwrap_or_else(|| panic!("{more} failures more, and no spike: {before:?}"));
        // One bucket alone may be the spike now, of which there was a stretch before.
        assert!(now.from > before.from || now.observed >= before.observed, "{before:?} {now:?}");
        // What it was before may be told as two: a spike, and another one that begins where these came.
        let there = after.intervals.iter().filter(|one| one.to > before.from);
        let ln_p = there.map(|one| one.ln_p).fold(0.0, f64::min);
        assert!(ln_p <= before.ln_p + 1e-6, "{more} more are more likely: {before:?} {:?}", after.intervals);
    }
}

/// What holds for every verdict.
fn sound(verdict: &Verdict, track: &Track) {
    assert!(verdict.dispersion.is_finite() && verdict.dispersion >= 0.0, "{verdict:?}");
    assert!(verdict.judged || verdict.intervals.is_empty(), "{verdict:?}");
    let mut end = 0;
    for one in &verdict.intervals {
        assert!(end <= one.from && one.from < one.to && one.to <= track.onsets.len(), "{one:?} behind {end}");
        assert!(one.expected.is_finite() && one.expected >= 0.0, "{one:?}");
        assert!(one.ln_p <= 0.0 && !one.ln_p.is_nan(), "{one:?}");
        assert!(one.usual.0 <= one.usual.1, "{one:?}");
        let there: u64 = track.onsets[one.from..one.to].iter().map(|onsets| u64::from(*onsets)).sum();
        assert_eq!(one.observed, there, "{one:?}");
        end = one.to;
    }
}
