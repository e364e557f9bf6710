//! Texts that many events share, each kept once.

use std::hash::BuildHasher as _;
use std::hint;

use hashbrown::HashTable;

use super::Seeded;
use super::column::Column;

/// Memory that texts may take whatever the number of events.
const FLOOR: usize = 16 << 20;
/// What more they may take for each event. A stranger can write a new name into every record.
const FOR_EACH: usize = 40;
/// Longest text that is kept, in bytes.
const MAX: usize = 4_096;
/// What a text takes besides its bytes: its place, and a number in a table with room to grow.
const AROUND: usize = 20;
/// Bytes of a piece of the texts, in bits of their places.
const BITS: u32 = 18;
const PIECE: usize = 1 << BITS;

/// Texts by number, from 1; 0 is none.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    pieces: Vec<String>,
    spans: Column<Span>,
    numbers: HashTable<u32>,
    hasher: Seeded,
    used: usize,
    room: usize,
    /// How often there was no room for a text.
    pub(super) left: u64,
    /// Numbers of texts that are looked up ahead.
    expected: Vec<u32>,
}

/// Where a text is: the piece and the place in it, and its length.
#[derive(Clone, Copy, Debug)]
struct Span {
    place: u32,
    upper: u16,
    length: u16,
}

impl Default for Texts {
    fn default() -> Self {
        Texts {
            pieces: Vec::new(),
            spans: Column::default(),
            numbers: HashTable::new(),
            hasher: Seeded::default(),
            used: 0,
            room: FLOOR,
            left: 0,
            expected: Vec::new(),
        }
    }
}

impl Texts {
    /// Makes room for the texts of one more event.
    pub(super) fn grow(&mut self) {
        self.room += FOR_EACH;
    }

    /// The number of a text; 0 if there is none, or no room for it.
    pub(super) fn put(&mut self, text: Option<&str>) -> u32 {
        let Some(text) = text else { return 0 };
        let hash = self.hasher.hash_one(text);
        if let Some(number) = self.numbers.find(hash, |number| self.get(*number) == Some(text)) {
            return *number;
        }
        let Some(number) = self.keep(text) else {
            self.left += 1;
            return 0;
        };
        let Texts { pieces, spans, numbers, hasher, .. } = self;
        let hash_of = |number: &u32| hasher.hash_one(at(pieces, spans, *number).unwrap_or_default());
        numbers.insert_unique(hash, number, hash_of);
        number
    }

    /// Looks up texts that will be put, so that they are near by then. Each is found by way of the table, its place
    /// and its first byte, all of them far apart: what waits for one of them can wait together with the others.
    pub(super) fn expect<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        let mut numbers = std::mem::take(&mut self.expected);
        numbers.clear();
        let number = |text| self.numbers.find(self.hasher.hash_one(text), |_| true).copied();
        numbers.extend(texts.filter_map(number));
        let spans = numbers.iter().filter_map(|number| self.spans.get(number.checked_sub(1)?));
        let lengths: usize = spans.map(|span| usize::from(span.length)).sum();
        let firsts = numbers.iter().filter_map(|number| self.get(*number)?.bytes().next());
        hint::black_box((lengths, firsts.fold(0, |all, byte| all ^ byte)));
        self.expected = numbers;
    }

    /// Puts a text behind all others.
    fn keep(&mut self, text: &str) -> Option<u32> {
        let number = u32::try_from(self.numbers.len() + 1).ok()?;
        let length = u16::try_from(text.len()).ok()?;
        if text.len() > MAX || self.used + text.len() + AROUND > self.room {
            return None;
        }
        if self.pieces.last().is_none_or(|piece| piece.len() + text.len() > PIECE) {
            let size = if self.pieces.is_empty() { 0 } else { PIECE };
            self.pieces.push(String::with_capacity(size));
        }
        let place = (self.pieces.len() as u64 - 1) << BITS | self.pieces.last()?.len() as u64;
        let span = Span { place: place as u32, upper: u16::try_from(place >> 32).ok()?, length };
        self.pieces.last_mut()?.push_str(text);
        self.spans.push(span);
        self.used += text.len() + AROUND;
        Some(number)
    }

    pub(super) fn get(&self, number: u32) -> Option<&str> {
        at(&self.pieces, &self.spans, number)
    }

    pub(super) fn bytes(&self) -> usize {
        self.pieces.iter().map(String::capacity).sum::<usize>()
            + self.pieces.capacity() * size_of::<String>()
            + self.spans.bytes()
            + self.numbers.allocation_size()
    }
}

fn at<'t>(pieces: &'t [String], spans: &Column<Span>, number: u32) -> Option<&'t str> {
    let span = spans.get(number.checked_sub(1)?)?;
    let place = u64::from(span.upper) << 32 | u64::from(span.place);
    let from = (place & (PIECE as u64 - 1)) as usize;
    pieces.get(usize::try_from(place >> BITS).ok()?)?.get(from..from + usize::from(span.length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_what_is_too_much_is_counted() {
        let mut texts = Texts { room: 2 * AROUND + 6, ..Texts::default() };
        let numbers = ["abc", "", "abc", "too much", ""].map(|text| texts.put(Some(text)));
        assert_eq!(numbers, [1, 2, 1, 0, 2]);
        assert_eq!((texts.left, texts.put(None), texts.get(0)), (1, 0, None));
        assert_eq!((texts.get(1), texts.get(2), texts.get(3)), (Some("abc"), Some(""), None));
        texts.grow();
        assert_eq!(texts.put(Some("too much")), 3);
        assert_eq!(texts.put(Some(&"x".repeat(MAX + 1))), 0);
    }

    #[test]
    fn looking_up_ahead_changes_nothing() {
        let mut texts = Texts::default();
        let both = ["ann@example.com", "raj@example.com"];
        texts.expect(both.into_iter());
        assert_eq!((texts.numbers.len(), texts.put(Some(both[0]))), (0, 1));
        texts.expect(both.into_iter().chain(both));
        assert_eq!((texts.numbers.len(), texts.left), (1, 0));
        assert_eq!(both.map(|text| texts.put(Some(text))), [1, 2]);
    }

    #[test]
    fn many_texts_come_back() {
        let mut texts = Texts::default();
        let text = |number: u32| format!("{number:>width$}", width = (number % 900) as usize);
        for number in 1..3_000 {
            assert_eq!(texts.put(Some(&text(number))), number);
        }
        assert!(texts.pieces.len() > 3);
        assert!((1..3_000).all(|number| texts.get(number) == Some(&*text(number))));
    }
}
