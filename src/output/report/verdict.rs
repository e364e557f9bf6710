//! What is wrong in one sentence, and where to start in another.

use std::collections::BTreeSet;

use super::words::{app_name, count, rule};
use crate::analysis::{
    Analysis, AppHealth, Health, InputAccount, Issue, PersonState, Reason, State, Totals, different_people,
};
use crate::output::page::{Page, Tone, counted, number, shown};
use crate::rules::{Library, Severity};

/// How it stands, and where to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How good or bad it is.
    pub tone: Tone,
    /// How it stands.
    pub words: String,
    /// Where to start, in one or two sentences; none on a good day.
    pub start: Vec<String>,
}

impl Verdict {
    /// What is to be said first of an analysis.
    pub fn of(analysis: &Analysis, library: &Library) -> Verdict {
        let warn = |words: &str, start: &str| Verdict {
            tone: Tone::Warn,
            words: words.to_owned(),
            start: vec![start.to_owned()],
        };
        if analysis.totals.events == 0 && analysis.totals.filtered > 0 {
            return warn("Nothing passes your filter.", "Take a part of it away, and run it again.");
        }
        let is_lost = |input: &InputAccount| input.error.is_some();
        if analysis.totals.records == 0 && !analysis.inputs.is_empty() && analysis.inputs.iter().all(is_lost) {
            return warn("None of these logs could be read.", "Run `provlens inputs` on them to see why.");
        }
        if analysis.totals.events == 0 {
            return warn(
                "Nothing about provisioning was found in these logs.",
                "Run `provlens inputs` on them to see what they are.",
            );
        }
        let (tone, words) = verdict(analysis, library);
        let start = if tone == Tone::Good { Vec::new() } else { start(analysis, library) };
        Verdict { tone, words, start }
    }
}

/// The first lines of a report. A good day is one line.
pub(super) fn section(page: &mut Page, analysis: &Analysis, library: &Library) {
    let Verdict { tone, words, start } = Verdict::of(analysis, library);
    page.toned(tone, &words);
    if !start.is_empty() {
        page.labelled(0, "", &start.join(" "));
    }
    page.gap();
}

/// Whether an issue is trouble although nothing failed: a job that was stopped or put into quarantine fails no change.
fn is_grave(issue: &Issue, library: &Library) -> bool {
    issue.state != State::Recovered && rule(library, issue).is_some_and(|rule| rule.severity >= Severity::High)
}

/// How it stands.
fn verdict(analysis: &Analysis, library: &Library) -> (Tone, String) {
    let totals = &analysis.totals;
    let (failing, quiet) = (failing(analysis), quiet(analysis).count() as u64);
    let people = &analysis.people;
    let waiting = people.access_not_removed.len() + people.waiting_for_access.len() + people.out_of_date.len();
    let is_grave = analysis.issues.iter().any(|issue| is_grave(issue, library));
    if totals.failure == 0 && waiting == 0 && quiet == 0 && !is_grave {
        let events = counted(totals.events, "event", "events");
        return (Tone::Good, format!("No failures in {events}{}{}.", warned(totals), skipped(totals)));
    }
    let apps = match (failing, quiet) {
        (0, 0) => match hardly_tried(analysis) {
            0 if is_nameless(analysis) => "Something failed for which no app is named".to_owned(),
            0 => "No app fails right now".to_owned(),
            1 => "Something failed at 1 app where too little was tried to judge it".to_owned(),
            apps => format!("Something failed at {} apps where too little was tried to judge them", number(apps)),
        },
        (0, quiet) => format!("No app fails right now, but {} went quiet", counted(quiet, "app", "apps")),
        (failing, quiet) => {
            let quiet = if quiet > 0 { format!(", {} went quiet", number(quiet)) } else { String::new() };
            format!("{} {}{quiet}", counted(failing, "app", "apps"), if failing == 1 { "fails" } else { "fail" })
        }
    };
    let in_part = analysis.apps.iter().any(|app| app.unseen.last.is_some());
    let apps = if in_part { format!("{apps}, as far as your filter shows") } else { apps };
    let tone = if failing > 0 { Tone::Bad } else { Tone::Warn };
    if totals.failure == 0 {
        return (tone, format!("{apps}. No change failed{}.", skipped(totals)));
    }
    // Honesty before a full page: where most is not known, that comes first.
    if totals.unknown_failures * 2 > totals.failure {
        return (tone, format!("{}{}. {apps}.", unexplained(totals), skipped(totals)));
    }
    let twice = match totals.told_twice {
        0 => String::new(),
        1 => "; 1 is told by two logs and counted in both".to_owned(),
        count => format!("; {} are told by two logs and counted in both", number(count)),
    };
    (tone, format!("{apps}. {}{twice}{}.", explained(totals), skipped(totals)))
}

/// Warnings, of which only those that a rule describes are told further down.
fn warned(totals: &Totals) -> String {
    match totals.warning {
        0 => String::new(),
        warnings => {
            let number = number(warnings);
            format!("; {number} ended with a warning, see `provlens events --filter status:warning`")
        }
    }
}

/// What was left out for no reason that is told further down: whoever waits may be among it.
fn skipped(totals: &Totals) -> String {
    match totals.unknown_skips {
        0 => String::new(),
        skips => format!(
            "; {} skipped and no known issue says why, see `provlens events --filter \"status:skipped issue:none\"`",
            if skips == 1 { "1 was".to_owned() } else { format!("{} were", number(skips)) }
        ),
    }
}

/// How much of what failed is of unknown kinds.
fn unexplained(totals: &Totals) -> String {
    let (unknown, all) = (totals.unknown_failures, totals.failure);
    match all {
        1 => "The one failure is of a kind this library does not know".to_owned(),
        all if all == unknown => format!("All {} failures are of kinds this library does not know", number(all)),
        all => format!("{} of {} failures are of kinds this library does not know", share(unknown, all), number(all)),
    }
}

/// How much of what failed is of known kinds. Failures that two logs tell of count in both, as they do in
/// every table.
fn explained(totals: &Totals) -> String {
    let (known, guessed, all) = (totals.known_failures, totals.guessed_failures, totals.failure);
    let explained = match (all, known) {
        (1, 1) => "A known issue explains the one failure".to_owned(),
        (all, 0) => format!("Known issues explain none of the {}", counted(all, "failure", "failures")),
        (all, known) if all == known => format!("Known issues explain all {} failures", number(all)),
        (all, known) => format!("Known issues explain {} of the {} failures", share(known, all), number(all)),
    };
    let guessed = match guessed {
        0 => String::new(),
        guessed if guessed == known => ", but only as a guess".to_owned(),
        guessed => format!(", {} of them only as a guess", number(guessed)),
    };
    explained + &guessed
}

/// `78%`; of a few never nothing.
fn share(part: u64, all: u64) -> String {
    match part * 100 / all.max(1) {
        0 if part > 0 => "less than 1%".to_owned(),
        percent => format!("{percent}%"),
    }
}

/// Apps that stopped, whose job is paused, or that somebody switched off.
fn quiet(analysis: &Analysis) -> impl Iterator<Item = &str> {
    let silent = |app: &AppHealth| analysis.silences.iter().any(|silence| silence.app == app.name);
    let others = analysis.apps.iter().filter(move |app| app.state() == Health::Quiet && !silent(app));
    analysis.silences.iter().map(|silence| &*silence.app).chain(others.map(|app| &*app.name))
}

fn failing(analysis: &Analysis) -> u64 {
    analysis.apps.iter().filter(|app| app.state() == Health::Failing).count() as u64
}

fn issues(analysis: &Analysis) -> impl Iterator<Item = &Issue> {
    analysis.issues.iter().chain(&analysis.unknown)
}

/// Apps at which something failed that may not be over, and too little was tried to call them failing.
fn hardly_tried(analysis: &Analysis) -> u64 {
    let failed = |reason: &Reason| matches!(reason, Reason::TooLittle(share) if share.failures > share.worked_later);
    let is_open = |app: &&AppHealth| {
        let mut here = issues(analysis).filter(|issue| issue.app.as_deref() == Some(&*app.name));
        here.any(|issue| issue.state != State::Recovered)
    };
    analysis.apps.iter().filter(|app| failed(&app.reason)).filter(is_open).count() as u64
}

/// Whether something failed that may not be over, and the log does not say at which app.
fn is_nameless(analysis: &Analysis) -> bool {
    issues(analysis).any(|issue| issue.app.is_none() && issue.failures > 0 && issue.state != State::Recovered)
}

/// Who should have lost access. Somebody may have kept it at several apps.
fn leavers(entries: &[PersonState]) -> Option<String> {
    let apps = entries.iter().map(|entry| &*entry.app).collect::<BTreeSet<_>>().len() as u64;
    match (different_people(entries.iter()), apps) {
        (0, _) => None,
        (1, 0 | 1) => Some("1 person should have lost access and has not.".to_owned()),
        (1, apps) => Some(format!("1 person should have lost access at {} apps and has not.", number(apps))),
        (people, _) => Some(format!("{} people should have lost access and have not.", number(people))),
    }
}

/// Where to start. Somebody who waits comes before what is only broken, and what is tried before what
/// lies still.
fn start(analysis: &Analysis, library: &Library) -> Vec<String> {
    let open = |issue: &&Issue| {
        issue.failures + issue.needs_action > 0 && issue.state != State::Recovered || is_grave(issue, library)
    };
    let rank = |issue: &&Issue| (issue.still_broken == 0, issue.state == State::Quiet);
    let leavers = leavers(&analysis.people.access_not_removed);
    if let Some(issue) = analysis.issues.iter().filter(open).min_by_key(rank) {
        let title = rule(library, issue).map_or("", |rule| rule.title.as_str());
        let quiet = if issue.state == State::Quiet { " and not tried again since" } else { "" };
        let start = match issue.users {
            0 => format!("{title} ({}, {}).", app_name(issue), count(issue)),
            users => format!("{title} at {}, {} affected{quiet}.", app_name(issue), counted(users, "person", "people")),
        };
        return [format!("Start here: {start}")].into_iter().chain(leavers).collect();
    }
    if !analysis.unknown.is_empty() {
        let start = "Start here: the failures that no rule describes yet, below.".to_owned();
        return [start].into_iter().chain(leavers).collect();
    }
    let start = match (leavers, quiet(analysis).next()) {
        (Some(leavers), _) => format!("Start here: {leavers}"),
        (None, Some(app)) => format!("Start here: {}, which went quiet, below.", shown(app)),
        (None, None) => "Start here: nothing is open any more; what failed has since succeeded.".to_owned(),
    };
    vec![start]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Because, Silence, Unseen};
    use crate::event::Provider;
    use crate::output::check::invented;

    fn library() -> Library {
        Library::load(&[]).0
    }

    fn said(analysis: &Analysis) -> String {
        let mut page = Page::new(false);
        section(&mut page, analysis, &library());
        page.finish()
    }

    fn analysis() -> Analysis {
        let mut analysis = Analysis::default();
        analysis.totals.events = 5;
        analysis
    }

    fn person() -> PersonState {
        PersonState {
            user: "gus.berg@example.com".into(),
            who: std::sync::Arc::default(),
            app: "Cloud Files".into(),
            since: None,
            rule: None,
            because: Because::NeverTried,
        }
    }

    fn silence() -> Silence {
        Silence {
            app: "Zoom".into(),
            app_id: None,
            provider: Provider::Okta,
            last_seen: 0,
            usual_interval: 1,
            silent_for: 1,
            expected: 10.0,
            p: 0.0,
        }
    }

    #[test]
    fn a_good_day_is_one_line() {
        assert_eq!(said(&analysis()), "No failures in 5 events.\n\n");
        let mut warned = analysis();
        warned.totals.warning = 2;
        assert_eq!(
            Verdict::of(&warned, &library()).words,
            "No failures in 5 events; 2 ended with a warning, see `provlens events --filter status:warning`."
        );
        assert!(said(&Analysis::default()).starts_with("Nothing about provisioning was found"));
        let mut nothing_left = Analysis::default();
        nothing_left.totals.filtered = 3;
        assert!(said(&nothing_left).starts_with("Nothing passes your filter."));
    }

    #[test]
    fn of_an_app_that_is_shown_in_part_only_that_part_is_told() {
        let mut some = analysis();
        some.people.waiting_for_access.push(person());
        some.apps.push(AppHealth { unseen: Unseen { last: Some(7), last_success: None }, ..AppHealth::default() });
        assert_eq!(
            Verdict::of(&some, &library()).words,
            "No app fails right now, as far as your filter shows. No change failed."
        );
    }

    #[test]
    fn a_day_without_failures_is_no_good_day_for_whom_somebody_forgot() {
        let mut forgotten = analysis();
        forgotten.people.access_not_removed.push(person());
        assert_eq!(
            said(&forgotten),
            "No app fails right now. No change failed.\nStart here: 1 person should have lost access and has not.\n\n"
        );
    }

    #[test]
    fn somebody_who_kept_access_at_two_apps_is_one_person() {
        let at = |user: &str, app: &str| PersonState { user: user.into(), app: app.into(), ..person() };
        let (gus, eva) = (at("gus.berg@example.com", "Wiki"), at("eva.novak@example.com", "Wiki"));
        for (people, wanted) in [
            (vec![person(), gus.clone()], "1 person should have lost access at 2 apps and has not."),
            (vec![person(), person()], "1 person should have lost access and has not."),
            (vec![person(), gus, eva], "2 people should have lost access and have not."),
        ] {
            assert_eq!(leavers(&people).as_deref(), Some(wanted));
        }
        assert_eq!(leavers(&[]), None);
    }

    #[test]
    fn a_day_without_failures_is_no_good_day_for_a_job_that_does_not_run() {
        let issue = |id: &str, state| {
            let rule = library().find(id);
            assert!(rule.is_some(), "{id}");
            let mut analysis = analysis();
            analysis.issues.push(Issue { state, events: 1, ..invented::issue(rule, None, 0, 0) });
            said(&analysis)
        };
        assert_eq!(
            issue("entra-job-stopped-or-paused", State::Ongoing),
            "No app fails right now. No change failed.\nStart here: The provisioning job is stopped (Team Chat, 1 event).\n\n"
        );
        assert_eq!(issue("entra-job-stopped-or-paused", State::Recovered), "No failures in 5 events.\n\n");
        assert_eq!(issue("okta-import-session-expired", State::Ongoing), "No failures in 5 events.\n\n");
    }

    #[test]
    fn that_most_is_not_known_comes_first() {
        let mut strange = analysis();
        strange.totals.failure = 50;
        (strange.totals.unknown_failures, strange.totals.known_failures) = (31, 19);
        assert_eq!(
            Verdict::of(&strange, &library()).words,
            "62% of 50 failures are of kinds this library does not know. No app fails right now."
        );
        (strange.totals.unknown_failures, strange.totals.known_failures) = (25, 25);
        assert!(Verdict::of(&strange, &library()).words.ends_with("Known issues explain 50% of the 50 failures."));
    }

    #[test]
    fn what_was_skipped_for_unknown_reasons_is_told() {
        let words = |failure, unknown_skips| {
            let mut some = analysis();
            some.totals = Totals { failure, known_failures: failure, unknown_skips, ..some.totals };
            Verdict::of(&some, &library()).words
        };
        let see = "see `provlens events --filter \"status:skipped issue:none\"`.";
        assert_eq!(words(0, 1), format!("No failures in 5 events; 1 was skipped and no known issue says why, {see}"));
        assert_eq!(
            words(1, 2),
            format!(
                "No app fails right now. A known issue explains the one failure; 2 were skipped and no known issue says why, {see}"
            )
        );
    }

    #[test]
    fn a_failure_without_an_app_is_not_told_as_no_app_that_fails() {
        let words = |state| {
            let mut some = analysis();
            some.totals.failure = 1;
            some.totals.known_failures = 1;
            let issue = invented::issue(library().find("scim-invalid-filter"), None, 1, 0);
            some.issues.push(Issue { state, app: None, ..issue });
            Verdict::of(&some, &library()).words
        };
        let known = "A known issue explains the one failure.";
        assert_eq!(words(State::Ongoing), format!("Something failed for which no app is named. {known}"));
        assert_eq!(words(State::Recovered), format!("No app fails right now. {known}"));
    }

    #[test]
    fn each_share_is_one_of_all_failures() {
        let said = |failure, known, guessed, told_twice| {
            let mut some = analysis();
            some.totals = Totals {
                failure,
                known_failures: known,
                guessed_failures: guessed,
                unknown_failures: failure - known,
                told_twice,
                ..some.totals
            };
            Verdict::of(&some, &library()).words
        };
        for (totals, wanted) in [
            (
                (19, 19, 4, 2),
                "Known issues explain all 19 failures, 4 of them only as a guess; 2 are told by two logs and counted in both.",
            ),
            (
                (1_000, 600, 0, 1),
                "Known issues explain 60% of the 1,000 failures; 1 is told by two logs and counted in both.",
            ),
            ((2, 2, 2, 0), "Known issues explain all 2 failures, but only as a guess."),
            ((1, 1, 1, 0), "A known issue explains the one failure, but only as a guess."),
            ((1, 1, 0, 0), "A known issue explains the one failure."),
        ] {
            let (failure, known, guessed, told_twice) = totals;
            assert_eq!(said(failure, known, guessed, told_twice), format!("No app fails right now. {wanted}"));
        }
        for (totals, wanted) in [
            ((1, 0), "The one failure is of a kind this library does not know."),
            ((7, 0), "All 7 failures are of kinds this library does not know."),
            ((7, 3), "57% of 7 failures are of kinds this library does not know."),
        ] {
            assert_eq!(said(totals.0, totals.1, 0, 0), format!("{wanted} No app fails right now."));
        }
    }

    #[test]
    fn no_line_is_wider_than_the_page() {
        let mut wide = analysis();
        wide.totals.failure = 1_000_000;
        (wide.totals.known_failures, wide.totals.guessed_failures, wide.totals.told_twice) = (900_000, 100_000, 1_000);
        let text = said(&wide);
        assert!(text.lines().all(|line| crate::text::width::width(line) <= crate::output::page::COLUMNS), "{text}");
        let mut page = Page::new(true);
        page.heading(&"A title of many words ".repeat(5));
        assert_eq!(page.finish().lines().count(), 2);
    }

    #[test]
    fn silence_is_no_good_day() {
        let mut quiet = analysis();
        quiet.silences.push(silence());
        assert_eq!(
            said(&quiet),
            "No app fails right now, but 1 app went quiet. No change failed.\nStart here: Zoom, which went quiet, below.\n\n"
        );
    }
}
