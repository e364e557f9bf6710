//! What a filter leaves out of an application, as far as it decides how the application is.
//!
//! Whether one has fallen silent, and whether something works there again, is a matter of everything
//! that its log tells: an event of somebody who is not asked for answers it as well as any other.

use std::collections::HashSet;

use super::outcome::Effect;
use super::timeline::{self, Timeline};
use super::{About, AppSum, Builder, Passes, Row, Seeded, Silence};
use crate::event::Outcome;
use crate::text::time::Micros;

/// The newest of what happened at an application and is not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Unseen {
    pub last: Option<Micros>,
    pub last_success: Option<Micros>,
}

impl Row<'_> {
    /// Whether something was tried at its application, or went wrong; otherwise it is only named.
    pub(super) fn shows_use(&self) -> bool {
        Effect::of(self.operation).is_attempt() || self.outcome != Outcome::Success
    }
}

impl Builder {
    /// The same where a filter may leave out a part of what happened at an application.
    pub fn filtered(mut self, filtered: bool) -> Builder {
        self.whole = filtered.then(Timeline::default);
        self
    }

    /// Takes note of an event of the time that is asked for, shown or not.
    pub(super) fn see_whole(&mut self, row: &Row<'_>) {
        let (Some(whole), Some(name)) = (&mut self.whole, row.app.as_deref()) else { return };
        let app = self.apps.find(name, row.provider);
        // Who is not shown gets no number as a person; only how much happened matters here.
        whole.see(row, About { app: Some(app), ..About::default() });
        if row.passes != Passes::No || !row.shows_use() {
            return;
        }
        if let Some(sum) = self.apps.sums.get_mut(app as usize) {
            let unseen = &mut sum.health.unseen;
            unseen.last = unseen.last.max(row.time);
            if row.outcome == Outcome::Success {
                unseen.last_success = unseen.last_success.max(row.time);
            }
        }
    }

    /// Who has fallen silent of those that are shown, by all that the logs tell; nothing if all of it is shown.
    pub(super) fn whole_silences(&mut self) -> Option<Vec<Silence>> {
        let whole = self.whole.take()?;
        let app = |sum: &AppSum| timeline::App { name: sum.health.name.clone(), last: sum.health.heard_last() };
        let apps: Vec<timeline::App> = self.apps.sums.iter().map(app).collect();
        let (settings, threads) = (&self.settings, self.threads);
        let asked = timeline::Asked { apps: &apps, issues: &[], last: None, settings, threads };
        let mut silences = whole.judge(asked, |_| 0).silences;
        let shown: HashSet<&str, Seeded> =
            self.apps.sums.iter().filter(|sum| sum.used).map(|sum| &*sum.health.name).collect();
        silences.retain(|silence| shown.contains(&*silence.app));
        Some(silences)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::analysis::health::{Health, Stoppers};
    use crate::analysis::{Analysis, Detail, State, testing};
    use crate::event::Operation;
    use crate::rules::{Certainty, Library};
    use crate::text::time::{DAY, HOUR};

    fn analysed(rows: impl IntoIterator<Item = Row<'static>>) -> Analysis {
        let mut builder = Builder::default().filtered(true).judging(Stoppers::of(&Library::load(&[]).0));
        let input = builder.input("log", true);
        for (key, row) in (1..).zip(rows) {
            builder.row(Row { input, key, ..row });
        }
        builder.finish(|_| 0)
    }

    fn did(app: &str, person: &str, at: i64, passes: Passes) -> Row<'static> {
        Row { passes, ..testing::did(app, Operation::Update, person, at) }
    }

    fn failed(person: &str, at: i64) -> Row<'static> {
        let rule = Library::load(&[]).0.find("okta-remote-unauthorized").map(|rule| (rule, Certainty::Likely));
        let detail = Detail { rule, ..Detail::default() };
        Row { outcome: Outcome::Failure, detail: Some(Arc::new(detail)), ..did("Harbor", person, at, Passes::Yes) }
    }

    /// An hour's work of ten days each, and of two days more at the second one.
    fn two_apps(passes: fn(&str, i64) -> Passes) -> impl Iterator<Item = Row<'static>> {
        let hours = |app: &'static str, hours| {
            (0..hours).map(move |hour| did(app, &format!("p{hour}"), hour * HOUR, passes(app, hour)))
        };
        hours("Harbor", 240).chain(hours("Pier", 288))
    }

    #[test]
    fn who_falls_silent_does_so_though_nobody_else_is_shown() {
        let silent = |analysis: Analysis| analysis.silences.iter().map(|it| it.app.to_string()).collect::<Vec<_>>();
        let only_harbor = |app: &str, _| if app == "Harbor" { Passes::Yes } else { Passes::No };
        let analysis = analysed(two_apps(only_harbor));
        assert_eq!(analysis.apps[0].state(), Health::Quiet);
        assert_eq!(silent(analysis), ["Harbor"]);
        let only_pier = |app: &str, _| if app == "Pier" { Passes::Yes } else { Passes::No };
        assert!(silent(analysed(two_apps(only_pier))).is_empty());
    }

    #[test]
    fn nobody_falls_silent_because_of_a_filter() {
        // A filter that shows the beginning of one log and all of the other.
        let some = |app: &str, hour| if app == "Pier" || hour < 120 { Passes::Yes } else { Passes::No };
        let analysis = analysed(two_apps(some).filter(|row| row.time < Some(10 * DAY)));
        assert!(analysis.silences.is_empty());
    }

    #[test]
    fn what_works_for_others_works_though_only_one_person_is_shown() {
        let alone = analysed([failed("ann", 0)]);
        assert_eq!((alone.issues[0].state, alone.apps[0].state()), (State::Ongoing, Health::Failing));
        let others = analysed([failed("ann", 0), did("Harbor", "ben", 2 * HOUR, Passes::No)]);
        assert_eq!((others.issues[0].state, others.apps[0].state()), (State::Quiet, Health::Little));
        assert_eq!((others.totals.events, others.apps[0].attempts, others.apps[0].last), (1, 1, Some(0)));
    }
}
