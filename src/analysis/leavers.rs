//! How long it takes from the end of an assignment until access is gone, and who still waits for
//! that although nothing was tried.
//!
//! What counts is kept as marks, one an event of a few rare kinds, and read in order of time at the
//! end; so the order of records does not matter.

use std::collections::{BTreeMap, HashSet};

use super::outcome::{DIRECTORY, Effect, Histories, NEVER, Pair, Standing};
use super::people::Roots;
use super::{Row, Seeded};
use crate::event::Outcome;
use crate::text::time::{HOUR, Micros};

/// Most marks that are kept.
const MOST: usize = 2_000_000;
/// So long a removal may take before it is missed: three cycles of Entra's, which come every 40 minutes.
const TOLERANCE: Micros = 2 * HOUR;
/// An account that is switched off at most so long before the assignment goes belongs to the same leaving.
const SHORTLY_BEFORE: Micros = HOUR;

/// Beginnings of the names of Okta's events about accounts of its own:
/// <https://developer.okta.com/docs/reference/api/event-types/>.
const OF_DIRECTORY: [&str; 1] = ["user.lifecycle."];

/// What happened, in the order in which it counts at one and the same time: whoever is moved from one group to another
/// within a second has access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Something shows that there is an account.
    Seen,
    /// The assignment was taken away.
    Unassigned,
    /// The person was switched off in the identity provider.
    Left,
    /// The application was assigned.
    Assigned,
    /// The account was created or switched on.
    Granted,
    /// The person was switched on in the identity provider.
    Returned,
    /// The account was switched off or deleted.
    Removed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    person: u32,
    /// Where; or [`DIRECTORY`], which comes last.
    app: u32,
    at: Micros,
    kind: Kind,
}

/// Collects the marks.
#[derive(Clone, Default)]
pub(super) struct Leavers {
    marks: Vec<Mark>,
    beyond: u64,
}

/// How long removals took at an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// One a removal, the shortest first.
    pub(super) took: Vec<Micros>,
    /// How many people that were.
    pub(super) people: u64,
}

/// Somebody who should have lost access, and nothing was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NeverTried {
    pub(super) pair: Pair,
    pub(super) since: Micros,
}

/// What the marks say in the end.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// By application.
    pub(super) times: BTreeMap<u32, Times>,
    pub(super) never_tried: Vec<NeverTried>,
    /// Events that were too many to be kept; what they would say is missing.
    pub(super) beyond: u64,
}

/// Whether a row says that somebody was switched off or on in the identity provider itself.
pub(super) fn is_of_directory(row: &Row<'_>) -> bool {
    row.app.is_none() && row.provider.makes_calls() && !is_suspension(row)
}

/// Whether an account could not be made or switched on in the identity provider itself; the application, if one is
/// named, is the source of an import then.
pub(super) fn fails_in_directory(row: &Row<'_>) -> bool {
    let event = row.detail.as_ref().and_then(|detail| detail.event_type.as_deref());
    row.outcome == Outcome::Failure && event.is_some_and(|event| OF_DIRECTORY.iter().any(|own| event.starts_with(own)))
}

/// Who is suspended keeps the accounts in the applications.
fn is_suspension(row: &Row<'_>) -> bool {
    let event = row.detail.as_ref().and_then(|detail| detail.event_type.as_deref());
    event.is_some_and(|event| event.contains("suspen"))
}

impl Leavers {
    /// Takes note of a success.
    pub(super) fn see(&mut self, (person, app): Pair, effect: Effect, at: Micros) {
        let kind = match (effect, app == DIRECTORY) {
            (Effect::Assign, false) => Kind::Assigned,
            (Effect::Grant, false) => Kind::Granted,
            (Effect::Unassign, false) => Kind::Unassigned,
            (Effect::Remove, false) => Kind::Removed,
            (Effect::Grant, true) => Kind::Returned,
            (Effect::Remove, true) => Kind::Left,
            _ => return,
        };
        if self.marks.len() < MOST {
            self.marks.push(Mark { person, app, at, kind });
        } else {
            self.beyond += 1;
        }
    }

    /// Puts together what belongs to one person.
    pub(super) fn join(&mut self, roots: &Roots) {
        self.marks.iter_mut().for_each(|mark| mark.person = roots.of(mark.person));
    }

    /// Reads the marks. `shown_until` says until when the logs go on that show removals at an
    /// application, if any do: where none does, a removal that is missing means nothing.
    pub(super) fn finish(mut self, histories: &Histories, shown_until: impl Fn(u32) -> Option<Micros>) -> Left {
        let left: HashSet<u32, Seeded> =
            self.marks.iter().filter(|mark| mark.kind == Kind::Left).map(|mark| mark.person).collect();
        if !left.is_empty() {
            // Of some accounts the log shows nothing but that they are there.
            let seen = histories.succeeding().filter(|(person, app)| *app != DIRECTORY && left.contains(person));
            self.marks.extend(seen.map(|(person, app)| Mark { person, app, at: NEVER, kind: Kind::Seen }));
        }
        self.marks.sort_unstable();
        let mut found = Left { beyond: self.beyond, ..Left::default() };
        let mut merged = Vec::new();
        for person in self.marks.chunk_by(|a, b| a.person == b.person) {
            let at_apps = person.partition_point(|mark| mark.app != DIRECTORY);
            let (apps, directory) = person.split_at(at_apps);
            for app in apps.chunk_by(|a, b| a.app == b.app) {
                let Some(pair) = app.first().map(|mark| (mark.person, mark.app)) else { continue };
                merged.clear();
                merged.extend(app.iter().chain(directory).map(|mark| (mark.at, mark.kind)));
                merged.sort_unstable();
                let leaving = Leaving::read(&merged);
                if !leaving.took.is_empty() {
                    let times = found.times.entry(histories.places.app(pair.1)).or_default();
                    times.took.extend(leaving.took);
                    times.people += 1;
                }
                let Some(open) = leaving.open else { continue };
                let shown =
                    shown_until(histories.places.app(pair.1)).is_some_and(|until| until - open.since >= TOLERANCE);
                if shown && open.is_sure(histories, pair) {
                    found.never_tried.push(NeverTried { pair, since: open.since });
                }
            }
        }
        found.times.values_mut().for_each(|times| times.took.sort_unstable());
        found
    }
}

/// What one person's marks at one application say.
#[derive(Default)]
struct Leaving {
    took: Vec<Micros>,
    open: Option<Start>,
}

/// Since when access should be gone.
#[derive(Clone, Copy)]
struct Start {
    since: Micros,
    /// All that is known is that the person left the identity provider.
    by_directory: bool,
}

impl Leaving {
    fn read(marks: &[(Micros, Kind)]) -> Leaving {
        let mut leaving = Leaving::default();
        // When the account was switched off, and whether that belongs to a leaving already.
        let mut off: Option<(Micros, bool)> = None;
        for (at, kind) in marks {
            match kind {
                Kind::Seen => {}
                Kind::Assigned | Kind::Granted => {
                    leaving.open = None;
                    off = None;
                }
                Kind::Returned => leaving.open = leaving.open.filter(|start| !start.by_directory),
                Kind::Unassigned | Kind::Left => match &mut off {
                    Some((before, counted)) => {
                        if !*counted && at - *before <= SHORTLY_BEFORE {
                            *counted = true;
                            leaving.took.push(0);
                        }
                    }
                    None => {
                        let by_directory = *kind == Kind::Left;
                        let start = leaving.open.get_or_insert(Start { since: *at, by_directory });
                        start.by_directory &= by_directory;
                    }
                },
                Kind::Removed => {
                    let start = leaving.open.take();
                    leaving.took.extend(start.map(|start| at - start.since));
                    off = Some((*at, start.is_some()));
                }
            }
        }
        leaving
    }
}

impl Start {
    /// Whether nothing speaks against an account that is still there.
    fn is_sure(self, histories: &Histories, pair: Pair) -> bool {
        // What failed stands on the list with its reason.
        if histories.open(pair).is_some_and(|open| open.standing == Standing::AccessNotRemoved) {
            return false;
        }
        let shows = [Effect::Grant, Effect::Change, Effect::Password, Effect::Rights];
        let shown = shows.into_iter().map(|effect| histories.newest(pair, effect)).max().unwrap_or(NEVER);
        let removed = histories.newest(pair, Effect::Remove);
        let wanted = [Effect::Grant, Effect::Enter, Effect::Assign];
        let was_refused = wanted.into_iter().any(|effect| histories.has_failed(pair, effect));
        match (shown == NEVER, removed == NEVER) {
            (false, _) => shown > removed,
            (true, false) => false,
            // Of an account that stood before the log began, nothing but its assignment may be seen.
            (true, true) => !self.by_directory && !was_refused,
        }
    }
}

impl Row<'_> {
    /// Whether it says that access was removed, or that it was tried.
    pub(super) fn shows_removal(&self) -> bool {
        let ended = matches!(self.outcome, Outcome::Success | Outcome::Failure);
        ended && Effect::of(self.operation) == Effect::Remove && self.app.is_some()
    }
}

#[cfg(test)]
mod tests;
