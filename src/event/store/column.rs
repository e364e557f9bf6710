//! Columns that grow without being copied, so that little more is taken than is used.

/// Values of a piece of a column.
const PIECE: usize = 1 << 14;

/// One value a row.
#[derive(Clone, Debug)]
pub(super) struct Column<T> {
    pieces: Vec<Vec<T>>,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column { pieces: Vec::new() }
    }
}

impl<T: Copy> Column<T> {
    pub(super) fn push(&mut self, value: T) {
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(value),
            last => {
                // A short log does not take the memory of a long one.
                let mut piece = Vec::with_capacity(if last.is_some() { PIECE } else { 0 });
                piece.push(value);
                self.pieces.push(piece);
            }
        }
    }

    pub(super) fn get(&self, row: u32) -> Option<T> {
        let row = row as usize;
        self.pieces.get(row / PIECE)?.get(row % PIECE).copied()
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.pieces.iter().map(Vec::capacity).sum::<usize>() * size_of::<T>()
            + self.pieces.capacity() * size_of::<Vec<T>>()
    }
}

/// Numbers that are small or absent for most of the time: two bytes a row, and sixteen more for any
/// other number.
#[derive(Clone, Debug, Default)]
pub(super) struct Narrow {
    short: Column<u16>,
    /// The rows of all others.
    long: Vec<(u32, u64)>,
}

impl Narrow {
    const ABSENT: u16 = u16::MAX;
    const LONG: u16 = u16::MAX - 1;

    pub(super) fn push(&mut self, row: u32, value: Option<u64>) {
        let short = match value.map(|value| (value, u16::try_from(value))) {
            None => Narrow::ABSENT,
            Some((_, Ok(short))) if short < Narrow::LONG => short,
            Some((long, _)) => {
                self.long.push((row, long));
                Narrow::LONG
            }
        };
        self.short.push(short);
    }

    pub(super) fn get(&self, row: u32) -> Option<u64> {
        match self.short.get(row)? {
            Narrow::ABSENT => None,
            Narrow::LONG => {
                let place = self.long.binary_search_by_key(&row, |(row, _)| *row).ok()?;
                self.long.get(place).map(|(_, value)| *value)
            }
            short => Some(short.into()),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.short.bytes() + self.long.capacity() * size_of::<(u32, u64)>()
    }
}

/// Rows that are measured from the same number.
const STEP: u32 = 256;

/// Numbers of which each is a little greater than the one before: two bytes a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Rising {
    first: Vec<u64>,
    further: Narrow,
}

impl Rising {
    pub(super) fn push(&mut self, row: u32, value: u64) {
        if row.is_multiple_of(STEP) {
            self.first.push(value);
        }
        let first = self.first.last().copied().unwrap_or_default();
        self.further.push(row, Some(value.wrapping_sub(first)));
    }

    pub(super) fn get(&self, row: u32) -> Option<u64> {
        let first = self.first.get((row / STEP) as usize)?;
        Some(first.wrapping_add(self.further.get(row)?))
    }

    pub(super) fn bytes(&self) -> usize {
        self.first.capacity() * size_of::<u64>() + self.further.bytes()
    }
}

/// Numbers that grow from row to row for most of the time: four bytes a row, and eight more where the
/// upper half changes. Any other numbers come back as well, and only take more.
#[derive(Clone, Debug, Default)]
pub(super) struct Wide {
    lower: Column<u32>,
    /// The upper half from a row on.
    upper: Vec<(u32, u32)>,
}

impl Wide {
    pub(super) fn push(&mut self, row: u32, value: u64) {
        let upper = (value >> 32) as u32;
        if self.upper.last().map_or(0, |(_, upper)| *upper) != upper {
            self.upper.push((row, upper));
        }
        self.lower.push(value as u32);
    }

    pub(super) fn get(&self, row: u32) -> Option<u64> {
        let lower = self.lower.get(row)?;
        let before = self.upper.partition_point(|(from, _)| *from <= row);
        let upper = before.checked_sub(1).and_then(|last| self.upper.get(last)).map_or(0, |(_, upper)| *upper);
        Some(u64::from(upper) << 32 | u64::from(lower))
    }

    pub(super) fn bytes(&self) -> usize {
        self.lower.bytes() + self.upper.capacity() * size_of::<(u32, u32)>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_column_takes_little_more_than_its_values() {
        let mut column = Column::default();
        let count = 3 * PIECE + 7;
        (0..count).for_each(|value| column.push(value as u32));
        assert!((0..count).all(|row| column.get(row as u32) == Some(row as u32)));
        assert_eq!(column.get(count as u32), None);
        assert!(column.bytes() <= 4 * (count + PIECE) + 200, "{}", column.bytes());
    }

    fn numbers() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(prop_oneof![any::<u64>(), 0..9u64, 65_530..65_540u64, Just(u64::MAX)], 0..600)
    }

    proptest! {
        #[test]
        fn numbers_come_back(values in numbers()) {
            let (mut wide, mut narrow, mut rising) = (Wide::default(), Narrow::default(), Rising::default());
            for (row, value) in (0..).zip(&values) {
                wide.push(row, *value);
                narrow.push(row, Some(*value).filter(|value| value % 5 > 0));
                rising.push(row, *value);
            }
            for (row, value) in (0..).zip(&values) {
                prop_assert_eq!(wide.get(row), Some(*value));
                prop_assert_eq!(narrow.get(row), Some(*value).filter(|value| value % 5 > 0));
                prop_assert_eq!(rising.get(row), Some(*value));
            }
            let behind = values.len() as u32;
            prop_assert_eq!((wide.get(behind), narrow.get(behind), rising.get(behind)), (None, None, None));
        }
    }

    #[test]
    fn lines_of_a_log_take_two_bytes_each() {
        let mut lines = Rising::default();
        (0..100_000).for_each(|row| lines.push(row, u64::from(row) * 60));
        assert!(lines.bytes() < 240_000, "{}", lines.bytes());
    }
}
