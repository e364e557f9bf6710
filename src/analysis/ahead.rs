//! Looks up what the next rows will ask for, so that it is near when they come.
//!
//! Tables of people and of what succeeded for them are larger than the processor's nearest memory, and
//! a row that is added waits for each of them in turn. Look-ups with nothing between them wait together.

use std::hint;

use super::Builder;

/// What a row that comes will ask for.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    /// As in [`super::Row`].
    pub provider: &'static str,
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
        pairs.extend(coming.filter_map(|Coming { provider, app, id }| {
            let person = self.people.expect(provider, app, id?)?;
            Some((person, self.apps.by_name.get(app?).copied()?))
        }));
        // The answers are of no use, and the questions must be asked nevertheless.
        let near = pairs.iter().filter(|pair| {
            let is_known = self.people.is_known(pair.0);
            self.histories.expect(**pair) | is_known
        });
        hint::black_box(near.count());
        self.coming = pairs;
    }
}
