//! Two people of the source who were joined to one account of the target.

use std::collections::{BTreeMap, BTreeSet};

use super::{ByApp, Found, LONGEST_ID, MOST, Pattern, Sight, Sums, counted, earlier, people};
use crate::analysis::Evidence;
use crate::analysis::people::Roots;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::start;
use crate::text::time::Micros;

#[derive(Clone, Default)]
pub(super) struct SharedTarget {
    /// Who was joined to an account, by application and the account's id.
    accounts: BTreeMap<(u32, String), Joined>,
    /// What there was no room for.
    beyond: u64,
}

#[derive(Clone, Default)]
struct Joined {
    people: BTreeSet<u32>,
    first: Option<Micros>,
    last: Option<Micros>,
    newest: Option<Evidence>,
}

impl Pattern for SharedTarget {
    fn wants(&self, operation: Operation, outcome: Outcome) -> bool {
        let joins = matches!(
            operation,
            Operation::Create | Operation::Update | Operation::Match | Operation::Reactivate | Operation::Deactivate
        );
        joins && outcome == Outcome::Success
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let Some((account, (person, app))) = sight.row.account.as_deref().zip(sight.pair()) else { return };
        let key = (app, start::of(account, LONGEST_ID).to_owned());
        if self.accounts.len() >= MOST && !self.accounts.contains_key(&key) {
            self.beyond += 1;
            return;
        }
        let joined = self.accounts.entry(key).or_default();
        if joined.people.insert(person) && joined.people.len() > 1 {
            joined.newest = Some(sight.evidence());
        }
        joined.first = earlier(joined.first, sight.row.time);
        joined.last = joined.last.max(sight.row.time);
    }

    fn join(&mut self, roots: &Roots) {
        for joined in self.accounts.values_mut() {
            joined.people = joined.people.iter().map(|person| roots.of(*person)).collect();
        }
    }

    fn beyond(&self) -> u64 {
        self.beyond
    }

    fn find(&self, _: &Sums<'_>) -> Vec<Found> {
        let mut found = ByApp::default();
        for ((app, _), joined) in self.accounts.iter().filter(|(_, joined)| joined.people.len() > 1) {
            let people = joined.people.iter().copied();
            found.add(*app, people, 1, (joined.first, joined.last), joined.newest.as_slice());
        }
        found.finish(Certainty::Certain, |found| {
            let accounts = counted(found.events, "account", "accounts");
            format!("{} of the source share {accounts} of the target", people(found))
        })
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
