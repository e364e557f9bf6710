//! Which events were seen before.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};

use super::Seeded;

/// Whether an event was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// It was not.
    First,
    /// It was.
    Again,
    /// One with the same id, time, kind and outcome was, but it says something else.
    Differing,
}

/// A key in four parts, so that it takes ten bytes with what goes with it, not sixteen.
#[derive(Clone, PartialEq, Eq)]
struct Key([u16; 4]);

impl Key {
    fn of(key: u64) -> Key {
        // The parts are cut out of the whole.
        #[allow(clippy::cast_possible_truncation)]
        Key([key as u16, (key >> 16) as u16, (key >> 32) as u16, (key >> 48) as u16])
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Key([a, b, c, d]) = *self;
        state.write_u64(u64::from(a) | u64::from(b) << 16 | u64::from(c) << 32 | u64::from(d) << 48);
    }
}

/// All events so far, by what makes two of them the same, with a digest of what they say.
#[derive(Clone, Default)]
pub(super) struct Seen(HashMap<Key, u16, Seeded>);

impl Seen {
    /// Takes note of an event.
    pub(super) fn see(&mut self, key: u64, content: u16) -> Sighting {
        match self.0.entry(Key::of(key)) {
            Entry::Vacant(free) => {
                free.insert(content);
                Sighting::First
            }
            Entry::Occupied(known) if *known.get() == content => Sighting::Again,
            Entry::Occupied(_) => Sighting::Differing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_seen_first_again_or_with_other_words() {
        let mut seen = Seen::default();
        let key = 0x1234_5678_9abc_def0;
        let sightings = [(key, 1), (key, 1), (key, 2), (key + 1, 2), (key + (1 << 48), 2)];
        let wanted = [Sighting::First, Sighting::Again, Sighting::Differing, Sighting::First, Sighting::First];
        assert_eq!(sightings.map(|(key, content)| seen.see(key, content)), wanted);
        assert_eq!(size_of::<(Key, u16)>(), 10);
    }
}
