//! A text that arrives in pieces gives the same records, wherever the pieces end.

use provlens::frame::Batch;

use super::frame_json::{account_arriving, cut};
use super::input::Input;

/// The first byte says how many cuts there are, two bytes for each say where, and the text follows.
pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let count = 1 + usize::from(input.byte() % 8);
    let places: Vec<usize> = (0..count).map(|_| input.below(1 << 16)).collect();
    let text = input.0;
    let mut places: Vec<usize> = places.into_iter().map(|place| place % (text.len() + 1)).collect();
    places.sort_unstable();
    let mut pieces = Vec::new();
    let mut from = 0;
    for place in places {
        pieces.push(&text[from..place]);
        from = place;
    }
    pieces.push(&text[from..]);
    let (whole, split) = (cut(&[text]), cut(&pieces));
    account_arriving(text, &split);
    if whole.problems.iter().chain(&split.problems).any(|problem| problem.lost) {
        // Where a record is broken, what is known of the others says where the next one begins, and of a text that is
        // still arriving less is known.
        return;
    }
    let records =
        |batch: &Batch| batch.frames.iter().map(|frame| (frame.offset, frame.raw_len, frame.line)).collect::<Vec<_>>();
    assert_eq!(records(&split), records(&whole));
    assert_eq!(split.bytes, whole.bytes);
    assert_eq!(split.problems, whole.problems);
}
