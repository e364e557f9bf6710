//! Issues that are a change of settings, and the changes that end them.
//!
//! Nothing fails while such a setting is wrong, so nothing that works tells that it is right again: rules name the
//! changes that do ([`Rule::ended_by`](crate::rules::Rule)).

use std::collections::{BTreeSet, HashMap};

use super::{Row, Seeded};
use crate::rules::Library;
use crate::text::time::Micros;

/// Rules of issues that a change ends, and when one of each last did, by application.
#[derive(Clone, Default)]
pub struct Endings {
    rules: BTreeSet<usize>,
    newest: HashMap<(usize, Option<u32>), Micros, Seeded>,
}

impl Endings {
    /// What the rules of a library say.
    pub fn of(library: &Library) -> Endings {
        let rules = (0..).zip(library.rules()).filter(|(_, rule)| !rule.ended_by.is_empty());
        Endings { rules: rules.map(|(at, _)| at).collect(), newest: HashMap::default() }
    }

    /// Takes note of what a row ends.
    pub(super) fn see(&mut self, row: &Row<'_>, app: Option<u32>) {
        let (Some(detail), Some(at)) = (&row.detail, row.time) else { return };
        for rule in &detail.ends {
            let newest = self.newest.entry((*rule, app)).or_insert(at);
            *newest = at.max(*newest);
        }
    }

    /// Whether an issue was ended after it was last seen; nothing where no change ends it.
    pub(super) fn have_ended(&self, rule: usize, app: Option<u32>, last: Option<Micros>) -> Option<bool> {
        self.rules.contains(&rule).then(|| self.newest.get(&(rule, app)).copied() > last)
    }
}
