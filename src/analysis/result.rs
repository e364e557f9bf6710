//! What the analysis gives: everything that an output prints.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::account::{InputAccount, Limits, Totals};
use super::changes::{Changes, Trigger};
use super::context::Decided;
use super::cycles::RemovalCycle;
use super::health::{Health, Lately, Reason};
use super::job::Job;
use super::outcome::Standing;
use super::people::Identity;
use super::quarantine::Distance;
use super::row::{Detail, Row};
use super::standing::{Because, RemovalTimes};
use super::trends::{LeftOut, Series, Silence, Spike};
use super::unseen::Unseen;
use super::{Apps, IssueKey};
use crate::event::{Operation, Provider};
use crate::rules::Certainty;
use crate::text::time::Micros;

/// Characters of a text that are kept where thousands are kept.
const BRIEF: usize = 1_000;

/// How one record calls a person; nothing where it is about no person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Called {
    pub id: Option<Box<str>>,
    pub login: Option<Box<str>>,
    pub name: Option<Box<str>>,
}

impl Called {
    fn of(row: &Row<'_>) -> Called {
        if row.subject_kind.as_deref() == Some("group") {
            return Called::default();
        }
        // Nobody is called by more, and a stranger writes names of megabytes.
        let brief =
            |name: &str| name.char_indices().nth(BRIEF).and_then(|(end, _)| name.get(..end)).unwrap_or(name).into();
        let owned = |name: &Option<Cow<'_, str>>| name.as_deref().map(brief);
        Called { id: owned(&row.subject_id), login: owned(&row.login), name: owned(&row.subject_name) }
    }
}

/// One event shown as evidence.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Evidence {
    pub input: usize,
    pub line: u64,
    pub offset: u64,
    pub time: Option<Micros>,
    pub user: Option<String>,
    /// All that the record calls the person.
    pub called: Called,
    pub operation: Operation,
    pub message: Option<String>,
    pub remote: Option<String>,
    pub ids: BTreeMap<&'static str, String>,
    /// The same call in the log of the other side, if both were read.
    pub other_side: Option<Box<OtherSide>>,
    /// Only the beginnings of its texts are kept.
    pub shortened: bool,
}

impl Evidence {
    pub(super) fn of(row: &Row<'_>, detail: Option<&Detail>) -> Evidence {
        let bare = Evidence {
            input: row.input,
            line: row.line,
            offset: row.offset,
            time: row.time,
            user: row.person(),
            called: Called::of(row),
            operation: row.operation,
            message: None,
            remote: None,
            ids: BTreeMap::new(),
            other_side: None,
            shortened: false,
        };
        match detail {
            Some(detail) => bare.with(detail),
            None => bare,
        }
    }

    /// The same with the beginnings of long texts only, for whoever keeps thousands: a stranger writes
    /// messages of megabytes.
    pub(super) fn brief(row: &Row<'_>, detail: Option<&Detail>) -> Evidence {
        let bare = Evidence::of(row, None);
        let mut shortened = false;
        let mut start = |text: &String| match text.char_indices().nth(BRIEF) {
            Some((end, _)) => {
                shortened = true;
                format!("{}…", text.get(..end).unwrap_or_default())
            }
            None => text.clone(),
        };
        let brief = Evidence {
            user: bare.user.as_ref().map(&mut start),
            called: bare.called.clone(),
            message: detail.and_then(|detail| detail.message.as_ref()).map(&mut start),
            remote: detail.and_then(|detail| detail.remote.as_ref()).map(&mut start),
            ids: detail.iter().flat_map(|detail| &detail.ids).map(|(name, id)| (*name, start(id))).collect(),
            ..bare
        };
        Evidence { shortened, ..brief }
    }

    /// The same with the texts of its detail.
    pub(super) fn with(self, detail: &Detail) -> Evidence {
        Evidence { message: detail.message.clone(), remote: detail.remote.clone(), ids: detail.ids.clone(), ..self }
    }

    /// Whether it is the same event: a record may be an envelope of several.
    pub(super) fn is_same(&self, other: &Evidence) -> bool {
        let event = |of: &Evidence| (of.input, of.offset, of.time, of.operation);
        event(self) == event(other) && self.user == other.user
    }
}

/// What the other side's log says of a call.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct OtherSide {
    pub provider: Provider,
    pub evidence: Evidence,
    /// How it is known to be the same call.
    pub by: &'static str,
}

/// What became of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// People are still affected and it is still tried.
    Ongoing,
    /// Everyone who failed has since succeeded.
    Recovered,
    /// People are still affected, but nothing was tried for a day of log time.
    Quiet,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::Ongoing => "ongoing",
            State::Recovered => "recovered",
            State::Quiet => "quiet",
        }
    }
}

/// Somebody whom a sentence names.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Where in the sentence.
    pub at: Range<usize>,
    /// Who it is.
    pub who: Identity,
}

/// A known issue, or a cluster of failures that no rule explains, at one application.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Issue {
    pub rule: Option<usize>,
    pub shape: Option<String>,
    pub provider: Provider,
    pub app: Option<String>,
    pub app_id: Option<String>,
    pub certainty: Certainty,
    pub events: u64,
    pub failures: u64,
    /// Skips that leave somebody without access.
    pub needs_action: u64,
    pub users: u64,
    pub still_broken: u64,
    pub state: State,
    pub first: Option<Micros>,
    pub last: Option<Micros>,
    pub operations: BTreeMap<&'static str, u64>,
    pub examples: Vec<Evidence>,
    /// What several events say together, if that is how it was found.
    pub pattern: Option<String>,
    /// Whom that sentence names.
    pub mention: Option<Mention>,
    /// Failures that the log of the other side tells of too.
    pub both_sides: u64,
    /// What other events decided, the commonest first.
    pub decided_by: Vec<Decided>,
    /// What was changed shortly before the first failure and may have to do with it, the likeliest
    /// first.
    pub triggers: Vec<Trigger>,
}

impl Issue {
    /// Whether all of it is what the application's own log says of failures that the identity
    /// provider's log tells too, under another issue.
    pub fn is_told_by_the_other_side(&self) -> bool {
        self.both_sides > 0 && self.both_sides == self.failures && !self.provider.makes_calls()
    }
}

/// Examples of issues of whose texts only the beginnings are shown.
pub(super) fn shortened<'i>(issues: impl Iterator<Item = &'i Issue>) -> u64 {
    let examples = issues.flat_map(|issue| &issue.examples);
    let sides = |example: &'i Evidence| {
        let other = example.other_side.as_deref().map(|side| &side.evidence);
        [Some(example), other].into_iter().flatten()
    };
    examples.flat_map(sides).filter(|evidence| evidence.shortened).count() as u64
}

/// One application.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct AppHealth {
    pub name: Arc<str>,
    pub attempts: u64,
    pub failures: u64,
    pub people_failed: u64,
    pub still_broken: u64,
    /// People who should have lost access there and have not.
    pub leavers: u64,
    pub last: Option<Micros>,
    pub last_success: Option<Micros>,
    pub last_failure: Option<Micros>,
    /// What a filter leaves out of it.
    pub unseen: Unseen,
    /// Its job, where Entra's record of it was read.
    pub job: Job,
    /// The last 24 hours of the logs.
    pub lately: Lately,
    /// What the word for how it is rests on.
    pub reason: Reason,
}

impl AppHealth {
    /// How it is.
    pub fn state(&self) -> Health {
        self.reason.health()
    }

    /// The newest event there, whether it is shown or not.
    pub(super) fn heard_last(&self) -> Option<Micros> {
        self.last.max(self.unseen.last)
    }

    /// The newest success there, whether it is shown or not.
    pub(super) fn worked_last(&self) -> Option<Micros> {
        self.last_success.max(self.unseen.last_success)
    }

    /// The word for how it is.
    pub fn health(&self) -> &'static str {
        self.state().word()
    }
}

/// One person at one application for whom something is not as it should be.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct PersonState {
    pub user: Arc<str>,
    /// Everything by which the person is known.
    pub who: Arc<Identity>,
    pub app: Arc<str>,
    pub since: Option<Micros>,
    pub rule: Option<usize>,
    pub because: Because,
}

/// People for whom something is not as it should be.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct PeopleLists {
    pub access_not_removed: Vec<PersonState>,
    pub waiting_for_access: Vec<PersonState>,
    pub out_of_date: Vec<PersonState>,
}

/// How many different people entries are about: who is in a list for several apps is one.
pub fn different_people<'p>(entries: impl Iterator<Item = &'p PersonState>) -> u64 {
    let different: HashSet<_> = entries.map(|entry| (&*entry.user, &*entry.who.logins, &*entry.who.ids)).collect();
    different.len() as u64
}

impl PeopleLists {
    /// All of them, one list after the other.
    pub fn all(&self) -> impl Iterator<Item = &PersonState> {
        [&self.access_not_removed, &self.waiting_for_access, &self.out_of_date].into_iter().flatten()
    }

    pub(super) fn list(&mut self, standing: Standing) -> &mut Vec<PersonState> {
        match standing {
            Standing::AccessNotRemoved => &mut self.access_not_removed,
            Standing::WaitingForAccess => &mut self.waiting_for_access,
            Standing::OutOfDate => &mut self.out_of_date,
        }
    }

    /// Names the rule that took another one's place at an application.
    pub(super) fn explain_by(&mut self, moved: &[(IssueKey, IssueKey)], apps: &Apps) {
        for ((old, _, app), (new, ..)) in moved {
            let Some(app) = apps.get(*app).map(|sum| &sum.health.name) else { continue };
            for list in [&mut self.access_not_removed, &mut self.waiting_for_access, &mut self.out_of_date] {
                let same = list.iter_mut().filter(|person| person.rule == *old && person.app == *app);
                same.for_each(|person| person.rule = *new);
            }
        }
    }

    /// Who has waited longest comes first.
    pub(super) fn sort(&mut self) {
        for list in [&mut self.access_not_removed, &mut self.waiting_for_access, &mut self.out_of_date] {
            list.sort_by(|a, b| {
                a.since
                    .cmp(&b.since)
                    .then_with(|| a.user.cmp(&b.user))
                    .then_with(|| a.app.cmp(&b.app))
                    .then(a.rule.cmp(&b.rule))
                    .then_with(|| a.who.ids.cmp(&b.who.ids))
            });
        }
    }
}

/// The immutable result that every output reads.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Analysis {
    pub inputs: Vec<InputAccount>,
    pub totals: Totals,
    pub limits: Limits,
    pub first: Option<Micros>,
    pub last: Option<Micros>,
    pub apps: Vec<AppHealth>,
    pub issues: Vec<Issue>,
    pub unknown: Vec<Issue>,
    pub people: PeopleLists,
    /// Changes of configuration.
    pub changes: Changes,
    /// How long it takes until access is gone, in the order of the applications' names.
    pub removal_times: Vec<RemovalTimes>,
    /// Events that were too many to be kept for that; what they would say is missing.
    pub removals_beyond_limits: u64,
    /// Counts over time, in the order of applications and of what they count.
    pub series: Vec<Series>,
    /// The worst first.
    pub spikes: Vec<Spike>,
    /// Where failures crowd in logs too short to say what is usual; never a verdict. The worst first.
    pub bursts: Vec<Spike>,
    /// The longest first.
    pub silences: Vec<Silence>,
    /// How far jobs of Entra are from quarantine, the nearest first.
    pub quarantine: Vec<Distance>,
    /// The cycle of Entra's that took away most accounts, of each application, the largest first.
    pub removal_cycles: Vec<RemovalCycle>,
    /// What series do not count.
    pub left_out: LeftOut,
    /// Rows of the person that was asked for, in order of time.
    pub story: Vec<Row<'static>>,
    /// Whom that is about; several if what was asked for fits several people.
    pub asked: Vec<Identity>,
    /// Rows of the person passed before it was known that they are theirs; another run, with
    /// everything by which the person is known, finds them.
    pub story_is_incomplete: bool,
    /// If the run was stopped: how far it came.
    pub covered: Option<Covered>,
    /// People are called by numbers.
    pub names_hidden: bool,
}

/// How far a run came that was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Covered {
    /// Bytes on the disk that were read.
    #[serde(rename = "bytes_read")]
    pub bytes: u64,
    /// Bytes there are, if all inputs say.
    #[serde(rename = "bytes_total")]
    pub of: Option<u64>,
}
