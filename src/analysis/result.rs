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
pub struct Called {
    /// The provider's or the application's id.
    pub id: Option<Box<str>>,
    /// What they log in with, mostly an address.
    pub login: Option<Box<str>>,
    /// What they are shown as, which others may be called, too.
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
pub struct Evidence {
    /// Position of its input in [`Analysis::inputs`].
    pub input: usize,
    /// Line of its record, from 1.
    pub line: u64,
    /// First byte of its record in the unpacked input, from 0.
    pub offset: u64,
    /// When it happened, if the log says.
    pub time: Option<Micros>,
    /// How the person is called: login, else display name, else id.
    pub user: Option<String>,
    /// All that the record calls the person.
    pub called: Called,
    /// What was tried.
    pub operation: Operation,
    /// Everything that the log says, the application's words included.
    pub message: Option<String>,
    /// The application's own words.
    pub remote: Option<String>,
    /// Ids by their kinds, as [`Ids::named`](crate::event::Ids::named) gives them.
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
pub struct OtherSide {
    /// Whose log it is.
    pub provider: Provider,
    /// Its event about the call.
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
pub struct Issue {
    /// Position of its rule in the library; `None` if no rule explains it.
    pub rule: Option<usize>,
    /// What the wordings of failures that no rule explains have in common.
    pub shape: Option<String>,
    /// Whose log tells it.
    pub provider: Provider,
    /// The application, as the log first called it.
    pub app: Option<String>,
    /// Id of the application's instance.
    pub app_id: Option<String>,
    /// The surest match of all its events.
    pub certainty: Certainty,
    /// All events that belong to it, such that did not fail included.
    pub events: u64,
    /// Failures among them, retries included.
    pub failures: u64,
    /// Skips that leave somebody without access.
    pub needs_action: u64,
    /// Different people that its events are about.
    pub users: u64,
    /// Those of them who have not succeeded since.
    pub still_broken: u64,
    /// What became of it.
    pub state: State,
    /// Its oldest event that has a time.
    pub first: Option<Micros>,
    /// Its newest.
    pub last: Option<Micros>,
    /// How many events there are of each operation, by its word.
    pub operations: BTreeMap<&'static str, u64>,
    /// Events as evidence: what both sides tell of if there is such a one, the first, and the newest one last.
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
    /// One to which nothing was added yet, and of which it is not known what it is about.
    pub(crate) fn empty(provider: Provider) -> Issue {
        Issue {
            rule: None,
            shape: None,
            provider,
            app: None,
            app_id: None,
            certainty: Certainty::Guess,
            events: 0,
            failures: 0,
            needs_action: 0,
            users: 0,
            still_broken: 0,
            state: State::Ongoing,
            first: None,
            last: None,
            operations: BTreeMap::new(),
            examples: Vec::new(),
            pattern: None,
            mention: None,
            both_sides: 0,
            decided_by: Vec::new(),
            triggers: Vec::new(),
        }
    }

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
pub struct AppHealth {
    /// Its name, as logs call it.
    pub name: Arc<str>,
    /// Events by which it was in use, whatever the outcome.
    pub attempts: u64,
    /// Failures among them, retries included.
    pub failures: u64,
    /// Different people for whom something failed.
    pub people_failed: u64,
    /// Those of them for whom nothing has worked since.
    pub still_broken: u64,
    /// People who should have lost access there and have not.
    pub leavers: u64,
    /// Its newest event that is not left out by a filter.
    pub last: Option<Micros>,
    /// Its newest success among those.
    pub last_success: Option<Micros>,
    /// Its newest failure among those.
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
pub struct PersonState {
    /// How the person is called, for people to read.
    pub user: Arc<str>,
    /// Everything by which the person is known.
    pub who: Arc<Identity>,
    /// The application.
    pub app: Arc<str>,
    /// Since when it is so, if the log says.
    pub since: Option<Micros>,
    /// Position of the rule that explains it.
    pub rule: Option<usize>,
    /// Why access is still there, if it should not be.
    pub because: Because,
}

/// People for whom something is not as it should be.
#[derive(Clone, Debug, Default)]
pub struct PeopleLists {
    /// Their access should be gone.
    pub access_not_removed: Vec<PersonState>,
    /// They should have access and have none.
    pub waiting_for_access: Vec<PersonState>,
    /// They have access, and what changed since did not arrive.
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
pub struct Analysis {
    /// What became of each input. Events name theirs by its position here.
    pub inputs: Vec<InputAccount>,
    /// Counts over all inputs.
    pub totals: Totals,
    /// What there was too much of.
    pub limits: Limits,
    /// The oldest event that has a time.
    pub first: Option<Micros>,
    /// The newest event, of those that are not dated in the future.
    pub last: Option<Micros>,
    /// The applications, the worst first.
    pub apps: Vec<AppHealth>,
    /// What rules explain, the worst first.
    pub issues: Vec<Issue>,
    /// Failures that no rule explains, grouped by their wording, the worst first.
    pub unknown: Vec<Issue>,
    /// For whom something is not as it should be.
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
