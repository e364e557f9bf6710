//! Any bytes are looked at as a bundle, and no changed bit of one that is whole passes unseen.

use provlens::output::bundle::verify;

/// Most bytes of which every change is tried.
const SMALL: usize = 64 * 1024;

pub(crate) fn run(data: &[u8]) {
    let Ok(verdict) = verify(data, None, &[]) else { return };
    assert!(!verdict.checks.is_empty());
    assert_eq!(verify(data, None, &[]).as_ref(), Ok(&verdict), "twice the same");
    let is_whole = |verdict: &provlens::output::bundle::Verdict| {
        verdict.is_passed() && verdict.checks.iter().all(|check| check.remark.is_none())
    };
    if !is_whole(&verdict) || data.len() > SMALL {
        return;
    }
    // Some bit of it, another one for every bundle.
    let place = data.iter().fold(17usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    for step in 0..4 {
        let bit = place.wrapping_add(step * 7919) % (data.len() * 8);
        let mut changed = data.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let unseen = verify(&changed, None, &[]).is_ok_and(|verdict| is_whole(&verdict));
        assert!(!unseen, "bit {bit} was changed and passed");
    }
}
