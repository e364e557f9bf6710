//! People who were met under two numbers before a record showed that they are one.

use std::collections::BTreeMap;

use super::Builder;

impl Builder {
    /// Puts together what belongs to one person; nearly always there is nothing to do.
    pub(super) fn unite_people(&mut self) {
        let Some(roots) = self.people.roots() else { return };
        self.histories.join(&roots);
        self.leavers.join(&roots);
        self.patterns.join(&roots);
        self.sides.join_people(&roots);
        self.contexts.join(&roots);
        self.timeline.join(&roots);
        for app in &mut self.apps.sums {
            app.failed = app.failed.iter().map(|person| roots.of(*person)).collect();
        }
        for sum in self.issues.values_mut() {
            let mut people = BTreeMap::new();
            for ((person, place, effect), last) in std::mem::take(&mut sum.people) {
                let known = people.entry((roots.of(person), place, effect)).or_insert(last);
                *known = last.max(*known);
            }
            sum.people = people;
        }
    }
}
