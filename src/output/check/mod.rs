//! The gate for a pipeline: does what is in the logs cross a line that somebody drew?
//!
//! What is shown and what fails are two settings: no flag that hides a finding moves a line, and no
//! waiver hides one.

pub mod baseline;
mod chat;
pub mod finding;
pub mod gate;
pub mod github;
pub mod json;
pub mod judge;
pub mod junit;
pub mod prometheus;
mod regress;
pub mod sarif;
pub mod slack;
pub mod teams;
pub mod text;
pub mod verdict;
pub mod waivers;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::analysis::Analysis;
use crate::output::page::{counted, number, shown};
use crate::rules::{Library, Severity};
use crate::text::time;
use crate::text::width::truncate;
use finding::Finding;
use verdict::{Checked, Hit, Judged};

/// Columns of the name of an application.
const NAME: usize = 80;

/// Parts of a sum that are told.
const PARTS: usize = 10;

/// What every format of a check is made from.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The check.
    pub checked: &'a Checked,
    /// What it judged.
    pub analysis: &'a Analysis,
    /// The rules.
    pub library: &'a Library,
    /// Findings that fail nothing are shown from this severity on.
    pub min_severity: Option<Severity>,
    /// Zone of times for people.
    pub zone: &'a TimeZone,
}

impl<'a> View<'a> {
    /// Name of an application for people.
    pub fn app(finding: &Finding) -> String {
        if finding.app.is_empty() { "no application named".to_owned() } else { truncate(&inert(&finding.app), NAME) }
    }

    /// Whether a finding that fails nothing is wanted.
    pub fn wants(&self, finding: &Finding) -> bool {
        self.min_severity.is_none_or(|least| finding.severity >= least)
    }

    /// Findings that fail nothing and are wanted, the worst first.
    pub fn others(&self) -> Vec<&'a Finding> {
        let failing: BTreeSet<usize> = self.checked.failing().map(|(_, hit)| hit.finding).collect();
        let mut others: Vec<(usize, &Finding)> = self.checked.findings.list().iter().enumerate().collect();
        others.retain(|(at, finding)| {
            !failing.contains(at) && finding.is_issue() && finding.is_trouble && self.wants(finding)
        });
        others.sort_by_key(|(_, finding)| Reverse(finding.severity));
        others.into_iter().map(|(_, finding)| finding).collect()
    }

    /// What a sum that crossed a line is made of, the largest parts first.
    pub fn parts(&self, judged: &Judged) -> Vec<String> {
        let part = |hit: &Hit| {
            let finding = self.checked.findings.get(hit.finding)?;
            Some(format!("{}: {} ({}), {}", View::app(finding), finding.title, finding.key.rule, hit.what))
        };
        let mut parts: Vec<String> = judged.failing().take(PARTS).filter_map(part).collect();
        let more = judged.failing().count().saturating_sub(PARTS) as u64;
        if more > 0 {
            parts.push(format!("and {} more", number(more)));
        }
        parts
    }

    /// `1,234 events from 2026-01-05 09:00 to 2026-01-06 10:00 UTC`
    pub fn judged(&self) -> String {
        let events = counted(self.analysis.totals.events, "event", "events");
        match self.analysis.first.zip(self.analysis.last) {
            Some((first, last)) => format!(
                "{events} from {} to {} {}",
                time::minute(first, self.zone),
                time::minute(last, self.zone),
                time::zone_label(self.zone)
            ),
            None => events,
        }
    }
}

/// Text from a log or a rule that goes into the console of a pipeline: safe for a terminal, and no
/// command. GitHub runs `::name::` at the start of a line and `##[name]` anywhere in one, Azure
/// Pipelines `##vso[name]`, TeamCity `##teamcity[name]`.
pub fn inert(text: &str) -> String {
    let shown = shown(text);
    let mut out = String::with_capacity(shown.len());
    for c in shown.chars() {
        if (c == ':' || c == '#') && out.ends_with(c) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
pub(in crate::output) mod invented;

#[cfg(test)]
mod tests;
