//! The facts of a case, each computed once: `summary.json` is made of them, and the page that people read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::attach::Cleaned;
use super::case::{About, Case};
use super::manifest::Window;
use super::redact::{Class, Recipient, Redactor, id_class};
use super::select::{self, Selection};
use crate::analysis::State;
use crate::event::store::{Row, Scratch};
use crate::event::{Operation, Provider};
use crate::output::page::counted;
use crate::text::sanitize;
use crate::text::time::{self, Micros};
use crate::unknown;

/// Wordings that are told.
const WORDINGS: usize = 5;

/// Everything that is said about a case. All texts are redacted; all times are UTC.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct Facts {
    pub schema: &'static str,
    #[serde(rename = "for")]
    pub recipient: &'static str,
    pub reference: Option<String>,
    pub problem: Problem,
    /// Ids of the organisation, as the records name them.
    pub tenants: Vec<String>,
    pub apps: Vec<App>,
    pub first: Option<String>,
    pub last: Option<String>,
    /// `ongoing`, `quiet` or `recovered`.
    pub state: Option<&'static str>,
    pub failures: u64,
    /// All of them failed: a task that waits for somebody, or a skipped person, did not.
    pub all_failed: bool,
    pub people: u64,
    /// Groups that it concerns.
    pub groups: u64,
    pub still_broken: u64,
    pub errors: Vec<Wording>,
    pub examples: Vec<Example>,
    pub tried: Vec<String>,
    pub note: Option<String>,
    pub request: Request,
    pub window: Window,
    pub included: Included,
    pub attachments: Vec<Cleaned>,
    pub left_out: LeftOut,
    pub times: Times,
}

/// What is wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// Id of the known issue, or name of the cluster.
    pub id: String,
    pub title: String,
    pub severity: Option<&'static str>,
    pub provider: Option<Provider>,
    pub cause: Option<String>,
}

/// An application.
#[derive(Clone, Debug, Serialize)]
pub struct App {
    pub name: Option<String>,
    pub id: Option<String>,
    pub provider: Provider,
    pub failures: u64,
}

/// An error, as the application or the provider words it.
#[derive(Clone, Debug, Serialize)]
pub struct Wording {
    pub failures: u64,
    pub code: Option<String>,
    pub http_status: Option<u16>,
    pub scim_type: Option<String>,
    pub words: Option<String>,
}

/// One failure, by what the recipient's systems know it by.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    pub time: Option<String>,
    pub app: Option<String>,
    pub operation: &'static str,
    pub subject: Option<String>,
    /// For the application's vendor: the call by which such a change is usually made.
    pub call: Option<&'static str>,
    pub http_status: Option<u16>,
    pub ids: BTreeMap<&'static str, String>,
}

/// What the recipient is asked.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    pub to: String,
    pub when: Option<String>,
    /// What else the sender adds by hand.
    pub evidence: Vec<String>,
}

/// What is in the bundle.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Included {
    pub failures: u64,
    pub stories: u64,
    pub story_events: u64,
    pub records: u64,
    pub changes: u64,
}

/// What is not in it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LeftOut {
    pub failures: u64,
    pub story_events: u64,
    pub changes: u64,
    /// Records that could not be read a second time, by the reason.
    pub records_unreadable: BTreeMap<String, u64>,
    /// Records of a format of which it is not known what may be shown.
    pub records_without_policy: u64,
    /// Records that would have made the archive larger than it may be.
    pub records_for_size: u64,
    /// The largest archive that was allowed, in bytes, if anything is missing because of it.
    pub size_limit: Option<u64>,
    /// Records of the exports that could not be read at all.
    pub unreadable_in_exports: u64,
}

/// How times are written.
#[derive(Clone, Debug, Serialize)]
pub struct Times {
    pub zone: &'static str,
    /// The zone of the second column of `timeline.csv`. That of the computer is not told: the same exports
    /// give the same bundle everywhere.
    pub second_column: Option<String>,
}

impl Facts {
    /// The facts of a case, but for what is in the bundle in the end.
    pub fn of(
        case: &Case<'_>,
        selection: &Selection<'_>,
        tenants: &BTreeSet<String>,
        redactor: &mut Redactor,
    ) -> Facts {
        let problem = problem(case, selection, redactor);
        let recipient = case.settings.recipient;
        // One after the other in this order: what becomes known in the first is searched for in those that follow.
        let apps = selection.apps.iter().map(|found| app(found, recipient, redactor)).collect();
        let errors = errors(case, selection, redactor);
        let examples = three(&selection.failures).into_iter().filter_map(|row| case.scope.store.row(row));
        let examples = examples.map(|row| example(row, recipient, redactor)).collect();
        Facts {
            schema: "provlens/bundle-summary/1",
            recipient: recipient.word(),
            reference: case.sender.reference.as_deref().map(|text| redactor.line(text)),
            request: request(case, &problem),
            problem,
            tenants: tenants.iter().map(|tenant| redactor.value(Class::Tenant, tenant)).collect(),
            apps,
            first: stamp(selection.first),
            last: stamp(selection.last),
            state: selection.state.map(State::word),
            failures: selection.of_failures,
            all_failed: selection.all_failed,
            people: selection.people,
            groups: selection.groups,
            still_broken: selection.still_broken,
            errors,
            examples,
            tried: case.sender.tried.iter().map(|text| redactor.line(text)).collect(),
            note: case.sender.note.as_deref().map(|text| redactor.line(text)),
            window: window(case),
            included: Included::all(selection),
            attachments: Vec::new(),
            left_out: LeftOut::by_selection(case, selection),
            times: Times::of(case),
        }
    }

    /// So many of what the bundle tells of.
    pub fn counted(&self, count: u64) -> String {
        let (one, many) = self.what();
        counted(count, one, many)
    }

    /// One of what the bundle tells of, and several.
    pub fn what(&self) -> (&'static str, &'static str) {
        if self.all_failed { ("failure", "failures") } else { ("event", "events") }
    }

    /// What one and several of those are called whose stories are told.
    pub fn whom(&self) -> (&'static str, &'static str) {
        named(self.people, self.groups)
    }

    /// Whether the sender says what was done.
    pub fn is_noted(&self) -> bool {
        !self.tried.is_empty() || self.note.is_some()
    }

    /// Whether a file of the bundle goes along as it is.
    pub fn is_unchecked(&self, path: &str) -> bool {
        self.attachments.iter().any(|added| added.unchecked && added.path == path)
    }
}

impl Included {
    /// All that was selected, but for the records, of which nobody knows yet how many there is room for.
    fn all(selection: &Selection<'_>) -> Included {
        Included {
            failures: selection.failures.len() as u64,
            stories: selection.stories,
            story_events: selection.story.len() as u64,
            changes: selection.changes.len() as u64,
            ..Included::default()
        }
    }
}

impl LeftOut {
    /// What was not selected or could not be read.
    fn by_selection(case: &Case<'_>, selection: &Selection<'_>) -> LeftOut {
        LeftOut {
            failures: selection.of_failures - selection.failures.len() as u64,
            story_events: selection.story_left_out,
            changes: selection.changes_left_out,
            unreadable_in_exports: case.scope.analysis.totals.unreadable,
            ..LeftOut::default()
        }
    }
}

impl Times {
    fn of(case: &Case<'_>) -> Times {
        let second = case.zone.as_ref().map(|zone| zone.iana_name().unwrap_or("a fixed offset").to_owned());
        Times { zone: "UTC", second_column: second }
    }
}

fn window(case: &Case<'_>) -> Window {
    let (from, to) = case.asked;
    let analysis = case.scope.analysis;
    Window { asked: [stamp(from), stamp(to)], covered: [stamp(analysis.first), stamp(analysis.last)] }
}

fn app(found: &select::App, recipient: Recipient, redactor: &mut Redactor) -> App {
    let class = id_class(found.provider);
    // What stands for an id of ours says nothing to a vendor.
    let is_of_use = recipient != Recipient::AppVendor || class == Class::RemoteId;
    App {
        name: found.name.as_deref().map(|name| redactor.line(name)),
        id: found.id.as_deref().filter(|_| is_of_use).map(|id| redactor.value(class, id)),
        provider: found.provider,
        failures: found.failures,
    }
}

fn problem(case: &Case<'_>, selection: &Selection<'_>, redactor: &mut Redactor) -> Problem {
    let provider = selection.apps.first().map(|app| app.provider);
    let bare = |id: String, title: String| Problem { id, title, severity: None, provider, cause: None };
    match &case.scope.about {
        About::Rule(rule) => match case.library.rule(*rule) {
            Some(rule) => Problem {
                severity: Some(rule.severity.word()),
                cause: Some(harmless(&rule.advice().cause)),
                ..bare(rule.id.clone(), harmless(&rule.title))
            },
            None => bare("unknown".to_owned(), "an issue that is not known any more".to_owned()),
        },
        About::Unknown(shape) => bare(unknown::cluster_id(shape), format!("Fails with: {}", redactor.line(shape))),
        About::Failures => bare("failures".to_owned(), "Provisioning fails".to_owned()),
    }
}

fn request(case: &Case<'_>, problem: &Problem) -> Request {
    let to = case.settings.recipient.who(problem.provider);
    let rule = match &case.scope.about {
        About::Rule(rule) => case.library.rule(*rule),
        _ => None,
    };
    Request {
        to,
        when: rule.map(|rule| harmless(&rule.advice().escalate.when)).filter(|when| !when.is_empty()),
        evidence: rule
            .map(|rule| rule.advice().escalate.evidence.iter().map(|line| harmless(line)).collect())
            .unwrap_or_default(),
    }
}

/// Words of a rule, which may come from a stranger too. Its lines stay.
fn harmless(text: &str) -> String {
    text.split('\n').map(sanitize::line).collect::<Vec<_>>().join("\n")
}

/// The commonest errors.
fn errors(case: &Case<'_>, selection: &Selection<'_>, redactor: &mut Redactor) -> Vec<Wording> {
    let commonest = selection.wordings.iter().take(WORDINGS);
    let rows = commonest.filter_map(|(row, count)| Some((case.scope.store.row(*row)?, *count)));
    rows.map(|(row, count)| wording(row, count, redactor)).collect()
}

fn wording(row: Row<'_>, failures: u64, redactor: &mut Redactor) -> Wording {
    let said = row.said();
    Wording {
        failures,
        code: said.code.map(|code| redactor.line(code)),
        http_status: said.http_status,
        scim_type: said.scim_type.map(|text| redactor.line(text)),
        words: said.remote.or(said.message).map(|words| redactor.line(words)),
    }
}

/// The first one, the last one, and one between them.
fn three(rows: &[u32]) -> Vec<u32> {
    let places = [0, rows.len() / 2, rows.len().saturating_sub(1)];
    let mut three: Vec<u32> = places.iter().filter_map(|at| rows.get(*at)).copied().collect();
    three.dedup();
    three
}

fn example(row: Row<'_>, recipient: Recipient, redactor: &mut Redactor) -> Example {
    let told = Example {
        time: stamp(row.time()),
        app: row.app().map(|app| redactor.line(app)),
        operation: row.operation().word(),
        subject: None,
        call: None,
        http_status: None,
        ids: BTreeMap::new(),
    };
    match recipient {
        Recipient::AppVendor => vendors(told, row, redactor),
        Recipient::IdpSupport | Recipient::Internal => {
            let mut scratch = Scratch::default();
            Example { subject: subject(row, redactor), ids: ids(row, &mut scratch, redactor), ..told }
        }
    }
}

fn subject(row: Row<'_>, redactor: &mut Redactor) -> Option<String> {
    let subject = row.subject();
    let login = subject.login.map(|login| redactor.value(Class::Login, login));
    login.or_else(|| Some(redactor.value(id_class(row.provider()), subject.id?)))
}

/// What a vendor finds in logs of its own. What stands for our ids and logins is in none of them.
fn vendors(told: Example, row: Row<'_>, redactor: &mut Redactor) -> Example {
    let mut scratch = Scratch::default();
    let is_theirs = id_class(row.provider()) == Class::RemoteId;
    let is_clear = |who: &String| row.subject().login == Some(who) || row.subject().login.is_none() && is_theirs;
    Example {
        subject: subject(row, redactor).filter(is_clear),
        call: usual_call(row.operation()),
        http_status: row.http_status(),
        ids: if is_theirs { ids(row, &mut scratch, redactor) } else { BTreeMap::new() },
        ..told
    }
}

/// How SCIM asks for a change. Logs of identity providers name the change, not the call.
fn usual_call(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::Create => Some("POST /Users"),
        Operation::Update | Operation::Deactivate | Operation::Reactivate | Operation::Password => {
            Some("PATCH or PUT /Users/{id}")
        }
        Operation::Delete => Some("DELETE /Users/{id}"),
        Operation::Import | Operation::Match => Some("GET /Users"),
        Operation::GroupCreate => Some("POST /Groups"),
        Operation::GroupUpdate | Operation::MembershipAdd | Operation::MembershipRemove => Some("PATCH /Groups/{id}"),
        Operation::GroupDelete => Some("DELETE /Groups/{id}"),
        _ => None,
    }
}

/// The ids of an event, by their names.
pub(super) fn ids(row: Row<'_>, scratch: &mut Scratch, redactor: &mut Redactor) -> BTreeMap<&'static str, String> {
    let class = id_class(row.provider());
    row.ids(scratch).named().map(|(name, id)| (name, redactor.value(class, id))).collect()
}

/// RFC 3339 with milliseconds, UTC.
pub(super) fn stamp(at: Option<Micros>) -> Option<String> {
    at.map(|at| {
        let text = time::rfc3339(at);
        match text.strip_suffix('Z').map(|bare| bare.split_once('.').unwrap_or((bare, ""))) {
            Some((seconds, fraction)) => format!("{seconds}.{:0<3}Z", fraction.get(..3).unwrap_or(fraction)),
            None => text,
        }
    })
}

fn named(people: u64, groups: u64) -> (&'static str, &'static str) {
    match (people, groups) {
        (_, 0) => ("person", "people"),
        (0, _) => ("group", "groups"),
        _ => ("person or group", "people and groups"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds() {
        assert_eq!(stamp(Some(0)).unwrap(), "1970-01-01T00:00:00.000Z");
        assert_eq!(stamp(Some(1_500_000)).unwrap(), "1970-01-01T00:00:01.500Z");
        assert_eq!(stamp(Some(1_234_567)).unwrap(), "1970-01-01T00:00:01.234Z");
    }

    #[test]
    fn groups_are_not_called_people() {
        assert_eq!(named(3, 0), ("person", "people"));
        assert_eq!(named(0, 35), ("group", "groups"));
        assert_eq!(named(3, 2).1, "people and groups");
    }

    #[test]
    fn three_of_few_are_each_told_once() {
        assert_eq!(three(&[]), [0u32; 0]);
        assert_eq!(three(&[7]), [7]);
        assert_eq!(three(&[1, 2]), [1, 2]);
        assert_eq!(three(&[1, 2, 3, 4, 5]), [1, 3, 5]);
    }
}
