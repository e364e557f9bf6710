//! The ids of events. Nearly each is unlike all others, so they are not kept as texts: a UUID takes 16
//! bytes, six bits are enough for a letter or digit, and an id that says the same as another one of
//! its event takes a byte.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::column::Wide;
use super::texts::Texts;
use crate::event::Ids;

/// Bytes of a piece of the ids, in bits of their places.
const BITS: u32 = 18;
const PIECE: usize = 1 << BITS;
/// Longest id that is kept.
const MAX: usize = 255;

/// What follows the byte that says how an id is written. Lower numbers are the slot that it repeats,
/// greater ones [`PACKED`] and the length.
const UUID: u8 = 6;
const KNOWN: u8 = 7;
const TEXT: u8 = 8;
const PACKED: u8 = 16;
/// Longest id in six bits a letter.
const MAX_PACKED: usize = (u8::MAX - PACKED) as usize;

/// The ids of all events.
#[derive(Clone, Debug, Default)]
pub(super) struct AllIds {
    places: Wide,
    pieces: Vec<Vec<u8>>,
    /// The ids of one event, before they are put to the others.
    scratch: Vec<u8>,
    /// Ids that are too long to be kept.
    pub(super) left: u64,
}

/// Room for the ids of one event, which are put together when they are looked at.
#[derive(Clone, Debug, Default)]
pub struct Scratch(Vec<u8>);

impl AllIds {
    /// Adds those of the next row. Cycles and jobs have many events and are `known` texts.
    pub(super) fn push(&mut self, row: u32, ids: &Ids<'_>, known: &mut Texts) {
        let slots = slots(ids);
        let mut mask = 0u8;
        self.scratch.clear();
        self.scratch.push(0);
        for (slot, id) in slots.iter().enumerate() {
            let Some(id) = id.filter(|id| !id.is_empty()) else { continue };
            let same = slots.iter().take(slot).position(|other| *other == Some(id));
            // What was left out before cannot be repeated.
            let same = same.filter(|same| mask >> same & 1 == 1).and_then(|same| u8::try_from(same).ok());
            let repeated = if slot == 3 || slot == 4 { known.put(Some(id)) } else { 0 };
            match same {
                Some(same) => self.scratch.push(same),
                None if repeated > 0 => {
                    self.scratch.push(KNOWN);
                    self.scratch.extend(repeated.to_le_bytes());
                }
                None if !put(&mut self.scratch, id) => {
                    self.left += 1;
                    continue;
                }
                None => {}
            }
            mask |= 1 << slot;
        }
        if let Some(first) = self.scratch.first_mut() {
            *first = mask;
        }
        let place = self.append();
        self.places.push(row, place);
    }

    /// Puts the ids of the row in hand behind all others; gives the piece and the place in it.
    fn append(&mut self) -> u64 {
        let fits = self.pieces.last().is_some_and(|piece| piece.len() + self.scratch.len() <= PIECE);
        if !fits {
            let size = if self.pieces.is_empty() { 0 } else { PIECE };
            self.pieces.push(Vec::with_capacity(size));
        }
        let piece = self.pieces.len() as u64 - 1;
        let Some(last) = self.pieces.last_mut() else { return 0 };
        let place = piece << BITS | last.len() as u64;
        last.extend_from_slice(&self.scratch);
        place
    }

    /// Those of a row.
    #[inline]
    pub(super) fn get<'e>(&self, row: u32, known: &Texts, scratch: &'e mut Scratch) -> Ids<'e> {
        let Scratch(text) = scratch;
        text.clear();
        let [event, transaction, request, cycle, job, change] = self.read(row, known, text).unwrap_or_default();
        let text = std::str::from_utf8(text).unwrap_or_default();
        let of = |span: Option<(usize, usize)>| span.and_then(|(from, to)| text.get(from..to));
        Ids {
            event: of(event),
            transaction: of(transaction),
            request: of(request),
            cycle: of(cycle),
            job: of(job),
            change: of(change),
        }
    }

    /// Adds those of a row to a text, one after the other.
    pub(super) fn add_to(&self, row: u32, known: &Texts, text: &mut Vec<u8>) {
        self.read(row, known, text);
    }

    fn read(&self, row: u32, known: &Texts, text: &mut Vec<u8>) -> Option<[Option<(usize, usize)>; 6]> {
        let place = self.places.get(row)?;
        let piece = self.pieces.get(usize::try_from(place >> BITS).ok()?)?;
        let mut bytes = piece.get((place & (PIECE as u64 - 1)) as usize..)?.iter();
        let mask = *bytes.next()?;
        let mut spans = [None; 6];
        for slot in 0..6 {
            if mask >> slot & 1 == 0 {
                continue;
            }
            let from = text.len();
            match *bytes.next()? {
                same @ 0..UUID => {
                    *spans.get_mut(slot)? = *spans.get(same as usize)?;
                    continue;
                }
                UUID => {
                    let (value, rest) = bytes.as_slice().split_first_chunk::<16>()?;
                    push_uuid(u128::from_be_bytes(*value), text);
                    bytes = rest.iter();
                }
                KNOWN => {
                    let (number, rest) = bytes.as_slice().split_first_chunk::<4>()?;
                    text.extend_from_slice(known.get(u32::from_le_bytes(*number))?.as_bytes());
                    bytes = rest.iter();
                }
                how => {
                    let length =
                        if how == TEXT { usize::from(*bytes.next()?) } else { usize::from(how.saturating_sub(PACKED)) };
                    let size = if how == TEXT { length } else { (length * 6).div_ceil(8) };
                    let (id, rest) = bytes.as_slice().split_at_checked(size)?;
                    match how {
                        TEXT => text.extend_from_slice(id),
                        _ => unpack(id, length, text),
                    }
                    bytes = rest.iter();
                }
            }
            *spans.get_mut(slot)? = Some((from, text.len()));
        }
        Some(spans)
    }

    pub(super) fn bytes(&self) -> usize {
        self.places.bytes()
            + self.pieces.iter().map(Vec::capacity).sum::<usize>()
            + self.pieces.capacity() * size_of::<Vec<u8>>()
            + self.scratch.capacity()
    }
}

fn slots<'a>(ids: &Ids<'a>) -> [Option<&'a str>; 6] {
    [ids.event, ids.transaction, ids.request, ids.cycle, ids.job, ids.change]
}

/// Writes an id in the shortest way; false if it is too long.
fn put(out: &mut Vec<u8>, id: &str) -> bool {
    if let Some(value) = uuid(id) {
        out.push(UUID);
        out.extend(value.to_be_bytes());
        return true;
    }
    let packed = u8::try_from(id.len()).ok().filter(|length| usize::from(*length) <= MAX_PACKED);
    if let (Some(length), true) = (packed, id.bytes().all(|byte| number_of(byte).is_some())) {
        out.push(PACKED + length);
        pack(id, out);
        return true;
    }
    let Some(length) = u8::try_from(id.len()).ok().filter(|_| id.len() <= MAX) else { return false };
    out.extend([TEXT, length]);
    out.extend_from_slice(id.as_bytes());
    true
}

/// The value of a UUID in the one way of writing that comes back from it.
fn uuid(id: &str) -> Option<u128> {
    let bytes = id.as_bytes();
    if bytes.len() != 36 {
        return None;
    }
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match (at, byte) {
            (8 | 13 | 18 | 23, b'-') => {}
            (8 | 13 | 18 | 23, _) => return None,
            (_, b'0'..=b'9') => value = value << 4 | u128::from(byte - b'0'),
            (_, b'a'..=b'f') => value = value << 4 | u128::from(byte - b'a' + 10),
            _ => return None,
        }
    }
    Some(value)
}

#[inline]
fn push_uuid(value: u128, text: &mut Vec<u8>) {
    // A search reads millions of them, for which `write!`, and one letter after the other, are slow.
    let mut letters = [b'-'; 36];
    let (start, rest) = letters.split_at_mut(8);
    let places = start.iter_mut().chain(rest.iter_mut().enumerate().filter_map(|(at, place)| {
        // Behind the dashes at 8, 13, 18 and 23.
        (!matches!(at, 0 | 5 | 10 | 15)).then_some(place)
    }));
    let digits = value.to_be_bytes().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    for (place, digit) in places.zip(digits) {
        *place = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
    }
    text.extend_from_slice(&letters);
}

/// The number of a letter in base64 for addresses (RFC 4648, section 5).
fn number_of(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}

/// Writes a letter into six bits, one after the other.
fn pack(id: &str, out: &mut Vec<u8>) {
    let (mut bits, mut count) = (0u32, 0);
    for number in id.bytes().filter_map(number_of) {
        bits = bits << 6 | u32::from(number);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    if count > 0 {
        out.push((bits << (8 - count)) as u8);
    }
}

/// The other way, which is what a library does for letters of this order.
#[inline]
fn unpack(bytes: &[u8], length: usize, text: &mut Vec<u8>) {
    let from = text.len();
    text.resize(from + bytes.len().div_ceil(3) * 4, 0);
    let place = text.get_mut(from..).unwrap_or_default();
    let written = URL_SAFE_NO_PAD.encode_slice(bytes, place).unwrap_or_default();
    // The last byte may have room for a letter more than there was.
    text.truncate(from + length.min(written));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn size(id: &str) -> usize {
        let mut out = Vec::new();
        assert!(put(&mut out, id));
        out.len()
    }

    #[test]
    fn ids_are_short() {
        assert_eq!(size("e0000000-0000-4000-8000-00000000000a"), 17);
        // Capital letters would not come back from sixteen bytes.
        assert_eq!(size("E0000000-0000-4000-8000-00000000000A"), 28);
        assert_eq!(size("Zcx8mZ0n3Gk2vYqA1bC5dE6fG7h"), 22);
        assert_eq!(size("a b"), 5);
        assert!(!put(&mut Vec::new(), &"x ".repeat(200)));
    }

    fn id() -> impl Strategy<Value = Option<String>> {
        prop_oneof![
            Just(None),
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".prop_map(Some),
            "[A-Za-z0-9_-]{1,240}".prop_map(Some),
            "[ab]".prop_map(Some),
            ".{1,60}".prop_map(Some),
        ]
    }

    fn ids(row: &[Option<String>; 6]) -> Ids<'_> {
        let [event, transaction, request, cycle, job, change] = row.each_ref().map(|id| id.as_deref());
        Ids { event, transaction, request, cycle, job, change }
    }

    proptest! {
        #[test]
        fn ids_come_back(rows in prop::collection::vec([id(), id(), id(), id(), id(), id()], 1..6)) {
            let (mut all, mut known) = (AllIds::default(), Texts::default());
            for (row, wanted) in (0..).zip(&rows) {
                all.push(row, &ids(wanted), &mut known);
            }
            let mut scratch = Scratch::default();
            for (row, wanted) in (0..).zip(&rows) {
                prop_assert_eq!(all.get(row, &known, &mut scratch), ids(wanted));
            }
            prop_assert_eq!(all.get(rows.len() as u32, &known, &mut scratch), Ids::default());
        }
    }
}
