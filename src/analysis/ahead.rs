//! Looks up what the next rows will ask for, so that it is near when they come.
//!
//! Tables of people and of what succeeded for them are larger than the processor's nearest memory, and
//! a row that is added waits for each of them in turn. Look-ups with nothing between them wait together.

use std::hint;

use super::Builder;
use crate::event::{Operation, Outcome, Provider};

/// What a row that comes will ask for.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    /// As in [`super::Row`].
    pub provider: Provider,
    /// As in [`super::Row`].
    pub operation: Operation,
    /// As in [`super::Row`].
    pub outcome: Outcome,
    /// Name of the application.
    pub app: Option<&'a str>,
    /// Id of the person.
    pub id: Option<&'a str>,
}

impl Builder {
    /// Looks up what some rows will ask for; few enough that all of it stays near.
    pub fn look_ahead<'a>(&mut self, coming: impl Iterator<Item = Coming<'a>>) {
        let mut pairs = std::mem::take(&mut self.coming);
        pairs.clear();
        pairs.extend(coming.filter_map(|Coming { provider, operation, outcome, app, id }| {
            let person = self.people.expect(provider, app, id?)?;
            Some((operation, outcome, person, self.apps.by_name.get(app?).copied()?))
        }));
        // The answers are of no use, and the questions must be asked nevertheless: of one table after the
        // other, since whatever is decided by an answer waits for it.
        let known = pairs.iter().filter(|(_, _, person, _)| self.people.is_known(*person)).count();
        let several = self.histories.expect(pairs.iter().map(|(_, _, person, app)| (*person, *app)));
        let watched = pairs
            .iter()
            .filter(|(operation, outcome, person, app)| self.patterns.expect(*operation, *outcome, (*app, *person)));
        hint::black_box((known, several, watched.count()));
        self.coming = pairs;
    }
}
