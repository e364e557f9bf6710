//! How many accounts one cycle of Entra's took away at most.
//!
//! Entra's guard against accidental deletions counts by cycle, so this is the number to hold against it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Apps, Row};
use crate::event::{Operation, Outcome};
use crate::text::start;
use crate::text::time::Micros;

/// Cycles that are counted; a year of cycles at four applications.
const MOST: usize = 50_000;
/// Bytes that are kept of a cycle's id.
const LONGEST: usize = 128;

/// The cycle that switched off or deleted most accounts at an application.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RemovalCycle {
    pub app: Arc<str>,
    /// Its id.
    pub cycle: Arc<str>,
    pub removals: u64,
    pub first: Option<Micros>,
    pub last: Option<Micros>,
}

/// What cycles took away, by application and cycle.
#[derive(Clone, Default)]
pub(super) struct Cycles {
    sums: BTreeMap<(u32, Arc<str>), Sum>,
    /// Removals for whose cycle there was no room.
    pub(super) beyond: u64,
}

#[derive(Clone, Default)]
struct Sum {
    removals: u64,
    first: Option<Micros>,
    last: Option<Micros>,
}

impl Cycles {
    pub(super) fn see(&mut self, row: &Row<'_>, app: Option<u32>) {
        let removes = matches!(row.operation, Operation::Deactivate | Operation::Delete);
        let is_account = row.subject_kind.as_deref() != Some("group");
        if !row.provider.works_in_cycles() || !removes || row.outcome != Outcome::Success || !is_account {
            return;
        }
        let (Some(app), Some(detail)) = (app, row.detail.as_deref()) else { return };
        let Some(id) = detail.ids.get("cycle").map(|id| start::of(id, LONGEST)) else { return };
        let key = (app, Arc::from(id));
        if self.sums.len() >= MOST && !self.sums.contains_key(&key) {
            self.beyond += 1;
            return;
        }
        let sum = self.sums.entry(key).or_default();
        sum.removals += 1;
        sum.first = [sum.first, row.time].into_iter().flatten().min();
        sum.last = sum.last.max(row.time);
    }

    /// The largest of each application, the largest of all first.
    pub(super) fn largest(self, apps: &Apps) -> Vec<RemovalCycle> {
        let mut largest: BTreeMap<u32, RemovalCycle> = BTreeMap::new();
        for ((app, cycle), Sum { removals, first, last }) in self.sums {
            let Some(name) = apps.get(Some(app)).map(|sum| sum.health.name.clone()) else { continue };
            let found = RemovalCycle { app: name, cycle, removals, first, last };
            let known = largest.entry(app).or_insert_with(|| found.clone());
            // Of equals the first one.
            if (found.removals, known.first) > (known.removals, found.first) {
                *known = found;
            }
        }
        let mut largest: Vec<RemovalCycle> = largest.into_values().collect();
        largest.sort_by(|a, b| b.removals.cmp(&a.removals).then_with(|| a.app.cmp(&b.app)));
        largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Analysis, Builder, Detail, testing};
    use crate::event::Provider;

    fn removed(app: &str, cycle: &str, person: u32, at: Micros) -> Row<'static> {
        let ids = [("cycle", cycle.to_owned())].into();
        let row = testing::did(app, Operation::Deactivate, &format!("p{person}"), at);
        Row { provider: Provider::Entra, detail: Some(Arc::new(Detail { ids, ..Detail::default() })), ..row }
    }

    fn analysed(rows: Vec<Row<'static>>) -> Analysis {
        let mut builder = Builder::default();
        let input = builder.input("log", true);
        for (key, row) in (1..).zip(rows) {
            builder.row(Row { input, key, ..row });
        }
        builder.finish(|_| 0)
    }

    #[test]
    fn the_largest_cycle_of_each_application_is_known() {
        let mut rows: Vec<Row<'static>> = (0..3).map(|at| removed("Harbor", "c1", at, 10 + i64::from(at))).collect();
        rows.extend((0..5).map(|at| removed("Harbor", "c2", at, 20 + i64::from(at))));
        rows.extend((0..5).map(|at| removed("Harbor", "c3", at, 5 + i64::from(at))));
        rows.extend((0..9).map(|at| removed("Pier", "c1", at, 30)));
        // Groups, other providers and what failed took no account away.
        rows.push(Row { subject_kind: Some("group".into()), ..removed("Harbor", "c2", 7, 21) });
        rows.push(Row { provider: Provider::Okta, ..removed("Harbor", "c2", 8, 21) });
        rows.push(Row { outcome: Outcome::Failure, ..removed("Harbor", "c2", 9, 21) });
        let found = analysed(rows).removal_cycles;
        let found: Vec<_> = found.iter().map(|it| (&*it.app, &*it.cycle, it.removals, it.first, it.last)).collect();
        assert_eq!(found, [("Pier", "c1", 9, Some(30), Some(30)), ("Harbor", "c3", 5, Some(5), Some(9))]);
    }

    #[test]
    fn no_id_is_kept_in_full_length_wherever_its_letters_end() {
        let long = format!("x{}", "é".repeat(10_000));
        let found = analysed(vec![removed("Harbor", &long, 1, 1)]).removal_cycles;
        assert_eq!(found[0].cycle.len(), LONGEST - 1);
    }
}
