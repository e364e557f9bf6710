//! What was switched off on purpose.
//!
//! That nothing happens at an app any more since somebody paused its provisioning is no riddle, and no
//! app that works.

use super::changes::{Changes, known, normal};
use super::result::AppHealth;
use crate::text::time::{HOUR, Micros};

/// Events after which nothing is provisioned at an app any more.
const ENDS: [&str; 6] = [
    "application.lifecycle.deactivate",
    "application.lifecycle.delete",
    "delete provisioning configuration",
    "delete service principal",
    "disable provisioning",
    "disable/pause provisioning",
];
/// Events after which it is again.
const BEGINS: [&str; 6] = [
    "add provisioning configuration",
    "add service principal",
    "application.lifecycle.activate",
    "enable provisioning",
    "enable/restart provisioning",
    "enable/start provisioning",
];
/// How long what was going on may take to end.
const RUNS_OUT: Micros = HOUR;

/// What somebody did after which nothing happened at an app any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Halt {
    pub(super) at: Micros,
    pub(super) what: &'static str,
}

impl Changes {
    /// Whether somebody ended what happens at an app, and nobody began it again; of changes that are in order.
    pub(super) fn halt(&self, app: &AppHealth) -> Option<Halt> {
        let halts = self.within(Some(&app.name), Micros::MIN, Micros::MAX).filter_map(|change| {
            let event = normal(change.event_type.as_deref()?);
            let ends = ENDS.contains(&&*event);
            let (_, what) = known(&event).flatten()?;
            (ends || BEGINS.contains(&&*event)).then_some((ends, Halt { at: change.at, what }))
        });
        let (ends, halt) = halts.last()?;
        let goes_on = app.heard_last().is_some_and(|last| last > halt.at.saturating_add(RUNS_OUT));
        (ends && !goes_on).then_some(halt)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::analysis::health::{Health, Reason};
    use crate::analysis::{Builder, Detail, Row, testing};
    use crate::event::Operation;
    use crate::text::time::HOUR;

    /// What is said of an app at which something works every hour for a day, and where these changes are made.
    fn reason(changes: &[(&str, i64)]) -> Reason {
        let worked = (0..24).map(|hour| testing::did("Harbor", Operation::Update, &format!("p{hour}"), hour * HOUR));
        let changed = changes.iter().map(|(event, hour)| {
            let detail = Detail { event_type: Some((*event).to_owned()), ..Detail::default() };
            let row = testing::did("Harbor", Operation::ConfigChange, "admin", hour * HOUR);
            Row { detail: Some(Arc::new(detail)), login: None, subject_kind: None, ..row }
        });
        let mut builder = Builder::default();
        let input = builder.input("log", true);
        for (key, row) in (1..).zip(changed.chain(worked)) {
            builder.row(Row { input, key, ..row });
        }
        builder.finish(|_| 0).apps[0].reason
    }

    #[test]
    fn an_app_that_somebody_switched_off_is_no_healthy_one() {
        let paused = Reason::SwitchedOff { what: "paused the provisioning job", at: 30 * HOUR };
        assert_eq!(reason(&[("Disable/pause provisioning", 30)]), paused);
        assert_eq!(paused.health(), Health::Quiet);
        // What runs at that time comes to its end.
        let deactivated = Reason::SwitchedOff { what: "switched the app off", at: 22 * HOUR };
        assert_eq!(reason(&[("application.lifecycle.deactivate", 22)]), deactivated);
    }

    #[test]
    fn what_goes_on_or_was_begun_again_is_not_switched_off() {
        for changes in [
            &[("Disable/pause provisioning", 21)][..],
            &[("Enable/restart provisioning", 31), ("Disable/pause provisioning", 30)],
            &[("Update provisioning setting or credentials", 30)],
        ] {
            assert_eq!(reason(changes).health(), Health::Healthy, "{changes:?}");
        }
    }
}
