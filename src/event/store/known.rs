//! Values that many events share, each kept once and called by a number.

use std::hash::{BuildHasher, Hash};

use hashbrown::HashTable;

use super::Seeded;
use super::column::Column;

/// Values by number, from 0.
#[derive(Clone, Debug)]
pub(super) struct Known<K> {
    values: Column<K>,
    count: u32,
    numbers: HashTable<u32>,
    hasher: Seeded,
}

impl<K> Default for Known<K> {
    fn default() -> Self {
        Known { values: Column::default(), count: 0, numbers: HashTable::new(), hasher: Seeded::default() }
    }
}

impl<K: Copy + Eq + Hash> Known<K> {
    /// The number of a value.
    pub(super) fn find(&self, value: K) -> Option<u32> {
        let same = |number: &u32| self.values.get(*number) == Some(value);
        self.numbers.find(self.hasher.hash_one(value), same).copied()
    }

    /// The same; a new value gets the next one.
    pub(super) fn put(&mut self, value: K) -> u32 {
        if let Some(number) = self.find(value) {
            return number;
        }
        let (values, hasher) = (&mut self.values, &self.hasher);
        let number = self.count;
        values.push(value);
        // There are never more values than events, which have numbers of this kind too.
        self.count = self.count.saturating_add(1);
        let hash = |number: &u32| values.get(*number).map_or(0, |value| hasher.hash_one(value));
        self.numbers.insert_unique(hasher.hash_one(value), number, hash);
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<K> {
        self.values.get(number)
    }

    pub(super) fn len(&self) -> u32 {
        self.count
    }

    pub(super) fn bytes(&self) -> usize {
        self.values.bytes() + self.numbers.allocation_size()
    }
}
