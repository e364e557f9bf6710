//! In what state a provisioning job of Entra's is, by what its own record says.
//!
//! The record of a job is no event among many: the newest one says how the job is now.

use super::Row;
use crate::event::Operation;
use crate::text::time::Micros;

/// Why a job does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halted {
    /// Entra keeps it from working and tries again now and then.
    Quarantine,
    /// It is paused, which a job in quarantine may be besides.
    Paused,
}

/// The newest record of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Job {
    at: Option<Micros>,
    halted: Option<Halted>,
}

impl Job {
    pub(super) fn see(&mut self, row: &Row<'_>) {
        if row.dialect != "entra-job" || row.time < self.at {
            return;
        }
        let code = row.detail.as_ref().and_then(|detail| detail.event_type.as_deref());
        self.at = row.time;
        self.halted = match row.operation {
            _ if code == Some("Paused") => Some(Halted::Paused),
            Operation::Quarantine => Some(Halted::Quarantine),
            _ => None,
        };
    }

    /// Why it does nothing, and since when at the latest.
    pub(super) fn halted(&self) -> Option<(Halted, Option<Micros>)> {
        self.halted.map(|halted| (halted, self.at))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::analysis::health::{Health, Reason};
    use crate::analysis::{Analysis, Builder, Detail, State, testing};
    use crate::event::{Outcome, Provider};
    use crate::text::time::HOUR;

    fn record(code: &str, operation: Operation, outcome: Outcome, at: Micros) -> Row<'static> {
        let detail = Detail { event_type: Some(code.to_owned()), shape: Some("no".to_owned()), ..Detail::default() };
        let detail = (outcome != Outcome::Success).then(|| Arc::new(detail));
        let row = testing::did("Entra job 1", operation, "", at);
        Row { provider: Provider::Entra, dialect: "entra-job", login: None, subject_kind: None, outcome, detail, ..row }
    }

    fn quarantined(code: &str) -> Row<'static> {
        record(code, Operation::Quarantine, Outcome::Failure, HOUR)
    }

    fn analysed(rows: Vec<Row<'static>>) -> Analysis {
        let mut builder = Builder::default();
        let input = builder.input("log", true);
        (1..).zip(rows).for_each(|(key, row)| builder.row(Row { input, key, ..row }));
        builder.finish(|_| 0)
    }

    #[test]
    fn a_job_in_quarantine_fails_and_a_paused_one_is_quiet() {
        let reason = |code| analysed(vec![quarantined(code)]).apps[0].reason;
        let wanted = |halted| Reason::Halted { halted, at: Some(HOUR) };
        assert_eq!(reason("Quarantine"), wanted(Halted::Quarantine));
        assert_eq!(reason("Paused"), wanted(Halted::Paused));
        assert_eq!((reason("Quarantine").health(), reason("Paused").health()), (Health::Failing, Health::Quiet));
    }

    #[test]
    fn a_later_run_ends_the_quarantine_in_whichever_order_the_records_come() {
        let ran = || record("Active", Operation::Cycle, Outcome::Success, 2 * HOUR);
        for rows in [vec![quarantined("Quarantine"), ran()], vec![ran(), quarantined("Quarantine")]] {
            let analysis = analysed(rows);
            assert_eq!(analysis.unknown[0].state, State::Recovered);
            assert_eq!(analysis.apps[0].state(), Health::Little);
        }
    }
}
