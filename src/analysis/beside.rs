//! What a filter leaves out only because of how it ended, such as successes where one issue is asked for.
//!
//! It is not shown, and decides nevertheless what became of those that are: whoever failed may have
//! succeeded since.

use std::collections::HashSet;

use super::people::People;
use super::timeline::Trends;
use super::trends::Of;
use super::{Apps, Builder, Row, Seeded};

/// Who is shown, where others were seen too.
#[derive(Clone, Default)]
pub(super) struct Beside {
    seen: bool,
    shown: HashSet<u32, Seeded>,
    /// Whether anything may be left out so.
    possible: bool,
}

impl Beside {
    /// Takes note of somebody who is shown.
    pub(super) fn show(&mut self, person: Option<u32>) {
        if self.possible {
            self.shown.extend(person);
        }
    }

    /// How many people are shown.
    pub(super) fn users(&self, people: &People) -> u64 {
        if !self.possible {
            return people.count();
        }
        let roots = people.roots();
        let root = |person: &u32| roots.as_ref().map_or(*person, |roots| roots.of(*person));
        self.shown.iter().map(root).collect::<HashSet<u32, Seeded>>().len() as u64
    }

    /// Leaves of what changes over time only what is shown.
    pub(super) fn narrow(&self, trends: &mut Trends, apps: &Apps) {
        if !self.seen {
            return;
        }
        let shown: HashSet<&str> = apps.sums.iter().filter(|sum| sum.used).map(|sum| &*sum.health.name).collect();
        trends.series.retain(|series| shown.contains(&*series.app) && series.of != Of::Removals);
        for spikes in [&mut trends.spikes, &mut trends.bursts] {
            spikes.retain(|spike| shown.contains(&*spike.app) && spike.of != Of::Removals);
        }
    }
}

impl Builder {
    /// The same for a filter that leaves out events only because of how they ended.
    pub fn seeing_beside(mut self, possible: bool) -> Builder {
        self.beside.possible = possible;
        self
    }

    /// Takes note of a success that is not shown.
    pub(super) fn see_beside(&mut self, row: &Row<'_>) {
        self.beside.seen = true;
        let person = self.people.find(row);
        let about = self.about(row, person);
        self.add_app(row, about.app, person);
        self.add_history(row, about);
        self.endings.see(row, about.app);
        self.timeline.see(row, about);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::analysis::{Analysis, Detail, Passes, State, testing};
    use crate::event::{Operation, Outcome};
    use crate::rules::Certainty;
    use crate::text::time::HOUR;

    fn failed(app: &str, person: &str, at: i64) -> Row<'static> {
        let detail = Detail { rule: Some((3, Certainty::Certain)), ..Detail::default() };
        let row = testing::did(app, Operation::Update, person, at * HOUR);
        Row { outcome: Outcome::Failure, detail: Some(Arc::new(detail)), ..row }
    }

    fn beside(app: &str, operation: Operation, person: &str, at: i64) -> Row<'static> {
        Row { passes: Passes::Beside, ..testing::did(app, operation, person, at * HOUR) }
    }

    fn analysed(rows: Vec<Row<'static>>) -> Analysis {
        let mut builder = Builder::default().seeing_beside(true);
        let input = builder.input("log", true);
        for (key, row) in (1..).zip(rows) {
            builder.row(Row { input, key, ..row });
        }
        builder.finish(|_| 0)
    }

    #[test]
    fn who_succeeded_since_is_not_broken_though_the_success_is_not_shown() {
        let rows = || vec![failed("Harbor", "ann", 1), failed("Harbor", "ben", 2)];
        let analysis = analysed(rows());
        assert_eq!((analysis.issues[0].still_broken, analysis.issues[0].state), (2, State::Ongoing));
        let mut more = rows();
        more.insert(0, beside("Harbor", Operation::Update, "ann", 3));
        more.push(beside("Harbor", Operation::Update, "ben", 1));
        more.push(beside("Harbor", Operation::Update, "carl", 5));
        let analysis = analysed(more);
        assert_eq!((analysis.issues[0].still_broken, analysis.issues[0].users), (1, 2));
        assert_eq!(analysis.people.out_of_date.len(), 1);
        assert_eq!((analysis.totals.events, analysis.totals.filtered, analysis.totals.users), (2, 3, 2));
        assert_eq!((analysis.apps[0].attempts, analysis.apps[0].failures), (5, 2));
    }

    #[test]
    fn nothing_is_listed_that_is_only_beside() {
        let mut rows = vec![failed("Harbor", "ann", 30)];
        rows.extend((0..90).map(|at| beside("Pier", Operation::Deactivate, &format!("p{at}"), at / 9)));
        rows.extend((0..90).map(|at| beside("Harbor", Operation::Deactivate, &format!("p{at}"), at / 9)));
        rows.push(beside("Harbor", Operation::AssignmentRemove, "zoe", 1));
        rows.push(beside("Harbor", Operation::Update, "zoe", 0));
        let analysis = analysed(rows);
        let apps: Vec<&str> = analysis.apps.iter().map(|app| &*app.name).collect();
        assert_eq!((apps, analysis.totals.apps, analysis.totals.users), (vec!["Harbor"], 1, 1));
        assert!(analysis.series.iter().all(|series| &*series.app == "Harbor" && series.of != Of::Removals));
        assert!(analysis.people.access_not_removed.is_empty() && analysis.removal_times.is_empty());
    }
}
