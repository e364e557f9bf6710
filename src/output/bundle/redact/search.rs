//! The search for everything that is known, made anew as little as possible: something becomes known with nearly every
//! text, and a search for thousands of names takes longer to make than a text to be searched.

use super::known::Known;
use super::sweep::{Hit, Sweeper};

/// Searches for neighbouring values each, the later the smaller.
#[derive(Debug, Default)]
pub(super) struct Search {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// The positions of its values.
    from: usize,
    to: usize,
    sweeper: Sweeper,
}

impl Search {
    /// Makes it search for all of these values; whether it can. A value takes part in few such makings: a search is
    /// made anew only together with as many values as it has.
    pub(super) fn update<'v>(&mut self, values: &[Known], protected: impl Iterator<Item = &'v str>) -> bool {
        let to = values.len();
        if self.parts.last().is_some_and(|last| last.to == to) {
            return true;
        }
        let mut from = self.parts.last().map_or(0, |last| last.to);
        while let Some(last) = self.parts.pop_if(|last| last.to - last.from <= to - from) {
            from = last.from;
        }
        let Some(sweeper) = Sweeper::new(values.get(from..).unwrap_or_default(), from, protected) else {
            self.parts.clear();
            return false;
        };
        self.parts.push(Part { from, to, sweeper });
        true
    }

    /// Forgets everything, since what may be searched for has changed.
    pub(super) fn clear(&mut self) {
        self.parts.clear();
    }

    /// What of the known values a text holds, in order, nothing within another. What became known since the last update
    /// is not among it.
    pub(super) fn hits(&self, text: &str) -> Vec<Hit> {
        match self.parts.as_slice() {
            [part] => part.sweeper.hits(text),
            parts => super::sweep::united(parts.iter().flat_map(|part| part.sweeper.hits(text)).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::class::Class;
    use super::*;

    fn known(at: usize) -> Known {
        let value = format!("person{at:03}@corp.example");
        Known { class: Class::Login, normal: value.clone(), replacement: format!("u-{at}@x"), value, count: 0 }
    }

    #[test]
    fn what_is_ready_is_not_made_again() {
        for values in [vec![], vec![known(1)]] {
            let mut search = Search::default();
            for _ in 0..3 {
                // Whoever makes a search asks what is protected.
                let asked = std::cell::Cell::new(false);
                let protected = std::iter::from_fn(|| {
                    asked.set(true);
                    None
                });
                let is_first = search.parts.is_empty();
                assert!(search.update(&values, protected));
                assert_eq!(asked.get(), is_first);
            }
        }
    }

    #[test]
    fn whatever_became_known_when_is_found() {
        let values: Vec<Known> = (0..100).map(known).collect();
        let text = |at: usize| format!("for person{at:03}@corp.example and person{:03}@corp.example", 99 - at);
        let mut whole = Search::default();
        assert!(whole.update(&values, std::iter::empty()));
        let mut search = Search::default();
        let (mut made, mut parts) = (0, 0);
        for at in 1..=values.len() {
            assert!(search.update(&values[..at], std::iter::empty()));
            assert!(!search.hits(&format!("x {}", values[at - 1].value)).is_empty());
            let last = search.parts.last().unwrap();
            made += last.to - last.from;
            parts = parts.max(search.parts.len());
        }
        assert!(made <= 100 * 7 && parts <= 7, "{made} values in {parts} parts");
        for at in 0..100 {
            assert_eq!(search.hits(&text(at)), whole.hits(&text(at)), "{at}");
        }
    }
}
