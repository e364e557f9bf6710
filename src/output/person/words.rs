//! What happened and how things stand, in words.

use super::moment::Moment;
use super::{Stand, Standing};
use crate::analysis::Because;
use crate::event::{Operation, Outcome};
use crate::output::page::{counted, number, shown};
use crate::rules::Library;
use crate::text::time::Micros;

/// How times are written: with their day, in the zone that the page names.
pub type Clock<'c> = &'c dyn Fn(Micros) -> String;

/// Whether something stays so until the next event: then it says how things stand.
pub(super) fn is_lasting(operation: Operation) -> bool {
    done(operation).is_some() && !matches!(operation, Operation::Match | Operation::Import)
}

/// What was done.
fn done(operation: Operation) -> Option<&'static str> {
    Some(match operation {
        Operation::Create => "account created",
        Operation::Update => "data updated",
        Operation::Deactivate => "account switched off",
        Operation::Reactivate => "account switched on",
        Operation::Delete => "account deleted",
        Operation::Import => "account read",
        Operation::Match => "account found",
        Operation::Password => "password set",
        Operation::MembershipAdd => "added to a group",
        Operation::MembershipRemove => "removed from a group",
        Operation::AssignmentAdd => "app assigned",
        Operation::AssignmentRemove => "assignment taken away",
        _ => return None,
    })
}

/// What was tried, if there are words for it.
pub(crate) fn trying(operation: Operation) -> Option<&'static str> {
    Some(match operation {
        Operation::Create => "creating the account",
        Operation::Update => "updating the data",
        Operation::Deactivate => "switching the account off",
        Operation::Reactivate => "switching the account on",
        Operation::Delete => "deleting the account",
        Operation::Import => "reading the account",
        Operation::Match => "looking the account up",
        Operation::Password => "setting the password",
        Operation::MembershipAdd => "adding to a group",
        Operation::MembershipRemove => "removing from a group",
        Operation::AssignmentAdd => "assigning the app",
        Operation::AssignmentRemove => "taking the assignment away",
        Operation::CredentialCheck => "checking the credentials",
        Operation::ConfigChange => "changing the configuration",
        _ => return None,
    })
}

/// `switching the account off failed`
pub fn what(moment: &Moment<'_>) -> String {
    told(moment.row.operation, moment.row.outcome)
}

/// The same of any event.
pub(crate) fn told(operation: Operation, outcome: Outcome) -> String {
    let ended = match outcome {
        Outcome::Success => match done(operation) {
            Some(done) => return done.to_owned(),
            None => "worked",
        },
        Outcome::Failure => "failed",
        Outcome::Skipped => "was skipped",
        Outcome::Warning => "ended with a warning",
        Outcome::Pending => "is not finished",
    };
    format!("{} {ended}", trying(operation).unwrap_or("a step"))
}

/// `failed 7 times until 2026-11-17 14:02`; nothing of what happened once.
pub(super) fn repeats(moment: &Moment<'_>, clock: Clock<'_>) -> Option<String> {
    let until = moment.last.map(|last| format!(" until {}", clock(last))).unwrap_or_default();
    times(moment).map(|times| format!("{times}{until}"))
}

/// `failed 7 times since 17 Nov 14:02`, for a story that is told from its end.
pub fn repeats_since(moment: &Moment<'_>, clock: Clock<'_>) -> Option<String> {
    let since = moment.row.time.map(|first| format!(" since {}", clock(first))).unwrap_or_default();
    times(moment).map(|times| format!("{times}{since}"))
}

fn times(moment: &Moment<'_>) -> Option<String> {
    let how = match moment.row.outcome {
        Outcome::Failure => "failed ",
        _ => "",
    };
    (moment.count > 1).then(|| format!("{how}{} times", number(moment.count)))
}

/// The rule that explains it, or the words of the log where there is none.
pub(super) fn reason(moment: &Moment<'_>, library: &Library) -> Option<String> {
    let rule = moment.detail()?.rule.and_then(|(rule, _)| library.rule(rule))?;
    Some(format!("{} ({})", rule.title, rule.id))
}

/// `should have lost access - still has it; 3 attempts failed since 2026-11-17 10:02`
pub fn standing(stand: &Stand<'_>, clock: Clock<'_>) -> String {
    let at = stand.since.map(clock);
    let since = at.as_deref().map(|at| format!(" since {at}")).unwrap_or_default();
    // Who was left out has no failed attempt.
    let tried = match stand.attempts {
        0 => since.clone(),
        attempts => format!("; {} failed{since}", counted(attempts, "attempt", "attempts")),
    };
    match stand.state {
        Standing::AccessNotRemoved(Because::Failed | Because::NoAccount) => {
            format!("should have lost access - still has it{tried}")
        }
        Standing::AccessNotRemoved(Because::StillInGroup) => {
            format!("should have left a group - is still in it{tried}")
        }
        Standing::AccessNotRemoved(Because::NeverTried) => {
            format!("should have lost access{since}; the log shows no try to switch the account off")
        }
        Standing::WaitingForAccess(Because::NoAccount) => {
            format!("waiting for an account in the identity provider{tried}")
        }
        Standing::WaitingForAccess(_) => format!("waiting for access{tried}"),
        Standing::OutOfDate => format!("has access, but old data{tried}"),
        Standing::Last(operation) => {
            let done = done(operation).unwrap_or("something worked");
            at.map_or_else(|| format!("{done}, time unknown"), |at| format!("{done} {at}"))
        }
        Standing::Unclear => "nothing worked or failed in these logs that says how things stand".to_owned(),
    }
}

/// The word that stands for it in JSON.
pub(super) fn state_word(standing: Standing) -> &'static str {
    match standing {
        Standing::AccessNotRemoved(_) => "access-not-removed",
        Standing::WaitingForAccess(_) => "waiting-for-access",
        Standing::OutOfDate => "out-of-date",
        Standing::Last(_) => "fine",
        Standing::Unclear => "unclear",
    }
}

/// What these logs cannot contain.
pub fn not_in_these_logs(stands: &[Stand<'_>]) -> String {
    match stands {
        [stand] => format!("Not in these logs: sign-ins, and changes made inside {} itself.", shown(stand.app)),
        _ => "Not in these logs: sign-ins, and changes made inside the apps themselves.".to_owned(),
    }
}
