//! What a report says, whatever it is drawn on: the sentences that all formats for people share.
//!
//! Text of logs in them is masked and made safe to look at (`shown`); how a format quotes it is its own
//! affair.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{before, sure};
use crate::analysis::{Analysis, Because, Covered, Evidence, Health, Issue, OtherSide, PersonState};
use crate::output::page::{Tone, bytes, counted, number, shown};
use crate::rules::{Library, Rule, Severity};
use crate::text::time::{self, Micros};
use crate::text::width::truncate;

/// Letters of a quoted message.
const MESSAGE: usize = 400;
/// Letters of what the other side said.
const OTHER_MESSAGE: usize = 200;

/// `61 records read, 51 about provisioning, 2026-11-16 07:00 to 2026-11-17 17:00 UTC`
pub(super) fn covers(analysis: &Analysis, zone: &TimeZone) -> String {
    let totals = &analysis.totals;
    let span = match analysis.first.zip(analysis.last) {
        Some((first, last)) => {
            format!("{} to {} {}", time::minute(first, zone), time::minute(last, zone), time::zone_label(zone))
        }
        None => "no times".to_owned(),
    };
    let records = counted(totals.records, "record", "records");
    format!("{records} read, {} about provisioning, {span}", number(totals.events))
}

/// What a filter leaves out.
pub(super) fn left_out(analysis: &Analysis) -> Option<String> {
    let filtered = Some(analysis.totals.filtered).filter(|filtered| *filtered > 0)?;
    let left_out = counted(filtered, "event is", "events are");
    Some(format!("{left_out} left out by your filter and not in this report."))
}

/// Of a run that was stopped, that a part is missing, lest nothing found be taken for nothing there.
pub(super) fn interruption(analysis: &Analysis) -> Option<String> {
    let part = analysis.covered.as_ref()?;
    Some(format!("Interrupted after {}; the rest is not in this report.", covered(part)))
}

/// How far a run came that was stopped: `312 MiB of 1.0 GiB (31%)`.
pub fn covered(part: &Covered) -> String {
    let read = bytes(part.bytes);
    part.of.map_or_else(
        || read.clone(),
        |of| {
            let percent = u128::from(part.bytes.min(of)) * 100 / u128::from(of.max(1));
            format!("{read} of {} ({percent}%)", bytes(of))
        },
    )
}

/// Whether it names people.
pub(super) fn whom_it_names(analysis: &Analysis) -> &'static str {
    if analysis.names_hidden {
        "Names of people are hidden: everybody has a number. What a message says of somebody in other words is not recognised, so look through it before you send it on."
    } else {
        "It names people and applications: keep it like the logs themselves."
    }
}

/// The people lists, the most urgent first, with how urgent they are.
pub(super) fn people(analysis: &Analysis) -> [(&'static str, Tone, &[PersonState]); 3] {
    let people = &analysis.people;
    [
        ("Should have lost access, and has not", Tone::Bad, &people.access_not_removed),
        ("Waiting for access", Tone::Warn, &people.waiting_for_access),
        ("Has access, but old data", Tone::Dim, &people.out_of_date),
    ]
}

/// Says for how many of a list something else is behind it than what its title says.
pub(super) fn kept(list: &[PersonState]) -> Vec<String> {
    let remark = |because: Because, what: &str| {
        let count = list.iter().filter(|person| person.because == because).count() as u64;
        let these = match count {
            0 => return None,
            count if count == list.len() as u64 => String::new(),
            count => format!("For {} of them ", number(count)),
        };
        Some(capital(&format!("{these}{what}")))
    };
    let remarks = [
        remark(Because::NeverTried, "the log shows no try to switch the account off."),
        remark(
            Because::NoAccount,
            "it is the account in the identity provider itself that could not be made; an app that is named is the source of the import.",
        ),
        remark(Because::StillInGroup, "it is a group there that should have been left; the account may be right."),
    ];
    remarks.into_iter().flatten().collect()
}

/// A sign for how an application is, and how bad that is; the word stands beside it.
pub(super) fn sign(health: Health) -> (&'static str, Tone) {
    match health {
        Health::Failing => ("×", Tone::Bad),
        Health::Quiet => ("◦", Tone::Warn),
        Health::Degraded => ("▲", Tone::Warn),
        Health::Little => ("·", Tone::Dim),
        Health::Healthy => ("●", Tone::Good),
    }
}

/// Issues by what a reader has to do about them.
pub(super) struct Issues<'a> {
    /// Trouble.
    pub(super) trouble: Vec<&'a Issue>,
    /// What applications' own logs say of the same calls.
    pub(super) told: Vec<&'a Issue>,
    /// Nothing to do.
    pub(super) info: Vec<&'a Issue>,
}

impl<'a> Issues<'a> {
    pub(super) fn of(analysis: &'a Analysis, library: &Library) -> Issues<'a> {
        let is_trouble = |issue: &&Issue| {
            issue.failures > 0
                || issue.pattern.is_some()
                || rule(library, issue).is_some_and(|rule| rule.severity > Severity::Info)
        };
        let (trouble, info): (Vec<&Issue>, Vec<&Issue>) = analysis.issues.iter().partition(is_trouble);
        let (told, trouble) = trouble.into_iter().partition(|issue| issue.is_told_by_the_other_side());
        Issues { trouble, told, info }
    }

    /// A line for each application whose own log tells of calls that stand elsewhere.
    pub(super) fn same_calls(&self) -> Vec<String> {
        let mut by_app: BTreeMap<String, u64> = BTreeMap::new();
        for issue in &self.told {
            *by_app.entry(app_name(issue)).or_default() += issue.failures;
        }
        let line = |(app, failures): (String, u64)| {
            format!("{app}: {}, shown above with both sides", counted(failures, "failure", "failures"))
        };
        by_app.into_iter().map(line).collect()
    }

    /// A line for each that is normal.
    pub(super) fn normal(&self, library: &Library) -> Vec<String> {
        let line = |issue: &&Issue| {
            let title = rule(library, issue).map_or("", |rule| rule.title.as_str());
            format!("{title}: {} at {}", counted(issue.events, "time", "times"), app_name(issue))
        };
        self.info.iter().map(line).collect()
    }
}

/// One issue in words.
pub(super) struct Told<'a> {
    pub(super) rule: &'a Rule,
    pub(super) app: String,
    /// Something failed, and is not only as it should not be.
    pub(super) failed: bool,
    /// `Critical`
    pub(super) level: String,
    /// `9 failures`
    pub(super) count: String,
    /// `8 people`
    pub(super) people: String,
    pub(super) when: String,
    pub(super) sure: String,
    /// What several events show together.
    pub(super) seen: Option<String>,
    pub(super) before: Vec<String>,
    pub(super) owner: String,
    pub(super) hand_on: String,
    pub(super) both_sides: Option<String>,
}

impl<'a> Told<'a> {
    /// Nothing of an issue that no rule describes.
    pub(super) fn of(issue: &Issue, library: &'a Library, zone: &TimeZone) -> Option<Told<'a>> {
        let rule = rule(library, issue)?;
        let both_sides = (issue.both_sides > 0).then(|| {
            let count = counted(issue.both_sides, "failure", "failures");
            format!("{count} in both logs, the app's own and the identity provider's.")
        });
        Some(Told {
            rule,
            app: app_name(issue),
            failed: issue.failures > 0,
            level: capital(rule.severity.word()),
            count: count(issue),
            people: counted(issue.users, "person", "people"),
            when: when(issue, zone),
            sure: sure::words(issue, zone),
            seen: issue.pattern.as_deref().map(|pattern| format!("{}.", shown(pattern))),
            before: issue.triggers.iter().map(before::sentence).collect(),
            owner: format!("{}. {}", capital(rule.owner.words()), rule.retry.words()),
            hand_on: format!(
                "{} To: {}.",
                rule.advice().escalate.when,
                rule.advice().escalate.to.trim_end_matches('.')
            ),
            both_sides,
        })
    }
}

/// How often: `9 failures`, or `9 events` of what does not fail.
pub fn count(issue: &Issue) -> String {
    match issue.failures {
        0 => counted(issue.events, "event", "events"),
        failures => counted(failures, "failure", "failures"),
    }
}

pub(super) fn rule<'l>(library: &'l Library, issue: &Issue) -> Option<&'l Rule> {
    issue.rule.and_then(|rule| library.rule(rule))
}

pub(super) fn app_name(issue: &Issue) -> String {
    issue.app.as_deref().map_or_else(|| "no application named".to_owned(), shown)
}

/// From when to when; in which zone is for the format to say.
pub(super) fn when(issue: &Issue, zone: &TimeZone) -> String {
    let at = |at: Option<Micros>| minute(at, zone);
    if issue.first == issue.last { at(issue.first) } else { format!("{} to {}", at(issue.first), at(issue.last)) }
}

/// The same with the zone.
pub(super) fn when_in_zone(issue: &Issue, zone: &TimeZone) -> String {
    let label = issue.first.or(issue.last).map(|_| format!(" {}", time::zone_label(zone)));
    format!("{}{}", when(issue, zone), label.unwrap_or_default())
}

pub(super) fn minute(at: Option<Micros>, zone: &TimeZone) -> String {
    at.map_or_else(|| "time unknown".to_owned(), |at| time::minute(at, zone))
}

/// What was said, as far as it is quoted.
pub(super) fn message(evidence: &Evidence) -> Option<String> {
    evidence.message.as_deref().map(|words| truncate(&shown(words), MESSAGE))
}

/// What the log of the other side says of the same call.
pub(super) fn other_message(side: &OtherSide) -> String {
    let words = side.evidence.message.as_deref().or(side.evidence.remote.as_deref()).unwrap_or("no reason given");
    truncate(&shown(words), OTHER_MESSAGE)
}

/// `samples/okta.ndjson:33`
pub(super) fn place(evidence: &Evidence, analysis: &Analysis) -> String {
    let file = analysis.inputs.get(evidence.input).map_or("", |input| input.name.as_str());
    format!("{}:{}", shown(file), evidence.line)
}

/// The same with a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_title_of_a_list_does_not_say_is_said_below() {
        let person = |because| PersonState {
            user: "gus.berg@example.com".into(),
            who: std::sync::Arc::default(),
            app: "Cloud Files".into(),
            since: None,
            rule: None,
            because,
        };
        let of = |all: &[Because]| kept(&all.iter().copied().map(person).collect::<Vec<_>>());
        assert!(of(&[Because::Failed]).is_empty());
        let group = "It is a group there that should have been left; the account may be right.";
        assert_eq!(of(&[Because::StillInGroup, Because::StillInGroup]), [group]);
        let mixed = [
            "For 1 of them the log shows no try to switch the account off.",
            "For 1 of them it is a group there that should have been left; the account may be right.",
        ];
        assert_eq!(of(&[Because::Failed, Because::StillInGroup, Because::NeverTried]), mixed);
        assert!(of(&[Because::NoAccount])[0].starts_with("It is the account in the identity provider itself"));
    }
}
