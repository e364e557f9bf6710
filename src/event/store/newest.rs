//! A store that is full: the newer half of its events stays.

use super::{Row, Scratch, Store};

impl Store {
    /// Gives up the older half of the events, which are counted as [`super::LeftOut::older`]. Those without a time are
    /// the first to go. Rows get other numbers.
    pub fn keep_newer_half(&mut self) {
        let mut by_time: Vec<u32> = (0..self.len()).collect();
        // Stable, so that of events of one moment the later ones stay.
        by_time.sort_by_key(|row| self.row(*row).and_then(Row::time));
        let mut kept = by_time.split_off(by_time.len() / 2);
        kept.sort_unstable();
        let mut newer = Store { left: self.left_out(), ..Store::default() };
        newer.left.older += u64::from(self.len()) - kept.len() as u64;
        let mut scratch = Scratch::default();
        for row in kept.into_iter().filter_map(|row| self.row(row)) {
            newer.put(&row.entry(&mut scratch), row.words_are_in_the_record());
        }
        *self = newer;
    }
}

#[cfg(test)]
mod tests {
    use super::super::LeftOut;
    use super::*;
    use crate::event::{Entry, Place, Provider, Said, Subject};

    #[test]
    fn the_newer_half_stays_as_it_was() {
        let long = "x".repeat(5_000);
        let logins: Vec<String> = (0..100).map(|number| format!("p{number}@corp.example")).collect();
        let entry = |number: usize| Entry {
            // The log begins with its newest event; some have no time.
            time: (!number.is_multiple_of(10)).then_some(1_000 - number as i64),
            subject: Subject { login: logins.get(number).map(String::as_str), ..Subject::default() },
            said: Said { message: Some(if number == 3 { &long } else { "said" }), ..Said::default() },
            place: Place {
                input: number / 50,
                path: ["a", "b"][number / 50],
                offset: number as u64,
                ..Place::default()
            },
            ..Entry::new(Place::default(), Provider::Okta, "okta-system-log")
        };
        let mut store = Store::default();
        (0..100).for_each(|number| store.push(&entry(number)));
        let texts = store.left_out().texts;
        store.keep_newer_half();
        assert_eq!((store.len(), store.left_out()), (50, LeftOut { older: 50, texts, ..LeftOut::default() }));
        let mut scratch = Scratch::default();
        let wanted = (0..100).filter(|number: &usize| !number.is_multiple_of(10)).take(50);
        for (row, number) in store.rows().zip(wanted) {
            let kept = row.entry(&mut scratch);
            assert_eq!((kept.time, kept.subject.login), (entry(number).time, entry(number).subject.login));
            assert_eq!((row.place().offset, row.place().path), (number as u64, entry(number).place.path));
            assert_eq!(row.words_are_in_the_record(), number == 3, "{number}");
        }
        store.keep_newer_half();
        assert_eq!((store.len(), store.left_out().older), (25, 75));
    }
}
