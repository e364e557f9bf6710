//! Which problem a bundle is about: named on the command line, or the only one there is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};

use crate::analysis::{Analysis, Issue, PersonState};
use crate::cli::Common;
use crate::commands::setup::Ready;
use crate::commands::wanted::Wanted;
use crate::commands::{fail, library};
use crate::event::Provider;
use crate::event::filter::IssueNames;
use crate::event::store::{Search, Store};
use crate::exit::ExitStatus;
use crate::output::bundle::{About, Scope};
use crate::output::page::{counted, shown};
use crate::text::folded::normal;
use crate::text::time::Micros;
use crate::unknown;

/// Problems that are offered.
const OFFERED: usize = 12;

/// What a bundle is about.
pub(super) struct Which {
    pub(super) about: About,
    /// The events that the other flags let through.
    pub(super) rows: Vec<u32>,
    /// There are other flags.
    pub(super) is_narrowed: bool,
    pub(super) asked: (Option<Micros>, Option<Micros>),
    /// Whose log the problem is in.
    pub(super) provider: Option<Provider>,
}

impl Which {
    /// The same, beside everything that was read.
    pub(super) fn scope<'c>(self, analysis: &'c Analysis, store: &'c Store) -> Scope<'c> {
        Scope { analysis, store, about: self.about, rows: self.rows, is_narrowed: self.is_narrowed }
    }
}

/// What the arguments ask for, of what was read.
pub(super) fn of(common: &Common, ready: &Ready, store: &Store) -> Result<Which, ExitStatus> {
    let flags = Common { issue: None, ..common.clone() };
    let newest = || Ok(ready.analysis.last);
    let filter = Wanted::of(&flags, &ready.library, &ready.style.zone, newest)?.filter;
    let rules: Vec<(&str, &str)> = ready.library.rules().iter().map(|rule| (&*rule.id, &*rule.title)).collect();
    let names = IssueNames { rules: &rules, cluster: unknown::cluster_id };
    let mut search = Search::new(store, &filter, &names);
    let rows: Vec<u32> = store.rows().filter(|row| search.lets(*row, &|_, _| false)).map(|row| row.number()).collect();
    let about = about(common, ready, filter.is_open())?;
    let provider = about.provider(&ready.analysis, store, &rows);
    Ok(Which { about, asked: filter.within(), rows, is_narrowed: !filter.is_open(), provider })
}

fn about(common: &Common, ready: &Ready, is_open: bool) -> Result<About, ExitStatus> {
    let analysis = &ready.analysis;
    if let Some(name) = &common.issue {
        let cluster = |issue: &&Issue| issue.shape.as_deref().is_some_and(|shape| unknown::cluster_id(shape) == *name);
        if let Some(shape) = analysis.unknown.iter().find(cluster).and_then(|issue| issue.shape.clone()) {
            return Ok(About::Unknown(shape));
        }
        let rule = library::known_rule(&ready.library, name)?;
        if analysis.issues.iter().all(|issue| issue.rule != Some(rule)) {
            return Err(offer(&format!("--issue {name}: these logs do not show it."), ready));
        }
        return Ok(About::Rule(rule));
    }
    if !is_open {
        return Ok(About::Failures);
    }
    let problems = problems(ready);
    match &*problems {
        [(about, ..)] => Ok(about.clone()),
        [] if analysis.totals.events == 0 => {
            let nothing = "nothing about provisioning was found, so there is nothing to hand on";
            Err(fail(ExitStatus::Usage, &format!("{nothing}; run `provlens inputs` on your logs to see what they are")))
        }
        [] => Err(fail(ExitStatus::Usage, "nothing failed in these logs, so there is nothing to hand on")),
        _ => Err(offer("which issue?", ready)),
    }
}

/// Says what to do where nothing failed in what was asked for: an account that nobody tried to switch off is an issue
/// without a failure.
pub(super) fn nothing_failed(common: &Common, ready: &Ready) -> ExitStatus {
    let issues: BTreeSet<&str> =
        asked_for(common, ready).filter_map(|rule| Some(&*ready.library.rule(rule)?.id)).collect();
    match issues.first() {
        Some(_) => {
            let flags = issues.iter().map(|id| format!("--issue {id}")).collect::<Vec<_>>().join(" or ");
            let why = "nothing failed in what you asked for, but something was not done that should have been";
            fail(ExitStatus::Usage, &format!("{why}; ask for that with {flags}"))
        }
        None => offer("nothing failed in what you asked for, so there is nothing to hand on; ask for an issue.", ready),
    }
}

/// The rules by which something is not as it should be for the person who is asked for.
fn asked_for(common: &Common, ready: &Ready) -> impl Iterator<Item = usize> {
    let lists = &ready.analysis.people;
    let people = [&lists.access_not_removed, &lists.waiting_for_access, &lists.out_of_date].into_iter().flatten();
    let wanted = common.user.as_deref().map(normal);
    let names = |person: &PersonState| {
        let who = person.who.ids.iter().chain(&person.who.logins).chain([&person.user]);
        who.map(|name| normal(name)).collect::<Vec<_>>()
    };
    people
        .filter(move |person| wanted.as_ref().is_some_and(|who| names(person).contains(who)))
        .filter_map(|person| person.rule)
}

/// The problems that these logs show, with the names by which they are asked for, what they are, and how
/// many failures there are.
fn problems(ready: &Ready) -> Vec<(About, String, String, u64)> {
    let mut found: BTreeMap<String, (About, String, u64)> = BTreeMap::new();
    for issue in ready.analysis.issues.iter().chain(&ready.analysis.unknown) {
        let (about, id, title) = match (issue.rule.and_then(|rule| ready.library.rule(rule)), &issue.shape) {
            (Some(rule), _) if issue.failures + issue.needs_action > 0 || issue.pattern.is_some() => {
                (About::Rule(issue.rule.unwrap_or_default()), rule.id.clone(), rule.title.clone())
            }
            (None, Some(shape)) => (About::Unknown(shape.clone()), unknown::cluster_id(shape), shown(shape)),
            _ => continue,
        };
        found.entry(id).or_insert((about, title, 0)).2 += issue.failures.max(issue.needs_action);
    }
    let mut found: Vec<(About, String, String, u64)> =
        found.into_iter().map(|(id, (about, title, failures))| (about, id, title, failures)).collect();
    found.sort_by(|a, b| b.3.cmp(&a.3).then_with(|| a.1.cmp(&b.1)));
    found
}

/// Says why there is nothing to go on with, and what there is, a line each.
fn offer(why: &str, ready: &Ready) -> ExitStatus {
    let problems = problems(ready);
    let status = fail(ExitStatus::Usage, &format!("{why} These logs show:"));
    let longest = problems.iter().take(OFFERED).map(|(_, id, ..)| id.len()).max().unwrap_or(0);
    let mut err = io::stderr().lock();
    for (_, id, title, failures) in problems.iter().take(OFFERED) {
        let failures = match failures {
            0 => String::new(),
            count => format!(", {}", counted(*count, "failure", "failures")),
        };
        let _ = writeln!(err, "  --issue {id:longest$}  {title}{failures}");
    }
    let more = problems.len().saturating_sub(OFFERED);
    if more > 0 {
        let _ = writeln!(err, "  and {more} more, which `provlens report` lists");
    }
    status
}
