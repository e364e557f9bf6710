//! How an application is: one word, and what it rests on.
//!
//! It is judged by the last 24 hours of the logs if something was tried often enough in them, and by
//! all of the logs otherwise. What failed first and worked later counts as trouble, not as failing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::changes::Changes;
use super::halts::Halt;
use super::job::Halted;
use super::result::{AppHealth, Issue, State};
use super::state;
use super::trends::Silence;
use crate::rules::{Category, Library, Severity};
use crate::text::time::{DAY, Micros, SECOND};

/// With fewer changes nothing is said.
const ENOUGH: u64 = 20;
/// Of a hundred changes, those that failed and have not worked since, from which on it fails.
const FAILING: u64 = 10;
/// So many failures that did not come, though it went on as before, show that it has ended.
const MISSED: u64 = 5;
/// Of a hundred changes, those that failed from which on it is degraded. Whoever needed another try
/// failed first, so nobody has to count these apart.
const DEGRADED: u64 = 2;
/// Parts of the last 24 hours.
const PARTS: usize = 8;

/// The word for how an application is; the worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// Nothing works there, or much does not.
    Failing,
    /// Its log stopped.
    Quiet,
    /// Some of it does not work, or not at once.
    Degraded,
    /// Too little was tried to say.
    Little,
    /// It works.
    Healthy,
}

impl Health {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Health::Failing => "failing",
            Health::Quiet => "quiet",
            Health::Degraded => "degraded",
            Health::Little => "little",
            Health::Healthy => "healthy",
        }
    }
}

/// What the word rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// An issue that stops everything, and nothing has worked there since.
    Stopped {
        /// The rule that describes it.
        rule: usize,
        /// The newest success there.
        last_success: Option<Micros>,
    },
    /// So much failed and has not worked since.
    MuchFails(Share),
    /// Nothing has been heard for long.
    Silent {
        /// Its newest event.
        last_seen: Micros,
        /// The usual time between two events at this time of the week.
        usual_interval: Micros,
        /// How long the logs of others went on.
        silent_for: Micros,
    },
    /// Its job does nothing, as the record of the job says.
    Halted {
        /// Why.
        halted: Halted,
        /// Since when at the latest.
        at: Option<Micros>,
    },
    /// Somebody ended it, and nothing has happened since.
    SwitchedOff {
        /// What was done: `paused the provisioning job`.
        what: &'static str,
        /// When.
        at: Micros,
    },
    /// Some failed, or worked only later.
    SomeFails(Share),
    /// Too little was tried.
    TooLittle(Share),
    /// Hardly anything failed.
    Works(Share),
}

impl Reason {
    /// The word that it leads to.
    pub fn health(&self) -> Health {
        match self {
            Reason::Stopped { .. } | Reason::MuchFails(_) | Reason::Halted { halted: Halted::Quarantine, .. } => {
                Health::Failing
            }
            Reason::Silent { .. } | Reason::SwitchedOff { .. } | Reason::Halted { halted: Halted::Paused, .. } => {
                Health::Quiet
            }
            Reason::SomeFails(_) => Health::Degraded,
            Reason::TooLittle(_) => Health::Little,
            Reason::Works(_) => Health::Healthy,
        }
    }
}

impl Default for Reason {
    fn default() -> Reason {
        Reason::TooLittle(Share::default())
    }
}

/// Failures that are over without their subjects having worked later.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    /// They named nobody.
    unnamed: u64,
    /// What stopped everything stops it no longer.
    stopped: u64,
}

/// How much failed of what was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs)]
pub struct Share {
    pub attempts: u64,
    pub failures: u64,
    /// Of the failures, those whose subject succeeded there later.
    pub worked_later: u64,
    /// It is that of the last 24 hours of the logs, and not of all of them.
    pub last_24h: bool,
}

impl Share {
    /// How many of a hundred failed.
    pub fn percent(&self) -> u64 {
        self.failures * 100 / self.attempts.max(1)
    }

    fn judge(self, past: Past, ended: bool) -> Reason {
        let reaches = |count: u64, percent: u64| count * 100 >= self.attempts * percent;
        // Some of those whom it stopped have worked later, nobody knows how many.
        let still_fails = self.failures.saturating_sub(self.worked_later.max(past.stopped) + past.unnamed);
        match () {
            () if self.attempts < ENOUGH => Reason::TooLittle(self),
            () if reaches(still_fails, FAILING) && !ended => Reason::MuchFails(self),
            () if reaches(self.failures, DEGRADED) => Reason::SomeFails(self),
            () => Reason::Works(self),
        }
    }
}

/// The last 24 hours of the logs at an application, part by part, the oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lately {
    /// What happened in each.
    pub parts: [Part; PARTS],
    /// Of the failures in them, those whose subject succeeded there later.
    pub worked_later: u64,
    /// The same of all failures of the logs.
    pub(super) ever_worked_later: u64,
}

/// One of the parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Part {
    pub attempts: u64,
    pub failures: u64,
}

impl Lately {
    /// How many parts there are.
    pub const PARTS: usize = PARTS;
    /// How long a part is.
    pub const PART: Micros = DAY / PARTS as Micros;

    /// When the first part begins, in logs that end at `last`.
    pub fn start(last: Micros) -> Micros {
        (last.div_euclid(SECOND) + 1) * SECOND - DAY
    }

    /// Whether so much has worked in the newest parts, without a failure, that it does not fail any more: what is left
    /// of it are people who need another try.
    fn has_ended(&self) -> bool {
        let Share { attempts, failures, .. } = self.share();
        let since: u64 = self.parts.iter().rev().take_while(|part| part.failures == 0).map(|part| part.attempts).sum();
        since >= ENOUGH && since * failures >= MISSED * attempts
    }

    /// All parts together.
    pub fn share(&self) -> Share {
        let sum = |count: fn(&Part) -> u64| self.parts.iter().map(count).sum();
        Share {
            attempts: sum(|part| part.attempts),
            failures: sum(|part| part.failures),
            worked_later: self.worked_later,
            last_24h: true,
        }
    }
}

/// Rules of issues that stop everything at an application.
#[derive(Clone, Debug, Default)]
pub struct Stoppers(BTreeSet<usize>);

impl Stoppers {
    /// Those of a library: the worst about the connection itself, and what Entra says of a job that it
    /// has stopped.
    pub fn of(library: &Library) -> Stoppers {
        use Category::{Agent, Connectivity, Credential, Cycle, Quarantine};
        let rules = (0..).zip(library.rules()).filter(|(_, rule)| match rule.category {
            Quarantine if rule.detector.is_none() => rule.severity >= Severity::High,
            Agent | Connectivity | Credential | Cycle | Quarantine => rule.severity == Severity::Critical,
            _ => false,
        });
        Stoppers(rules.map(|(at, _)| at).collect())
    }

    /// Whether a rule is one of them.
    pub(super) fn has(&self, rule: usize) -> bool {
        self.0.contains(&rule)
    }

    /// Whether an issue stops everything at its application.
    fn stop(&self, issue: &Issue) -> bool {
        issue.state != State::Recovered && issue.rule.is_some_and(|rule| self.has(rule))
    }
}

/// What is known when applications are judged.
#[derive(Clone, Copy)]
pub(super) struct Grounds<'a> {
    pub(super) issues: &'a [Issue],
    pub(super) silences: &'a [Silence],
    pub(super) changes: &'a Changes,
    pub(super) stoppers: &'a Stoppers,
    /// The newest event of all logs.
    pub(super) last: Option<Micros>,
}

impl<'a> Grounds<'a> {
    /// Says of every application how it is, and puts the worst first.
    pub(super) fn judge(self, apps: &mut [AppHealth]) {
        let stopping = self.by_app(|issue| self.stoppers.stop(issue));
        let past = self.by_app(|issue| unnamed_and_past(issue) || self.stoppers.stop(issue));
        let silences: BTreeMap<&str, &Silence> = self.silences.iter().map(|silence| (&*silence.app, silence)).collect();
        for app in apps.iter_mut() {
            let last_success = app.worked_last();
            // What worked afterwards was not stopped by it.
            let goes_on = |issue: &&&Issue| last_success.is_none() || last_success < issue.last;
            let here = stopping.get(&*app.name).into_iter().flatten().filter(goes_on);
            app.reason = match here.max_by_key(|issue| (issue.last, issue.failures)).and_then(|issue| issue.rule) {
                Some(rule) => Reason::Stopped { rule, last_success },
                None => match app.job.halted() {
                    Some((halted, at)) => Reason::Halted { halted, at },
                    None => {
                        let past = past.get(&*app.name).map(Vec::as_slice).unwrap_or_default();
                        self.by_share(app, silences.get(&*app.name).copied(), past)
                    }
                },
            };
        }
        let rank = |app: &AppHealth| (app.state(), Reverse((app.leavers, app.people_failed, app.failures)));
        apps.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
    }

    fn by_app(self, wanted: impl Fn(&Issue) -> bool) -> BTreeMap<&'a str, Vec<&'a Issue>> {
        let mut by_app: BTreeMap<&str, Vec<&Issue>> = BTreeMap::new();
        for issue in self.issues.iter().filter(|issue| wanted(issue)) {
            by_app.entry(issue.app.as_deref().unwrap_or_default()).or_default().push(issue);
        }
        by_app
    }

    fn by_share(self, app: &AppHealth, silence: Option<&Silence>, past: &[&Issue]) -> Reason {
        let past_since = |start: Option<Micros>| {
            let mut sum = Past::default();
            for issue in past.iter().filter(|issue| issue.first >= start) {
                match () {
                    () if unnamed_and_past(issue) => sum.unnamed += issue.failures,
                    () if state::works_again(app.worked_last(), issue.last) => sum.stopped += issue.failures,
                    () => {}
                }
            }
            sum
        };
        let lately = app.lately.share();
        let ever = Share {
            attempts: app.attempts,
            failures: app.failures,
            worked_later: app.lately.ever_worked_later,
            last_24h: false,
        };
        let reason = match lately.attempts {
            ENOUGH.. => lately.judge(past_since(self.last.map(Lately::start)), app.lately.has_ended()),
            _ => ever.judge(past_since(None), false),
        };
        match (self.changes.halt(app), silence) {
            _ if reason.health() == Health::Failing => reason,
            (Some(Halt { what, at }), _) => Reason::SwitchedOff { what, at },
            (None, Some(silence)) => Reason::Silent {
                last_seen: silence.last_seen,
                usual_interval: silence.usual_interval,
                silent_for: silence.silent_for,
            },
            (None, None) => reason,
        }
    }
}

fn unnamed_and_past(issue: &Issue) -> bool {
    issue.users == 0 && issue.state != State::Ongoing
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::analysis::{Builder, Detail, Row, testing};
    use crate::event::{Operation, Outcome, Provider};
    use crate::rules::Certainty;
    use crate::text::time::HOUR;

    fn reason(attempts: u64, failures: u64, worked_later: u64) -> Reason {
        Share { attempts, failures, worked_later, last_24h: false }.judge(Past::default(), false)
    }

    #[test]
    fn the_thresholds_are_those_that_are_promised() {
        let words = [
            (20, 2, 0, Health::Failing),
            (20, 1, 0, Health::Degraded),
            (19, 19, 0, Health::Little),
            (0, 0, 0, Health::Little),
            (1_000, 99, 0, Health::Degraded),
            (1_000, 20, 0, Health::Degraded),
            (1_000, 19, 0, Health::Healthy),
            (20, 0, 0, Health::Healthy),
            // What worked later needed more than one try, and is not failing.
            (100, 60, 51, Health::Degraded),
            (100, 60, 50, Health::Failing),
        ];
        for (attempts, failures, worked_later, health) in words {
            assert_eq!(reason(attempts, failures, worked_later).health(), health, "{failures} of {attempts}");
        }
    }

    #[test]
    fn what_stops_everything_is_about_the_connection() {
        let library = Library::load(&[]).0;
        let stops = |id: &str| Stoppers::of(&library).0.contains(&library.find(id).unwrap());
        for id in ["okta-credentials-invalid", "scim-wrong-base-url", "entra-quarantine-scim-404", "entra-cycle-fails"]
        {
            assert!(stops(id), "{id}");
        }
        for id in ["entra-quarantine-near", "scim-server-error", "okta-deactivate-failed", "entra-conflict"] {
            assert!(!stops(id), "{id}");
        }
    }

    #[test]
    fn what_worked_afterwards_was_not_stopped() {
        let stopped = |last_success, state| {
            let mut apps = [AppHealth { last_success, ..app("Harbor", 1, 1) }];
            let issue =
                Issue { rule: Some(4), app: Some("Harbor".to_owned()), last: Some(7), state, ..testing::issue() };
            let (issues, stoppers, changes) = ([issue], Stoppers([4].into()), Changes::default());
            Grounds { issues: &issues, silences: &[], changes: &changes, stoppers: &stoppers, last: None }
                .judge(&mut apps);
            apps[0].state() == Health::Failing
        };
        assert!(stopped(None, State::Ongoing) && stopped(Some(6), State::Quiet));
        assert!(!stopped(Some(8), State::Ongoing) && !stopped(Some(6), State::Recovered));
    }

    /// Nobody needs a new token where the old one works.
    #[test]
    fn what_stopped_everything_and_works_again_is_not_going_on() {
        let library = Library::load(&[]).0;
        let state = |later: i64| {
            let did = |person, at| testing::did("Harbor", Operation::Update, person, at);
            let rule = library.find("okta-remote-unauthorized").map(|rule| (rule, Certainty::Likely));
            let detail = Some(Arc::new(Detail { rule, ..Detail::default() }));
            let failed = Row { outcome: Outcome::Failure, detail, ..did("ann", 0) };
            let mut builder = Builder::default().judging(Stoppers::of(&library));
            let input = builder.input("log", true);
            (1..).zip([failed, did("ben", later)]).for_each(|(key, row)| builder.row(Row { input, key, ..row }));
            let analysis = builder.finish(|_| 0);
            let issue = &analysis.issues[0];
            (issue.state, issue.still_broken, issue.pattern.is_some())
        };
        assert_eq!(state(HOUR), (State::Quiet, 1, true));
        assert_eq!(state(HOUR - 1), (State::Ongoing, 1, false), "it may be in between only");
    }

    #[test]
    fn whom_a_token_kept_out_that_was_renewed_makes_no_app_fail() {
        let state = |worked: i64, failures| {
            let at = |hour: i64| Some(hour * HOUR);
            let issue =
                Issue { rule: Some(4), app: Some("Harbor".to_owned()), first: at(1), last: at(2), ..testing::issue() };
            let issue = Issue { failures: 12, users: 12, state: State::Quiet, ..issue };
            let mut apps = [AppHealth { last_success: at(worked), ..app("Harbor", 40, failures) }];
            let (issues, stoppers, changes) = ([issue], Stoppers([4].into()), Changes::default());
            Grounds { issues: &issues, silences: &[], changes: &changes, stoppers: &stoppers, last: None }
                .judge(&mut apps);
            apps[0].state()
        };
        assert_eq!(state(3, 12), Health::Degraded);
        assert_eq!(state(3, 15), Health::Degraded);
        assert_eq!(state(3, 16), Health::Failing, "others fail for another reason");
        assert_eq!(state(1, 12), Health::Failing, "nothing has worked since");
    }

    fn app(name: &str, attempts: u64, failures: u64) -> AppHealth {
        AppHealth { name: name.into(), attempts, failures, ..AppHealth::default() }
    }

    fn lately(attempts: u64, failures: u64) -> Lately {
        let mut lately = Lately::default();
        lately.parts[7] = Part { attempts, failures };
        lately
    }

    fn judged(apps: Vec<AppHealth>, silences: &[Silence]) -> Vec<(String, Health)> {
        let mut apps = apps;
        let (changes, stoppers) = (Changes::default(), Stoppers::default());
        Grounds { issues: &[], silences, changes: &changes, stoppers: &stoppers, last: None }.judge(&mut apps);
        apps.iter().map(|app| (app.name.to_string(), app.state())).collect()
    }

    #[test]
    fn the_last_day_counts_if_enough_was_tried_in_it() {
        let over = AppHealth { lately: lately(100, 0), ..app("over", 1_000, 500) };
        let hardly_used = AppHealth { lately: lately(3, 0), ..app("hardly used", 1_000, 500) };
        let wanted = [("hardly used".to_owned(), Health::Failing), ("over".to_owned(), Health::Healthy)];
        assert_eq!(judged(vec![over, hardly_used], &[]), wanted);
    }

    /// Twelve people who need another try make no app that fails, once a hundred changes worked.
    #[test]
    fn what_has_worked_for_long_enough_since_does_not_fail_any_more() {
        let state = |parts: &[(u64, u64)]| {
            let mut lately = Lately::default();
            for (part, (attempts, failures)) in lately.parts.iter_mut().rev().zip(parts.iter().rev()) {
                *part = Part { attempts: *attempts, failures: *failures };
            }
            judged(vec![AppHealth { lately, ..app("Harbor", 0, 0) }], &[]).remove(0).1
        };
        assert_eq!(state(&[(12, 12), (60, 0), (40, 0)]), Health::Degraded);
        assert_eq!(state(&[(12, 12), (60, 0), (40, 1)]), Health::Failing, "it fails again");
        assert_eq!(state(&[(12, 12), (19, 0)]), Health::Failing, "too few to tell");
        assert_eq!(state(&[(100, 12), (20, 0)]), Health::Failing, "as few may work by chance");
        assert_eq!(state(&[(100, 12), (80, 0)]), Health::Degraded);
        assert_eq!(state(&[(12, 12), (60, 0), (0, 0)]), Health::Degraded);
    }

    #[test]
    fn who_is_silent_is_quiet_unless_it_fails_and_the_worst_comes_first() {
        let silence = |name: &str| Silence {
            app: name.into(),
            app_id: None,
            provider: Provider::Okta,
            last_seen: 7,
            usual_interval: 1,
            silent_for: 20,
            expected: 20.0,
            p: 1e-9,
        };
        let apps = vec![
            app("fine", 50, 0),
            app("few", 5, 5),
            app("degraded", 50, 2),
            app("silent", 50, 0),
            app("silent and failing", 50, 40),
            AppHealth { people_failed: 9, ..app("failing many", 50, 40) },
            AppHealth { leavers: 1, ..app("failing to remove", 50, 40) },
        ];
        let order: Vec<String> = judged(apps, &[silence("silent"), silence("silent and failing")])
            .into_iter()
            .map(|(name, health)| format!("{} {name}", health.word()))
            .collect();
        let wanted = [
            "failing failing to remove",
            "failing failing many",
            "failing silent and failing",
            "quiet silent",
            "degraded degraded",
            "little few",
            "healthy fine",
        ];
        assert_eq!(order, wanted);
    }
}
