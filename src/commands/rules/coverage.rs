//! `provlens rules coverage`: how much of a log the library explains.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::{Analysis, Issue};
use crate::cli::{Format, RulesCoverageArgs};
use crate::commands::{print, print_json, setup};
use crate::exit::ExitStatus;
use crate::output::page::{Page, counted, number, shown};
use crate::output::report::text::interruption;
use crate::rules::Library;
use crate::text::secret;
use crate::text::width::{pad, pad_left};
use crate::unknown::cluster_id;

pub(super) fn run(args: &RulesCoverageArgs) -> ExitStatus {
    let ready = match setup::ready(&args.paths, &args.common, None) {
        Ok(ready) => ready,
        Err(status) => return status,
    };
    let coverage = Coverage::of(&ready.analysis, &ready.library);
    let printed = match args.format {
        Format::Json => print_json(&coverage),
        Format::Text => print(&coverage.page(&ready.analysis, &ready.library, args.never)),
    };
    ready.end(printed)
}

#[derive(Serialize)]
struct Coverage<'a> {
    schema: &'static str,
    interrupted: Option<crate::analysis::Covered>,
    failures: u64,
    explained: u64,
    /// Of these, those of which only the kind of event or a status fits.
    guessed: u64,
    unexplained: u64,
    /// Explained failures of all, from 0 to 1; null without failures.
    share: Option<f64>,
    rules: Vec<Needed<'a>>,
    unknown: Vec<Cluster<'a>>,
    /// Rules that nothing in these logs needed.
    never: Vec<&'a str>,
}

#[derive(Serialize)]
struct Needed<'a> {
    rule: &'a str,
    failures: u64,
    /// Failures and whatever else the rule explains, such as skips.
    events: u64,
}

#[derive(Serialize)]
struct Cluster<'a> {
    cluster: String,
    template: String,
    app: Option<&'a str>,
    failures: u64,
    users: u64,
}

impl<'a> Coverage<'a> {
    fn of(analysis: &'a Analysis, library: &'a Library) -> Coverage<'a> {
        let totals = &analysis.totals;
        // An issue is a rule at one application.
        let mut sums: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
        for issue in &analysis.issues {
            if let Some(rule) = issue.rule {
                let sum = sums.entry(rule).or_default();
                *sum = (sum.0 + issue.failures, sum.1 + issue.events);
            }
        }
        let needed = |(rule, (failures, events)): (&usize, &(u64, u64))| {
            Some(Needed { rule: &library.rule(*rule)?.id, failures: *failures, events: *events })
        };
        let mut rules: Vec<Needed<'a>> = sums.iter().filter_map(needed).collect();
        rules.sort_by(|a, b| (b.failures, b.events).cmp(&(a.failures, a.events)).then(a.rule.cmp(b.rule)));
        let all = library.rules().iter().enumerate();
        let never = all.filter(|(at, _)| !sums.contains_key(at)).map(|(_, rule)| rule.id.as_str()).collect();
        Coverage {
            schema: "provlens/rules-coverage/1",
            interrupted: analysis.covered,
            failures: totals.failure,
            explained: totals.known_failures,
            guessed: totals.guessed_failures,
            unexplained: totals.unknown_failures,
            share: (totals.failure > 0).then(|| totals.known_failures as f64 / totals.failure as f64),
            rules,
            unknown: analysis.unknown.iter().map(Cluster::of).collect(),
            never,
        }
    }

    fn page(&self, analysis: &Analysis, library: &Library, name_unneeded: bool) -> String {
        let mut page = Page::new(false);
        interruption(&mut page, analysis);
        let guessed =
            if self.guessed == 0 { String::new() } else { format!(", {} of them by a guess", number(self.guessed)) };
        page.labelled(
            0,
            "",
            &format!(
                "{}: {} explained ({}){guessed}, {} not.",
                counted(self.failures, "failure", "failures"),
                number(self.explained),
                percent(self.explained, self.failures),
                number(self.unexplained)
            ),
        );
        if !self.rules.is_empty() {
            page.gap();
            page.heading("Explained by");
        }
        for needed in &self.rules {
            let title = library.find(needed.rule).and_then(|rule| library.rule(rule)).map_or("", |rule| &rule.title);
            let share = match needed.failures {
                0 => "no failure".to_owned(),
                failures => percent(failures, self.failures),
            };
            let count = if needed.failures == 0 { needed.events } else { needed.failures };
            let label = format!("{} {} ", pad_left(&number(count), 9), pad_left(&share, 10));
            page.labelled(0, &label, &format!("{}: {}", shown(needed.rule), shown(title)));
        }
        if !self.unknown.is_empty() {
            page.gap();
            page.heading("Not explained");
        }
        for cluster in &self.unknown {
            let label = format!("{} {} ", pad_left(&number(cluster.failures), 9), pad(&cluster.cluster, 10));
            let app = cluster.app.map_or_else(|| "no application named".to_owned(), shown);
            page.labelled(0, &label, &format!("{app}: {}", shown(&cluster.template)));
        }
        if let Some(first) = self.unknown.first() {
            page.labelled(0, "", &format!("`provlens rules new --from {} PATH` starts a rule.", first.cluster));
        }
        page.gap();
        let total = counted(library.rules().len() as u64, "rule", "rules");
        let hint = if name_unneeded || self.never.is_empty() { "" } else { "; --never names the others" };
        page.labelled(0, "", &format!("{} of {total} needed{hint}.", number(self.rules.len() as u64)));
        if name_unneeded {
            page.gap();
            page.heading("Never needed");
            self.never.iter().for_each(|rule| page.line(&format!(" {}", shown(rule))));
        }
        page.finish()
    }
}

impl Cluster<'_> {
    fn of(issue: &Issue) -> Cluster<'_> {
        let shape = issue.shape.as_deref().unwrap_or_default();
        Cluster {
            cluster: cluster_id(shape),
            template: secret::mask(shape).into_owned(),
            app: issue.app.as_deref(),
            failures: issue.failures,
            users: issue.users,
        }
    }
}

/// With one decimal, rounded down: 100% means all.
fn percent(part: u64, of: u64) -> String {
    let tenths = u128::from(part) * 1000 / u128::from(of.max(1));
    format!("{}.{}%", tenths / 10, tenths % 10)
}
